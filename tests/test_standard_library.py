"""Python's own library and its tests: thousands of files with nothing in them to find.

As they stand, hardly any is parsed. So they are also read as if every one of them used CDK.
"""

from __future__ import annotations

import ast
import functools
import re
import resource
import subprocess
import sys
import sysconfig
import time
import warnings
from pathlib import Path

import pytest

from tapfix.api.look import Target, look
from tapfix.config import Config
from tapfix.discover import discover
from tapfix.registry import builtin_rules

LIBRARY = Path(sysconfig.get_path("stdlib"))
BUDGET = 60.0
"""Seconds of CPU that each of the tests may take, far above what it needs."""


@functools.cache
def sources() -> dict[str, bytes]:
    """The library's Python files by relative path, without the packages installed beside it."""
    paths = (path.relative_to(LIBRARY) for path in LIBRARY.rglob("*.py"))
    own = (path for path in paths if path.parts[0] not in ("site-packages", "dist-packages"))
    return {str(path): (LIBRARY / path).read_bytes() for path in own}


def is_python(data: bytes) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(data)
        except (SyntaxError, ValueError):
            return False
    return True


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A copy that may be written to."""
    for name, data in sources().items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return tmp_path


def has_tests() -> bool:
    """Whether the library's tests are installed with it; some distributions leave them out."""
    return any(name.startswith("test/test_") for name in sources())


@pytest.mark.parametrize("given", ["the folder", "every file"])
def test_nothing_is_found_and_nothing_is_touched(library: Path, given: str) -> None:
    paths = ["."] if given == "the folder" else sorted(sources())
    start = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run(
        [sys.executable, "-m", "tapfix", "--apply", *paths],
        cwd=library,
        capture_output=True,
        text=True,
        check=False,
    )
    end = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (run.stdout, run.returncode) == ("", 0), run.stderr
    (line,) = run.stderr.splitlines()
    assert len(sources()) > 500
    read = re.fullmatch(r"tapfix: Nothing to fix in (\d+) files of \d+ apps? \(.*\)\.", line)
    assert read is not None, line
    # Some files of the library are written by generators.
    assert int(read[1]) > 0.98 * len(sources())
    assert {name: (library / name).read_bytes() for name in sources()} == sources()
    assert end.ru_utime - start.ru_utime < BUDGET


def test_as_if_every_file_used_cdk() -> None:
    start = time.process_time()
    (app,) = discover([str(LIBRARY)]).apps
    files = {path: data + b"\nimport aws_cdk\n" for path, data in app.files.items()}
    rules = builtin_rules()
    seen = look(
        Target(app.root, files, rules, rules, Config()), files, lambda _: True, lambda _: None
    )
    assert [(found.finding.code, found.place) for found in seen.found] == []
    python = {path: data for path, data in files.items() if path.endswith(".py")}
    broken = sorted(path for path, data in python.items() if not is_python(data))
    assert sorted(problem.path for problem in seen.problems) == broken
    assert broken or not has_tests()
    told = r"(not valid Python [0-9.]+|cannot be decoded|cannot be parsed): .+"
    assert all(re.fullmatch(told, problem.message) for problem in seen.problems)
    assert time.process_time() - start < BUDGET
