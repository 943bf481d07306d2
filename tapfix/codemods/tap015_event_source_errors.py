"""An event source that does not say what becomes of records that cannot be processed.

Why it matters
Lambda hands a batch of a stream over again until it succeeds or its records expire. So one record
that the handler cannot read stops its shard for a day, and everything behind it waits. A queue
hands its message over again until that expires, and then nobody has ever seen it.

What the fix does
A source of a stream (``KinesisEventSource``, ``DynamoEventSource``, ``EventSourceMapping``,
``add_event_source_mapping``, ``CfnEventSourceMapping``) gets what it lacks of ``retry_attempts=3``,
``bisect_batch_on_error=True``, ``max_record_age=Duration.hours(24)`` and ``on_failure=SqsDlq(…)``
with a queue of its own: encrypted by SQS, kept for 14 days, with a name where the resources beside
it have names. Records are not to be given up before the stream drops them: where it keeps them
longer, the greatest age is that. A queue that a function reads gets ``dead_letter_queue=`` with
five receives, FIFO for FIFO, under the same key if it has one.

Where the handler answers with ``batchItemFailures`` the source gets
``report_batch_item_failures=True``: without it Lambda ignores the answer and the records are lost.

The impact is *behaviour*: records that were tried for ever come to rest in a queue. What arrives
there from a stream are shard and sequence numbers: the records are read from the stream, while it
keeps them.

Left alone
What is said already, ``retry_attempts=0`` too; the age of records where a retry limit and a
destination are said; bisecting of batches of one; sources with arguments that the source does not
show. Kafka, MQ and DocumentDB, where it depends on their mode what they take. Imported queues, and
those that are dead-letter queues themselves. Streams whose retention the source does not tell, or
that keep records for more than the seven days a source knows, get no greatest age. Tests.

Reported: where no queue can be placed, nothing is written, for a retry limit alone would lose
records: the function or its role is imported or of another stack, or the source is made in a loop
or by a helper called more than once.
"""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.codemods.examples.tap015_event_source_errors import EXAMPLES
from tapfix.edits import Finding, Impact
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.reach import Reaches
from tapfix.model.lambdas.event_sources import EventSource, read_event_sources
from tapfix.recipes.code.event_sources import (
    DESTINATION,
    REPORT,
    RETRY,
    Mender,
    Part,
    lacks_redrive,
    missing,
)
from tapfix.recipes.offers import offer
from tapfix.rule import Rule, Severity

_QUEUES = ("aws_sqs.Queue", "aws_sqs.CfnQueue")
_IGNORED = (
    "its handler answers with batchItemFailures, which Lambda ignores: failed records are lost"
)
_FOR_EVER = "a record that fails is tried until it expires, and blocks its shard so long"
_LOST = "a record that is given up is lost"
_TAKEN_ALONG = "a record that fails takes its whole batch with it"


def find(app: App) -> Iterator[Finding]:
    """Event sources without an end for failed records."""
    mender, reaches = Mender.of(app), app.once(Reaches)
    queues: set[Construct] = set()
    for source in app.once(read_event_sources):
        if reaches.in_test(source.call.module):
            continue
        parts = missing(app, source)
        if parts:
            yield _unsaid(mender, source, parts)
        queue = source.source
        if source.kind == "queue" and queue is not None and queue not in queues:
            queues.add(queue)
            if queue.is_a(*_QUEUES) and lacks_redrive(app, queue):
                yield _endless(mender, source, queue)


def _unsaid(mender: Mender, source: EventSource, parts: tuple[Part, ...]) -> Finding:
    call = source.call
    unsaid = [part.words for part in parts if part is not REPORT]
    said = [f"has no {_listed(unsaid)}: {_consequence(parts)}"] if unsaid else []
    said += [f"does not say {REPORT.name}: {_IGNORED}"] if REPORT in parts else []
    title = "give up on failed records, and keep them" if unsaid else "let Lambda read the answer"
    offered = offer(title, Impact.BEHAVIOUR, mender.complete(source, parts))
    message = f"{call.label} {'; it '.join(said)}"
    return Finding("TAP015", call.head, message, scope=call.statement, **offered)


def _consequence(parts: tuple[Part, ...]) -> str:
    """What comes of it that an event source does not say these parts."""
    if RETRY in parts:
        return _FOR_EVER
    return _LOST if DESTINATION in parts else _TAKEN_ALONG


def _endless(mender: Mender, source: EventSource, queue: Construct) -> Finding:
    message = (
        f"{queue.label} has no dead-letter queue: a message that {source.call.label} cannot"
        " process comes back until it expires, and is lost"
    )
    title = "keep messages that fail in a dead-letter queue"
    offered = offer(title, Impact.BEHAVIOUR, mender.redrive(queue))
    call = source.call
    return Finding("TAP015", call.head, message, scope=call.statement, **offered)


def _listed(words: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


RULE = Rule(
    code="TAP015",
    name="event-source-errors",
    severity=Severity.MEDIUM,
    find=find,
    doc=__doc__,
    examples=EXAMPLES,
)
