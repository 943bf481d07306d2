"""Whether a function can ask Secrets Manager: with boto3 at hand, and a way out of its VPC."""

from __future__ import annotations

import re

from tapfix.model.access.datastores import DataStore, subnet_types, types_of_network
from tapfix.model.access.needs import handlers_of
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.references import reference
from tapfix.recipes.arguments import Obstacle

_EGRESS = "PRIVATE_WITH_EGRESS"
_OLD = re.compile(r"python:?3\.[678]\b")
_ENDPOINT = "aws_ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER"


def without_way_out(store: DataStore, function: Construct) -> Obstacle | None:
    """Why a function may not reach Secrets Manager from the VPC that it is in, or has to be in.

    It has to be in that of the data store, unless this is public.
    """
    app, outside = store.app, function.lacks("vpc")
    if _has_endpoint(app) or (outside and store.is_public):
        return None
    given = store.network if outside else function.value("vpc")
    chosen = None if outside else function.value("vpc_subnets")
    found = reference(app, given.module, given.node) if given is not None else None
    network = found.construct if found is not None and not found.chain else None
    known = types_of_network(network) if network is not None else None
    if outside and known is None:
        return None
    kinds = subnet_types(chosen, network) if chosen is not None else known
    gateways = network.value("nat_gateways") if network is not None else None
    has_gateway = gateways is None or gateways.constant != 0
    leads = kinds is not None and _EGRESS in kinds and (chosen is None or kinds == {_EGRESS})
    if leads and has_gateway and (known is None or _EGRESS in known):
        return None
    return Obstacle(
        "its subnets may have no way out to Secrets Manager: they need a NAT gateway or a VPC"
        " endpoint first"
    )


def _has_endpoint(app: App) -> bool:
    """Whether the one VPC of the app has an endpoint for Secrets Manager."""
    if len(app.of("aws_ec2.Vpc")) != 1:
        return False
    return any(
        app.evaluator.value(module, node).cdk == _ENDPOINT
        for module in app.cdk_modules
        for node in module.names.attributes.get("SECRETS_MANAGER", ())
    )


def without_boto3(app: App, function: Construct) -> Obstacle | None:
    """Why boto3 may be missing: AWS's own images have it, as its runtimes do."""
    for made in app.functions:
        if made.construct is not function or made.code != "image":
            continue
        dockerfile = app.files.get(f"{made.path}/Dockerfile", b"")
        imported = any(
            name.partition(".")[0] == "boto3"
            for handler in handlers_of(app, function)
            for module in handler.modules
            for name in module.names.imports
        )
        if b"lambda/python" not in dockerfile and not imported:
            return Obstacle("its image may lack boto3")
    return None


def without_cache(app: App, function: Construct) -> Obstacle | None:
    """Why ``functools.cache``, which came with Python 3.9, may be missing."""
    for made in app.functions:
        if made.construct is function:
            dockerfile = app.files.get(f"{made.path}/Dockerfile", b"")
            told = dockerfile.decode("utf-8", "replace") if made.code == "image" else made.runtime
            if _OLD.search(told or "") is not None:
                return Obstacle("functools.cache needs Python 3.9")
    return None
