"""More examples of TAP009: functions, tables and grants that helpers hold, and look-alikes."""

from __future__ import annotations

from tapfix.rule import Example

_HEAD = """\
import aws_cdk as cdk
from aws_cdk import aws_dynamodb as ddb, aws_lambda as lambda_


"""
_PUT = """\
import os

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    table.put_item(Item={"id": event["id"]})
"""
_END = """

app = cdk.App()
Shop(app, "Shop")
app.synth()
"""


def _app(text: str) -> dict[str, str]:
    return {"app.py": f"{_HEAD}{text}{_END}", "worker/worker.py": _PUT}


_BEFORE = """\
class Shop(cdk.Stack):
    def __init__(self, scope, id, **kw):
        super().__init__(scope, id, **kw)
        self.build()

    def build(self):
        table = self.make_table("Orders")
        fn = self.make_function(table)
"""
_AFTER = """\
        cdk.CfnOutput(self, "Name", value=fn.function_name)

    def make_table(self, name):
        return ddb.Table(
            self,
            name,
            partition_key=ddb.Attribute(name="id", type=ddb.AttributeType.STRING),
        )

    def make_function(self, table):
        return lambda_.Function(
            self,
            "Fn",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="worker.handler",
            code=lambda_.Code.from_asset("worker"),
            environment={"TABLE": table.table_name},
        )
"""
_METHODS = """\
class Shop(cdk.Stack):
    def __init__(self, scope, id, **kw):
        super().__init__(scope, id, **kw)
        table = ddb.Table(
            self,
            "T",
            partition_key=ddb.Attribute(name="id", type=ddb.AttributeType.STRING),
        )
        fn = lambda_.Function(
            self,
            "Fn",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="worker.handler",
            code=lambda_.Code.from_asset("worker"),
            environment={"TABLE": table.table_name},
        )
        for grant in (table.grant_read_data, table.grant_write_data):
            grant(fn)
"""
_LISTED = """\
class Shop(cdk.Stack):
    def __init__(self, scope, id, **kw):
        super().__init__(scope, id, **kw)
        table = ddb.Table(
            self,
            "T",
            partition_key=ddb.Attribute(name="id", type=ddb.AttributeType.STRING),
        )
        self.fns = []
        self.fns.append(
            lambda_.Function(
                self,
                "Fn",
                runtime=lambda_.Runtime.PYTHON_3_12,
                handler="worker.handler",
                code=lambda_.Code.from_asset("worker"),
                environment={"TABLE": table.table_name},
            )
        )
        self._grant_all(table)

    def _grant_all(self, table):
        for fn in self.fns:
            table.grant_read_write_data(fn)
"""
_DERIVED = """\
class Base(cdk.Stack):
    def __init__(self, scope, id, **kw):
        super().__init__(scope, id, **kw)
        self.table = self.make_table()
        self.fn = lambda_.Function(
            self,
            "Fn",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="worker.handler",
            code=lambda_.Code.from_asset("worker"),
            environment={"TABLE": self.table.table_name},
        )
        self.wire()

    def make_table(self):
        return ddb.Table(
            self,
            "T",
            partition_key=ddb.Attribute(name="id", type=ddb.AttributeType.STRING),
        )

    def wire(self):
        pass


class Shop(Base):
    def wire(self):
        self.table.grant_read_write_data(self.fn)
"""

HELPED = (
    Example(
        "a table that one helper returns and another one is given",
        _app(_BEFORE + _AFTER),
        _app(_BEFORE + "        table.grant_write_data(fn)\n" + _AFTER),
    ),
    Example("grants kept as methods, and called in a loop", _app(_METHODS)),
    Example("functions in a list, which another method grants to", _app(_LISTED)),
    Example("a subclass that grants", _app(_DERIVED)),
)
