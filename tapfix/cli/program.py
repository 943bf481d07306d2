"""The program: the first word decides which command takes the others.

``tapfix rules`` and ``tapfix explain`` look something up, anything else is options and paths. A
path with such a name is ``./rules``, or follows ``--`` or any option.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

import typer

from tapfix.cli import streams
from tapfix.cli.commands import COMMANDS, lookup_app
from tapfix.cli.ended import FAILED, Ended
from tapfix.cli.options import BARE, COMPLETE, SHELLS, VERSION
from tapfix.cli.run import Called, run_app


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line with these arguments, or the program's own, and exit."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    streams.prepare()
    code = FAILED
    try:
        code = exit_code(words)
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


def exit_code(words: Sequence[str]) -> int:
    """Do what the words say."""
    if list(words) == ["--version"]:
        # As it is mostly asked for, it need not wait for Typer to build the whole command.
        print(VERSION)
        return 0
    shell = os.environ.get(COMPLETE)
    if shell in SHELLS:
        return _complete(words, shell)
    words = _with_values(words)
    app = run_app
    if words and words[0] in COMMANDS:
        app = lookup_app
        if os.path.lexists(words[0]):
            streams.tell([f"{words[0]!r} is a command here; the path of that name is ./{words[0]}"])
    try:
        app(args=words, prog_name="tapfix", obj=Called(tuple(words), exit_code))
    except Ended as ended:
        streams.tell(ended.lines)
        return ended.code
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    return 0


def _with_values(words: Sequence[str]) -> list[str]:
    """The words, with a value for each option that stands there without one and may."""
    ends = words.index("--") if "--" in words else len(words)
    return [
        *(f"{word}={BARE[word]}" if word in BARE else word for word in words[:ends]),
        *words[ends:],
    ]


def _complete(words: Sequence[str], name: str) -> int:
    """Tell a shell how a line may go on."""
    from tapfix.completion import Program, Shell

    main, lookup = (typer.main.get_command(app) for app in (run_app, lookup_app))
    commands = dict(vars(lookup)["commands"])
    print(Program(main, commands, BARE).answer(words, Shell(name)))
    return 0
