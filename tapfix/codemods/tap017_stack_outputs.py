"""A stack that does not say where its resources are.

Why it matters
Names and addresses are known when the stack is deployed, and not before: CDK makes unique names,
AWS makes URLs and endpoints. Who wants to send the first record, run the integration tests or
configure a client has to search the console, and scripts guess.

What the fix does
Every resource that people look for gets one ``CfnOutput`` at the end of the constructor: the name
of a stream, bucket or table, the endpoint of a database or cache, the ARN of a function or topic,
the URL of a queue or API, the DNS name of a load balancer, the ids of user pools and their clients,
the domain of a distribution. Never a secret. Where the constructor calls a method that makes the
outputs and nothing else, the new one goes to its end. What a helper method makes gets its output in
the constructor if ``self`` or the method's ``return`` leads there, else at the end of the method.

In a class derived from ``Construct`` the output stands in that class, as in CDK's own: so every
stack that uses the class has it, however often, and the class need not show its parts. One of a
``NestedStack`` stands in the nested stack, where its resource is.

The impact is *none*: no resource changes.

Left alone
A resource of which any output tells something that finds it (name, ARN, URL), wherever and however
it is written: by a loop, a helper, another class, ``export_value``. What CDK gives an output by
itself, ``RestApi`` above all. What is made in a loop, under a condition or by a helper that is
called several times: what such outputs are called is for someone to decide. What only serves
another resource: dead-letter queues, buckets of access logs and of pipelines, functions behind
custom resources, triggers and authorisers, and those that are the tasks of a state machine. More
than eight functions in one place: nobody looks for all of them. Tests of the app.

Reported: a resource that no name in the code holds, and a cache of which the source does not tell
which endpoint it has.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from tapfix.codemods.examples.tap017_stack_outputs import EXAMPLES
from tapfix.edits import Edit, Finding, Impact, Ref
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.outputs import read_outputs
from tapfix.model.cdk.reach import Reach, Reaches
from tapfix.model.cdk.roles import roles
from tapfix.model.lambdas.functions import FUNCTIONS
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.endpoints import Endpoint, endpoint
from tapfix.recipes.new_ids import FreeIds
from tapfix.recipes.offers import offer
from tapfix.recipes.outputs import add_output
from tapfix.rule import Rule, Severity

_UNNAMED = "no name in the code holds it: assign it to one, so that an output can speak of it"
_SERVING = re.compile(
    r"dead_?letter|dlq|on_?failure|redrive"  # queues
    r"|logs?(ging)?_?bucket|access_?logs|log_file_bucket|artifact"  # buckets
    r"|on_event_handler|is_complete_handler|service_token|lambda_triggers|hosted_rotation"
    r"|rotation_lambda|authorizer|^Trigger$|^LambdaInvoke$",  # functions
    re.IGNORECASE,
)
"""Words of arguments and classes to which is given what serves another resource only."""
_MOST_FUNCTIONS = 8
"""So many functions of one place, at most, are ones that people look for."""


def find(app: App) -> Iterator[Finding]:
    """Resources that people look for and that no output tells of."""
    ids, written = FreeIds(app), set[Ref]()
    found = list(_without_output(app))
    functions = Counter(reach.ref for one, _, reach in found if one.is_a(*FUNCTIONS))
    for construct, wanted, reach in found:
        if not construct.is_a(*FUNCTIONS) or functions[reach.ref] <= _MOST_FUNCTIONS:
            edits = _edits(app, construct, wanted, reach, ids, written)
            yield _untold(construct, wanted, edits)


def _without_output(app: App) -> Iterator[tuple[Construct, Endpoint | Obstacle, Reach]]:
    """What people look for and no output tells of, with the place for one."""
    outputs, reaches = app.once(read_outputs), app.once(Reaches)
    for construct in app.constructs:
        wanted = endpoint(construct)
        reach = reaches.of(construct) if wanted is not None else None
        if wanted is None or reach is None or outputs.tell(construct):
            continue
        if not any(map(_SERVING.search, roles(app, construct))):
            yield construct, wanted, reach


def _edits(
    app: App,
    construct: Construct,
    wanted: Endpoint | Obstacle,
    reach: Reach,
    ids: FreeIds,
    written: set[Ref],
) -> tuple[Edit, ...] | Obstacle:
    if isinstance(wanted, Obstacle):
        return wanted
    if not reach.name:
        return Obstacle(_UNNAMED)
    # Outputs stand together, an empty line away from the rest; or as the app's own before them do.
    together = reach.ref in written or reach.ends_with("CfnOutput")
    blank = 0 if together and not reach.is_spaced("CfnOutput") else 1
    written.add(reach.ref)
    return add_output(app, construct, wanted, reach, ids, blank)


def _untold(
    construct: Construct, wanted: Endpoint | Obstacle, edits: tuple[Edit, ...] | Obstacle
) -> Finding:
    what = wanted.words if isinstance(wanted, Endpoint) else "endpoint"
    message = f"{construct.label} has no output: its {what} has to be searched for after a deploy"
    offered = offer(f"put the {what} into an output", Impact.NONE, edits)
    return Finding("TAP017", construct.head, message, scope=construct.statement, **offered)


RULE = Rule(
    code="TAP017",
    name="stack-outputs",
    severity=Severity.LOW,
    find=find,
    doc=__doc__,
    examples=EXAMPLES,
)
