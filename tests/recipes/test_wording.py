"""Which texts can hold another name where they hold one."""

from __future__ import annotations

import pytest

from tapfix.recipes.naming.wording import can_change


@pytest.mark.parametrize(
    ("text", "can"),
    [
        ("coins", True),
        ("collection/coins", True),
        ("arn:aws:sqs:eu-central-1:123456789012:coins", True),
        ("collection/\ue002/coins/*", True),
        ("arn:aws:s3:::coins-\ue000account\ue001/*", True),
        ('{"Resource": ["collection/coins"]}', True),
        ("SELECT * FROM 'coins'", True),
        ("", True),
        ("coins.handler", False),
        ("museum.coins", False),
        ("type coins { id: ID! }", False),
        ("SELECT * FROM coins", False),
        ('{"coins": 1}', False),
        ('{"Resource": "coins"} for coins', False),
        ("'coins\"", False),
        ("type PagedcoinsList { id: ID! }", False),
    ],
)
def test_texts(text: str, can: bool) -> None:
    assert can_change(text, "coins") == can
