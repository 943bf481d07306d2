"""Which properties of a template each rule's fix may change: all else is a change too many."""

from __future__ import annotations

import re

from tests.synthesis import Difference

_POLICIES = r"(DeletionPolicy|UpdateReplacePolicy)"
_RIGHTS = r"Properties\.(PolicyDocument|ManagedPolicyArns).*"
_PROTECTION = r"Properties\.(\w+\.|\w+\[\d+\]\.)*\w*(DeletionProtection|deletion_protection)\w*"

CLAIMED = {
    # auto_delete_objects tags the bucket, lets its helper in by policy, and adds that helper.
    "TAP002": rf"{_POLICIES}|Properties\.Tags.*|DependsOn.*",
    "TAP003": r"Properties\.DeletionProtection",
    # CDK switches protection on by itself where the policy is RETAIN.
    "TAP004": rf"{_POLICIES}|Properties\.DeletionProtection",
    "TAP005": r"Properties\.(BackupRetentionPeriod|DeleteAutomatedBackups)",
    "TAP006": r"Properties\.Snapshot\w+",
    "TAP007": rf"{_POLICIES}|Properties\.RemovalPolicy",
    "TAP008": r"Properties\.(Code\..*|Handler)",
    # A grant changes the role's policy, and the function waits for that.
    "TAP009": rf"DependsOn.*|{_RIGHTS}",
    # The function's role may send to the new queue, and the function waits for its policy.
    "TAP015": r"Properties\.(MaximumRetryAttempts|BisectBatchOnFunctionError"
    r"|MaximumRecordAgeInSeconds|DestinationConfig|FunctionResponseTypes|RedrivePolicy"
    r"|PolicyDocument).*|DependsOn.*",
    "TAP012": rf"Properties\.(Code|Environment).*|DependsOn.*|{_RIGHTS}",
    "TAP013": r"Properties\.(Code|FunctionResponseTypes).*",
    "TAP014": r"Properties\.Layers.*",
    "TAP010": rf"Properties\.VpcConfig.*|DependsOn.*|{_RIGHTS}",
    "TAP011": r"Properties\.SecurityGroup(In|E)gress.*|DependsOn.*",
    "TAP016": r"Properties\.LifecycleConfiguration.*",
    "TAP018": r"Properties\.\w*(Encrypt|SSE|Sse)\w*.*",
    # The functions wait for the tables, with all that CDK makes for them.
    "TAP019": r"DependsOn.*|Properties\.VpcConfig\.SecurityGroupIds.*",
    "TAP020": r"Properties\.Code.*",
    # A load balancer has its protection among its attributes.
    "TAP021": rf"{_POLICIES}|{_PROTECTION}|Properties\.(EmptyOnDelete|LoadBalancerAttributes.*)",
}
"""Property paths by code."""

# What one stack tells another.
_EXPORTS = r"Outputs/(ExportsOutput.*|\w+[0-9A-F]{8}(GroupId|Ref|Arn))"
_HELPERS = r".*(Policy/Resource|AutoDeleteObjects\w*).*"
# What creates tables, the groups that it and the functions get, and the rules for these.
_TABLES = (
    rf".*Schema(Logs)?/.*|.*SecurityGroup/Resource|.*[Ll]ayer/Resource|.*/from .*|{_EXPORTS}"
    r"|.*/to .*|.*TriggerCustomResourceProvider.*|.*:\d+ to"
)
# A stream that says nothing about its encryption brings a condition on the region.
_REGIONS = r"Conditions/AwsCdkKinesisEncryptedStreamsUnsupportedRegions"
# The function that keeps log groups may delete them only if one of them is to go.
_LOG_HELPER = r".*/LogRetention\w+/ServiceRole/DefaultPolicy/Resource"
ADDED = {
    "TAP002": _HELPERS,
    "TAP007": _LOG_HELPER,
    "TAP009": rf".*/DefaultPolicy/Resource|{_EXPORTS}",
    "TAP012": rf".*/DefaultPolicy/Resource|{_EXPORTS}",
    "TAP015": r".*(DeadLetterQueue|Role/DefaultPolicy)/Resource",
    # The function's own security group, and what lets a default role into the VPC.
    "TAP010": rf".*SecurityGroup/Resource|{_EXPORTS}",
    "TAP011": rf".*/from .*|.*:\d+ to|.*/to .*|{_EXPORTS}",
    "TAP017": r"Outputs/.*",
    "TAP014": r".*[Ll]ayer/Resource",
    "TAP018": _REGIONS,
    "TAP019": _TABLES,
    "TAP021": _HELPERS,
}
"""Whole entries, by construct path or section and name, that a fix may add or take away."""


def unclaimed(code: str, changes: Difference) -> Difference:
    """The changes that a rule's fix has no business making."""
    return {place: change for place, change in changes.items() if not _is_claimed(code, *place)}


def _is_claimed(code: str, resource: str, path: str) -> bool:
    if re.fullmatch(ADDED.get(code, "(?!)"), resource) is not None:
        return True
    return re.fullmatch(CLAIMED.get(code, "(?!)"), path) is not None
