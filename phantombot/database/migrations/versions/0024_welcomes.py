"""Add the welcome of who installed the app, and the channels that the bot has joined."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "welcomes",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("pending", sa.Boolean, nullable=False),
        sa.Column("channel", sa.Text),
        sa.Column("ts", sa.Text),
        sa.Column("key_stored", sa.Boolean, nullable=False),
        sa.Column("launched", sa.Boolean, nullable=False),
        sa.Column("invited", sa.Boolean, nullable=False),
        sa.Column("over", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("workspace", name="pk_welcomes"),
    )
    op.create_table(
        "joined_channels",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("due_at", _TIME),
        sa.Column("pending", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "channel", name="pk_joined_channels"),
    )
    # Who installed the app with an earlier release has long found out how it works: installing it
    # again, for a new scope, must not welcome them.
    op.execute(
        sa.text(
            "INSERT INTO welcomes"
            " SELECT workspace, installed_by, installed_at, :no, NULL, NULL, :no, :no, :no, :yes"
            " FROM installations"
        ).bindparams(no=False, yes=True)
    )
