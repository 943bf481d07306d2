"""What Lambda would get of a synthesised app: handlers, their files and their layers."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.templates import Templates, properties, resources, targets

RUNTIME = sys.stdlib_module_names | {"boto3", "botocore", "dateutil", "jmespath", "urllib3"}
"""What a function can import without bringing it."""

MACHINES = {"x86_64": 62, "arm64": 183}
"""What the header of a compiled library calls an architecture."""

Files = Mapping[str, str]


@dataclass(frozen=True)
class Deployed:
    """A Python function that is not made of a text or an image, with the texts of its files."""

    label: str
    handler: str
    architecture: str
    files: Files
    layers: tuple[Path, ...]

    @property
    def module(self) -> str:
        return self.handler.rpartition(".")[0].replace(".", "/") + ".py"

    @property
    def texts(self) -> str:
        """All its Python."""
        return "\n".join(self.files.values())


def deployed(templates: Templates, assembly: Path) -> Iterator[Deployed]:
    """The Python functions whose code is an asset of ``assembly``."""
    for stack, template in templates.items():
        made = template.get("Resources", {})
        for label, function in resources({stack: template}, "AWS::Lambda::Function"):
            own = properties(function)
            if own.get("Runtime", "").startswith("python") and "S3Key" in own["Code"]:
                (architecture,) = own.get("Architectures", ["x86_64"])
                layers = sorted(targets(own.get("Layers", [])))
                contents = [made[name]["Properties"]["Content"] for name in layers]
                folders = tuple(asset(assembly, content) / "python" for content in contents)
                code = asset(assembly, own["Code"])
                yield Deployed(label, own["Handler"], architecture, python(code), folders)


def asset(assembly: Path, content: Mapping[str, Any]) -> Path:
    """The folder of an asset."""
    return assembly / f"asset.{content['S3Key'].removesuffix('.zip')}"


def python(folder: Path) -> dict[str, str]:
    """The Python files below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*.py")
    }


def no_handler(templates: Templates, assembly: Path) -> list[str]:
    """TAP008: functions whose asset lacks the module, or that the function, Lambda is to call."""
    found = []
    for function in deployed(templates, assembly):
        tree = ast.parse(function.files.get(function.module, ""))
        defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        if function.handler.rpartition(".")[2] not in defined:
            found.append(function.label)
    return found


def missing_packages(templates: Templates, assembly: Path) -> list[str]:
    """TAP014: functions that import what neither Lambda, their asset nor a layer has for them."""
    found = []
    for function in deployed(templates, assembly):
        brought = {path.stem for layer in function.layers for path in layer.iterdir()}
        own = {path.partition("/")[0].removesuffix(".py") for path in function.files}
        lacking = imported(function.files, function.module) - RUNTIME - own - brought
        found += [f"{function.label}: {name}" for name in sorted(lacking)]
        libraries = [path for layer in function.layers for path in layer.rglob("*.so*")]
        found += [
            f"{function.label}: {library.name} is for another machine"
            for library in libraries
            if machine_of(library) != MACHINES[function.architecture]
        ]
    return found


def machine_of(library: Path) -> int:
    """The number of the architecture that a compiled library is made for."""
    return int.from_bytes(library.read_bytes()[18:20], "little")


def imported(files: Files, path: str) -> set[str]:
    """The top-level modules that a module imports, and those beside it that it imports do."""
    names: set[str] = set()
    pending, seen = [path], set[str]()
    while pending:
        path = pending.pop()
        seen.add(path)
        for node in ast.walk(ast.parse(files.get(path, ""))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.partition(".")[0])
        beside = {f"{name}.py" for name in names} & files.keys()
        pending = sorted({*pending, *beside} - seen)
    return names


def unread_answers(templates: Templates, assembly: Path) -> list[str]:
    """TAP013 and TAP015: mappings that do not read an answer the handler gives, or read none."""
    found = []
    answering = {
        function.label: "batchItemFailures" in function.texts
        for function in deployed(templates, assembly)
    }
    for label, mapping in resources(templates, "AWS::Lambda::EventSourceMapping"):
        own = properties(mapping)
        reads = "ReportBatchItemFailures" in own.get("FunctionResponseTypes", [])
        stack = label.partition("/")[0]
        (name,) = targets(own["FunctionName"])
        if reads != answering.get(f"{stack}/{name}", reads):
            found.append(label)
    return found


LOGINS = {"auth_token", "host", "passwd", "password", "url"}
CONNECTING = {"MongoClient", "Redis", "StrictRedis", "connect", "create_engine", "from_url"}


def written_logins(files: Files) -> list[str]:
    """TAP012: where Python that is no stack's connects with a host or password of its source."""
    found = []
    for path, text in files.items():
        if not path.endswith(".py") or "aws_cdk" in text:
            continue
        tree = ast.parse(text)
        constants = {
            target.id
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called(node) in CONNECTING:
                given = {one.arg: one.value for one in node.keywords if one.arg in LOGINS}
                found += [
                    f"{path}:{node.lineno} {name}"
                    for name, value in sorted(given.items(), key=str)
                    if isinstance(value, ast.Constant | ast.JoinedStr)
                    or (isinstance(value, ast.Name) and value.id in constants)
                ]
    return found


def called(call: ast.Call) -> str:
    """The last name of what is called."""
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""
