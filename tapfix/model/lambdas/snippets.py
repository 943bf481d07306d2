"""A handler's code as one text: its language, and whether it can run from a file of its own."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass

from tapfix.model.python.source import SourceError, parse
from tapfix.model.python.walk import read_names

# Lambda puts these into the package of inline code only.
_RESPONDERS = re.compile(r"^(?!\s*(?:#|//)).*\b(?:cfnresponse\b|cfn-response\b)", re.MULTILINE)
_COOKIE = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*(?!utf-?8\b)[-\w.]+", re.IGNORECASE)
_LEADING = re.compile(r"\A(?:[ \t\f]*\n)+")
_MODULE_SYNTAX = re.compile(r"^\s*(?:export\b|import\b(?!\s*\())", re.MULTILINE)
_COMMON_JS = re.compile(r"\b(?:module\s*\.\s*)?exports\b")
_WHOLE = re.compile(r"\bmodule\s*\.\s*exports\s*=")


@dataclass(frozen=True, slots=True)
class Snippet:
    """Code that can stand in a file: its text, the file's suffix, and what it imports.

    ``imports`` are top-level names of modules; a JavaScript text tells none.
    """

    text: str
    suffix: str
    imports: frozenset[str] = frozenset()


def read_snippet(text: str, runtime: str | None, function: str) -> Snippet | str:
    """The code as a file holds it, or why it cannot be moved to one.

    ``runtime`` is Lambda's name, None if it is not known: then the text itself must tell.
    """
    if _RESPONDERS.search(text):
        return "it uses the cfn-response module, which Lambda provides for inline code only"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "it holds characters that no file can"
    readers = {"python": _python, "nodejs": _javascript}
    for language, read in readers.items():
        if runtime is not None and runtime.startswith(language):
            return read(text, function) or f"its text does not define {function}"
    if runtime is not None:
        return f"the runtime {runtime} takes no inline code"
    found = (read(text, function) for read in readers.values())
    return next((one for one in found if one is not None), _NO_RUNTIME)


_NO_RUNTIME = "its runtime is not in the source, nor does the text tell its language"


def _python(text: str, function: str) -> Snippet | None:
    """A text that Python takes as it is stays so: its strings may span lines."""
    if any(_COOKIE.match(line) for line in text.splitlines()[:2]):
        return None
    for one in (text, textwrap.dedent(text)):
        try:
            file = parse("index.py", one.encode())
        except SourceError:
            continue
        names = read_names(file.tree)
        if function not in names.module.bindings:
            return None
        imports = frozenset(name.partition(".")[0] for name in names.imports)
        return Snippet(_whole_lines(one), ".py", imports)
    return None


def _javascript(text: str, function: str) -> Snippet | None:
    """``.mjs`` where the text uses the syntax of modules, and of those only."""
    common = _COMMON_JS.search(text) is not None
    if not _exports(text, function) or (common and _MODULE_SYNTAX.search(text)):
        return None
    # Lines of a template literal keep their blanks.
    plain = text if "`" in text else textwrap.dedent(text)
    return Snippet(_whole_lines(plain), ".js" if common else ".mjs")


def _exports(text: str, function: str) -> bool:
    name = re.escape(function)
    forms = (
        rf"\bexports\s*\.\s*{name}\b",
        rf"\bexports\s*\[\s*['\"]{name}['\"]\s*\]",
        rf"^\s*export\s+(?:async\s+)?(?:const|let|var|function\s*\*?)\s*{name}\b",
        rf"^\s*export\s*\{{[^}}]*\b{name}\b",
    )
    if any(re.search(form, text, re.MULTILINE) for form in forms):
        return True
    return _WHOLE.search(text) is not None and re.search(rf"\b{name}\b", text) is not None


def _whole_lines(text: str) -> str:
    return _LEADING.sub("", text).rstrip() + "\n"
