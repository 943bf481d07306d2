"""How the file of a Lambda function's code is called, after the construct that makes it."""

from __future__ import annotations

import ast
import keyword
import re
import sys
from collections.abc import Collection, Iterator

from tapfix.model.cdk.constructs import Construct
from tapfix.model.python.values import Value

GENERIC = ("index", "handler", "main", "app", "lambda_function")
"""Modules that are called after their part, not after what they do."""
# What Lambda's Python runtimes have beside the standard library: a module of the function's own
# by that name would hide it.
PROVIDED = frozenset(
    ["awslambdaric", "boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3"]
)
_HIDING = PROVIDED | sys.stdlib_module_names | {"bootstrap", "runtime_client"}
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEPARATORS = re.compile(r"[^a-z0-9]+")
_OF_TEXTS = re.compile(r"_(?:code|source|src|inline|text|str|script|body|py|js)$|^(?:get|inline)_")


def snake(text: str) -> str:
    """A text in snake case: ``OrderTaker`` and ``order-taker`` alike."""
    return _SEPARATORS.sub("_", _HUMPS.sub("_", text).lower()).strip("_")


def own_names(construct: Construct) -> Iterator[str]:
    """What a function is called in the app, in snake case: its id, its name, its module.

    Where a value goes into one of them (an environment, say), what the source spells comes first.
    """
    for value in (construct.id, construct.value("function_name")):
        for words in _words(value) if value is not None else ():
            if snake(words):
                yield snake(words)
    yield from module_names(construct)


def module_names(construct: Construct) -> Iterator[str]:
    """The module that a function's handler names, if that says what the function is for."""
    handler = construct.value("handler")
    known = handler.constant if handler is not None else None
    stem = known.rpartition(".")[0] if isinstance(known, str) else ""
    if stem and stem not in GENERIC and snake(stem) == stem:
        yield stem


def file_names(
    construct: Construct, constant: str | None, taken: Collection[str], *, is_shared: bool = False
) -> Iterator[str]:
    """Names for the file of a function's code, without suffix, the best first; without end.

    ``constant`` is the name that its text has in the stack, and the best where several functions
    share it; ``taken`` are names of modules that the code imports.
    """
    topic = [_topic(constant)]
    found = [*module_names(construct), *own_names(construct), snake(_variable(construct))]
    found = topic + found if is_shared else found + topic
    owner = construct.module.names.scopes[construct.node].owner
    around = owner.node.name if owner is not None and isinstance(owner.node, ast.ClassDef) else ""
    found += [snake(around)] if construct.inherited else []
    found = [name for name in found if name] or ["handler"]
    found.append(snake(f"{around}_{found[0]}"))
    for name in found:
        if not name.isidentifier() or keyword.iskeyword(name) or name in (*_HIDING, *taken):
            name = f"handle_{name}"
        yield name
    number = 1
    while number := number + 1:
        yield f"{found[0]}_{number}"


def _words(value: Value) -> Iterator[str]:
    """The literal parts of a text, then the whole if it is known."""
    pieces = value.origin.values if isinstance(value.origin, ast.JoinedStr) else []
    literal = [p.value for p in pieces if isinstance(p, ast.Constant) and isinstance(p.value, str)]
    yield "-".join(literal or [part for part in value.parts if isinstance(part, str)])
    if isinstance(value.constant, str):
        yield value.constant


def _variable(construct: Construct) -> str:
    """The variable or attribute that holds the construct."""
    statement = construct.module.names.statement(construct.node)
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or statement.value is None:
        return ""
    if statement.value is not construct.node:
        return ""
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    return target.id if isinstance(target, ast.Name) else getattr(target, "attr", "")


def _topic(constant: str | None) -> str:
    """What the name of a text says of the function: ``WELCOME_CODE`` is about ``welcome``."""
    name = snake(constant or "")
    while (shorter := _OF_TEXTS.sub("", name)) != name:
        name = shorter
    return name
