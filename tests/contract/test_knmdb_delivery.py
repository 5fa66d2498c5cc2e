"""Sales through the real journal and dispatcher on SQLite to the simulated KNMDB over real sockets, replies lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Connection

from adapters.knmdb.simulator.faults import RESULT_CODE
from gateway.operations.dispatcher import Dispatcher
from gateway.operations.journal import Journal
from gateway.operations.model import OperationRecord, OutboundMessage, Outcome, State, Step
from gateway.operations.signals import Signals, work
from gateway.programme.outbound import Outbound, insert_outbound, sealed_payload
from gateway.store.sqlite import SqliteStore
from tests.contract.knmdb import IDS, Database, database, part, return_message, sale_message, sold, whole
from tests.contract.test_knmdb_faults import BY_OUTCOME, MATRIX, OUTCOMES
from tests.support.doubles import SilentObserver, SystemClock
from tests.support.house import QUICK
from tests.support.journal import SEALER, make_journal

POLICY = QUICK.model_copy(update={"ask_after_seconds": 0.02})
ENDS = {Outcome.REFUSED: State.PARKED, Outcome.REJECTED: State.REJECTED, Outcome.IN_DOUBT: State.DELIVERED}
"""Where a sale ends whose first answer was such a code: what was in doubt is asked about, not found, and sent again."""


@dataclass
class Till:
    """Accepts sales as the dispensing service does: into the journal, in a transaction."""

    store: SqliteStore
    signals: Signals
    journal: Journal
    knmdb: Database

    async def accept(self, *messages: OutboundMessage) -> list[UUID]:
        now = SystemClock().now()
        rows = [
            Outbound(
                id=one.operation_id,
                kind=one.kind,
                upstream="knmdb",
                client="till",
                business_key=one.business_key,
                revision=one.revision,
                organisation=one.organisation,
                payload=sealed_payload(SEALER, one.operation_id, one.payload),
                fingerprint=one.operation_id.bytes,
                at=now,
            )
            for one in messages
        ]
        await self.store.write(partial(_insert, rows=rows))
        self.signals.fire(work("knmdb"))
        return [one.operation_id for one in messages]

    async def end_of(self, operation_id: UUID) -> OperationRecord:
        record = await self.journal.wait_for_end(operation_id, 20)
        assert record is not None
        return record

    async def steps(self, operation_id: UUID) -> list[Step]:
        return [attempt.step for attempt in await self.journal.attempts(operation_id)]


def _insert(connection: Connection, rows: list[Outbound]) -> None:
    insert_outbound(connection, rows)


@pytest.fixture
async def till(tmp_path: Path) -> AsyncIterator[Till]:
    async with database(tmp_path / "knmdb") as knmdb:
        store = SqliteStore(tmp_path / "kopuro.db")
        await store.open()
        signals = Signals()
        client = knmdb.client()
        dispatcher = Dispatcher(
            store=store,
            signals=signals,
            clock=SystemClock(),
            ids=IDS,
            destinations=[(client, POLICY)],
            observer=SilentObserver(),
            exclusive=True,
            sealer=SEALER,
        )
        await dispatcher.start()
        yield Till(store, signals, make_journal(store, clock=SystemClock(), signals=signals), knmdb)
        await dispatcher.drain(2)
        await client.close()
        await store.close()


async def test_a_lost_reply_after_a_whole_box_ends_delivered_under_the_number_it_has(till: Till):
    await till.knmdb.stock(1)
    await till.knmdb.fault("lost-reply-after-store", count=1, operation="SalesDeclaration")
    (sale,) = await till.accept(sale_message(sold(whole(1))))
    record = await till.end_of(sale)
    (declared,) = await till.knmdb.declarations()
    assert (record.state, record.record_number) == (State.DELIVERED, str(declared["declarationId"]))
    assert await till.steps(sale) == [Step.SEND, Step.ASK]


async def test_a_lost_request_for_a_whole_box_is_sent_again_after_asking(till: Till):
    await till.knmdb.stock(1)
    await till.knmdb.fault("lost-before-store", count=1, operation="SalesDeclaration")
    (sale,) = await till.accept(sale_message(sold(whole(1))))
    assert (await till.end_of(sale)).state is State.DELIVERED
    assert len(await till.knmdb.declarations()) == 1
    assert await till.steps(sale) == [Step.SEND, Step.ASK, Step.SEND]


@pytest.mark.parametrize(
    ("fault", "reason", "declared"),
    [
        ("lost-reply-after-store", "KNMDB_PART_SALE_SEEN", 1),
        ("lost-before-store", "KNMDB_PART_SALE_NOT_SEEN", 0),
    ],
)
async def test_a_lost_answer_after_a_part_of_a_box_waits_for_a_person_and_is_never_sent_again(
    till: Till, fault: str, reason: str, declared: int
):
    await till.knmdb.stock(1)
    await till.knmdb.fault(fault, count=1, operation="SalesDeclaration")
    (sale,) = await till.accept(sale_message(sold(part(1))))
    record = await till.end_of(sale)
    assert (record.state, record.reason) == (State.PARKED, reason)
    assert len(await till.knmdb.declarations()) == declared
    assert await till.steps(sale) == [Step.SEND, Step.ASK]


async def test_every_fault_ends_right_and_nothing_is_declared_twice(till: Till):
    for serial, (fault, _, _, stored) in enumerate(MATRIX):
        await till.knmdb.stock(f"1{serial}", f"2{serial}")
        ends = []
        for make in (partial(whole, f"1{serial}"), partial(part, f"2{serial}")):
            await till.knmdb.fault(fault, count=1, operation="SalesDeclaration")
            (sale,) = await till.accept(sale_message(sold(make(), number=f"RX-{serial}-{len(ends)}")))
            ends.append((await till.end_of(sale)).state)
            await till.knmdb.clear_faults()
        assert (fault, *ends) == (fault, *_expected(fault, stored=stored))
    await till.knmdb.declarations()  # which asserts that none is double


def _expected(fault: str, *, stored: bool) -> tuple[State, State]:
    if fault in ("model-check", "forbidden", "not-found"):
        return State.PARKED, State.PARKED
    if fault in ("unauthorised", "extra-field", "too-many-requests"):
        return State.DELIVERED, State.DELIVERED
    assert stored or fault in ("lost-before-store", "html-200", "status-503", "redirect")
    return State.DELIVERED, State.PARKED


async def test_every_documented_code_ends_in_its_state_and_nothing_is_declared_twice(till: Till):
    for code, outcome in OUTCOMES.items():
        await till.knmdb.stock(code)
        await till.knmdb.fault(RESULT_CODE, count=1, code=code, operation="SalesDeclaration")
        (sale,) = await till.accept(sale_message(sold(whole(code), number=f"RX-{code}")))
        assert (code, (await till.end_of(sale)).state) == (code, ENDS[outcome])
    declared = [one["prescriptionId"] for one in await till.knmdb.declarations()]
    assert declared == [f"RX-{code}" for code in BY_OUTCOME[Outcome.IN_DOUBT]]


async def test_a_return_waits_for_its_sale_and_takes_back_that_and_no_other(till: Till):
    await till.knmdb.stock(1, 2)
    await till.knmdb.fault("lost-reply-after-store", count=1, operation="SalesDeclaration")
    await till.knmdb.fault("lost-reply-after-store", count=1, operation="SalesDeclarationCancel")
    sale, kept = sold(whole(1), number="RX-1"), sold(whole(2), number="RX-2")
    first, second, third = await till.accept(sale_message(sale), return_message(sale), sale_message(kept))
    assert [(await till.end_of(one)).state for one in (first, second, third)] == [State.DELIVERED] * 3
    standing = {one["prescriptionId"]: one["cancelledBy"] for one in await till.knmdb.declarations()}
    assert standing == {"RX-1": int((await till.end_of(second)).record_number or 0), "RX-2": None}
