"""The network of a function that creates tables: the VPC, and the way into the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tapfix.edits import Edit
from tapfix.model.access.datastores import DataStore, types_of_network
from tapfix.model.access.ingress import groups_of
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.references import reference
from tapfix.model.cdk.stacks import in_same_stack
from tapfix.model.python.callers import home
from tapfix.model.sql.queried import Queried
from tapfix.recipes.access.network import network_of, own_group
from tapfix.recipes.access.secret_places import without_way_out
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.new_ids import FreeIds
from tapfix.recipes.schema.endpoints import endpoints
from tapfix.recipes.schema.names import Names
from tapfix.recipes.schema.places import Seat

_EGRESS = "PRIVATE_WITH_EGRESS"


@dataclass(frozen=True, slots=True)
class Network:
    """Where a function lies, as source texts: ``vpc``, and ``subnets`` if they are chosen.

    ``construct`` is the VPC if the app makes it, ``endpoints`` what else leads out of it.
    """

    vpc: str
    subnets: str | None
    construct: Construct | None
    endpoints: tuple[str, ...] = ()


def network(app: App, queried: Queried, seat: Seat) -> Network | Obstacle | None:
    """The network that a function needs; None if it reaches a public database from outside."""
    found, ways = _network(app, queried, seat), endpoints(app, seat)
    if isinstance(found, Network):
        return ways if isinstance(ways, Obstacle) else replace(found, endpoints=ways)
    return found


def _network(app: App, queried: Queried, seat: Seat) -> Network | Obstacle | None:
    store = queried.store
    inside = (one for one in queried.functions if one.argument("vpc") is not None)
    function = next(inside, seat.neighbour)
    if function.lacks("vpc") and store.is_public:
        return None
    if store.port is None:
        return Obstacle(f"the port of {store.construct.label} is not in the source")
    way_out = without_way_out(store, function)
    if way_out is not None:
        return way_out
    given = function.value("vpc")
    if given is None and not function.lacks("vpc"):
        return Obstacle("whether the functions lie in a VPC is not to be seen")
    if given is None:
        return _of_store(app, store, seat)
    found = reference(app, given.module, given.node)
    is_plain = given.module is seat.module and home(seat.module, given.node) is home(
        seat.module, seat.anchor
    )
    text = seat.reference(found) if found is not None else given.source if is_plain else None
    if text is None:
        return Obstacle("nothing beside the functions leads to the VPC")
    construct = found.construct if found is not None and not found.chain else None
    if construct is not None and _lies_elsewhere(app, store, construct):
        return Obstacle(f"the functions lie in another VPC than {store.construct.label}")
    chosen = function.value("vpc_subnets")
    if chosen is not None and (chosen.module is not seat.module or not chosen.is_known):
        return Obstacle("which subnets the functions lie in is not to be seen")
    return Network(text, chosen.source if chosen is not None else None, construct)


def _lies_elsewhere(app: App, store: DataStore, network: Construct) -> bool:
    given = store.network
    found = reference(app, given.module, given.node) if given is not None else None
    return found is not None and not found.chain and found.construct is not network


def _of_store(app: App, store: DataStore, seat: Seat) -> Network | Obstacle:
    """The network of a database, for functions that are not in it yet."""
    found = network_of(app, seat.neighbour, [store])
    if isinstance(found, Obstacle):
        return found
    kinds = types_of_network(found.construct) if found.construct is not None else None
    private = kinds & {_EGRESS, "PRIVATE_ISOLATED"} if kinds is not None else frozenset[str]()
    if not private:
        return Obstacle("the source does not tell which private subnets the VPC has")
    kind = _EGRESS if _EGRESS in private else min(private)
    selection = f"<aws_ec2.SubnetSelection>(subnet_type=<aws_ec2.SubnetType>.{kind})"
    return Network(found.text, selection, found.construct)


def separated(app: App, ids: FreeIds, queried: Queried) -> tuple[Edit, ...] | Obstacle:
    """The edits that give each function in a VPC a security group that is no part of it.

    What waits for the tables is the function with all that CDK makes for it. The rule that lets its
    security group in belongs to the database, for which the tables wait.
    """
    edits: list[Edit] = []
    for function in queried.functions:
        if function.lacks("vpc"):
            continue
        groups, given = groups_of(app, function), function.value("vpc")
        if groups is None and function.argument("security_groups") is None:
            return Obstacle(f"which security groups {function.label} has is not to be seen")
        if groups == ():
            if given is None:
                return Obstacle(f"the VPC of {function.label} is not to be seen")
            made = own_group(app, ids, function, given.source)
            if isinstance(made, Obstacle):
                return made
            edits += [*made.edits, function.set("security_groups", f"[{made.name}]")]
    return tuple(edits)


def admission(app: App, store: DataStore, seat: Seat, names: Names) -> str | Obstacle:
    """The statement that lets a security group through to a database, as a template."""
    database, port = store.construct, f"<aws_ec2.Port>.tcp({store.port})"
    group, said = names.group, f'"{store.words} from {names.id}"'
    text = seat.text(database)
    if text is None:
        return Obstacle(f"nothing beside the functions leads to {database.label}")
    if store.groups:
        owner = store.groups[0]
        named = seat.reference(owner)
        if named is not None:
            far = not in_same_stack(app, seat.neighbour, owner.construct)
            remote = ", remote_rule=True" if far else ""
            return f"{named}.add_ingress_rule({group}, {port}, {said}{remote})"
    elif store.is_given_groups:
        return Obstacle("its security groups are not to be seen, so nothing can be let through")
    if not in_same_stack(app, seat.neighbour, database):
        return f"{group}.connections.allow_to({text}, {port}, {said})"
    return f"{text}.connections.allow_default_port_from({group}, {said})"


def awaited(app: App, store: DataStore, seat: Seat, group: str, net: Network) -> Iterator[str]:
    """What the tables wait for in the network: the way out, and the rule for the way in."""
    owners = [one.construct for one in store.groups or ()][:1]
    for construct in (*([net.construct] if net.construct is not None else []), *owners):
        text = seat.text(construct)
        if text is None and construct in owners:
            text = f"*{seat.text(store.construct)}.connections.security_groups"
        if text is not None and seat.may_wait_for(construct):
            yield text
    yield from net.endpoints
    rule = owners[0] if owners else store.construct
    if not in_same_stack(app, seat.neighbour, rule):
        yield group
