"""Alembic's environment: runs on the connection the gateway hands over."""

from alembic import context

from gateway.store import (  # noqa: F401 - so that metadata knows them
    access_tables,
    contract_tables,
    medicine_tables,
    programme_tables,
    settlement_tables,
)
from gateway.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite")
with context.begin_transaction():
    context.run_migrations()
