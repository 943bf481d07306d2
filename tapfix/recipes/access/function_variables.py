"""Giving a function an environment variable, or finding the one that it has already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tapfix.edits import Edit, Ref, SetArgument, SetEntry
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.stacks import made_from, may_refer
from tapfix.model.lambdas.variables import Variable, variables
from tapfix.model.python.modules import Module
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.spelling import spelled


@dataclass(frozen=True, eq=False)
class Wanted:
    """What a variable must tell.

    ``is_it`` knows a variable that tells it already; ``source`` is what a new one is set to, with
    ``{}`` in the place of the construct ``of``, if it speaks of one. ``name`` is for a new one.
    """

    name: str
    is_it: Callable[[Variable], bool]
    source: str
    of: Construct | None = None


def told(
    app: App, functions: tuple[Construct, ...], wanted: Wanted
) -> tuple[str, tuple[Edit, ...]] | Obstacle:
    """The one name of a variable by which all functions are told something, and the edits."""
    known = {function: _known(app, function, wanted) for function in functions}
    names = {name for name in known.values() if name is not None}
    if len(names) > 1:
        return Obstacle("its functions know that from variables of several names")
    name = names.pop() if names else wanted.name
    edits: list[Edit] = []
    for function, has in known.items():
        if has is None:
            given = _given(app, function, name, wanted)
            if isinstance(given, Obstacle):
                return given
            edits.append(given)
    return name, tuple(edits)


def joined(edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The edits with one environment for each function that gets several new variables."""
    entries: dict[Ref, dict[str, None]] = {}
    for edit in edits:
        if isinstance(edit, SetArgument) and edit.name == "environment":
            entries.setdefault(edit.call, {})[edit.value.strip("{}")] = None
    rest = [e for e in edits if not (isinstance(e, SetArgument) and e.name == "environment")]
    made = [
        SetArgument(call, "environment", "{" + ", ".join(texts) + "}")
        for call, texts in entries.items()
    ]
    return (*rest, *made)


def may_have(app: App, function: Construct, name: str) -> bool:
    """Whether the stack sets a variable of a function, or may set it."""
    argument = function.argument("environment")
    if argument is None and not function.lacks("environment"):
        return True
    given = argument.value if argument is not None else None
    if given is not None and (given.kind != "dict" or given.open or name in (given.entries or {})):
        return True
    for use in app.uses(function):
        if use.kind == "escape":
            return True
        if use.kind == "call" and use.chain == ("add_environment",):
            key = use.value.argument("key", 0) if use.value is not None else None
            if key is None or key.constant in (name, None):
                return True
    return any(
        name.encode() in app.files.get(f"{made.path}/Dockerfile", b"")
        for made in app.functions
        if made.construct is function and made.code == "image"
    )


def _known(app: App, function: Construct, wanted: Wanted) -> str | None:
    found = [one.name for one in variables(app, function).values() if wanted.is_it(one)]
    return wanted.name if wanted.name in found else next(iter(sorted(found)), None)


def _given(app: App, function: Construct, name: str, wanted: Wanted) -> Edit | Obstacle:
    """The edit that gives one function a new variable."""
    obstacle = _apart(app, function, wanted)
    if obstacle is not None:
        return obstacle
    argument = function.argument("environment")
    if argument is None:
        text = _source(app, wanted, function.module, function)
        if isinstance(text, Obstacle):
            return text
        if not function.lacks("environment"):
            return Obstacle("the function's environment is not to be seen")
        return SetArgument(function.ref, "environment", f'{{"{name}": {text}}}')
    given = argument.value
    if argument.obstacle is not None or given.kind != "dict" or given.open or given.shared:
        return Obstacle("the function's environment is shared, or not to be seen")
    if name in (given.entries or {}) or name in variables(app, function):
        return Obstacle(f"the function has another variable {name} already")
    text = _source(app, wanted, given.origin_module, function)
    if isinstance(text, Obstacle):
        return text
    return SetEntry(given.origin_ref, name, text)


def _apart(app: App, function: Construct, wanted: Wanted) -> Obstacle | None:
    """Why a function cannot speak of the construct."""
    if function.is_a("aws_cloudfront.experimental.EdgeFunction"):
        return Obstacle("a function of Lambda@Edge has no environment")
    if function.cls.level == 1:
        return Obstacle("an L1 function takes no environment that grows by an entry")
    if any(
        use.kind == "call" and use.chain == ("add_environment",) and use.conditional
        for use in app.uses(function)
    ):
        return Obstacle("the function gets some of its variables under a condition")
    if wanted.of is None:
        return None
    if wanted.of in made_from(app, function):
        return Obstacle(f"{wanted.of.label} waits for the function")
    if not may_refer(app, function, wanted.of):
        return Obstacle(f"{wanted.of.label} is in a stack that may have to wait for the function's")
    return None


def _source(app: App, wanted: Wanted, module: Module, function: Construct) -> str | Obstacle:
    if wanted.of is None:
        return wanted.source
    at = function.module.names.statement(function.node)
    text = spelled(app, wanted.of, function.module, at) if module is function.module else None
    if text is None:
        return Obstacle(f"nothing beside the function leads to {wanted.of.label}")
    return wanted.source.format(text)
