"""Add digests of the last results' rows, for counting new ones."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "known_rows",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("agent_id", sa.Text, nullable=False),
        sa.Column("launch", sa.Text, nullable=False, comment="keyed digest of the argument"),
        sa.Column(
            "rows", sa.Text, nullable=False, comment="sealed; digests of the last result's rows"
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, comment="when that run ended"),
        sa.PrimaryKeyConstraint("workspace", "agent_id", "launch", name="pk_known_rows"),
    )
    op.create_index("ix_known_rows_at", "known_rows", ["at"])
