"""A process in which a function stays loaded between its invocations, as in Lambda."""

from __future__ import annotations

import json
import select
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
ISOLATED = ("-I", "-X")
"""Neither the bootstrap's folder nor a user's packages are on the path."""


class FunctionError(Exception):
    """The function failed; ``kind`` is the exception's class, by name."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind


@dataclass(frozen=True)
class Result:
    """How an invocation ended: the handler's ``value``, or an error of some ``kind``."""

    answer: Mapping[str, Any]

    @property
    def kind(self) -> str | None:
        """The class of the error; None where there is none."""
        return self.answer.get("error")

    @property
    def value(self) -> Any:
        """What the handler returned; raises FunctionError if it did not."""
        if self.kind is not None:
            raise FunctionError(self.kind, self.answer["message"])
        return self.answer["value"]


class Container:
    """One warm container; leaving its ``with`` ends the process."""

    def __init__(
        self,
        python: Path,
        handler: str,
        paths: list[Path],
        environment: Mapping[str, str],
        timeout: int,
    ) -> None:
        # Bytecode is kept beside the interpreter: assets stay what was synthesised.
        cache = python.parents[1] / "bytecode"
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the container)
        self._timeout = timeout
        self._process = subprocess.Popen(
            [python, *ISOLATED, f"pycache_prefix={cache}", BOOTSTRAP, handler, *paths],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=dict(environment),
            cwd=paths[0],
        )

    def invoke(self, event: object) -> Result:
        """Hand over an event and wait, as long as the function may run."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(event).encode() + b"\n")
        self._process.stdin.flush()
        ready, _, _ = select.select([self._process.stdout], [], [], self._timeout)
        if not ready:
            self._process.kill()
            return Result({"error": "Sandbox.Timedout", "message": f"after {self._timeout} s"})
        line = self._process.stdout.readline()
        if not line:
            return Result({"error": "Runtime.ExitError", "message": self.log()[-2000:]})
        return Result(json.loads(line))

    def log(self) -> str:
        """What the function has logged and printed so far."""
        self._log.seek(0)
        return self._log.read().decode("utf-8", "replace")

    def __enter__(self) -> Container:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()
        self._log.close()
