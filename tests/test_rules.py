"""What every rule owes, shown on its own examples: a new codemod needs no runner of its own."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import black
import pytest

import tapfix.codemods
from tapfix.registry import builtin_rules
from tapfix.rule import Example, Rule
from tapfix.testing import check_example, tree

RULES = builtin_rules()
CASES = [(rule, example) for rule in RULES for example in rule.examples]
HEADINGS = ("Why it matters", "What the fix does", "Left alone")
# Lines of a codemod without its docstring; more than this belongs in model or recipes.
LONGEST_CODEMOD = 160

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
every_example = pytest.mark.parametrize(
    ("rule", "example"), CASES, ids=[f"{rule.code}-{example.title}" for rule, example in CASES]
)


def module_of(rule: Rule) -> Path:
    return Path(inspect.getfile(rule.find))


def test_the_first_eleven_rules_are_there() -> None:
    numbers = {1, 2, 3, 4, 5, 6, 7, 16, 18, 20, 21}
    assert {f"TAP{number:03}" for number in numbers} <= {rule.code for rule in RULES}


def test_codes_and_names_are_unique_and_each_module_is_a_rule() -> None:
    modules = {path.stem for path in Path(tapfix.codemods.__path__[0]).glob("tap*.py")}
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)
    assert modules == {module_of(rule).stem for rule in RULES}


@every_rule
def test_file_name_is_code_and_name(rule: Rule) -> None:
    assert re.fullmatch(r"TAP\d{3}", rule.code)
    assert module_of(rule).stem == f"{rule.code}_{rule.name}".lower().replace("-", "_")


@every_rule
def test_manual_page_has_its_headings(rule: Rule) -> None:
    lines = rule.doc.splitlines()
    assert lines[0].strip().endswith(".")
    places = [lines.index(heading) for heading in HEADINGS]
    assert places == sorted(places)


@every_rule
def test_codemod_is_short(rule: Rule) -> None:
    text = module_of(rule).read_text(encoding="utf-8")
    assert len(text.splitlines()) - len(rule.doc.splitlines()) <= LONGEST_CODEMOD


@every_rule
def test_ten_spellings_and_ten_silences(rule: Rule) -> None:
    firing = [example for example in rule.examples if example.after or example.reported]
    assert len(firing) >= 10
    assert len(rule.examples) - len(firing) >= 10
    assert len({example.title for example in rule.examples}) == len(rule.examples)


@every_example
def test_example(rule: Rule, example: Example) -> None:
    check_example(rule, example)


@every_example
def test_example_is_python_before_and_after(rule: Rule, example: Example) -> None:
    for source in (example.before, example.after):
        for path, text in tree(source or {}).items():
            if path.endswith(".py"):
                compile(text, f"{rule.code}/{path}", "exec", dont_inherit=True)


@every_example
def test_black_clean_stays_black_clean(rule: Rule, example: Example) -> None:
    after = tree(example.after or {})
    for path, text in tree(example.before).items():
        if path.endswith(".py") and path in after and is_black_clean(text):
            assert is_black_clean(after[path]), f"{rule.code} {path}"


def is_black_clean(text: str) -> bool:
    return black.format_str(text, mode=black.Mode()) == text
