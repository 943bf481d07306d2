"""Constructs however they are spelled, their arguments, and what only looks like one."""

from __future__ import annotations

import sys
import textwrap

import pytest

from tapfix.edits import SetArgument, SetEntry
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tests.model.apps import module_of, read, read_tree


def stack(body: str, imports: str = "", files: dict[str, str] | None = None) -> App:
    """An app with ``body`` in the constructor of its one stack, which has ``**kwargs``."""
    head = (
        "import aws_cdk as cdk\nfrom aws_cdk import Stack, aws_s3 as s3, aws_rds as rds\n"
        f"{textwrap.dedent(imports)}\n"
        "class MainStack(Stack):\n    def __init__(self, scope, id, **kwargs):\n"
        "        super().__init__(scope, id, **kwargs)\n"
    )
    return read(head + textwrap.indent(textwrap.dedent(body), " " * 8), files or {})


def buckets(app: App) -> list[Construct]:
    return app.of("aws_s3.Bucket")


def the_bucket(body: str, imports: str = "") -> Construct:
    (bucket,) = buckets(stack(body, imports))
    return bucket


@pytest.mark.parametrize(
    "body",
    [
        's3.Bucket(self, "B")',
        'bucket = s3.Bucket(self, "B")',
        'self.bucket = s3.Bucket(self, "B")',
        'self.bucket: s3.Bucket = s3.Bucket(scope=self, id="B")',
        'cdk.aws_s3.Bucket(self, "B")',
        'x = [s3.Bucket(self, "B")]',
        'use(s3.Bucket(self, "B"))',
        's3.Bucket(self, "B").grant_read(x)',
        'return s3.Bucket(self, "B")',
        'if (b := s3.Bucket(self, "B")): pass',
        'for x in y:\n    s3.Bucket(self, "B")',
        'if kwargs:\n    s3.Bucket(self, "B")',
        'lambda: s3.Bucket(self, "B")',
        'def make():\n    return s3.Bucket(self, "B")',
        's3.Bucket(cdk.NestedStack(self, "N"), "B")',
        'make = s3.Bucket\nmake(self, "B")',
        'from aws_cdk.aws_s3 import Bucket as Store\nStore(self, "B")',
    ],
)
def test_places_of_a_construct(body: str) -> None:
    bucket = the_bucket(body)
    assert bucket.name == "aws_s3.Bucket"
    assert bucket.label == 'Bucket "B"'
    assert bucket.is_a("aws_s3.Bucket")
    assert not bucket.is_a("aws_s3.CfnBucket")


@pytest.mark.parametrize(
    "body",
    [
        's3.Bucket.from_bucket_name(self, "B", "name")',
        "s3.Bucket",
        "x: s3.Bucket = y",
        'boto3.resource("s3").Bucket("B")',
        "s3.BucketProps(versioned=True)",
        "s3.LifecycleRule(enabled=True)",
        'other.Bucket(self, "B")',
        "isinstance(x, s3.Bucket)",
        's3.Buckets(self, "B")',
        's3 = other\ns3.Bucket(self, "B")',
    ],
)
def test_what_is_no_construct(body: str) -> None:
    assert buckets(stack(body, "from troposphere import s3 as other")) == []


def test_constructs_come_in_the_order_of_files_and_places() -> None:
    source = (
        "from aws_cdk import aws_s3 as s3\ns3.Bucket(s3.Bucket(x, 'A'), 'B')\ns3.Bucket(x, 'C')\n"
    )
    app = read(source.replace("'A'", "'D'"), {"a.py": source})
    found = [(b.module.path, b.id.constant if b.id else None) for b in buckets(app)]
    assert found == [
        *[("/app/a.py", name) for name in "BAC"],
        *[("/app/app.py", name) for name in "BDC"],
    ]


# Arguments


@pytest.mark.parametrize(
    ("body", "imports"),
    [
        ('s3.Bucket(self, "B", versioned=True)', ""),
        ('s3.Bucket(self, "B", versioned=ON)', "ON = True"),
        ('s3.Bucket(self, "B", versioned=config.ON)', "import config"),
        ('s3.Bucket(self, "B", **{"versioned": True})', ""),
        ('s3.Bucket(self, "B", **dict(versioned=True))', ""),
        ('props = {"versioned": True}\ns3.Bucket(self, "B", **props)', ""),
        ('props = dict(versioned=True)\ns3.Bucket(self, "B", **props)', ""),
        ('s3.Bucket(self, "B", **PROPS)', "PROPS = {'versioned': True}"),
        ('props = s3.BucketProps(versioned=True)\ns3.Bucket(self, "B", **props._values)', ""),
        ('s3.Bucket(self, "B", **{"public_read_access": False}, versioned=True)', ""),
    ],
)
def test_where_an_argument_may_stand(body: str, imports: str) -> None:
    app = stack(body, imports, {"config.py": "ON = True\n"})
    (bucket,) = buckets(app)
    value = bucket.value("versioned")
    assert value is not None
    assert value.constant is True
    assert not bucket.lacks("versioned")
    assert bucket.lacks("bucket_name")
    assert not bucket.lacks("no_such_argument")


@pytest.mark.parametrize(
    "body",
    [
        's3.Bucket(self, "B", **kwargs)',
        's3.Bucket(self, "B", **make())',
        's3.Bucket(self, "B", *rest)',
        's3.Bucket(self, "B", **{key: True})',
        's3.Bucket(self, "B", **{"versioned": True, **more})',
        "s3.Bucket(*rest)",
        'props = {}\nif x:\n    props["bucket_name"] = "b"\ns3.Bucket(self, "B", **props)',
        'props = {}\nprops.update(x)\ns3.Bucket(self, "B", **props)',
        'props = {} if x else {"bucket_name": "b"}\ns3.Bucket(self, "B", **props)',
        'props = {}\nprops |= x\ns3.Bucket(self, "B", **props)',
    ],
)
def test_what_may_have_further_arguments_lacks_none(body: str) -> None:
    bucket = the_bucket(body)
    assert bucket.open
    assert not bucket.lacks("bucket_name")


def test_scope_and_id_are_no_arguments() -> None:
    bucket = the_bucket('s3.Bucket(scope=self, id="B", versioned=True)')
    assert bucket.arguments.keys() == {"versioned"}
    assert bucket.id is not None
    assert bucket.scope is not None
    assert bucket.scope.source == "self"


@pytest.mark.parametrize(
    ("body", "holder", "obstacle"),
    [
        ('s3.Bucket(self, "B", versioned=True)', None, None),
        ('s3.Bucket(self, "B", **{"versioned": True})', '{"versioned": True}', None),
        ('p = {"versioned": True}\ns3.Bucket(self, "B", **p)', '{"versioned": True}', None),
        (
            'p = {"versioned": True}\ns3.Bucket(self, "B", **p)\nother(p)',
            '{"versioned": True}',
            "the dict that holds it is used in more than one place",
        ),
        (
            'p = {"versioned": True}\np["bucket_name"] = x\ns3.Bucket(self, "B", **p)',
            '{"versioned": True}',
            "the dict that holds it is changed after it is made",
        ),
    ],
)
def test_an_argument_is_set_where_it_stands(
    body: str, holder: str | None, obstacle: str | None
) -> None:
    bucket = the_bucket(body)
    argument = bucket.argument("versioned")
    assert argument is not None
    assert argument.obstacle == obstacle
    edit = bucket.set("versioned", "False")
    if holder is None:
        assert edit == SetArgument(bucket.ref, "versioned", "False")
    else:
        assert isinstance(edit, SetEntry)
        assert bucket.module.file.source(edit.mapping) == holder
    assert bucket.set("bucket_name", '"b"') == SetArgument(bucket.ref, "bucket_name", '"b"')


def test_an_entry_that_is_set_later_is_not_known() -> None:
    bucket = the_bucket(
        'p = {"versioned": True, "bucket_name": "b"}\np["versioned"] = x\ns3.Bucket(self, "B", **p)'
    )
    known = {name: bucket.value(name) for name in ("versioned", "bucket_name")}
    assert {name: value and value.is_known for name, value in known.items()} == {
        "versioned": False,
        "bucket_name": True,
    }


def test_places_of_a_construct_in_the_source() -> None:
    bucket = the_bucket('self.bucket = s3.Bucket(\n    self, "B", versioned=True\n)')
    source = bucket.module.file.source
    assert source(bucket.head) == "s3.Bucket"
    assert source(bucket.ref).startswith("s3.Bucket(")
    assert source(bucket.statement).startswith("self.bucket = s3.Bucket(")


@pytest.mark.parametrize(
    ("construct_id", "label"),
    [
        ('"B"', 'Bucket "B"'),
        ("NAME", 'Bucket "B"'),
        ('f"B"', 'Bucket "B"'),
        ('f"B-{x}"', "Bucket"),
        ("x", "Bucket"),
    ],
)
def test_labels(construct_id: str, label: str) -> None:
    assert the_bucket(f"s3.Bucket(self, {construct_id})", 'NAME = "B"').label == label


# Classes of the app


@pytest.mark.parametrize(
    ("classes", "count", "inherited"),
    [
        ("class Store(s3.Bucket):\n    pass\n", 1, False),
        (
            "class Store(s3.Bucket):\n    def __init__(self, scope, id, **kwargs):\n"
            "        super().__init__(scope, id, versioned=True, **kwargs)\n",
            1,
            True,
        ),
        (
            "class Store(s3.Bucket):\n    def __init__(self, scope, id):\n"
            "        s3.Bucket.__init__(self, scope, id, versioned=True)\n",
            1,
            True,
        ),
        (
            "class Store(s3.Bucket):\n    def __init__(self, scope, id):\n"
            "        super(Store, self).__init__(scope, id)\n",
            1,
            True,
        ),
        (
            "class Base(s3.Bucket):\n    pass\nclass Store(Base):\n    pass\n",
            1,
            False,
        ),
        (
            "class Base(s3.Bucket):\n    def __init__(self, scope, id):\n"
            "        super().__init__(scope, id)\n"
            "class Store(Base):\n    def __init__(self, scope, id):\n"
            "        super().__init__(scope, id)\n",
            1,
            True,
        ),
        ("class Store(Construct):\n    pass\n", 0, False),
        ("class Store(Stack):\n    pass\n", 0, False),
    ],
)
def test_classes_that_derive_from_one_of_the_library(
    classes: str, count: int, inherited: bool
) -> None:
    app = stack('Store(self, "B")', "from constructs import Construct\n" + classes)
    found = buckets(app)
    assert len(found) == count
    assert all(bucket.inherited is inherited for bucket in found)


def test_a_stack_that_is_constructed_is_no_construct_of_the_library() -> None:
    app = stack("pass", "")
    assert [construct.name for construct in app.constructs] == []


def test_functions_and_classes_around_a_construct() -> None:
    app = stack('def make():\n    s3.Bucket(self, "A")\ns3.Bucket(self, "B")')
    inner, outer = buckets(app)
    functions = [app.function_around(bucket) for bucket in (inner, outer)]
    assert [function.name for function in functions if function] == ["make", "__init__"]
    assert {cls.name for b in (inner, outer) if (cls := app.class_around(b))} == {"MainStack"}


def test_nothing_is_around_a_construct_of_a_script() -> None:
    app = read("from aws_cdk import aws_s3\naws_s3.Bucket(x, 'B')\n")
    (alone,) = buckets(app)
    assert app.function_around(alone) is None
    assert app.class_around(alone) is None


# Version 1


@pytest.mark.parametrize(
    "source",
    [
        "from aws_cdk import core\nfrom aws_cdk import aws_s3 as s3\n",
        "from aws_cdk import core as cdk, aws_s3 as s3\n",
        "from aws_cdk import (\n    aws_s3 as s3,\n    core,\n)\n",
        "import aws_cdk.core as cdk\nfrom aws_cdk import aws_s3 as s3\n",
        "from aws_cdk.core import Stack\nfrom aws_cdk import aws_s3 as s3\n",
    ],
)
def test_files_of_version_1_are_passed_over(source: str) -> None:
    app = read_tree({"old.py": source + "s3.Bucket(x, 'B')\n", "new.py": "import aws_cdk\n"})
    assert buckets(app) == []
    assert app.v1_modules == (module_of(app, "old.py"),)
    assert app.cdk_modules == (module_of(app, "new.py"),)


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    from aws_cdk import core\nexcept ImportError:\n    import aws_cdk as core\n",
        "# was: from aws_cdk import core\n",
        "from aws_cdk import aws_corecode\n",
    ],
)
def test_files_that_work_with_version_2_are_read(source: str) -> None:
    app = read(source + "from aws_cdk import aws_s3 as s3\ns3.Bucket(x, 'B')\n")
    assert len(buckets(app)) == 1
    assert app.v1_modules == ()


def test_an_f_string_is_no_place_for_edits_before_python_3_12() -> None:
    made = buckets(stack("print(f\"{s3.Bucket(self, 'Files').bucket_name}\")"))
    assert len(made) == (1 if sys.version_info >= (3, 12) else 0)


def test_what_a_test_makes_is_no_part_of_the_app() -> None:
    bucket = "import aws_cdk\n\n{}aws_cdk.aws_s3.Bucket(stack, 'Files')\n"
    files = {
        "tests/test_files.py": bucket.format("def test_files():\n    "),
        "stacks/test_data.py": bucket.format(""),
    }
    app = read("import aws_cdk\n", files)
    assert [app.relative(c.module.path) for c in app.constructs] == ["stacks/test_data.py"]
