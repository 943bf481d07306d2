"""What becomes of a construct's resource with its stack, and the edits that let it go."""

from __future__ import annotations

from dataclasses import dataclass

from tapfix.edits import Edit, InsertStatements, Ref, WrapExpression
from tapfix.model.app import App
from tapfix.model.cdk.carriers import carrier, stands_alone
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.decisions import is_decision
from tapfix.model.cdk.policies import Elsewhere, policy_name, reaches, read_elsewhere
from tapfix.model.cdk.uses import Use
from tapfix.model.python.values import Value
from tapfix.recipes.arguments import Obstacle, add_beside, give, put
from tapfix.recipes.imports import write

DESTROY = "<RemovalPolicy>.DESTROY"
_DEFAULT_CHILD = ("node", "default_child")
_OVERRIDES = ("add_override", "add_deletion_override")
# Members of CfnDeletionPolicy, and what the template itself says, by member of RemovalPolicy.
_CLOUDFORMATION = {
    "DELETE": "DESTROY",
    "RETAIN": "RETAIN",
    "RETAINEXCEPTONCREATE": "RETAIN_ON_UPDATE_OR_DELETE",
    "SNAPSHOT": "SNAPSHOT",
}
# CloudFormation keeps a snapshot of an RDS instance without a policy, but not of one that belongs
# to a cluster or replicates another.
_NO_SNAPSHOT = ("db_cluster_identifier", "source_db_instance_identifier")


@dataclass(frozen=True, eq=False)
class Statement:
    """A statement after the constructor that sets the policy.

    ``policy`` is a member of ``RemovalPolicy``, None if it cannot be told; ``value`` the expression
    that says it, ``template`` what it has to say for the resource to go with its stack.
    """

    policy: str | None
    value: Value | None
    template: str
    use: Use


@dataclass(frozen=True, eq=False)
class Removal:
    """The policy that holds for a construct.

    ``policy`` is a member of ``RemovalPolicy``; ``said`` tells whether the source says it (else it
    is a default), ``ref`` where. ``statement`` is the statement after the constructor that decides;
    ``obstacle`` says why no edit of this construct can change the policy.
    """

    policy: str
    said: bool
    ref: Ref
    statement: Statement | None = None
    obstacle: str | None = None

    @property
    def keeps(self) -> bool:
        """Whether the resource, or a snapshot of it, outlives the stack."""
        return self.policy != "DESTROY"

    @property
    def because(self) -> str:
        """The policy in words, for a message."""
        return f"its removal policy is {self.policy}{'' if self.said else ' by default'}"


@dataclass(frozen=True, eq=False)
class Policies:
    """Reads the policies of one app."""

    app: App
    elsewhere: Elsewhere

    def kept(self, construct: Construct) -> Removal | None:
        """Why a construct's resource outlives its stack; None if it does not, or it is open."""
        found = self.of(construct)
        return found if found is not None and found.keeps else None

    def of(self, construct: Construct) -> Removal | None:
        """The policy that holds for a construct; None where it depends on a decision."""
        first = _constructed(construct)
        if first is None or is_decision(self.app, construct):
            return None
        shown = self._is_shown_kept(construct)
        if self.elsewhere.walks and not shown:
            return None
        if self.elsewhere.strays and not shown and _escapes(self.app, construct):
            return None
        statements = _statements(self.app, construct)
        if any(s.policy is None or s.use.conditional for s in statements):
            return None
        if statements:
            if not _in_order(statements):
                return None
            last = statements[-1]
            assert last.policy is not None and last.value is not None
            first = Removal(last.policy, True, last.value.ref, last)
        return first if shown else self._swept(construct, first)

    def _is_shown_kept(self, construct: Construct) -> bool:
        """Whether a synthesis showed that nothing elsewhere lets the resource go, in any run."""
        made = self.app.made(construct)
        return bool(made) and all(one.kept for one in made) and self.elsewhere.steady

    def _swept(self, construct: Construct, removal: Removal) -> Removal | None:
        """The policy after ``RemovalPolicies.of(…)``, which is asked when the app synthesises."""
        has_policy = removal.said or construct.cls.level > 1
        found = [
            (sweep, reached)
            for sweep in self.elsewhere.sweeps
            if not (sweep.only_missing and has_policy)
            and (reached := reaches(self.app, sweep, construct)) is not False
        ]
        if not found:
            return removal
        policies = {sweep.policy for sweep, _ in found}
        if len(policies) > 1 or not all(sweep.sure and reached for sweep, reached in found):
            return None
        sweep = found[0][0]
        assert sweep.policy is not None
        obstacle = f"RemovalPolicies.of({sweep.target.source}) has the last word on its policy"
        return Removal(sweep.policy, True, construct.head, None, obstacle)


def read_policies(app: App) -> Policies:
    """The reader of an app's policies."""
    return Policies(app, app.once(read_elsewhere))


def said_policy(construct: Construct) -> str | None:
    """The policy that the argument ``removal_policy`` says, if it is known to say one."""
    value = construct.value("removal_policy")
    return policy_name(value) if value is not None else None


def _constructed(construct: Construct) -> Removal | None:
    """The policy that the constructor gives; None if it is a decision."""
    value = construct.value("removal_policy")
    if value is None or (value.kind == "constant" and value.constant is None):
        is_open = construct.open and "removal_policy" in construct.cls.arguments
        ref = construct.head if value is None else value.ref
        return None if is_open and value is None else Removal(_default(construct), False, ref)
    policy = policy_name(value)
    return None if policy is None or value.is_inherited else Removal(policy, True, value.ref)


def _default(construct: Construct) -> str:
    if construct.is_a("aws_rds.CfnDBInstance"):
        given = (construct.argument(name) is not None for name in _NO_SNAPSHOT)
        if construct.open or any(given):
            return "DESTROY"
    return construct.cls.default_removal or "DESTROY"


def _statements(app: App, construct: Construct) -> list[Statement]:
    """What sets the policy after the constructor; overrides of the template come last, as there."""
    found = [s for use in app.uses(construct) if (s := _statement(use)) is not None]
    return sorted(found, key=lambda s: s.use.method in _OVERRIDES)


def _statement(use: Use) -> Statement | None:
    own = use.chain[2:] if use.chain[:2] == _DEFAULT_CHILD else use.chain
    if use.kind == "assign" and own == ("cfn_options", "deletion_policy"):
        name = use.value.cdk if use.value is not None else ""
        member = name.removeprefix("CfnDeletionPolicy.").replace("_", "")
        return Statement(_CLOUDFORMATION.get(member), use.value, "<CfnDeletionPolicy>.DELETE", use)
    if use.kind != "call" or len(own) != 1 or use.value is None:
        return None
    if own[0] == "apply_removal_policy":
        given = use.value.argument("policy", 0)
        return Statement(policy_name(given) if given is not None else None, given, DESTROY, use)
    path = use.value.argument("path", 0)
    if path is None or path.constant != "DeletionPolicy" or own[0] not in _OVERRIDES:
        return None
    given = use.value.argument("value", 1)
    text = str(given.constant).upper() if given is not None else ""
    return Statement(_CLOUDFORMATION.get(text), given, '"Delete"', use)


def _in_order(statements: list[Statement]) -> bool:
    """Whether it is plain which statement comes last: they agree, or stand in one function."""
    functions = {s.use.module.scope_of(s.use.node).function for s in statements}
    return len(functions) == 1 or len({s.policy for s in statements}) == 1


def _escapes(app: App, construct: Construct) -> bool:
    """Whether a construct goes where names cannot be followed: a list, a dict, a method's hands."""
    return any(
        use.kind == "escape"
        or (use.kind == "argument" and use.value is not None and not use.value.is_known)
        for use in app.uses(construct)
    )


def destroy(
    app: App,
    construct: Construct,
    removal: Removal,
    companion: str | None = None,
    keyword_too: bool = False,
) -> tuple[Edit, ...] | Obstacle:
    """The edits that let a kept resource go with its stack.

    ``companion`` is an argument that empties the resource first; it is valid only beside
    ``removal_policy=RemovalPolicy.DESTROY`` in the constructor. ``keyword_too``: the argument
    changes also where a later statement decides.
    """
    if removal.obstacle is not None:
        return Obstacle(removal.obstacle)
    edits: tuple[Edit, ...] = ()
    if removal.statement is not None:
        assert removal.statement.value is not None
        edits = put(app, removal.statement.value, removal.statement.template)
    in_call = removal.statement is None or companion is not None or keyword_too
    if in_call and said_policy(construct) != "DESTROY":
        given = _give_policy(app, construct)
        if isinstance(given, Obstacle):
            return given
        edits += given
    if companion is not None:
        added = _switch_on(app, construct, companion)
        if isinstance(added, Obstacle):
            return added
        edits += added
    return edits


def _give_policy(app: App, construct: Construct) -> tuple[Edit, ...] | Obstacle:
    if "removal_policy" in construct.cls.arguments:
        return give(app, construct, "removal_policy", DESTROY)
    code = write(app, construct.module, construct.node, f".apply_removal_policy({DESTROY})")
    if stands_alone(construct):
        return (WrapExpression(construct.ref, "", code.text), *code.imports)
    name = carrier(construct)
    if name is None:
        return Obstacle("the resource has no name by which a statement could give it a policy")
    return (InsertStatements(construct.statement, name + code.text), *code.imports)


def _switch_on(app: App, construct: Construct, name: str) -> tuple[Edit, ...] | Obstacle:
    value = construct.value(name)
    if value is None:
        if construct.open:
            return Obstacle(f"`**` may hold {name} already")
        return add_beside(app, construct, "removal_policy", name, "True")
    if value.kind != "constant" or value.constant:
        return ()
    return give(app, construct, name, "True")
