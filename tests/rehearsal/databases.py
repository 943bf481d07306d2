"""Relational databases and the secrets with their logins."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

from tests.rehearsal.cloud import client, is_there
from tests.rehearsal.kinds import Kind, Made, Order, Refused, final_name, nothing, take


def _create_subnet_group(order: Order) -> Made:
    name = order.name("DBSubnetGroupName").lower()
    missing = "DBSubnetGroupNotFoundFault"
    found = is_there(missing, "rds", "describe_db_subnet_groups", DBSubnetGroupName=name)
    take(found, "database subnet group", name)
    order.call("rds", "create_db_subnet_group", DBSubnetGroupName=name)
    return Made(name)


def _delete_subnet_group(_: Order, made: Made) -> None:
    rds = client("rds")
    for database in rds.describe_db_instances()["DBInstances"]:
        if database.get("DBSubnetGroup", {}).get("DBSubnetGroupName") == made.ref:
            name = database["DBInstanceIdentifier"]
            raise Refused(f"database subnet group {made.ref} is in use by {name}")
    for cluster in rds.describe_db_clusters()["DBClusters"]:
        if cluster.get("DBSubnetGroup") == made.ref:
            name = cluster["DBClusterIdentifier"]
            raise Refused(f"database subnet group {made.ref} is in use by {name}")
    rds.delete_db_subnet_group(DBSubnetGroupName=made.ref)


def _reached(database: Mapping[str, Any], endpoint: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes that instances and clusters have alike."""
    secret = database.get("MasterUserSecret", {}).get("SecretArn")
    return {
        "Endpoint.Address": endpoint["Address"],
        "Endpoint.Port": str(endpoint["Port"]),
        **({"MasterUserSecret.SecretArn": secret} if secret else {}),
    }


def _create_instance(order: Order) -> Made:
    name = order.name("DBInstanceIdentifier").lower()
    answer = order.call(
        "rds",
        "create_db_instance",
        rename={"VPCSecurityGroups": "VpcSecurityGroupIds"},
        without="DeleteAutomatedBackups",
        DBInstanceIdentifier=name,
    )["DBInstance"]
    known = {"DBInstanceArn": answer["DBInstanceArn"], "DbiResourceId": answer["DbiResourceId"]}
    return Made(name, {**known, **_reached(answer, answer["Endpoint"])})


def _delete_instance(order: Order, made: Made) -> None:
    _end_instance(order, made, SkipFinalSnapshot=True)


def _snapshot_instance(order: Order, made: Made) -> None:
    _end_instance(order, made, FinalDBSnapshotIdentifier=final_name(order), SkipFinalSnapshot=False)


def _end_instance(order: Order, made: Made, **how: Any) -> None:
    backups = order.properties.get("DeleteAutomatedBackups", True)
    client("rds").delete_db_instance(
        DBInstanceIdentifier=made.ref, DeleteAutomatedBackups=backups, **how
    )


def _create_cluster(order: Order) -> Made:
    name = order.name("DBClusterIdentifier").lower()
    missing = "DBClusterNotFoundFault"
    found = is_there(missing, "rds", "describe_db_clusters", DBClusterIdentifier=name)
    take(found, "database cluster", name)
    answer = order.call("rds", "create_db_cluster", DBClusterIdentifier=name)["DBCluster"]
    endpoint = {"Address": answer["Endpoint"], "Port": answer["Port"]}
    reader = {"ReadEndpoint.Address": answer["ReaderEndpoint"]}
    arn = {"DBClusterArn": answer["DBClusterArn"]}
    return Made(name, {**arn, **reader, **_reached(answer, endpoint)})


def _delete_cluster(_: Order, made: Made) -> None:
    _end_cluster(made, SkipFinalSnapshot=True)


def _snapshot_cluster(order: Order, made: Made) -> None:
    _end_cluster(made, FinalDBSnapshotIdentifier=final_name(order), SkipFinalSnapshot=False)


def _end_cluster(made: Made, **how: Any) -> None:
    """Delete a cluster with its automatic snapshots, which moto would keep."""
    rds = client("rds")
    rds.delete_db_cluster(DBClusterIdentifier=made.ref, **how)
    found = rds.describe_db_cluster_snapshots(SnapshotType="automated")["DBClusterSnapshots"]
    for snapshot in found:
        if snapshot["DBClusterIdentifier"] == made.ref:
            name = snapshot["DBClusterSnapshotIdentifier"]
            rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=name)


def _create_secret(order: Order) -> Made:
    name = order.name("Name")
    text = order.properties.get("SecretString", "")
    if (how := order.properties.get("GenerateSecretString")) is not None:
        text = secrets.token_hex(int(how.get("PasswordLength", 32)) // 2)
        if key := how.get("GenerateStringKey"):
            text = json.dumps({**json.loads(how["SecretStringTemplate"]), key: text})
    arn = client("secretsmanager").create_secret(Name=name, SecretString=text)["ARN"]
    return Made(arn, {"Id": arn})


def _delete_secret(_: Order, made: Made) -> None:
    """Delete a secret as CloudFormation does: at once, which frees its name."""
    client("secretsmanager").delete_secret(SecretId=made.ref, ForceDeleteWithoutRecovery=True)


def _attach_secret(order: Order) -> Made:
    """Tell a secret where its database is."""
    secret, target = order.properties["SecretId"], order.properties["TargetId"]
    rds, manager = client("rds"), client("secretsmanager")
    if order.properties["TargetType"] == "AWS::RDS::DBCluster":
        (found,) = rds.describe_db_clusters(DBClusterIdentifier=target)["DBClusters"]
        host, port, name = found["Endpoint"], found["Port"], found.get("DatabaseName")
    else:
        (found,) = rds.describe_db_instances(DBInstanceIdentifier=target)["DBInstances"]
        host, port = found["Endpoint"]["Address"], found["Endpoint"]["Port"]
        name = found.get("DBName")
    known = json.loads(manager.get_secret_value(SecretId=secret)["SecretString"])
    known |= {"engine": found["Engine"], "host": host, "port": port}
    if name:
        known["dbname"] = name
    manager.put_secret_value(SecretId=secret, SecretString=json.dumps(known))
    return Made(secret)


KINDS = {
    "AWS::RDS::DBSubnetGroup": Kind(
        _create_subnet_group, _delete_subnet_group, "DBSubnetGroupName"
    ),
    "AWS::RDS::DBInstance": Kind(
        _create_instance, _delete_instance, "DBInstanceIdentifier", snapshot=_snapshot_instance
    ),
    "AWS::RDS::DBCluster": Kind(
        _create_cluster, _delete_cluster, "DBClusterIdentifier", snapshot=_snapshot_cluster
    ),
    "AWS::SecretsManager::Secret": Kind(
        _create_secret, _delete_secret, "Name", "Description GenerateSecretString SecretString"
    ),
    "AWS::SecretsManager::SecretTargetAttachment": Kind(
        _attach_secret, nothing, properties="SecretId TargetId TargetType"
    ),
}
"""By type."""
