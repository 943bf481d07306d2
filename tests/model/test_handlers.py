"""Lambda functions, the code they deploy, and the handlers in it."""

from __future__ import annotations

import pytest

from tapfix.model.app import App, read_app
from tapfix.model.lambdas.functions import LambdaFunction
from tapfix.model.lambdas.handlers import Handler
from tapfix.model.settings import Settings
from tests.model.apps import ROOT, read_tree

HANDLER = "def handler(event, context):\n    return event\n"


def stack(body: str, folder: str = "stacks", imports: str = "", **files: str) -> App:
    """An app with one stack in ``folder`` and a handler in ``functions/orders``."""
    text = (
        "import os\nfrom pathlib import Path\nimport aws_cdk as cdk\n"
        "from aws_cdk import aws_lambda as lambda_, aws_s3_assets as s3_assets, triggers\n"
        f"from aws_cdk.aws_lambda_python_alpha import PythonFunction\n{imports}\n"
        "class MainStack(cdk.Stack):\n    def __init__(self, scope, id):\n"
        "        super().__init__(scope, id)\n"
    )
    lines = "".join(f"        {line}\n" for line in body.strip().splitlines())
    tree = {
        f"{folder}/main.py": text + lines,
        "functions/orders/index.py": HANDLER,
        "cdk.json": "{}",
    }
    return read_tree(tree | files)


def the_function(app: App) -> LambdaFunction:
    (function,) = app.functions
    return function


def places(app: App) -> set[tuple[str, str]]:
    """Paths and names of the handlers that constructs deploy."""
    return {
        (handler.module.path.removeprefix(f"{ROOT}/"), handler.name)
        for handler in app.handlers
        if not handler.is_orphan
    }


def the_handler(app: App) -> Handler:
    (handler,) = app.handlers
    return handler


@pytest.mark.parametrize(
    "path",
    [
        '"functions/orders"',
        '"./functions/orders/"',
        '"functions/" + "orders"',
        'f"functions/{NAME}"',
        '"functions/%s" % NAME',
        '"functions/{}".format(NAME)',
        "FOLDER",
        'os.path.join("functions", NAME)',
        'os.path.join(os.path.dirname(__file__), "..", "functions", "orders")',
        'os.path.join(os.path.dirname(os.path.abspath(__file__)), "../functions/orders")',
        'os.path.abspath(os.path.join(os.getcwd(), "functions/orders"))',
        'os.path.join(HERE, os.pardir, "functions", "orders")',
        'str(Path(__file__).parent / ".." / "functions" / "orders")',
        'str(Path(__file__).resolve().parent.parent / "functions/orders")',
        'Path(__file__).parents[1].joinpath("functions", "orders").as_posix()',
        'str(Path("functions", "orders").absolute())',
        'os.fspath(Path.cwd() / "functions" / "orders")',
        '"../functions/orders"',
    ],
)
def test_paths_of_assets(path: str) -> None:
    imports = (
        'NAME = "orders"\nFOLDER = os.path.join("functions", "orders")\n'
        "HERE = os.path.dirname(__file__)\n"
    )
    function = f'code=lambda_.Code.from_asset({path}), handler="index.handler"'
    app = stack(f'lambda_.Function(self, "Orders", {function})', imports=imports)
    assert the_function(app).path == f"{ROOT}/functions/orders"
    assert places(app) == {("functions/orders/index.py", "handler")}


@pytest.mark.parametrize(
    "path",
    [
        "folder",
        'os.environ["FOLDER"]',
        '"functions/orders" if PROD else "functions/other"',
        "cdk.Fn.ref('x')",
    ],
)
def test_paths_that_are_not_known(path: str) -> None:
    code = f'lambda_.Function(self, "O", code=lambda_.Code.from_asset({path}), handler="h.f")'
    assert the_function(stack(code)).path is None


@pytest.mark.parametrize(
    "function",
    [
        'lambda_.Function(self, "F", code=lambda_.Code.from_asset("functions/orders"),'
        ' handler="index.handler", runtime=lambda_.Runtime.PYTHON_3_12)',
        'lambda_.SingletonFunction(self, "F", uuid="u", handler="index.handler",'
        ' code=lambda_.AssetCode("functions/orders"))',
        'triggers.TriggerFunction(self, "F", code=lambda_.Code.from_asset(path="functions/orders"),'
        ' handler="index.handler")',
        'PythonFunction(self, "F", entry="functions/orders", runtime=lambda_.Runtime.PYTHON_3_12)',
        'PythonFunction(self, "F", entry="functions", index="orders/index.py", handler="handler")',
        'lambda_.DockerImageFunction(self, "F", code=lambda_.DockerImageCode.from_image_asset('
        '"functions/orders", cmd=["index.handler"]))',
        'lambda_.Function(self, "F", code=lambda_.Code.from_asset_image("functions/orders"),'
        " handler=lambda_.Handler.FROM_IMAGE, runtime=lambda_.Runtime.FROM_IMAGE)",
        'lambda_.Function(self, "F", code=lambda_.Code.from_asset("functions"),'
        ' handler="orders.index.handler")',
        'lambda_.Function(self, "F", code=lambda_.Code.from_asset("functions"),'
        ' handler="orders/index.handler")',
        'asset = lambda_.Code.from_asset("functions/orders")\n'
        'lambda_.Function(self, "F", code=asset, handler="index.handler")',
        'props = dict(code=lambda_.Code.from_asset("functions/orders"), handler="index.handler")\n'
        'lambda_.Function(self, "F", **props)',
        'self.folder = "functions/orders"\n'
        'lambda_.Function(self, "F", code=lambda_.Code.from_asset(self.folder),'
        ' handler="index.handler")',
        'lambda_.Function(self, "F", code=lambda_.Code.from_asset("functions/orders",'
        ' bundling=cdk.BundlingOptions(image=None)), handler="index.handler")',
        'asset = s3_assets.Asset(self, "Code", path="functions/orders")\n'
        'lambda_.CfnFunction(self, "F", handler="index.handler", role="arn", code={"s3_bucket":'
        ' asset.s3_bucket_name, "s3_key": asset.s3_object_key})',
        'asset = s3_assets.Asset(self, "Code", path="functions/orders")\n'
        'lambda_.CfnFunction(self, "F", handler="index.handler", role="arn",'
        " code=lambda_.CfnFunction.CodeProperty("
        "s3_bucket=asset.s3_bucket_name, s3_key=asset.s3_object_key))",
    ],
)
def test_constructs_that_deploy_a_folder(function: str) -> None:
    app = stack(function)
    assert places(app) == {("functions/orders/index.py", "handler")}
    handler = the_handler(app)
    assert handler.function is not None
    assert handler.function.name == "handler"
    assert handler.deployed_by == app.functions


def test_functions_that_calls_and_loops_make() -> None:
    app = stack(
        """
for name in ("mails", "texts"):
    lambda_.Function(self, name, code=lambda_.Code.from_asset(f"functions/{name}"),
                     handler=f"{name}.handler")
for name, (folder, module) in {"Stock": ("functions/stock", "app")}.items():
    lambda_.Function(self, name, code=lambda_.Code.from_asset(folder), handler=module + ".handler")
Worker(self, "Worker", entry="functions/worker")
for one in TABLE:
    lambda_.Function(self, one["name"], code=lambda_.Code.from_asset("functions/bills"),
                     handler=f"{one['file']}.{KIND['entry']}")
""",
        imports="""
KIND = {"entry": "handler"}
TABLE = [{"name": "Paid", "file": "paid"}, {"name": "Sent", "file": "sent"}]
class Worker(lambda_.Function):
    def __init__(self, scope, id, *, entry, module="main"):
        code = lambda_.Code.from_asset(entry)
        super().__init__(scope, id, code=code, handler=f"{module}.handler")
""",
        **{
            f"functions/{path}.py": HANDLER
            for path in (
                *("mails/mails", "texts/texts", "stock/app", "worker/main"),
                *("bills/paid", "bills/sent"),
            )
        },
    )
    assert places(app) == {
        ("functions/mails/mails.py", "handler"),
        ("functions/texts/texts.py", "handler"),
        ("functions/stock/app.py", "handler"),
        ("functions/worker/main.py", "handler"),
        ("functions/bills/paid.py", "handler"),
        ("functions/bills/sent.py", "handler"),
    }


def test_a_method_is_followed_to_its_calls() -> None:
    method = """
    def function(self, name, folder="functions/orders"):
        return lambda_.Function(self, name, code=lambda_.Code.from_asset(folder),
                                handler="index.handler")
"""
    app = read_tree(
        {
            "app.py": "import aws_cdk as cdk\nfrom aws_cdk import aws_lambda as lambda_\n"
            "class S(cdk.Stack):\n    def __init__(self, scope, id):\n"
            '        super().__init__(scope, id)\n        self.function("A")\n'
            '        self.function(name="B", folder="functions/bills")\n' + method,
            "functions/orders/index.py": HANDLER,
            "functions/bills/index.py": HANDLER,
        }
    )
    assert places(app) == {
        ("functions/orders/index.py", "handler"),
        ("functions/bills/index.py", "handler"),
    }


@pytest.mark.parametrize(
    ("runtime", "name", "may_be_python"),
    [
        ("lambda_.Runtime.PYTHON_3_12", "python3.12", True),
        ('lambda_.Runtime("python3.13")', "python3.13", True),
        ("lambda_.Runtime.NODEJS_20_X", "nodejs20.x", False),
        ("lambda_.Runtime.PROVIDED_AL2023", "provided.al2023", False),
        ("lambda_.Runtime.FROM_IMAGE", None, True),
        ("runtime", None, True),
    ],
)
def test_runtimes(runtime: str, name: str | None, may_be_python: bool) -> None:
    function = the_function(
        stack(
            f'lambda_.Function(self, "F", runtime={runtime}, handler="index.handler",'
            ' code=lambda_.Code.from_asset("functions/orders"))'
        )
    )
    assert function.runtime == name
    assert function.may_be_python is may_be_python


def test_a_function_of_another_language_deploys_no_python() -> None:
    app = stack(
        'lambda_.Function(self, "F", runtime=lambda_.Runtime.NODEJS_20_X, handler="index.handler",'
        ' code=lambda_.Code.from_asset("functions/orders"))'
    )
    assert the_handler(app).is_orphan


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ('lambda_.Code.from_inline("def f(e, c): pass")', "inline"),
        ('lambda_.InlineCode("def f(e, c): pass")', "inline"),
        ("lambda_.Code.from_inline(TEXT)", "inline"),
        ('lambda_.Code.from_bucket(bucket, "key")', "elsewhere"),
        ("lambda_.Code.from_ecr_image(repository)", "elsewhere"),
        ("code", "elsewhere"),
    ],
)
def test_other_kinds_of_code(code: str, kind: str) -> None:
    app = stack(
        f'lambda_.Function(self, "F", code={code}, handler="index.f")',
        imports='TEXT = """def f(e, c):\n    pass\n"""\n',
    )
    function = the_function(app)
    assert (function.code, function.path) == (kind, None)
    assert (function.text is not None) is (kind == "inline")


@pytest.mark.parametrize(
    "code",
    [
        '{"zip_file": "def f(e, c): pass"}',
        'lambda_.CfnFunction.CodeProperty(zip_file="def f(e, c): pass")',
    ],
)
def test_inline_code_of_a_resource(code: str) -> None:
    app = stack(f'lambda_.CfnFunction(self, "F", code={code}, role="r", runtime="python3.12")')
    function = the_function(app)
    assert (function.code, function.runtime) == ("inline", "python3.12")


@pytest.mark.parametrize(
    "text",
    [
        'with open("functions/orders/index.py") as file:\n    code = file.read()',
        'code = open("functions/orders/index.py", encoding="utf8").read()',
        'code = Path("functions/orders/index.py").read_text()',
        'code = (Path(__file__).parent.parent / "functions/orders/index.py").read_text("utf8")',
    ],
)
def test_inline_code_that_the_app_reads_from_a_file(text: str) -> None:
    function = 'lambda_.Function(self, "F", code=lambda_.InlineCode(code), handler="index.handler")'
    app = stack(f"{text}\n{function}")
    assert the_function(app).code == "file"
    assert places(app) == {("functions/orders/index.py", "handler")}


def test_inline_handlers_are_read_apart() -> None:
    app = stack(
        'lambda_.Function(self, "F", code=lambda_.Code.from_inline(TEXT), handler="index.f")\n'
        'lambda_.Function(self, "G", code=lambda_.Code.from_inline("no python:"), handler="i.f")',
        imports='TEXT = """\nimport json\ndef f(event, context):\n    pass\n"""\n',
    )
    ((text, handler),) = app.inline_handlers
    assert text.constant == "\nimport json\ndef f(event, context):\n    pass\n"
    assert handler.function is not None
    assert handler.function.name == "f"
    assert the_handler(app).is_orphan


def test_a_folder_without_python_is_where_the_app_says() -> None:
    app = stack(
        'lambda_.Function(self, "F", code=lambda_.Code.from_asset("web"), handler="index.handler")'
    )
    assert the_function(app).path == f"{ROOT}/web"
    assert the_handler(app).is_orphan


# Docker


@pytest.mark.parametrize(
    ("dockerfile", "place"),
    [
        (
            'FROM python\nCOPY src ${LAMBDA_TASK_ROOT}\nCMD [ "main.handler" ]\n',
            ("image/src/main.py", "handler"),
        ),
        (
            'FROM a AS b\nCMD ["x"]\nFROM c\nCMD ["main.work"]\r\n',
            ("image/src/main.py", "work"),
        ),
        ("FROM python\nCMD python main.py\n", ("image/src/main.py", "handler")),
        ("", ("image/src/main.py", "handler")),
    ],
)
def test_images_run_what_their_dockerfile_says(dockerfile: str, place: tuple[str, str]) -> None:
    app = stack(
        'lambda_.DockerImageFunction(self, "F",'
        ' code=lambda_.DockerImageCode.from_image_asset("image"))',
        **{
            "image/Dockerfile": dockerfile,
            "image/src/main.py": HANDLER + "def work(e, c):\n    pass\n",
        },
    )
    assert places(app) == {place}


# Orphans


@pytest.mark.parametrize(
    "source",
    [
        "def handler(event, context): pass",
        "def main(event, _): pass",
        "async def handler(event, context): pass",
        "def handler(event: dict, context: object = None) -> dict: pass",
        "@logged\ndef handler(\n    event,\n    context,\n): pass",
    ],
)
def test_orphans(source: str) -> None:
    handler = the_handler(read_tree({"app.py": "import aws_cdk", "src/orders.py": source}))
    assert handler.is_orphan
    assert handler.module.path == f"{ROOT}/src/orders.py"
    assert handler.function is not None


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("src/orders.py", "def handler(event): pass"),
        ("src/orders.py", "def handler(event, context, more): pass"),
        ("src/orders.py", "def handler(event, *rest): pass"),
        ("src/orders.py", "def handler(event, *, context): pass"),
        ("src/orders.py", "def handler(message, context): pass"),
        ("src/orders.py", "def handler(events, context): pass"),
        ("src/orders.py", "def outer():\n    def handler(event, context): pass"),
        ("src/orders.py", "class A:\n    def handler(self, event, context): pass"),
        ("src/orders.py", "import aws_cdk\ndef handler(event, context): pass"),
        ("tests/unit/orders.py", HANDLER),
        ("src/test_orders.py", HANDLER),
        ("src/orders_test.py", HANDLER),
        ("src/conftest.py", HANDLER),
        ("setup.py", HANDLER),
    ],
)
def test_what_is_no_orphan(path: str, source: str) -> None:
    app = read_tree({"app.py": "import aws_cdk", path: source})
    assert app.handlers == ()


def test_a_module_that_a_handler_imports_is_no_orphan() -> None:
    app = stack(
        'lambda_.Function(self, "F", code=lambda_.Code.from_asset("functions/orders"),'
        ' handler="main.handler")',
        **{
            "functions/orders/main.py": "from index import handler as inner\n"
            "from . import local\nimport json\n"
            "def handler(event, context):\n    return inner(event, context)\n",
            "functions/orders/local.py": "import os\n",
            "functions/orders/unused.py": "",
            "json.py": "",
        },
    )
    handler = the_handler(app)
    assert [module.path.rpartition("/")[2] for module in handler.modules] == [
        "main.py",
        "local.py",
        "index.py",
    ]


def test_a_handler_that_may_be_deployed_is_no_orphan() -> None:
    app = stack(
        'lambda_.Function(self, "F", code=lambda_.Code.from_asset(folder), handler="index.handler")'
    )
    assert places(app) == {("functions/orders/index.py", "handler")}


def test_one_handler_of_two_functions() -> None:
    function = 'code=lambda_.Code.from_asset("functions/orders"), handler="index.handler"'
    app = stack(f'lambda_.Function(self, "A", {function})\nlambda_.Function(self, "B", {function})')
    assert the_handler(app).deployed_by == app.functions
    assert len(app.functions) == 2


# Definitions


@pytest.mark.parametrize(
    ("source", "function", "is_wrapped"),
    [
        ("def handler(event, context): pass", "handler", False),
        ("def main(event, context): pass\nhandler = main", "main", False),
        ("from work import main as handler", "main", False),
        ("from work import *\nhandler = main", "main", False),
        ("import work\nhandler = work.main", "main", False),
        ("def main(event, context): pass\nhandler = middleware(main)", "main", True),
        ("def main(event, context): pass\nhandler = wrap(main, level=1)", "main", True),
        (
            "class Work:\n    def __call__(self, event, context): pass\nhandler = Work()",
            "__call__",
            False,
        ),
        (
            "class Work:\n    def run(self, event, context): pass\nhandler = Work().run",
            "run",
            False,
        ),
        (
            "class Base:\n    def run(self, event, context): pass\nclass Work(Base):\n    pass\n"
            "work = Work()\nhandler = work.run",
            "run",
            False,
        ),
        ("from mangum import Mangum\nhandler = Mangum(app)", None, True),
        ("handler = lambda event, context: event", None, False),
        ("", None, False),
    ],
)
def test_definitions(source: str, function: str | None, is_wrapped: bool) -> None:
    app = stack(
        'lambda_.Function(self, "F", code=lambda_.Code.from_asset("functions/tasks"),'
        ' handler="entry.handler")',
        **{
            "functions/tasks/entry.py": source,
            "functions/tasks/work.py": "def main(event, context): pass\n",
            "functions/orders/index.py": "",
        },
    )
    (handler,) = (h for h in app.handlers if not h.is_orphan)
    assert (handler.function.name if handler.function else None) == function
    assert handler.is_wrapped is is_wrapped


# Apps without stacks


def test_a_folder_or_a_file_of_handlers_is_an_app() -> None:
    handler = the_handler(read_tree({"orders.py": HANDLER, "notes.py": "x = 1\n"}))
    assert handler.is_orphan


def test_what_a_handler_imports_is_read_later_and_changes_no_reading_of_the_app() -> None:
    app = read_tree({"index.py": f"import tools\n{HANDLER}", "tools.py": "x = 1\n"})
    before = app.modules.loaded()
    assert [module.path for module in the_handler(app).modules] == [
        "/app/index.py",
        "/app/tools.py",
    ]
    assert app.modules.loaded() == before
    assert len(app.modules.everything()) == 2


def test_only_files_with_a_mark_are_parsed() -> None:
    files = {
        f"{ROOT}/orders.py": HANDLER.encode(),
        f"{ROOT}/broken.py": b"def (",
        f"{ROOT}/notes.py": b"x = 1\n",
    }
    app = read_app(ROOT, files, Settings())
    assert [module.path for module in app.modules.loaded()] == [f"{ROOT}/orders.py"]
    assert app.problems == ()
