"""Rules together: on one construct both fixes land, or one is refused aloud.

The apps are the examples of all rules, most of which have flaws that other rules find too, and
some with everything wrong at once.
"""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tapfix.api import look
from tapfix.api.look import Target
from tapfix.api.result import Mode, Reported, Status
from tapfix.api.rounds import Outcome, work
from tapfix.config import Config
from tapfix.edits import Edit, Ref
from tapfix.engine import rewrite
from tapfix.engine.style import Style
from tapfix.model.app import App, read_app
from tapfix.model.settings import Settings
from tapfix.registry import builtin_rules
from tapfix.rule import Rule
from tapfix.testing import tree

ROOT = "/app"
RULES = builtin_rules()
CATALOG = Path(__file__).parent.parent / "examples/broken/product_catalog"

HEAD = """\
import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb, aws_kinesis as kinesis, aws_logs as logs
from aws_cdk import aws_rds as rds, aws_s3 as s3, aws_sqs as sqs


class StoreStack(cdk.Stack):
    def __init__(self, scope, construct_id, environment_suffix, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
"""
# Many flaws in one call, as people lay out calls.
ROWS = """\
        s3.Bucket(self, "Files", bucket_name="files", removal_policy=cdk.RemovalPolicy.RETAIN)
        bucket = dict(bucket_name="more-files", removal_policy=cdk.RemovalPolicy.RETAIN)
        self.bucket = s3.Bucket(self, "More", **bucket)
        rds.DatabaseInstance(self, "Db", engine=engine, vpc=vpc, instance_identifier="db",
                             deletion_protection=True,  # please
                             removal_policy=cdk.RemovalPolicy.SNAPSHOT,
                             backup_retention=cdk.Duration.days(7))
        rds.DatabaseCluster(
            self,
            "Cluster",
            engine=engine,
            vpc=vpc,
            cluster_identifier="cluster",
            backup=rds.BackupProps(retention=cdk.Duration.days(30)),
            deletion_protection=True,
            removal_policy=cdk.RemovalPolicy.RETAIN,
            # The end.
        )
        logs.LogGroup(self, "Log", log_group_name="/store")
        dynamodb.Table(self,
            "Table",
            table_name="orders", partition_key=key)
        kinesis.Stream(self, "Stream", stream_name="events", encryption=kinesis.StreamEncryption.UNENCRYPTED)
        sqs.Queue(self, "Queue", queue_name="jobs", encryption=sqs.QueueEncryption.UNENCRYPTED)
"""  # noqa: E501 - a line that is too long is one of the layouts


@dataclass(frozen=True)
class Case:
    """A small app."""

    title: str
    files: Mapping[str, bytes]
    settings: Settings

    def __str__(self) -> str:
        return self.title


def cases() -> Iterator[Case]:
    for rule in RULES:
        for example in rule.examples:
            files = {f"{ROOT}/{name}": text.encode() for name, text in tree(example.before).items()}
            names = {
                name.replace("-", "_"): value for name, value in (example.settings or {}).items()
            }
            settings = replace(Settings(), **names)  # type: ignore[arg-type]  # checked by the dataclass
            yield Case(f"{rule.code}-{example.title}", files, settings)
    yield Case("many flaws in one call", {f"{ROOT}/app.py": (HEAD + ROWS).encode()}, Settings())
    catalog = {
        f"{ROOT}/{path.relative_to(CATALOG)}": path.read_bytes()
        for path in CATALOG.rglob("*")
        if path.suffix == ".py" or path.name == "cdk.json"
    }
    yield Case("product_catalog", catalog, Settings())


CASES = list(cases())


@pytest.fixture(autouse=True)
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bytes are read once, and the same edits of them are made once.

    Each rule of an app meets each other one: most of that would be done over and over.
    """
    apps: dict[object, App] = {}
    made = functools.lru_cache(maxsize=None)(rewrite.rewrite)

    def read(root: str, files: Mapping[str, bytes], settings: Settings, *_: object) -> App:
        key = root, frozenset(files.items()), repr(settings)
        if key not in apps:
            apps[key] = read_app(root, files, settings)
        return apps[key]

    def rewritten(source: bytes, edits: Sequence[Edit], style: Style, path: str) -> bytes:
        return made(source, tuple(edits), style, path)

    monkeypatch.setattr(look, "read_app", read)
    monkeypatch.setattr(rewrite, "rewrite", rewritten)


def firing(case: Case) -> dict[str, tuple[Rule, set[Ref]]]:
    """The rules that have something to mend in an app, by code, with the constructs it is in."""
    app = read_app(ROOT, case.files, case.settings)
    found = {
        rule.code: (rule, {one.scope or one.ref for one in rule.find(app) if one.fix is not None})
        for rule in RULES
    }
    return {code: pair for code, pair in found.items() if pair[1]}


def apply(
    case: Case, files: Mapping[str, bytes], rules: Sequence[Rule]
) -> tuple[dict[str, bytes], Outcome]:
    """What an app becomes when these rules are applied together."""
    target = Target(ROOT, files, tuple(rules), RULES, Config(settings=case.settings))
    outcome = work([target], Mode.DRY_RUN, lambda _: True, lambda _: Style(), lambda _: None)
    assert not outcome.problems
    changed = {path: after for path, (_, after) in outcome.changes.items()}
    return {p: data for p, data in {**files, **changed}.items() if data is not None}, outcome


def refused(outcome: Outcome) -> list[Reported]:
    return [one for one in outcome.findings if one.status is Status.REFUSED]


def check(case: Case, rules: Sequence[Rule], after_first: Mapping[str, bytes]) -> None:
    """Together, the rules do what they do one after the other; what they do not do, they say.

    ``after_first`` is what the first of them alone makes of the app.
    """
    together, outcome = apply(case, case.files, rules)
    in_turn = dict(after_first)
    for rule in rules[1:]:
        in_turn, _ = apply(case, in_turn, [rule])
    reasons = [one.reason for one in refused(outcome)]
    assert all(reasons) and "its fix changes nothing" not in reasons
    if not refused(outcome):
        assert {path: data.decode() for path, data in together.items()} == {
            path: data.decode() for path, data in in_turn.items()
        }, [rule.code for rule in rules]
        fixed = {one.rule.code for one in outcome.findings if one.status is Status.FIXED}
        assert fixed == {rule.code for rule in rules}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_any_two_rules_on_one_app(case: Case) -> None:
    rules = [rule for rule, _ in firing(case).values()]
    for number, rule in enumerate(rules[:-1]):
        alone, _ = apply(case, case.files, [rule])
        for other in rules[number + 1 :]:
            check(case, [rule, other], alone)
        if number == 0 and len(rules) > 2:
            check(case, rules, alone)


def test_the_pairs_that_meet_on_one_construct_are_among_them() -> None:
    met = Counter[str]()
    for case in CASES:
        found = firing(case)
        for one, other in itertools.combinations(found, 2):
            if found[one][1] & found[other][1]:
                met[f"{one[3:]}+{other[3:]}"] += 1
    expected = "001+002 001+003 001+004 001+005 001+006 001+007 001+016 001+018 001+021 002+016"
    expected += " 002+018 003+004 003+005 003+018 004+005 004+018 005+018 006+018 016+018 018+021"
    assert set(expected.split()) <= set(met), set(expected.split()) - set(met)
