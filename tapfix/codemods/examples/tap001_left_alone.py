"""Examples of what TAP001 leaves alone: names that vary, and texts that are no names."""

from __future__ import annotations

from tapfix.codemods.examples.shapes import stack
from tapfix.rule import Example

_S3 = "from aws_cdk import aws_s3 as s3"
_SQS = "from aws_cdk import aws_sqs as sqs"


def _told(parameter: str, name: str) -> str:
    """An app whose stack takes a parameter and names a queue."""
    return f"""\
from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs


class PostStack(Stack):
    def __init__(self, scope, construct_id, {parameter}):
        super().__init__(scope, construct_id)
        self.told = {parameter}
        sqs.Queue(self, "Letters", queue_name={name})


app = App()
PostStack(app, "Post-dev", "dev")
app.synth()
"""


_VARIES = Example(
    "a name with the suffix",
    _told("environment_suffix", 'f"letters-{environment_suffix}"'),
)
_STAGE = Example("a name with the stage, kept on self", _told("stage", "'letters-%s' % self.told"))
_ENV = Example("a name with env", _told("env", "env + '-letters'"))
_ENVIRONMENT = Example(
    "a name with environment", _told("environment", '"{}-letters".format(environment)')
)
_OTHER_WORD = Example(
    "a name with a parameter of any name: someone decided",
    _told("tenant", 'f"letters-{tenant}"'),
)
_BRANCHES = Example(
    "names for each environment",
    _told("env", '"letters" if env == "prod" else f"letters-{env}"'),
)
_IF = Example(
    "a name in a branch for one environment",
    _told("env", '"letters" if env == "prod" else None').replace(
        "        sqs.Queue(self",
        """\
        if env == "prod":
            sqs.Queue(self, "Parcels", queue_name="parcels")
        sqs.Queue(self""",
    ),
)
_KNOWN_OTHERWISE = Example(
    "ids of what people know by its domain, or that holds data: a shared tag harms nobody",
    """\
from aws_cdk import App, Stack
from aws_cdk import aws_certificatemanager as acm, aws_ec2 as ec2, aws_efs as efs


class WebStack(Stack):
    def __init__(self, scope, construct_id, environment_suffix):
        super().__init__(scope, construct_id)
        network = ec2.Vpc(self, f"Network-{environment_suffix}", max_azs=2)
        acm.Certificate(self, "Certificate", domain_name="example.org")
        files = efs.FileSystem(self, "Files", vpc=network)
        efs.AccessPoint(self, "Uploads", file_system=files, path="/uploads")


app = App()
WebStack(app, "Web-dev", "dev")
app.synth()
""",
)
_CONTEXT = Example(
    "a name from the context or the environment",
    stack(
        """
        sqs.Queue(self, "Context", queue_name=self.node.try_get_context("letters"))
        sqs.Queue(self, "Variable", queue_name=os.environ.get("LETTERS", "letters"))
        """,
        "import os\n" + _SQS,
    ),
)
_TOKEN = Example(
    "a name that holds a token of another resource, or the stack's own name",
    stack(
        """
        bucket = s3.Bucket(self, "Scans")
        s3.Bucket(self, "Logs", bucket_name=f"{bucket.bucket_name}-logs")
        s3.Bucket(self, "Own", bucket_name=f"{self.stack_name}-own".lower())
        CfnOutput(self, "Name", value=bucket.bucket_name, export_name=Aws.STACK_NAME + "-n")
        """,
        "from aws_cdk import Aws, CfnOutput, aws_s3 as s3",
    ),
)
_PARAMETER = Example(
    "a name that a deploy's parameter gives",
    stack(
        """
        name = CfnParameter(self, "Name", default="letters")
        sqs.Queue(self, "Letters", queue_name=name.value_as_string)
        """,
        "from aws_cdk import CfnParameter, aws_sqs as sqs",
    ),
)
_GENERATED = Example(
    "a name that CDK makes",
    stack(
        """
        s3.Bucket(self, "Asked", bucket_name=PhysicalName.GENERATE_IF_NEEDED)
        s3.Bucket(self, "Unasked", bucket_name=None)
        s3.Bucket(self, "Left")
        """,
        "from aws_cdk import PhysicalName, aws_s3 as s3",
    ),
)
_SUBNETS = Example(
    "names of subnets, and a network that has a name of its own",
    stack(
        """
        stage = self.node.try_get_context("stage") or "dev"
        ec2.Vpc(
            self,
            "Network",
            vpc_name=f"museum-{stage}",
            subnet_configuration=[
                ec2.SubnetConfiguration(name="public", subnet_type=ec2.SubnetType.PUBLIC)
            ],
        )
        """,
        "from aws_cdk import aws_ec2 as ec2",
    ),
)
_IMPORTED = Example(
    "resources that others made",
    stack(
        """
        s3.Bucket.from_bucket_name(self, "Shared", "company-shared")
        ec2.Vpc.from_vpc_attributes(
            self, "Network", vpc_id="vpc-1", availability_zones=["eu-central-1a"]
        )
        """,
        "from aws_cdk import aws_ec2 as ec2, aws_s3 as s3",
    ),
)
_NAMESAKE = Example(
    "a class that only shares the name",
    stack("self.bucket = Bucket(self, 'Letters', bucket_name='letters')").replace(
        "\n\nclass ExampleStack",
        """

class Bucket:
    def __init__(self, scope, name, bucket_name):
        self.label = (name, bucket_name)


class ExampleStack""",
    ),
)
_IDS = Example(
    "ids that nobody reads as names, and ids in a loop",
    stack(
        """
        s3.Bucket(self, "Scans")
        CfnOutput(self, "Answer", value="42")
        for number in range(2):
            ec2.Vpc(self, f"Network{number}", max_azs=1)
        """,
        "from aws_cdk import CfnOutput, aws_ec2 as ec2, aws_s3 as s3",
    ),
)
_NEVER = Example(
    "a network's id where no id may change",
    stack('ec2.Vpc(self, "Network")', "from aws_cdk import aws_ec2 as ec2"),
    settings={"construct-ids": "never"},
)
_WITHIN = Example(
    "names that need only be unique below a parent",
    stack(
        """
        api = apigateway.RestApi(
            self, "Api", deploy_options=apigateway.StageOptions(stage_name="v1")
        )
        function = lambda_.Function(
            self,
            "Function",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="index.handler",
            code=lambda_.Code.from_inline("def handler(event, context): return 1"),
        )
        lambda_.Alias(
            self, "Live", alias_name="live", version=function.current_version
        )
        tokens = apigateway.TokenAuthorizer(
            self, "Authorizer", handler=function, authorizer_name="tokens"
        )
        api.root.add_method("GET", authorizer=tokens)
        """,
        "from aws_cdk import aws_apigateway as apigateway, aws_lambda as lambda_",
    ),
)
_DOMAIN = Example(
    "the name of a domain",
    stack(
        'route53.HostedZone(self, "Zone", zone_name="museum.example.org")',
        "from aws_cdk import aws_route53 as route53",
    ),
)
_CALLED = Example(
    "a function that is told the name",
    stack('make_queue(self, "letters")', _SQS).replace(
        "\n\nclass ExampleStack",
        """

def make_queue(scope, name):
    return sqs.Queue(scope, name, queue_name=name)


class ExampleStack""",
    ),
)
_TEST = Example(
    "names in the app's tests",
    {
        "app.py": stack('s3.Bucket(self, "Scans")', _S3),
        "tests/test_scans.py": """\
from aws_cdk import App, Stack
from aws_cdk import aws_s3 as s3


def test_a_bucket_can_be_made():
    s3.Bucket(Stack(App(), "Tested"), "Scans", bucket_name="scans")
""",
    },
)
_EVERY_ENVIRONMENT = Example(
    "names that a loop over environments makes",
    """\
from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs


class PostStack(Stack):
    def __init__(self, scope, construct_id, *, env_name: str):
        super().__init__(scope, construct_id)
        sqs.Queue(self, "Letters", queue_name=f"letters-{env_name}")


app = App()
for env_name in ("dev", "prod"):
    PostStack(app, f"Post-{env_name}", env_name=env_name)
app.synth()
""",
)

LEFT_ALONE = (
    _VARIES,
    _STAGE,
    _ENV,
    _ENVIRONMENT,
    _OTHER_WORD,
    _BRANCHES,
    _IF,
    _CONTEXT,
    _TOKEN,
    _PARAMETER,
    _GENERATED,
    _SUBNETS,
    _IMPORTED,
    _NAMESAKE,
    _IDS,
    _KNOWN_OTHERWISE,
    _NEVER,
    _WITHIN,
    _DOMAIN,
    _CALLED,
    _TEST,
    _EVERY_ENVIRONMENT,
)
