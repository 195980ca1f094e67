"""Add the lists of agents."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "rosters",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("key_at", _TIME, nullable=False),
        sa.Column("read_at", _TIME, nullable=False),
        sa.Column("time_left", sa.BigInteger),
        sa.Column("agents", sa.Text, nullable=False, comment="JSON"),
        sa.PrimaryKeyConstraint("workspace", name="pk_rosters"),
    )
