"""Apps of two stacks, of which the second is given the first."""

from __future__ import annotations

import textwrap

from tapfix.codemods.examples.functions import IMPORTS

_TEXT = """\
from aws_cdk import App, Stack
{imports}
from constructs import Construct


class First(Stack):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
{first}


class Second(Stack):
    def __init__(self, scope: Construct, construct_id: str, first: First, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
{second}


app = App()
Second(app, "Second", first=First(app, "First"))
app.synth()
"""


def two_stacks(first: str, second: str, handler: str) -> dict[str, str]:
    """The files of such an app, by what the constructors hold, with the handler of ``worker``."""

    def inner(text: str) -> str:
        return textwrap.indent(textwrap.dedent(text).strip(), " " * 8)

    text = _TEXT.format(imports=IMPORTS.strip(), first=inner(first), second=inner(second))
    return {"app.py": text, "worker/worker.py": handler}
