"""Taking sales back: exactly, once, by their own pharmacy, before they are reported; on both engines."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, update

from gateway.operations.model import OperationKind
from gateway.programme.dispensing.sales import Dispensed
from gateway.programme.model import PrescriptionState
from gateway.rules.findings import Refused
from gateway.sealing.payloads import open_payload
from gateway.store.grouping import Store
from gateway.store.programme_tables import dispenses, prescriptions
from gateway.store.tables import operations
from schemas.programme.messages import BoxesReturned, ReversedDispense
from tests.service.dispensing.counter import (
    Counter,
    approve_budget,
    budget,
    codes,
    patient_year,
    prescription,
    rows,
    sums,
)
from tests.service.dispensing.test_dispensing import refusal
from tests.support.journal import SEALER
from tests.support.programme import OTHER_PHARMACY, issue_into, medicine

IRON = medicine(
    code="FER-100",
    components=[{"inn": "iron", "strength": "10", "strength_unit": "mg"}],
    compensation={"per": "unit", "amount": "2.00"},
)


@pytest.mark.clause("6", "8", "21")
async def test_a_reversal_is_the_exact_negative_and_gives_everything_back(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    await approve_budget(store, "100.00")
    first = await counter.dispense(issued, sale={"units": 40}, receipt={"amount": "370.00"})
    sold = first.record.row
    before = {row.id: row for row in await rows(store, dispenses)}[sold.id]
    assert sums(sold) == ("600.00", "240.00", "360.00", "230.00")
    taken_back = (await counter.reverse(sold.id)).record
    assert sums(taken_back.row) == ("-600.00", "-240.00", "-360.00", "-230.00")
    written = {row.id: row for row in await rows(store, dispenses)}
    mine, theirs = written[taken_back.row.id], written[sold.id]
    for name in ("units", "compensated_units", "retail", "compensation", "patient_sum", "settled", "charged_now"):
        assert getattr(mine, name) == -getattr(theirs, name), name
    assert (mine.charged_next, Decimal(mine.dose)) == (-theirs.charged_next, -Decimal(theirs.dose))
    assert (mine.fill, mine.sold_on, mine.reversal_of) == (theirs.fill, theirs.sold_on, theirs.id)
    assert theirs._asdict() == before._asdict() | {"reversed_by": mine.id}
    left = await prescription(store, issued)
    assert (left.state, left.dispensed_dose, left.fills) == (PrescriptionState.ISSUED, 0, 1)
    assert await patient_year(store, issued) == (0, issued.reserved)
    assert await budget(store) == (0, 0)
    assert await budget(store, year=2027) == (0, 0)


async def test_the_next_sale_has_the_next_number_and_the_course_is_whole_again(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    sold = (await counter.dispense(issued)).record.row
    await counter.reverse(sold.id)
    assert (await prescription(store, issued)).ended_at is None
    again = (await counter.dispense(issued)).record.row
    assert (again.fill, again.compensated_units) == (2, 60)


async def test_a_reversal_is_revision_two_for_fund_and_boxes(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    code = "010460000000001521ABC123"
    sold = (await counter.dispense(issued, sale={"boxes": [{"code": code, "units": 60}]})).record.row
    taken_back = (await counter.reverse(sold.id)).record
    told = {row.kind: row for row in await rows(store, operations)}
    reverse, cancel = told[OperationKind.REVERSE_DISPENSE], told[OperationKind.CANCEL_SALE]
    assert {one.id for one in taken_back.carried} == {reverse.id, cancel.id}
    assert (reverse.business_key, reverse.revision) == (f"{issued.number}/1", 2)
    assert (cancel.business_key, cancel.revision) == (f"sale/{sold.id}", 2)
    message = ReversedDispense.model_validate_json(open_payload(SEALER, reverse.id, reverse.payload))
    assert (message.dispense, message.reversal, message.settled) == (sold.id, taken_back.row.id, Decimal(-360))
    returned = BoxesReturned.model_validate_json(open_payload(SEALER, cancel.id, cancel.payload))
    assert returned.boxes == (code,)


async def test_once_and_only_by_its_own_pharmacy(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    sold = (await counter.dispense(issued)).record.row
    assert codes(await refusal(counter.reverse(sold.id, pharmacy=OTHER_PHARMACY))) == ["DISPENSE_NOT_FOUND"]
    assert codes(await refusal(counter.reverse(uuid4()))) == ["DISPENSE_NOT_FOUND"]
    first = await counter.reverse(sold.id, key="r")
    again = await counter.reverse(sold.id, key="r")
    assert again == Dispensed(first.record, repeated=True)
    assert codes(await refusal(counter.reverse(sold.id))) == ["DISPENSE_REVERSED"]
    assert codes(await refusal(counter.reverse(first.record.row.id))) == ["DISPENSE_REVERSED"]
    reused = await refusal(counter.reverse(sold.id, key="r", reason="wrong-price"))
    assert codes(reused) == ["IDEMPOTENCY_KEY_REUSED"]


@pytest.mark.clause("45", "47")
async def test_clause_47_what_is_in_a_report_is_not_reversed(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    sold = (await counter.dispense(issued)).record.row

    def report(connection: Connection) -> None:
        connection.execute(update(dispenses).values(report=uuid4()))

    await store.write(report)
    assert codes(await refusal(counter.reverse(sold.id))) == ["DISPENSE_REPORTED"]
    assert await patient_year(store, issued) == (36000, 0)


async def test_twenty_reversals_at_once_take_back_once(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    sold = (await counter.dispense(issued)).record.row
    answers: list[Any] = await asyncio.gather(*(counter.reverse(sold.id) for _ in range(20)), return_exceptions=True)
    assert sum(isinstance(answer, Dispensed) for answer in answers) == 1
    assert all(codes(answer) == ["DISPENSE_REVERSED"] for answer in answers if isinstance(answer, Refused))
    assert await patient_year(store, issued) == (0, issued.reserved)
    assert await budget(store) == (0, 0)


@pytest.mark.clause("40")
async def test_after_its_last_day_a_reversal_leaves_the_prescription_expired(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    sold = (await counter.dispense(issued)).record.row
    counter.clock.move(days=31)
    left = (await counter.reverse(sold.id)).record.kept.left
    assert (left.state, left.dose) == ("expired", Decimal(600))
    assert (await prescription(store, issued)).state is PrescriptionState.EXPIRED
    assert await patient_year(store, issued) == (0, 0)


@pytest.mark.clause("18")
async def test_clause_18_what_was_dispensed_stays_closed_when_another_of_the_name_is_open(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    sold = (await counter.dispense(issued)).record.row
    counter.clock.move(minutes=1)
    await issue_into(store, issued_at=counter.clock.at)
    left = (await counter.reverse(sold.id)).record.kept.left
    assert left.state == "dispensed"
    assert await patient_year(store, issued) == (0, 36000)


@pytest.mark.clause("21")
async def test_a_reversal_sets_aside_no_more_than_the_limit_leaves(store: Store):
    counter, issued = Counter(store, limit="500.00"), await issue_into(store)
    sold = (await counter.dispense(issued)).record.row
    await issue_into(store, prescribed=IRON, issued_at=counter.clock.at + timedelta(minutes=1))
    assert await patient_year(store, issued) == (36000, 12000)
    await counter.reverse(sold.id)
    assert await patient_year(store, issued) == (0, 48000)
    counter.limit.som = "400.00"  # lowered after the issue: what is set aside stays, and nothing grows
    await counter.dispense(issued, sale={"units": 10})
    assert await patient_year(store, issued) == (6000, 42000)


async def test_reversing_goes_on_when_the_row_is_gone_from_the_open_ones(store: Store):
    """The duty may have written it expired meanwhile, and its reserve is given back already."""
    counter, issued = Counter(store), await issue_into(store)
    sold = (await counter.dispense(issued, sale={"units": 10})).record.row

    def expire(connection: Connection) -> None:
        connection.execute(update(prescriptions).values(state=PrescriptionState.EXPIRED, reserved=0))

    await store.write(expire)
    counter.clock.move(days=40)
    left = (await counter.reverse(sold.id)).record.kept.left
    assert left.state == "expired"
