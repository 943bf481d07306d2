"""Plays Lambda's side of an event source: it hands batches to a handler until all is settled.

What AWS documents holds here: a stream is handed over again from the lowest failed record on, a
failed batch may be split, retries end, and what is given up goes to a queue. A queue hands over
again what failed, until a message was received too often.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Record = dict[str, Any]
Handler = Callable[[dict[str, Any]], Any]
MOST = 200
"""So many invocations are a loop without end."""


class Endless(AssertionError):
    """The handler was invoked again and again, and nothing was settled."""


@dataclass
class Outcome:
    """What became of records: ``dead`` were given up, in order; ``batches`` is every invocation's
    identifiers."""

    dead: list[Record] = field(default_factory=list)
    batches: list[list[str]] = field(default_factory=list)


def identifier(record: Record) -> str:
    """What an answer calls a record."""
    if "kinesis" in record:
        return str(record["kinesis"]["sequenceNumber"])
    if "dynamodb" in record:
        return str(record["dynamodb"]["SequenceNumber"])
    return str(record["messageId"])


def failed(handler: Handler, batch: Sequence[Record], *, report: bool) -> set[int]:
    """The places in a batch of what failed, as Lambda sees it, after one invocation."""
    everything = set(range(len(batch)))
    try:
        answer = handler({"Records": [dict(record) for record in batch]})
    except Exception:
        return everything
    if not report or answer is None:
        return set()
    if not isinstance(answer, dict):
        return everything  # no JSON object: no answer that Lambda could read
    names = [identifier(record) for record in batch]
    items = answer.get("batchItemFailures") or []
    told = [item.get("itemIdentifier") for item in items]
    if any(name not in names for name in told):
        return everything
    return {names.index(name) for name in told}


@dataclass
class Stream:
    """An event source that reads a shard.

    ``report``: it reads ``batchItemFailures``. ``retries`` is how often a batch is tried again,
    ``bisect`` whether it is split when that fails.
    """

    handler: Handler
    report: bool = False
    retries: int = 3
    bisect: bool = True
    size: int = 100
    outcome: Outcome = field(default_factory=Outcome)

    def run(self, records: Sequence[Record]) -> Outcome:
        """Hand over all records."""
        for start in range(0, len(records), self.size):
            self._settle(list(records[start : start + self.size]), self.retries)
        return self.outcome

    def _settle(self, batch: list[Record], left: int) -> None:
        while batch:
            self.outcome.batches.append([identifier(record) for record in batch])
            if len(self.outcome.batches) > MOST:
                raise Endless
            places = failed(self.handler, batch, report=self.report)
            if not places:
                return
            lowest = min(places)
            if lowest:
                batch = batch[lowest:]
                left = self.retries
            elif self.bisect and len(batch) > 1:
                middle = len(batch) // 2
                self._settle(batch[:middle], self.retries)
                batch, left = batch[middle:], self.retries
            elif left:
                left -= 1
            else:
                self.outcome.dead += batch
                return


@dataclass
class Queue:
    """An event source that reads a queue; ``fifo``: of one message group, in order."""

    handler: Handler
    report: bool = False
    receives: int = 3
    fifo: bool = False
    size: int = 10
    outcome: Outcome = field(default_factory=Outcome)

    def run(self, records: Sequence[Record]) -> Outcome:
        """Hand over all messages."""
        waiting = [(record, 1) for record in records]
        while waiting:
            batch, waiting = waiting[: self.size], waiting[self.size :]
            self.outcome.batches.append([identifier(record) for record, _ in batch])
            if len(self.outcome.batches) > MOST:
                raise Endless
            places = failed(self.handler, [one for one, _ in batch], report=self.report)
            again = [batch[place] for place in sorted(places)]
            self.outcome.dead += [one for one, count in again if count >= self.receives]
            left = [(one, count + 1) for one, count in again if count < self.receives]
            waiting = [*left, *waiting] if self.fifo else [*waiting, *left]
        return self.outcome
