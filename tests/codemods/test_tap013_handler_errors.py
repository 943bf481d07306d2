"""TAP013: old and new handlers side by side, and in the hands of Lambda's poller."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapfix.codemods.examples.functions import app, function
from tapfix.codemods.examples.tap013_handler_errors import AS_A_WHOLE, BY_RECORD
from tapfix.codemods.tap013_handler_errors import RULE
from tapfix.rule import Example
from tapfix.testing import Result, run_example, tree
from tests.poller import Queue, Record, Stream, identifier

Handler = Callable[..., Any]
BROKEN = Path(__file__).parents[2] / "examples" / "broken"
LIBRARIES = ("boto3", "psycopg2", "redis")
STREAM = (
    'stream = kinesis.Stream(self, "Rides")',
    function(),
    "worker.add_event_source(\n    sources.KinesisEventSource(\n"
    "        stream, starting_position=lambda_.StartingPosition.LATEST\n    )\n)",
)
QUEUE = (
    'queue = sqs.Queue(self, "Orders")',
    function(),
    "worker.add_event_source(sources.SqsEventSource(queue))",
)
HEAD = 'import json\n\nimport boto3\n\ntable = boto3.resource("dynamodb").Table("orders")\n\n\n'


def mended(handler: str, *parts: str, **modules: str) -> Result:
    return run_example(RULE, Example("", app(*parts, handler=handler, **modules)))


def form(result: Result) -> str:
    """How a handler minds errors now."""
    text = result.files["worker/worker.py"]
    if "        raise\n" in text:
        return "whole"
    if "raise RuntimeError" in text:
        return "behind"
    if "if failures:\n            failures.append" in text:
        return "rest"
    return "each" if "failures.append" in text else "first"


def reports(result: Result) -> bool:
    text = result.files["app.py"]
    return "report_batch_item_failures=True" in text or "ReportBatchItemFailures" in text


def load(text: str, modules: dict[str, Any]) -> Handler:
    """The handler of a module's text, with stand-ins for libraries."""
    namespace: dict[str, Any] = {"__name__": "worker"}
    with mock.patch.dict("sys.modules", modules), mock.patch.dict("os.environ", TABLE="t"):
        exec(compile(text, "worker.py", "exec"), namespace)
    handler: Handler = namespace["handler"]
    return handler


def record(number: int, data: Any = None, text: str | None = None) -> Record:
    """A record that is one of a stream of either kind, and a message."""
    body = json.dumps({"id": number, "n": 1, "quantity": 5} if data is None else data)
    return {
        "messageId": f"m{number}",
        "body": text or body,
        "kinesis": {"sequenceNumber": f"{number:06}", "data": text or body},
    }


# Good events


@pytest.mark.parametrize("example", [*BY_RECORD, *AS_A_WHOLE], ids=lambda example: example.title)
def test_good_events_have_the_same_effects_and_result(example: Example) -> None:
    def run(files: dict[str, str]) -> tuple[Any, list[Any]]:
        modules = {name: mock.MagicMock(name=name) for name in LIBRARIES}
        good = [record(number) for number in range(3)]
        for one in good:
            one["kinesis"]["data"] = "eyJpZCI6MSwicXVhbnRpdHkiOjUsIm4iOjF9"
            one["dynamodb"] = {"SequenceNumber": one["messageId"], "NewImage": {"id": 1}}
        event = {"Records": good, "body": "{}"}
        data = {"id": 1, "n": 1, "quantity": 5}
        with mock.patch.object(json, "loads", return_value=data):
            answer = load(files["worker/worker.py"], modules)(event, None)
        return answer, [modules[name].mock_calls for name in LIBRARIES]

    assert example.after is not None
    before, after = run(tree(example.before)), run(tree(example.after))
    assert repr(before[1]) == repr(after[1])
    assert any(before[1])
    answered = "batchItemFailures" in tree(example.after)["worker/worker.py"]
    if answered and not isinstance(before[0], dict) and after[0] is not None:
        assert after[0] == {"batchItemFailures": []}
    else:
        assert before[0] == after[0]


# The poller


@dataclass
class Database:
    """A database as PostgreSQL is: behind an error, a transaction takes nothing until it is
    rolled back."""

    rows: dict[Any, Any] = field(default_factory=dict)
    taken: list[Any] = field(default_factory=list)
    open: list[tuple[str, Any]] = field(default_factory=list)
    aborted: bool = False
    closed: int = 0

    def connect(self, **_: Any) -> Database:
        return self

    def cursor(self) -> Database:
        return self

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def execute(self, statement: str, values: tuple[Any, ...]) -> None:
        if self.aborted:
            raise RuntimeError("current transaction is aborted")
        if "bad" in values:
            self.aborted = True
            raise RuntimeError("invalid input")
        self.open.append((statement, values))

    def commit(self) -> None:
        if self.aborted:
            raise RuntimeError("current transaction is aborted")
        for statement, values in self.open:
            if " = n - " in statement:
                self.taken.append(values[0])
            else:
                self.rows[values[1]] = values[0]
        self.open = []

    def rollback(self) -> None:
        self.open, self.aborted = [], False

    def close(self) -> None:
        pass


CATALOG = """\
import json

import psycopg2


def handler(event, context):
    conn = psycopg2.connect(service="catalog")
    cursor = conn.cursor()
    for record in event["Records"]:
        data = json.loads(record["kinesis"]["data"])
        cursor.execute(
            "UPDATE products SET quantity = %s WHERE id = %s", (data["quantity"], data["id"])
        )
        conn.commit()
    conn.close()
    return {"statusCode": 200}
"""
STOCK = CATALOG.replace("quantity = %s WHERE id = %s", "n = n - %s WHERE id = %s")


def runner(text: str, database: Database) -> Handler:
    handler = load(text, {"psycopg2": database})

    def invoke(event: dict[str, Any]) -> Any:
        database.rollback()  # what a connection of its own would begin with
        return handler(event, None)

    return invoke


def test_of_seven_records_five_are_poisoned() -> None:
    result = mended(CATALOG, *STREAM)
    assert form(result) == "each" and reports(result)
    poison = [{"id": 1}, [], {"id": 3, "quantity": "bad"}, {}, {"quantity": 5}]
    batch = [record(number, data) for number, data in enumerate(poison)]
    batch.insert(1, record(7))
    batch.append(record(8))
    database = Database()
    stream = Stream(runner(result.files["worker/worker.py"], database), report=True)
    dead = stream.run(batch).dead
    assert database.rows == {7: 5, 8: 5}
    assert [identifier(one) for one in dead] == [f"{number:06}" for number in range(5)]


def test_without_the_rollback_one_record_would_poison_the_rest() -> None:
    text = mended(CATALOG, *STREAM).files["worker/worker.py"].replace("conn.rollback()", "pass")
    database = Database()
    batch = [record(1, {"id": 1, "quantity": "bad"}), record(2)]
    handler = load(text, {"psycopg2": database})
    answer = handler({"Records": batch}, None)
    assert len(answer["batchItemFailures"]) == 2


LAZY = """\
connection = None


def connect():
    global connection
    if connection is None or connection.closed:
        connection = psycopg2.connect(service="catalog")
    return connection
"""
EARLY = LAZY.replace(
    "    if connection is None or connection.closed:\n        connection = ",
    "    if connection:\n        return connection\n    connection = ",
)
CACHED = """\
@functools.cache
def connect():
    return psycopg2.connect(service="catalog")
"""
INSIDE = """\
def handler(event, context):
    for record in event["Records"]:
        conn = connect()
        data = json.loads(record["kinesis"]["data"])
        conn.cursor().execute(
            "UPDATE products SET quantity = %s WHERE id = %s", (data["quantity"], data["id"])
        )
        conn.commit()
"""
HELPED = """\
def save(data):
    conn = connect()
    conn.cursor().execute(
        "UPDATE products SET quantity = %s WHERE id = %s", (data["quantity"], data["id"])
    )
    conn.commit()


def handler(event, context):
    for record in event["Records"]:
        save(json.loads(record["kinesis"]["data"]))
"""


@pytest.mark.parametrize("kept", [LAZY, EARLY, CACHED])
@pytest.mark.parametrize("use", [INSIDE, HELPED])
def test_a_connection_that_a_function_keeps_is_rolled_back(kept: str, use: str) -> None:
    text = f"import functools\nimport json\n\nimport psycopg2\n\n{kept}\n\n{use}"
    result = mended(text, *STREAM)
    assert form(result) == "each" and reports(result)
    database = Database()
    handler = load(result.files["worker/worker.py"], {"psycopg2": database})
    batch = [record(1), record(2, {"id": 2, "quantity": "bad"}), record(3), record(4, {})]
    stream = Stream(lambda event: handler(event, None), report=True)
    dead = stream.run(batch).dead
    assert database.rows == {1: 5, 3: 5}
    assert [identifier(one) for one in dead] == ["000002", "000004"]


SHARED = """\
import json

import boto3

table = boto3.resource("dynamodb").Table("orders")
{start}


def save(record):
    global kept
{body}


def handler(event, context):
    for record in event["Records"]:
        save(record)
"""


@pytest.mark.parametrize(
    ("start", "body"),
    [
        (
            "kept = None",
            "if kept == record['messageId']:\n    return\nkept = record['messageId']\n"
            "table.put_item(Item={'id': kept})",
        ),
        (
            "kept = None",
            "if kept is None:\n    kept = json.loads(record['body'])\n    return kept\n"
            "table.put_item(Item=kept)\nreturn kept",
        ),
        (
            "kept = None",
            "if kept is None:\n    kept = []\nkept.append(record['body'])\nif len(kept) >= 10:\n"
            "    boto3.client('firehose').put_record_batch(Records=kept)\n    kept = None",
        ),
        ("kept = 0", "if kept < 100:\n    kept = kept + 1\n    table.put_item(Item=record)"),
        ("kept = 0", "if not kept:\n    kept = 1\n    table.put_item(Item=record)\nreturn kept"),
    ],
)
def test_what_helpers_keep_of_a_record_is_no_connection(start: str, body: str) -> None:
    """A record that was tried may else be taken for done when it comes again."""
    text = SHARED.format(start=start, body=textwrap.indent(body, "    "))
    result = mended(text, *QUEUE)
    assert form(result) == "whole" and not reports(result)


def test_a_part_of_what_is_kept_is_not_rolled_back_as_the_whole() -> None:
    used = HELPED.replace("conn = connect()", "database = connect()")
    used = used.replace("conn.c", "database.connection.c")
    text = f"import functools\nimport json\n\nimport psycopg2\n\n{CACHED}\n\n{used}"
    assert "connect().rollback()" not in mended(text, *STREAM).files["worker/worker.py"]


def test_what_counts_is_not_done_twice() -> None:
    result = mended(STOCK, *STREAM)
    assert form(result) == "first" and reports(result)
    batch = [record(number) for number in range(7)]
    batch[3] = record(3, text="no JSON")
    was, now = Database(), Database()
    Stream(runner(STOCK, was)).run(batch)
    outcome = Stream(runner(result.files["worker/worker.py"], now), report=True).run(batch)
    assert len(was.taken) > 6
    assert len(now.taken) == 6
    assert [identifier(one) for one in outcome.dead] == ["000003"]


def test_a_lost_connection_is_one_failure_and_then_all_is_done() -> None:
    result = mended(CATALOG, *STREAM)
    database = Database()
    broken = iter([True])

    def execute(*_: Any) -> None:
        if next(broken, False):
            raise RuntimeError("server closed the connection")
        Database.execute(database, *_)

    with mock.patch.object(database, "execute", execute):
        stream = Stream(runner(result.files["worker/worker.py"], database), report=True)
        outcome = stream.run([record(1), record(2)])
    assert database.rows == {1: 5, 2: 5}
    assert not outcome.dead


PUT = (
    HEAD + "def handler(event, context):\n"
    '    for record in event["Records"]:\n'
    '        table.put_item(Item=json.loads(record["body"]))\n'
)


@dataclass
class Table:
    """A table whose writes fail as often as told, by id."""

    fails: dict[int, int] = field(default_factory=dict)
    put: list[int] = field(default_factory=list)

    def resource(self, _: str) -> Table:
        return self

    def Table(self, _: str) -> Table:
        return self

    def put_item(self, Item: dict[str, int]) -> None:
        number = Item["id"]
        if self.fails.get(number, 0):
            self.fails[number] -= 1
            raise RuntimeError("throttled")
        self.put.append(number)


@dataclass(frozen=True)
class Case:
    """A handler, what feeds it, and how it is to come out."""

    handler: str
    parts: tuple[str, ...]
    form: str
    fifo: bool = False

    @property
    def reports(self) -> bool:
        return self.form in ("each", "first", "rest")


FROM_STREAM = PUT.replace('record["body"]', 'record["kinesis"]["data"]')
FIFO = ('queue = sqs.Queue(self, "Orders", fifo=True)', *QUEUE[1:])
OPEN = (*QUEUE[:2], "worker.add_event_source(sources.SqsEventSource(queue, **kwargs))")
CASES = [
    Case(PUT, QUEUE, "each"),
    Case(PUT, FIFO, "rest", fifo=True),
    Case(PUT, OPEN, "behind"),
    Case(FROM_STREAM, STREAM, "each"),
    Case(FROM_STREAM.replace("Item=", 'ConditionExpression="a", Item='), STREAM, "first"),
    Case(PUT, (*QUEUE, "worker.add_function_url()"), "whole"),
]
LOSSES = st.dictionaries(st.integers(0, 9), st.integers(1, 12), max_size=6)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.form)
@settings(max_examples=25, deadline=None, database=None)
@given(fails=LOSSES, poison=st.sets(st.integers(0, 9), max_size=4))
def test_no_record_is_lost(case: Case, fails: dict[int, int], poison: set[int]) -> None:
    result = mended(case.handler, *case.parts)
    assert form(result) == case.form and reports(result) == case.reports
    table = Table(dict(fails))
    text = result.files["worker/worker.py"].replace('ConditionExpression="a", ', "")
    handler = load(text, {"boto3": table})

    def invoke(event: dict[str, Any]) -> Any:
        return handler(event, None)

    batch = [record(n, text="no JSON" if n in poison else None) for n in range(10)]
    if case.parts[0] == STREAM[0]:
        outcome = Stream(invoke, report=case.reports, size=4).run(batch)
    else:
        for one in batch:
            del one["kinesis"]
        outcome = Queue(invoke, report=case.reports, size=4, fifo=case.fifo).run(batch)
    dead = {int(one["messageId"][1:]) for one in outcome.dead}
    assert poison <= dead
    assert set(table.put) | dead == set(range(10))
    if case.form == "each" and case.parts == QUEUE:
        assert len(table.put) == len(set(table.put))
        assert dead == poison | {n for n, times in fails.items() if times >= 3}
    if case.fifo:
        assert table.put == sorted(table.put)


# Which form


def turn(body: str, before: str = "", behind: str = "", head: str = HEAD) -> str:
    lines = [f"    {line}\n" for line in before.splitlines()]
    lines += ['    for record in event["Records"]:\n']
    lines += [f"        {line}\n" for line in body.splitlines()]
    lines += [f"    {line}\n" for line in behind.splitlines()]
    return f"{head}def handler(event, context):\n{''.join(lines)}"


def effects() -> Iterator[tuple[str, str]]:
    yield 'table.put_item(Item={"id": record["eventID"]})', "each"
    yield 'table.delete_item(Key={"id": record["eventID"]})', "each"
    yield 'table.put_item(Item={"id": 1}, ConditionExpression="a")', "first"
    yield 'table.put_item(Item={"id": 1}, **record)', "first"
    yield 'table.update_item(Key={"id": 1}, UpdateExpression="SET a = :a")', "each"
    yield 'table.update_item(Key={"id": 1}, UpdateExpression="SET a = a + :a")', "first"
    yield 'table.update_item(Key={"id": 1}, UpdateExpression="ADD a :a")', "first"
    yield 'table.update_item(Key={"id": 1}, UpdateExpression=record["x"])', "first"
    yield 'item = table.get_item(Key={"id": 1})\ntable.put_item(Item=item)', "first"
    yield 'print(table.get_item(Key={"id": 1}))', "each"
    yield "import uuid\ntable.put_item(Item={'id': str(uuid.uuid4())})", "first"
    yield 'table.put_item(Item={"id": context.aws_request_id})', "first"
    yield "import requests\nrequests.post('https://a', json=record)", "first"
    yield "import requests\nprint(requests.get('https://a'))", "each"
    yield 'boto3.client("sqs").send_message(QueueUrl="a", MessageBody="b")', "first"
    yield 'boto3.client("s3").put_object(Bucket="a", Key="b", Body="c")', "each"
    yield "import redis\nredis.Redis().incr('a')", "first"
    yield "import redis\nredis.Redis().set('a', 1)", "each"
    yield "import redis\nredis.Redis().set('a', 1, nx=True)", "first"
    yield "json.loads('1')\nlist(map(table.put_item, [record]))", "first"
    yield "json.loads(record['kinesis']['data']); unknown.save(record)", "first"
    yield "import os\njson.loads('1')\nos.remove('a')", "first"


@pytest.mark.parametrize(("body", "expected"), effects())
def test_a_stream_goes_on_only_where_effects_may_be_repeated(body: str, expected: str) -> None:
    assert form(mended(turn(body), *STREAM)) == expected


@pytest.mark.parametrize(("body", "expected"), effects())
def test_a_queue_goes_on_whatever_they_are(body: str, expected: str) -> None:
    del expected
    assert form(mended(turn(body), *QUEUE)) == "each"


def test_effects_are_found_in_helpers_of_other_modules() -> None:
    handler = HEAD + "from store import save\n\n\n" + turn("save(record)", head="")
    store = "import boto3\n\n\ndef save(item):\n    boto3.client('sqs').{}(Body=item)\n"
    assert form(mended(handler, *STREAM, store=store.format("send_message"))) == "first"
    assert form(mended(handler, *STREAM, store=store.format("put_object"))) == "each"


@pytest.mark.parametrize(
    "handler",
    [
        turn("items.append(json.loads(record['body']))", "items = []",
             "table.put_item(Item=items)"),
        turn("if record in seen:\n    continue\nseen.add(record)\ntable.put_item(Item=record)",
             "seen = set()"),
        turn("table.put_item(Item=json.loads(record['body']))\nlast = record\nprint(last)",
             "last = None\ntable.put_item(Item=last)"),
        turn("global total\ntotal = json.loads(record['body'])\ntable.put_item(Item=total)"),
        turn("global n\nif record:\n    n = 1\ntable.put_item(Item=json.loads(record['body']))"),
        turn("global n\nn += 1 if n else 0\ntable.put_item(Item=json.loads(record['body']))"),
        turn("table.put_item(Item=json.loads(record['body']))", behind="return helper() or 'no'")
        .replace("def handler", "def helper():\n    table.put_item(Item={})\n\n\ndef handler"),
        turn("table.put_item(Item=json.loads(record['body']))\nif record:\n    return None"),
        turn("record = json.loads(record['body'])\ntable.put_item(Item=record)"),
        turn("table.put_item(Item=record)\nyield record"),
        turn("if not save(record):\n    failed.append({'itemIdentifier': record['messageId']})",
             "failed = []", "return {'batchItemFailures': failed}")
        .replace("def handler", "def save(item):\n    return table.put_item(Item=item)\n\n\n"
                 "def handler"),
        turn("table.put_item(Item=record)").replace('event["Records"]', 'sorted(event["Records"])'),
        turn("table.put_item(Item=record)", "event = json.loads(event)"),
        turn("table.put_item(Item=record)", "if not event:\n    return 'nothing'"),
    ],
)  # fmt: skip
def test_records_that_do_not_stand_alone_fail_together(handler: str) -> None:
    result = mended(handler, *QUEUE)
    assert form(result) == "whole"
    assert not reports(result)


@pytest.mark.parametrize(
    ("body", "before", "expected"),
    [
        ("cur.execute('DELETE FROM a')\nconn.commit()", "cur = conn.cursor()", "each"),
        ("cur.execute('DELETE FROM a')", "cur = conn.cursor()", "whole"),
        ("with conn:\n    conn.execute('DELETE FROM a')", "", "each"),
        ("conn.execute('DELETE FROM a')", "conn.autocommit = True", "each"),
        ("conn.execute('DELETE FROM a')\nsecond.commit()\nconn.commit()", "", "whole"),
        ("session.add(record)\nsession.commit()", "session = sqlalchemy.orm.Session()", "whole"),
        ("pipe = redis.Redis().pipeline()\npipe.set('a', 1)\npipe.execute()", "", "whole"),
    ],
)
def test_transactions(body: str, before: str, expected: str) -> None:
    head = "import psycopg2\nimport redis\nimport sqlalchemy.orm\n\n"
    head += "conn = psycopg2.connect('')\nsecond = psycopg2.connect('')\n\n\n"
    result = mended(turn(body, before, head=head), *QUEUE)
    assert form(result) == expected
    assert ("conn.rollback()" in result.files["worker/worker.py"]) == (
        expected == "each" and "conn.commit()" in body
    )


@pytest.mark.parametrize(
    ("made", "rolled_back"),
    [
        ("conn = psycopg2.connect('')", False),
        ("conn = connections.getconn()", True),
        ("conn = kept", True),
        ("conn = None\nconn = psycopg2.connect('')", True),
    ],
)
def test_a_connection_that_ends_with_a_failure_is_not_rolled_back(
    made: str, rolled_back: bool
) -> None:
    head = "import psycopg2\nimport psycopg2.pool\n\nconn = kept = psycopg2.connect('')\n"
    head += "connections = psycopg2.pool.SimpleConnectionPool(1, 2)\n\n\n"
    body = "cur.execute('UPDATE a SET n = n + 1')\nconn.commit()"
    result = mended(turn(body, f"{made}\ncur = conn.cursor()", head=head), *STREAM)
    text = result.files["worker/worker.py"]
    assert form(result) == "first", text
    assert ("conn.rollback()" in text) == rolled_back


@pytest.mark.parametrize(
    ("made", "used", "rolled_back"),
    [
        ("conn = psycopg2.connect('')", "", True),
        ("conn = None", "global conn\nconn = psycopg2.connect('')", False),
        ("", "conn = psycopg2.connect('')", False),
    ],
)
def test_a_kept_connection_is_left_clean(made: str, used: str, rolled_back: bool) -> None:
    behind = "conn.commit()"
    body = "cur.execute('INSERT INTO a VALUES (1)')"
    head = f"import psycopg2\n\n{made}\n\n\n"
    before = f"{used}\ncur = conn.cursor()".strip()
    result = mended(turn(body, before, behind, head=head), *QUEUE)
    assert form(result) == "whole"
    text = result.files["worker/worker.py"]
    assert ("        conn.rollback()\n        raise\n" in text) == rolled_back


def test_another_handler_of_a_construct_that_is_fed_has_no_records() -> None:
    made = function().replace('handler="worker.handler"', 'handler=f"{name}.handler"')
    made = made.replace('"Worker"', "name")
    body = f'for name in ("worker", "pages"):\n{textwrap.indent(made, "    ")}'
    pages = (
        "import boto3\n\n\ndef handler(event, context):\n    boto3.client('s3').list_buckets()\n"
    )
    result = mended(PUT, QUEUE[0], body, QUEUE[2], pages=pages)
    messages = {one.ref.path.rpartition("/")[2]: one.message for one in result.first}
    assert "batch" in messages["worker.py"] and "batch" not in messages["pages.py"]


# What feeds it


@pytest.mark.parametrize(
    "more",
    [
        "worker.add_function_url()",
        'sns.Topic(self, "T").add_subscription(subs.LambdaSubscription(worker))',
        "worker.add_alias('live')",
        "other = worker.current_version",
        "worker.grant_invoke(iam.ServicePrincipal('a.amazonaws.com'))",
        "events.Rule(self, 'R').add_target(targets.LambdaFunction(worker))",
        "unknown(worker)",
        "names = {'worker': worker}",
        "worker.add_event_source(sources.ManagedKafkaEventSource(cluster_arn='a'))",
        "lambda_.CfnEventSourceMapping(self, 'M', function_name='a', event_source_arn=arn)",
        "lambda_.Function.from_function_name(self, 'I', 'a').add_event_source(\n"
        "    sources.SqsEventSource(queue)\n)",
        function(name="second = ").replace('"Worker"', '"Second"'),
    ],
)
def test_another_trigger_makes_an_answer_unsafe(more: str) -> None:
    result = mended(PUT, *QUEUE, more)
    assert form(result) == "whole" and not reports(result)


@pytest.mark.parametrize(
    "more",
    [
        "worker.add_environment('A', 'b')",
        "table = None\nqueue.grant_consume_messages(worker)",
        "from aws_cdk import CfnOutput\nCfnOutput(self, 'Arn', value=worker.function_arn)",
        "worker.connections.allow_to_any_ipv4(ec2.Port.tcp(5432))",
        "worker.role.add_managed_policy(policy)",
        "worker.node.add_dependency(queue)",
        "from aws_cdk import triggers\n"
        "triggers.TriggerFunction(self, 'First', execute_before=[worker], runtime=runtime,\n"
        "    code=code, handler='first.handler')",
    ],
)
def test_other_uses_are_none(more: str) -> None:
    result = mended(PUT, *QUEUE, more)
    assert form(result) == "each" and reports(result)


@pytest.mark.parametrize(
    ("queue", "expected"),
    [
        ('sqs.Queue(self, "Q")', "each"),
        ('sqs.Queue(self, "Q", fifo=False)', "each"),
        ('sqs.Queue(self, "Q", fifo=fifo)', "rest"),
        ('sqs.Queue(self, "Q", queue_name=f"orders-{stage}")', "each"),
        ('sqs.Queue(self, "Q", queue_name=f"orders-{stage}.fifo")', "rest"),
        ('sqs.Queue(self, "Q", queue_name=name)', "rest"),
        ('sqs.Queue.from_queue_arn(self, "Q", arn)', "rest"),
    ],
)
def test_which_queues_keep_an_order(queue: str, expected: str) -> None:
    assert form(mended(PUT, f"queue = {queue}", *QUEUE[1:])) == expected


def test_the_bakery_takes_each_order_once() -> None:
    folder = BROKEN / "handler_errors"
    files = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.py")
    }
    result = run_example(RULE, Example("", files))
    boto3 = mock.MagicMock()
    update = boto3.resource.return_value.Table.return_value.update_item
    namespace: dict[str, Any] = {"__name__": "take_order"}
    with mock.patch.dict("sys.modules", boto3=boto3), mock.patch.dict("os.environ", STOCK_TABLE=""):
        exec(result.files["handlers/take_order.py"], namespace)

    def invoke(event: dict[str, Any]) -> Any:
        return namespace["handler"](event, None)

    orders = [{"customer": "Ann", "count": count, "bread": "rye"} for count in range(6)]
    batch = [record(number, order) for number, order in enumerate(orders)]
    batch[2]["body"] = "two rye breads"
    for one in batch:
        del one["kinesis"]
    assert "report_batch_item_failures=True" in result.files["bakery/orders.py"]
    dead = Queue(invoke, report=True).run(batch).dead
    taken = [c.kwargs["ExpressionAttributeValues"][":taken"] for c in update.call_args_list]
    assert sorted(taken) == [-5, -4, -3, -1, 0]
    assert dead == [batch[2]]


def test_a_decorator_that_only_reads_the_event_catches_nothing() -> None:
    text = """\
import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes import SQSEvent, event_source

logger = Logger()
table = boto3.resource("dynamodb").Table("orders")


@logger.inject_lambda_context
@event_source(data_class=SQSEvent)
def handler(event, context):
    for record in event.records:
        table.put_item(Item=record.json_body)
"""
    assert form(mended(text, *QUEUE)) == "whole"


def test_a_mapping_that_is_told_already_is_left_alone() -> None:
    told = QUEUE[2].replace("(queue)", "(queue, report_batch_item_failures=True)")
    result = mended(PUT, *QUEUE[:2], told)
    assert form(result) == "each"
    assert result.files["app.py"] == app(*QUEUE[:2], told, handler="")["app.py"]


def test_a_try_around_what_cannot_be_seen_into_is_one() -> None:
    handler = (
        f"{HEAD}def handler(event, context):\n    try:\n        DO[event['what']](event)\n"
        "    except Exception as error:\n        print(error)\n    table.put_item(Item=event)\n"
    )
    assert not mended(handler, *QUEUE).first


@pytest.mark.parametrize(
    ("parameters", "fires"),
    [("event, context", True), ("event, _", True), ("event, ctx", True), ("event, widget", False)],
)
def test_what_nothing_deploys_must_take_a_context(parameters: str, fires: bool) -> None:
    handler = f"{HEAD}def handler({parameters}):\n    table.put_item(Item=event)\n"
    files = {**app(handler="VALUE = 1\n"), "other/save.py": handler}
    result = run_example(RULE, Example("", files))
    assert ("        raise\n" in result.files["other/save.py"]) == fires


def test_tests_that_want_the_error_keep_it() -> None:
    files = app(*QUEUE, handler=PUT)
    files["tests/test_worker.py"] = (
        "from worker import handler\n\n\ndef test():\n    with pytest.raises(ValueError):\n"
        '        handler({"Records": [{"body": "{"}]}, None)\n'
    )
    assert form(run_example(RULE, Example("", files))) == "whole"
