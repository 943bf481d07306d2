"""TAP014 beyond its examples: the layers that the real CDK and pip make, and odd places."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tapfix.codemods.tap014_lambda_dependencies import RULE
from tapfix.rule import Example
from tapfix.testing import Result, run_example
from tests.proofs import properties, resources
from tests.synthesis import Assembly, synthesise

BROKEN = Path(__file__).parents[2] / "examples/broken/lambda_dependencies"
MACHINES = {"X86_64": 62, "ARM_64": 183}
"""What the header of a shared library says of its machine."""

STACK = """\
from aws_cdk import App, Stack, aws_lambda as lambda_


class Shop(Stack):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
{body}

app = App()
Shop(app, "Shop")
app.synth()
"""
FUNCTION = """lambda_.Function(
    {scope},
    {id},
    runtime=lambda_.Runtime.PYTHON_3_12,
    architecture=lambda_.Architecture.{machine},
    handler="main.handler",
    code=lambda_.Code.from_asset("src"){more},
)
"""
HANDLER = "\n\n\ndef handler(event, context):\n    return None\n"


def function(
    id: str = '"Worker"', scope: str = "self", more: str = "", machine: str = "X86_64"
) -> str:
    return FUNCTION.format(scope=scope, id=id, machine=machine, more=more)


def app(body: str, imports: str = "import redis", **files: str) -> dict[str, str]:
    """An app whose constructor goes on with ``body``, with ``src/main.py`` for its functions."""
    lines = "".join(f"        {line}\n" if line else "\n" for line in body.splitlines())
    return {"app.py": STACK.format(body=lines), "src/main.py": imports + HANDLER, **files}


def run(files: Mapping[str, str]) -> Result:
    return run_example(RULE, Example("", files))


def reason(files: Mapping[str, str]) -> str:
    """Why the one finding of an app has no fix."""
    (finding,) = run(files).left
    assert finding.reason is not None
    return finding.reason


def written(files: Mapping[str, str], folder: Path) -> Path:
    for path, text in {"cdk.json": '{"app": "python3 app.py"}', **files}.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return folder


def synthesised(files: Mapping[str, str], folder: Path, outdir: Path | None = None) -> Assembly:
    """The templates of an app; with a folder for them its assets are bundled too."""
    context = {"aws:cdk:bundling-stacks": ["**"]} if outdir is not None else {}
    made = synthesise(written(files, folder), context=context, outdir=outdir)
    assert made.error is None
    return made


def layers(assembly: Assembly, outdir: Path) -> dict[str, Path]:
    """The folders that the layers of an app deploy, by ``stack/logical id``."""
    assets: dict[str, Any] = {}
    for path in outdir.glob("*.assets.json"):
        assets |= json.loads(path.read_text("utf-8"))["files"]
    found = {}
    for label, layer in resources(assembly.templates, "AWS::Lambda::LayerVersion"):
        key = properties(layer)["Content"]["S3Key"].removesuffix(".zip")
        found[label] = outdir / assets[key]["source"]["path"]
    return found


def machine_of(library: Path) -> int:
    header = library.read_bytes()[:20]
    assert header[:4] == b"\x7fELF"
    (machine,) = struct.unpack("<H", header[18:20])
    return int(machine)


@pytest.mark.parametrize("machine", MACHINES)
def test_the_layer_holds_the_packages_for_the_functions_machine(
    machine: str, tmp_path: Path
) -> None:
    files = run(app(function(machine=machine), "import psycopg2\nimport redis")).files
    out = tmp_path / "out"
    made = synthesised(files, tmp_path / "app", out)
    ((label, folder),) = layers(made, out).items()
    ((_, worker),) = resources(made.templates, "AWS::Lambda::Function")
    assert properties(worker)["Layers"] == [{"Ref": label.split("/")[1]}]
    names = {path.name for path in (folder / "python").iterdir()}
    assert {"psycopg2", "redis"} <= names
    libraries = [*folder.rglob("*.so*")]
    assert {machine_of(library) for library in libraries} == {MACHINES[machine]}
    (driver,) = (folder / "python/psycopg2").glob("_psycopg*.so")
    assert "cpython-312" in driver.name
    assert not [*folder.rglob("__pycache__"), *folder.rglob("RECORD"), *folder.rglob("bin")]


def test_the_broken_example_is_mended(tmp_path: Path) -> None:
    before = {
        path.relative_to(BROKEN).as_posix(): path.read_text("utf-8")
        for path in BROKEN.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    result = run(before)
    assert not result.left
    out = tmp_path / "out"
    made = synthesised(result.files, tmp_path / "app", out)
    (folder,) = layers(made, out).values()
    names = {path.name for path in (folder / "python").iterdir()}
    assert {"yaml", "requests", "urllib3"} <= names
    (driver,) = (folder / "python/yaml").glob("_yaml*.so")
    assert machine_of(driver) == MACHINES["ARM_64"]


def test_another_synth_makes_the_same_asset(tmp_path: Path) -> None:
    files = run(app(function(), "import redis")).files
    keys = [
        properties(layer)["Content"]["S3Key"]
        for turn in ("a", "b")
        for _, layer in resources(
            synthesised(files, tmp_path / turn, tmp_path / f"{turn}.out").templates,
            "AWS::Lambda::LayerVersion",
        )
    ]
    assert len(keys) == 2
    assert len(set(keys)) == 1


BRANCHES = f"""if construct_id:
    {function('"One"').replace(chr(10), chr(10) + "    ").rstrip()}
else:
    {function('"Two"').replace(chr(10), chr(10) + "    ").rstrip()}
"""
ONE_BRANCH = f"""if construct_id:
    first = {function('"One"').replace(chr(10), chr(10) + "    ").rstrip()}
    {function('"Two"').replace(chr(10), chr(10) + "    ").rstrip()}
"""
LISTED = f"""self.functions = [
    {function("name").replace(chr(10), chr(10) + "    ").rstrip()}
    for name in ("one", "two")
]
"""


@pytest.mark.parametrize(
    ("body", "indent"),
    [(BRANCHES, 8), (ONE_BRANCH, 12), (LISTED, 8)],
    ids=["both branches", "one branch", "comprehension"],
)
def test_the_layer_stands_where_all_functions_find_it(
    body: str, indent: int, tmp_path: Path
) -> None:
    result = run(app(body))
    assert not result.left
    text = result.files["app.py"]
    assert f"\n{' ' * indent}dependencies_layer = lambda_.LayerVersion(" in text
    made = synthesised(result.files, tmp_path)
    assert len([*resources(made.templates, "AWS::Lambda::LayerVersion")]) == 1
    assert all(
        properties(f)["Layers"] for _, f in resources(made.templates, "AWS::Lambda::Function")
    )


METHODS = """\
from aws_cdk import App, Stack, aws_lambda as lambda_


class Shop(Stack):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        self.add_reader()
        self.add_writer()

    def add_reader(self):
        {reader}

    def add_writer(self):
        {writer}


app = App()
Shop(app, "Shop")
app.synth()
"""


def test_methods_share_a_layer_that_the_constructor_keeps(tmp_path: Path) -> None:
    bodies = {
        name.lower(): function(f'"{name}"').replace("\n", "\n        ").rstrip()
        for name in ("Reader", "Writer")
    }
    files = app("pass") | {"app.py": METHODS.format(**bodies)}
    result = run(files)
    assert not result.left
    assert result.files["app.py"].count("layers=[self.dependencies_layer],") == 2
    made = synthesised(result.files, tmp_path)
    assert len([*resources(made.templates, "AWS::Lambda::LayerVersion")]) == 1


def test_names_and_ids_that_are_taken(tmp_path: Path) -> None:
    body = f"""dependencies_layer = "DependenciesLayer"
python_layer_code = None
{function()}"""
    result = run(app(body))
    text = result.files["app.py"]
    assert "import python_layer_code as python_layer_code_" in text
    assert "layers=[dependencies_layer_2]" in text
    assert '"DependenciesLayer2",' in text
    synthesised(result.files, tmp_path)


def test_a_folder_of_that_name_stays_as_it_is() -> None:
    other = {"lib/layers/dependencies/requirements.txt": "numpy\n"}
    result = run(app(function(), **other))
    assert result.files["lib/layers/dependencies/requirements.txt"] == "numpy\n"
    assert result.files["lib/layers/redis/requirements.txt"] == "redis>=8.1,<9\n"


def test_the_helper_is_found_from_the_scripts_folder(tmp_path: Path) -> None:
    files = app(function())
    files = {
        "cdk.json": '{"app": "python3 infra/app.py"}',
        "infra/app.py": files["app.py"],
        "src/main.py": files["src/main.py"],
    }
    result = run(files)
    assert "infra/lib/layers/bundling.py" in result.files
    synthesised(result.files, tmp_path)


def test_a_function_that_comes_later_gets_the_layer_that_is_there() -> None:
    result = run(app(function()))
    later = result.files["app.py"].replace(
        "\n\napp = App()",
        "\n        "
        + function('"Later"').replace("\n", "\n        ").rstrip()
        + "\n\n\napp = App()",
    )
    again = run(dict(result.files) | {"app.py": later})
    assert not again.left
    assert again.files["app.py"].count("LayerVersion(") == 1
    assert again.files["app.py"].count("layers=[dependencies_layer]") == 2


IN_FUNCTION = """\
from aws_cdk import App, Stack, aws_lambda as lambda_


def add(scope, name):
    return {function}

app = App()
stack = Stack(app, "Shop")
add(stack, "one")
add(stack, "two")
app.synth()
"""
INHERITED = """\
from aws_cdk import App, Stack, aws_lambda as lambda_


class Worker(lambda_.Function):
    def __init__(self, scope, construct_id):
        super().__init__(
            scope,
            construct_id,
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="main.handler",
            code=lambda_.Code.from_asset("src"),
        )


Worker(Stack(App(), "Shop"), "Worker")
"""
SEVERAL = IN_FUNCTION.format(
    function=function("name", "scope").replace("\n", "\n    ").rstrip() + "\n"
)
LIST = f"""layers = [
    lambda_.LayerVersion(self, "Other", code=lambda_.Code.from_asset("other"))
]
{function(more=", layers=layers")}"""
FIVE = f"""other = lambda_.LayerVersion(self, "Other", code=lambda_.Code.from_asset("other"))
{function(more=", layers=[other, other, other, other, other]")}"""
OTHER = {"other/python/other.py": ""}


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (app("") | {"app.py": SEVERAL}, "called more than once"),
        (app("") | {"app.py": INHERITED}, "a scope that it is given"),
        (app(LIST, **OTHER), "made elsewhere"),
        (app(FIVE, **OTHER), "5 layers"),
        (app(function(), **{"lib.py": ""}), "lib.py stands in the way"),
        (app(function(), **{"lib/layers/bundling.py": "X = 1\n"}), "something else"),
        (app(function(), "import torch"), "250 MB"),
    ],
)
def test_what_is_reported(files: dict[str, str], words: str) -> None:
    assert words in reason(files)


def test_layers_that_are_added_later_count() -> None:
    body = f"""worker = {function()}
worker.add_layers(
    lambda_.LayerVersion(self, "Clients", code=lambda_.Code.from_asset("clients"))
)"""
    record = {"clients/python/redis-8.dist-info/RECORD": "redis/__init__.py,,\n"}
    assert not run(app(body, **record)).first
    assert run(app(body, **{"clients/python/yaml/__init__.py": ""})).first


@pytest.mark.parametrize(
    "body",
    [
        """self.workers = [{function}]
for worker in self.workers:
    worker.add_layers(self.clients)""",
        """self.workers = {{"worker": {function}}}
for worker in self.workers.values():
    worker.add_layers(self.clients)""",
        """worker = {function}
worker.node.default_child.add_property_override("Layers", [self.clients])""",
    ],
)
def test_layers_that_come_where_names_cannot_be_followed(body: str) -> None:
    assert not run(app(body.format(function=function()))).first


@pytest.mark.parametrize(
    ("file", "command", "fires"),
    [
        ("README.md", "$ pip3 install -r src/requirements.txt -t src/", False),
        ("build.sh", "python -m pip install --target ./src \\\n  -r src/requirements.txt", False),
        ("Makefile", "build:\n\tcd src && pip install -r requirements.txt -t .", False),
        ("README.md", "pip install -r layer/requirements.txt -t layer/python", True),
        ("README.md", "pip install -r requirements.txt; zip -t src", True),
    ],
)
def test_packages_that_a_command_installs_beside_the_handler(
    file: str, command: str, fires: bool
) -> None:
    assert bool(run(app(function(), **{file: command})).first) is fires


PLAIN = 'lambda_.LayerVersion(self, "Common", code=lambda_.Code.from_asset("common"))'
BUILT = 'lambda_python.PythonLayerVersion(self, "Common", entry="common")'


@pytest.mark.parametrize(
    ("made", "path", "is_there"),
    [
        (PLAIN, "python/redis/__init__.py", True),
        (PLAIN, "python/lib/python3.12/site-packages/redis/__init__.py", True),
        (PLAIN, "python/poetry.lock", False),
        (BUILT, "redis/__init__.py", True),
        (BUILT, "helpers.py", False),
        (BUILT, "poetry.lock", True),
        (BUILT, "Pipfile", True),
    ],
)
def test_what_a_layer_of_the_app_brings(made: str, path: str, is_there: bool) -> None:
    files = app(f"common = {made}\n" + function(more=",\n    layers=[common]"))
    source = files["app.py"].replace(
        "lambda_\n", "lambda_, aws_lambda_python_alpha as lambda_python\n", 1
    )
    found = run({**files, "app.py": source, f"common/{path}": ""}).first
    assert bool(found) is not is_there


def test_the_message_names_what_is_missing() -> None:
    (finding,) = run(app(function(), "import psycopg2, redis\nimport yaml")).first
    assert "imports psycopg2, redis and yaml, which nothing installs" in finding.message


def test_functions_of_the_apps_tests_are_none_of_its_own() -> None:
    files = app(function())
    moved = {"app.py": "import aws_cdk\n", "tests/test_shop.py": files["app.py"]}
    assert not run({**files, **moved}).first


@pytest.mark.parametrize(
    ("argument", "other"),
    [
        ("compatible_runtimes", "lambda_.Runtime.PYTHON_3_11"),
        ("compatible_architectures", "lambda_.Architecture.ARM_64"),
    ],
)
def test_a_layer_for_another_runtime_or_machine_is_none_for_this_one(
    argument: str, other: str
) -> None:
    body = f"""clients = lambda_.LayerVersion(
    self, "Clients", code=lambda_.Code.from_asset("clients"), {argument}=[{{}}]
)
{function()}"""
    holds = {"clients/python/redis/__init__.py": ""}
    same = other.replace("3_11", "3_12").replace("ARM_64", "X86_64")
    assert "layers=[clients]" in run(app(body.format(same), **holds)).files["app.py"]
    assert "layers=[dependencies_layer]" in run(app(body.format(other), **holds)).files["app.py"]
