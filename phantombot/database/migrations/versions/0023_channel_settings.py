"""Add what channels are told, when a launch is due, and which run's message tells of a failure."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "channel_settings",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("broadcast", sa.Boolean, nullable=False),
        sa.Column("count_only", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "channel", name="pk_channel_settings"),
    )
    op.add_column("runs", sa.Column("due_at", sa.DateTime(timezone=True)))
    op.add_column("runs", sa.Column("told_with", sa.Text))
    op.create_index("ix_runs_workspace_told_with", "runs", ["workspace", "told_with"])
