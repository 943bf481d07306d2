"""The sources of a run in memory: as they were read, and as its fixes leave them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from tapfix.api.look import Target
from tapfix.api.result import Change
from tapfix.discover.walk import is_read


class Sources:
    """The files of some apps, as they were read and as the fixes of this run leave them."""

    def __init__(self, targets: Iterable[Target]) -> None:
        self._now: dict[str, bytes | None] = {}
        self._before: dict[str, bytes | None] = {}
        self._members: dict[str, set[str]] = {}
        for target in targets:
            self._now.update(target.files)
            self._members[target.root] = set(target.files)

    def read(self, path: str) -> bytes | None:
        """What a file holds now; None if there is none."""
        if path in self._now:
            return self._now[path]
        file = Path(path)
        return file.read_bytes() if file.is_file() else None

    def before(self, path: str) -> bytes | None:
        """What a file held before the first fix; None if there was none."""
        return self._before[path] if path in self._before else self.read(path)

    def files_of(self, target: Target) -> dict[str, bytes]:
        """The files of an app as they are now, in order of path."""
        members = sorted(self._members[target.root])
        return {path: data for path in members if (data := self._now[path]) is not None}

    def change(self, files: Mapping[str, bytes | None]) -> None:
        """Take over what a round of fixes made of some files."""
        for path, data in files.items():
            self._before.setdefault(path, self.read(path))
            if path not in self._now and is_read(path.rpartition("/")[2]):
                self._adopt(path)
            self._now[path] = data

    def _adopt(self, path: str) -> None:
        """Count a new file among those of the app whose folder it lies in."""
        roots = [root for root in self._members if path.startswith(f"{root}/")]
        innermost = max(roots, key=len, default=None)
        for root, members in self._members.items():
            if innermost is None or root == innermost:
                members.add(path)

    def are_touched(self, target: Target, changed: Collection[str]) -> bool:
        """Whether any of the changed files belongs to an app."""
        return not self._members[target.root].isdisjoint(changed)

    def changes(self) -> dict[str, Change]:
        """What differs from before, in order of path."""
        pairs = {path: (self._before[path], self._now[path]) for path in sorted(self._before)}
        return {path: pair for path, pair in pairs.items() if pair[0] != pair[1]}
