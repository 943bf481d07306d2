"""Apps whose one function ``Worker`` runs a handler from the folder ``worker``."""

from __future__ import annotations

import textwrap

from tapfix.codemods.examples.shapes import stack

IMPORTS = """\
from aws_cdk import (
    aws_dynamodb as dynamodb,
    aws_ec2 as ec2,
    aws_elasticache as elasticache,
    aws_events as events,
    aws_iam as iam,
    aws_kinesis as kinesis,
    aws_lambda as lambda_,
    aws_lambda_event_sources as sources,
    aws_rds as rds,
    aws_s3 as s3,
    aws_secretsmanager as secretsmanager,
    aws_sns as sns,
    aws_sqs as sqs,
    aws_stepfunctions as sfn,
    aws_stepfunctions_tasks as tasks,
)
"""


def function(*arguments: str, name: str = "worker = ") -> str:
    """The statement that makes a function ``Worker`` from the folder ``worker``."""
    fixed = (
        "self",
        '"Worker"',
        "runtime=lambda_.Runtime.PYTHON_3_12",
        'handler="worker.handler"',
        'code=lambda_.Code.from_asset("worker")',
    )
    inner = textwrap.indent("".join(f"{one},\n" for one in (*fixed, *arguments)), "    ")
    return f"{name}lambda_.Function(\n{inner})\n"


def app(*parts: str, handler: str, **modules: str) -> dict[str, str]:
    """An app of these statements, whose function runs a handler with modules beside it."""
    files = {f"worker/{name}.py": textwrap.dedent(text) for name, text in modules.items()}
    body = "\n".join(textwrap.dedent(part).strip("\n") for part in parts)
    return {
        "app.py": stack(body, IMPORTS),
        "worker/worker.py": textwrap.dedent(handler),
        **files,
    }


_METHODS = """\
from aws_cdk import App, Stack
{imports}
from constructs import Construct


class ExampleStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
{body}

{methods}


app = App()
ExampleStack(app, "Example")
app.synth()
"""


def app_of_methods(body: str, *methods: str, handler: str) -> dict[str, str]:
    """An app whose stack's constructor holds ``body``; its other methods make constructs for it."""
    written = "\n\n".join(textwrap.dedent(one).strip("\n") for one in methods)
    text = _METHODS.format(
        imports=IMPORTS.strip(),
        body=textwrap.indent(textwrap.dedent(body).strip(), " " * 8),
        methods=textwrap.indent(written, " " * 4),
    )
    return {"app.py": text, "worker/worker.py": textwrap.dedent(handler)}
