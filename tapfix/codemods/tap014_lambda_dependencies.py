"""A Lambda function without the packages that its code imports.

The handler, or a module that it imports from the folder it is deployed with, imports a distribution
that neither Python, nor Lambda's runtime, nor that folder, nor a layer brings.

Why it matters
The function fails before its first line runs: ``Unable to import module``. Nothing shows that at
synth or deploy, and on the developer's machine, where the package is installed, all tests pass.

What the fix does
It writes ``lib/layers/<name>/requirements.txt``, with versions from the one known when this was
made to below the next major one, or as the app's own ``requirements.txt`` has them; a
``lambda_.LayerVersion`` before the functions that need it; and ``layers=[...]`` on them. Functions
that lack the same package share a layer. ``lib/layers/bundling.py`` installs the packages at synth:
by pip or uv, as wheels for the functions' runtime and architecture, and only where that fails in
Docker. Where a layer of the app holds all that is missing, the function gets that one. A
``PythonFunction`` without any list of packages gets a ``requirements.txt`` in its own folder.

The impact is *in place*: the function is updated.

Left alone
What code can do without: imports under ``try``/``except ImportError``, under ``TYPE_CHECKING`` or
another condition. ``boto3`` and what comes with it. Folders that hold the package, are bundled
(``Code.from_asset(…, bundling=…)``), come from a Docker image, or change ``sys.path``; folders
that a script, a ``Makefile`` or the ``README.md`` has packages installed into (``pip install -t``);
functions with a layer of which the source does not show what it holds, or that may get one where
names do not lead; ``PythonFunction`` with a lock file.

Reported without a fix: a module of which it is not known which distribution brings it, one of
the app's that is not deployed, one that this Python has no longer; a runtime or architecture that
the source does not tell; a helper that makes several functions outside a class; Lambda@Edge; more
than Lambda takes: five layers, 250 MB.
"""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.codemods.examples.tap014_lambda_dependencies import EXAMPLES
from tapfix.edits import Finding, Impact
from tapfix.model.app import App
from tapfix.model.lambdas.dependencies import Needs, read_needs
from tapfix.recipes.layers.layers import Layers
from tapfix.recipes.offers import offer
from tapfix.rule import Rule, Severity


def find(app: App) -> Iterator[Finding]:
    """Functions that cannot be loaded, for want of packages."""
    for needs in app.once(read_needs):
        if needs.names:
            yield _lacking(app, needs)
        yield from _unknown(needs)


def _lacking(app: App, needs: Needs) -> Finding:
    function = needs.function
    message = (
        f"{function.label} cannot be loaded: its code imports {_listed(needs.names)},"
        " which nothing installs for it"
    )
    title = "declare what it needs" if needs.builds else "install them in a layer"
    offered = offer(title, Impact.IN_PLACE, app.once(Layers.of).edits[function])
    return Finding("TAP014", function.head, message, scope=function.statement, **offered)


def _unknown(needs: Needs) -> Iterator[Finding]:
    """One finding for each module that no fix can bring."""
    for one in needs.absent:
        if not one.is_known:
            function = needs.function
            message = f"{function.label} cannot be loaded: its code imports {one.name}"
            yield Finding(
                "TAP014", function.head, message, reason=one.reason, scope=function.statement
            )


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


RULE = Rule(
    code="TAP014",
    name="lambda-dependencies",
    severity=Severity.CRITICAL,
    find=find,
    doc=__doc__,
    examples=EXAMPLES,
)
