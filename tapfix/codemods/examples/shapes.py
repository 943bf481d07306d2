"""The app around an example: one stack in one file."""

from __future__ import annotations

import textwrap

IMPORTS = "from aws_cdk import App, Duration, RemovalPolicy, Stack\n"


def stack(body: str, imports: str = "") -> str:
    """A whole app file whose stack's constructor holds ``body``.

    ``imports`` are further import statements, one a line.
    """
    return f"""\
{IMPORTS}{textwrap.dedent(imports).strip()}
from constructs import Construct


class ExampleStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)

{textwrap.indent(textwrap.dedent(body).strip(), " " * 8)}


app = App()
ExampleStack(app, "Example")
app.synth()
"""
