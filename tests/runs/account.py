"""Plays CloudFormation and the AWS services behind it: what a template names is made, once.

Buckets, queues and secrets are moto's; a database is one of the real PostgreSQL server, a cache
the real Redis. Everything else gets a name and nothing more: no run needs it.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from tests.poller import Outcome, identifier
from tests.runs.container import Container
from tests.runs.functions import Deployment, Function, Mapped, dead_letter
from tests.runs.postgres import Postgres
from tests.runs.servers import POSTGRES, REDIS

ACCOUNT, REGION = "123456789012", "us-east-1"
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::URLSuffix": "amazonaws.com",
}
_DYNAMIC = re.compile(r"\{\{resolve:secretsmanager:(.+?):SecretString:(\w*)::\}\}")
_PLACEHOLDER = re.compile(r"\$\{([^!}][^}]*)\}")

Values = dict[str, str]
"""What a resource is known by: ``Ref``, and attributes by name."""


class UnknownValue(AssertionError):
    """A template says something in a way that only CloudFormation itself can resolve."""


@dataclass(frozen=True)
class Database:
    """A database that was made: its ``name`` (also without one RDS has ``postgres``)."""

    name: str
    user: str
    details: Mapping[str, object]


@dataclass
class Account:
    """An account and region in which one app is deployed.

    ``url`` is moto's; the databases are at ``postgres``, the cache at ``cache``.
    """

    deployment: Deployment
    url: str
    postgres: Postgres
    cache: str
    python: Path
    databases: dict[str, Database] = field(default_factory=dict)
    _made: dict[str, Values] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """A client of the account's services, for the test."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
        )

    def deploy(self) -> Account:
        """Make every resource of the template; functions are not run."""
        for logical_id in self.deployment.template["Resources"]:
            self.values(logical_id)
        return self

    def values(self, logical_id: str) -> Values:
        """What a resource is known by; it and what it needs are made on first use."""
        if logical_id not in self._made:
            resource = self.deployment.template["Resources"][logical_id]
            make = MAKERS.get(resource["Type"], _named)
            self._made[logical_id] = make(self, logical_id, resource.get("Properties", {}))
        return self._made[logical_id]

    def resolve(self, value: Any) -> str:
        """A template's value as CloudFormation hands it to a service."""
        match value:
            case {"Ref": str(name)}:
                return PSEUDO.get(name) or self.values(name)["Ref"]
            case {"Fn::GetAtt": [str(name), str(attribute)]}:
                return self.values(name).get(attribute, f"{name}.{attribute}")
            case {"Fn::Join": [str(glue), list(parts)]}:
                return self._secrets(glue.join(map(self.resolve, parts)))
            case {"Fn::Sub": str(text)}:
                return _PLACEHOLDER.sub(lambda found: self._placeholder(found[1]), text)
            case str() | int():
                return self._secrets(str(value))
        raise UnknownValue(f"{value} is no value that this account can resolve")

    def _placeholder(self, name: str) -> str:
        logical_id, _, attribute = name.partition(".")
        if attribute:
            return self.resolve({"Fn::GetAtt": [logical_id, attribute]})
        return self.resolve({"Ref": logical_id})

    def _secrets(self, text: str) -> str:
        """A text with what it takes from secrets."""

        def read(found: re.Match[str]) -> str:
            return str(self.secret(found[1])[found[2]])

        return _DYNAMIC.sub(read, text)

    def secret(self, name: str) -> dict[str, Any]:
        """The current content of a secret."""
        answer = self.client("secretsmanager").get_secret_value(SecretId=name)
        content: dict[str, Any] = json.loads(answer["SecretString"])
        return content

    def set_secret(self, name: str, **entries: object) -> None:
        """Give a secret other entries besides those that stay."""
        content = json.dumps({**self.secret(name), **entries})
        self.client("secretsmanager").put_secret_value(SecretId=name, SecretString=content)

    def environment(self, function: Function) -> dict[str, str]:
        """What a function's process sees: the template's variables and Lambda's own."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_LAMBDA_FUNCTION_NAME": function.logical_id,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            **KEYS,
            "LANG": "en_US.UTF-8",
            "LAMBDA_TASK_ROOT": str(function.code),
            "PATH": "/usr/bin:/bin",
            "TZ": ":UTC",
            **{name: self.resolve(value) for name, value in function.variables.items()},
        }

    def start(self, function: Function, **variables: str) -> Container:
        """A fresh container of a function, with ``variables`` besides."""
        environment = {**self.environment(function), **variables}
        # Of two layers the later one counts; the function's own code comes first.
        layers = [layer / "python" for layer in reversed(function.layers)]
        paths = [function.code, *layers]
        return Container(self.python, function.handler, paths, environment, function.timeout)

    def run_schema_functions(self) -> None:
        """Call what the deploy itself calls; raises FunctionError where that fails."""
        functions = self.deployment.schema_functions()
        assert functions, "the deploy calls no function"
        for function in functions:
            with self.start(function) as container:
                assert container.invoke({}).value is None

    def poll(self, mapped: Mapped, container: Container, records: list[dict[str, Any]]) -> Outcome:
        """Play Lambda's poller until all is settled; what was given up is in the queue."""
        outcome = mapped.stream(container).run(records)
        for record in outcome.dead:
            tries = sum(identifier(record) in batch for batch in outcome.batches)
            name = self.resolve(mapped.on_failure).rpartition(":")[2]
            sqs = self.client("sqs")
            sqs.send_message(
                QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"],
                MessageBody=json.dumps(dead_letter(record, mapped, tries)),
            )
        return outcome

    def received(self, mapped: Mapped) -> list[dict[str, Any]]:
        """Take everything out of the queue of what was given up."""
        name = self.resolve(mapped.on_failure).rpartition(":")[2]
        return self.drained(self.client("sqs").get_queue_url(QueueName=name)["QueueUrl"])

    def drained(self, url: str) -> list[dict[str, Any]]:
        """Take everything out of a queue; the bodies, read as JSON."""
        sqs = self.client("sqs")
        found: list[dict[str, Any]] = []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def objects(self) -> dict[str, Any]:
        """What the app's buckets hold: objects read as JSON, by key."""
        s3 = self.client("s3")
        found = {}
        for logical_id, _ in self.deployment.resources("AWS::S3::Bucket"):
            bucket = self.values(logical_id)["Ref"]
            for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
                body = s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"]
                found[entry["Key"]] = json.loads(body.read())
        return found

    def empty(self) -> None:
        """Take out of databases, buckets and queues what runs have put there."""
        for database in self.databases.values():
            self.postgres.empty(database.name, database.user)
        s3 = self.client("s3")
        for logical_id, _ in self.deployment.resources("AWS::S3::Bucket"):
            bucket = self.values(logical_id)["Ref"]
            for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
                s3.delete_object(Bucket=bucket, Key=entry["Key"])
        for logical_id, _ in self.deployment.resources("AWS::SQS::Queue"):
            self.drained(self.values(logical_id)["Ref"])


Maker = Callable[[Account, str, Mapping[str, Any]], Values]


def _named(account: Account, logical_id: str, properties: Mapping[str, Any]) -> Values:
    """Something that no run needs: it has a name."""
    del account, properties
    arn = f"arn:aws:any:{REGION}:{ACCOUNT}:{logical_id}"
    return {"Ref": logical_id, "Arn": arn}


def _bucket(account: Account, logical_id: str, properties: Mapping[str, Any]) -> Values:
    name = account.resolve(properties.get("BucketName", logical_id.lower()))
    account.client("s3").create_bucket(Bucket=name)
    return {"Ref": name, "Arn": f"arn:aws:s3:::{name}"}


def _queue(account: Account, logical_id: str, properties: Mapping[str, Any]) -> Values:
    name = account.resolve(properties.get("QueueName", logical_id))
    url = account.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    return {"Ref": url, "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}", "QueueName": name}


def _secret(account: Account, logical_id: str, properties: Mapping[str, Any]) -> Values:
    content = properties.get("SecretString", "{}")
    if "GenerateSecretString" in properties:
        wanted = properties["GenerateSecretString"]
        entries = json.loads(account.resolve(wanted.get("SecretStringTemplate", "{}")))
        entries[wanted.get("GenerateStringKey", "password")] = secrets.token_hex(16)
        content = json.dumps(entries)
    name = account.resolve(properties.get("Name", logical_id))
    answer = account.client("secretsmanager").create_secret(Name=name, SecretString=content)
    return {"Ref": answer["ARN"]}


def _attachment(account: Account, logical_id: str, properties: Mapping[str, Any]) -> Values:
    """Adds to a secret where the database is, as CloudFormation does."""
    del logical_id
    secret = account.resolve(properties["SecretId"])
    account.resolve(properties["TargetId"])
    database = account.databases[properties["TargetId"]["Ref"]]
    account.set_secret(secret, **database.details)
    return {"Ref": secret}


def _database(account: Account, logical_id: str, properties: Mapping[str, Any]) -> Values:
    user = account.resolve(properties["MasterUsername"])
    password = account.resolve(properties["MasterUserPassword"])
    name = properties.get("DBName", "postgres")
    identifier = account.resolve(properties.get("DBInstanceIdentifier", logical_id.lower()))
    host = account.postgres.address
    details = {
        "engine": properties["Engine"],
        "host": host,
        "port": POSTGRES,
        "dbInstanceIdentifier": identifier,
    }
    if "DBName" in properties:  # else the secret says nothing of it
        details["dbname"] = name
    account.postgres.create_database(name, user, password)
    account.databases[logical_id] = Database(name, user, details)
    return {"Ref": identifier, "Endpoint.Address": host, "Endpoint.Port": str(POSTGRES)}


def _cache(account: Account, logical_id: str, properties: Mapping[str, Any]) -> Values:
    assert properties.get("Port", REDIS) == REDIS, "the Redis of the test has another port"
    found = {"Ref": logical_id}
    for end in ("RedisEndpoint", "PrimaryEndPoint", "ReaderEndPoint", "ConfigurationEndPoint"):
        found |= {f"{end}.Address": account.cache, f"{end}.Port": str(REDIS)}
    return found


MAKERS: dict[str, Maker] = {
    "AWS::ElastiCache::CacheCluster": _cache,
    "AWS::ElastiCache::ReplicationGroup": _cache,
    "AWS::RDS::DBInstance": _database,
    "AWS::S3::Bucket": _bucket,
    "AWS::SQS::Queue": _queue,
    "AWS::SecretsManager::Secret": _secret,
    "AWS::SecretsManager::SecretTargetAttachment": _attachment,
}
