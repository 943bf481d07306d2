"""What a finding is known by stays, though all around it changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tapfix import api
from tapfix.api.fingerprint import fingerprints
from tapfix.api.result import Mode
from tests.fake_rules import complaint, setter

HEAD = "import aws_cdk\n\n\nclass Stack:\n    def __init__(self):\n"
BODY = '        self.thing = Thing("a", switch=True)\n'
OPTIONS = api.Options(rules=(setter(True, False), complaint("odd", "by hand")))


def prints(tmp_path: Path, text: str, name: str = "app/lib/stack.py", **files: str) -> list[str]:
    """The fingerprints of all findings in an app, in order of place."""
    for path, content in {name: text, **files}.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    (tmp_path / "app/cdk.json").write_text("{}")
    result = api.run([str(tmp_path / "app")], OPTIONS)
    known = fingerprints(result)
    return [known[one] for one in (*result.findings, *result.silenced)]


@pytest.mark.parametrize(
    "other",
    [
        "# new\n\n\n" + HEAD + "        x = 1\n" + BODY,
        HEAD
        + '        self.thing = Thing(\n            "a",\n            switch=True,\n        )\n',
        HEAD + "        self.thing = Thing('a', switch=True)  # why\n",
        HEAD.replace("    def", "    async def") + BODY.replace(" = ", "  =  "),
        HEAD.replace("\n", "\r\n") + BODY,
        HEAD + "        if True:\n    " + BODY,
    ],
)
def test_it_stays_where_lines_move_and_layout_changes(tmp_path: Path, other: str) -> None:
    (first,) = prints(tmp_path, HEAD + BODY)
    assert prints(tmp_path, other) == [first]


@pytest.mark.parametrize(
    "other",
    [
        HEAD + BODY.replace('"a"', '"b"'),
        HEAD + BODY.replace("thing", "that"),
        HEAD + BODY.replace("True", "'odd'"),
    ],
)
def test_another_statement_or_rule_is_another_finding(tmp_path: Path, other: str) -> None:
    assert prints(tmp_path, HEAD + BODY) != prints(tmp_path, other)


def test_what_is_alike_is_counted(tmp_path: Path) -> None:
    first, second = prints(tmp_path, HEAD + BODY + BODY)
    assert prints(tmp_path, HEAD + BODY) == [first] and first != second
    silenced = BODY.replace("\n", "  # tapfix: ignore[TAP901]\n")
    assert prints(tmp_path, HEAD + silenced + BODY) == [second, first]


def test_paths_are_those_in_the_repository_or_else_in_the_app(tmp_path: Path) -> None:
    (first,) = prints(tmp_path / "a", HEAD + BODY)
    assert prints(tmp_path / "b", HEAD + BODY) == [first]
    (tmp_path / "b/.git").mkdir()
    assert prints(tmp_path / "b", HEAD + BODY) != [first]
    assert prints(tmp_path / "c", HEAD + BODY, "app/lib/other.py") != [first]


def test_of_a_definition_the_head_counts_alone(tmp_path: Path) -> None:
    inside = "import aws_cdk\n\n\ndef make(thing=Thing(switch=True)):\n    return {}\n"
    assert prints(tmp_path, inside.format(1)) == prints(tmp_path, inside.format(2))
    decorated = "import aws_cdk\n\n\n@Thing(switch=True)\ndef make():\n    return {}\n"
    assert prints(tmp_path, decorated.format(1)) == prints(tmp_path, decorated.format(2))


def test_a_dry_run_knows_findings_by_the_same(tmp_path: Path) -> None:
    (first,) = prints(tmp_path, HEAD + BODY)
    dry = api.Options(mode=Mode.DRY_RUN, rules=OPTIONS.rules)
    result = api.run([str(tmp_path / "app")], dry)
    assert list(fingerprints(result).values()) == [first]


def test_a_password_is_no_part_of_it(tmp_path: Path) -> None:
    def known(password: str) -> list[str]:
        (tmp_path / "cdk.json").write_text("{}")
        (tmp_path / "app.py").write_text(
            "from aws_cdk import aws_rds as rds, SecretValue\n"
            f"x = rds.Credentials.from_password('a', SecretValue.unsafe_plain_text('{password}'))\n"
        )
        result = api.run([str(tmp_path)], api.Options(select=("TAP012",)))
        assert result.hides == {password}
        return list(fingerprints(result).values())

    assert known("s3cret") == known("0ther") != []
