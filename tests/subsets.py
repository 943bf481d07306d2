"""Apps to try any selection of rules on, and what must not be lost of them.

``mend`` does on disk what the command line does, with the rules and the files in any order;
``unsafe`` and ``lost`` lay templates from before and after side by side.
"""

from __future__ import annotations

import ast
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

from tapfix.api.look import Target
from tapfix.api.result import Mode, Status
from tapfix.api.rounds import work
from tapfix.config import Config
from tapfix.discover import discover
from tapfix.engine.style import Style
from tapfix.model.settings import Settings
from tapfix.registry import builtin_rules
from tapfix.rule import Rule
from tapfix.testing import tree
from tests.proofs import Resource, Templates, properties, resources
from tests.synthesis import ABSENT, Assembly, Difference, Template, synthesise

RULES = builtin_rules()
BROKEN = Path(__file__).parent.parent / "examples/broken"
SUFFIX = "one"


@dataclass(frozen=True, eq=False, repr=False)
class App:
    """A small app: its files by relative path."""

    name: str
    files: Mapping[str, bytes]
    settings: Settings

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def write(self, folder: Path) -> None:
        """Put the app into a folder that does not exist yet."""
        for name, data in self.files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)


def broken_apps() -> list[App]:
    """The apps of ``examples/broken``."""
    return [
        App(folder.name, files(folder), Settings())
        for folder in sorted(BROKEN.iterdir())
        if folder.is_dir()
    ]


def example_apps() -> list[App]:
    """The examples of all rules: most have flaws that other rules find, too."""
    return [
        App(f"{rule.code}-{example.title}", _files(example.before), _settings(example.settings))
        for rule in RULES
        for example in rule.examples
    ]


def _files(source: str | Mapping[str, str]) -> dict[str, bytes]:
    start = {"cdk.json": json.dumps({"app": "python3 app.py"})}
    return {name: text.encode() for name, text in {**start, **tree(source)}.items()}


def _settings(given: Mapping[str, object] | None) -> Settings:
    names = {name.replace("-", "_"): value for name, value in (given or {}).items()}
    return replace(Settings(), **names)  # type: ignore[arg-type]  # checked by the dataclass


def files(folder: Path) -> dict[str, bytes]:
    """All files below a folder by relative path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


Line = tuple[str, str, int, str, str]
"""A finding: code, file, place in it, message, and what became of it with the reason."""


@dataclass(frozen=True)
class Mended:
    """What an app has become: its files, and the findings of the run, those left by themselves."""

    files: Mapping[str, bytes]
    found: Sequence[Line]
    left: Sequence[Line]


def mend(folder: Path, app: App, rules: Sequence[Rule], order: random.Random | None) -> Mended:
    """Apply rules to an app's folder; its files are handed over in an order of ``order``'s."""
    (read,) = discover([str(folder)]).apps
    paths = sorted(read.files)
    if order is not None:
        order.shuffle(paths)
    handed = {path: read.files[path] for path in paths}
    target = Target(read.root, handed, tuple(rules), RULES, Config(settings=app.settings))
    outcome = work([target], Mode.APPLY, lambda _: True, lambda _: Style(), lambda _: None)
    assert not outcome.problems, outcome.problems
    for path, (_, after) in outcome.changes.items():
        if after is None:
            Path(path).unlink()
        else:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_bytes(after)
    lines = {
        one: (
            one.finding.code,
            Path(one.finding.ref.path).relative_to(read.root).as_posix(),
            one.finding.ref.offset,
            one.finding.message,
            f"{one.status.value}: {one.reason}",
        )
        for one in outcome.findings
    }
    left = [lines[one] for one in outcome.findings if one.status is not Status.FIXED]
    return Mended(files(folder), sorted(lines.values()), sorted(left))


def in_any_order(sources: Mapping[str, bytes]) -> dict[str, str]:
    """The files, those with stack code as what they say in whatever order they say it.

    Statements of a body and keyword arguments are sorted there: rules that come one after the other
    add theirs behind those of before. Comments do not count.
    """
    return {
        name: ast.unparse(_Sorted().visit(ast.parse(data)))
        if name.endswith(".py") and b"aws_cdk" in data
        else data.decode()
        for name, data in sources.items()
    }


class _Sorted(ast.NodeTransformer):
    """Sorts what may stand in any order."""

    def visit(self, node: ast.AST) -> Any:
        self.generic_visit(node)
        for name in ("body", "orelse", "finalbody", "keywords", "names"):
            parts = getattr(node, name, None)
            if isinstance(parts, list) and not isinstance(node, (ast.Global, ast.Nonlocal)):
                parts.sort(key=ast.dump)
        if isinstance(node, ast.Dict):
            pairs = sorted(zip(node.keys, node.values, strict=True), key=_dumped)
            node.keys, node.values = [key for key, _ in pairs], [value for _, value in pairs]
        return node


def _dumped(pair: tuple[ast.expr | None, ast.expr]) -> str:
    return "".join(ast.dump(part) if part is not None else "**" for part in pair)


def assembled(folder: Path, outdir: Path) -> Assembly:
    """Synthesise an app as the environment ``SUFFIX``, by whatever name it asks for that."""
    context: dict[str, object] = dict.fromkeys(
        ("environmentSuffix", "stage", "env", "env_name"), SUFFIX
    )
    context["aws:cdk:enable-asset-metadata"] = True
    env = {"ENVIRONMENT_SUFFIX": SUFFIX}
    return synthesise(folder, context=context, env=env, outdir=outdir)


# What a fix may take away: reasons to keep, code that moves to a file, and what CDK says of a
# stream that says nothing of its encryption.
_MAY_GO = re.compile(
    r"(DeletionPolicy|UpdateReplacePolicy|Properties\.(Code\.ZipFile|SnapshotWindow))"
    r"|Properties\.StreamEncryption\.Fn::If"
)
_WAYS = ("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress")
_CONDITION = "Conditions/AwsCdkKinesisEncryptedStreamsUnsupportedRegions"


def lost(changes: Difference) -> Difference:
    """What a template no longer has, or has fewer of: resources, properties, outputs.

    A resource that CDK calls after its stack goes under one name and comes under another.
    """
    came = Counter(_type(path, new) for (_, path), (_, new) in changes.items())
    gone = Counter(_type(path, old) for (_, path), (old, new) in changes.items() if new == ABSENT)
    renamed = {kind for kind in gone if kind and gone[kind] <= came[kind]}
    return {
        (name, path): (old, new)
        for (name, path), (old, new) in changes.items()
        if _is_shorter(old, new)
        or (new == ABSENT and not _may_go(name, path) and _type(path, old) not in renamed)
    }


def _type(path: str, entry: object) -> str:
    """The type of a whole resource that comes or goes; empty for all else."""
    return str(entry.get("Type", "")) if not path and isinstance(entry, dict) else ""


def _may_go(name: str, path: str) -> bool:
    return name == _CONDITION or _MAY_GO.fullmatch(path) is not None


def _is_shorter(old: object, new: object) -> bool:
    return isinstance(old, list) and isinstance(new, list) and len(new) < len(old)


Allowed = tuple[str, str]


def allowed(template: Template) -> set[Allowed]:
    """Who may do what in a normalised template: rights, and ways through security groups.

    What a function's own group may do is told of the function: that group may become another.
    """
    made: Mapping[str, Resource] = template.get("Resources", {})
    found: set[Allowed] = set()
    for name, resource in made.items():
        own = properties(resource)
        found |= {(name, _text(arn)) for arn in own.get("ManagedPolicyArns", [])}
        documents = [own.get("PolicyDocument"), own.get("AssumeRolePolicyDocument")]
        documents += [policy["PolicyDocument"] for policy in own.get("Policies", [])]
        whose = _text(own.get("Roles", name))
        found |= {(whose, line) for document in documents for line in _statements(document)}
        ways = [*own.get("SecurityGroupIngress", []), *own.get("SecurityGroupEgress", [])]
        found |= {(_text(_group(name)), _way(way)) for way in ways}
        if resource["Type"] in _WAYS:
            found.add((_text(own["GroupId"]), _way(own)))
    functions = _functions_by_group(made)
    return {(_renamed(whose, functions), _renamed(what, functions)) for whose, what in found}


def _group(name: str) -> Mapping[str, list[str]]:
    return {"Fn::GetAtt": [name, "GroupId"]}


def _functions_by_group(made: Mapping[str, Resource]) -> dict[str, str]:
    """The functions that have a security group to themselves, by it."""
    users: dict[str, list[str]] = {}
    for name, resource in made.items():
        if resource["Type"] == "AWS::Lambda::Function":
            for group in properties(resource).get("VpcConfig", {}).get("SecurityGroupIds", []):
                users.setdefault(_text(group), []).append(name)
    return {group: names[0] for group, names in users.items() if len(names) == 1}


def _renamed(text: str, names: Mapping[str, str]) -> str:
    for old, new in names.items():
        text = text.replace(old, new)
    return text


def _statements(document: Any) -> Iterator[str]:
    """The smallest statements that a policy is made of: CDK merges and orders them as it likes."""
    for statement in (document or {}).get("Statement", []):
        rest = {key: part for key, part in statement.items() if key not in ("Action", "Resource")}
        for action, on in product(
            *(_several(statement.get(key)) for key in ("Action", "Resource"))
        ):
            yield _text([rest, action, on])


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _way(rule: Mapping[str, Any]) -> str:
    return _text(
        {key: value for key, value in rule.items() if key not in ("Description", "GroupId")}
    )


def _text(value: Any) -> str:
    """A value as text, names in it without the suffix, and streams by their shorter names."""
    text = json.dumps(value, sort_keys=True)
    return text.replace(f"-{SUFFIX}", "").replace("-stream", "")


_ANSWERS = re.compile(r"batch_?item_?failures|process_partial_response|BatchProcessor", re.I)
_VPC_POLICY = "service-role/AWSLambdaVPCAccessExecutionRole"


def hazards(templates: Templates, outdir: Path) -> set[str]:
    """What loses records, or cannot be deployed or destroyed, by the construct paths it is at."""
    found: set[str] = set()
    emptied = _text([own for _, own in resources(templates, "Custom::S3AutoDeleteObjects")])
    for template in templates.values():
        made: Mapping[str, Resource] = template.get("Resources", {})
        for name, resource in made.items():
            path = resource.get("Metadata", {}).get("aws:cdk:path", name)
            lines = [*_of_kind(resource, made, outdir)]
            if resource["Type"] == "AWS::S3::Bucket" and f'{{"Ref": "{name}"}}' not in emptied:
                lines += _destroyed(resource)
            found |= {f"{_text(path)} {line}" for line in lines}
    return found


def _destroyed(bucket: Resource) -> Iterator[str]:
    if bucket.get("DeletionPolicy", "Delete") == "Delete":
        yield "is to be deleted while it holds objects"


def _of_kind(resource: Resource, made: Mapping[str, Resource], outdir: Path) -> Iterator[str]:
    own = properties(resource)
    match resource["Type"]:
        case "AWS::Lambda::EventSourceMapping":
            function = made.get(_named(own.get("FunctionName")))
            source = None if function is None else handler_source(function, outdir)
            if source is not None:
                yield from _answers(own, source)
            if "OnFailure" not in own.get("DestinationConfig", {}):
                limits = [own.get("MaximumRetryAttempts"), own.get("MaximumRecordAgeInSeconds")]
                yield from ("gives up records" for limit in limits if limit not in (None, -1))
        case "AWS::Lambda::Function":
            role = made.get(_named(own.get("Role")), {})
            if "VpcConfig" in own and role and _VPC_POLICY not in _text(role):
                yield "may not make network interfaces"
            if handler_source(resource, outdir) == "":
                yield "has no code"
        case "AWS::ECR::Repository":
            if resource.get("DeletionPolicy") == "Delete" and not own.get("EmptyOnDelete"):
                yield "is to be deleted while it holds images"


def _answers(mapping: Mapping[str, Any], source: str) -> Iterator[str]:
    """What comes of it that Lambda reads the answer of a handler, or does not."""
    answers = _ANSWERS.search(source) is not None
    reads = "ReportBatchItemFailures" in mapping.get("FunctionResponseTypes", [])
    if answers and not reads:
        yield "swallows the records that its handler says have failed"
    if reads and not answers:
        yield "waits for an answer that its handler does not give"


def handler_source(function: Resource, outdir: Path) -> str | None:
    """The module that a Python function runs, from its asset; empty where the asset lacks it.

    None where it cannot be seen: no Python, no local asset.
    """
    own = properties(function)
    code = own.get("Code", {})
    if not str(own.get("Runtime", "")).startswith("python"):
        return None
    if "ZipFile" in code:
        return str(code["ZipFile"])
    asset = function.get("Metadata", {}).get("aws:asset:path")
    if asset is None:
        return None
    module = Path(outdir, asset, *own["Handler"].rpartition(".")[0].split(".")).with_suffix(".py")
    return module.read_text("utf-8") if module.is_file() else ""


def _named(value: Any) -> str:
    """The logical id that a value refers to; empty if it is none of a resource."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return name
    return ""
