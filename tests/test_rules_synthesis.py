"""Every example of every rule is an app that the real CDK synthesises, before and after.

What the fix changes in the template must be what the rule is about, and nothing else.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tapfix.registry import builtin_rules
from tapfix.rule import Example, Rule, Source
from tapfix.testing import tree
from tests.claims import unclaimed
from tests.cycles import cycles
from tests.synthesis import Assembly, difference, normalised, synthesise

CASES = [
    (rule, example)
    for rule in builtin_rules()
    for example in rule.examples
    if any("aws_cdk" in text for text in tree(example.before).values())
]


def assembled(source: Source, folder: Path) -> Assembly:
    """Write an example as an app folder and synthesise it."""
    for path, text in {"cdk.json": json.dumps({"app": "python3 app.py"}), **tree(source)}.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return synthesise(folder)


@pytest.mark.parametrize(
    ("rule", "example"), CASES, ids=[f"{rule.code}-{example.title}" for rule, example in CASES]
)
def test_example_synthesises_before_and_after(rule: Rule, example: Example, tmp_path: Path) -> None:
    before = assembled(example.before, tmp_path / "before")
    assert before.error is None
    assert before.templates
    if example.after is None:
        return
    after = assembled(example.after, tmp_path / "after")
    assert after.error is None
    assert cycles(after.templates) == []
    if rule.code == "TAP001":
        return  # every name changes, stacks' too: tests/codemods compares those
    assert before.templates.keys() == after.templates.keys()
    for stack, template in before.templates.items():
        changes = difference(normalised(template), normalised(after.templates[stack]))
        assert not unclaimed(rule.code, changes), stack
