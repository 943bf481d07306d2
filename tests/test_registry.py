"""Which rules there are: built in, from other packages, and by what words they are meant."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from tapfix import codemods
from tapfix.registry import ENTRY_POINTS, UnknownRuleError, builtin_rules, load_rules, select
from tests.fake_rules import complaint, setter

ONE = setter(True, False)
SEVERAL = [complaint("odd", "by hand"), ONE]
NO_RULE = 5
NO_RULES = [ONE, "a rule"]
TAKEN = setter(True, False, code="TAP005")


def offer(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Pretend that packages are installed which offer these names as rules."""
    points = [
        EntryPoint(name.lower(), f"tests.test_registry:{name}", ENTRY_POINTS) for name in names
    ]
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: points * bool(group))


def test_every_codemod_of_the_folder_is_a_rule_in_order_of_code() -> None:
    files = sorted(path.stem for path in Path(codemods.__path__[0]).glob("tap[0-9]*.py"))
    names = [f"{rule.code.lower()}_{rule.name.replace('-', '_')}" for rule in builtin_rules()]
    assert names == files


def test_packages_offer_a_rule_or_several(monkeypatch: pytest.MonkeyPatch) -> None:
    own = [rule.code for rule in builtin_rules()]
    offer(monkeypatch, "ONE")
    assert [rule.code for rule in load_rules().rules] == [*own, "TAP901"]
    offer(monkeypatch, "SEVERAL")
    loaded = load_rules()
    assert [rule.code for rule in loaded.rules] == [*own, "TAP901", "TAP902"]
    assert not loaded.problems


def test_what_cannot_be_used_is_one_line_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    offer(monkeypatch, "NO_RULE", "NO_RULES", "MISSING", "TAKEN")
    loaded = load_rules()
    assert loaded.rules[-1] == ONE
    assert [line.partition(")")[0] + line.partition(")")[2] for line in loaded.problems] == [
        "rules 'missing' (tests.test_registry:MISSING: cannot be loaded: AttributeError:"
        " module 'tests.test_registry' has no attribute 'MISSING'",
        "rules 'no_rule' (tests.test_registry:NO_RULE: cannot be loaded: TypeError:"
        " 'int' object is not iterable",
        "rules 'no_rules' (tests.test_registry:NO_RULES: 'a rule' is not a tapfix.rule.Rule",
        "rules 'taken' (tests.test_registry:TAKEN: the code TAP005 is taken",
    ]


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (["TAP901"], ["TAP901"]),
        (["tap90"], ["TAP901", "TAP902"]),
        (["thing-fault", "TAP901"], ["TAP901", "TAP902"]),
        (["Thing-S"], ["TAP901"]),
        ([], []),
    ],
)
def test_words_mean_rules_by_their_beginnings(words: list[str], codes: list[str]) -> None:
    rules = sorted(SEVERAL, key=lambda rule: rule.code)
    assert [rule.code for rule in select(rules, words)] == codes


@pytest.mark.parametrize("word", ["", "TAP9011", "hing", "*"])
def test_a_word_that_means_nothing_is_an_error(word: str) -> None:
    with pytest.raises(UnknownRuleError, match=r"^no rule '"):
        select(SEVERAL, [word])
