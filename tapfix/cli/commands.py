"""The commands beside the run itself: what looks something up, judges, serves or takes back."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Annotated

import typer

from tapfix.cli import options, steps, streams
from tapfix.cli.ended import Ended
from tapfix.cli.options import words_of

COMMANDS = ("rules", "explain", "verify", "server", "undo")
lookup_app = options.plain_app()


@lookup_app.command()
def rules(
    output_format: options.Answer = options.OutputFormat.TEXT,
) -> None:
    """List the rules."""
    from tapfix.report.terminal import show_rules

    show_rules(as_json=output_format is options.OutputFormat.JSON)


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
    paths: options.Paths = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    python: Annotated[
        str | None, typer.Option(metavar="FILE", help="The Python that runs the apps")
    ] = None,
    bundle: Annotated[bool, typer.Option("--bundle", help="Let assets be bundled")] = False,
    output_format: options.Answer = options.OutputFormat.TEXT,
) -> None:
    """Judge apps as they stand by their templates. This RUNS the code of the apps."""
    from tapfix.api import Options
    from tapfix.report.terminal import show_standing
    from tapfix.verify.run import verify_apps
    from tapfix.verify.witness import Options as Manner

    chosen = Options(select=words_of(select), ignore=words_of(ignore))
    result = steps.found(paths or ["."], chosen, quiet=True)
    standings = verify_apps(result, Manner(python=python, bundle=bundle))
    as_json = output_format is options.OutputFormat.JSON
    show_standing(standings, result.hides, as_json=as_json)
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
    from tapfix.api.journal import absent, remarks, runs
    from tapfix.api.undo import undo as bring_back
    from tapfix.report.undo import show_run, show_runs, show_undone

    if as_list:
        known = runs()
        if run is None:
            show_runs(known)
            streams.tell(remarks())
            return
        for one in known:
            if one.number == run:
                show_run(one)
                return
        raise Ended([absent(run)])
    undone = bring_back(run, str(Path.cwd()), preview=dry_run)
    show_undone(undone, preview=dry_run)
    raise typer.Exit(2 if undone.problems else 1 if dry_run and undone.changes else 0)
