"""A Lambda function whose code is a text in the stack.

Why it matters
No linter, type checker or test reads code that stands in quotes. It cannot import a module of its
own, CloudFormation takes 4096 characters of it at most, and it shows as one changed string in a
review. Often it is a placeholder, while the real handler lies in the app and is never deployed.

What the fix does
The text goes to a file of its own, called after the construct, in the folder in which the app
keeps its functions (``lambda`` beside the stack's file, if there is none yet). The function gets
``Code.from_asset`` of that folder, spelled as the file spells other paths, and
``<file>.<function>`` as its handler. A constant, variable or method that only led to the text goes,
its comments move to the file. Where a file is read only to be put into the stack, its folder is
deployed, or the file moves to one that holds no stack code. A ``CfnFunction`` gets an
``aws_s3_assets.Asset`` before it. The impact is *in place*: CloudFormation updates the code of the
function, which does what it did.

Where the app holds a handler that nothing deploys, that is called like the function (its id, its
name or the module that it is told to run, in snake case) and that defines the same function, this
handler is deployed and the text goes. The impact is then *behaviour*: the function begins to do
what was written for it.

If git ignores the folder of a new file (``lib`` is on many ignore lists), add the file with
``git add --force``.

Left alone
Code that is a parameter or hangs on a condition, that comes from a bucket or a folder already, and
inline code of CloudFront, AppSync and canaries. Reported without a fix: a text that is put together
at synth (pass its values as environment variables), one that uses ``cfnresponse`` or
``cfn-response``, which exist in inline code only, one whose language or handler the source does not
tell, or that does not define its handler. A constant that several functions read stays.
"""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.codemods.examples.tap008_inline_lambda import EXAMPLES
from tapfix.edits import Finding, Impact
from tapfix.model.app import App
from tapfix.model.lambdas.inline import InlineFunction
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.code.inline_code import Deployment, edits_for, plan_deployments
from tapfix.recipes.code.orphans import missing_imports
from tapfix.recipes.offers import offer
from tapfix.rule import Rule, Severity


def find(app: App) -> Iterator[Finding]:
    """Lambda functions that get their code as a text."""
    for inline, deployment in app.once(plan_deployments):
        yield _found(app, inline, deployment)


def _found(app: App, inline: InlineFunction, deployment: Deployment | Obstacle) -> Finding:
    construct = inline.function.construct
    argument = construct.argument("code")
    ref = argument.value.ref if argument is not None else construct.head
    message = f"{construct.label} carries its code as a text, which no linter and no test reads"
    if isinstance(deployment, Obstacle):
        reason = deployment.reason
        return Finding("TAP008", ref, message, reason=reason, scope=construct.statement)
    file, impact = app.relative(deployment.file), Impact.IN_PLACE
    title = f"deploy {file}, which holds it"
    if deployment.text is not None:
        title = f"move the code to {file}"
    if deployment.moved is not None:
        title = f"move {app.relative(deployment.moved)} to {file} and deploy it"
    if deployment.orphan is not None:
        impact = Impact.BEHAVIOUR
        message += _about_orphan(app, inline, deployment)
        title = f"deploy {file}; the inline text goes"
    offered = offer(title, impact, edits_for(app, inline, deployment))
    return Finding("TAP008", ref, message, scope=construct.statement, **offered)


def _about_orphan(app: App, inline: InlineFunction, deployment: Deployment) -> str:
    """What to know of the handler that takes the place of the text."""
    assert deployment.orphan is not None
    text = f"; its handler {app.relative(deployment.file)} is deployed by nothing"
    missing = missing_imports(app, deployment.orphan, inline.function.construct)
    if missing:
        text += f", and needs {', '.join(missing)}, which Lambda does not provide (TAP014)"
    return text


RULE = Rule(
    code="TAP008",
    name="inline-lambda",
    severity=Severity.HIGH,
    find=find,
    doc=__doc__,
    examples=EXAMPLES,
)
