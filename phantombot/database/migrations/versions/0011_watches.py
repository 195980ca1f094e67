"""Add watches: the channels, the state of their agents, and notices still to be posted."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_TIME = sa.DateTime(timezone=True)
_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "rounds",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("seen_at", _TIME),
        sa.Column("turned_at", _TIME),
        sa.PrimaryKeyConstraint("workspace", name="pk_rounds"),
    )
    _watched()
    _watches()
    _notices()


def _watched() -> None:
    op.create_table(
        "watched",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("agent_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("last_end", sa.Text, comment="digest of the account's words"),
        sa.Column("busy", sa.Integer, nullable=False),
        sa.Column("horizon", _TIME, comment="by Phantombuster's clock"),
        sa.Column("known", sa.Text, nullable=False, comment="JSON"),
        sa.Column("alike", sa.Text, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("unlisted_at", _TIME),
        sa.Column("missing_at", _TIME),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.Column("again_at", _TIME),
        sa.Column("looked_at", _TIME),
        sa.Column("hook", sa.Text, nullable=False, comment="sealed"),
        sa.Column("hook_digest", sa.Text, nullable=False),
        sa.Column("hinted_at", _TIME),
        sa.Column("heard_at", _TIME),
        sa.PrimaryKeyConstraint("workspace", "agent_id", name="pk_watched"),
        sa.UniqueConstraint("hook_digest", name="uq_watched_hook_digest"),
    )


def _watches() -> None:
    op.create_table(
        "watches",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("agent_id", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("set_at", _TIME, nullable=False),
        sa.Column("seen", sa.Boolean, nullable=False),
        sa.Column("ts", sa.Text),
        sa.Column("alike", sa.Text, nullable=False),
        sa.Column("stopped", sa.Text),
        sa.Column("unsaid", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "channel", "agent_id", name="pk_watches"),
    )
    op.create_index("ix_watches_workspace_agent_id", "watches", ["workspace", "agent_id"])


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", _ID, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("agent_id", sa.Text, nullable=False),
        sa.Column("agent_name", sa.Text, nullable=False),
        sa.Column("news", sa.Text, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("end", sa.Text, comment="JSON"),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("posting", sa.Boolean, nullable=False),
        sa.Column("say_after", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
    )
    op.create_index("ix_notices_workspace_channel", "notices", ["workspace", "channel"])
