"""Passwords that stand in stack code: as values of arguments, of secrets, of variables."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tapfix.edits import Ref
from tapfix.model.access.credentials import logins, passwords_in, pieces
from tapfix.model.access.needs import handlers_of
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.lambdas.functions import FUNCTIONS
from tapfix.model.lambdas.variables import Variable, variables
from tapfix.model.python.callers import Callers
from tapfix.model.python.modules import Module
from tapfix.model.python.values import Value

_PLAIN = (
    "SecretValue.unsafe_plain_text",
    "SecretValue.plain_text",
    "aws_secretsmanager.SecretStringValueBeta1.from_unsafe_plaintext",
)
_ARGUMENTS = (
    "auth_token",
    "master_user_password",
    "master_password",
    "secret_string",
    "tde_credential_password",
)
_CALLED_PASSWORD = re.compile(r"(?:^|_)(?:PASSWORD|PASSWD|PASS|PWD)$", re.IGNORECASE)
_URL = re.compile(r"://[^/\s:@]*:[^@/\s{}]+@")
_OPEN = re.compile(r"user|host|port|name|engine|url|endpoint|region", re.IGNORECASE)
_NAME = re.compile(r"[\w.-]+(?:/[\w.-]+)+")
_SWITCHES = ("0", "1", "disabled", "enabled", "false", "no", "none", "off", "on", "true", "yes")
_REFERENCES = ("{{resolve:", "arn:", "/")


@dataclass(frozen=True, slots=True)
class Plain:
    """A password in stack code: where it stands, what holds it, the statement around it.

    ``hides`` is what no report may show of it.
    """

    ref: Ref
    what: str
    scope: Ref
    hides: tuple[str, ...]


def plain_passwords(app: App) -> Iterator[Plain]:
    """The passwords in an app's stack code, its tests left out."""
    callers = Callers(app.evaluator)
    for module in app.cdk_modules:
        if not callers.is_test(module):
            yield from _called(app, module)
    for construct in app.constructs:
        yield from _arguments(construct)
    for function in app.of(*FUNCTIONS):
        yield from _variables(app, function)


def _called(app: App, module: Module) -> Iterator[Plain]:
    for call in module.names.calls:
        symbol = app.evaluator.callee(module, call)
        name = symbol.removeprefix("aws_cdk.") if isinstance(symbol, str) else ""
        if name not in _PLAIN:
            continue
        value = app.evaluator.value(module, call)
        given = value.arguments[0] if value.arguments else None
        given = given or next(iter((value.keywords or {}).values()), None)
        if given is not None and _is_password(given) and not _is_named_otherwise(module, call):
            last = ".".join(name.rsplit(".", 2)[-2:])
            around = _statement(module, given)
            yield Plain(module.ref(call), f"{last} is given", around, _hides(given))


def _is_named_otherwise(module: Module, call: ast.Call) -> bool:
    """Whether a dict says that the text is none to be kept secret: a user, a host."""
    parent = module.names.parents[call]
    if not isinstance(parent, ast.Dict):
        return False
    key = parent.keys[parent.values.index(call)]
    name = key.value if isinstance(key, ast.Constant) else None
    return isinstance(name, str) and _OPEN.search(name) is not None


def _arguments(construct: Construct) -> Iterator[Plain]:
    for name in _ARGUMENTS:
        value = construct.value(name)
        if value is not None and _is_password(value):
            what = f"{name} of {construct.label} is"
            yield Plain(value.ref, what, construct.statement, _hides(value))


def _variables(app: App, function: Construct) -> Iterator[Plain]:
    known = variables(app, function)
    if not any(isinstance(one.value.constant, str) for one in known.values()):
        return
    used = {
        name
        for handler in handlers_of(app, function)
        for login in logins(app, handler)
        if "password" in login.settings
        for name in login.settings["password"].variables
    }
    for variable in known.values():
        if _tells_password(variable, used):
            what = f"the variable {variable.name} of {function.label} is"
            hides = _hides(variable.value)
            yield Plain(variable.value.ref, what, function.statement, hides)


def _tells_password(variable: Variable, used: set[str]) -> bool:
    text = variable.value.constant
    if isinstance(text, str) and _URL.search(text):
        return True
    if variable.name in used:
        return _is_password(variable.value)
    is_called = _CALLED_PASSWORD.search(variable.name) is not None
    return is_called and _is_password(variable.value) and not _says_otherwise(str(text))


def _says_otherwise(text: str) -> bool:
    """Whether a text is rather a switch, or the name of a secret or a parameter."""
    return text.lower() in _SWITCHES or _NAME.fullmatch(text) is not None


def _is_password(value: Value) -> bool:
    """Whether a text is there and says of nothing else where the password is."""
    text = value.constant
    return isinstance(text, str) and bool(text) and not text.startswith(_REFERENCES)


def _hides(value: Value) -> tuple[str, ...]:
    text = str(value.constant)
    return (text, *passwords_in(text), *pieces(value, text))


def _statement(module: Module, value: Value) -> Ref:
    return module.ref(module.names.statement(value.node))
