"""Imports point one way, and heavy ones stand where they are used."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "tapfix"
MODULES = sorted(PACKAGE.rglob("*.py"))

# Each part and the parts of tapfix that it may import: those below it in the house.
EYES = {"edits", "knowledge", "model"}
RULES = EYES | {"proof", "rule", "recipes", "codemods"}
RIM = RULES | {"engine", "registry", "config", "discover", "api", "verify", "report"}
ALLOWED = {
    "edits": set[str](),
    "knowledge": {"edits"},
    "model": {"edits", "knowledge"},
    "proof": set[str](),
    "rule": EYES | {"proof"},
    "recipes": EYES | {"rule"},
    "codemods": EYES | {"proof", "rule", "recipes"},
    "engine": {"edits"},
    "registry": RULES,
    "config": EYES | {"rule", "registry", "engine"},
    "discover": {"edits", "model"},
    "api": RIM - {"report", "verify"},
    "verify": RIM - {"report"},
    "report": RIM,
    "testing": RULES | {"engine"},
    "lsp": RIM - {"verify", "report"},
    "completion": {"registry", "report"},
    "cli": RIM | {"lsp", "completion"},
    "__main__": {"cli"},
    "__init__": set[str](),
}

# Libraries that cost start-up time or belong to one part, and who may import them.
LIBRARIES = {
    "libcst": "engine",
    "black": "engine",
    "typer": "cli",
    "click": "cli",
    "lsprotocol": "lsp",
    "platformdirs": "api",
    "pygls": "lsp",
    "rich": "report",
    "sqlglot": "model",
    "watchfiles": "api",
}


def part(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_downwards(path: Path) -> None:
    own = part(path)
    for name in imports(path):
        if name.startswith("tapfix."):
            other = name.split(".")[1]
            if other != "__version__":
                assert other == own or other in ALLOWED[own], f"{own} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_libraries_stay_in_their_part(path: Path) -> None:
    for name in imports(path):
        home = LIBRARIES.get(name.partition(".")[0])
        assert home is None or part(path) == home, f"{path} imports {name}"


def test_codemods_do_not_import_each_other() -> None:
    for path in (PACKAGE / "codemods").glob("tap*.py"):
        others = [name for name in imports(path) if name.startswith("tapfix.codemods.tap")]
        assert not others, path
        assert "ast" not in {name.partition(".")[0] for name in imports(path)}, path


def test_every_part_is_placed() -> None:
    assert {part(path) for path in MODULES} <= set(ALLOWED)


def loaded_by(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(run.stdout.splitlines()[-1].split())


def test_reading_and_finding_load_nothing_heavy() -> None:
    code = "import tapfix.registry, tapfix.model.app\ntapfix.registry.builtin_rules()"
    assert not loaded_by(code) & {"libcst", "black", "rich", "sqlglot", "typer"}


def test_the_link_to_the_codemods_is_no_second_package() -> None:
    assert (ROOT / "codemods").resolve() == (PACKAGE / "codemods")
    run = subprocess.run(
        [sys.executable, "-c", "import codemods"], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode != 0
    assert "import tapfix.codemods" in run.stderr


def test_no_codemod_knows_the_example() -> None:
    names = ("inventory", "productcatalog", "product_catalog", "product-", "processorrole")
    for path in MODULES:
        if "examples" not in path.parts:
            text = path.read_text(encoding="utf-8").lower()
            assert not [name for name in names if name in text], path
