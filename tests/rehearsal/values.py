"""What the functions of a template say: ``Ref``, ``Fn::GetAtt`` and the others."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.rehearsal.cloud import ACCOUNT, REGION, client
from tests.rehearsal.kinds import Made, Refused, Unsupported

NO_VALUE = object()
"""Stands for ``AWS::NoValue``: what has it is as good as absent."""

_SUBSTITUTED = re.compile(r"\$\{(!?)([^}]+)\}")
_SECRET = re.compile(r"\{\{resolve:secretsmanager:(.+?):SecretString:([^:}]*)[^}]*\}\}")


@dataclass(frozen=True)
class Scope:
    """What a stack's template may speak of.

    ``made`` grows while the stack is created; ``exports`` are the account's, and ``imported``
    collects the names of those that the stack uses.
    """

    stack: str
    template: Mapping[str, Any]
    parameters: Mapping[str, Any]
    made: Mapping[str, Made]
    exports: Mapping[str, str]
    imported: set[str]

    def ref(self, name: str) -> Any:
        """What ``Ref`` says; raises Unsupported for a name that there is not."""
        pseudo = {
            "AWS::AccountId": ACCOUNT,
            "AWS::NoValue": NO_VALUE,
            "AWS::Partition": "aws",
            "AWS::Region": REGION,
            "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{self.stack}/0",
            "AWS::StackName": self.stack,
            "AWS::URLSuffix": "amazonaws.com",
        }
        if name in self.made:
            return self.made[name].ref
        known = {**pseudo, **self.parameters}
        if name not in known:
            raise Unsupported(f"Ref {name}")
        return known[name]

    def attribute(self, name: str, attribute: str) -> Any:
        """What ``Fn::GetAtt`` says; raises Unsupported for what there is not."""
        if name not in self.made or attribute not in self.made[name].attributes:
            raise Unsupported(f"Fn::GetAtt {name}.{attribute}")
        return self.made[name].attributes[attribute]

    def condition(self, name: str) -> bool:
        """Whether a condition of the template holds."""
        return bool(self.resolve(self.template["Conditions"][name]))

    def resolve(self, value: Any) -> Any:
        """A part of the template with nothing left to resolve.

        Raises Unsupported for what is not known here, Refused for an import that nobody exports.
        """
        match value:
            case {"Ref": str(name), **rest} if not rest:
                return self.ref(name)
            case {"Condition": str(name), **rest} if not rest:
                return self.condition(name)
            case dict() if len(value) == 1 and next(iter(value)).startswith("Fn::"):
                ((function, argument),) = value.items()
                return self._function(function, argument)
            case dict():
                parts = {key: self.resolve(part) for key, part in value.items()}
                return {key: part for key, part in parts.items() if part is not NO_VALUE}
            case list():
                parts_of_list = [self.resolve(part) for part in value]
                return [part for part in parts_of_list if part is not NO_VALUE]
            case str():
                return _SECRET.sub(_secret_value, value)
        return value

    def _function(self, function: str, argument: Any) -> Any:
        if function == "Fn::If":  # the branch not taken may speak of what there is not
            condition, one, other = argument
            return self.resolve(one if self.condition(condition) else other)
        if function == "Fn::Sub":
            return self._substituted(argument)
        match function, self.resolve(argument):
            case "Fn::GetAtt", [name, attribute]:
                return self.attribute(name, attribute)
            case "Fn::Join", [separator, parts]:
                return _SECRET.sub(_secret_value, separator.join(str(part) for part in parts))
            case "Fn::Select", [index, parts]:
                return parts[int(index)]
            case "Fn::Split", [separator, text]:
                return text.split(separator)
            case "Fn::GetAZs", _:
                return [f"{REGION}{letter}" for letter in "abc"]
            case "Fn::ImportValue", name:
                if name not in self.exports:
                    raise Refused(f"no export named {name} found")
                self.imported.add(name)
                return self.exports[name]
            case "Fn::Equals", [one, other]:
                return one == other
            case "Fn::Not", [one]:
                return not one
            case "Fn::Or", parts:
                return any(parts)
            case "Fn::And", parts:
                return all(parts)
        raise Unsupported(function)

    def _substituted(self, argument: Any) -> str:
        text, given = (argument, {}) if isinstance(argument, str) else argument

        def value(match: re.Match[str]) -> str:
            literal, name = match.groups()
            if literal:
                return f"${{{name}}}"
            if name in given:
                return str(self.resolve(given[name]))
            target, dot, attribute = name.partition(".")
            return str(self.attribute(target, attribute) if dot else self.ref(name))

        return _SUBSTITUTED.sub(value, text)


def _secret_value(match: re.Match[str]) -> str:
    """The field of a secret that a dynamic reference means."""
    secret, key = match.groups()
    text = client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]
    return str(json.loads(text)[key] if key else text)
