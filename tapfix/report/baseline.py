"""Baselines on disk, and what is said of writing them."""

from __future__ import annotations

import sys
from pathlib import Path

from tapfix.api.ledgers import told, written
from tapfix.api.result import Result
from tapfix.config import BASELINE_FILE
from tapfix.report.files import write_files
from tapfix.report.names import shown


def write_baselines(result: Result, *, quiet: bool, is_named: bool) -> Result:
    """Write all that was found to the baselines of its apps; then it is no finding any more.

    ``is_named`` says that the user has named the file. Raises ``OSError`` with the name of a
    file that cannot be written: then all are as they were.
    """
    agreed, files = written(result)
    new = {str(file) for file in files if not file.exists() and file == Path.cwd() / BASELINE_FILE}
    write_files(files)
    for one in [] if quiet else result.ledgers:
        name = shown(one.file, str(Path.cwd()))
        print(f"tapfix: {name}: {told(one)}", file=sys.stderr)
        if one.file in new and not is_named:
            hint = f'--baseline={name}, or baseline = "{name}" in the settings, makes it count'
            print(f"tapfix: {hint}", file=sys.stderr)
    return agreed
