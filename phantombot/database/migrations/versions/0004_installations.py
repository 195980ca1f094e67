"""Add installations: bot tokens, the teams of organisations, and pending erasures."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "installations",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("enterprise", sa.Text),
        sa.Column("org_wide", sa.Boolean, nullable=False),
        sa.Column("bot_token", sa.Text, nullable=False, comment="sealed"),
        sa.Column("bot_user", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("installed_by", sa.Text, nullable=False),
        sa.Column("installed_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("workspace", name="pk_installations"),
    )
    op.create_table(
        "teams",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("enterprise", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_teams"),
    )
    op.create_index("ix_teams_enterprise", "teams", ["enterprise"])
    op.create_table(
        "erasures",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("workspace", name="pk_erasures"),
    )
