"""Every app of ``examples/broken`` synthesises and has the flaw it is there for, and no other.

``product_catalog`` has all of them; each of the other folders is called after its one rule.
"""

from __future__ import annotations

import ast
import functools
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from tests import proofs
from tests.handlers import kinesis_base64, run_handler, sqs_event
from tests.synthesis import Assembly, Template, synthesise

pytestmark = pytest.mark.xdist_group("broken")  # each app is synthesised once, for all tests

BROKEN = Path(__file__).parents[1] / "examples" / "broken"
CATALOG = BROKEN / "product_catalog"

CODES = {
    "environment_suffix": "TAP001",
    "bucket_retain": "TAP002",
    "rds_deletion_protection": "TAP003",
    "rds_snapshot": "TAP004",
    "rds_backup_retention": "TAP005",
    "elasticache_snapshots": "TAP006",
    "log_group_retain": "TAP007",
    "inline_lambda": "TAP008",
    "lambda_permissions": "TAP009",
    "lambda_vpc": "TAP010",
    "security_group_ingress": "TAP011",
    "hardcoded_credentials": "TAP012",
    "handler_errors": "TAP013",
    "lambda_dependencies": "TAP014",
    "event_source_errors": "TAP015",
    "bucket_expiration": "TAP016",
    "stack_outputs": "TAP017",
    "encryption": "TAP018",
    "database_schema": "TAP019",
    "kinesis_base64": "TAP020",
    "retained_resource": "TAP021",
}
KINESIS_HANDLERS = [
    (CATALOG / "lib/lambda/inventory_processor.py", "handler", b'{"product_id": 1, "quantity": 2}'),
    (
        BROKEN / "kinesis_base64/functions/summarise.py",
        "rides",
        b'{"station": "harbour", "minutes": 7}',
    ),
    (BROKEN / "kinesis_base64/functions/summarise.py", "docks", b"harbour;12"),
]


@functools.cache
def assembly(app: str, suffix: str = "one") -> Assembly:
    """The app's templates in the environment ``suffix``, by whatever name the app asks for it."""
    context = dict.fromkeys(("environmentSuffix", "stage", "env", "env_name"), suffix)
    return synthesise(BROKEN / app, context=context, env={"ENVIRONMENT_SUFFIX": suffix})


def properties(app: str, kind: str) -> list[Template]:
    templates = assembly(app).templates
    return [dict(proofs.properties(found)) for _, found in proofs.resources(templates, kind)]


def functions(app: str) -> list[Template]:
    """The app's own Lambda functions, without those that CDK adds in Node.js."""
    found = properties(app, "AWS::Lambda::Function")
    return [one for one in found if "FunctionName" in one or one.get("Runtime") != "nodejs24.x"]


def allowed_actions(app: str) -> set[str]:
    """Every action that a policy of the app allows, but for those of bucket policies."""
    statements = [
        statement
        for policy in properties(app, "AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    actions = [statement["Action"] for statement in statements]
    return {name for entry in actions for name in ([entry] if isinstance(entry, str) else entry)}


def sources(app: str) -> Iterator[str]:
    return (path.read_text("utf-8") for path in (BROKEN / app).rglob("*") if path.is_file())


def test_there_is_an_app_for_each_rule() -> None:
    folders = {path.name for path in BROKEN.iterdir() if path.is_dir()}
    assert folders == CODES.keys() | {"product_catalog"}


@pytest.mark.parametrize("app", [*CODES, "product_catalog"])
def test_synthesises(app: str) -> None:
    made = assembly(app)
    assert made.error is None
    assert made.templates


@pytest.mark.parametrize("app", CODES)
def test_a_small_app_shows_its_own_flaw_only(app: str) -> None:
    shown = {code for code, flawed in proofs.BY_TEMPLATE.items() if flawed(assembly(app).templates)}
    if proofs.shared_names(assembly(app), assembly(app, "two")):
        shown.add("TAP001")
    assert shown == {CODES[app]} & {"TAP001", *proofs.BY_TEMPLATE}


COUNTS = {
    "bucket_retain": 4,
    "rds_deletion_protection": 2,
    "rds_snapshot": 3,
    "rds_backup_retention": 2,
    "elasticache_snapshots": 2,
    "log_group_retain": 5,
    "bucket_expiration": 3,
    "event_source_errors": 3,
    "stack_outputs": 4,
    "encryption": 5,
    "retained_resource": 6,
}
"""How many resources of a small app have its flaw: every one is spelled another way."""


@pytest.mark.parametrize("app, count", COUNTS.items())
def test_every_spelling_of_a_flaw_takes_effect(app: str, count: int) -> None:
    assert len(proofs.BY_TEMPLATE[CODES[app]](assembly(app).templates)) == count


def test_the_catalog_shows_all_flaws_that_templates_can_show() -> None:
    templates = assembly("product_catalog").templates
    assert [code for code, flawed in proofs.BY_TEMPLATE.items() if not flawed(templates)] == []


def test_environment_suffix() -> None:
    shared = proofs.shared_names(assembly("product_catalog"), assembly("product_catalog", "two"))
    assert {
        "AWS::EC2::VPC TapStack/ProductCatalogVPC",
        "AWS::Kinesis::Stream inventory-updates-stream",
        "AWS::S3::Bucket product-inventory-archive",
        "stack TapStack",
    } <= set(shared)
    assert shared == proofs.names_without(assembly("product_catalog"), "one")
    assert (
        len(
            proofs.shared_names(
                assembly("environment_suffix"), assembly("environment_suffix", "two")
            )
        )
        == 6
    )


@pytest.mark.parametrize("app, count", [("inline_lambda", 2), ("product_catalog", 1)])
def test_inline_lambda(app: str, count: int) -> None:
    assert len([one for one in functions(app) if "ZipFile" in one["Code"]]) == count


def test_lambda_permissions() -> None:
    assert allowed_actions("lambda_permissions") == set()
    assert allowed_actions("product_catalog") == set()
    attached = json.dumps(properties("product_catalog", "AWS::IAM::Role")[-1])
    assert "inventory-processor-role" in attached
    assert "AWSLambdaVPCAccessExecutionRole" not in attached


@pytest.mark.parametrize(
    "app, variable", [("lambda_vpc", "CACHE_HOST"), ("product_catalog", "REDIS_HOST")]
)
def test_lambda_vpc(app: str, variable: str) -> None:
    function = functions(app)[0]
    assert "Fn::GetAtt" in function["Environment"]["Variables"][variable]
    assert "VpcConfig" not in function


@pytest.mark.parametrize("app", ["security_group_ingress", "product_catalog"])
def test_security_group_ingress(app: str) -> None:
    groups = properties(app, "AWS::EC2::SecurityGroup")
    assert len(groups) == 2
    assert not any("SecurityGroupIngress" in group for group in groups)
    assert properties(app, "AWS::EC2::SecurityGroupIngress") == []


def test_hardcoded_credentials() -> None:
    driver = mock.MagicMock()
    file = BROKEN / "hardcoded_credentials/booking/main.py"
    run_handler(file, "handler", {"seat": 4, "film": "Metropolis"}, modules={"pymysql": driver})
    assert driver.connect.call_args.kwargs["password"] in file.read_text("utf-8")
    assert "Environment" not in functions("hardcoded_credentials")[0]


def test_hardcoded_credentials_of_the_catalog() -> None:
    modules = {name: mock.MagicMock() for name in ("boto3", "psycopg2", "redis")}
    file = CATALOG / "lib/lambda/inventory_processor.py"
    run_handler(file, "handler", {"Records": []}, modules=modules)
    used = modules["psycopg2"].connect.call_args.kwargs
    assert (used["host"], used["password"]) == ("localhost", "password123")
    assert modules["redis"].Redis.call_args.kwargs["host"] == "localhost"


def test_handler_errors() -> None:
    boto3 = mock.MagicMock()
    update = boto3.resource.return_value.Table.return_value.update_item
    order = '{"customer": "Ann", "count": 2, "bread": "rye"}'
    with pytest.raises(json.JSONDecodeError):
        run_handler(
            BROKEN / "handler_errors/handlers/take_order.py",
            "handler",
            sqs_event(order, "two rye breads", order),
            modules={"boto3": boto3},
            env={"STOCK_TABLE": "stock"},
        )
    assert update.call_count == 1  # the good order behind the bad one was not taken


def test_handler_errors_of_the_catalog() -> None:
    tree = ast.parse((CATALOG / "lib/lambda/inventory_processor.py").read_bytes())
    assert not any(isinstance(node, ast.Try) for node in ast.walk(tree))


@pytest.mark.parametrize(
    "app, handlers, missing",
    [
        ("lambda_dependencies", "functions", {"requests", "yaml"}),
        ("product_catalog", "lib/lambda", {"psycopg2", "redis"}),
    ],
)
def test_lambda_dependencies(app: str, handlers: str, missing: set[str]) -> None:
    files = list((BROKEN / app / handlers).iterdir())
    provided = sys.stdlib_module_names | {"boto3"} | {file.stem for file in files}
    imported = {
        name.split(".")[0]
        for file in files
        for node in ast.walk(ast.parse(file.read_bytes()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [a.name for a in node.names]
        )
    }
    assert imported - provided == missing
    assert not any("Layers" in function for function in functions(app))


@pytest.mark.parametrize("app, count", [("event_source_errors", 3), ("product_catalog", 1)])
def test_event_source_errors(app: str, count: int) -> None:
    mappings = properties(app, "AWS::Lambda::EventSourceMapping")
    assert len(mappings) == count
    for name in ("MaximumRetryAttempts", "BisectBatchOnFunctionError", "DestinationConfig"):
        assert not any(name in mapping for mapping in mappings)
    assert not any("RedrivePolicy" in queue for queue in properties(app, "AWS::SQS::Queue"))


@pytest.mark.parametrize("app", ["stack_outputs", "product_catalog"])
def test_stack_outputs(app: str) -> None:
    assert [template.get("Outputs", {}) for template in assembly(app).templates.values()] == [{}]


@pytest.mark.parametrize(
    "app, statement",
    [("database_schema", "INSERT INTO visits"), ("product_catalog", "UPDATE products SET")],
)
def test_database_schema(app: str, statement: str) -> None:
    assert any(statement in text for text in sources(app))
    assert not any("CREATE TABLE" in text for text in sources(app))
    assert len(functions(app)) == 1


@pytest.mark.parametrize("file, function, payload", KINESIS_HANDLERS)
def test_kinesis_base64(file: Path, function: str, payload: bytes) -> None:
    modules = {name: mock.MagicMock() for name in ("boto3", "psycopg2", "redis")}
    env = {"ARCHIVE_BUCKET": "archive"}
    assert kinesis_base64(file, function, payload, modules=modules, env=env)
    with mock.patch("tests.handlers.base64.b64encode", lambda data: data):  # the cause is base64
        assert not kinesis_base64(file, function, payload, modules=modules, env=env)
