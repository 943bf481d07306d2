"""What invokes a handler: streams and queues, as far as the app's source tells it for sure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.uses import Use
from tapfix.model.lambdas.event_sources import EventSource, read_event_sources
from tapfix.model.lambdas.handlers import Handler
from tapfix.model.python.modules import AppClass, AppFunction, Module

Service = Literal["Kinesis", "DynamoDB", "SQS"]

_SERVICES: dict[str, Service] = {
    "aws_dynamodb": "DynamoDB",
    "aws_kinesis": "Kinesis",
    "aws_sqs": "SQS",
}
_OBJECTS: dict[str, Service] = {
    "aws_lambda_event_sources.DynamoEventSource": "DynamoDB",
    "aws_lambda_event_sources.KinesisConsumerEventSource": "Kinesis",
    "aws_lambda_event_sources.KinesisEventSource": "Kinesis",
    "aws_lambda_event_sources.SqsEventSource": "SQS",
}
# What is done with a function that lets nobody else invoke it.
_METHODS = (
    "add_environment",
    "add_event_source",
    "add_event_source_mapping",
    "add_layers",
    "add_to_role_policy",
    "apply_removal_policy",
)
_PARTS = ("connections", "grant_principal", "log_group", "node", "role", "stack", "timeout")
_TAKERS = ("add_dependency", "allow_", "grant", "of")
_SHOWN_BY = ("Alarm", "CfnAlarm", "CfnOutput", "LogGroup", "MetricFilter")


@dataclass(frozen=True, eq=False)
class Feed:
    """The one service whose records a handler gets, in batches, from nothing but ``sources``.

    ``in_order``: what follows a failed record must wait for it, as in a FIFO queue; so it is too
    where the source does not tell.
    """

    service: Service
    sources: tuple[EventSource, ...]
    in_order: bool


def read_feed(app: App, handler: Handler) -> Feed | None:
    """What feeds a handler with records; None if that, or that nothing else does, is not sure."""
    functions = {function.construct for function in handler.deployed_by}
    every = app.once(read_event_sources)
    if any(not source.functions for source in every):
        return None  # one that feeds nobody knows whom may feed these
    sources = tuple(s for s in every if not functions.isdisjoint(s.functions))
    if not _is_alone(app, handler, functions) or not sources:
        return None
    fed = {function for source in sources for function in source.functions}
    if fed != functions:
        return None
    services = {service_of(source) for source in sources}
    service = next(iter(services))
    if service is None or len(services) > 1 or not _is_fed_by(app, functions, sources):
        return None
    in_order = service == "SQS" and any(_may_be_fifo(source.source) for source in sources)
    return Feed(service, sources, in_order)


def has_sources(app: App, handler: Handler) -> bool:
    """Whether any stream or queue of the app is known to feed a handler."""
    functions = {function.construct for function in handler.deployed_by}
    return any(
        not functions.isdisjoint(source.functions) for source in app.once(read_event_sources)
    )


def service_of(source: EventSource) -> Service | None:
    """Whose records a source hands over."""
    known = _OBJECTS.get(source.call.cls.name)
    if known is not None:
        return known
    if source.source is not None:
        return _SERVICES.get(source.source.name.partition(".")[0])
    return "SQS" if source.kind == "queue" else None


def _is_alone(app: App, handler: Handler, functions: set[Construct]) -> bool:
    """Whether the functions certainly run this handler and no other."""
    if any(function.path is None for function in handler.deployed_by):
        return False
    others = [
        other
        for other in (*app.handlers, *(inline for _, inline in app.inline_handlers))
        if other is not handler
    ]
    return not any(
        other.function is handler.function
        or any(by.construct in functions for by in other.deployed_by)
        for other in others
    )


def _may_be_fifo(queue: Construct | None) -> bool:
    if queue is None or queue.open:
        return True
    given = queue.value("fifo_queue" if queue.cls.level == 1 else "fifo")
    if given is not None:
        return given.constant is not False
    name = queue.value("queue_name")
    if name is None:
        return False
    if name.kind == "text":
        # What comes last, if it is no text, is an environment's suffix and the like.
        last = name.parts[-1]
        return isinstance(last, str) and last.endswith(".fifo")
    return not isinstance(name.constant, str) or name.constant.endswith(".fifo")


# Whatever else may invoke the functions


def _is_fed_by(app: App, functions: set[Construct], sources: tuple[EventSource, ...]) -> bool:
    """Whether nothing but these sources is seen to invoke the functions."""
    calls = {source.call.node for source in sources}
    for function in functions:
        events = function.value("events")
        if function.open or (events is not None and not _are_known(events.items, calls)):
            return False
        if not all(_is_harmless(app, use, calls) for use in app.uses(function)):
            return False
    return True


def _are_known(items: object, calls: set[ast.Call]) -> bool:
    return isinstance(items, tuple) and all(item.origin in calls for item in items) and bool(items)


def _is_harmless(app: App, use: Use, calls: set[ast.Call]) -> bool:
    first = use.chain[0] if use.chain else ""
    if use.kind == "assign" or first in _PARTS:
        return True
    if use.kind == "call":
        if use.chain == ("add_event_source",):
            given = use.value.argument("source", 0) if use.value is not None else None
            return given is not None and given.origin in calls
        if use.chain == ("add_event_source_mapping",):
            return use.node in calls
        return first in _METHODS or first.startswith("metric")
    if use.kind == "escape":
        return _is_awaited(app, use)
    return any(_is_harmless_call(app, use.module, call, calls) for call in _calls_around(use))


def _is_awaited(app: App, use: Use) -> bool:
    """Whether a list of functions only says what a trigger runs before or behind."""
    parent = use.module.names.parents.get(use.node)
    call = use.module.names.parents.get(parent) if isinstance(parent, ast.keyword) else None
    if not isinstance(call, ast.Call) or not isinstance(use.node, ast.List):
        return False
    callee = app.evaluator.callee(use.module, call)
    return isinstance(callee, str) and callee.startswith("aws_cdk.triggers.")


def _calls_around(use: Use) -> Iterator[ast.Call]:
    """The innermost call that a function, or something read from it, is given to."""
    for ancestor in use.module.names.ancestors(use.node):
        if isinstance(ancestor, ast.Call):
            yield ancestor
            return
        if isinstance(ancestor, ast.stmt):
            return


def _is_harmless_call(app: App, module: Module, call: ast.Call, calls: set[ast.Call]) -> bool:
    if call in calls:
        return True
    callee = app.evaluator.callee(module, call)
    if isinstance(callee, (AppFunction, AppClass)):
        return True  # what that does with it is a use of its own
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if isinstance(callee, str):
        name = callee.rpartition(".")[2]
        return name in _SHOWN_BY or name == "of"
    return name.startswith(_TAKERS)
