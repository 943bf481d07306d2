"""The rule that the manual writes as an example is one, and does what the manual says."""

from __future__ import annotations

import re
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from tapfix import registry
from tapfix.report.manual import HEADINGS
from tapfix.rule import Rule
from tapfix.testing import check_example

PAGE = Path(__file__).parents[2] / "docs" / "codemods.md"


def block(name: str) -> str:
    (found,) = re.findall(
        rf'^```python title="{name}"\n(.*?)^```$', PAGE.read_text("utf-8"), re.M | re.S
    )
    return str(found)


@pytest.fixture
def rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rule:
    """The example's rule, found by its entry point."""
    (tmp_path / "acme_rules.py").write_text(block("acme_rules.py"), encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.delitem(sys.modules, "acme_rules", raising=False)
    value = re.findall(r'^acme = "(.*)"$', PAGE.read_text("utf-8"), re.M)[0]
    point = EntryPoint("acme", value, registry.ENTRY_POINTS)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: [point])
    found = registry.load_rules()
    assert not found.problems
    return next(one for one in found.rules if one.code == "ACME001")


def test_the_rule_is_found_and_keeps_to_its_examples(rule: Rule) -> None:
    assert [line for line in rule.doc.splitlines() if line in HEADINGS] == list(HEADINGS)
    assert {bool(example.after) for example in rule.examples} == {True, False}
    for example in rule.examples:
        check_example(rule, example)


def test_its_tests_are_python() -> None:
    compile(block("test_acme_rules.py"), "test_acme_rules.py", "exec")
