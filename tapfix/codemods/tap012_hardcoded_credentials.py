"""A password or a host that stands in the source.

A handler connects to a database or a cache with a literal password, or to a literal host.

Why it matters
Whoever can read the code, its history or the deployed archive can log in, and to change the
password means to deploy anew. A literal host is that of one environment, or, as ``localhost``, of
none: inside of Lambda nothing listens there.

What the fix does
The handler gets a function ``database_secret`` that reads the database's secret from Secrets
Manager once in a container's life, and connects with the host, port, database, user and password
that it finds there: RDS attaches all of them to the secret of a database. A database's name that
the secret does not hold comes from an environment variable. The function gets the secret's ARN in
``DB_SECRET_ARN`` and a grant to read it. Where only the host is a literal, and for Redis, host and
port come from environment variables. Variables that the function has already are used, whatever
their names.

This is done where the app has one data store of the driver's kind, and the call certainly means it:
its host is the machine itself, or called as the database is, and its user is the one in the secret.
Constants that nothing else reads are taken away. What is ``********`` in messages is not shown; a
password that once stood in the code stays in its history: change it.

The impact is *behaviour*. The secret is kept for a container's life: after a rotation, containers
that are running go on with the old password until they end.

Left alone
Connections whose password and host come from variables, parameters or a secret; hosts that are
defaults of variables. Code under ``if __name__ == "__main__"``, and connections to the machine
itself that are made only where a variable of the environment says so, or another one failed. Empty
passwords.

Reported: passwords in stack code (``SecretValue.unsafe_plain_text``, ``master_user_password``, a
function's variables); URLs; other databases than RDS's L2 instances and clusters; passwords of
Redis; databases whose credentials are not in the source or not generated, or whose secret RDS
itself keeps (that holds no host); logins of other users, or those that the environment chooses;
arguments that other code reads too; handlers that nothing deploys, that tests or scripts import, or
that may not reach Secrets Manager from their subnets.
"""

from __future__ import annotations

from collections.abc import Iterator

from tapfix.codemods.examples.tap012_hardcoded_credentials import EXAMPLES
from tapfix.edits import Finding, Impact
from tapfix.model.access.credentials import Login, logins
from tapfix.model.access.stack_secrets import plain_passwords
from tapfix.model.app import App
from tapfix.recipes.access.credentials import mend
from tapfix.recipes.offers import offer
from tapfix.rule import Rule, Severity

CODE = "TAP012"
_INLINE = "the handler is a text in the stack; TAP008 moves it to a file, where it can be mended"
_IN_STACK = (
    "what needs it must read it from Secrets Manager first: let that generate it, and change this"
    " one, which was readable"
)


def find(app: App) -> Iterator[Finding]:
    """Logins with a password or a host of their own, and passwords in stack code."""
    seen = set()
    for handler in app.handlers:
        for login in logins(app, handler):
            ref = login.place.module.ref(login.call)
            if login.is_flawed and ref not in seen:
                seen.add(ref)
                offered = offer("read it when the handler runs", Impact.BEHAVIOUR, mend(app, login))
                yield Finding(
                    CODE,
                    ref,
                    _message(login),
                    scope=ref,
                    related=handler.deployed_at,
                    hides=login.hides,
                    **offered,
                )
    for text, handler in app.inline_handlers:
        for login in logins(app, handler):
            if login.is_flawed:
                ref, hides = text.origin_ref, login.hides
                yield Finding(CODE, ref, _message(login), reason=_INLINE, hides=hides)
    for plain in plain_passwords(app):
        message = f"{plain.what} a password in the source, ********: it is in the template too"
        hides = plain.hides
        yield Finding(CODE, plain.ref, message, reason=_IN_STACK, scope=plain.scope, hides=hides)


def _message(login: Login) -> str:
    """What stands in the code, without any of it."""
    if login.passwords:
        return "the password of this connection stands in the code: ********"
    return "the host of this connection stands in the code: it is the same in every environment"


RULE = Rule(
    code=CODE,
    name="hardcoded-credentials",
    severity=Severity.CRITICAL,
    find=find,
    doc=__doc__,
    examples=EXAMPLES,
    hides=True,
)
