"""Small trees of files, and what discovery finds in them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tapfix.discover import Discovery, discover

CDK = "import aws_cdk as cdk\n"


def make(root: Path, *paths: str, **texts: str) -> None:
    """Create files: empty CDK sources, or with a text where one is given by path."""
    for name, text in {**dict.fromkeys(paths, CDK), **texts}.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.com"]
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


def names(found: Discovery, root: Path) -> dict[str, list[str]]:
    """The Python files of each app, relative to ``root``."""
    return {
        os.path.relpath(app.root, root): [
            os.path.relpath(path, root) for path in app.files if path.endswith(".py")
        ]
        for app in found.apps
    }


def found_in(root: Path, *paths: str) -> dict[str, list[str]]:
    found = discover(str(root / path) for path in paths or (".",))
    assert not found.problems
    return names(found, root)
