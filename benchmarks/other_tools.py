"""Which rules of cdk-nag, checkov and cfn-lint see the example apps, before and after tapfix.

Run it as ``uv run python -m benchmarks.other_tools CHECKOV PYTHON``: the program ``checkov``, and a
Python that has ``cdk-nag`` and ``aws-cdk-lib``. Neither is a dependency of tapfix: both bring
some hundred packages or a library of their own. It writes ``docs/data/other_tools.json``, which
the manual's pages are made from.

Each app is run as it is in ``examples/broken`` and in ``examples/fixed``; what counts is how many
resources a rule complains about. cdk-nag looks at the constructs while the app is synthesised, the
other two at its templates. Of cdk-nag's packs three are taken: the others repeat their rules.
"""

from __future__ import annotations

import datetime
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cfnlint.config import ConfigMixIn
from cfnlint.decode.decode import decode_str
from cfnlint.runner import Runner, run_template_by_data

from tests.assembled import APPS, EXAMPLES, assembly
from tests.synthesis import WORKER, worker_environment

DATA = Path(__file__).parents[1] / "docs" / "data"
KINDS = ("broken", "fixed")
SUFFIX = "one"

PACKS = ("AwsSolutions-", "HIPAA.Security-", "Serverless-")
UNSTEADY = {"CKV_AWS_45"}
"""Rules that say something else of the same template from one run to the next."""

Seen = tuple[str, str]
"""A rule's id and the resource that it complains about."""

NAG = """
import importlib, runpy, sys
load = importlib.import_module

def import_module(name, package=None):
    module = load(name, package)
    if name == "aws_cdk":
        importlib.import_module = load
        with_packs(module)
    return module

def with_packs(aws_cdk):
    cdk_nag = load("cdk_nag")
    packs = [cdk_nag.AwsSolutionsChecks, cdk_nag.HIPAASecurityChecks, cdk_nag.ServerlessChecks]
    made = aws_cdk.App.__init__

    def __init__(app, **props):
        made(app, **props)
        for pack in packs:
            aws_cdk.Validations.of(app).add_plugins(pack(app))

    aws_cdk.App.__init__ = __init__

importlib.import_module = import_module
runpy.run_path(sys.argv[1], run_name="__main__")
"""
NAG_RULES = """
import tarfile
from pathlib import Path
import cdk_nag
(archive,) = Path(cdk_nag.__file__).parent.glob("_jsii/*.tgz")
with tarfile.open(archive) as opened:
    sys.stdout.write(opened.extractfile("package/RULES.md").read().decode())
"""
CHECKOV_RULES = """
import json
import checkov.cloudformation.checks.resource.aws
from checkov.cloudformation.checks.resource.registry import cfn_registry as registry
checks = [*registry.checks.values(), *registry.wildcard_checks.values()]
print(json.dumps({check.id: check.name for found in checks for check in found}))
"""


def main(checkov: str, python: str) -> None:
    """Run all three over all apps and write what they saw."""
    seen: dict[str, dict[str, dict[str, list[int]]]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        templates = Path(scratch) / "templates"
        for kind in KINDS:
            for app in APPS:
                _write(templates / kind / app, assembly(f"{kind}/{app}", SUFFIX).templates)
        words: dict[str, str] = {}
        told = {
            "cdk-nag": _nag(python, words),
            "checkov": _checkov(checkov, templates),
            "cfn-lint": _lint(templates),
        }
    for app in APPS:
        seen[app] = {tool: _counted(found[app]) for tool, found in told.items()}
    names = {
        "cdk-nag": words | _nag_names(python),
        "checkov": json.loads(
            _output([str(Path(checkov).with_name("python")), "-c", CHECKOV_RULES])
        ),
        "cfn-lint": {rule.id: rule.shortdesc for rule in _lint_rules().values()},
    }
    content = {
        "measured": f"{datetime.date.today():%-d %B %Y}",
        "versions": {
            "aws-cdk-lib": version("aws-cdk-lib"),
            "cdk-nag": _output([python, "-c", _VERSION.format("cdk-nag")]).strip(),
            "checkov": _output([checkov, "--version"]).strip(),
            "cfn-lint": version("cfn-lint"),
        },
        "names": {tool: dict(sorted(found.items())) for tool, found in names.items()},
        "seen": seen,
    }
    DATA.mkdir(exist_ok=True)
    text = json.dumps(content, indent=1, ensure_ascii=False)
    (DATA / "other_tools.json").write_text(text + "\n", encoding="utf-8")


_VERSION = "from importlib.metadata import version; print(version({0!r}))"

Found = Mapping[str, Mapping[str, set[Seen]]]
"""What a tool saw, by app and by kind."""


def _counted(found: Mapping[str, set[Seen]]) -> dict[str, list[int]]:
    """How many resources each rule complains about, before and after."""
    before, after = (Counter(rule for rule, _ in found[kind]) for kind in KINDS)
    return {rule: [before[rule], after[rule]] for rule in sorted({*before, *after})}


def _both(see: Any) -> dict[str, dict[str, set[Seen]]]:
    return {app: {kind: set(see(kind, app)) for kind in KINDS} for app in APPS}


def _write(folder: Path, templates: Mapping[str, object]) -> None:
    folder.mkdir(parents=True)
    for stack, template in templates.items():
        (folder / f"{stack}.json").write_text(json.dumps(template), encoding="utf-8")


def _output(command: list[str]) -> str:
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return run.stdout


def _nag(python: str, words: dict[str, str]) -> Found:
    """What it sees; ``words`` gets what its rules say, which its list lacks of some."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [str(Path(python).absolute()), "-c", NAG, str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env=worker_environment() | {"CDK_VALIDATION": "true"},
            text=True,
        )

        def seen(kind: str, app: str) -> Iterator[Seen]:
            assert process.stdin and process.stdout
            with tempfile.TemporaryDirectory() as out:
                names = dict.fromkeys(("environmentSuffix", "stage", "env", "env_name"), SUFFIX)
                request = {
                    "folder": str(EXAMPLES / kind / app),
                    "outdir": out,
                    "context": names,
                    "env": {"ENVIRONMENT_SUFFIX": SUFFIX},
                }
                process.stdin.write(json.dumps(request) + "\n")
                process.stdin.flush()
                answer = process.stdout.readline()
                if not answer:
                    log.seek(0)
                    raise RuntimeError(f"{kind}/{app}: {log.read()[-2000:].decode()}")
                error = json.loads(answer)["error"]
                report = Path(out) / "validation-report.json"
                # That rules complain ends the synthesis, after the report is written.
                if error and not report.exists():
                    raise RuntimeError(f"{kind}/{app}: {error}")
                yield from _violations(report, words)

        try:
            return _both(seen)
        finally:
            process.communicate()


def _violations(report: Path, words: dict[str, str]) -> Iterator[Seen]:
    told = json.loads(report.read_text("utf-8")) if report.exists() else {"pluginReports": []}
    for pack in told["pluginReports"]:
        for violation in pack["violations"]:
            # Some findings have a part of their own behind the rule: Rule[Action::s3:*].
            rule = violation["ruleName"].partition("[")[0]
            if not rule.startswith(PACKS):
                continue  # the CDK's own
            words[rule] = violation["description"]
            yield from ((rule, one["constructPath"]) for one in violation["violatingConstructs"])


def _nag_names(python: str) -> dict[str, str]:
    """The rules and their causes, from the tables of the list that cdk-nag ships."""
    rows = _output([python, "-c", "import sys\n" + NAG_RULES]).splitlines()
    cells = [[cell.strip() for cell in row.split("|")] for row in rows if row.startswith("|")]
    linked = re.compile(r"\[([\w.-]+)\]\(.*\)")
    named = {linked.sub(r"\1", row[1]): row[2] for row in cells}
    return {name: words for name, words in named.items() if name.startswith(PACKS)}


def _checkov_names(python: Path) -> dict[str, str]:
    names: dict[str, str] = json.loads(_output([str(python), "-c", CHECKOV_RULES]))
    return names


def _checkov(checkov: str, templates: Path) -> Found:
    words = ["--framework", "cloudformation", "-o", "json", "--compact", "--quiet"]
    told = json.loads(_output([checkov, "-d", str(templates), *words]))
    found: dict[str, dict[str, set[Seen]]] = {app: {kind: set() for kind in KINDS} for app in APPS}
    for check in told["results"]["failed_checks"]:
        _, kind, app, _ = check["file_path"].split("/")
        if check["check_id"] not in UNSTEADY:
            found[app][kind].add((check["check_id"], check["resource"]))
    return found


def _lint_rules() -> Any:
    return Runner(ConfigMixIn(regions=["us-east-1"], include_checks=["I"])).rules


def _lint(templates: Path) -> Found:
    rules = _lint_rules()

    def matches(files: Iterable[Path]) -> Iterator[Seen]:
        for file in files:
            template, _ = decode_str(file.read_text("utf-8"))
            config = ConfigMixIn(regions=["us-east-1"], include_checks=["I"])
            for match in run_template_by_data(template, config, rules):
                yield match.rule.id, f"{file.stem}/{'/'.join(map(str, match.path[:2]))}"

    return _both(lambda kind, app: matches(sorted((templates / kind / app).iterdir())))


if __name__ == "__main__":
    main(*sys.argv[1:])
