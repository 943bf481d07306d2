"""What a text that holds a name may speak of."""

from __future__ import annotations

import pytest

from tapfix.recipes.naming.kinds import fits_words, is_elsewhere


@pytest.mark.parametrize(
    ("argument", "words", "fits"),
    [
        ("rest_api_name", "API_NAME", True),
        ("rest_api_name", "DB_NAME", False),
        ("rest_api_name", "DATABASE", False),
        ("topic_name", "db_user", False),
        ("table_name", "DDB_TABLE", True),
        ("queue_name", "FEEDBACK", True),
        ("queue_name", "ORDERS_TABLE", False),
        ("instance_identifier", "DB_HOST", True),
        ("instance_identifier", "DB_NAME", False),
        ("database_name", "DB_NAME", True),
    ],
)
def test_the_words_around_a_name(argument: str, words: str, fits: bool) -> None:
    assert fits_words(argument, words) == fits


@pytest.mark.parametrize(
    ("text", "elsewhere"),
    [
        ("https://hooks.example.com/orders", True),
        ("https://sqs.us-east-1.amazonaws.com/123456789012/orders", False),
        ("https://orders.s3.amazonaws.com", False),
        ("https://abc.lambda-url.us-east-1.on.aws/orders", False),
        ("s3://orders/key", False),
        ("arn:aws:s3:::orders", False),
    ],
)
def test_urls_of_other_hosts(text: str, elsewhere: bool) -> None:
    assert is_elsewhere(text) == elsewhere
