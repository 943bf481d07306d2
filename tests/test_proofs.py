"""The proofs that a fix is a fix: each sees the flaw it is about, also when one detail is wrong."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests import deployed, proofs
from tests.assembled import APPS, assembly, outdir, sources
from tests.synthesis import Template
from tests.templates import Templates

pytestmark = pytest.mark.xdist_group("assembled")  # each app is synthesised once, for all tests

CATALOG = "product_catalog"
ABSENT = object()
Path = tuple[str | int, ...]

POSTGRES, REDIS = 5432, 6379
OF_FUNCTION = ("AWS::Lambda::Function", "InventoryProcessor")
OF_MAPPING = ("AWS::Lambda::EventSourceMapping", "")
OF_ROLE = ("AWS::IAM::Role", "ProcessorRole")
OF_POLICY = ("AWS::IAM::Policy", "ProcessorRole")
OF_RULE = ("AWS::EC2::SecurityGroupIngress", "")
OF_DATABASE = ("AWS::RDS::DBInstance", "")
OF_BUCKET = ("AWS::S3::Bucket", "")
OF_STREAM = ("AWS::Kinesis::Stream", "")
EXPIRES: Path = ("Properties", "LifecycleConfiguration", "Rules", 0, "ExpirationInDays")
PUBLIC = [{"Ref": "ProductCatalogVPConePublicSubnet1Subnet42C3FBE2"}]


def changes() -> Iterator[tuple[str, tuple[str, str], Path, Any]]:
    """A code; the resource's type and how its id begins; the place in it; what comes there."""
    yield "TAP002", OF_BUCKET, ("DeletionPolicy",), "Retain"
    yield "TAP002", ("Custom::S3AutoDeleteObjects", ""), (), ABSENT
    yield "TAP003", OF_DATABASE, ("Properties", "DeletionProtection"), True
    yield "TAP004", OF_DATABASE, ("DeletionPolicy",), "Snapshot"
    yield "TAP004", OF_DATABASE, ("DeletionPolicy",), ABSENT
    yield "TAP005", OF_DATABASE, ("Properties", "BackupRetentionPeriod"), 7
    yield "TAP005", OF_DATABASE, ("Properties", "BackupRetentionPeriod"), ABSENT
    yield "TAP005", OF_DATABASE, ("Properties", "DeleteAutomatedBackups"), ABSENT
    cache = ("AWS::ElastiCache::CacheCluster", "")
    yield "TAP006", cache, ("Properties", "SnapshotRetentionLimit"), 1
    yield "TAP007", ("AWS::Logs::LogGroup", ""), ("DeletionPolicy",), "Retain"
    yield "TAP008", OF_FUNCTION, ("Properties", "Code"), {"ZipFile": "pass"}
    for place in range(2):
        resource: Path = ("Properties", "PolicyDocument", "Statement", place, "Resource")
        yield "TAP009", OF_POLICY, resource, "*"
        yield "TAP009", OF_POLICY, (*resource[:-1], "Effect"), "Deny"
        yield "TAP009", OF_POLICY, (*resource[:-1], "Action"), "kinesis:ListShards"
    yield "TAP009", OF_ROLE, ("Properties", "ManagedPolicyArns"), ABSENT
    for name, values in {"SubnetIds": ([], PUBLIC), "SecurityGroupIds": ([],)}.items():
        for value in values:
            yield "TAP010", OF_FUNCTION, ("Properties", "VpcConfig", name), value
    yield "TAP010", OF_FUNCTION, ("Properties", "VpcConfig"), ABSENT
    yield "TAP011", OF_RULE, (), ABSENT
    yield "TAP011", OF_RULE, ("Properties", "FromPort"), 5433
    yield "TAP011", OF_RULE, ("Properties", "GroupId"), {"Ref": "Elsewhere"}
    yield "TAP011", OF_RULE, ("Properties", "SourceSecurityGroupId"), {"Ref": "Elsewhere"}
    yield "TAP011", OF_FUNCTION, ("Properties", "VpcConfig", "SecurityGroupIds"), []
    yield "TAP015", OF_MAPPING, ("Properties", "MaximumRetryAttempts"), -1
    yield "TAP015", OF_MAPPING, ("Properties", "BisectBatchOnFunctionError"), False
    yield "TAP015", OF_MAPPING, ("Properties", "MaximumRecordAgeInSeconds"), ABSENT
    yield "TAP015", OF_MAPPING, ("Properties", "DestinationConfig"), ABSENT
    for code in ("TAP013", "TAP015"):
        yield code, OF_MAPPING, ("Properties", "FunctionResponseTypes"), ABSENT
    yield "TAP016", OF_BUCKET, EXPIRES, ABSENT
    yield "TAP016", OF_BUCKET, EXPIRES, 90
    yield "TAP018", OF_STREAM, ("Properties", "StreamEncryption"), ABSENT
    yield "TAP018", OF_BUCKET, ("Properties", "BucketEncryption"), ABSENT
    yield "TAP018", OF_DATABASE, ("Properties", "StorageEncrypted"), ABSENT
    yield "TAP018", ("AWS::SQS::Queue", ""), ("Properties", "SqsManagedSseEnabled"), False
    yield "TAP021", OF_STREAM, ("DeletionPolicy",), "Retain"
    yield "TAP008", OF_FUNCTION, ("Properties", "Handler"), "inventory_processor.main"
    yield "TAP008", OF_FUNCTION, ("Properties", "Handler"), "other.handler"
    yield "TAP014", OF_FUNCTION, ("Properties", "Layers"), ABSENT
    yield "TAP014", OF_FUNCTION, ("Properties", "Architectures"), ["arm64"]


def changed(templates: Templates, which: tuple[str, str], path: Path, value: Any) -> Templates:
    """A copy in which the first such resource that has the place has something else there."""
    made: dict[str, Template] = copy.deepcopy(dict(templates))
    kind, beginning = which
    for template in made.values():
        for name, resource in template["Resources"].items():
            if resource["Type"] == kind and name.startswith(beginning):
                place: Any = template["Resources"]
                *way, last = (name, *path)
                for step in way:
                    place = place[step]
                if value is ABSENT:
                    del place[last]
                else:
                    place[last] = value
                assert made != templates
                return made
    raise AssertionError(which)


def found(code: str, templates: Templates, app: str = f"fixed/{CATALOG}") -> list[str]:
    """What the proofs of a code find in templates, with the assets of an app."""
    assets = outdir(app, "one")
    lines = proofs.BY_TEMPLATE[code](templates) if code in proofs.BY_TEMPLATE else []
    if code in proofs.BY_ASSET:
        lines = lines + proofs.BY_ASSET[code](templates, assets)
    return lines


@pytest.mark.parametrize(("code", "which", "path", "value"), changes())
def test_a_detail_that_is_wrong_is_seen(
    code: str, which: tuple[str, str], path: Path, value: Any
) -> None:
    templates = assembly(f"fixed/{CATALOG}").templates
    assert found(code, templates) == []
    assert found(code, changed(templates, which, path, value))


def test_each_proof_is_tried() -> None:
    tried = {code for code, *_ in changes()}
    assert tried == (proofs.BY_TEMPLATE.keys() | proofs.BY_ASSET.keys()) - {"TAP017"}


def test_each_output_counts() -> None:
    (template,) = assembly(f"fixed/{CATALOG}").templates.values()
    for name in template["Outputs"]:
        outputs = {key: value for key, value in template["Outputs"].items() if key != name}
        assert len(proofs.stack_outputs({"S": {**template, "Outputs": outputs}})) == 1


def test_a_store_that_lets_in_everybody_lets_in_no_function() -> None:
    templates = assembly(f"fixed/{CATALOG}").templates
    opened = changed(templates, OF_RULE, ("Properties", "SourceSecurityGroupId"), {"Ref": "Any"})
    for _, rule in proofs.resources(opened, OF_RULE[0]):
        if rule["Properties"]["SourceSecurityGroupId"] == {"Ref": "Any"}:
            rule["Properties"]["CidrIp"] = "0.0.0.0/0"
    assert "0.0.0.0/0" in str(opened)
    assert proofs.security_group_ingress(opened)


def test_both_ports_of_the_catalog_are_open_to_its_functions_alone() -> None:
    shut = proofs.security_group_ingress(assembly(f"broken/{CATALOG}").templates)
    assert len(shut) == 2
    rules = [
        proofs.properties(one)
        for _, one in proofs.resources(
            assembly(f"fixed/{CATALOG}").templates, "AWS::EC2::SecurityGroupIngress"
        )
    ]
    # Of the database to the function that creates its tables too.
    assert sorted(rule["FromPort"] for rule in rules) == [POSTGRES, POSTGRES, REDIS]
    sources = [str(rule["SourceSecurityGroupId"]) for rule in rules]
    assert len(set(sources)) == 2
    assert all(rule["FromPort"] == rule["ToPort"] and "CidrIp" not in rule for rule in rules)


@pytest.mark.parametrize(
    ("code", "app"), [("TAP014", "lambda_dependencies"), ("TAP012", "hardcoded_credentials")]
)
def test_what_no_template_shows_is_there_in_the_broken_app_only(code: str, app: str) -> None:
    for name in APPS:
        flawed = f"broken/{name}"
        lines = (
            deployed.written_logins(sources(flawed))
            if code == "TAP012"
            else found(code, assembly(flawed).templates, flawed)
        )
        # The catalog's handler is deployed by nothing before it is mended.
        own = [app, CATALOG] if code == "TAP012" else [app]
        assert bool(lines) == (name in own), (name, lines)


def test_logins_are_found_in_whatever_way_they_are_written() -> None:
    def lines(text: str) -> list[str]:
        return deployed.written_logins({"a/worker.py": text})

    assert len(lines("psycopg2.connect(host='a', password='b', user=user)")) == 2
    assert len(lines("WORD = 'b'\nRedis(password=WORD)")) == 1
    assert len(lines("create_engine(url=f'postgresql://a:b@{host}')")) == 1
    assert lines("psycopg2.connect(host=secret['host'], password=os.environ['P'])") == []
    assert lines("import aws_cdk\nconnect(password='b')") == []


@pytest.mark.parametrize("name", APPS)
def test_a_fixed_app_has_no_flaw_in_what_it_deploys(name: str) -> None:
    fixed = f"fixed/{name}"
    templates = assembly(fixed).templates
    assert deployed.written_logins(sources(fixed)) == []
    left = {code: found(code, templates, fixed) for code in proofs.BY_ASSET}
    assert {code: lines for code, lines in left.items() if lines} == {}


def test_handlers_that_answer_are_read_in_the_fixed_apps() -> None:
    """An answer that is not read would lose records: TAP013 and TAP015 agree."""
    reading = {
        name
        for name in APPS
        for _, mapping in proofs.resources(
            assembly(f"fixed/{name}").templates, "AWS::Lambda::EventSourceMapping"
        )
        if "FunctionResponseTypes" in proofs.properties(mapping)
    }
    assert reading >= {CATALOG, "handler_errors"}
