"""The apps around the examples of TAP008, whose texts stand at the margin."""

from __future__ import annotations

CODE = """\
def handler(event, context):
    return {"greeting": "Hello"}
"""
SCHEDULED = """\
import json

from texts import GREETING


def handler(event, context):
    print(json.dumps({"greeting": GREETING}))
"""


def app(body: str, head: str = "", imports: str = "") -> str:
    """A whole app file: imports, what stands above the stack, and its constructor's end."""
    above = f"\n{head.strip(chr(10))}\n" if head else ""
    return f"""\
{imports}from aws_cdk import App, Stack
from aws_cdk import aws_lambda as _lambda
{above}

class ExampleStack(Stack):
    def __init__(self, scope, construct_id, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)

{body}

app = App()
ExampleStack(app, "Example")
app.synth()
"""


def in_stack(body: str, imports: str = "", head: str = "") -> dict[str, str]:
    """An app whose stack has a file of its own, ``lib/greeting_stack.py``."""
    text = app(body, head, imports)
    stack, _, rest = text.partition("\n\napp = App()")
    return {
        "app.py": "from aws_cdk import App\n\nfrom lib.greeting_stack import ExampleStack\n\n"
        f"app = App(){rest}",
        "lib/__init__.py": "",
        "lib/greeting_stack.py": stack.replace("import App, Stack", "import Stack"),
    }


def function(
    construct_id: str,
    code: str,
    handler: str = '"index.handler"',
    runtime: str = "PYTHON_3_12",
    function_name: str = "",
) -> str:
    """The statement that makes one function, from source texts."""
    name = f"            function_name={function_name},\n" if function_name else ""
    return f"""\
        _lambda.Function(
            self,
            {construct_id},
{name}            runtime=_lambda.Runtime.{runtime},
            handler={handler},
            code={code},
        )
"""
