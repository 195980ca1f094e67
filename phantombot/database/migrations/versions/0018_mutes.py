"""Add until when a watched agent is muted in a channel, and how many runs ended meanwhile."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("watches", sa.Column("muted_until", sa.DateTime(timezone=True)))
    # With a default, since processes of the release before go on inserting rows without it.
    op.add_column("watches", sa.Column("muted", sa.Integer, nullable=False, server_default="0"))
    op.add_column("notices", sa.Column("count", sa.Integer, nullable=False, server_default="0"))
