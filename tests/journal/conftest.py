"""A journal for each test."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which tapfix keeps its journal; it is made when it is needed."""
    folder = tmp_path / "state"
    monkeypatch.setenv("TAPFIX_STATE_DIR", str(folder))
    return folder
