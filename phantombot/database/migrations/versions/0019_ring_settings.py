"""Add how people want to be rung, and the direct messages that are to ring them."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "ring_settings",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("failures_only", sa.Boolean, nullable=False),
        sa.Column("quiet_from", sa.Text),
        sa.Column("quiet_until", sa.Text),
        sa.Column("utc_offset", sa.Integer),
        sa.PrimaryKeyConstraint("workspace", "user", name="pk_ring_settings"),
    )
    op.create_table(
        "rings",
        sa.Column("id", _ID, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("run", sa.Text, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pending", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rings"),
    )
    op.create_index("ix_rings_workspace_user", "rings", ["workspace", "user"])
