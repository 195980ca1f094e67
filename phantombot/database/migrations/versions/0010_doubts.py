"""Add why a launch needs a confirmation, and the remaining execution time."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("runs", sa.Column("doubt", sa.Text))
    op.add_column("runs", sa.Column("time_left", sa.Integer))
