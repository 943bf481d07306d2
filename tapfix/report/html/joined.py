"""Who reaches what in an app before and after a change, with what is the same told as the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tapfix.api.result import Mode, Result
from tapfix.discover import discover
from tapfix.discover.walk import is_below
from tapfix.model.access.map import Key, Map, State, Way, map_of
from tapfix.model.app import read_app
from tapfix.model.settings import Settings


@dataclass(frozen=True, slots=True)
class Pair:
    """A way before and after; None where there is none."""

    before: Way | None
    after: Way | None

    @property
    def is_new(self) -> bool:
        """Whether what could not be reached, for all that is known, now can be."""
        was = self.before is not None and self.before.state is State.OPEN
        return self.after is not None and self.after.state is State.OPEN and not was

    @property
    def way(self) -> Way:
        """The way as it is in the end."""
        way = self.after or self.before
        assert way is not None
        return way

    def crux(self, way: Way) -> int:
        """Which stretch of a way decides whether it is open: that between two security groups."""
        return 1 if len(way.through) > 1 else 0


@dataclass(frozen=True, slots=True)
class Joined:
    """The two states of an app; ``changes``: there is a change between them."""

    root: str
    before: Map
    after: Map
    pairs: tuple[Pair, ...]
    changes: bool


def joined_maps(result: Result) -> Iterable[Joined]:
    """The two states of each app of a run, as far as its files can be read anew."""
    apps = discover(result.apps).apps
    roots = [app.root for app in apps]
    for app in apps:
        before, after = dict(app.files), dict(app.files)
        for path, (old, new) in result.changes.items():
            if path in app.files or _home(path, roots) == app.root:
                _put(before, path, old)
                _put(after, path, new)
        changes = before != after and result.mode is not Mode.REPORT
        yield _joined(app.root, _map(app.root, before), _map(app.root, after), changes)


def _home(path: str, roots: Iterable[str]) -> str:
    return max((root for root in roots if is_below(path, root)), key=len, default="")


def _put(files: dict[str, bytes], path: str, data: bytes | None) -> None:
    if data is None:
        files.pop(path, None)
    else:
        files[path] = data


def _map(root: str, files: Mapping[str, bytes]) -> Map:
    return map_of(read_app(root, files, Settings()))


def _joined(root: str, before: Map, after: Map, changes: bool) -> Joined:
    after = _renamed(after, _known_as(before, after))
    old = {(way.source, way.target, way.kind): way for way in before.ways}
    new = {(way.source, way.target, way.kind): way for way in after.ways}
    pairs = (Pair(old.get(key), new.get(key)) for key in {**old, **new})
    return Joined(root, before, after, tuple(pairs), changes)


def _known_as(before: Map, after: Map) -> Mapping[Key, Key]:
    """What resources of the second map are called in the first.

    An id that varies with the environment is no literal any more: then the class and the order in
    the file tell which resource it was.
    """
    old = {node.key for node in before.nodes}
    new = {node.key for node in after.nodes}
    gone = [node.key for node in before.nodes if node.key not in new]
    names = {}
    for key in (node.key for node in after.nodes if node.key not in old):
        alike = [one for one in gone if _class(one) == _class(key)]
        if alike and '"' not in key.label:
            names[key] = alike[0]
            gone.remove(alike[0])
    return names


def _class(key: Key) -> tuple[str, str, str]:
    return key.path, key.cls, key.part


def _renamed(one: Map, names: Mapping[Key, Key]) -> Map:
    def known(key: Key) -> Key:
        return names.get(key, key)

    return Map(
        tuple(replace(node, key=known(node.key)) for node in one.nodes),
        tuple(
            replace(
                way,
                source=known(way.source),
                target=known(way.target),
                through=tuple(map(known, way.through)),
            )
            for way in one.ways
        ),
        tuple((known(start), known(end)) for start, end in one.ties),
    )
