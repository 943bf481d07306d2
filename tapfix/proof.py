"""What proves a fix in the synthesised template: data beside each rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

Template = Mapping[str, Any]
Templates = Mapping[str, Template]
"""The templates of an app by the names of their stacks."""


class Flaw(NamedTuple):
    """A resource of a template that has a flaw, and the property that shows it."""

    stack: str
    logical_id: str
    shows: str


KEEPING = frozenset({"Retain", "RetainExceptOnCreate", "Snapshot"})
"""The deletion policies that leave something behind."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a fix may change in a template.

    ``properties`` is a pattern for whole property paths (``Properties\\.Tags.*``), ``kinds`` for
    types of resources. ``own``: only at the resources that the finding is about. ``whole``: all of
    a resource may come or go, or of an output, a condition and the like if ``kinds`` matches its
    name (``Outputs/Name``).
    """

    properties: str = "(?!)"
    kinds: str = ".*"
    own: bool = True
    whole: bool = False


TOLD = (
    Claim(
        kinds=r"Outputs/(ExportsOutput.*|\w+[0-9A-F]{8}\w+)|Parameters/referenceto.+",
        own=False,
        whole=True,
    ),
    Claim(r"Properties\.Parameters\.referenceto.*", "AWS::CloudFormation::Stack", own=False),
)
"""What CDK writes where a stack speaks of a resource of another one, or of a nested one."""


@dataclass(frozen=True, slots=True)
class Proof:
    """How a rule's fixes are judged by templates.

    ``flaws`` finds the flaw in templates: there before, gone after. ``shared`` finds it in what two
    environments of an app have in common. Where both are None, no template can show it; ``unseen``
    then says what does.
    """

    flaws: Callable[[Templates], Iterable[Flaw]] | None = None
    claims: tuple[Claim, ...] = ()
    unseen: str = ""
    shared: Callable[[Templates, Templates], Iterable[Flaw]] | None = None


def resources(templates: Templates, *kinds: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """The resources of some types, or all: stack, logical id and body."""
    for stack, template in templates.items():
        for logical_id, body in template.get("Resources", {}).items():
            if not kinds or body["Type"] in kinds:
                yield stack, logical_id, body


def referred(part: Any) -> set[str]:
    """The logical ids that a part of a template refers to."""
    match part:
        case {"Ref": str(target)}:
            return {target}
        case {"Fn::GetAtt": [str(target), *_]}:
            return {target}
        case dict():
            return {target for entry in part.values() for target in referred(entry)}
        case list():
            return {target for entry in part for target in referred(entry)}
    return set()


def said(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The properties of a resource."""
    found: Mapping[str, Any] = body.get("Properties", {})
    return found
