"""The helper that is written into apps: it installs without Docker, or says why it does not."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import black
import pytest
from aws_cdk import BundlingOptions
from aws_cdk import aws_lambda as lambda_

from tapfix.recipes.templates import layer_bundling as helper

TEMPLATE = Path(helper.__file__)
OPTIONS = BundlingOptions(image=lambda_.Runtime.PYTHON_3_12.bundling_image)


def installer(
    requirements: Path = Path("requirements.txt"),
    runtime: lambda_.Runtime = lambda_.Runtime.PYTHON_3_12,
    architecture: lambda_.Architecture = lambda_.Architecture.ARM_64,
) -> helper.PackageInstaller:
    return helper.PackageInstaller(requirements, runtime, architecture)


@pytest.fixture
def without_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)


def test_it_stands_alone_and_is_laid_out_as_black_does_it() -> None:
    text = TEMPLATE.read_text(encoding="utf-8")
    assert "tapfix" not in text
    assert black.format_str(text, mode=black.Mode()) == text


@pytest.mark.parametrize(
    ("runtime", "newest"),
    [(lambda_.Runtime.PYTHON_3_11, 26), (lambda_.Runtime.PYTHON_3_12, 34)],
)
def test_pip_takes_wheels_only_that_lambda_can_load(
    monkeypatch: pytest.MonkeyPatch, runtime: lambda_.Runtime, newest: int
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: object())
    command = installer(runtime=runtime).install_command(Path("out"))
    assert command is not None
    assert command[:4] == [sys.executable, "-m", "pip", "install"]
    assert "--only-binary=:all:" in command
    assert command[command.index("--python-version") + 1] == runtime.name.removeprefix("python")
    platforms = [part.removeprefix("--platform=") for part in command if "--platform" in part]
    assert platforms[0] == f"manylinux_2_{newest}_aarch64"
    assert platforms[-1] == "manylinux2014_aarch64"


@pytest.mark.usefixtures("without_pip")
def test_uv_does_it_where_pip_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    x86 = lambda_.Architecture.X86_64
    new = installer(architecture=x86).install_command(Path("out"))
    old = installer(runtime=lambda_.Runtime.PYTHON_3_11).install_command(Path("out"))
    assert new is not None
    assert new[:3] == ["/bin/uv", "pip", "install"]
    assert "--python-platform=x86_64-manylinux_2_34" in new
    assert old is not None
    assert "--python-platform=aarch64-manylinux2014" in old


@pytest.mark.usefixtures("without_pip")
@pytest.mark.parametrize("runtime", [lambda_.Runtime.PYTHON_3_11, lambda_.Runtime.PYTHON_3_13])
def test_uv_knows_these_platforms(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, runtime: lambda_.Runtime
) -> None:
    beside = Path(sys.executable).parent
    monkeypatch.setenv("PATH", str(beside), prepend=os.pathsep)
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("six==1.17.0\n")
    assert installer(requirements, runtime).try_bundle(str(tmp_path / "out"), OPTIONS)
    assert {path.name for path in (tmp_path / "out/python").iterdir()} == {
        "six.py",
        "six-1.17.0.dist-info",
    }


@pytest.mark.usefixtures("without_pip")
def test_without_an_installer_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert installer().try_bundle("out", OPTIONS) is False
    assert "neither pip nor uv" in capsys.readouterr().err


def test_what_pip_cannot_install_is_left_to_docker(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        (tmp_path / "python/half").mkdir(parents=True)
        return subprocess.CompletedProcess(command, 1, "", "No matching distribution found\n")

    monkeypatch.setattr(subprocess, "run", fail)
    assert installer().try_bundle(str(tmp_path), options=OPTIONS) is False
    assert [*tmp_path.iterdir()] == []
    said = capsys.readouterr().err
    assert "without Docker for Python 3.12 on aarch64: No matching distribution found" in said


def test_traces_of_the_installer_go_and_packages_stay(tmp_path: Path) -> None:
    for name in (
        "bin/tool",
        "pkg/bin/kept",
        "pkg/__pycache__/a.pyc",
        "pkg/a.py",
        "pkg-1.dist-info/RECORD",
        "pkg-1.dist-info/METADATA",
        ".lock",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    helper.remove_traces(tmp_path)
    left = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    assert left == {"pkg/bin/kept", "pkg/a.py", "pkg-1.dist-info/METADATA"}
