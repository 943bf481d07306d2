"""Apps of two stacks in several files, for rules on what functions may do and reach.

The function stands in a construct of its own and gets the stack of what it uses handed in.
"""

from __future__ import annotations

import textwrap

from tapfix.codemods.examples.functions import IMPORTS

DATABASE = """\
self.vpc = ec2.Vpc(self, "Network", max_azs=2)
self.database_group = ec2.SecurityGroup(self, "DatabaseGroup", vpc=self.vpc)
self.database = rds.DatabaseInstance(
    self,
    "Database",
    engine=rds.DatabaseInstanceEngine.postgres(
        version=rds.PostgresEngineVersion.VER_16
    ),
    vpc=self.vpc,
    security_groups=[self.database_group],
)
"""
DATABASE_HOST = 'environment={"DB_HOST": store.database.db_instance_endpoint_address}'
MAIN = """\
def main(event, context):
    print(event)
"""

_APP = """\
import aws_cdk as cdk

from data.store import StoreStack
from jobs.jobs_stack import JobsStack

app = cdk.App()
store = StoreStack(app, "Store")
JobsStack(app, "Jobs", store=store)
app.synth()
"""
_JOBS = """\
import aws_cdk as cdk
from constructs import Construct

from data.store import StoreStack
from jobs.runner import Runner


class JobsStack(cdk.Stack):
    def __init__(
        self, scope: Construct, construct_id: str, store: StoreStack, **kwargs
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self.runner = Runner(self, "Runner", store=store)
"""


def tree(
    store: str,
    runner: str,
    handler: str,
    imports: str = "from aws_cdk import aws_ec2 as ec2\n",
) -> dict[str, str]:
    """The files, by what the stack ``Store`` and the construct ``Runner`` hold.

    ``imports`` are the construct's, besides those of Lambda.
    """

    def inner(text: str) -> str:
        return textwrap.indent(textwrap.dedent(text).strip(), " " * 8)

    return {
        "app.py": _APP,
        "data/__init__.py": "",
        "data/store.py": f"""\
import aws_cdk as cdk
{IMPORTS}from constructs import Construct


class StoreStack(cdk.Stack):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
{inner(store)}
""",
        "jobs/__init__.py": "",
        "jobs/jobs_stack.py": _JOBS,
        "jobs/runner.py": f"""\
{imports}from aws_cdk.aws_lambda import Code, Function, Runtime
from constructs import Construct

from data.store import StoreStack


class Runner(Construct):
    def __init__(self, scope: Construct, construct_id: str, store: StoreStack) -> None:
        super().__init__(scope, construct_id)
{inner(runner)}
""",
        "services/run/run.py": handler,
    }


def run(*arguments: str, before: str = "") -> str:
    """The statements that make the function ``Run``, which runs ``services/run/run.py``.

    ``before`` is what stands before them.
    """
    fixed = (
        "self",
        '"Run"',
        "runtime=Runtime.PYTHON_3_12",
        'handler="run.main"',
        'code=Code.from_asset("services/run")',
    )
    inner = textwrap.indent("".join(f"{one},\n" for one in (*fixed, *arguments)), "    ")
    return f"{before}self.run = Function(\n{inner})\n"
