"""The command line of a checkout: ``python cli.py --dry-run examples/broken``."""

from tapfix.cli import main

if __name__ == "__main__":
    main()
