"""TAP001 beyond its examples: two environments side by side, impacts, and what has no frame."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tapfix.codemods.examples.shapes import stack
from tapfix.codemods.tap001_environment_suffix import RULE
from tapfix.edits import Impact
from tapfix.rule import Example, Source
from tapfix.testing import Result, run_example, tree
from tests import proofs
from tests.synthesis import Assembly, synthesise

# Where only a deploy knows the suffix, or no id may change, stacks keep their names.
KEEPING_STACKS = (
    "a token goes into names, never into ids",
    "no id changes where the settings say so",
)
FIXED = [example for example in RULE.examples if example.after is not None]


def deployed(example: Example, suffix: str, folder: Path) -> Assembly:
    """A mended example in one environment, by whatever name it asks for it."""
    files = {"cdk.json": json.dumps({"app": "python3 app.py"}), **tree(example.after or {})}
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    variables = dict.fromkeys(("ENVIRONMENT_SUFFIX", "ENV_NAME"), suffix)
    return synthesise(
        folder, context=dict.fromkeys(("environmentSuffix", "stage"), suffix), env=variables
    )


@pytest.mark.parametrize("example", FIXED, ids=[example.title for example in FIXED])
def test_two_environments_share_no_name(example: Example, tmp_path: Path) -> None:
    one = deployed(example, "one", tmp_path / "one")
    two = deployed(example, "two", tmp_path / "two")
    assert one.error is None
    shared = proofs.shared_names(one, two)
    if example.title in KEEPING_STACKS:
        shared = [name for name in shared if not name.startswith(("stack ", "AWS::EC2::VPC "))]
    assert shared == []


SQS = "from aws_cdk import aws_sqs as sqs"
S3 = "from aws_cdk import aws_s3 as s3"
LETTERS = 'sqs.Queue(self, "Letters", queue_name="post-letters")'
POST = """\
from aws_cdk import Stack, aws_sqs as sqs


class PostStack(Stack):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        sqs.Queue(self, "Letters", queue_name="post-letters")
"""
APP = """\
from aws_cdk import App
from post import PostStack

app = App()
PostStack(app, "Post")
app.synth()
"""


def run(source: Source) -> Result:
    return run_example(RULE, Example("", source))


def reason(source: Source) -> str:
    """Why the one name of an app is not mended; the app stays as it is."""
    result = run(source)
    (finding,) = result.left
    assert result.files == tree(source)
    assert finding.reason is not None
    return finding.reason


def mended(source: Source, path: str = "app.py") -> str:
    result = run(source)
    assert result.left == ()
    return result.files[path]


# What is no flaw, and what no machine can mend


def test_version_one_of_cdk_is_out_of_scope() -> None:
    source = """\
from aws_cdk import core, aws_sqs as sqs


class PostStack(core.Stack):
    def __init__(self, scope, id, **kwargs):
        super().__init__(scope, id, **kwargs)
        sqs.Queue(self, "Letters", queue_name="post-letters")


PostStack(core.App(), "Post")
"""
    assert run(source).first == ()


def test_a_class_that_only_production_constructs_has_a_name_of_its_own() -> None:
    app = APP.replace("PostStack(app", 'if env == "prod":\n    PostStack(app')
    assert run({"app.py": f'env = "prod"\n{app}', "post.py": POST}).first == ()


def test_a_class_that_is_handed_on_is_reported() -> None:
    app = APP.replace("PostStack(app, ", "functools.partial(PostStack, app)(")
    assert "handed on in line" in reason({"app.py": f"import functools\n{app}", "post.py": POST})


def test_a_mixin_without_a_constructor_is_reported() -> None:
    post = f"""\
from aws_cdk import Stack, aws_sqs as sqs


class Letters:
    def add(self):
        {LETTERS}


class PostStack(Letters, Stack):
    def __init__(self, scope, construct_id):
        super().__init__(scope, construct_id)
        self.add()
"""
    assert "has no constructor" in reason({"app.py": APP, "post.py": post})


def test_a_name_in_the_context_of_cdk_json_is_reported() -> None:
    cdk = json.dumps({"app": "python3 app.py", "context": {"queue": "post-letters"}})
    assert "cdk.json" in reason({"app.py": APP, "post.py": POST, "cdk.json": cdk})


def test_a_stack_that_a_test_looks_up_by_its_id_is_reported() -> None:
    test = 'def test_post(app):\n    import aws_cdk\n    app.node.find_child("Post")\n'
    sources = {"app.py": APP, "post.py": POST, "tests/test_post.py": f"import aws_cdk\n{test}"}
    assert "looked up in line" in reason(sources)


ROLE = """\
        iam.Role(
            self, "Sorter", role_name=f"{long}-{{self.stack_name.lower()}}", assumed_by=None
        )
"""


def with_role(length: int) -> Source:
    """A stack called Post, and in it a role that is called after it: of 64 letters at most."""
    role = ROLE.format(long="s" * length)
    post = POST.replace("aws_sqs as sqs", "aws_iam as iam, aws_sqs as sqs") + role
    return {"app.py": APP, "post.py": post}


def test_a_stack_whose_roles_would_get_too_long_a_name_is_reported() -> None:
    most = 64 - len("-Post") - len("-twelve-chars")
    assert "made of that of the stack 'Post'" in reason(with_role(most + 1))
    assert mended(with_role(most)) != APP


def test_a_name_that_a_test_of_the_whole_app_asserts_is_reported() -> None:
    build = APP.replace("app = App()", "def build():\n    app = App()").replace(
        'PostStack(app, "Post")\napp.synth()', '    PostStack(app, "Post")\n    return app'
    )
    test = """\
from aws_cdk import App
from build import build
from post import PostStack


def test_names():
    PostStack(App(), "Tested")
    names = {"QueueName": "post-letters"}
    assert names in build().synth()
"""
    sources = {
        "app.py": "import aws_cdk\nfrom build import build\n\nbuild().synth()\n",
        "build.py": build,
        "post.py": POST,
        "tests/test_post.py": test,
    }
    assert "suffix that cannot be told" in reason(sources)


def test_a_bucket_gets_no_environment_with_capital_letters() -> None:
    source = stack('s3.Bucket(self, "B", bucket_name="museum-scans")', S3).replace(
        "app = App()", 'app = App()\nenv_name = app.node.try_get_context("env") or "DEV"'
    )
    assert "takes no capitals" in reason(source)


@pytest.mark.parametrize(
    "place",
    [
        "{os.environ['CDK_DEFAULT_REGION']}-{os.getenv('CDK_DEFAULT_ACCOUNT')}",
        "{self.region}-{self.account}",
        "{Aws.REGION}",
    ],
)
def test_a_suffix_of_account_and_region_is_none_of_an_environment(place: str) -> None:
    body = f'suffix = f"{place}"\nsqs.Queue(self, "Letters", queue_name="post-letters")'
    after = mended(stack(body, f"import os\nfrom aws_cdk import Aws\n{SQS}"))
    assert 'queue_name=f"post-letters-{environment_suffix}"' in after


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ('os.environ["CDK_DEFAULT_REGION"]', "environment_suffix"),
        ('os.environ.get("CDK_DEFAULT_REGION", "eu-west-1")', "environment_suffix"),
        ('os.environ["STAGE"]', "suffix"),
    ],
)
def test_an_account_and_a_region_make_no_suffix(place: str, text: str) -> None:
    body = f"""
    account = os.environ["CDK_DEFAULT_ACCOUNT"]
    suffix = f"{{{place.replace('"', "'")}}}-{{account}}"
    sqs.Queue(self, "Q", queue_name="museum-scans")
    """
    source = stack(body, "import os\nfrom aws_cdk import aws_sqs as sqs")
    assert f'queue_name=f"museum-scans-{{{text}}}"' in mended(source)


STAGED = POST.replace("construct_id, **", "construct_id, stage='v1', **")


@pytest.mark.parametrize(
    ("calls", "text"),
    [
        ('PostStack(app, "Post")', "environment_suffix"),
        ('PostStack(app, "Post", stage="v1")', "environment_suffix"),
        ('PostStack(app, "Post")\nPostStack(app, "More", stage="v1")', "environment_suffix"),
        ('PostStack(app, "Post")\nPostStack(app, "More", stage="v2")', "stage"),
        ('for x in ("v1", "v2"):\n    PostStack(app, "Post-" + x, stage=x)', "stage"),
        ('PostStack(app, "Post", stage=os.environ["STAGE"])', "stage"),
    ],
)
def test_only_what_varies_is_a_suffix(calls: str, text: str) -> None:
    app = "import os\n" + APP.replace('PostStack(app, "Post")', calls)
    after = mended({"app.py": app, "post.py": STAGED}, "post.py")
    assert f'queue_name=f"post-letters-{{{text}}}"' in after


def test_a_parameter_that_keeps_its_default_is_a_decision_in_a_name() -> None:
    post = STAGED.replace('"post-letters"', 'f"{stage}-letters"')
    assert run({"app.py": APP, "post.py": post}).first == ()


def test_a_handler_whose_tests_do_not_set_the_variable_is_reported() -> None:
    function = """
    s3.Bucket(self, "Scans", bucket_name="museum-scans")
    lambda_.Function(
        self, "F", runtime=lambda_.Runtime.PYTHON_3_12, handler="scan.handler",
        code=lambda_.Code.from_asset("src"),
    )
    """
    sources = {
        "app.py": stack(function, "from aws_cdk import aws_lambda as lambda_, aws_s3 as s3"),
        "src/scan.py": (
            "import boto3\n\n\ndef handler(event, context):\n"
            '    boto3.client("s3").get_object(Bucket="museum-scans", Key="x")\n'
        ),
        "tests/test_scan.py": "from src import scan\n\nscan.handler({}, None)\n",
    }
    assert "its tests do not set" in reason(sources)


# What follows a name, and what only looks like it


def test_an_address_of_another_service_is_no_mention() -> None:
    body = """
    s3.Bucket(self, "Scans", bucket_name="museum-scans")
    self.other = "arn:aws:dynamodb:eu-central-1:123456789012:table/museum-scans"
    """
    assert "may have to be the same" in reason(stack(body, S3))


def test_a_longer_name_is_another() -> None:
    body = """
    s3.Bucket(self, "Scans", bucket_name="museum-scans")
    self.other = "arn:aws:s3:::museum-scans-old/*"
    """
    assert '"arn:aws:s3:::museum-scans-old/*"' in mended(stack(body, S3))


def test_words_for_people_keep_the_name() -> None:
    body = 'sqs.CfnQueue(self, "museum-scans", queue_name="museum-scans")\nprint("museum-scans")'
    after = mended(stack(body, SQS))
    assert 'print("museum-scans")' in after
    assert 'sqs.CfnQueue(self, "museum-scans", queue_name=f"museum-scans-{' in " ".join(
        after.split()
    ).replace("CfnQueue( self", "CfnQueue(self")


def test_the_log_group_of_a_function_follows_its_name() -> None:
    body = """
    lambda_.Function(
        self, "F", function_name="scanner", runtime=lambda_.Runtime.PYTHON_3_12,
        handler="x.y", code=lambda_.Code.from_inline("def y(event, context): pass"),
    )
    logs.LogGroup(self, "L", log_group_name="/aws/lambda/scanner")
    """
    after = mended(stack(body, "from aws_cdk import aws_lambda as lambda_, aws_logs as logs"))
    assert 'f"/aws/lambda/scanner-{environment_suffix}"' in after


HELPERS = """\
def query(name):
    return run(f"SELECT * FROM {name}")


class Sheet:
    def __init__(self, kind):
        self.kind = kind

    def text(self):
        return f"type {self.kind} {{ id: ID! }}"


def pass_on(word):
    return query(word)


"""


@pytest.mark.parametrize(
    "use",
    [
        '"type %s { id: ID! }" % NAME',
        '"type {} {{ id: ID! }}".format(NAME)',
        '"type " + NAME + " { id: ID! }"',
        "TEMPLATE.substitute(name=NAME)",
        "query(NAME)",
        "Sheet(NAME)",
        "Sheet(kind=NAME)",
        "pass_on(NAME)",
        'os.path.join("data", NAME)',
        "f'{{\"{NAME}\": 1}}'",
        'f"public.{NAME}"',
    ],
)
def test_a_constant_that_is_a_word_of_another_language_is_reported(use: str) -> None:
    body = f'self.other = {use}\nsqs.Queue(self, "Q", queue_name=NAME)'
    source = stack(body, SQS).replace("\n\nclass Ex", f"\nNAME = 'coin'\n\n\n{HELPERS}class Ex")
    assert "may have to be the same" in reason(source)


@pytest.mark.parametrize(
    ("use", "after"),
    [
        ('f"queue/{NAME}"', 'f"queue/{NAME}-{environment_suffix}"'),
        ("label(NAME)", 'label(f"{NAME}-{environment_suffix}")'),
        ('"queue/%s" % NAME', '"queue/%s" % f"{NAME}-{environment_suffix}"'),
    ],
)
def test_a_constant_that_is_the_name_elsewhere_follows(use: str, after: str) -> None:
    body = f'self.other = {use}\nsqs.Queue(self, "Q", queue_name=NAME)'
    helper = 'NAME = "coin"\n\n\ndef label(name):\n    return f"queue/{name}"\n\n\n'
    source = stack(body, SQS).replace("\n\nclass Ex", f"\n{helper}class Ex")
    assert f"self.other = {after}" in mended(source)


def test_words_for_people_in_a_dict_keep_the_name() -> None:
    body = """
    name = "coin"
    self.told = {"Description": f"All about {name}", "Resource": [f"queue/{name}"]}
    sqs.Queue(self, "Q", queue_name=name)
    """
    after = mended(stack(body, SQS))
    assert 'f"All about {name}"' in after
    assert 'f"queue/{name}-{environment_suffix}"' in after


def test_an_import_of_what_the_app_exports_by_a_text_is_none_by_its_stack() -> None:
    body = """
    CfnOutput(self, "Out", value="1", export_name="Example-Out")
    self.seen = Fn.import_value("Example-Out")
    """
    after = mended(stack(body, "from aws_cdk import CfnOutput, Fn"))
    assert 'Fn.import_value(f"Example-Out-{environment_suffix}")' in after


# Impact


@pytest.mark.parametrize(
    ("policy", "impact"),
    [("DESTROY", Impact.DATA_DIES_AT_NEXT_DEPLOY), ("RETAIN", Impact.REPLACES)],
)
def test_a_new_name_is_a_new_bucket(policy: str, impact: Impact) -> None:
    bucket = f's3.Bucket(self, "B", bucket_name="scans", removal_policy=RemovalPolicy.{policy})'
    (finding,) = run(stack(bucket, S3)).first
    assert finding.fix is not None
    assert finding.fix.impact is impact


# Files


def test_line_ends_and_indentation_stay() -> None:
    post = POST.replace("    ", "  ").replace("\n", "\r\n").removesuffix("\r\n")
    after = mended({"app.py": APP, "post.py": post}, "post.py")
    assert after.count("\r\n") == after.count("\n") >= post.count("\n")
    assert "\r\n  def __init__(self, scope" in after
    assert not after.endswith("\n")


def test_each_app_file_reads_the_suffix() -> None:
    sources = {"app.py": APP, "other.py": APP.replace('"Post"', '"Other"'), "post.py": POST}
    after = run(sources).files
    for path in ("app.py", "other.py"):
        assert after[path].count("try_get_context") == 1


def test_an_attribute_is_no_suffix_before_the_constructor_above_set_it() -> None:
    source = """\
from aws_cdk import App, Stack, aws_sqs as sqs


class Base(Stack):
    def __init__(self, scope, construct_id, stage: str):
        super().__init__(scope, construct_id)
        self.stage = stage


class Post(Base):
    def __init__(self, scope, construct_id):
        self.name = "post-letters"
        late = Stack(scope, "Late")
        sqs.Queue(late, "Letters", queue_name="post-letters")
        super().__init__(scope, construct_id, "dev")


app = App()
Post(app, "Post")
"""
    assert "self.stage" not in run(source).files["app.py"].split("class Post")[1]


OVENS = """\
from aws_cdk import App, Stack, aws_sqs as sqs
from settings import Settings


class BakeryStack(Stack):
    def __init__(self, scope, construct_id, config, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        self.config = config
        self.ovens()

    def ovens(self):
        sqs.Queue(self, "Hot", queue_name="hot-loaves")
        sqs.Queue(self, "Cold", queue_name=f"cold-{self.config['stage']}")


app = App()
stage = app.node.try_get_context("stage") or "dev"
BakeryStack(app, f"Bakery-{stage}", {"stage": stage})
"""


@pytest.mark.parametrize(
    ("old", "new", "suffix"),
    [
        ("", "", "self.config['stage']"),
        ("self.config['stage']", "self.config.stage_str", "self.config.stage_str"),
        ("f\"cold-{self.config['stage']}\"", 'self.config["stage"]', "self.environment_suffix"),
        ("self.config['stage']", "self.config['size']", "self.environment_suffix"),
        ("self.config", "self.api_config", "self.api_config['stage']"),
        ("self.config = config", "pass", "self.environment_suffix"),
        ("ovens(self)", "ovens(self, config)", "self.config['stage']"),
        ("{self.config['stage']}", "{self.config['stage']:>9}", "self.environment_suffix"),
        (
            "        self.config = config\n        self.ovens()\n",
            "        self.ovens()\n        self.config = config\n",
            "self.environment_suffix",
        ),
    ],
)
def test_what_neighbours_are_made_of(old: str, new: str, suffix: str) -> None:
    files = run_example(RULE, Example("", OVENS.replace(old, new))).files
    assert f'queue_name=f"hot-loaves-{{{suffix}}}"' in files["app.py"]


GATEWAY = """\
from aws_cdk import App, Stack, aws_apigateway as apigateway, aws_sqs as sqs


class DoorStack(Stack):
    def __init__(self, scope, construct_id, {given}, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        {made}
        sqs.Queue(self, "Visitors", queue_name="visitors")
        sqs.Queue(self, "Bells", queue_name=f"bells-{{{field}}}")


app = App()
DoorStack(app, "Doors", object())
"""


@pytest.mark.parametrize(
    ("given", "made", "field"),
    [
        ("x", 'door = apigateway.CfnStage(self, "S", rest_api_id="x")', "door.stage_name"),
        ("door: apigateway.IStage", "self.door = door", "door.stage_name"),
        ("door: Stack", "self.door = door", "self.door.environment"),
        ("api", "door = api.deployment_stage", "door.stage_name"),
        ("x", "door = Stack.of(scope)", "door.environment"),
    ],
)
def test_what_only_cdk_knows_of_neighbours(given: str, made: str, field: str) -> None:
    """The name of a gateway's stage may be a token, a stack's environment is an account."""
    source = GATEWAY.format(given=given, made=made, field=field)
    files = run_example(RULE, Example("", source)).files
    assert 'queue_name=f"visitors-{environment_suffix}"' in files["app.py"]


SETTINGS = """\
class Settings:
    @property
    def env_str(self) -> str:
        return self.kind.value


"""


@pytest.mark.parametrize(
    ("settings", "suffix"),
    [
        (SETTINGS, "self.config.env_str"),
        (SETTINGS.replace(" -> str", ""), "self.config.env_str"),
        (SETTINGS.replace("    @property\n", ""), "self.environment_suffix"),
    ],
)
def test_a_property_that_neighbours_are_made_of(settings: str, suffix: str) -> None:
    source = OVENS.replace("from settings import Settings\n\n\n", f"\n\n{settings}")
    source = source.replace("config, **kwargs", "config: Settings, **kwargs")
    source = source.replace("self.config['stage']", "self.config.env_str")
    files = run_example(RULE, Example("", source.replace('{"stage": stage}', "Settings()"))).files
    assert f'queue_name=f"hot-loaves-{{{suffix}}}"' in files["app.py"]


PLACED = """\
import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs


def place(){returns}:
    return cdk.Environment(region="eu-west-3")


class PostStack(cdk.Stack):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        sqs.Queue(self, "Letters", queue_name="post-letters")


app = cdk.App()
env = place()
PostStack(app, "Post", env=env)
"""


@pytest.mark.parametrize(("returns", "is_fixed"), [(" -> cdk.Environment", True), ("", False)])
def test_a_function_that_says_it_returns_no_text(returns: str, is_fixed: bool) -> None:
    files = run_example(RULE, Example("", PLACED.format(returns=returns))).files
    assert ('f"post-letters-{environment_suffix}"' in files["app.py"]) is is_fixed


@pytest.mark.parametrize(("name", "is_echoed"), [("stage_name", False), ("env_name", True)])
def test_a_stage_s_own_name_is_no_environment(name: str, is_echoed: bool) -> None:
    source = OVENS.replace("self.config['stage']", f"self.config.{name}")
    files = run_example(RULE, Example("", source)).files
    assert (f"hot-loaves-{{self.config.{name}}}" in files["app.py"]) is is_echoed


LAMPS = """\
from aws_cdk import App, Stack, aws_sns as sns


class LampStack(Stack):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        stage = self.node.try_get_context("stage")
        sns.Topic(self, "Lamps", topic_name=f"lamps-{stage}")
        sns.Topic(self, "Bulbs", topic_name="bulbs")


app = App()
LampStack(app, "Lamps")
"""


@pytest.mark.parametrize(
    ("context", "default"), [("{}", ' or "dev"'), ('{"context": {"stage": "live"}}', "")]
)
def test_no_stack_is_called_none(context: str, default: str) -> None:
    files = run_example(RULE, Example("", {"app.py": LAMPS, "cdk.json": context})).files
    assert f'stage = app.node.try_get_context("stage"){default}\n' in files["app.py"]


@pytest.mark.parametrize("is_early", [True, False])
def test_a_method_may_run_before_its_constructor_has_asked(is_early: bool) -> None:
    bulbs = 'sns.Topic(self, "Bulbs", topic_name="bulbs")'
    method = f"\n    def bulbs(self):\n        {bulbs}\n"
    asks = '        stage = self.node.try_get_context("stage")\n'
    calls = "        self.bulbs()\n"
    source = LAMPS.replace(f"        {bulbs}\n", method)
    source = source.replace(asks, calls + asks if is_early else asks + calls)
    files = run_example(RULE, Example("", source)).files
    assert ('f"bulbs-{self.stage}"' in files["app.py"]) is not is_early


FOLLOWED = "NagSuppressions.add_resource_suppressions_by_path(self, self.where, rules)"
FOLLOWED_BELOW = FOLLOWED.replace("self.where", 'f"{self.stack_name}/{self.where}"')
COLOURS = """\
class PaintStack(Stack):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        {}


app = App()
"""
TAKEN = 'stage = self.node.try_get_context("stage")\n        '


@pytest.mark.parametrize(
    ("line", "is_asked"),
    [
        ("pass", True),
        ('other = self.node.try_get_context("stage")["colour"]', True),
        (TAKEN + "self.paint(stage['colour'])", False),
        (TAKEN + "self.paint(stage.items())", False),
        (TAKEN + "self.paint(stage.lower())", True),
        (TAKEN.replace('"stage"', '"phase"'), False),
        (TAKEN.rstrip() + ' or "red"', False),
        ('stage = os.environ["STAGE"]', False),
    ],
)
def test_stacks_that_ask_for_several_things(line: str, is_asked: bool) -> None:
    source = LAMPS.replace('("stage")', '("stage") or "dev"')
    source = source.replace("app = App()\n", COLOURS.format(line))
    files = run_example(RULE, Example("", source)).files
    assert ("app.node.try_get_context" in files["app.py"]) is is_asked


@pytest.mark.parametrize("line", ["pass", "self.paint(f'{stage}')", "self.paint(stage)"])
def test_what_the_context_holds_may_be_no_text(line: str) -> None:
    """Without a default, and in no text, it may be a dict of colours."""
    source = LAMPS.replace("app = App()\n", COLOURS.format(TAKEN + line))
    files = run_example(RULE, Example("", source)).files
    assert ("app.node.try_get_context" in files["app.py"]) is ("f'" in line)


@pytest.mark.parametrize("made", ['Fn.ref("Which")', "self.door.value_as_string", "door"])
def test_ids_are_not_made_of_what_may_be_a_token(made: str) -> None:
    """CDK refuses an id with a token in it, which is fine in a name."""
    source = OVENS.replace("self.config = config", f'self.config = {{"stage": {made}}}')
    source = source.replace(
        "    def ovens(self):\n", "    def ovens(self):\n        ec2.Vpc(self, 'Yard')\n"
    )
    source = source.replace("aws_sqs as sqs", "Fn, aws_ec2 as ec2, aws_sqs as sqs")
    files = run_example(RULE, Example("", source)).files
    assert "ec2.Vpc(self, 'Yard')" in files["app.py"]
    assert "f\"hot-loaves-{self.config['stage']}\"" in files["app.py"]


SHOWN = """\
import dataclasses

from aws_cdk import App, Stack, aws_ec2 as ec2
from cdk_nag import NagSuppressions


@dataclasses.dataclass
class Accepted:
    reason: str
    where: str


class HallStack(Stack):
    def __init__(self, scope, construct_id, env_name: str, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        ec2.Vpc(self, "Rooms", max_azs=2)
        rules = [{{"id": "AwsSolutions-VPC7", "reason": "No logs"}}]
        {line}


app = App()
stage = app.node.try_get_context("stage") or "dev"
HallStack(app, f"Hall-{{stage}}", env_name=stage)
"""


@pytest.mark.parametrize(
    ("line", "is_fixed"),
    [
        ("pass", True),
        (
            "by_path = NagSuppressions.add_resource_suppressions_by_path\n"
            '        by_path(self, f"{self.stack_name}/Rooms/Resource", rules)',
            False,
        ),
        (
            'NagSuppressions.add_resource_suppressions_by_path(self, "/Hall/Rooms", rules)',
            False,
        ),
        (
            'NagSuppressions.add_resource_suppressions_by_path(self, ["/Hall/Other"], rules)',
            True,
        ),
        (f'Accepted("few people", where="Rooms")\n        {FOLLOWED}', False),
        (f'Accepted("Rooms are few", "")\n        {FOLLOWED}', True),
        (f'Accepted("few people", where="Rooms")\n        {FOLLOWED_BELOW}', False),
        ('Accepted("few people", where="Rooms")', True),
        ('print("Rooms")', True),
    ],
)
def test_an_id_that_stands_in_a_path(line: str, is_fixed: bool) -> None:
    files = run_example(RULE, Example("", SHOWN.format(line=line))).files
    assert ('f"Rooms-{env_name}"' in files["app.py"]) is is_fixed
