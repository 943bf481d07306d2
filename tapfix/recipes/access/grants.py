"""Granting a function what it needs: a grant call, or AWS's policy for functions in a VPC."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from tapfix.edits import AppendElement, Edit, InsertStatements, Ref
from tapfix.knowledge.permissions import covers, load
from tapfix.model.access.needs import Need
from tapfix.model.access.principals import Principal
from tapfix.model.access.rights import part, rights_of
from tapfix.model.app import App
from tapfix.model.cdk.carriers import carrier
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.stacks import in_same_stack, made_from, may_refer
from tapfix.model.python.callers import home
from tapfix.model.python.modules import Module
from tapfix.recipes.arguments import Obstacle, give
from tapfix.recipes.imports import write
from tapfix.recipes.spelling import Held, held, here, is_steady, spelled

_VPC_POLICY = "service-role/AWSLambdaVPCAccessExecutionRole"
_VPC_TEMPLATE = f'<aws_iam.ManagedPolicy>.from_aws_managed_policy_name("{_VPC_POLICY}")'
NETWORK_ACTION = "ec2:CreateNetworkInterface"
_TOO_WIDE = ("grant_full_access", "grant_all_put_events")
_SECRET = "aws_secretsmanager.Secret"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the grants of a function go, and how that place calls the one that gets them."""

    module: Module
    anchor: ast.stmt
    before: bool
    grantee: str

    @property
    def ref(self) -> Ref:
        """The statement beside which they go."""
        return self.module.ref(self.anchor)


def grant(
    app: App, need: Need, whose: Principal, missing: frozenset[str]
) -> tuple[Edit, ...] | Obstacle:
    """The edits that allow a function what it may not do yet."""
    construct = need.resource.construct
    methods = narrowest(_known_grants(app, need), missing)
    if methods is None:
        actions = ", ".join(sorted(missing))
        return Obstacle(f"no grant method of {construct.label} gives {actions}: a policy must")
    if construct in made_from(app, whose.role.construct if whose.role else need.function):
        return Obstacle(
            f"{construct.label} waits for the function: then each would wait for the other"
        )
    obstacle = _between_stacks(app, need, whose)
    if obstacle is not None:
        return obstacle
    place = _place(app, need, whose)
    if isinstance(place, Obstacle):
        return place
    place = _behind(app, place, construct)
    resource = here(app, need.resource, place.module, place.anchor)
    if resource is None:
        return Obstacle(f"nothing beside the function leads to {construct.label}")
    target = ".".join((resource, *part(need.resource)))
    text = "\n".join(f"{target}.{method}({place.grantee})" for method in methods)
    edits = (InsertStatements(place.ref, text, before=place.before),)
    if whose.role is None:
        return edits
    # Functions that share a role share its grants: one statement, behind the first of them.
    key = (whose.role.construct, need.key, methods)
    return app.once(_of_roles).setdefault(key, edits)


_RoleKey = tuple[Construct, tuple[Construct, tuple[str, ...]], tuple[str, ...]]


def _of_roles(app: App) -> dict[_RoleKey, tuple[Edit, ...]]:
    del app
    return {}


def narrowest(
    grants: Mapping[str, tuple[str, ...]], actions: frozenset[str]
) -> tuple[str, ...] | None:
    """The one or two grant methods that give all actions and the least besides."""
    known = sorted(name for name in grants if name not in _TOO_WIDE)
    tries = [(name,) for name in known] + list(itertools.combinations(known, 2))
    enough = [
        names
        for names in tries
        if all(covers((a for name in names for a in grants[name]), action) for action in actions)
    ]

    def width(names: tuple[str, ...]) -> tuple[int, int, int]:
        given = sum(len(grants[name]) for name in names)
        return given, len(names), sum(map(len, names))

    return min(enough, key=width) if enough else None


def _known_grants(app: App, need: Need) -> Mapping[str, tuple[str, ...]]:
    cls = need.resource.construct.cls
    if part(need.resource):
        found = app.catalogue.callee(_SECRET)
        assert found is not None
        cls = found
    return load().grants(cls)


def _between_stacks(app: App, need: Need, whose: Principal) -> Obstacle | None:
    """A grant lands in the stack of the role: that one may not be needed by the resource's."""
    owner = whose.role.construct if whose.role is not None else need.function
    resource = need.resource.construct
    if not may_refer(app, owner, resource):
        return Obstacle(
            "the grant may land in another stack, for which the resource's may have to wait"
        )
    if _has_key(need) and not in_same_stack(app, owner, resource):
        # The policy of the secret's key then names the role: each stack waits for the other.
        return Obstacle("the secret's own key would have to name the role of another stack")
    return None


def _has_key(need: Need) -> bool:
    """Whether a secret has a key of the app's own, or may have one."""
    construct = need.resource.construct
    if part(need.resource):
        credentials = construct.value("credentials")
        return credentials is not None and (
            not credentials.is_known or credentials.argument("encryption_key") is not None
        )
    is_secret = construct.is_a(_SECRET)
    return is_secret and (construct.open or construct.argument("encryption_key") is not None)


# Where


def _place(app: App, need: Need, whose: Principal) -> _Place | Obstacle:
    module, anchor = need.module, need.anchor
    role = _role_text(app, whose, module, anchor)
    if need.mapping is not None:
        name = role or spelled(app, need.function, module, anchor)
        if name is None:
            return Obstacle("nothing beside the event source mapping leads to the function")
        return _Place(module, anchor, isinstance(anchor, ast.Return), name)
    if role is not None:
        return _Place(module, anchor, not _goes_on(anchor), role)
    return function_place(app, need.function)


def function_place(app: App, function: Construct) -> _Place | Obstacle:
    """The place behind a function's statement, and its name there."""
    module = function.module
    anchor = module.names.statement(function.node)
    if function.inherited:
        around = app.function_around(function)
        assert around is not None
        return _Place(module, anchor, before=False, grantee=around.positional[0])
    found = held(app, function)
    if found is not None:
        return _Place(found.module, found.statement, before=False, grantee=found.name)
    return Obstacle("no name holds the function: give it one, and grant to that")


def _behind(app: App, place: _Place, construct: Construct) -> _Place:
    """The place, or that behind a construct's own statement if it comes later in the same block."""
    made = held(app, construct)
    if made is None or made.module is not place.module:
        return place
    parents = place.module.names.parents
    is_beside = parents[made.statement] is parents[place.anchor]
    is_later = made.module.ref(made.statement).offset > place.ref.offset
    if is_beside and is_later and is_steady(Held(place.module, place.anchor, place.grantee)):
        return _Place(made.module, made.statement, before=False, grantee=place.grantee)
    return place


def _goes_on(statement: ast.stmt) -> bool:
    """Whether what follows a statement in its block runs."""
    return not isinstance(statement, ast.Return)


def _role_text(app: App, whose: Principal, module: Module, anchor: ast.stmt) -> str | None:
    """How a place names a role of the app's own, unless its function gets grants there already."""
    if whose.role is None:
        return None
    if carrier(whose.function) is not None and _gets_grants(app, whose.function):
        return None
    return here(app, whose.role, module, anchor)


def _gets_grants(app: App, function: Construct) -> bool:
    """Whether the app grants to the function itself, not to its role."""
    for use in app.uses(function):
        call = use.module.names.parents.get(use.node)
        method = call.func if isinstance(call, ast.Call) else None
        if use.kind == "argument" and isinstance(method, ast.Attribute):
            is_grant = method.attr.startswith("grant")
            if is_grant and home(use.module, method) is home(function.module, function.node):
                return True
    return False


# The network interfaces of a function in a VPC


def lacks_vpc_policy(app: App, whose: Principal) -> bool:
    """Whether a function's role certainly does not let it have network interfaces in a VPC.

    CDK gives a role that it makes itself the policy for that.
    """
    if whose.role is None:
        return False
    return rights_of(app, whose).lack(NETWORK_ACTION, None)


def vpc_policy(app: App, role: Construct) -> tuple[Edit, ...] | Obstacle:
    """The edits that add AWS's policy for functions in a VPC to a role."""
    given = role.value("managed_policies")
    added = [u for u in app.uses(role) if u.kind == "call" and u.chain == ("add_managed_policy",)]
    if given is None and not added:
        return give(app, role, "managed_policies", f"[{_VPC_TEMPLATE}]")
    if given is not None and given.is_direct and isinstance(given.origin, ast.List):
        code = write(app, given.module, role.node, _VPC_TEMPLATE)
        return (AppendElement(given.ref, code.text), *code.imports)
    name = carrier(role)
    if name is None:
        return Obstacle("the list of its role's policies is made elsewhere")
    anchor = role.module.names.statement(role.node)
    if added and added[0].module is role.module and not added[0].conditional:
        anchor = role.module.names.statement(added[0].node)
    code = write(app, role.module, role.node, _VPC_TEMPLATE)
    text = f"{name}.add_managed_policy({code.text})"
    return (InsertStatements(role.module.ref(anchor), text), *code.imports)
