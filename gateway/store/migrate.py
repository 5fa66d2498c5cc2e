"""Bringing the tables up to date at start, and telling whether they are."""

from __future__ import annotations

from importlib import resources

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

_MIGRATION_LOCK = 5_072_026_066
"""PostgreSQL advisory lock: of many nodes starting at once, one migrates."""


def _configuration(connection: Connection | None = None) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(resources.files("gateway.store") / "migrations"))
    configuration.attributes["connection"] = connection
    return configuration


def migrate(connection: Connection) -> None:
    """Upgrade the database to this version's tables, inside the caller's transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
    command.upgrade(_configuration(connection), "head")


def is_current(connection: Connection) -> bool:
    """Whether the database has exactly this version's tables."""
    found = MigrationContext.configure(connection).get_current_revision()
    return found == ScriptDirectory.from_config(_configuration()).get_current_head()
