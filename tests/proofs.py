"""What shows in a template that a flaw is there: one function a code, empty where it is not.

Each takes an app's templates by stack name and returns a line for every resource that has the
flaw. They judge what CloudFormation would do, not how the source came to it: present in the
templates of a broken app, gone from those of its mended copy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

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

KEEPING = {"Retain", "RetainExceptOnCreate", "Snapshot"}

DATABASES = ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::RDS::GlobalCluster")
CACHES = (
    "AWS::ElastiCache::CacheCluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::ServerlessCache",
)


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


def bucket_retain(templates: Templates) -> list[str]:
    """TAP002: buckets that stay, or whose objects stop their deletion."""
    emptied = [
        properties(resource)["BucketName"].get("Ref")
        for _, resource in resources(templates, "Custom::S3AutoDeleteObjects")
    ]
    return [
        label
        for label, bucket in resources(templates, "AWS::S3::Bucket")
        if bucket.get("DeletionPolicy", "Delete") in KEEPING or label.split("/")[1] not in emptied
    ]


def rds_deletion_protection(templates: Templates) -> list[str]:
    """TAP003: databases that refuse to be deleted."""
    databases = resources(templates, *DATABASES)
    return [
        label for label, database in databases if properties(database).get("DeletionProtection")
    ]


def rds_snapshot(templates: Templates) -> list[str]:
    """TAP004: databases, or groups of theirs, that leave themselves or a snapshot behind.

    Without a policy CloudFormation takes a snapshot of a cluster, and of an instance outside one.
    """
    found = []
    for label, resource in resources(templates):
        kind = resource["Type"]
        member = "DBClusterIdentifier" in properties(resource)
        unsaid = "Snapshot" if kind in DATABASES[:2] and not member else "Delete"
        if kind.startswith("AWS::RDS::") and resource.get("DeletionPolicy", unsaid) in KEEPING:
            found.append(label)
    return found


def rds_backup_retention(templates: Templates) -> list[str]:
    """TAP005: automated backups beyond the least a database can have, or that outlive it."""
    instances = [
        label
        for label, resource in resources(templates, "AWS::RDS::DBInstance")
        if "DBClusterIdentifier" not in (settings := properties(resource))
        if settings.get("BackupRetentionPeriod") != 0
        or settings.get("DeleteAutomatedBackups") is not True
    ]
    clusters = [
        label
        for label, resource in resources(templates, "AWS::RDS::DBCluster")
        if properties(resource).get("BackupRetentionPeriod", 1) > 1
    ]
    return instances + clusters


def elasticache_snapshots(templates: Templates) -> list[str]:
    """TAP006: caches that keep snapshots."""
    caches = resources(templates, *CACHES)
    return [label for label, cache in caches if properties(cache).get("SnapshotRetentionLimit", 0)]


def log_group_retain(templates: Templates) -> list[str]:
    """TAP007: log groups that stay."""
    groups = resources(templates, "AWS::Logs::LogGroup")
    return [label for label, group in groups if group.get("DeletionPolicy") in KEEPING]


# CDK's own function that tells a bucket whom to notify.
_INLINE_OF_CDK = "BucketNotificationsHandler"


def inline_lambda(templates: Templates) -> list[str]:
    """TAP008: functions of the app whose code is a text in the template."""
    return [
        label
        for label, function in resources(templates, "AWS::Lambda::Function")
        if "ZipFile" in properties(function).get("Code", {})
        if not label.split("/")[1].startswith(_INLINE_OF_CDK)
    ]


def lambda_permissions(templates: Templates) -> list[str]:
    """TAP009: what functions need and no policy of their roles allows, on that very resource."""
    return list(reach.missing_rights(templates))


def lambda_vpc(templates: Templates) -> list[str]:
    """TAP010: functions outside the VPC of the data store that they are told of."""
    return list(reach.outside(templates))


def security_group_ingress(templates: Templates) -> list[str]:
    """TAP011: data stores whose port is shut to functions that are told of them."""
    return list(reach.shut_out(templates))


def event_source_errors(templates: Templates) -> list[str]:
    """TAP015: mappings that try a record of a stream for ever or lose it, queues without end."""
    found = []
    for stack, template in templates.items():
        made = template.get("Resources", {})
        for label, mapping in resources({stack: template}, "AWS::Lambda::EventSourceMapping"):
            own = properties(mapping)
            if "StartingPosition" in own:
                ended = _gives_up(own)
            else:
                read = [made[name] for name in targets(own["EventSourceArn"]) if name in made]
                ended = all("RedrivePolicy" in properties(queue) for queue in read)
            found += [] if ended else [label]
    return found


def _gives_up(mapping: Mapping[str, Any]) -> bool:
    """Whether a mapping keeps what it does not try again."""
    numbers = ("MaximumRetryAttempts", "MaximumRecordAgeInSeconds")
    limited = all(mapping.get(name, -1) >= 0 for name in numbers)
    kept = "OnFailure" in mapping.get("DestinationConfig", {})
    return limited and kept and mapping.get("BisectBatchOnFunctionError") is True


def bucket_expiration(templates: Templates) -> list[str]:
    """TAP016: buckets that keep objects for ever, or would let them expire before they move."""
    buckets = resources(templates, "AWS::S3::Bucket")
    return [label for label, bucket in buckets if not _expires(properties(bucket))]


def _expires(bucket: Mapping[str, Any]) -> bool:
    rules = bucket.get("LifecycleConfiguration", {}).get("Rules", [])
    whole = [rule for rule in rules if rule["Status"] == "Enabled" and not _filtered(rule)]
    days = [rule["ExpirationInDays"] for rule in whole if "ExpirationInDays" in rule]
    moves = [move["TransitionInDays"] for rule in whole for move in rule.get("Transitions", [])]
    versioned = bucket.get("VersioningConfiguration", {}).get("Status") == "Enabled"
    old_versions = any("NoncurrentVersionExpiration" in rule for rule in whole)
    return bool(days) and min(days) > max(moves, default=0) and (old_versions or not versioned)


def _filtered(rule: Mapping[str, Any]) -> bool:
    return any(key in rule for key in ("Prefix", "TagFilters", "ObjectSizeGreaterThan"))


LOOKED_FOR = (
    "AWS::ApiGatewayV2::Api",
    "AWS::CloudFront::Distribution",
    "AWS::Cognito::UserPool",
    "AWS::Cognito::UserPoolClient",
    "AWS::DynamoDB::GlobalTable",
    "AWS::DynamoDB::Table",
    "AWS::ElastiCache::CacheCluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::ServerlessCache",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::Kinesis::Stream",
    "AWS::Lambda::Function",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
)
"""What people look for after a deploy."""


def stack_outputs(templates: Templates) -> list[str]:
    """TAP017: resources that people look for and that no output of their stack refers to."""
    found = []
    for stack, template in templates.items():
        parts = template.get("Resources", {}).values()
        serving = {target for part in parts for target in _served_by(part)}
        serving |= _run_in_deploys(template.get("Resources", {}))
        told = targets(template.get("Outputs", {})) | serving
        found += [
            label
            for label, resource in resources({stack: template}, *LOOKED_FOR)
            if label.split("/")[1] not in told and not _is_inner(resource)
        ]
    return found


def _served_by(resource: Resource) -> set[str]:
    """What is there for another resource only: failed messages, access logs."""
    own = properties(resource)
    serving = ("RedrivePolicy", "DestinationConfig", "LoggingConfiguration")
    return {target for name in serving for target in targets(own.get(name, {}))}


def _run_in_deploys(made: Mapping[str, Any]) -> set[str]:
    """The functions of triggers, which these know by a version."""
    triggers = [properties(one) for one in made.values() if one["Type"] == "Custom::Trigger"]
    versions = {name for own in triggers for name in targets(own["HandlerArn"])}
    return {target for name in versions & made.keys() for target in targets(properties(made[name]))}


def _is_inner(resource: Resource) -> bool:
    """An instance of a cluster, or a function that only CDK knows of."""
    own = properties(resource)
    if "DBClusterIdentifier" in own:
        return True
    return resource["Type"] == "AWS::Lambda::Function" and "nodejs" in own.get("Runtime", "")


ENCRYPTED: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    "AWS::DynamoDB::GlobalTable": lambda table: "SSESpecification" in table,
    "AWS::DynamoDB::Table": lambda table: "SSESpecification" in table,
    "AWS::ElastiCache::ReplicationGroup": lambda group: (
        group.get("AtRestEncryptionEnabled") is True
    ),
    # CDK's unsaid default depends on the region: a condition instead of a type
    "AWS::Kinesis::Stream": lambda stream: "EncryptionType" in stream.get("StreamEncryption", {}),
    "AWS::RDS::DBCluster": lambda cluster: cluster.get("StorageEncrypted") is True,
    "AWS::RDS::DBInstance": lambda instance: (
        "DBClusterIdentifier" in instance or instance.get("StorageEncrypted") is True
    ),
    "AWS::S3::Bucket": lambda bucket: "BucketEncryption" in bucket,
    "AWS::SQS::Queue": lambda queue: (
        queue.get("SqsManagedSseEnabled") is True or "KmsMasterKeyId" in queue
    ),
}


def encryption(templates: Templates) -> list[str]:
    """TAP018: resources that do not say how they are encrypted."""
    return [
        label
        for label, resource in resources(templates, *ENCRYPTED)
        if not ENCRYPTED[resource["Type"]](properties(resource))
    ]


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


PROTECTED: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    "AWS::Cognito::UserPool": lambda pool: pool.get("DeletionProtection") == "ACTIVE",
    "AWS::DynamoDB::GlobalTable": lambda table: any(
        replica.get("DeletionProtectionEnabled") for replica in table["Replicas"]
    ),
    "AWS::DynamoDB::Table": lambda table: table.get("DeletionProtectionEnabled") is True,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": lambda balancer: (
        {"Key": "deletion_protection.enabled", "Value": "true"}
        in balancer.get("LoadBalancerAttributes", [])
    ),
}


def retained_resource(templates: Templates) -> list[str]:
    """TAP021: resources of other services that stay or refuse to be deleted."""
    return [
        label
        for label, resource in resources(templates)
        if not _of_other_codes(resource["Type"])
        if resource.get("DeletionPolicy") in KEEPING or _protected(resource)
    ]


def _protected(resource: Resource) -> bool:
    protected = PROTECTED.get(resource["Type"])
    return protected is not None and protected(properties(resource))


def _of_other_codes(kind: str) -> bool:
    return kind.startswith("AWS::RDS::") or kind in ("AWS::S3::Bucket", "AWS::Logs::LogGroup")


BY_TEMPLATE: dict[str, Callable[[Templates], list[str]]] = {
    "TAP002": bucket_retain,
    "TAP003": rds_deletion_protection,
    "TAP004": rds_snapshot,
    "TAP005": rds_backup_retention,
    "TAP006": elasticache_snapshots,
    "TAP007": log_group_retain,
    "TAP008": inline_lambda,
    "TAP009": lambda_permissions,
    "TAP010": lambda_vpc,
    "TAP011": security_group_ingress,
    "TAP015": event_source_errors,
    "TAP016": bucket_expiration,
    "TAP017": stack_outputs,
    "TAP018": encryption,
    "TAP021": retained_resource,
}
"""The proofs that need nothing but one synth."""

BY_ASSET: dict[str, Callable[[Templates, Path], list[str]]] = {
    "TAP008": deployed.no_handler,
    "TAP013": deployed.unread_answers,
    "TAP014": deployed.missing_packages,
    "TAP015": deployed.unread_answers,
}
"""The proofs that look into the assets of an assembly besides."""
