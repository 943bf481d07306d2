"""Spellings and look-alikes of TAP016."""

from __future__ import annotations

from tapfix.codemods.examples.shapes import stack
from tapfix.rule import Example

IMPORTS = "from aws_cdk import aws_s3 as s3"


def bucket(arguments: str, before: str = "", after: str = "", imports: str = IMPORTS) -> str:
    """A stack with one bucket that has these further arguments, one a line."""
    lines = "".join(f"\n    {line}" for line in arguments.splitlines())
    return stack(
        f'{before}bucket = s3.Bucket(\n    self,\n    "Archive",{lines}\n)\n{after}', imports
    )


def l1(arguments: str) -> str:
    """A stack with one L1 bucket that has these further arguments, one a line."""
    lines = "".join(f"\n    {line}" for line in arguments.splitlines())
    return stack(f's3.CfnBucket(\n    self,\n    "Archive",{lines}\n)\n', IMPORTS)


GLACIER = """\
lifecycle_rules=[
    s3.LifecycleRule(
        transitions=[
            s3.Transition(
                storage_class=s3.StorageClass.GLACIER,
                transition_after=Duration.days({days}),
            )
        ]{more}
    )
],
"""

L1_GLACIER = """\
lifecycle_configuration=s3.CfnBucket.LifecycleConfigurationProperty(
    rules=[
        s3.CfnBucket.RuleProperty(
            status="Enabled",
            transitions=[
                s3.CfnBucket.TransitionProperty(
                    storage_class="GLACIER", transition_in_days=30
                )
            ],{more}
        )
    ]
),
versioning_configuration={{"status": "Enabled"}},
"""

SUBCLASS = """\
import aws_cdk
from aws_cdk.aws_s3 import Bucket
from constructs import Construct


class PrivateBucket(Bucket):
    def __init__(self, scope: Construct, id: str, *, name: str) -> None:
        super().__init__(scope, id, bucket_name=name, enforce_ssl=True{more})


app = aws_cdk.App()
stack = aws_cdk.Stack(app, "Example")
PrivateBucket(stack, "Letters", name="letters")
PrivateBucket(stack, "Drafts", name="drafts")
app.synth()
"""

FIRING = (
    Example(
        "no rule at all",
        stack('s3.Bucket(self, "Archive")', IMPORTS),
        stack(
            """\
            s3.Bucket(
                self,
                "Archive",
                lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(1095))],
            )
            """,
            IMPORTS,
        ),
    ),
    Example(
        "a rule for the whole bucket that only moves objects",
        bucket(GLACIER.format(days=90, more="")),
        bucket(GLACIER.format(days=90, more=",\n        expiration=Duration.days(1095),")),
    ),
    Example(
        "a versioned bucket: old versions too",
        bucket("versioned=True,\nenforce_ssl=True,"),
        bucket(
            "versioned=True,\nenforce_ssl=True,\nlifecycle_rules=[\n"
            "    s3.LifecycleRule(\n"
            "        expiration=Duration.days(1095),\n"
            "        noncurrent_version_expiration=Duration.days(1095),\n"
            "    )\n],"
        ),
    ),
    Example(
        "a versioned bucket whose old versions expire already",
        bucket(
            "versioned=True,\nlifecycle_rules=[\n"
            "    s3.LifecycleRule(noncurrent_version_expiration=Duration.days(30))\n],"
        ),
        bucket(
            "versioned=True,\nlifecycle_rules=[\n"
            "    s3.LifecycleRule(\n"
            "        noncurrent_version_expiration=Duration.days(30),\n"
            "        expiration=Duration.days(1095),\n"
            "    )\n],"
        ),
    ),
    Example(
        "a rule for a part of the bucket: another one for all of it",
        bucket(
            "lifecycle_rules=[\n"
            "    s3.LifecycleRule(\n"
            '        prefix="uploads/",\n'
            "        abort_incomplete_multipart_upload_after=Duration.days(7),\n"
            "    ),\n"
            "],"
        ),
        bucket(
            "lifecycle_rules=[\n"
            "    s3.LifecycleRule(\n"
            '        prefix="uploads/",\n'
            "        abort_incomplete_multipart_upload_after=Duration.days(7),\n"
            "    ),\n"
            "    s3.LifecycleRule(expiration=Duration.days(1095)),\n"
            "],"
        ),
    ),
    Example(
        "a rule as a dict, whose keys are those of CDK's core",
        bucket(
            "versioned=True,\nlifecycle_rules=[\n"
            "    {\n"
            '        "id": "tidy",\n'
            '        "abortIncompleteMultipartUploadAfter": Duration.days(7),\n'
            "    }\n"
            "],"
        ),
        bucket(
            "versioned=True,\nlifecycle_rules=[\n"
            "    {\n"
            '        "id": "tidy",\n'
            '        "abortIncompleteMultipartUploadAfter": Duration.days(7),\n'
            '        "expiration": Duration.days(1095),\n'
            '        "noncurrentVersionExpiration": Duration.days(1095),\n'
            "    }\n"
            "],"
        ),
    ),
    Example(
        "a rule that is added later",
        bucket(
            "enforce_ssl=True,",
            after="bucket.add_lifecycle_rule(\n"
            "    abort_incomplete_multipart_upload_after=Duration.days(7)\n)\n",
        ),
        bucket(
            "enforce_ssl=True,",
            after="bucket.add_lifecycle_rule(\n"
            "    abort_incomplete_multipart_upload_after=Duration.days(7),\n"
            "    expiration=Duration.days(1095),\n)\n",
        ),
    ),
    Example(
        "a rule that cleans up delete markers cannot expire objects as well",
        bucket("lifecycle_rules=[s3.LifecycleRule(expired_object_delete_marker=True)],"),
        bucket(
            "lifecycle_rules=[\n"
            "    s3.LifecycleRule(expired_object_delete_marker=True),\n"
            "    s3.LifecycleRule(expiration=Duration.days(1095)),\n"
            "],"
        ),
    ),
    Example(
        "a rule that is switched off",
        bucket(
            "lifecycle_rules=[\n"
            "    s3.LifecycleRule(\n"
            "        enabled=False,\n"
            "        abort_incomplete_multipart_upload_after=Duration.days(7),\n"
            "    )\n"
            "],"
        ),
        bucket(
            "lifecycle_rules=[\n"
            "    s3.LifecycleRule(\n"
            "        enabled=False,\n"
            "        abort_incomplete_multipart_upload_after=Duration.days(7),\n"
            "    ),\n"
            "    s3.LifecycleRule(expiration=Duration.days(1095)),\n"
            "],"
        ),
    ),
    Example(
        "rules in a dict of arguments",
        bucket(
            "**common,",
            before='common = {\n    "enforce_ssl": True,\n    "lifecycle_rules": [],\n}\n',
        ),
        bucket(
            "**common,",
            before="common = {\n"
            '    "enforce_ssl": True,\n'
            '    "lifecycle_rules": [s3.LifecycleRule(expiration=Duration.days(1095))],\n'
            "}\n",
        ),
    ),
    Example(
        "a class of the app derived from it, other names to import",
        SUBCLASS.format(more=""),
        SUBCLASS.replace("import Bucket\n", "import Bucket, LifecycleRule\n").replace(
            "scope, id, bucket_name=name, enforce_ssl=True{more}",
            "\n            scope,\n            id,\n            bucket_name=name,\n"
            "            enforce_ssl=True,\n"
            "            lifecycle_rules=[LifecycleRule(expiration=aws_cdk.Duration.days(1095))],"
            "\n        ",
        ),
    ),
    Example(
        "L1, no rule",
        l1('bucket_name="archive-of-letters",\ntags=[],'),
        l1(
            'bucket_name="archive-of-letters",\ntags=[],\n'
            "lifecycle_configuration=s3.CfnBucket.LifecycleConfigurationProperty(\n"
            "    rules=[\n"
            '        s3.CfnBucket.RuleProperty(status="Enabled", expiration_in_days=1095)\n'
            "    ]\n"
            "),"
        ),
    ),
    Example(
        "L1, a rule that only moves objects, versioned",
        l1(L1_GLACIER.format(more="")),
        l1(
            L1_GLACIER.format(
                more="\n            expiration_in_days=1095,"
                "\n            noncurrent_version_expiration="
                "s3.CfnBucket.NoncurrentVersionExpirationProperty("
                "\n                noncurrent_days=1095"
                "\n            ),"
            )
        ),
    ),
    Example(
        "L1, dicts, a versioned bucket whose rule is switched off: another dict",
        l1(
            'versioning_configuration={"status": "Enabled"},\n'
            "lifecycle_configuration={\n"
            '    "rules": [{"status": "Disabled", "expiredObjectDeleteMarker": True}]\n'
            "},"
        ),
        l1(
            'versioning_configuration={"status": "Enabled"},\n'
            "lifecycle_configuration={\n"
            '    "rules": [\n'
            '        {"status": "Disabled", "expiredObjectDeleteMarker": True},\n'
            "        {\n"
            '            "status": "Enabled",\n'
            '            "expirationInDays": 1095,\n'
            '            "noncurrentVersionExpiration": {"noncurrentDays": 1095},\n'
            "        },\n"
            "    ]\n"
            "},"
        ),
    ),
    Example(
        "L1, dicts",
        l1(
            "lifecycle_configuration={\n"
            '    "rules": [{"status": "Enabled", "expiredObjectDeleteMarker": None}]\n'
            "},"
        ),
        l1(
            "lifecycle_configuration={\n"
            '    "rules": [\n'
            "        {\n"
            '            "status": "Enabled",\n'
            '            "expiredObjectDeleteMarker": None,\n'
            '            "expirationInDays": 1095,\n'
            "        }\n"
            "    ]\n"
            "},"
        ),
    ),
    Example(
        "a year is enough",
        bucket("enforce_ssl=True,"),
        bucket(
            "enforce_ssl=True,\nlifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(365))],"
        ),
        settings={"expiration-days": 365},
    ),
    Example(
        "objects that move later than they would expire",
        bucket(GLACIER.format(days=1825, more="")),
        reported=True,
    ),
    Example(
        "a pipeline's artefacts are noted",
        stack(
            """\
            artefacts = s3.Bucket(self, "Artefacts")
            source = codepipeline.Artifact()
            repository = codecommit.Repository(self, "Code", repository_name="code")
            codepipeline.Pipeline(
                self,
                "Pipeline",
                artifact_bucket=artefacts,
                stages=[
                    codepipeline.StageProps(
                        stage_name="Source",
                        actions=[
                            actions.CodeCommitSourceAction(
                                action_name="Source", repository=repository, output=source
                            )
                        ],
                    ),
                    codepipeline.StageProps(
                        stage_name="Approve",
                        actions=[actions.ManualApprovalAction(action_name="Approve")],
                    ),
                ],
            )
            """,
            """\
            from aws_cdk import aws_codecommit as codecommit
            from aws_cdk import aws_codepipeline as codepipeline
            from aws_cdk import aws_codepipeline_actions as actions
            from aws_cdk import aws_s3 as s3
            """,
        ),
        reported=True,
    ),
)

SILENT = (
    Example(
        "a rule that expires objects",
        bucket("lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(30))],"),
    ),
    Example(
        "objects expire at a date",
        bucket(
            "lifecycle_rules=[s3.LifecycleRule(expiration_date=datetime(2030, 1, 1, tzinfo=UTC))],",
            imports="from datetime import datetime, timezone\n" + IMPORTS,
            before="UTC = timezone.utc\n",
        ),
    ),
    Example(
        "a part of the objects expires",
        bucket('lifecycle_rules=[s3.LifecycleRule(prefix="tmp/", expiration=Duration.days(1))],'),
    ),
    Example(
        "a rule that expires objects, switched off by someone",
        bucket("lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(1), enabled=False)],"),
    ),
    Example(
        "objects expire by a rule added later",
        bucket(
            "enforce_ssl=True,",
            after="bucket.add_lifecycle_rule(expiration=Duration.days(30))\n",
        ),
    ),
    Example(
        "a function that is not to be seen gives the bucket its lifecycle",
        bucket(
            "enforce_ssl=True,",
            imports="from functools import partial\n" + IMPORTS,
            before="add_lifecycle = partial(print)\n",
            after="add_lifecycle(bucket)\n",
        ),
    ),
    Example(
        "objects expire where the environment asks for it",
        bucket(
            "enforce_ssl=True,",
            after='if self.node.try_get_context("throwaway"):\n'
            "    bucket.add_lifecycle_rule(expiration=Duration.days(1))\n",
        ),
    ),
    Example(
        "L1, objects expire",
        l1(
            "lifecycle_configuration={\n"
            '    "rules": [{"status": "Enabled", "expirationInDays": 90}]\n'
            "},"
        ),
    ),
    Example(
        "rules on the resource below the construct",
        bucket(
            "enforce_ssl=True,",
            after="bucket.node.default_child.add_property_override(\n"
            '    "LifecycleConfiguration.Rules",\n'
            '    [{"Status": "Enabled", "ExpirationInDays": 30}],\n'
            ")\n",
        ),
    ),
    Example(
        "rules from a function",
        bucket("lifecycle_rules=rules(),").replace(
            "class ExampleStack",
            "def rules() -> list[s3.LifecycleRule]:\n"
            "    return [s3.LifecycleRule(expiration=Duration.days(30))]\n\n\nclass ExampleStack",
        ),
    ),
    Example(
        "a list that is filled later",
        bucket(
            "lifecycle_rules=rules,",
            before="rules = []\n"
            'if self.node.try_get_context("throwaway"):\n'
            "    rules.append(s3.LifecycleRule(expiration=Duration.days(1)))\n",
        ),
    ),
    Example(
        "an aspect gives every bucket its rules",
        """\
import jsii
from aws_cdk import App, Aspects, IAspect, Stack, aws_s3 as s3


@jsii.implements(IAspect)
class Expire:
    def visit(self, node) -> None:
        if isinstance(node, s3.CfnBucket):
            node.lifecycle_configuration = {
                "rules": [{"status": "Enabled", "expirationInDays": 90}]
            }


app = App()
stack = Stack(app, "Example")
s3.Bucket(stack, "Archive")
Aspects.of(app).add(Expire())
app.synth()
""",
    ),
    Example(
        "a website",
        bucket('website_index_document="index.html",'),
    ),
    Example(
        "objects that everyone may read",
        bucket(
            "public_read_access=True,\n"
            "block_public_access=s3.BlockPublicAccess(block_public_policy=False),"
        ),
    ),
    Example(
        "an origin of CloudFront",
        bucket(
            "enforce_ssl=True,",
            after="""\
cloudfront.Distribution(
    self,
    "Distribution",
    default_behavior=cloudfront.BehaviorOptions(
        origin=origins.S3BucketOrigin.with_origin_access_control(bucket)
    ),
)
""",
            imports="from aws_cdk import aws_cloudfront as cloudfront\n"
            "from aws_cdk import aws_cloudfront_origins as origins\n" + IMPORTS,
        ),
    ),
    Example(
        "files are deployed to it",
        bucket(
            "enforce_ssl=True,",
            after="""\
deployment.BucketDeployment(
    self,
    "Files",
    sources=[deployment.Source.data("hello.txt", "Hello")],
    destination_bucket=bucket,
)
""",
            imports=IMPORTS + "\nfrom aws_cdk import aws_s3_deployment as deployment",
        ),
    ),
    Example(
        "a function's code lies in it",
        bucket(
            "versioned=True,",
            after="""\
lambda_.Function(
    self,
    "Function",
    runtime=lambda_.Runtime.PYTHON_3_13,
    handler="index.handler",
    code=lambda_.Code.from_bucket(bucket, "function.zip"),
)
""",
            imports="from aws_cdk import aws_lambda as lambda_\n" + IMPORTS,
        ),
    ),
    Example(
        "an imported bucket",
        stack('s3.Bucket.from_bucket_name(self, "Archive", "archive-of-letters")', IMPORTS),
    ),
    Example(
        "another service's repository",
        stack(
            'ecr.Repository(self, "Images", lifecycle_rules=[])',
            "from aws_cdk import aws_ecr as ecr",
        ),
    ),
)

EXAMPLES = FIRING + SILENT
