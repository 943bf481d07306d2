"""The apps that an editor works on, kept from look to look, its unsaved texts laid over the disk.

A look at an app after a keystroke parses the one file that changed. While a text is no Python, as
in the middle of typing, what is looked at is the last one that was.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tapfix import api
from tapfix.api.look import Look, Target, crash, look
from tapfix.config import ConfigError
from tapfix.discover import AppFiles, app_around, discover
from tapfix.discover.walk import APP_FILE, is_below, is_read
from tapfix.model.python.kept import Kept
from tapfix.registry import Rules, UnknownRuleError, load_rules

_CDK_MARK = b"aws_cdk"


class Superseded(Exception):
    """A look is given up, since there are newer texts: what ``tick`` raises for that."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """One app as it was seen.

    ``target`` has its files as they are, open texts among them. ``files`` are those that were
    looked at: of a text that is no Python, the last one that was. Findings stand in these.
    """

    target: Target
    files: Mapping[str, bytes]
    look: Look

    @property
    def root(self) -> str:
        """The app's folder."""
        return self.target.root

    def is_behind(self, path: str) -> bool:
        """Whether a file holds something else than what was looked at."""
        return self.files.get(path) != self.target.files.get(path)


@dataclass(frozen=True, slots=True)
class View:
    """All apps as they were seen, and why some could not be: a line for each fault, by root."""

    sights: tuple[Sight, ...] = ()
    faults: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def holding(self, path: str) -> tuple[Sight, ...]:
        """The apps that a file belongs to."""
        return tuple(sight for sight in self.sights if path in sight.target.files)

    def around(self, path: str) -> Sight | None:
        """The app that a file or a folder belongs to: the first that has it, or the innermost."""
        outer = [sight for sight in self.sights if is_below(path, sight.root)]
        innermost = sorted(outer, key=lambda sight: -len(sight.root))
        return next(iter((*self.holding(path), *innermost)), None)


@dataclass(slots=True, eq=False)
class _Kept:
    """What is kept of an app: its files on disk and the last sight of it."""

    target: Target
    modules: Kept = field(default_factory=Kept)
    sight: Sight | None = None


class Workspace:
    """The apps of the files that an editor has open. Not for several threads at once.

    ``folders`` are those that the editor was opened on: a file in none of them, and in no app with
    a ``cdk.json``, is of no app. The mode of ``options`` does not matter.
    """

    def __init__(self, folders: Sequence[str], options: api.Options) -> None:
        self._folders = tuple(folders)
        self._options = options
        self._known = load_rules() if options.rules is None else Rules(tuple(options.rules))
        self._apps: dict[str, _Kept] = {}
        self._stale: set[str] = set()
        self._faults: dict[str, tuple[str, ...]] = {}
        self._searched: set[str] = set()

    @property
    def problems(self) -> tuple[str, ...]:
        """Why rules of other packages cannot be used."""
        return self._known.problems

    def configure(self, folders: Sequence[str], options: api.Options) -> None:
        """Take other folders or options from now on; apps that are in none of them are let go."""
        self._folders = tuple(folders)
        if options.rules != self._options.rules:
            self._known = load_rules() if options.rules is None else Rules(tuple(options.rules))
        self._options = options
        self._searched.clear()
        self._stale.update(self._apps)
        for root in [root for root in self._apps if not self._is_inside(root)]:
            self._let_go(root)

    def _is_inside(self, path: str) -> bool:
        return not self._folders or any(
            is_below(path, folder) or is_below(folder, path) for folder in self._folders
        )

    def touched(self, paths: Iterable[str]) -> None:
        """Hear that files on disk were written, made or deleted: their apps are read again."""
        for path in paths:
            self._searched = {one for one in self._searched if not is_below(path, one)}
            for root, app in self._apps.items():
                # A configuration may lie above the app.
                above = is_below(root, str(Path(path).parent))
                if above or is_below(path, root) or path in app.target.files:
                    self._stale.add(root)

    def see(self, texts: Mapping[str, bytes], tick: Callable[[str], None]) -> View:
        """Look at every app that holds one of the texts, or held one before, or is a folder itself.

        ``texts`` are what the editor has open, by absolute path. ``tick`` is called before each
        step, and may raise ``Superseded``. A fault of ours in one app does not hide the others.
        """
        for folder in self._folders:
            if folder not in self._searched and Path(folder, APP_FILE).is_file():
                self._searched.add(folder)
                self._read(folder)
        for path, data in texts.items():
            self._find_home(path, data)
        for root in sorted(self._stale):
            self._read(root)
        self._stale.clear()
        faults = dict(self._faults)
        seen = (self._sight(app, texts, tick, faults) for _, app in sorted(self._apps.items()))
        return View(tuple(sight for sight in seen if sight is not None), faults)

    def _sight(
        self,
        app: _Kept,
        texts: Mapping[str, bytes],
        tick: Callable[[str], None],
        faults: dict[str, tuple[str, ...]],
    ) -> Sight | None:
        """The app as it is now; None with a line in ``faults`` where that is our fault."""
        root = app.target.root
        try:
            return self._look(app, texts, tick)
        except Superseded:
            raise
        except Exception as error:
            faults[root] = (*faults.get(root, ()), crash(root, "tapfix", error).message)
            return None

    def _find_home(self, path: str, data: bytes) -> None:
        """Read the apps that a file belongs to, unless they are known."""
        if any(path in app.target.files for app in self._apps.values()):
            return
        root = app_around(path)
        if root is not None:
            if root not in self._searched:
                self._searched.add(root)
                self._read(root)
            return
        folder = next((one for one in self._folders if is_below(path, one)), None)
        if folder is None or folder in self._searched or folder in ("/", str(Path.home())):
            return
        # No app of its own: one that the folder holds may deploy it, or the folder is the app.
        if _CDK_MARK in data or _may_hold_apps(folder):
            self._searched.add(folder)
            self._read(folder, path)

    def _read(self, given: str, path: str | None = None) -> None:
        """Read the app of a folder, and those below it that a file is of; and what holds there."""
        discovery = discover([given])
        meant = [app for app in discovery.apps if app.root == given or path in app.files]
        apps = {app.root: app for app in meant if _is_app(app)}
        if given not in apps:
            self._let_go(given)
        for root, app in apps.items():
            self._faults.pop(root, None)
            try:
                (target,) = api.targets_of(
                    replace(discovery, apps=(app,)), self._options, self._known.rules
                )
            except (ConfigError, UnknownRuleError) as error:
                self._faults[root] = tuple(str(error).splitlines())
                if root not in self._apps:
                    continue
                # What held before holds until the configuration can be read again.
                target = replace(self._apps[root].target, files=app.files)
            kept = self._apps.setdefault(root, _Kept(target))
            kept.target = target
            kept.modules.drop_others(frozenset(app.files))

    def _let_go(self, root: str) -> None:
        self._apps.pop(root, None)
        self._stale.discard(root)
        self._faults.pop(root, None)

    def _look(self, app: _Kept, texts: Mapping[str, bytes], tick: Callable[[str], None]) -> Sight:
        """The app as it is now: the last sight if nothing has changed."""
        open_here = dict(self._open_in(app, texts))
        now = {**app.target.files, **open_here}
        if len(now) > len(app.target.files):
            now = dict(sorted(now.items()))
        target = replace(app.target, files=now)
        if app.sight is not None and app.sight.target == target:
            return app.sight
        files = {**now, **dict(_readable(app.modules, open_here))}
        before = app.sight
        if before is not None and before.files == files and _is_same(before.target, target):
            # All that has changed is no Python yet.
            seen = before.look
        else:
            seen = look(target, files, lambda _: True, tick, app.modules)
        app.sight = Sight(target, files, seen)
        return app.sight

    def _open_in(self, app: _Kept, texts: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
        """The texts that belong to an app: of its files, and of new ones in its folder."""
        for path, data in texts.items():
            if path in app.target.files or (
                is_read(Path(path).name)
                and self._innermost(path) == app.target.root
                and not os.path.lexists(path)
            ):
                yield path, data

    def _innermost(self, path: str) -> str | None:
        """The innermost of the apps whose folders hold a path."""
        roots = (root for root in self._apps if is_below(path, root))
        return max(roots, key=len, default=None)


def _is_same(one: Target, other: Target) -> bool:
    """Whether the same holds for two states of an app, whatever its files are."""
    return replace(one, files={}) == replace(other, files={})


def _readable(modules: Kept, texts: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    for path, data in texts.items():
        if path.endswith(".py"):
            yield path, modules.last_good(path, data)


def _is_app(app: AppFiles) -> bool:
    """Whether an editor should care: a folder without ``cdk.json`` may be any Python project."""
    files = app.files
    return f"{app.root}/{APP_FILE}" in files or any(_CDK_MARK in one for one in files.values())


def _may_hold_apps(folder: str) -> bool:
    """Whether one of the folders near the top of ``folder`` is an app."""
    patterns = (f"{stars}{APP_FILE}" for stars in ("", "*/", "*/*/"))
    return any(next(Path(folder).glob(pattern), None) is not None for pattern in patterns)
