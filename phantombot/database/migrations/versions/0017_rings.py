"""Add what a run's launcher is called, and whether they were rung at its end."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    # With a default, since processes of the release before go on inserting runs without it.
    rung = sa.Column("rung", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("runs", rung)
    op.add_column("runs", sa.Column("user_name", sa.Text))
