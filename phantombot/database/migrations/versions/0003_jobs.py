"""Add the queue's tables on PostgreSQL.

The SQL is a copy, since a migration must always do the same; changes in a later version of
Procrastinate get a revision of their own.
"""

from pathlib import Path
from typing import Any

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    # Bypasses SQLAlchemy, which would read its percent signs as parameters.
    connection: Any = op.get_bind().connection.driver_connection
    connection.execute(Path(__file__).with_suffix(".sql").read_text())
