"""An app whose names try to break out of a page, by signs or by length, and a dry run over it."""

from __future__ import annotations

import json
from pathlib import Path

from tapfix import api
from tapfix.api.result import Mode
from tapfix.report.content import Content

SIGNS = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>\"' --> ]]> </title></svg> &lt; \u202e"
)
"""What would be markup, or turn text around, if it were not escaped."""

PASSWORD = '<b>s3cret & "sound"</b>'
"""A password that escaping spells otherwise."""

_APP = """
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk import aws_kinesis as kinesis, aws_lambda as lambda_, aws_s3 as s3

app = App()
stack = Stack(app, "Hostile")
bucket = s3.Bucket(stack, {name}, removal_policy=RemovalPolicy.RETAIN)  # {comment}
endless = s3.Bucket(stack, "{endless}", removal_policy=RemovalPolicy.RETAIN)
stream = kinesis.Stream(stack, {name} + "S")
function = lambda_.Function(
    stack,
    "F",
    runtime=lambda_.Runtime.PYTHON_3_12,
    handler="index.handler",
    code=lambda_.Code.from_asset("code"),
    environment={{"BUCKET": bucket.bucket_name, "PASSWORD": {password}}},
)
"""
_HANDLER = """
import os
import boto3
import psycopg2

def handler(event, context):
    psycopg2.connect(host="db.example.com", user="me", password={password})
    boto3.client("s3").put_object(Bucket=os.environ["BUCKET"], Key="k", Body=b"")
"""


def hostile_content(folder: Path, mode: Mode = Mode.DRY_RUN) -> Content:
    """What a run over the app, written below ``folder``, comes to."""
    root = folder / "<i>a'b&amp;"
    (root / "code").mkdir(parents=True)
    name, password = json.dumps(SIGNS, ensure_ascii=False), json.dumps(PASSWORD)
    (root / "cdk.json").write_text('{"app": "python3 app.py"}')
    app = _APP.format(name=name, password=password, comment=SIGNS, endless="W" * 300)
    (root / "app.py").write_text(app, encoding="utf-8")
    (root / "code" / "index.py").write_text(_HANDLER.format(password=password), encoding="utf-8")
    return Content(api.run([str(root)], api.Options(mode=mode)), str(folder), exit_code=1)
