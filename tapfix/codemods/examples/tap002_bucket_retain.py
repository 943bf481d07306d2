"""Examples of TAP002: buckets that outlive their stacks."""

from __future__ import annotations

from tapfix.codemods.examples.shapes import stack
from tapfix.rule import Example

_S3 = "from aws_cdk import aws_s3 as s3"

_KEYWORD = Example(
    "RETAIN as an argument, one a line, with a comment",
    stack(
        """
        s3.Bucket(
            self,
            "Archive",
            versioned=True,
            removal_policy=RemovalPolicy.RETAIN,  # three years of orders
        )
        """,
        _S3,
    ),
    stack(
        """
        s3.Bucket(
            self,
            "Archive",
            versioned=True,
            removal_policy=RemovalPolicy.DESTROY,  # three years of orders
            auto_delete_objects=True,
        )
        """,
        _S3,
    ),
)

_MISSING = Example(
    "no policy at all: RETAIN is the default",
    stack('uploads = s3.Bucket(self, "Uploads", versioned=True)', _S3),
    stack(
        """
        uploads = s3.Bucket(
            self,
            "Uploads",
            versioned=True,
            removal_policy=RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
        """,
        _S3,
    ),
)

_NO_IMPORT = Example(
    "the class imported by itself, RemovalPolicy not yet",
    """\
from aws_cdk import App, Stack
from aws_cdk.aws_s3 import Bucket

app = App()
stack = Stack(app, "Example")
Bucket(stack, "Uploads")
app.synth()
""",
    """\
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk.aws_s3 import Bucket

app = App()
stack = Stack(app, "Example")
Bucket(stack, "Uploads", removal_policy=RemovalPolicy.DESTROY, auto_delete_objects=True)
app.synth()
""",
)

_MODULE_ALIAS = Example(
    "everything below cdk., bound to an attribute of self",
    """\
import aws_cdk as cdk


class Storage(cdk.Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        self.uploads = cdk.aws_s3.Bucket(
            self, "Uploads", removal_policy=cdk.RemovalPolicy.RETAIN
        )


app = cdk.App()
Storage(app, "Storage")
app.synth()
""",
    """\
import aws_cdk as cdk


class Storage(cdk.Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        self.uploads = cdk.aws_s3.Bucket(
            self,
            "Uploads",
            removal_policy=cdk.RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )


app = cdk.App()
Storage(app, "Storage")
app.synth()
""",
)

_ON_UPDATE = Example(
    "RETAIN_ON_UPDATE_OR_DELETE, and an explicit auto_delete_objects=False",
    stack(
        """
        s3.Bucket(
            self,
            "Archive",
            auto_delete_objects=False,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        """,
        _S3,
    ),
    stack(
        """
        s3.Bucket(
            self,
            "Archive",
            auto_delete_objects=True,
            removal_policy=RemovalPolicy.DESTROY,
        )
        """,
        _S3,
    ),
)

_COMPUTED_KEY = Example(
    "a dict whose key is a name",
    stack(
        """
        policy = "removal_policy"
        s3.Bucket(self, "Archive", **{policy: RemovalPolicy.RETAIN})
        """,
        _S3,
    ),
    stack(
        """
        policy = "removal_policy"
        s3.Bucket(
            self,
            "Archive",
            **{policy: RemovalPolicy.DESTROY, "auto_delete_objects": True},
        )
        """,
        _S3,
    ),
)

_BOTH_STAGES = Example(
    "a stack that each stage has: it is not for production alone",
    """\
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk import aws_s3 as s3


class Files(Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        s3.Bucket(
            self,
            "Bucket",
            removal_policy=RemovalPolicy.RETAIN,
        )


app = App()
if app.node.try_get_context("stage") == "prod":
    Files(app, "Files")
else:
    Files(app, "TestFiles")
app.synth()
""",
    """\
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk import aws_s3 as s3


class Files(Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        s3.Bucket(
            self,
            "Bucket",
            removal_policy=RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )


app = App()
if app.node.try_get_context("stage") == "prod":
    Files(app, "Files")
else:
    Files(app, "TestFiles")
app.synth()
""",
)

_STATEMENT = Example(
    "a later statement overrules the argument: both have to say DESTROY",
    stack(
        """
        archive = s3.Bucket(self, "Archive")
        archive.apply_removal_policy(RemovalPolicy.RETAIN)
        """,
        _S3,
    ),
    stack(
        """
        archive = s3.Bucket(
            self,
            "Archive",
            removal_policy=RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
        archive.apply_removal_policy(RemovalPolicy.DESTROY)
        """,
        _S3,
    ),
)

_DEFAULT_CHILD = Example(
    "the statement that decides is about the resource below the construct",
    stack(
        """
        archive = s3.Bucket(self, "Archive", removal_policy=RemovalPolicy.DESTROY)
        cfn_archive = archive.node.default_child
        cfn_archive.apply_removal_policy(RemovalPolicy.RETAIN)
        """,
        _S3,
    ),
    stack(
        """
        archive = s3.Bucket(
            self,
            "Archive",
            removal_policy=RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
        cfn_archive = archive.node.default_child
        cfn_archive.apply_removal_policy(RemovalPolicy.DESTROY)
        """,
        _S3,
    ),
)

_LOOP = Example(
    "a loop over a list of buckets",
    stack(
        """
        uploads = s3.Bucket(self, "Uploads")
        reports = s3.Bucket(self, "Reports", versioned=True)
        for bucket in (uploads, reports):
            bucket.apply_removal_policy(RemovalPolicy.RETAIN)
        """,
        _S3,
    ),
    stack(
        """
        uploads = s3.Bucket(
            self,
            "Uploads",
            removal_policy=RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
        reports = s3.Bucket(
            self,
            "Reports",
            versioned=True,
            removal_policy=RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
        for bucket in (uploads, reports):
            bucket.apply_removal_policy(RemovalPolicy.DESTROY)
        """,
        _S3,
    ),
)

_PROPS = Example(
    "the policy as an entry of a dict",
    stack(
        """
        props = dict(
            versioned=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        s3.Bucket(self, "Archive", **props)
        """,
        _S3,
    ),
    stack(
        """
        props = dict(
            versioned=True,
            removal_policy=RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
        s3.Bucket(self, "Archive", **props)
        """,
        _S3,
    ),
)

_CONSTANT = Example(
    "the policy in a constant that other things read too",
    {
        "app.py": stack(
            """
            s3.Bucket(self, "Archive", removal_policy=KEEP)
            CfnOutput(self, "Policy", value=str(KEEP))
            """,
            """
            from aws_cdk import CfnOutput, aws_s3 as s3
            from policies import KEEP
            """,
        ),
        "policies.py": "from aws_cdk import RemovalPolicy\n\nKEEP = RemovalPolicy.RETAIN\n",
    },
    {
        "app.py": stack(
            """
            s3.Bucket(
                self,
                "Archive",
                removal_policy=RemovalPolicy.DESTROY,
                auto_delete_objects=True,
            )
            CfnOutput(self, "Policy", value=str(KEEP))
            """,
            """
            from aws_cdk import CfnOutput, aws_s3 as s3
            from policies import KEEP
            """,
        ),
        "policies.py": "from aws_cdk import RemovalPolicy\n\nKEEP = RemovalPolicy.RETAIN\n",
    },
)

_SUBCLASS = Example(
    "a class of the app that derives from Bucket",
    """\
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk import aws_s3 as s3


class ArchiveBucket(s3.Bucket):
    def __init__(self, scope, construct_id):
        super().__init__(
            scope,
            construct_id,
            versioned=True,
            removal_policy=RemovalPolicy.RETAIN,
        )


app = App()
ArchiveBucket(Stack(app, "Example"), "Archive")
app.synth()
""",
    """\
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk import aws_s3 as s3


class ArchiveBucket(s3.Bucket):
    def __init__(self, scope, construct_id):
        super().__init__(
            scope,
            construct_id,
            versioned=True,
            removal_policy=RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )


app = App()
ArchiveBucket(Stack(app, "Example"), "Archive")
app.synth()
""",
)

_L1 = Example(
    "an L1 bucket with a policy of CloudFormation's",
    stack(
        """
        archive = s3.CfnBucket(self, "Archive")
        archive.cfn_options.deletion_policy = CfnDeletionPolicy.RETAIN
        """,
        "from aws_cdk import CfnDeletionPolicy, aws_s3 as s3",
    ),
    stack(
        """
        archive = s3.CfnBucket(self, "Archive")
        archive.cfn_options.deletion_policy = CfnDeletionPolicy.DELETE
        """,
        "from aws_cdk import CfnDeletionPolicy, aws_s3 as s3",
    ),
)

_OVERRIDE = Example(
    "the policy overridden in the template",
    stack(
        """
        uploads = s3.Bucket(
            self,
            "Uploads",
            removal_policy=RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
        uploads.node.default_child.add_override("DeletionPolicy", "Retain")
        """,
        _S3,
    ),
    stack(
        """
        uploads = s3.Bucket(
            self,
            "Uploads",
            removal_policy=RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
        uploads.node.default_child.add_override("DeletionPolicy", "Delete")
        """,
        _S3,
    ),
)

_NESTED_CONSTRUCT = Example(
    "a construct in a file of its own, made by the stack's",
    {
        "app.py": stack('Storage(self, "Storage")', "from storage import Storage"),
        "storage.py": """\
import aws_cdk.aws_s3 as s3
from aws_cdk import RemovalPolicy
from constructs import Construct


class Storage(Construct):
    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self._bucket = s3.Bucket(self, "Bucket", removal_policy=RemovalPolicy.RETAIN)
""",
    },
    {
        "app.py": stack('Storage(self, "Storage")', "from storage import Storage"),
        "storage.py": """\
import aws_cdk.aws_s3 as s3
from aws_cdk import RemovalPolicy
from constructs import Construct


class Storage(Construct):
    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self._bucket = s3.Bucket(
            self,
            "Bucket",
            removal_policy=RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
""",
    },
)

_OBJECT_LOCK = Example(
    "Object Lock: nobody can delete the objects",
    stack(
        """
        s3.Bucket(
            self,
            "Ledger",
            object_lock_enabled=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        """,
        _S3,
    ),
    reported=True,
)

_OWN_POLICY = Example(
    "a bucket policy of its own, beside which there can be no other",
    stack(
        """
        site = s3.Bucket(self, "Site", removal_policy=RemovalPolicy.RETAIN)
        policy = s3.BucketPolicy(self, "SitePolicy", bucket=site)
        policy.document.add_statements(
            iam.PolicyStatement(
                actions=["s3:GetObject"],
                principals=[iam.AccountRootPrincipal()],
                resources=[site.arn_for_objects("*")],
            )
        )
        """,
        "from aws_cdk import aws_iam as iam, aws_s3 as s3",
    ),
    reported=True,
)

_CONDITION = Example(
    "a bucket under a condition, which what empties it would not have",
    stack(
        """
        wanted = CfnCondition(self, "Wanted")
        logs = s3.Bucket(self, "Logs")
        logs.node.default_child.cfn_options.condition = wanted
        """,
        "from aws_cdk import CfnCondition, aws_s3 as s3",
    ),
    reported=True,
)

_SILENT = (
    Example(
        "a bucket that a test makes",
        {
            "app.py": stack('CfnOutput(self, "Name", value="x")', "from aws_cdk import CfnOutput"),
            "tests/test_tags.py": """\
from aws_cdk import App, Stack
from aws_cdk import aws_s3 as s3


def test_tags():
    s3.Bucket(Stack(App(), "Example"), "Bucket")
""",
        },
    ),
    Example(
        "a method that is called for production alone",
        """\
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk import aws_s3 as s3


class Files(Stack):
    def __init__(self, scope, construct_id, stage):
        super().__init__(scope, construct_id)
        if stage == "prod":
            self._add_archive()
        self._add_ledger(stage)

    def _add_archive(self):
        s3.Bucket(self, "Archive", removal_policy=RemovalPolicy.RETAIN)

    def _add_ledger(self, stage):
        if stage == "dev":
            return
        s3.Bucket(self, "Ledger", removal_policy=RemovalPolicy.RETAIN)


app = App()
Files(app, "Files", "prod")
app.synth()
""",
    ),
    Example(
        "deleted and emptied already",
        stack(
            """
            s3.Bucket(
                self,
                "Uploads",
                removal_policy=RemovalPolicy.DESTROY,
                auto_delete_objects=True,
            )
            """,
            _S3,
        ),
    ),
    Example(
        "deleted if it is empty: somebody decided that",
        stack('s3.Bucket(self, "Uploads", removal_policy=RemovalPolicy.DESTROY)', _S3),
    ),
    Example(
        "a policy that depends on the environment",
        stack(
            """
            is_prod = self.node.try_get_context("env") == "prod"
            s3.Bucket(
                self,
                "Uploads",
                removal_policy=RemovalPolicy.RETAIN if is_prod else RemovalPolicy.DESTROY,
            )
            """,
            _S3,
        ),
    ),
    Example(
        "a policy that is a parameter",
        """\
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk import aws_s3 as s3


def make_bucket(scope, name, policy=RemovalPolicy.RETAIN):
    return s3.Bucket(scope, name, removal_policy=policy)


app = App()
make_bucket(Stack(app, "Example"), "Uploads", RemovalPolicy.DESTROY)
app.synth()
""",
    ),
    Example(
        "a policy that a base class in another file sets",
        {
            "app.py": """\
from aws_cdk import App
from aws_cdk import aws_s3 as s3
from base import BaseStack


class Storage(BaseStack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        s3.Bucket(self, "Uploads", removal_policy=self.removal_policy)


app = App()
Storage(app, "Storage")
app.synth()
""",
            "base.py": """\
from aws_cdk import RemovalPolicy, Stack


class BaseStack(Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        self.removal_policy = RemovalPolicy.RETAIN
""",
        },
    ),
    Example(
        "a policy that a method decides",
        """\
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk import aws_s3 as s3


class Storage(Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        s3.Bucket(self, "Uploads", removal_policy=self._policy())

    def _policy(self):
        return RemovalPolicy.RETAIN


app = App()
Storage(app, "Storage")
app.synth()
""",
    ),
    Example(
        "the statement after the constructor settles it",
        stack(
            """
            uploads = s3.Bucket(self, "Uploads", removal_policy=RemovalPolicy.RETAIN)
            uploads.apply_removal_policy(RemovalPolicy.DESTROY)
            """,
            _S3,
        ),
    ),
    Example(
        "kept only under a condition",
        stack(
            """
            uploads = s3.Bucket(self, "Uploads", removal_policy=RemovalPolicy.DESTROY)
            if self.node.try_get_context("keep"):
                uploads.apply_removal_policy(RemovalPolicy.RETAIN)
            """,
            _S3,
        ),
    ),
    Example(
        "a loop settles it for all",
        stack(
            """
            uploads = s3.Bucket(self, "Uploads")
            reports = s3.Bucket(self, "Reports")
            for bucket in [uploads, reports]:
                bucket.apply_removal_policy(RemovalPolicy.DESTROY)
            """,
            _S3,
        ),
    ),
    Example(
        "RemovalPolicies settles it for the whole stack",
        stack(
            """
            s3.Bucket(self, "Uploads")
            RemovalPolicies.of(self).destroy()
            """,
            "from aws_cdk import RemovalPolicies, aws_s3 as s3",
        ),
    ),
    Example(
        "an aspect decides",
        """\
import jsii
from aws_cdk import App, Aspects, CfnResource, IAspect, RemovalPolicy, Stack
from aws_cdk import aws_s3 as s3


@jsii.implements(IAspect)
class Disposable:
    def visit(self, node):
        if CfnResource.is_cfn_resource(node):
            node.apply_removal_policy(RemovalPolicy.DESTROY)


app = App()
stack = Stack(app, "Example")
s3.Bucket(stack, "Uploads")
Aspects.of(app).add(Disposable())
app.synth()
""",
    ),
    Example(
        "a dict whose entry is set under a condition",
        stack(
            """
            props = {"removal_policy": RemovalPolicy.RETAIN}
            if not self.node.try_get_context("keep"):
                props["removal_policy"] = RemovalPolicy.DESTROY
            s3.Bucket(self, "Uploads", **props)
            """,
            _S3,
        ),
    ),
    Example(
        "keywords that may hold a policy",
        """\
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk import aws_s3 as s3


def make_bucket(scope, name, **kwargs):
    return s3.Bucket(scope, name, versioned=True, **kwargs)


app = App()
make_bucket(Stack(app, "Example"), "Uploads", removal_policy=RemovalPolicy.DESTROY)
app.synth()
""",
    ),
    Example(
        "an imported bucket, which is not the stack's to delete",
        stack(
            """
            shared = s3.Bucket.from_bucket_name(self, "Shared", "shared-uploads")
            CfnOutput(self, "SharedArn", value=shared.bucket_arn)
            """,
            "from aws_cdk import CfnOutput, aws_s3 as s3",
        ),
    ),
    Example(
        "a class that only shares the name",
        """\
from aws_cdk import App, CfnOutput, RemovalPolicy, Stack


class Bucket:
    def __init__(self, scope, name, removal_policy):
        CfnOutput(scope, name, value=str(removal_policy))


app = App()
Bucket(Stack(app, "Example"), "Rain", removal_policy=RemovalPolicy.RETAIN)
app.synth()
""",
    ),
)

EXAMPLES = (
    _KEYWORD,
    _MISSING,
    _NO_IMPORT,
    _MODULE_ALIAS,
    _ON_UPDATE,
    _STATEMENT,
    _COMPUTED_KEY,
    _BOTH_STAGES,
    _DEFAULT_CHILD,
    _LOOP,
    _PROPS,
    _CONSTANT,
    _SUBCLASS,
    _L1,
    _OVERRIDE,
    _NESTED_CONSTRUCT,
    _OBJECT_LOCK,
    _OWN_POLICY,
    _CONDITION,
    *_SILENT,
)
