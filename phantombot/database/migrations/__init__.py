"""Migrations of the tables, run by Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

_LOCK = 7_465_823_901
"""PostgreSQL's advisory lock, held by the process that migrates."""
_PATIENCE = 600
"""Maximum seconds for one statement of a migration, or for another process's migration."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Migrate the tables to a revision, in one transaction, one process at a time."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            _wait_to_write(connection)
        else:
            # Waiting for another process's migration can take as long as our own.
            connection.execute(text(f"SET LOCAL statement_timeout = {_PATIENCE * 1000}"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()


def newest() -> str | None:
    """Return the last revision in versions/."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _wait_to_write(connection: Connection) -> None:
    former = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {_PATIENCE * 1000}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {former}")


def _config(folder: Path = Path(__file__).parent) -> Config:
    config = Config()
    # Alembic reads a percent sign as the beginning of a variable.
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config
