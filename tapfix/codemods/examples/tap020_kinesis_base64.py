"""Spellings and look-alikes of TAP020."""

from __future__ import annotations

import textwrap

from tapfix.codemods.examples.shapes import stack
from tapfix.rule import Example

IMPORTS = """\
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
"""
APP = stack(
    """
    stream = kinesis.Stream(self, "Orders")
    worker = lambda_.Function(
        self,
        "Worker",
        runtime=lambda_.Runtime.PYTHON_3_12,
        handler="worker.handler",
        code=lambda_.Code.from_asset("worker"),
    )
    worker.add_event_source(
        sources.KinesisEventSource(
            stream, starting_position=lambda_.StartingPosition.LATEST
        )
    )
    """,
    IMPORTS,
)


def worker(handler: str, **modules: str) -> dict[str, str]:
    """An app whose function ``Worker`` runs this handler on a stream, with modules beside it."""
    files = {f"worker/{name}.py": textwrap.dedent(text) for name, text in modules.items()}
    return {"app.py": APP, "worker/worker.py": textwrap.dedent(handler), **files}


def loop(body: str, imports: str = "import json") -> dict[str, str]:
    """Such an app whose handler runs ``body`` for each record, and returns the list ``done``."""
    inner = textwrap.indent(textwrap.dedent(body).strip("\n"), " " * 8)
    head = f"{textwrap.dedent(imports).strip()}\n\n\n" if imports else ""
    return worker(
        f"{head}def handler(event, context):\n    done = []\n"
        f'    for record in event["Records"]:\n{inner}\n    return done\n'
    )


def firehose(body: str, imports: str = "import base64\nimport json") -> dict[str, str]:
    """An app whose handler runs ``body`` for each record of a Firehose transformation."""
    inner = textwrap.indent(textwrap.dedent(body).strip("\n"), " " * 8)
    return worker(
        f"{textwrap.dedent(imports).strip()}\n\n\ndef handler(event, context):\n    output = []\n"
        f'    for record in event["records"]:\n{inner}\n    return {{"records": output}}\n'
    )


EXAMPLES: tuple[Example, ...] = (
    Example(
        "parsed where it is read",
        loop('done.append(json.loads(record["kinesis"]["data"]))'),
        loop(
            'done.append(json.loads(base64.b64decode(record["kinesis"]["data"])))',
            "import base64\nimport json",
        ),
    ),
    Example(
        "a handler that nothing deploys, looked up with get, logged, base64 there already",
        {
            "app.py": stack('kinesis.Stream(self, "Orders")', IMPORTS),
            "src/orders.py": textwrap.dedent(
                """\
                import base64
                import json


                def handler(event, context):
                    done = []
                    for record in event.get("Records", []):
                        kinesis = record.get('kinesis')
                        data = kinesis.get('data')
                        print(f"received {data}")
                        done.append(json.loads(data))
                    return base64.b64encode(json.dumps(done).encode()).decode()
                """
            ),
        },
        {
            "app.py": stack('kinesis.Stream(self, "Orders")', IMPORTS),
            "src/orders.py": textwrap.dedent(
                """\
                import base64
                import json


                def handler(event, context):
                    done = []
                    for record in event.get("Records", []):
                        kinesis = record.get('kinesis')
                        data = base64.b64decode(kinesis.get('data')).decode("utf-8")
                        print(f"received {data}")
                        done.append(json.loads(data))
                    return base64.b64encode(json.dumps(done).encode()).decode()
                """
            ),
        },
    ),
    Example(
        "a name used several times",
        loop(
            """
            payload = record["kinesis"]["data"]
            if "order" in payload:
                done.append(json.loads(payload))
            """
        ),
        loop(
            """
            payload = base64.b64decode(record["kinesis"]["data"]).decode("utf-8")
            if "order" in payload:
                done.append(json.loads(payload))
            """,
            "import base64\nimport json",
        ),
    ),
    Example(
        "a name bound anew by the parser",
        loop(
            """
            payload = record["kinesis"]["data"]
            payload = json.loads(payload)
            done.append(payload["order"])
            """
        ),
        loop(
            """
            payload = base64.b64decode(record["kinesis"]["data"]).decode("utf-8")
            payload = json.loads(payload)
            done.append(payload["order"])
            """,
            "import base64\nimport json",
        ),
    ),
    Example(
        "the encoded text is also kept: only the parser gets it decoded",
        loop(
            """
            raw = record["kinesis"]["data"]
            done.append({"raw": raw, "order": json.loads(raw)["order"]})
            """
        ),
        loop(
            """
            raw = record["kinesis"]["data"]
            done.append({"raw": raw, "order": json.loads(base64.b64decode(raw))["order"]})
            """,
            "import base64\nimport json",
        ),
    ),
    Example(
        "the code looks for missing data first",
        loop(
            """
            data = record["kinesis"].get("data")
            if not data:
                continue
            done.append(json.loads(data))
            """
        ),
        loop(
            """
            data = record["kinesis"].get("data")
            if not data:
                continue
            done.append(json.loads(base64.b64decode(data)))
            """,
            "import base64\nimport json",
        ),
    ),
    Example(
        "parsed in a try that begins later: what cannot be decoded is caught there too",
        loop(
            """
            data = record["kinesis"]["data"]
            try:
                done.append(json.loads(data))
            except ValueError:
                print("no JSON", data)
            """
        ),
        loop(
            """
            data = record["kinesis"]["data"]
            try:
                done.append(json.loads(base64.b64decode(data)))
            except ValueError:
                print("no JSON", data)
            """,
            "import base64\nimport json",
        ),
    ),
    Example(
        "a comprehension, base64 imported under another name",
        worker(
            """\
            import base64 as b64
            import json


            def handler(event, context):
                return [json.loads(r["kinesis"]["data"]) for r in event["Records"]]


            def encoded(value):
                return b64.b64encode(value)
            """
        ),
        worker(
            """\
            import base64 as b64
            import json


            def handler(event, context):
                return [json.loads(b64.b64decode(r["kinesis"]["data"])) for r in event["Records"]]


            def encoded(value):
                return b64.b64encode(value)
            """
        ),
    ),
    Example(
        "a lambda in map, a from-import of base64",
        worker(
            """\
            import json
            from base64 import b64encode


            def handler(event, context):
                orders = map(lambda r: json.loads(r["kinesis"]["data"]), event["Records"])
                return [b64encode(order["order"].encode()).decode() for order in orders]
            """
        ),
        worker(
            """\
            import json
            from base64 import b64decode, b64encode


            def handler(event, context):
                orders = map(
                    lambda r: json.loads(b64decode(r["kinesis"]["data"])), event["Records"]
                )
                return [b64encode(order["order"].encode()).decode() for order in orders]
            """
        ),
    ),
    Example(
        "a helper in another module takes the record",
        worker(
            """\
            from parsing import parse


            def handler(event, context):
                return [parse(record) for record in event["Records"]]
            """,
            parsing="""\
            import json

            FIELD = "data"


            def parse(record):
                kinesis = record["kinesis"]
                return json.loads(kinesis[FIELD])
            """,
        ),
        worker(
            """\
            from parsing import parse


            def handler(event, context):
                return [parse(record) for record in event["Records"]]
            """,
            parsing="""\
            import base64
            import json

            FIELD = "data"


            def parse(record):
                kinesis = record["kinesis"]
                return json.loads(base64.b64decode(kinesis[FIELD]))
            """,
        ),
    ),
    Example(
        "a helper takes the data, and others that are not encoded",
        worker(
            """\
            import json


            def parse(text):
                return json.loads(text)


            def handler(event, context):
                settings = parse('{"limit": 10}')
                done = [parse(record["kinesis"]["data"]) for record in event["Records"]]
                return done[: settings["limit"]]
            """
        ),
        worker(
            """\
            import base64
            import json


            def parse(text):
                return json.loads(text)


            def handler(event, context):
                settings = parse('{"limit": 10}')
                done = [
                    parse(base64.b64decode(record["kinesis"]["data"]).decode("utf-8"))
                    for record in event["Records"]
                ]
                return done[: settings["limit"]]
            """
        ),
    ),
    Example(
        "a generator yields the data of each record",
        worker(
            """\
            import json


            def payloads(event):
                for record in event["Records"]:
                    yield record["kinesis"]["data"]


            def handler(event, context):
                return [json.loads(payload) for payload in payloads(event)]
            """
        ),
        worker(
            """\
            import base64
            import json


            def payloads(event):
                for record in event["Records"]:
                    yield base64.b64decode(record["kinesis"]["data"]).decode("utf-8")


            def handler(event, context):
                return [json.loads(payload) for payload in payloads(event)]
            """
        ),
    ),
    Example(
        "methods of a class, a list in between",
        worker(
            """\
            import json


            class Worker:
                def __init__(self):
                    self.done = []

                def run(self, event):
                    texts = []
                    for index, record in enumerate(event["Records"]):
                        texts.append(record["kinesis"]["data"])
                    for text in texts:
                        self.one(text)
                    return self.done

                def one(self, text):
                    self.done.append(json.loads(text))


            def handler(event, context):
                return Worker().run(event)
            """
        ),
        worker(
            """\
            import base64
            import json


            class Worker:
                def __init__(self):
                    self.done = []

                def run(self, event):
                    texts = []
                    for index, record in enumerate(event["Records"]):
                        texts.append(base64.b64decode(record["kinesis"]["data"]).decode("utf-8"))
                    for text in texts:
                        self.one(text)
                    return self.done

                def one(self, text):
                    self.done.append(json.loads(text))


            def handler(event, context):
                return Worker().run(event)
            """
        ),
    ),
    Example(
        "split as text",
        loop('done.append(record["kinesis"]["data"].strip().split(","))', ""),
        loop(
            """
            done.append(
                base64.b64decode(record["kinesis"]["data"])
                .decode("utf-8")
                .strip()
                .split(",")
            )
            """,
            "import base64",
        ),
    ),
    Example(
        "rows of CSV, taken apart with a second value",
        loop(
            """
            key, text = record["eventID"], record["kinesis"]["data"]
            done.append((key, list(csv.reader(io.StringIO(text)))))
            """,
            "import csv\nimport io",
        ),
        loop(
            """
            key, text = record["eventID"], base64.b64decode(
                record["kinesis"]["data"]
            ).decode("utf-8")
            done.append((key, list(csv.reader(io.StringIO(text)))))
            """,
            "import base64\nimport csv\nimport io",
        ),
    ),
    Example(
        "compared with a word",
        loop(
            """
            data = record["kinesis"]["data"]
            if data == "ping":
                continue
            done.append(f"received {data}")
            """,
            "",
        ),
        loop(
            """
            data = base64.b64decode(record["kinesis"]["data"]).decode("utf-8")
            if data == "ping":
                continue
            done.append(f"received {data}")
            """,
            "import base64",
        ),
    ),
    Example(
        "compressed data",
        loop(
            'done.append(json.loads(gzip.decompress(record["kinesis"]["data"])))',
            "import gzip\nimport json",
        ),
        loop(
            """
            done.append(
                json.loads(gzip.decompress(base64.b64decode(record["kinesis"]["data"])))
            )
            """,
            "import base64\nimport gzip\nimport json",
        ),
    ),
    Example(
        "taken for bytes",
        loop('done.append(json.loads(record["kinesis"]["data"].decode("utf-8")))'),
        loop(
            """
            done.append(
                json.loads(base64.b64decode(record["kinesis"]["data"]).decode("utf-8"))
            )
            """,
            "import base64\nimport json",
        ),
    ),
    Example(
        "records of a Firehose transformation",
        firehose(
            """
            order = json.loads(record["data"])
            order["seen"] = True
            output.append(
                {
                    "recordId": record["recordId"],
                    "result": "Ok",
                    "data": base64.b64encode(json.dumps(order).encode()).decode(),
                }
            )
            """
        ),
        firehose(
            """
            order = json.loads(base64.b64decode(record["data"]))
            order["seen"] = True
            output.append(
                {
                    "recordId": record["recordId"],
                    "result": "Ok",
                    "data": base64.b64encode(json.dumps(order).encode()).decode(),
                }
            )
            """
        ),
    ),
    Example(
        "a helper parses the data and keeps them as they came",
        worker(
            """\
            import json


            def process(data):
                return {"raw": data, **json.loads(data)}


            def handler(event, context):
                return [process(record["kinesis"]["data"]) for record in event["Records"]]
            """
        ),
        reported=True,
    ),
    Example(
        "inline code",
        stack(
            """
            lambda_.Function(
                self,
                "Worker",
                runtime=lambda_.Runtime.PYTHON_3_12,
                handler="index.handler",
                code=lambda_.Code.from_inline(HANDLER),
            )
            """,
            f'{IMPORTS}\nHANDLER = """\nimport json\n\n\n'
            "def handler(event, context):\n"
            '    return [json.loads(r["kinesis"]["data"]) for r in event["Records"]]\n"""\n',
        ),
        reported=True,
    ),
    Example(
        "decoded where it is read",
        loop(
            'done.append(json.loads(base64.b64decode(record["kinesis"]["data"])))',
            "import base64\nimport json",
        ),
    ),
    Example(
        "decoded later, under a name, with padding",
        loop(
            """
            data = record["kinesis"]["data"].strip()
            data += "=" * (-len(data) % 4)
            text = b64decode(data.encode("ascii")).decode("utf-8")
            done.append(json.loads(text))
            """,
            "import json\nfrom base64 import b64decode",
        ),
    ),
    Example(
        "decoded by a helper of the app",
        worker(
            """\
            import codecs
            import json


            def plain(data):
                return codecs.decode(data.encode(), "base64")


            def handler(event, context):
                return [json.loads(plain(r["kinesis"]["data"])) for r in event["Records"]]
            """
        ),
    ),
    Example(
        "handed to a function of a layer, which may decode",
        worker(
            """\
            from shared_layer import load


            def handler(event, context):
                return [load(record["kinesis"]["data"]) for record in event["Records"]]
            """
        ),
    ),
    Example(
        "decoded when parsing fails",
        loop(
            """
            data = record["kinesis"]["data"]
            try:
                done.append(json.loads(data))
            except ValueError:
                done.append(json.loads(binascii.a2b_base64(data)))
            """,
            "import binascii\nimport json",
        ),
    ),
    Example(
        "only logged, counted and kept",
        loop(
            """
            data = record["kinesis"]["data"]
            print(f"received {data}")
            done.append({"raw": data, "size": len(data)})
            """,
            "",
        ),
    ),
    Example(
        "looked at before another function decodes",
        worker(
            """\
            from shared_layer import load, unzip


            def handler(event, context):
                done = []
                for record in event["Records"]:
                    data = record["kinesis"]["data"]
                    done.append(unzip(data) if data.startswith("H4sI") else load(data))
                return done
            """
        ),
    ),
    Example(
        "decoded in place, read again by another function",
        worker(
            """\
            import base64
            import json


            def unpack(record):
                record["kinesis"]["data"] = base64.b64decode(record["kinesis"]["data"])
                return record


            def parse(record):
                return json.loads(record["kinesis"]["data"])


            def handler(event, context):
                return [parse(unpack(record)) for record in event["Records"]]
            """
        ),
    ),
    Example(
        "the event is made over first",
        worker(
            """\
            import json

            from shared_layer import decoded


            def handler(event, context):
                event = decoded(event)
                return [json.loads(r["kinesis"]["data"]) for r in event["Records"]]
            """
        ),
    ),
    Example(
        "a decorator that may decode",
        worker(
            """\
            import json

            from shared_layer import stream_handler


            @stream_handler
            def handler(event, context):
                return [json.loads(r["kinesis"]["data"]) for r in event["Records"]]
            """
        ),
    ),
    Example(
        "Powertools' event object",
        worker(
            """\
            from aws_lambda_powertools.utilities.data_classes import (
                KinesisStreamEvent,
                event_source,
            )


            @event_source(data_class=KinesisStreamEvent)
            def handler(event: KinesisStreamEvent, context):
                return [record.kinesis.data_as_json() for record in event.records]
            """
        ),
    ),
    Example(
        "a queue, a topic",
        loop(
            """
            if "Sns" in record:
                done.append(json.loads(record["Sns"]["Message"]))
            else:
                done.append(json.loads(record["body"]))
            """
        ),
    ),
    Example(
        "Firehose data that pass through",
        firehose(
            """
            output.append(
                {"recordId": record["recordId"], "result": "Ok", "data": record["data"]}
            )
            """
        ),
    ),
    Example(
        "records of a state machine",
        worker(
            """\
            import json


            def handler(event, context):
                return [json.loads(record["data"]) for record in event["records"]]
            """
        ),
    ),
    Example(
        "a helper that is given other dicts too",
        worker(
            """\
            import json


            def parse(holder):
                return json.loads(holder["data"])


            def handler(event, context):
                if "detail" in event:
                    return [parse(event["detail"])]
                return [parse(record["kinesis"]) for record in event["Records"]]
            """
        ),
    ),
)
