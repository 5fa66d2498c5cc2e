"""The two hot inserts, in each engine's quickest words: many rows at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, Uuid
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

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
    identifiers = [n for n, column in enumerate(columns) if isinstance(table.c[column].type, Uuid)]
    instants = [n for n, column in enumerate(columns) if isinstance(table.c[column].type, UtcInstant)]
    plain = [list(row) for row in rows]
    for row in plain:
        for n in identifiers:
            row[n] = row[n].hex
        for n in instants:
            row[n] = to_microseconds(row[n])
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - our own names
    connection.exec_driver_sql(statement, [tuple(row) for row in plain])


def _copy(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """PostgreSQL: COPY in binary form, the quickest way in; asyncpg's errors become those of SQLAlchemy."""
    import asyncpg  # noqa: PLC0415 - an extra that only PostgreSQL needs

    driver: Any = connection.connection.dbapi_connection
    try:
        driver.run_async(lambda raw: raw.copy_records_to_table(table.name, records=rows, columns=columns))
    except asyncpg.IntegrityConstraintViolationError as error:
        raise IntegrityError(f"COPY {table.name}", None, error) from error
    except asyncpg.PostgresError as error:
        raise DBAPIError(f"COPY {table.name}", None, error) from error
    except asyncpg.InterfaceError as error:
        raise OperationalError(f"COPY {table.name}", None, error) from error
