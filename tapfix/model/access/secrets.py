"""Which secret of the app holds the login of a database, as far as the source tells."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tapfix.model.access.datastores import DataStore
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.cdk.databases import engine
from tapfix.model.cdk.references import Reference, reference
from tapfix.model.python.values import Value

_ATTACHING = ("aws_rds.DatabaseInstance", "aws_rds.DatabaseCluster", "aws_rds.ServerlessCluster")
_GENERATED = ("from_generated_secret", "from_username")
_DATABASE_NAMES = ("database_name", "default_database_name")


@dataclass(frozen=True, eq=False)
class StoredLogin:
    """The secret that RDS attaches to a database: it holds host, port, user and password.

    ``database`` is the name of the database that it holds too, None where it holds none.
    """

    secret: Reference
    user: str
    database: str | None


def stored_login(app: App, store: DataStore) -> StoredLogin | str:
    """The secret of a database, or why none is known."""
    database = store.construct
    if not any(database.name == name for name in _ATTACHING):
        return f"{database.label} has no secret that the source tells of"
    if database.open:
        return f"not all arguments of {database.label} are to be seen"
    named = next(filter(None, map(database.value, _DATABASE_NAMES)), None)
    name = named.constant if named is not None else None
    if named is not None and not isinstance(name, str):
        return f"how the database of {database.label} is called is not in the source"
    found = _secret(app, database)
    if isinstance(found, str):
        return found
    secret, user = found
    return StoredLogin(secret, user, name if isinstance(name, str) else None)


def _secret(app: App, database: Construct) -> tuple[Reference, str] | str:
    """The secret, and the user in it."""
    own = Reference(database, ("secret",), database.module, database.node)
    managed = database.value("manage_master_user_password")
    if managed is not None and managed.constant is not False:
        return f"the secret that RDS itself keeps for {database.label} holds no host"
    given = database.value("credentials")
    if given is None:
        return own, "postgres" if "postgres" in engine(database) else "admin"
    method = given.cdk.removeprefix("aws_rds.Credentials.") if given.kind == "call" else ""
    if method in _GENERATED and given.argument("password") is None:
        user = given.argument("username", 0)
        if user is None or not isinstance(user.constant, str):
            return f"the user of {database.label} is not in the source"
        return own, user.constant
    if method == "from_secret":
        return _given_secret(app, database, given)
    if method == "from_password":
        return (
            f"{database.label} gets its password from the source too: it needs"
            " Credentials.from_generated_secret first"
        )
    return f"where {database.label} has its credentials from is not to be seen"


def _given_secret(app: App, database: Construct, given: Value) -> tuple[Reference, str] | str:
    argument = given.argument("secret", 0)
    found = reference(app, argument.module, argument.node) if argument is not None else None
    if found is None or found.chain:
        return f"the secret of {database.label} is not made by the app"
    user = _user_in(found.construct)
    if user is None:
        return f"which user the secret of {database.label} holds is not in the source"
    return found, user


def _user_in(secret: Construct) -> str | None:
    if secret.name == "aws_rds.DatabaseSecret":
        user = secret.value("username")
        return user.constant if user is not None and isinstance(user.constant, str) else None
    generated = secret.value("generate_secret_string")
    if secret.name != "aws_secretsmanager.Secret" or generated is None:
        return None
    key, template = (
        generated.argument(name) for name in ("generate_string_key", "secret_string_template")
    )
    if key is None or key.constant != "password" or template is None:
        return None
    return _user_of(template)


def _user_of(template: Value) -> str | None:
    """The user in the JSON text from which a secret is generated."""
    if template.name == "json.dumps" and template.arguments:
        user = (template.arguments[0].entries or {}).get("username")
        return user.constant if user is not None and isinstance(user.constant, str) else None
    try:
        content = json.loads(template.constant) if isinstance(template.constant, str) else None
    except ValueError:
        return None
    known = content.get("username") if isinstance(content, dict) else None
    return known if isinstance(known, str) else None
