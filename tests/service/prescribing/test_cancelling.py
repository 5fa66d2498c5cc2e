"""Cancelling: by its own organisation, while nothing is dispensed and nobody holds it; on both engines."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import orjson
import pytest
from sqlalchemy import select, update

from gateway.operations.model import OperationKind
from gateway.programme.model import PrescriptionState
from gateway.programme.prescribing.model import IssuedAnswer, Requester
from gateway.rules.findings import Finding, Refused
from gateway.sealing.payloads import open_payload
from gateway.store.grouping import Store
from gateway.store.programme_tables import prescriptions
from gateway.store.tables import operations
from schemas.errors import ErrorCode
from tests.service.prescribing.clinic import CALLER, Clinic, count, on_sqlite
from tests.support.doubles import NOON
from tests.support.journal import SEALER
from tests.support.programme import CLINIC, OTHER_CLINIC, OTHER_PHARMACY, PIN, FixedLimit, issue_into


async def refusal(clinic: Clinic, prescription: Any, **given: Any) -> Finding:
    with pytest.raises(Refused) as refused:
        await clinic.cancel(prescription, **given)
    (finding,) = refused.value.findings
    return finding


async def change(store: Store, **values: Any) -> None:
    await store.write(lambda connection: connection.execute(update(prescriptions).values(**values)))


@pytest.mark.clause("18", "21(1)")
async def test_clause_21_1_what_was_set_aside_is_given_back_and_the_name_is_free_again(store: Store):
    clinic = Clinic(store, limit=FixedLimit("360.00"))
    issued = await clinic.issue()
    cancelled = await clinic.cancel(issued.id)
    assert (cancelled.row.state, cancelled.row.reserved, cancelled.row.ended_at) == (
        PrescriptionState.CANCELLED,
        0,
        NOON,
    )
    assert cancelled.row == await clinic.row(issued.id)
    assert await clinic.year(PIN) == (0, 0)
    assert isinstance(await clinic.outcome(), IssuedAnswer)


async def test_the_fund_is_told_under_the_same_business_key(store: Store):
    clinic = Clinic(store)
    issued = await clinic.issue()
    await clinic.cancel(issued.id)
    query = select(operations).where(operations.c.business_key == issued.message.number).order_by(operations.c.revision)
    _, cancel = await store.read(lambda connection: connection.execute(query).all())
    assert (cancel.kind, cancel.revision, cancel.organisation) == (OperationKind.CANCEL_PRESCRIPTION, 2, CLINIC)
    sent = orjson.loads(open_payload(SEALER, cancel.id, cancel.payload))
    assert (sent["number"], sent["reason"]) == (issued.message.number, "берилбейт")


async def test_cancelled_many_times_at_once_it_is_cancelled_once(store: Store):
    clinic = Clinic(store)
    issued = await clinic.issue()
    answers = await asyncio.gather(*(clinic.cancel(issued.id) for _ in range(20)))
    assert len({answer.row.ended_at for answer in answers}) == 1
    assert await count(store, operations) == 2
    assert await clinic.year(PIN) == (0, 0)


@on_sqlite
async def test_only_its_own_organisation_finds_it(store: Store):
    clinic = Clinic(store)
    issued = await clinic.issue()
    stranger = Requester(caller=CALLER, organisations=frozenset({OTHER_CLINIC}))
    theirs = await refusal(clinic, issued.id, requester=stranger)
    assert theirs == await refusal(clinic, uuid4(), requester=stranger)
    assert theirs.code is ErrorCode.RX_NOT_FOUND


@on_sqlite
@pytest.mark.parametrize(
    ("state", "name"),
    [
        (PrescriptionState.PARTIALLY_DISPENSED, "partially-dispensed"),
        (PrescriptionState.DISPENSED, "dispensed"),
        (PrescriptionState.EXPIRED, "expired"),
    ],
)
async def test_what_is_dispensed_or_over_cannot_be_cancelled(store: Store, state: PrescriptionState, name: str):
    issued = await issue_into(store, state=state)
    finding = await refusal(Clinic(store), issued.id)
    assert (finding.code, finding.parameters) == (ErrorCode.RX_STATE, {"state": name})


@on_sqlite
@pytest.mark.clause("40")
async def test_clause_40_past_its_days_it_is_expired_whatever_is_written(store: Store):
    clinic = Clinic(store)
    issued = await issue_into(store, issued_at=NOON - timedelta(days=31))
    assert (await refusal(clinic, issued.id)).parameters == {"state": "expired"}


@on_sqlite
async def test_while_a_pharmacy_holds_it_it_stays(store: Store):
    clinic = Clinic(store)
    issued = await issue_into(store)
    held = {"held_since": NOON - timedelta(minutes=10), "held_until": NOON + timedelta(minutes=20)}
    await change(store, hold=uuid4(), held_by=OTHER_PHARMACY, **held)
    finding = await refusal(clinic, issued.id)
    assert finding.code is ErrorCode.RX_HELD
    assert finding.parameters == {"since": "2026-01-15T11:50+06:00", "until": "2026-01-15T12:20+06:00"}
    clinic.clock.move(minutes=20)
    assert (await clinic.cancel(issued.id)).row.state is PrescriptionState.CANCELLED
