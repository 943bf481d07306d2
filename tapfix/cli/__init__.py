"""The command line: options in, lines and an exit code out. Everything else is done by ``api``.

What a run needs is imported when it runs: ``--version`` and ``--help`` cost what Typer costs.
"""

from tapfix.cli.program import main

__all__ = ["main"]
