"""Add a run's random name in Slack, when its launcher answered, and whether it was posted anew.

On PostgreSQL the name has a default: while a release is rolled out, processes of the earlier one
still add runs without it. SQLite has no such default, and one process.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("runs", sa.Column("answered_at", sa.DateTime(timezone=True)))
    no = sa.false()
    op.add_column("runs", sa.Column("reposted", sa.Boolean, nullable=False, server_default=no))
    many = op.get_context().dialect.name == "postgresql"
    default = sa.text("gen_random_uuid()") if many else ""
    op.add_column("runs", sa.Column("uid", sa.Text, nullable=False, server_default=default))
    if not many:
        op.execute("UPDATE runs SET uid = lower(hex(randomblob(12)))")
    op.create_index("ix_runs_workspace_uid", "runs", ["workspace", "uid"], unique=True)
