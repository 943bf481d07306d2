"""``python -m tapfix``."""

from tapfix.cli import main

if __name__ == "__main__":
    main()
