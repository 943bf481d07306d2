"""A resource whose name is the same in every environment.

A physical name can exist once in an account and region. Two environments of one app need two names,
so each name holds a suffix that says which environment it belongs to.

Why it matters
The second environment does not deploy: CloudFormation answers that the name exists already, or,
worse, both environments write to one resource. Names that may occur twice leave people guessing
which database or network they look at.

What the fix does
The name gets the suffix at its end: ``f"orders-{environment_suffix}"``. ``.fifo`` stays last; the
trailing ``-stream`` of a stream's name gives way to the suffix unless two names would meet. The
suffix is what the place already has: a local or parameter called ``environment_suffix``,
``env_name``, ``stage`` and the like, ``self.environment_suffix``, ``props.environment_suffix``, if
it is known to be a plain string and can differ: a default that no call overrides is none; or
``self.config["environment"]``, of which other texts of the class are made. Where there is none, the
constructor takes ``environment_suffix: str``, keeps it on ``self`` for its other methods, and every
call passes it, up to the app file, which reads the context value ``environmentSuffix`` or the
environment variable ``ENVIRONMENT_SUFFIX`` and checks it. Where stacks of the app ask the context
themselves, ``self.node.try_get_context("stage")``, the app file asks it the same. There the ids of
the stacks get the suffix too, since two environments are two stacks. Tests that construct the class
pass ``"test"``, and names they assert follow.

Whatever else holds the name follows it: look-ups (``from_bucket_name``), ARNs, environment
variables, ``Fn.import_value`` of an ``export_name``, and of the names that CDK made of a stack's
(``"Orders:ExportsOutput…"``). In a handler the name becomes ``os.environ["…"]``, and the function's
``environment`` gets that variable.

The construct id of a class of EC2 whose Name tag is made of the id (``ec2.Vpc``, ``ec2.Instance``;
the catalogue takes them from the library's code) gets the suffix where no argument and no Name tag
of its own names it.

The impact is *replaces*: CloudFormation makes a new resource for a new name or id, or the whole
stack anew where its id changes. Where the old resource holds data and its removal policy is
DESTROY, it is *data dies at the next deploy*. Names that CloudFormation changes in place are *in
place*.

Left alone
Names that hold a parameter, a context value, a token of another resource or anything else that the
source does not tell: someone decided. Account and region alone do not count. Names that need only
be unique below a parent (an API's stage or authorizer, a Lambda alias), names of subnets, domain
names. Ids in loops. Constructs in a branch that asks for the environment. Reported, and not mended,
are names whose suffix would go beyond the greatest length, names that say which environment they
are for (``orders-prod``), a class that nothing in the app constructs or that is handed on as a
value, stacks whose ids name their environments or that code looks up by their ids, a variable that
may be no plain string, or hold capitals where the name takes none, secrets that Airflow finds by
what its DAGs ask for (``airflow/connections/…``), and names that stand where they cannot be
followed: in a query, say, or in another text with a syntax of its own. Types of a GraphQL schema
and files of code that are called like a resource keep their names. With ``construct-ids = "never"``
(profile ``production``) no id changes, not even a stack's.
"""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.codemods.examples.tap001_choices import CHOICES
from tapfix.codemods.examples.tap001_environment_suffix import EXAMPLES
from tapfix.edits import Finding, Fix, Impact
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.keeping.removal import Policies, read_policies
from tapfix.recipes.naming.ids import must_vary
from tapfix.recipes.naming.renamer import ID, FixedName, Mended, Renamer
from tapfix.rule import Rule, Severity

_CODE = "TAP001"


def find(app: App) -> Iterator[Finding]:
    """Names, and ids that people read as names, that do not vary with the environment."""
    renamer = Renamer(app)
    policies = read_policies(app)
    for name in renamer.fixed:
        mended = renamer.mend(name)
        yield _finding(name, mended, _impact(policies, name, mended))
    for construct in app.constructs:
        if must_vary(app, construct):
            fixed = renamer.fixed_id(construct)
            mended_id = renamer.mend_id(fixed) if fixed is not None else None
            if fixed is not None and mended_id is not None:
                yield _finding(fixed, mended_id, _replaced(policies, construct))


def _finding(name: FixedName, mended: Mended | Obstacle, impact: Impact) -> Finding:
    ref, scope, message = name.value.ref, name.construct.statement, _message(name)
    if isinstance(mended, Obstacle):
        return Finding(_CODE, ref, message, reason=mended.reason, scope=scope)
    title = f"add the environment suffix to the {name.argument}"
    stateful = name.construct.cls.stateful and impact is not Impact.IN_PLACE
    return Finding(_CODE, ref, message, Fix(title, impact, mended.edits, stateful), scope=scope)


def _message(name: FixedName) -> str:
    label = name.construct.label
    if name.is_export:
        return f"{label} exports the same name in every environment, so a second one cannot deploy"
    if name.argument == ID:
        return f"{label} has an id, and so a name, that is the same in every environment"
    known = f'the name "{name.text}"' if name.is_literal else "the same name"
    if name.construct.cls.name_unique:
        return f"{label} has {known} in every environment, so a second one cannot deploy"
    return f"{label} has {known} in every environment, so they cannot be told apart"


def _impact(policies: Policies, name: FixedName, mended: Mended | Obstacle) -> Impact:
    """What the new name does: the stack's new id replaces what the name itself would not."""
    argument = name.construct.cls.arguments[name.argument]
    renames_stack = isinstance(mended, Mended) and bool(mended.stacks)
    if argument.replaces or renames_stack:
        return _replaced(policies, name.construct)
    return Impact.IN_PLACE


def _replaced(policies: Policies, construct: Construct) -> Impact:
    policy = policies.of(construct) if construct.cls.stateful else None
    dies = policy is not None and not policy.keeps
    return Impact.DATA_DIES_AT_NEXT_DEPLOY if dies else Impact.REPLACES


RULE = Rule(
    code=_CODE,
    name="environment-suffix",
    severity=Severity.CRITICAL,
    find=find,
    doc=__doc__,
    examples=EXAMPLES + CHOICES,
)
