"""Texts by which an app imports what a stack exports under a name that begins with the stack's.

CDK itself makes such names, ``Orders:ExportsOutputRefTable…``, of the stack's name and the logical
id of what is exported; people make them of ``Aws.STACK_NAME``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tapfix.model.app import App
from tapfix.model.python.callers import Callers
from tapfix.model.python.modules import Module
from tapfix.model.python.names import Names
from tapfix.recipes.naming.renaming import Renaming, renamed

_IMPORT = "aws_cdk.Fn.import_value"
_AUTOMATIC = re.compile(r"[^:\s]+:ExportsOutput(\w*)")
_NO_WORD = re.compile(r"[^A-Za-z0-9]")


@dataclass(frozen=True, eq=False)
class Import:
    """A text that is, or may be, the name of another stack's export; ``text`` is what begins it.

    ``direct``: it stands where it is imported.
    """

    module: Module
    node: ast.expr
    text: str
    direct: bool

    def renamed(self, stack: str, separator: str, suffix: str) -> str | None:
        """The source with the suffix behind the stack's name; None if that may be wrong."""
        is_text = isinstance(self.node, (ast.Constant, ast.JoinedStr))
        if not self.direct or not is_text or not self.text.startswith(f"{stack}:ExportsOutput"):
            return None
        source = self.module.file.source(self.module.ref(self.node))
        return renamed(source, lambda _: None, Renaming(stack, separator), suffix)


@dataclass(eq=False)
class Imports:
    """The imports of one app outside its tests; ``names`` reads the names of its exports."""

    app: App
    names: Names
    callers: Callers

    def of(self, stack: str) -> Iterator[Import]:
        """The imports of what a stack exports under a name that may be made of its own."""
        for found in self._found:
            rest = found.text[len(stack) :]
            begins = found.text.startswith(stack) and not re.match(r"[A-Za-z0-9]", rest)
            if begins and found.text not in self._exported:
                yield found

    def of_id(self, text: str) -> Import | None:
        """An import whose name holds the id of a construct, as the logical id that CDK makes."""
        word = _NO_WORD.sub("", text)
        for found in self._found:
            automatic = _AUTOMATIC.match(found.text)
            if automatic is not None and word in automatic[1]:
                return found
        return None

    @cached_property
    def _found(self) -> tuple[Import, ...]:
        modules = [m for m in self.app.cdk_modules if not self.callers.is_test(m)]
        return tuple(found for module in modules for found in self._in(module))

    def _in(self, module: Module) -> Iterator[Import]:
        given: list[ast.expr] = []
        for call in module.names.calls:
            if self.app.evaluator.callee(module, call) == _IMPORT:
                values = [*call.args, *(keyword.value for keyword in call.keywords)]
                given += values[:1]
        for node in given:
            yield Import(module, node, self._start(module, node), True)
        for text in module.names.strings:
            known = text in given or module.names.parents[text] in given
            if not known and _AUTOMATIC.match(str(text.value)):
                yield Import(module, text, str(text.value), False)

    def _start(self, module: Module, node: ast.expr) -> str:
        """The text that an expression begins with, as far as it is known."""
        value = self.app.evaluator.value(module, node)
        first = value.parts[0] if value.parts else value.constant
        return first if isinstance(first, str) else ""

    @cached_property
    def _exported(self) -> frozenset[str]:
        """The names of exports that the source gives: these change by themselves."""
        values = [output.value("export_name") for output in self.app.of("CfnOutput")]
        parts = [self.names.fixed(v.module, v.node) for v in values if v is not None]
        return frozenset("".join(part.text for part in found) for found in parts if found)
