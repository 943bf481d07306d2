"""Moving a function into the VPC of what it reaches, with a security group of its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tapfix.edits import Edit, InsertStatements
from tapfix.model.access.connections import Connection, needs_way_out
from tapfix.model.access.datastores import DataStore, subnet_types, types_of_network
from tapfix.model.access.principals import principal
from tapfix.model.access.rights import rights_of
from tapfix.model.app import App
from tapfix.model.cdk.carriers import carrier
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.references import Reference, reference
from tapfix.model.cdk.stacks import may_refer
from tapfix.model.python.callers import home
from tapfix.model.python.modules import Module
from tapfix.model.python.values import Value
from tapfix.recipes.access.grants import NETWORK_ACTION, vpc_policy
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.imports import write
from tapfix.recipes.naming.suffix import Suffixes
from tapfix.recipes.new_ids import FreeIds, places_of
from tapfix.recipes.spelling import here, spelled

_PLAIN = re.compile(r"[\w.]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[A-Za-z0-9]+")
_GROUP = "aws_ec2.SecurityGroup"
_FOR_FUNCTIONS = re.compile(r"lambda|function|(?<![a-z])fn(?![a-z])", re.IGNORECASE)
_LONGEST = 255 - 13
"""EC2 takes names of 255 characters; a suffix may have 12."""


@dataclass(frozen=True, slots=True)
class Network:
    """How the place of a function calls the VPC, and the construct if the app makes it."""

    text: str
    construct: Construct | None


@dataclass(frozen=True, slots=True)
class OwnGroup:
    """The variable that holds a new security group, and the edits that make it."""

    name: str
    edits: tuple[Edit, ...]


def join(
    app: App, ids: FreeIds, function: Construct, reached: Sequence[Connection]
) -> tuple[Edit, ...] | Obstacle:
    """The edits that put a function into the VPC of what it reaches."""
    obstacle = _unmovable(function)
    if obstacle is not None:
        return obstacle
    network = network_of(app, function, [one.store for one in reached])
    if isinstance(network, Obstacle):
        return network
    kind = _subnets(app, function, network, [one.store for one in reached])
    if isinstance(kind, Obstacle):
        return kind
    allowed = _allowed(app, function)
    if isinstance(allowed, Obstacle):
        return allowed
    group = own_group(app, ids, function, network.text)
    if isinstance(group, Obstacle):
        return group
    selection = f"<aws_ec2.SubnetSelection>(subnet_type=<aws_ec2.SubnetType>.{kind})"
    subnets = write(app, function.module, function.node, selection)
    return (
        *group.edits,
        function.set("vpc", network.text),
        function.set("vpc_subnets", subnets.text),
        function.set("security_groups", f"[{group.name}]"),
        *subnets.imports,
        *allowed,
    )


def _unmovable(function: Construct) -> Obstacle | None:
    if function.is_a("aws_cloudfront.experimental.EdgeFunction"):
        return Obstacle("a function of Lambda@Edge cannot lie in a VPC")
    if function.cls.level == 1:
        return Obstacle("CfnFunction takes lists of ids; lambda_.Function has vpc")
    if function.inherited:
        return Obstacle("its class makes it before it has a security group of its own")
    if function.module.scope_of(function.node).kind == "comprehension":
        return Obstacle("it is made in a comprehension, which has no place for a security group")
    return None


# The VPC


def network_of(app: App, function: Construct, stores: Sequence[DataStore]) -> Network | Obstacle:
    """The VPC of some data stores, as the place of a function calls it."""
    given = [store.network for store in stores if store.network is not None]
    found = [reference(app, value.module, value.node) for value in given]
    if len({value.origin for value in given}) > 1 and len({_made(one) for one in found}) > 1:
        return Obstacle("what it reaches lies in several VPCs")
    first = found[0]
    if first is not None and (first.chain or not first.construct.is_a("aws_ec2.Vpc")):
        return Obstacle("the VPC is an L1 construct, which functions do not take")
    text = _spelled(app, function, given[0], first)
    if text is None:
        return Obstacle("nothing beside the function leads to the VPC")
    if first is not None and not may_refer(app, function, first.construct):
        return Obstacle("the VPC belongs to a stack that may have to wait for the function's")
    return Network(text, first.construct if first is not None else None)


def _made(found: Reference | None) -> ast.AST | None:
    return found.construct.node if found is not None else None


def _spelled(app: App, function: Construct, given: Value, found: Reference | None) -> str | None:
    module = function.module
    if found is not None:
        return here(app, found, module, module.names.statement(function.node))
    # An imported VPC has no construct: it is called what the data store's own call calls it.
    plain = given.kind == "call" and isinstance(given.node, (ast.Name, ast.Attribute))
    same = given.module is module and home(module, given.node) is home(module, function.node)
    return given.source if plain and same and ".from_" in given.cdk else None


# Subnets


def _subnets(
    app: App, function: Construct, network: Network, stores: Sequence[DataStore]
) -> str | Obstacle:
    """The member of ``SubnetType`` that the function's subnets have."""
    kinds = types_of_network(network.construct) if network.construct is not None else None
    used = frozenset(kind for store in stores for kind in subnet_types(store.subnets))
    if kinds is None:
        kinds = used
    if "PRIVATE_WITH_EGRESS" in kinds and not _has_no_gateway(network):
        return "PRIVATE_WITH_EGRESS"
    private = kinds & {"PRIVATE_WITH_EGRESS", "PRIVATE_ISOLATED"}
    if not private:
        known = "the source does not tell which private subnets" if not kinds else "public subnets"
        return Obstacle(f"{known} the VPC has" if not kinds else f"the VPC has only {known}")
    reason = needs_way_out(app, function)
    if reason is not None:
        return Obstacle(
            f"the VPC's private subnets have no way out, and {reason}: it needs a NAT"
            " gateway or VPC endpoints first"
        )
    return min(private)


def _has_no_gateway(network: Network) -> bool:
    given = network.construct.value("nat_gateways") if network.construct is not None else None
    return given is not None and given.constant == 0


# The role


def _allowed(app: App, function: Construct) -> tuple[Edit, ...] | Obstacle:
    """The edits that let a role of the app's own have network interfaces, if it may not yet."""
    whose = principal(app, function)
    if whose is None or whose.imported:
        return Obstacle(
            "its role may not let it make network interfaces, which Lambda then refuses"
        )
    if whose.role is None:
        return ()
    rights = rights_of(app, whose)
    if any(right.allows(NETWORK_ACTION, None) for right in rights.rights):
        return ()
    if rights.open:
        return Obstacle("whether its role lets it make network interfaces is not to be seen")
    return vpc_policy(app, whose.role.construct)


# The security group


def own_group(app: App, ids: FreeIds, function: Construct, network: str) -> OwnGroup | Obstacle:
    """A security group for a function in the VPC that its place calls ``network``."""
    module, scope = function.module, function.scope
    statement = module.names.statement(function.node)
    waiting = _waiting(app, function, network)
    if waiting is not None:
        return OwnGroup(waiting, ())
    written_id = _id(app, ids, function)
    if written_id is None or scope is None:
        return Obstacle("its id is put together in a way that leaves no place for another id")
    stem = _stem(function)
    name = _variable(function, stem)
    physical, edits = _physical(app, function, stem)
    arguments = [scope.source, written_id, f"vpc={network}", *physical]
    arguments.append(f'description="Network access of {stem or "the function"}"')
    template = f"{name} = <{_GROUP}>({', '.join(arguments)})"
    code = write(app, module, _near(app, function), template)
    blank = _blank(module, statement)
    insert = InsertStatements(module.ref(statement), code.text, before=True, blank=blank)
    return OwnGroup(name, (insert, *code.imports, *edits))


def _waiting(app: App, function: Construct, network: str) -> str | None:
    """The one group beside the function that was made for a function, and that nothing has yet."""
    module = function.module
    statement = module.names.statement(function.node)
    found = []
    for group in app.of(_GROUP):
        known = group.id.constant if group.id is not None else None
        words = f"{known} {carrier(group)}"
        vpc = group.value("vpc")
        if _FOR_FUNCTIONS.search(words) and vpc is not None and not _is_taken(app, group):
            text = spelled(app, group, module, statement)
            if text is not None and group.module is module and vpc.source == network:
                found.append(text)
    return found[0] if len(found) == 1 else None


def _is_taken(app: App, group: Construct) -> bool:
    """Whether a security group is given to something, or may be."""
    uses = app.uses(group)
    return any(use.kind == "escape" or use.chain == ("security_group_id",) for use in uses)


def _blank(module: Module, statement: ast.stmt) -> int:
    """An empty line behind the group where there is one before the statement."""
    lines = module.file.text.splitlines()[: statement.lineno - 1]
    while lines and lines[-1].lstrip().startswith("#"):
        lines.pop()
    return int(bool(lines) and not lines[-1].strip())


def _near(app: App, function: Construct) -> ast.AST:
    """A call whose spelling the new one follows: that of a security group beside it, if any."""
    groups = (one for one in app.of(_GROUP) if one.module is function.module)
    return next((one.node for one in groups), function.node)


def _id(app: App, ids: FreeIds, function: Construct) -> str | None:
    given = function.id
    if given is None:
        return None
    if isinstance(given.constant, str) and given.is_direct:
        places = places_of(app, function.module, function.node)
        return f'"{ids.take(places, f"{pascal(given.constant)}SecurityGroup")}"'
    source = given.source
    if isinstance(given.node, ast.JoinedStr) and source[:2] in ('f"', "f'"):
        return f"{source[:-1]}SecurityGroup{source[-1]}"
    if isinstance(given.node, (ast.Name, ast.Attribute)):
        return f'f"{{{source}}}SecurityGroup"'
    return None


def _stem(function: Construct) -> str:
    known = function.id.constant if function.id is not None else None
    return pascal(known) if isinstance(known, str) else ""


def pascal(text: str) -> str:
    """A text as the id of a construct: ``news-stream`` and ``news_stream`` give ``NewsStream``."""
    return "".join(word[:1].upper() + word[1:] for word in _WORD.findall(text))


def snake(text: str) -> str:
    """A text as a variable is called: ``NewsStream`` gives ``news_stream``."""
    return "_".join(_WORD.findall(_HUMP.sub("_", text).replace("_", " "))).lower()


def _variable(function: Construct, stem: str) -> str:
    held = (carrier(function) or "").rpartition(".")[2]
    base = f"{held or snake(stem) or 'function'}_security_group"
    base = base if base.isidentifier() else "function_security_group"
    scope = function.module.scope_of(function.node)
    tries = (base, *(f"{base}_{number}" for number in range(2, 100)))
    return next(name for name in tries if not scope.lookup(name))


def _physical(app: App, function: Construct, stem: str) -> tuple[list[str], tuple[Edit, ...]]:
    """The group's name, where the groups beside it have names, and what that needs."""
    module = function.module
    named = [one for one in app.of(_GROUP) if one.module is module]
    named = [one for one in named if one.argument("security_group_name") is not None]
    base = f"{snake(stem).replace('_', '-')}-sg"
    is_plain = function.id is not None and function.id.is_direct and bool(stem)
    if not named or not is_plain or len(base) > _LONGEST:
        return [], ()
    suffix = app.once(Suffixes.of).at(module, function.node)
    taken = any(base in str(text.value) for text in module.names.strings)
    if isinstance(suffix, Obstacle) or taken or not _PLAIN.fullmatch(suffix.text):
        return [], ()
    name = f'f"{base}{app.settings.separator}{{{suffix.text}}}"'
    return [f"security_group_name={name}"], suffix.edits
