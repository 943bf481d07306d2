"""What shows in a template that a flaw is there: one function a code, empty where it is not.

Most are those that the rules themselves bring; where these go by less than a test can know, such as
what a handler calls, the tests have stricter ones.

Each takes an app's templates by stack name and returns a line for every resource that has the
flaw. They judge what CloudFormation would do, not how the source came to it: present in the
templates of a broken app, gone from those of its mended copy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tapfix.codemods.proofs import proof_of
from tapfix.registry import builtin_rules
from tests import deployed, reach
from tests.synthesis import Assembly
from tests.templates import Resource as Resource
from tests.templates import Templates as Templates
from tests.templates import properties as properties
from tests.templates import resources as resources
from tests.templates import targets

PHYSICAL_NAMES = {
    "AWS::Cognito::UserPool": "UserPoolName",
    "AWS::DynamoDB::GlobalTable": "TableName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::EC2::SecurityGroup": "GroupName",
    "AWS::ECR::Repository": "RepositoryName",
    "AWS::ElastiCache::CacheCluster": "ClusterName",
    "AWS::ElastiCache::ReplicationGroup": "ReplicationGroupId",
    "AWS::ElastiCache::ServerlessCache": "ServerlessCacheName",
    "AWS::ElastiCache::SubnetGroup": "CacheSubnetGroupName",
    "AWS::Events::EventBus": "Name",
    "AWS::IAM::Role": "RoleName",
    "AWS::Kinesis::Stream": "Name",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::RDS::DBCluster": "DBClusterIdentifier",
    "AWS::RDS::DBInstance": "DBInstanceIdentifier",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SecretsManager::Secret": "Name",
}
"""The property that names a resource within its account and region, of the examples' types."""

OTHER_NAMES = {
    ("AWS::IAM::Policy", "PolicyName"),  # within its role
    ("AWS::RDS::DBCluster", "DBClusterParameterGroupName"),  # of AWS
    ("AWS::RDS::DBCluster", "DatabaseName"),  # within the cluster
    ("AWS::RDS::DBInstance", "DBName"),  # within the instance
}
"""Properties of which the name looks like one of those and that name nothing in the account."""


def physical_names(assembly: Assembly) -> set[tuple[str, str]]:
    """Every name that an account can hold once: (kind, name), as far as it is a plain string."""
    names: set[tuple[str, str]] = set()
    for stack, template in assembly.templates.items():
        names.add(("stack", stack))
        exports = (output.get("Export", {}) for output in template.get("Outputs", {}).values())
        names |= {("export", e["Name"]) for e in exports if isinstance(e.get("Name"), str)}
    for _, resource in resources(assembly.templates):
        kind = resource["Type"]
        name = properties(resource).get(PHYSICAL_NAMES.get(kind, ""))
        if kind == "AWS::EC2::VPC":
            tags = {tag["Key"]: tag["Value"] for tag in properties(resource).get("Tags", [])}
            name = tags.get("Name")
        if isinstance(name, str):
            names.add((kind, name))
    return names


def unknown_names(templates: Templates) -> list[str]:
    """Properties that may name a resource, by the look of them, and are in neither list."""
    return [
        f"{resource['Type']} {name}"
        for _, resource in resources(templates)
        for name, value in properties(resource).items()
        if isinstance(value, str) and name.endswith(("Name", "Identifier", "GroupId"))
        if PHYSICAL_NAMES.get(resource["Type"]) != name
        if (resource["Type"], name) not in OTHER_NAMES
    ]


def shared_names(first: Assembly, second: Assembly) -> list[str]:
    """TAP001: the names that two environments of an app both want."""
    both = physical_names(first) & physical_names(second)
    return [f"{kind} {name}" for kind, name in sorted(both)]


def names_without(assembly: Assembly, suffix: str) -> list[str]:
    """TAP001: the names that an environment's suffix is not part of."""
    names = sorted(physical_names(assembly))
    return [f"{kind} {name}" for kind, name in names if suffix not in name]


def own(code: str) -> Callable[[Templates], list[str]]:
    """The proof that a rule itself brings for ``--verify``."""
    (rule,) = (rule for rule in builtin_rules() if rule.code == code)
    proof = proof_of(rule)
    assert proof is not None
    assert proof.flaws is not None
    flaws = proof.flaws

    def found(templates: Templates) -> list[str]:
        return list(dict.fromkeys(f"{one.stack}/{one.logical_id}" for one in flaws(templates)))

    return found


inline_lambda = own("TAP008")
stack_outputs = own("TAP017")


def lambda_permissions(templates: Templates) -> list[str]:
    """TAP009: what functions need and no policy of their roles allows, on that very resource."""
    return list(reach.missing_rights(templates))


def lambda_vpc(templates: Templates) -> list[str]:
    """TAP010: functions outside the VPC of the data store that they are told of."""
    return list(reach.outside(templates))


def security_group_ingress(templates: Templates) -> list[str]:
    """TAP011: data stores whose port is shut to functions that are told of them."""
    return list(reach.shut_out(templates))


DATABASE_LOGINS = ("AWS::SecretsManager::Secret", "AWS::SecretsManager::SecretTargetAttachment")


def before_the_tables(templates: Templates) -> list[str]:
    """TAP019: functions that are told the login of a database and do not wait for its tables.

    What creates tables waits for the database and for the secret that holds its address.
    """
    found = []
    for stack, template in templates.items():
        made = template.get("Resources", {})
        creating = [name for name, one in made.items() if one["Type"] == "Custom::Trigger"]
        complete = {
            name
            for name in creating
            if {"AWS::RDS::DBInstance", "AWS::SecretsManager::SecretTargetAttachment"}
            <= {made[other]["Type"] for other in made[name].get("DependsOn", [])}
        }
        for label, function in resources({stack: template}, "AWS::Lambda::Function"):
            told = targets(properties(function).get("Environment", {})) & made.keys()
            logs_in = any(made[name]["Type"] in DATABASE_LOGINS for name in told)
            runs_first = any(label.split("/")[1] in _all_targets(made, name) for name in creating)
            if logs_in and not runs_first and complete.isdisjoint(function.get("DependsOn", [])):
                found.append(label)
    return found


def _all_targets(made: Mapping[str, Any], name: str) -> set[str]:
    """What a resource refers to, and what that refers to."""
    direct = targets(properties(made[name])) & made.keys()
    return direct.union(*(targets(properties(made[one])) for one in direct))


_OWN = (*range(2, 9), 15, 16, 17, 18, 21)
BY_TEMPLATE: dict[str, Callable[[Templates], list[str]]] = {
    **{code: own(code) for code in (f"TAP{number:03}" for number in _OWN)},
    "TAP009": lambda_permissions,
    "TAP010": lambda_vpc,
    "TAP011": security_group_ingress,
}
"""The proofs that need nothing but one synth."""

BY_ASSET: dict[str, Callable[[Templates, Path], list[str]]] = {
    "TAP008": deployed.no_handler,
    "TAP013": deployed.unread_answers,
    "TAP014": deployed.missing_packages,
    "TAP015": deployed.unread_answers,
}
"""The proofs that look into the assets of an assembly besides."""
