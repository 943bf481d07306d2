"""Finds what CloudFormation would refuse: resources, or stacks, that wait for each other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.synthesis import Template

Graph = Mapping[str, set[str]]

_SUBSTITUTED = re.compile(r"\$\{([^!}.][^}.]*)(?:\.[^}]*)?\}")


def cycles(templates: Mapping[str, Template]) -> list[list[str]]:
    """Every cycle found, each once: logical ids as ``stack/id`` within a stack, else stacks."""
    found = [
        [f"{stack}/{name}" for name in cycle]
        for stack, template in templates.items()
        for cycle in _cycles(resource_graph(template))
    ]
    return [*found, *_cycles(stack_graph(templates))]


def resource_graph(template: Template) -> dict[str, set[str]]:
    """Which resource waits for which: ``Ref``, ``Fn::GetAtt``, ``Fn::Sub`` and ``DependsOn``."""
    resources: Mapping[str, Any] = template.get("Resources", {})
    graph = {}
    for name, resource in resources.items():
        named = {*_named(resource.get("Properties", {})), *_listed(resource.get("DependsOn", []))}
        graph[name] = named & resources.keys()
    return graph


def stack_graph(templates: Mapping[str, Template]) -> dict[str, set[str]]:
    """Which stack waits for which, by what it imports and others export."""
    exporters = {
        json.dumps(output["Export"]["Name"], sort_keys=True): stack
        for stack, template in templates.items()
        for output in template.get("Outputs", {}).values()
        if "Export" in output
    }
    graph = {}
    for stack, template in templates.items():
        imports = (json.dumps(name, sort_keys=True) for name in _imported(template))
        graph[stack] = {exporters[name] for name in imports if name in exporters}
    return graph


def _named(value: Any) -> Iterator[str]:
    """The logical ids that a value of a template speaks of."""
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::GetAtt": str(text)}:
            yield text.partition(".")[0]
        case {"Fn::Sub": str(text)}:
            yield from _SUBSTITUTED.findall(text)
        case {"Fn::Sub": [str(text), dict(given)]}:
            yield from set(_SUBSTITUTED.findall(text)) - given.keys()
            yield from _named(given)
        case dict():
            for part in value.values():
                yield from _named(part)
        case list():
            for part in value:
                yield from _named(part)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _imported(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key, part in value.items():
            if key == "Fn::ImportValue":
                yield part
            else:
                yield from _imported(part)
    elif isinstance(value, list):
        for part in value:
            yield from _imported(part)


def _cycles(graph: Graph) -> list[list[str]]:
    """The groups of nodes that can all reach each other, and nodes that name themselves."""
    reached = {node: _reached(graph, node) for node in graph}
    groups = {
        tuple(sorted(other for other in reached[node] if node in reached.get(other, ())))
        for node in graph
        if node in reached[node]
    }
    return [list(group) for group in sorted(groups)]


def _reached(graph: Graph, start: str) -> set[str]:
    found: set[str] = set()
    pending = [start]
    while pending:
        new = graph.get(pending.pop(), set()) - found
        found |= new
        pending += new
    return found
