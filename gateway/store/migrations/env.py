"""Alembic's environment: runs on the connection the gateway hands over."""

from alembic import context

from gateway.store import access_tables  # noqa: F401 - so that metadata knows them
from gateway.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite")
with context.begin_transaction():
    context.run_migrations()
