"""The hooks, run by pre-commit itself: it installs this checkout and says which files to pass."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tapfix.discover.walk import FOREIGN
from tests.discover.test_revisions import commit, git
from tests.integrations.stacks import flawed

ROOT = Path(__file__).parents[2]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
SHIPPED = (
    ".pre-commit-hooks.yaml",
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "tapfix",
    "docs",
)
LINE = "removal_policy=cdk.RemovalPolicy.RETAIN"
NEW = "more stacks/new one.py"


@pytest.fixture
def hooks(tmp_path: Path) -> Path:
    """A repository with what a release of this one would have."""
    folder = tmp_path / "tapfix"
    folder.mkdir()
    for name in SHIPPED:
        source = ROOT / name
        if source.is_dir():
            skip = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, folder / name, ignore=skip)
        else:
            shutil.copy(source, folder / name)
    git(folder, "init", "-q", "-b", "main")
    commit(folder)
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An app with two flawed files, of which one is about to be committed."""
    folder = tmp_path / "project"
    (folder / "cdk.out").mkdir(parents=True)
    (folder / "cdk.json").write_text('{"app": "python3 app.py"}\n')
    (folder / "old.py").write_text(flawed("Old"))
    (folder / "tapfix.toml").write_text("require-clean = true\n")
    git(folder, "init", "-q", "-b", "main")
    commit(folder)
    (folder / NEW).parent.mkdir()
    (folder / NEW).write_text(flawed("New"))
    (folder / "cdk.out" / "made.py").write_text(flawed("Made"))
    (folder / "script").write_text("#!/usr/bin/env python3\nprint()\n")
    (folder / "script").chmod(0o755)
    git(folder, "add", "-f", NEW, "cdk.out/made.py", "script")
    return folder


def pre_commit(project: Path, *words: str) -> tuple[int, str]:
    """Exit code and output of pre-commit over what is staged, without anybody's settings."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(project.parent / "pre-commit"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        # What the hook does not load need not be compiled: that is a third of all.
        "PIP_NO_COMPILE": "1",
    }
    run = subprocess.run(
        [sys.executable, "-m", "pre_commit", *words],
        cwd=project,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return run.returncode, run.stdout


def check_report(code: int, out: str) -> None:
    """What stands in the one file that is committed, and that may be asked about."""
    assert code == 1, out
    assert re.search(r"^- exit code: 1$", out, re.MULTILINE), out
    assert re.search(rf"^{re.escape(NEW)}:8:\d+: TAP007 ", out, re.MULTILINE), out
    assert "old.py" not in out
    assert "made.py" not in out


def test_pre_commit_installs_this_checkout_and_reports(hooks: Path, project: Path) -> None:
    check_report(*pre_commit(project, "try-repo", str(hooks), "tapfix", "--verbose"))


def test_the_hooks_report_and_mend_what_is_committed(project: Path) -> None:
    # The very hooks, but with the program that is installed already.
    hooks = MANIFEST.read_text(encoding="utf-8").replace("language: python", "language: system")
    lines = ["repos:", "- repo: local", "  hooks:", *(f"  {line}" for line in hooks.splitlines())]
    (project / ".pre-commit-config.yaml").write_text("\n".join(lines) + "\n")
    git(project, "add", ".pre-commit-config.yaml")

    before = git(project, "status", "--porcelain")
    check_report(*pre_commit(project, "run", "tapfix"))
    assert git(project, "status", "--porcelain") == before
    code, out = pre_commit(project, "run", "tapfix-fix")
    assert code == 1, out
    assert "- files were modified by this hook" in out
    assert "- exit code" not in out
    assert LINE not in (project / NEW).read_text()
    assert LINE in (project / "old.py").read_text()
    git(project, "add", NEW)
    code, out = pre_commit(project, "run")
    assert code == 0, out


def test_the_manifest_is_one_for_pre_commit(project: Path) -> None:
    code, out = pre_commit(project, "validate-manifest", str(MANIFEST))
    assert code == 0, out


def test_the_folders_left_out_are_those_that_tapfix_leaves_alone() -> None:
    text = MANIFEST.read_text(encoding="utf-8")
    (pattern,) = re.findall(r"^  exclude: &foreign (.+)$", text, re.MULTILINE)
    for name in FOREIGN:
        assert re.search(pattern, f"{name}/a.py")
        assert re.search(pattern, f"lib/{name}/a.py")
    assert not re.search(pattern, "lib/cdk_out/a.py")
    assert not re.search(pattern, "lib/cdkXout/a.py")
