"""The two hot inserts, in each engine's quickest words: many rows at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import count
from typing import Any

from sqlalchemy import Connection, Dialect, Table, Uuid
from sqlalchemy.dialects import postgresql

from gateway.store.driver import run, run_many
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
_POSTGRES: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # it ships without types


def insert_operations(connection: Connection, rows: Rows) -> None:
    """Insert operations given as rows of :data:`OPERATION_COLUMNS`; raises ``IntegrityError`` on a repeated key."""
    _insert(connection, [(operations, OPERATION_COLUMNS, rows)])


def insert_cases(connection: Connection, operation_rows: Rows, case_rows: Rows) -> None:
    """Insert treated cases given as rows of :data:`CASE_COLUMNS`, and before them the operations that deliver them.

    Raises ``IntegrityError`` on a repeated one of either.
    """
    _insert(connection, [(operations, OPERATION_COLUMNS, operation_rows), (treated_cases, CASE_COLUMNS, case_rows)])


_Insertion = tuple[Table, Sequence[str], Rows]


def _insert(connection: Connection, insertions: Sequence[_Insertion]) -> None:
    wanted = [insertion for insertion in insertions if insertion[2]]
    if not wanted:
        return
    if connection.dialect.name == "postgresql":
        _in_one_statement(connection, wanted)
    else:
        for table, columns, rows in wanted:
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


def _in_one_statement(connection: Connection, insertions: Sequence[_Insertion]) -> None:
    """PostgreSQL: all rows of all tables in one statement, an array a column: one way there and back."""
    statement = _unnesting(tuple((table.name, tuple(columns)) for table, columns, _ in insertions))
    run(connection, statement, [list(column) for _, _, rows in insertions for column in zip(*rows, strict=True)])


@cache
def _unnesting(targets: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    """``WITH`` insertions that feed on arrays. Foreign keys are looked at when the whole statement is done."""
    numbers = count(1)
    inserts = []
    for name, columns in targets:
        table = operations.metadata.tables[name]
        kinds = (table.c[column].type.compile(_POSTGRES) for column in columns)
        arrays = ", ".join(f"${next(numbers)}::{kind}[]" for kind in kinds)
        inserts.append(f"INSERT INTO {name} ({', '.join(columns)}) SELECT * FROM unnest({arrays})")  # noqa: S608 - our own names
    *before, last = inserts
    parts = ", ".join(f"part_{n} AS ({insert})" for n, insert in enumerate(before))
    return f"WITH {parts} {last}" if parts else last
