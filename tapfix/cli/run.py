"""The run itself: ``tapfix`` with options and paths. What they ask for together, and what not."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

import typer

from tapfix.cli import options as option
from tapfix.cli import steps, streams
from tapfix.cli.ended import INTERRUPTED, Ended
from tapfix.cli.options import IGNORES, INTERACTIVE, STDIN, VERIFY, WATCH, check_together, words_of

if TYPE_CHECKING:
    from tapfix.discover import Unsaved
    from tapfix.report.formats import Target

_MANNERS = {"proof", "report", "bundle"}
run_app = option.plain_app()


@dataclass(frozen=True, slots=True)
class Called:
    """The words of the command line, and what takes others and gives their exit code."""

    words: tuple[str, ...]
    again: Callable[[Sequence[str]], int]


@run_app.command(
    epilog="Commands: `tapfix rules` lists the rules, `tapfix explain TAP003` explains one,"
    " `tapfix undo` takes the last --apply back."
    " Exit codes: 0 nothing left, 1 something left to fix, 2 something could not be done."
)
def run(
    context: typer.Context,
    paths: option.Paths = None,
    dry_run: option.DryRun = False,
    apply: option.Apply = False,
    select: option.Select = None,
    ignore: option.Ignore = None,
    profile: option.ProfileOption = None,
    allow_replace: option.AllowReplace = False,
    config: option.Config = None,
    changed: option.Changed = None,
    require_clean: option.RequireClean = None,
    baseline: option.Baseline = None,
    no_baseline: option.NoBaseline = False,
    write_baseline: option.WriteBaseline = False,
    interactive: option.Interactive = False,
    add_ignores: option.AddIgnores = None,
    verify: option.Verify = None,
    python: option.Python = None,
    stdin_filename: option.StdinFilename = None,
    watch: option.Watch = False,
    output_format: option.OutputFormats = None,
    output_file: option.OutputFile = None,
    html: option.Html = None,
    statistics: option.Statistics = False,
    exit_zero: option.ExitZero = False,
    quiet: option.Quiet = False,
    verbose: option.Verbose = False,
    _show: option.ShowCompletion = None,
    _install: option.InstallCompletion = None,
    _version: option.Version = False,
) -> None:
    """Find flaws in AWS CDK Python apps, and mend them.

    Without paths: the current folder. Without --dry-run or --apply: report only.
    """
    given = {
        "--dry-run": dry_run,
        "--apply": apply,
        "--write-baseline": write_baseline,
        "--quiet": quiet,
        "--verbose": verbose,
        "--baseline": baseline is not None,
        "--no-baseline": no_baseline,
        option.CHANGED: changed is not None,
        IGNORES: add_ignores is not None,
        INTERACTIVE: interactive,
        STDIN: stdin_filename is not None,
        VERIFY: verify is not None,
        WATCH: watch,
    }
    check_together({name for name, is_given in given.items() if is_given})
    if add_ignores is not None:
        _check_reason(add_ignores)
    if baseline == "":
        raise typer.BadParameter("--baseline needs the name of a file")
    pages = [f"html:{html}"] if html is not None else []
    wanted = _wanted([*(output_format or ()), *pages], output_file)
    manners = _manners(verify)
    if manners and not (dry_run or apply):
        raise typer.BadParameter("--verify goes with --dry-run or --apply; see also tapfix verify")
    if interactive:
        _check_terminal()
    if watch:
        named = [file for file in (config, baseline) if file is not None]
        _watch(paths or ["."], map(str, named), context.obj, quiet=quiet)
    unsaved = _unsaved(paths or [], stdin_filename)
    if (
        apply
        and unsaved is not None
        and any(one.file is None and one.format != "text" for one in wanted)
    ):
        raise typer.BadParameter("standard output is for the text: give the report a file")
    from tapfix.api import Options
    from tapfix.api.result import Mode
    from tapfix.rule import Profile

    writes = apply or interactive or (add_ignores is not None and not dry_run)
    asked = steps.Asked(
        paths=tuple(paths or ["."]) if unsaved is None else (unsaved.path,),
        options=Options(
            mode=Mode.DRY_RUN if dry_run else Mode.APPLY if writes else Mode.REPORT,
            select=words_of(select),
            ignore=words_of(ignore),
            profile=Profile(profile.value) if profile is not None else None,
            allow_replace=allow_replace,
            config=config,
            changed=changed,
            require_clean=require_clean,
            baseline="" if no_baseline else baseline,
            write_baseline=write_baseline,
            unsaved=unsaved,
        ),
        is_interactive=interactive,
        reason=add_ignores,
        manners=manners,
        python=python,
        wanted=wanted,
        statistics=statistics,
        exit_zero=exit_zero,
        quiet=quiet,
        verbose=verbose,
    )
    raise typer.Exit(steps.carry_out(asked))


def _check_reason(reason: str) -> None:
    """Refuse what cannot be the reason of a comment."""
    from tapfix.api.ignores import fault_of

    fault = fault_of(reason)
    if fault is not None:
        raise typer.BadParameter(f"{IGNORES}: {fault}")


def _watch(paths: Sequence[str], files: Iterable[str], called: Called, *, quiet: bool) -> NoReturn:
    """Report now and after each change, of ``files`` too, until the user has had enough.

    With ``--apply`` it would write under the hands of whoever types; ``run`` has refused that.
    """
    try:
        from tapfix.api.watch import changes
    except ImportError as error:
        if error.name != "watchfiles":
            raise
        raise Ended([f'{WATCH} needs one more package: pip install "tapfix[watch]"']) from None
    words = called.words
    ends = words.index("--") if "--" in words else len(words)
    once = [*(word for word in words[:ends] if word != WATCH), *words[ends:]]
    code = None
    for _ in changes(paths, files):
        if sys.stdout.isatty():
            sys.stdout.write("\x1b[2J\x1b[H")
        code = called.again(once)
        if code == INTERRUPTED:
            break
        if not quiet:
            streams.tell(["waiting for changes; Ctrl-C ends this"])
        sys.stdout.flush()
    if code is None:
        # Without a folder to watch, it says once what is wrong with the paths.
        code = called.again(once)
    elif code != INTERRUPTED:
        raise Ended(["there is nothing left to watch"])
    raise typer.Exit(code)


def _unsaved(paths: Sequence[str], name: str | None) -> Unsaved | None:
    """The text on standard input, if that is meant."""
    if name is None:
        if "-" in paths:
            raise typer.BadParameter(f"- is standard input: {STDIN} says which file's")
        return None
    if list(paths) != ["-"]:
        raise typer.BadParameter(f"{STDIN} goes with - and no other path")
    if not name:
        raise typer.BadParameter(f"{STDIN} needs the name of a file")
    from tapfix.discover import Unsaved

    # None: closed by whoever started the program.
    data = sys.stdin.buffer.read() if sys.stdin is not None else b""
    return Unsaved(os.path.abspath(name), data)  # noqa: PTH100 - as given paths are made absolute


def _wanted(words: Sequence[str], file: str | None) -> tuple[Target, ...]:
    """The reports to write; what would not be written in the end is refused at once."""
    from tapfix.report.files import check_writable
    from tapfix.report.formats import BadTarget, targets

    try:
        wanted = targets(words, file)
    except BadTarget as error:
        raise typer.BadParameter(str(error)) from None
    check_writable(target.file for target in wanted if target.file is not None)
    return wanted


def _manners(value: str | None) -> frozenset[str]:
    """How fixes are to be verified, if they are."""
    words = frozenset(words_of([value] if value is not None else None))
    unknown = sorted(words - _MANNERS)
    if unknown:
        raise typer.BadParameter(f"{VERIFY} takes report and bundle, not {', '.join(unknown)}")
    return words


def _check_terminal() -> None:
    """Refuse to ask where nobody can answer."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        raise Ended([f"{INTERACTIVE} asks on a terminal, and this is none"])
