"""A unified diff of files that ``git apply`` takes, byte for byte."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

Change = tuple[bytes | None, bytes | None]
"""A file before and after; None where it does not exist."""

_CONTEXT = 3
_ESCAPES = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}
_NO_NEWLINE = b"\n\\ No newline at end of file\n"


def unified_diff(changes: Mapping[str, Change], root: str | Path) -> bytes:
    """The diff of all changes by absolute path, sorted, paths relative to ``root``.

    Bytes, since files need not be UTF-8. Files that stay as they are are left out.
    """
    parts = (
        _file_diff(os.path.relpath(path, root).replace(os.sep, "/"), before, after)
        for path, (before, after) in sorted(changes.items())
        if before != after
    )
    return b"".join(parts)


def _file_diff(path: str, before: bytes | None, after: bytes | None) -> bytes:
    old, new = _quoted(f"a/{path}"), _quoted(f"b/{path}")
    lines = [b"diff --git %s %s\n" % (old, new)]
    if before is None:
        lines.append(b"new file mode 100644\n")
    elif after is None:
        lines.append(b"deleted file mode 100644\n")
    hunks = list(_hunks(before or b"", after or b""))
    if hunks:
        lines.append(b"--- %s\n" % (b"/dev/null" if before is None else _with_tab(old)))
        lines.append(b"+++ %s\n" % (b"/dev/null" if after is None else _with_tab(new)))
    return b"".join(lines + hunks)


def _hunks(before: bytes, after: bytes) -> Iterator[bytes]:
    """Hunks alone; lines end at LF only, as git sees them."""
    old, new = (text.decode("utf-8", "surrogateescape") for text in (before, after))
    rows = difflib.unified_diff(_lines(old), _lines(new), n=_CONTEXT)
    for number, row in enumerate(rows):
        if number >= 2:  # the first two are difflib's own file names
            line = row.encode("utf-8", "surrogateescape")
            yield line if line.endswith(b"\n") else line + _NO_NEWLINE


def _lines(text: str) -> list[str]:
    *whole, rest = text.split("\n")
    return [line + "\n" for line in whole] + ([rest] if rest else [])


def _quoted(path: str) -> bytes:
    """A path as git writes it: in double quotes where a byte is not printable ASCII."""
    data = os.fsencode(path)
    if all(32 <= byte < 127 and byte not in (34, 92) for byte in data):
        return data
    body = "".join(
        f"\\{_ESCAPES[byte]}" if byte in _ESCAPES
        else chr(byte) if 32 <= byte < 127
        else f"\\{byte:03o}"
        for byte in data
    )  # fmt: skip
    return f'"{body}"'.encode()


def _with_tab(name: bytes) -> bytes:
    """A name with blanks ends with a tab, so that no tool takes the rest for a time."""
    return name + b"\t" if b" " in name and not name.startswith(b'"') else name
