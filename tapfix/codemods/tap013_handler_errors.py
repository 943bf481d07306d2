"""A handler that does not mind that its I/O, or the parsing of its event, fails.

Why it matters
One record that cannot be read, or one second without the database, fails a whole batch: Lambda
tries it again as a whole, the good records with the bad one, until a limit is reached or the
records expire. And the log says which line failed, but not at which record.

What the fix does
Where Kinesis, DynamoDB streams or SQS feed the handler, its loop gets a ``try`` around the work on
one record; what fails is logged, and the handler answers with ``batchItemFailures``. In the same
fix every event source of the function gets ``report_batch_item_failures=True``: without it Lambda
ignores the answer, and the records would be lost. Lambda hands a stream over again from the lowest
failed record on: so the loop goes on behind a failure only where all it does may be done twice
(values are set, rows upserted, keys deleted), and stops at it otherwise. A FIFO queue gets back
what follows a failure, too. A transaction that the loop commits for each record is rolled back,
unless the loop stops there and the connection is one that the handler has opened: it ends anyway.

Where a source cannot be changed, each failure is logged and the handler raises behind its loop.
All other handlers, and those whose records cannot fail one by one (they share a transaction, a
list, a file), get a ``try`` around the whole: they log, roll back what a connection of the module
would keep open for the next invocation, and raise.

``logging`` is imported where it is needed; the module's own logger is used where it has one. The
handler returns what it returned before, where Lambda takes that for a success. The impact is
*behaviour*.

Left alone
Handlers with a ``try`` around their I/O, whatever that does; those with decorators that may catch
errors (one of the app's own that only calls the handler does not), middleware, a batch processor of
Powertools. Errors of values alone (``except KeyError``) are no such ``try``. Handlers that neither
parse nor do I/O, as far as is to be seen.

Reported: handlers in inline code, which TAP008 moves to a file, and those that work on records
while nothing deploys them: what feeds them decides.
"""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.codemods.examples.tap013_handler_errors import EXAMPLES
from tapfix.edits import Finding, Fix, Impact
from tapfix.model.app import App
from tapfix.model.lambdas.effects import Act, Acting
from tapfix.model.lambdas.guards import unguarded
from tapfix.model.lambdas.handlers import Handler
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.code.handler_errors import Mended, mend
from tapfix.rule import Rule, Severity

CODE = "TAP013"
_INLINE = "the handler is a text in the stack; TAP008 moves it to a file, where it can be mended"
_BY_RECORD = "one bad record fails its whole batch, the good ones with it"
_WHOLE = "an error leaves nothing in the log that says what was being done"


def find(app: App) -> Iterator[Finding]:
    """Handlers with no ``try`` around what may fail."""
    acting = Acting(app.evaluator)
    for handler in app.handlers:
        act = unguarded(acting, handler)
        if act is not None:
            yield _finding(app, handler, act)
    for text, handler in app.inline_handlers:
        act = unguarded(acting, handler)
        if act is not None:
            yield Finding(CODE, text.origin_ref, _message(handler, act, None), reason=_INLINE)


def _finding(app: App, handler: Handler, act: Act) -> Finding:
    function = handler.function
    assert function is not None
    made = mend(app, handler)
    message = _message(handler, act, made)
    ref, related = function.ref, handler.deployed_at
    if isinstance(made, Obstacle):
        return Finding(CODE, ref, message, reason=made.reason, scope=ref, related=related)
    fix = Fix(made.title, Impact.BEHAVIOUR, made.edits)
    return Finding(CODE, ref, message, fix, scope=ref, related=related)


def _message(handler: Handler, act: Act, made: Mended | Obstacle | None) -> str:
    """What may fail, and what that leads to."""
    what = act.module.file.source(act.module.ref(act.call.func))
    what = what if len(what) < 40 and "\n" not in what else act.method
    by_record = isinstance(made, Mended) and (made.by_record or made.doubt is not None)
    message = f"{handler.name} calls {what}() with no try around it: "
    message += _BY_RECORD if by_record else _WHOLE
    if isinstance(made, Mended) and made.doubt is not None:
        why = "Lambda would not read its answer" if made.by_record else "they cannot fail apart"
        message += f"; {why}: {made.doubt}"
    return message


RULE = Rule(
    code=CODE,
    name="handler-errors",
    severity=Severity.HIGH,
    find=find,
    doc=__doc__,
    examples=EXAMPLES,
)
