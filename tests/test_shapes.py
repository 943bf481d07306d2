"""Whole small apps, one for each shape of handler, of network and of database that people write.

Each has many flaws at once. All rules mend it together; what they leave is listed here by hand.
"""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from tapfix.api import Options, run, write
from tapfix.api.result import Mode, Reported
from tests.cycles import cycles
from tests.handlers import kinesis_event, run_handler, sqs_event
from tests.poller import Outcome, Queue, Stream
from tests.proofs import Templates, properties, resources
from tests.synthesis import Assembly, Template, synthesise

pytestmark = pytest.mark.xdist_group("shapes")  # each app is mended once, for all tests

SHAPES = Path(__file__).parent / "shapes"
NAMES = sorted(path.name for path in SHAPES.iterdir())

LEFT = {
    # The user and the password are constants of a module that others may read.
    "common_package": ["TAP012"],
    # A DocumentDB cluster's login is no secret that the handler is told of.
    "documentdb": ["TAP012"],
    # A function of level 1 takes lists of ids, its role is no principal, and its database's
    # password is one of the template.
    "l1_functions": ["TAP010", "TAP012", "TAP015"],
}
"""The codes of what is found and not mended; nothing in all other apps."""


@dataclass(frozen=True)
class Mended:
    """An app as all rules leave it: what they could not mend, and the templates on both sides."""

    folder: Path
    before: Assembly
    after: Assembly
    left: tuple[Reported, ...]
    again: frozenset[str]


Mend = Callable[[str], Mended]


@pytest.fixture(scope="module")
def mend(tmp_path_factory: pytest.TempPathFactory) -> Mend:
    """Mends an app of a name, once."""
    known: dict[str, Mended] = {}

    def mended(name: str) -> Mended:
        if name not in known:
            folder = tmp_path_factory.mktemp("shape") / name
            shutil.copytree(SHAPES / name, folder)
            first = write(run([str(folder)], Options(mode=Mode.APPLY)))
            assert not first.problems
            second = run([str(folder)], Options(mode=Mode.DRY_RUN))
            before, after = synthesise(SHAPES / name), synthesise(folder)
            known[name] = Mended(folder, before, after, second.left, frozenset(second.changes))
        return known[name]

    return mended


@pytest.mark.parametrize("name", NAMES)
def test_all_rules_together(name: str, mend: Mend) -> None:
    app = mend(name)
    assert app.before.error is None
    assert app.after.error is None
    assert app.after.templates
    assert cycles(app.after.templates) == []
    assert not app.again, "a second run changes something"
    assert all(one.reason for one in app.left)
    assert sorted(one.rule.code for one in app.left) == LEFT.get(name, [])


def test_what_is_left_is_left_by_an_app() -> None:
    assert LEFT.keys() <= set(NAMES)


# What the templates show


@dataclass(frozen=True)
class Proof:
    """Something that must hold of the templates of a mended app, and of those before not."""

    words: str
    holds: Callable[[Templates], bool]

    def __str__(self) -> str:
        return self.words


def functions(templates: Templates, handler: str) -> Iterator[tuple[str, Template]]:
    """The functions that run a handler, with their logical ids."""
    for label, resource in resources(templates, "AWS::Lambda::Function"):
        if properties(resource).get("Handler") == handler:
            yield label.rpartition("/")[2], dict(properties(resource))


def mappings(templates: Templates, handler: str) -> list[Mapping[str, Any]]:
    """The event source mappings of the functions that run a handler."""
    ids = {name for name, _ in functions(templates, handler)}
    found = (properties(one) for _, one in resources(templates, "AWS::Lambda::EventSourceMapping"))
    return [one for one in found if one["FunctionName"].get("Ref") in ids]


def allows(action: str, kind: str, count: int = 1) -> Proof:
    """So many policies allow an action on resources of a type."""

    def holds(templates: Templates) -> bool:
        return sum(map(bool, allowing(templates, action, kind))) >= count

    return Proof(f"{count} x {action} on {kind}", holds)


def allowing(templates: Templates, action: str, kind: str) -> Iterator[bool]:
    """For each policy whether it allows an action on a resource of a type."""
    ids = [label.rpartition("/")[2] for label, _ in resources(templates, kind)]
    for _, policy in resources(templates, "AWS::IAM::Policy"):
        statements = properties(policy)["PolicyDocument"]["Statement"]
        yield any(
            action in listed(statement["Action"])
            and any(f'"{name}"' in json.dumps(statement["Resource"]) for name in ids)
            for statement in statements
            if statement["Effect"] == "Allow"
        )


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def answers(handler: str) -> Proof:
    """Lambda reads which records a handler could not process, at each of its sources."""

    def holds(templates: Templates) -> bool:
        types = [one.get("FunctionResponseTypes") for one in mappings(templates, handler)]
        return bool(types) and all(one == ["ReportBatchItemFailures"] for one in types)

    return Proof(f"{handler} reports failures", holds)


def gives_up(handler: str) -> Proof:
    """The stream of a handler ends its retries, and tells a queue."""

    def holds(templates: Templates) -> bool:
        found = mappings(templates, handler)
        return bool(found) and all(
            one.get("MaximumRetryAttempts") == 3
            and one.get("BisectBatchOnFunctionError") is True
            and one.get("MaximumRecordAgeInSeconds") == 86400
            and "OnFailure" in one.get("DestinationConfig", {})
            for one in found
        )

    return Proof(f"the stream of {handler} gives up", holds)


def in_network(handler: str) -> Proof:
    """A handler's function lies in subnets, with a security group of its own."""

    def holds(templates: Templates) -> bool:
        configs = [one.get("VpcConfig", {}) for _, one in functions(templates, handler)]
        return bool(configs) and all(
            one.get("SubnetIds") and one.get("SecurityGroupIds") for one in configs
        )

    return Proof(f"{handler} lies in the VPC", holds)


def lets_in(number: int = 1) -> Proof:
    """So many rules let security groups reach others."""

    def holds(templates: Templates) -> bool:
        rules = [properties(r) for _, r in resources(templates, "AWS::EC2::SecurityGroupIngress")]
        return len([one for one in rules if "SourceSecurityGroupId" in one]) >= number

    return Proof(f"{number} rules of ingress", holds)


def has_layer(handler: str) -> Proof:
    """A layer of the app comes with a handler's function."""

    def holds(templates: Templates) -> bool:
        own = {
            label.rpartition("/")[2]
            for label, _ in resources(templates, "AWS::Lambda::LayerVersion")
        }
        layers = [one.get("Layers", []) for _, one in functions(templates, handler)]
        return bool(layers) and all(any(one.get("Ref") in own for one in found) for found in layers)

    return Proof(f"{handler} has a layer", holds)


def is_told(handler: str, variable: str) -> Proof:
    """A handler's function has an environment variable."""

    def holds(templates: Templates) -> bool:
        found = [one.get("Environment", {}) for _, one in functions(templates, handler)]
        return bool(found) and all(variable in one.get("Variables", {}) for one in found)

    return Proof(f"{handler} is told {variable}", holds)


def has_policy(name: str) -> Proof:
    """Some role has a policy of AWS's."""

    def holds(templates: Templates) -> bool:
        roles = [properties(one) for _, one in resources(templates, "AWS::IAM::Role")]
        return any(name in json.dumps(one.get("ManagedPolicyArns", [])) for one in roles)

    return Proof(name, holds)


def no_inline() -> Proof:
    """The functions of the app have their code in assets."""

    def holds(templates: Templates) -> bool:
        found = [properties(one) for _, one in resources(templates, "AWS::Lambda::Function")]
        return all("ZipFile" not in one["Code"] for one in found)

    return Proof("no inline code", holds)


def has_end(queues: int = 1) -> Proof:
    """So many queues have a dead-letter queue."""

    def holds(templates: Templates) -> bool:
        found = [properties(one) for _, one in resources(templates, "AWS::SQS::Queue")]
        return len([one for one in found if "RedrivePolicy" in one]) == queues

    return Proof(f"{queues} queues with an end", holds)


BUCKET, SECRET = "AWS::S3::Bucket", "AWS::SecretsManager::Secret"
TABLE, STREAM = "AWS::DynamoDB::Table", "AWS::Kinesis::Stream"
QUEUE, TOPIC = "AWS::SQS::Queue", "AWS::SNS::Topic"
ATTACHED = "AWS::SecretsManager::SecretTargetAttachment"
READS_SECRET = "secretsmanager:GetSecretValue"
INTERFACES = "AWSLambdaVPCAccessExecutionRole"

PROOFS: Mapping[str, tuple[Proof, ...]] = {
    "api_gateway": (
        allows("dynamodb:PutItem", TABLE),
        allows("s3:PutObject", BUCKET),  # by a URL that the function signs
        allows(READS_SECRET, ATTACHED),
        in_network("app.lambda_handler"),
        has_layer("app.lambda_handler"),
        lets_in(),
    ),
    "sqs": (
        answers("order_worker.handler"),
        answers("refund_worker.handler"),
        allows("sqs:ReceiveMessage", QUEUE, 2),
        allows("sns:Publish", TOPIC),
        allows("dynamodb:UpdateItem", TABLE, 2),
        has_end(2),
    ),
    "sns": (in_network("notifier.handler"), has_layer("notifier.handler"), lets_in()),
    "s3": (
        # By the bucket that the event names, and by a variable.
        allows("s3:GetObject*", BUCKET),
        allows("s3:PutObject", BUCKET),
        has_layer("main.on_upload"),
    ),
    "dynamodb_streams": (
        answers("projector.lambda_handler"),
        gives_up("projector.lambda_handler"),
        allows("dynamodb:GetRecords", TABLE),
        allows(READS_SECRET, ATTACHED),
        in_network("projector.lambda_handler"),
        has_policy(INTERFACES),
        lets_in(),
    ),
    "eventbridge": (
        allows("s3:PutObject", BUCKET),
        allows(READS_SECRET, SECRET),
        has_layer("report.handler"),
    ),
    "class_handler": (
        answers("ingest.handler"),
        gives_up("ingest.handler"),
        allows("kinesis:GetRecords", STREAM),
        allows("dynamodb:PutItem", TABLE),
    ),
    "decorator": (
        allows("s3:PutObject", BUCKET),
        allows("s3:GetObject*", BUCKET),
        has_layer("printer.handler"),
        has_end(),
    ),
    "async_handler": (
        gives_up("tracker.handler"),
        in_network("tracker.handler"),
        has_layer("tracker.handler"),
        allows(READS_SECRET, ATTACHED),
        lets_in(),
    ),
    "powertools": (
        answers("consumer.lambda_handler"),
        gives_up("ledger.lambda_handler"),
        has_end(),
    ),
    "one_module": (
        answers("todos.load"),
        allows("dynamodb:PutItem", TABLE, 3),
        allows("dynamodb:GetItem", TABLE),
        allows("sns:Publish", TOPIC),
        has_end(),
    ),
    "shared_folder": (
        answers("stock.handler"),
        gives_up("stock.handler"),
        allows(READS_SECRET, ATTACHED, 3),
        *(in_network(f"{name}.handler") for name in ("stock", "orders", "report")),
        *(has_layer(f"{name}.handler") for name in ("stock", "orders", "report")),
        lets_in(4),  # three to the database, one to the cache
        has_end(),
    ),
    "common_package": (
        answers("intake.handler.handler"),
        gives_up("intake.handler.handler"),
        has_layer("intake.handler.handler"),
        has_layer("export.handler.handler"),
        allows(READS_SECRET, SECRET, 2),  # one of them by `**environment`
        allows("s3:PutObject", BUCKET),
        lets_in(2),
    ),
    "python_function": (
        answers("scorer.on_games"),
        gives_up("scorer.on_games"),
        in_network("scorer.on_games"),
        allows(READS_SECRET, ATTACHED),
        lets_in(),
    ),
    "other_stack": (
        answers("sync.handler"),
        in_network("sync.handler"),
        has_layer("sync.handler"),
        has_policy(INTERFACES),
        lets_in(2),  # to the database, and by the id of its group to the cache
        has_end(),
    ),
    "shared_role": (
        answers("latest.handler"),
        answers("correct.handler"),
        gives_up("latest.handler"),
        allows("kinesis:GetRecords", STREAM),
        allows("sqs:DeleteMessage", QUEUE),
        allows(READS_SECRET, SECRET),
        allows("s3:PutObject", BUCKET),
        has_end(),
    ),
    "mysql": (
        is_told("book.handler", "DB_SECRET_ARN"),
        allows(READS_SECRET, ATTACHED),
        in_network("book.handler"),
        has_layer("book.handler"),
        lets_in(),
    ),
    "aurora": (
        allows(READS_SECRET, ATTACHED),
        in_network("biller.handler"),
        has_layer("biller.handler"),
        lets_in(),
        has_end(),
    ),
    "rds_proxy": (
        allows(READS_SECRET, ATTACHED, 2),  # the proxy's own, and the function's
        in_network("members.handler"),
        has_layer("members.handler"),
        lets_in(3),  # besides from the proxy to the database, which CDK makes two of
    ),
    "replication_group": (
        answers("counter.handler"),
        gives_up("counter.handler"),
        allows("kinesis:GetRecords", STREAM),
        in_network("counter.handler"),
        has_policy(INTERFACES),
        lets_in(),
    ),
    "documentdb": (in_network("loader.handler"), has_layer("loader.handler"), lets_in()),
    "nodejs_inline": (no_inline(), gives_up("web_hook.handler")),
    "l1_functions": (no_inline(), answers("fn.handler")),
}
"""What shows in the templates of a mended app; nothing of it did before."""


def test_each_shape_has_its_proofs() -> None:
    assert sorted(PROOFS) == NAMES


@pytest.mark.parametrize(
    ("name", "proof"),
    [(name, proof) for name, proofs in PROOFS.items() for proof in proofs],
    ids=[f"{name}-{proof}" for name, proofs in PROOFS.items() for proof in proofs],
)
def test_the_templates_show_it(name: str, proof: Proof, mend: Mend) -> None:
    app = mend(name)
    assert not proof.holds(app.before.templates)
    assert proof.holds(app.after.templates)


def test_names_within_a_database_and_on_other_hosts_stay(mend: Mend) -> None:
    """``booking`` is an API's name and the database's, ``alerts`` a topic's and a path's."""
    stack = (mend("mysql").folder / "lib/booking.py").read_text("utf-8")
    assert '"DB_NAME": DB_NAME,' in stack and 'DB_NAME = "booking"' in stack
    text = (mend("sns").folder / "app.py").read_text("utf-8")
    assert '"WEBHOOK": "https://hooks.example.com/alerts"' in text


# What the handlers do with a record that is no JSON among good ones


@dataclass(frozen=True)
class Poisoned:
    """A handler that gets batches of a ``source``, and the ``effect`` it has for a good record.

    ``repeats``: what it does for a record may be done again when the stream is handed over again.
    """

    name: str
    file: str
    good: str
    effect: str
    source: str = "queue"
    function: str = "handler"
    modules: tuple[str, ...] = ("boto3",)
    repeats: bool = False

    def __str__(self) -> str:
        return f"{self.name}-{self.file}"


POISONED = [
    Poisoned("sqs", "workers/order_worker.py", '{"order_id": "7", "total": 3}', "put_item"),
    Poisoned(
        "sqs", "workers/refund_worker.py", '{"order_id": "7", "amount": 3}', "update_item", "fifo"
    ),
    Poisoned(
        "one_module", "backend/todos.py", '{"id": "1", "text": "b"}', "put_item", function="load"
    ),
    Poisoned("shared_role", "fn/correct.py", '{"station": "A"}', "delete_item"),
    Poisoned(
        "shared_role",
        "fn/latest.py",
        '{"station": "A", "celsius": 7}',
        "put_object",
        "stream",
        repeats=True,
    ),
    Poisoned(
        "class_handler",
        "src/ingest/ingest.py",
        '{"device": "d", "at": "now", "value": 7}',
        "put_item",
        "stream",
        repeats=True,
    ),
    Poisoned(
        "replication_group",
        "lambda/counter.py",
        '{"candidate": "Ann"}',
        "incr",
        "stream",
        modules=("redis",),
    ),
    Poisoned(
        "common_package",
        "src/intake/handler.py",
        '{"id": 1, "book": 2, "reader": 3}',
        "execute",
        "stream",
        modules=("common", "common.database"),
        repeats=True,
    ),
    Poisoned(
        "shared_folder",
        "handlers/stock.py",
        '{"sku": "s", "sold": 1}',
        "execute",
        "stream",
        modules=("db",),
    ),
    Poisoned(
        "python_function",
        "functions/scorer/scorer.py",
        '{"points": 1, "player": "Ann"}',
        "execute",
        "stream",
        modules=("boto3", "psycopg2"),
        function="on_games",
    ),
]


def play(case: Poisoned, folder: Path) -> tuple[Outcome, int]:
    """Hand three records over, the second of which is no JSON; how often the effect came."""
    modules = {name: mock.MagicMock() for name in case.modules}
    for one in modules.values():
        client = one.client.return_value
        client.get_secret_value.return_value = {
            "SecretString": '{"host": "h", "username": "u", "password": "p"}'
        }
    env = mock.patch.dict("os.environ", dict.fromkeys(ENVIRONMENT, "any"))
    good = case.good

    def handler(event: dict[str, Any]) -> Any:
        with env, mock.patch("logging.Logger.exception"), mock.patch("urllib.request.urlopen"):
            return run_handler(folder / case.file, case.function, event, modules=modules)

    if case.source == "stream":
        records = kinesis_event(good.encode(), b"no JSON", good.encode())["Records"]
        outcome = Stream(handler, report=True).run(records)
    else:
        records = sqs_event(good, "no JSON", good)["Records"]
        outcome = Queue(handler, report=True, fifo=case.source == "fifo").run(records)
    calls = [call for one in modules.values() for call in one.mock_calls]
    return outcome, sum(name.endswith(f".{case.effect}") for name, _, _ in calls)


def bodies(outcome: Outcome) -> list[str]:
    """What is in the records that were given up."""
    return [
        one["body"] if "body" in one else base64.b64decode(one["kinesis"]["data"]).decode()
        for one in outcome.dead
    ]


ENVIRONMENT = (
    *("ARCHIVE", "DB_SECRET", "REDIS_HOST", "SECRET_NAME", "TABLE", "TABLE_NAME"),
    *("TODOS_TABLE", "TOKEN_SECRET", "TOPIC_ARN"),
)


@pytest.mark.parametrize("case", POISONED, ids=str)
def test_a_bad_record_is_given_up_alone(case: Poisoned, mend: Mend) -> None:
    outcome, effects = play(case, mend(case.name).folder)
    if case.source == "fifo":
        # What follows in order waits for the bad one, and is given up with it.
        assert (bodies(outcome), effects) == (["no JSON", case.good], 1)
    else:
        assert bodies(outcome) == ["no JSON"]
        assert effects >= 2 if case.repeats else effects == 2


@pytest.mark.parametrize("case", POISONED, ids=str)
def test_before_good_records_went_down_with_it(case: Poisoned) -> None:
    outcome, effects = play(case, SHAPES / case.name)
    assert bodies(outcome) != ["no JSON"]
    assert effects != 2
