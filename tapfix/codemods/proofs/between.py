"""What resources have to do with each other, over all stacks of an app: who refers to whom, who may
do what, who reaches what."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from tapfix.proof import Template, Templates, resources, said


class Place(NamedTuple):
    """A resource by its stack and logical id."""

    stack: str
    logical_id: str


STORES = {
    "AWS::RDS::DBInstance": "VPCSecurityGroups",
    "AWS::RDS::DBCluster": "VpcSecurityGroupIds",
    "AWS::DocDB::DBCluster": "VpcSecurityGroupIds",
    "AWS::Neptune::DBCluster": "VpcSecurityGroupIds",
    "AWS::Redshift::Cluster": "VpcSecurityGroupIds",
    "AWS::ElastiCache::CacheCluster": "VpcSecurityGroupIds",
    "AWS::ElastiCache::ReplicationGroup": "SecurityGroupIds",
    "AWS::ElastiCache::ServerlessCache": "SecurityGroupIds",
    "AWS::MSK::Cluster": "BrokerNodeGroupInfo",
}
"""Data stores that lie in a VPC, and the property that holds their security groups."""

_WHOLE = ("AdministratorAccess", "PowerUserAccess")
_MANAGED = {
    "kinesis:GetRecords": "AWSLambdaKinesisExecutionRole",
    "dynamodb:GetRecords": "AWSLambdaDynamoDBExecutionRole",
    "sqs:ReceiveMessage": "AWSLambdaSQSQueueExecutionRole",
    "ec2:CreateNetworkInterface": "AWSLambdaVPCAccessExecutionRole",
    "secretsmanager:GetSecretValue": "SecretsManagerReadWrite",
}
"""The managed policies by an action that they allow on everything."""
_NARROW = ("AWSLambdaBasicExecutionRole", "AWSXRayDaemonWriteAccess", *_MANAGED.values())
"""The managed policies that allow nothing but what is known of them."""


@dataclass(frozen=True)
class Between:
    """The templates of an app as one net."""

    templates: Templates

    def at(self, place: Place) -> Mapping[str, Any]:
        """The resource at a place; empty if there is none."""
        found: Mapping[str, Any] = (
            self.templates.get(place.stack, {}).get("Resources", {}).get(place.logical_id, {})
        )
        return found

    def of(self, *kinds: str) -> Iterator[tuple[Place, Mapping[str, Any]]]:
        """The resources of some types with their properties."""
        for stack, logical_id, body in resources(self.templates, *kinds):
            yield Place(stack, logical_id), said(body)

    @cached_property
    def _exports(self) -> Mapping[str, tuple[str, Any]]:
        """The stack and the value of each export."""
        return {
            output["Export"]["Name"]: (stack, output["Value"])
            for stack, template in self.templates.items()
            for output in _outputs(template)
            if isinstance(output.get("Export", {}).get("Name"), str)
        }

    def targets(self, stack: str, part: Any) -> set[Place]:
        """The resources that a part of a stack's template refers to, those of other stacks too."""
        match part:
            case {"Ref": str(target)} | {"Fn::GetAtt": [str(target), *_]}:
                place = Place(stack, target)
                return {place} if self.at(place) else set()
            case {"Fn::ImportValue": str(name)} if name in self._exports:
                return self.targets(*self._exports[name])
            case dict():
                return {one for entry in part.values() for one in self.targets(stack, entry)}
            case list():
                return {one for entry in part for one in self.targets(stack, entry)}
        return set()

    # Rights

    def may(self, function: Place, action: str, on: set[Place] | None = None) -> bool:
        """Whether a function's role allows an action, on one of some resources or on all.

        ``*`` is any action. A role that is not in the templates is taken to allow it.
        """
        roles = self.targets(function.stack, said(self.at(function)).get("Role"))
        return not roles or any(self._allows(role, action, on) for role in roles)

    def _allows(self, role: Place, action: str, on: set[Place] | None) -> bool:
        managed = [str(arn) for arn in said(self.at(role)).get("ManagedPolicyArns", [])]
        if action == "*":
            # What a policy of AWS allows besides is not in the template.
            allows = [arn for arn in managed if not any(name in arn for name in _NARROW)]
        else:
            names = [*_WHOLE, *filter(None, [_MANAGED.get(action)])]
            allows = [arn for arn in managed if any(name in arn for name in names)]
        if allows:
            return True
        return any(
            statement.get("Effect") == "Allow"
            and (action == "*" or _matches(statement.get("Action", []), action))
            and (_is_everything(statement) or on is None or bool(self._on(stack, statement) & on))
            for stack, statement in self._statements(role)
        )

    def _on(self, stack: str, statement: Mapping[str, Any]) -> set[Place]:
        return self.targets(stack, statement.get("Resource"))

    def _statements(self, role: Place) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for policy in said(self.at(role)).get("Policies", []):
            for statement in _listed(policy["PolicyDocument"].get("Statement", [])):
                yield role.stack, statement
        for place, policy in self.of("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
            given = said(self.at(role)).get("ManagedPolicyArns")
            if role in self.targets(place.stack, policy.get("Roles")) or (
                place in self.targets(role.stack, given)
            ):
                for statement in _listed(policy["PolicyDocument"].get("Statement", [])):
                    yield place.stack, statement

    # What functions reach

    def secrets(self, function: Place) -> set[Place]:
        """The secrets that a function is told of by its variables."""
        told = self.told(function)
        kinds = ("AWS::SecretsManager::Secret", "AWS::SecretsManager::SecretTargetAttachment")
        return {place for place in told if self.at(place)["Type"] in kinds}

    def same_secret(self, secret: Place) -> set[Place]:
        """A secret with what attaches it, or an attachment with its secret."""
        found = {secret}
        for place, attachment in self.of("AWS::SecretsManager::SecretTargetAttachment"):
            of = self.targets(place.stack, attachment.get("SecretId"))
            if place in found or of & found:
                found |= {place, *of}
        return found

    def stores(self, function: Place) -> set[Place]:
        """The data stores in a VPC that a function is told of: their endpoints, or their secret."""
        told = self.told(function)
        for secret in self.secrets(function):
            told |= self._opened_by(self.same_secret(secret))
        return {
            place
            for place in told
            if self.at(place)["Type"] in STORES
            if said(self.at(place)).get("PubliclyAccessible") is not True
        }

    def told(self, function: Place) -> set[Place]:
        """The resources that a function's variables name."""
        variables = said(self.at(function)).get("Environment", {})
        return self.targets(function.stack, variables)

    def _opened_by(self, secrets: set[Place]) -> set[Place]:
        """The data stores that secrets are for."""
        opened: set[Place] = set()
        for place, attachment in self.of("AWS::SecretsManager::SecretTargetAttachment"):
            if place in secrets:
                opened |= self.targets(place.stack, attachment.get("TargetId"))
        for place, store in self.of(*STORES):
            if self.targets(place.stack, store.get("MasterUserPassword")) & secrets:
                opened.add(place)
        return opened

    # Security groups

    def lets_in(self, store: Place, function: Place) -> bool:
        """Whether a data store's security groups let a function's in; unknown ones do."""
        guards = self.targets(store.stack, said(self.at(store)).get(STORES[self.at(store)["Type"]]))
        own = said(self.at(function)).get("VpcConfig", {}).get("SecurityGroupIds")
        groups = self.targets(function.stack, own)
        return not guards or any(
            sources is None or bool(sources & groups) for sources in self._sources(guards)
        )

    def _sources(self, guards: set[Place]) -> Iterator[set[Place] | None]:
        """For each ingress rule of some groups whom it lets in; None: addresses."""
        for guard in guards:
            for rule in said(self.at(guard)).get("SecurityGroupIngress", []):
                yield self._source(guard.stack, rule)
        for place, rule in self.of("AWS::EC2::SecurityGroupIngress"):
            if self.targets(place.stack, rule.get("GroupId")) & guards:
                yield self._source(place.stack, rule)

    def _source(self, stack: str, rule: Mapping[str, Any]) -> set[Place] | None:
        group = rule.get("SourceSecurityGroupId")
        return self.targets(stack, group) if group is not None else None


_OF_CDK = re.compile(
    r"[0-9a-fA-F]{32}(/|$)|(^|/)Custom::|CustomResourceProvider(/|$)|(^|/)(framework-|waiter-state-machine|DrainECSHook/)"
)
"""Paths of what CDK makes for its own work: once for a stack, or for a provider."""


def is_of_cdk(resource: Mapping[str, Any]) -> bool:
    """Whether CDK made a resource for itself, so that no line of an app tells what it is like."""
    return _OF_CDK.search(str(resource.get("Metadata", {}).get("aws:cdk:path", ""))) is not None


def _outputs(template: Template) -> Iterator[Mapping[str, Any]]:
    yield from template.get("Outputs", {}).values()


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _matches(patterns: Any, action: str) -> bool:
    return any(
        fnmatch.fnmatchcase(action.lower(), str(pattern).lower()) for pattern in _listed(patterns)
    )


def _is_everything(statement: Mapping[str, Any]) -> bool:
    return "*" in _listed(statement.get("Resource", []))
