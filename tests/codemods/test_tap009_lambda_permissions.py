"""TAP009 beyond its examples: what the roles of real templates allow, and two stacks."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tapfix.codemods.examples.functions import app, app_of_methods, function
from tapfix.codemods.examples.tap009_lambda_permissions import (
    ENV,
    IDLE,
    MAKE,
    NAMED,
    NAMED_TABLE,
    PUT,
    PUT_NAMED,
    ROLE,
    SEND,
    STREAM,
    TABLE,
    TABLE_METHOD,
    UPLOAD,
    VPC,
    WORKER_METHOD,
)
from tapfix.codemods.tap009_lambda_permissions import RULE
from tapfix.edits import Finding
from tapfix.recipes.access.grants import narrowest
from tapfix.rule import Example
from tapfix.testing import Result, run_example
from tests import network
from tests.stacks import two_stacks


def run(files: dict[str, str]) -> Result:
    return run_example(RULE, Example("", files))


def reported(files: dict[str, str]) -> Finding:
    (finding,) = run(files).first
    assert finding.fix is None
    return finding


def test_the_catalog_gets_what_it_lacks(tmp_path: Path) -> None:
    (template,) = network.mended(RULE, network.BROKEN / "product_catalog", tmp_path).values()
    role = network.role_of(network.function(template, "InventoryProcessor"))
    found = {(action, name[:12]) for action, name in network.allowed(template, role)}
    assert ("kinesis:GetRecords", "InventoryStr") in found
    assert ("secretsmanager:GetSecretValue", "DatabaseSecr") in found
    assert not {action for action, _ in found if "*" in action}


def test_a_table_and_a_bucket_of_another_stack(tmp_path: Path) -> None:
    templates = network.mended(RULE, network.BROKEN / "lambda_permissions", tmp_path)
    template = templates["clinic-appointments-one"]
    role = network.role_of(network.function(template, "Booking"))
    actions = {action for action, _ in network.allowed(template, role)}
    assert {"dynamodb:PutItem", "s3:PutObject"} <= actions
    assert not {"dynamodb:GetItem", "s3:DeleteObject*", "s3:GetObject*"} & actions


def test_a_role_of_another_stack_cannot_be_granted_what_that_stack_does_not_know() -> None:
    made = function("role=first.role", 'environment={"TABLE": table.table_name}')
    files = two_stacks(ROLE.replace("role = ", "self.role = "), TABLE + made, PUT)
    assert "another stack" in str(reported(files).reason)


def test_a_role_of_another_stack_that_holds_the_table_too(tmp_path: Path) -> None:
    first = (ROLE + TABLE).replace("role = ", "self.role = ").replace("table = ", "self.table = ")
    made = function("role=first.role", 'environment={"TABLE": first.table.table_name}')
    templates = network.mended(RULE, two_stacks(first, made, PUT), tmp_path)
    assert "dynamodb:PutItem" in str(templates["First"])


def test_a_mapping_in_the_stack_of_the_stream_and_the_function_in_another() -> None:
    second = f"""{STREAM}
lambda_.EventSourceMapping(
    self,
    "Mapping",
    target=first.worker,
    event_source_arn=stream.stream_arn,
    starting_position=lambda_.StartingPosition.LATEST,
)
"""
    files = two_stacks(function(name="self.worker = "), second, IDLE)
    assert "another stack" in str(reported(files).reason)


def test_a_secret_of_another_stack_with_a_key_of_its_own() -> None:
    """The key's policy would name the role, and the function waits for the secret."""
    first = (
        'key = kms.Key(self, "Key")\n'
        'self.secret = secretsmanager.Secret(self, "Secret", encryption_key=key)'
    )
    second = function('environment={"SECRET": first.secret.secret_arn}')
    files = two_stacks(first, second, IDLE)
    files["app.py"] = files["app.py"].replace("import App,", "import aws_kms as kms, App,")
    assert "own key" in str(reported(files).reason)


def test_what_an_event_source_grants_is_not_everything(tmp_path: Path) -> None:
    queue = 'queue = sqs.Queue(self, "Jobs")'
    made = function('environment={"QUEUE_URL": queue.queue_url}')
    source = "worker.add_event_source(sources.SqsEventSource(queue))"
    files = app(queue, made, source, handler=SEND)
    (template,) = network.mended(RULE, files, tmp_path).values()
    assert "sqs:SendMessage" in str(template)


def test_a_suppression_of_warnings_is_no_right() -> None:
    text = "NagSuppressions.add_resource_suppressions(worker, [])"
    files = app(TABLE, function(ENV), text, handler=PUT)
    files["app.py"] = "from cdk_nag import NagSuppressions\n" + files["app.py"]
    (finding,) = run(files).first
    assert finding.fix is not None


def test_a_helper_method_that_returns_the_function(tmp_path: Path) -> None:
    """A role can be granted before the return; the function itself has no name."""
    first = TABLE.replace("table = ", "self.table = ") + ROLE.replace("role = ", "self.role = ")
    made = function("role=self.role", ENV.replace("table.", "self.table."), name="return ")
    body = f"{first}self._worker()\n\n"
    files = app(body, handler=PUT)
    method = textwrap.indent(f"def _worker(self):\n{textwrap.indent(made, '    ')}", "    ")
    files["app.py"] = files["app.py"].replace("\n\n\napp = App()", f"\n\n{method}\n\napp = App()")
    result = run(files)
    assert (
        "        self.table.grant_write_data(self.role)\n        return" in result.files["app.py"]
    )
    network.mended(RULE, files, tmp_path)


def test_a_policy_added_where_others_are_added(tmp_path: Path) -> None:
    added = """\
role.add_managed_policy(
    iam.ManagedPolicy.from_aws_managed_policy_name("CloudWatchLogsFullAccess")
)
"""
    plain = 'role = iam.Role(self, "R", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))'
    files = app(VPC, plain, added, function("role=role", "vpc=vpc"), handler=IDLE)
    (template,) = network.mended(RULE, files, tmp_path).values()
    assert "AWSLambdaVPCAccessExecutionRole" in str(template)
    assert (
        'CloudWatchLogsFullAccess")\n        )\n        role.add_managed_policy('
        in (run(files).files["app.py"])
    )


@pytest.mark.parametrize(
    "statement",
    [
        "role.attach_inline_policy(policy)",
        "role.grant(iam.AccountRootPrincipal(), 'sts:AssumeRole')\npolicy.attach_to_role(role)",
        "iam.Grant.add_to_principal(grantee=worker, actions=['dynamodb:*'], resource_arns=['*'])",
        "table.grants.write_data(worker)",
        "other = [worker]\nother.append(worker)",
        "more = iam.Policy(\n    self,\n    'More',\n    statements=[iam.PolicyStatement("
        "actions=['dynamodb:*'], resources=['*'])],\n    roles=[worker.role],\n)",
        "iam.CfnPolicy(\n    self,\n    'More',\n    policy_name='more',\n"
        "    policy_document={},\n    roles=[role.role_name],\n)",
        "dynamodb.TableGrants.from_table(table).write_data(worker)",
        "table.add_to_resource_policy(\n    iam.PolicyStatement(\n"
        "        actions=['dynamodb:PutItem'], principals=[worker.grant_principal]\n    )\n)",
        "table.grant_write_data(worker.current_version)",
        "table.grant_write_data(worker.add_alias('live'))",
        "for one in self.node.find_all():\n    if isinstance(one, lambda_.Function):\n"
        "        table.grant_write_data(one)",
    ],
)
def test_rights_given_in_other_words(statement: str) -> None:
    policy = """\
policy = iam.Policy(
    self,
    "Policy",
    statements=[
        iam.PolicyStatement(actions=["dynamodb:PutItem"], resources=[table.table_arn])
    ],
)
"""
    made = (TABLE, ROLE, policy, function("role=role", ENV), statement)
    assert run(app(*made, handler=PUT)).first == ()


METHODS = app_of_methods(MAKE, TABLE_METHOD, WORKER_METHOD, handler=PUT)["app.py"]
NONE = "\n\n\nclass Other(ExampleStack):\n    def {}(self):\n        return None\n\n\napp = App()\n"
ASKED = 'self.node.try_get_context("worker")'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "        return lambda_.",
            f"        if {ASKED}:\n            return None\n        return lambda_.",
        ),
        ("\n\n\napp = App()\n", NONE.format("_make_worker")),
        ("\n\n\napp = App()\n", NONE.format("_make_table")),
        ("self.worker = self._make_worker()", "self.worker = self._make_worker() or self.table"),
    ],
)
def test_a_helper_that_may_give_something_else_gives_no_name(old: str, new: str) -> None:
    assert METHODS.count(old) == 1
    source = METHODS.replace(old, new)
    assert run({"app.py": source, "worker/worker.py": PUT}).files["app.py"] == source


TABLE_LATER = textwrap.dedent(NAMED_TABLE)
OTHER = function(name="self.worker = ").replace('"Worker"', '"Other"')


@pytest.mark.parametrize(
    "parts",
    [
        (function(name="self.worker = "), OTHER.replace("worker.handler", "o.h"), TABLE_LATER),
        (function(), OTHER.replace("self.worker", "worker").replace("r.h", "r.o"), TABLE_LATER),
        (function(), "del worker", TABLE_LATER),
        (f"if {ASKED}:\n{textwrap.indent(TABLE_LATER, '    ')}", function()),
    ],
)
def test_a_name_that_is_another_s_later_or_perhaps_none(parts: tuple[str, ...]) -> None:
    files = app(*parts, handler=PUT_NAMED)
    result = run(files)
    assert result.files == files
    assert any(finding.reason for finding in result.first)


def test_a_property_that_makes_another_one_at_each_read() -> None:
    made = f"@property\n{TABLE_METHOD.replace('_make_table', 'table')}"
    files = app_of_methods("self.worker = self._make_worker()", made, WORKER_METHOD, handler=PUT)
    assert run(files).files == files


@pytest.mark.parametrize(
    ("imported", "granted", "found"),
    [
        ('dynamodb.Table.from_table_name(self, "T", "orders")', "grant_write_data", 0),
        ('dynamodb.Table.from_table_name(self, "T", "orders")', "grants.write_data", 0),
        ('dynamodb.Table.from_table_arn(self, "T", table_arn=arn)', "grant_write_data", 0),
        ('dynamodb.Table.from_table_arn(self, "T", f"{arn}")', "grant_write_data", 0),
        ('dynamodb.Table.from_table_name(self, "T", "orders")', "grant_read_data", 1),
        ('dynamodb.Table.from_table_name(self, "T", "others")', "grant_write_data", 1),
        ('s3.Bucket.from_bucket_name(self, "B", "orders")', "grant_write", 1),
    ],
)
def test_a_grant_on_what_the_app_imports(imported: str, granted: str, found: int) -> None:
    """It may be a table that the app itself makes, by its name or its ARN."""
    arn = "arn = table.table_arn"
    made = (NAMED, arn, function(ENV), f"other = {imported}", f"other.{granted}(worker)")
    assert len(run(app(*made, handler=PUT)).first) == found


def test_the_narrowest_grants() -> None:
    given = {"all": ("a", "b", "c", "d"), "one": ("a",), "two": ("b",), "three": ("a", "b", "c")}
    assert narrowest(given, frozenset("a")) == ("one",)
    assert narrowest(given, frozenset("ab")) == ("one", "two")
    assert narrowest(given, frozenset("abc")) == ("three",)
    assert narrowest(given, frozenset("x")) is None


def test_a_resource_that_waits_for_the_role() -> None:
    made = (TABLE, ROLE, function("role=role", ENV), "table.node.add_dependency(role)")
    assert "wait for the other" in str(reported(app(*made, handler=PUT)).reason)


def test_a_bucket_of_another_stack_that_tells_the_function_of_its_objects() -> None:
    first = 'self.bucket = s3.Bucket(self, "Bucket", bucket_name="letters")'
    second = function() + (
        "first.bucket.add_event_notification(\n"
        "    s3.EventType.OBJECT_CREATED, s3n.LambdaDestination(worker)\n)"
    )
    handler = UPLOAD.replace('os.environ["LETTERS"]', '"letters"')
    files = two_stacks(first, second, handler)
    files["app.py"] = files["app.py"].replace(
        "import App,", "import aws_s3_notifications as s3n, App,"
    )
    assert "may have to wait" in str(reported(files).reason)


def test_two_functions_of_one_role_share_a_grant(tmp_path: Path) -> None:
    other = function("role=role", ENV, name="other = ").replace('"Worker"', '"Other"')
    files = app(TABLE, ROLE, function("role=role", ENV), other, handler=PUT)
    text = run(files).files["app.py"]
    assert text.count("grant_write_data") == 1
    network.mended(RULE, files, tmp_path)
