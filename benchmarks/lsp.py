"""Measure the language server as an editor meets it, and Ruff's on the same edits.

Run it as ``uv run python -m benchmarks.lsp``, with a number behind it for other than 200 keys. Both
servers speak over pipes with the same bare client, which costs next to nothing: from the bytes of a
change to the bytes of the findings of that very version.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.trees import editor_tree

KEYS = int(sys.argv[1]) if len(sys.argv) > 1 else 200
BIN = Path(sys.executable).parent
TAPFIX = (str(BIN / "tapfix"), "server")
RUFF = (str(BIN / "ruff"), "server", "--isolated")
STARTS = 5
EDITS = 1000
REST = 0.05
"""Seconds between two keys, of somebody who types very fast; they are not counted."""
WORD = "        # a word of somebody who types on and on"


@dataclass
class Client:
    """A client that writes and reads messages, and no more."""

    process: subprocess.Popen[bytes]
    number: int = 0
    kept: list[dict[str, Any]] = field(default_factory=list)

    def send(self, method: str, params: object, *, is_request: bool = False) -> int:
        self.number += 1
        content: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "params": params}
        if is_request:
            content["id"] = self.number
        self._write(content)
        return self.number

    def _write(self, content: object) -> None:
        body = json.dumps(content).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        length = 0
        while line := self.process.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        if "id" in message and "method" in message:
            # What the server asks is granted, without a word.
            self._write({"jsonrpc": "2.0", "id": message["id"], "result": None})
        return message

    def answer(self, number: int) -> Any:
        while (message := self.read()).get("id") != number or "method" in message:
            pass
        return message.get("result")

    def findings(self, uri: str, version: int) -> list[Any]:
        """The findings that are sent for a version of a file."""
        while True:
            message = self.read()
            params = message.get("params") or {}
            if (
                message.get("method") == "textDocument/publishDiagnostics"
                and params["uri"] == uri
                and params.get("version") == version
            ):
                found: list[Any] = params["diagnostics"]
                return found

    def cpu(self) -> float:
        """Seconds of CPU that the server has taken."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """What the server holds, in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024


@contextmanager
def serving(command: tuple[str, ...], folder: Path) -> Iterator[Client]:
    """A server for a folder, ready for documents."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    client = Client(process)
    try:
        capabilities = {
            "general": {"positionEncodings": ["utf-16"]},
            "textDocument": {
                "publishDiagnostics": {"versionSupport": True},
                "codeAction": {
                    "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}},
                    "dataSupport": True,
                    "resolveSupport": {"properties": ["edit"]},
                },
            },
            "workspace": {"workspaceEdit": {"documentChanges": True}},
        }
        folders = [{"uri": folder.as_uri(), "name": folder.name}]
        params = {
            "processId": os.getpid(),
            "rootUri": folder.as_uri(),
            "workspaceFolders": folders,
            "capabilities": capabilities,
        }
        client.answer(client.send("initialize", params, is_request=True))
        client.send("initialized", {})
        yield client
        client.answer(client.send("shutdown", None, is_request=True))
        client.send("exit", None)
        process.wait(20)
    finally:
        process.kill()
        process.wait()
        assert process.stdin is not None and process.stdout is not None
        process.stdin.close()
        process.stdout.close()


def opened(client: Client, path: Path) -> list[Any]:
    """Open a file and wait for what is found in it."""
    item = {"uri": path.as_uri(), "languageId": "python", "version": 1, "text": path.read_text()}
    client.send("textDocument/didOpen", {"textDocument": item})
    return client.findings(path.as_uri(), 1)


class Typist:
    """Types a comment letter by letter into the middle of a file, and takes it out again."""

    def __init__(self, client: Client, path: Path) -> None:
        self.client, self.uri, self.version = client, path.as_uri(), 1
        self.line = len(path.read_text().splitlines()) // 2
        self.typed = 0
        self._change(0, 0, "\n")

    def _change(self, start: int, end: int, text: str) -> list[Any]:
        self.version += 1
        area = {
            "start": {"line": self.line, "character": start},
            "end": {"line": self.line, "character": end},
        }
        params = {
            "textDocument": {"uri": self.uri, "version": self.version},
            "contentChanges": [{"range": area, "text": text}],
        }
        self.client.send("textDocument/didChange", params)
        return self.client.findings(self.uri, self.version)

    def key(self, rest: float = REST) -> float:
        """Seconds from a key to the findings, after a rest."""
        time.sleep(rest)
        start = time.perf_counter()
        if self.typed < len(WORD):
            self._change(self.typed, self.typed, WORD[self.typed])
            self.typed += 1
        else:
            self._change(0, self.typed, "")
            self.typed = 0
        return time.perf_counter() - start


def bulbs(client: Client, uri: str, found: list[Any], count: int) -> list[float]:
    """Seconds from the light bulb to the edit of its first quick fix, finding by finding."""
    times = []
    for finding in found[:: max(1, len(found) // count)]:
        start = time.perf_counter()
        params = {
            "textDocument": {"uri": uri},
            "range": finding["range"],
            "context": {"diagnostics": [finding], "only": ["quickfix"]},
        }
        offers = client.answer(client.send("textDocument/codeAction", params, is_request=True))
        offers = [one for one in offers or () if "disabled" not in one]
        if offers and "edit" not in offers[0]:
            resolved = client.send("codeAction/resolve", offers[0], is_request=True)
            assert client.answer(resolved)["edit"]
        if offers:
            times.append(time.perf_counter() - start)
    return times


def shown(times: list[float]) -> str:
    """The median and the 95th percentile in milliseconds."""
    cuts = statistics.quantiles(times, n=20, method="inclusive")
    return f"p50 {statistics.median(times) * 1000:5.0f} ms  p95 {cuts[-1] * 1000:5.0f} ms"


def measure(name: str, command: tuple[str, ...], folder: Path, stack: Path, edits: int = 0) -> None:
    """All that is measured of one server; ``edits`` are those of which the memory is told."""
    starts = []
    for _ in range(STARTS):
        start = time.perf_counter()
        with serving(command, folder) as client:
            opened(client, stack)
            starts.append(time.perf_counter() - start)
    print(f"  {name:8} start to first findings      median {statistics.median(starts):.2f} s")
    with serving(command, folder) as client:
        found = opened(client, stack)
        typist = Typist(client, stack)
        for _ in range(10):
            typist.key()
        early, spent = client.memory(), client.cpu()
        times = [typist.key() for _ in range(KEYS)]
        spent = (client.cpu() - spent) / KEYS
        print(f"  {name:8} key to findings ({len(found):3})        {shown(times)}", flush=True)
        print(f"  {name:8} CPU for a key                  {spent * 1000:.0f} ms")
        if edits:
            for _ in range(edits - KEYS - 10):
                typist.key(rest=0)
            late = client.memory()
            print(f"  {name:8} memory after 10, {edits} edits  {early:.0f} MB, {late:.0f} MB")
        if "tapfix" in name:
            found = [one for one in found if one["code"] != "TAP017"] or found
            waits = bulbs(client, typist.uri, found, 40)
            print(f"  {name:8} light bulb to edit            {shown(waits)}")


def main() -> None:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as scratch:
        for title, stacks in (("one large stack among helpers and handlers", 3), ("30 stacks", 29)):
            folder = Path(scratch, str(stacks))
            stack = editor_tree(folder, stacks)
            lines = len(stack.read_text().splitlines())
            count = len(list(folder.rglob("*.py")))
            print(f"\n{title}: {count} files, a stack of {lines} lines", flush=True)
            for name, command in (("tapfix", TAPFIX), ("ruff", RUFF)):
                measure(name, command, folder, stack, EDITS if stacks < 10 else 0)


if __name__ == "__main__":
    main()
