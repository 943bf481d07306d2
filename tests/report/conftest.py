"""The broken examples, read once for all tests of reports."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tapfix import api
from tapfix.api.result import Mode
from tapfix.report.content import Content
from tests.cli.conftest import app, tapfix

__all__ = ["app", "tapfix"]

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
PASSWORDS = ("password123", "P0pcorn!2024")


@pytest.fixture(scope="session")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the broken examples, in a folder whose name has to be encoded in URIs."""
    folder = tmp_path_factory.mktemp("é 100%#") / "broken"
    return Path(shutil.copytree(EXAMPLES / "broken", folder))


@pytest.fixture(scope="session")
def content(broken: Path) -> Content:
    """What a dry run over all broken examples comes to."""
    result = api.run([str(broken)], api.Options(mode=Mode.DRY_RUN))
    return Content(result, str(broken), exit_code=1)


@pytest.fixture(scope="session")
def report(broken: Path) -> Content:
    """What a report over them comes to, with nothing changed."""
    result = api.run([str(broken)], api.Options())
    return Content(result, str(broken), exit_code=1)
