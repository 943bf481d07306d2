"""Waits for changes in the files of apps.

Only folders that may hold sources are watched, each by itself: not the thousands in
``node_modules``, virtual environments or ``.git``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from watchfiles import Change, watch

from tapfix.config import BASELINE_FILE, OWN_FILE, PYPROJECT, ConfigError, config_for
from tapfix.discover import discover, repository_of
from tapfix.discover.walk import APP_FILE, FOREIGN, is_read

_SETTINGS = frozenset({APP_FILE, BASELINE_FILE, OWN_FILE, PYPROJECT, ".gitignore"})
QUIET_FOR = 100
"""So many milliseconds nothing has to change: an editor or git writes several files at once."""
AT_MOST = 1600
"""After so many milliseconds changes count, although they go on."""
_TICK = 200


@dataclass(frozen=True, slots=True)
class _Places:
    """The folders to watch, and other files that count in them."""

    folders: frozenset[str]
    files: frozenset[str] = frozenset()

    def counts(self, change: Change, path: str) -> bool:
        """Whether a change may change a report."""
        name = Path(path).name
        if path in self.files or is_read(name) or name in _SETTINGS:
            return True
        if change is Change.deleted:
            return path in self.folders
        return change is Change.added and Path(path).is_dir() and not _is_skipped(path)


def changes(paths: Iterable[str], files: Iterable[str] = ()) -> Iterator[None]:
    """One item at once, then one after each time that files of the apps at ``paths`` changed.

    Changes while the caller is at work on an item count for the next one. ``files`` count too:
    settings or a baseline elsewhere. Ends where there is no folder to watch. Raises ``OSError``
    where the system watches no more folders, ``KeyboardInterrupt`` when the user has had enough.
    """
    given = [str(Path(path).absolute()) for path in paths]
    named = [str(Path(file).absolute()) for file in files]
    while (places := _places(given, named)).folders:
        ready = False
        for found in watch(
            *sorted(places.folders),
            watch_filter=places.counts,
            debounce=AT_MOST,
            step=QUIET_FOR,
            rust_timeout=_TICK,
            yield_on_timeout=True,
            recursive=False,
            ignore_permission_denied=True,
        ):
            # The first is that of a watch that has begun: from here on nothing is missed.
            if ready and not found:
                continue
            ready = True
            yield
            if found and _places(given, named) != places:
                break


def _places(given: Iterable[str], named: Iterable[str]) -> _Places:
    """Where changes count: in the apps' folders, in those of other files of theirs, and above."""
    folders: set[str] = set()
    files = set(named)
    for path in given:
        if Path(path).is_dir():
            folders.update(_below(path))
    for app in discover(given).apps:
        folders.update(str(Path(path).parent) for path in app.files)
        if f"{app.root}/{APP_FILE}" in app.files:
            folders.update(_below(app.root))
        folders.update(filter(None, [repository_of(app.root)]))
        files.update(filter(None, [_baseline_of(app.root)]))
    beside = {str(Path(file).parent) for file in files}
    return _Places(frozenset(folders.union(filter(os.path.isdir, beside))), frozenset(files))


def _baseline_of(root: str) -> str | None:
    """The baseline that an app's settings name, if they can be read: else the report says so."""
    try:
        return config_for(root, repository_of(root)).baseline
    except ConfigError:
        return None


def _below(top: str) -> Iterator[str]:
    """A folder and those below it that may hold sources."""
    for folder, names, _ in os.walk(top):
        names[:] = [name for name in names if not _is_skipped(f"{folder}/{name}")]
        yield folder


def _is_skipped(folder: str) -> bool:
    name = Path(folder).name
    is_environment = os.path.lexists(f"{folder}/pyvenv.cfg")
    return name.startswith(".") or name in FOREIGN or is_environment
