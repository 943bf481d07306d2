"""What a template lets functions do and reach, as CloudFormation would see it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tapfix.rule import Example, Rule
from tapfix.testing import run_example
from tests.cycles import cycles
from tests.proofs import Resource, properties, resources
from tests.synthesis import Template, synthesise

BROKEN = Path(__file__).parents[1] / "examples" / "broken"


def mended(rule: Rule, app: Path | dict[str, str], folder: Path) -> dict[str, Template]:
    """The templates of an app after one rule alone has mended it; ends if there is a cycle."""
    if isinstance(app, Path):
        shutil.copytree(app, folder, dirs_exist_ok=True)
        texts = {
            str(path.relative_to(folder)): path.read_text("utf-8")
            for path in folder.rglob("*")
            if path.is_file() and path.suffix in (".py", ".json")
        }
    else:
        texts = {"cdk.json": '{"app": "python3 app.py"}', **app}
    result = run_example(rule, Example("", texts))
    assert not result.refused
    assert not [finding for finding in result.left if not finding.note]
    for name, text in result.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assembly = synthesise(folder, context={"stage": "one"}, env={"ENVIRONMENT_SUFFIX": "one"})
    assert assembly.error is None
    assert cycles(assembly.templates) == []
    return assembly.templates


def allowed(template: Template, role: str) -> set[tuple[str, str]]:
    """Actions and the first logical id (or export) of their resources, in the role's policies."""
    found = set()
    for _, policy in resources({"": template}, "AWS::IAM::Policy"):
        if {"Ref": role} in properties(policy)["Roles"]:
            for statement in properties(policy)["PolicyDocument"]["Statement"]:
                actions, targets = statement["Action"], statement["Resource"]
                for action in [actions] if isinstance(actions, str) else actions:
                    found |= {(action, name) for name in names(targets)}
    return found


def names(value: Any) -> Iterator[str]:
    """Logical ids and imported names in a part of a template."""
    match value:
        case {"Fn::GetAtt": [str(name), *_]} | {"Ref": str(name)} | {"Fn::ImportValue": str(name)}:
            yield name
        case dict():
            for part in value.values():
                yield from names(part)
        case list():
            for part in value:
                yield from names(part)


def function(template: Template, name: str) -> Resource:
    """The one function whose logical id begins with a name."""
    found = resources({"": template}, "AWS::Lambda::Function")
    (one,) = (resource for label, resource in found if label.startswith(f"/{name}"))
    return one


def role_of(resource: Resource) -> str:
    """The logical id of a function's role."""
    role: str = properties(resource)["Role"]["Fn::GetAtt"][0]
    return role


def rules(templates: Mapping[str, Template]) -> list[Mapping[str, Any]]:
    """The rules by which security groups let others in."""
    found = [properties(one) for _, one in resources(templates, "AWS::EC2::SecurityGroupIngress")]
    for _, group in resources(templates, "AWS::EC2::SecurityGroup"):
        found += properties(group).get("SecurityGroupIngress", [])
    return found


def ports_let_in(templates: Mapping[str, Template]) -> set[tuple[str, int]]:
    """Who is let in where: the logical id of the group that asks, and the port."""
    return {
        (name, rule["FromPort"])
        for rule in rules(templates)
        for name in names(rule.get("SourceSecurityGroupId", {}))
        if rule["FromPort"] == rule["ToPort"]
    }
