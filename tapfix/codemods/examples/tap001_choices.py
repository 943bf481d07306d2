"""More examples of TAP001: what tells the environments of an app apart already."""

from __future__ import annotations

from tapfix.rule import Example

_ASKED = Example(
    "a stack that asks the context itself, and one that does not",
    """\
import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs


class Post(cdk.Stack):
    def __init__(self, scope, id, **kwargs):
        super().__init__(scope, id, **kwargs)
        stage = self.node.try_get_context("stage") or "dev"
        sqs.Queue(self, "Letters", queue_name="letters")
        sqs.Queue(self, "Parcels", queue_name=f"parcels-{stage}")


class Accounts(cdk.Stack):
    def __init__(self, scope, id, **kwargs):
        super().__init__(scope, id, **kwargs)
        sqs.Queue(self, "Bills", queue_name="bills")


app = cdk.App()
Post(app, "Post")
Accounts(app, "Accounts")
app.synth()
""",
    """\
import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs


class Post(cdk.Stack):
    def __init__(self, scope, id, **kwargs):
        super().__init__(scope, id, **kwargs)
        stage = self.node.try_get_context("stage") or "dev"
        sqs.Queue(self, "Letters", queue_name=f"letters-{stage}")
        sqs.Queue(self, "Parcels", queue_name=f"parcels-{stage}")


class Accounts(cdk.Stack):
    def __init__(self, scope, id, *, environment_suffix: str, **kwargs):
        super().__init__(scope, id, **kwargs)
        sqs.Queue(self, "Bills", queue_name=f"bills-{environment_suffix}")


app = cdk.App()
stage = app.node.try_get_context("stage") or "dev"
Post(app, f"Post-{stage}")
Accounts(app, f"Accounts-{stage}", environment_suffix=stage)
app.synth()
""",
)
_SETTINGS = """\
import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2, aws_sqs as sqs


class Post(cdk.Stack):
    def __init__(self, scope, id, *, settings: dict, **kwargs):
        super().__init__(scope, id, **kwargs)
        self.settings = settings
        sqs.Queue(self, "Parcels", queue_name=f"parcels-{self.settings['env']}")
        self._letters()

    def _letters(self):
        sqs.Queue(self, "Letters", queue_name="letters")
        ec2.Vpc(self, "Network", max_azs=1)


app = cdk.App()
settings = {"env": app.node.try_get_context("stage") or "dev"}
Post(app, f"Post-{settings['env']}", settings=settings)
app.synth()
"""
_LOOPED = """\
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2, aws_sqs as sqs


@dataclass
class Config:
    environment: str
    region: str = "eu-west-1"


class Post(cdk.Stack):
    def __init__(self, scope, id, config: Config, **kwargs):
        super().__init__(scope, id, **kwargs)
        sqs.Queue(self, "Letters", queue_name="letters")
        ec2.Vpc(self, "Network", max_azs=1)


app = cdk.App()
for name in (app.node.try_get_context("stage") or "dev,prod").split(","):
    Post(app, f"Post-{name}", Config(environment=name))
app.synth()
"""
_PASSED = """\
import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs


class Post(cdk.Stack):
    def __init__(self, scope, id, settings, **kwargs):
        super().__init__(scope, id, **kwargs)
        names = settings["names"]
        sqs.Queue(self, "Letters", queue_name=names["letters"])


app = cdk.App()
env = app.node.try_get_context("env") or "dev"
Post(app, f"Post-{env}", {"names": {"letters": f"letters-{env}"}})
app.synth()
"""
_LOCAL = """\
import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs


class Post(cdk.Stack):
    def __init__(self, scope, id, **kwargs):
        super().__init__(scope, id, **kwargs)
        stage = self.node.try_get_context("stage") or "dev"
        label = f"letters-{stage}"
        sqs.Queue(self, "Letters", queue_name=label)


app = cdk.App()
Post(app, "Post-" + (app.node.try_get_context("stage") or "dev"))
app.synth()
"""
_JOINED = """\
import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs


class Post(cdk.Stack):
    def __init__(self, scope, id, **kwargs):
        super().__init__(scope, id, **kwargs)
        name = cdk.Fn.join("-", ["letters", cdk.Aws.STACK_NAME])
        sqs.Queue(self, "Letters", queue_name=name)


app = cdk.App()
Post(app, "Post-dev")
app.synth()
"""

CHOICES = (
    _ASKED,
    Example(
        "an entry of a dict on self that other names are made of; it may be a token, so no id",
        _SETTINGS,
        _SETTINGS.replace(
            'queue_name="letters"', """queue_name=f"letters-{self.settings['env']}\""""
        ),
    ),
    Example(
        "the environment in a data class, of which the app makes several",
        _LOOPED,
        _LOOPED.replace('"letters"', 'f"letters-{config.environment}"').replace(
            '"Network"', 'f"Network-{config.environment}"'
        ),
    ),
    Example("a name from a dict that the app file fills", _PASSED),
    Example("a name in a variable, made of what the stack asks itself", _LOCAL),
    Example("a name that CloudFormation joins with the stack's", _JOINED),
)
