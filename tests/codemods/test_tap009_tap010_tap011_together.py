"""The three network rules in one run: one group, one rule and one grant for each need."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import network
from tests.cycles import cycles
from tests.synthesis import synthesise

CODES = "TAP008,TAP009,TAP010,TAP011"


def tapfix(folder: Path, codes: str) -> int:
    command = [sys.executable, "-m", "tapfix", "--select", codes, "--apply", "."]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    return Path(shutil.copytree(network.BROKEN / "product_catalog", tmp_path / "app"))


def test_the_catalog_lets_its_function_work(catalog: Path) -> None:
    assert tapfix(catalog, CODES) == 0
    stack = (catalog / "lib/tap_stack.py").read_text("utf-8")
    assert stack.count("ec2.SecurityGroup(") == 3
    assert stack.count(".add_ingress_rule(") == 2
    assert stack.count(".grant_read(") == 2
    assert tapfix(catalog, CODES) == 0
    assert (catalog / "lib/tap_stack.py").read_text("utf-8") == stack

    assembly = synthesise(catalog, env={"ENVIRONMENT_SUFFIX": "one"})
    assert assembly.error is None
    assert cycles(assembly.templates) == []
    assert {port for _, port in network.ports_let_in(assembly.templates)} == {5432, 6379}


@pytest.mark.parametrize("codes", ["TAP009", "TAP010", "TAP011", "TAP011,TAP010"])
def test_each_alone_is_an_app_that_synthesises(codes: str, catalog: Path) -> None:
    assert tapfix(catalog, codes) == 0
    assembly = synthesise(catalog, env={"ENVIRONMENT_SUFFIX": "one"})
    assert assembly.error is None
    assert cycles(assembly.templates) == []
