"""What an app says of removal policies elsewhere than where it makes a construct.

``RemovalPolicies.of(scope).destroy()``, aspects, and loops over the construct tree set a policy for
constructs that they do not name.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.holders import holders
from tapfix.model.cdk.steady import VISITORS, is_steady
from tapfix.model.python.branches import branches
from tapfix.model.python.modules import Module
from tapfix.model.python.values import Value

_ALL = "aws_cdk.RemovalPolicies.of"
_MISSING = "aws_cdk.MissingRemovalPolicies.of"
_SHORT = ("destroy", "retain", "snapshot", "retain_on_update_or_delete")
_TREE = ("find_all", "children")


@dataclass(frozen=True, eq=False)
class Sweep:
    """``RemovalPolicies.of(target).destroy()``: a policy for all that lies in a scope.

    ``policy`` is a member of ``RemovalPolicy``, None if the source does not tell. ``only_missing``:
    resources that have a policy keep it. ``sure``: it holds for each resource there, always.
    ``steady``: it is the same in every environment.
    """

    target: Value
    policy: str | None
    only_missing: bool
    sure: bool
    steady: bool


@dataclass(frozen=True, eq=False)
class Elsewhere:
    """What an app says of removal policies elsewhere.

    ``walks``: code that walks over the construct tree sets a policy on what it meets. ``strays``: a
    policy is set on something that cannot be followed to the place where it is made. ``steady``:
    all that does the same in every environment.
    """

    sweeps: tuple[Sweep, ...]
    walks: bool
    strays: bool
    steady: bool


def read_elsewhere(app: App) -> Elsewhere:
    """Read what an app says of removal policies elsewhere."""
    sweeps = tuple(_sweeps(app))
    steady = all(sweep.steady for sweep in sweeps)
    unnamed = [(module, node) for module in app.cdk_modules for node in _unnamed(app, module)]
    if not unnamed:
        return Elsewhere(sweeps, walks=False, strays=False, steady=steady)
    stray = [(module, node) for module, node in unnamed if node not in app.followed]
    walks = any(_walks_the_tree(module, node) for module, node in stray)
    steady = steady and all(is_steady(app, module, node) for module, node in stray)
    return Elsewhere(sweeps, walks, bool(stray), steady)


def reaches(app: App, sweep: Sweep, construct: Construct) -> bool | None:
    """Whether a construct lies in the scope that a sweep is about; None if it cannot be told."""
    target = sweep.target
    if target.origin is construct.node:
        return True
    cls = app.evaluator.resolver.self_class(target.module, target.node)
    if cls is None and target.kind not in ("call", "instance"):
        return None
    around = holders(app.evaluator, construct)
    if (target.origin if cls is None else cls.node) in around.nodes:
        return True
    return False if around.complete else None


def _sweeps(app: App) -> Iterator[Sweep]:
    for module in app.cdk_modules:
        for name in ("apply", *_SHORT):
            for node in module.names.attributes.get(name, ()):
                call = module.names.parents[node]
                receiver = app.evaluator.value(module, node.value)
                target = receiver.argument("scope", 0)
                if receiver.name in (_ALL, _MISSING) and target and isinstance(call, ast.Call):
                    yield _sweep(app, module, call, name, receiver, target)


def _sweep(
    app: App, module: Module, call: ast.Call, name: str, receiver: Value, target: Value
) -> Sweep:
    made = app.evaluator.value(module, call)
    policy: str | None = name.upper()
    if name == "apply":
        given = made.argument("policy", 0)
        policy = policy_name(given) if given is not None else None
    # Filters by resource type and priorities make it a decision of its own.
    filtered = bool(made.keywords and made.keywords.keys() - {"policy"}) or made.open
    steady = not branches(module, call) and policy is not None
    return Sweep(target, policy, receiver.name == _MISSING, steady and not filtered, steady)


def policy_name(value: Value) -> str | None:
    """The member of ``RemovalPolicy`` that a value is; None if it is none that is known."""
    owner, _, member = value.cdk.rpartition(".")
    return member if owner == "RemovalPolicy" and value.kind == "member" else None


def _unnamed(app: App, module: Module) -> Iterator[ast.AST]:
    """Uses that set a policy on what no name leads to, as ``Use.node`` gives them."""
    for node in module.names.attributes.get("apply_removal_policy", ()):
        call = module.names.parents[node]
        if isinstance(call, ast.Call) and call.func is node and not _is_named(app, module, node):
            yield call
    for node in module.names.attributes.get("deletion_policy", ()):
        if node in module.names.stores and not _is_named(app, module, node):
            yield node


def _is_named(app: App, module: Module, node: ast.Attribute) -> bool:
    """Whether a policy is set on what a name, bound once, is known to be (or a part of it)."""
    owner = node.value
    value = app.evaluator.value(module, owner)
    while not value.is_known and isinstance(owner, ast.Attribute):
        owner = owner.value
        value = app.evaluator.value(module, owner)
    return value.kind in ("call", "instance")


def _walks_the_tree(module: Module, node: ast.AST) -> bool:
    """Whether a policy is set in an aspect, an injector or a function that looks for children."""
    for ancestor in module.names.ancestors(node):
        if isinstance(ancestor, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if ancestor.name in VISITORS:
                return True
            mentions = (n for n in ast.walk(ancestor) if isinstance(n, ast.Attribute))
            return any(mention.attr in _TREE for mention in mentions)
    return False
