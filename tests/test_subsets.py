"""Any rules in any order: one result, and an app that is valid by itself.

Few cases are tried, the same ones each time. ``TAPFIX_SUBSETS=500 pytest tests/test_subsets.py``
tries that many, others each time, for each test and app. A seed stands for a case.
"""

from __future__ import annotations

import functools
import os
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tapfix.rule import Rule
from tests import proofs
from tests.claims import unclaimed
from tests.cycles import cycles
from tests.subsets import (
    RULES,
    SUFFIX,
    App,
    Mended,
    allowed,
    assembled,
    broken_apps,
    example_apps,
    hazards,
    in_any_order,
    lost,
    mend,
)
from tests.synthesis import Assembly, Template, difference, normalised
from tests.test_examples_fixed import is_suffixed

LONG = int(os.environ.get("TAPFIX_SUBSETS", "0"))
BROKEN = broken_apps()
EXAMPLES = example_apps()
CODES = {rule.code: rule for rule in RULES}
CATALOG = next(app for app in BROKEN if app.name == "product_catalog")

every_broken_app = pytest.mark.parametrize("app", BROKEN, ids=str)
# What a function reaches is read from its code, that of a text in the stack once TAP008 moved it;
# and rules let in only what lies in the network.
AWAITED = {
    "TAP009": {"TAP008"},
    "TAP010": {"TAP008"},
    "TAP011": {"TAP008", "TAP010"},
}
seeds = st.integers(0, 2**32)
Test = TypeVar("Test", bound=Callable[..., None])


def selected(app: App, seed: int) -> list[str]:
    """The codes of some rules, at least one, in any order; others for each app."""
    dice = random.Random(f"{app.name} {seed}")
    return dice.sample(sorted(CODES), dice.randint(1, len(CODES)))


def tried(cases: int) -> Callable[[Test], Test]:
    """Try so many cases, or as many as the environment says."""
    return settings(
        max_examples=LONG or cases,
        derandomize=not LONG,
        phases=[Phase.generate],  # a smaller seed is no smaller case
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def rules_of(codes: Sequence[str]) -> list[Rule]:
    return [CODES[code] for code in codes]


@contextmanager
def written(app: App) -> Iterator[Path]:
    """The app in a folder of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch).resolve() / "app"
        app.write(folder)
        yield folder


@functools.cache
def mended_by_all(app: App) -> Mended:
    with written(app) as folder:
        return mend(folder, app, RULES, None)


def check_order(app: App, codes: Sequence[str], order: random.Random) -> None:
    """The orders of rules and files do not matter, and a second run has nothing to do."""
    with written(app) as folder:
        usual = mend(folder, app, rules_of(sorted(codes)), None)
    with written(app) as folder:
        mixed = mend(folder, app, rules_of(codes), order)
        assert mixed == usual
        again = mend(folder, app, rules_of(codes), None)
    for name, data in usual.files.items():
        if name.endswith(".py") and data != app.files.get(name):
            compile(data, name, "exec")
    assert again.files == usual.files
    assert again.found == usual.left
    refused = [line for line in usual.left if line[-1].startswith("refused")]
    assert refused == []


def check_piecemeal(app: App, codes: Sequence[str]) -> None:
    """Who applies some rules first and all of them later has what all at once would have made."""
    at_once = mended_by_all(app)
    with written(app) as folder:
        mend(folder, app, rules_of(codes), None)
        later = mend(folder, app, RULES, None)
    assert in_any_order(later.files) == in_any_order(at_once.files)
    assert [line[::4] for line in later.left] == [line[::4] for line in at_once.left]


@every_broken_app
@tried(2)
@given(seeds)
def test_order_does_not_matter(app: App, seed: int) -> None:
    check_order(app, selected(app, seed), random.Random(seed))


@tried(50)
@given(st.sampled_from(EXAMPLES), seeds)
def test_order_does_not_matter_for_the_examples_of_rules(app: App, seed: int) -> None:
    check_order(app, selected(app, seed), random.Random(seed))


@every_broken_app
@tried(2)
@given(seeds)
def test_applied_piecemeal_it_comes_to_the_same(app: App, seed: int) -> None:
    check_piecemeal(app, selected(app, seed))


@tried(30)
@given(st.sampled_from(EXAMPLES), seeds)
def test_applied_piecemeal_the_examples_of_rules_come_to_the_same(app: App, seed: int) -> None:
    check_piecemeal(app, selected(app, seed))


@functools.cache
def before(app: App) -> tuple[Assembly, frozenset[str]]:
    """What an app synthesises to as it is, and what is dangerous in that."""
    with written(app) as folder:
        outdir = folder.parent / "out"
        assembly = assembled(folder, outdir)
        return assembly, frozenset(hazards(assembly.templates, outdir))


def by_stack(assembly: Assembly) -> dict[str, Template]:
    """Normalised templates by the stacks' names, both without the suffix."""
    return {
        stack.removesuffix(f"-{SUFFIX}"): normalised(template, SUFFIX)
        for stack, template in assembly.templates.items()
    }


def check_synthesis(app: App, codes: Sequence[str]) -> tuple[Mended, Assembly]:
    """The mended app synthesises, and nothing that was there or was safe before is lost."""
    old, known = before(app)
    with written(app) as folder:
        outdir = folder.parent / "out"
        mended = mend(folder, app, rules_of(codes), None)
        new = assembled(folder, outdir)
        dangerous = hazards(new.templates, outdir)
    assert new.error is None
    assert cycles(new.templates) == cycles(old.templates)
    assert dangerous <= known
    was, now = by_stack(old), by_stack(new)
    assert now.keys() == was.keys()
    for stack, template in was.items():
        changes = difference(template, now[stack])
        renamed = {p for p, change in changes.items() if is_suffixed(p[1], *change)}
        assert lost({p: change for p, change in changes.items() if p not in renamed}) == {}
        assert allowed(template) <= allowed(now[stack])
    return mended, new


def check_valid(app: App, codes: Sequence[str]) -> None:
    """Nothing but what the rules are about changes, and of that all is mended or told."""
    mended, new = check_synthesis(app, codes)
    old, now = by_stack(before(app)[0]), by_stack(new)
    for stack, template in old.items():
        changes = difference(template, now[stack])
        if "TAP001" in codes:
            changes = {p: c for p, c in changes.items() if not is_suffixed(p[1], *c)}
        for code in codes:
            changes = unclaimed(code, changes)
        assert changes == {}, stack
    told = {line[0] for line in mended.left}
    told |= {code for code, others in AWAITED.items() if not others <= set(codes)}
    for code in proofs.BY_TEMPLATE.keys() & set(codes) - told:
        assert proofs.BY_TEMPLATE[code](new.templates) == [], code


@every_broken_app
@tried(2)
@given(seeds)
def test_a_subset_is_valid_by_itself(app: App, seed: int) -> None:
    check_valid(app, selected(app, seed))


@tried(6)
@given(seeds)
def test_a_subset_of_all_flaws_is_valid_by_itself(seed: int) -> None:
    check_valid(CATALOG, selected(CATALOG, seed))


# What becomes of names, tests/codemods shows.
SYNTHESISED = [app for app in EXAMPLES if any(b"aws_cdk" in data for data in app.files.values())]


@tried(15)
@given(st.sampled_from(SYNTHESISED), seeds)
def test_subsets_keep_the_examples_of_rules_safe(app: App, seed: int) -> None:
    check_synthesis(app, [code for code in selected(app, seed) if code != "TAP001"])
