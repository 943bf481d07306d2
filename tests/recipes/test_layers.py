"""A layer for a function that another fix adds beside one of the app's."""

from __future__ import annotations

from tapfix.edits import CreateFile
from tapfix.model.app import App
from tapfix.recipes.arguments import Obstacle
from tapfix.recipes.layers.layers import Layer, Layers
from tests.model.apps import read

STACK = """\
from aws_cdk import App, Stack, aws_lambda as lambda_
from lib.layers.bundling import python_layer_code

app = App()
stack = Stack(app, "Shop")
{before}worker = lambda_.Function(
    stack,
    "Worker",
    runtime=lambda_.Runtime.PYTHON_3_12,
    handler="main.handler",
    code=lambda_.Code.from_asset("src"),
)
"""
CLIENTS = """\
clients = lambda_.LayerVersion(stack, "Clients", code=lambda_.Code.from_asset("clients"))
"""
HANDLER = "import redis\n\n\ndef handler(event, context):\n    return None\n"


def shop(before: str = "", **files: str) -> App:
    return read(STACK.format(before=before), {"src/main.py": HANDLER, **files})


def beside(app: App, *modules: str, machine: str = "X86_64") -> Layer | Obstacle:
    (worker,) = app.of("aws_lambda.Function")
    return app.once(Layers.of).beside(worker, modules, 12, machine)


def created(layer: Layer | Obstacle) -> dict[str, str]:
    assert isinstance(layer, Layer)
    files = (edit for edit in layer.edits if isinstance(edit, CreateFile))
    return {edit.path: edit.text for edit in files if edit.path.endswith(".txt")}


def test_the_layer_that_the_neighbour_gets_is_shared() -> None:
    app = shop()
    layer = beside(app, "redis")
    (worker,) = app.of("aws_lambda.Function")
    planned = app.once(Layers.of).edits[worker]
    assert isinstance(layer, Layer)
    assert isinstance(planned, tuple)
    assert layer.name == "dependencies_layer"
    assert set(layer.edits) < set(planned)


def test_other_modules_get_another_layer_and_the_same_one_each_time() -> None:
    app = shop()
    layer = beside(app, "psycopg2")
    assert created(layer) == {
        "/app/lib/layers/psycopg2/requirements.txt": "psycopg2-binary>=2.9,<3\n"
    }
    assert beside(app, "psycopg2") is layer


def test_another_machine_gets_another_layer() -> None:
    layer = beside(shop(), "redis", machine="ARM_64")
    assert created(layer) == {"/app/lib/layers/redis/requirements.txt": "redis>=8.1,<9\n"}


def test_a_layer_of_the_app_is_used() -> None:
    app = shop(CLIENTS, **{"clients/python/psycopg2/__init__.py": ""})
    layer = beside(app, "psycopg2")
    assert isinstance(layer, Layer)
    assert (layer.name, layer.edits) == ("clients", ())


def test_a_file_in_the_way_is_an_obstacle() -> None:
    assert isinstance(beside(shop(**{"lib.py": ""}), "psycopg2"), Obstacle)
