"""Why a launcher is asked first, and the execution time that was left."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("runs", sa.Column("doubt", sa.Text))
    op.add_column("runs", sa.Column("time_left", sa.Integer))
