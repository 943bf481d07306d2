"""What spares time: hundreds of processes, and thousands of tests that xdist hands out.

uv leaves what it installs uncompiled, the CDK's kernels write no bytecode, and some machines forbid
all processes to. Each process would then compile megabytes of source for itself: here it is done
once.
"""

from __future__ import annotations

import compileall
import gc
import importlib.util
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.synthesis import worker_environment

ROOT = Path(__file__).parents[1]

LOADED = ("black", "libcst", "rich", "sqlglot", "typer")
"""What ``python -m tapfix`` imports."""

OF_CDK = (
    "apigateway",
    "cognito",
    "docdb",
    "dynamodb",
    "ec2",
    "elasticache",
    "elasticloadbalancingv2",
    "kinesis",
    "lambda_event_sources",
    "rds",
    "sns",
    "sqs",
)
"""The modules ``aws_cdk.aws_…`` that apps use most; they import the others that matter."""


def pytest_configure(config: pytest.Config) -> None:
    # Thousands of syntax trees live here: going through them for garbage took up to half the time.
    gc.set_threshold(50_000, 20, 20)
    if hasattr(config, "workerinput"):
        return  # one of xdist's workers: whoever started it has been here
    compileall.compile_dir(ROOT / "tapfix", quiet=2)
    missing = [*_uncompiled(LOADED), *_uncompiled_of_cdk()]
    if missing:
        writing = {k: v for k, v in worker_environment().items() if k != "PYTHONDONTWRITEBYTECODE"}
        command = [sys.executable, "-c", f"import {', '.join(missing)}"]
        subprocess.run(command, env=writing, check=True)


@pytest.fixture(scope="session", autouse=True)
def _journal_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the tests write is kept in a journal of theirs, not in the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAPFIX_STATE_DIR", str(tmp_path_factory.mktemp("state")))
        yield


MANY, TOGETHER = 100, 5
"""In modules of so many tests, xdist hands out so many at once."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have xdist hand out fewer, larger groups: for each test it goes through all that it has."""
    counts = Counter(item.path for item in items)
    for number, item in enumerate(items):
        if counts[item.path] >= MANY and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(f"{item.path.stem}-{number // TOGETHER}"))


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()  # what was collected stays to the end


def _uncompiled(names: tuple[str, ...]) -> list[str]:
    return [name for name in names if not _is_compiled(_folder(name))]


def _uncompiled_of_cdk() -> list[str]:
    library = _folder("aws_cdk")
    return [f"aws_cdk.aws_{name}" for name in OF_CDK if not _is_compiled(library / f"aws_{name}")]


def _folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    assert spec is not None and spec.origin is not None, f"{package} is not installed"
    return Path(spec.origin).parent


def _is_compiled(folder: Path) -> bool:
    return Path(importlib.util.cache_from_source(str(folder / "__init__.py"))).exists()
