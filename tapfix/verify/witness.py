"""An app synthesised as it is and as it would be, side by side."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tapfix.verify.assembly import Assembly, Within, manifests, read_assembly
from tapfix.verify.command import UnusableSettings, read_settings
from tapfix.verify.interpreter import NoInterpreter, interpreter_for
from tapfix.verify.process import (
    ELSEWHERE,
    HERE,
    Environment,
    Kernel,
    Program,
    Run,
    context_for,
    ended_by_signals,
    environment_for,
    synthesise_afresh,
    zones,
)
from tapfix.verify.workplace import NoCopy, Workplace, overlay, workplace

LIMIT = 300.0
"""So many seconds may a synthesis take."""


@dataclass(frozen=True, slots=True)
class Options:
    """How apps are synthesised: by which Python, whether assets are bundled, how long at most.

    ``fresh`` asks for a process of its own for each synthesis, ``elsewhere`` for a synthesis of
    another environment of the app besides.
    """

    python: str | None = None
    bundle: bool = False
    fresh: bool = False
    limit: float = LIMIT
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Synthesis:
    """What a synthesis made, and the last lines of its error if it had one.

    An app may fail (by a check of its own) and still have written its templates.
    """

    assembly: Assembly
    error: str | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Testimony:
    """An app before and after the change; ``how`` says in words how it was run.

    ``after`` is None where nothing changes. ``again`` is the app before the change once more, where
    that was asked for. ``others`` are the same two in another environment of
    the app, where that was asked for and the app takes one. ``obstacle`` says why there is none.
    """

    root: str
    how: str = ""
    before: Synthesis | None = None
    after: Synthesis | None = None
    others: tuple[Synthesis | None, Synthesis | None] = (None, None)
    obstacle: str | None = None
    again: Synthesis | None = None

    @property
    def elsewhere(self) -> tuple[Assembly | None, Assembly | None]:
        """The assemblies of another environment, before and after."""
        before, after = self.others
        return (
            before.assembly if before is not None else None,
            after.assembly if after is not None else None,
        )


def bear_witness(
    root: str,
    changes: Mapping[str, bytes | None],
    options: Options,
    is_doubtful: Callable[[Testimony], bool] = lambda _: False,
) -> Testimony:
    """Synthesise the app in the folder ``root``, then again with changed files by absolute path.

    Where the outcome ``is_doubtful``, it is synthesised without the change once more: it may come
    out otherwise each time. This runs the app's code. Nothing is written outside of a temporary
    folder, but for what the app itself writes elsewhere.
    """
    folder = Path(root).resolve()
    try:
        settings = read_settings(folder)
        python = interpreter_for(folder, settings.command, options.python, os.environ)
        with ended_by_signals(), workplace(folder, changes) as work:
            program = Program(
                python,
                settings.command,
                work.copy,
                work.top,
                environment_for(os.environ, work, python),
                context_for(settings, bundle=options.bundle),
                options.limit,
            )
            with _ways(program, work, options) as (how, run):
                synthesise = _Synthesiser(run, work, settings.is_built)
                told = _told(root, how, synthesise, changes, options)
                if told.after is not None and is_doubtful(told):
                    overlay(work, {path: _now(path) for path in changes})
                    told = replace(told, again=synthesise("again", HERE))
                return told
    except (UnusableSettings, NoInterpreter, NoCopy) as error:
        return Testimony(root, obstacle=str(error))


def _told(
    root: str,
    how: str,
    synthesise: _Synthesiser,
    changes: Mapping[str, bytes | None],
    options: Options,
) -> Testimony:
    before = synthesise("before", HERE)
    other = synthesise.elsewhere("before") if options.elsewhere else None
    after, other_after = None, None
    if changes:
        overlay(synthesise.work, changes)
        after = synthesise("after", HERE)
        if other is not None:
            other_after = synthesise.elsewhere("after")
    return Testimony(root, how, before, after, (other, other_after))


def _now(path: str) -> bytes | None:
    """What a file of the app holds; None if there is none."""
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        return None


Way = Callable[[Path, Environment], Run]


@contextlib.contextmanager
def _ways(program: Program, work: Workplace, options: Options) -> Iterator[tuple[str, Way]]:
    """How the app is run, in words and as a function of the folder for the assembly."""
    log = work.folder / "log"
    command = program.command
    if options.fresh or (command.script is None and command.module is None):
        yield (
            f"{command.text!r} in a process of its own",
            lambda outdir, environment: synthesise_afresh(program, outdir, environment, log),
        )
        return
    kernel = Kernel(program, log)
    try:
        yield f"{command.text!r} by {program.python}, one kernel", kernel.synthesise
    finally:
        kernel.close()


@dataclass(frozen=True, slots=True)
class _Synthesiser:
    """Runs an app in its copy, and reads what comes of it.

    ``zones`` are those of regions that the app has asked for: what they are called does not matter.
    """

    run: Way
    work: Workplace
    is_built: bool
    zones: dict[str, object] = field(default_factory=dict)

    def __call__(self, name: str, environment: Environment) -> Synthesis:
        """The app as one of its environments; ``name`` is that of the folder for the assembly."""
        known = len(self.zones)
        outdir = self.work.folder / f"{name}-{known}"
        told = replace(environment, context={**self.zones, **environment.context})
        run = self.run(outdir, told)
        self.zones.update(_asked(outdir))
        if len(self.zones) > known:
            return self(name, environment)
        error, assembly = run.error, Assembly(())
        try:
            if outdir.is_dir():
                assembly = read_assembly(outdir, Within(self.work.copy, self.work.top))
        except (OSError, ValueError, KeyError) as unreadable:  # it was not written to its end
            error = error or f"its assembly cannot be read: {unreadable!r}"
        if error is None and not assembly.stacks:
            error = "it makes no stack"
        return Synthesis(assembly, self._in_words(error), run.seconds)

    def elsewhere(self, name: str) -> Synthesis | None:
        """The app in another environment; None if it does not take what such a one is called by."""
        for number, environment in enumerate(ELSEWHERE):
            found = self(f"{name}-elsewhere-{number}", environment)
            if found.error is None:
                return found
        return None

    def _in_words(self, error: str | None) -> str | None:
        """An error with the app's own paths, and what may have led to it."""
        if error is None:
            return None
        own = error.replace(str(self.work.top), str(self.work.source))
        hint = "\n(the build command of its cdk.json is not run)" if self.is_built else ""
        return f"{own}{hint}"


def _asked(outdir: Path) -> dict[str, object]:
    """Names for the availability zones that an assembly, or one within it, lacks."""
    found: dict[str, object] = {}
    with contextlib.suppress(ValueError):  # it was not written to its end
        for _, content in manifests(outdir):
            for one in content.get("missing", []):
                if one["provider"] == "availability-zones":
                    found.update(zones(one["key"]))
    return found
