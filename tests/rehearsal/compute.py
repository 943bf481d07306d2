"""Functions and what calls them, roles, user pools and load balancers."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from tests.rehearsal.cloud import client, is_there
from tests.rehearsal.kinds import Kind, Made, Order, Refused, take


def _create_role(order: Order) -> Made:
    name, iam, wanted = order.name("RoleName"), client("iam"), order.properties
    role = iam.create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps(wanted["AssumeRolePolicyDocument"])
    )["Role"]
    for arn in wanted.get("ManagedPolicyArns", ()):
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    for policy in wanted.get("Policies", ()):
        _put_policy(name, policy)
    return Made(name, {"Arn": role["Arn"], "RoleId": role["RoleId"]})


def _delete_role(order: Order, made: Made) -> None:
    iam = client("iam")
    for arn in order.properties.get("ManagedPolicyArns", ()):
        iam.detach_role_policy(RoleName=made.ref, PolicyArn=arn)
    for policy in order.properties.get("Policies", ()):
        iam.delete_role_policy(RoleName=made.ref, PolicyName=policy["PolicyName"])
    iam.delete_role(RoleName=made.ref)


def _create_policy(order: Order) -> Made:
    for role in order.properties["Roles"]:
        _put_policy(role, order.properties)
    return Made(order.properties["PolicyName"])


def _delete_policy(order: Order, made: Made) -> None:
    for role in order.properties["Roles"]:
        client("iam").delete_role_policy(RoleName=role, PolicyName=made.ref)


def _put_policy(role: str, policy: Mapping[str, Any]) -> None:
    client("iam").put_role_policy(
        RoleName=role,
        PolicyName=policy["PolicyName"],
        PolicyDocument=json.dumps(policy["PolicyDocument"]),
    )


def _create_function(order: Order) -> Made:
    name, wanted = order.name("FunctionName"), order.properties
    more: dict[str, Any] = {"FunctionName": name, "Code": wanted["Code"]}
    if text := wanted["Code"].get("ZipFile"):
        suffix = "py" if wanted["Runtime"].startswith("python") else "js"
        more["Code"] = {"ZipFile": _zipped(f"index.{suffix}", text)}
    if tags := wanted.get("Tags"):
        more["Tags"] = {tag["Key"]: tag["Value"] for tag in tags}
    answer = order.call("lambda", "create_function", **more)
    group = wanted.get("LoggingConfig", {}).get("LogGroup")
    order.cloud.log_groups[name] = group or f"/aws/lambda/{name}"
    return Made(name, {"Arn": answer["FunctionArn"]})


def _zipped(name: str, text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, text)
    return buffer.getvalue()


def _create_version(order: Order) -> Made:
    answer = order.call("lambda", "publish_version")
    return Made(answer["FunctionArn"], {"Version": answer["Version"]})


def _delete_version(order: Order, made: Made) -> None:
    name, version = order.properties["FunctionName"], made.attributes["Version"]
    client("lambda").delete_function(FunctionName=name, Qualifier=version)


def _create_layer(order: Order) -> Made:
    name = order.name("LayerName")
    answer = order.call("lambda", "publish_layer_version", LayerName=name)
    return Made(answer["LayerVersionArn"])


def _delete_layer(_: Order, made: Made) -> None:
    name, version = made.ref.split(":")[-2:]
    client("lambda").delete_layer_version(LayerName=name, VersionNumber=int(version))


def _create_mapping(order: Order) -> Made:
    return Made(order.call("lambda", "create_event_source_mapping")["UUID"])


def _create_permission(order: Order) -> Made:
    statement = order.name("Id")
    order.call("lambda", "add_permission", StatementId=statement)
    return Made(statement)


def _delete_permission(order: Order, made: Made) -> None:
    name = order.properties["FunctionName"]
    client("lambda").remove_permission(FunctionName=name, StatementId=made.ref)


def _create_url(order: Order) -> Made:
    rename = {"TargetFunctionArn": "FunctionName"}
    answer = order.call("lambda", "create_function_url_config", rename=rename)
    return Made(answer["FunctionArn"], {"FunctionUrl": answer["FunctionUrl"]})


def _delete_url(order: Order, _: Made) -> None:
    name = order.properties["TargetFunctionArn"]
    client("lambda").delete_function_url_config(FunctionName=name)


def _create_rule(order: Order) -> Made:
    name, wanted, events = order.name("Name"), order.properties, client("events")
    bus = _bus(order)
    missing = "ResourceNotFoundException"
    take(is_there(missing, "events", "describe_rule", Name=name, **bus), "rule", name)
    pattern = wanted.get("EventPattern")
    more: dict[str, Any] = {"EventPattern": json.dumps(pattern)} if pattern else {}
    answer = order.call("events", "put_rule", without="Targets", Name=name, **more)
    if targets := wanted.get("Targets"):
        events.put_targets(Rule=name, Targets=targets, **bus)
    return Made(name, {"Arn": answer["RuleArn"]})


def _delete_rule(order: Order, made: Made) -> None:
    events, bus = client("events"), _bus(order)
    if targets := order.properties.get("Targets"):
        events.remove_targets(Rule=made.ref, Ids=[one["Id"] for one in targets], **bus)
    events.delete_rule(Name=made.ref, **bus)


def _bus(order: Order) -> dict[str, Any]:
    """The bus that a rule is on, as calls name it."""
    bus = order.properties.get("EventBusName")
    return {"EventBusName": bus} if bus else {}


def _create_bus(order: Order) -> Made:
    arn = order.call("events", "create_event_bus")["EventBusArn"]
    return Made(order.properties["Name"], {"Arn": arn, "Name": order.properties["Name"]})


def _create_pool(order: Order) -> Made:
    rename = {"UserPoolName": "PoolName"}
    name = order.name("UserPoolName")
    pool = order.call("cognito-idp", "create_user_pool", rename=rename, PoolName=name)["UserPool"]
    return Made(pool["Id"], {"Arn": pool["Arn"], "UserPoolId": pool["Id"]})


def _delete_pool(_: Order, made: Made) -> None:
    cognito = client("cognito-idp")
    pool = cognito.describe_user_pool(UserPoolId=made.ref)["UserPool"]
    if pool.get("DeletionProtection") == "ACTIVE":
        raise Refused(f"user pool {pool['Name']} is protected from deletion")
    cognito.delete_user_pool(UserPoolId=made.ref)


def _create_balancer(order: Order) -> Made:
    name = order.name("Name", limit=32)[:32].strip("-")
    missing = "LoadBalancerNotFound"
    found = is_there(missing, "elbv2", "describe_load_balancers", Names=[name])
    take(found, "load balancer", name)
    (answer,) = order.call(
        "elbv2", "create_load_balancer", without="LoadBalancerAttributes", Name=name
    )["LoadBalancers"]
    arn = answer["LoadBalancerArn"]
    if attributes := order.properties.get("LoadBalancerAttributes"):
        client("elbv2").modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=attributes)
    return Made(arn, {"LoadBalancerArn": arn, "DNSName": answer["DNSName"]})


def _delete_balancer(_: Order, made: Made) -> None:
    balancers = client("elbv2")
    found = balancers.describe_load_balancer_attributes(LoadBalancerArn=made.ref)["Attributes"]
    if {"Key": "deletion_protection.enabled", "Value": "true"} in found:
        raise Refused(f"load balancer {made.ref} is protected from deletion")
    balancers.delete_load_balancer(LoadBalancerArn=made.ref)


def _create_listener(order: Order) -> Made:
    (answer,) = order.call("elbv2", "create_listener")["Listeners"]
    return Made(answer["ListenerArn"], {"ListenerArn": answer["ListenerArn"]})


KINDS = {
    "AWS::IAM::Role": Kind(
        _create_role,
        _delete_role,
        "RoleName",
        "AssumeRolePolicyDocument ManagedPolicyArns Policies",
    ),
    "AWS::IAM::Policy": Kind(
        _create_policy, _delete_policy, properties="PolicyDocument PolicyName Roles"
    ),
    "AWS::Lambda::Function": Kind(
        _create_function,
        lambda _, made: client("lambda").delete_function(FunctionName=made.ref),
        "FunctionName",
    ),
    "AWS::Lambda::Version": Kind(_create_version, _delete_version),
    "AWS::Lambda::LayerVersion": Kind(_create_layer, _delete_layer, "LayerName"),
    "AWS::Lambda::EventSourceMapping": Kind(
        _create_mapping,
        lambda _, made: client("lambda").delete_event_source_mapping(UUID=made.ref),
    ),
    "AWS::Lambda::Permission": Kind(_create_permission, _delete_permission),
    "AWS::Lambda::Url": Kind(_create_url, _delete_url),
    "AWS::Events::Rule": Kind(_create_rule, _delete_rule, "Name"),
    "AWS::Events::EventBus": Kind(
        _create_bus, lambda _, made: client("events").delete_event_bus(Name=made.ref), "Name"
    ),
    "AWS::Cognito::UserPool": Kind(_create_pool, _delete_pool, "UserPoolName"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Kind(_create_balancer, _delete_balancer, "Name"),
    "AWS::ElasticLoadBalancingV2::Listener": Kind(
        _create_listener,
        lambda _, made: client("elbv2").delete_listener(ListenerArn=made.ref),
    ),
}
"""By type."""
