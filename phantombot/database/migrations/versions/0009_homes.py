"""Add recently opened App Homes."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "homes",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("page", sa.Integer, nullable=False),
        sa.Column("wanted", sa.Text, nullable=False),
        sa.Column("drawn", sa.Text),
        sa.Column("drawn_at", _TIME),
        sa.Column("not_before", _TIME),
        sa.PrimaryKeyConstraint("workspace", "user", name="pk_homes"),
    )
