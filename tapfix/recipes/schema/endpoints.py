"""The VPC endpoints by which a function asks Secrets Manager for a login."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tapfix.model.app import App
from tapfix.model.python.values import Value
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.schema.places import Seat

_SERVICES = "aws_ec2.InterfaceVpcEndpointAwsService."
_SERVICE = f"{_SERVICES}SECRETS_MANAGER"


def endpoints(app: App, seat: Seat) -> tuple[str, ...] | Obstacle:
    """What a function waits for on its way to Secrets Manager, besides its VPC.

    An endpoint that a VPC's method makes is part of the VPC. One that is closed lets in only whom
    its rules name.
    """
    own = [one for one in app.of("aws_ec2.InterfaceVpcEndpoint") if _is_meant(one.value("service"))]
    opened = (*_opened_by_methods(app), *(one.value("open") for one in own))
    if any(value is not None and value.constant is not True for value in opened):
        return Obstacle("the endpoint of Secrets Manager may not be open to a new function")
    texts = [seat.text(one) if seat.may_wait_for(one) else None for one in own]
    known = tuple(text for text in texts if text is not None)
    if len(known) < len(texts):
        return Obstacle("nothing beside the functions leads to the endpoint of Secrets Manager")
    return known


def _is_meant(service: Value | None) -> bool:
    """Whether an endpoint is that of Secrets Manager, or may be."""
    if service is None or not service.cdk.startswith(_SERVICES):
        return True
    return service.cdk == _SERVICE


def _opened_by_methods(app: App) -> Iterator[Value | None]:
    for module in app.cdk_modules:
        for node in module.names.attributes.get("add_interface_endpoint", ()):
            call = module.names.parents[node]
            if isinstance(call, ast.Call) and call.func is node:
                given = {one.arg: app.evaluator.value(module, one.value) for one in call.keywords}
                if _is_meant(given.get("service")):
                    yield given.get("open")
