"""Ignore files as git reads them (gitignore(5)), without a process and without a heavy import.

Why no library does this is measured in ``docs/architecture.md``; the tests hold this module
against ``git check-ignore``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_NEVER = re.compile(r"(?!)")
_SPECIAL = re.compile(r"[*?\[\\]")
_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": r"\x21-\x7e",
    "lower": "a-z",
    "print": r"\x20-\x7e",
    "punct": r"\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e",
    "space": r" \t\n\r\f\v",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of an ignore file.

    ``regex`` matches a path relative to the ignore file's folder if ``anchored``, else a name.
    """

    regex: re.Pattern[str]
    anchored: bool
    negated: bool
    folders_only: bool


@dataclass(frozen=True, slots=True)
class IgnoreFile:
    """The patterns of one ignore file, for the paths below ``folder``.

    ``names`` and ``paths`` match whatever any of the patterns can match: most entries of a tree
    match nothing, and are told so by two regular expressions instead of one for each line.
    """

    folder: str
    patterns: tuple[Pattern, ...]
    names: re.Pattern[str]
    paths: re.Pattern[str]

    def verdict(self, path: str, name: str, is_folder: bool) -> bool | None:
        """Whether the file says to ignore ``path`` (True) or to keep it (False); None: nothing."""
        relative = path[len(self.folder) + 1 :]
        if not (self.names.match(name) or self.paths.match(relative)):
            return None
        for pattern in reversed(self.patterns):
            if pattern.folders_only and not is_folder:
                continue
            if pattern.regex.match(relative if pattern.anchored else name):
                return not pattern.negated
        return None


def read_ignore_file(folder: str, text: str) -> IgnoreFile | None:
    """The patterns in the text of an ignore file that holds for ``folder``; None if it has none."""
    lines = text.removeprefix("\ufeff").split("\n")
    patterns = tuple(pattern for line in lines if (pattern := _pattern(line)) is not None)
    if not patterns:
        return None
    names = _any(pattern for pattern in patterns if not pattern.anchored)
    paths = _any(pattern for pattern in patterns if pattern.anchored)
    return IgnoreFile(folder, patterns, names, paths)


def is_ignored(chain: tuple[IgnoreFile, ...], path: str, name: str, is_folder: bool) -> bool:
    """Whether a chain of ignore files, the outermost first, ignores an entry of a kept folder."""
    for file in reversed(chain):
        verdict = file.verdict(path, name, is_folder)
        if verdict is not None:
            return verdict
    return False


def _any(patterns: Iterable[Pattern]) -> re.Pattern[str]:
    sources = [pattern.regex.pattern for pattern in patterns]
    return re.compile("|".join(sources), re.DOTALL) if sources else _NEVER


def _pattern(line: str) -> Pattern | None:
    """The pattern in one line; None for a blank line, a comment and what can never match."""
    line = _without_trailing_spaces(line.removesuffix("\r"))
    if not line or line.startswith("#"):
        return None
    negated = line.startswith("!")
    glob = line.removeprefix("!")
    folders_only = glob.endswith("/")
    glob = glob.removesuffix("/")
    anchored = "/" in glob
    glob = glob.removeprefix("/")
    source = _translate(glob)
    if not glob or source is None:
        return None
    return Pattern(re.compile(source, re.DOTALL), anchored, negated, folders_only)


def _without_trailing_spaces(line: str) -> str:
    """The line without the spaces at its end that no backslash protects."""
    while line.endswith(" "):
        backslashes = len(line[:-1]) - len(line[:-1].rstrip("\\"))
        if backslashes % 2:
            break
        line = line[:-1]
    return line


def _translate(glob: str) -> str | None:
    """The regular expression of a glob; None if git can match nothing with it."""
    parts: list[str] = []
    index = 0
    while index < len(glob):
        char = glob[index]
        if char == "*":
            index = _stars(glob, index, parts)
            continue
        if char == "?":
            part: tuple[str, int] | None = ("[^/]", index + 1)
        elif char == "[":
            part = _bracket(glob, index)
        else:
            part = _character(glob, index)
        if part is None:
            return None
        source, index = part
        parts.append(source)
    return "(?:" + "".join(parts) + r")\Z"


def _stars(glob: str, index: int, parts: list[str]) -> int:
    """Translate the stars at ``index``; the index behind what was used of the glob."""
    end = index
    while glob[end : end + 1] == "*":
        end += 1
    # git compares the plain text at the front first and matches the rest as a pattern of its own:
    # two stars that start this rest cross folders, whatever stands before them.
    starts = glob[index - 1 : index] == "/" or not _SPECIAL.search(glob, 0, index)
    if end - index > 1 and starts and glob[end : end + 1] == "/":
        parts.append("(?:.*/)?")
        return end + 1
    if end - index > 1 and starts and end == len(glob):
        parts.append(".*")
    else:
        parts.append("[^/]*")
    return end


def _bracket(glob: str, index: int) -> tuple[str, int] | None:
    """The translated ``[…]`` at ``index`` and the index behind it; None if it is never closed."""
    index += 1
    negated = glob[index : index + 1] in ("!", "^")
    index += negated
    members: list[str] = []
    first = True
    while first or glob[index : index + 1] != "]":
        first = False
        member = _member(glob, index)
        if member is None:
            return None
        source, index = member
        members.append(source)
    inside = "".join(members)
    if not inside:
        return ("[^/]" if negated else "(?!)"), index + 1
    return f"(?!/)[{'^' if negated else ''}{inside}]", index + 1


def _member(glob: str, index: int) -> tuple[str, int] | None:
    """One character, range or named class of a bracket, and the index behind it."""
    if glob.startswith("[:", index):
        end = glob.find(":]", index + 2)
        if end != -1:
            known = _CLASSES.get(glob[index + 2 : end])
            return (known, end + 2) if known is not None else None
    low = _character(glob, index)
    if low is None:
        return None
    first, index = low
    if glob[index : index + 1] != "-" or glob[index + 1 : index + 2] in ("", "]"):
        return first, index
    high = _character(glob, index + 1)
    if high is None:
        return None
    last, index = high
    # A range that runs backwards is empty for git and an error for re.
    return (f"{first}-{last}" if first[-1] <= last[-1] else first), index


def _character(glob: str, index: int) -> tuple[str, int] | None:
    """The plain or escaped character at ``index``, for a regex, and the index behind it."""
    if glob[index : index + 1] == "\\":
        index += 1
    if index >= len(glob):
        return None
    return re.escape(glob[index]), index + 1
