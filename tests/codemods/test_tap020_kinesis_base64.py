"""TAP020 shown by running handlers on real events, and the cases its examples leave out."""

from __future__ import annotations

import base64
import gzip
import importlib
import json
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tapfix.codemods.tap020_kinesis_base64 import RULE
from tapfix.edits import Finding, Impact
from tapfix.rule import Example, Source
from tapfix.testing import run_example, tree
from tests.handlers import kinesis_event

ORDER = b'{"order": "A-1"}'
LAYER = """\
import base64
import functools
import gzip
import json


def load(data):
    return json.loads(base64.b64decode(data))


def unzip(data):
    return json.loads(gzip.decompress(base64.b64decode(data)))


def decoded(event):
    records = [
        {**r, "kinesis": {**r["kinesis"], "data": base64.b64decode(r["kinesis"]["data"])}}
        for r in event["Records"]
    ]
    return {**event, "Records": records}


def stream_handler(function):
    @functools.wraps(function)
    def run(event, context):
        return function(decoded(event), context)

    return run
"""
POWERTOOLS = """\
import base64
import json
from types import SimpleNamespace


class KinesisStreamEvent(dict):
    @property
    def records(self):
        for record in self["Records"]:
            text = base64.b64decode(record["kinesis"]["data"])
            yield SimpleNamespace(
                kinesis=SimpleNamespace(data_as_json=lambda text=text: json.loads(text))
            )


def event_source(data_class):
    def decorate(function):
        return lambda event, context: function(data_class(event), context)

    return decorate
"""
# What lies in the runtime beside a handler: a layer, Powertools.
RUNTIME = {
    "shared_layer.py": LAYER,
    "aws_lambda_powertools/__init__.py": "",
    "aws_lambda_powertools/utilities/__init__.py": "",
    "aws_lambda_powertools/utilities/data_classes.py": POWERTOOLS,
}

# What producers put into the stream, where it is no JSON object, by the example's title.
SENT = {
    "split as text": b" A-1,3\n",
    "rows of CSV, taken apart with a second value": b"A-1,3\r\nA-2,4\r\n",
    "compared with a word": b"A-1",
    "compressed data": gzip.compress(ORDER),
}
# What a handler that works returns for it, where that is not the list of the parsed objects.
RETURNED: Mapping[str, object] = {
    "a handler that nothing deploys, looked up with get, logged, base64 there already": (
        base64.b64encode(b'[{"order": "A-1"}]').decode()
    ),
    "a name bound anew by the parser": ["A-1"],
    "the encoded text is also kept: only the parser gets it decoded": [
        {"raw": base64.b64encode(ORDER).decode(), "order": "A-1"}
    ],
    "a lambda in map, a from-import of base64": [base64.b64encode(b"A-1").decode()],
    "split as text": [["A-1", "3"]],
    "rows of CSV, taken apart with a second value": [("1", [["A-1", "3"], ["A-2", "4"]])],
    "compared with a word": ["received A-1"],
    "only logged, counted and kept": [{"raw": base64.b64encode(ORDER).decode(), "size": 24}],
    "records of a Firehose transformation": {
        "records": [
            {
                "recordId": "1",
                "result": "Ok",
                "data": base64.b64encode(b'{"order": "A-1", "seen": true}').decode(),
            }
        ]
    },
    "Firehose data that pass through": {
        "records": [{"recordId": "1", "result": "Ok", "data": base64.b64encode(ORDER).decode()}]
    },
}
# Their events are none of Kinesis.
OTHER_EVENTS: Mapping[str, Mapping[str, object]] = {
    "a queue, a topic": {"Records": [{"body": ORDER.decode()}]},
    "records of a state machine": {"records": [{"data": ORDER.decode()}]},
    "a helper that is given other dicts too": {"detail": {"data": ORDER.decode()}},
}


def event(data: bytes) -> dict[str, object]:
    """What Lambda hands to a handler: one record of a stream, and one of a transformation."""
    records = kinesis_event(data)["Records"]
    records[0]["eventID"] = "1"
    transformed = {"recordId": "1", "data": records[0]["kinesis"]["data"]}
    return {"Records": records, "records": [transformed]}


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder from which modules are imported; what a test imports is forgotten after it."""
    folder = tmp_path / "runtime"
    for name, text in RUNTIME.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))
    before = set(sys.modules)
    yield folder
    forget(before)


def forget(known: set[str]) -> None:
    for name in set(sys.modules) - known:
        del sys.modules[name]


def run(source: Source, folder: Path, given: Mapping[str, object]) -> object:
    """Run the handler of an example's app on an event; what it raises counts as its answer."""
    known = set(sys.modules)
    sources = {p: text for p, text in tree(source).items() if p != "app.py"}
    (path,) = [p for p, text in sources.items() if "def handler(" in text]
    for name, text in sources.items():
        (folder / Path(name).name).write_text(text, encoding="utf-8")
    importlib.invalidate_caches()
    try:
        module = importlib.import_module(Path(path).stem)
        return module.handler(json.loads(json.dumps(given)), None)
    except Exception as error:
        return error
    finally:
        forget(known)


FIRING = [example for example in RULE.examples if example.after is not None]
SILENT = [e for e in RULE.examples if e.after is None and not e.reported]


@pytest.mark.parametrize("example", FIRING, ids=lambda example: example.title)
def test_a_mended_handler_processes_what_broke_the_first(example: Example, runtime: Path) -> None:
    given = event(SENT.get(example.title, ORDER))
    expected = RETURNED.get(example.title, [json.loads(ORDER)])
    assert example.after is not None
    assert run(example.before, runtime, given) != expected
    assert run(example.after, runtime, given) == expected


@pytest.mark.parametrize("example", SILENT, ids=lambda example: example.title)
def test_a_handler_left_alone_works(example: Example, runtime: Path) -> None:
    given = OTHER_EVENTS.get(example.title, event(ORDER))
    assert run(example.before, runtime, given) == RETURNED.get(example.title, [json.loads(ORDER)])


# What the examples leave out


def mended(handler: str, **files: str) -> tuple[str, tuple[Finding, ...]]:
    """A lone handler file as the rule leaves it, and what the rule found in it."""
    before = {"handler.py": textwrap.dedent(handler)}
    before |= {f"{name}.py": textwrap.dedent(text) for name, text in files.items()}
    result = run_example(RULE, Example("a case of its own", before))
    assert not result.refused
    return result.files["handler.py"], result.first


def statements(body: str) -> str:
    """A handler that runs ``body`` for each record."""
    inner = textwrap.indent(textwrap.dedent(body).strip("\n"), " " * 8)
    head = 'import json\n\n\ndef handler(event, context):\n    for record in event["Records"]:\n'
    return f"{head}{inner}\n"


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (
            "orjson.loads(record['kinesis']['data'])",
            "orjson.loads(base64.b64decode(record['kinesis']['data']))",
        ),
        (
            'json.loads(record["kinesis"].get("data") or "")',
            'json.loads(base64.b64decode(record["kinesis"].get("data") or ""))',
        ),
        (
            'json.loads(record["kinesis"]["data"] if "kinesis" in record else record["body"])',
            'base64.b64decode(record["kinesis"]["data"]).decode("utf-8")',
        ),
        (
            'if text := record["kinesis"].get("data"):\n    json.loads(text)',
            "json.loads(base64.b64decode(text))",
        ),
        (
            'json.loads(record["kinesis"]["data"].encode("utf-8"))',
            'json.loads(base64.b64decode(record["kinesis"]["data"]).decode("utf-8").encode("utf-8"))',
        ),
        (
            'order.ParseFromString(record["kinesis"]["data"])',
            'order.ParseFromString(base64.b64decode(record["kinesis"]["data"]))',
        ),
        (
            'int(record["kinesis"]["data"])',
            'int(base64.b64decode(record["kinesis"]["data"]).decode("utf-8"))',
        ),
        (
            'str(record["kinesis"]["data"], "utf-8")',
            'str(base64.b64decode(record["kinesis"]["data"]), "utf-8")',
        ),
        (
            'data = record["kinesis"]["data"]\nprint(data)\ngzip.decompress(data)',
            "gzip.decompress(base64.b64decode(data))",
        ),
    ],
)
def test_further_spellings(body: str, line: str) -> None:
    modules = "import gzip\nimport orjson\n"
    text, found = mended(modules + statements(body))
    assert len(found) == 1
    assert "".join(line.split()) in "".join(text.split())
    assert text.startswith("import base64\n")


@pytest.mark.parametrize(
    "body",
    [
        'publish(record["kinesis"]["data"])',
        'done = {"data": record["kinesis"]["data"]}',
        "raise ValueError(f\"cannot read {record['kinesis']['data']}\")",
        'url = f\'data:text/plain;base64,{record["kinesis"]["data"]}\'',
        'data = record["kinesis"]["data"]\nif encoded:\n    data = plain(data)\njson.loads(data)',
        'data = record["kinesis"]["data"]\nif data.startswith("eyJ"):\n    count(data)',
        'data = record["kinesis"]["data"]\ndata["order"]',
        'record["kinesis"]["data"].get("order")',
        'json.loads(record["dynamodb"]["NewImage"]["data"])',
        'json.loads(config["kinesis"]["data"])',
        'for byte in record["kinesis"]["data"]:\n    pass',
        'body = "".join(r["kinesis"]["data"] for r in event["Records"])',
        'Decoder().decode(record["kinesis"]["data"])',
    ],
)
def test_further_silences(body: str) -> None:
    before = statements(body)
    assert mended(before) == (before, ())


def test_a_default_that_is_not_encoded_is_reported() -> None:
    before = statements('json.loads(record["kinesis"].get("data", "{}"))')
    text, (finding,) = mended(before)
    assert text == before
    assert finding.reason is not None


def test_text_and_bytes_are_decoded_apart() -> None:
    text, _ = mended(
        statements(
            'data = record["kinesis"]["data"]\nhead = data.split(":")[0]\nbody = io.BytesIO(data)'
        ).replace("import json", "import io")
    )
    assert 'base64.b64decode(data).decode("utf-8").split(":")' in text
    assert "io.BytesIO(base64.b64decode(data))" in text


def test_a_value_inside_an_f_string_is_mended_where_python_can_tell_its_place() -> None:
    text, (finding,) = mended(statements("send(f\"order: {record['kinesis']['data']}\")"))
    if sys.version_info >= (3, 12):
        assert "{base64.b64decode(record['kinesis']['data']).decode()}" in text
    else:
        assert "base64" not in text
        assert "f-string" in (finding.reason or "")


def test_each_read_is_one_finding_at_its_place() -> None:
    before = statements(
        'first = json.loads(record["kinesis"]["data"])\n'
        'second = json.loads(record["kinesis"]["data"])'
    )
    _, found = mended(before)
    places = [before[finding.ref.offset : finding.ref.end] for finding in found]
    assert places == ['record["kinesis"]["data"]'] * 2
    assert {finding.fix.impact for finding in found if finding.fix} == {Impact.BEHAVIOUR}
    lines = [before[f.scope.offset : f.scope.end].split(" =")[0] for f in found if f.scope]
    assert lines == ["first", "second"]


def test_a_name_that_is_taken_is_not_used_for_the_import() -> None:
    handler = statements('base64 = True\njson.loads(record["kinesis"]["data"])')
    text, _ = mended(handler)
    assert "import base64 as base64_\n" in text
    assert "json.loads(base64_.b64decode(" in text


def test_an_import_inside_the_function_is_used() -> None:
    handler = """\
    import json


    def handler(event, context):
        from base64 import b64decode, b64encode

        data = [json.loads(record["kinesis"]["data"]) for record in event["Records"]]
        return b64encode(json.dumps(data).encode())
    """
    text, _ = mended(handler)
    assert 'json.loads(b64decode(record["kinesis"]["data"]))' in text
    assert text.count("base64") == 1


def test_an_import_under_a_condition_is_not_relied_on() -> None:
    handler = """\
    import json

    if DEBUG:
        import base64


    def handler(event, context):
        return [json.loads(record["kinesis"]["data"]) for record in event["Records"]]
    """
    text, _ = mended(handler)
    assert "base64_.b64decode(" in text


DECORATED = """\
import json
from aws_lambda_powertools import Logger, Tracer
from helpers import logged
from somewhere import middleware

logger = Logger()
tracer = Tracer()


{decorator}
def handler(event, context):
    return [json.loads(record["kinesis"]["data"]) for record in event["Records"]]
"""
LOGGED = """\
def logged(function):
    def run(event, context):
        print(event)
        return function(event, context)

    return run
"""


@pytest.mark.parametrize(
    ("decorator", "fires"),
    [
        ("@logger.inject_lambda_context(log_event=True)", True),
        ("@tracer.capture_lambda_handler", True),
        ("@logged", True),
        ("@middleware", False),
    ],
)
def test_decorators_that_leave_the_event_alone(decorator: str, fires: bool) -> None:
    _, found = mended(DECORATED.format(decorator=decorator), helpers=LOGGED)
    assert bool(found) is fires


@pytest.mark.parametrize(
    ("annotation", "fires"),
    [
        ("dict", True),
        ("Dict[str, Any]", True),
        ("LambdaEvent", True),
        ("KinesisStreamEvent", False),
        ("data_classes.KinesisStreamEvent", False),
    ],
)
def test_types_of_the_event(annotation: str, fires: bool) -> None:
    handler = f"""\
    import json
    from typing import Any, Dict
    from aws_lambda_powertools.utilities import data_classes
    from aws_lambda_powertools.utilities.data_classes import KinesisStreamEvent
    from aws_lambda_typing.events import KinesisStreamEvent as LambdaEvent


    def handler(event: {annotation}, context):
        return [json.loads(record["kinesis"]["data"]) for record in event["Records"]]
    """
    assert bool(mended(handler)[1]) is fires


def test_helpers_nested_async_and_mapped() -> None:
    handler = """\
    import asyncio
    import json


    async def one(record):
        return json.loads(record["kinesis"]["data"])


    async def every(event):
        return await asyncio.gather(*[one(record) for record in event["Records"]])


    def handler(event, context):
        def two(record):
            return json.loads(record["kinesis"]["data"])

        with Pool() as pool:
            pool.map(two, event["Records"])
        return asyncio.run(every(event))
    """
    text, found = mended(handler)
    assert len(found) == 2
    assert text.count('json.loads(base64.b64decode(record["kinesis"]["data"]))') == 2


def test_a_wrapped_handler_is_left_alone() -> None:
    handler = """\
    import json

    from middy import middy


    def main(event, context):
        return [json.loads(record["kinesis"]["data"]) for record in event["Records"]]


    handler = middy(main)
    """
    app = "import aws_cdk as cdk\nfrom aws_cdk import aws_lambda as lambda_\n" + (
        'lambda_.Function(stack, "F", code=lambda_.Code.from_asset("."), handler="handler.handler")'
    )
    assert mended(handler.replace("(event, ", "(evt, "), stack=app)[1] == ()


def test_the_message_says_what_follows() -> None:
    _, (finding,) = mended(statements('json.loads(record["kinesis"]["data"])'))
    assert finding.message == (
        "handler gives Kinesis data to json.loads() as the base64 text that Lambda hands over,"
        " so every record fails"
    )


ROUTES = """\
import json
import re
from typing import cast

PATTERN = re.compile("order")


class Parser:
    @staticmethod
    def plain(record):
        return json.loads(record["kinesis"]["data"])

    @classmethod
    def made(cls, record, strict=False):
        return json.loads(record["kinesis"]["data"])


def text(data, *, strict=True):
    return json.loads(data)


def several(*records):
    return [json.loads(record["kinesis"]["data"]) for record in records]


def handler(event, context):
    records = event["Records"]
{body}
"""


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ('for r in records[:10]:\n    json.loads(r["kinesis"]["data"])', 1),
        ('for r in list(reversed(records)):\n    json.loads(r["kinesis"]["data"])', 1),
        (
            'for r in filter(lambda r: r["x"], records):\n    json.loads(r["kinesis"]["data"])',
            1,
        ),
        ('for r in filter(None, records):\n    json.loads(r["kinesis"]["data"])', 1),
        ('for r in event.get("Records") or []:\n    json.loads(r["kinesis"]["data"])', 1),
        ('for r in records:\n    k = cast(dict, r["kinesis"])\n    json.loads(k["data"])', 1),
        ('for r in records:\n    data = r and r["kinesis"]["data"]\n    json.loads(data)', 1),
        ('for r in records:\n    a = b = r["kinesis"]["data"]\n    json.loads(b)', 1),
        ('for r in records:\n    n, (a, b) = 1, (2, r["kinesis"]["data"])\n    json.loads(b)', 0),
        ('for d in [r["kinesis"]["data"] for r in records]:\n    json.loads(d)', 1),
        ('for d in map(lambda r: r["kinesis"]["data"], records):\n    json.loads(d)', 1),
        ('list(map(json.loads, [r["kinesis"]["data"] for r in records]))', 1),
        ('all(PATTERN.match(r["kinesis"]["data"]) for r in records)', 1),
        ('all(re.search("order", r["kinesis"]["data"]) for r in records)', 1),
        ('all(re.search(r["kinesis"]["data"], "order") for r in records)', 0),
        ('all(unknown.match(r["kinesis"]["data"]) for r in records)', 0),
        ("for r in records:\n    Parser.plain(r)", 1),
        ("for r in records:\n    Parser.made(r, strict=True)", 1),
        ("for r in records:\n    Parser().made(record=r)", 1),
        ('for r in records:\n    text(data=r["kinesis"]["data"], strict=False)', 1),
        ('for r in records:\n    text(*[r["kinesis"]["data"]])', 0),
        ("several(*records)", 0),
        ('text(bytes(records[0]["kinesis"]["data"], "utf-8"))', 1),
        ('text(str(records[0]["kinesis"]["data"])[:100])', 1),
        ('json.loads(records[0]["kinesis"]["data"] + "=" * 2)', 1),
        ('json.loads("".join(r["kinesis"]["data"] for r in records))', 0),
        ('for r, s in zip(records, records):\n    json.loads(r["kinesis"]["data"])', 0),
        ('for d in {r["kinesis"]["data"]: 1 for r in records}:\n    json.loads(d)', 0),
        ('json.loads(json.loads(json.dumps(event))["Records"][0]["kinesis"]["data"])', 0),
    ],
)
def test_routes_of_the_data(body: str, count: int) -> None:
    before = ROUTES.format(body=textwrap.indent(body, "    "))
    text, found = mended(before)
    assert len(found) == count
    assert text.count("base64.b64decode(") == count
    compile(text, "handler.py", "exec")


@pytest.mark.parametrize(
    ("body", "count"),
    [
        # A loop's variable and another value of the same name.
        ('for r in records:\n    d = r["kinesis"]["data"]\n    r = json.loads(d)\n    r["x"]', 1),
        ('r = None\nfor r in records:\n    json.loads(r["kinesis"]["data"])', 1),
        ('for r in others:\n    pass\nfor r in records:\n    json.loads(r["kinesis"]["data"])', 1),
        (
            'for r in records:\n    if x: r = fix(r)\n    json.loads(r["kinesis"]["data"])',
            0,
        ),
        (
            'for r in records:\n    d = r["kinesis"]["data"]\n'
            "    if x:\n        d = fix(d)\n    json.loads(d)",
            0,
        ),
        (
            'for r in records:\n    d = r["kinesis"]["data"]\n'
            "    if x:\n        d = b64decode(d)\n    json.loads(d)",
            0,
        ),
        ('for r in records:\n    r = fix(r)\n    json.loads(r["kinesis"]["data"])', 0),
        ('d = None\nfor r in records:\n    json.loads(d or "{}")\n    d = r["kinesis"]["data"]', 0),
        (
            'for r in records:\n    try:\n        d = r["kinesis"]["data"]\n'
            '    except KeyError:\n        d = "{}"\n    json.loads(d)',
            1,
        ),
        (
            'for r in records:\n    if "kinesis" in r:\n        d = r["kinesis"]["data"]\n'
            '    else:\n        d = r["body"]\n    json.loads(d)',
            1,
        ),
    ],
)
def test_names_that_are_bound_again(body: str, count: int) -> None:
    assert len(mended(ROUTES.format(body=textwrap.indent(body, "    ")))[1]) == count
