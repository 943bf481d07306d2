"""What tapfix makes of the broken examples: the fixed ones, byte for byte."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cfnlint.config import ConfigMixIn
from cfnlint.decode.decode import decode_str
from cfnlint.rules import Rules
from cfnlint.runner import Runner, run_template_by_data

from tapfix.cli import main
from tapfix.registry import builtin_rules
from tests import proofs
from tests.assembled import APPS, EXAMPLES, assembly
from tests.claims import unclaimed
from tests.cycles import cycles
from tests.synthesis import ABSENT, Template, difference, normalised

pytestmark = pytest.mark.xdist_group("assembled")  # each app is synthesised once, for all tests

CATALOG = "product_catalog"
every_app = pytest.mark.parametrize("name", APPS)


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture
def copy(tmp_path: Path, name: str) -> Path:
    return Path(shutil.copytree(EXAMPLES / "broken" / name, tmp_path / name))


Run = Callable[[str], tuple[int, bytes]]


@pytest.fixture
def tapfix(
    copy: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Run:
    """Runs the command line in ``copy``: exit code, output. The catalog's is a process."""

    def in_a_process(mode: str) -> tuple[int, bytes]:
        command = [sys.executable, "-m", "tapfix", mode, "."]
        run = subprocess.run(command, cwd=copy, stdout=subprocess.PIPE)
        return run.returncode, run.stdout

    def here(mode: str) -> tuple[int, bytes]:
        with monkeypatch.context() as patch, pytest.raises(SystemExit) as ended:
            patch.chdir(copy)
            main([mode, "."])
        assert isinstance(ended.value.code, int)
        return ended.value.code, capsysbinary.readouterr().out

    return in_a_process if copy.name == CATALOG else here


def test_every_broken_app_has_its_fixed_one() -> None:
    fixed = sorted(path.name for path in (EXAMPLES / "fixed").iterdir() if path.is_dir())
    assert fixed == APPS


@every_app
def test_dry_run_prints_a_diff_that_git_applies(name: str, copy: Path, tapfix: Run) -> None:
    before = files(copy)
    code, diff = tapfix("--dry-run")
    fixed = files(EXAMPLES / "fixed" / name)
    assert files(copy) == before
    assert code == (0 if before == fixed and not diff else 1)
    if diff:
        subprocess.run(["git", "apply", "-"], cwd=copy, input=diff, check=True)
    assert files(copy) == fixed


@every_app
def test_apply_makes_the_fixed_app_and_settles(name: str, copy: Path, tapfix: Run) -> None:
    fixed = files(EXAMPLES / "fixed" / name)
    tapfix("--apply")
    assert files(copy) == fixed
    code, said = tapfix("--apply")
    assert files(copy) == fixed
    assert code == 0, said.decode()


@every_app
def test_the_fixed_app_synthesises_and_no_flaw_is_left_in_its_template(name: str) -> None:
    fixed = assembly(f"fixed/{name}", "one")
    assert fixed.error is None
    left = {code: flawed(fixed.templates) for code, flawed in proofs.BY_TEMPLATE.items()}
    assert {code: lines for code, lines in left.items() if lines} == {}


@every_app
def test_no_resource_and_no_stack_waits_for_itself(name: str) -> None:
    for kind in ("broken", "fixed"):
        assert cycles(assembly(f"{kind}/{name}").templates) == []


@every_app
def test_two_suffixes_share_no_name(name: str) -> None:
    one, two = assembly(f"fixed/{name}", "one"), assembly(f"fixed/{name}", "two")
    assert proofs.physical_names(one)
    assert proofs.unknown_names(one.templates) == []
    assert proofs.shared_names(one, two) == []
    assert proofs.names_without(one, "one") == []


@every_app
def test_nothing_else_changes_in_the_template(name: str) -> None:
    before, after = templates(f"broken/{name}"), templates(f"fixed/{name}")
    codes = [
        rule.code for rule in builtin_rules() if name in (CATALOG, rule.name.replace("-", "_"))
    ]
    assert before.keys() == after.keys()
    for stack, template in before.items():
        changes = difference(template, after[stack])
        if "TAP001" in codes:
            changes = {
                place: change
                for place, change in changes.items()
                if not is_suffixed(place[1], *change)
            }
        for code in codes:
            changes = unclaimed(code, changes)
        assert changes == {}, stack


def templates(folder: str) -> dict[str, Template]:
    """Normalised templates by the stacks' names, both without the suffix."""
    return {
        stack.removesuffix("-one"): normalised(template, "one")
        for stack, template in assembly(folder, "one").templates.items()
    }


def is_suffixed(path: str, old: object, new: object) -> bool:
    """Whether a value is the old one with the suffix, or a variable that a handler now reads."""
    text = json.dumps(new).replace("-one", "")
    if old == ABSENT:
        return path.startswith("Properties.Environment.Variables.")
    return text in (json.dumps(old), json.dumps(old).replace("-stream", ""))


@every_app
def test_cfn_lint_finds_no_new_error(name: str) -> None:
    after = cloudformation_errors(f"fixed/{name}")
    assert not after or after <= cloudformation_errors(f"broken/{name}")


@functools.cache
def lint_rules() -> Rules:
    """cfn-lint's rules; loading them takes ten times as long as a run."""
    return Runner(ConfigMixIn(regions=["us-east-1"])).rules


def cloudformation_errors(folder: str) -> set[tuple[str, str]]:
    """The errors, by rule and text, that cfn-lint sees in an app's templates."""
    found: set[tuple[str, str]] = set()
    for template in assembly(folder, "one").templates.values():
        read, unreadable = decode_str(json.dumps(template))
        assert not unreadable
        config = ConfigMixIn(regions=["us-east-1"])
        for match in run_template_by_data(read, config, lint_rules()):
            if match.rule.id.startswith("E"):
                found.add((match.rule.id, match.message))
    return found
