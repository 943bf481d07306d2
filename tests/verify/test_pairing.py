"""Which construct after a change is which before, and what only follows from another name."""

from __future__ import annotations

import dataclasses
from typing import Any

from tapfix.verify.assembly import Assembly, Resource, Stack
from tapfix.verify.difference import Difference, differences
from tapfix.verify.following import with_names
from tapfix.verify.pairing import paired
from tapfix.verify.replaced import replaced


def assembly(name: str, bodies: dict[str, dict[str, Any]]) -> Assembly:
    """One stack; its resources by path below it, the logical id being the path's letters."""
    made = {}
    for path, body in bodies.items():
        logical_id = body.get("Id", "".join(filter(str.isalnum, path)))
        plain = {key: value for key, value in body.items() if key != "Id"}
        place = f"{name}/{path}"
        made[logical_id] = Resource(name, logical_id, place, plain["Type"], plain)
    template = {"Resources": {one.logical_id: one.body for one in made.values()}}
    return Assembly((Stack(name, name, template, made, {}),))


def compared(before: Assembly, after: Assembly) -> tuple[Difference, ...]:
    return with_names(differences(paired(before, after)))


def queue(**properties: object) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


def test_an_id_that_grows_is_one_difference() -> None:
    before = assembly("Shop", {"Orders/Resource": queue(), "Users": {"Type": "X", "A": 1}})
    after = assembly("Shop", {"Orders-dev/Resource": queue(), "Users": {"Type": "X", "A": 1}})
    (one,) = compared(before, after)
    assert (one.name, one.path, one.follows) == ("Shop/Orders/Resource", "LogicalId", False)
    assert replaced([one]) == {"Shop/Orders/Resource": "LogicalId"}


def test_the_plainest_of_several_ids_is_the_one_that_grew() -> None:
    before = assembly("Shop", {"Api": queue(), "Api-Log": queue()})
    after = assembly("Shop", {"Api-dev": queue(), "Api-Log-dev": queue(), "Api-dev-new": queue()})
    paths = paired(before, after).old_paths
    assert paths["Shop/Api-dev"] == "Shop/Api"
    assert paths["Shop/Api-Log-dev"] == "Shop/Api-Log"
    assert "Shop/Api-dev-new" not in paths


def test_an_id_with_the_stacks_id_in_it_is_the_same() -> None:
    before = assembly("Shop", {"Shop-Orders/Resource": queue()})
    after = assembly("Shop-dev", {"Shop-dev-Orders/Resource": queue()})
    assert paired(before, after).old_paths["Shop-dev/Shop-dev-Orders"] == "Shop/Shop-Orders"


def test_an_id_that_is_set_by_hand_does_not_follow() -> None:
    before = assembly("Shop", {"Orders": queue()})
    after = assembly("Shop", {"Orders": {**queue(), "Id": "Else"}})
    (one,) = compared(before, after)
    assert (one.path, one.follows) == ("LogicalId", False)


def test_an_id_that_is_made_of_the_content_is_no_difference() -> None:
    version = {"Type": "AWS::Lambda::Version", "Properties": {}}
    before = assembly("Shop", {"F/CurrentVersion": {**version, "Id": "V1"}})
    after = assembly("Shop", {"F/CurrentVersion": {**version, "Id": "V2"}})
    assert not compared(before, after)


def test_a_stack_with_another_name_is_a_difference() -> None:
    (one,) = compared(
        assembly("Shop", {"Orders": queue()}), assembly("Shop-dev", {"Orders": queue()})
    )
    assert (one.name, one.path, one.old, one.new) == (
        "Shop/Stack",
        "StackName",
        "Shop",
        "Shop-dev",
    )
    assert not one.follows


def named(name: str, text: object) -> Assembly:
    return assembly("Shop", {"Orders": queue(QueueName=name), "Users": queue(Text=text)})


def follows(old: object, new: object, name: str = "orders") -> bool:
    found = compared(named(name, old), named(f"{name}-dev", new))
    by_name = {one.name: one for one in found}
    assert not by_name["Shop/Orders"].follows
    return by_name["Shop/Users"].follows


def test_a_text_with_the_name_of_a_resource_follows() -> None:
    assert follows("orders", "orders-dev")
    assert follows("arn:aws:sqs:::orders/*", "arn:aws:sqs:::orders-dev/*")
    assert follows('{"queue": ["orders"]}', '{"queue": ["orders-dev"]}')
    assert follows({"a": ["orders"]}, {"a": ["orders-dev"]})
    assert follows("sed my-orders file", "sed my-orders-dev file", "my-orders")


def test_a_word_in_a_longer_text_does_not_follow() -> None:
    assert not follows("type orders { id }", "type orders-dev { id }")
    assert not follows("reorders", "reorders-dev")
    assert not follows("orders", "orders-prod")


def substituted(path: str, text: object) -> Assembly:
    return assembly("Shop", {path: queue(), "Users": queue(Text={"Fn::Sub": text})})


def test_what_a_text_is_put_together_of_is_read() -> None:
    image = "${AWS::AccountId}/assets:"
    before = substituted("Orders", f"{image}{'a' * 64}")
    assert not compared(before, substituted("Orders", f"{image}{'b' * 64}"))
    found = compared(
        substituted("Orders", ["${Orders}/${A}", {"A": 1}]),
        substituted("Orders-dev", ["${Ordersdev}/${A}", {"A": 1}]),
    )
    assert [one.path for one in found] == ["LogicalId"]


def test_an_import_follows_the_name_of_an_export() -> None:
    def app(name: str, imported: str) -> Assembly:
        made = assembly("Shop", {"Till": queue(Group={"Fn::ImportValue": imported})})
        (stack,) = made.stacks
        output = {"Value": "g", "Export": {"Name": name}}
        return Assembly(
            (dataclasses.replace(stack, template={**stack.template, "Outputs": {"Id": output}}),)
        )

    changed = compared(app("till-group", "till-group"), app("till-group-dev", "till-group-dev"))
    assert {one.path: one.follows for one in changed} == {
        "Properties.Group.Fn::ImportValue": True,
        "Export.Name": False,
    }
    wrong = compared(app("till-group", "till-group"), app("till-group-dev", "till-group-qa"))
    assert not any(one.follows for one in wrong)
