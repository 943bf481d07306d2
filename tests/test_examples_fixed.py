"""What tapfix makes of the broken examples: the fixed ones, byte for byte."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import proofs
from tests.synthesis import synthesise

EXAMPLES = Path(__file__).parent.parent / "examples"
APPS = sorted(path.name for path in (EXAMPLES / "broken").iterdir() if path.is_dir())
every_app = pytest.mark.parametrize("name", APPS)


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def tapfix(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "tapfix", *arguments], cwd=cwd, capture_output=True
    )


@pytest.fixture
def copy(tmp_path: Path, name: str) -> Path:
    return Path(shutil.copytree(EXAMPLES / "broken" / name, tmp_path / name))


def test_every_broken_app_has_its_fixed_one() -> None:
    fixed = sorted(path.name for path in (EXAMPLES / "fixed").iterdir() if path.is_dir())
    assert fixed == APPS


@every_app
def test_dry_run_prints_a_diff_that_git_applies(name: str, copy: Path) -> None:
    before = files(copy)
    run = tapfix("--dry-run", ".", cwd=copy)
    fixed = files(EXAMPLES / "fixed" / name)
    assert files(copy) == before
    assert run.returncode == (0 if before == fixed and not run.stdout else 1), run.stderr.decode()
    if run.stdout:
        subprocess.run(["git", "apply", "-"], cwd=copy, input=run.stdout, check=True)
    assert files(copy) == fixed


@every_app
def test_apply_makes_the_fixed_app_and_settles(name: str, copy: Path) -> None:
    fixed = files(EXAMPLES / "fixed" / name)
    tapfix("--apply", ".", cwd=copy)
    assert files(copy) == fixed
    again = tapfix("--apply", ".", cwd=copy)
    assert files(copy) == fixed
    assert again.returncode == 0, again.stdout.decode()


@every_app
def test_template_shows_the_proof_and_no_other_change(name: str) -> None:
    suffix = "pr7"
    old = synthesise(EXAMPLES / "broken" / name, context={"environmentSuffix": suffix})
    new = synthesise(EXAMPLES / "fixed" / name, context={"environmentSuffix": suffix})
    assert old.error is None
    assert new.error is None
    assert {code: proof(new.templates) for code, proof in proofs.BY_TEMPLATE.items()} == {
        code: [] for code in proofs.BY_TEMPLATE
    }
    other = synthesise(EXAMPLES / "fixed" / name, context={"environmentSuffix": "dev"})
    assert not proofs.shared_names(new, other)
    assert not proofs.names_without(new, suffix)
