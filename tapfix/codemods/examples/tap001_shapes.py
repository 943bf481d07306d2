"""The app around an example of TAP001, mended."""

from __future__ import annotations

import textwrap

from tapfix.codemods.examples.shapes import IMPORTS

READ = """\
environment_suffix = app.node.try_get_context("environmentSuffix") or os.environ.get(
    "ENVIRONMENT_SUFFIX", "dev"
)
if not re.fullmatch(r"[a-z0-9-]{1,12}", environment_suffix):
    raise ValueError(
        f"environmentSuffix must match [a-z0-9-]{{1,12}}, not {environment_suffix!r}"
    )
"""
"""What the app file gets where it has nothing that tells environments apart."""


def suffixed(body: str, imports: str = "") -> str:
    """The app file of ``shapes.stack`` with the suffix handed through it."""
    return f"""\
import os
import re

{IMPORTS}{textwrap.dedent(imports).strip()}
from constructs import Construct


class ExampleStack(Stack):
    def __init__(
        self, scope: Construct, construct_id: str, *, environment_suffix: str, **kwargs
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)

{textwrap.indent(textwrap.dedent(body).strip(), " " * 8)}


app = App()
{READ}ExampleStack(
    app, f"Example-{{environment_suffix}}", environment_suffix=environment_suffix
)
app.synth()
"""
