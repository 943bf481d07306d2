"""Completion for shells: what a command line may go on with, and the scripts that ask.

A script runs tapfix with the variable ``_TAPFIX_COMPLETE`` set to the shell's name and the words up
to the cursor as arguments, and gets lines: the first says whether files fit too, each other one is
a value, a tab and what it is for.
"""

from __future__ import annotations

import enum
import errno
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Protocol

VARIABLE = "_TAPFIX_COMPLETE"
_RULES = ("--select", "--ignore")
_FORMATS = "--output-format"
Words = Iterable[tuple[str, str]]
"""Values, each with what it is for in a few words."""


class Shell(str, enum.Enum):
    """The shells that there are scripts for."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


_SCRIPTS = {
    Shell.BASH: "tapfix.bash",
    Shell.ZSH: "tapfix.zsh",
    Shell.FISH: "tapfix.fish",
    Shell.POWERSHELL: "tapfix.ps1",
}


class Parameter(Protocol):
    """What is asked of an option or an argument of the command line."""

    opts: list[str]
    secondary_opts: list[str]
    param_type_name: str


class Command(Protocol):
    """What is asked of a command."""

    @property
    def params(self) -> Sequence[Parameter]:
        """Its options and arguments."""
        ...


@dataclass(frozen=True)
class Program:
    """The command line: its commands with their help by name, and what runs without any.

    ``bare`` are the options whose value may be left out.
    """

    main: Command
    commands: Mapping[str, Command]
    bare: Collection[str]

    def answer(self, words: Sequence[str], shell: Shell) -> str:
        """The lines for a script; ``words`` end with the one at the cursor."""
        *before, word = _joined(words, shell) or [""]
        with_files, found = self._candidates(before, word)
        option, equals, _ = word.partition("=")
        # bash completes the part after the sign alone, the others the whole word.
        prefix = f"{option}=" if equals and option[:1] == "-" and shell is not Shell.BASH else ""
        lines = [f"{prefix}{value}\t{_line(what)}" for value, what in found]
        return "\n".join(["files" if with_files else "words", *lines])

    def _candidates(self, before: Sequence[str], word: str) -> tuple[bool, Words]:
        """Whether files fit, and what else does."""
        if "--" in before:
            return True, ()
        name = before[0] if before and before[0] in self.commands else ""
        command = self.commands.get(name, self.main)
        option, equals, value = word.partition("=")
        if equals and option[:1] == "-":
            return _values(_option(command, option), value)
        asking = _option(command, before[-1]) if before else None
        if asking is not None and _takes_value(asking) and before[-1] not in self.bare:
            return _values(asking, word)
        if word[:1] == "-":
            return False, _matching(_options(command), word)
        if name:
            return _arguments(name, word)
        commands = ((one, _help(self.commands[one])) for one in self.commands)
        return True, () if before else _matching(commands, word)


def _joined(words: Sequence[str], shell: Shell) -> list[str]:
    """The words as the program would get them: bash takes them apart at ``=``."""
    if shell is Shell.POWERSHELL:
        return [*words[:-1], words[-1].removeprefix("+")] if words else []
    if shell is not Shell.BASH:
        return list(words)
    joined: list[str] = []
    for number, word in enumerate(words):
        if joined and (word == "=" or words[number - 1] == "=") and joined[-1][:2] == "--":
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _option(command: Command, word: str) -> Parameter | None:
    return next((one for one in command.params if word in _spellings(one)), None)


def _spellings(parameter: Parameter) -> list[str]:
    is_option = parameter.param_type_name == "option"
    return [*parameter.opts, *parameter.secondary_opts] if is_option else []


def _options(command: Command) -> Iterator[tuple[str, str]]:
    for parameter in command.params:
        for spelling in _spellings(parameter):
            yield spelling, _help(parameter)
    yield "--help", "Show the options"


def _takes_value(option: Parameter) -> bool:
    return not getattr(option, "is_flag", False)


def _values(option: Parameter | None, word: str) -> tuple[bool, Words]:
    """What fits as the value of an option: of some it is known, of others it may be a file."""
    spellings = _spellings(option) if option is not None else []
    choices = getattr(getattr(option, "type", None), "choices", ())
    if choices:
        known = ((str(getattr(one, "value", one)), "") for one in choices)
        return False, _matching(known, word)
    if any(one in _RULES for one in spellings):
        return False, _rules(word)
    if _FORMATS in spellings:
        from tapfix.report.formats import FORMATS

        return False, _matching(((name, "") for name in FORMATS), word)
    return True, ()


def _arguments(command: str, word: str) -> tuple[bool, Words]:
    """What fits as an argument of a command."""
    if command == "explain":
        return False, _rules(word)
    return command == "verify", ()


def _rules(word: str) -> Words:
    """Codes of rules, the last of several by commas; names where one has been begun."""
    from tapfix.registry import load_rules

    done, comma, last = word.rpartition(",")
    rules = load_rules().rules
    by_code = [(f"{done}{comma}{rule.code}", rule.name) for rule in rules]
    by_name = [(f"{done}{comma}{rule.name}", rule.code) for rule in rules]
    return [*_matching(by_code, word), *(_matching(by_name, word) if last else ())]


def _matching(words: Words, start: str) -> Words:
    return [(word, what) for word, what in words if word.startswith(start)]


def _help(what: object) -> str:
    return getattr(what, "help", None) or ""


def _line(text: str) -> str:
    """The first paragraph as one line, without what a shell may not print."""
    return " ".join(text.split("\n\n")[0].split())


def script(shell: Shell) -> str:
    """The script for a shell."""
    return files("tapfix.completion").joinpath(_SCRIPTS[shell]).read_text(encoding="utf-8")


def install(shell: Shell) -> tuple[Path, str] | None:
    """Put a shell's script where the shell looks for it; no other file is changed.

    The file, and what is left to do for the user. None for PowerShell, which has no such place.
    Raises ``OSError``.
    """
    place = {Shell.BASH: _for_bash, Shell.ZSH: _for_zsh, Shell.FISH: _for_fish}.get(shell)
    if place is None:
        return None
    file, advice = place()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(script(shell), encoding="utf-8")
    return file, advice


def _for_bash() -> tuple[Path, str]:
    data = _folder("XDG_DATA_HOME", ".local/share") / "bash-completion"
    own = os.environ.get("BASH_COMPLETION_USER_DIR")
    file = (Path(own) if own else data) / "completions" / "tapfix"
    return file, f"new shells have it; without the package bash-completion: source {file}"


def _for_zsh() -> tuple[Path, str]:
    folder = _folder("ZDOTDIR", "") / ".zfunc"
    line = f"fpath+={folder}; autoload -Uz compinit; compinit"
    return folder / "_tapfix", f"new shells have it if .zshrc says: {line}"


def _for_fish() -> tuple[Path, str]:
    file = _folder("XDG_CONFIG_HOME", ".config") / "fish" / "completions" / "tapfix.fish"
    return file, "new shells have it"


def _folder(variable: str, below_home: str) -> Path:
    named = os.environ.get(variable)
    if named:
        return Path(named)
    try:
        return Path.home() / below_home
    except RuntimeError:
        raise FileNotFoundError(errno.ENOENT, "no home folder", "~") from None
