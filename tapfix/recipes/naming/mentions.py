"""Where else in an app a name stands: other texts that hold it, and what each is there for."""

from __future__ import annotations

import ast
import enum
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tapfix.model.app import App
from tapfix.model.python.callers import Callers
from tapfix.model.python.modules import AppClass, Module
from tapfix.model.python.names import Names
from tapfix.model.python.values import CDK
from tapfix.recipes.naming.haystack import Haystack
from tapfix.recipes.naming.kinds import fits_address, fits_words, is_elsewhere
from tapfix.recipes.naming.renaming import UNKNOWN, occurs
from tapfix.recipes.naming.wording import Wording, can_change, text_around
from tapfix.recipes.places import Given, Place, place_of

_LOOK_UP = re.compile(
    r"from_(?!aws_managed)\w*(?:name|arn|attributes|lookup|id)\w*|value_(?:for|from)_\w+"
)
_ADDRESS = re.compile(r"\barn:|\w://|\.amazonaws\.com\b")
_PROSE = re.compile(
    r"description|comment|display_name|message|title|label|summary|notes?|subject|text"
)
_LOGGING = frozenset(
    [
        "print",
        "debug",
        "info",
        "warning",
        "error",
        "exception",
        "critical",
        "log",
        "add_info",
        "add_warning",
        "add_error",
    ]
)
# What loads code: a folder or a module of the app may be called like a resource.
_CODE = re.compile(r"from_\w*asset\w*|from_docker_build")
_CODE_WORDS = ("handler", "entry", "index")
_SCHEMAS = ("aws_cdk.aws_appsync.CfnGraphQLSchema",)
# Arguments that take whatever names a resource.
_ANY = re.compile(r"resources?|value|.*arns?|.*identifiers?|targets?|sources?")
# Arguments of boto3 that take the name of a resource: `Bucket=`, `TableName=`, `SecretId=`.
_BOTO = re.compile(r"Bucket|[A-Z]\w*(?:Name|Names|Id|Arn|Identifier|Url|Group)|WorkGroup")
_BOTO_RESOURCE = re.compile(r"Table|Bucket|Queue|Topic|Stream|Object|Function|get_queue_by_name")
_SEPARATED = re.compile(r"[-_./:]")
_HUMPED = re.compile(r"[a-z][A-Z]")


class Purpose(enum.Enum):
    """What a text that holds a name is there for.

    ``REFERENCE``: it must be the name, or the program looks for something that is not there.
    ``OTHER``: it may well be. ``NONE``: a construct's id, another's name, words for people.
    """

    REFERENCE = enum.auto()
    OTHER = enum.auto()
    NONE = enum.auto()


@dataclass(frozen=True, slots=True, eq=False)
class Sought:
    """A name that is looked for.

    ``argument`` gives it to a construct that makes a ``resource`` (``bucket_name``,
    ``AWS::S3::Bucket``); ``origin`` is the constant that gives it, where a name stands between: who
    else reads that constant means the same thing.
    """

    text: str
    argument: str
    resource: str | None = None
    origin: ast.expr | None = None


@dataclass(frozen=True, eq=False)
class Mention:
    """A text that holds a name. ``exact``: it is the name and nothing else."""

    module: Module
    node: ast.expr
    text: str
    exact: bool
    purpose: Purpose


def is_tested(app: App, callers: Callers, module: Module) -> bool:
    """Whether a test of the app may import a handler's file; most such tests know no CDK."""
    folder, name = posixpath.split(posixpath.splitext(module.path)[0])
    word = posixpath.basename(folder) if name == "__init__" else name
    return any(
        word in app.modules.imported_words(path)
        for path in app.files
        if path.endswith(".py") and callers.is_test_path(path)
    )


def is_distinctive(name: str) -> bool:
    """Whether a text that equals the name can hardly mean anything else."""
    if len(name) >= 6 and _SEPARATED.search(name):
        return True
    return len(name) >= 10 and _HUMPED.search(name) is not None


@dataclass(eq=False)
class Mentions:
    """Searches one app. ``given`` are the expressions that give constructs their names."""

    app: App
    names: Names
    callers: Callers
    given: frozenset[ast.expr]

    def of(self, sought: Sought) -> Iterator[Mention]:
        """The texts, but for those that name constructs, that hold a name."""
        for module, node in self._haystack.around(sought.text):
            text = self._text(module, node, sought)
            if sought.text in text and occurs(text, sought.text):
                exact = text == sought.text
                purpose = self._purpose(module, node, exact, sought)
                if purpose is not Purpose.NONE:
                    yield Mention(module, node, text, exact, purpose)

    def is_handler(self, module: Module) -> bool:
        """Whether a module runs in Lambda, and not when the app is synthesised."""
        return module in self._handler_modules

    def is_script(self, module: Module) -> bool:
        """Whether a module is no part of the app, its handlers and tests."""
        return self._haystack.is_script(module)

    @cached_property
    def _handler_modules(self) -> frozenset[Module]:
        return frozenset(
            module
            for handler in self.app.handlers
            for module in handler.modules
            if not module.is_cdk
        )

    @cached_property
    def _haystack(self) -> Haystack:
        return Haystack(self.app, self._whole_text)

    # Texts

    def _whole_text(self, module: Module, node: ast.expr) -> str:
        """The text of an expression, as far as it is known, whatever is looked for."""
        if isinstance(node, ast.Constant):
            return str(node.value)
        if isinstance(node, ast.JoinedStr):
            return "".join(self._piece_text(module, piece) for piece in node.values)
        known = self.app.evaluator.value(module, node).constant
        return known if isinstance(known, str) else ""

    def _text(self, module: Module, node: ast.expr, sought: Sought) -> str:
        """The text of an expression, as far as it can hold the name."""
        if isinstance(node, ast.Constant):
            return str(node.value)
        if isinstance(node, ast.JoinedStr):
            return "".join(self.field_text(module, piece, sought) for piece in node.values)
        value = self.app.evaluator.value(module, node)
        # A name for a text with more in it: there, the text itself changes.
        return sought.text if value.constant == sought.text and not value.is_direct else ""

    def field_text(self, module: Module, piece: ast.expr, sought: Sought) -> str:
        """The text of a part of an f-string; a mark where it is not known, or changes elsewhere."""
        text = self._piece_text(module, piece)
        if isinstance(piece, ast.Constant):
            return text
        return UNKNOWN if text != sought.text and occurs(text, sought.text) else text

    def _piece_text(self, module: Module, piece: ast.expr) -> str:
        if isinstance(piece, ast.Constant):
            return str(piece.value)
        parts = self.names.fixed(module, ast.JoinedStr([piece]))
        return UNKNOWN if parts is None else "".join(part.text for part in parts)

    def _is_same(self, module: Module, node: ast.expr, sought: Sought) -> bool:
        """Whether an expression gets the name from the constant that the construct gets it from."""
        if sought.origin is None:
            return False
        nodes: list[ast.expr] = [node]
        if isinstance(node, ast.JoinedStr):
            nodes = [p.value for p in node.values if isinstance(p, ast.FormattedValue)]
        return any(self.app.evaluator.value(module, n).origin is sought.origin for n in nodes)

    # Purposes

    def _purpose(self, module: Module, node: ast.expr, exact: bool, sought: Sought) -> Purpose:
        if node in self.given:
            return Purpose.REFERENCE if self._is_log_group(module, node, exact) else Purpose.NONE
        place = place_of(module, node)
        if place is None or (place.is_definition and exact):
            return Purpose.NONE
        if is_elsewhere(self._joined(module, place.whole, sought)):
            return Purpose.NONE
        same = self._is_same(module, node, sought)
        purpose = self._at(module, place, exact, sought)
        if purpose is Purpose.REFERENCE and not same and not self._fits(module, place, sought):
            purpose = Purpose.OTHER
        if purpose is Purpose.REFERENCE and same and not self._is_address(module, place, sought):
            text = self._around(module, node, sought)
            if text is not None and not can_change(text, sought.text):
                return Purpose.OTHER
        if purpose is Purpose.OTHER and same:
            return Purpose.REFERENCE if self._follows(module, node, place, sought) else purpose
        known = is_distinctive(sought.text) or purpose is not Purpose.OTHER
        return purpose if known else Purpose.NONE

    def _follows(self, module: Module, node: ast.expr, place: Place, sought: Sought) -> bool:
        """Whether a text from the name's own constant surely may become the new name."""
        text = self._around(module, node, sought)
        if text is not None and not can_change(text, sought.text):
            return False
        if place.given is None:
            return True
        callee = self.app.evaluator.callee(module, place.given.call)
        if isinstance(callee, str) and callee.startswith(CDK) and text is None:
            keyword = place.given.keyword
            noun = sought.argument.removesuffix("_name").removesuffix("_identifier")
            return noun in keyword or _ANY.fullmatch(keyword) is not None
        return not self._wording.is_bound(module, node, sought.text)

    def _around(self, module: Module, node: ast.expr, sought: Sought) -> str | None:
        """The text that an expression is put into, or has other words in; None: it stands alone."""

        def known(part: ast.expr) -> str:
            if isinstance(part, ast.JoinedStr):
                return "".join(self.field_text(module, piece, sought) for piece in part.values)
            return self._text(module, part, sought) or UNKNOWN

        text = text_around(module, node, known)
        return known(node) if text is None and isinstance(node, ast.JoinedStr) else text

    @cached_property
    def _wording(self) -> Wording:
        return Wording(self.app, self.callers)

    def _at(self, module: Module, place: Place, exact: bool, sought: Sought) -> Purpose:
        given = place.given
        if given is not None and given.method in _LOGGING:
            return Purpose.NONE
        if self.callers.is_test(module) or self.is_handler(module) or self.is_script(module):
            is_reference = exact and _is_named(place)
            if not self.callers.is_test(module):
                is_reference |= self._is_address(module, place, sought)
            return Purpose.REFERENCE if is_reference else Purpose.OTHER
        if self._is_address(module, place, sought):
            return Purpose.REFERENCE
        if given is None:
            if _PROSE.fullmatch(place.key.lower()):
                return Purpose.NONE
            return Purpose.REFERENCE if place.is_variable and exact else Purpose.OTHER
        return self._given_to(module, given, exact, sought.argument)

    def _fits(self, module: Module, place: Place, sought: Sought) -> bool:
        """Whether the text speaks of the resource that has the name, and not of another."""
        text = self._joined(module, place.whole, sought)
        if _ADDRESS.search(text):
            return fits_address(sought.resource, text)
        given = place.given
        words = place.key if given is None else f"{given.method} {given.keyword}"
        if given is not None and given.keyword == "string_value":
            return True
        if given is not None and given.method == "add_environment":
            words = ast.unparse(given.call.args[0]) if given.call.args else ""
        return fits_words(sought.argument, words)

    def _is_address(self, module: Module, place: Place, sought: Sought) -> bool:
        """Whether the text, with what is added to it, is an ARN or a URL that holds the name."""
        text = self._joined(module, place.whole, sought)
        return _ADDRESS.search(text) is not None and occurs(text, sought.text)

    def _joined(self, module: Module, node: ast.expr, sought: Sought) -> str:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left = self._joined(module, node.left, sought)
            return left + self._joined(module, node.right, sought)
        if isinstance(node, (ast.Constant, ast.JoinedStr, ast.Name, ast.Attribute)):
            return self._text(module, node, sought) or UNKNOWN
        return UNKNOWN

    def _is_log_group(self, module: Module, node: ast.expr, exact: bool) -> bool:
        """Whether a name holds another, as the name of a function's log group does."""
        source = self.app.evaluator.value(module, node).constant
        return isinstance(source, str) and source.startswith("/aws/") and not exact

    def _given_to(self, module: Module, given: Given, exact: bool, argument: str) -> Purpose:
        """The purpose of a text that a call in stack code is given."""
        callee = self.app.evaluator.callee(module, given.call)
        if callee == "aws_cdk.Fn.import_value" or argument == "export_name":
            found = callee == "aws_cdk.Fn.import_value" and argument == "export_name" and exact
            return Purpose.REFERENCE if found else Purpose.NONE
        if self._is_id(callee, given) or _PROSE.search(given.keyword):
            return Purpose.NONE
        if _loads_code(callee, given) or (callee in _SCHEMAS and given.keyword == "definition"):
            return Purpose.NONE
        if not exact:
            return Purpose.OTHER
        if _LOOK_UP.fullmatch(given.method) or given.is_second_of("add_environment"):
            return Purpose.REFERENCE
        if given.is_second_of("add") and "Tags" in ast.unparse(given.call.func):
            return Purpose.REFERENCE
        is_cdk = isinstance(callee, str) and callee.startswith(CDK)
        if is_cdk and given.keyword == argument:
            return Purpose.REFERENCE
        if callee == "aws_cdk.CfnOutput" and given.keyword == "value":
            return Purpose.REFERENCE
        if is_cdk and given.keyword == "string_value":
            return Purpose.REFERENCE  # a parameter that tells others the name
        named = given.keyword == "name" or given.keyword.endswith("_name")
        return Purpose.NONE if is_cdk and named else Purpose.OTHER

    def _is_id(self, callee: object, given: Given) -> bool:
        made = isinstance(callee, AppClass) or (
            isinstance(callee, str) and self.app.catalogue.construct(callee) is not None
        )
        second = given.position == 1 and (made or given.method == "__init__")
        return second or given.keyword in ("id", "construct_id") or "find_child" in given.method


def _loads_code(callee: object, given: Given) -> bool:
    """Whether an argument says where code is, or what in it is to be run."""
    is_cdk = isinstance(callee, str) and callee.startswith(CDK)
    return is_cdk and (given.keyword in _CODE_WORDS or _CODE.fullmatch(given.method) is not None)


def _is_named(place: Place) -> bool:
    """Whether a text is what boto3, or a template, takes for a resource's name."""
    if place.given is not None:
        first = place.given.position == 0 and _BOTO_RESOURCE.fullmatch(place.given.method)
        of_ssm = place.given.keyword == "Name" and "parameter" in place.given.method
        return bool(first or of_ssm or _BOTO.fullmatch(place.given.keyword))
    return _BOTO.fullmatch(place.key) is not None
