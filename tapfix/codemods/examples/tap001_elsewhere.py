"""Examples of TAP001: what else hangs on a name, on an id, on what looks like a suffix."""

from __future__ import annotations

from tapfix.codemods.examples.shapes import stack
from tapfix.codemods.examples.tap001_shapes import READ, suffixed
from tapfix.rule import Example

_EC2 = "from aws_cdk import Aspects, Tag, Tags, aws_ec2 as ec2"
_LAMBDA = "from aws_cdk import aws_lambda as lambda_"

# Texts with a syntax of their own, and names of other things

_SCHEMA = """
        kind = "coin"
        api = appsync.CfnGraphQLApi(
            self, "Api", name="museum", authentication_type="API_KEY"
        )
        appsync.CfnGraphQLSchema(
            self,
            "Schema",
            api_id=api.attr_api_id,
            definition=f"type {kind} {{ id: ID! }} type Query {{ all: [{kind}!] }}",
        )
        sqs.Queue(self, "Queue", queue_name=kind)
        """
_SCHEMA_IMPORTS = "from aws_cdk import aws_appsync as appsync, aws_sqs as sqs"
_GRAPHQL = Example(
    "a constant that names a queue and a type of a GraphQL schema: the schema keeps it",
    stack(_SCHEMA, _SCHEMA_IMPORTS),
    suffixed(
        _SCHEMA.replace(
            'self, "Api", name="museum", authentication_type="API_KEY"\n',
            """self,
            "Api",
            name=f"museum-{environment_suffix}",
            authentication_type="API_KEY",
""",
        ).replace("queue_name=kind", 'queue_name=f"{kind}-{environment_suffix}"'),
        _SCHEMA_IMPORTS,
    ),
)

_QUERY = Example(
    "a constant that a query holds is reported: the query's syntax may take no such name",
    stack(
        """
        table = "coins"
        dynamodb.Table(
            self,
            "Coins",
            table_name=table,
            partition_key=dynamodb.Attribute(
                name="id", type=dynamodb.AttributeType.STRING
            ),
        )
        athena.CfnNamedQuery(
            self,
            "All",
            database="museum",
            query_string=f"SELECT id FROM {table} WHERE year < 1900",
        )
        """,
        "from aws_cdk import aws_athena as athena, aws_dynamodb as dynamodb",
    ),
    reported=True,
)

_JOINED_QUERY = Example(
    "a query put together from pieces, that an output shows, is one too",
    stack(
        """
        table = "coins"
        dynamodb.Table(
            self,
            "Coins",
            table_name=table,
            partition_key=dynamodb.Attribute(
                name="id", type=dynamodb.AttributeType.STRING
            ),
        )
        CfnOutput(self, "Query", value="SELECT id FROM " + table + " WHERE year < 1900")
        """,
        "from aws_cdk import CfnOutput, aws_dynamodb as dynamodb",
    ),
    reported=True,
)

_SHOWN = """
        name = "museum-postcards"
        postcards = s3.Bucket(self, "Postcards", bucket_name=name)
        CfnOutput(self, "Name", value=name)
        CfnOutput(self, "Page", value=f"https://{name}.s3.amazonaws.com/index.html")
        CfnOutput(self, "Folder", value="s3://" + name + "/new")
        """
_ADDRESSES = Example(
    "addresses and the name alone, that outputs show, follow",
    stack(_SHOWN, "from aws_cdk import CfnOutput, aws_s3 as s3"),
    suffixed(
        """
        name = "museum-postcards"
        postcards = s3.Bucket(
            self, "Postcards", bucket_name=f"{name}-{environment_suffix}"
        )
        CfnOutput(self, "Name", value=f"{name}-{environment_suffix}")
        CfnOutput(
            self,
            "Page",
            value=f"https://{name}-{environment_suffix}.s3.amazonaws.com/index.html",
        )
        CfnOutput(
            self, "Folder", value="s3://" + f"{name}-{environment_suffix}" + "/new"
        )
        """,
        "from aws_cdk import CfnOutput, aws_s3 as s3",
    ),
)

_MADE_SCHEMA = Example(
    "a constant that a function puts into a schema is reported",
    stack(
        """
        name = "coin"
        self.schema = schema_of(name)
        sqs.Queue(self, "Queue", queue_name=name)
        """,
        "from aws_cdk import aws_sqs as sqs",
    ).replace(
        "\n\nclass ExampleStack",
        """

def schema_of(kind):
    return f"type {kind} {{ id: ID! }}"


class ExampleStack""",
    ),
    reported=True,
)

_OTHER_ARGUMENT = Example(
    "a constant that is a word of another service too is reported",
    stack(
        """
        kind = "coin"
        cloudwatch.Metric(namespace=kind, metric_name="Sold")
        sqs.Queue(self, "Queue", queue_name=kind)
        """,
        "from aws_cdk import aws_cloudwatch as cloudwatch, aws_sqs as sqs",
    ),
    reported=True,
)

_POLICY = """
        name = "coins"
        aoss.CfnCollection(self, "Coins", name=name)
        aoss.CfnSecurityPolicy(
            self,
            "Encryption",
            name="coins-encryption",
            type="encryption",
            policy=f'{{"Rules":[{{"Resource":["collection/{name}"]}}]}}',
        )
        """
_JSON = Example(
    "a text in quotes within JSON follows the name",
    stack(_POLICY, "from aws_cdk import aws_opensearchserverless as aoss"),
    suffixed(
        _POLICY.replace("name=name)", 'name=f"{name}-{environment_suffix}")')
        .replace('name="coins-encryption"', 'name=f"coins-encryption-{environment_suffix}"')
        .replace("collection/{name}", "collection/{name}-{environment_suffix}"),
        "from aws_cdk import aws_opensearchserverless as aoss",
    ),
)

_FOLDER = Example(
    "a folder and a module of the code are called like the function",
    {
        "app.py": stack(
            """
            lambda_.Function(
                self,
                "Count",
                function_name="count_coins",
                runtime=lambda_.Runtime.PYTHON_3_12,
                handler="count_coins.handler",
                code=lambda_.Code.from_asset("handlers/count_coins"),
            )
            """,
            _LAMBDA,
        ),
        "handlers/count_coins/count_coins.py": "def handler(event, context):\n    return 1\n",
    },
    {
        "app.py": suffixed(
            """
            lambda_.Function(
                self,
                "Count",
                function_name=f"count_coins-{environment_suffix}",
                runtime=lambda_.Runtime.PYTHON_3_12,
                handler="count_coins.handler",
                code=lambda_.Code.from_asset("handlers/count_coins"),
            )
            """,
            _LAMBDA,
        ),
        "handlers/count_coins/count_coins.py": "def handler(event, context):\n    return 1\n",
    },
)

# Exports that CDK names after their stack


def _imports(text: str, key_id: str = "Key") -> str:
    """Two stacks: one has a key, the other imports it by a text."""
    return f"""\
from aws_cdk import App, Fn, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_ssm as ssm


class VaultStack(Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        self.export_value(kms.Key(self, "{key_id}").key_arn)
        sns.Topic(self, "Alarms", topic_name="alarms")


class ReaderStack(Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        key = Fn.import_value({text})
        ssm.CfnParameter(self, "Where", type="String", value=key + "/*")


app = App()
VaultStack(app, "Vault")
ReaderStack(app, "Reader")
app.synth()
"""


_AUTOMATIC = Example(
    "an import by the name that CDK made of the stack's follows the stack",
    _imports('"Vault:ExportsOutputFnGetAttKey961B73FDArn5A860C43"'),
    f"""\
import os
import re

from aws_cdk import App, Fn, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_ssm as ssm


class VaultStack(Stack):
    def __init__(self, scope, construct_id, *, environment_suffix: str):
        super().__init__(scope, construct_id)
        self.export_value(kms.Key(self, "Key").key_arn)
        sns.Topic(self, "Alarms", topic_name=f"alarms-{{environment_suffix}}")


class ReaderStack(Stack):
    def __init__(self, scope, construct_id, *, environment_suffix: str):
        super().__init__(scope, construct_id)
        key = Fn.import_value(
            f"Vault-{{environment_suffix}}:ExportsOutputFnGetAttKey961B73FDArn5A860C43"
        )
        ssm.CfnParameter(self, "Where", type="String", value=key + "/*")


app = App()
{READ}VaultStack(app, f"Vault-{{environment_suffix}}", environment_suffix=environment_suffix)
ReaderStack(app, f"Reader-{{environment_suffix}}", environment_suffix=environment_suffix)
app.synth()
""",
)

_API = """
        api = apigateway.RestApi(
            self,
            "Api",
            rest_api_name="museum",
            endpoint_export_name="MuseumEndpoint",
        )
        api.root.add_method("GET")
        self.seen = Fn.import_value("MuseumEndpoint")
        """
_API_EXPORT = Example(
    "the export of an API's endpoint, and who imports it",
    stack(_API, "from aws_cdk import Fn, aws_apigateway as apigateway"),
    suffixed(
        _API.replace('"museum"', 'f"museum-{environment_suffix}"').replace(
            '"MuseumEndpoint"', 'f"MuseumEndpoint-{environment_suffix}"'
        ),
        "from aws_cdk import Fn, aws_apigateway as apigateway",
    ),
)

_BY_STACK_NAME = Example(
    "an import by a text that begins with a stack's name is reported",
    _imports('"Vault-KeyArn"'),
    reported=True,
)

_BY_CONSTANT = Example(
    "an import by a constant that begins with a stack's name is reported",
    _imports("KEY").replace(
        "\n\nclass VaultStack",
        '\nKEY = "Vault:ExportsOutputFnGetAttKey961B73FDArn5A860C43"\n\n\nclass VaultStack',
    ),
    reported=True,
)

_BY_ID = Example(
    "a network whose id stands in the name of an import is reported",
    stack(
        """
        ec2.Vpc(self, "Halls")
        self.halls = Fn.import_value("Other:ExportsOutputRefHalls0B5E4D3C0D2F1A7B")
        """,
        "from aws_cdk import Fn, aws_ec2 as ec2",
    ),
    reported=True,
)

# Name tags

_TAGGED = Example(
    "networks and instances that have a Name tag of their own",
    stack(
        """
        self.halls = ec2.Vpc(self, "Halls")
        garden = ec2.Vpc(self, "Garden")
        cellar = ec2.Vpc(self, "Cellar")
        yards = [ec2.Vpc(self, "Yard")]
        attic = ec2.Vpc(self, "Attic")
        Tags.of(self.halls).add("Name", "halls")
        Tags.of(garden).add(key="Name", value="garden")
        Aspects.of(cellar).add(Tag("Name", "cellar"))
        for yard in yards:
            Tags.of(yard).add("Name", "yard")
        attic.node.default_child.add_property_override(
            "Tags", [{"Key": "Name", "Value": "attic"}]
        )
        label(ec2.Vpc(self, "Roof"), "roof")
        """,
        _EC2,
    ).replace(
        "\n\nclass ExampleStack",
        """

def label(construct, name):
    Tags.of(construct).add("Name", name)


class ExampleStack""",
    ),
)

_STRONG_TAG = Example(
    "a Name tag of the stack that wins over those of its networks",
    stack(
        """
        Tags.of(self).add("Name", "museum", priority=300)
        ec2.Vpc(self, "Halls")
        """,
        _EC2,
    ),
)

_OTHER_TAG = """
        Tags.of(self).add("Name", "museum")
        Tags.of(sns.Topic(self, "Bell")).add("Name", "bell", priority=300)
        halls = ec2.Vpc(self, "Halls")
        Tags.of(halls).add("Project", "museum")
        for subnet in halls.private_subnets:
            Tags.of(subnet).add("Name", "hall")
        """
_OTHER_TAGS = Example(
    "a network whose Name tag is its id's, whatever tags its stack and its subnets have",
    stack(_OTHER_TAG, f"{_EC2}, aws_sns as sns"),
    suffixed(
        _OTHER_TAG.replace('"Halls"', 'f"Halls-{environment_suffix}"'),
        f"{_EC2}, aws_sns as sns",
    ),
)

# Variables that are the same in every environment


def _staged(call: str, read: str = "") -> str:
    """An app whose stack knows the stage of its API; ``call`` makes the stack."""
    return f"""\
from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs


class PostStack(Stack):
    def __init__(self, scope, construct_id, stage_name: str = "live", **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        self.path = f"/{{stage_name}}/letters"
        sqs.Queue(self, "Letters", queue_name="letters")


app = App()
{read}{call}
app.synth()
"""


def _staged_after(call: str, read: str = "") -> str:
    return f"""\
import os
import re

from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs


class PostStack(Stack):
    def __init__(
        self,
        scope,
        construct_id,
        stage_name: str = "live",
        *,
        environment_suffix: str,
        **kwargs,
    ):
        super().__init__(scope, construct_id, **kwargs)
        self.path = f"/{{stage_name}}/letters"
        sqs.Queue(self, "Letters", queue_name=f"letters-{{environment_suffix}}")


app = App()
{READ}{read}{call}
app.synth()
"""


_DEFAULT = Example(
    "a parameter that keeps its default is the same in every environment: no suffix",
    _staged('PostStack(app, "Post")'),
    _staged_after(
        'PostStack(app, f"Post-{environment_suffix}", environment_suffix=environment_suffix)'
    ),
)

_ONE_TEXT = Example(
    "a parameter that gets one text alone is no suffix either",
    _staged('PostStack(app, "Post", stage_name="v1")'),
    _staged_after(
        """\
PostStack(
    app,
    f"Post-{environment_suffix}",
    stage_name="v1",
    environment_suffix=environment_suffix,
)"""
    ),
)

_CONSTANT = Example(
    "nor is a constant beside the app",
    _staged('PostStack(app, "Post", stage_name)', 'stage_name = "v1"\n'),
    _staged_after(
        """\
PostStack(
    app, f"Post-{environment_suffix}", stage_name, environment_suffix=environment_suffix
)""",
        'stage_name = "v1"\n',
    ),
)

_UNUSED = Example(
    "the suffix's own parameter, which nothing passes, is passed",
    _staged('PostStack(app, "Post")').replace("stage_name", "environment_suffix"),
    f"""\
import os
import re

from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs


class PostStack(Stack):
    def __init__(self, scope, construct_id, environment_suffix: str = "live", **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        self.path = f"/{{environment_suffix}}/letters"
        sqs.Queue(self, "Letters", queue_name=f"letters-{{environment_suffix}}")


app = App()
{READ}PostStack(app, f"Post-{{environment_suffix}}", environment_suffix=environment_suffix)
app.synth()
""",
)

_UNUSED_ON_SELF = Example(
    "a suffix that nothing passes, kept on self",
    """from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs


class PostStack(Stack):
    def __init__(self, scope, construct_id, environment_suffix: str = "live"):
        super().__init__(scope, construct_id)
        self.environment_suffix = environment_suffix
        self.queues()

    def queues(self):
        sqs.Queue(self, "Letters", queue_name="letters")


app = App()
PostStack(app, "Post")
app.synth()
""",
    f"""import os
import re

from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs


class PostStack(Stack):
    def __init__(self, scope, construct_id, environment_suffix: str = "live"):
        super().__init__(scope, construct_id)
        self.environment_suffix = environment_suffix
        self.queues()

    def queues(self):
        sqs.Queue(self, "Letters", queue_name=f"letters-{{self.environment_suffix}}")


app = App()
{READ}PostStack(app, f"Post-{{environment_suffix}}", environment_suffix=environment_suffix)
app.synth()
""",
)

_ASKED = """\
from aws_cdk import App, CfnOutput, Fn, Stack
from aws_cdk import aws_sns as sns
from aws_cdk import aws_ssm as ssm


class WatchStack(Stack):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        stage = self.node.try_get_context("stage") or "dev"
        alarms = sns.Topic(self, "Alarms", topic_name=f"bells-{stage}")
        CfnOutput(self, "Arn", value=alarms.topic_arn, export_name="alarms")


class ReaderStack(Stack):
    def __init__(self, scope, construct_id, alarms, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        ssm.CfnParameter(self, "Where", type="String", value=alarms)


app = App()
WatchStack(app, "Watch")
alarms = Fn.import_value("alarms")
ReaderStack(app, "Reader", alarms)
app.synth()
"""
_MENDED = (
    _ASKED.replace('export_name="alarms"', 'export_name=f"alarms-{stage}"')
    .replace("app = App()\n", 'app = App()\nstage = app.node.try_get_context("stage") or "dev"\n')
    .replace('(app, "Watch"', '(app, f"Watch-{stage}"')
    .replace('(app, "Reader"', '(app, f"Reader-{stage}"')
    .replace('import_value("alarms")', 'import_value(f"alarms-{stage}")')
)
_OWN_CHOICE = Example(
    "a stack that asks the context itself: the app's file asks the same", _ASKED, _MENDED
)
_ASKED_TWICE = """\
class LampStack(Stack):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        stage = self.node.try_get_context("stage")
        sns.Topic(self, "Lamps", topic_name=f"lamps-{stage}")


app = App()
"""
_OWN_CHOICES = Example(
    "stacks that ask the context, with a default and without: the default is kept",
    _ASKED.replace("app = App()\n", _ASKED_TWICE),
    _MENDED.replace("app = App()\n", _ASKED_TWICE),
)

_BAKERY = """\
from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs


class BakeryStack(Stack):
    def __init__(self, scope, construct_id, config, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        self.config = config
        sqs.Queue(self, "Orders", queue_name=f"orders-{config['environment']}")
        self.ovens()

    def ovens(self):
        sqs.Queue(self, "Hot", queue_name="hot-loaves")
        sqs.Queue(self, "Cold", queue_name=f"cold-{self.config['environment']}")


app = App()
stage = app.node.try_get_context("stage") or "dev"
BakeryStack(app, f"Bakery-{stage}", {"environment": stage, "ovens": 3})
app.synth()
"""
_ECHOED = Example(
    "an entry of a dict of which other names are made",
    _BAKERY,
    _BAKERY.replace('"hot-loaves"', "f\"hot-loaves-{self.config['environment']}\""),
)
_ECHOED_OTHERWISE = Example(
    "the same in single quotes: Python before 3.12 needs others inside",
    _BAKERY.replace("['environment']", '["env_name"]')
    .replace('f"', "f'")
    .replace('}"', "}'")
    .replace('"hot-loaves"', "'hot-loaves'")
    .replace('{"environment"', '{"env_name"'),
    _BAKERY.replace("['environment']", '["env_name"]')
    .replace('f"', "f'")
    .replace('}"', "}'")
    .replace('"hot-loaves"', "f'hot-loaves-{self.config[\"env_name\"]}'")
    .replace('{"environment"', '{"env_name"'),
)

ELSEWHERE = (
    _ECHOED,
    _ECHOED_OTHERWISE,
    _OWN_CHOICE,
    _OWN_CHOICES,
    _GRAPHQL,
    _QUERY,
    _JOINED_QUERY,
    _ADDRESSES,
    _MADE_SCHEMA,
    _OTHER_ARGUMENT,
    _JSON,
    _FOLDER,
    _AUTOMATIC,
    _API_EXPORT,
    _BY_STACK_NAME,
    _BY_CONSTANT,
    _BY_ID,
    _TAGGED,
    _STRONG_TAG,
    _OTHER_TAGS,
    _DEFAULT,
    _ONE_TEXT,
    _CONSTANT,
    _UNUSED,
    _UNUSED_ON_SELF,
)
