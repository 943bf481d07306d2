"""The options of the command line: names, values, meanings, and which exclude each other."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Set
from pathlib import Path
from typing import Annotated

import typer

from tapfix import __version__
from tapfix.cli import streams
from tapfix.cli.ended import Ended

VERIFY = "--verify"
CHANGED = "--changed"
WATCH = "--watch"
STDIN = "--stdin-filename"
IGNORES = "--add-ignores"
INTERACTIVE = "--interactive"
COMPLETE = "_TAPFIX_COMPLETE"
"""The variable that shells set to ask how a line may go on; the same as ``completion.VARIABLE``."""
BARE = {VERIFY: "proof", CHANGED: "HEAD", IGNORES: "not looked at yet"}
"""Options whose value may be left out, which Typer does not know, and what they stand for then."""
VERSION = f"tapfix {__version__}"
_NO_MORE = (VERIFY, "--write-baseline", IGNORES, INTERACTIVE)
_EXCLUDING = (
    ("--dry-run", "--apply"),
    ("--dry-run", "--write-baseline"),
    ("--apply", "--write-baseline"),
    (IGNORES, "--apply"),
    ("--quiet", "--verbose"),
    ("--baseline", "--no-baseline"),
    ("--write-baseline", "--no-baseline"),
    *((IGNORES, other) for other in _NO_MORE[:2]),
    *((INTERACTIVE, other) for other in (*_NO_MORE[:3], "--dry-run")),
    *((STDIN, other) for other in (*_NO_MORE, CHANGED)),
    *((WATCH, other) for other in (*_NO_MORE, "--apply", STDIN)),
)
"""The pairs of options that exclude each other."""


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


SHELLS = frozenset(shell.value for shell in ShellName)


class OutputFormat(str, enum.Enum):
    """For whom the answer of a look-up is."""

    TEXT = "text"
    JSON = "json"


def plain_app() -> typer.Typer:
    """Plain help, plain errors: rich would cost more than most runs."""
    return typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def words_of(values: Iterable[str] | None) -> tuple[str, ...]:
    """The words of an option that takes several, by commas or by repetition."""
    return tuple(word.strip() for value in values or () for word in value.split(","))


def check_together(given: Set[str]) -> None:
    """Refuse two options that exclude each other."""
    for one, other in _EXCLUDING:
        if one in given and other in given:
            raise typer.BadParameter(f"{one} and {other} exclude each other")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(VERSION)
        raise typer.Exit


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


Paths = Annotated[list[str] | None, typer.Argument(metavar="PATHS", help="Apps, folders or files")]
DryRun = Annotated[bool, typer.Option("--dry-run", "--diff", help="Print the fixes as a diff")]
Apply = Annotated[bool, typer.Option("--apply", "--fix", help="Write the fixes")]
Select = Annotated[
    list[str] | None,
    typer.Option(metavar="RULES", help="Only these: codes, names or prefixes, by commas"),
]
Ignore = Annotated[
    list[str] | None, typer.Option(metavar="RULES", help="Not these; wins over --select")
]
ProfileOption = Annotated[
    ProfileName | None,
    typer.Option(help="What must hold: all is destroyable (ephemeral), or data survives"),
]
AllowReplace = Annotated[
    bool,
    typer.Option("--allow-replace", help="In production, also replace what holds data"),
]
Config = Annotated[Path | None, typer.Option(metavar="FILE", help="Settings from here alone")]
Changed = Annotated[
    str | None,
    typer.Option(
        CHANGED,
        metavar="[REF]",
        help="Only findings in files that differ from HEAD, or from where REF was left",
    ),
]
RequireClean = Annotated[
    bool | None,
    typer.Option(
        "--require-clean/--no-require-clean",
        help="Leave files with uncommitted changes as they are",
    ),
]
Baseline = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="What is in this file is no finding, and not mended"),
]
NoBaseline = Annotated[
    bool, typer.Option("--no-baseline", help="Whatever the settings say of a baseline")
]
WriteBaseline = Annotated[
    bool, typer.Option("--write-baseline", help="Put all that is found into the baseline")
]
Interactive = Annotated[
    bool,
    typer.Option(INTERACTIVE, "-i", help="Show each fix and ask, then write those accepted"),
]
AddIgnores = Annotated[
    str | None,
    typer.Option(
        IGNORES,
        metavar="[REASON]",
        help="Silence all that is found by comments that say why, instead of mending it",
    ),
]
Verify = Annotated[
    str | None,
    typer.Option(
        VERIFY,
        metavar="[report,bundle]",
        help="Prove the fixes on the templates of the app, which this RUNS, before and after",
    ),
]
Python = Annotated[
    str | None, typer.Option(metavar="FILE", help="The Python that runs the app to verify it")
]
StdinFilename = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="The text on standard input, PATHS - , is this file's"),
]
Watch = Annotated[bool, typer.Option(WATCH, help="Report again whenever files of the apps change")]
OutputFormats = Annotated[
    list[str] | None,
    typer.Option(
        "--output-format",
        metavar="FORMAT[:FILE]",
        help="text, concise, json, sarif, github, gitlab, junit, rdjson, markdown or html;"
        " again for one more report",
    ),
]
OutputFile = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="Where the report without a file of its own goes"),
]
Html = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="A page to review it all in a browser"),
]
Statistics = Annotated[bool, typer.Option("--statistics", help="Count by rule instead of listing")]
ExitZero = Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 where it would be 1")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No summary, no bar")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Name the apps read")]
ShowCompletion = Annotated[
    ShellName | None,
    typer.Option(
        "--show-completion",
        callback=_show_completion,
        is_eager=True,
        help="Print the script that completes tapfix in a shell",
    ),
]
InstallCompletion = Annotated[
    ShellName | None,
    typer.Option(
        "--install-completion",
        callback=_install_completion,
        is_eager=True,
        help="Put that script where the shell looks for it",
    ),
]
Version = Annotated[
    bool,
    typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version"),
]
Answer = Annotated[OutputFormat, typer.Option(help="For people or for programs")]
