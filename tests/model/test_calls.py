"""Calls of the app's own classes and functions, under whatever name they are called."""

from __future__ import annotations

import ast

import pytest

from tapfix.model.app import App
from tapfix.model.python.modules import AppFunction
from tests.model.apps import module_of, read

MAKERS = {"makers.py": "import aws_cdk\n\ndef make():\n    pass\n\nclass Maker:\n    pass\n"}


def calls(app: App, name: str) -> list[str]:
    module = module_of(app, "makers.py")
    statement = module.names.module.bindings[name][0].node
    if isinstance(statement, ast.ClassDef):
        found = app.evaluator.calls_of(app.modules.class_at(module, statement))
    else:
        assert isinstance(statement, ast.FunctionDef)
        found = app.evaluator.calls_of(app.modules.function_at(module, statement))
    return [f"{caller.path}:{call.lineno}" for caller, call in found]


@pytest.mark.parametrize("name", ["make", "Maker"])
@pytest.mark.parametrize(
    "source",
    [
        "from makers import {name}\n{name}()\n",
        "import makers\nmakers.{name}()\n",
        "from makers import {name} as other\nother()\n",
        "import makers\nother = makers.{name}\nother()\n",
        "from between import again\nagain()\n",
        "from makers import *\n{name}()\n",
    ],
)
def test_a_call_is_found_under_any_name(name: str, source: str) -> None:
    between = {"between.py": f"from makers import {name}\nagain = {name}\n"}
    app = read("import aws_cdk\n" + source.format(name=name), {**MAKERS, **between})
    assert [place.rpartition(":")[0] for place in calls(app, name)] == ["/app/app.py"]


def test_calls_in_modules_read_later_are_found_too() -> None:
    app = read("import aws_cdk\nimport makers\n", {**MAKERS, "late.py": "import makers\n"})
    assert calls(app, "make") == []
    late = {**MAKERS, "lib/late.py": "from make_it import make\nmake()\n", "lib/make_it.py": ""}
    app = read("import aws_cdk\nfrom makers import make\n", late)
    assert calls(app, "make") == []
    assert app.modules.get("/app/lib/late.py") is not None
    assert calls(app, "make") == []


def test_what_is_called_otherwise_is_not_looked_into() -> None:
    files = {
        "handlers/orders.py": "import helper\n\ndef handler(event, context):\n    helper.other()\n",
        "handlers/helper.py": "def other():\n    pass\n",
    }
    app = read("import aws_cdk\n", {**MAKERS, **files})
    assert calls(app, "make") == []
    assert [m.path for m in app.modules.everything() if "helper" in m.path] == []


def test_a_method_is_found_through_an_instance() -> None:
    source = """\
    import aws_cdk
    class Store:
        def make(self): ...
        def run(self):
            self.make()
    store = Store()
    store.make()
    other.make()
    """
    app = read(source)
    method = next(node for node in module_of(app).names.functions if node.name == "make")
    function = app.modules.function_at(module_of(app), method)
    assert isinstance(function, AppFunction)
    assert [call.lineno for _, call in app.evaluator.calls_of(function)] == [5, 7]
