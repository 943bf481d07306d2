"""Which functions the security groups of data stores let in, however the app says so."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tapfix.model.access.datastores import GROUP_ARGUMENTS, DataStore, is_endpoint
from tapfix.model.access.rights import HARMLESS
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.references import Reference, construct_at, reference
from tapfix.model.cdk.uses import Use
from tapfix.model.lambdas.variables import variables
from tapfix.model.python.values import Value

_GROUP = "aws_ec2.SecurityGroup"
_WHOLE = ((), ("connections",))
_FROM_ALL = ("allow_from_any_ipv4", "allow_default_port_from_any_ipv4")
_FROM = ("allow_from", "allow_default_port_from")
_TO = ("allow_to", "allow_to_default_port")
_INTERNALLY = ("allow_internally", "allow_default_port_internally")


@dataclass(frozen=True, eq=False)
class Pair:
    """A function in a VPC and a data store that it reaches there.

    ``groups`` are the security groups that the app gives the function; empty if CDK makes one.
    """

    app: App
    function: Construct
    store: DataStore
    groups: tuple[Reference, ...]

    @cached_property
    def lets_in(self) -> bool:
        """Whether some rule lets the function in, or may: what cannot be read may be one."""
        owners = [*(one.construct for one in self.store.groups or ()), self.store.construct]
        return (
            any(self._by(owner) for owner in owners)
            or any(self._goes_to(one, owners) for one in self._callers)
            or any(
                self._by_resource(rule) for rule in self.app.of("aws_ec2.CfnSecurityGroupIngress")
            )
        )

    @property
    def _callers(self) -> list[Construct]:
        return [self.function, *(one.construct for one in self.groups)]

    # Rules of the data store's side

    def _by(self, owner: Construct) -> bool:
        return any(self._may_admit(use) for use in self.app.uses(owner))

    def _may_admit(self, use: Use) -> bool:
        """Whether a use of the data store, or of its group, lets the function in, or may."""
        if use.kind == "call":
            return use.value is not None and self._is_rule(use, use.value)
        if use.kind == "escape":
            return use.chain in _WHOLE and not _is_held(self.app, use)
        if use.chain[:1] == ("connections",):
            return use.kind in ("read", "assign") and not _is_peer(use)
        return use.kind == "argument" and not use.chain and self._is_opaque(use)

    def _is_rule(self, use: Use, value: Value) -> bool:
        if use.method in _FROM_ALL:
            return True
        if use.method == "add_ingress_rule":
            return self._admits(value.argument("peer", 0), value.argument("connection", 1))
        if use.chain[:1] != ("connections",):
            return False
        if use.method in _FROM:
            port = value.argument("port_range", 1) if use.method == "allow_from" else None
            return self._admits(value.argument("other", 0), port)
        own = {one.construct for one in self.store.groups or ()}
        return use.method in _INTERNALLY and not own.isdisjoint(self._callers)

    def _admits(self, peer: Value | None, port: Value | None) -> bool:
        """Whether a rule for a peer is one for the function; what is not known may be."""
        if peer is None:
            return True
        found = reference(self.app, peer.module, peer.node)
        if found is None and peer.cdk == "aws_ec2.Peer.security_group_id":
            given = peer.argument("security_group_id", 0)
            found = reference(self.app, given.module, given.node) if given is not None else None
        if found is not None and found.construct not in self._callers:
            return False
        return self._is_port(port)

    def _is_port(self, port: Value | None) -> bool:
        """Whether a rule may be about the data store's port."""
        if port is None or port.cdk != "aws_ec2.Port.tcp":
            return True
        number = port.argument("port", 0)
        known = number.constant if number is not None else None
        return not isinstance(known, int) or self.store.port in (None, known)

    def _by_resource(self, rule: Construct) -> bool:
        """``CfnSecurityGroupIngress``, of one of the data store's groups or of an unknown one."""
        owner = rule.value("group_id")
        found = reference(self.app, owner.module, owner.node) if owner is not None else None
        owners = [one.construct for one in self.store.groups or ()]
        if found is not None and found.construct not in (*owners, self.store.construct):
            return False
        peer = rule.value("source_security_group_id")
        return self._admits(peer, None)

    def _is_opaque(self, use: Use) -> bool:
        """Whether a group is handed to something of which nobody can see what it does there."""
        call = use.taker
        if call is None:
            return False
        callee = self.app.evaluator.callee(use.module, call)
        if isinstance(callee, str):
            is_known = callee.startswith(HARMLESS) and callee != "aws_cdk.aws_ec2.Connections"
            return not is_known
        if callee is not None or not isinstance(call.func, ast.Attribute):
            return False
        owner = self.app.evaluator.value(use.module, call.func.value)
        is_own = reference(self.app, use.module, call.func.value) is not None
        return not is_own and not owner.cdk

    # Rules of the function's side

    def _goes_to(self, caller: Construct, owners: list[Construct]) -> bool:
        return any(self._may_go(use, owners) for use in self.app.uses(caller))

    def _may_go(self, use: Use, owners: list[Construct]) -> bool:
        """Whether a use of the function, or of its group, opens the way, or may."""
        if use.kind == "call":
            if use.method not in _TO or use.value is None:
                return False
            other = use.value.argument("other", 0)
            found = reference(self.app, other.module, other.node) if other else None
            return found is None or found.construct in owners
        if use.kind == "escape":
            return use.chain in _WHOLE and not _is_held(self.app, use)
        return use.chain in _WHOLE and self._is_admitted(use)

    def _is_admitted(self, use: Use) -> bool:
        """Whether something that is not known lets the function in."""
        call = use.taker
        method = call.func if call is not None else None
        if not isinstance(method, ast.Attribute):
            return False
        if method.attr not in (*_FROM, "add_ingress_rule"):
            return self._is_opaque(use)
        return reference(self.app, use.module, method.value) is None


def groups_of(app: App, function: Construct) -> tuple[Reference, ...] | None:
    """The security groups that the app gives a function; empty if none, None if not known."""
    given = function.value("security_groups") or function.value("security_group")
    if given is None:
        return None if function.open else ()
    items = given.items if given.kind == "list" else (given,)
    found = [reference(app, item.module, item.node) for item in items]
    known = tuple(one for one in found if one is not None and one.construct.is_a(_GROUP))
    return known if len(known) == len(items) and not given.open else None


def is_in_same_network(app: App, function: Construct, store: DataStore) -> bool:
    """Whether a function certainly lies in the VPC of a data store."""
    given, network = function.value("vpc"), store.network
    if given is None or network is None:
        return False
    if isinstance(given.origin, (ast.IfExp, ast.BoolOp)):
        return False  # perhaps in none
    one = construct_at(app, given.module, given.node)
    other = construct_at(app, network.module, network.node)
    if one is not None or other is not None:
        return one is other
    return given.origin is network.origin and isinstance(given.origin, ast.Call)


def _goes_by_proxy(app: App, function: Construct, store: DataStore) -> bool:
    """Whether a function reaches a database by way of a proxy that the database itself has made."""
    if not any(use.method == "add_proxy" for use in app.uses(store.construct)):
        return False
    found = (variable.reference for variable in variables(app, function).values())
    told = (one for one in found if one is not None and one.construct is store.construct)
    return not any(is_endpoint(one) for one in told)


def _is_held(app: App, use: Use) -> bool:
    """Whether a group is only listed among those that a construct has, or what a trigger awaits."""
    parent = use.module.names.parents.get(use.node)
    if not isinstance(use.node, ast.List) or not isinstance(parent, ast.keyword):
        return False
    call = use.module.names.parents[parent]
    callee = app.evaluator.callee(use.module, call) if isinstance(call, ast.Call) else None
    if isinstance(callee, str) and callee.startswith("aws_cdk.triggers."):
        return True  # only waits
    return parent.arg in GROUP_ARGUMENTS and callee != "aws_cdk.aws_ec2.Connections"


def _is_peer(use: Use) -> bool:
    """Whether ``x.connections`` is the argument of a method, as the other side of a rule."""
    call = use.taker
    return call is not None and isinstance(call.func, ast.Attribute)


def pairs(app: App, function: Construct, stores: Iterator[DataStore]) -> Iterator[Pair]:
    """A function with each data store of its own VPC whose groups can be read."""
    groups = groups_of(app, function)
    for store in stores if groups is not None else ():
        has_own = store.construct.cls.level > 1 and not store.is_given_groups
        readable = store.groups is not None or has_own
        if _goes_by_proxy(app, function, store):
            continue
        if readable and is_in_same_network(app, function, store):
            assert groups is not None
            yield Pair(app, function, store, groups)
