"""Letting a function through the security group of a data store."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from tapfix.edits import Edit, InsertStatements
from tapfix.model.access.datastores import GROUP_ARGUMENTS
from tapfix.model.access.ingress import Pair
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.stacks import in_same_stack, may_refer
from tapfix.model.lambdas.variables import variables
from tapfix.model.python.callers import home
from tapfix.model.python.modules import Module
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.imports import write
from tapfix.recipes.new_ids import FreeIds, places_of
from tapfix.recipes.spelling import Held, held, here, is_steady, spelled

_WORD = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the rule goes; ``caller`` is how that place calls the function or its group."""

    module: Module
    anchor: ast.stmt
    before: bool
    caller: str


def admit(app: App, pair: Pair) -> tuple[Edit, ...] | Obstacle:
    """The edits that let a function reach a data store."""
    store, owner = pair.store.construct, _owner(pair)
    if pair.store.port is None:
        return Obstacle(f"the port of {store.label} is not in the source")
    far = _is_far(app, pair, owner)
    if far is None:
        return Obstacle(f"{store.label} lies in a stack that may have to wait for the function's")
    if not pair.groups and _waits(app, pair.function):
        return Obstacle(
            "the function is told to wait for others, and so would its security group, which the"
            " rule names: give it a group of its own"
        )
    place = _place(app, pair, owner)
    if isinstance(place, Obstacle):
        return place
    text = _owner_text(app, pair, owner, place)
    if text is None and store.cls.level > 1:
        # The store leads to its groups, whether or not they can be named.
        owner, text = store, spelled(app, store, place.module, place.anchor)
    if text is None:
        text = _by_id(app, pair, place)
    if text is None:
        return Obstacle(f"nothing beside the function leads to {owner.label}")
    template = _rule(pair, owner, place, text, far=far)
    code = write(app, place.module, _near(app, place.module, pair.function), template)
    ref = place.module.ref(place.anchor)
    return (InsertStatements(ref, code.text, before=place.before), *code.imports)


def _by_id(app: App, pair: Pair, place: _Place) -> str | None:
    """The group of a store of level 1 in another stack: the one whose id the store itself tells.

    None where that cannot be named either.
    """
    store, scope = pair.store.construct, pair.function.scope
    told = next((name for name in GROUP_ARGUMENTS if store.argument(name) is not None), None)
    known = store.id.constant if store.id is not None else None
    text = spelled(app, store, place.module, place.anchor)
    if told is None or scope is None or text is None or not isinstance(known, str):
        return None
    if pair.function.id is None or not isinstance(pair.function.id.constant, str):
        return None  # it may be made several times, and a group of one id only once
    if store.cls.level > 1 or in_same_stack(app, pair.function, store):
        return None
    places = places_of(app, pair.function.module, pair.function.node)
    wanted = f"{''.join(_WORD.findall(known))}Group"
    made = f'{scope.source}, "{app.once(FreeIds).take(places, wanted)}", {text}.{told}[0]'
    return f"<aws_ec2.SecurityGroup>.from_security_group_id({made})"


def _is_far(app: App, pair: Pair, owner: Construct) -> bool | None:
    """Whether the rule goes into the stack of the function or its group, and not the owner's.

    None if each of the two stacks may have to wait for the other.
    """
    asks = pair.groups[0].construct if pair.groups else pair.function
    if may_refer(app, asks, owner):
        return not in_same_stack(app, asks, owner)
    if pair.groups and may_refer(app, owner, asks):
        return False
    return True if _refers_already(app, pair, owner) else None


def _refers_already(app: App, pair: Pair, owner: Construct) -> bool:
    """Whether the function is told something of the store: then the rule's stack waits for no more.

    So it is where the function's groups lie beside it, and the store's group beside the store.
    """
    found = (variable.reference for variable in variables(app, pair.function).values())
    is_told = any(one is not None and one.construct is pair.store.construct for one in found)
    beside = all(in_same_stack(app, one.construct, pair.function) for one in pair.groups)
    return is_told and beside and in_same_stack(app, owner, pair.store.construct)


def _waits(app: App, function: Construct) -> bool:
    """Whether a function, and with it all that CDK makes for it, waits for what is not its own."""
    if function.is_a("triggers.TriggerFunction"):
        return True
    return any(use.chain[-2:] == ("node", "add_dependency") for use in app.uses(function))


def _owner(pair: Pair) -> Construct:
    """What the rule belongs to: the data store's own group, or it itself if CDK makes that."""
    groups = pair.store.groups
    return groups[0].construct if groups else pair.store.construct


def _rule(pair: Pair, owner: Construct, place: _Place, text: str, *, far: bool) -> str:
    """The statement, as a template."""
    port = f"<aws_ec2.Port>.tcp({pair.store.port})"
    said = f'"{pair.store.words} from {_name(pair.function)}"'
    is_group = owner is not pair.store.construct
    if text.startswith("<"):
        return f"{place.caller}.connections.allow_to({text}, {port}, {said})"
    if is_group and pair.groups and not _is_closed(pair):
        remote = ", remote_rule=True" if far else ""
        return f"{text}.add_ingress_rule({place.caller}, {port}, {said}{remote})"
    if far:
        # The rule of the one who asks goes into the stack of that one.
        return f"{place.caller}.connections.allow_to({text}, {port}, {said})"
    if is_group or owner.is_a("aws_rds.DatabaseProxy", "aws_opensearchservice.Domain"):
        return f"{text}.connections.allow_from({place.caller}, {port}, {said})"
    return f"{text}.connections.allow_default_port_from({place.caller}, {said})"


def _is_closed(pair: Pair) -> bool:
    """Whether the function's group does not let out everything: then it needs a rule as well."""
    given = pair.groups[0].construct.value("allow_all_outbound")
    return given is not None and given.constant is not True


def _name(function: Construct) -> str:
    known = function.id.constant if function.id is not None else None
    return "".join(_WORD.findall(known)) if isinstance(known, str) else "Lambda"


def _near(app: App, module: Module, function: Construct) -> ast.AST:
    """A call whose spelling the new one follows: that of a security group beside it, if any."""
    groups = (one for one in app.of("aws_ec2.SecurityGroup") if one.module is module)
    return next((one.node for one in groups), function.node)


# Where


def _place(app: App, pair: Pair, owner: Construct) -> _Place | Obstacle:
    """Behind the function's statement, or that of the owner where that comes later."""
    function = pair.function
    module, caller = function.module, None
    anchor = module.names.statement(function.node)
    if function.inherited:
        around = app.function_around(function)
        caller = around.positional[0] if around is not None else None
    elif not pair.groups:
        made = held(app, function)
        if made is not None:
            module, anchor, caller = made.module, made.statement, made.name
    later = _later(app, module, anchor, owner)
    if later is not None:
        is_same = caller is not None and is_steady(Held(module, anchor, caller))
        anchor, caller = later, caller if is_same else None
    if pair.groups:
        caller = here(app, pair.groups[0], module, anchor)
    if caller is None:
        return Obstacle("no name holds the function or its security group")
    return _Place(module, anchor, isinstance(anchor, ast.Return), caller)


def _later(app: App, module: Module, anchor: ast.stmt, owner: Construct) -> ast.stmt | None:
    """The statement of the owner, if it stands behind the function's in the same block."""
    made = held(app, owner)
    statement = made.statement if made is not None else owner.module.names.statement(owner.node)
    place = made.module if made is not None else owner.module
    if place is not module or home(module, statement) is not home(module, anchor):
        return None
    same = module.names.parents[statement] is module.names.parents[anchor]
    is_later = module.ref(statement).offset > module.ref(anchor).offset
    return statement if same and is_later else None


def _owner_text(app: App, pair: Pair, owner: Construct, place: _Place) -> str | None:
    groups = pair.store.groups
    if groups and owner is not pair.store.construct:
        return here(app, groups[0], place.module, place.anchor)
    return spelled(app, owner, place.module, place.anchor)
