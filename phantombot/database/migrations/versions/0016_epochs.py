"""Add the store's epoch, by which a restored backup is noticed."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "epochs",
        sa.Column("id", sa.Integer, nullable=False, comment="1: it has one row"),
        sa.Column("store", sa.Text, nullable=False, comment="random; names this store"),
        sa.Column("epoch", sa.BigInteger, nullable=False, comment="only rises"),
        sa.Column("place", sa.Text, nullable=False, comment="where in PostgreSQL it is"),
        sa.Column("restored_at", sa.DateTime(timezone=True)),
        sa.Column("restored_run", sa.BigInteger, comment="the newest run at that time"),
        sa.PrimaryKeyConstraint("id", name="pk_epochs"),
    )
