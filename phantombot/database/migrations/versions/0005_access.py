"""Add the access rules and the audit trail."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TIME = sa.DateTime(timezone=True)
_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "access",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("rules", sa.Text, nullable=False, comment="JSON"),
        sa.PrimaryKeyConstraint("workspace", name="pk_access"),
    )
    op.create_table(
        "audit",
        sa.Column("id", _ID, nullable=False),
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_workspace_at", "audit", ["workspace", "at"])
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_runs_workspace_created_at", "runs", ["workspace", "created_at"])
