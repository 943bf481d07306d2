"""What Lambda's Python runtime does: loads the handler once, then answers event after event.

Runs under the function's Python with nothing but its environment. Reads one JSON line an event
from standard input and writes one a result; what the handler prints goes to standard error.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from typing import Any


class Context:
    """What a handler may ask of the invocation."""

    aws_request_id = "00000000-0000-0000-0000-000000000000"
    memory_limit_in_mb = "128"

    def __init__(self, name: str) -> None:
        self.function_name = name


def failure(kind: str, error: BaseException) -> dict[str, Any]:
    """An error as Lambda reports it."""
    traceback.print_exception(type(error), error, error.__traceback__)
    return {"error": kind, "message": str(error)}


def answer(handler: Any, event: Any) -> dict[str, Any]:
    """One invocation."""
    try:
        result = handler(event, Context(os.environ["AWS_LAMBDA_FUNCTION_NAME"]))
        return {"value": json.loads(json.dumps(result))}
    except Exception as error:
        return failure(type(error).__name__, error)


def main(name: str, paths: list[str]) -> None:
    """Serve the handler ``module.function`` until standard input ends."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    sys.path[:0] = paths
    module, _, function = name.rpartition(".")
    broken: dict[str, Any] | None = None
    handler: Any = None
    try:
        handler = getattr(importlib.import_module(module.replace("/", ".")), function)
    except Exception as error:
        broken = failure(type(error).__name__, error)
    for line in sys.stdin:
        replies.write(json.dumps(broken or answer(handler, json.loads(line))) + "\n")
        replies.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
