"""Makes the manual's pages of the rules, ``docs/rules/``, from the rules themselves.

Run it as ``python tools/build_rule_pages.py``. The pages are checked in, so that they can be read
where the source is, and a review shows what a change of a rule changes for its readers. A test
holds them against what this module makes.

What other tools say of the same flaw is in ``docs/data``: ``agreement.toml`` is written by hand,
``other_tools.json`` is measured by ``benchmarks/other_tools.py``.
"""

from __future__ import annotations

import difflib
import importlib
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tapfix.edits import Impact
from tapfix.model.app import read_app
from tapfix.model.settings import Settings
from tapfix.proof import Claim, Proof
from tapfix.registry import builtin_rules
from tapfix.report.manual import HEADINGS, flaw
from tapfix.rule import Example, Profile, Rule
from tapfix.testing import tree

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

DOCS = Path(__file__).parents[1] / "docs"
PAGES = DOCS / "rules"
COMPARISON = DOCS / "comparison.md"
MARK = "<!-- counts: product_catalog -->\n"
COMMAND = "python tools/build_rule_pages.py"
SETTING_KEYS = tuple(name.replace("_", "-") for name in Settings.__dataclass_fields__)
TOOLS = ("cdk-nag", "checkov", "cfn-lint")
CATALOG = "product_catalog"
"""The example with every flaw at once."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What rules of another tool say of a flaw; ``says`` is one of ``VERDICTS``."""

    tool: str
    ids: tuple[str, ...]
    says: str
    words: str


VERDICTS = {
    "sees": "sees it",
    "partly": "sees part of it",
    "against": "asks for the opposite",
    "after": "complains about the fix",
}


@dataclass(frozen=True, slots=True)
class Others:
    """What other tools say: opinions by rule, names by tool and id, counts by app, tool and id."""

    versions: Mapping[str, str]
    measured: str
    names: Mapping[str, Mapping[str, str]]
    seen: Mapping[str, Mapping[str, Mapping[str, Sequence[int]]]]
    opinions: Mapping[str, tuple[Opinion, ...]]


def others() -> Others:
    """What is known of other tools."""
    data = json.loads((DOCS / "data" / "other_tools.json").read_text("utf-8"))
    opinions = tomllib.loads((DOCS / "data" / "agreement.toml").read_text("utf-8"))
    return Others(
        data["versions"],
        data["measured"],
        data["names"],
        data["seen"],
        {
            code: tuple(
                Opinion(one["tool"], tuple(one["ids"]), one["says"], one["words"]) for one in told
            )
            for code, told in opinions.items()
        },
    )


def comparison() -> str:
    """The table at the end of the page on other tools, which is otherwise written by hand."""
    return "\n".join(_counts(CATALOG, others())) + "\n"


def pages() -> dict[str, str]:
    """All pages by the names of their files."""
    rules, known = builtin_rules(), others()
    met = {rule.code: impacts(rule) for rule in rules}
    made = {f"{rule.code.lower()}.md": _page(rule, met[rule.code], known) for rule in rules}
    return {"index.md": _index(rules, met), **made}


def proof_of(rule: Rule) -> tuple[str, Proof]:
    """A rule's proof, and what it looks for in a sentence."""
    name = f"{rule.code.lower()}_{rule.name.replace('-', '_')}"
    module = importlib.import_module(f"tapfix.codemods.proofs.{name}")
    return (module.__doc__ or "").strip().partition("\n\n")[0], module.PROOF


def impacts(rule: Rule) -> tuple[Impact, ...]:
    """The impacts that the fixes of a rule have on its examples, mildest first."""
    met = {
        finding.fix.impact
        for example in rule.examples
        if example.after is not None
        for finding in rule.find(read_app("/app", _files(example), _settings(example)))
        if finding.fix is not None
    }
    return tuple(impact for impact in Impact if impact in met)


def _files(example: Example) -> dict[str, bytes]:
    return {f"/app/{name}": text.encode() for name, text in tree(example.before).items()}


def _settings(example: Example) -> Settings:
    named = {name.replace("-", "_"): value for name, value in (example.settings or {}).items()}
    return replace(Settings(), **named)  # type: ignore[arg-type]  # checked by the dataclass


def settings_of(rule: Rule) -> tuple[str, ...]:
    """The settings that a rule's page or its examples speak of."""
    used = {name for example in rule.examples for name in example.settings or ()}
    return tuple(key for key in SETTING_KEYS if key in used or f"``{key}" in rule.doc)


def _index(rules: Iterable[Rule], met: Mapping[str, Iterable[Impact]]) -> str:
    rows = [
        f"| [{rule.code}]({rule.code.lower()}.md) | {rule.name} | {rule.severity.value} "
        f"| {', '.join(impact.value for impact in met[rule.code])} "
        f"| {'yes' if Profile.PRODUCTION in rule.profiles else 'no'} | {_code(flaw(rule))} |"
        for rule in rules
    ]
    lines = [
        "# The rules",
        "",
        f"<!-- Made by {COMMAND}: do not edit. -->",
        "",
        "`tapfix rules` prints this list, `tapfix explain TAP002` the page of a rule. What the",
        "impacts mean stands in [Profiles and impacts](../profiles.md).",
        "",
        "| code | name | severity | impact of the fixes | in production | finds |",
        "|---|---|---|---|---|---|",
        *rows,
    ]
    return "\n".join(lines) + "\n"


def _page(rule: Rule, met: Iterable[Impact], known: Others) -> str:
    parts = [
        # A page's first line is its title in the navigation.
        f"# {rule.code} {rule.name}",
        f"<!-- Made by {COMMAND} from the rule and its proof: do not edit. -->",
        _facts(rule, met),
        _document(rule),
        "\n".join(_example(rule)),
        _proof(*proof_of(rule)),
        "\n".join(_others(rule, known)),
        _silencing(rule),
    ]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _facts(rule: Rule, met: Iterable[Impact]) -> str:
    both = Profile.PRODUCTION in rule.profiles
    keys = [f"[`{key}`](../settings.md#{key})" for key in settings_of(rule)]
    facts = (
        ("Severity", rule.severity.value),
        ("Impact of its fixes", ", ".join(f"*{impact.value}*" for impact in met)),
        ("Profiles", "`ephemeral`, `production`" if both else "`ephemeral`; off in `production`"),
        ("Settings", ", ".join(keys) or "none of its own"),
    )
    return "\n".join(f"* **{name}**: {value}" for name, value in facts)


def _document(rule: Rule) -> str:
    lines = [
        f"\n## {line}\n" if line.strip() in HEADINGS else _code(line)
        for line in rule.doc.strip().splitlines()
    ]
    return "\n".join(lines).replace("\n\n\n", "\n\n")


def _code(text: str) -> str:
    """Marked as Markdown marks code; an angle bracket outside of it would be a tag."""
    pieces = text.split("``")
    plain = [one.replace("<", "\\<") for one in pieces[::2]]
    code = [f"`{one}`" for one in pieces[1::2]]
    joined = [piece for pair in zip(plain, [*code, ""], strict=False) for piece in pair]
    # A piece of code that goes on in the next line leaves an odd mark behind.
    return "".join(joined) if len(pieces) % 2 else text.replace("``", "`")


def _example(rule: Rule) -> Iterator[str]:
    """The first example that comes out mended: what it was, and what of it is other."""
    example = next(one for one in rule.examples if one.after is not None)
    assert example.after is not None
    before, after = _shown(example.before), _shown(example.after)
    yield f"## Example: {_code(example.title)}\n"
    yield "Before:\n"
    for name, text in before.items():
        if text.strip():
            yield _fenced(name, text, after.get(name, text))
    yield "After:\n"
    for name, text in after.items():
        if before.get(name) != text:
            yield _fenced(name, text, before.get(name, text))
    for name in before.keys() - after.keys():
        yield f"`{name}` is gone."


_FRAME = re.compile(r"^    aws_\w+ as (\w+),\n", re.MULTILINE)


def _shown(files: str | Mapping[str, str]) -> dict[str, str]:
    """An example's files, without what the common frame of examples imports for others."""
    return {name: _used(text) for name, text in tree(files).items()}


def _used(text: str) -> str:
    return _FRAME.sub(
        lambda line: line[0] if len(re.findall(rf"\b{line[1]}\b", text)) > 1 else "", text
    )


_LANGUAGES = {".py": "python", ".json": "json", ".toml": "toml", ".sql": "sql", ".js": "js"}


def _fenced(name: str, text: str, other: str) -> str:
    """A file's text; the site marks the lines that ``other``, the same file, does not have."""
    language = _LANGUAGES.get(Path(name).suffix, "text")
    lines = text.strip("\n").splitlines()
    matcher = difflib.SequenceMatcher(None, other.strip("\n").splitlines(), lines, autojunk=False)
    parts = [
        f"{start + 1}-{end}" if start + 1 < end else f"{end}"
        for kind, _, _, start, end in matcher.get_opcodes()
        if kind != "equal" and start < end
    ]
    marked = f' hl_lines="{" ".join(parts)}"' if parts else ""
    body = "\n".join(lines)
    return f'```{language} title="{name}"{marked}\n{body}\n```\n'


def _proof(looks_for: str, proof: Proof) -> str:
    words = " ".join(looks_for.split())
    if proof.flaws is not None:
        how = (
            "the flaw is in the templates that the app synthesises to before the fix, and not after"
        )
        seen = f"`--verify` calls a fix proved if {how}. Its proof looks for this: *{words}*"
    elif proof.shared is not None:
        how = "two environments of the app share the name before it, and not after"
        seen = f"`--verify` calls a fix proved if {how}. Its proof looks for this: *{words}*"
    else:
        seen = f"*{words}* So `--verify` says of its fixes that no template can show them."
    if proof.unseen:
        seen += f" What a template does not show: the flaw {proof.unseen}."
    rows = [_claim(claim) for claim in proof.claims]
    table = ["| property | of types | where |", "|---|---|---|", *rows]
    return "\n".join(
        [
            "## What proves it",
            "",
            seen,
            "",
            "What a fix may change in a template, as patterns; `--verify` lists everything else as",
            "unexpected:",
            "",
            *table,
            "",
            "See [How fixes are proved](../verification.md).",
        ]
    )


def _claim(claim: Claim) -> str:
    properties = "(all of it may come or go)" if claim.whole else _pattern(claim.properties)
    where = "the finding's own resources" if claim.own else "anywhere"
    return f"| {properties} | {'any' if claim.kinds == '.*' else _pattern(claim.kinds)} | {where} |"


def _pattern(text: str) -> str:
    return "`" + text.replace("|", "\\|") + "`"


def _others(rule: Rule, known: Others) -> Iterator[str]:
    versions = ", ".join(f"{tool} {known.versions[tool]}" for tool in TOOLS)
    yield f"## What other tools say\n\nOf {versions}, measured on {known.measured}.\n"
    opinions = known.opinions.get(rule.code, ())
    if opinions:
        yield "| tool | rules | in short | what they say |\n|---|---|---|---|"
        for one in opinions:
            ids = "<br>".join(f"`{name}`" for name in one.ids)
            yield f"| {one.tool} | {ids} | {VERDICTS[one.says]} | {one.words} |"
    else:
        yield "None of their rules is about this flaw."
    yield ""
    yield from _counts(rule.name.replace("-", "_"), known)


def _counts(app: str, known: Others) -> Iterator[str]:
    """What changes for the other tools in the example that has a rule's flaw."""
    changed = [
        (tool, name, before, after)
        for tool in TOOLS
        for name, (before, after) in known.seen[app][tool].items()
        if before != after
    ]
    same = {
        tool: sum(before == after for before, after in known.seen[app][tool].values())
        for tool in TOOLS
    }
    also = ", ".join(f"{count} of {tool}" for tool, count in same.items() if count)
    if not changed:
        yield f"Between `examples/broken/{app}` and `examples/fixed/{app}` nothing changes:"
        yield f"as many resources are complained about as before ({also or 'none at all'})."
        return
    yield f"How many resources they complain about in `examples/broken/{app}`, and in"
    yield f"`examples/fixed/{app}`, which is what tapfix makes of it:\n"
    yield "| tool | rule | what it says | before | after |\n|---|---|---|---|---|"
    for tool, name, before, after in changed:
        yield f"| {tool} | `{name}` | {_said(known.names[tool][name])} | {before} | {after} |"
    yield f"\nRules that say the same before and after: {also or 'none'}."


def _said(name: str) -> str:
    return name.replace("|", "\\|").rstrip(".")


def _silencing(rule: Rule) -> str:
    return (
        "## Switch it off\n\n"
        f"`# tapfix: ignore[{rule.code}] reason` on a line or at a construct,\n"
        f'`ignore = ["{rule.code}"]` in the [settings](../settings.md), or `--ignore`.\n'
        "See [Suppressions](../suppressions.md)."
    )


def main() -> None:
    """Write all pages, and remove those of rules that are gone."""
    PAGES.mkdir(exist_ok=True)
    made = pages()
    for old in PAGES.glob("*.md"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (PAGES / name).write_text(text, encoding="utf-8")
    head, mark, _ = COMPARISON.read_text("utf-8").partition(MARK)
    COMPARISON.write_text(f"{head}{mark}{comparison()}", encoding="utf-8")


if __name__ == "__main__":
    main()
