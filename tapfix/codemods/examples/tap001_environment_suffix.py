"""Examples of TAP001: names that are the same in every environment."""

from __future__ import annotations

from tapfix.codemods.examples.shapes import stack
from tapfix.codemods.examples.tap001_elsewhere import ELSEWHERE
from tapfix.codemods.examples.tap001_left_alone import LEFT_ALONE
from tapfix.codemods.examples.tap001_shapes import READ, suffixed
from tapfix.rule import Example

_ALIASES = Example(
    "names of several kinds, classes under several names, one bound to self",
    stack(
        """
        self.uploads = storage.Bucket(
            self,
            "Uploads",
            bucket_name="museum-uploads",  # the web site links to it
        )
        cdk.aws_sns.Topic(self, "Alarms", topic_name='museum-alarms')
        Table(
            self,
            "Visitors",
            partition_key=Attribute(name="id", type=AttributeType.STRING),
            table_name="visitors",
        )
        """,
        """
        import aws_cdk as cdk
        import aws_cdk.aws_s3 as storage
        from aws_cdk.aws_dynamodb import Attribute, AttributeType, Table
        """,
    ),
    suffixed(
        """
        self.uploads = storage.Bucket(
            self,
            "Uploads",
            bucket_name=f"museum-uploads-{environment_suffix}",  # the web site links to it
        )
        cdk.aws_sns.Topic(
            self, "Alarms", topic_name=f'museum-alarms-{environment_suffix}'
        )
        Table(
            self,
            "Visitors",
            partition_key=Attribute(name="id", type=AttributeType.STRING),
            table_name=f"visitors-{environment_suffix}",
        )
        """,
        """
        import aws_cdk as cdk
        import aws_cdk.aws_s3 as storage
        from aws_cdk.aws_dynamodb import Attribute, AttributeType, Table
        """,
    ),
)

_L1 = Example(
    "L1 classes, and an f-string without a field",
    stack(
        """
        sqs.CfnQueue(self, "Jobs", queue_name="night-jobs")
        logs.CfnLogGroup(self, "Audit", log_group_name=f"/museum/audit")
        """,
        "from aws_cdk import aws_logs as logs, aws_sqs as sqs",
    ),
    suffixed(
        """
        sqs.CfnQueue(self, "Jobs", queue_name=f"night-jobs-{environment_suffix}")
        logs.CfnLogGroup(
            self, "Audit", log_group_name=f"/museum/audit-{environment_suffix}"
        )
        """,
        "from aws_cdk import aws_logs as logs, aws_sqs as sqs",
    ),
)

_FIFO = Example(
    ".fifo stays last",
    stack(
        'queue = sqs.Queue(self, "Orders", fifo=True, queue_name="orders.fifo")',
        "from aws_cdk import aws_sqs as sqs",
    ),
    suffixed(
        """
        queue = sqs.Queue(
            self, "Orders", fifo=True, queue_name=f"orders-{environment_suffix}.fifo"
        )
        """,
        "from aws_cdk import aws_sqs as sqs",
    ),
)

_STREAM = Example(
    "the -stream of a stream's name gives way to the suffix",
    stack(
        'kinesis.Stream(self, "Clicks", stream_name="clicks-stream")',
        "from aws_cdk import aws_kinesis as kinesis",
    ),
    suffixed(
        'kinesis.Stream(self, "Clicks", stream_name=f"clicks-{environment_suffix}")',
        "from aws_cdk import aws_kinesis as kinesis",
    ),
)

_STREAMS = Example(
    "-stream stays where two names would meet",
    stack(
        """
        kinesis.Stream(self, "Clicks", stream_name="clicks-stream")
        kinesis.Stream(self, "Old", stream_name="clicks")
        """,
        "from aws_cdk import aws_kinesis as kinesis",
    ),
    suffixed(
        """
        kinesis.Stream(
            self, "Clicks", stream_name=f"clicks-stream-{environment_suffix}"
        )
        kinesis.Stream(self, "Old", stream_name=f"clicks-{environment_suffix}")
        """,
        "from aws_cdk import aws_kinesis as kinesis",
    ),
)

_PROPS = Example(
    "the name as an entry of a dict that is unpacked",
    stack(
        """
        settings = {
            "queue_name": "parcels",
            "retention_period": Duration.days(4),
        }
        sqs.Queue(self, "Parcels", **settings)
        """,
        "from aws_cdk import aws_sqs as sqs",
    ),
    suffixed(
        """
        settings = {
            "queue_name": f"parcels-{environment_suffix}",
            "retention_period": Duration.days(4),
        }
        sqs.Queue(self, "Parcels", **settings)
        """,
        "from aws_cdk import aws_sqs as sqs",
    ),
)

_ACCOUNT = Example(
    "account and region alone tell no environments apart",
    stack(
        """
        s3.Bucket(self, "Reports", bucket_name=f"reports-{self.account}-{self.region}")
        """,
        "from aws_cdk import aws_s3 as s3",
    ),
    suffixed(
        """
        s3.Bucket(
            self,
            "Reports",
            bucket_name=f"reports-{self.account}-{self.region}-{environment_suffix}",
        )
        """,
        "from aws_cdk import aws_s3 as s3",
    ),
)

_PUT_TOGETHER = Example(
    "names put together from a constant: a sum, %, format",
    stack(
        """
        team = "post"
        sqs.Queue(self, "Sum", queue_name=team + "-letters")
        sqs.Queue(self, "Percent", queue_name="%s-parcels" % team)
        sqs.Queue(self, "Format", queue_name="{}-stamps".format(team))
        sqs.Queue(self, "Field", queue_name=f"{team}-returns")
        """,
        "from aws_cdk import aws_sqs as sqs",
    ),
    suffixed(
        """
        team = "post"
        sqs.Queue(self, "Sum", queue_name=team + f"-letters-{environment_suffix}")
        sqs.Queue(
            self, "Percent", queue_name="%s-parcels-%s" % (team, environment_suffix)
        )
        sqs.Queue(
            self, "Format", queue_name="{}-stamps-{}".format(team, environment_suffix)
        )
        sqs.Queue(self, "Field", queue_name=f"{team}-returns-{environment_suffix}")
        """,
        "from aws_cdk import aws_sqs as sqs",
    ),
)

_NETWORK = Example(
    "the id of a network, whose Name tag is made of it; the outputs keep their ids",
    stack(
        """
        vpc = ec2.Vpc(self, "MuseumNetwork", max_azs=2)
        CfnOutput(self, "NetworkId", value=vpc.vpc_id)
        """,
        "from aws_cdk import CfnOutput, aws_ec2 as ec2",
    ),
    suffixed(
        """
        vpc = ec2.Vpc(self, f"MuseumNetwork-{environment_suffix}", max_azs=2)
        CfnOutput(self, "NetworkId", value=vpc.vpc_id)
        """,
        "from aws_cdk import CfnOutput, aws_ec2 as ec2",
    ),
)

_LOOP = Example(
    "names from a loop over texts",
    stack(
        """
        for kind in ("letters", "parcels"):
            sqs.Queue(self, f"{kind}-queue", queue_name=f"post-{kind}")
        """,
        "from aws_cdk import aws_sqs as sqs",
    ),
    suffixed(
        """
        for kind in ("letters", "parcels"):
            sqs.Queue(
                self, f"{kind}-queue", queue_name=f"post-{kind}-{environment_suffix}"
            )
        """,
        "from aws_cdk import aws_sqs as sqs",
    ),
)

_METHODS = Example(
    "a method of the stack finds the suffix on self",
    """\
from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs
from constructs import Construct


class PostStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self.letters = self._queue_of_letters()

    def _queue_of_letters(self) -> sqs.Queue:
        return sqs.Queue(self, "Letters", queue_name="letters")


app = App()
PostStack(app, "Post")
app.synth()
""",
    f"""\
import os
import re

from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs
from constructs import Construct


class PostStack(Stack):
    def __init__(
        self, scope: Construct, construct_id: str, *, environment_suffix: str, **kwargs
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self.environment_suffix = environment_suffix
        self.letters = self._queue_of_letters()

    def _queue_of_letters(self) -> sqs.Queue:
        return sqs.Queue(
            self, "Letters", queue_name=f"letters-{{self.environment_suffix}}"
        )


app = App()
{READ}PostStack(app, f"Post-{{environment_suffix}}", environment_suffix=environment_suffix)
app.synth()
""",
)

_FUNCTION = Example(
    "a function that the stack calls takes the suffix",
    """\
from aws_cdk import App, Stack
from aws_cdk import aws_sns as sns


def add_alarms(scope):
    return sns.Topic(scope, "Alarms", topic_name="alarms")


class PostStack(Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        self.alarms = add_alarms(self)


app = App()
PostStack(app, "Post")
app.synth()
""",
    f"""\
import os
import re

from aws_cdk import App, Stack
from aws_cdk import aws_sns as sns


def add_alarms(scope, *, environment_suffix: str):
    return sns.Topic(scope, "Alarms", topic_name=f"alarms-{{environment_suffix}}")


class PostStack(Stack):
    def __init__(self, scope, construct_id, *, environment_suffix: str):
        super().__init__(scope, construct_id)
        self.alarms = add_alarms(self, environment_suffix=environment_suffix)


app = App()
{READ}PostStack(app, f"Post-{{environment_suffix}}", environment_suffix=environment_suffix)
app.synth()
""",
)

_STAGE = Example(
    "through a construct, a stack and a stage in files of their own, up to main()",
    {
        "app.py": """\
#!/usr/bin/env python3
import aws_cdk as cdk

from museum.stage import MuseumStage


def main() -> None:
    app = cdk.App()
    MuseumStage(app, "Museum")
    app.synth()


if __name__ == "__main__":
    main()
""",
        "museum/__init__.py": "",
        "museum/stage.py": """\
from aws_cdk import Stage
from constructs import Construct

from .rooms import RoomsStack


class MuseumStage(Stage):
    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        RoomsStack(self, "Rooms")
""",
        "museum/rooms.py": """\
from aws_cdk import NestedStack, Stack, aws_s3 as s3
from constructs import Construct


class Pictures(Construct):
    def __init__(self, scope: Construct, id: str, *, versioned: bool) -> None:
        super().__init__(scope, id)
        s3.Bucket(self, "Bucket", bucket_name="museum-pictures", versioned=versioned)


class Archive(NestedStack):
    def __init__(self, scope, id):
        super().__init__(scope, id)
        Pictures(self, "Pictures", versioned=True)


class RoomsStack(Stack):
    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        Archive(self, "Archive")
""",
    },
    {
        "app.py": """\
#!/usr/bin/env python3
import os
import re

import aws_cdk as cdk

from museum.stage import MuseumStage


def main() -> None:
    app = cdk.App()
    environment_suffix = app.node.try_get_context(
        "environmentSuffix"
    ) or os.environ.get("ENVIRONMENT_SUFFIX", "dev")
    if not re.fullmatch(r"[a-z0-9-]{1,12}", environment_suffix):
        raise ValueError(
            f"environmentSuffix must match [a-z0-9-]{{1,12}}, not {environment_suffix!r}"
        )
    MuseumStage(
        app, f"Museum-{environment_suffix}", environment_suffix=environment_suffix
    )
    app.synth()


if __name__ == "__main__":
    main()
""",
        "museum/__init__.py": "",
        "museum/stage.py": """\
from aws_cdk import Stage
from constructs import Construct

from .rooms import RoomsStack


class MuseumStage(Stage):
    def __init__(self, scope: Construct, id: str, *, environment_suffix: str) -> None:
        super().__init__(scope, id)
        RoomsStack(self, "Rooms", environment_suffix=environment_suffix)
""",
        "museum/rooms.py": """\
from aws_cdk import NestedStack, Stack, aws_s3 as s3
from constructs import Construct


class Pictures(Construct):
    def __init__(
        self, scope: Construct, id: str, *, versioned: bool, environment_suffix: str
    ) -> None:
        super().__init__(scope, id)
        s3.Bucket(
            self,
            "Bucket",
            bucket_name=f"museum-pictures-{environment_suffix}",
            versioned=versioned,
        )


class Archive(NestedStack):
    def __init__(self, scope, id, *, environment_suffix: str):
        super().__init__(scope, id)
        Pictures(
            self, "Pictures", versioned=True, environment_suffix=environment_suffix
        )


class RoomsStack(Stack):
    def __init__(self, scope: Construct, id: str, *, environment_suffix: str) -> None:
        super().__init__(scope, id)
        Archive(self, "Archive", environment_suffix=environment_suffix)
""",
    },
)

_EXPORT = Example(
    "an export's name, and the stack that imports it",
    """\
from aws_cdk import App, CfnOutput, Fn, Stack
from aws_cdk import aws_sns as sns


class TopicStack(Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        topic = sns.Topic(self, "Alarms")
        CfnOutput(self, "Arn", value=topic.topic_arn, export_name="AlarmsArn")


class ReaderStack(Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        CfnOutput(self, "Seen", value=Fn.import_value("AlarmsArn"))


app = App()
TopicStack(app, "Topic")
ReaderStack(app, "Reader")
app.synth()
""",
    f"""\
import os
import re

from aws_cdk import App, CfnOutput, Fn, Stack
from aws_cdk import aws_sns as sns


class TopicStack(Stack):
    def __init__(self, scope, construct_id, *, environment_suffix: str):
        super().__init__(scope, construct_id)
        topic = sns.Topic(self, "Alarms")
        CfnOutput(
            self,
            "Arn",
            value=topic.topic_arn,
            export_name=f"AlarmsArn-{{environment_suffix}}",
        )


class ReaderStack(Stack):
    def __init__(self, scope, construct_id, *, environment_suffix: str):
        super().__init__(scope, construct_id)
        CfnOutput(
            self, "Seen", value=Fn.import_value(f"AlarmsArn-{{environment_suffix}}")
        )


app = App()
{READ}TopicStack(app, f"Topic-{{environment_suffix}}", environment_suffix=environment_suffix)
ReaderStack(app, f"Reader-{{environment_suffix}}", environment_suffix=environment_suffix)
app.synth()
""",
)

_HANDLERS = Example(
    "handlers read the name from a variable: a new one, and the one that is there",
    {
        "app.py": stack(
            """
            s3.Bucket(self, "Scans", bucket_name="museum-scans")
            code = lambda_.Code.from_asset("handlers")
            lambda_.Function(
                self,
                "Store",
                runtime=lambda_.Runtime.PYTHON_3_12,
                handler="store.handler",
                code=code,
            )
            lambda_.Function(
                self,
                "Show",
                runtime=lambda_.Runtime.PYTHON_3_12,
                handler="show.handler",
                code=code,
                environment={"SCANS": "museum-scans"},
            )
            """,
            "from aws_cdk import aws_lambda as lambda_, aws_s3 as s3",
        ),
        "handlers/store.py": """\
import boto3

s3 = boto3.client("s3")


def handler(event, context):
    s3.put_object(Bucket="museum-scans", Key=event["id"], Body=event["scan"])
""",
        "handlers/show.py": """\
import os

import boto3


def handler(event, context):
    bucket = boto3.resource("s3").Bucket("museum-scans")
    return [found.key for found in bucket.objects.all()]
""",
    },
    {
        "app.py": suffixed(
            """
            s3.Bucket(self, "Scans", bucket_name=f"museum-scans-{environment_suffix}")
            code = lambda_.Code.from_asset("handlers")
            lambda_.Function(
                self,
                "Store",
                runtime=lambda_.Runtime.PYTHON_3_12,
                handler="store.handler",
                code=code,
                environment={"MUSEUM_SCANS_BUCKET": f"museum-scans-{environment_suffix}"},
            )
            lambda_.Function(
                self,
                "Show",
                runtime=lambda_.Runtime.PYTHON_3_12,
                handler="show.handler",
                code=code,
                environment={"SCANS": f"museum-scans-{environment_suffix}"},
            )
            """,
            "from aws_cdk import aws_lambda as lambda_, aws_s3 as s3",
        ),
        "handlers/store.py": """\
import os

import boto3

s3 = boto3.client("s3")


def handler(event, context):
    s3.put_object(
        Bucket=os.environ["MUSEUM_SCANS_BUCKET"], Key=event["id"], Body=event["scan"]
    )
""",
        "handlers/show.py": """\
import os

import boto3


def handler(event, context):
    bucket = boto3.resource("s3").Bucket(os.environ["SCANS"])
    return [found.key for found in bucket.objects.all()]
""",
    },
)

_LOOKED_UP = Example(
    "a look-up, an ARN and a constant in a file of its own that hold the name",
    {
        "app.py": """\
from aws_cdk import App

from guests import GuestStack, MailStack

app = App()
GuestStack(app, "Guests")
MailStack(app, "Mail")
app.synth()
""",
        "names.py": 'GUESTS = "hotel-guests"\n',
        "guests.py": """\
from aws_cdk import Stack, aws_dynamodb as dynamodb, aws_iam as iam

from names import GUESTS


class GuestStack(Stack):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
        dynamodb.Table(self, "Guests", table_name=GUESTS, partition_key=key)


class MailStack(Stack):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        self.guests = dynamodb.Table.from_table_name(self, "Guests", GUESTS)
        self.readers = iam.PolicyStatement(
            actions=["dynamodb:Query"],
            resources=["arn:aws:dynamodb:*:*:table/hotel-guests"],
        )
""",
    },
    {
        "app.py": f"""\
import os
import re

from aws_cdk import App

from guests import GuestStack, MailStack

app = App()
{READ}GuestStack(app, f"Guests-{{environment_suffix}}", environment_suffix=environment_suffix)
MailStack(app, f"Mail-{{environment_suffix}}", environment_suffix=environment_suffix)
app.synth()
""",
        "names.py": 'GUESTS = "hotel-guests"\n',
        "guests.py": """\
from aws_cdk import Stack, aws_dynamodb as dynamodb, aws_iam as iam

from names import GUESTS


class GuestStack(Stack):
    def __init__(self, scope, construct_id, *, environment_suffix: str, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
        dynamodb.Table(
            self,
            "Guests",
            table_name=f"{GUESTS}-{environment_suffix}",
            partition_key=key,
        )


class MailStack(Stack):
    def __init__(self, scope, construct_id, *, environment_suffix: str, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        self.guests = dynamodb.Table.from_table_name(
            self, "Guests", f"{GUESTS}-{environment_suffix}"
        )
        self.readers = iam.PolicyStatement(
            actions=["dynamodb:Query"],
            resources=[f"arn:aws:dynamodb:*:*:table/hotel-guests-{environment_suffix}"],
        )
""",
    },
)

_ENV_NAME = Example(
    "a parameter of the stack that tells environments apart is the suffix",
    """\
import os

from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs


class PostStack(Stack):
    def __init__(self, scope, construct_id, env_name: str, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        sqs.Queue(self, "Letters", queue_name="letters")
        sqs.Queue(self, "Parcels", queue_name=f"parcels-{env_name}")


app = App()
env_name = os.environ.get("ENV_NAME", "dev")
PostStack(app, "Post", env_name)
app.synth()
""",
    """\
import os

from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs


class PostStack(Stack):
    def __init__(self, scope, construct_id, env_name: str, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        sqs.Queue(self, "Letters", queue_name=f"letters-{env_name}")
        sqs.Queue(self, "Parcels", queue_name=f"parcels-{env_name}")


app = App()
env_name = os.environ.get("ENV_NAME", "dev")
PostStack(app, f"Post-{env_name}", env_name)
app.synth()
""",
)

_STAGE_IN_APP = Example(
    "the app file knows the stage: the stack is told of it",
    """\
from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs


class PostStack(Stack):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        sqs.Queue(self, "Letters", queue_name="letters")


app = App()
stage = app.node.try_get_context("stage") or "dev"
PostStack(app, f"Post-{stage}")
app.synth()
""",
    """\
from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs


class PostStack(Stack):
    def __init__(self, scope, construct_id, *, environment_suffix: str, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        sqs.Queue(self, "Letters", queue_name=f"letters-{environment_suffix}")


app = App()
stage = app.node.try_get_context("stage") or "dev"
PostStack(app, f"Post-{stage}", environment_suffix=stage)
app.synth()
""",
)

_CARRIED = Example(
    "props.environment_suffix of a dataclass, and self.stage of a base stack",
    """\
from dataclasses import dataclass

from aws_cdk import App, Stack
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct


@dataclass
class PostProps:
    environment_suffix: str
    retries: int = 3


class BaseStack(Stack):
    def __init__(self, scope: Construct, id: str, stage: str) -> None:
        super().__init__(scope, id)
        self.stage = stage


class LetterStack(BaseStack):
    def __init__(self, scope: Construct, id: str, *, props: PostProps) -> None:
        super().__init__(scope, id, props.environment_suffix)
        sqs.Queue(self, "Letters", queue_name="letters")


class AlarmStack(BaseStack):
    def build(self) -> None:
        sns.Topic(self, "Alarms", topic_name="alarms")


app = App()
environment_suffix = app.node.try_get_context("environmentSuffix") or "dev"
props = PostProps(environment_suffix)
LetterStack(app, f"Letters{environment_suffix}", props=props)
AlarmStack(app, f"Alarms{environment_suffix}", environment_suffix).build()
app.synth()
""",
    """\
from dataclasses import dataclass

from aws_cdk import App, Stack
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct


@dataclass
class PostProps:
    environment_suffix: str
    retries: int = 3


class BaseStack(Stack):
    def __init__(self, scope: Construct, id: str, stage: str) -> None:
        super().__init__(scope, id)
        self.stage = stage


class LetterStack(BaseStack):
    def __init__(self, scope: Construct, id: str, *, props: PostProps) -> None:
        super().__init__(scope, id, props.environment_suffix)
        sqs.Queue(self, "Letters", queue_name=f"letters-{self.stage}")


class AlarmStack(BaseStack):
    def build(self) -> None:
        sns.Topic(self, "Alarms", topic_name=f"alarms-{self.stage}")


app = App()
environment_suffix = app.node.try_get_context("environmentSuffix") or "dev"
props = PostProps(environment_suffix)
LetterStack(app, f"Letters{environment_suffix}", props=props)
AlarmStack(app, f"Alarms{environment_suffix}", environment_suffix).build()
app.synth()
""",
)

_TESTED = Example(
    "the app's tests make the stack and assert its names",
    {
        "app.py": """\
from aws_cdk import App

from post import PostStack

app = App()
PostStack(app, "Post")
app.synth()
""",
        "post.py": """\
from aws_cdk import Stack, aws_sqs as sqs


class PostStack(Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        sqs.Queue(self, "Letters", queue_name="post-letters")
""",
        "tests/test_post.py": """\
from aws_cdk import App
from aws_cdk.assertions import Template

from post import PostStack


def test_letters():
    template = Template.from_stack(PostStack(App(), "Tested"))
    template.has_resource_properties(
        "AWS::SQS::Queue", {"QueueName": "post-letters"}
    )
""",
    },
    {
        "app.py": f"""\
import os
import re

from aws_cdk import App

from post import PostStack

app = App()
{READ}PostStack(app, f"Post-{{environment_suffix}}", environment_suffix=environment_suffix)
app.synth()
""",
        "post.py": """\
from aws_cdk import Stack, aws_sqs as sqs


class PostStack(Stack):
    def __init__(self, scope, construct_id, *, environment_suffix: str):
        super().__init__(scope, construct_id)
        sqs.Queue(self, "Letters", queue_name=f"post-letters-{environment_suffix}")
""",
        "tests/test_post.py": """\
from aws_cdk import App
from aws_cdk.assertions import Template

from post import PostStack


def test_letters():
    template = Template.from_stack(
        PostStack(App(), "Tested", environment_suffix="test")
    )
    template.has_resource_properties(
        "AWS::SQS::Queue", {"QueueName": "post-letters-test"}
    )
""",
    },
)

_TOKEN = Example(
    "a token goes into names, never into ids",
    stack(
        """
        env_name = CfnParameter(self, "EnvName").value_as_string
        sqs.Queue(self, "Letters", queue_name="letters")
        ec2.Vpc(self, "Network")
        """,
        "from aws_cdk import CfnParameter, aws_ec2 as ec2, aws_sqs as sqs",
    ),
    stack(
        """
        env_name = CfnParameter(self, "EnvName").value_as_string
        sqs.Queue(self, "Letters", queue_name=f"letters-{env_name}")
        ec2.Vpc(self, "Network")
        """,
        "from aws_cdk import CfnParameter, aws_ec2 as ec2, aws_sqs as sqs",
    ),
)

_ENVIRONMENT = Example(
    "what CDK calls environment is no suffix",
    """\
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_sqs as sqs


class PostStack(Stack):
    def __init__(self, scope, construct_id, *, env: Environment):
        super().__init__(scope, construct_id, env=env)
        environment = {"LEVEL": "info"}
        self.where = self.environment
        sqs.Queue(self, "Letters", queue_name="letters")


app = App()
env = Environment(region="eu-central-1")
PostStack(app, "Post", env=env)
app.synth()
""",
    f"""\
import os
import re

from aws_cdk import App, Environment, Stack
from aws_cdk import aws_sqs as sqs


class PostStack(Stack):
    def __init__(
        self, scope, construct_id, *, env: Environment, environment_suffix: str
    ):
        super().__init__(scope, construct_id, env=env)
        environment = {{"LEVEL": "info"}}
        self.where = self.environment
        sqs.Queue(self, "Letters", queue_name=f"letters-{{environment_suffix}}")


app = App()
{READ}env = Environment(region="eu-central-1")
PostStack(
    app, f"Post-{{environment_suffix}}", env=env, environment_suffix=environment_suffix
)
app.synth()
""",
)

_SETTINGS = Example(
    "another variable, another separator, ids of everything without a name",
    """\
from aws_cdk import App, Stack
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_sqs as sqs


class PostStack(Stack):
    def __init__(self, scope, construct_id, stage):
        super().__init__(scope, construct_id)
        kinesis.Stream(self, "Letters", stream_name="letters-stream")
        sqs.Queue(self, "Failed")


app = App()
stage = app.node.try_get_context("stage") or "dev"
PostStack(app, "Post-" + stage, stage)
app.synth()
""",
    """\
from aws_cdk import App, Stack
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_sqs as sqs


class PostStack(Stack):
    def __init__(self, scope, construct_id, stage):
        super().__init__(scope, construct_id)
        kinesis.Stream(self, "Letters", stream_name=f"letters-stream.{stage}")
        sqs.Queue(self, f"Failed.{stage}")


app = App()
stage = app.node.try_get_context("stage") or "dev"
PostStack(app, "Post-" + stage, stage)
app.synth()
""",
    settings={
        "suffix-names": ("stage",),
        "separator": ".",
        "construct-ids": "unnamed",
        "drop-kind-words": False,
    },
)

_NEVER = Example(
    "no id changes where the settings say so",
    stack(
        """
        vpc = ec2.Vpc(self, "Network")
        sqs.Queue(self, "Letters", queue_name="letters")
        """,
        "from aws_cdk import aws_ec2 as ec2, aws_sqs as sqs",
    ),
    suffixed(
        """
        vpc = ec2.Vpc(self, "Network")
        sqs.Queue(self, "Letters", queue_name=f"letters-{environment_suffix}")
        """,
        "from aws_cdk import aws_ec2 as ec2, aws_sqs as sqs",
    ).replace(
        'ExampleStack(\n    app, f"Example-{environment_suffix}", '
        "environment_suffix=environment_suffix\n)",
        'ExampleStack(app, "Example", environment_suffix=environment_suffix)',
    ),
    settings={"construct-ids": "never"},
)

_AIRFLOW = Example(
    "a secret that Airflow looks for by what its DAGs ask for is reported",
    stack(
        """
        secretsmanager.Secret(
            self, "Connection", secret_name="airflow/connections/museum_db"
        )
        """,
        "from aws_cdk import aws_secretsmanager as secretsmanager",
    ),
    reported=True,
)
_TOO_LONG = Example(
    "a name with no room for a suffix is reported",
    stack(
        """
        elbv2.CfnLoadBalancer(self, "Front", name="museum-ticket-office-front")
        """,
        "from aws_cdk import aws_elasticloadbalancingv2 as elbv2",
    ),
    reported=True,
)

_NOT_CONSTRUCTED = Example(
    "a class that nothing in the app constructs is reported",
    stack('self.label = "nothing yet"', "from aws_cdk import aws_sqs as sqs").replace(
        "\n\napp = App()",
        """

class Letters(Construct):
    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        sqs.Queue(self, "Queue", queue_name="letters")


app = App()""",
    ),
    reported=True,
)

_TWO_STACKS = Example(
    "stacks that are environments each are reported",
    """\
from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs


class PostStack(Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        sqs.Queue(self, "Letters", queue_name="letters")


app = App()
PostStack(app, "PostDev")
PostStack(app, "PostProd")
app.synth()
""",
    reported=True,
)

_DOUBT = Example(
    "a parameter that may be no plain string is reported",
    stack("Post(self, None)", "from aws_cdk import aws_sqs as sqs").replace(
        "\n\nclass ExampleStack",
        """

class Post(Construct):
    def __init__(self, scope: Construct, env_name) -> None:
        super().__init__(scope, "Post")
        self.env_name = env_name
        sqs.Queue(self, "Letters", queue_name="letters")


class ExampleStack""",
    ),
    reported=True,
)

_CONFIG = Example(
    "an object of the app's configuration knows the environment",
    """\
from dataclasses import dataclass

from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs


@dataclass
class Settings:
    env_name: str
    retries: int = 3


def load(app: App) -> Settings:
    return Settings(env_name=app.node.try_get_context("stage") or "dev")


class Letters(Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        sqs.Queue(self, "Queue", queue_name="letters")


class Parcels(Stack):
    def __init__(self, scope, construct_id, settings: Settings):
        super().__init__(scope, construct_id)
        self.settings = settings
        self.queues()

    def queues(self):
        sqs.Queue(self, "Queue", queue_name="parcels")


app = App()
settings = load(app)
Letters(app, "Letters")
Parcels(app, f"Parcels-{settings.env_name}", settings)
app.synth()
""",
    """\
from dataclasses import dataclass

from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs


@dataclass
class Settings:
    env_name: str
    retries: int = 3


def load(app: App) -> Settings:
    return Settings(env_name=app.node.try_get_context("stage") or "dev")


class Letters(Stack):
    def __init__(self, scope, construct_id, *, environment_suffix: str):
        super().__init__(scope, construct_id)
        sqs.Queue(self, "Queue", queue_name=f"letters-{environment_suffix}")


class Parcels(Stack):
    def __init__(self, scope, construct_id, settings: Settings):
        super().__init__(scope, construct_id)
        self.settings = settings
        self.queues()

    def queues(self):
        sqs.Queue(self, "Queue", queue_name=f"parcels-{self.settings.env_name}")


app = App()
settings = load(app)
Letters(app, f"Letters-{settings.env_name}", environment_suffix=settings.env_name)
Parcels(app, f"Parcels-{settings.env_name}", settings)
app.synth()
""",
)

_INLINE = Example(
    "a suffix that the call reads itself goes into the stack's id too",
    """\
import os

from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs


class PostStack(Stack):
    def __init__(self, scope, construct_id, environment_suffix: str):
        super().__init__(scope, construct_id)
        sqs.Queue(self, "Letters", queue_name="letters")


app = App()
PostStack(app, "Post", environment_suffix=os.environ.get("ENVIRONMENT_SUFFIX", "dev"))
app.synth()
""",
    """\
import os

from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs


class PostStack(Stack):
    def __init__(self, scope, construct_id, environment_suffix: str):
        super().__init__(scope, construct_id)
        sqs.Queue(self, "Letters", queue_name=f"letters-{environment_suffix}")


app = App()
environment_suffix = os.environ.get("ENVIRONMENT_SUFFIX", "dev")
PostStack(app, f"Post-{environment_suffix}", environment_suffix=environment_suffix)
app.synth()
""",
)

_PLAIN_STACK = Example(
    "a plain stack in a function that is given the app",
    """\
from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs


def build(app: App) -> None:
    post = Stack(app, "Post")
    sqs.Queue(post, "Letters", queue_name="letters")


app = App()
build(app)
app.synth()
""",
    f"""\
import os
import re

from aws_cdk import App, Stack
from aws_cdk import aws_sqs as sqs


def build(app: App, *, environment_suffix: str) -> None:
    post = Stack(app, f"Post-{{environment_suffix}}")
    sqs.Queue(post, "Letters", queue_name=f"letters-{{environment_suffix}}")


app = App()
{READ}build(app, environment_suffix=environment_suffix)
app.synth()
""",
)

_SSM = Example(
    "a parameter that tells others the name, and who reads it",
    stack(
        """
        s3.Bucket(self, "Scans", bucket_name="museum-scans")
        ssm.StringParameter(
            self,
            "Where",
            parameter_name="/museum/scans",
            string_value="museum-scans",
        )
        self.read = ssm.StringParameter.value_for_string_parameter(
            self, "/museum/scans"
        )
        """,
        "from aws_cdk import aws_s3 as s3, aws_ssm as ssm",
    ),
    suffixed(
        """
        s3.Bucket(self, "Scans", bucket_name=f"museum-scans-{environment_suffix}")
        ssm.StringParameter(
            self,
            "Where",
            parameter_name=f"/museum/scans-{environment_suffix}",
            string_value=f"museum-scans-{environment_suffix}",
        )
        self.read = ssm.StringParameter.value_for_string_parameter(
            self, f"/museum/scans-{environment_suffix}"
        )
        """,
        "from aws_cdk import aws_s3 as s3, aws_ssm as ssm",
    ),
)

_SAID = Example(
    "a name that says which environment it is for is reported",
    stack(
        'sqs.Queue(self, "Letters", queue_name="letters-prod")',
        "from aws_cdk import aws_sqs as sqs",
    ),
    reported=True,
)

# What is the name of a database within a server, or a part of another host's address, is no name
# of the API or the topic that is called so.
_DATABASE_AND_HOST = Example(
    "a database within its server and a host elsewhere are called like an API and a topic",
    {
        "app.py": """\
import os

from aws_cdk import App, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns

DB_NAME = "booking"


class BookStack(Stack):
    def __init__(self, scope, construct_id, *, environment_suffix, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        sns.Topic(self, "Alerts", topic_name="alerts")
        handler = lambda_.Function(
            self,
            "Book",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="book.handler",
            code=lambda_.Code.from_asset("book"),
            environment={
                "DB_NAME": DB_NAME,
                "WEBHOOK": "https://hooks.example.com/alerts",
            },
        )
        apigateway.LambdaRestApi(self, "Api", handler=handler, rest_api_name="booking")


app = App()
suffix = os.environ.get("ENVIRONMENT_SUFFIX", "dev")
BookStack(app, f"Book-{suffix}", environment_suffix=suffix)
app.synth()
""",
        "book/book.py": "def handler(event, context):\n    return event\n",
    },
    {
        "app.py": """\
import os

from aws_cdk import App, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns

DB_NAME = "booking"


class BookStack(Stack):
    def __init__(self, scope, construct_id, *, environment_suffix, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        sns.Topic(self, "Alerts", topic_name=f"alerts-{environment_suffix}")
        handler = lambda_.Function(
            self,
            "Book",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="book.handler",
            code=lambda_.Code.from_asset("book"),
            environment={
                "DB_NAME": DB_NAME,
                "WEBHOOK": "https://hooks.example.com/alerts",
            },
        )
        apigateway.LambdaRestApi(
            self, "Api", handler=handler, rest_api_name=f"booking-{environment_suffix}"
        )


app = App()
suffix = os.environ.get("ENVIRONMENT_SUFFIX", "dev")
BookStack(app, f"Book-{suffix}", environment_suffix=suffix)
app.synth()
""",
        "book/book.py": "def handler(event, context):\n    return event\n",
    },
)

EXAMPLES = (
    _ALIASES,
    _L1,
    _FIFO,
    _STREAM,
    _STREAMS,
    _PROPS,
    _ACCOUNT,
    _PUT_TOGETHER,
    _NETWORK,
    _LOOP,
    _METHODS,
    _FUNCTION,
    _STAGE,
    _EXPORT,
    _HANDLERS,
    _LOOKED_UP,
    _ENV_NAME,
    _STAGE_IN_APP,
    _CARRIED,
    _TESTED,
    _TOKEN,
    _ENVIRONMENT,
    _SETTINGS,
    _NEVER,
    _AIRFLOW,
    _TOO_LONG,
    _NOT_CONSTRUCTED,
    _TWO_STACKS,
    _DOUBT,
    _CONFIG,
    _INLINE,
    _PLAIN_STACK,
    _SSM,
    _SAID,
    _DATABASE_AND_HOST,
    *ELSEWHERE,
    *LEFT_ALONE,
)
