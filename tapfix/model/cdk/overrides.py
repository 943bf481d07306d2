"""What an app sets on the CloudFormation resource below a construct, past the constructor.

``cfn = bucket.node.default_child; cfn.bucket_encryption = …``, ``cfn.add_property_override(…)``, a
property of an L1 construct assigned later, a property set by an aspect.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.steady import is_steady
from tapfix.model.cdk.uses import Use
from tapfix.model.python.modules import Module
from tapfix.model.python.values import Value

_DEFAULT_CHILD = ("node", "default_child")
_BY_PATH = {
    "add_property_override": "",
    "add_property_deletion_override": "",
    "add_override": "Properties.",
    "add_deletion_override": "Properties.",
}
"""The methods that set a property by its path in the template, and what the path begins with."""


@dataclass(frozen=True, eq=False)
class Override:
    """One place that sets a property of a construct's resource, or a part of it.

    ``path`` is what the source says of the property: ``BackupRetentionPeriod``,
    ``VersioningConfiguration.Status`` or ``backup_retention_period``. ``value`` is None where the
    property is taken away or the source does not show what is set.
    """

    use: Use
    path: str
    value: Value | None

    def sets(self, name: str) -> bool:
        """Whether this sets the property ``name`` (as CloudFormation calls it) or a part of it."""
        return _plain(self.path.partition(".")[0]) == _plain(name)

    @property
    def is_decision(self) -> bool:
        """Whether it depends on something, or only a part of a property is set."""
        return self.use.conditional or self.value is None or "." in self.path


def overrides(app: App, construct: Construct, name: str) -> tuple[Override, ...]:
    """What sets the property ``name`` after the constructor, in the order of the source."""
    found = (_override(use, construct) for use in app.uses(construct))
    return tuple(override for override in found if override is not None and override.sets(name))


def _override(use: Use, construct: Construct) -> Override | None:
    start, rest = use.chain[:2], use.chain[2:]
    if start != _DEFAULT_CHILD:
        if construct.cls.level != 1:
            return None
        rest = use.chain
    if use.kind == "assign" and rest:
        return Override(use, ".".join(rest), use.value)
    if use.kind == "call" and len(rest) == 1 and rest[0] in _BY_PATH and use.value is not None:
        prefix = _BY_PATH[rest[0]]
        path = use.value.argument("property_path" if not prefix else "path", 0)
        text = path.constant if path is not None else None
        if isinstance(text, str) and text.startswith(prefix):
            return Override(use, text.removeprefix(prefix), use.value.argument("value", 1))
    return None


def is_set_from_afar(app: App, name: str, method: str | None = None) -> bool:
    """Whether some code sets the property ``name`` on what cannot be followed to a construct.

    So does an aspect (``def visit(self, node): node.bucket_encryption = …``): which constructs it
    reaches is not to be seen. ``method`` is one whose call counts as setting the property too.
    """
    return app.once(_Setters).is_afar(_plain(name), method)


def is_open_afar(
    app: App, construct: Construct, name: str, said: object = None, method: str | None = None
) -> bool:
    """Whether some code may set the property ``name`` of a construct's resource from afar.

    It may not where a synthesis showed what the construct itself says, the plain value ``said``
    (None: nothing), and that code does the same in every run.
    """
    if not is_set_from_afar(app, name, method):
        return False
    made = app.made(construct)
    is_as_said = bool(made) and all(one.properties.get(name) == said for one in made)
    return not (is_as_said and app.once(_Setters).are_steady(_plain(name)))


@dataclass(eq=False)
class _Setters:
    """Where an app's code sets properties. Many constructs ask for few of them."""

    app: App
    _known: dict[tuple[str, str | None], bool] = field(default_factory=dict)

    def is_afar(self, name: str, method: str | None) -> bool:
        """Whether a property, by its plain name, is set on what cannot be followed."""
        key = (name, method)
        if key not in self._known:
            calls = self._calls(method) if method is not None else ()
            places = (*self._by_property.get(name, ()), *calls)
            self._known[key] = any(self._is_stray(place) for place in places)
        return self._known[key]

    def are_steady(self, name: str) -> bool:
        """Whether what sets a property on what cannot be followed does so in every run."""
        places = [one for one in self._by_property.get(name, ()) if self._is_stray(one)]
        return all(is_steady(self.app, one.module, one.node) for one in places)

    def _is_stray(self, place: _Place) -> bool:
        if self.app.evaluator.instance_class(place.module, place.receiver) is not None:
            return False
        return place.node not in self.app.followed

    def _calls(self, method: str) -> Iterator[_Place]:
        for module in self.app.cdk_modules:
            for node in module.names.attributes.get(method, ()):
                call = module.names.parents[node]
                if isinstance(call, ast.Call) and call.func is node:
                    yield _Place(module, node.value, call)

    @cached_property
    def _by_property(self) -> dict[str, list[_Place]]:
        found: dict[str, list[_Place]] = {}
        for module in self.app.cdk_modules:
            for target in module.names.stores:
                if isinstance(target, ast.Attribute):
                    place = _Place(module, target.value, target)
                    found.setdefault(_plain(target.attr), []).append(place)
        for place in (place for method in _BY_PATH for place in self._calls(method)):
            path = (
                place.node.args[0] if isinstance(place.node, ast.Call) and place.node.args else None
            )
            text = path.value if isinstance(path, ast.Constant) else None
            for name in set(map(_plain, text.split(".")[:2])) if isinstance(text, str) else ():
                found.setdefault(name, []).append(place)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """What a property is set on, and the place as ``Use.node`` gives it."""

    module: Module
    receiver: ast.expr
    node: ast.expr


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
