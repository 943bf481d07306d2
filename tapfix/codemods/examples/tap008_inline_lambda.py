"""Spellings and look-alikes of TAP008."""

from __future__ import annotations

from tapfix.codemods.examples.tap008_left_alone import LEFT_ALONE
from tapfix.codemods.examples.tap008_shapes import CODE, SCHEDULED, app, function, in_stack
from tapfix.rule import Example

_NODE = """\
exports.handler = async (event) => {
  return { statusCode: 200, body: `Hello ${event.name}\\n` };
};
"""
_ESM = """\
import { createHash } from "node:crypto";

export const handler = async (event) => createHash("sha256").update(event.text).digest("hex");
"""

_DIRECT = Example(
    "the text itself, in a stack of the app's folder",
    app(function('"Greeter"', f'_lambda.Code.from_inline("""\n{CODE}""")')),
    {
        "app.py": app(
            function('"Greeter"', '_lambda.Code.from_asset("lambda")', '"greeter.handler"')
        ),
        "lambda/greeter.py": CODE,
    },
)

_CONSTANT = Example(
    "a constant with a comment, dedented, in the folder of the stack",
    in_stack(
        function('"GreeterFunction"', "_lambda.Code.from_inline(textwrap.dedent(GREETER_CODE))"),
        "import textwrap\n\n",
        '''
# Greets whoever calls.
# (as the marketing people want it)
GREETER_CODE = """
    def handler(event, context):
        return f"Hello {event['name']}\\\\n"
"""
''',
    ),
    {
        **in_stack(
            function(
                '"GreeterFunction"',
                '_lambda.Code.from_asset("lib/lambda")',
                '"greeter_function.handler"',
            ),
        ),
        "lib/lambda/greeter_function.py": (
            "# Greets whoever calls.\n# (as the marketing people want it)\n"
            "def handler(event, context):\n    return f\"Hello {event['name']}\\n\"\n"
        ),
    },
)

_SEVERAL = Example(
    "two functions, in Python and in JavaScript: a folder each",
    app(
        function('f"Greeter-{stage}"', "_lambda.Code.from_inline(GREETER)")
        + function('"Hasher"', f"_lambda.InlineCode('''{_ESM}''')", runtime="NODEJS_22_X"),
        'stage = "beta"\nGREETER = """' + CODE + '"""\n',
    ),
    {
        "app.py": app(
            function(
                'f"Greeter-{stage}"',
                '_lambda.Code.from_asset("lambda/greeter")',
                '"greeter.handler"',
            )
            + function(
                '"Hasher"',
                '_lambda.Code.from_asset("lambda/hasher")',
                '"hasher.handler"',
                runtime="NODEJS_22_X",
            ),
            'stage = "beta"\n',
        ),
        "lambda/greeter/greeter.py": CODE,
        "lambda/hasher/hasher.mjs": _ESM,
    },
)

_JAVASCRIPT = Example(
    "CommonJS with escapes, a runtime of one's own, in a dict of arguments",
    app(
        f"""\
        props = {{
            "runtime": _lambda.Runtime("nodejs22.x", supports_inline_code=True),
            "handler": "index.handler",
            "code": _lambda.Code.from_inline({_NODE!r}),
        }}
        _lambda.Function(self, "Greeter", **props)
"""
    ),
    {
        "app.py": app(
            """\
        props = {
            "runtime": _lambda.Runtime("nodejs22.x", supports_inline_code=True),
            "handler": "greeter.handler",
            "code": _lambda.Code.from_asset("lambda"),
        }
        _lambda.Function(self, "Greeter", **props)
"""
        ),
        "lambda/greeter.js": _NODE,
    },
)

_METHOD = Example(
    "a method that returns the text, and the code bound to a name",
    app(
        """\
        code = _lambda.Code.from_inline(self._greeter_code())
"""
        + function('"Greeter"', "code")
        + f'''
    def _greeter_code(self):
        """What runs in Lambda."""
        return """{CODE}"""
'''
    ),
    {
        "app.py": app(
            """\
        code = _lambda.Code.from_asset("lambda")
"""
            + function('"Greeter"', "code", '"greeter.handler"')
        ),
        "lambda/greeter.py": CODE,
    },
)

_LOOP = Example(
    "a text that several functions of a loop share, beside a text of lines",
    app(
        """\
        for team in ("red", "blue"):
            _lambda.Function(
                self,
                f"{team}-Greeter",
                runtime=_lambda.Runtime.PYTHON_3_12,
                handler="index.handler",
                code=_lambda.Code.from_inline(
                    "\\n".join(
                        [
                            "def handler(event, context):",
                            "    return 'Hello'",
                        ]
                    )
                ),
            )
"""
    ),
    {
        "app.py": app(
            """\
        for team in ("red", "blue"):
            _lambda.Function(
                self,
                f"{team}-Greeter",
                runtime=_lambda.Runtime.PYTHON_3_12,
                handler="greeter.handler",
                code=_lambda.Code.from_asset("lambda"),
            )
"""
        ),
        "lambda/greeter.py": "def handler(event, context):\n    return 'Hello'\n",
    },
)

_SHARED = Example(
    "one constant of two functions: one file, and the constant stays",
    app(
        function('"Morning"', "_lambda.Code.from_inline(GREETER_CODE)")
        + function('"Evening"', "_lambda.Code.from_inline(code=GREETER_CODE)"),
        f'GREETER_CODE = """{CODE}"""\n',
    ),
    {
        "app.py": app(
            function('"Morning"', '_lambda.Code.from_asset("lambda")', '"greeter.handler"')
            + function('"Evening"', '_lambda.Code.from_asset("lambda")', '"greeter.handler"'),
            f'GREETER_CODE = """{CODE}"""\n',
        ),
        "lambda/greeter.py": CODE,
    },
)

_ORPHAN = Example(
    "a handler of the function's name that nothing deploys",
    {
        "app.py": app(
            function(
                '"Mailer"',
                '_lambda.Code.from_inline("def handler(event, context):\\n    pass\\n")',
                function_name='"send-greeting"',
            )
        ),
        "handlers/send_greeting.py": SCHEDULED,
        "handlers/texts.py": 'GREETING = "Hello"\n',
    },
    {
        "app.py": app(
            function(
                '"Mailer"',
                '_lambda.Code.from_asset("handlers")',
                '"send_greeting.handler"',
                function_name='"send-greeting"',
            )
        ),
        "handlers/send_greeting.py": SCHEDULED,
        "handlers/texts.py": 'GREETING = "Hello"\n',
    },
)

_ORPHAN_FOLDER = Example(
    "an orphan whose folder has the function's name",
    {
        "app.py": app(
            function(
                '"SendGreeting"',
                '_lambda.Code.from_inline("def handler(event, context):\\n    pass\\n")',
            )
        ),
        "functions/send_greeting/index.py": SCHEDULED,
        "functions/send_greeting/texts.py": 'GREETING = "Hello"\n',
    },
    {
        "app.py": app(
            function('"SendGreeting"', '_lambda.Code.from_asset("functions/send_greeting")')
        ),
        "functions/send_greeting/index.py": SCHEDULED,
        "functions/send_greeting/texts.py": 'GREETING = "Hello"\n',
    },
)

_OTHER_FUNCTION = Example(
    "an orphan of that name with another function: another file, in the folder there is",
    {
        "app.py": app(function('"Greeter"', f'_lambda.Code.from_inline("""{CODE}""")')),
        "lambda/greeter.py": "def main(event, context):\n    return None\n",
    },
    {
        "app.py": app(
            function(
                '"Greeter"',
                '_lambda.Code.from_asset("lambda/greeter")',
                '"greeter.handler"',
            )
        ),
        "lambda/greeter/greeter.py": CODE,
        "lambda/greeter.py": "def main(event, context):\n    return None\n",
    },
)

_PATHS = """\
        _lambda.Function(
            self,
            "Known",
            runtime=_lambda.Runtime.PYTHON_3_12,
            handler="main.handler",
            code=_lambda.Code.from_asset(os.path.join(HERE, "src", "functions", "known")),
        )
"""
_BESIDE = Example(
    "beside the functions there are, their paths spelled by __file__",
    {
        "app.py": app(
            _PATHS + function('"Greeter"', f'_lambda.Code.from_inline("""{CODE}""")'),
            "HERE = os.path.dirname(os.path.abspath(__file__))\n",
            "import os\n\n",
        ),
        "src/functions/known/main.py": CODE,
    },
    {
        "app.py": app(
            _PATHS
            + """\
        _lambda.Function(
            self,
            "Greeter",
            runtime=_lambda.Runtime.PYTHON_3_12,
            handler="greeter.handler",
            code=_lambda.Code.from_asset(
                os.path.join(HERE, "src", "functions", "greeter")
            ),
        )
""",
            "HERE = os.path.dirname(os.path.abspath(__file__))\n",
            "import os\n\n",
        ),
        "src/functions/known/main.py": CODE,
        "src/functions/greeter/greeter.py": CODE,
    },
)

_PATHLIB = Example(
    "pathlib, a shared folder, and an id that would hide a module of Python",
    {
        "app.py": app(
            function(
                '"Known"',
                '_lambda.Code.from_asset(str(Path(__file__).parent / "handlers"))',
                '"known.handler"',
            )
            + function('"Email"', f'_lambda.Code.from_inline("""{CODE}""")'),
            "",
            "from pathlib import Path\n\n",
        ),
        "handlers/known.py": CODE,
    },
    {
        "app.py": app(
            function(
                '"Known"',
                '_lambda.Code.from_asset(str(Path(__file__).parent / "handlers"))',
                '"known.handler"',
            )
            + function(
                '"Email"',
                '_lambda.Code.from_asset(str(Path(__file__).parent / "handlers"))',
                '"handle_email.handler"',
            ),
            "",
            "from pathlib import Path\n\n",
        ),
        "handlers/known.py": CODE,
        "handlers/handle_email.py": CODE,
    },
)

_FILE = Example(
    "a file that the app reads: its folder is deployed",
    {
        "app.py": app(
            """\
        with open("functions/greeter.py") as file:
            source = file.read()
"""
            + function('"Greeter"', "_lambda.Code.from_inline(source)")
        ),
        "functions/greeter.py": CODE,
    },
    {
        "app.py": app(
            function('"Greeter"', '_lambda.Code.from_asset("functions")', '"greeter.handler"')
        ),
        "functions/greeter.py": CODE,
    },
)

_FILE_BY_PATH = Example(
    "the same by pathlib, in one expression",
    {
        "app.py": app(
            function(
                '"Greeter"',
                "_lambda.Code.from_inline(\n"
                '                (Path(__file__).parent / "functions" / "greeter.py").read_text()\n'
                "            )",
            ),
            "",
            "from pathlib import Path\n\n",
        ),
        "functions/greeter.py": CODE,
    },
    {
        "app.py": app(
            function(
                '"Greeter"',
                '_lambda.Code.from_asset(str(Path(__file__).parent / "functions"))',
                '"greeter.handler"',
            ),
            "",
            "from pathlib import Path\n\n",
        ),
        "functions/greeter.py": CODE,
    },
)

_FILE_AMONG_STACKS = Example(
    "a file beside the stack: it moves to a folder of its own",
    {
        "app.py": app(
            """\
        # All that greets
        with open("greeter-code.py", encoding="utf-8") as file:
            source = file.read()

        people = "all"
"""
            + function('"Morning"', "_lambda.InlineCode(source)")
        ),
        "greeter-code.py": f"# Greets.\n\n{CODE}",
    },
    {
        "app.py": app(
            '        # All that greets\n        people = "all"\n'
            + function('"Morning"', '_lambda.Code.from_asset("lambda")', '"greeter-code.handler"')
        ),
        "lambda/greeter-code.py": f"# Greets.\n\n{CODE}",
    },
)

_NAMED_MODULE = Example(
    "a handler that names a module already, as if there were one",
    app(
        function('"Function"', f"_lambda.Code.from_inline('''{CODE}''')", '"greet_people.handler"')
    ),
    {
        "app.py": app(
            function('"Function"', '_lambda.Code.from_asset("lambda")', '"greet_people.handler"')
        ),
        "lambda/greet_people.py": CODE,
    },
)

_SINGLETON = Example(
    "a singleton function, classes imported by themselves, two spaces",
    f'''\
from aws_cdk import App, Stack
from aws_cdk.aws_lambda import InlineCode, Runtime, SingletonFunction


class ExampleStack(Stack):
  def __init__(self, scope, construct_id, **kwargs):
    super().__init__(scope, construct_id, **kwargs)
    SingletonFunction(
      self, 'OnlyOne', uuid='5f1c7d4e-7c4e-4d0e-9f43-0d5a4b1f4a10',
      runtime=Runtime.PYTHON_3_12, handler='index.handler',
      code=InlineCode("""{CODE}"""),  # greets
    )


app = App()
ExampleStack(app, 'Example')
app.synth()
''',
    {
        "app.py": """\
from aws_cdk import App, Stack
from aws_cdk.aws_lambda import Code, InlineCode, Runtime, SingletonFunction


class ExampleStack(Stack):
  def __init__(self, scope, construct_id, **kwargs):
    super().__init__(scope, construct_id, **kwargs)
    SingletonFunction(
      self, 'OnlyOne', uuid='5f1c7d4e-7c4e-4d0e-9f43-0d5a4b1f4a10',
      runtime=Runtime.PYTHON_3_12, handler='only_one.handler',
      code=Code.from_asset('lambda'),  # greets
    )


app = App()
ExampleStack(app, 'Example')
app.synth()
""",
        "lambda/only_one.py": CODE,
    },
)

_ROLE = """\
        role = iam.CfnRole(self, "Role", assume_role_policy_document={"Statement": []})
"""
_L1 = Example(
    "an L1 function: its asset comes before it",
    app(
        f'''\
{_ROLE}        greeter = _lambda.CfnFunction(
            self,
            "Greeter",
            role=role.attr_arn,
            runtime="python3.12",
            handler="index.handler",
            code=_lambda.CfnFunction.CodeProperty(
                zip_file="""{CODE}"""
            ),
        )
''',
    ).replace("import App, Stack", "import App, Stack, aws_iam as iam"),
    {
        "app.py": app(
            f"""\
{_ROLE}        greeter_code = s3_assets.Asset(self, "GreeterCode", path="lambda")
        greeter = _lambda.CfnFunction(
            self,
            "Greeter",
            role=role.attr_arn,
            runtime="python3.12",
            handler="greeter.handler",
            code=_lambda.CfnFunction.CodeProperty(
                s3_bucket=greeter_code.s3_bucket_name, s3_key=greeter_code.s3_object_key
            ),
        )
""",
        ).replace(
            "import App, Stack", "import App, Stack, aws_iam as iam, aws_s3_assets as s3_assets"
        ),
        "lambda/greeter.py": CODE,
    },
)

EXAMPLES: tuple[Example, ...] = (
    _DIRECT,
    _CONSTANT,
    _SEVERAL,
    _JAVASCRIPT,
    _METHOD,
    _LOOP,
    _SHARED,
    _ORPHAN,
    _ORPHAN_FOLDER,
    _OTHER_FUNCTION,
    _BESIDE,
    _PATHLIB,
    _FILE,
    _FILE_BY_PATH,
    _FILE_AMONG_STACKS,
    _NAMED_MODULE,
    _SINGLETON,
    _L1,
    *LEFT_ALONE,
)
