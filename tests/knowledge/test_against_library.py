"""What the catalogue says of names and removal policies is what the real library synthesises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tapfix.knowledge.catalogue import ConstructClass, load
from tests.knowledge import probes
from tests.synthesis import Template, synthesise

POLICIES = {"RETAIN": "Retain", "SNAPSHOT": "Snapshot", "DESTROY": "Delete"}


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Template]:
    folder: Path = tmp_path_factory.mktemp("probes")
    (folder / "app.py").write_text(probes.app(), encoding="utf-8")
    (folder / "cdk.json").write_text(json.dumps({"app": "python app.py"}), encoding="utf-8")
    assembly = synthesise(folder)
    assert assembly.error is None
    return assembly.templates


def test_names_go_where_the_catalogue_says(templates: dict[str, Template]) -> None:
    elsewhere = []
    for cls in map(construct, probes.PROBES):
        if cls.name_argument:
            resource = main_resource(cls, templates)
            property = cls.arguments[cls.name_argument].property
            value = resource["Properties"].get(property) if property else json.dumps(resource)
            if value != probes.NAME and (property or probes.NAME not in value):
                elsewhere.append(f"{cls.name}.{cls.name_argument}: {property} is {value}")
    assert elsewhere == []


def test_arguments_set_the_properties_that_the_catalogue_says(
    templates: dict[str, Template],
) -> None:
    unchanged = []
    for name, settings in probes.SETTINGS.items():
        cls = construct(name)
        plain = main_resource(cls, templates).get("Properties", {})
        for setting in settings:
            property = cls.arguments[setting].property or "none"
            properties = main_resource(cls, templates, setting)["Properties"]
            if properties.get(property) == plain.get(property):
                unchanged.append(f"{name}.{setting}: {property}")
    assert unchanged == []


def test_omitted_removal_policies(templates: dict[str, Template]) -> None:
    classes = map(construct, probes.PROBES)
    written = [cls for cls in classes if cls.level == 2 and cls.default_removal]
    seen = {cls.name: main_resource(cls, templates).get("DeletionPolicy") for cls in written}
    assert {name: policy or "Delete" for name, policy in seen.items()} == {
        cls.name: POLICIES[cls.default_removal or ""] for cls in written
    }
    assert len(written) > 30


def test_generated_classes_write_no_policy(templates: dict[str, Template]) -> None:
    generated = [cls for cls in map(construct, probes.PROBES) if cls.level == 1]
    assert not any("DeletionPolicy" in main_resource(cls, templates) for cls in generated)


def construct(name: str) -> ConstructClass:
    found = load().construct(name)
    assert found is not None, name
    return found


def main_resource(
    cls: ConstructClass, templates: dict[str, Template], setting: str = ""
) -> dict[str, Any]:
    """The one resource of the class's type that the probe itself made."""
    template = templates[probes.stack_of(cls.name, setting)]
    made: list[dict[str, Any]] = [
        resource
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == cls.resource and logical_id.startswith("Probe")
    ]
    assert len(made) == 1, (cls.name, sorted(template["Resources"]))
    return made[0]
