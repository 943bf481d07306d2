"""What code imports for certain, and what lists of packages and folders hold."""

from __future__ import annotations

import textwrap

import pytest

from tapfix.model.lambdas.packages import Packages, read_requirements
from tapfix.model.python.imported import imports_of
from tests.model.apps import ROOT, module_of, read, read_tree


def imported(source: str) -> list[str]:
    app = read("", {"handler.py": source})
    return [one.text for one in imports_of(module_of(app, "handler.py"))]


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import a, b.c as d", ["a", "b.c"]),
        ("from a.b import c, d", ["a.b.c", "a.b.d"]),
        ("from a import *", ["a"]),
        ("from . import x\nfrom .y import z", []),
        ("def f():\n    import a", ["a"]),
        ("with lock:\n    import a", ["a"]),
        ("try:\n    import a\nexcept ImportError:\n    a = None", []),
        ("try:\n    import a\nexcept (KeyError, ModuleNotFoundError):\n    import b", []),
        ("try:\n    import a\nexcept Exception:\n    a = None", []),
        ("try:\n    import a\nexcept:\n    a = None", []),
        ("try:\n    import a\n    a.run()\nexcept Exception:\n    raise", ["a"]),
        ("try:\n    import a\nexcept KeyError:\n    pass", ["a"]),
        ("try:\n    pass\nexcept ImportError:\n    pass\nelse:\n    import a", ["a"]),
        ("try:\n    pass\nfinally:\n    import a", ["a"]),
        ("if TYPE_CHECKING:\n    import a\nelse:\n    import b", []),
        ("if __name__ == '__main__':\n    import a", []),
    ],
)
def test_imports_that_code_cannot_do_without(source: str, names: list[str]) -> None:
    assert imported(source) == names


def test_requirements() -> None:
    text = """\
    # what the function needs
    Redis[hiredis]==5.0.1  # pinned
    requests

    boto3 ; python_version < '3.13'
    """
    found = read_requirements(textwrap.dedent(text).encode())
    assert found.lines == {
        "redis": "Redis[hiredis]==5.0.1",
        "requests": "requests",
        "boto3": "boto3 ; python_version < '3.13'",
    }
    assert found.closed


@pytest.mark.parametrize(
    "line",
    [
        "-r other.txt",
        "--index-url https://example.com",
        "-e .",
        "./wheels/a.whl",
        "a @ https://example.com/a.whl",
        "a==1 \\",
    ],
)
def test_lines_that_depend_on_their_place(line: str) -> None:
    found = read_requirements(f"redis\n{line}\n".encode())
    assert not found.closed
    assert found.provides("anything")


def test_requirements_bring_what_they_need() -> None:
    found = read_requirements(b"requests==2.32.3\n")
    assert found.provides("requests.adapters")
    assert found.provides("certifi")
    assert not found.provides("redis")
    assert not found.provides("acme")


def test_an_unknown_distribution_may_bring_anything() -> None:
    assert read_requirements(b"acme-sdk\n").provides("redis")


def test_modules_of_a_folder() -> None:
    app = read_tree(
        {
            "app.py": "import aws_cdk\n",
            "src/main.py": "",
            "src/common/db.py": "",
            "src/redis-8.1.dist-info/RECORD": "redis/__init__.py,sha256=x,1\nsix.py,,\n",
            "src2/other.py": "",
        }
    )
    found = app.once(Packages.of).modules_in(f"{ROOT}/src")
    assert found == {"main", "common", "redis", "six"}
