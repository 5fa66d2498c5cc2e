"""Many at once: one open prescription of a name, and the limit never exceeded; on PostgreSQL at four nodes."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from gateway.programme.model import PrescriptionState
from gateway.programme.prescribing.expiry import PrescriptionExpiry
from gateway.rules.findings import Refused
from gateway.store.grouping import Store
from gateway.store.postgres import PostgresStore
from gateway.store.programme_tables import patient_years, prescriptions
from gateway.store.sqlite import SqliteStore
from gateway.store.tables import operations
from schemas.errors import ErrorCode
from schemas.prescriptions import PrescriptionOrder
from tests.conftest import migrated_sqlite
from tests.service.prescribing.clinic import EVERYWHERE, Clinic, count
from tests.support import postgres
from tests.support.doubles import SettableClock
from tests.support.programme import PIN, FixedLimit, References, issue_into, medicine, order, reference

AT_ONCE = 20
SUBSTANCES = [
    medicine(code=f"M-{n}", components=[{"inn": f"substance-{n}", "strength": "10", "strength_unit": "mg"}])
    for n in range(AT_ONCE)
]
MANY = References(reference(*SUBSTANCES))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def nodes(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[list[Store]]:
    """One store of SQLite, or four nodes on one PostgreSQL."""
    url = None
    if request.param == "sqlite":
        opened: list[Store] = [SqliteStore(await migrated_sqlite(tmp_path, tmp_path_factory))]
    else:
        url = await postgres.create_database(request.getfixturevalue("postgres_server"), migrated=True)
        opened = [PostgresStore(url, connections=2, connect_seconds=30.0) for _ in range(4)]
    for store in opened:
        await store.open()
    yield opened
    for store in opened:
        await store.close()
    if url is not None:
        await postgres.drop_database(url)


def clinics(nodes: list[Store], count: int = 4, **given) -> list[Clinic]:
    """Several services over the nodes in turn: what keeps them apart is the store alone."""
    return [Clinic(nodes[n % len(nodes)], **given) for n in range(count)]


async def issued_at_once(rooms: list[Clinic], orders: list[PrescriptionOrder]) -> Counter[ErrorCode | str]:
    """What becomes of orders that were all found sound before the first of them was issued: the store alone decides."""
    sound = [await rooms[n % len(rooms)].service.sound(one, EVERYWHERE) for n, one in enumerate(orders)]

    async def issue(n: int) -> ErrorCode | str:
        try:
            await rooms[n % len(rooms)].service.issue(sound[n], EVERYWHERE, f"key-{uuid4()}")
        except Refused as refused:
            return refused.findings[0].code
        return "issued"

    return Counter(await asyncio.gather(*(issue(n) for n in range(len(orders)))))


@pytest.mark.clause("18")
async def test_clause_18_of_twenty_issued_at_once_for_one_name_exactly_one_is(nodes: list[Store]):
    rooms = clinics(nodes)
    for units in (10, 20, 30):
        told = await issued_at_once(rooms, [order(item={"units": units})] * AT_ONCE)
        assert told == {"issued": 1, ErrorCode.RX_DUPLICATE_OPEN: AT_ONCE - 1}
        (open_one,) = await _open(nodes[0])
        await rooms[0].cancel(open_one)
    assert await rooms[0].year(PIN) == (0, 0)


@pytest.mark.clause("21(1)")
@pytest.mark.parametrize("fitting", [3, 10, 19])
async def test_clause_21_1_issued_at_once_for_many_names_the_limit_is_never_exceeded(nodes: list[Store], fitting: int):
    """``fitting`` prescriptions of 360.00 som fit: fewer than one batch has, and fewer than all batches have."""
    rooms = clinics(nodes, limit=FixedLimit(f"{fitting * 360 + 100}.00"), references=MANY)
    told = await issued_at_once(rooms, [order(item={"medicine": one.code}) for one in SUBSTANCES])
    assert told == {"issued": fitting, ErrorCode.PATIENT_LIMIT_EXCEEDED: AT_ONCE - fitting}
    assert await rooms[0].year(PIN) == (0, fitting * 360)
    assert await count(nodes[0], prescriptions) == await count(nodes[0], operations) == fitting


async def test_one_request_many_times_at_once_has_one_effect(nodes: list[Store]):
    rooms = clinics(nodes, AT_ONCE)
    answers = await asyncio.gather(*(room.issue(key="the-same") for room in rooms))
    assert len({one.id for one in answers}) == 1
    assert sum(not one.repeated for one in answers) == 1
    assert await count(nodes[0], prescriptions) == 1


async def test_issuing_and_cancelling_at_once_leave_the_books_right(nodes: list[Store]):
    rooms = clinics(nodes, references=MANY, limit=FixedLimit("100000.00"))

    async def issue_and_cancel(n: int) -> None:
        issued = await rooms[n % 4].issue(order(item={"medicine": SUBSTANCES[n].code}))
        await asyncio.gather(*(room.cancel(issued.id) for room in rooms))

    await asyncio.gather(*(issue_and_cancel(n) for n in range(AT_ONCE)))
    assert await rooms[0].year(PIN) == (0, 0)
    assert await count(nodes[0], operations) == 2 * AT_ONCE


async def test_numbers_drawn_alike_at_several_nodes_at_once_are_given_once(nodes: list[Store]):
    def draws(then: int) -> Callable[[int], int]:
        drawn = iter([7, 7, then])
        return lambda _: next(drawn)

    rooms = [Clinic(nodes[n % len(nodes)], below=draws(8 + n)) for n in range(4)]
    pins = [f"2120519700{n:04d}" for n in range(4)]
    issued = await asyncio.gather(
        *(room.issue(order(patient={"pin": pin})) for room, pin in zip(rooms, pins, strict=True))
    )
    assert len({one.message.number for one in issued}) == 4


@pytest.mark.clause("40")
async def test_clause_40_the_duty_at_several_nodes_gives_each_reserve_back_once(nodes: list[Store]):
    for n in range(AT_ONCE):
        await issue_into(nodes[0], prescribed=SUBSTANCES[n])
    clock = SettableClock()
    duties = [PrescriptionExpiry(room.store, clock, room.desk) for room in clinics(nodes)]
    assert await asyncio.gather(*(duty.expire_overdue() for duty in duties)) == [0] * 4
    clock.move(days=30, hours=12)  # midnight in Bishkek after the last day
    await asyncio.gather(*(duty.expire_overdue() for duty in duties))
    assert await duties[0].expire_overdue() == 0
    rows = await nodes[0].read(lambda connection: connection.execute(select(prescriptions)).all())
    assert {(row.state, row.reserved) for row in rows} == {(PrescriptionState.EXPIRED, 0)}
    (year,) = await nodes[0].read(lambda connection: connection.execute(select(patient_years)).all())
    assert (year.used, year.reserved) == (0, 0)


async def _open(store: Store):
    query = select(prescriptions.c.id).where(prescriptions.c.state == PrescriptionState.ISSUED)
    return await store.read(lambda connection: connection.execute(query).scalars().all())
