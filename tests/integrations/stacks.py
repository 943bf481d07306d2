"""A stack with one flaw, in line 8, and the same without."""

from __future__ import annotations

_STACK = """\
import aws_cdk as cdk
from aws_cdk import aws_logs as logs


class {name}(cdk.Stack):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        logs.LogGroup(self, "Group", removal_policy=cdk.RemovalPolicy.{policy})
"""


def flawed(name: str) -> str:
    """A log group that outlives its stack: TAP007."""
    return _STACK.format(name=name, policy="RETAIN")


def sound(name: str) -> str:
    """A log group that goes with its stack."""
    return _STACK.format(name=name, policy="DESTROY")
