"""Which construct an expression speaks of, how places name it, and which stacks wait for which."""

from __future__ import annotations

import ast
import textwrap

import pytest

from tapfix.model.app import App
from tapfix.model.cdk.references import reference
from tapfix.model.cdk.stacks import in_same_stack, may_refer
from tapfix.recipes.spelling import spelled
from tests.model.apps import last_expression, module_of, read

IMPORTS = """\
from aws_cdk import App, CfnOutput, Stack, aws_s3 as s3, aws_sqs as sqs

"""
TWO = """\
class First(Stack):
    def __init__(self, scope, id):
        super().__init__(scope, id)
        self.bucket = s3.Bucket(self, "Bucket")
        self.queue = None
{first}

class Second(Stack):
    def __init__(self, scope, id, first: First, bucket):
        super().__init__(scope, id)
        queue = sqs.Queue(self, "Queue")
{second}

app = App()
one = First(app, "First")
Second(app, "Second", one, one.bucket)
"""


def two(first: str = "", second: str = "pass") -> App:
    def inner(text: str) -> str:
        return textwrap.indent(textwrap.dedent(text), " " * 8)

    return read(IMPORTS + TWO.format(first=inner(first), second=inner(second)))


@pytest.mark.parametrize(
    "expression, label, chain",
    [
        ("bucket", "Bucket", ()),
        ("bucket.bucket_name", "Bucket", ("bucket_name",)),
        ("bucket.node.default_child.ref", "Bucket", ("node", "default_child", "ref")),
        ("alias", "Bucket", ()),
        ("name", "Bucket", ("bucket_name",)),
        ("other.bucket_name", None, ()),
        ("chosen.bucket_name", None, ()),
        ("f'{bucket.bucket_name}'", None, ()),
    ],
)
def test_expressions(expression: str, label: str | None, chain: tuple[str, ...]) -> None:
    app = read(
        IMPORTS
        + "stack = Stack(App(), 'S')\nbucket = s3.Bucket(stack, 'B')\nalias = bucket\n"
        + "name = bucket.bucket_name\nother = s3.Bucket.from_bucket_name(stack, 'I', 'x')\n"
        + "if stack.region:\n    chosen = bucket\nelse:\n    chosen = s3.Bucket(stack, 'C')\n"
        + expression
    )
    module = module_of(app)
    found = reference(app, module, last_expression(module))
    if label is None:
        assert found is None
    else:
        assert found is not None
        assert (found.construct.name, found.chain) == (f"aws_s3.{label}", chain)


def test_how_another_stack_names_a_construct() -> None:
    app = two(second="print(first.bucket)")
    module = module_of(app)
    (bucket,) = app.of("aws_s3.Bucket")
    (queue,) = app.of("aws_sqs.Queue")
    at = module.names.statement(queue.node)
    assert spelled(app, bucket, module, at) == "bucket"
    inside = module.names.statement(bucket.node)
    assert spelled(app, bucket, module, _after(inside, module.file.tree)) == "self.bucket"
    assert spelled(app, queue, module, inside) is None


@pytest.mark.parametrize(
    "lines, name",
    [
        (("one = s3.Bucket(stack, 'B')", "here = 1"), "one"),
        (("here = 1", "one = s3.Bucket(stack, 'B')"), None),
        (("one = s3.Bucket(stack, 'B')", "here = 1", "one = None"), None),
        (("if stack.region:", "    one = s3.Bucket(stack, 'B')", "here = 1"), None),
        (("s3.Bucket(stack, 'B')", "here = 1"), None),
    ],
)
def test_a_name_in_the_same_function(lines: tuple[str, ...], name: str | None) -> None:
    body = textwrap.indent("\n".join(lines), "    ")
    app = read(f"{IMPORTS}def make(stack):\n{body}\n\nmake(Stack(App(), 'S'))\n")
    module = module_of(app)
    (bucket,) = app.of("aws_s3.Bucket")
    assert spelled(app, bucket, module, _assignment(module.file.tree, "here")) == name


def _assignment(tree: ast.Module, name: str) -> ast.stmt:
    """The statement that assigns a name."""
    return next(
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
    )


def _after(statement: ast.stmt, tree: ast.Module) -> ast.stmt:
    """The statement behind one."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and statement in body:
            found: ast.stmt = body[body.index(statement) + 1]
            return found
    raise AssertionError


def test_stacks_of_constructs() -> None:
    app = two()
    (bucket,) = app.of("aws_s3.Bucket")
    (queue,) = app.of("aws_sqs.Queue")
    assert in_same_stack(app, bucket, bucket)
    assert not in_same_stack(app, bucket, queue)
    assert may_refer(app, queue, bucket)
    assert may_refer(app, bucket, queue)


@pytest.mark.parametrize(
    "second",
    [
        "CfnOutput(self, 'Out', value=bucket.bucket_name)",
        "CfnOutput(self, 'Out', value=first.bucket.bucket_name)",
        "self.add_dependency(first)",
        "queue.node.add_dependency(bucket)",
    ],
)
def test_a_stack_that_waits_may_refer_and_may_not_be_referred_to(second: str) -> None:
    app = two(second=second)
    (bucket,) = app.of("aws_s3.Bucket")
    (queue,) = app.of("aws_sqs.Queue")
    assert may_refer(app, queue, bucket)
    assert not may_refer(app, bucket, queue)
