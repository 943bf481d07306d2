"""Which names a file binds, and from where they are seen."""

from __future__ import annotations

import ast

import pytest

from tapfix.model.python.scopes import Names, Scope
from tapfix.model.python.walk import read_names


def names_of(source: str) -> Names:
    return read_names(ast.parse(source))


def seen_from(names: Names, line: int) -> Scope:
    """The scope in which the name ``here`` on a line is read."""
    (load,) = (node for node in names.loads["here"] if node.lineno == line)
    return names.scopes[load]


@pytest.mark.parametrize(
    ("statement", "kinds"),
    [
        ("x = 1", ["assign"]),
        ("x: int = 1", ["assign"]),
        ("x: int", []),
        ("x = y = 1", ["assign"]),
        ("x, y = 1, 2", ["assign"]),
        ("[x, y] = 1, 2", ["assign"]),
        ("x, y = z", ["other"]),
        ("x, *y = 1, 2, 3", ["other"]),
        ("(x := 1)", ["assign"]),
        ("[x := y for y in z]", ["assign"]),
        ("x += 1", ["other"]),
        ("del x", ["other"]),
        ("for x in y: pass", ["loop"]),
        ("for x, y in z: pass", ["other"]),
        ("async def f():\n    global x\n    async for x in y: pass", ["loop"]),
        ("with y as x: pass", ["other"]),
        ("with y as (x, z): pass", ["other"]),
        ("try:\n    pass\nexcept E as x:\n    pass", ["other"]),
        ("match y:\n    case [x, *_]: pass", ["other"]),
        ("match y:\n    case {'a': 1, **x}: pass", ["other"]),
        ("match y:\n    case C() as x: pass", ["other"]),
        ("import x", ["import"]),
        ("import x.y", ["import"]),
        ("import y as x", ["import"]),
        ("from y import x", ["import"]),
        ("from y import z as x", ["import"]),
        ("from y import *", []),
        ("def x(): pass", ["function"]),
        ("async def x(): pass", ["function"]),
        ("class x: pass", ["class"]),
        ("x.y = 1", []),
        ("x[0] = 1", []),
        ("[x for x in y]", []),
        ("lambda x: x", []),
        ("def f(x): pass", []),
        ("def f():\n    x = 1", []),
        ("def f():\n    global x\n    x = 1", ["assign"]),
        ("x = 1\ndef f():\n    global x\n    x = 2", ["assign", "assign"]),
        ("x = 1\ndef f():\n    def g():\n        global x\n        x = 2", ["assign", "assign"]),
        ("if y:\n    x = 1\nelse:\n    x = 2", ["assign", "assign"]),
    ],
)
def test_what_binds_a_name_of_the_module(statement: str, kinds: list[str]) -> None:
    names = names_of(statement)
    assert [binding.kind for binding in names.module.lookup("x")] == kinds


@pytest.mark.parametrize(
    ("statement", "targets"),
    [
        ("import a.b.c", {"a": "a"}),
        ("import a.b.c as d", {"d": "a.b.c"}),
        ("import a, b as c", {"a": "a", "c": "b"}),
        ("from a import b, c as d", {"b": "a.b", "d": "a.c"}),
        ("from . import a", {"a": ".a"}),
        ("from .. import a as b", {"b": "..a"}),
        ("from .a.b import c", {"c": ".a.b.c"}),
    ],
)
def test_targets_of_imports(statement: str, targets: dict[str, str]) -> None:
    bindings = names_of(statement).module.bindings
    assert {name: found[0].target for name, found in bindings.items()} == targets


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("x = 1\nhere", 2),
        ("x = 1\ndef f():\n    here", 3),
        ("x = 1\nclass A:\n    def f(self):\n        here", 4),
        ("x = 1\nclass A:\n    x = 2\n    def f(self):\n        here", 5),
        ("x = 1\nclass A:\n    x = 2\n    y = [here for z in w]", 4),
        ("x = 1\ndef f():\n    [here for y in z]", 3),
        ("x = 1\nf = lambda y: here", 2),
        ("x = 1\ndef f(x=here): pass", 2),
        ("x = 1\n@here\ndef f(x): pass", 2),
        ("x = 1\ndef f(x: here): pass", 2),
        ("x = 1\nclass A(here):\n    x = 2", 2),
        ("x = 1\nf = lambda x=here: x", 2),
        ("x = 1\n[x for x in here]", 2),
        ("x = 1\ndef f():\n    x = 2\n    def g():\n        global x\n        here", 6),
    ],
)
def test_the_name_of_the_module_is_seen(source: str, line: int) -> None:
    names = names_of(source)
    assert seen_from(names, line).lookup("x") is names.module.bindings["x"]


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("x = 1\ndef f(x):\n    here", 3),
        ("x = 1\ndef f():\n    x = 2\n    here", 4),
        ("x = 1\ndef f():\n    here\n    x = 2", 3),
        ("x = 1\ndef f(x):\n    def g():\n        here", 4),
        ("x = 1\nf = lambda x: here", 2),
        ("x = 1\n[here for x in y]", 2),
        ("x = 1\n[z for x in y for z in here]", 2),
        ("x = 1\nclass A:\n    x = 2\n    here", 4),
        ("x = 1\nclass A:\n    x = 2\n    y = [z for z in here]", 4),
        ("x = 1\ndef f(*x):\n    here", 3),
        ("x = 1\ndef f(**x):\n    here", 3),
        ("x = 1\ndef f(x, /):\n    here", 3),
        ("x = 1\ndef f():\n    x = 2\n    def g():\n        nonlocal x\n        here", 6),
    ],
)
def test_a_nearer_name_hides_that_of_the_module(source: str, line: int) -> None:
    names = names_of(source)
    found = seen_from(names, line).lookup("x")
    assert found
    assert found is not names.module.bindings["x"]


def test_nonlocal_adds_to_the_name_of_the_function_around() -> None:
    names = names_of(
        "def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = 2\n    here"
    )
    assert [binding.kind for binding in seen_from(names, 6).lookup("x")] == ["assign", "assign"]
    assert names.module.lookup("x") == []


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("x = 1", "1"),
        ("x = y = 1", "1"),
        ("x, y = 1, 2", "1"),
        ("(x, (y, z)) = 1, (2, 3)", "1"),
        ("for x in [1, 2]: pass", "[1, 2]"),
        ("x: int = 1", "1"),
        ("f(x := 1)", "1"),
    ],
)
def test_what_a_name_is_given(source: str, value: str) -> None:
    (binding,) = names_of(source).module.lookup("x")
    assert binding.value is not None
    assert ast.unparse(binding.value) == value


@pytest.mark.parametrize(
    ("source", "stores"),
    [
        ("a.b = 1", {"a.b": "1"}),
        ("a['b'] = 1", {"a['b']": "1"}),
        ("a.b, c.d = 1, 2", {"a.b": "1", "c.d": "2"}),
        ("a.b = c.d = 1", {"a.b": "1", "c.d": "1"}),
        ("a.b: int = 1", {"a.b": "1"}),
        ("a.b += 1", {"a.b": None}),
        ("for a.b in c: pass", {"a.b": None}),
        ("a.b, c = d", {"a.b": None}),
    ],
)
def test_what_attributes_and_entries_are_given(source: str, stores: dict[str, str | None]) -> None:
    found = names_of(source).stores
    assert {ast.unparse(k): v and ast.unparse(v) for k, v in found.items()} == stores


def test_indexes() -> None:
    names = names_of(
        "from a import *\nimport b\nc = b.d('e')\nc.d\n\ndef f(): g()\n\nclass H: pass"
    )
    assert names.stars == ["a"]
    assert names.imports == ["a", "b"]
    assert [ast.unparse(call) for call in names.calls] == ["b.d('e')", "g()"]
    assert [ast.unparse(node) for node in names.attributes["d"]] == ["b.d", "c.d"]
    assert [node.value for node in names.strings] == ["e"]
    assert [node.name for node in names.functions] == ["f"]
    assert [node.name for node in names.classes] == ["H"]


def test_statements_around_a_node() -> None:
    names = names_of("def f():\n    if x:\n        y = [here]")
    (load,) = names.loads["here"]
    assert ast.unparse(names.statement(load)) == "y = [here]"
    assert [type(node).__name__ for node in names.ancestors(load)] == [
        "List",
        "Assign",
        "If",
        "FunctionDef",
        "Module",
    ]
