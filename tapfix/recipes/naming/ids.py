"""Which construct ids are to vary with the environment, by the setting ``construct_ids``."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from tapfix.edits import Ref
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.python.modules import AppClass, Module
from tapfix.recipes.naming.tagged import NameTags

# Resources that belong to others, and that nobody knows by a name.
_ATTACHED = re.compile(r"(?:Policy|Rule|Permission|Attachment|Association|Subscription|Record\w*)$")
_SEARCHING = frozenset(
    [
        "find_child",
        "try_find_child",
        "get_stack",
        "get_stack_artifact",
        "get_stack_by_name",
        "get_nested_assembly",
    ]
)
_BY_PATH = re.compile(r"_(?:by|at)_path$")
_CDK = re.compile(r"aws_cdk\.|constructs\.")
_STACK_S_OWN = ("stack_name", "artifact_id")
_NO_RESOURCE = ("CfnOutput", "CfnParameter", "CfnCondition", "CfnMapping", "CfnRule", "CfnInclude")


def must_vary(app: App, construct: Construct) -> bool:
    """Whether a construct's id must be another one in each environment.

    ``named-by-id``: where people read the id as the name, because the class has no name of its own
    and its Name tag is made of the construct's path, and no other is set. ``unnamed``: wherever no
    argument names it. ``always``: every construct that makes a resource. ``never``: none.
    """
    setting = app.settings.construct_ids
    if setting == "never":
        return False
    if setting == "always":
        return _makes_resource(construct)
    if setting == "unnamed":
        return _makes_resource(construct) and not _has_name(app, construct)
    return _is_named_by_id(construct) and not _has_name(app, construct)


def _is_named_by_id(construct: Construct) -> bool:
    """The tag is the only name: where a physical name is left out, CDK makes one instead.

    EC2 lists its resources by the tag. Elsewhere nobody needs it, and another id would replace a
    certificate, or a file system with all that is in it.
    """
    cls = construct.cls
    argument = cls.arguments.get(cls.name_argument or "")
    is_read = cls.tagged_by_id and cls.name.startswith("aws_ec2.")
    return is_read and (argument is None or argument.property is None)


def _has_name(app: App, construct: Construct) -> bool:
    names = (construct.cls.name_argument, *construct.cls.other_names)
    if any(name in construct.arguments for name in names if name is not None):
        return True
    if construct.open and construct.cls.name_argument is not None:
        return True
    return construct.cls.tagged_by_id and app.once(NameTags).may_name(construct)


def _makes_resource(construct: Construct) -> bool:
    if construct.is_a(*_NO_RESOURCE) or construct.inherited:
        return False
    return not _ATTACHED.search(construct.cls.resource or construct.name)


@dataclass(eq=False)
class LookedUp:
    """The ids and stack names by which the code of one app, or its tests, look for constructs."""

    app: App

    def at(self, text: str) -> str | None:
        """Where an id is looked for, as words for a reader; None if nowhere."""
        place = self._places.get(text)
        if place is None:
            return None
        return f"line {self.app.position(place)[0]} of {self.app.relative(place.path)}"

    @cached_property
    def _places(self) -> Mapping[str, Ref]:
        found: dict[str, Ref] = {}
        for module in self.app.cdk_modules:
            for call in module.names.calls:
                texts = self._sought(module, call)
                if texts is None and self._follows_others:
                    texts = self._recorded(module, call)
                for text in texts or ():
                    found.setdefault(text, module.ref(call))
        return found

    @cached_property
    def _follows_others(self) -> bool:
        """Whether something is looked for by what stands elsewhere: in a record, perhaps."""
        return any(
            found is not None and (not found or _has_fields(call))
            for module in self.app.cdk_modules
            for call in module.names.calls
            for found in [self._sought(module, call)]
        )

    def _sought(self, module: Module, call: ast.Call) -> list[str] | None:
        """The ids that a call looks for by themselves or in a path; None if it looks for none."""
        symbol = self.app.evaluator.callee(module, call)
        name = symbol if isinstance(symbol, str) else getattr(call.func, "attr", "")
        if name.rpartition(".")[2] in _SEARCHING:
            text = self.app.evaluator.value(module, call.args[0]).constant if call.args else None
            return [text] if isinstance(text, str) else []
        if not _BY_PATH.search(name):
            return None
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        texts = [
            str(node.value)
            for one in given
            for node in ast.walk(one)
            if isinstance(node, ast.Constant) and "/" in str(node.value)
        ]
        return [part for text in texts for part in text.split("/") if part]

    def _recorded(self, module: Module, call: ast.Call) -> list[str]:
        """The texts that a call keeps in an object of the app, if that is no construct."""
        symbol = self.app.evaluator.callee(module, call)
        if not isinstance(symbol, AppClass):
            return []
        if any(_CDK.match(base) for base in self.app.evaluator.resolver.library_bases(symbol)):
            return []
        constants = (
            one.value
            for one in (*call.args, *(keyword.value for keyword in call.keywords))
            if isinstance(one, ast.Constant)
        )
        return [value for value in constants if isinstance(value, str)]


def _has_fields(call: ast.Call) -> bool:
    """Whether a path in a call has parts that are not written down: ``f"/Shop/{where}"``."""
    fields = (node.value for node in ast.walk(call) if isinstance(node, ast.FormattedValue))
    return any(getattr(field, "attr", "") not in _STACK_S_OWN for field in fields)
