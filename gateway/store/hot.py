"""The two hot inserts, in each engine's quickest words: many rows at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, Uuid

from gateway.store.driver import run_asyncpg, run_many
from gateway.store.tables import operations, treated_cases
from gateway.store.types import UtcInstant, to_microseconds

OPERATION_COLUMNS = (
    "id",
    "kind",
    "upstream",
    "state",
    "client",
    "channel",
    "idempotency_key",
    "fingerprint",
    "business_key",
    "revision",
    "organisation",
    "pilot",
    "findings",
    "payload",
    "traceparent",
    "accepted_at",
    "updated_at",
    "due_at",
)
CASE_COLUMNS = (
    "ksf_number",
    "organisation",
    "department",
    "discharge_year",
    "stay_key",
    "fingerprint",
    "revision",
    "operation_id",
)

Rows = Sequence[tuple[Any, ...]]


def insert_operations(connection: Connection, rows: Rows) -> None:
    """Insert operations given as rows of :data:`OPERATION_COLUMNS`; raises ``IntegrityError`` on a repeated key."""
    _insert(connection, operations, OPERATION_COLUMNS, rows)


def insert_cases(connection: Connection, rows: Rows) -> None:
    """Insert treated cases given as rows of :data:`CASE_COLUMNS`; raises ``IntegrityError`` on a repeated one."""
    _insert(connection, treated_cases, CASE_COLUMNS, rows)


def _insert(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        _copy(connection, table, columns, rows)
    else:
        _execute_many(connection, table, columns, rows)


def _execute_many(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """SQLite: one prepared statement for all rows, with values as the column types would have written them."""
    values: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for n, name in enumerate(columns):
        kind = table.c[name].type
        if isinstance(kind, Uuid):
            values[n] = [identifier.hex for identifier in values[n]]
        elif isinstance(kind, UtcInstant):
            values[n] = [to_microseconds(instant) for instant in values[n]]
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - our own names
    run_many(connection, statement, list(zip(*values, strict=True)))


def _copy(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """PostgreSQL: COPY in binary form, the quickest way in."""
    run_asyncpg(
        connection,
        f"COPY {table.name}",
        lambda raw: raw.copy_records_to_table(table.name, records=rows, columns=columns),
    )
