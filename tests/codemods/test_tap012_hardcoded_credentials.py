"""TAP012 at work: what a handler connects with, what its function may do, what nobody sees."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from tapfix.codemods.tap012_hardcoded_credentials import RULE
from tapfix.rule import Example
from tapfix.testing import run_example, tree
from tests.cycles import cycles
from tests.handlers import run_handler
from tests.proofs import properties, resources
from tests.synthesis import Assembly, synthesise

BROKEN = Path(__file__).parents[2] / "examples" / "broken"
CINEMA, CATALOG = "hardcoded_credentials", "product_catalog"
PASSWORDS = {CINEMA: "P0pcorn!2024", CATALOG: "password123"}
STORED = {
    "engine": "any",
    "host": "db.cluster-1.eu-west-1.rds.amazonaws.com",
    "port": 6000,
    "username": "whoever",
    "password": "from the secret",
    "dbname": "stored",
}


def tapfix(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tapfix", *words, "."]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return Path(shutil.copytree(BROKEN / request.param, tmp_path / "app"))


in_cinema = pytest.mark.parametrize("app", [CINEMA], indirect=True)
in_catalog = pytest.mark.parametrize("app", [CATALOG], indirect=True)


def secrets_manager() -> mock.Mock:
    """Stands in for boto3: the one secret that is asked for is a database's."""
    boto3 = mock.Mock()
    boto3.client.return_value.get_secret_value.return_value = {"SecretString": json.dumps(STORED)}
    return boto3


def asked(boto3: mock.Mock) -> list[Any]:
    return list(boto3.client.return_value.get_secret_value.call_args_list)


# Run


def booked(file: Path, boto3: mock.Mock) -> mock.MagicMock:
    """The driver after a booking."""
    driver = mock.MagicMock()
    event = {"seat": 3, "film": "Metropolis"}
    modules = {"pymysql": driver, "boto3": boto3}
    run_handler(file, "handler", event, modules=modules, env={"DB_SECRET_ARN": "arn"})
    return driver


@in_cinema
def test_a_handler_connects_with_what_secrets_manager_returns(app: Path) -> None:
    file, boto3 = app / "booking" / "main.py", secrets_manager()
    old = booked(file, boto3).connect.call_args.kwargs
    assert old["password"] == PASSWORDS[CINEMA]
    assert asked(boto3) == []
    assert tapfix(app, "--select", "TAP012", "--apply").returncode == 0
    assert booked(file, boto3).connect.call_args.kwargs == {
        "host": STORED["host"],
        "user": "whoever",
        "password": "from the secret",
        "database": "stored",
    }
    assert asked(boto3) == [mock.call(SecretId="arn")]


def run_catalog(file: Path, boto3: mock.Mock, times: int = 1) -> dict[str, Any]:
    """What the handler connects with, when it runs several times in one container."""
    driver, redis = mock.MagicMock(), mock.MagicMock()
    env = {"DB_SECRET_ARN": "arn", "REDIS_HOST": "cache", "REDIS_PORT": "6380"}
    modules = {"psycopg2": driver, "redis": redis, "boto3": boto3}
    namespace: dict[str, Any] = {"__name__": file.stem}
    with mock.patch.dict("sys.modules", modules), mock.patch.dict("os.environ", env):
        exec(compile(file.read_bytes(), str(file), "exec"), namespace)
        for _ in range(times):
            namespace["handler"]({"Records": []}, None)
    return {**driver.connect.call_args.kwargs, "cache": redis.Redis.call_args.kwargs}


@in_catalog
def test_the_secret_is_read_once_in_a_container(app: Path) -> None:
    file, boto3 = app / "lib/lambda/inventory_processor.py", secrets_manager()
    old = run_catalog(file, boto3)
    assert (old["host"], old["password"]) == ("localhost", PASSWORDS[CATALOG])
    assert tapfix(app, "--select", "TAP008,TAP012", "--apply").returncode == 0
    assert run_catalog(file, boto3, times=3) == {
        "host": STORED["host"],
        "port": 6000,
        "database": "stored",
        "user": "whoever",
        "password": "from the secret",
        "cache": {"host": "cache", "port": 6380},
    }
    assert len(asked(boto3)) == 1
    assert asked(boto3) == [mock.call(SecretId="arn")]


@in_cinema
def test_a_secret_that_cannot_be_read_is_asked_for_again(app: Path) -> None:
    assert tapfix(app, "--select", "TAP012", "--apply").returncode == 0
    boto3, driver = secrets_manager(), mock.MagicMock()
    answer = boto3.client.return_value.get_secret_value
    answer.side_effect = [OSError("throttled"), answer.return_value]
    file, event = app / "booking" / "main.py", {"seat": 3, "film": "Metropolis"}
    namespace: dict[str, Any] = {"__name__": "main"}
    modules = {"pymysql": driver, "boto3": boto3}
    with mock.patch.dict("sys.modules", modules), mock.patch.dict("os.environ", DB_SECRET_ARN="a"):
        exec(compile(file.read_bytes(), str(file), "exec"), namespace)
        with pytest.raises(OSError, match="throttled"):
            namespace["handler"](event, None)
        assert namespace["handler"](event, None) == {"seat": 3}


# Synthesised


def secrets_told(assembly: Assembly) -> list[Any]:
    """What functions are told of secrets."""
    functions = resources(assembly.templates, "AWS::Lambda::Function")
    told = (properties(one).get("Environment", {}).get("Variables", {}) for _, one in functions)
    return [variables["DB_SECRET_ARN"] for variables in told if "DB_SECRET_ARN" in variables]


def readable(assembly: Assembly) -> list[Any]:
    """The resources of which policies let secrets be read."""
    return [
        statement["Resource"]
        for _, policy in resources(assembly.templates, "AWS::IAM::Policy")
        for statement in properties(policy)["PolicyDocument"]["Statement"]
        if "secretsmanager:GetSecretValue" in statement["Action"]
    ]


@pytest.mark.parametrize("app", [CINEMA, CATALOG], indirect=True)
@pytest.mark.parametrize("words", [("--select", "TAP008,TAP012"), ()])
def test_the_function_may_read_the_secret_that_it_is_told(
    app: Path, words: tuple[str, ...]
) -> None:
    assert tapfix(app, *words, "--apply").returncode == 0
    assembly = synthesise(app, env={"ENVIRONMENT_SUFFIX": "one"})
    assert assembly.error is None
    assert cycles(assembly.templates) == []
    told, read = secrets_told(assembly), readable(assembly)
    # The function that creates the tables is told of the same one.
    assert told
    assert all(one == told[0] for one in told)
    assert told[0] in read
    attached = resources(assembly.templates, "AWS::SecretsManager::SecretTargetAttachment")
    targets = [(label.split("/")[1], properties(one)) for label, one in attached]
    assert len(targets) == 1
    name, attachment = targets[0]
    assert told[0] in ({"Ref": name}, attachment["SecretId"])
    assert PASSWORDS[CINEMA] not in json.dumps(assembly.templates)
    for file in app.rglob("*.py"):
        text = file.read_text("utf-8")
        assert not [password for password in PASSWORDS.values() if password in text]
    again = tapfix(app, *words)
    assert again.returncode == 0, again.stdout


# Seen by nobody


@pytest.mark.parametrize("app", [CINEMA, CATALOG], indirect=True)
@pytest.mark.parametrize(
    "words",
    [
        (),
        ("-v",),
        ("--statistics",),
        ("--output-format", "json"),
        ("--output-format", "json", "--dry-run"),
        ("--output-format", "json", "--apply"),
        ("--apply", "-v"),
    ],
)
def test_no_report_shows_a_password(app: Path, words: tuple[str, ...]) -> None:
    run = tapfix(app, "--select", "TAP008,TAP012", *words)
    assert run.returncode in (0, 1), run.stderr
    assert "TAP012" in run.stdout
    assert not [p for p in PASSWORDS.values() if p in run.stdout + run.stderr]


@in_cinema
def test_the_diff_in_json_is_masked(app: Path) -> None:
    run = tapfix(app, "--select", "TAP012", "--output-format", "json", "--dry-run")
    diff = json.loads(run.stdout)["diff"]
    assert '-            password="********",' in diff
    assert '+            password=secret["password"],' in diff


BESIDE = """\
import json

import psycopg2


def handler(event, context):
    conn = psycopg2.connect(host="db.example.com", user="shop", password="pa55word")
    for record in event["Records"]:
        print(json.loads(record["kinesis"]["data"]))
"""


@pytest.mark.parametrize("ignore", ["", "# tapfix: ignore-file[TAP012] for now\n"])
@pytest.mark.parametrize("selected", [("--select", "TAP020"), ("--ignore", "TAP012"), ()])
def test_the_diff_of_other_rules_is_masked_too(
    tmp_path: Path, ignore: str, selected: tuple[str, ...]
) -> None:
    (tmp_path / "app.py").write_text("import aws_cdk\n\naws_cdk.App().synth()\n")
    (tmp_path / "handler.py").write_text(ignore + BESIDE)
    run = tapfix(tmp_path, "--output-format", "json", "--dry-run", *selected)
    assert "b64decode" in json.loads(run.stdout)["diff"]
    assert "********" in run.stdout
    assert "pa55word" not in run.stdout


@pytest.mark.parametrize("example", RULE.examples, ids=lambda example: example.title)
def test_no_finding_holds_a_password(example: Example) -> None:
    result = run_example(RULE, example)
    for finding in (*result.first, *result.left):
        assert "pa55word" not in f"{finding.message} {finding.reason} {finding.fix}"
    if example.after is not None:
        assert "pa55word" not in "".join(result.files.values())


def hidden(source: Mapping[str, str]) -> set[str]:
    found = run_example(RULE, Example("any", source)).first
    return {text for finding in found for text in finding.hides}


def test_what_is_hidden_is_the_password_and_nothing_else() -> None:
    flawed = [one for one in RULE.examples if "pa55word" in "".join(tree(one.before).values())]
    found = [hidden(tree(one.before)) for one in flawed if one.after or one.reported]
    assert len(found) > 15
    assert all(texts <= {"pa55word"} for texts in found)


@pytest.mark.parametrize(
    ("spelled", "texts"),
    [
        ('"pa55" "word"', {"pa55word", "pa55", "word"}),
        ('"pa55" + "word"', {"pa55word", "pa55", "word"}),
        (r'"pa55\x77ord"', {"pa55word", r"pa55\x77ord"}),
        ('"""pa55word"""', {"pa55word"}),
    ],
)
def test_the_pieces_of_a_password_are_hidden_too(spelled: str, texts: set[str]) -> None:
    source = dict(tree(RULE.examples[0].before))
    source["worker/worker.py"] = source["worker/worker.py"].replace('"pa55word"', spelled)
    assert hidden(source) == texts


@pytest.mark.parametrize(
    ("base", "is_mended"),
    [
        ("public.ecr.aws/lambda/python:3.8", False),
        ("public.ecr.aws/lambda/python:3.12", True),
        ("python:3.12-slim", False),
    ],
)
def test_an_image_must_hold_what_is_called(base: str, is_mended: bool) -> None:
    source = dict(tree(RULE.examples[0].before))
    start = source["app.py"].index("worker = lambda_.Function(")
    source["app.py"] = (
        source["app.py"][:start]
        + 'worker = lambda_.DockerImageFunction(\n            self, "Worker",\n'
        '            code=lambda_.DockerImageCode.from_image_asset("worker"),\n        )\n\n\n'
        'app = App()\nExampleStack(app, "Example")\napp.synth()\n'
    )
    source["worker/Dockerfile"] = f'FROM {base}\nCOPY . .\nCMD ["worker.handler"]\n'
    (finding,) = run_example(RULE, Example("any", source)).first
    assert (finding.fix is not None) is is_mended, finding.reason
