"""The logger that a handler's module uses, or gets."""

from __future__ import annotations

import pytest

from tapfix.codemods.examples.functions import app, function
from tapfix.codemods.tap013_handler_errors import RULE
from tapfix.rule import Example
from tapfix.testing import run_example

HANDLER = """

def handler(event, context):
    boto3.client("sqs").send_message(QueueUrl="q", MessageBody="m")
"""


def mended(head: str, **modules: str) -> str:
    files = app(function(), handler=head + HANDLER, **modules)
    return run_example(RULE, Example("", files)).files["worker/worker.py"]


@pytest.mark.parametrize(
    ("head", "spelled"),
    [
        ("import logging\nimport boto3\n\nLOG = logging.getLogger()\n", "LOG.exception"),
        ("from logging import getLogger\nimport boto3\n\nl = getLogger('a')\n", "l.exception"),
        ("import logging as lg\nimport boto3\n\nlg.info('loaded')\n", "lg.exception"),
        ("import boto3\nfrom aws_lambda_powertools import Logger\n\na = Logger()\n", "a.exception"),
        ("import boto3\nfrom loguru import logger as log\n", "log.exception"),
        ("import boto3\nimport structlog\n\nlog = structlog.get_logger()\n", "log.exception"),
        ("import boto3\nfrom common import log\n", "log.exception"),
    ],
)
def test_the_modules_own_logger_is_used(head: str, spelled: str) -> None:
    common = "import logging\n\nlog = logging.getLogger()\n"
    result = mended(head, common=common)
    assert f"        {spelled}(" in result
    assert result.startswith(head)


@pytest.mark.parametrize(
    ("head", "new"),
    [
        (
            "import boto3\n",
            "import logging\n\nimport boto3\n\nlogger = logging.getLogger(__name__)\n",
        ),
        (
            "import logging\nimport boto3\n",
            "import boto3\n\nlogger = logging.getLogger(__name__)\n",
        ),
        ("from logging import INFO\nimport boto3\n", "logger = getLogger(__name__)\n"),
        ("import boto3\n\nlogger = 1\n", "\nlog = logging.getLogger(__name__)\n"),
        (
            "import boto3\n\n\ndef f(logger): return logger\n",
            "\nlog = logging.getLogger(__name__)\n",
        ),
        ("import boto3\n\nlogging = 1\n", "logger = logging_.getLogger(__name__)\n"),
    ],
)
def test_a_logger_is_made_under_a_free_name(head: str, new: str) -> None:
    assert new in mended(head)


def test_a_file_without_imports() -> None:
    result = mended('"""Doc."""\n\nVALUE = 1\n')
    assert result.startswith(
        '"""Doc."""\n\nimport logging\n\nlogger = logging.getLogger(__name__)\n\nVALUE = 1\n'
    )


def test_where_no_name_is_left_it_is_reported() -> None:
    head = "import boto3\n\nlogger = log = handler_logger = None\n"
    files = app(function(), handler=head + HANDLER)
    result = run_example(RULE, Example("", files))
    assert result.files == files
    assert [finding.reason for finding in result.left] == [
        "all names that a logger may have are taken"
    ]
