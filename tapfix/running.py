"""What a run of the command line does between its options and its report, step by step."""

from __future__ import annotations

import contextlib
import functools
import gc
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tapfix.streams import tell

if TYPE_CHECKING:
    from tapfix.api import Options
    from tapfix.api.result import Result
    from tapfix.model.shown import Shown
    from tapfix.verify.judge import Judgement

FAILED = 2
INTERRUPTED = 130


class Ended(Exception):
    """The run ends here, with this exit code, after these lines for people."""

    def __init__(self, lines: Iterable[str], code: int = FAILED) -> None:
        super().__init__(*lines)
        self.code = code

    @property
    def lines(self) -> tuple[str, ...]:
        """What to say."""
        return self.args


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


def verified(
    result: Result,
    paths: Sequence[str],
    options: Options,
    manners: frozenset[str],
    python: str | None,
    *,
    quiet: bool,
) -> tuple[Result, tuple[Judgement, ...]]:
    """The verdict on a result's fixes, and the result without the apps of an unproved change.

    ``manners`` are those of ``--verify``. This runs the code of the apps.
    """
    from tapfix import api
    from tapfix.report.progress import Bar
    from tapfix.verify.run import unproved, verify_changes
    from tapfix.verify.trial import Verified, with_shown
    from tapfix.verify.witness import Options as Manner

    manner = Manner(python=python, bundle="bundle" in manners)
    again = functools.partial(_again, paths, options)
    with Bar(sys.stderr, str(Path.cwd()), enabled=not quiet) as bar:
        first = Verified(result, verify_changes(result, manner, bar.step))
        outcome = with_shown(first, again, manner)
    result, judgements = outcome.result, outcome.judgements
    if result.mode is result.mode.APPLY and "report" not in manners:
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
