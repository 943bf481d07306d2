"""Telling an event source when to give up on records, and where those go then."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass

from tapfix.edits import Edit
from tapfix.model.access.principals import principal
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.durations import days
from tapfix.model.cdk.overrides import is_set_from_afar, overrides
from tapfix.model.cdk.reach import Reaches
from tapfix.model.cdk.roles import roles
from tapfix.model.cdk.stacks import in_same_stack
from tapfix.model.lambdas.answers import answers_failures
from tapfix.model.lambdas.event_sources import EventSource, read_event_sources
from tapfix.recipes.arguments import Obstacle, give
from tapfix.recipes.code.new_queues import NewQueue, NewQueues, Site, neighbour, pascal
from tapfix.recipes.spelling import spelled

ATTEMPTS = 3
HOURS = 24
RECEIVES = 5
"""AWS asks for at least five where Lambda reads: a throttled function counts as a receive, too."""
_LONGEST = 168
"""In hours: neither a mapping nor this rule lets a record grow older."""
_KIND = re.compile(r"(?<=.)(Event)?(Source)?(Mapping|Source|Trigger)$")
_QUEUE = re.compile(r"(?<=.)Queue$")
_DEAD = re.compile(r"dead_?letter|redrive|dlq", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that an event source can say: its argument at both levels, and its property."""

    words: str
    name: str
    l1: str
    property: str


RETRY = Part("retry limit", "retry_attempts", "maximum_retry_attempts", "MaximumRetryAttempts")
BISECT = Part(
    "bisecting of failed batches",
    "bisect_batch_on_error",
    "bisect_batch_on_function_error",
    "BisectBatchOnFunctionError",
)
AGE = Part(
    "limit of record age",
    "max_record_age",
    "maximum_record_age_in_seconds",
    "MaximumRecordAgeInSeconds",
)
DESTINATION = Part("failure destination", "on_failure", "destination_config", "DestinationConfig")
REPORT = Part(
    "report of failed items",
    "report_batch_item_failures",
    "function_response_types",
    "FunctionResponseTypes",
)


def missing(app: App, source: EventSource) -> tuple[Part, ...]:
    """What an event source does not say and should."""
    asked = [RETRY, BISECT, AGE, DESTINATION] if source.kind == "stream" else []
    if asked and _hours(source.source) is None:
        asked.remove(AGE)
    unsaid = [part for part in asked if _lacks(app, source.call, part)]
    if AGE in unsaid and RETRY not in unsaid and DESTINATION not in unsaid:
        # Whoever says how often to try and where to put what fails has set an end.
        unsaid.remove(AGE)
    if BISECT in unsaid and _takes_one(source.call):
        unsaid.remove(BISECT)
    if _lacks(app, source.call, REPORT) and answers_failures(app, source.functions):
        unsaid.append(REPORT)
    return tuple(unsaid)


def _lacks(app: App, call: Construct, part: Part) -> bool:
    name = part.l1 if call.cls.level == 1 else part.name
    if not call.lacks(name):
        return False
    # An event source that is no construct yet has nothing below it.
    return call.id is None or not overrides(app, call, part.property)


def _takes_one(call: Construct) -> bool:
    """Whether each batch is a single record, which nothing can halve."""
    size = call.value("batch_size")
    return size is not None and size.constant == 1


def _hours(stream: Construct | None) -> int | None:
    """The greatest age that a record is to reach; None if the source does not tell.

    It is not less than the stream keeps records: who keeps them longer wants them processed.
    """
    kept = stream.value("retention_period") if stream is not None else None
    hours = stream.value("retention_period_hours") if stream is not None else None
    if kept is not None:
        known = days(kept)
        number = None if known is None else round(known * 24)
    elif hours is not None:
        number = hours.constant if isinstance(hours.constant, int) else None
    else:
        number = HOURS
    return max(number, HOURS) if number is not None and number <= _LONGEST else None


# Streams


@dataclass(eq=False)
class Mender:
    """Writes what event sources of one app lack."""

    app: App
    queues: NewQueues

    @classmethod
    def of(cls, app: App) -> Mender:
        """For an app."""
        return cls(app, NewQueues.of(app))

    def complete(self, source: EventSource, parts: tuple[Part, ...]) -> tuple[Edit, ...] | Obstacle:
        """The edits that give an event source these parts.

        None of them without the failure destination, if that is one: a record that is given up
        would be lost.
        """
        queue = self._queue(source) if DESTINATION in parts else None
        if isinstance(queue, Obstacle):
            return queue
        edits: tuple[Edit, ...] = queue.edits if queue is not None else ()
        for part in parts:
            is_l1 = source.call.cls.level == 1
            template = (_l1 if is_l1 else _l2)(part, _hours(source.source), queue)
            given = give(self.app, source.call, part.l1 if is_l1 else part.name, template)
            if isinstance(given, Obstacle):
                return given
            edits = (*edits, *given)
        return edits

    def _queue(self, source: EventSource) -> NewQueue | Obstacle:
        call = source.call
        if not source.functions:
            return Obstacle(
                "the function is not made here for all to see: its role may not send to a queue"
            )
        site = self._site(source)
        if isinstance(site, Obstacle):
            return site
        then = ""
        for function in source.functions:
            allowed = self._may_send(function)
            if isinstance(allowed, Obstacle):
                return allowed
        if call.cls.level == 1:
            (function,) = source.functions
            name = spelled(self.app, function, site.module, site.statement)
            if name is None:
                return Obstacle("nothing beside the mapping leads to the function")
            then = f"{{queue}}.grant_send_messages({name})"
        return self.queues.make(site, then=then)

    def _may_send(self, function: Construct) -> Obstacle | None:
        """Why a function cannot be allowed to send to a new queue, if so."""
        whose = principal(self.app, function)
        if whose is None:
            return Obstacle("whose rights the function has is not in the source: it must send")
        if whose.imported:
            return Obstacle("its role is imported: whoever owns it has to let it send to a queue")
        if whose.role is not None and not self._are_together(whose.role.construct, function):
            return Obstacle("its role belongs to another stack, which this one may depend on")
        return None

    def _site(self, source: EventSource) -> Site | Obstacle:
        call = source.call
        module, node = call.module, call.node
        if _is_inner(module.names.ancestors(node)):
            return Obstacle("it is made within an expression that is evaluated more than once")
        statement = module.names.statement(node)
        reaches = self.app.once(Reaches)
        if call.scope is None and reaches.repeats(module, node):
            return Obstacle("it is made more than once: each time it needs a queue of its own")
        found = neighbour(self.app, module, node, source.functions)
        if call.scope is not None:
            found = call.scope.source, call
        if found is None:
            return Obstacle("it is made where no other construct is: a queue would have no scope")
        scope, beside = found
        if not all(self._are_together(beside, one) for one in source.functions):
            return Obstacle("the function belongs to another stack, which would need the queue")
        known = source.id.constant if source.id is not None else None
        varies = source.id if source.id is not None and not isinstance(known, str) else None
        stem = known if isinstance(known, str) else self._spoken(source)
        around = tuple(filter(None, (source.source, *source.functions)))
        return Site(module, statement, scope, _KIND.sub("", pascal(stem)), varies, around)

    def _are_together(self, first: Construct, second: Construct) -> bool:
        """Whether two constructs certainly lie in the same stack."""
        scopes = (first.scope, second.scope)
        cls = self.app.class_around(first)
        if cls is not None and cls is self.app.class_around(second):
            resolver = self.app.evaluator.resolver
            if all(one and resolver.self_class(one.module, one.node) is cls for one in scopes):
                return True
        return in_same_stack(self.app, first, second)

    def _spoken(self, source: EventSource) -> str:
        """What to call the queue of a source without a constant id.

        After what it reads from, or after the function where others read from that, too.
        """
        known = [known for one in self._speaking(source) if (known := _known_id(one)) is not None]
        if known:
            return known[0]
        node = source.call.node.args[0] if source.call.node.args else None
        if isinstance(node, ast.Attribute):
            return node.attr
        return node.id if isinstance(node, ast.Name) else "Event"

    def _speaking(self, source: EventSource) -> tuple[Construct, ...]:
        stream = (source.source,) if source.source is not None else ()
        others = [
            one
            for one in self.app.once(read_event_sources)
            if one is not source and one.source is source.source
        ]
        return (*source.functions, *stream) if stream and others else stream

    # Queues

    def redrive(self, queue: Construct) -> tuple[Edit, ...] | Obstacle:
        """The edits that give a queue another one for what was received too often."""
        scope, module = queue.scope, queue.module
        if queue.inherited or scope is None or _is_inner(module.names.ancestors(queue.node)):
            return Obstacle("it is made in a way that leaves no place for another queue beside it")
        fifo, encryption = _is_fifo(queue), _encryption(queue)
        if fifo is None:
            return Obstacle("whether it is a FIFO queue is not in the source, and both must be")
        if encryption is None:
            return Obstacle("its key is not in the source: the other queue should have the same")
        known = _known_id(queue)
        varies = queue.id if known is None else None
        stem = _QUEUE.sub("", pascal(known)) if known is not None else ""
        statement = module.names.statement(queue.node)
        site = Site(module, statement, scope.source, stem, varies, (queue,))
        made = self.queues.make(site, fifo=fifo, encryption=encryption)
        if isinstance(made, Obstacle):
            return made
        given = self._give_redrive(queue, made.name)
        return given if isinstance(given, Obstacle) else (*made.edits, *given)

    def _give_redrive(self, queue: Construct, name: str) -> tuple[Edit, ...] | Obstacle:
        if queue.cls.level == 1:
            policy = f'{{"deadLetterTargetArn": {name}.queue_arn, "maxReceiveCount": {RECEIVES}}}'
            return give(self.app, queue, "redrive_policy", policy)
        template = f"<aws_sqs.DeadLetterQueue>(max_receive_count={RECEIVES}, queue={name})"
        return give(self.app, queue, "dead_letter_queue", template)


def _known_id(construct: Construct) -> str | None:
    known = construct.id.constant if construct.id is not None else None
    return known if isinstance(known, str) else None


def lacks_redrive(app: App, queue: Construct) -> bool:
    """Whether a queue hands its messages to handlers again and again until they expire."""
    name = "redrive_policy" if queue.cls.level == 1 else "dead_letter_queue"
    if not queue.lacks(name) or overrides(app, queue, "RedrivePolicy"):
        return False
    # A queue for dead letters is the end of the way.
    is_dead = any(map(_DEAD.search, roles(app, queue)))
    return not is_dead and not is_set_from_afar(app, "RedrivePolicy")


def _is_inner(ancestors: Iterable[ast.AST]) -> bool:
    """Whether one of the nodes around, up to the statement, is a comprehension or a lambda."""
    for node in ancestors:
        if isinstance(node, ast.stmt):
            return False
        if isinstance(
            node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
        ):
            return True
    return False


def _is_fifo(queue: Construct) -> bool | None:
    given = queue.value("fifo_queue" if queue.cls.level == 1 else "fifo")
    if given is not None and given.constant is not None:
        return bool(given.constant)
    name = queue.value("queue_name")
    texts = [name.constant] if name is not None else []
    if name is not None and name.kind == "text":
        texts = [part for part in name.parts[-1:] if isinstance(part, str)]
    if given is not None:
        return None
    return any(isinstance(text, str) and text.endswith(".fifo") for text in texts)


def _encryption(queue: Construct) -> str | None:
    """How the other queue is encrypted: with the same key, or by SQS. None if that is not known."""
    key = queue.value("encryption_master_key") or queue.value("kms_master_key_id")
    chosen = queue.value("encryption")
    member = chosen.cdk.rpartition(".")[2] if chosen is not None else ""
    managed = "encryption=<aws_sqs.QueueEncryption>.SQS_MANAGED"
    if key is None:
        named = {"": managed, "SQS_MANAGED": managed, "UNENCRYPTED": managed}
        named["KMS_MANAGED"] = "encryption=<aws_sqs.QueueEncryption>.KMS_MANAGED"
        return named.get(member) if chosen is None or member else None
    if queue.cls.level == 1 or not isinstance(key.node, (ast.Name, ast.Attribute)):
        return None
    return f"encryption=<aws_sqs.QueueEncryption>.KMS, encryption_master_key={key.source}"


# Templates


def _l2(part: Part, hours: int | None, queue: NewQueue | None) -> str:
    if part is RETRY:
        return str(ATTEMPTS)
    if part is AGE:
        return f"<Duration>.hours({hours})"
    if part is DESTINATION:
        assert queue is not None
        return f"<aws_lambda_event_sources.SqsDlq>({queue.name})"
    return "True"


def _l1(part: Part, hours: int | None, queue: NewQueue | None) -> str:
    mapping = "<aws_lambda.CfnEventSourceMapping>"
    if part is AGE:
        return str((hours or HOURS) * 3600)
    if part is DESTINATION:
        assert queue is not None
        target = f"{mapping}.OnFailureProperty(destination={queue.name}.queue_arn)"
        return f"{mapping}.DestinationConfigProperty(on_failure={target})"
    if part is REPORT:
        return '["ReportBatchItemFailures"]'
    return _l2(part, hours, queue)
