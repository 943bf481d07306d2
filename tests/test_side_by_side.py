"""Old and new handlers side by side: on good events a fix changes neither answers nor effects.

Every handler that a rule's example, or an app of ``examples``, has changed runs before and after
on the events of every source that it understands; what it calls and what it answers is compared.
"""

from __future__ import annotations

import ast
import base64
import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tapfix.registry import builtin_rules
from tapfix.testing import tree
from tests import proofs
from tests.handlers import (
    Event,
    api_event,
    bridge_event,
    dynamodb_event,
    firehose_event,
    kinesis_event,
    run_handler,
    s3_event,
    sns_event,
    sqs_event,
)
from tests.recording import Record
from tests.synthesis import synthesise

EXAMPLES = Path(__file__).parent.parent / "examples"
Files = Mapping[str, str]


@dataclass(frozen=True)
class Pair:
    """One handler of an app, and the app's files with it as it was and as it is."""

    title: str
    before: Files
    after: Files
    path: str
    function: str

    def __str__(self) -> str:
        return f"{self.title}:{self.path}:{self.function}"

    @property
    def decodes(self) -> bool:
        """Whether records are decoded now, and were not: no real event was good before."""
        old, new = (text_of(files, self.path) for files in (self.before, self.after))
        return "b64decode(" in new and "b64decode(" not in old

    @property
    def answers(self) -> bool:
        """Whether the source reads an answer now, which it ignored before."""
        old, new = (text_of(files, self.path) for files in (self.before, self.after))
        return "batchItemFailures" in new and "batchItemFailures" not in old


def text_of(files: Files, path: str) -> str:
    """The Python that lies beside a file, its own included."""
    folder = path.rpartition("/")[0]
    return "\n".join(text for name, text in files.items() if name.rpartition("/")[0] == folder)


def handlers(text: str) -> list[str]:
    """The names by which Lambda may call a module's functions."""
    found = []
    for node in ast.parse(text).body:
        match node:
            case ast.FunctionDef(name=name, args=ast.arguments(args=[ast.arg(arg="event"), _])):
                found.append(name)
            case ast.Assign(targets=[ast.Name(id="handler")]):
                found.append("handler")
    return found


def pairs_of(title: str, before: Files, after: Files) -> Iterator[Pair]:
    """The handlers of an app that changed, or whose modules did."""
    changed = {
        path.rpartition("/")[0]
        for path, text in after.items()
        if path.endswith(".py") and path in before and before[path] != text
        if not is_infrastructure(after, path)
    }
    for path, text in after.items():
        if path.endswith(".py") and path.rpartition("/")[0] in changed:
            yield from (Pair(title, before, after, path, name) for name in handlers(text))


def is_infrastructure(files: Files, path: str) -> bool:
    folder = path.rpartition("/")[0]
    return any(
        "aws_cdk" in text for name, text in files.items() if name.rpartition("/")[0] == folder
    )


def files_of(folder: Path) -> Files:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def all_pairs() -> Iterator[Pair]:
    for rule in builtin_rules():
        for example in rule.examples:
            if example.after is not None:
                title = f"{rule.code} {example.title}"
                yield from pairs_of(title, tree(example.before), tree(example.after))
    for folder in sorted((EXAMPLES / "fixed").iterdir()):
        if folder.is_dir():
            before = files_of(EXAMPLES / "broken" / folder.name)
            yield from pairs_of(folder.name, before, files_of(folder))


PAIRS = list(all_pairs())
FIXED = {path.name for path in (EXAMPLES / "fixed").iterdir()}

# Good events

ORDER = {
    "id": 7,
    "n": 2,
    "quantity": 5,
    "product_id": 11,
    "order": "A-1",
    "customer": "Ann",
    "count": 2,
    "bread": "rye",
    "station": "harbour",
    "minutes": 7,
    "number": 3,
    "seat": 4,
    "film": "Metropolis",
    "key": "cart-7",
    "scan": "pixels",
    "name": "Ann",
    "mail": "ann@example.org",
}
KINDS: Mapping[str, Callable[[dict[str, Any]], bytes]] = {
    "JSON": lambda order: json.dumps(order).encode(),
    "a line": lambda order: f"{order['station']}{order['id']};{order['count']}".encode(),
    "compressed": lambda order: gzip.compress(json.dumps(order).encode(), mtime=0),
}


@dataclass(frozen=True)
class Good:
    """An event as its source sends it, and the same with its data as those put it in who did not
    know of base64."""

    title: str
    true: Event
    plain: Event


def encoded(title: str, make: Callable[..., Event], payloads: list[bytes]) -> Iterator[Good]:
    """An event of records in base64, plain as a text and as bytes."""
    true = make(*payloads)
    try:
        texts = {base64.b64encode(one).decode(): one.decode() for one in payloads}
    except UnicodeDecodeError:
        texts = {}
    if texts or not payloads:
        yield Good(title, true, put_in(true, texts))
    as_bytes = {base64.b64encode(one).decode(): one for one in payloads}
    yield Good(f"{title} as bytes", true, put_in(true, as_bytes))


def put_in(value: Any, plain: Mapping[str, Any]) -> Any:
    """An event with other values for some."""
    match value:
        case dict():
            return {key: put_in(entry, plain) for key, entry in value.items()}
        case list():
            return [put_in(entry, plain) for entry in value]
        case str():
            return plain.get(value, value)
    return value


def same(title: str, event: Event) -> Good:
    return Good(title, event, event)


def good_events(count: int) -> dict[str, list[Good]]:
    """By source, what it may send of so many records; the likeliest kind of data comes first."""
    orders = [{**ORDER, "id": number, "n": number + 1} for number in range(count)]
    events: dict[str, list[Good]] = {"Kinesis": [], "Firehose": [], "SQS": [], "SNS": []}
    for kind, make in KINDS.items():
        data = [make(order) for order in orders]
        events["Kinesis"] += encoded(kind, kinesis_event, data)
        events["Firehose"] += encoded(kind, firehose_event, data)
        if kind != "compressed":
            texts = [one.decode() for one in data]
            events["SQS"].append(same(kind, sqs_event(*texts)))
            events["SNS"].append(same(kind, sns_event(*texts)))
    events["DynamoDB"] = [same("image", dynamodb_event(*orders))]
    events["S3"] = [same("key", s3_event(*(f"scans/{order['id']}" for order in orders)))]
    if count == 1:
        events["API Gateway"] = [same("JSON", api_event(json.dumps(orders[0])))]
        subscribed = {"subscriber": orders[0], **orders[0]}
        events["EventBridge"] = [same("detail", bridge_event(subscribed))]
        events["invoked"] = [same("dict", dict(orders[0]))]
    return events


GOOD = {count: good_events(count) for count in (1, 3, 0)}
"""Events of one record, of several, of none."""

# Runs

SECRET = {
    "host": "db.internal",
    "port": 5432,
    "username": "stored-user",
    "password": "stored-password",
    "dbname": "stored",
}
ENV = {
    "ARCHIVE_BUCKET": "archive",
    "AWS_REGION": "us-east-1",
    "CACHE": "localhost",
    "DB_HOST": "localhost",
    "DB_NAME": "orders",
    "DB_SECRET_ARN": "arn:aws:secretsmanager:us-east-1:123456789012:secret:any",
    "DOOR": "6379",
    "HOST": "db.example.com",
    "HOTEL_GUEST_DOCUMENTS_BUCKET": "hotel-guest-documents",
    "LOGIN": "arn:aws:secretsmanager:us-east-1:123456789012:secret:other",
    "MUSEUM_SCANS_BUCKET": "museum-scans",
    "REDIS_HOST": "localhost",
    "REDIS_PORT": "6379",
    "REQUESTS_URL": "https://sqs/requests",
    "SCANS": "museum-scans",
    "STOCK_TABLE": "stock",
    "TABLE": "orders",
    "TABLE_NAME": "reservations",
}
"""What the stacks tell the functions: the new variables hold what stood in the old handlers."""


@dataclass(frozen=True)
class Run:
    """What became of one event: an answer and the effects, or an error."""

    answer: Any
    record: Record
    error: Exception | None = None

    @property
    def does_something(self) -> bool:
        """Whether there is anything to compare."""
        return bool(self.answer or self.record.effects or self.record.connections)


def run(file: Path, function: str, event: Event, secret: Mapping[str, Any] = SECRET) -> Run:
    record = Record(secret=secret)
    try:
        with redirect_stdout(record.console()):
            answer = run_handler(file, function, event, modules=record.modules(), env=ENV)
    except Exception as error:
        return Run(None, record, error)
    return Run(answer, record)


def stored(connections: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """A secret that holds what a handler logged in with."""
    logins = [found for _, found in connections if "password" in found] or [{}]
    login = logins[0]
    assert all(one == login for one in logins), "a handler with several secrets"
    words = {"user": "username", "database": "dbname"}
    named = {words.get(key, key): value for key, value in login.items()}
    return {**SECRET, **{key: value for key, value in named.items() if key in SECRET}}


def written(files: Files, folder: Path) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


# Compared

KEPT_IN_BASE64 = "TAP020 the encoded text is also kept: only the parser gets it decoded"


def as_encoded(answer: Any) -> Any:
    """What that example answers: it hands on the data as it came."""
    return [{**one, "raw": base64.b64encode(one["raw"].encode()).decode()} for one in answer]


BY_HAND = {KEPT_IN_BASE64: as_encoded}
"""Handlers that have to answer otherwise on real events than on plain ones, and how."""


def expected(pair: Pair, answer: Any) -> Any:
    """What the new handler owes where the old one gave an answer.

    A source that reads partial failures takes what is no JSON object for a failure. What is one
    may stay: it names no failure.
    """
    if pair.title in BY_HAND:
        return BY_HAND[pair.title](answer)
    if pair.answers and not isinstance(answer, dict):
        return {"batchItemFailures": []}
    return answer


def compared(pair: Pair, before: Path, after: Path, goods: list[Good]) -> Run | None:
    """Compare the runs on the first of a source's events that the old handler understands."""
    for good in goods:
        for event in (good.plain,) if pair.decodes else (good.true, good.plain):
            old = run(before / pair.path, pair.function, event)
            if old.error is None:
                now = good.true if pair.decodes else event
                secret = stored(old.record.connections)
                new = run(after / pair.path, pair.function, now, secret)
                assert new.error is None, (good.title, new.error)
                assert new.record.effects == old.record.effects, good.title
                assert new.record.connections == old.record.connections, good.title
                # As texts: pytest would look into stand-ins for ever to show a difference.
                assert repr(new.answer) == repr(expected(pair, old.answer)), good.title
                return old
    return None


def hold(pair: Pair, folder: Path) -> None:
    """Compare a handler on one record, on several and on none, from every source it understands."""
    before = written(pair.before, folder / "before")
    after = written(pair.after, folder / "after")
    understood: set[str] = set()
    for count, sources in GOOD.items():
        runs = {name: compared(pair, before, after, goods) for name, goods in sources.items()}
        ran = {name for name, old in runs.items() if old is not None}
        understood = understood or ran
        assert ran >= understood & sources.keys(), f"{count} records are no good event"
        if count == 1:
            assert any(old.does_something for old in runs.values() if old), "no event is good"


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_good_events_have_the_same_effects_and_answers(pair: Pair, tmp_path: Path) -> None:
    hold(pair, tmp_path)


def test_every_handler_that_changes_is_among_them() -> None:
    assert {pair.title for pair in PAIRS if pair.title in FIXED} >= {
        "environment_suffix",
        "handler_errors",
        "hardcoded_credentials",
        "kinesis_base64",
        "product_catalog",
    }
    counted = Counter(pair.title[:6] for pair in PAIRS if pair.title not in FIXED)
    assert counted.keys() >= {"TAP001", "TAP012", "TAP013", "TAP020"}
    assert {title for title in BY_HAND if title not in {pair.title for pair in PAIRS}} == set()


# Code that was a text in the stack

MOVED = [
    (
        "inline_lambda",
        files_of(EXAMPLES / "broken/inline_lambda"),
        files_of(EXAMPLES / "fixed/inline_lambda"),
    )
]
MOVED += [
    (example.title, tree(example.before), tree(example.after))
    for rule in builtin_rules()
    if rule.code == "TAP008"
    for example in rule.examples
    if example.after is not None
]
NEVER_RAN = "a handler that names a module already, as if there were one"
"""Lambda calls the module of inline code ``index``: it never found this one's."""
OTHER_PROGRAMS = {
    "a handler of the function's name that nothing deploys",
    "an orphan whose folder has the function's name",
}
"""A placeholder goes and the handler that it stood for comes: the finding says so."""


def functions(files: Files, folder: Path) -> dict[str, tuple[str, str, Files]]:
    """What a synthesised app deploys: by logical id handler, runtime and the files of its code.

    An asset's are by their names within it, a text of the template is ``index``.
    """
    written({"cdk.json": '{"app": "python3 app.py"}', **files}, folder)
    assembly = synthesise(folder, outdir=folder / "cdk.out", context={"stage": "one"})
    assert assembly.error is None
    found = {}
    for label, resource in proofs.resources(assembly.templates, "AWS::Lambda::Function"):
        made = proofs.properties(resource)
        code, runtime = made["Code"], made["Runtime"]
        if "ZipFile" in code:
            inner: Files = {"index": code["ZipFile"]}
        else:
            key = code["S3Key"].removesuffix(".zip")
            inner = files_of(folder / "cdk.out" / f"asset.{key}")
        found[label] = made["Handler"], runtime, inner
    return found


@pytest.mark.parametrize(("title", "before", "after"), MOVED, ids=[title for title, *_ in MOVED])
def test_code_that_moved_to_a_file_does_the_same(
    title: str, before: Files, after: Files, tmp_path: Path
) -> None:
    old, new = (
        functions(files, tmp_path / name) for name, files in (("old", before), ("new", after))
    )
    assert old.keys() == new.keys()
    for label, (handler, runtime, code) in old.items():
        if "index" not in code:
            assert handler == new[label][0]
            assert code.items() <= new[label][2].items()  # others may have come to its folder
            continue
        stem, _, name = new[label][0].partition(".")
        (path,) = (path for path in new[label][2] if path.startswith(f"{stem}."))
        if not runtime.startswith("python"):
            # The same program text is the same program.
            assert code["index"].strip() == new[label][2][path].strip()
            continue
        assert (handler == f"index.{name}") == (title != NEVER_RAN)
        pair = Pair(title, {path: code["index"]}, new[label][2], path, name)
        if title in OTHER_PROGRAMS:
            with pytest.raises(AssertionError):
                hold(pair, tmp_path / label)
        else:
            hold(pair, tmp_path / label)


# The comparison itself

SAVE = """\
import boto3
import psycopg2


def handler(event, context):
    conn = psycopg2.connect(host="db", password="secret")
    for record in event["Records"]:
        boto3.client("s3").put_object(Key=record["body"])
        conn.cursor().execute("DELETE FROM a")
        print(record["body"])
    return "done"
"""
ANSWERING = SAVE.replace('"done"', '{"batchItemFailures": []}')


def of_texts(before: str, after: str) -> Pair:
    return Pair("made up", {"worker.py": before}, {"worker.py": after}, "worker.py", "handler")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Key=record", "Body=record"),
        ("put_object", "delete_object"),
        ("        conn.cursor()", "    conn.cursor()"),
        ('        print(record["body"])\n', ""),
        ('"done"', "None"),
        ('host="db"', 'host="other"'),
        ('event["Records"]', 'event["Records"][:1]'),
        ('event["Records"]', 'event["Records"] or [{"body": "none"}]'),
        ('"s3"', '"s3control"'),
    ],
)
def test_a_handler_that_does_something_else_is_seen(old: str, new: str, tmp_path: Path) -> None:
    hold(of_texts(SAVE, SAVE), tmp_path / "same")
    changed = SAVE.replace(old, new)
    assert changed != SAVE
    with pytest.raises(AssertionError):
        hold(of_texts(SAVE, changed), tmp_path / "changed")


def test_answers_that_a_source_reads_are_the_right_ones(tmp_path: Path) -> None:
    hold(of_texts(SAVE, ANSWERING), tmp_path / "told")
    kept = SAVE.replace('"done"', '{"kept": 1}')
    both = kept.replace(
        "    return", "    if not event:\n        return batchItemFailures\n    return"
    )
    hold(of_texts(kept, both), tmp_path / "kept")
    for lost in (both.replace('{"kept": 1}', "None"), ANSWERING):
        with pytest.raises(AssertionError):
            hold(of_texts(kept, lost), tmp_path / "lost")


def test_what_was_not_decoded_is_compared_with_plain_data(tmp_path: Path) -> None:
    read = "import json\n\n\ndef handler(event, context):\n    return ["
    read += 'json.loads(one["kinesis"]["data"]) for one in event["Records"]]\n'
    decoded = "import base64\n" + read.replace("(one", "(base64.b64decode(one").replace(
        "]) for", "])) for"
    )
    hold(of_texts(read, decoded), tmp_path / "decoded")
    with pytest.raises(AssertionError):
        hold(of_texts(read, decoded.replace("(base64", "(2 * base64")), tmp_path / "wrong")
