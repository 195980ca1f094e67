"""Add who else asked to be rung at the end of a run."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("runs", sa.Column("also_rung", sa.Text))
