"""The environment suffix at a place in the app: what the scope has, or what is handed to it.

Where a scope has none, its constructor or function takes it as a parameter, every call passes it,
and so on up to the file that makes the ``App``, which reads it from the context or the environment.
Every edit is made here, so that fixes that need the same parameter come out with equal edits.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from tapfix.edits import AddImport, AddParameter, Edit, InsertStatements, SetArgument
from tapfix.model.app import App
from tapfix.model.cdk.constructs import Construct
from tapfix.model.python.callers import Callers, CallSite, decorators, home
from tapfix.model.python.environments import AppVariable, Doubt, Environments, Offer
from tapfix.model.python.modules import AppClass, AppFunction, Module
from tapfix.model.python.origins import Tracer
from tapfix.model.python.scopes import Scope
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.naming.own_choice import OwnChoice, own_choice
from tapfix.recipes.naming.suffix_source import app_statements

# Attributes that CDK's own containers have: an app's class cannot set them.
_TAKEN = ("env", "environment", "stage_name", "region", "account")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_ENVIRONMENTS = frozenset(
    [
        "dev",
        "devel",
        "development",
        "prod",
        "production",
        "staging",
        "preprod",
        "qa",
        "uat",
        "sandbox",
    ]
)
_STEPS = frozenset(["test", "testing", "stage", "alpha", "beta", "gamma"])
_DEEPEST = 6
TEST_SUFFIX = "test"
"""What the app's own tests pass for the suffix."""


@dataclass(frozen=True, slots=True)
class Suffix:
    """An expression for the suffix, and the edits that make it valid at its place."""

    text: str
    edits: tuple[Edit, ...] = ()
    token: bool = False


@dataclass(eq=False)
class Suffixes:
    """Hands the suffix through one app."""

    app: App
    callers: Callers
    environments: Environments
    _parameters: dict[AppFunction, Suffix | Obstacle] = field(default_factory=dict)

    @classmethod
    def of(cls, app: App) -> Suffixes:
        """For an app and its settings."""
        callers = Callers(app.evaluator)
        tracer = Tracer(app.evaluator, callers, app.context)
        return cls(app, callers, Environments(tracer, app.settings.suffix_names))

    @property
    def name(self) -> str:
        """The name of the variable that is added where there is none."""
        return self.app.settings.suffix_names[0]

    def at(self, module: Module, node: ast.AST) -> Suffix | Obstacle:
        """The suffix at the place of a node."""
        found = self.environments.offered(module, node)
        if isinstance(found, Offer):
            return Suffix(found.text, token=found.token)
        if isinstance(found, Doubt):
            return Obstacle(f"{found.text} may be no plain string, so it cannot be put into a name")
        scope = home(module, node)
        if scope.kind == "class":
            return Obstacle("a class body knows no environment")
        if scope.kind == "module":
            return self._from_app(module, scope, node)
        return self._in_function(module, scope, node)

    def _in_function(self, module: Module, scope: Scope, node: ast.AST) -> Suffix | Obstacle:
        assert isinstance(scope.node, (ast.FunctionDef, ast.AsyncFunctionDef))
        function = self.app.modules.function_at(module, scope.node)
        if self.environments.app_in(module, scope) is not None:
            return self._from_app(module, scope, node)
        bound = decorators(function) & {"staticmethod", "classmethod"}
        if function.owner is not None and not bound and function.name != "__init__":
            return self._on_self(function, function.owner, node)
        return self._parameter(function)

    # The app file

    def _from_app(self, module: Module, scope: Scope, node: ast.AST) -> Suffix | Obstacle:
        variable = self.environments.app_in(module, scope)
        if variable is None:
            return Obstacle("nothing in that place tells environments apart")
        if not _is_behind(variable, module, node):
            return Obstacle("the App is made under a condition, or later")
        if scope.lookup(self._app_name):
            return Obstacle(f"{self._app_name} is something else here")
        return self._read(module, variable.statement, variable.name)

    @cached_property
    def _own_choice(self) -> OwnChoice | None:
        """What the stacks ask the context themselves, if they do."""
        modules = [m for m in self.app.cdk_modules if not self.callers.is_test(m)]
        return own_choice(modules, self.environments.spellings, self.app.context)

    @property
    def _app_name(self) -> str:
        """The variable that the file of the app gets."""
        return self.name if self._own_choice is None else self._own_choice.name

    def asked_alike(self, module: Module, node: ast.AST, suffix: Suffix) -> Suffix | None:
        """What the file of the app reads at a node as stacks read ``suffix`` for themselves."""
        own = self._own_choice
        if own is None or suffix.edits or suffix.text.rpartition(".")[2] != own.name:
            return None
        here = self.at(module, node)
        read = isinstance(here, Suffix) and here.text == own.name and here.edits
        return here if read and isinstance(here, Suffix) else None

    def _read(self, module: Module, anchor: ast.stmt, app: str) -> Suffix:
        if self._own_choice is not None:
            statement = InsertStatements(module.ref(anchor), self._own_choice.statement(app))
            return Suffix(self._own_choice.name, (statement,))
        text = app_statements(self.name, app)
        imports = [AddImport(module.path, name) for name in ("os", "re")]
        edits: tuple[Edit, ...] = (InsertStatements(module.ref(anchor), text), *imports)
        return Suffix(self.name, edits)

    # Constructors and functions

    def _parameter(self, function: AppFunction) -> Suffix | Obstacle:
        """The suffix as a new parameter, with every call that must pass it."""
        known = self._parameters.get(function)
        if known is None:
            # A call from within the function itself passes what the function was given.
            self._parameters[function] = Suffix(self.name)
            known = self._parameters[function] = self._new_parameter(function)
        return known

    def _new_parameter(self, function: AppFunction) -> Suffix | Obstacle:
        owner = function.owner
        if owner is not None and self._is_app_class(owner) and function.name == "__init__":
            return self._app_class(function)
        obstacle = self._unthreadable(function)
        if obstacle is not None:
            return obstacle
        added = AddParameter(function.ref, self.name, "str")
        edits = dict[Edit, None]() if self._is_unused(function) else dict[Edit, None]({added: None})
        for site in self.callers.of(function):
            passed = self._passed(site)
            if isinstance(passed, Obstacle):
                return passed
            edits |= dict.fromkeys(passed)
        return Suffix(self.name, tuple(edits))

    def _is_unused(self, function: AppFunction) -> bool:
        """Whether a function has the parameter already, with a text by default and never passed."""
        bindings = function.scope.bindings.get(self.name, [])
        default = function.default(self.name)
        if [binding.kind for binding in bindings] != ["parameter"] or default is None:
            return False
        text = self.app.evaluator.value(function.module, default).constant
        sites = self.callers.of(function)
        passed = any(site.argument(self.name) or site.is_open for site in sites)
        return isinstance(text, str) and not passed

    def _passed(self, site: CallSite) -> tuple[Edit, ...] | Obstacle:
        """The edits with which one call passes the suffix."""
        if site.in_test:
            return (SetArgument(site.ref, self.name, f'"{TEST_SUFFIX}"'),)
        suffix = self.at(site.module, site.node)
        if isinstance(suffix, Obstacle):
            return suffix
        return (SetArgument(site.ref, self.name, suffix.text), *suffix.edits)

    def _unthreadable(self, function: AppFunction) -> Obstacle | None:
        """Why a function cannot take one more parameter."""
        subject = function.owner if function.name == "__init__" else function
        assert subject is not None
        if self.name in function.scope.bindings and not self._is_unused(function):
            return Obstacle(f"{self.name} is something else in {subject.name}")
        unbound = decorators(function) & {"staticmethod", "classmethod"}
        if len(function.node.decorator_list) > len(unbound):
            return Obstacle(f"{subject.name} is decorated, so its parameters are not its own")
        place = self.callers.handed_on(subject)
        if place is not None:
            line = self.app.position(place)[0]
            return Obstacle(
                f"{subject.name} is handed on in line {line} of {self.app.relative(place.path)}, "
                "so not all that call it are known"
            )
        sites = [site for site in self.callers.of(function) if not site.in_test]
        if not sites:
            verb = "constructs" if isinstance(subject, AppClass) else "calls"
            return Obstacle(f"nothing in the app {verb} {subject.name}")
        return self._several(subject, sites)

    def _several(self, subject: AppClass | AppFunction, sites: list[CallSite]) -> Obstacle | None:
        """Whether the calls of a constructor tell environments apart by the ids they give."""
        for site in sites:
            given = site.node.args[1] if len(site.node.args) > 1 else site.argument("construct_id")
            text = self.app.evaluator.value(site.module, given).constant if given else None
            if isinstance(text, str) and names_environment(text, several=len(sites) > 1):
                return Obstacle(
                    f"{subject.name} is constructed as {text!r}: it should be told there which "
                    f"{self.name} that environment has"
                )
        return None

    # Attributes

    def _on_self(self, method: AppFunction, owner: AppClass, node: ast.AST) -> Suffix | Obstacle:
        """The suffix kept on ``self`` by the constructor, for another method."""
        constructor = self.callers.constructor(owner)
        if constructor is None or constructor.owner is None:
            return Obstacle(f"{owner.name} has no constructor of its own")
        anchor = _super_call(constructor)
        if anchor is None:
            return Obstacle(f"the constructor of {constructor.owner.name} calls no other first")
        own, kept = method.positional[0], constructor.positional[0]
        given = self._given(constructor)
        if isinstance(given, Obstacle):
            return given
        attribute = self.name if given.text in _TAKEN else given.text
        if self._is_kept(constructor, given, method, node):
            return Suffix(f"{own}.{given.text}", given.edits, given.token)
        if not attribute.isidentifier() or constructor.owner.attributes.get(attribute):
            return Obstacle(f"{constructor.owner.name} has another attribute {attribute}")
        module = constructor.module
        bound = self._binding_statement(constructor, given.text)
        if bound is not None and bound.lineno > anchor.lineno:
            anchor = bound
            is_here = module is method.module
            user, setter = home(method.module, node), constructor.scope
            if is_here and self.environments.runs_before(module, user, setter, bound):
                return Obstacle(f"{method.name} is called before {given.text} has a value")
        keep = InsertStatements(module.ref(anchor), f"{kept}.{attribute} = {given.text}")
        return Suffix(f"{own}.{attribute}", (*given.edits, keep), given.token)

    def _is_kept(
        self, constructor: AppFunction, given: Suffix, method: AppFunction, node: ast.AST
    ) -> bool:
        """Whether a constructor keeps the suffix on ``self`` already, before a node needs it."""
        owner, module = constructor.owner, method.module
        kept = owner.attributes.get(given.text, []) if owner is not None else []
        values = [binding.value for binding in kept]
        if owner is None or not values:
            return False
        if not all(isinstance(value, ast.Name) and value.id == given.text for value in values):
            return False
        return self.environments.is_set(module, owner, given.text, home(module, node), node)

    def _given(self, constructor: AppFunction) -> Suffix | Obstacle:
        """The suffix within a constructor, as a local or parameter if it has one."""
        last = constructor.node.body[-1]
        found = self.environments.offered(constructor.module, last)
        if isinstance(found, Offer) and found.text.isidentifier():
            return Suffix(found.text, token=found.token)
        if isinstance(found, Doubt):
            return Obstacle(f"{found.text} may be no plain string, so it cannot be put into a name")
        return self._parameter(constructor)

    def _binding_statement(self, constructor: AppFunction, name: str) -> ast.stmt | None:
        """The last statement of a constructor's body that binds a local."""
        names = constructor.module.names
        bindings = constructor.scope.bindings.get(name, [])
        body = constructor.node.body
        around = [
            node
            for binding in bindings
            for node in (binding.node, *names.ancestors(binding.node))
            if node in body
        ]
        return max(
            (n for n in around if isinstance(n, ast.stmt)), key=lambda n: n.lineno, default=None
        )

    # What tests pass

    def given_in(self, test: Module, construct: Construct, suffix: Suffix) -> str | None:
        """The suffix with which a test makes what a construct stands in, if it is one text."""
        method = home(construct.module, construct.node)
        if not isinstance(method.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return None
        function = self.app.modules.function_at(construct.module, method.node)
        name = suffix.text.rpartition(".")[2]
        if function.owner is not None and function.name != "__init__":
            function = self.callers.constructor(function.owner) or function
        values = set(self._test_values(test, function, name, 0))
        return values.pop() if len(values) == 1 else None

    def _test_values(
        self, test: Module, function: AppFunction, name: str, depth: int
    ) -> Iterator[str | None]:
        for site in self.callers.of(function):
            if site.module is test:
                yield self.environments.tracer.site_value(site, name)
            elif not site.in_test and depth < _DEEPEST:
                given = site.argument(name)
                scope = home(site.module, site.node)
                if isinstance(given, ast.Name) and isinstance(scope.node, ast.FunctionDef):
                    around = self.app.modules.function_at(site.module, scope.node)
                    yield from self._test_values(test, around, given.id, depth + 1)

    # Classes that are apps

    def _is_app_class(self, cls: AppClass) -> bool:
        return "aws_cdk.App" in self.app.evaluator.resolver.library_bases(cls)

    def _app_class(self, function: AppFunction) -> Suffix | Obstacle:
        anchor = _super_call(function)
        if anchor is None or function.scope.lookup(self._app_name):
            return Obstacle("the App is made in a way that leaves no place to read its context")
        return self._read(function.module, anchor, function.positional[0])


def is_environment(word: str) -> bool:
    """Whether a word in lower case is what people call an environment."""
    return word in _ENVIRONMENTS or word in _STEPS


def names_environment(text: str, several: bool = False) -> bool:
    """Whether an id says which environment it is for: ``TapStackDev``, ``prod-api``.

    ``several`` ids beside each other can say it with words that else mean little.
    """
    words = {word.lower() for word in _WORD.findall(text)}
    return bool(words & (_ENVIRONMENTS | _STEPS if several else _ENVIRONMENTS))


def _super_call(constructor: AppFunction) -> ast.stmt | None:
    """The statement of a constructor's body that is ``super().__init__(…)``."""
    for statement in constructor.node.body:
        call = statement.value if isinstance(statement, ast.Expr) else None
        function = call.func if isinstance(call, ast.Call) else None
        if isinstance(function, ast.Attribute) and function.attr == "__init__":
            return statement
    return None


def _is_behind(variable: AppVariable, module: Module, node: ast.AST) -> bool:
    """Whether the statement that makes the app surely ran before a node is evaluated."""
    block = module.names.parents.get(variable.statement)
    before = module.file.ref(variable.statement).end <= module.ref(node).offset
    return before and block in (*module.names.ancestors(node), None)
