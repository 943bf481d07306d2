"""The command line: options in, lines and an exit code out. Everything else is done by ``api``.

The first word decides: ``tapfix rules`` and ``tapfix explain`` look something up, anything else is
options and paths. A path with such a name is ``./rules``, or follows ``--`` or any option.

What a run needs is imported when it runs: ``--version`` and ``--help`` cost what Typer costs.
"""

from __future__ import annotations

import contextlib
import enum
import functools
import gc
import io
import os
import sys
import traceback
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from tapfix import __version__

if TYPE_CHECKING:
    from tapfix.api import Options
    from tapfix.api.result import Result
    from tapfix.model.shown import Shown
    from tapfix.verify.judge import Judgement
    from tapfix.verify.trial import Run

COMMANDS = ("rules", "explain", "verify")
_FAILED = 2
_VERIFY = "--verify"
_MANNERS = {"proof", "report", "bundle"}
_VERSION = f"tapfix {__version__}"


class ProfileName(str, enum.Enum):
    """The profiles by name."""

    EPHEMERAL = "ephemeral"
    PRODUCTION = "production"


class OutputFormat(str, enum.Enum):
    """For whom the report is."""

    TEXT = "text"
    JSON = "json"


def _app() -> typer.Typer:
    """Plain help, plain errors: rich would cost more than most runs."""
    return typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


run_app = _app()
lookup_app = _app()


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line with these arguments, or the program's own, and exit."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _prepare_streams()
    code = _FAILED
    try:
        code = _exit_code(words)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence_output()
    except OSError as error:
        code = _FAILED
        _tell_refusal(error)
    except Exception:
        # Python would exit with 1, which says that findings are left.
        traceback.print_exc()
        typer.echo("tapfix: this is an error of tapfix: please report it", err=True)
    sys.exit(code)


def _prepare_streams() -> None:
    """Make both streams take whatever is printed."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # Closed by whoever started the program: nobody wants to hear.
            nowhere = open(os.devnull, "w", errors="replace")  # noqa: PTH123, SIM115 - until the end
            setattr(sys, name, nowhere)
        elif isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a character shows its code; the run goes on.
            stream.reconfigure(errors="backslashreplace")


def _exit_code(words: list[str]) -> int:
    """Do what the words say."""
    if words == ["--version"]:
        # As it is mostly asked for, it need not wait for Typer to build the whole command.
        print(_VERSION)
        return 0
    # Bare, the option has no value: Typer knows no options whose value may be left out.
    words = [f"{_VERIFY}=proof" if word == _VERIFY else word for word in words]
    app = run_app
    if words and words[0] in COMMANDS:
        app = lookup_app
        if os.path.lexists(words[0]):
            hint = f"{words[0]!r} is a command here; the path of that name is ./{words[0]}"
            typer.echo(f"tapfix: {hint}", err=True)
    try:
        app(args=words, prog_name="tapfix")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    return 0


def _tell_refusal(error: OSError) -> None:
    """One line for what the system refuses: a full disk for the output, no current folder."""
    where = f": {error.filename}" if error.filename else ""
    with contextlib.suppress(OSError):
        typer.echo(f"tapfix: cannot go on: {error.strerror or error}{where}", err=True)
    _silence_output()


def _silence_output() -> None:
    """Let go of what standard output has not taken: Python would try again at its end, and fail."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(_VERSION)
        raise typer.Exit


@run_app.command(
    epilog="Commands: `tapfix rules` lists the rules, `tapfix explain TAP003` explains one."
    " Exit codes: 0 nothing left, 1 something left to fix, 2 something could not be done."
)
def run(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATHS", help="Apps, folders or files")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "--diff", help="Print the fixes as a diff")
    ] = False,
    apply: Annotated[bool, typer.Option("--apply", "--fix", help="Write the fixes")] = False,
    select: Annotated[
        list[str] | None,
        typer.Option(metavar="RULES", help="Only these: codes, names or prefixes, by commas"),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar="RULES", help="Not these; wins over --select")
    ] = None,
    profile: Annotated[
        ProfileName | None,
        typer.Option(help="What must hold: all is destroyable (ephemeral), or data survives"),
    ] = None,
    allow_replace: Annotated[
        bool,
        typer.Option("--allow-replace", help="In production, also replace what holds data"),
    ] = False,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Settings from here alone")
    ] = None,
    verify: Annotated[
        str | None,
        typer.Option(
            _VERIFY,
            metavar="[report,bundle]",
            help="Prove the fixes on the templates of the app, which this RUNS, before and after",
        ),
    ] = None,
    python: Annotated[
        str | None, typer.Option(metavar="FILE", help="The Python that runs the app to verify it")
    ] = None,
    output_format: Annotated[OutputFormat, typer.Option(help="For people or for programs")] = (
        OutputFormat.TEXT
    ),
    statistics: Annotated[
        bool, typer.Option("--statistics", help="Count by rule instead of listing")
    ] = False,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="Exit with 0 where it would be 1")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No summary, no bar")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Name the apps read")] = False,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version"),
    ] = False,
) -> None:
    """Find flaws in AWS CDK Python apps, and mend them.

    Without paths: the current folder. Without --dry-run or --apply: report only.
    """
    if dry_run and apply:
        raise typer.BadParameter("--dry-run and --apply exclude each other")
    if quiet and verbose:
        raise typer.BadParameter("--quiet and --verbose exclude each other")
    manners = _manners(verify)
    if manners and not (dry_run or apply):
        raise typer.BadParameter("--verify goes with --dry-run or --apply; see also tapfix verify")
    from tapfix.api import Options
    from tapfix.api.result import Mode
    from tapfix.rule import Profile

    options = Options(
        mode=Mode.DRY_RUN if dry_run else Mode.APPLY if apply else Mode.REPORT,
        select=_words(select),
        ignore=_words(ignore),
        profile=Profile(profile.value) if profile is not None else None,
        allow_replace=allow_replace,
        config=config,
    )
    result = _result(paths or ["."], options, quiet=quiet)
    judgements: tuple[Judgement, ...] = ()
    if manners:
        again = functools.partial(_again, paths or ["."], options)
        result, judgements = _verified(result, again, manners, python, quiet=quiet)
    if apply:
        from tapfix import api

        result = api.write(result)
    from tapfix.report.terminal import show, show_json

    try:
        if output_format is OutputFormat.JSON:
            show_json(result, judgements)
        else:
            show(result, judgements, statistics=statistics, quiet=quiet, verbose=verbose)
    except BrokenPipeError:
        # The reader has seen enough; what the run came to stays so.
        _silence_output()
    doubted = 0 if all(one.holds for one in judgements) else 1
    code = max(result.exit_code, doubted)
    raise typer.Exit(0 if exit_zero and code == 1 else code)


def _manners(value: str | None) -> frozenset[str]:
    """How fixes are to be verified, if they are."""
    words = frozenset(_words([value] if value is not None else None))
    unknown = sorted(words - _MANNERS)
    if unknown:
        raise typer.BadParameter(f"--verify takes report and bundle, not {', '.join(unknown)}")
    return words


def _again(paths: Sequence[str], options: Options, shown: Mapping[str, Shown]) -> Result:
    """The run once more, with what syntheses showed."""
    from tapfix import api

    return api.run(paths, replace(options, shown=shown))


def _verified(
    result: Result, again: Run, manners: frozenset[str], python: str | None, *, quiet: bool
) -> tuple[Result, tuple[Judgement, ...]]:
    """The verdict on a result's fixes, and the result without the apps of an unproved change.

    This runs the code of the apps.
    """
    from tapfix import api
    from tapfix.report.progress import Bar
    from tapfix.verify.run import unproved, verify_changes
    from tapfix.verify.trial import Verified, with_shown
    from tapfix.verify.witness import Options

    options = Options(python=python, bundle="bundle" in manners)
    with Bar(sys.stderr, str(Path.cwd()), enabled=not quiet) as bar:
        first = Verified(result, verify_changes(result, options, bar.step))
        verified = with_shown(first, again, options)
    result, judgements = verified.result, verified.judgements
    if result.mode is result.mode.APPLY and "report" not in manners:
        result = api.kept_back(result, unproved(result, judgements), "not proved")
    return result, judgements


def _words(values: Iterable[str] | None) -> tuple[str, ...]:
    """The words of an option that takes several, by commas or by repetition."""
    return tuple(word.strip() for value in values or () for word in value.split(","))


def _result(paths: Sequence[str], options: Options, *, quiet: bool) -> Result:
    """Run; nothing is written yet."""
    from tapfix import api
    from tapfix.config import ConfigError
    from tapfix.registry import UnknownRuleError
    from tapfix.report.progress import Bar

    # What is read stays to the end: to look for garbage in it over and over takes a fifth of a run.
    gc.set_threshold(50_000)
    try:
        with Bar(sys.stderr, str(Path.cwd()), enabled=not quiet) as bar:
            return api.run(paths, options, bar.step)
    except (ConfigError, UnknownRuleError) as error:
        _fail(str(error).splitlines())


def _fail(lines: Iterable[str]) -> NoReturn:
    """End for bad usage."""
    for line in lines:
        typer.echo(f"tapfix: {line}", err=True)
    raise typer.Exit(_FAILED)


@lookup_app.command()
def rules(
    output_format: Annotated[OutputFormat, typer.Option(help="For people or for programs")] = (
        OutputFormat.TEXT
    ),
) -> None:
    """List the rules."""

    from tapfix.report.terminal import show_rules

    show_rules(as_json=output_format is OutputFormat.JSON)


@lookup_app.command()
def explain(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="A code, a name or a prefix")],
) -> None:
    """Show the manual page of a rule."""
    from tapfix.registry import UnknownRuleError
    from tapfix.report.terminal import show_pages

    try:
        show_pages(rule)
    except UnknownRuleError as error:
        _fail([str(error)])


@lookup_app.command()
def verify(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATHS", help="Apps, folders or files")
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option(metavar="RULES", help="Only these: codes, names or prefixes, by commas"),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar="RULES", help="Not these; wins over --select")
    ] = None,
    python: Annotated[
        str | None, typer.Option(metavar="FILE", help="The Python that runs the apps")
    ] = None,
    bundle: Annotated[bool, typer.Option("--bundle", help="Let assets be bundled")] = False,
    output_format: Annotated[OutputFormat, typer.Option(help="For people or for programs")] = (
        OutputFormat.TEXT
    ),
) -> None:
    """Judge apps as they stand by their templates. This RUNS the code of the apps."""
    from tapfix.api import Options
    from tapfix.report.terminal import show_standing
    from tapfix.verify.run import verify_apps
    from tapfix.verify.witness import Options as Manner

    chosen = Options(select=_words(select), ignore=_words(ignore))
    result = _result(paths or ["."], chosen, quiet=True)
    standings = verify_apps(result, Manner(python=python, bundle=bundle))
    show_standing(standings, as_json=output_format is OutputFormat.JSON)
    raise typer.Exit(max(2 if result.problems else 0, *(one.exit_code for one in standings), 0))
