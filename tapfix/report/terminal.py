"""Which line goes where: reports to standard output or files, all talk to standard error."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from tapfix.api.result import Mode
from tapfix.registry import load_rules, select
from tapfix.report.clean import clean_name
from tapfix.report.content import Content
from tapfix.report.diff import print_diff
from tapfix.report.files import write_files
from tapfix.report.formats import FOR_PEOPLE, Target, writer
from tapfix.report.pages import page, table, table_json
from tapfix.report.paint import paint_for
from tapfix.report.text import report, summary, verdicts, voice_of
from tapfix.rule import Rule

if TYPE_CHECKING:
    from tapfix.discover import Unsaved
    from tapfix.verify.standing import Standing


def show(content: Content, wanted: Sequence[Target], *, quiet: bool, verbose: bool) -> None:
    """Write the reports that are wanted, and aside what else there is to say of the run.

    Files are written first, all or none: raises ``OSError`` with the name of one that cannot be.
    """
    aside = replace(content, paint=paint_for(sys.stderr, os.environ))
    if verbose:
        _tell(f"read {content.shown(root)}" for root in content.result.apps)
    _write_files(content, wanted)
    for target in wanted:
        if target.file is None:
            _write_out(writer(target.format)(_for_output(content)))
    _print(_aside(aside, wanted), sys.stderr)
    if verbose and content.judgements:
        from tapfix.report.verification import Bearing

        hides = content.result.hides
        _tell(Bearing(content.base, aside.paint, hides).manners(content.judgements))
    _print(voice_of(aside).problems(content.result.problems), sys.stderr)
    if not quiet and all(one.file is not None or one.format in FOR_PEOPLE for one in wanted):
        _tell(map(content.hidden, content.result.notes))
        _tell(summary(content.result))
        if content.result.mode is Mode.DRY_RUN and content.reaches_out:
            command = f"git -C {shlex.quote(content.top)} apply"
            _tell([f"The diff goes beyond this folder: {command} takes all of it."])


def show_text(
    content: Content, unsaved: Unsaved, wanted: Sequence[Target], *, quiet: bool, verbose: bool
) -> None:
    """Write a text to standard output as its fixes leave it, and all else as ``show`` does.

    The report that would stand there goes aside. Raises as ``show`` does.
    """
    _, text = content.result.changes.get(unsaved.path, (None, unsaved.data))
    if any(one.file is None for one in wanted):
        _print(report(replace(content, paint=paint_for(sys.stderr, os.environ))), sys.stderr)
    files = [one for one in wanted if one.file is not None]
    show(content, files, quiet=quiet, verbose=verbose)
    sys.stdout.flush()
    sys.stdout.buffer.write(text or b"")
    sys.stdout.buffer.flush()


def _aside(content: Content, wanted: Sequence[Target]) -> Iterator[str]:
    """What none of the reports tells where it goes; of verdicts, what is not on the screen."""
    formats = {one.format for one in wanted}
    printed = {one.format for one in wanted if one.file is None}
    if "text" in formats and content.result.mode is Mode.DRY_RUN:
        yield from report(content)
        return
    if content.statistics and not formats & (FOR_PEOPLE | {"json"}):
        yield from voice_of(content).statistics(content.result)
    if not printed & {"text", "json", "markdown"}:
        yield from verdicts(content)


def _for_output(content: Content) -> Content:
    """The content in colours, if these are wanted; it is worked out anew only then."""
    paint = paint_for(sys.stdout, os.environ)
    return replace(content, paint=paint) if paint.enabled else content


def _write_files(content: Content, wanted: Sequence[Target]) -> None:
    files = {one.file: writer(one.format)(content) for one in wanted if one.file is not None}
    write_files(
        {
            file: data if isinstance(data, bytes) else data.encode("utf-8", "backslashreplace")
            for file, data in files.items()
        }
    )


def _write_out(data: str | bytes) -> None:
    if isinstance(data, str):
        sys.stdout.write(data)
    else:
        print_diff(data)


def show_standing(
    standings: Sequence[Standing], hides: Collection[str] = (), *, as_json: bool
) -> None:
    """What templates say of apps as they are; ``hides`` are passwords."""
    from tapfix.report.verification import Bearing, standings_json

    base = str(Path.cwd())
    bearing = Bearing(base, paint_for(sys.stdout, os.environ), hides)
    lines = [standings_json(standings, base, hides)] if as_json else bearing.standing(standings)
    _print(lines, sys.stdout)


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
    _print((f"tapfix: {clean_name(line)}" for line in lines), sys.stderr)
