"""Adding imports: into what is there, or at the place where the file keeps such imports."""

from __future__ import annotations

import black
import pytest

from tapfix.edits import AddImport, Edit
from tapfix.engine.rewrite import RewriteError
from tests.engine.places import PATH, edited


def add(module: str, name: str | None = None, alias: str | None = None) -> Edit:
    return AddImport(PATH, module, name, alias)


POLICY = add("aws_cdk", "RemovalPolicy")
EC2 = add("aws_cdk", "aws_ec2", "ec2")
BASE64 = add("base64")


@pytest.mark.parametrize(
    ("before", "edits", "after"),
    [
        # extended: sorted as isort sorts
        ("from aws_cdk import Duration, Stack\n", [POLICY],
         "from aws_cdk import Duration, RemovalPolicy, Stack\n"),
        ("from aws_cdk import Stack\n", [POLICY], "from aws_cdk import RemovalPolicy, Stack\n"),
        ("from aws_cdk import (Stack, aws_s3 as s3)\n", [POLICY, EC2],
         "from aws_cdk import (RemovalPolicy, Stack, aws_ec2 as ec2, aws_s3 as s3)\n"),
        ("from aws_cdk import (\n    Duration,\n    Stack,\n    aws_s3 as s3,  # buckets\n)\n",
         [EC2, POLICY],
         "from aws_cdk import (\n    Duration,\n    RemovalPolicy,\n    Stack,\n"
         "    aws_ec2 as ec2,\n    aws_s3 as s3,  # buckets\n)\n"),
        # case-insensitive and plain orders
        ("from aws_cdk import aws_s3, Duration, Stack\n", [POLICY],
         "from aws_cdk import aws_s3, Duration, RemovalPolicy, Stack\n"),
        ("from m import Bc, aB, aa\n", [add("m", "Ab")], "from m import Ab, Bc, aB, aa\n"),
        # not sorted: at the end
        ("from aws_cdk import Stack, Duration, App\n", [POLICY],
         "from aws_cdk import Stack, Duration, App, RemovalPolicy\n"),
        ("from aws_cdk import (\n  Stack,  # a\n  Duration  # b\n)\n", [POLICY],
         "from aws_cdk import (\n  Stack,  # a\n  Duration,  # b\n  RemovalPolicy\n)\n"),
        # other layouts
        ("from aws_cdk import (Stack,\n                     aws_s3 as s3)\n", [EC2],
         "from aws_cdk import (Stack,\n                     aws_ec2 as ec2,\n"
         "                     aws_s3 as s3)\n"),
        ("from aws_cdk import Stack, \\\n    aws_s3 as s3\n", [EC2],
         "from aws_cdk import Stack, aws_ec2 as ec2, \\\n    aws_s3 as s3\n"),
        ("from aws_cdk import Stack  # noqa: F401\n", [POLICY],
         "from aws_cdk import RemovalPolicy, Stack  # noqa: F401\n"),
        ("import os; from aws_cdk import Stack; x = 1\n", [POLICY],
         "import os; from aws_cdk import RemovalPolicy, Stack; x = 1\n"),
        # one name a statement
        ("from aws_cdk import Stack\nfrom aws_cdk import aws_s3 as s3\n", [EC2, POLICY],
         "from aws_cdk import RemovalPolicy\nfrom aws_cdk import Stack\n"
         "from aws_cdk import aws_ec2 as ec2\nfrom aws_cdk import aws_s3 as s3\n"),
        # there already
        ("import base64, os\nfrom aws_cdk import RemovalPolicy, aws_ec2 as ec2\n",
         [BASE64, POLICY, EC2],
         "import base64, os\nfrom aws_cdk import RemovalPolicy, aws_ec2 as ec2\n"),
        # a star cannot be extended
        ("from aws_cdk import *\n", [POLICY],
         "from aws_cdk import *\nfrom aws_cdk import RemovalPolicy\n"),
    ],
)  # fmt: skip
def test_a_statement_that_is_there_is_extended(before: str, edits: list[Edit], after: str) -> None:
    assert edited(before, *edits) == after


@pytest.mark.parametrize(
    ("before", "edits", "after"),
    [
        # the standard library, sorted or not, `import` before `from` or not
        ("import json\nimport os\nfrom typing import Any\n", [BASE64],
         "import base64\nimport json\nimport os\nfrom typing import Any\n"),
        ("import json\nfrom typing import Any\nimport zlib\n", [add("os")],
         "import json\nimport os\nfrom typing import Any\nimport zlib\n"),
        ("import os\nimport json\nimport boto3\n", [BASE64],
         "import os\nimport json\nimport base64\nimport boto3\n"),
        ("# standard\nimport json\n\nimport boto3\n", [BASE64],
         "# standard\nimport base64\nimport json\n\nimport boto3\n"),
        ("import json  # why\n", [add("os")], "import json  # why\nimport os\n"),
        ("import boto3\n", [BASE64], "import base64\n\nimport boto3\n"),
        ("# AWS\nimport boto3\n", [BASE64], "# AWS\nimport base64\n\nimport boto3\n"),
        ('"""Doc."""\n\n# AWS\nimport boto3\n', [BASE64],
         '"""Doc."""\n\nimport base64\n\n# AWS\nimport boto3\n'),
        # beside other imports of the package
        ("import aws_cdk as cdk\nfrom constructs import Construct\n",
         [add("aws_cdk.aws_lambda_event_sources", "SqsDlq")],
         "import aws_cdk as cdk\nfrom aws_cdk.aws_lambda_event_sources import SqsDlq\n"
         "from constructs import Construct\n"),
        ("from aws_cdk.aws_s3 import Bucket\nfrom .other import x\n", [POLICY, EC2],
         "from aws_cdk import RemovalPolicy, aws_ec2 as ec2\nfrom aws_cdk.aws_s3 import Bucket\n"
         "from .other import x\n"),
        # a section of its own
        ("import os\n\nx = 1\n", [POLICY],
         "import os\n\nfrom aws_cdk import RemovalPolicy\n\nx = 1\n"),
        ("from .other import x\n", [POLICY],
         "from aws_cdk import RemovalPolicy\n\nfrom .other import x\n"),
        ("from __future__ import annotations\n\nx = 1\n", [BASE64],
         "from __future__ import annotations\n\nimport base64\n\nx = 1\n"),
        # no imports yet
        ("x = 1\n", [BASE64], "import base64\n\nx = 1\n"),
        ("", [BASE64], "import base64\n"),
        ("def f(): pass\n", [BASE64, add("os")], "import base64\nimport os\n\n\ndef f(): pass\n"),
        ("def f(): pass\n", [POLICY, BASE64],
         "import base64\n\nfrom aws_cdk import RemovalPolicy\n\n\ndef f(): pass\n"),
        ('"""Doc."""\n', [BASE64], '"""Doc."""\n\nimport base64\n'),
        ('"""Doc."""\n\ndef f(): pass\n', [BASE64],
         '"""Doc."""\n\nimport base64\n\n\ndef f(): pass\n'),
        ("#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\nx = 1\n", [BASE64],
         "#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\nimport base64\n\nx = 1\n"),
        ("# Licence\n# of ours\n\nx = 1\n", [BASE64],
         "# Licence\n# of ours\n\nimport base64\n\nx = 1\n"),
        ("# about x\nx = 1\n", [BASE64], "import base64\n\n# about x\nx = 1\n"),
        # never inside `try`, `if TYPE_CHECKING` or a function, nor beside what stands below one
        ("import os\n\nif TYPE_CHECKING:\n    from aws_cdk import Stack\n", [POLICY],
         "import os\n\nfrom aws_cdk import RemovalPolicy\n\nif TYPE_CHECKING:\n"
         "    from aws_cdk import Stack\n"),
        ("try:\n    import json\nexcept ImportError:\n    json = None\n", [BASE64],
         "import base64\n\ntry:\n    import json\nexcept ImportError:\n    json = None\n"),
        ("import os\n\n\ndef f():\n    import base64\n\n\nimport zlib\n", [BASE64],
         "import base64\nimport os\n\n\ndef f():\n    import base64\n\n\nimport zlib\n"),
    ],
)  # fmt: skip
def test_a_new_statement_goes_where_the_file_keeps_its_kind(
    before: str, edits: list[Edit], after: str
) -> None:
    assert edited(before, *edits) == after


def test_the_order_of_the_edits_does_not_matter_for_statements_and_names() -> None:
    before = "import zlib\n\nfrom aws_cdk import Stack\n"
    edits = [POLICY, EC2, BASE64, add("os"), add("typing", "Any")]
    expected = (
        "import base64\nimport os\nimport zlib\nfrom typing import Any\n\n"
        "from aws_cdk import RemovalPolicy, Stack, aws_ec2 as ec2\n"
    )
    assert edited(before, *edits) == edited(before, *reversed(edits)) == expected


@pytest.mark.parametrize(
    "before",
    [
        "from other import RemovalPolicy\n",
        "from other import x as RemovalPolicy\n",
        "import RemovalPolicy\n",
        "RemovalPolicy = None\n",
        "RemovalPolicy: object = None\n",
        "class RemovalPolicy: pass\n",
        "def RemovalPolicy(): pass\n",
    ],
)
def test_a_name_that_means_something_else_is_refused(before: str) -> None:
    with pytest.raises(RewriteError, match="the name RemovalPolicy already means something else"):
        edited(before, POLICY)


@pytest.mark.parametrize(
    "before",
    [
        "from aws_cdk import Duration, Stack, aws_dynamodb as dynamodb, aws_lambda as lambda_\n",
        "from aws_cdk import (\n    Duration,\n    Stack,\n)\n",
        "from aws_cdk import (\n    Duration,\n    Stack,\n    aws_dynamodb as dynamodb,\n"
        "    aws_lambda as lambda_,\n    aws_s3 as s3,\n)\n\n\nclass A:\n    pass\n",
        '"""Doc."""\n\n\nclass A:\n    pass\n',
        "import os\n\nx = 1\n",
        "import boto3\n\n\ndef f():\n    pass\n",
        "# own\ndef f():\n    pass\n",
    ],
)
def test_what_black_left_alone_it_leaves_alone_after(before: str) -> None:
    mode = black.Mode()
    assert black.format_str(before, mode=mode) == before
    after = edited(before, POLICY, EC2, BASE64, add("aws_cdk.aws_sqs", "Queue"))
    assert black.format_str(after, mode=mode) == after


def test_a_long_statement_of_the_users_own_layout_gets_brackets() -> None:
    before = "from aws_cdk import Stack,aws_dynamodb,aws_lambda\n"
    assert edited(before, POLICY, line_length=60) == (
        "from aws_cdk import (\n    RemovalPolicy,\n    Stack,\n    aws_dynamodb,\n"
        "    aws_lambda,\n)\n"
    )


def own(module: str, name: str) -> Edit:
    return AddImport(PATH, module, name, own=True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "import os\n\nfrom constructs import Construct\n",
            "import os\n\nfrom constructs import Construct\n\nfrom lib.layers import code\n",
        ),
        (
            "from constructs import Construct\n\nfrom lib.stack import Stack\n",
            "from constructs import Construct\n\n"
            "from lib.layers import code\nfrom lib.stack import Stack\n",
        ),
        ("from .stack import Stack\n", "from .stack import Stack\nfrom lib.layers import code\n"),
    ],
)
def test_imports_of_the_project_itself_stand_behind_those_of_libraries(
    before: str, after: str
) -> None:
    assert edited(before, own("lib.layers", "code")) == after
