"""The source text that reads the suffix in the app file and checks it."""

from __future__ import annotations

CONTEXT_KEY = "environmentSuffix"
VARIABLE = "ENVIRONMENT_SUFFIX"
DEFAULT = "dev"
LONGEST = 12
"""The greatest length of a suffix, which the app file checks."""

_STATEMENTS = """\
{name} = {app}.node.try_get_context("{key}") or os.environ.get(
    "{variable}", "{default}"
)
if not re.fullmatch(r"[a-z0-9-]{{1,{longest}}}", {name}):
    raise ValueError(
        f"{key} must match [a-z0-9-]{{{{1,{longest}}}}}, not {{{name}!r}}"
    )"""


def app_statements(name: str, app: str) -> str:
    """Statements that give the variable ``name`` the suffix; ``app`` is the app's expression."""
    return _STATEMENTS.format(
        name=name,
        app=app,
        key=CONTEXT_KEY,
        variable=VARIABLE,
        default=DEFAULT,
        longest=LONGEST,
    )
