"""Records as Lambda hands them over."""

from __future__ import annotations

import json
from typing import Any

from tests.handlers import kinesis_event
from tests.poller import Record


def records(*payloads: object) -> list[Record]:
    """Records of a Kinesis stream; what is not bytes goes in as JSON."""
    texts = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in payloads]
    found: list[Record] = kinesis_event(*texts)["Records"]
    return found


def update(product: str, quantity: int) -> dict[str, Any]:
    """What producers put into the catalogue's stream."""
    return {"product_id": product, "quantity": quantity}
