"""The tables of the queue, where the store is PostgreSQL.

They are kept here as they were, since a migration must do tomorrow what it did today; a later
release of Procrastinate brings its changes in a revision of their own.
"""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    # Past SQLAlchemy, which would take its percent signs for parameters.
    connection: Any = op.get_bind().connection.driver_connection
    connection.execute(Path(__file__).with_suffix(".sql").read_text())
