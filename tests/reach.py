"""What a template lets functions read, and which data stores let them in, across stacks.

A function needs what it is told of: the resources in its variables, and the event sources that
feed it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.templates import Templates, meant, properties, resources

READING = {
    "AWS::DynamoDB::Table": "dynamodb:GetRecords",
    "AWS::Kinesis::Stream": "kinesis:GetRecords",
    "AWS::SQS::Queue": "sqs:ReceiveMessage",
}
"""What a mapping's function must be allowed to do with its source."""

USING = {
    "AWS::DynamoDB::GlobalTable": "dynamodb:",
    "AWS::DynamoDB::Table": "dynamodb:",
    "AWS::Kinesis::Stream": "kinesis:",
    "AWS::S3::Bucket": "s3:",
    "AWS::SNS::Topic": "sns:",
    "AWS::SQS::Queue": "sqs:",
    "AWS::SecretsManager::Secret": "secretsmanager:GetSecretValue",
}
"""How an action begins that a function needs for what its variables name."""

STORES = {
    "AWS::ElastiCache::CacheCluster": "VpcSecurityGroupIds",
    "AWS::ElastiCache::ReplicationGroup": "SecurityGroupIds",
    "AWS::RDS::DBCluster": "VpcSecurityGroupIds",
    "AWS::RDS::DBInstance": "VPCSecurityGroups",
}
"""What is reachable only within a VPC, and which property has its security groups."""

PORTS = {"postgres": 5432, "mysql": 3306, "redis": 6379, "valkey": 6379, "memcached": 11211}

MANAGED = {"AWSLambdaExecute": "s3:", "AWSLambdaVPCAccessExecutionRole": "ec2:"}
"""AWS's own policies that examples attach, and of which service they let functions use all."""

_ATTACHED = "AWS::SecretsManager::SecretTargetAttachment"


@dataclass(frozen=True)
class Function:
    """A function of an app: its label, settings and the labels of its variables' resources."""

    label: str
    settings: Mapping[str, Any]
    told: frozenset[str]

    @property
    def stack(self) -> str:
        return self.label.partition("/")[0]

    @property
    def network(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.settings.get("VpcConfig", {})
        return found


def functions(templates: Templates) -> Iterator[Function]:
    """Every function; what is told of a secret is told of the database it is attached to."""
    made = dict(resources(templates))
    for label, resource in resources(templates, "AWS::Lambda::Function"):
        settings = properties(resource)
        told = meant(templates, label.partition("/")[0], settings.get("Environment", {}))
        for name, secret, database in attachments(templates):
            if told & {name, *secret}:
                told |= secret | database
        yield Function(label, settings, frozenset(told & made.keys()))


def attachments(templates: Templates) -> Iterator[tuple[str, set[str], set[str]]]:
    """What ties a secret to a database: its own label, the secret's and the database's."""
    for label, attachment in resources(templates, _ATTACHED):
        stack, own = label.partition("/")[0], properties(attachment)
        secret = meant(templates, stack, own["SecretId"])
        yield label, secret, meant(templates, stack, own["TargetId"])


# Rights


def missing_rights(templates: Templates) -> Iterator[str]:
    """A line for everything that a function needs and that no policy of its role allows."""
    made = dict(resources(templates))
    for function in functions(templates):
        allowed = rights(templates, function)
        for name in sorted(function.told):
            wanted = USING.get(made[name]["Type"])
            everywhere = wanted in managed(templates, function)
            named = any(to == name and do.startswith(wanted or "") for do, to in allowed)
            if wanted and not everywhere and not named:
                yield f"{function.label}: {wanted} on {name}"
        for wanted, name in sorted(fed_by(templates, function.label)):
            if (wanted, name) not in allowed:
                yield f"{function.label}: {wanted} on {name}"
        if function.network and "ec2:" not in managed(templates, function):
            yield f"{function.label}: network interfaces"


def fed_by(templates: Templates, function: str) -> set[tuple[str, str]]:
    """The actions, each with a resource's label, that a function's event sources ask for."""
    made = dict(resources(templates))
    found = set()
    for label, mapping in resources(templates, "AWS::Lambda::EventSourceMapping"):
        stack, own = label.partition("/")[0], properties(mapping)
        if function in meant(templates, stack, own["FunctionName"]):
            sources = meant(templates, stack, own["EventSourceArn"])
            found |= {(READING[made[one]["Type"]], one) for one in sources}
            failed = meant(templates, stack, own.get("DestinationConfig", {}))
            found |= {("sqs:SendMessage", one) for one in failed}
    return found


def rights(templates: Templates, function: Function) -> set[tuple[str, str]]:
    """Actions that a function's role is allowed, each with the label of the resource.

    A statement for every resource (``*``) names none.
    """
    role = role_of(templates, function)
    found = set()
    for stack, statement in statements(templates, role):
        if statement["Effect"] == "Allow":
            actions = statement["Action"]
            names = meant(templates, stack, statement["Resource"])
            for name, secret, _ in attachments(templates):
                names |= secret if name in names else set()  # the ARN of either is the same
            for action in [actions] if isinstance(actions, str) else actions:
                found |= {(action, name) for name in names}
    return found


def statements(templates: Templates, role: set[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The statements of a role's policies, each with the stack that it stands in."""
    for label, policy in resources(templates, "AWS::IAM::Policy"):
        stack, own = label.partition("/")[0], properties(policy)
        if meant(templates, stack, own.get("Roles", [])) & role:
            yield from ((stack, statement) for statement in own["PolicyDocument"]["Statement"])


def role_of(templates: Templates, function: Function) -> set[str]:
    return meant(templates, function.stack, function.settings["Role"])


def managed(templates: Templates, function: Function) -> set[str]:
    """The services of which managed policies of a function's role allow what functions need."""
    made = dict(resources(templates))
    roles = [properties(made[name]) for name in role_of(templates, function)]
    attached = str([role.get("ManagedPolicyArns") for role in roles])
    return {service for policy, service in MANAGED.items() if policy in attached}


# Networks


def stores_of(templates: Templates, function: Function) -> list[str]:
    """The labels of the data stores that a function is told of."""
    made = dict(resources(templates))
    return sorted(name for name in function.told if made[name]["Type"] in STORES)


def outside(templates: Templates) -> Iterator[str]:
    """A line for every function that is told of a data store and is not in private subnets."""
    made = dict(resources(templates))
    for function in functions(templates):
        subnets = function.network.get("SubnetIds", [])
        names = meant(templates, function.stack, subnets)
        public = [name for name in names if properties(made[name]).get("MapPublicIpOnLaunch")]
        placed = subnets and function.network.get("SecurityGroupIds") and not public
        if stores_of(templates, function) and not placed:
            yield function.label


def shut_out(templates: Templates) -> Iterator[str]:
    """A line for every data store that does not let in a function which is told of it."""
    for function in functions(templates):
        groups = meant(templates, function.stack, function.network.get("SecurityGroupIds", []))
        for store in stores_of(templates, function):
            if not lets_in(templates, store, groups):
                yield f"{function.label} to {store}"


def lets_in(templates: Templates, store: str, groups: set[str]) -> bool:
    """Whether a rule of a store's groups opens its port to one of other groups, or its VPC."""
    made = dict(resources(templates))
    stack, own = store.partition("/")[0], properties(made[store])
    guards = meant(templates, stack, own.get(STORES[made[store]["Type"]], []))
    ports = [port for engine, port in PORTS.items() if engine in own["Engine"]]
    for guard, where, rule in ingress(templates):
        port = rule["FromPort"]
        fits = port in [own.get("Port"), *ports] or store in meant(templates, where, port)
        peers = meant(templates, where, rule.get("SourceSecurityGroupId", {}))
        whole = {made[name]["Type"] for name in meant(templates, where, rule.get("CidrIp", {}))}
        if guard in guards and fits and (peers & groups or whole == {"AWS::EC2::VPC"}):
            return True
    return False


def ingress(templates: Templates) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Every rule that lets somebody in: the group's label, the rule's stack, the rule."""
    for label, rule in resources(templates, "AWS::EC2::SecurityGroupIngress"):
        stack, own = label.partition("/")[0], properties(rule)
        yield from ((group, stack, own) for group in meant(templates, stack, own["GroupId"]))
    for label, group in resources(templates, "AWS::EC2::SecurityGroup"):
        for rule in properties(group).get("SecurityGroupIngress", []):
            yield label, label.partition("/")[0], rule
