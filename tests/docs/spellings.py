"""An app whose passwords are spelled in all ways that people use, each moved by some fix."""

from __future__ import annotations

_LOGIN = 'psycopg2.connect(host=HOST, user="me", '
_WAYS: dict[str, tuple[str, list[str]]] = {
    "markup": (_LOGIN + r"""password='T<a>m&b"o\\u')""", ["T<a>m&b"]),
    "quoted": (_LOGIN + r"password='it\'s-F1ddle')", ["s-F1ddle"]),
    "letters": (_LOGIN + "password='Flöte-p%40ss 😀')", ["Flöte", "p%40ss", "p@ss"]),
    "joined": (_LOGIN + "password='C0nc' 'ertina')", ["C0ncertina", "ertina"]),
    "added": (_LOGIN + "password='Acc0r' + 'deon')", ["Acc0rdeon", "Acc0r"]),
    "formatted": (_LOGIN + "password=f'B4njo{7}')", ["B4njo"]),
    "lines": (_LOGIN + "password='''Cl4r\ninet!''')", ["Cl4r", "inet!"]),
    "url": ("psycopg2.connect('postgresql://me:Vi0la%23@db.example.com/x')", ["Vi0la"]),
    "dsn": ("""psycopg2.connect("host=x password='Vi0l in'")""", ["Vi0l in"]),
    "default": (_LOGIN + "password=os.environ.get('P', 'Lyre#1'))", ["Lyre#1"]),
    "entry": (_LOGIN + "password=LOGIN.get('password', 'Lut3#'))", ["Lut3#"]),
    "dictionary": (_LOGIN + "**{'password': 'Z1ther#'})", ["Z1ther#"]),
    "bytes": (_LOGIN + "password=b'0boe#x'.decode())", ["0boe#x"]),
}
_HANDLER = """\
import json
import os

import psycopg2

HOST = "db.example.com"
LOGIN = json.loads(os.environ["LOGIN"])


def handler(event, context):
    connection = {connect}
    with connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM carts")
"""
_STACK = """\
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_

app = App()
stack = Stack(app, "Ways")
"""
_FUNCTION = """\
lambda_.Function(
    stack,
    "{name}",
    runtime=lambda_.Runtime.PYTHON_3_13,
    handler="{name}.handler",
    code=lambda_.Code.from_asset("code"),
    environment={{"DB_URL": "https://me:Fl<u>te&@db.example.com/{name}"}},  # Fl<u>te&
)
"""
SPELLED = {
    "cdk.json": '{"app": "python3 app.py"}\n',
    "app.py": _STACK + "".join(_FUNCTION.format(name=name) for name in _WAYS) + "app.synth()\n",
    **{f"code/{name}.py": _HANDLER.format(connect=connect) for name, (connect, _) in _WAYS.items()},
}
"""The files of the app."""

WORDS = ("Fl<u>te&", *(word for _, words in _WAYS.values() for word in words))
"""What must be nowhere, each at least a good part of a password."""
