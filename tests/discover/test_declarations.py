"""Files that say which packages code has or needs are read with the app."""

from __future__ import annotations

import os
from pathlib import Path

from tapfix.discover import discover
from tests.discover.trees import make


def test_lists_of_packages_and_records_of_installed_ones(tmp_path: Path) -> None:
    record = "src/redis-8.1.0.dist-info/RECORD"
    make(tmp_path, "cdk.json", "app.py", "src/main.py", "src/redis/client.py", "src/Pipfile")
    make(
        tmp_path,
        **{
            "requirements.txt": "aws-cdk-lib\n",
            "src/requirements.txt": "redis\n",
            "src/notes.txt": "none\n",
            "src/six-1.dist-info/METADATA": "Name: six\n",
            record: "redis/client.py,sha256=x,1\n",
        },
    )
    (app,) = discover([str(tmp_path)]).apps
    found = {os.path.relpath(path, tmp_path) for path in app.files}
    assert found == {
        "cdk.json",
        "app.py",
        "requirements.txt",
        "src/main.py",
        "src/requirements.txt",
        "src/Pipfile",
        record,
    }


def test_what_may_install_packages_beside_the_code(tmp_path: Path) -> None:
    make(tmp_path, "cdk.json", "app.py", "README.md", "ci/buildspec.yml", "Makefile", "build.sh")
    make(tmp_path, "CHANGES.md", "build.sh.bak", "values.yml")
    (app,) = discover([str(tmp_path)]).apps
    found = {os.path.relpath(path, tmp_path) for path in app.files}
    assert found == {
        "cdk.json",
        "app.py",
        "README.md",
        "ci/buildspec.yml",
        "Makefile",
        "build.sh",
    }
