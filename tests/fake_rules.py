"""Small rules that are values, for tests of what runs rules and tells of them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from tapfix.edits import CreateFile, Edit, Finding, Fix, Impact, SetArgument
from tapfix.model.app import App
from tapfix.model.python.modules import Module
from tapfix.rule import Example, Profile, Rule, Severity


def rule(
    find: Callable[[App], Iterator[Finding]],
    code: str = "TAP901",
    name: str = "thing-switch",
    profiles: frozenset[Profile] = frozenset(Profile),
) -> Rule:
    examples = (Example("a thing", before="Thing(switch=True)", after="Thing(switch=False)"),)
    doc = "A thing that is switched on.\n\nWhy it matters: it hums."
    return Rule(code, name, Severity.HIGH, find, doc, examples, profiles)


def things(app: App, switch: object) -> Iterator[tuple[Module, ast.Call]]:
    """Calls of ``Thing`` whose argument ``switch`` has this value."""
    for module in app.cdk_modules:
        for node in ast.walk(module.file.tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Thing":
                values = {keyword.arg: ast.literal_eval(keyword.value) for keyword in node.keywords}
                if values.get("switch") == switch:
                    yield module, node


def setter(
    old: object,
    new: object,
    code: str = "TAP901",
    name: str = "thing-switch",
    impact: Impact = Impact.IN_PLACE,
    stateful: bool = False,
    profiles: frozenset[Profile] = frozenset(Profile),
) -> Rule:
    """A rule that turns every ``Thing(switch=<old>)`` into ``Thing(switch=<new>)``."""

    def find(app: App) -> Iterator[Finding]:
        for module, call in things(app, old):
            ref = module.ref(call)
            edits: tuple[Edit, ...] = (SetArgument(ref, "switch", repr(new)),)
            fix = Fix(f"switch={new!r}", impact, edits, stateful)
            yield Finding(code, ref, f"a thing is switched to {old!r}", fix, scope=ref)

    return rule(find, code, name, profiles)


def complaint(
    switch: object, reason: str, code: str = "TAP902", name: str = "thing-fault", note: bool = False
) -> Rule:
    """A rule that reports every ``Thing(switch=<switch>)`` and mends nothing."""

    def find(app: App) -> Iterator[Finding]:
        for module, call in things(app, switch):
            yield Finding(code, module.ref(call), "a thing is odd", reason=reason, note=note)

    return rule(find, code, name)


def crasher(code: str = "TAP903") -> Rule:
    """A rule that fails on every app."""

    def find(app: App) -> Iterator[Finding]:
        raise KeyError(app.root.rpartition("/")[2])
        yield  # makes it a generator, as rules are

    return rule(find, code, "thing-crash")


def mover(code: str = "TAP904") -> Rule:
    """A rule that puts a module with a ``Thing`` beside every ``Thing(switch='move')``."""

    def find(app: App) -> Iterator[Finding]:
        for module, call in things(app, "move"):
            ref = module.ref(call)
            path = f"{app.root}/moved.py"
            text = "import aws_cdk\n\nThing(switch=True)\n"
            edits = (SetArgument(ref, "switch", "'moved'"), CreateFile(path, text))
            yield Finding(code, ref, "a thing moves", Fix("move it", Impact.BEHAVIOUR, edits))

    return rule(find, code, "thing-move")
