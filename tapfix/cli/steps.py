"""What a run of the command line does, step by step, from its options to its report."""

from __future__ import annotations

import contextlib
import functools
import gc
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tapfix.cli import streams
from tapfix.cli.ended import INTERRUPTED, Ended
from tapfix.cli.streams import tell

if TYPE_CHECKING:
    from tapfix.api import Options
    from tapfix.api.result import Result
    from tapfix.model.shown import Shown
    from tapfix.report.formats import Target
    from tapfix.verify.judge import Judgement


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run is to do.

    ``reason``: all that is found gets comments with it. ``manners`` are those of ``--verify``,
    empty without. ``exit_zero``: 0 where it would be 1.
    """

    paths: tuple[str, ...]
    options: Options
    is_interactive: bool
    reason: str | None
    manners: frozenset[str]
    python: str | None
    wanted: tuple[Target, ...]
    statistics: bool
    exit_zero: bool
    quiet: bool
    verbose: bool


def carry_out(asked: Asked) -> int:
    """Find, verify, write and report, and give the exit code.

    Raises ``Ended`` where a step cannot be taken.
    """
    options, unsaved = asked.options, asked.options.unsaved
    writes = options.mode is options.mode.APPLY
    mind_interrupted(asked.paths, apply=writes and unsaved is None)
    if asked.is_interactive:
        result = reviewed(asked.paths, options)
    else:
        result = found(asked.paths, options, quiet=asked.quiet, reason=asked.reason)
    judgements: tuple[Judgement, ...] = ()
    if asked.manners:
        result, judgements = verified(result, asked)
    if writes and unsaved is None:
        result = written(result)
    if options.write_baseline:
        from tapfix.report.baseline import write_baselines

        is_named = options.baseline is not None
        result = write_baselines(result, quiet=asked.quiet, is_named=is_named)
    doubted = 0 if all(one.holds for one in judgements) else 1
    code = max(result.exit_code, doubted)
    code = 0 if asked.exit_zero and code == 1 else code
    report(asked, result, judgements, code)
    return code


def report(asked: Asked, result: Result, judgements: tuple[Judgement, ...], code: int) -> None:
    """Write the reports."""
    from tapfix.report.content import Content
    from tapfix.report.terminal import show, show_text

    unsaved, quiet, verbose = asked.options.unsaved, asked.quiet, asked.verbose
    content = Content(result, str(Path.cwd()), judgements, asked.statistics, code)
    try:
        if unsaved is not None and result.mode is result.mode.APPLY:
            show_text(content, unsaved, asked.wanted, quiet=quiet, verbose=verbose)
        else:
            show(content, asked.wanted, quiet=quiet, verbose=verbose)
    except BrokenPipeError:
        # The reader has seen enough; what the run came to stays so.
        streams.silence_output()


def found(
    paths: Sequence[str], options: Options, *, quiet: bool, reason: str | None = None
) -> Result:
    """Run; nothing is written yet. With a reason all that is found gets comments with it.

    Raises ``Ended`` where the settings, the selection or git do not let it.
    """
    from tapfix import api
    from tapfix.report.progress import Bar

    # What is read stays to the end: to look for garbage in it over and over takes a fifth of a run.
    gc.set_threshold(50_000)
    with _refusing(), Bar(sys.stderr, str(Path.cwd()), enabled=not quiet) as bar:
        if reason is not None:
            from tapfix.api.ignores import add_ignores

            return add_ignores(paths, options, reason, bar.step)
        return api.run(paths, options, bar.step)


def reviewed(paths: Sequence[str], options: Options) -> Result:
    """Run with somebody who says of each fix whether it is to be made; nothing is written yet.

    Raises ``Ended`` as ``found`` does, and where that person interrupts it.
    """
    from tapfix.report.interactive import review_here

    with _refusing():
        try:
            return review_here(paths, options)
        except KeyboardInterrupt:
            print(file=sys.stderr)
            raise Ended(["interrupted: nothing was written"], INTERRUPTED) from None


@contextlib.contextmanager
def _refusing() -> Iterator[None]:
    """End with the lines that say why a run cannot be."""
    from tapfix.config import ConfigError
    from tapfix.discover.revisions import GitError
    from tapfix.registry import UnknownRuleError

    try:
        yield
    except (ConfigError, GitError, UnknownRuleError) as error:
        raise Ended(str(error).splitlines()) from None


def verified(result: Result, asked: Asked) -> tuple[Result, tuple[Judgement, ...]]:
    """The verdict on a result's fixes, and the result without the apps of an unproved change.

    This runs the code of the apps.
    """
    from tapfix import api
    from tapfix.report.progress import Bar
    from tapfix.verify.run import unproved, verify_changes
    from tapfix.verify.trial import Verified, with_shown
    from tapfix.verify.witness import Options as Manner

    manner = Manner(python=asked.python, bundle="bundle" in asked.manners)
    again = functools.partial(_again, asked.paths, asked.options)
    with Bar(sys.stderr, str(Path.cwd()), enabled=not asked.quiet) as bar:
        first = Verified(result, verify_changes(result, manner, bar.step))
        outcome = with_shown(first, again, manner)
    result, judgements = outcome.result, outcome.judgements
    if result.mode is result.mode.APPLY and "report" not in asked.manners:
        result = api.kept_back(result, unproved(result, judgements), "not proved")
    return result, judgements


def _again(paths: Sequence[str], options: Options, shown: Mapping[str, Shown]) -> Result:
    """The run once more, with what syntheses showed."""
    from tapfix import api

    return api.run(paths, replace(options, shown=shown))


def mind_interrupted(paths: Iterable[str], *, apply: bool) -> None:
    """Mend what runs left that were cut off while they wrote; a run that writes nothing tells.

    Raises ``Ended`` where files among ``paths`` stay half old and half new.
    """
    from tapfix.api import journal

    if not apply:
        tell(journal.waiting(run) for run in journal.cut_off(paths))
        return
    mended = journal.mend_interrupted()
    tell(line for one in mended if (line := journal.told(one)) is not None)
    if any(journal.is_obstacle(one, paths) for one in mended):
        raise Ended(["nothing was done: these files are half old and half new"])


def written(result: Result) -> Result:
    """Write a result's changes, kept in the journal so that they can be undone."""
    from tapfix import api
    from tapfix.api.journal import keeping, undo_command

    if not result.changes:
        return result
    with keeping(len(result.fixed), lambda line: tell([line])) as log:
        result = api.write(result, log)
    if not result.changes or log is None or log.trouble is not None:
        return result
    return replace(result, undo=undo_command(result.changes, str(Path.cwd())))
