"""What a function must be allowed: from its event sources, its variables, its handler's calls."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tapfix.knowledge.permissions import RESOURCES, load
from tapfix.model.access.rights import part
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.references import Reference, reference
from tapfix.model.cdk.uses import Use
from tapfix.model.lambdas.handlers import Handler
from tapfix.model.lambdas.reached import Code
from tapfix.model.lambdas.sdk import SdkCall, sdk_calls
from tapfix.model.lambdas.variables import Variable, variables
from tapfix.model.python.modules import Module
from tapfix.model.python.values import Value

_SECRET_READS = ("secret_arn", "secret_full_arn", "secret_name")
_OF_FUNCTION = ((), ("function_name",), ("function_arn",), ("ref",), ("attr_arn",))

# What Lambda itself does with a function's rights, to read from an event source.
_POLLED = {
    "stream_arn": ("kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator"),
    "table_stream_arn": (
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
    ),
    "queue_arn": ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"),
}
_OWN_READS = {"aws_kinesis.CfnStream": "stream_arn", "aws_sqs.CfnQueue": "queue_arn"}


@dataclass(frozen=True, eq=False)
class Need:
    """Actions that a function must be allowed on one resource.

    ``resource`` is spelled where the need was found; ``anchor`` is the statement of the stack code
    behind which both exist, ``module`` its module. ``what`` says who does what: ``calls put_item``.
    ``mapping`` is the event source mapping, or the notification of a bucket, that leads to it.
    """

    function: Construct
    resource: Reference
    actions: frozenset[str]
    what: str
    module: Module
    anchor: ast.stmt
    mapping: ast.Call | None = None

    @property
    def key(self) -> tuple[Construct, tuple[str, ...]]:
        """The resource, to tell needs of the same one."""
        return self.resource.construct, part(self.resource)


def needs(app: App, function: Construct) -> list[Need]:
    """All needs of a function, one for each resource."""
    found: dict[tuple[Construct, tuple[str, ...]], Need] = {}
    for need in (*_polled(app, function), *_secrets(app, function), *_called(app, function)):
        known = found.get(need.key)
        found[need.key] = need if known is None else _both(known, need)
    return list(found.values())


def _both(first: Need, second: Need) -> Need:
    what = first.what if second.what in first.what else f"{first.what} and {second.what}"
    actions = first.actions | second.actions
    return Need(
        first.function,
        first.resource,
        actions,
        what,
        first.module,
        first.anchor,
        first.mapping,
    )


# Event sources


def _polled(app: App, function: Construct) -> Iterator[Need]:
    for module, call, value in _mappings(app, function):
        arn = value.argument("event_source_arn")
        source = reference(app, arn.module, arn.node) if arn is not None else None
        if source is None:
            continue
        read = source.chain[-1] if source.chain else ""
        actions = _POLLED.get(_OWN_READS.get(source.construct.name, read))
        if actions is not None:
            statement = module.names.statement(call)
            what = "is to be fed by an event source mapping"
            yield Need(function, source, frozenset(actions), what, module, statement, call)


def _mappings(app: App, function: Construct) -> Iterator[tuple[Module, ast.Call, Value]]:
    """The bare event source mappings of a function: those that grant nothing by themselves."""
    for mapping in app.of("aws_lambda.EventSourceMapping", "aws_lambda.CfnEventSourceMapping"):
        target = mapping.value("target") or mapping.value("function_name")
        found = reference(app, target.module, target.node) if target is not None else None
        if found is not None and found.construct is function and found.chain in _OF_FUNCTION:
            value = app.evaluator.value(mapping.module, mapping.node)
            yield mapping.module, mapping.node, value
    for use in app.uses(function):
        called = use.kind == "call" and use.chain == ("add_event_source_mapping",)
        if called and use.value is not None and isinstance(use.node, ast.Call):
            yield use.module, use.node, use.value


# Variables


def _secrets(app: App, function: Construct) -> Iterator[Need]:
    """Whoever is told a secret's name or ARN reads it."""
    for variable in variables(app, function).values():
        found = variable.reference
        if found is None or not found.chain or found.chain[-1] not in _SECRET_READS:
            continue
        if _is_of(found, "secretsmanager"):
            what = f"is given {variable.name}"
            yield _need(function, found, frozenset({"secretsmanager:GetSecretValue"}), what)


# Calls


def _called(app: App, function: Construct) -> Iterator[Need]:
    handlers = handlers_of(app, function)
    asked = [_wanted(app, function, handler) for handler in handlers]
    if not asked:
        return
    # Where one construct makes several functions, or its code is one of several, only what all do.
    notices = _notices(app, function)
    for key in asked[0]:
        if all(key in other for other in asked):
            found, calls = asked[0][key]
            actions, notice = frozenset({key[2]}), notices.get(key[0])
            if notice is None or not all(call.of_event for call in calls):
                yield _need(function, found, actions, _words(calls))
                continue
            statement = notice.module.names.statement(notice.node)
            assert isinstance(notice.node, ast.Call)
            yield Need(
                *(function, found, actions, _words(calls)), notice.module, statement, notice.node
            )


_NOTIFYING = (
    "add_event_notification",
    "add_object_created_notification",
    "add_object_removed_notification",
)


_SOURCES = (
    "aws_lambda_event_sources.S3EventSource",
    "aws_lambda_event_sources.S3EventSourceV2",
)


def _notices(app: App, function: Construct) -> Mapping[Construct, Use]:
    """The buckets whose events a function gets, each with the call that says so."""
    found: dict[Construct, Use] = {}
    for bucket in app.of("aws_s3.Bucket"):
        for use in app.uses(bucket):
            if use.kind == "call" and use.method in _NOTIFYING and use.value is not None:
                first = 1 if use.method == "add_event_notification" else 0
                target = use.value.argument("dest", first)
                given = target.argument("fn", 0) if target is not None else None
                one = reference(app, given.module, given.node) if given is not None else None
                if one is not None and one.construct is function and not one.chain:
                    found.setdefault(bucket, use)
    for use in app.uses(function):
        source = use.value.argument("source", 0) if use.value is not None else None
        if use.chain == ("add_event_source",) and source is not None and source.cdk in _SOURCES:
            given = source.argument("bucket", 0)
            one = reference(app, given.module, given.node) if given is not None else None
            if one is not None and isinstance(use.node, ast.Call):
                found.setdefault(one.construct, use)
    return found


def _words(calls: Iterable[SdkCall]) -> str:
    return "calls " + ", ".join(sorted({call.method for call in calls}))


_Wanted = dict[tuple[Construct, tuple[str, ...], str], tuple[Reference, list[SdkCall]]]


def _wanted(app: App, function: Construct, handler: Handler) -> _Wanted:
    """The resources and actions that a handler's calls are about."""
    found: _Wanted = {}
    known = variables(app, function)
    for call in sdk_calls(code_of(app, handler), load()):
        targets = list(_targets(app, call, known))
        if call.of_event:
            targets += [
                Reference(bucket, (), bucket.module, bucket.node)
                for bucket in _notices(app, function)
            ]
        for target in targets:
            key = (target.construct, part(target), call.action)
            found.setdefault(key, (target, []))[1].append(call)
    return found


def _targets(app: App, call: SdkCall, known: Mapping[str, Variable]) -> Iterator[Reference]:
    """The constructs that a call may be about."""
    for name in sorted(call.variables):
        variable = known.get(name)
        if variable is None:
            continue
        if variable.reference is not None:
            if _is_of(variable.reference, call.service):
                yield variable.reference
        elif variable.value.is_text:
            yield from _so_called(app, variable.value, call.service)
    for name in sorted(call.names):
        yield from _so_called(app, name, call.service)


def _so_called(app: App, name: str | Value, service: str) -> Iterator[Reference]:
    """The one construct of a service that has a physical name."""
    found = []
    for construct in app.of(*RESOURCES.get(service, ())):
        given = construct.value(construct.cls.name_argument or "")
        if given is not None and _is_same(given, name):
            found.append(construct)
    if len(found) == 1:
        yield Reference(found[0], (), found[0].module, found[0].node)


def _is_same(given: Value, name: str | Value) -> bool:
    """Whether two texts are one: with unknown parts, they say the same in one function."""
    if isinstance(name, str) or name.kind == "constant":
        return given.constant == (name if isinstance(name, str) else name.constant)
    same_scope = given.module.scope_of(given.node) is name.module.scope_of(name.node)
    return given.kind == "text" and same_scope and ast.dump(given.node) == ast.dump(name.node)


def _is_of(found: Reference, service: str) -> bool:
    """Whether what a reference leads to is a resource of a service."""
    if part(found) == ("secret",):
        return service == "secretsmanager"
    classes = RESOURCES.get(service, ())
    level1 = tuple(name.replace(".", ".Cfn") for name in classes)
    return found.construct.is_a(*classes, *level1)


def _need(function: Construct, resource: Reference, actions: frozenset[str], what: str) -> Need:
    module = function.module
    return Need(function, resource, actions, what, module, module.names.statement(function.node))


def code_of(app: App, handler: Handler) -> Code:
    """The code that runs with a handler; read once."""
    known = app.once(_codes)
    if handler not in known:
        known[handler] = Code(app.evaluator, handler)
    return known[handler]


def _codes(app: App) -> dict[Handler, Code]:
    del app
    return {}


def handlers_of(app: App, function: Construct) -> list[Handler]:
    """The Python handlers that a construct's functions run, or may run."""
    inline = [handler for _, handler in app.inline_handlers]
    return [
        handler
        for handler in (*app.handlers, *inline)
        if any(by.construct is function for by in handler.deployed_by)
    ]
