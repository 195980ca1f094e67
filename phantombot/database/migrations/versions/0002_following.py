"""Add what following a run to its end needs: consoles, stops, closed channels, processes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("runs", sa.Column("console", sa.Text, comment="sealed"))
    op.add_column("runs", sa.Column("unseen_at", _TIME))
    op.add_column("runs", sa.Column("tried_at", _TIME))
    op.add_column("runs", sa.Column("detail", sa.Integer))
    op.create_index("ix_runs_told_created_at", "runs", ["told", "created_at"])
    op.create_table(
        "stops",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("agent_id", sa.Text, nullable=False),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("busy_until", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "agent_id", name="pk_stops"),
    )
    op.create_table(
        "closed_channels",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("closed_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "channel", name="pk_closed_channels"),
    )
    op.create_table(
        "processes",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("seen_at", _TIME, nullable=False),
        sa.Column("figures", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_processes"),
    )
