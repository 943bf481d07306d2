"""What is known of the values that a column holds, and the type that follows from it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tapfix.edits import Ref
from tapfix.model.sql.tables import Dialect

Kind = Literal[
    "integer",
    "number",
    "decimal",
    "float",
    "text",
    "boolean",
    "timestamp",
    "date",
    "time",
    "interval",
    "json",
    "uuid",
    "bytes",
    "array",
]
"""``number`` is one of which nothing more is known."""

How = Literal["needs", "takes", "open"]
"""Whether only this kind will do (an operator, a comparison with a typed value), whether it is
what the column is given (a text column takes all), or an untyped text that suits what it spells."""

_NUMBERS: tuple[Kind, ...] = ("number", "integer", "float", "decimal")
_TIMES: tuple[Kind, ...] = ("date", "timestamp")
_COUNTS = re.compile(
    r"(^|_)(quantity|qty|count|stock|age|year|position|attempts|retries|version|size|num)$|^num_"
)
_SHORT = 2**31
_MONEY = re.compile(
    r"(^|_)(price|amount|total|subtotal|cost|fee|tax|discount|balance|salary|budget|revenue)$"
)
_MEASURES = re.compile(
    r"(^|_)(weight|height|temperature|humidity|pressure|speed|distance|latitude|longitude|lat|lon"
    r"|lng|rate|ratio|rating|percent|percentage)$"
)
_FRACTIONS = re.compile(r"(^|_)(value|reading|score|avg|average|mean)$")
_TIMESTAMPS = re.compile(r"(^|_)timestamp$|_at$|_datetime$")
_FLAGS = re.compile(r"^(is|has)_|^(enabled|disabled|active|deleted|archived)$")
_DATES = re.compile(r"_date$")
_LONG = re.compile(
    r"(^|_)(description|body|content|contents|message|text|notes?|comments?|payload|data|details"
    r"|metadata|json|html|document|error|raw|summary|url|attributes)$"
)
_TYPES: Mapping[Dialect, Mapping[Kind, str]] = {
    "postgres": {
        "integer": "INTEGER",
        "number": "BIGINT",
        "decimal": "NUMERIC",
        "float": "DOUBLE PRECISION",
        "text": "TEXT",
        "boolean": "BOOLEAN",
        "timestamp": "TIMESTAMPTZ",
        "date": "DATE",
        "time": "TIME",
        "interval": "INTERVAL",
        "json": "JSONB",
        "uuid": "UUID",
        "bytes": "BYTEA",
        "array": "TEXT[]",
    },
    "mysql": {
        "integer": "INT",
        "number": "BIGINT",
        "decimal": "DECIMAL(19, 4)",
        "float": "DOUBLE",
        "text": "VARCHAR(255)",
        "boolean": "BOOLEAN",
        "timestamp": "DATETIME(6)",
        "date": "DATE",
        "time": "TIME(6)",
        "interval": "VARCHAR(255)",
        "json": "JSON",
        "uuid": "CHAR(36)",
        "bytes": "LONGBLOB",
        "array": "JSON",
    },
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known of a column or of a value.

    ``type`` is a type that the source spells; ``text`` what a literal holds, ``start`` what a text
    begins with whatever follows. ``is_long``: a text without a natural limit. ``alike`` is what an
    untyped text is spelled as.
    """

    kind: Kind
    how: How
    ref: Ref | None = None
    type: str | None = None
    text: str | None = None
    start: str | None = None
    is_long: bool = False
    alike: Kind | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The kind of a column, its type, and whether only its name speaks for it."""

    kind: Kind
    type: str
    is_guessed: bool = False


def family(kind: Kind) -> Kind:
    """The kinds that one database compares with each other, by one of them."""
    return "number" if kind in _NUMBERS else "timestamp" if kind in _TIMES else kind


def agreed(facts: Sequence[Fact]) -> tuple[Kind | None, str | None]:
    """The family that suits all facts on columns that are compared, or why there is none."""
    needed = {family(fact.kind) for fact in facts if fact.how == "needs"}
    taken = {family(fact.kind) for fact in facts if fact.how == "takes"}
    open_ = any(fact.how == "open" for fact in facts)
    if len(needed) > 1:
        return min(needed), f"is used as {_words(needed)}"
    if not needed:
        if open_ or len(taken) > 1:
            return "text", None
        return next(iter(taken), None), None
    (kind,) = needed
    if kind != "text" and taken - {kind}:
        return kind, f"is used as {_words(needed)} and given {_words(taken - {kind})}"
    for fact in facts:
        if fact.how == "open" and not _suits(fact, kind):
            return kind, f"is used as {_words(needed)} and given a text that is none"
    return kind, None


def _words(kinds: Iterable[Kind]) -> str:
    names = {"json": "JSON", "uuid": "a UUID", "bytes": "bytes", "interval": "an interval"}
    names |= {"timestamp": "a time", "array": "an array"}
    return " and as ".join(names.get(kind, f"a {kind}") for kind in sorted(kinds))


def _suits(fact: Fact, kind: Kind) -> bool:
    """Whether an untyped text can be one of a kind, as far as its content is known."""
    if kind in ("text", "array", "interval", "bytes", "json"):
        return True
    if fact.alike is not None and fact.alike != "text":
        return family(fact.alike) == kind
    if fact.text is None:
        return not (fact.start and fact.start[:1].isalpha() and kind in ("number", "timestamp"))
    try:
        if kind == "number":
            float(fact.text)
        elif kind == "timestamp" and fact.text.lower() not in ("now", "today", "epoch", "infinity"):
            datetime.fromisoformat(fact.text.replace("Z", "+00:00"))
        elif kind == "uuid":
            uuid.UUID(fact.text)
    except ValueError:
        return False
    words = ("t", "f", "true", "false", "yes", "no", "on", "off", "1", "0")
    return kind != "boolean" or fact.text.lower() in words


def choose(
    name: str, own: Sequence[Fact], group: Sequence[Fact], is_key: bool, dialect: Dialect
) -> Chosen:
    """The type of a column from its own facts and those of all that it is compared with."""
    kind, _ = agreed(group)
    types = _TYPES[dialect]
    if kind is None:
        guess = guessed(name)
        return Chosen(guess, _spelled(guess, name, own, is_key, dialect), is_guessed=True)
    fitting = [fact for fact in own if family(fact.kind) == kind]
    others = [fact for fact in group if family(fact.kind) == kind]
    spelled = next((f.type for f in (*fitting, *others) if f.type is not None), None)
    if kind == "text" and all(fact.alike is not None for fact in own or group):
        alike = {family(fact.alike) for fact in own or group if fact.alike is not None}
        if alike == {"timestamp"} and dialect == "postgres" and _reads_as_time(name):
            shape: Kind = "date" if _DATES.search(name) else "timestamp"
            return Chosen(shape, types[shape])
    found = _narrowed(kind, name, fitting or others, others)
    if spelled is not None and not (dialect == "mysql" and found == "text"):
        return Chosen(found, spelled)
    return Chosen(found, _spelled(found, name, own, is_key, dialect))


def _reads_as_time(name: str) -> bool:
    return bool(_TIMESTAMPS.search(name.lower()) or _DATES.search(name.lower()))


def _narrowed(kind: Kind, name: str, own: Sequence[Fact], group: Sequence[Fact]) -> Kind:
    """The narrowest kind of a family that holds all values which are given."""
    kinds = {fact.kind for fact in own} - {"number"} or {fact.kind for fact in group} - {"number"}
    if kind == "number":
        return _number(kinds, name, own)
    if kind == "timestamp":
        is_date = kinds == {"date"} and not _TIMESTAMPS.search(name.lower())
        return "date" if is_date else "timestamp"
    return kind


def _number(kinds: set[Kind], name: str, own: Sequence[Fact]) -> Kind:
    if "decimal" in kinds:
        return "decimal"
    if "float" in kinds:
        return "float"
    guess = guessed(name)
    # Literals alone do not say that no other value is larger, or no fraction.
    is_sure = any(fact.kind == "integer" and fact.number is None for fact in own)
    if not is_sure and _FRACTIONS.search(name.lower()):
        return "float"
    if family(guess) == "number" and not is_sure:
        return guess
    large = any(fact.number is None or abs(fact.number) >= _SHORT for fact in own)
    return "number" if large and guess != "integer" else "integer"


def guessed(name: str) -> Kind:
    """What a column's name alone says of it."""
    low = name.lower()
    for pattern, kind in _GUESSES:
        if pattern.search(low):
            return kind
    return "text"


_GUESSES: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (_FLAGS, "boolean"),
    (_TIMESTAMPS, "timestamp"),
    (_DATES, "date"),
    (_COUNTS, "integer"),
    (_MONEY, "decimal"),
    (_MEASURES, "float"),
)


def _spelled(kind: Kind, name: str, own: Sequence[Fact], is_key: bool, dialect: Dialect) -> str:
    """A kind in a database's words; in MySQL a text in a key must have a length."""
    is_long = bool(_LONG.search(name.lower())) or any(fact.is_long for fact in own)
    if dialect == "mysql" and kind == "text" and is_long and not is_key:
        return "LONGTEXT"
    return _TYPES[dialect][kind]
