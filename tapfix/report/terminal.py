"""Which line goes where: the diff or the report to standard output, all talk to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

from tapfix.api.result import Mode, Result, Status
from tapfix.registry import load_rules, select
from tapfix.report.json import to_json
from tapfix.report.names import shown
from tapfix.report.pages import page, table, table_json
from tapfix.report.paint import paint_for, painted_diff
from tapfix.report.text import Voice, summary
from tapfix.rule import Rule

if TYPE_CHECKING:
    from tapfix.verify.judge import Judgement
    from tapfix.verify.standing import Standing


def show_json(result: Result, judgements: Sequence[Judgement] = ()) -> None:
    """The result as JSON; a dry run's diff is part of it. Problems are told aloud as well."""
    base = str(Path.cwd())
    diff = _diff(result) if result.mode is Mode.DRY_RUN else None
    _print([to_json(result, base, diff, judgements)], sys.stdout)
    _print(Voice(base, paint_for(sys.stderr, os.environ)).problems(result.problems), sys.stderr)


def show(
    result: Result,
    judgements: Sequence[Judgement] = (),
    *,
    statistics: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """The diff of a dry run, else the report, and aside what there is to say of the run.

    ``judgements`` are what templates say of the fixes, where that was asked for.
    """
    base = str(Path.cwd())
    aside = Voice(base, paint_for(sys.stderr, os.environ))
    if verbose:
        _tell(f"read {shown(root, base)}" for root in result.apps)
    if result.mode is Mode.DRY_RUN:
        _show_diff(_diff(result))
        _show_report(result, aside, sys.stderr, statistics=statistics)
    else:
        voice = Voice(base, paint_for(sys.stdout, os.environ))
        _show_report(result, voice, sys.stdout, statistics=statistics)
    if judgements:
        _show_judgements(result, judgements, base, verbose=verbose)
    _print(aside.problems(result.problems), sys.stderr)
    if not quiet:
        _tell(result.notes)
        _tell(summary(result))


def _show_judgements(
    result: Result, judgements: Sequence[Judgement], base: str, *, verbose: bool
) -> None:
    """What templates say: beside the report, and aside of a diff."""
    from tapfix.report.verification import Bearing

    stream = sys.stderr if result.mode is Mode.DRY_RUN else sys.stdout
    bearing = Bearing(base, paint_for(stream, os.environ), tuple(result.hides))
    if verbose:
        _tell(bearing.manners(judgements))
    _print(bearing.lines(judgements), stream)


def show_standing(standings: Sequence[Standing], *, as_json: bool) -> None:
    """What templates say of apps as they are."""
    from tapfix.report.verification import Bearing, standings_json

    base = str(Path.cwd())
    bearing = Bearing(base, paint_for(sys.stdout, os.environ))
    _print(
        [standings_json(standings, base)] if as_json else bearing.standing(standings), sys.stdout
    )


def _diff(result: Result) -> bytes:
    """What would change, as ``git apply`` takes it in the current folder."""
    if not result.changes:
        return b""
    from tapfix.engine.diff import unified_diff

    return unified_diff(result.changes, Path.cwd())


def _show_diff(diff: bytes) -> None:
    """Write a diff with the very bytes of the files, coloured only for eyes."""
    paint = paint_for(sys.stdout, os.environ)
    sys.stdout.flush()
    sys.stdout.buffer.write(painted_diff(diff) if paint.enabled and sys.stdout.isatty() else diff)
    sys.stdout.buffer.flush()


def _show_report(result: Result, voice: Voice, stream: IO[str], *, statistics: bool) -> None:
    """The findings, or their counts. What a dry run would fix stands in its diff already."""
    if statistics:
        _print(voice.statistics(result), stream)
    elif result.mode is Mode.DRY_RUN:
        unmended = (one for one in result.findings if one.status is not Status.FIXED)
        _print(voice.findings(unmended), stream)
    else:
        _print(voice.findings(result.findings), stream)
    _print(voice.unused(result), stream)


def show_rules(*, as_json: bool) -> None:
    """The list of the installed rules."""
    rules = _installed()
    paint = paint_for(sys.stdout, os.environ)
    _print([table_json(rules)] if as_json else table(rules, paint), sys.stdout)


def show_pages(word: str) -> None:
    """The manual pages of the rule of that code or name, or of those that begin with it.

    Raises ``UnknownRuleError`` if there is none.
    """
    chosen = select(_installed(), [word])
    exact = [rule for rule in chosen if word.lower() in (rule.code.lower(), rule.name)]
    paint = paint_for(sys.stdout, os.environ)
    for number, rule in enumerate(exact or chosen):
        _print([""] if number else [], sys.stdout)
        _print(page(rule, paint), sys.stdout)


def _installed() -> tuple[Rule, ...]:
    """The installed rules; those that cannot be loaded are told."""
    loaded = load_rules()
    _tell(loaded.problems)
    return loaded.rules


def _print(lines: Iterable[str], stream: IO[str]) -> None:
    for line in lines:
        print(line, file=stream)


def _tell(lines: Iterable[str]) -> None:
    _print((f"tapfix: {line}" for line in lines), sys.stderr)
