"""Stream data that a handler takes as it comes, although Lambda hands it over as base64 text.

Why it matters
Lambda encodes the data of Kinesis records, and of the records that a Firehose transformation gets.
`json.loads(record["kinesis"]["data"])` fails on every one of them, so the function fails on every
batch: the stream is blocked until the records expire. A comparison, a `split` or a message text
does not even fail, it works on gibberish.

What the fix does
It decodes where the data are read: `json.loads(base64.b64decode(record["kinesis"]["data"]))`, with
`.decode("utf-8")` where text is needed, or in the assignment where the data get a name. Where the
same name is also stored, handed on or looked at for missing data, or parsed inside a ``try`` that
begins later, only the places that parse it are changed. `base64` is imported, or spelled as the
file already spells it. The program does something else at run time: what failed before works on
what the producer sent. That is the stated impact; no deployed resource changes.

Left alone
Data that are decoded anywhere in the same function, in a helper of the app, or by a function that
cannot be seen (an import from a layer); data that are only handed on, stored, counted or logged.
Handlers whose event is an object of Powertools or passes through a decorator that is not known:
they decode by themselves. SQS, SNS, S3 and API Gateway, whose events are not encoded. What a
Firehose handler answers. Handlers in inline code are reported: TAP008 moves them to a file first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from tapfix.codemods.examples.tap020_kinesis_base64 import EXAMPLES
from tapfix.edits import Edit, Finding, Fix, Impact, Ref, WrapExpression
from tapfix.model.app import App
from tapfix.model.lambdas.payloads import Payload, PayloadUse, Place, find_payloads
from tapfix.recipes.library import spell_function
from tapfix.rule import Rule, Severity

CODE = "TAP020"
_INLINE = "the handler is a text in the stack; TAP008 moves it to a file, where it can be mended"
_TANGLED = "the data are used both as they come and decoded, in ways that one change would mix up"
_IN_TEXT = "they stand inside an f-string, which tapfix edits on Python 3.12 and newer only"


def find(app: App) -> Iterator[Finding]:
    """Handlers that use the data of Kinesis or Firehose records without decoding them."""
    for payload in find_payloads(app.evaluator, app.handlers):
        if is_flawed(payload):
            fix, reason = _fix(app, payload)
            message = _message(payload)
            related = _deployed_at(app, payload)
            place, scope = payload.ref, payload.statement
            yield Finding(CODE, place, message, fix, reason, scope=scope, related=related)
    for text, handler in app.inline_handlers:
        flawed = filter(is_flawed, find_payloads(app.evaluator, (handler,)))
        for payload in list(flawed)[:1]:
            yield Finding(CODE, text.origin_ref, _message(payload), reason=_INLINE)


def _deployed_at(app: App, payload: Payload) -> Ref | None:
    """The construct that deploys the code which reads the data."""
    handlers = (one for one in app.handlers if payload.module in one.modules)
    return next((one.deployed_at for one in handlers if not one.is_orphan), None)


def is_flawed(payload: Payload) -> bool:
    """Whether the data are taken for what was sent, and nothing in the function decodes them."""
    return bool(payload.of("misuse")) and not payload.is_decoded


def _message(payload: Payload) -> str:
    name = payload.function.name if payload.function is not None else "the handler"
    use = payload.of("misuse")[0]
    consequence = "so it works on gibberish" if use.need == "text" else "so every record fails"
    return (
        f"{name} gives {payload.source} data to {use.what} as the base64 text that Lambda hands"
        f" over, {consequence}"
    )


def _fix(app: App, payload: Payload) -> tuple[Fix | None, str | None]:
    """The fix, or the reason why there is none."""
    places = _places(payload)
    if not places:
        return None, _TANGLED
    if not all(place.is_exact for place in places):
        return None, _IN_TEXT
    decode = spell_function(app, payload.module, payload.place.node, "base64", "b64decode")
    wraps: list[Edit] = [
        WrapExpression(place.ref, f"{decode.text}(", f"){closing}")
        for place, closing in places.items()
    ]
    title = f"decode the {payload.source} data"
    return Fix(title, Impact.BEHAVIOUR, (*wraps, *decode.imports)), None


def _places(payload: Payload) -> dict[Place, str]:
    """Where to decode, and how to get text there; empty if one place would serve two needs."""
    misuses = payload.of("misuse")
    as_it_comes = {use.place for use in payload.of("other")}
    binary = any(use.need == "bytes" for use in misuses)
    apart = as_it_comes or payload.is_checked or (binary and payload.of("log"))
    if payload.has_default or any(use.need == "neither" for use in misuses):
        return {}
    if apart or _is_mixed(misuses):
        return _places_of_use(misuses, as_it_comes)
    at_once = {payload.place: _closing(misuses, payload.place)}
    # What cannot be decoded is caught where what cannot be parsed is.
    caught = any(use.place.guards - payload.place.guards for use in misuses)
    return (_places_of_use(misuses, as_it_comes) if caught else {}) or at_once


def _places_of_use(misuses: Sequence[PayloadUse], as_it_comes: Set[Place]) -> dict[Place, str]:
    places: dict[Place, str] = {}
    for place in dict.fromkeys(use.place for use in misuses):
        here = [use for use in misuses if use.place == place]
        if place in as_it_comes or _is_mixed(here) or not all(use.is_alone for use in here):
            return {}
        places[place] = _closing(here, place)
    return places


def _is_mixed(uses: Sequence[PayloadUse]) -> bool:
    return {"bytes", "text"} <= {use.need for use in uses}


def _closing(uses: Sequence[PayloadUse], place: Place) -> str:
    """What follows the decoded data: nothing where bytes will do, and nothing stands between."""
    needs = {use.need for use in uses}
    direct = all(use.is_direct and use.place == place for use in uses)
    if "text" not in needs and ("bytes" in needs or direct):
        return ""
    # Quotes inside an f-string may be those around it.
    return ".decode()" if place.in_text else '.decode("utf-8")'


RULE = Rule(
    code=CODE,
    name="kinesis-base64",
    severity=Severity.HIGH,
    find=find,
    doc=__doc__,
    examples=EXAMPLES,
)
