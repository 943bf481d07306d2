"""What follows a name that changes: look-ups, ARNs, variables, handlers and tests that hold it."""

from __future__ import annotations

import ast
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tapfix.edits import AddImport, Edit, Ref, ReplaceExpression, SetArgument, SetEntry
from tapfix.model.cdk.constructs import Construct
from tapfix.model.lambdas.functions import LambdaFunction
from tapfix.model.python.modules import AppFunction, Module
from tapfix.model.python.names import Part
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.naming.mentions import (
    Mention,
    Mentions,
    Purpose,
    Sought,
    is_distinctive,
    is_tested,
)
from tapfix.recipes.naming.renaming import Renaming, renamed, suffixed
from tapfix.recipes.naming.suffix import TEST_SUFFIX, Suffix, Suffixes

_MOST = 50
"""So many names that a loop makes are looked for."""
Follow = tuple[Edit, ...] | Obstacle


@dataclass(frozen=True, slots=True, eq=False)
class Renamed:
    """A name that gets the suffix.

    ``sought`` is the old name of ``construct``, made of ``parts``; ``suffix`` is what it gets in
    its own place, with all edits that this needs.
    """

    construct: Construct
    parts: tuple[Part, ...]
    sought: Sought
    renaming: Renaming
    suffix: Suffix


@dataclass(eq=False)
class Followers:
    """Makes what holds a name hold the new one."""

    suffixes: Suffixes
    mentions: Mentions

    def edits(self, name: Renamed) -> Follow:
        """The edits of all places where a name stands, or why one of them cannot be mended."""
        obstacle = self._beyond(name)
        if obstacle is not None:
            return obstacle
        edits: dict[Edit, None] = {}
        for mention in self.mentions.of(name.sought):
            found = self._one(mention, name)
            if isinstance(found, Obstacle):
                return found
            edits |= dict.fromkeys(found)
        return tuple(edits)

    def _beyond(self, name: Renamed) -> Obstacle | None:
        """What no edit here can make follow."""
        for text in _spelled_out(name.parts):
            for mention in self.mentions.of(replace(name.sought, text=text)):
                if not any(mention.node in part.nodes for part in name.parts):
                    return self._stands(mention, f"has to follow as one of several ({text!r})")
        if is_distinctive(name.sought.text) and self._in_context(name.sought.text):
            return Obstacle("the name stands in the context of cdk.json too")
        return self._asserted_in_parts(name)

    def _in_context(self, text: str) -> bool:
        return f'"{text}"' in json.dumps(dict(self.suffixes.app.context))

    def _asserted_in_parts(self, name: Renamed) -> Obstacle | None:
        """A test that looks for the pieces of a name that holds the account or the region."""
        pieces = [p.text for p in name.parts if p.literal] if len(name.parts) > 1 else []
        if all(part.literal for part in name.parts):
            return None
        for module in self.suffixes.app.modules.loaded():
            for node in module.names.strings if self.suffixes.callers.is_test(module) else ():
                if node.value in pieces and is_distinctive(str(node.value)):
                    ref = module.ref(node)
                    return Obstacle(f"a test looks for a part of the name in {self._at(ref)}")
        return None

    def _one(self, mention: Mention, name: Renamed) -> Follow:
        if self.suffixes.callers.is_test(mention.module):
            return self._in_test(mention, name)
        if self.mentions.is_handler(mention.module):
            return self._in_handler(mention, name)
        if mention.purpose is Purpose.OTHER:
            return self._stands(mention, "may have to be the same")
        if self.mentions.is_script(mention.module):
            return self._stands(mention, "has to follow by hand")
        suffix = self.suffixes.at(mention.module, mention.node)
        if isinstance(suffix, Obstacle):
            return self._stands(mention, f"has to follow, but {suffix.reason}")
        text = self._rewritten(mention, name, suffix.text)
        if text is None:
            return self._stands(mention, "has to follow, and cannot be taken apart")
        return (ReplaceExpression(mention.module.ref(mention.node), text), *suffix.edits)

    def _rewritten(self, mention: Mention, name: Renamed, suffix: str) -> str | None:
        module, node = mention.module, mention.node
        if isinstance(node, (ast.Name, ast.Attribute)):
            return suffixed(module, node, name.renaming, suffix)
        fields: list[ast.expr] = []
        if isinstance(node, ast.JoinedStr):
            fields = [piece for piece in node.values if isinstance(piece, ast.FormattedValue)]
        elif "\n" in mention.text:
            return None  # a script or a template: not to be read as an f-string
        source = module.file.source(module.ref(node))

        def field_text(number: int) -> str:
            return self.mentions.field_text(module, fields[number], name.sought)

        return renamed(source, field_text, name.renaming, suffix)

    def _stands(self, mention: Mention, why: str) -> Obstacle:
        return Obstacle(f"the name stands in {self._position(mention)} too, where it {why}")

    def _position(self, mention: Mention) -> str:
        line = mention.module.file.position(mention.module.ref(mention.node).offset)[0]
        return f"{self.suffixes.app.relative(mention.module.path)}:{line}"

    def _at(self, ref: Ref) -> str:
        return f"{self.suffixes.app.relative(ref.path)}:{self.suffixes.app.position(ref)[0]}"

    # Tests

    def _in_test(self, mention: Mention, name: Renamed) -> Follow:
        value = self._test_value(mention.module, name)
        if value is None or self._makes_app(mention.module):
            return self._stands(mention, "is tested with a suffix that cannot be told")
        module, node = mention.module, mention.node
        source = module.file.source(module.ref(node))
        renaming = name.renaming
        if not isinstance(node, ast.Constant) or not mention.exact:
            return self._stands(mention, "has to follow")
        quote = source[-1]
        if source != f"{quote}{renaming.text}{quote}":
            return self._stands(mention, "has to follow")
        text = f"{quote}{renaming.literal(value)}{quote}"
        return (ReplaceExpression(module.ref(node), text),)

    def _test_value(self, module: Module, name: Renamed) -> str | None:
        """The suffix with which a test makes the stack."""
        passed = [
            edit
            for edit in name.suffix.edits
            if isinstance(edit, SetArgument)
            and edit.call.path == module.path
            and edit.name == self.suffixes.name
        ]
        return (
            TEST_SUFFIX if passed else self.suffixes.given_in(module, name.construct, name.suffix)
        )

    def _makes_app(self, module: Module) -> bool:
        """Whether a test calls a function that makes the whole app, and reads its suffix there."""
        for call in module.names.calls:
            callee = self.suffixes.app.evaluator.callee(module, call)
            if not isinstance(callee, AppFunction) or self.suffixes.callers.is_test(callee.module):
                continue
            if self.suffixes.environments.app_in(callee.module, callee.scope) is not None:
                return True
        return False

    # Handlers

    def _in_handler(self, mention: Mention, name: Renamed) -> Follow:
        module = mention.module
        handlers = [h for h in self.suffixes.app.handlers if module in h.modules]
        functions = {id(f.construct): f for handler in handlers for f in handler.deployed_by}
        if mention.purpose is Purpose.OTHER or not mention.exact:
            return self._stands(mention, "has to follow by hand")
        if not functions or any(handler.is_orphan for handler in handlers):
            return self._stands(
                mention, "has to come from a variable, but nothing deploys this file"
            )
        if is_tested(self.suffixes.app, self.suffixes.callers, module):
            return self._stands(mention, "has to come from a variable, which its tests do not set")
        variable, edits = "", list[Edit]()
        for function in functions.values():
            given = self._variable(function, name)
            if isinstance(given, Obstacle):
                return self._stands(mention, f"has to come from a variable, but {given.reason}")
            if variable and given[0] != variable:
                return self._stands(mention, "has to come from a variable of several names")
            variable = given[0]
            edits += given[1]
        read = ReplaceExpression(module.ref(mention.node), f'os.environ["{variable}"]')
        return (read, AddImport(module.path, "os"), *edits)

    def _variable(
        self, function: LambdaFunction, name: Renamed
    ) -> tuple[str, tuple[Edit, ...]] | Obstacle:
        """The environment variable that gives a function the name, and the edits that set it."""
        construct = function.construct
        given = construct.argument("environment")
        if given is None and (construct.open or "environment" not in construct.cls.arguments):
            return Obstacle("the function's environment is not to be seen")
        if given is not None and given.value.entries is None:
            return Obstacle("the function's environment is not to be seen")
        entries = (given.value.entries if given is not None else None) or {}
        for key, value in entries.items():
            if value.constant == name.renaming.text or self._is_reference(
                value.node, value.module, name
            ):
                return key, ()
        key = variable_name(name)
        if key in entries or (given is not None and given.value.shared):
            return Obstacle("the function's environment is shared, or has the variable already")
        suffix = self.suffixes.at(construct.module, construct.node)
        if isinstance(suffix, Obstacle):
            return suffix
        literal = _new_literal(name.renaming, suffix.text)
        if given is None:
            edit: Edit = SetArgument(construct.ref, "environment", f'{{"{key}": {literal}}}')
        else:
            edit = SetEntry(given.value.origin_ref, key, literal)
        return key, (edit, *suffix.edits)

    def _is_reference(self, node: ast.expr, module: Module, name: Renamed) -> bool:
        """Whether an expression is the construct's own attribute for its name."""
        if not isinstance(node, ast.Attribute) or node.attr not in (name.sought.argument, "ref"):
            return False
        return self.suffixes.app.evaluator.value(module, node.value).origin is name.construct.node


def _new_literal(renaming: Renaming, suffix: str) -> str:
    stem = renaming.text[: len(renaming.text) - renaming.cut]
    return f'f"{stem}{renaming.tail(suffix)}"'


def variable_name(name: Renamed) -> str:
    """The name of an environment variable for a resource's name: ``PRODUCT_ARCHIVE_BUCKET``."""
    kind = name.sought.argument.removesuffix("_name").upper()
    words = re.sub(r"[^A-Za-z0-9]+", "_", name.renaming.text).strip("_").upper()
    return words if words.endswith(kind) else f"{words}_{kind}"


def _spelled_out(parts: tuple[Part, ...]) -> Iterator[str]:
    """The names that a loop over texts makes; none for a name that is made once."""
    if any(part.options for part in parts):
        choices = [part.options or (part.text,) for part in parts]
        for texts in itertools.islice(itertools.product(*choices), _MOST):
            yield "".join(texts)
