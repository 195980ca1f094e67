"""Alembic's entry point, run with the connection that `upgrade` holds."""

from alembic import context

from phantombot.database.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
