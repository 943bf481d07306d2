"""What only a template shows is mended, where the template then says that it is."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tapfix import api
from tapfix.api import Options
from tapfix.api.result import Mode, Result
from tapfix.model.shown import Made, Shown
from tapfix.verify.judge import Mark
from tapfix.verify.run import verify_apps, verify_changes
from tapfix.verify.trial import Verified, with_shown
from tapfix.verify.witness import Options as Manner

IMPORTS = """\
import aws_cdk as cdk
import jsii
from aws_cdk import aws_kinesis as kinesis, aws_logs as logs, aws_s3 as s3

"""
HEAD = """\

class Shop(cdk.Stack):
    def __init__(self, scope, id, **kwargs):
        super().__init__(scope, id, **kwargs)
"""
TAIL = """\

app = cdk.App()
shop = Shop(app, "Shop")
"""
ASPECT = """\

@jsii.implements(cdk.IAspect)
class Keep:
    def visit(self, node):
        if isinstance(node, logs.LogGroup):
            node.apply_removal_policy(cdk.RemovalPolicy.RETAIN)

"""


def written(folder: Path, body: str, before: str = "", after: str = "") -> Path:
    lines = "".join(f"        {line}\n" for line in body.splitlines())
    text = f"{IMPORTS}{before}{HEAD}{lines}{TAIL}{after}app.synth()\n"
    (folder / "app.py").write_text(text)
    (folder / "cdk.json").write_text('{"app": "python3 app.py"}')
    return folder


def run(folder: Path, codes: str, shown: Mapping[str, Shown] | None = None) -> Result:
    select = tuple(codes.split())
    options = Options(Mode.DRY_RUN, select=select)
    return api.run([str(folder)], replace(options, shown=shown or {}))


def verified(folder: Path, codes: str) -> Verified:
    first = run(folder, codes)
    again = functools.partial(run, folder, codes)
    judged = verify_changes(first, Manner(), lambda *_: None)
    return with_shown(Verified(first, judged), again, Manner())


def new_text(found: Verified, folder: Path) -> str:
    pair = found.result.changes.get(str(folder / "app.py"))
    return pair[1].decode() if pair is not None and pair[1] is not None else ""


def told(found: Verified) -> list[tuple[str, Mark]]:
    (judgement,) = found.judgements
    return [(one.reported.rule.code, one.mark) for one in judgement.verdicts if one.told]


DESTROY = "removal_policy=cdk.RemovalPolicy.DESTROY"
STREAM = 'kinesis.Stream(self, "Sales")'


@pytest.mark.parametrize(
    ("codes", "before", "body", "after", "want"),
    [
        pytest.param(
            "TAP021",
            ASPECT,
            STREAM,
            "cdk.Aspects.of(app).add(Keep())\n",
            f'kinesis.Stream(self, "Sales", {DESTROY})',
            id="an aspect that is about others",
        ),
        pytest.param(
            "TAP021",
            "",
            STREAM,
            'cdk.RemovalPolicies.of(shop).destroy(apply_to_resource_types=["AWS::S3::Bucket"])\n',
            f'kinesis.Stream(self, "Sales", {DESTROY})',
            id="a sweep over others",
        ),
        pytest.param(
            "TAP021",
            "KINDS = {'stream': kinesis.Stream}\n",
            "KINDS['stream'](self, 'Sales')",
            "",
            f"KINDS['stream'](self, 'Sales', {DESTROY})",
            id="a class out of a dict",
        ),
        pytest.param(
            "TAP018",
            "",
            'getattr(kinesis, "Stream")(self, "Sales")',
            "",
            'getattr(kinesis, "Stream")(\n            self, "Sales", encryption='
            "kinesis.StreamEncryption.MANAGED\n        )",
            id="a class by its name",
        ),
        pytest.param(
            "TAP021",
            "MAKE = {'stream': kinesis.Stream}['stream']\n",
            "for name in ('Sales', 'Returns'):\n    MAKE(self, name)",
            "",
            f"            MAKE(self, name, {DESTROY})",
            id="in a loop",
        ),
        pytest.param(
            "TAP021",
            "import importlib\n",
            'importlib.import_module("aws_cdk.aws_kinesis").Stream(self, "Sales")',
            "",
            f'"Sales", {DESTROY}',
            id="a module by its name",
        ),
    ],
)
def test_it_is_mended(
    tmp_path: Path, codes: str, before: str, body: str, after: str, want: str
) -> None:
    folder = written(tmp_path, body, before, after)
    assert not run(folder, codes).fixed, "reading the source is enough"
    found = verified(folder, codes)
    assert told(found) == [(codes, Mark.PROVED)]
    assert want in new_text(found, folder)
    assert all(one.holds for one in found.judgements)


def test_what_the_template_does_not_bear_out_is_left(tmp_path: Path) -> None:
    # The aspect has the last word on the group, but not on the stream.
    keep = ASPECT.replace("logs.LogGroup)", "(logs.LogGroup, cdk.CfnOutput))")
    body = f'{STREAM}\nlogs.LogGroup(self, "Audit")'
    folder = written(tmp_path, body, keep, "cdk.Aspects.of(app).add(Keep())\n")
    found = verified(folder, "TAP007 TAP021")
    assert told(found) == [("TAP021", Mark.PROVED)]
    assert 'logs.LogGroup(self, "Audit")\n' in new_text(found, folder)
    (judgement,) = found.judgements
    assert [(one.rule.code, one.resource) for one in judgement.left] == [
        ("TAP007", "Shop/Audit/Resource")
    ]


@pytest.mark.parametrize(
    ("before", "body", "after"),
    [
        pytest.param(
            ASPECT,
            STREAM,
            "if app.node.try_get_context('stage'):\n    cdk.Aspects.of(app).add(Keep())\n",
            id="an aspect of some environments",
        ),
        pytest.param(
            ASPECT.replace("isinstance(node, logs.LogGroup)", "self.keeps"),
            STREAM,
            "",
            id="an aspect that asks for something else than kinds",
        ),
        pytest.param(
            "",
            STREAM,
            "if app.node.try_get_context('x'):\n    cdk.RemovalPolicies.of(shop).destroy()\n",
            id="a sweep under a condition",
        ),
        pytest.param(
            "def make(kind, scope, id):\n    return kind(scope, 'Sales')\n\n",
            "make(kinesis.Stream, self, 'Sales')",
            "",
            id="a class that a caller gives",
        ),
        pytest.param(
            "KIND = kinesis.Stream if jsii else logs.LogGroup\n",
            "KIND(self, 'Sales')",
            "",
            id="a class that is chosen",
        ),
        pytest.param(
            "KINDS = {'stream': kinesis.Stream}\nif jsii:\n    KINDS['stream'] = logs.LogGroup\n",
            "KINDS['stream'](self, 'Sales')",
            "",
            id="a dict that is changed",
        ),
        pytest.param(
            "KINDS = {'stream': kinesis.Stream}\nKINDS.update(app_kinds)\n",
            "KINDS['stream'](self, 'Sales')",
            "",
            id="a dict that takes others in",
        ),
        pytest.param(
            "from kinds import KIND\n",
            "KIND(self, 'Sales')",
            "",
            id="a choice in another file",
        ),
        pytest.param(
            "import kinds\n",
            "kinds.KIND(self, 'Sales')",
            "",
            id="a choice in another file, by its module",
        ),
        pytest.param(
            "KINDS = {'stream': kinesis.Stream}\n",
            "a, b = KINDS['stream'](self, 'Sales'), KINDS['stream'](self, 'Sales')",
            "",
            id="two calls in one line",
        ),
    ],
)
def test_a_decision_stays(tmp_path: Path, before: str, body: str, after: str) -> None:
    assert not found_with_shown(written(tmp_path, body, before, after))


@pytest.mark.parametrize(
    ("before", "body", "after"),
    [
        (ASPECT, STREAM, "cdk.Aspects.of(app).add(Keep())\n"),
        ("KINDS = {'stream': kinesis.Stream}\n", "KINDS['stream'](self, 'Sales')", ""),
        ("from library import KIND\n", "KIND(self, 'Sales')", ""),
        ("import library.kinds\n", "library.kinds.KIND(self, 'Sales')", ""),
    ],
)
def test_what_is_no_decision_is_found(tmp_path: Path, before: str, body: str, after: str) -> None:
    assert found_with_shown(written(tmp_path, body, before, after))


def found_with_shown(folder: Path) -> list[str]:
    """What is found where a synthesis showed that the one stream of an app is kept."""
    chosen = "KIND = kinesis.Stream if __debug__ else kinesis.CfnStream\n"
    (folder / "kinds.py").write_text(f"from aws_cdk import aws_kinesis as kinesis\n\n{chosen}")
    text = (folder / "app.py").read_text()
    marks = ("(self, 'Sales')", '(self, "Sales")', "kind(scope, 'Sales')")
    lines = [n for n, line in enumerate(text.splitlines(), 1) if any(m in line for m in marks)]
    made = Made("aws_cdk.aws_kinesis.Stream", "Sales", kept=True)
    shown = Shown(
        {(str(folder / "app.py"), line): (made,) for line in lines},
        {str(folder / "app.py"): text.encode()},
    )
    assert lines
    result = run(folder, "TAP021", {str(folder): shown})
    return [one.rule.code for one in result.findings]


def test_a_class_of_another_package_is_known_by_its_template(tmp_path: Path) -> None:
    company = tmp_path / "company"
    company.mkdir()
    (company / "company_cdk.py").write_text(
        "from aws_cdk import aws_kinesis\n\n\n"
        "class CompanyStream(aws_kinesis.Stream):\n"
        "    def __init__(self, scope, id, **kwargs):\n"
        "        super().__init__(scope, id, shard_count=2, **kwargs)\n\n\n"
        "class StrictStream(aws_kinesis.Stream):\n"
        "    def __init__(self, scope, id):\n"
        "        super().__init__(scope, id)\n"
    )
    (tmp_path / "app").mkdir()
    body = "CompanyStream(self, 'Sales')\nStrictStream(self, 'Strict')"
    path = f"import sys\nsys.path.insert(0, {str(company)!r})\n"
    imported = f"{path}from company_cdk import CompanyStream, StrictStream\n"
    folder = written(tmp_path / "app", body, imported)
    found = verified(folder, "TAP021")
    assert told(found) == [("TAP021", Mark.PROVED)]
    text = new_text(found, folder)
    assert f"CompanyStream(self, 'Sales', {DESTROY})" in text
    assert "StrictStream(self, 'Strict')\n" in text, "it takes no such argument"


def test_lines_are_carried_along() -> None:
    old, new = b"a\nb\nc\n", b"x\na\nB\nc\n"
    shown = Shown({("/f", line): (Made("K", str(line)),) for line in (1, 2, 3)}, {"/f": old})
    carried = shown.carried_to({"/f": new})
    assert {line: made[0].id for (_, line), made in carried.lines.items()} == {2: "1", 4: "3"}


def test_what_a_comment_silences_is_not_told(tmp_path: Path) -> None:
    loud = f"{STREAM}\n"
    silent = (
        '# tapfix: ignore[TAP021] audit wants it kept\nkinesis.Stream(\n    self,\n    "Kept",\n)\n'
    )
    folder = written(tmp_path, loud + silent)
    (stands,) = verify_apps(run(folder, "TAP021"), Manner())
    assert [one.resource for one in stands.flaws] == ["Shop/Sales/Resource"]
    (judged,) = verified(folder, "TAP021").judgements
    assert not judged.left
