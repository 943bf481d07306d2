"""What is known of an expression, and what is somebody's decision."""

from __future__ import annotations

import ast

import pytest

from tapfix.model.python.values import Value
from tests.model.apps import last_expression, module_of, read, value_of


def shown(value: Value) -> object:
    """A value as plain data: a text is a list of its parts, ``...`` is what is not known."""
    match value.kind:
        case "constant":
            return value.constant
        case "member":
            return f"<{value.name}>"
        case "call":
            keywords = (value.keywords or {}).items()
            return (
                f"<{value.name}>",
                *map(shown, value.arguments),
                *[(k, shown(v)) for k, v in keywords],
            )
        case "instance":
            return f"<{value.of.name}()>" if value.of is not None else None
        case "text":
            return [part if isinstance(part, str) else shown(part) for part in value.parts]
        case "list":
            return tuple(shown(item) for item in value.items)
        case "dict":
            return {key: shown(entry) for key, entry in (value.entries or {}).items()}
    return ...


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('"text"', "text"),
        ("7", 7),
        ("-7", -7),
        ("True", True),
        ("None", None),
        ('"a" "b"', "ab"),
        ('"a" + "b"', "ab"),
        ('f"a"', "a"),
        ('NAME = "a"\nf"{NAME}-b"', "a-b"),
        ('NAME = "a"\nNAME + "-b"', "a-b"),
        ('NAME = "a"\n"%s-b" % NAME', "a-b"),
        ('NAME = "a"\n"{}-b".format(NAME)', "a-b"),
        ('NAME = "a"\n"{name}-b".format(name=NAME)', "a-b"),
        ('f"a-{env}"', ["a-", ...]),
        ('"a-" + env', ["a-", ...]),
        ('"a-{}".format(env)', ["a-", ...]),
        ('f"{7}-a"', [7, "-a"]),
        ("[1, 'a', env]", (1, "a", ...)),
        ("(1, 2)", (1, 2)),
        ('{"a": 1, "b": {"c": env}}', {"a": 1, "b": {"c": ...}}),
        ("dict(a=1)", {"a": 1}),
        ("env + 1", ...),
        ("not True", ...),
    ],
)
def test_literals(source: str, expected: object) -> None:
    assert shown(value_of(source)) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("A = 1\nB = A\nB", 1),
        ("def f():\n    x = 1\n    x", 1),
        ("x = 1\ndef f():\n    x", 1),
        ("x: int = 1\nx", 1),
        ("a, b = 1, 2\nb", 2),
        ("a = b = 1\nb", 1),
        ("if (n := 1):\n    n", 1),
        ("class A:\n    x = 1\nA.x", 1),
        ("class A:\n    x = 1\n    def f(self):\n        self.x", 1),
        ("class A:\n    def __init__(self):\n        self.x = 1\n    def f(a):\n        a.x", 1),
        ("class A:\n    x = 1\nclass B(A):\n    def f(self):\n        self.x", 1),
        ("class A:\n    x = 1\na = A()\na.x", 1),
        ("class A:\n    x = 1\nA().x", 1),
        ("class A:\n    x = 1\ndef f(a: A):\n    a.x", 1),
        ("from typing import cast\nx = cast(int, 1)\nx", 1),
        ("X = 'a'\ndef f(Y=X):\n    Y", ...),
    ],
)
def test_names_bound_once(source: str, expected: object) -> None:
    assert shown(value_of(source)) == expected


@pytest.mark.parametrize(
    "source",
    [
        "x = 1\nx = 2\nx",
        "if env:\n    x = 1\nelse:\n    x = 2\nx",
        "if env:\n    x = 1\nx",
        "try:\n    x = 1\nexcept ValueError:\n    pass\nx",
        "while env:\n    x = 1\nx",
        "match env:\n    case 1:\n        x = 1\nx",
        "x = 1 if env else 2\nx",
        "x = env or 1\nx",
        "x = 1\nx += 1\nx",
        "x = 1\ndel x\nx",
        "x = 1\nfor x in y:\n    pass\nx",
        "x = 1\ndef f():\n    global x\n    x = 2\nx",
        "x = 1\ndef f():\n    global x\n    x = 2\n    x",
        "def f(x):\n    x",
        "def f(x=1):\n    x",
        "def f(*, x: int = 1):\n    x",
        "for x in [1]:\n    x",
        "with y as x:\n    x",
        "x, *y = 1, 2\nx",
        "class A:\n    x = 1\n    def f(self):\n        self.x = 2\nA().x",
        "class A:\n    x = 1\nA.x = 2\nA().x",
        "class A:\n    x = 1\nclass B(A):\n    x = 2\nA().x",
        "class A:\n    x = 1\n    def f(self):\n        x",
        "class A:\n    def __init__(self, x):\n        self.x = x\nA(1).x",
        "class A:\n    def __init__(self):\n        if env:\n            self.x = 1\n"
        "    def f(self):\n        self.x",
        "def f():\n    return 1\nf()",
        "import os\nos.environ['X'] + 1",
        "x = y\ny = x\nx",
        "x = x.f()\nx",
        "x = f(x)\nx",
    ],
)
def test_decisions_are_not_known(source: str) -> None:
    assert shown(value_of(source)) is ...


def test_a_name_is_known_under_the_condition_that_binds_it() -> None:
    assert shown(value_of("if env:\n    x = 1\n    x")) == 1


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("@dataclass\nclass C:\n    x: int = 1\nC().x", 1),
        ("@dataclass(frozen=True)\nclass C:\n    x: int = 1\ndef f(c: C):\n    c.x", 1),
        ("@dataclass\nclass C:\n    x: int = 1\nC(x=2)\ndef f(c: C):\n    c.x", ...),
        ("@dataclass\nclass C:\n    x: int = 1\nC(2)\ndef f(c: C):\n    c.x", ...),
        ("@dataclass\nclass C:\n    w: int = 0\n    x: int = 1\nC(2)\ndef f(c: C):\n    c.x", 1),
        ("@dataclass\nclass C:\n    x: int = 1\nC(**env)\ndef f(c: C):\n    c.x", ...),
        ("@dataclass\nclass C:\n    x: int\ndef f(c: C):\n    c.x", ...),
        ("class C(NamedTuple):\n    x: int = 1\nC(x=2)\ndef f(c: C):\n    c.x", ...),
        ("class C(BaseSettings):\n    x: int = 1\ndef f(c: C):\n    c.x", 1),
        ("class C:\n    x: int = 1\nC()\ndef f(c: C):\n    c.x", 1),
    ],
)
def test_defaults_of_fields(source: str, expected: object) -> None:
    imports = (
        "from dataclasses import dataclass\nfrom typing import NamedTuple\n"
        "from pydantic import BaseSettings\n"
    )
    assert shown(value_of(imports + source)) == expected


@pytest.mark.parametrize(
    "source",
    [
        "from lib.names import BUCKET\nBUCKET",
        "from lib.names import BUCKET as B\nB",
        "from lib import names\nnames.BUCKET",
        "from lib import names as n\nn.BUCKET",
        "import lib.names\nlib.names.BUCKET",
        "import lib.names as n\nn.BUCKET",
        "from lib.names import *\nBUCKET",
        "from lib import BUCKET\nBUCKET",
        "import lib\nlib.BUCKET",
        "from lib.more import BUCKET\nBUCKET",
        "from lib.names import Names\nNames.bucket",
        "from lib.names import Names\nNames().bucket",
        "from lib.names import names\nnames.bucket",
    ],
)
def test_constants_of_other_modules(source: str) -> None:
    value = value_of(
        source,
        {
            "lib/__init__.py": "from .names import *\n",
            "lib/names.py": 'BUCKET = "orders"\nclass Names:\n    bucket = BUCKET\n'
            "names = Names()\n",
            "lib/more.py": "from ..lib.names import BUCKET\n",
        },
    )
    assert value.constant == "orders"
    assert value.origin_module.path == "/app/lib/names.py"
    assert value.origin_module.file.source(value.origin_ref) == '"orders"'


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "from aws_cdk import RemovalPolicy\nRemovalPolicy.RETAIN",
            "<aws_cdk.RemovalPolicy.RETAIN>",
        ),
        (
            "import aws_cdk as cdk\nR = cdk.RemovalPolicy\nR.RETAIN",
            "<aws_cdk.RemovalPolicy.RETAIN>",
        ),
        ("from aws_cdk import Duration as D\nD.days(7)", ("<aws_cdk.Duration.days>", 7)),
        ("DAYS = 7\nKEEP = aws_cdk.Duration.days(DAYS)\nKEEP", ("<aws_cdk.Duration.days>", 7)),
        (
            "from aws_cdk import Duration as D, aws_rds\naws_rds.BackupProps(retention=D.days(1))",
            ("<aws_cdk.aws_rds.BackupProps>", ("retention", ("<aws_cdk.Duration.days>", 1))),
        ),
        ("import os\nos.environ.get('A', 'b')", ("<os.environ.get>", "A", "b")),
        ("class A: pass\nA()", "<A()>"),
    ],
)
def test_members_and_calls(source: str, expected: object) -> None:
    assert shown(value_of(source)) == expected


@pytest.mark.parametrize(
    ("source", "is_open"),
    [
        ('{"a": 1}', False),
        ('{"a": 1, **more}', True),
        ('{"a": 1, key: 2}', True),
        ("dict(a=1, **more)", True),
        ("[1, *more]", True),
        ("[1]", False),
        ("aws_cdk.Duration.days(*more)", True),
        ("aws_cdk.Duration.days(1)", False),
    ],
)
def test_what_may_hold_more_is_open(source: str, is_open: bool) -> None:
    assert value_of(source).open is is_open


def test_a_value_says_whether_others_read_it() -> None:
    assert not value_of("A = 1\nA").shared
    assert value_of("A = 1\nprint(A)\nA").shared
    assert value_of("A = 1\nB = A\nprint(A)\nB").shared
    assert not value_of("1").shared


def test_places_of_a_value() -> None:
    app = read("import aws_cdk\nDAYS = 7\naws_cdk.Duration.days(DAYS)\n")
    module = module_of(app)
    (days,) = app.evaluator.value(module, last_expression(module)).arguments
    assert module.file.source(days.ref) == "DAYS"
    assert module.file.source(days.origin_ref) == "7"
    assert not days.is_direct


def test_what_goes_round_in_circles_ends() -> None:
    lines = "\n".join(f"a{n} = b{n}.f(a{n}, b{n})\nb{n} = a{n}.g(b{n}, a{n})" for n in range(30))
    chain = "\n".join(f"c{n + 1} = c{n}.f(c{n}, c{n})" for n in range(400))
    assert shown(value_of(f"{lines}\n{chain}\na7")) is ...
    assert shown(value_of(f"{lines}\n{chain}\nc400")) is ...


def test_a_default_that_is_used_where_its_class_might_be_constructed() -> None:
    source = """
    from dataclasses import dataclass

    @dataclass(frozen=True)
    class Database:
        days: int = 7

    @dataclass(frozen=True)
    class Config:
        database: Database = Database()

    class Holder:
        def __init__(self, config: Config) -> None:
            self.config = config

        def keep(self) -> None:
            self.config.database.keep()
            self.config.database.days

    Holder(Config())
    """
    app = read(source)
    module = module_of(app)
    (expression,) = [
        node
        for node in ast.walk(module.file.tree)
        if isinstance(node, ast.Attribute) and node.attr == "days"
    ]
    assert shown(app.evaluator.value(module, expression)) == 7


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("Names.BUCKET.value", "files"), ("Names.BUCKET", ...), ('f"{Names.BUCKET}-a"', [..., "-a"])],
)
def test_a_member_of_an_enum_is_not_its_value(expression: str, expected: object) -> None:
    source = f"""
    from enum import Enum

    class Names(str, Enum):
        BUCKET = "files"

    {expression}
    """
    assert shown(value_of(source)) == expected
