"""Add by which version of Phantombuster's API an account and each run go; NULL is v1."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("workspaces", sa.Column("api", sa.Text))
    op.add_column("workspaces", sa.Column("org", sa.Text))
    op.add_column("runs", sa.Column("api", sa.Text))
    op.add_column("runs", sa.Column("org", sa.Text))
