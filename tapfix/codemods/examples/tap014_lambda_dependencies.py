"""Spellings and look-alikes of TAP014."""

from __future__ import annotations

import textwrap
from pathlib import Path

import tapfix.recipes
from tapfix.codemods.examples.shapes import stack
from tapfix.rule import Example

IMPORTS = "from aws_cdk import aws_lambda as lambda_"
_TEMPLATES = Path(tapfix.recipes.__path__[0]) / "templates"
HELPER = (_TEMPLATES / "layer_bundling.py").read_text(encoding="utf-8")

FUNCTION = """
    lambda_.Function(
        self,
        "Worker",
        runtime=lambda_.Runtime.PYTHON_3_12,
        handler="worker.handler",
        code=lambda_.Code.from_asset("worker"),
    )
"""
IN_LAYER = """
    dependencies_layer = lambda_.LayerVersion(
        self,
        "DependenciesLayer",
        code=python_layer_code(
            "dependencies", lambda_.Runtime.PYTHON_3_12, lambda_.Architecture.X86_64
        ),
        compatible_runtimes=[lambda_.Runtime.PYTHON_3_12],
        compatible_architectures=[lambda_.Architecture.X86_64],
    )

    lambda_.Function(
        self,
        "Worker",
        runtime=lambda_.Runtime.PYTHON_3_12,
        handler="worker.handler",
        code=lambda_.Code.from_asset("worker"),
        layers=[dependencies_layer],
    )
"""
HANDLER = "\n\n\ndef handler(event, context):\n    return None\n"


def app(body: str, imports: str = IMPORTS, **files: str) -> dict[str, str]:
    """An app of one stack, and handlers ``<name>/<name>.py`` that start with these imports."""
    handlers = {f"{name}/{name}.py": textwrap.dedent(t) + HANDLER for name, t in files.items()}
    return {"app.py": stack(body, imports), **handlers}


def worker(imports: str, **files: str) -> dict[str, str]:
    """An app whose function ``Worker`` starts with these imports, with files beside it."""
    beside = {f"worker/{name.replace('__', '.')}": text for name, text in files.items()}
    return app(FUNCTION, worker=imports) | beside


def layers(**packages: str) -> dict[str, str]:
    """The files of new layers: what each holds, with blanks between the packages."""
    files = {
        f"lib/layers/{name}/requirements.txt": "".join(f"{line}\n" for line in lines.split())
        for name, lines in packages.items()
    }
    return {"lib/layers/bundling.py": HELPER, **files}


def layered_stack(body: str) -> str:
    """An app file that imports the helper."""
    constructs = "from constructs import Construct\n"
    helper = "\nfrom lib.layers.bundling import python_layer_code\n"
    return stack(body, IMPORTS).replace(constructs, constructs + helper)


def layered(before: dict[str, str], body: str, **packages: str) -> dict[str, str]:
    """The app with another body of its stack, and with new layers."""
    return before | {"app.py": layered_stack(body)} | layers(**packages)


POSTGRES_AND_REDIS = worker("import json\n\nimport psycopg2\nimport redis")
DEEP = worker("from lib import store", **{"lib/store__py": "def get():\n    import yaml\n"})
DECLARED = worker("import redis", requirements__txt="redis==5.2.1  # as in production\nboto3\n")
PINNED = worker("import redis\nimport requests") | {"requirements.txt": "redis~=7.1\nrequests\n"}
UNKNOWN_BUT_DECLARED = worker("import acme", requirements__txt="acme-sdk==2.0\n")
SQLALCHEMY = worker(
    'from sqlalchemy import create_engine\n\nURL = "postgresql+pg8000://{}:{}@{}/{}"'
)
OLD_PYTHON = app(FUNCTION.replace("3_12", "3_9"), worker="import redis\nimport pytz")

WHOLE_APP = worker("import redis") | {"worker/requirements.txt": "aws-cdk-lib==2.200.0\nredis\n"}

INLINE = """
    lambda_.Function(
        self,
        "Ping",
        runtime=lambda_.Runtime.PYTHON_3_12,
        handler="index.handler",
        code=lambda_.Code.from_inline(
            "import requests\\n\\ndef handler(event, context): print(requests)"
        ),{layers}
    )
"""

TWO = """
    lambda_.Function(
        self,
        "Reader",
        runtime=lambda_.Runtime.PYTHON_3_12,
        handler="reader.handler",
        code=lambda_.Code.from_asset("reader"),{reader}
    )
    # Writes.
    lambda_.Function(
        self,
        "Writer",
        runtime=lambda_.Runtime.PYTHON_3_12,
        architecture=lambda_.Architecture.{machine},
        handler="writer.handler",
        code=lambda_.Code.from_asset("writer"),{writer}
    )
"""


def two(machine: str = "X86_64", reader: str = "", writer: str = "") -> str:
    """Two functions, each with the layer of that name, if it has one."""
    given = [f"\n        layers=[{name}]," if name else "" for name in (reader, writer)]
    return TWO.format(machine=machine, reader=given[0], writer=given[1])


def layer(name: str, folder: str, machine: str = "X86_64", layer_id: str = "") -> str:
    """The statement of a layer."""
    layer_id = layer_id or "".join(part.capitalize() for part in name.split("_"))
    call = f'"{folder}", lambda_.Runtime.PYTHON_3_12, lambda_.Architecture.{machine}'
    return f"""
    {name} = lambda_.LayerVersion(
        self,
        "{layer_id}",
        code=python_layer_code(
            {call}
        ),
        compatible_runtimes=[lambda_.Runtime.PYTHON_3_12],
        compatible_architectures=[lambda_.Architecture.{machine}],
    )
"""


SHARING = app(two(), reader="import redis", writer="import redis\nimport requests")
APART = app(two(), reader="import redis", writer="import requests")
MACHINES = app(two("ARM_64"), reader="import redis", writer="import redis")

SCRIPT = {
    "app.py": """\
import aws_cdk as cdk

app = cdk.App()
stack = cdk.Stack(app, "Reports")
report = cdk.aws_lambda.Function(
    stack, "report-writer", code=cdk.aws_lambda.Code.from_asset("src"),
    runtime=cdk.aws_lambda.Runtime.PYTHON_3_13, handler="report.main",
    architecture=cdk.aws_lambda.Architecture.ARM_64)
app.synth()
""",
    "src/report.py": "from openpyxl import Workbook\n\n\ndef main(event, context):\n    pass\n",
}
SCRIPT_AFTER = SCRIPT | {
    "app.py": """\
import aws_cdk as cdk

from lib.layers.bundling import python_layer_code

app = cdk.App()
stack = cdk.Stack(app, "Reports")
dependencies_layer = cdk.aws_lambda.LayerVersion(
    stack,
    "dependencies-layer",
    code=python_layer_code(
        "dependencies",
        cdk.aws_lambda.Runtime.PYTHON_3_13,
        cdk.aws_lambda.Architecture.ARM_64,
    ),
    compatible_runtimes=[cdk.aws_lambda.Runtime.PYTHON_3_13],
    compatible_architectures=[cdk.aws_lambda.Architecture.ARM_64],
)

report = cdk.aws_lambda.Function(
    stack, "report-writer", code=cdk.aws_lambda.Code.from_asset("src"),
    runtime=cdk.aws_lambda.Runtime.PYTHON_3_13, handler="report.main",
    architecture=cdk.aws_lambda.Architecture.ARM_64,
    layers=[dependencies_layer])
app.synth()
"""
}

METHODS = {
    "cdk.json": '{"app": "python3 app.py"}\n',
    "app.py": """\
from aws_cdk import App

from shop.shop_stack import ShopStack

ShopStack(App(), "Shop")
""",
    "shop/shop_stack.py": """\
from aws_cdk import Stack, aws_lambda as _lambda


class ShopStack(Stack):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        self.orders = self._function("orders")
        self.carts = self._function("carts")

    def _function(self, name):
        return _lambda.Function(
            self,
            f"{name}-function",
            runtime=_lambda.Runtime.PYTHON_3_11,
            handler=f"{name}.handler",
            code=_lambda.Code.from_asset("functions"),
        )
""",
    "functions/orders.py": "import redis" + HANDLER,
    "functions/carts.py": "import json" + HANDLER,
}
METHODS_AFTER = (
    METHODS
    | layers(dependencies="redis>=8.1,<9")
    | {
        "shop/shop_stack.py": """\
from aws_cdk import Stack, aws_lambda as _lambda

from lib.layers.bundling import python_layer_code


class ShopStack(Stack):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)

        self.dependencies_layer = _lambda.LayerVersion(
            self,
            "DependenciesLayer",
            code=python_layer_code(
                "dependencies", _lambda.Runtime.PYTHON_3_11, _lambda.Architecture.X86_64
            ),
            compatible_runtimes=[_lambda.Runtime.PYTHON_3_11],
            compatible_architectures=[_lambda.Architecture.X86_64],
        )
        self.orders = self._function("orders")
        self.carts = self._function("carts")

    def _function(self, name):
        return _lambda.Function(
            self,
            f"{name}-function",
            runtime=_lambda.Runtime.PYTHON_3_11,
            handler=f"{name}.handler",
            code=_lambda.Code.from_asset("functions"),
            layers=[self.dependencies_layer],
        )
"""
    }
)

STACKS = {
    "app.py": """\
from aws_cdk import App

from shop.carts import CartsStack
from shop.orders import OrdersStack

app = App()
CartsStack(app, "Carts")
OrdersStack(app, "Orders")
app.synth()
""",
    "src/carts/main.py": "import redis" + HANDLER,
    "src/orders/main.py": "import psycopg2\nimport redis" + HANDLER,
}
IN_STACK = """\
import aws_cdk as cdk
import aws_cdk.aws_lambda as lambda_
{imports}

class {name}Stack(cdk.Stack):
    def __init__(self, scope, id):
        super().__init__(scope, id)
{layer}        self.function = lambda_.Function(
            self,
            "Function",
            runtime=lambda_.Runtime.PYTHON_3_12,
            code=lambda_.Code.from_asset("src/{folder}"),
            handler="main.handler",{given}
        )
"""
NEW_LAYER = """\
        dependencies_layer = lambda_.LayerVersion(
            self,
            "DependenciesLayer",
            code=python_layer_code(
                "dependencies", lambda_.Runtime.PYTHON_3_12, lambda_.Architecture.X86_64
            ),
            compatible_runtimes=[lambda_.Runtime.PYTHON_3_12],
            compatible_architectures=[lambda_.Architecture.X86_64],
        )

"""


def stacks(imports: str = "", layer: str = "", given: str = "") -> dict[str, str]:
    """The app of two stacks in two files."""
    files = {
        f"shop/{name.lower()}.py": IN_STACK.format(
            name=name, folder=name.lower(), imports=imports, layer=layer, given=given
        )
        for name in ("Carts", "Orders")
    }
    return STACKS | files


LOOP = """
    for name in ("reader", "writer"):
        lambda_.Function(
            self,
            name,
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler=f"{name}.handler",
            code=lambda_.Code.from_asset(name),LAYERS
        )
"""

WITH_COMMON = """
    common = lambda_.LayerVersion(
        self, "Common", code=lambda_.Code.from_asset("layers/common")
    )
    lambda_.Function(
        self,
        "Worker",
        layers=[common],
        runtime=lambda_.Runtime.PYTHON_3_12,
        handler="worker.handler",
        code=lambda_.Code.from_asset("worker"),
    )
"""
COMMON = {"layers/common/python/common/__init__.py": ""}
EXTENDED = app(WITH_COMMON, worker="import common\nimport redis") | COMMON
AT_HAND = {
    **app("pass", reader="import redis", writer="from redis.cluster import RedisCluster"),
    "app.py": layered_stack(layer("python_layer", "clients") + two(reader="python_layer")),
} | layers(clients="redis>=8.1,<9")

PYTHON_FUNCTION = """
    PythonFunction(
        self,
        "Worker",
        entry="worker",
        index="worker.py",
        runtime=lambda_.Runtime.PYTHON_3_12,
    )
"""
ALPHA = f"{IMPORTS}\nfrom aws_cdk.aws_lambda_python_alpha import PythonFunction"
BUILT = app(PYTHON_FUNCTION, ALPHA, worker="import boto3\nimport yaml")


def given(argument: str) -> str:
    """The function with one more argument."""
    return FUNCTION.rstrip().removesuffix(")").rstrip() + f"\n        {argument}\n    )\n"


EXAMPLES: tuple[Example, ...] = (
    Example(
        "two packages",
        POSTGRES_AND_REDIS,
        layered(POSTGRES_AND_REDIS, IN_LAYER, dependencies="psycopg2-binary>=2.9,<3 redis>=8.1,<9"),
    ),
    Example(
        "inside a function of a module that the handler imports",
        DEEP,
        layered(DEEP, IN_LAYER, dependencies="PyYAML>=6.0,<7"),
    ),
    Example(
        "declared in the function's folder, where nothing installs it",
        DECLARED,
        layered(DECLARED, IN_LAYER, dependencies="redis==5.2.1"),
    ),
    Example(
        "of an unknown distribution that the folder declares",
        UNKNOWN_BUT_DECLARED,
        layered(UNKNOWN_BUT_DECLARED, IN_LAYER, dependencies="acme-sdk==2.0"),
    ),
    Example(
        "pinned in the app's own requirements",
        PINNED,
        layered(PINNED, IN_LAYER, dependencies="redis~=7.1 requests>=2.34,<3"),
    ),
    Example(
        "beside the list of the app's own packages",
        WHOLE_APP,
        layered(WHOLE_APP, IN_LAYER, dependencies="redis>=8.1,<9"),
    ),
    Example(
        "a driver that a URL names",
        SQLALCHEMY,
        layered(SQLALCHEMY, IN_LAYER, dependencies="pg8000>=1.31,<2 SQLAlchemy>=2.1,<3"),
    ),
    Example(
        "a Python that the newest version does not take",
        OLD_PYTHON,
        layered(
            OLD_PYTHON,
            IN_LAYER.replace("3_12", "3_9"),
            dependencies="pytz>=2026.4 redis<9",
        ),
    ),
    Example(
        "inline code",
        app(INLINE.format(layers="")),
        layered(
            {},
            layer("dependencies_layer", "dependencies")
            + INLINE.format(layers="\n        layers=[dependencies_layer],"),
            dependencies="requests>=2.34,<3",
        ),
    ),
    Example(
        "one layer for functions that share a package",
        SHARING,
        layered(
            SHARING,
            layer("dependencies_layer", "dependencies")
            + two(reader="dependencies_layer", writer="dependencies_layer"),
            dependencies="redis>=8.1,<9 requests>=2.34,<3",
        ),
    ),
    Example(
        "a layer for each of two that share nothing",
        APART,
        layered(
            APART,
            layer("redis_layer", "redis")
            + two(reader="redis_layer", writer="requests_layer").replace(
                "    # Writes.",
                layer("requests_layer", "requests").lstrip("\n").rstrip(" ") + "\n    # Writes.",
            ),
            redis="redis>=8.1,<9",
            requests="requests>=2.34,<3",
        ),
    ),
    Example(
        "two architectures",
        MACHINES,
        layered(
            MACHINES,
            layer(
                "dependencies_python312_x86_64_layer",
                "dependencies",
                layer_id="DependenciesPython312X8664Layer",
            )
            + two(
                "ARM_64",
                "dependencies_python312_x86_64_layer",
                "dependencies_python312_arm_64_layer",
            ).replace(
                "    # Writes.",
                layer("dependencies_python312_arm_64_layer", "dependencies", "ARM_64").lstrip("\n")
                + "\n    # Writes.",
            ),
            dependencies="redis>=8.1,<9",
        ),
    ),
    Example(
        "in the app file, another runtime and architecture",
        SCRIPT,
        SCRIPT_AFTER | layers(dependencies="openpyxl>=3.1,<4"),
    ),
    Example("in a helper method that makes several", METHODS, METHODS_AFTER),
    Example(
        "two stacks that share what their layers hold",
        stacks(),
        stacks(
            "\nfrom lib.layers.bundling import python_layer_code\n",
            NEW_LAYER,
            "\n            layers=[dependencies_layer],",
        )
        | layers(dependencies="psycopg2-binary>=2.9,<3 redis>=8.1,<9"),
    ),
    Example(
        "in a loop",
        app(LOOP.replace("LAYERS", ""), reader="import redis", writer="import redis"),
        layered(
            app("pass", reader="import redis", writer="import redis"),
            layer("dependencies_layer", "dependencies")
            + LOOP.replace("LAYERS", "\n            layers=[dependencies_layer],"),
            dependencies="redis>=8.1,<9",
        ),
    ),
    Example(
        "beside a layer that lacks it",
        EXTENDED,
        layered(
            EXTENDED,
            WITH_COMMON.replace("[common]", "[common, dependencies_layer]").replace(
                "    lambda_.Function(",
                layer("dependencies_layer", "dependencies").lstrip("\n")
                + "\n    lambda_.Function(",
            ),
            dependencies="redis>=8.1,<9",
        ),
    ),
    Example(
        "a layer of the app holds it",
        AT_HAND,
        AT_HAND
        | {
            "app.py": layered_stack(
                layer("python_layer", "clients") + two(reader="python_layer", writer="python_layer")
            )
        },
    ),
    Example(
        "a PythonFunction that declares nothing",
        BUILT,
        BUILT | {"worker/requirements.txt": "PyYAML>=6.0,<7\n"},
    ),
    # Silent
    Example(
        "the standard library and the SDK", worker("import json\nimport boto3, botocore.config")
    ),
    Example(
        "an import that may fail",
        worker("try:\n    import psycopg2\nexcept ImportError:\n    psycopg2 = None"),
    ),
    Example(
        "an import for type checkers",
        worker(
            "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from redis import Redis"
        ),
    ),
    Example(
        "a module of the folder with the name of a package",
        worker("import redis", redis__py="def get(key):\n    return key\n"),
    ),
    Example(
        "a package in the folder",
        worker("import redis", **{"redis/__init____py": "", "redis/client__py": ""}),
    ),
    Example(
        "a package that pip has put into the folder",
        worker("import redis")
        | {"worker/redis-7.1.0.dist-info/RECORD": "redis/__init__.py,sha256=abc,12\n"},
    ),
    Example(
        "a folder that is bundled",
        app(
            FUNCTION.replace('"worker")', '"worker", bundling=OPTIONS)'),
            f"""{IMPORTS}
from aws_cdk import BundlingOptions

OPTIONS = BundlingOptions(image=lambda_.Runtime.PYTHON_3_12.bundling_image)
""",
            worker="import redis",
        ),
    ),
    Example(
        "a layer from elsewhere",
        app(
            given('layers=[lambda_.LayerVersion.from_layer_version_arn(self, "Db", ARN)],'),
            f"{IMPORTS}\n\nARN = 'arn:aws:lambda:us-east-1:123456789012:layer:db:1'",
            worker="import psycopg2",
        ),
    ),
    Example(
        "layers that are handed in",
        app(given('layers=self.node.try_get_context("layers"),'), worker="import redis"),
    ),
    Example(
        "arguments that are not to be seen",
        app(given('**(self.node.try_get_context("options") or {}),'), worker="import redis"),
    ),
    Example(
        "a PythonFunction that declares what another needs",
        app(PYTHON_FUNCTION, ALPHA, worker="import requests\nimport certifi")
        | {"worker/requirements.txt": "requests==2.32.3\n"},
    ),
    Example(
        "a PythonFunction with a lock file",
        app(PYTHON_FUNCTION, ALPHA, worker="import requests") | {"worker/poetry.lock": ""},
    ),
    Example(
        "a Docker image",
        app(
            """
            lambda_.DockerImageFunction(
                self, "Worker", code=lambda_.DockerImageCode.from_image_asset("worker")
            )
            """,
            worker="import psycopg2",
        )
        | {"worker/Dockerfile": "FROM scratch\n"},
    ),
    Example(
        "another language",
        app(FUNCTION.replace("PYTHON_3_12", "NODEJS_22_X"), worker="import psycopg2"),
    ),
    Example(
        "a search path of its own",
        worker('import sys\n\nsys.path.insert(0, "vendor")\n\nimport redis'),
    ),
    Example("a handler that nothing deploys", app("pass", worker="import psycopg2")),
    Example(
        "a layer with modules of its own beside its list of packages",
        app(WITH_COMMON, worker="import common\nimport redis")
        | COMMON
        | {"layers/common/requirements.txt": "redis==5.2.1\n"},
    ),
    Example(
        "a layer that holds it",
        app(WITH_COMMON, worker="import common\nimport idna")
        | {"layers/common/requirements.txt": "requests\ncommon\n"},
    ),
    Example(
        "what Lambda puts beside inline code",
        app(INLINE.replace("import requests", "import cfnresponse").format(layers="")),
    ),
    # Reported
    Example("a module that nobody knows", worker("import acme_pricing"), reported=True),
    Example(
        "a module of the app that is not deployed",
        worker("import pricing") | {"pricing.py": ""},
        reported=True,
    ),
    Example("a module that this Python has no longer", worker("import imp"), reported=True),
    Example(
        "a runtime that someone decides",
        app(
            FUNCTION.replace(
                "runtime=",
                'runtime=self.node.try_get_context("runtime") or ',
            ),
            worker="import redis",
        ),
        reported=True,
    ),
    Example(
        "a runtime that CDK has no constant for",
        app(
            FUNCTION.replace("Runtime.PYTHON_3_12", 'Runtime("python3.12")'), worker="import redis"
        ),
        reported=True,
    ),
    Example(
        "an architecture that someone decides",
        app(given('architecture=self.node.try_get_context("machine"),'), worker="import redis"),
        reported=True,
    ),
    Example("more than a layer may hold", worker("import torch"), reported=True),
    Example(
        "a list that refers to another file",
        worker("import redis", requirements__txt="-r ../common.txt\n"),
        reported=True,
    ),
    Example(
        "a PythonFunction that declares something else",
        app(PYTHON_FUNCTION, ALPHA, worker="import redis\nimport requests")
        | {"worker/requirements.txt": "requests==2.32.3\n"},
        reported=True,
    ),
    Example(
        "a generated resource class",
        app(
            """
            lambda_.CfnFunction(
                self,
                "Worker",
                role="arn:aws:iam::123456789012:role/worker",
                runtime="python3.12",
                handler="index.handler",
                code=lambda_.CfnFunction.CodeProperty(
                    zip_file="import redis\\n\\ndef handler(event, context): pass"
                ),
            )
            """
        ),
        reported=True,
    ),
)
