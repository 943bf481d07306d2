"""What an app keeps in its S3 buckets: files that it serves or deploys, artefacts, or data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tapfix.edits import Ref
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.python.values import Value

_PUBLIC = (
    "website_index_document",
    "website_error_document",
    "website_redirect",
    "website_routing_rules",
    "website_configuration",
    "public_read_access",
)
_PUBLIC_NAMES = (
    "bucket_website_url",
    "bucket_website_domain_name",
    "bucket_domain_name",
    "bucket_regional_domain_name",
    "bucket_dual_stack_domain_name",
    "attr_website_url",
    "attr_domain_name",
    "attr_regional_domain_name",
    "attr_dual_stack_domain_name",
    "grant_public_access",
)
"""What is read of a bucket whose objects are served by a web address."""
_SERVE = (
    "aws_cloudfront_origins.",
    "aws_cloudfront.S3OriginConfig",
    "aws_s3_deployment.",
    "aws_codepipeline_actions.",
    "aws_elasticloadbalancingv2.TrustStore",
    "aws_lambda.S3Code",
)
"""What serves, deploys or runs the objects of a bucket that it is given."""
_SOURCES = ("from_bucket", "from_bucket_v2", "s3")
_TAKE_IT_FIRST = (*_SOURCES, "bucket", "S3", "with_")
_GIVEN_AS = ("bucket", "destination_bucket", "s3_bucket_source")
_ARTEFACTS = ("artifact_bucket", "artifact_store", "artifact_stores")


@dataclass(frozen=True, eq=False)
class BucketRoles:
    """Where buckets are handed to what serves them, and to pipelines for their artefacts.

    ``untraced``: something is given a bucket that cannot be followed to where it is made.
    """

    app: App
    served: frozenset[Ref]
    artefacts: frozenset[Ref]
    untraced: bool

    def is_served(self, bucket: Construct) -> bool:
        """Whether what lies in a bucket is deployed there or served from there, or may be."""
        given = (bucket.value(name) for name in _PUBLIC)
        if any(value is not None and value.constant is not False for value in given):
            return True
        uses = self.app.uses(bucket)
        if any(name in _PUBLIC_NAMES for use in uses for name in use.chain):
            return True
        return bool(places(self.app, bucket) & self.served) or (
            self.untraced and _escapes(self.app, bucket)
        )

    def has_artefacts(self, bucket: Construct) -> bool:
        """Whether a pipeline keeps its artefacts in a bucket."""
        return bool(places(self.app, bucket) & self.artefacts)


def places(app: App, construct: Construct) -> frozenset[Ref]:
    """The expressions that are known to be a construct, or something of it."""
    return frozenset((construct.ref, *(use.ref for use in app.uses(construct))))


def read_bucket_roles(app: App) -> BucketRoles:
    """Read what the app's buckets are handed to."""
    serving = list(_serving(app))
    artefacts = [
        part
        for construct in app.constructs
        for value in filter(None, map(construct.value, _ARTEFACTS))
        for part in (value, *(value.keywords or value.entries or {}).values())
    ]
    known = {
        ref for bucket in app.of("aws_s3.Bucket", "aws_s3.CfnBucket") for ref in places(app, bucket)
    }
    untraced = any(
        value.kind == "unknown" and known.isdisjoint(_refs(value))
        for value in (*serving, *artefacts)
    )
    return BucketRoles(app, _all_refs(serving), _all_refs(artefacts), untraced)


def _serving(app: App) -> Iterator[Value]:
    """The values that something is given as the bucket that it serves from or deploys to."""
    resolver = app.evaluator.resolver
    for module in app.cdk_modules:
        for call in module.names.calls:
            symbol = resolver.symbol(module, call.func)
            if not isinstance(symbol, str) or not symbol.startswith("aws_cdk."):
                continue
            name = symbol.removeprefix("aws_cdk.")
            if name.startswith(_SERVE) or name.rpartition(".")[2] in _SOURCES:
                value = app.evaluator.value(module, call)
                named = (value.argument(name) for name in _GIVEN_AS)
                bucket = next(filter(None, named), None)
                if bucket is None and name.rpartition(".")[2].startswith(_TAKE_IT_FIRST):
                    bucket = value.argument("", 0)
                if bucket is not None:
                    yield bucket


def _refs(value: Value) -> tuple[Ref, Ref]:
    return value.ref, value.origin_ref


def _all_refs(values: list[Value]) -> frozenset[Ref]:
    return frozenset(ref for value in values for ref in _refs(value))


def _escapes(app: App, bucket: Construct) -> bool:
    """Whether a bucket goes where names cannot be followed: a dict, a record, an unknown call."""
    return any(
        use.kind == "escape" or (use.value is not None and use.value.kind == "instance")
        for use in app.uses(bucket)
    )
