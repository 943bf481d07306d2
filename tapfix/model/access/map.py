"""Who reaches what in an app, as plain values that can be drawn and compared.

Three kinds of ways lead from one resource to another: records that a source hands to a function, a
right that a function needs, a connection that it opens. Each is open, shut, or cannot be told.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tapfix.model.access.connections import Connection, connections
from tapfix.model.access.datastores import data_stores
from tapfix.model.access.ingress import groups_of, pairs
from tapfix.model.access.needs import Need, needs
from tapfix.model.access.principals import principal
from tapfix.model.access.rights import part, rights_of
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.references import reference
from tapfix.model.lambdas.event_sources import EventSource, read_event_sources
from tapfix.model.lambdas.functions import FUNCTIONS
from tapfix.model.python.values import Value

_GROUP = "aws_ec2.SecurityGroup"
_KINDS = (
    ("aws_lambda", "function"),
    ("aws_cloudfront.experimental", "function"),
    ("triggers", "function"),
    ("aws_kinesis.", "stream"),
    ("aws_sqs.", "queue"),
    ("aws_s3.", "bucket"),
    ("aws_dynamodb.", "table"),
    ("aws_sns.", "topic"),
    ("aws_secretsmanager.", "secret"),
    ("aws_rds.DatabaseSecret", "secret"),
    ("aws_rds.", "database"),
    ("aws_docdb.", "database"),
    ("aws_neptune.", "database"),
    ("aws_redshift.", "database"),
    ("aws_elasticache.", "cache"),
    ("aws_opensearchservice.", "search domain"),
    (_GROUP, "security group"),
)
# Drawn even where nothing leads to them: that is what a reader may look for.
_STANDING = (
    _GROUP,
    "aws_dynamodb.Table",
    "aws_dynamodb.TableV2",
    "aws_kinesis.CfnStream",
    "aws_kinesis.Stream",
    "aws_s3.Bucket",
    "aws_sqs.CfnQueue",
    "aws_sqs.Queue",
)


class State(enum.Enum):
    """Whether a way is open, as far as the source tells."""

    OPEN = "open"
    SHUT = "shut"
    UNSURE = "cannot be told"


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What a resource is known by: its file in the app, class, label, and which of several alike.

    ``part`` is ``secret`` for the secret that a database makes for itself.
    """

    path: str
    cls: str
    label: str
    number: int = 0
    part: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A resource: ``kind`` in a word (function, stream, cache …), ``label`` its class and id."""

    key: Key
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Way:
    """How one resource reaches another.

    ``kind`` is ``feeds``, ``hands failures to``, ``may use`` or ``connects to``; ``what`` says by
    which right or port; ``why`` says what shuts it. ``through`` are the security groups that it
    passes.
    """

    source: Key
    target: Key
    kind: str
    what: str = ""
    state: State = State.OPEN
    why: str = ""
    through: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Map:
    """The resources of an app and the ways between them, in the order of the source.

    ``ties`` lead from functions to the security groups they are in, and from those to what they
    guard.
    """

    nodes: tuple[Node, ...] = ()
    ways: tuple[Way, ...] = ()
    ties: tuple[tuple[Key, Key], ...] = ()


def map_of(app: App) -> Map:
    """Who reaches what in an app."""
    return _Drawer(app).map()


@dataclass(eq=False)
class _Drawer:
    app: App
    _keys: dict[Construct, Key] = field(default_factory=dict)
    _nodes: dict[Key, Node] = field(default_factory=dict)
    _ties: dict[tuple[Key, Key], None] = field(default_factory=dict)

    def map(self) -> Map:
        self._name()
        ways = [*self._fed()]
        for function in self.app.of(*FUNCTIONS):
            self._node(function)
            ways += self._allowed(function)
            ways += self._connected(function)
        for store in data_stores(self.app):
            for group in store.groups or ():
                self._ties[self._node(group.construct), self._node(store.construct)] = None
        for construct in self.app.of(*_STANDING):
            self._node(construct)
        return Map(tuple(self._nodes.values()), _merged(ways), tuple(self._ties))

    def _name(self) -> None:
        seen: Counter[tuple[str, str, str]] = Counter()
        for one in self.app.constructs:
            alike = (self.app.relative(one.module.path), one.name, one.label)
            self._keys[one] = Key(*alike, seen[alike])
            seen[alike] += 1

    def _node(self, construct: Construct, own: tuple[str, ...] = ()) -> Key:
        """The key of a construct, which is drawn then; ``own`` leads to a part of it."""
        key = self._keys[construct]
        label, kind = construct.label, _kind(construct)
        if own:
            key = Key(key.path, key.cls, key.label, key.number, own[0])
            label, kind = f"secret of {label}", "secret"
        self._nodes.setdefault(key, Node(key, kind, label))
        return key

    # Records

    def _fed(self) -> Iterator[Way]:
        for source in self.app.once(read_event_sources):
            for function in source.functions:
                if source.source is not None:
                    yield self._feed(source.source, function)
            failed = self._failed(source)
            if failed is not None and source.source is not None:
                start, end = self._node(source.source), self._node(failed)
                yield Way(start, end, "hands failures to")

    def _feed(self, source: Construct, function: Construct) -> Way:
        wanted = next(
            (
                need
                for need in needs(self.app, function)
                if need.mapping is not None and need.resource.construct is source
            ),
            None,
        )
        state, why = self._right(wanted) if wanted is not None else (State.OPEN, "")
        return Way(self._node(source), self._node(function), "feeds", "", state, why)

    def _failed(self, source: EventSource) -> Construct | None:
        """The queue that gets what a mapping, or the queue it reads, gives up."""
        given = source.call.value("on_failure")
        if given is not None:
            return self._first(given)
        own = source.source.value("dead_letter_queue") if source.source is not None else None
        queue = own.argument("queue") if own is not None else None
        found = reference(self.app, queue.module, queue.node) if queue is not None else None
        return found.construct if found is not None else None

    def _first(self, given: Value) -> Construct | None:
        """The construct that a destination such as ``SqsDlq(queue)`` is about."""
        inner = given.arguments[0] if given.arguments else given.argument("queue")
        found = reference(self.app, inner.module, inner.node) if inner is not None else None
        return found.construct if found is not None else None

    # Rights

    def _allowed(self, function: Construct) -> Iterator[Way]:
        start = self._node(function)
        for need in needs(self.app, function):
            if need.mapping is None:
                state, why = self._right(need)
                end = self._node(need.resource.construct, part(need.resource))
                actions = ", ".join(sorted(need.actions))
                yield Way(start, end, "may use", actions, state, why)

    def _right(self, need: Need) -> tuple[State, str]:
        whose = principal(self.app, need.function)
        if whose is None or whose.imported:
            return State.UNSURE, "its role is not in the source"
        rights = rights_of(self.app, whose)
        missing = sorted(one for one in need.actions if rights.lack(one, need.resource))
        if missing:
            return State.SHUT, f"its role does not allow {', '.join(missing)}"
        if rights.open and not all(
            any(right.allows(one, need.resource) for right in rights.rights) for one in need.actions
        ):
            return State.UNSURE, "its role may have rights that cannot be read"
        return State.OPEN, ""

    # Connections

    def _connected(self, function: Construct) -> Iterator[Way]:
        start = self._node(function)
        own = groups_of(self.app, function) or ()
        for group in own:
            self._ties[start, self._node(group.construct)] = None
        for one in connections(self.app, function):
            state, why = self._network(one)
            guards = one.store.groups or ()
            inner = [self._node(group.construct) for group in (*own[:1], *guards[:1])]
            port = f"{one.store.words}, port {one.store.port}" if one.store.port else ""
            end = self._node(one.store.construct)
            passed = tuple(dict.fromkeys(inner))
            yield Way(start, end, "connects to", port, state, why, passed)

    def _network(self, one: Connection) -> tuple[State, str]:
        function, store = one.function, one.store
        outside = function.lacks("vpc" if function.cls.level > 1 else "vpc_config")
        if outside and store.is_public:
            return State.OPEN, ""
        if outside:
            return State.SHUT, "it lies outside of the VPC"
        pair = next(pairs(self.app, function, iter([store])), None)
        if pair is None:
            return State.UNSURE, "the networks or their security groups cannot be read"
        if pair.lets_in:
            return State.OPEN, ""
        return State.SHUT, "no rule of the security group lets it in"


def _kind(construct: Construct) -> str:
    return next((kind for start, kind in _KINDS if construct.name.startswith(start)), "resource")


def _merged(ways: list[Way]) -> tuple[Way, ...]:
    """Each way once; of two between the same resources that differ, the one that is shut."""
    found: dict[tuple[Key, Key, str], Way] = {}
    for way in ways:
        known = found.get((way.source, way.target, way.kind))
        if known is None or known.state is State.OPEN:
            found[way.source, way.target, way.kind] = way
    return tuple(found.values())
