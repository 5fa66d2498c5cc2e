"""Statements straight to the driver, for what every batch does: SQLAlchemy's own way costs several times as much.

Text and values are the driver's: ``?`` and SQLite's storage classes, or ``$1`` and what asyncpg takes. Errors come as
SQLAlchemy's, and everything runs in the transaction of the connection given.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

Answer = TypeVar("Answer")
Values = Sequence[Any]


def run(connection: Connection, statement: str, values: Values = ()) -> Sequence[Any]:
    """Run one statement; its rows."""
    if connection.dialect.name == "postgresql":
        rows: Sequence[Any] = run_asyncpg(connection, statement, lambda raw: raw.fetch(statement, *values))
        return rows
    with _sqlite(connection, statement) as driver:
        return driver.execute(statement, values).fetchall()


def run_many(connection: Connection, statement: str, rows: Sequence[Values]) -> None:
    """Run one statement for each of ``rows``."""
    if connection.dialect.name == "postgresql":
        run_asyncpg(connection, statement, lambda raw: raw.executemany(statement, rows))
        return
    with _sqlite(connection, statement) as driver:
        driver.executemany(statement, rows)


def run_asyncpg(connection: Connection, statement: str, work: Callable[[Any], Awaitable[Any]]) -> Any:
    """Have ``work`` done with asyncpg's own connection; ``statement`` tells what of."""
    import asyncpg  # noqa: PLC0415 - an extra that only PostgreSQL needs

    driver: Any = connection.connection
    if not driver.driver_connection.is_in_transaction() and not _is_begun_by_word(connection):
        _begin(connection)
    try:
        return driver.run_async(work)
    except asyncpg.IntegrityConstraintViolationError as error:
        raise IntegrityError(statement, None, error) from error
    except asyncpg.PostgresError as error:
        raise DBAPIError(statement, None, error) from error
    except asyncpg.InterfaceError as error:
        raise OperationalError(statement, None, error) from error


@contextmanager
def _sqlite(connection: Connection, statement: str) -> Iterator[sqlite3.Connection]:
    driver: Any = connection.connection.dbapi_connection
    if not driver.in_transaction:
        _begin(connection)
    try:
        yield driver
    except sqlite3.Error as error:
        raise DBAPIError.instance(statement, None, error, sqlite3.Error) from error


def _begin(connection: Connection) -> None:
    """SQLAlchemy begins a transaction with the first statement that goes through it."""
    connection.exec_driver_sql("SELECT 1")


def _is_begun_by_word(connection: Connection) -> bool:
    """Whether transactions on this connection are begun and ended by :func:`in_transaction`."""
    return connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"


def in_transaction(connection: Connection, work: Callable[[Connection], Answer]) -> Answer:
    """Do ``work`` in a transaction on a connection of PostgreSQL's that SQLAlchemy leaves in autocommit.

    SQLAlchemy's own transaction is two more words to the server and back. Whatever is raised, the transaction is
    undone. A connection that is lost is noticed by SQLAlchemy, which then gives up all its connections of that time.
    """
    run_asyncpg(connection, "BEGIN", lambda raw: raw.execute("BEGIN"))
    try:
        answer = work(connection)
        run_asyncpg(connection, "COMMIT", lambda raw: raw.execute("COMMIT"))
    except BaseException:  # also when cancelled: the connection goes back to the pool
        try:
            connection.exec_driver_sql("ROLLBACK")
        except DBAPIError:
            connection.invalidate()
        raise
    return answer
