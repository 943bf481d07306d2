"""Running an app to synthesise it: through one kernel, or in a fresh process each time."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from tapfix.verify.command import Command, Settings
from tapfix.verify.workplace import Workplace

ACCOUNT = "123456789012"
REGION = "us-east-1"
_WORKER = Path(__file__).with_name("worker.py")
_TOLD = 12
"""So many last lines of an error are told."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one synthesis came to: the last lines of its error, if it had one, and its seconds."""

    error: str | None
    seconds: float = 0.0


def context_for(settings: Settings, *, bundle: bool) -> dict[str, object]:
    """The context of a synthesis: what the app's files say, and what the command line sets."""
    forced: dict[str, object] = {
        "aws:cdk:enable-path-metadata": True,
        "aws:cdk:enable-asset-metadata": True,  # which names the files of nested stacks
    }
    if not bundle:
        forced["aws:cdk:bundling-stacks"] = []
    return {
        **zones(f"availability-zones:account={ACCOUNT}:region={REGION}"),
        **settings.context,
        **forced,
    }


def zones(key: str) -> dict[str, object]:
    """What an app would learn of a region's availability zones, by the key that it asks by."""
    region = key.rpartition("region=")[2]
    return {key: [f"{region}{zone}" for zone in "abc"]}


def environment_for(environment: Mapping[str, str], work: Workplace, python: str) -> dict[str, str]:
    """The environment that an app is run in: without a way to the user's account."""
    kept = {
        name: value
        for name, value in environment.items()
        if not name.startswith(("AWS_", "CDK_", "JSII_", "PYTHONHOME"))
    }
    nowhere = str(work.scratch / "no-such-file")
    return kept | {
        "PATH": f"{Path(python).parent}{os.pathsep}{kept.get('PATH', os.defpath)}",
        "TMPDIR": str(work.scratch),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": kept.get("PYTHONHASHSEED", "0"),  # the order of sets, the same each time
        "CDK_DEFAULT_ACCOUNT": ACCOUNT,
        "CDK_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": nowhere,
        "AWS_SHARED_CREDENTIALS_FILE": nowhere,
        "AWS_EC2_METADATA_DISABLED": "true",
        "CDK_VALIDATION": "false",  # seconds a synthesis, and no part of the template
        "JSII_HOST_STACK_TRACES": "1",
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
    }


@dataclass(frozen=True, slots=True)
class Environment:
    """One of the environments that an app is deployed as: context and variables that say so."""

    context: Mapping[str, object] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)


HERE = Environment()
"""The one that the app's files and the user's variables say."""

_OTHER = "tapfix2"
_NAMES = ("environmentSuffix", "environment_suffix", "env_suffix", "suffix")
_STAGES = ("stage", "env", "environment", "env_name", "envName", "deployEnv")
_VARIABLES = ("ENVIRONMENT_SUFFIX", "ENV_SUFFIX")

ELSEWHERE = (
    Environment(
        dict.fromkeys((*_NAMES, *_STAGES), _OTHER),
        dict.fromkeys((*_VARIABLES, "STAGE", "ENV", "ENVIRONMENT", "ENV_NAME"), _OTHER),
    ),
    Environment(dict.fromkeys(_NAMES, _OTHER), dict.fromkeys(_VARIABLES, _OTHER)),
)
"""Another one, by the names under which apps ask for it: all of them, or the plainest alone where
an app knows only some stages."""


@dataclass(frozen=True, slots=True)
class Program:
    """How to run an app: the interpreter, its command, its folder within the copy, and the rest.

    ``top`` is the copy with what lies around the app.
    ``limit`` is the time that one synthesis may take, in seconds.
    """

    python: str
    command: Command
    folder: Path
    top: Path
    environment: Mapping[str, str]
    context: Mapping[str, object]
    limit: float


class Kernel:
    """A process that synthesises an app again and again, through one kernel.

    One that has ended is started anew for the next synthesis. So is one in which an app fails that
    has run in it before: what the app left in it may be why.
    """

    def __init__(self, program: Program, log: Path) -> None:
        self._program = program
        self._log = log
        self._is_used = False
        self._process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        with self._log.open("wb") as errors:
            return subprocess.Popen(
                [self._program.python, str(_WORKER), str(self._program.top)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=self._program.folder,
                env=dict(self._program.environment),
                encoding="utf-8",
                start_new_session=True,
            )

    def synthesise(self, outdir: Path, environment: Environment) -> Run:
        """Run the app once, as one of its environments."""
        was_used = self._is_used
        run = self._run(outdir, environment)
        if run.error is None or not was_used or environment.variables:
            return run
        self._restart()
        return self._run(outdir, environment)

    def _restart(self) -> None:
        self.close()
        self._is_used = False
        self._process = self._start()

    def _run(self, outdir: Path, environment: Environment) -> Run:
        if self._process.poll() is not None:
            self._restart()
        self._is_used = True
        command = self._program.command
        request = {
            "script": command.script,
            "module": command.module,
            "arguments": list(command.arguments),
            "outdir": str(outdir),
            "context": {**self._program.context, **environment.context},
            "variables": dict(environment.variables),
        }
        with _time_limit(self._process, self._program.limit) as out_of_time:
            with contextlib.suppress(BrokenPipeError):
                _stream(self._process.stdin).write(json.dumps(request) + "\n")
                _stream(self._process.stdin).flush()
            line = _stream(self._process.stdout).readline()
        if out_of_time.is_set():
            return Run(_too_long(self._program.limit))
        if not line:
            code = self._process.wait()
            return Run(
                _last_lines(self._log) or f"it ended with exit code {code}" if code else None
            )
        answer = json.loads(line)
        if answer["is_over"]:
            self._process.wait()
        return Run(answer["error"], answer["seconds"])

    def close(self) -> None:
        """End the process and all that it started."""
        with contextlib.suppress(BrokenPipeError):
            _stream(self._process.stdin).close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        _kill(self._process)
        _stream(self._process.stdout).close()


def synthesise_afresh(program: Program, outdir: Path, environment: Environment, log: Path) -> Run:
    """Run the app's command by a shell, as the CDK command line does."""
    variables = {
        **program.environment,
        **environment.variables,
        "CDK_OUTDIR": str(outdir),
        "CDK_CONTEXT_JSON": json.dumps({**program.context, **environment.context}),
    }
    with log.open("wb") as errors:
        process = subprocess.Popen(
            program.command.text,
            shell=True,
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            cwd=program.folder,
            env=variables,
            start_new_session=True,
        )
    try:
        with _time_limit(process, program.limit) as out_of_time:
            code = process.wait()
    finally:
        _kill(process)
    if out_of_time.is_set():
        return Run(_too_long(program.limit))
    return Run(None if code == 0 else _last_lines(log) or f"it ended with exit code {code}")


@contextlib.contextmanager
def _time_limit(
    process: subprocess.Popen[str] | subprocess.Popen[bytes], seconds: float
) -> Iterator[threading.Event]:
    """Kill the process if the body takes longer; the event tells that it did."""
    over = threading.Event()

    def end() -> None:
        over.set()
        _kill(process)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield over
    finally:
        timer.cancel()


def _kill(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    """End a process and those of its group: Node, and what the app started."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _stream(stream: IO[str] | None) -> IO[str]:
    assert stream is not None, "the process was started with pipes"
    return stream


def _too_long(seconds: float) -> str:
    return f"it took longer than {seconds:g} seconds"


def _last_lines(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    return "\n".join(lines[-_TOLD:])


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let SIGTERM end the body as an interrupt does, so that all is put away."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
