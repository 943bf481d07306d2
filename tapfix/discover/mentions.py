"""Which files an app's sources name: in imports, and in the paths of assets.

A scan of the text, not a parse: it runs only where an ignore file hides something, or where stack
code climbs out of its app's folder, and naming too much only means reading a file too many.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping

from tapfix.discover.walk import is_below

_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+(?P<module>[.\w]+)[ \t]+)?import[ \t]+(?P<names>\([^)]*\)|[^\n#;]+)",
    re.M,
)
_NAME = re.compile(rb"(?:^|,)[\s(\\]*([\w.]+)")
_ASSET = re.compile(rb"[Aa]sset|\bentry\s*=|\bpath\s*=|sys\.path")
# Literals that follow each other with nothing but commas, slashes and brackets in between are
# the parts of one path: os.path.join(here, "..", "lambda"), here / ".." / "lambda".
_LITERALS = re.compile(rb"""(?:(?:"[^"\n]{1,200}"|'[^'\n]{1,200}')[\s,/()]*)+""")
_LITERAL = re.compile(rb"""["']([^"'\n]+)["']""")


def named_paths(path: str, data: bytes, root: str) -> Iterator[str]:
    """The paths that the file at ``path`` of the app at ``root`` may name, existing or not.

    A module is named without ``.py``.
    """
    folders = list(_upwards(os.path.dirname(path), root))
    for match in _IMPORT.finditer(data):
        yield from _imported(match, folders)
    if _ASSET.search(data):
        for literal in _path_literals(data):
            for folder in folders:
                yield os.path.normpath(f"{folder}/{literal}")


def _upwards(folder: str, root: str) -> Iterator[str]:
    """A folder and those above it, up to ``root``."""
    yield folder
    while folder != root and is_below(folder, root):
        folder = os.path.dirname(folder)
        yield folder


def _imported(match: re.Match[bytes], folders: list[str]) -> Iterator[str]:
    """The paths that one import statement may mean: the module's, and its names' in it."""
    module = (match["module"] or b"").decode("utf-8", "replace")
    names = [name.decode("utf-8", "replace") for name in _NAME.findall(match["names"])]
    dots = len(module) - len(module.lstrip("."))
    bases = folders
    if dots:
        base = folders[0]
        for _ in range(dots - 1):
            base = os.path.dirname(base)
        bases = [base]
    stem = module.lstrip(".").replace(".", "/")
    for base in bases:
        start = f"{base}/{stem}".rstrip("/")
        if stem:
            yield start
        for name in names:
            yield f"{start}/{name.replace('.', '/')}"


def _path_literals(data: bytes) -> Iterator[str]:
    """The relative paths in a source: single literals, and neighbours joined."""
    for run in _LITERALS.finditer(data):
        parts = [part.decode("utf-8", "replace") for part in _LITERAL.findall(run.group())]
        relative = [part for part in parts if not part.startswith("/") and "\0" not in part]
        for literal in (*relative, "/".join(relative)):
            if literal.strip("./"):
                yield literal


def mentioned(files: Mapping[str, bytes], root: str, hidden: Collection[str]) -> set[str]:
    """The hidden paths that ``files`` name, that contain something they name, or that lie in it.

    Of what lies in a named folder only Python files count: ``lib/*`` hides them one by one.
    """
    stems = {path.removesuffix(".py"): path for path in hidden} | {path: path for path in hidden}
    words = {re.escape(os.path.basename(path)) for path in stems}
    words |= {re.escape(os.path.basename(os.path.dirname(path))) for path in hidden}
    plausible = re.compile(rf"\b(?:{'|'.join(words)})\b".encode())
    found: set[str] = set()
    for path, data in files.items():
        if not plausible.search(data):
            continue
        named = {name for name in named_paths(path, data, root) if name != root}
        for name in named:
            found.update(stems[stem] for stem in _upwards(name, root) if stem in stems)
        found.update(
            path for path in hidden if path.endswith(".py") and os.path.dirname(path) in named
        )
    return found


def outside(files: Mapping[str, bytes], root: str, limit: str | None) -> set[str]:
    """Existing folders and Python files outside ``root`` that stack code names with ``..``.

    A folder that holds the app itself is none: naming it says nothing about what is meant in it.
    Nothing outside the folder ``limit`` (the repository) is looked at.
    """
    found: set[str] = set()
    for path, data in files.items():
        if b"aws_cdk" not in data or b".." not in data or not _ASSET.search(data):
            continue
        for literal in _path_literals(data):
            if not literal.startswith(".."):
                continue
            for folder in {root, os.path.dirname(path)}:
                named = os.path.normpath(f"{folder}/{literal}")
                if is_below(named, root) or is_below(root, named) or named in found:
                    continue
                if limit is not None and not is_below(named, limit):
                    continue
                if os.path.isdir(named) or (named.endswith(".py") and os.path.isfile(named)):
                    found.add(named)
    return found
