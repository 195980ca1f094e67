"""Add when an edit of a run's message was begun whose answer is not known."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("runs", sa.Column("editing_at", sa.DateTime(timezone=True)))
