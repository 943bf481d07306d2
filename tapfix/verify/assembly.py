"""A cloud assembly read into plain values: stacks, resources, and who made each of them where."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tapfix.verify.worker import ORIGINS

_FRAME = re.compile(r"\((?P<path>.+):(?P<line>\d+)\)\s*$")
_OF_CDK = {"CDKMetadata", "BootstrapVersion", "CheckBootstrapVersion", "CDKMetadataAvailable"}


@dataclass(frozen=True, slots=True)
class Frame:
    """A line of the app's source, by the path from the app's folder."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Within:
    """The copy of an app: its own ``folder``, and ``top`` with what lies around it."""

    folder: Path
    top: Path

    def frames(self, lines: Iterable[tuple[str, int]]) -> tuple[Frame, ...]:
        """Those among lines of absolute paths that are the app's, not a library's."""
        return tuple(
            Frame(os.path.relpath(path, self.folder), line)
            for path, line in lines
            if path.startswith(f"{self.top}{os.sep}") and "site-packages" not in path
        )


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a template.

    ``path`` is the construct's, with the stack's id; ``frames`` are the app's own lines that were
    running when it was made, the innermost first.
    """

    stack: str
    logical_id: str
    path: str
    kind: str
    body: Mapping[str, Any]
    frames: tuple[Frame, ...] = ()

    @property
    def properties(self) -> Mapping[str, Any]:
        """What the template says of it."""
        found: Mapping[str, Any] = self.body.get("Properties", {})
        return found


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack: its name, its construct's path, its template, its resources by logical id.

    ``outputs`` are its outputs in the form of resources of kind ``Output``. ``errors`` are what the
    app marks its constructs with, path and message: with such, the CDK does not deploy the stack.
    """

    name: str
    path: str
    template: Mapping[str, Any]
    resources: Mapping[str, Resource]
    outputs: Mapping[str, Resource]
    frames: tuple[Frame, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Assembly:
    """All stacks of an app, those of its stages and the nested ones among them.

    ``looked_up`` names what the app wants to know of an account: its templates hold made-up values.
    ``classes`` are the classes of its constructs by path, as ``aws-cdk-lib.aws_s3.Bucket``.
    """

    stacks: tuple[Stack, ...]
    looked_up: tuple[str, ...] = ()
    classes: Mapping[str, str] = field(default_factory=dict)

    @property
    def templates(self) -> dict[str, Mapping[str, Any]]:
        """The templates by the names of their stacks."""
        return {stack.name: stack.template for stack in self.stacks}

    @property
    def resources(self) -> Iterator[Resource]:
        """All resources."""
        for stack in self.stacks:
            yield from stack.resources.values()

    @property
    def tells_lines(self) -> bool:
        """Whether it is known what made its resources, where it has any."""
        return any(one.frames for one in self.resources) or not any(self.resources)

    @property
    def entries(self) -> Iterator[Resource]:
        """All resources and outputs."""
        for stack in self.stacks:
            yield from stack.resources.values()
            yield from stack.outputs.values()


def read_assembly(outdir: Path, within: Within) -> Assembly:
    """The assembly in a folder, made by the app in a copy."""
    stacks: list[Stack] = []
    looked_up: dict[str, None] = {}
    noted = _noted(outdir / ORIGINS, within)
    for folder, content in manifests(outdir):
        looked_up.update(dict.fromkeys(one["provider"] for one in content.get("missing", [])))
        for artifact_id, artifact in content.get("artifacts", {}).items():
            if artifact["type"] == "aws:cloudformation:stack":
                stacks += _stacks(folder, artifact_id, artifact, within, noted)
    return Assembly(tuple(stacks), tuple(looked_up), _classes(outdir / "tree.json"))


def manifests(outdir: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The manifests of an assembly and of those of its stages, with their folders.

    What an asset calls so is none.
    """
    for file in sorted(outdir.rglob("manifest.json")):
        if not any(part.startswith("asset.") for part in file.relative_to(outdir).parts):
            yield file.parent, json.loads(file.read_text("utf-8"))


def _classes(file: Path) -> dict[str, str]:
    """The classes of constructs by path, where the app has not switched the tree off."""
    if not file.is_file():
        return {}
    found = {}
    pending = [json.loads(file.read_text("utf-8"))["tree"]]
    while pending:
        node = pending.pop()
        found[node["path"]] = node.get("constructInfo", {}).get("fqn", "")
        pending += node.get("children", {}).values()
    return found


Lines = Mapping[str, tuple[Frame, ...]]
"""The app's lines by the paths of the constructs that they made."""


@dataclass(frozen=True, slots=True)
class _Origins:
    """Who made what: as the assembly says, and as was noted while the app ran."""

    told: Lines
    noted: Lines

    def of(self, path: str) -> tuple[Frame, ...]:
        """The lines that made a construct; what is noted tells only of those that Python made."""
        if self.told.get(path):
            return self.told[path]
        around = path
        while around and around not in self.noted:
            around = around.rpartition("/")[0]
        return self.noted.get(around, ())


def _noted(file: Path, within: Within) -> Lines:
    """The lines that were noted because the library does not tell them."""
    if not file.is_file():
        return {}
    return {
        path: within.frames((str(name), int(line)) for name, line in lines)
        for path, lines in json.loads(file.read_text("utf-8")).items()
    }


def _stacks(
    folder: Path, artifact_id: str, artifact: Mapping[str, Any], within: Within, noted: Lines
) -> list[Stack]:
    """A stack, and the nested ones below it."""
    told = dict(artifact.get("metadata", {}))
    if "additionalMetadataFile" in artifact:
        told.update(json.loads((folder / artifact["additionalMetadataFile"]).read_text("utf-8")))
    lines = {path.lstrip("/"): _frames(entries, within) for path, entries in told.items()}
    origins = _Origins(lines, noted)
    paths = {
        str(entry["data"]): path.lstrip("/")
        for path, entries in told.items()
        for entry in entries
        if entry["type"] == "aws:cdk:logicalId"
    }
    properties = artifact["properties"]
    name = str(properties.get("stackName", artifact_id))
    template = json.loads((folder / properties["templateFile"]).read_text("utf-8"))
    path = str(artifact.get("displayName", artifact_id)).partition(" (")[0]
    errors = tuple(
        (path.lstrip("/"), str(entry["data"]))
        for path, entries in told.items()
        for entry in entries
        if entry["type"] == "aws:cdk:error"
    )
    found = [replace(_stack(name, path, template, origins, paths), errors=errors)]
    for nested, place in _nested(folder, template):
        inner = json.loads(nested.read_text("utf-8"))
        stem = nested.name.removesuffix(".nested.template.json")
        found.append(_stack(stem, place, inner, origins, paths))
    return found


def _nested(folder: Path, template: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """The files of the stacks that a template nests, and of those that these nest; their paths."""
    for resource in template.get("Resources", {}).values():
        name = resource.get("Metadata", {}).get("aws:asset:path", "")
        if resource.get("Type") == "AWS::CloudFormation::Stack" and (folder / name).is_file():
            place = str(resource["Metadata"].get("aws:cdk:path", ""))
            yield folder / name, place.rpartition("/")[0].removesuffix(".NestedStack")
            yield from _nested(folder, json.loads((folder / name).read_text("utf-8")))


def _stack(
    name: str,
    path: str,
    template: Mapping[str, Any],
    origins: _Origins,
    paths: Mapping[str, str],
) -> Stack:
    resources = {}
    for logical_id, body in template.get("Resources", {}).items():
        if logical_id not in _OF_CDK:
            place = str(body.get("Metadata", {}).get("aws:cdk:path", f"{name}/{logical_id}"))
            made = origins.of(place)
            resources[logical_id] = Resource(name, logical_id, place, body["Type"], body, made)
    outputs = {}
    for logical_id, body in template.get("Outputs", {}).items():
        place = paths.get(logical_id, f"{name}/{logical_id}")
        made = origins.of(place)
        outputs[logical_id] = Resource(name, logical_id, place, "Output", body, made)
    return Stack(name, path, template, resources, outputs, origins.of(path))


def _frames(entries: list[Mapping[str, Any]], within: Within) -> tuple[Frame, ...]:
    """The app's own lines among those that a construct was made by."""
    for entry in entries:
        lines = entry["data"] if entry["type"] == "aws:cdk:creationStack" else entry.get("trace")
        if lines and entry["type"] in ("aws:cdk:creationStack", "aws:cdk:logicalId"):
            matches = filter(None, (_FRAME.search(line) for line in lines))
            return within.frames((match["path"], int(match["line"])) for match in matches)
    return ()
