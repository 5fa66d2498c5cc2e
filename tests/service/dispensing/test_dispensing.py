"""Recording sales: what is judged, written, charged and sent; on both engines."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from gateway.operations.model import OperationKind
from gateway.programme.dispensing.records import DispenseFilter, PlaceInList, receipt_key
from gateway.programme.model import PrescriptionState
from gateway.rules.findings import Refused
from gateway.sealing.payloads import open_payload
from gateway.store.grouping import Store
from gateway.store.programme_tables import dispenses, prescriptions, quotes
from gateway.store.tables import operations
from schemas.programme.messages import BoxesSold, DispensedMedicine
from tests.service.dispensing.counter import (
    ENALAPRIL,
    FOREIGN,
    IN_EXCHANGE,
    Counter,
    approve_budget,
    budget,
    codes,
    patient_year,
    prescription,
    rows,
    sums,
)
from tests.support.doubles import NOON
from tests.support.journal import INDEX, SEALER
from tests.support.programme import OTHER_PHARMACY, PHARMACY, References, issue_into, medicine, reference


async def refusal(awaitable) -> Refused:
    with pytest.raises(Refused) as refused:
        await awaitable
    return refused.value


@pytest.mark.clause("6", "37", "42", "43")
async def test_clause_42_a_whole_course_is_compensated_by_the_sold_row(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    await approve_budget(store, "1000000.00")
    answered = await counter.dispense(issued)
    row = answered.record.row
    assert sums(row) == ("900.00", "360.00", "540.00", "360.00")
    assert (row.fill, row.units, row.compensated_units, row.dose) == (1, 60, 60, Decimal(600))
    left = await prescription(store, issued)
    assert (left.state, left.dispensed_dose, left.fills) == (PrescriptionState.DISPENSED, Decimal(600), 1)
    assert left.ended_at == NOON
    assert await patient_year(store, issued) == (36000, 0)
    assert await budget(store) == (36000, 0)


@pytest.mark.clause("36", "37", "43")
async def test_clause_36_partial_fills_across_a_substitution_use_up_the_course(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    first = await counter.dispense(issued, sale={"units": 20})
    assert sums(first.record.row) == ("300.00", "120.00", "180.00", "120.00")
    left = first.record.kept.left
    assert (left.dose, left.units, left.last_day) == (Decimal(400), 40, issued.message.valid_until)
    assert (await prescription(store, issued)).state is PrescriptionState.PARTIALLY_DISPENSED
    assert await patient_year(store, issued) == (12000, 24000)
    second = await counter.dispense(issued, sale=IN_EXCHANGE | {"units": 20}, pharmacy=OTHER_PHARMACY)
    assert sums(second.record.row) == ("360.00", "200.00", "160.00", "200.00")
    assert second.record.row.fill == 2
    assert (await prescription(store, issued)).state is PrescriptionState.DISPENSED
    assert await patient_year(store, issued) == (32000, 0)


@pytest.mark.clause("43")
async def test_clause_43_units_above_the_course_are_the_patients(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    answered = await counter.dispense(issued, sale={"units": 70}, receipt={"amount": "690.00"})
    assert sums(answered.record.row) == ("1050.00", "360.00", "690.00", "360.00")
    assert answered.record.row.findings[0].code == "UNITS_ABOVE_COURSE"


@pytest.mark.clause("44")
async def test_clause_44_an_overcharged_receipt_lessens_what_is_settled_and_charged(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    answered = await counter.dispense(issued, receipt={"amount": "600.00"})
    assert sums(answered.record.row) == ("900.00", "360.00", "540.00", "300.00")
    assert await budget(store) == (30000, 0)
    assert await patient_year(store, issued) == (36000, 0)


@pytest.mark.clause("31", "35", "36", "38", "39")
async def test_everything_against_a_sale_is_said_at_once_and_nothing_written(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    counter.contracts.days.pop(PHARMACY)
    refused = await refusal(
        counter.dispense(
            issued,
            sale={"medicine": FOREIGN, "pack_price": "500.00"},
            offers_shown=[],
            choice=None,
            receipt=None,
        )
    )
    assert {
        "PHARMACY_NOT_CONTRACTED",
        "NOT_SAME_GENERIC_GROUP",
        "OFFERS_NOT_SHOWN",
        "CHOICE_NOT_RECORDED",
        "RECEIPT_REQUIRED",
        "PRICE_ABOVE_SHELF",
    } <= set(codes(refused))
    assert await rows(store, dispenses) == []
    assert (await prescription(store, issued)).fills == 0


@pytest.mark.clause("33")
async def test_clause_33_any_contracted_pharmacy_may_dispense(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    counter.contracts.days["999999"] = counter.contracts.days[PHARMACY]
    assert (await counter.dispense(issued, pharmacy="999999")).record.row.pharmacy == "999999"


@pytest.mark.clause("40")
async def test_clause_40_the_day_of_sale_in_bishkek_decides(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    counter.clock.at = NOON.replace(month=2, day=14, hour=18)
    assert codes(await refusal(counter.dispense(issued)))[0] == "RX_EXPIRED"
    counter.clock.at -= timedelta(microseconds=1)
    assert (await counter.dispense(issued)).record.row.sold_on == issued.message.valid_until


@pytest.mark.clause("21")
async def test_clause_21_a_dispense_never_passes_the_limit_of_the_year(store: Store):
    counter, issued = Counter(store, limit="360.00"), await issue_into(store)
    # Twenty-nine tablets of 20 mg come to 290.00; thirty of them to 300.00: both below what is set aside.
    assert (await counter.dispense(issued, sale=IN_EXCHANGE | {"units": 29})).record.row.sums.compensation == 290
    used, reserved = await patient_year(store, issued)
    assert (used, reserved) == (29000, 1200)
    # Another prescription of the patient sets aside nearly all that is left.
    other = await issue_into(store, issued_at=NOON + timedelta(minutes=1), state=PrescriptionState.EXPIRED)
    refused = await refusal(counter.dispense(other))
    assert codes(refused)[0] == "PATIENT_LIMIT_EXCEEDED"
    assert refused.findings[0].parameters == {"limit": "360.00", "left": "58.00", "expected": "360.00"}
    assert await patient_year(store, issued) == (29000, 1200)


@pytest.mark.clause("8")
async def test_clause_8_what_the_budget_cannot_bear_is_carried_to_the_next_year(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    await approve_budget(store, "100.00")
    row = (await counter.dispense(issued)).record.row
    assert (row.split.now, row.split.next) == (10000, 26000)
    assert await budget(store) == (10000, 0)
    assert await budget(store, year=2027) == (0, 26000)


@pytest.mark.clause("6")
async def test_the_fund_and_the_medicines_database_are_told_in_the_same_transaction(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    code = "010460000000001521ABC123\x1d17271231"
    answered = await counter.dispense(
        issued, sale={"boxes": [{"code": code}, {"code": code.replace("ABC", "ABD")}]}, key="till-key"
    )
    told = {row.kind: row for row in await rows(store, operations)}
    submitted = told[OperationKind.SUBMIT_DISPENSE]
    assert (submitted.business_key, submitted.revision) == (f"{issued.number}/1", 1)
    assert "till-key" not in submitted.idempotency_key
    message = DispensedMedicine.model_validate_json(open_payload(SEALER, submitted.id, submitted.payload))
    assert (message.number, message.fill, message.settled) == (issued.number, 1, Decimal(360))
    declared = told[OperationKind.DECLARE_SALE]
    assert (declared.business_key, declared.upstream) == (f"sale/{answered.record.row.id}", "knmdb")
    boxes = BoxesSold.model_validate_json(open_payload(SEALER, declared.id, declared.payload))
    assert [box.code for box in boxes.boxes] == [code, code.replace("ABC", "ABD")]
    assert {one.id for one in answered.record.carried} == {submitted.id, declared.id}


async def test_the_same_key_gets_the_same_answer_and_another_request_none(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    first = await counter.dispense(issued, key="a", sale={"units": 20})
    await counter.dispense(issued, sale={"units": 20})
    again = await counter.dispense(issued, key="a", sale={"units": 20})
    assert again.repeated
    assert again.record == first.record
    assert codes(await refusal(counter.dispense(issued, key="a", sale={"units": 10}))) == ["IDEMPOTENCY_KEY_REUSED"]
    assert len(await rows(store, dispenses)) == 2


async def test_twenty_equal_requests_at_once_have_one_effect(store: Store):
    issued = await issue_into(store)
    counter, others = Counter(store), [Counter(store) for _ in range(19)]
    asked = [counter.dispense(issued, key="k") for _ in range(20)]
    asked += [other.dispense(issued, key="k") for other in others]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    refused = [codes(answer) for answer in answers if isinstance(answer, Refused)]
    assert refused == [["IDEMPOTENCY_IN_PROGRESS"]] * 19
    records = [answer.record for answer in answers if not isinstance(answer, BaseException)]
    assert len(records) == 20
    assert all(record == records[0] for record in records)
    assert len(await rows(store, dispenses)) == 1


async def test_one_key_for_two_prescriptions_at_once_serves_one(store: Store):
    one = await issue_into(store)
    other = await issue_into(store, state=PrescriptionState.EXPIRED)
    counters = [Counter(store), Counter(store)]
    asked = (counter.dispense(issued, key="k") for counter, issued in zip(counters, (one, other), strict=True))
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [codes(answer) for answer in answers if isinstance(answer, Refused)] == [["IDEMPOTENCY_KEY_REUSED"]]
    assert len(await rows(store, dispenses)) == 1


@pytest.mark.clause("43")
async def test_clause_43_the_reference_in_force_on_the_day_of_sale_counts(store: Store):
    dearer = medicine(compensation={"per": "unit", "amount": "7.00"})
    changes = NOON.date() + timedelta(days=1)
    versions = References(
        reference(ENALAPRIL, valid_until=NOON.date()), reference(dearer, number=2, valid_from=changes)
    )
    counter, issued = Counter(store, references=versions), await issue_into(store)
    first = await counter.dispense(issued, sale={"units": 10})
    counter.clock.move(days=1)
    second = await counter.dispense(issued, sale={"units": 10}, receipt={"amount": "80.00"})
    assert (first.record.row.sums.compensation, first.record.row.reference_version) == (60, 1)
    assert (second.record.row.sums.compensation, second.record.row.reference_version) == (70, 2)


async def test_late_sales_pass_for_minutes_and_under_a_hold_for_days(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    begun = counter.clock.at
    counter.clock.move(minutes=15)
    assert (await counter.dispense(issued, sale={"units": 10}, sold_at=begun.isoformat())).record.row.sold_at == begun
    counter.clock.move(microseconds=1)
    late = {"sale": {"units": 10}, "sold_at": begun.isoformat()}
    assert codes(await refusal(counter.dispense(issued, **late))) == ["SALE_TOO_OLD"]
    hold = (await counter.quote(issued, sale={"units": 10}, hold=True)).row.id
    sold_at = counter.clock.at + timedelta(minutes=10)
    counter.clock.move(hours=72)
    under_hold = {"sale": {"units": 10}, "sold_at": sold_at.isoformat(), "hold": str(hold)}
    assert (await counter.dispense(issued, **under_hold)).record.row.sold_at == sold_at
    ahead = {"sale": {"units": 10}, "sold_at": (counter.clock.at + timedelta(minutes=6)).isoformat()}
    assert codes(await refusal(counter.dispense(issued, **ahead))) == ["SALE_IN_FUTURE"]
    counter.clock.move(seconds=1)
    assert codes(await refusal(counter.dispense(issued, **under_hold))) == ["SALE_TOO_OLD"]


async def test_a_sale_is_that_of_its_quote_or_refused(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    quoted = (await counter.quote(issued)).row.id
    changed = await refusal(counter.dispense(issued, quote=str(quoted), sale={"units": 59}))
    assert codes(changed)[0] == "QUOTE_CHANGED"
    other = await refusal(counter.dispense(issued, quote=str(quoted), pharmacy=OTHER_PHARMACY))
    assert codes(other)[0] == "QUOTE_NOT_FOUND"
    counter.clock.move(minutes=30)
    assert codes(await refusal(counter.dispense(issued, quote=str(quoted))))[0] == "QUOTE_EXPIRED"
    counter.clock.move(microseconds=-1)
    assert not (await counter.dispense(issued, quote=str(quoted))).repeated


async def test_what_is_recorded_can_be_listed_and_found_by_its_receipt(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    recorded = [
        (await counter.dispense(issued, sale={"units": 10}, receipt={"number": f"Ч-{n}"})).record.row.id
        for n in range(5)
    ]
    day = NOON.date()
    wanted = DispenseFilter(pharmacy=PHARMACY, first=day, last=day, limit=3)
    dispensing = counter.services.dispensing
    page = [record.row.id for record in await dispensing.list(wanted)]
    assert page == recorded[:3]
    rest = DispenseFilter(pharmacy=PHARMACY, first=day, last=day, after=PlaceInList(day, page[-1]))
    assert [record.row.id for record in await dispensing.list(rest)] == recorded[3:]
    by_receipt = DispenseFilter(pharmacy=PHARMACY, first=day, last=day, receipt_key=receipt_key(INDEX, PHARMACY, "Ч-3"))
    assert [record.row.id for record in await dispensing.list(by_receipt)] == [recorded[3]]
    found = await dispensing.find(recorded[0], within=frozenset({PHARMACY}))
    assert found is not None
    assert found.row.id == recorded[0]
    assert await dispensing.find(recorded[0], within=frozenset({OTHER_PHARMACY})) is None


async def test_nothing_about_the_patient_stands_in_clear(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    await counter.quote(issued, hold=True)
    answered = await counter.dispense(issued)
    await counter.reverse(answered.record.row.id)
    kept = "".join(
        [str(row) for table in (dispenses, operations, prescriptions, quotes) for row in await rows(store, table)]
    )
    for secret in (issued.pin, "Түгөлбаев", "Асанова"):
        assert secret not in kept
