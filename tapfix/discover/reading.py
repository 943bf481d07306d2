"""The bytes of files, without those that a generator wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tapfix.model.python.source import Problem

# What generators write at the top of their output, in a comment before any code.
_GENERATED = re.compile(
    rb"\A(?:\xef\xbb\xbf)?(?:[ \t]*(?:#[^\r\n]*)?\r?\n)*?[ \t]*#[^\r\n]*"
    rb"(?:@generated|DO NOT (?:EDIT|MODIFY)|(?i:code|automatically|auto-|file (?:is|was) |~~ )"
    rb"(?i:[ ]?generated))"
)
_MOST_SQL = 1 << 20
"""So many bytes of an SQL file: dumps of whole databases say at the top what they create."""


def read_files(paths: Iterable[str], problems: list[Problem]) -> dict[str, bytes]:
    """The bytes of each file by path, in order of path; what cannot be read goes to ``problems``.

    Generated files are left out: a change in them is gone with the next run of their generator.
    """
    files: dict[str, bytes] = {}
    for path in sorted(paths):
        try:
            with open(path, "rb", buffering=0) as file:
                data = file.read(_MOST_SQL if path.endswith(".sql") else -1)
        except FileNotFoundError:
            # Gone since the folder was listed.
            continue
        except OSError as error:
            problems.append(Problem(path, f"cannot be read: {error.strerror}"))
            continue
        if not _GENERATED.match(data):
            files[path] = data
    return files
