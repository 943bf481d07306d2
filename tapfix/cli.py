"""The command line: options in, lines and an exit code out. Everything else is done by ``api``.

The first word decides: ``tapfix rules`` and ``tapfix explain`` look something up, anything else is
options and paths. A path with such a name is ``./rules``, or follows ``--`` or any option.

What a run needs is imported when it runs: ``--version`` and ``--help`` cost what Typer costs.
"""

from __future__ import annotations

import enum
import gc
import os
import sys
import traceback
from collections.abc import Iterable, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from tapfix import __version__, running, streams
from tapfix.running import FAILED, INTERRUPTED, Ended

if TYPE_CHECKING:
    from tapfix.discover import Unsaved
    from tapfix.report.formats import Target
    from tapfix.verify.judge import Judgement

COMMANDS = ("rules", "explain", "verify", "server", "undo")
_VERIFY = "--verify"
_CHANGED = "--changed"
_WATCH = "--watch"
_STDIN = "--stdin-filename"
_IGNORES = "--add-ignores"
_INTERACTIVE = "--interactive"
_COMPLETE = "_TAPFIX_COMPLETE"
"""The variable that shells set to ask how a line may go on; the same as ``completion.VARIABLE``."""
_BARE = {_VERIFY: "proof", _CHANGED: "HEAD", _IGNORES: "not looked at yet"}
"""Options whose value may be left out, which Typer does not know, and what they stand for then."""
_NO_MORE = (_VERIFY, "--write-baseline", _IGNORES, _INTERACTIVE)
_EXCLUDING = (
    ("--dry-run", "--apply"),
    ("--dry-run", "--write-baseline"),
    ("--apply", "--write-baseline"),
    (_IGNORES, "--apply"),
    ("--quiet", "--verbose"),
    ("--baseline", "--no-baseline"),
    ("--write-baseline", "--no-baseline"),
    *((_IGNORES, other) for other in _NO_MORE[:2]),
    *((_INTERACTIVE, other) for other in (*_NO_MORE[:3], "--dry-run")),
    *((_STDIN, other) for other in (*_NO_MORE, _CHANGED)),
    *((_WATCH, other) for other in (*_NO_MORE, "--apply", _STDIN)),
)
"""The pairs of options that exclude each other."""
_MANNERS = {"proof", "report", "bundle"}
_VERSION = f"tapfix {__version__}"


class ProfileName(str, enum.Enum):
    """The profiles by name."""

    EPHEMERAL = "ephemeral"
    PRODUCTION = "production"


class ShellName(str, enum.Enum):
    """The shells that can complete the command line."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


_SHELLS = frozenset(shell.value for shell in ShellName)


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
    streams.prepare()
    code = FAILED
    try:
        code = _exit_code(words)
        sys.stdout.flush()
    except BrokenPipeError:
        streams.silence_output()
    except OSError as error:
        code = FAILED
        streams.tell_refusal(error)
    except Exception:
        # Python would exit with 1, which says that findings are left.
        traceback.print_exc()
        typer.echo("tapfix: this is an error of tapfix: please report it", err=True)
    sys.exit(code)


def _exit_code(words: list[str]) -> int:
    """Do what the words say."""
    if words == ["--version"]:
        # As it is mostly asked for, it need not wait for Typer to build the whole command.
        print(_VERSION)
        return 0
    shell = os.environ.get(_COMPLETE)
    if shell in _SHELLS:
        return _complete(words, shell)
    ends = words.index("--") if "--" in words else len(words)
    options = [f"{word}={_BARE[word]}" if word in _BARE else word for word in words[:ends]]
    words = [*options, *words[ends:]]
    app = run_app
    if words and words[0] in COMMANDS:
        app = lookup_app
        if os.path.lexists(words[0]):
            hint = f"{words[0]!r} is a command here; the path of that name is ./{words[0]}"
            typer.echo(f"tapfix: {hint}", err=True)
    try:
        app(args=words, prog_name="tapfix", obj=words)
    except Ended as ended:
        streams.tell(ended.lines)
        return ended.code
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    return 0


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(_VERSION)
        raise typer.Exit


def _complete(words: Sequence[str], name: str) -> int:
    """Tell a shell how a line may go on."""
    from tapfix.completion import Program, Shell

    main, lookup = (typer.main.get_command(app) for app in (run_app, lookup_app))
    commands = dict(vars(lookup)["commands"])
    print(Program(main, commands, _BARE).answer(words, Shell(name)))
    return 0


def _show_completion(shell: ShellName | None) -> None:
    if shell is not None:
        from tapfix.completion import Shell, script

        typer.echo(script(Shell(shell.value)), nl=False)
        raise typer.Exit


def _install_completion(shell: ShellName | None) -> None:
    if shell is not None:
        from tapfix.completion import Shell, install

        installed = install(Shell(shell.value))
        if installed is None:
            line = "tapfix --show-completion powershell | Out-String | Invoke-Expression"
            raise Ended(
                [f"PowerShell has no place for it: put this into the file $PROFILE: {line}"]
            )
        streams.tell([f"wrote {installed[0]}", installed[1]])
        raise typer.Exit


@run_app.command(
    epilog="Commands: `tapfix rules` lists the rules, `tapfix explain TAP003` explains one,"
    " `tapfix undo` takes the last --apply back."
    " Exit codes: 0 nothing left, 1 something left to fix, 2 something could not be done."
)
def run(
    context: typer.Context,
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
    changed: Annotated[
        str | None,
        typer.Option(
            _CHANGED,
            metavar="[REF]",
            help="Only findings in files that differ from HEAD, or from where REF was left",
        ),
    ] = None,
    require_clean: Annotated[
        bool | None,
        typer.Option(
            "--require-clean/--no-require-clean",
            help="Leave files with uncommitted changes as they are",
        ),
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="What is in this file is no finding, and not mended"),
    ] = None,
    no_baseline: Annotated[
        bool, typer.Option("--no-baseline", help="Whatever the settings say of a baseline")
    ] = False,
    write_baseline: Annotated[
        bool, typer.Option("--write-baseline", help="Put all that is found into the baseline")
    ] = False,
    interactive: Annotated[
        bool,
        typer.Option(_INTERACTIVE, "-i", help="Show each fix and ask, then write those accepted"),
    ] = False,
    add_ignores: Annotated[
        str | None,
        typer.Option(
            _IGNORES,
            metavar="[REASON]",
            help="Silence all that is found by comments that say why, instead of mending it",
        ),
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
    stdin_filename: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="The text on standard input, PATHS - , is this file's"),
    ] = None,
    watch: Annotated[
        bool, typer.Option(_WATCH, help="Report again whenever files of the apps change")
    ] = False,
    output_format: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FORMAT[:FILE]",
            help="text, concise, json, sarif, github, gitlab, junit, rdjson, markdown or html;"
            " again for one more report",
        ),
    ] = None,
    output_file: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Where the report without a file of its own goes"),
    ] = None,
    html: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="A page to review it all in a browser"),
    ] = None,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="Count by rule instead of listing")
    ] = False,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="Exit with 0 where it would be 1")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No summary, no bar")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Name the apps read")] = False,
    _show: Annotated[
        ShellName | None,
        typer.Option(
            "--show-completion",
            callback=_show_completion,
            is_eager=True,
            help="Print the script that completes tapfix in a shell",
        ),
    ] = None,
    _install: Annotated[
        ShellName | None,
        typer.Option(
            "--install-completion",
            callback=_install_completion,
            is_eager=True,
            help="Put that script where the shell looks for it",
        ),
    ] = None,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version"),
    ] = False,
) -> None:
    """Find flaws in AWS CDK Python apps, and mend them.

    Without paths: the current folder. Without --dry-run or --apply: report only.
    """
    ignores, is_piped = add_ignores is not None, stdin_filename is not None
    given = {
        "--dry-run": dry_run,
        "--apply": apply,
        "--write-baseline": write_baseline,
        "--quiet": quiet,
        "--verbose": verbose,
        "--baseline": baseline is not None,
        "--no-baseline": no_baseline,
        _CHANGED: changed is not None,
        _IGNORES: ignores,
        _INTERACTIVE: interactive,
        _STDIN: is_piped,
        _VERIFY: verify is not None,
        _WATCH: watch,
    }
    _check_together({name for name, is_given in given.items() if is_given})
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
        _watch(paths or ["."], config, context.obj, quiet=quiet)
    unsaved = _unsaved(paths or [], stdin_filename)
    if unsaved is not None:
        paths = [unsaved.path]
        if apply and any(one.file is None and one.format != "text" for one in wanted):
            raise typer.BadParameter("standard output is for the text: give the report a file")
    writes = apply or interactive or (ignores and not dry_run)
    from tapfix.api import Options
    from tapfix.api.result import Mode
    from tapfix.rule import Profile

    options = Options(
        mode=Mode.DRY_RUN if dry_run else Mode.APPLY if writes else Mode.REPORT,
        select=_words(select),
        ignore=_words(ignore),
        profile=Profile(profile.value) if profile is not None else None,
        allow_replace=allow_replace,
        config=config,
        changed=changed,
        require_clean=require_clean,
        baseline="" if no_baseline else baseline,
        write_baseline=write_baseline,
        unsaved=unsaved,
    )
    running.mind_interrupted(paths or ["."], apply=writes and unsaved is None)
    if interactive:
        result = running.reviewed(paths or ["."], options)
    else:
        result = running.found(paths or ["."], options, quiet=quiet, reason=add_ignores)
    judgements: tuple[Judgement, ...] = ()
    if manners:
        result, judgements = running.verified(
            result, paths or ["."], options, manners, python, quiet=quiet
        )
    if writes and unsaved is None:
        result = running.written(result)
    if write_baseline:
        from tapfix.report.baseline import write_baselines

        result = write_baselines(result, quiet=quiet, is_named=baseline is not None)
    doubted = 0 if all(one.holds for one in judgements) else 1
    code = max(result.exit_code, doubted)
    code = 0 if exit_zero and code == 1 else code
    from tapfix.report.content import Content
    from tapfix.report.terminal import show, show_text

    content = Content(result, str(Path.cwd()), judgements, statistics, code)
    try:
        if apply and unsaved is not None:
            show_text(content, unsaved, wanted, quiet=quiet, verbose=verbose)
        else:
            show(content, wanted, quiet=quiet, verbose=verbose)
    except BrokenPipeError:
        # The reader has seen enough; what the run came to stays so.
        streams.silence_output()
    raise typer.Exit(code)


def _check_together(given: Set[str]) -> None:
    """Refuse two options that exclude each other."""
    for one, other in _EXCLUDING:
        if one in given and other in given:
            raise typer.BadParameter(f"{one} and {other} exclude each other")


def _check_reason(reason: str) -> None:
    """Refuse what cannot be the reason of a comment."""
    from tapfix.api.ignores import fault_of

    fault = fault_of(reason)
    if fault is not None:
        raise typer.BadParameter(f"{_IGNORES}: {fault}")


def _watch(
    paths: Sequence[str], config: Path | None, words: Sequence[str], *, quiet: bool
) -> NoReturn:
    """Report now and after each change, until the user has had enough.

    With ``--apply`` it would write under the hands of whoever types; ``run`` has refused that.
    """
    try:
        from tapfix.api.watch import changes
    except ImportError as error:
        if error.name != "watchfiles":
            raise
        raise Ended([f'{_WATCH} needs one more package: pip install "tapfix[watch]"']) from None
    ends = words.index("--") if "--" in words else len(words)
    once = [*(word for word in words[:ends] if word != _WATCH), *words[ends:]]
    code = None
    for _ in changes(paths, config):
        if sys.stdout.isatty():
            sys.stdout.write("\x1b[2J\x1b[H")
        code = _exit_code(once)
        if code == INTERRUPTED:
            break
        if not quiet:
            streams.tell(["waiting for changes; Ctrl-C ends this"])
        sys.stdout.flush()
    # Without a folder to watch, it says once what is wrong with the paths.
    raise typer.Exit(_exit_code(once) if code is None else code)


def _unsaved(paths: Sequence[str], name: str | None) -> Unsaved | None:
    """The text on standard input, if that is meant."""
    if name is None:
        if "-" in paths:
            raise typer.BadParameter(f"- is standard input: {_STDIN} says which file's")
        return None
    if list(paths) != ["-"]:
        raise typer.BadParameter(f"{_STDIN} goes with - and no other path")
    if not name:
        raise typer.BadParameter(f"{_STDIN} needs the name of a file")
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
    words = frozenset(_words([value] if value is not None else None))
    unknown = sorted(words - _MANNERS)
    if unknown:
        raise typer.BadParameter(f"--verify takes report and bundle, not {', '.join(unknown)}")
    return words


def _words(values: Iterable[str] | None) -> tuple[str, ...]:
    """The words of an option that takes several, by commas or by repetition."""
    return tuple(word.strip() for value in values or () for word in value.split(","))


def _check_terminal() -> None:
    """Refuse to ask where nobody can answer."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        raise Ended([f"{_INTERACTIVE} asks on a terminal, and this is none"])


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
        raise Ended([str(error)]) from None


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
    result = running.found(paths or ["."], chosen, quiet=True)
    standings = verify_apps(result, Manner(python=python, bundle=bundle))
    show_standing(standings, as_json=output_format is OutputFormat.JSON)
    raise typer.Exit(max(2 if result.problems else 0, *(one.exit_code for one in standings), 0))


@lookup_app.command()
def server(
    _stdio: Annotated[
        bool, typer.Option("--stdio", help="Nothing else is spoken; editors like to say it")
    ] = True,
) -> None:
    """Serve an editor with findings and fixes, over standard input and output."""
    # So much is loaded that looking for garbage in it takes a fifth of the time.
    gc.disable()
    try:
        from tapfix.lsp.server import serve
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        lacks = 'the language server needs more packages: pip install "tapfix[lsp]"'
        raise Ended([lacks]) from None

    raise typer.Exit(serve())


@lookup_app.command()
def undo(
    run: Annotated[
        int | None, typer.Argument(metavar="ID", help="The run; else the last one here that stands")
    ] = None,
    as_list: Annotated[
        bool, typer.Option("--list", help="List the runs, or the files of one")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "--diff", help="Print what would come back as a diff")
    ] = False,
) -> None:
    """Bring back what files held before an --apply: all of its files, or none.

    Exit codes: 0 done, 1 a diff that is not empty, 2 nothing could be undone.
    """
    if as_list and dry_run:
        raise typer.BadParameter("--list and --dry-run exclude each other")
    from tapfix.api.journal import cut_off, runs, waiting
    from tapfix.api.undo import undo as bring_back
    from tapfix.report.undo import show_run, show_runs, show_undone

    if as_list:
        known = runs()
        if run is None:
            show_runs(known)
            streams.tell(waiting(one) for one in cut_off(["/"]))
            return
        for one in known:
            if one.number == run:
                show_run(one)
                return
        raise Ended([f"there is no run {run}"])
    undone = bring_back(run, str(Path.cwd()), preview=dry_run)
    show_undone(undone, preview=dry_run)
    raise typer.Exit(2 if undone.problems else 1 if dry_run and undone.changes else 0)
