"""What an app sets on the CloudFormation resource below a construct, past the constructor.

``cfn = bucket.node.default_child; cfn.bucket_encryption = …``, ``cfn.add_property_override(…)``, a
property of an L1 construct assigned later, a property set by an aspect.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tapfix.model.app import App
from tapfix.model.constructs import Construct
from tapfix.model.modules import Module
from tapfix.model.uses import Use
from tapfix.model.values import Value

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
    setters = [
        node
        for module in app.cdk_modules
        for receiver, node in _setters(module, name, method)
        if app.evaluator.instance_class(module, receiver) is None
    ]
    if not setters:
        return False
    followed = {use.node for construct in app.constructs for use in app.uses(construct)}
    return not followed.issuperset(setters)


def _setters(module: Module, name: str, method: str | None) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What a property is set on, and the places, as ``Use.node`` gives them."""
    wanted = _plain(name)
    for target in module.names.stores:
        if isinstance(target, ast.Attribute) and _plain(target.attr) == wanted:
            yield target.value, target
    for call in module.names.calls:
        function = call.func
        if not isinstance(function, ast.Attribute):
            continue
        if function.attr == method:
            yield function.value, call
        elif function.attr in _BY_PATH and call.args:
            path = call.args[0]
            text = path.value if isinstance(path, ast.Constant) else None
            if isinstance(text, str) and wanted in map(_plain, text.split(".")[:2]):
                yield function.value, call


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
