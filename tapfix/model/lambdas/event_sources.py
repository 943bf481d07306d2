"""What hands streams and queues of an app to its Lambda functions."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from tapfix.knowledge.catalogue import ConstructClass
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct, read_call
from tapfix.model.cdk.references import construct_at, reference
from tapfix.model.cdk.uses import find_uses
from tapfix.model.lambdas.functions import FUNCTIONS
from tapfix.model.python.modules import Module
from tapfix.model.python.values import Value

SourceKind = Literal["stream", "queue"]

MAPPINGS = ("aws_lambda.EventSourceMapping", "aws_lambda.CfnEventSourceMapping")
_STREAMS = (
    "aws_lambda_event_sources.KinesisEventSource",
    "aws_lambda_event_sources.KinesisConsumerEventSource",
    "aws_lambda_event_sources.DynamoEventSource",
)
_QUEUES = ("aws_lambda_event_sources.SqsEventSource",)
# What makes a mapping read from neither a stream of Kinesis or DynamoDB nor a queue of SQS.
_OTHERS = (
    "amazon_managed_kafka_event_source_config",
    "document_db_event_source_config",
    "kafka_bootstrap_servers",
    "kafka_topic",
    "queues",
    "self_managed_event_source",
    "self_managed_kafka_event_source_config",
    "topics",
)


@dataclass(frozen=True, eq=False)
class EventSource:
    """One event source of functions.

    ``call`` gives its arguments: a mapping, ``add_event_source_mapping``, or an object such as
    ``KinesisEventSource``. ``source`` is the stream, table or queue, None if the app does not make
    it; ``functions`` are those that get its records, none where they cannot be seen. ``id`` is the
    mapping's own construct id, if it has one.
    """

    call: Construct
    kind: SourceKind
    source: Construct | None
    functions: tuple[Construct, ...]
    id: Value | None = None


def read_event_sources(app: App) -> tuple[EventSource, ...]:
    """All event sources of an app that read from a stream or a queue, in order of place."""
    found = [*_mappings(app), *_added_mappings(app), *_objects(app)]
    return tuple(sorted(found, key=lambda one: (one.call.module.path, one.call.ref)))


# Mappings


def _mappings(app: App) -> Iterator[EventSource]:
    for mapping in app.of(*MAPPINGS):
        target = mapping.value("target") or mapping.value("function_name")
        functions = _functions(app, target)
        yield from _mapping(app, mapping, functions, mapping.id)


def _added_mappings(app: App) -> Iterator[EventSource]:
    """``fn.add_event_source_mapping("id", …)``."""
    cls = app.catalogue.construct(MAPPINGS[0])
    assert cls is not None
    for function in app.of(*FUNCTIONS):
        for use in app.uses(function):
            if use.chain == ("add_event_source_mapping",) and isinstance(use.node, ast.Call):
                call = read_call(use.module, use.node, app.evaluator, cls)
                given = use.value.argument("id", 0) if use.value is not None else None
                yield from _mapping(app, call, (function,), given)


def _mapping(
    app: App, mapping: Construct, functions: tuple[Construct, ...], given: Value | None
) -> Iterator[EventSource]:
    arn = mapping.value("event_source_arn")
    if arn is None or any(name in mapping.arguments for name in _OTHERS):
        return
    found = reference(app, arn.module, arn.node)
    source = found.construct if found is not None else None
    # Where the source starts is said of streams only.
    kind: SourceKind = "stream" if "starting_position" in mapping.arguments else "queue"
    yield EventSource(mapping, kind, source, functions, given)


def _functions(app: App, value: Value | None) -> tuple[Construct, ...]:
    """The function that a value is, or whose name or ARN it is."""
    found = reference(app, value.module, value.node) if value is not None else None
    if found is None or not found.construct.is_a(*FUNCTIONS):
        return ()
    return (found.construct,)


# Objects that a function takes


def _objects(app: App) -> Iterator[EventSource]:
    known = {name: cls for name in (*_STREAMS, *_QUEUES) if (cls := app.catalogue.callee(name))}
    for module in app.cdk_modules:
        for call in module.names.calls:
            symbol = app.evaluator.resolver.symbol(module, call.func)
            name = symbol.removeprefix("aws_cdk.") if isinstance(symbol, str) else ""
            if name in known:
                yield _object(app, module, call, known[name])


def _object(app: App, module: Module, call: ast.Call, cls: ConstructClass) -> EventSource:
    read = read_call(module, call, app.evaluator, cls)
    first = cls.positional[0]
    node = call.args[0] if call.args else None
    named = read.value(first)
    source = construct_at(app, module, node) if node is not None else None
    if node is None and named is not None:
        source = construct_at(app, named.module, named.node)
    kind: SourceKind = "queue" if cls.name in _QUEUES else "stream"
    functions = tuple(dict.fromkeys(_takers(app, _handed(app, module, call))))
    return EventSource(read, kind, source, functions)


def _handed(app: App, module: Module, call: ast.Call) -> Iterator[tuple[Module, ast.Call]]:
    """The calls that an object is an argument of, also by way of a name or a list."""
    places: list[tuple[Module, ast.expr]] = [(module, call)]
    places += [
        (use.module, use.node)
        for use in find_uses(module, call, app.evaluator)
        if use.kind in ("argument", "escape") and not use.chain
    ]
    for home, node in places:
        for ancestor in home.names.ancestors(node):
            if isinstance(ancestor, ast.Call):
                yield home, ancestor
                break
            if isinstance(ancestor, ast.stmt):
                break


def _takers(app: App, calls: Iterable[tuple[Module, ast.Call]]) -> Iterator[Construct]:
    functions = app.of(*FUNCTIONS)
    makers = {function.node: function for function in functions}
    for module, call in calls:
        if call in makers:
            yield makers[call]
        elif isinstance(call.func, ast.Attribute) and call.func.attr == "add_event_source":
            found = construct_at(app, module, call.func.value)
            if found is not None and found in functions:
                yield found
