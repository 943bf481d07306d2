"""What an app does with a construct after it is made."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import pytest

from tapfix.model.cdk.uses import Use
from tests.model.apps import read


def uses(body: str, more: str = "", files: Mapping[str, str] = {}) -> list[Use]:
    """The uses of the one bucket that a stack's constructor makes in ``body``."""
    app = read(
        "import typing\nimport aws_cdk as cdk\nfrom aws_cdk import aws_s3 as s3\n"
        "class MainStack(cdk.Stack):\n    def __init__(self, scope, id):\n"
        "        super().__init__(scope, id)\n"
        + textwrap.indent(textwrap.dedent(body), " " * 8)
        + "\n"
        + more,
        files,
    )
    (bucket,) = app.of("aws_s3.Bucket")
    return list(app.uses(bucket))


def shown(found: list[Use]) -> list[str]:
    """Each use as kind and chain, ``?`` before what is conditional."""
    return [
        ("?" if use.conditional else "") + " ".join((use.kind, ".".join(use.chain))).strip()
        for use in found
    ]


CALL = ["call apply_removal_policy"]


@pytest.mark.parametrize(
    "body",
    [
        's3.Bucket(self, "B").apply_removal_policy(x)',
        'b = s3.Bucket(self, "B")\nb.apply_removal_policy(x)',
        'a = b = s3.Bucket(self, "B")\na.apply_removal_policy(x)',
        'b: s3.Bucket = s3.Bucket(self, "B")\nb.apply_removal_policy(x)',
        'b = s3.Bucket(self, "B")\nc = b\nc.apply_removal_policy(x)',
        'self.b = s3.Bucket(self, "B")\nself.b.apply_removal_policy(x)',
        'if b := s3.Bucket(self, "B"): b.apply_removal_policy(x)',
        'b = typing.cast(s3.Bucket, s3.Bucket(self, "B"))\nb.apply_removal_policy(x)',
        'def f():\n    b = s3.Bucket(self, "B")\n    b.apply_removal_policy(x)',
        'b = s3.Bucket(self, "B")\ndef f():\n    b.apply_removal_policy(x)',
        'def f():\n    return s3.Bucket(self, "B")\nf().apply_removal_policy(x)',
        'def f():\n    return s3.Bucket(self, "B")\nb = f()\nb.apply_removal_policy(x)',
        'for b in [s3.Bucket(self, "B")]:\n    b.apply_removal_policy(x)',
        'all = [s3.Bucket(self, "B")]\nfor b in all:\n    b.apply_removal_policy(x)',
    ],
)
def test_a_method_that_is_called(body: str) -> None:
    assert shown(uses(body)) == CALL


@pytest.mark.parametrize(
    ("body", "more"),
    [
        (
            'self.b = s3.Bucket(self, "B")',
            "    def f(self):\n        self.b.apply_removal_policy(x)\n",
        ),
        (
            'self.b = s3.Bucket(self, "B")',
            "class Sub(MainStack):\n    def f(self):\n        self.b.apply_removal_policy(x)\n",
        ),
        (
            'self.b = s3.Bucket(self, "B")',
            "stack = MainStack(app, 'S')\nstack.b.apply_removal_policy(x)\n",
        ),
        (
            'self.b = s3.Bucket(self, "B")',
            "def f(stack: MainStack):\n    stack.b.apply_removal_policy(x)\n",
        ),
        (
            "self.make().apply_removal_policy(x)",
            '    def make(self):\n        return s3.Bucket(self, "B")\n',
        ),
    ],
)
def test_attributes_and_methods(body: str, more: str) -> None:
    assert shown(uses(body, more)) == CALL


@pytest.mark.parametrize(
    ("body", "more"),
    [
        ('f(s3.Bucket(self, "B"))', "def f(b):\n    b.apply_removal_policy(x)\n"),
        ('b = s3.Bucket(self, "B")\nf(1, b)', "def f(a, b):\n    b.apply_removal_policy(x)\n"),
        ('b = s3.Bucket(self, "B")\nf(c=b)', "def f(*, c):\n    c.apply_removal_policy(x)\n"),
        (
            'b = s3.Bucket(self, "B")\nself.f(b)',
            "    def f(self, b):\n        b.apply_removal_policy(x)\n",
        ),
        (
            'b = s3.Bucket(self, "B")\nOther(b)',
            "class Other:\n    def __init__(self, b):\n        b.apply_removal_policy(x)\n",
        ),
        (
            'b = s3.Bucket(self, "B")\nOther(bucket=b)',
            "class Other:\n    def __init__(self, bucket):\n        self.b = bucket\n"
            "    def f(self):\n        self.b.apply_removal_policy(x)\n",
        ),
    ],
)
def test_parameters_of_functions_of_the_app(body: str, more: str) -> None:
    assert sorted(shown(uses(body, more))) == ["argument", *CALL]


def test_functions_of_another_file() -> None:
    files = {"tools.py": "def keep(bucket):\n    bucket.apply_removal_policy(x)\n"}
    found = uses('from tools import keep\nkeep(s3.Bucket(self, "B"))', files=files)
    assert [use.module.path for use in found] == ["/app/app.py", "/app/tools.py"]
    assert shown(found) == ["argument", *CALL]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('b = s3.Bucket(self, "B")\nb.x = 1', ["assign x"]),
        ('b = s3.Bucket(self, "B")\nb.bucket_name', ["read bucket_name"]),
        ('b = s3.Bucket(self, "B")\nuse(b.bucket_name)', ["read bucket_name"]),
        ('b = s3.Bucket(self, "B")\nuse(b)', ["argument"]),
        ('b = s3.Bucket(self, "B")\nx[0] = b', ["escape"]),
        ('b = s3.Bucket(self, "B")\nother.b = b', ["escape"]),
        ('b = s3.Bucket(self, "B")\n{"b": b}', ["escape"]),
        ('b = s3.Bucket(self, "B")\nb.a.c.d()', ["call a.c.d"]),
        (
            'b = s3.Bucket(self, "B")\nc = b.node.default_child\nc.cfn_options.deletion_policy = 1',
            ["read node.default_child", "assign node.default_child.cfn_options.deletion_policy"],
        ),
        (
            'b = s3.Bucket(self, "B")\nc = b.node.find_child("Resource")\nc.add_override("a", 1)',
            ["call node.find_child", "call node.default_child.add_override"],
        ),
        ('b = s3.Bucket(self, "B")\nb = other\nb.x()', ["call x"]),
        ('s3.Bucket(self, "B")', []),
        ('b = s3.Bucket(self, "B")', []),
        ('b = s3.Bucket(self, "B")\nb is None', []),
        ('b = s3.Bucket(self, "B")\nother.b.x()', []),
        ('b = s3.Bucket(self, "B")\ndef f(b):\n    b.x()', []),
    ],
)
def test_other_uses(body: str, expected: list[str]) -> None:
    found = uses(body)
    if body.endswith("b = other\nb.x()"):
        # Which of the two it is called on is not told: it counts.
        assert shown(found) == expected
    else:
        assert shown(found) == expected


@pytest.mark.parametrize(
    ("body", "conditional"),
    [
        ('b = s3.Bucket(self, "B")\nb.x()', False),
        ('b = s3.Bucket(self, "B")\nif prod:\n    b.x()', True),
        ('b = s3.Bucket(self, "B")\nfor y in z:\n    b.x()', True),
        ('b = s3.Bucket(self, "B")\ntry:\n    b.x()\nexcept E:\n    pass', True),
        ('if prod:\n    b = s3.Bucket(self, "B")\n    b.x()', False),
        ("for y in z:\n    b = s3.Bucket(self, y)\n    b.x()", False),
        ('b = s3.Bucket(self, "B")\nb.x() if prod else None', True),
        ('for b in [s3.Bucket(self, "B")]:\n    b.x()', False),
        ('def f(y):\n    return s3.Bucket(self, y)\nf("A").x()\nf("B")', True),
    ],
)
def test_conditions(body: str, conditional: bool) -> None:
    (use,) = (use for use in uses(body) if use.kind == "call")
    assert use.method == "x"
    assert use.conditional is conditional


def test_values_of_uses() -> None:
    call, assign = uses('b = s3.Bucket(self, "B")\nb.f(1, y=2)\nb.x = 3')
    assert call.value is not None
    assert [call.value.argument("z", 0), call.value.argument("y")] != [None, None]
    assert assign.value is not None
    assert assign.value.constant == 3
    assert assign.module.file.source(assign.ref) == "b.x"


def test_uses_of_a_class_of_the_app_are_those_of_its_instances() -> None:
    app = read(
        "import aws_cdk as cdk\nfrom aws_cdk import aws_s3 as s3\n"
        "class Store(s3.Bucket):\n    def __init__(self, scope, id):\n"
        "        super().__init__(scope, id)\n        self.grant_read(x)\n"
        "store = Store(app, 'S')\nstore.apply_removal_policy(x)\n"
    )
    (bucket,) = app.of("aws_s3.Bucket")
    assert {"call grant_read", "call apply_removal_policy"} <= set(shown(list(app.uses(bucket))))


@pytest.mark.parametrize("mapping", ["dict(bucket=b)", '{"bucket": b}'])
def test_a_dict_of_arguments_hands_it_over(mapping: str) -> None:
    body = f"b = s3.Bucket(self, 'B')\ngiven = {mapping}\nself.take(**given)\nself.take(**given)"
    more = "    def take(self, bucket):\n        bucket.grant_read(x)\n"
    found = [use for use in uses(body, more) if use.kind == "call"]
    assert [use.chain for use in found] == [("grant_read",)]


@pytest.mark.parametrize("mapping", ["dict(bucket=b)", '{"bucket": b}'])
def test_a_dict_that_is_kept_for_others_loses_it(mapping: str) -> None:
    body = f"b = s3.Bucket(self, 'B')\nself.given = {mapping}\nself.given['bucket'].grant_read(x)"
    assert [use.kind for use in uses(body)] == ["escape"]


@pytest.mark.parametrize(
    "more", ["", "given['other'] = 1", "unknown(given)", "self.take(**given)\nlost = given"]
)
def test_a_dict_that_is_more_than_arguments_loses_it(more: str) -> None:
    body = f'b = s3.Bucket(self, "B")\ngiven = {{"bucket": b}}\n{more}'
    assert [use.kind for use in uses(body, "    def take(self, bucket):\n        pass\n")] == [
        "escape"
    ]
