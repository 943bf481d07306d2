"""The command line: options in, lines and an exit code out. Everything else is done by ``api``.

The first word decides: ``tapfix rules`` and ``tapfix explain`` look something up, anything else is
options and paths. A path with such a name is ``./rules``, or follows ``--`` or any option.

What a run needs is imported when it runs: ``--version`` and ``--help`` cost what Typer costs.
"""

from __future__ import annotations

import contextlib
import enum
import gc
import io
import os
import sys
import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from tapfix import __version__

if TYPE_CHECKING:
    from tapfix.api import Options
    from tapfix.api.result import Result

COMMANDS = ("rules", "explain")
_FAILED = 2
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
    from tapfix.report.terminal import show, show_json

    try:
        if output_format is OutputFormat.JSON:
            show_json(result)
        else:
            show(result, statistics=statistics, quiet=quiet, verbose=verbose)
    except BrokenPipeError:
        # The reader has seen enough; what the run came to stays so.
        _silence_output()
    raise typer.Exit(0 if exit_zero and result.exit_code == 1 else result.exit_code)


def _words(values: Iterable[str] | None) -> tuple[str, ...]:
    """The words of an option that takes several, by commas or by repetition."""
    return tuple(word.strip() for value in values or () for word in value.split(","))


def _result(paths: Sequence[str], options: Options, *, quiet: bool) -> Result:
    """Run, and write what an applying run has come to."""
    from tapfix import api
    from tapfix.config import ConfigError
    from tapfix.registry import UnknownRuleError
    from tapfix.report.progress import Bar

    # What is read stays to the end: to look for garbage in it over and over takes a fifth of a run.
    gc.set_threshold(50_000)
    try:
        with Bar(sys.stderr, str(Path.cwd()), enabled=not quiet) as bar:
            result = api.run(paths, options, bar.step)
            return api.write(result) if result.mode is result.mode.APPLY else result
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
