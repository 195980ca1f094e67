"""Add workspaces and runs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TIME = sa.DateTime(timezone=True)
_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "workspaces",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("api_key", sa.Text, comment="sealed"),
        sa.Column("key_hint", sa.Text, comment="the key's last 4 characters"),
        sa.Column("key_by", sa.Text),
        sa.Column("key_at", _TIME),
        sa.Column("keeper_alerted", sa.Boolean),
        sa.PrimaryKeyConstraint("id", name="pk_workspaces"),
    )
    op.create_table(
        "runs",
        sa.Column("id", _ID, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("trigger_id", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("response_url", sa.Text, comment="sealed"),
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("quoted", sa.Boolean, nullable=False),
        sa.Column("command", sa.Text),
        sa.Column("argument", sa.Text, comment="sealed"),
        sa.Column("save", sa.Boolean, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("confirmed", sa.Boolean, nullable=False),
        sa.Column("agent_id", sa.Text),
        sa.Column("agent_name", sa.Text),
        sa.Column("before_container_id", sa.Text),
        sa.Column("before_launch_number", sa.BigInteger),
        sa.Column("before_busy", sa.Integer, nullable=False),
        sa.Column("before_last_end", sa.Text),
        sa.Column("sent_at", _TIME),
        sa.Column("lost_at", _TIME),
        sa.Column("container_id", sa.Text),
        sa.Column("launch_number", sa.BigInteger),
        sa.Column("adopted", sa.Boolean, nullable=False),
        sa.Column("status", sa.Text),
        sa.Column("fraction", sa.Float),
        sa.Column("label", sa.Text),
        sa.Column("seen_at", _TIME),
        sa.Column("trouble_at", _TIME),
        sa.Column("trouble", sa.Text),
        sa.Column("ending", sa.Text),
        sa.Column("ended_at", _TIME),
        sa.Column("home", sa.Text),
        sa.Column("ts", sa.Text),
        sa.Column("posting", sa.Text),
        sa.Column("said", sa.Text),
        sa.Column("said_at", _TIME),
        sa.Column("say_after", _TIME),
        sa.Column("told", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.UniqueConstraint("workspace", "trigger_id", name="uq_runs_workspace_trigger_id"),
    )
    op.create_index("ix_runs_told_workspace", "runs", ["told", "workspace"])
    op.create_index(
        "ix_runs_workspace_user_fingerprint_created_at",
        "runs",
        ["workspace", "user", "fingerprint", "created_at"],
    )
    op.create_index(
        "ix_runs_workspace_agent_id_created_at", "runs", ["workspace", "agent_id", "created_at"]
    )
