"""Statements past SQLAlchemy: in its transaction, with its errors, and the same values and rows as its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, bindparam, select, text, update

from gateway.store.driver import run, run_many
from gateway.store.grouping import Store
from gateway.store.hot import OPERATION_COLUMNS, insert_operations
from gateway.store.prepared import Prepared
from gateway.store.tables import cursors, operations

AT = datetime(2026, 1, 15, 6, 0, 0, 123457, tzinfo=UTC)


def put(connection: Connection, *names: str) -> None:
    marks = ("$1", "$2") if connection.dialect.name == "postgresql" else ("?", "?")
    statement = f"INSERT INTO cursors (name, value) VALUES ({', '.join(marks)})"  # noqa: S608 - our own marks
    run_many(connection, statement, [(name, "x") for name in names])


async def names(store: Store) -> list[str]:
    return await store.read(lambda c: [name for (name,) in run(c, "SELECT name FROM cursors ORDER BY name")])


def operation(number: int, **more: object) -> tuple[object, ...]:
    values = {
        "id": UUID(int=number), "kind": "k", "upstream": "u", "state": 1, "client": "c", "channel": "system",
        "idempotency_key": None, "fingerprint": b"f", "business_key": f"{number}", "revision": 1,
        "organisation": "123456", "pilot": False, "findings": None, "payload": b"p", "traceparent": None,
        "accepted_at": AT, "updated_at": AT, "due_at": AT,
    } | more  # fmt: skip
    return tuple(values[name] for name in OPERATION_COLUMNS)


async def test_the_first_statement_is_in_the_transaction_already(store: Store):
    def broken(connection: Connection) -> None:
        put(connection, "a")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.write(broken)
    assert await names(store) == []


async def test_operations_inserted_first_go_with_their_transaction(store: Store):
    def broken(connection: Connection) -> None:
        insert_operations(connection, [operation(1)])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.write(broken)
    assert await store.read(lambda c: c.execute(select(operations.c.id)).all()) == []


async def test_both_ways_see_one_transaction(store: Store):
    def work(connection: Connection) -> list[str]:
        connection.execute(text("INSERT INTO cursors (name, value) VALUES ('a', 'x')"))
        put(connection, "b")
        return list(connection.execute(select(cursors.c.name).order_by(cursors.c.name)).scalars())

    assert await store.write(work) == ["a", "b"]


_LOOK = (
    select(
        operations.c.id, operations.c.pilot, operations.c.payload, operations.c.findings, operations.c.lease,
        operations.c.accepted_at, operations.c.lease_until, operations.c.attempts,
    )
    .where(operations.c.upstream == bindparam("wanted"), operations.c.accepted_at <= bindparam("now"))
    .order_by(operations.c.id)
    .limit(bindparam("most"))
)  # fmt: skip
_LEASE = (
    update(operations)
    .where(operations.c.id == bindparam("row_id"))
    .values(lease=bindparam("lease"), lease_until=bindparam("lease_until"), findings=None)
)
_INSTANTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))  # noqa: DTZ001 - the zone follows
_LEASES = st.lists(st.tuples(st.none() | st.uuids(), st.none() | _INSTANTS), min_size=3, max_size=3)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_LEASES)
async def test_prepared_statements_write_and_read_what_sqlalchemy_does(
    store: Store, leases: list[tuple[UUID | None, datetime | None]]
):
    look, lease = Prepared(_LOOK), Prepared(_LEASE)
    wanted = {"wanted": "u", "now": AT + timedelta(seconds=1), "most": 2}

    def work(connection: Connection) -> None:
        connection.execute(text("DELETE FROM operations"))
        insert_operations(connection, [operation(n, pilot=n == 2, findings="[]") for n in (1, 2, 3)])
        given_leases = [
            {"row_id": UUID(int=n), "lease": held, "lease_until": until} for n, (held, until) in enumerate(leases, 1)
        ]
        lease.run_many(connection, given_leases)
        rows = connection.execute(_LOOK, wanted).all()
        assert [(row.lease, row.lease_until) for row in rows] == leases[:2]
        assert [tuple(row) for row in look.run(connection, wanted)] == [tuple(row) for row in rows]
        assert look.run(connection, wanted)[1]._asdict() == rows[1]._asdict()

    await store.write(work)


async def test_a_missing_value_is_an_error(store: Store):
    with pytest.raises(KeyError):
        await store.write(lambda connection: Prepared(_LOOK).run(connection, {"wanted": "u", "now": AT}))
