"""An app synthesised as it is and as it would be, side by side."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tapfix.verify.assembly import Assembly, read_assembly
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
)
from tapfix.verify.workplace import Workplace, overlay, workplace

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

    ``after`` is None where nothing changes. ``others`` are the same two in another environment of
    the app, where that was asked for and the app takes one. ``obstacle`` says why there is none.
    """

    root: str
    how: str = ""
    before: Synthesis | None = None
    after: Synthesis | None = None
    others: tuple[Synthesis | None, Synthesis | None] = (None, None)
    obstacle: str | None = None

    @property
    def elsewhere(self) -> tuple[Assembly | None, Assembly | None]:
        """The assemblies of another environment, before and after."""
        before, after = self.others
        return (
            before.assembly if before is not None else None,
            after.assembly if after is not None else None,
        )


def bear_witness(root: str, changes: Mapping[str, bytes | None], options: Options) -> Testimony:
    """Synthesise the app in the folder ``root``, then again with changed files by absolute path.

    This runs the app's code. Nothing is written outside of a temporary folder.
    """
    folder = Path(root).resolve()
    try:
        settings = read_settings(folder)
        python = interpreter_for(folder, settings.command, options.python, os.environ)
    except (UnusableSettings, NoInterpreter) as error:
        return Testimony(root, obstacle=str(error))
    with ended_by_signals(), workplace(folder) as work:
        program = Program(
            python,
            settings.command,
            work.copy,
            environment_for(os.environ, work, python),
            context_for(settings, bundle=options.bundle),
            options.limit,
        )
        with _ways(program, work, options) as (how, synthesise):
            before = _synthesis(synthesise, work, "before", HERE)
            other = _other(synthesise, work, "before-elsewhere") if options.elsewhere else None
            after, other_after = None, None
            if changes:
                overlay(work, folder, changes)
                after = _synthesis(synthesise, work, "after", HERE)
                if other is not None:
                    other_after = _other(synthesise, work, "after-elsewhere")
        return Testimony(root, how, before, after, (other, other_after))


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


def _other(synthesise: Way, work: Workplace, name: str) -> Synthesis | None:
    """The app in another environment; None if it does not take what such a one is called by."""
    for number, environment in enumerate(ELSEWHERE):
        found = _synthesis(synthesise, work, f"{name}-{number}", environment)
        if found.error is None:
            return found
    return None


def _synthesis(synthesise: Way, work: Workplace, name: str, environment: Environment) -> Synthesis:
    outdir = work.folder / name
    run = synthesise(outdir, environment)
    assembly = read_assembly(outdir, work.copy) if outdir.is_dir() else Assembly(())
    return Synthesis(assembly, run.error, run.seconds)
