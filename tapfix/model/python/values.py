"""What an expression of the app is known to be.

A value is *known* if it is a literal, a name bound exactly once to one, or a call or member of a
library whose parts are in the source. Everything else is a decision that someone made, and stays
``unknown``.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tapfix.edits import Ref
from tapfix.model.python.modules import AppClass, AppFunction, Module

ValueKind = Literal["constant", "member", "call", "instance", "text", "list", "dict", "unknown"]
CDK = "aws_cdk."


@dataclass(frozen=True, eq=False)
class Value:
    """An expression and what is known of it.

    * ``constant``: ``constant`` is its value (str, int, float, bool, None, bytes).
    * ``member``: a dotted name of a library, ``aws_cdk.RemovalPolicy.RETAIN``; ``name`` is it.
    * ``call``: a call of a library's ``name`` with ``arguments`` and ``keywords``.
    * ``instance``: a call of a class of the app; ``of`` is the class.
    * ``unknown``: anything else; a call, of a method say, has its ``arguments`` and ``keywords``.
    * ``text``: a string with parts that are not known; ``parts`` are literal texts and values.
    * ``list``, ``dict``: ``items``, ``entries``.

    ``node`` is the expression where the value is used; ``origin`` the one that gives the value,
    another one if a name stands between. ``shared`` says that other code reads the origin too.
    """

    kind: ValueKind
    module: Module
    node: ast.expr
    origin: ast.expr
    origin_module: Module
    shared: bool = False
    constant: object = None
    name: str = ""
    arguments: tuple[Value, ...] = ()
    keywords: Mapping[str, Value] | None = None
    of: AppClass | AppFunction | None = None
    parts: tuple[str | Value, ...] = ()
    items: tuple[Value, ...] = ()
    entries: Mapping[str, Value] | None = None
    open: bool = False

    @property
    def ref(self) -> Ref:
        """The expression where the value is used."""
        return self.module.ref(self.node)

    @property
    def origin_ref(self) -> Ref:
        """The expression that gives the value."""
        return self.origin_module.ref(self.origin)

    @property
    def source(self) -> str:
        """The text of the expression where the value is used."""
        return self.module.file.source(self.ref)

    @property
    def is_known(self) -> bool:
        """Whether anything is known of it."""
        return self.kind != "unknown"

    @property
    def is_direct(self) -> bool:
        """Whether the value stands where it is used, with no name between."""
        return self.node is self.origin

    @property
    def is_inherited(self) -> bool:
        """Whether a class of another file gives it through ``self``: a decision of that class."""
        return self.origin_module is not self.module and self.source.startswith("self.")

    @property
    def cdk(self) -> str:
        """The name below ``aws_cdk`` of a member or callee, or an empty text."""
        return self.name.removeprefix(CDK) if self.name.startswith(CDK) else ""

    @property
    def is_text(self) -> bool:
        """Whether it is a string, known or with unknown parts."""
        return self.kind == "text" or isinstance(self.constant, str)

    def argument(self, name: str, position: int | None = None) -> Value | None:
        """An argument of a call by keyword, or by its 0-based position."""
        if self.keywords is not None and name in self.keywords:
            return self.keywords[name]
        if position is not None and position < len(self.arguments):
            return self.arguments[position]
        return None
