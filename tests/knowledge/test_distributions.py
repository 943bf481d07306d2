"""Which distribution brings a module, which modules Python has, and how both come from sources."""

from __future__ import annotations

import importlib.util
import json
import sys
import zipfile
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest

from tapfix.knowledge import distributions
from tapfix.knowledge.distributions import (
    canonical,
    distribution,
    former_standard_library,
    provider,
    standard_library,
)

ROOT = Path(__file__).parents[2]
MAKER = ROOT / "tools" / "build_distributions.py"
OUT = "tapfix/knowledge/packages"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_distributions", MAKER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("psycopg2.extras", "psycopg2-binary"),
        ("psycopg", "psycopg[binary]"),
        ("yaml", "PyYAML"),
        ("PIL.Image", "Pillow"),
        ("cv2", "opencv-python-headless"),
        ("sklearn.linear_model", "scikit-learn"),
        ("bs4", "beautifulsoup4"),
        ("jwt", "PyJWT"),
        ("jose.jwt", "python-jose"),
        ("Crypto.Cipher", "pycryptodome"),
        ("OpenSSL", "pyOpenSSL"),
        ("pymysql.cursors", "PyMySQL"),
        ("mysql.connector", "mysql-connector-python"),
        ("google.cloud.storage", "google-cloud-storage"),
        ("google.protobuf.json_format", "protobuf"),
        ("aws_lambda_powertools.logging", "aws-lambda-powertools[all]"),
        ("aws_xray_sdk.core", "aws-xray-sdk"),
        ("attr", "attrs"),
        ("dateutil.parser", "python-dateutil"),
    ],
)
def test_the_provider_of_a_module(module: str, name: str) -> None:
    found = provider(module)
    assert found is not None
    assert found.requirement == name


@pytest.mark.parametrize("module", ["google", "google.cloud", "acme", "psycopg3"])
def test_modules_that_nothing_is_known_of(module: str) -> None:
    assert provider(module) is None


def test_pins_hold_what_is_known_and_go_up_to_the_next_major_version() -> None:
    def pinned(version: str, minor: int = 12) -> str:
        one = distributions.Distribution("x", "x.whl", version, 10, 1.0, (), ("x",))
        return one.pinned(minor)

    assert pinned("2.9.11") == "x>=2.9,<3"
    assert pinned("0.115.2") == "x>=0.115,<0.116"
    assert pinned("2025.2") == "x>=2025.2"
    assert pinned("7") == "x>=7.0,<8"
    assert pinned("2.9.11", minor=9) == "x<3"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Redis==5.0", "redis"),
        ("psycopg[binary] >= 3", "psycopg"),
        ("ruamel.yaml; python_version > '3'", "ruamel-yaml"),
        ("-r other.txt", ""),
        ("", ""),
    ],
)
def test_canonical_names(line: str, name: str) -> None:
    assert canonical(line) == name


def test_the_standard_library_changes_with_python() -> None:
    assert {"json", "distutils", "cgi"} <= standard_library(11)
    assert "distutils" not in standard_library(12)
    assert "cgi" in standard_library(12)
    assert "cgi" not in standard_library(13)
    assert "tomllib" not in standard_library(10)
    assert standard_library(8) == standard_library(10)
    assert standard_library(14) - standard_library(13) == {"annotationlib", "compression"}
    assert standard_library(99) == standard_library(14)
    assert {"imp", "cgi", "tomllib"} <= former_standard_library()


def test_this_interpreter_has_the_modules_of_its_version() -> None:
    # On a newer Python this fails until the data is made again: it has to be.
    assert standard_library(sys.version_info.minor) == sys.stdlib_module_names


def test_installed_packages_agree(maker: ModuleType) -> None:
    """The modules of a distribution are in the records of the installed one, too."""
    compared = 0
    for installed in metadata.distributions():
        known = distribution(installed.metadata["Name"])
        if known is not None and known.version == installed.version:
            names = maker.modules(str(file) for file in installed.files or ())
            assert set(known.modules) <= names, known
            compared += 1
    assert compared


def test_every_entry_names_its_wheel() -> None:
    lines = (ROOT / OUT / "distributions.json").read_text("utf-8")
    for entry in json.loads(lines)["entries"]:
        name, version, *_ = entry["source"].split("-")
        assert canonical(name) == canonical(entry["requirement"])
        assert version.startswith(entry["version"])
        assert entry["source"].endswith(".whl")


def wheel(path: Path, *files: str, metadata: str = "") -> Path:
    """A wheel with these files."""
    name, version, *_ = path.name.split("-")
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        for file in files:
            archive.writestr(file, "")
        archive.writestr(f"{info}/METADATA", f"Name: {name}\n{metadata}")
        record = "".join(f"{file},,\n" for file in files)
        archive.writestr(f"{info}/RECORD", record)
    return path


def test_a_wheels_modules(maker: ModuleType, tmp_path: Path) -> None:
    path = wheel(
        tmp_path / "acme_kit-1.2.3-py3-none-any.whl",
        "acme/__init__.py",
        "acme/deep/__init__.py",
        "_acme.cpython-312-x86_64-linux-gnu.so",
        "alone.py",
        "space/inner/__init__.py",
        "space/inner/more.py",
        "google/__init__.py",
        "google/cloud/acme/__init__.py",
        "tests/test_acme.py",
        "acme_kit.libs/libz-1.so",
        "acme_kit-1.2.3.data/purelib/extra.py",
        "acme_kit-1.2.3.data/scripts/tool.py",
        metadata="Requires-Python: >=3.9\nRequires-Dist: Foo.Bar>=1\n"
        "Requires-Dist: baz; extra == 'more'\nRequires-Dist: qux; extra == 'all'\n",
    )
    found = maker.describe("acme-kit[more]", path)
    assert found["modules"] == [
        "_acme",
        "acme",
        "alone",
        "extra",
        "google.cloud.acme",
        "space.inner",
    ]
    assert (found["version"], found["python"]) == ("1.2.3", 9)
    assert found["needs"] == ["baz", "foo-bar"]


def test_the_newest_wheel_counts_and_the_first_of_two_providers(
    maker: ModuleType, tmp_path: Path
) -> None:
    old = wheel(tmp_path / "one-1.9-py3-none-any.whl", "one.py")
    new = wheel(tmp_path / "one-1.10-py3-none-any.whl", "one.py", "both.py")
    other = wheel(tmp_path / "two-1-py3-none-any.whl", "both.py")
    found = maker.newest([old, new, other])
    assert found == {"one": new, "two": other}
    entries = [maker.describe(name, path) for name, path in found.items()]
    assert [one["requirement"] for one in maker.without_doubles(entries)] == ["one"]
