"""The checker of cycles finds each kind of reference, and nothing where there is no cycle."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cycles import cycles


def template(**resources: dict[str, Any]) -> dict[str, Any]:
    return {"Resources": {name: {"Type": "AWS::X", **one} for name, one in resources.items()}}


@pytest.mark.parametrize(
    "reference",
    [
        {"Properties": {"A": {"Ref": "Two"}}},
        {"Properties": {"A": [{"Fn::GetAtt": ["Two", "Arn"]}]}},
        {"Properties": {"A": {"Fn::GetAtt": "Two.Arn"}}},
        {"Properties": {"A": {"Fn::Sub": "x-${Two.Arn}"}}},
        {"Properties": {"A": {"Fn::Sub": ["${b}", {"b": {"Ref": "Two"}}]}}},
        {"Properties": {"A": {"Fn::Join": ["", ["x", {"Ref": "Two"}]]}}},
        {"DependsOn": "Two"},
        {"DependsOn": ["Two"]},
    ],
)
def test_two_resources_that_wait_for_each_other(reference: dict[str, Any]) -> None:
    back = {"Properties": {"B": {"Ref": "One"}}}
    assert cycles({"S": template(One=reference, Two=back)}) == [["S/One", "S/Two"]]
    assert cycles({"S": template(One=reference, Two={})}) == []


def test_a_longer_way_round_and_one_that_ends() -> None:
    step = [{"DependsOn": name} for name in ("B", "C", "A")]
    assert cycles({"S": template(A=step[0], B=step[1], C=step[2], D=step[0])}) == [
        ["S/A", "S/B", "S/C"]
    ]


@pytest.mark.parametrize(
    "text", ["${!Two}", "${AWS::Region}", "Two", "${Twofold}"], ids=lambda text: text
)
def test_texts_that_name_no_resource(text: str) -> None:
    one = {"Properties": {"A": {"Fn::Sub": text}}}
    assert cycles({"S": template(One=one, Two={"DependsOn": "One"})}) == []


def test_two_stacks_that_import_from_each_other() -> None:
    def stack(exported: str, imported: str) -> dict[str, Any]:
        made = template(One={"Properties": {"A": {"Fn::ImportValue": imported}}})
        return {**made, "Outputs": {"Out": {"Value": "x", "Export": {"Name": exported}}}}

    assert cycles({"S": stack("s", "t"), "T": stack("t", "s")}) == [["S", "T"]]
    assert cycles({"S": stack("s", "t"), "T": stack("t", "other")}) == []
