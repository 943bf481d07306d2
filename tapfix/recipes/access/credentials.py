"""Making a handler log in with what the app tells it: a secret, or an address in a variable."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from tapfix.edits import (
    Edit,
    InsertStatements,
    RemoveStatement,
    ReplaceExpression,
)
from tapfix.model.access.connections import has_unknown_engine
from tapfix.model.access.credentials import Login, Setting, is_local, logins
from tapfix.model.access.datastores import FAMILIES, DataStore, data_stores
from tapfix.model.access.needs import Need, code_of
from tapfix.model.access.principals import principal
from tapfix.model.access.rights import part, rights_of
from tapfix.model.access.secrets import StoredLogin, stored_login
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.lambdas.handlers import Handler
from tapfix.model.lambdas.variables import Variable, variables
from tapfix.model.python.modules import Module
from tapfix.model.python.values import Value
from tapfix.recipes.access.function_variables import Wanted, joined, may_have, told
from tapfix.recipes.access.grants import grant
from tapfix.recipes.access.other_readers import is_read_elsewhere, run_by
from tapfix.recipes.access.secret_places import without_boto3, without_cache, without_way_out
from tapfix.recipes.access.secret_readers import local_name, reader
from tapfix.recipes.arguments import Obstacle, is_own_constant
from tapfix.recipes.endpoints import Endpoint, endpoint
from tapfix.recipes.library import spell_function

_SECRET_READS = ("secret_arn", "secret_full_arn", "secret_name")
_READ = frozenset({"secretsmanager:GetSecretValue"})
_WITH_SECRETS = ("postgres", "mysql")
_ENDPOINTS = ("postgres", "mysql", "redis")
# What lies in these runs later, several times or not at all.
_SOMETIMES = (
    ast.AsyncFunctionDef,
    ast.BoolOp,
    ast.ClassDef,
    ast.DictComp,
    ast.FunctionDef,
    ast.GeneratorExp,
    ast.IfExp,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.match_case,
)
# What may stand behind a database's name; any other word makes it that of another database.
_ENVIRONMENTS = (
    "dev",
    "development",
    "preprod",
    "prod",
    "production",
    "qa",
    "sandbox",
    "stage",
    "staging",
    "test",
    "uat",
)
_TLS = ("ssl", "ssl_context", "connection_class")
Edits = tuple[Edit, ...] | Obstacle


@dataclass(frozen=True, eq=False)
class _Case:
    """One login, the handlers and functions that run it, and the one store it can mean."""

    app: App
    login: Login
    handlers: tuple[Handler, ...]
    functions: tuple[Construct, ...]
    store: DataStore

    @property
    def module(self) -> Module:
        return self.login.place.module


def mend(app: App, login: Login) -> Edits:
    """The edits after which a login holds no password and no host of its own."""
    case = _case(app, login)
    if isinstance(case, Obstacle):
        return case
    obstacle = _unwritable(case)
    if obstacle is not None:
        return obstacle
    edits = _with_secret(case) if login.passwords else _with_address(case)
    return edits if isinstance(edits, Obstacle) else joined(edits)


def _case(app: App, login: Login) -> _Case | Obstacle:
    call = login.place.node
    handlers = tuple(
        handler
        for handler in app.handlers
        if any(place.node is call for place in code_of(app, handler).calls())
    )
    if any(handler.is_orphan for handler in handlers):
        return Obstacle("nothing deploys this file, so nothing can tell it where to read them")
    functions = tuple(dict.fromkeys(f.construct for h in handlers for f in h.deployed_by))
    if any(f.path is None for handler in handlers for f in handler.deployed_by):
        return Obstacle("which functions deploy this file is not certain")
    mine = [store for store in data_stores(app) if store.family == login.family]
    if login.family not in _ENDPOINTS or not mine:
        return Obstacle("the app has no database of that kind whose secret could be read")
    if len(mine) > 1 or has_unknown_engine(app):
        return Obstacle("which of the app's databases it means is not certain")
    other = run_by(app, login.place.module)
    if other is not None:
        return Obstacle(f"{other} of the app may import the file, and would miss the variables")
    if login.is_chosen:
        return Obstacle("the environment, or an error, decides whether it is this login")
    return _Case(app, login, handlers, functions, mine[0])


def _unwritable(case: _Case) -> Obstacle | None:
    """Why the call cannot be rewritten."""
    login, holder = case.login, case.login.holder
    if "url" in login.settings:
        return Obstacle("they are part of a URL: pass them one by one, or put it together")
    if holder is None:
        return Obstacle("its arguments come from several places, or one that others read too")
    if holder.origin_module is not case.module or not _is_in_place(case.module, holder.origin):
        return Obstacle("its arguments come from a place in which no statement can go before them")
    for one in login.settings.values():
        if one.passwords and not _is_written(case, one):
            return Obstacle("the stack may set the variable: take its default away")
        obstacle = _irreplaceable(case, one)
        if obstacle is not None:
            return obstacle
    return _elsewhere(case)


def _is_in_place(module: Module, node: ast.expr) -> bool:
    """Whether a statement before that of a node runs right before the node, each time."""
    for ancestor in module.names.ancestors(node):
        if isinstance(ancestor, _SOMETIMES):
            return False
        if isinstance(ancestor, ast.stmt):
            parent = module.names.parents.get(ancestor)
            looped = isinstance(ancestor, (ast.While, ast.If))
            return not looped and not isinstance(parent, ast.ClassDef)
    return False


def _irreplaceable(case: _Case, setting: Setting) -> Obstacle | None:
    """Why a setting that stands in the code cannot be another."""
    if not _is_written(case, setting):
        return None
    value = setting.value
    if not setting.is_plain:
        return Obstacle(f"its {setting.role} is one of several, or worked out")
    if value.is_direct or _constant_statement(case.app, case.module, value) is not None:
        return None
    return Obstacle(f"its {setting.role} is a constant that is read elsewhere, or of another file")


def _is_written(case: _Case, setting: Setting) -> bool:
    """Whether the code alone says what a setting is.

    A port that is worked out from a variable's default is the variable's.
    """
    if setting.role == "port" and not setting.is_plain:
        return False
    is_set = any(
        may_have(case.app, function, name)
        for function in case.functions
        for name in setting.variables
    )
    return bool(setting.texts) and not is_set


def _constant_statement(app: App, module: Module, value: Value) -> ast.stmt | None:
    """The assignment at module level that only a login reads."""
    if not is_own_constant(value) or value.origin_module is not module:
        return None
    statement = module.names.parents.get(value.origin)
    if statement not in module.file.tree.body:
        return None
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            reads = len(module.names.loads.get(name, ()))
            is_own = reads == 1 and not is_read_elsewhere(app, module, name)
            return statement if is_own else None
    return None


def _elsewhere(case: _Case) -> Obstacle | None:
    """Whether a login may be at another data store than the app's."""
    host = case.login.settings.get("host")
    if host is None:
        return Obstacle("it does not say at which host")
    if not _is_written(case, host):
        names = [v for f in case.functions for v in variables(case.app, f).values()]
        of = [v.reference.construct for v in names if v.name in host.variables and v.reference]
        is_its = bool(of) and all(one is case.store.construct for one in of)
        return None if is_its else Obstacle("whether its host is the app's is not certain")
    if host.text is None or not (is_local(host.text) or _is_called(case, host.text)):
        return Obstacle("its host may be another one than the app's")
    return None


def _is_called(case: _Case, host: str) -> bool:
    """Whether a host is called as the data store is, without its suffix.

    Outside of RDS's own domain the database must have the same name, too.
    """
    construct = case.store.construct
    given = construct.value("instance_identifier") or construct.value("cluster_identifier")
    if given is None:
        return False
    first = given.constant if given.kind == "constant" else next(iter(given.parts), None)
    stem = first.rstrip("-").lower() if isinstance(first, str) else ""
    label, _, domain = host.lower().partition(".")
    is_its = label.startswith(f"{stem}-") and label[len(stem) + 1 :] in _ENVIRONMENTS
    if not stem or not (label == stem or (is_its and given.kind != "constant")):
        return False
    if domain.endswith(".rds.amazonaws.com"):
        return True
    named = construct.value("database_name") or construct.value("default_database_name")
    database = case.login.settings.get("database")
    is_same = named is not None and database is not None and named.constant == database.text
    return label == stem and is_same


# With a secret


def _with_secret(case: _Case) -> Edits:
    if case.login.family not in _WITH_SECRETS:
        return Obstacle("no secret of the app is known to hold its password")
    login = stored_login(case.app, case.store)
    if isinstance(login, str):
        return Obstacle(login)
    obstacle = _other_login(case, login)
    if obstacle is not None:
        return obstacle
    known = _secret_variable(case, login)
    if isinstance(known, Obstacle):
        return known
    allowed = _allowed(case, login)
    if isinstance(allowed, Obstacle):
        return allowed
    written = _read_secret(case, login, known[0])
    if isinstance(written, Obstacle):
        return written
    return (*known[1], *written, *allowed)


def _other_login(case: _Case, stored: StoredLogin) -> Obstacle | None:
    """Why what the secret holds is not what the login needs."""
    user = case.login.settings.get("user")
    if user is None or _text(case, user) != stored.user:
        return Obstacle("it logs in as another user than the one in the database's secret")
    port = case.login.settings.get("port")
    if port is None and case.store.port != FAMILIES[case.login.family]:
        return Obstacle("it does not say at which port, and the database's is not the usual one")
    for function in case.functions:
        obstacle = (
            without_way_out(case.store, function)
            or without_boto3(case.app, function)
            or without_cache(case.app, function)
        )
        if obstacle is not None:
            return obstacle
    return None


def _text(case: _Case, setting: Setting) -> str | None:
    """What a setting is when a function runs, if that is one known text."""
    if _is_written(case, setting):
        return setting.text
    found: set[object] = set()
    for function in case.functions:
        known = variables(case.app, function)
        found |= {known[name].value.constant for name in setting.variables if name in known}
    only = found.pop() if len(found) == 1 else None
    return only if isinstance(only, str) else None


def _secret_variable(case: _Case, stored: StoredLogin) -> tuple[str, tuple[Edit, ...]] | Obstacle:
    secret = stored.secret

    def is_it(variable: Variable) -> bool:
        found = variable.reference
        if found is None or not found.chain or found.chain[-1] not in _SECRET_READS:
            return False
        is_own = found.construct is case.store.construct and part(found) == ("secret",)
        return is_own or (found.construct is secret.construct and part(found) == part(secret))

    source = ".".join(("{}", *secret.chain, "secret_arn"))
    return told(case.app, case.functions, Wanted("DB_SECRET_ARN", is_it, source, secret.construct))


def _allowed(case: _Case, stored: StoredLogin) -> Edits:
    """The edits that let the functions read the secret."""
    edits: list[Edit] = []
    for function in case.functions:
        whose = principal(case.app, function)
        if whose is None or whose.imported:
            return Obstacle("its role lies outside of the app, or is not to be seen")
        rights = rights_of(case.app, whose)
        if all(any(r.allows(a, stored.secret) for r in rights.rights) for a in _READ):
            continue
        module = function.module
        anchor = module.names.statement(function.node)
        need = Need(function, stored.secret, _READ, "reads the secret", module, anchor)
        made = grant(case.app, need, whose, _READ)
        if isinstance(made, Obstacle):
            return made
        edits += made
    return tuple(edits)


def _read_secret(case: _Case, stored: StoredLogin, variable: str) -> Edits:
    module, holder = case.module, case.login.holder
    assert holder is not None
    anchor = _first_of_block(case, module.names.statement(holder.origin))
    code, name = reader(case.app, module, variable, anchor), local_name(module)
    if isinstance(code, Obstacle):
        return code
    if isinstance(name, Obstacle):
        return name
    edits: list[Edit] = [*code.imports]
    edits.append(InsertStatements(module.ref(anchor), f"{name} = {code.text}()", before=True))
    for role, setting in case.login.settings.items():
        if not _is_written(case, setting):
            continue
        key = {"user": "username", "database": "dbname"}.get(role, role)
        if role == "database" and setting.text != stored.database:
            made = _from_variable(case, setting, _database_name(setting))
            if isinstance(made, Obstacle):
                return made
            edits += made
            continue
        text = f'{name}["{key}"]'
        text = f"int({text})" if role == "port" else text
        edits += _replaced(case.app, module, setting.value, text)
    return tuple(edits)


def _first_of_block(case: _Case, statement: ast.stmt) -> ast.stmt:
    """The first statement of a block that logs in, so that several read the secret once."""
    module = case.module
    first = {statement}
    for one in logins(case.app, case.handlers[0]):
        is_like = one.holder is not None and one.passwords and one.family == case.login.family
        if is_like and one.holder is not None and one.holder.origin_module is module:
            first.add(module.names.statement(one.holder.origin))
    parent = module.names.parents[statement]
    blocks: list[list[ast.stmt]] = [
        block
        for name in ("body", "orelse", "finalbody")
        if isinstance(block := getattr(parent, name, None), list) and statement in block
    ]
    return next((one for block in blocks for one in block if one in first), statement)


def _database_name(setting: Setting) -> Wanted:
    def is_it(variable: Variable) -> bool:
        return variable.value.constant == setting.text

    return Wanted("DB_NAME", is_it, f'"{setting.text}"')


def _replaced(app: App, module: Module, value: Value, text: str) -> list[Edit]:
    """The edits that put another text in the place of a setting, and take its constant away."""
    edits: list[Edit] = [ReplaceExpression(value.ref, text)]
    statement = None if value.is_direct else _constant_statement(app, module, value)
    if statement is not None:
        edits.append(RemoveStatement(module.ref(statement)))
    return edits


def _from_variable(case: _Case, setting: Setting, wanted: Wanted) -> Edits:
    known = told(case.app, case.functions, wanted)
    if isinstance(known, Obstacle):
        return known
    code = spell_function(case.app, case.module, case.module.file.tree, "os", "environ")
    text = f'{code.text}["{known[0]}"]'
    text = f"int({text})" if setting.role == "port" else text
    return (*_replaced(case.app, case.module, setting.value, text), *code.imports, *known[1])


# With an address


def _with_address(case: _Case) -> Edits:
    found = endpoint(case.store.construct)
    if not isinstance(found, Endpoint) or found.attribute.startswith("attr_configuration"):
        return Obstacle("which address it has is not certain")
    if case.store.construct.cls.level == 1 and case.login.family != "redis":
        return Obstacle("which address it has is not certain")
    if _wants_tls(case):
        return Obstacle("the cache is reached over TLS only, which the handler does not use")
    host, port = case.login.settings["host"], case.login.settings.get("port")
    if port is None and case.store.port != FAMILIES[case.login.family]:
        return Obstacle("it does not say at which port, and the store's is not the usual one")
    edits = _from_variable(case, host, _address(case, found.attribute, "HOST"))
    if isinstance(edits, Obstacle) or port is None or not _is_written(case, port):
        return edits
    told_port = _from_variable(case, port, _port(case, found.attribute))
    return told_port if isinstance(told_port, Obstacle) else (*edits, *told_port)


def _wants_tls(case: _Case) -> bool:
    if case.login.family != "redis":
        return False
    given = case.store.construct.value("transit_encryption_enabled")
    is_plain = given is None or given.constant is False
    uses = any(keyword.arg in _TLS for keyword in case.login.call.keywords)
    return not is_plain and not uses


def _address(case: _Case, attribute: str, what: str) -> Wanted:
    chain = tuple(attribute.split("."))

    def is_it(variable: Variable) -> bool:
        found = variable.reference
        return (
            found is not None and found.construct is case.store.construct and found.chain == chain
        )

    kind = "REDIS" if case.login.family == "redis" else "DB"
    return Wanted(f"{kind}_{what}", is_it, f"{{}}.{attribute}", case.store.construct)


def _port(case: _Case, attribute: str) -> Wanted:
    words = {"hostname": "port", "db_instance_endpoint_address": "db_instance_endpoint_port"}
    last = attribute.rpartition(".")[2]
    changed = words.get(last, last.replace("address", "port"))
    attribute = attribute[: len(attribute) - len(last)] + changed
    wanted = _address(case, attribute, "PORT")
    number = str(case.store.port)

    def is_it(variable: Variable) -> bool:
        return wanted.is_it(variable) or variable.value.constant == number

    if attribute == "cluster_endpoint.port":
        # A token for a number, which no variable takes: but the port is known.
        return Wanted(wanted.name, is_it, f'"{number}"')
    return Wanted(wanted.name, is_it, wanted.source, wanted.of)
