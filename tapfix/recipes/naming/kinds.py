"""Whether a text that holds a name speaks of the resource that has it, or of another of that name.

``orders`` may be a bucket, a table and a queue. An ARN says which service it means, ``TableName=``
which kind of resource; what says neither may be any.
"""

from __future__ import annotations

import re

# Services whose ARNs and addresses spell them otherwise than their resource types.
_SPELLINGS = {
    "apigateway": ("apigateway", "execute-api"),
    "apigatewayv2": ("apigateway", "execute-api"),
    "cognito": ("cognito-idp", "cognito-identity"),
    "docdb": ("rds", "docdb"),
    "elasticloadbalancingv2": ("elasticloadbalancing",),
    "elasticsearch": ("es",),
    "emr": ("elasticmapreduce",),
    "kinesisfirehose": ("firehose",),
    "msk": ("kafka",),
    "neptune": ("rds", "neptune"),
    "opensearchserverless": ("aoss",),
    "opensearchservice": ("es",),
    "s3objectlambda": ("s3-object-lambda", "s3"),
    "stepfunctions": ("states",),
}
_OTHERS = frozenset(
    [
        "s3",
        "sqs",
        "sns",
        "dynamodb",
        "kinesis",
        "lambda",
        "secretsmanager",
        "iam",
        "ssm",
        "logs",
        "ecr",
        "ecs",
        "states",
        "events",
        "rds",
        "es",
        "aoss",
        "firehose",
        "kms",
        "execute-api",
        "elasticache",
        "redshift",
        "glue",
        "athena",
    ]
)
_NOUNS = frozenset(
    [
        "bucket",
        "table",
        "queue",
        "topic",
        "stream",
        "function",
        "secret",
        "role",
        "cluster",
        "parameter",
        "repository",
        "bus",
    ]
)
# What lies within a database server is no resource of its own, whatever the server is called.
_WITHIN = re.compile(
    r"(?<![a-z])(?:(?:db|database)_?(?:name|schema|user|username)|database|db|schema)(?![a-z_])"
)
_URL = re.compile(r"https?://([\w.-]+\.[a-z]+)(?=[/:?#]|$)")
_ARN = re.compile(r"\barn:[\w-]+:([\w-]+):")
_WORD = re.compile(r"[a-z0-9-]+")


def fits_address(resource: str | None, address: str) -> bool:
    """Whether an ARN or a URL may speak of a resource of a type."""
    own = _services(resource)
    found = set(_ARN.findall(address)) or _OTHERS & _hosts(address)
    own_logs = any(f"/aws/{service}/" in address for service in own)
    return not own or not found or own_logs or bool(found & own)


def is_elsewhere(text: str) -> bool:
    """Whether a text is the URL of a host that is known, and none of AWS."""
    found = _URL.match(text)
    return found is not None and "amazonaws." not in found[1] and ".aws" not in found[1]


def fits_words(argument: str, words: str) -> bool:
    """Whether a keyword, a method or a variable's name may speak of what an argument names."""
    plain = re.sub(r"[^a-z]", "", words.lower())
    own = argument.removesuffix("_name").removesuffix("_identifier").replace("_", "")
    if own in plain:
        return True
    within = "database" not in own and _WITHIN.search(words.lower()) is not None
    return not within and not any(noun in plain for noun in _NOUNS)


def _services(resource: str | None) -> set[str]:
    service = (resource or "").lower().split("::")[1:2]
    return {spelling for name in service for spelling in _SPELLINGS.get(name, (name,))}


def _hosts(address: str) -> set[str]:
    """The words of a URL's scheme and host: ``s3`` and ``dkr``, ``ecr``."""
    return {word for part in address.split("/") for word in _WORD.findall(part.replace(".", " "))}
