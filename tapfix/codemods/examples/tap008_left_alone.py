"""What TAP008 leaves alone, and what it reports without a fix."""

from __future__ import annotations

from tapfix.codemods.examples.shapes import stack
from tapfix.codemods.examples.tap008_shapes import CODE, app, function
from tapfix.rule import Example

_LAMBDA = "from aws_cdk import aws_lambda as _lambda"

_REPORTED = (
    Example(
        "an f-string with values",
        app(
            '        greeting = self.node.try_get_context("greeting") or "Hello"\n'
            + function(
                '"Greeter"',
                '_lambda.Code.from_inline(f"""\ndef handler(event, context):\n'
                '    return "{greeting}"\n""")',
            )
        ),
        reported=True,
    ),
    Example(
        "a text with parts that are put in at synth",
        app(
            function(
                '"Greeter"',
                '_lambda.Code.from_inline(GREETER.replace("GREETING", self.account))',
            ),
            f'GREETER = """{CODE}"""\n',
        ),
        reported=True,
    ),
    Example(
        "a constant in an f-string stays where others read it",
        app(
            function(
                '"Greeter"',
                '_lambda.Code.from_inline(f"def handler(event, context):\\n'
                '    return {GREETING!r}\\n")',
            ),
            'GREETING = "Hello"\n',
        ),
        reported=True,
    ),
    Example(
        "cfnresponse, which only inline code has",
        app(
            function(
                '"Provider"',
                '_lambda.Code.from_inline("""\nimport cfnresponse\n\n\n'
                "def handler(event, context):\n"
                '    cfnresponse.send(event, context, cfnresponse.SUCCESS, {})\n""")',
            )
        ),
        reported=True,
    ),
    Example(
        "cfn-response, its like in JavaScript",
        app(
            function(
                '"Provider"',
                "_lambda.Code.from_inline(\"const r = require('cfn-response');"
                ' exports.handler = (e, c) => r.send(e, c, r.SUCCESS);")',
                runtime="NODEJS_22_X",
            )
        ),
        reported=True,
    ),
    Example(
        "the text is a parameter",
        app(
            """\
        self._function("Greeter", "def handler(event, context):\\n    pass\\n")

    def _function(self, name, text):
"""
            + function("name", "_lambda.Code.from_inline(text)")
        ),
        reported=True,
    ),
    Example(
        "the handler is not in the text",
        app(
            function(
                '"Greeter"',
                '_lambda.Code.from_inline("""' + CODE + '""")',
                '"index.lambda_handler"',
            )
        ),
        reported=True,
    ),
    Example(
        "the handler is chosen by the context",
        app(
            function(
                '"Greeter"',
                '_lambda.Code.from_inline("""' + CODE + '""")',
                'self.node.try_get_context("handler") or "index.handler"',
            )
        ),
        reported=True,
    ),
    Example(
        "two orphans of one name",
        {
            "app.py": app(function('"Greeter"', f'_lambda.Code.from_inline("""{CODE}""")')),
            "old/greeter.py": CODE,
            "new/greeter.py": CODE,
        },
        reported=True,
    ),
    Example(
        "an orphan among stack code",
        {
            "app.py": app(function('"Greeter"', f'_lambda.Code.from_inline("""{CODE}""")')),
            "greeter.py": CODE,
        },
        reported=True,
    ),
    Example(
        "one code object of two functions",
        app(
            f'        code = _lambda.Code.from_inline("""{CODE}""")\n'
            + function('"Morning"', "code")
            + function('"Evening"', "code")
        ),
        reported=True,
    ),
    Example(
        "a JavaScript file that the app reads",
        {
            "app.py": app(
                function(
                    '"Greeter"',
                    '_lambda.Code.from_inline(open("functions/greeter.js").read())',
                    runtime="NODEJS_22_X",
                )
            ),
            "functions/greeter.js": "exports.handler = async () => 1;\n",
        },
        reported=True,
    ),
)

_SILENT = (
    Example(
        "a folder that is deployed already",
        {
            "app.py": app(
                function('"Greeter"', '_lambda.Code.from_asset("greeter")', '"main.handler"')
            ),
            "greeter/main.py": CODE,
        },
    ),
    Example(
        "a bucket",
        stack(
            """
            bucket = s3.Bucket.from_bucket_name(self, "Code", "code-of-everybody")
            _lambda.Function(
                self,
                "Greeter",
                runtime=_lambda.Runtime.PYTHON_3_12,
                handler="index.handler",
                code=_lambda.Code.from_bucket(bucket, "greeter.zip"),
            )
            """,
            f"{_LAMBDA}\nfrom aws_cdk import aws_s3 as s3",
        ),
    ),
    Example(
        "code that is a parameter",
        {
            "app.py": app(
                """\
        self._function("Greeter", _lambda.Code.from_asset("greeter"))

    def _function(self, name, code):
"""
                + function("name", "code", '"main.handler"')
            ),
            "greeter/main.py": CODE,
        },
    ),
    Example(
        "code that hangs on the context",
        {
            "app.py": app(
                function(
                    '"Greeter"',
                    '_lambda.Code.from_asset("greeter") if self.node.try_get_context("real")'
                    ' else _lambda.Code.from_inline("def handler(event, context): pass")',
                )
            ),
            "greeter/index.py": CODE,
        },
    ),
    Example(
        "a function of CloudFront",
        stack(
            """
            cloudfront.Function(
                self,
                "Redirect",
                code=cloudfront.FunctionCode.from_inline("function handler(e) { return e; }"),
            )
            """,
            "from aws_cdk import aws_cloudfront as cloudfront",
        ),
    ),
    Example(
        "a resolver of AppSync",
        stack(
            """
            api = appsync.GraphqlApi(
                self,
                "Api",
                name="greetings",
                definition=appsync.Definition.from_file("schema.graphql"),
            )
            appsync.AppsyncFunction(
                self,
                "Greet",
                name="greet",
                api=api,
                data_source=api.add_none_data_source("None"),
                code=appsync.Code.from_inline("export function request() { return {}; }"),
                runtime=appsync.FunctionRuntime.JS_1_0_0,
            )
            """,
            "from aws_cdk import aws_appsync as appsync",
        ).replace(
            "app = App()",
            'with open("schema.graphql", "w") as schema:\n'
            '    schema.write("type Query { greet: String }")\napp = App()',
        ),
    ),
    Example(
        "a canary",
        stack(
            """
            synthetics.Canary(
                self,
                "Watch",
                runtime=synthetics.Runtime.SYNTHETICS_PYTHON_SELENIUM_5_1,
                test=synthetics.Test.custom(
                    code=synthetics.Code.from_inline("def handler(event, context): pass"),
                    handler="index.handler",
                ),
            )
            """,
            "from aws_cdk import aws_synthetics as synthetics",
        ),
    ),
    Example(
        "an L1 function from a bucket, and one from an image",
        stack(
            """
            _lambda.CfnFunction(
                self,
                "Greeter",
                role="arn:aws:iam::123456789012:role/any",
                runtime="python3.12",
                handler="index.handler",
                code={"s3_bucket": "code-of-everybody", "s3_key": "greeter.zip"},
            )
            _lambda.CfnFunction(
                self,
                "Painter",
                role="arn:aws:iam::123456789012:role/any",
                package_type="Image",
                code=_lambda.CfnFunction.CodeProperty(image_uri="any/image:1"),
            )
            """,
            _LAMBDA,
        ),
    ),
    Example(
        "functions that others deploy",
        stack(
            """
            _lambda.Function.from_function_name(self, "Greeter", "greeter")
            _lambda.Version.from_version_arn(
                self, "V", "arn:aws:lambda:us-east-1:123456789012:function:greeter:1"
            )
            """,
            _LAMBDA,
        ),
    ),
    Example(
        "a class of the app that is called like CDK's",
        stack(
            """
            code = InlineCode("def handler(event, context): pass")
            Function(code=code, handler="index.handler")
            """,
            """
            class InlineCode:
                def __init__(self, text):
                    self.text = text


            class Function:
                def __init__(self, code, handler):
                    self.code, self.handler = code, handler
            """,
        ),
    ),
    Example(
        "a handler's text that no function gets",
        stack(
            'ssm.StringParameter(self, "Template", string_value=TEMPLATE)',
            'from aws_cdk import aws_ssm as ssm\nTEMPLATE = "def handler(event, context): pass"',
        ),
    ),
    Example(
        "a layer, a bucket's deployment and a file for a machine",
        {
            "app.py": stack(
                """
                _lambda.LayerVersion(self, "Tools", code=_lambda.Code.from_asset("layer"))
                ec2.InitFile.from_string("/opt/run.py", "def handler(event, context): pass")
                """,
                f"{_LAMBDA}\nfrom aws_cdk import aws_ec2 as ec2",
            ),
            "layer/python/tools.py": "ANSWER = 42\n",
        },
    ),
    Example(
        "an orphan without a function that is called so",
        {
            "app.py": app(
                function('"Known"', '_lambda.Code.from_asset("known")', '"main.handler"')
            ),
            "known/main.py": CODE,
            "waiting/greeter.py": CODE,
        },
    ),
)

LEFT_ALONE = (*_REPORTED, *_SILENT)
