"""From names to what they stand for: of the library, of the app, or nothing that is known."""

from __future__ import annotations

import ast
from collections.abc import Mapping

import pytest

from tapfix.model.python.modules import AppClass, AppFunction, Module
from tapfix.model.python.resolve import Symbol
from tests.model.apps import last_expression, module_of, read


def symbol_of(source: str, files: Mapping[str, str] = {}, path: str = "app.py") -> Symbol | None:
    """What the last expression of a file of the app stands for."""
    app = read("import aws_cdk\n" + source if path == "app.py" else "import aws_cdk\n", files)
    module = module_of(app, path)
    return app.evaluator.resolver.symbol(module, last_expression(module))


def shown(symbol: Symbol | None) -> str | None:
    match symbol:
        case Module():
            return symbol.path
        case AppClass() | AppFunction():
            return f"{symbol.module.path}:{symbol.name}"
    return symbol


BUCKET = "aws_cdk.aws_s3.Bucket"


@pytest.mark.parametrize(
    "source",
    [
        "aws_cdk.aws_s3.Bucket",
        "import aws_cdk as cdk\ncdk.aws_s3.Bucket",
        "import aws_cdk.aws_s3\naws_cdk.aws_s3.Bucket",
        "import aws_cdk.aws_s3 as s3\ns3.Bucket",
        "from aws_cdk import aws_s3\naws_s3.Bucket",
        "from aws_cdk import aws_s3 as s3\ns3.Bucket",
        "from aws_cdk import (\n    aws_s3 as _s3,\n)\n_s3.Bucket",
        "from aws_cdk.aws_s3 import Bucket\nBucket",
        "from aws_cdk.aws_s3 import Bucket as B\nB",
        "from aws_cdk.aws_s3 import *\nBucket",
        "from aws_cdk import *\naws_s3.Bucket",
        "import aws_cdk as cdk\ns3 = cdk.aws_s3\ns3.Bucket",
        "from aws_cdk.aws_s3 import Bucket\nB = Bucket\nB",
        "def f():\n    from aws_cdk import aws_s3 as s3\n    s3.Bucket",
        "if TYPE_CHECKING:\n    from aws_cdk import aws_s3 as s3\ns3.Bucket",
        "try:\n    from aws_cdk import aws_s3 as s3\nexcept ImportError:\n"
        "    from aws_cdk import aws_s3 as s3\ns3.Bucket",
        "from lib.cdk import s3\ns3.Bucket",
        "from lib.cdk import Bucket\nBucket",
        "from lib.cdk import *\ns3.Bucket",
        "from lib import cdk\ncdk.s3.Bucket",
        "from lib import s3\ns3.Bucket",
        "import lib\nlib.s3.Bucket",
    ],
)
def test_spellings_of_a_class_of_the_library(source: str) -> None:
    files = {
        "lib/__init__.py": "from .cdk import s3\n",
        "lib/cdk.py": "from aws_cdk import aws_s3 as s3\nfrom aws_cdk.aws_s3 import Bucket\n",
    }
    assert symbol_of(source, files) == BUCKET


@pytest.mark.parametrize(
    "source",
    [
        "Bucket",
        "s3.Bucket",
        "from boto3 import s3\ns3 = make()\ns3.Bucket",
        "from aws_cdk import aws_s3 as s3\ns3 = fake()\ns3.Bucket",
        "from aws_cdk import aws_s3 as s3\ndef f(s3):\n    s3.Bucket",
        "from aws_cdk import aws_s3 as s3\ndef f():\n    for s3 in x:\n        s3.Bucket",
        "from aws_cdk import aws_s3 as s3\nfrom mocks import s3\ns3.Bucket",
        "def f():\n    from aws_cdk import aws_s3 as s3\ns3.Bucket",
        "class A:\n    from aws_cdk import aws_s3 as s3\n    def f(self):\n        s3.Bucket",
        "from lib.cdk import missing\nmissing.Bucket",
        "from lib.cdk import *\nmissing",
    ],
)
def test_what_only_looks_like_it(source: str) -> None:
    found = symbol_of(source, {"lib/cdk.py": "import aws_cdk\n"})
    assert found != BUCKET
    assert not isinstance(found, (AppClass, Module))


def test_a_namesake_of_another_library_is_another() -> None:
    assert symbol_of("from troposphere.s3 import Bucket\nBucket") == "troposphere.s3.Bucket"


def test_a_class_of_the_app_hides_that_of_the_library() -> None:
    found = symbol_of("from aws_cdk.aws_s3 import *\nclass Bucket: pass\nBucket")
    assert shown(found) == "/app/app.py:Bucket"


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    from aws_cdk import core\nexcept ImportError:\n"
        "    import aws_cdk as core\ncore.Stack",
        "try:\n    import aws_cdk as core\nexcept ImportError:\n"
        "    from aws_cdk import core\ncore.Stack",
        "try:\n    from aws_cdk import Stack\nexcept ImportError:\n"
        "    from aws_cdk.core import Stack\nStack",
        "try:\n    from aws_cdk.core import Stack\nexcept ImportError:\n"
        "    from aws_cdk import Stack\nStack",
    ],
)
def test_shims_for_both_versions_stand_for_the_second(source: str) -> None:
    assert symbol_of(source) == "aws_cdk.Stack"


TREE = {
    "lib/__init__.py": "from .stacks.main import MainStack\n",
    "lib/stacks/__init__.py": "",
    "lib/stacks/main.py": "from ..tools import make\nfrom . import names\nimport aws_cdk\n"
    "class MainStack(aws_cdk.Stack):\n    def build(self): pass\n",
    "lib/stacks/names.py": "def name(): pass\n",
    "lib/tools.py": "def make(): pass\nfrom lib import MainStack\n",
}
MAIN = "/app/lib/stacks/main.py"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from lib.stacks.main import MainStack\nMainStack", f"{MAIN}:MainStack"),
        ("from lib.stacks.main import MainStack as M\nM", f"{MAIN}:MainStack"),
        ("from lib import MainStack\nMainStack", f"{MAIN}:MainStack"),
        ("import lib\nlib.MainStack", f"{MAIN}:MainStack"),
        ("import lib.stacks.main\nlib.stacks.main.MainStack", f"{MAIN}:MainStack"),
        ("import lib.stacks.main as m\nm.MainStack", f"{MAIN}:MainStack"),
        ("from lib.stacks import main\nmain.MainStack", f"{MAIN}:MainStack"),
        ("from lib.stacks import main\nmain", MAIN),
        ("from lib.stacks import main\nmain.make", "/app/lib/tools.py:make"),
        ("from lib.stacks import main\nmain.names.name", "/app/lib/stacks/names.py:name"),
        ("from lib.tools import MainStack\nMainStack", f"{MAIN}:MainStack"),
        ("from lib import MainStack\nMainStack.build", f"{MAIN}:build"),
        ("from lib import *\nMainStack", f"{MAIN}:MainStack"),
        ("from lib import stacks\nstacks", "/app/lib/stacks/__init__.py"),
        ("from lib import nothing\nnothing", None),
        ("from . import lib\nlib.MainStack", f"{MAIN}:MainStack"),
        ("from .lib import MainStack\nMainStack", f"{MAIN}:MainStack"),
        ("from .missing import thing\nthing", None),
    ],
)
def test_symbols_of_the_app(source: str, expected: str | None) -> None:
    assert shown(symbol_of(source, TREE)) == expected


def test_circular_imports_end() -> None:
    files = {"a.py": "from b import x\n", "b.py": "from a import x\n", "c.py": "from c import *\n"}
    assert symbol_of("from a import x\nx", files) is None
    assert symbol_of("from c import *\nx", files) is None
    assert symbol_of("x = y\ny = x\nx") is None


def test_a_handler_imports_from_its_own_folder_first() -> None:
    files = {
        "tools.py": "def f(): pass\n",
        "lambda/orders/index.py": "def handler(event, context): pass\nfrom tools import f\nf\n",
        "lambda/orders/tools.py": "def f(): pass\n",
        "lib/stack.py": "import aws_cdk\nfrom tools import f\nf\n",
        "lib/tools.py": "def f(): pass\n",
    }
    inner = symbol_of("", files, "lambda/orders/index.py")
    assert shown(inner) == "/app/lambda/orders/tools.py:f"
    assert shown(symbol_of("", files, "lib/stack.py")) == "/app/tools.py:f"


# Classes


CLASSES = """
from aws_cdk import Stack
from constructs import Construct
class Base(Stack):
    x = 1
    def f(self): self.x
class Middle(Base):
    def f(self): self.y
class Leaf(Middle, Construct):
    def g(self):
        self.z = 1
        def inner(): self.x
class Other:
    @staticmethod
    def h(self): self.x
"""


def test_lineage_and_descendants() -> None:
    app = read(CLASSES)
    module = module_of(app)
    resolver = app.evaluator.resolver
    base, middle, leaf, other = (app.modules.class_at(module, c) for c in module.names.classes)
    assert resolver.lineage(leaf) == [leaf, middle, base]
    assert list(resolver.library_bases(leaf)) == ["constructs.Construct", "aws_cdk.Stack"]
    assert resolver.descendants(base) == [middle, leaf]
    assert resolver.descendants(other) == []
    assert leaf.attributes.keys() == {"g", "z"}


def test_self_is_the_first_parameter_of_a_method() -> None:
    app = read(CLASSES)
    module = module_of(app)
    found = {
        attribute.lineno: app.evaluator.resolver.self_class(module, attribute.value)
        for name in ("x", "y", "z")
        for attribute in module.names.attributes[name]
    }
    names = {line: cls.name if cls else None for line, cls in found.items()}
    assert names == {6: "Base", 8: "Middle", 11: "Leaf", 12: "Leaf", 15: None}


def test_attributes_stored_from_outside() -> None:
    app = read(
        "import aws_cdk\nstack.name = 1\nclass A:\n    def f(self):\n        self.size = 1\n"
    )
    assert app.evaluator.resolver.stored_from_outside("name")
    assert not app.evaluator.resolver.stored_from_outside("size")


# Calls


CALLS = """
import aws_cdk
class A:
    def __init__(self): self.f()
    def f(self): pass
class B(A):
    def g(self):
        self.f()
        self.a = A()
        self.a.f()
        super().f()
def make(a: A):
    a.f()
    A().f()
    b = B()
    b.f()
    c.f()
    self.f()
"""


def test_calls_of_a_method_through_self_instances_and_annotations() -> None:
    app = read(CALLS)
    module = module_of(app)
    method = app.modules.class_at(module, module.names.classes[0]).methods["f"]
    calls = app.evaluator.calls_of(method)
    assert [ast.unparse(call) for _, call in calls] == [
        "self.f()",
        "self.f()",
        "self.a.f()",
        "a.f()",
        "A().f()",
        "b.f()",
    ]
