"""The two hot inserts, in each engine's quickest words: many rows, one statement, one round trip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Boolean, Connection, LargeBinary, SmallInteger, Table, Uuid
from sqlalchemy.types import TypeEngine

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


def _postgres_type(column_type: TypeEngine[Any]) -> str:
    if isinstance(column_type, UtcInstant):
        return "timestamptz"
    for kind, name in (
        (Uuid, "uuid"),
        (SmallInteger, "smallint"),
        (BigInteger, "bigint"),
        (Boolean, "boolean"),
        (LargeBinary, "bytea"),
    ):
        if isinstance(column_type, kind):
            return name
    return "integer" if column_type.python_type is int else "text"


def _statements(table: Table, columns: Sequence[str]) -> dict[str, str]:
    names = ", ".join(columns)
    arrays = ", ".join(f"${n}::{_postgres_type(table.c[column].type)}[]" for n, column in enumerate(columns, 1))
    marks = ", ".join("?" * len(columns))
    return {
        "postgresql": f"INSERT INTO {table.name} ({names}) SELECT * FROM unnest({arrays})",  # noqa: S608 - our own names
        "sqlite": f"INSERT INTO {table.name} ({names}) VALUES ({marks})",  # noqa: S608 - our own names
    }


_INSERTS = {
    table.name: _statements(table, columns)
    for table, columns in ((operations, OPERATION_COLUMNS), (treated_cases, CASE_COLUMNS))
}
_SQLITE_UUIDS = {
    table.name: [n for n, column in enumerate(columns) if isinstance(table.c[column].type, Uuid)]
    for table, columns in ((operations, OPERATION_COLUMNS), (treated_cases, CASE_COLUMNS))
}
_SQLITE_INSTANTS = {
    table.name: [n for n, column in enumerate(columns) if isinstance(table.c[column].type, UtcInstant)]
    for table, columns in ((operations, OPERATION_COLUMNS), (treated_cases, CASE_COLUMNS))
}


def insert_operations(connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
    """Insert operations given as rows of :data:`OPERATION_COLUMNS`; raises ``IntegrityError`` on a repeated key."""
    _insert(connection, operations, rows)


def insert_cases(connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
    """Insert treated cases given as rows of :data:`CASE_COLUMNS`; raises ``IntegrityError`` on a repeated one."""
    _insert(connection, treated_cases, rows)


def _insert(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    if not rows:
        return
    statement = _INSERTS[table.name][connection.dialect.name]
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(statement, tuple(list(column) for column in zip(*rows, strict=True)))
        return
    plain = [list(row) for row in rows]
    for row in plain:
        for n in _SQLITE_UUIDS[table.name]:
            row[n] = row[n].hex
        for n in _SQLITE_INSTANTS[table.name]:
            row[n] = to_microseconds(row[n])
    connection.exec_driver_sql(statement, [tuple(row) for row in plain])
