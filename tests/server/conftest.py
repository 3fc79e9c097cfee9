"""A real PostgreSQL of the tests' own: made in a scratch folder, on loopback, and ended with the run."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from api.app import Parts, create_app
from api.db.engine import Database
from api.db.migrate import migrate
from api.settings import Environment, Settings
from knowledge.organisation import load_organisation
from knowledge.search.search import KnowledgeBase
from tests.api.conftest import World, small_knowledge
from tests.api.fakes import FakeRasa, FakeTime
from tests.bot.serving import free_port
from tests.conftest import postgres_programs

__all__ = ["small_knowledge"]

# The account that Debian's packages make; PostgreSQL refuses to run as root.
SERVER_ACCOUNT = "postgres"
USER = "stafet"


class Server:
    """One PostgreSQL and its databases."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs = programs
        self.data = folder / "data"
        self.log = folder / "log"
        self.port = free_port()

    def start(self) -> None:
        """Makes the data folder and starts the server; durability is off, since only its behaviour is tested."""
        self._run("initdb", ["-D", self.data, "-U", USER, "-A", "trust", "-E", "UTF8", "-N"])
        self._run("pg_ctl", ["-D", self.data, "-l", self.log, "-w", "-o", self._options(), "start"])

    def _options(self) -> str:
        return (
            f"-c port={self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
            " -c fsync=off -c max_connections=60"
        )

    def stop(self) -> None:
        """Ends the server."""
        self._run("pg_ctl", ["-D", self.data, "-w", "-m", "fast", "stop"])

    def restart(self) -> None:
        """Ends the server as a crash would, and starts it again."""
        data = ["-D", self.data, "-w", "-l", self.log]
        self._run("pg_ctl", ["-D", self.data, "-w", "-m", "immediate", "stop"])
        self._run("pg_ctl", [*data, "-o", self._options(), "start"])

    def url(self, database: str) -> str:
        """The address of one database."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """An empty database; gives its address."""
        name = f"test_{uuid4().hex}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def _run(self, program: str, arguments: Sequence[str | Path]) -> None:
        command = [str(self.programs / program), *map(str, arguments)]
        if os.geteuid() == 0:
            command = ["runuser", "-u", SERVER_ACCOUNT, "--", *command]
        done = subprocess.run(
            command, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A server for all tests of the run."""
    programs = postgres_programs()
    assert programs is not None
    # Not under pytest's own folder: that one is closed to the account the server runs under.
    folder = Path(tempfile.mkdtemp(prefix="stafet-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, SERVER_ACCOUNT)
    server = Server(programs, folder)
    try:
        server.start()
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def empty_url(postgres: Server) -> str:
    """A database without tables."""
    return postgres.new_database()


@pytest.fixture
def url(empty_url: str) -> str:
    """A database with all tables."""
    migrate(empty_url)
    return empty_url


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = Database(url)
    yield opened
    await opened.close()


@pytest.fixture
async def world(
    tmp_path: Path, url: str, database: Database, small_knowledge: KnowledgeBase
) -> AsyncIterator[World]:
    """The application on PostgreSQL, with a made-up Rasa and a clock that stands still."""
    settings = Settings(
        environment=Environment.TEST,
        var=tmp_path,
        database_url=url,
        smtp_host="mail.example",
        smtp_from="klage@kommune.example",
        _env_file=None,
    )
    rasa, time = FakeRasa(), FakeTime()
    async with rasa.client() as rasa_http:
        parts = Parts(
            database=database, knowledge=small_knowledge,
            organisation=load_organisation("koebenhavn"), rasa_http=rasa_http, clock=time.clock(),
        )  # fmt: skip
        yield World(create_app(settings, parts), database, rasa, time, settings)
