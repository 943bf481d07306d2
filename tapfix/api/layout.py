"""How long a line of a file may be: what its project says to black or to ruff."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tapfix.config import PYPROJECT, ConfigError, read_toml

DEFAULT = 88
"""black's line length, and ruff's, in characters."""


@dataclass(frozen=True, slots=True)
class LineLengths:
    """The line lengths of files; each folder's settings are read once."""

    _known: dict[Path, int] = field(default_factory=dict)

    def of(self, path: str) -> int:
        """The line length that holds for a file: of the nearest project that sets one, else 88."""
        return self._in(Path(path).parent)

    def _in(self, folder: Path) -> int:
        if folder not in self._known:
            own = _own_length(folder)
            if own is None:
                own = DEFAULT if folder.parent == folder else self._in(folder.parent)
            self._known[folder] = own
        return self._known[folder]


def _own_length(folder: Path) -> int | None:
    """What the files of one folder say; black's word counts before ruff's."""
    tool = _content(folder / PYPROJECT).get("tool")
    tables = [tool.get("black"), tool.get("ruff")] if isinstance(tool, dict) else []
    tables += [_content(folder / name) for name in (".ruff.toml", "ruff.toml")]
    for table in tables:
        length = table.get("line-length") if isinstance(table, dict) else None
        if isinstance(length, int) and length > 0:
            return length
    return None


def _content(file: Path) -> dict[str, object]:
    """A TOML file's content; nothing if there is none, or if only its own tool can say why not."""
    try:
        return read_toml(file) if file.is_file() else {}
    except ConfigError:
        return {}
