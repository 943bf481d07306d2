"""How a function that creates tables logs in: as the handlers that use them do."""

from __future__ import annotations

from dataclasses import dataclass

from tapfix.model.access.credentials import Setting, logins
from tapfix.model.access.principals import principal
from tapfix.model.access.rights import part
from tapfix.model.access.secrets import StoredLogin, stored_login
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.lambdas.variables import Variable, variables
from tapfix.model.sql.queried import Queried
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.schema.places import Seat

_SECRET_READS = ("secret_arn", "secret_full_arn", "secret_name")
_BY_TOKEN = b"generate_db_auth_token"


@dataclass(frozen=True, slots=True)
class Entrance:
    """What a function is told, and what it may read.

    ``secret`` is the source text of the secret, ``secret_variable`` the variable for its ARN.
    ``database_variable`` tells the name of the database, ``database``, where the secret does not.
    """

    secret: str
    secret_construct: Construct
    secret_variable: str
    database_variable: str | None = None
    database: str | None = None

    @property
    def variables(self) -> dict[str, str]:
        """The variables with the source texts of their values."""
        told = {self.secret_variable: f"{self.secret}.secret_arn"}
        if self.database_variable is not None:
            told[self.database_variable] = f'"{self.database}"'
        return told


def entrance(app: App, queried: Queried, seat: Seat) -> Entrance | Obstacle:
    """How to log in to a database at a place."""
    if any(_BY_TOKEN in m.file.data for handler in queried.handlers for m in handler.modules):
        return Obstacle("its functions log in by IAM, as a user that SQL has to make first")
    stored = stored_login(app, queried.store)
    if isinstance(stored, str):
        return Obstacle(stored)
    users = _said(app, queried, "user") - {stored.user}
    if users:
        return Obstacle(
            "its functions log in as another user than the one in its secret, who would have no"
            " rights on the tables"
        )
    if _has_key(stored) and any(_has_role_of_cdk(app, one) for one in queried.functions):
        return Obstacle(
            "the key of its secret names the roles of the functions, which would have to wait for"
            " what needs the key: give them roles of their own"
        )
    base = seat.reference(stored.secret) if not stored.secret.chain else None
    base = base or seat.text(stored.secret.construct)
    if base is None:
        return Obstacle(f"nothing beside the functions leads to {stored.secret.construct.label}")
    secret = ".".join((base, *stored.secret.chain))
    variable = _variable(app, queried, stored)
    names = _said(app, queried, "database")
    if stored.database is not None:
        if names - {stored.database}:
            return Obstacle("its functions use another database of the server than its first one")
        return Entrance(secret, stored.secret.construct, variable)
    if len(names) != 1:
        return Obstacle("which database of the server its functions use is not in the source")
    (name,) = names
    told = _telling(app, queried, name)
    return Entrance(secret, stored.secret.construct, variable, told, name)


def _has_key(stored: StoredLogin) -> bool:
    """Whether the secret has a key of the app's own, or may have one."""
    construct, given = stored.secret.construct, stored.secret.construct.value("credentials")
    if stored.secret.chain:
        return given is not None and given.argument("encryption_key") is not None
    return construct.open or construct.argument("encryption_key") is not None


def _has_role_of_cdk(app: App, function: Construct) -> bool:
    whose = principal(app, function)
    return whose is not None and whose.role is None and not whose.imported


def _said(app: App, queried: Queried, role: str) -> set[str]:
    """What the handlers say for a setting of their logins, as far as it is known."""
    found = set()
    for handler in queried.handlers:
        for login in logins(app, handler):
            if login.family != queried.store.family:
                continue
            for setting in login.settings.values():
                if setting.role == role:
                    found |= _texts(app, queried, setting)
    return found


def _texts(app: App, queried: Queried, setting: Setting) -> set[str]:
    known = [variables(app, function) for function in queried.functions]
    values = {
        told[name].value.constant for told in known for name in setting.variables if name in told
    }
    texts = {value for value in values if isinstance(value, str)}
    return texts or {text for text in setting.texts if "\0" not in text}


def _variable(app: App, queried: Queried, stored: StoredLogin) -> str:
    """The variable by which one of the functions knows the secret, or a new one."""
    secret, database = stored.secret, queried.store.construct

    def tells_it(variable: Variable) -> bool:
        found = variable.reference
        if found is None or found.chain[-1:] == () or found.chain[-1] not in _SECRET_READS:
            return False
        is_own = found.construct is database and part(found) == ("secret",)
        return is_own or (found.construct is secret.construct and part(found) == part(secret))

    for function in queried.functions:
        for variable in variables(app, function).values():
            if tells_it(variable):
                return variable.name
    return "DB_SECRET_ARN"


def _telling(app: App, queried: Queried, name: str) -> str:
    """The variable that tells one of the functions the name of the database, or a new one."""
    for function in queried.functions:
        for variable in variables(app, function).values():
            if variable.value.constant == name:
                return variable.name
    return "DB_NAME"
