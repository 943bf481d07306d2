"""Examples of TAP007: log groups that outlive their stacks."""

from __future__ import annotations

import json

from tapfix.codemods.examples.shapes import stack
from tapfix.rule import Example

_LOGS = "from aws_cdk import aws_logs as logs"
_LAMBDA = "from aws_cdk import aws_lambda as lambda_, aws_logs as logs"
_FLAG = {"context": {"@aws-cdk/aws-lambda:useCdkManagedLogGroup": True}}
_CDK_JSON = json.dumps({"app": "python app.py", **_FLAG}, indent=2) + "\n"
_NODE = "runtime=lambda_.Runtime.NODEJS_22_X"


def _destroys(title: str, text: str, policy: str, imports: str = _LOGS) -> Example:
    """An example in which the fix writes DESTROY in place of ``policy``, which stands once."""
    assert text.count(policy) == 1, title
    after = text.replace(policy, "RemovalPolicy.DESTROY")
    return Example(title, stack(text, imports), stack(after, imports))


def _function(arguments: str, name: str = "fn") -> str:
    """A function with these further arguments, one a line."""
    lines = "".join(f"\n    {line}" for line in arguments.splitlines())
    return f"""\
{name} = lambda_.Function(
    self,
    "Processor",
    {_NODE},
    handler="index.handler",
    code=lambda_.Code.from_inline("exports.handler = async () => {{}}"),{lines}
)
"""


_FIRING = (
    _destroys(
        "RETAIN, one argument a line",
        """
        logs.LogGroup(
            self,
            "Audit",
            log_group_name="/orders/audit",
            retention=logs.RetentionDays.ONE_WEEK,
            removal_policy=RemovalPolicy.RETAIN,
        )
        """,
        "RemovalPolicy.RETAIN",
    ),
    Example(
        "no policy: RETAIN is the default",
        stack('self.group = logs.LogGroup(self, "Audit")', _LOGS),
        stack(
            'self.group = logs.LogGroup(self, "Audit", removal_policy=RemovalPolicy.DESTROY)', _LOGS
        ),
    ),
    Example(
        "RemovalPolicy not imported yet, the class by itself",
        """\
from aws_cdk import App, Stack
from aws_cdk.aws_logs import LogGroup, RetentionDays

app = App()
stack = Stack(app, "Example")
LogGroup(stack, "Audit", retention=RetentionDays.ONE_DAY)
app.synth()
""",
        """\
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk.aws_logs import LogGroup, RetentionDays

app = App()
stack = Stack(app, "Example")
LogGroup(
    stack,
    "Audit",
    retention=RetentionDays.ONE_DAY,
    removal_policy=RemovalPolicy.DESTROY,
)
app.synth()
""",
    ),
    _destroys(
        "RETAIN_ON_UPDATE_OR_DELETE",
        """
        logs.LogGroup(
            self,
            "Audit",
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        """,
        "RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE",
    ),
    _destroys(
        "a later statement",
        """
        audit = logs.LogGroup(self, "Audit")
        audit.apply_removal_policy(RemovalPolicy.RETAIN)
        """,
        "RemovalPolicy.RETAIN",
    ),
    Example(
        "an L1 group with a policy, spelled by way of cdk",
        """\
import aws_cdk as cdk
from aws_cdk import aws_logs as logs

app = cdk.App()
stack = cdk.Stack(app, "Example")
audit = logs.CfnLogGroup(stack, "Audit")
audit.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
app.synth()
""",
        """\
import aws_cdk as cdk
from aws_cdk import aws_logs as logs

app = cdk.App()
stack = cdk.Stack(app, "Example")
audit = logs.CfnLogGroup(stack, "Audit")
audit.apply_removal_policy(cdk.RemovalPolicy.DESTROY)
app.synth()
""",
    ),
    Example(
        "LogRetention, which makes a group through a custom resource",
        stack(
            """
            logs.LogRetention(
                self,
                "Retention",
                log_group_name="/orders/audit",
                retention=logs.RetentionDays.ONE_WEEK,
            )
            """,
            _LOGS,
        ),
        stack(
            """
            logs.LogRetention(
                self,
                "Retention",
                log_group_name="/orders/audit",
                retention=logs.RetentionDays.ONE_WEEK,
                removal_policy=RemovalPolicy.DESTROY,
            )
            """,
            _LOGS,
        ),
    ),
    _destroys(
        "the policy that a function gives its log group",
        _function(
            "log_retention=logs.RetentionDays.ONE_WEEK,\nlog_removal_policy=RemovalPolicy.RETAIN,"
        ),
        "RemovalPolicy.RETAIN",
        _LAMBDA,
    ),
    _destroys(
        "an entry of a dict",
        """
        settings = {"removal_policy": RemovalPolicy.RETAIN}
        logs.LogGroup(self, "Audit", **settings)
        """,
        "RemovalPolicy.RETAIN",
    ),
    Example(
        "made in a loop, named by what it runs over",
        stack(
            """
            for area in ("orders", "returns"):
                logs.LogGroup(
                    self,
                    f"{area}-log",
                    log_group_name=f"/shop/{area}",
                )
            """,
            _LOGS,
        ),
        stack(
            """
            for area in ("orders", "returns"):
                logs.LogGroup(
                    self,
                    f"{area}-log",
                    log_group_name=f"/shop/{area}",
                    removal_policy=RemovalPolicy.DESTROY,
                )
            """,
            _LOGS,
        ),
    ),
    Example(
        "inside another construct's arguments",
        stack(
            _function('log_group=logs.LogGroup(self, "Log"),'),
            _LAMBDA,
        ),
        stack(
            _function(
                'log_group=logs.LogGroup(self, "Log", removal_policy=RemovalPolicy.DESTROY),'
            ),
            _LAMBDA,
        ),
    ),
    Example(
        "the function's own group, while CDK makes none",
        stack(
            _function("")
            + 'logs.LogGroup(self, "Log", log_group_name=f"/aws/lambda/{fn.function_name}")\n',
            _LAMBDA,
        ),
        stack(
            _function("")
            + """\
logs.LogGroup(
    self,
    "Log",
    log_group_name=f"/aws/lambda/{fn.function_name}",
    removal_policy=RemovalPolicy.DESTROY,
)
""",
            _LAMBDA,
        ),
    ),
    Example(
        "log_retention: the group that it makes belongs to no stack",
        stack(_function("log_retention=logs.RetentionDays.ONE_WEEK,"), _LAMBDA),
        reported=True,
    ),
    Example(
        "the name of the group that CDK makes for the function",
        {
            "cdk.json": _CDK_JSON,
            "app.py": stack(
                _function("")
                + """\
logs.LogGroup(
    self,
    "Log",
    log_group_name=f"/aws/lambda/{fn.function_name}",
    removal_policy=RemovalPolicy.DESTROY,
)
""",
                _LAMBDA,
            ),
        },
        reported=True,
    ),
)

_SILENT = (
    Example(
        "deleted with its stack",
        stack('logs.LogGroup(self, "Audit", removal_policy=RemovalPolicy.DESTROY)', _LOGS),
    ),
    Example(
        "depends on the environment",
        stack(
            """
            is_prod = self.node.try_get_context("env") == "prod"
            policy = RemovalPolicy.RETAIN if is_prod else RemovalPolicy.DESTROY
            logs.LogGroup(self, "Audit", removal_policy=policy)
            """,
            _LOGS,
        ),
    ),
    Example(
        "an attribute that callers set",
        """\
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk import aws_logs as logs


class Audit(Stack):
    def __init__(self, scope, construct_id, policy):
        super().__init__(scope, construct_id)
        self.policy = policy
        logs.LogGroup(self, "Audit", removal_policy=self.policy)


app = App()
Audit(app, "Audit", policy=RemovalPolicy.DESTROY)
app.synth()
""",
    ),
    Example(
        "a later statement settles it",
        stack(
            """
            audit = logs.LogGroup(self, "Audit")
            audit.apply_removal_policy(RemovalPolicy.DESTROY)
            """,
            _LOGS,
        ),
    ),
    Example(
        "a later statement that returns early in production",
        """\
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk import aws_logs as logs


def settle(group, stage):
    if stage == "prod":
        return
    group.apply_removal_policy(RemovalPolicy.DESTROY)


app = App()
settle(logs.LogGroup(Stack(app, "Example"), "Audit"), "dev")
app.synth()
""",
    ),
    Example(
        "RemovalPolicies settles it for the group",
        stack(
            """
            audit = logs.LogGroup(self, "Audit")
            RemovalPolicies.of(audit).apply(RemovalPolicy.DESTROY)
            """,
            "from aws_cdk import RemovalPolicies, aws_logs as logs",
        ),
    ),
    Example(
        "an L1 group without a policy: CloudFormation deletes it",
        stack('logs.CfnLogGroup(self, "Audit", retention_in_days=7)', _LOGS),
    ),
    Example(
        "an imported group",
        stack('logs.LogGroup.from_log_group_name(self, "Shared", "/shared")', _LOGS),
    ),
    Example(
        "a function that deletes its log group",
        stack(
            _function(
                "log_retention=logs.RetentionDays.ONE_WEEK,\n"
                "log_removal_policy=RemovalPolicy.DESTROY,"
            ),
            _LAMBDA,
        ),
    ),
    Example(
        "a retention that a caller may leave out",
        """\
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_


def add_function(scope, retention=None):
    return lambda_.Function(
        scope,
        "Processor",
        runtime=lambda_.Runtime.NODEJS_22_X,
        handler="index.handler",
        code=lambda_.Code.from_inline("exports.handler = async () => {}"),
        log_retention=retention,
    )


app = App()
add_function(Stack(app, "Example"))
app.synth()
""",
    ),
    Example(
        "the group is made first and passed to the function",
        {
            "cdk.json": _CDK_JSON,
            "app.py": stack(
                """\
group = logs.LogGroup(
    self,
    "Log",
    log_group_name="/aws/lambda/processor",
    removal_policy=RemovalPolicy.DESTROY,
)
"""
                + _function('function_name="processor",\nlog_group=group,'),
                _LAMBDA,
            ),
        },
    ),
    Example(
        "the name of another function's group",
        {
            "cdk.json": _CDK_JSON,
            "app.py": stack(
                _function('function_name="processor",')
                + """\
logs.LogGroup(
    self,
    "Log",
    log_group_name="/aws/lambda/processor-old",
    removal_policy=RemovalPolicy.DESTROY,
)
""",
                _LAMBDA,
            ),
        },
    ),
    Example(
        "keywords that may hold a policy",
        """\
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk import aws_logs as logs


def add_group(scope, name, **settings):
    return logs.LogGroup(scope, name, retention=logs.RetentionDays.ONE_DAY, **settings)


app = App()
add_group(Stack(app, "Example"), "Audit", removal_policy=RemovalPolicy.DESTROY)
app.synth()
""",
    ),
)

EXAMPLES = (*_FIRING, *_SILENT)
