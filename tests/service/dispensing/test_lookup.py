"""Opening prescriptions by ПИН and number: what is shown, and that nothing else is told; on both engines."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import Connection, event, update

from gateway.limits.lookups import LookupPolicy
from gateway.limits.policy import RatePolicy
from gateway.programme.dispensing.lookup import Found
from gateway.programme.model import PrescriptionState
from gateway.store.access_tables import audit_entries
from gateway.store.grouping import Store
from gateway.store.programme_tables import prescriptions
from gateway.store.sqlite import SqliteStore
from tests.service.dispensing.counter import FREE, SUBSTITUTE, Counter, codes, rows
from tests.service.dispensing.test_dispensing import refusal
from tests.support.doubles import NOON
from tests.support.journal import INDEX
from tests.support.programme import (
    MEDICINE,
    OTHER_PHARMACY,
    OTHER_PIN,
    issue_into,
    prescription_number,
)

STOCK = [
    {"medicine": MEDICINE, "pack_price": "450.00"},
    {"medicine": SUBSTITUTE, "pack_price": "360.00"},
    {"medicine": "SAL-100", "pack_price": "100.00"},
]


@pytest.mark.clause("34", "36", "37")
async def test_clause_36_all_trade_names_of_the_group_are_shown_with_both_shares(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    await counter.dispense(issued, sale={"units": 20})
    found = await counter.look_up(issued, stock=STOCK)
    shown = [
        (offer.medicine.code, offer.max_units, offer.sums and (str(offer.sums.compensation), str(offer.sums.patient)))
        for offer in found.offers
    ]
    # What remains are 400 mg; the patient pays 160.00 for twenty of the stronger, 360.00 for forty of the other.
    assert shown == [(SUBSTITUTE, 20, ("200.00", "160.00")), (MEDICINE, 40, ("240.00", "360.00"))]
    assert found.findings == ()


@pytest.mark.clause("36")
async def test_clause_36_trade_names_without_a_price_are_shown_after_those_in_stock(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    found = await counter.look_up(issued, stock=STOCK[:1])
    assert [(offer.medicine.code, offer.pack_price is None) for offer in found.offers] == [
        (MEDICINE, False),
        (SUBSTITUTE, True),
    ]


@pytest.mark.clause("34")
async def test_clause_34_whatever_does_not_match_is_answered_alike(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    wrong_check_digit = issued.number[:-1] + str((int(issued.number[-1]) + 1) % 10)
    for prescription in (
        {"pin": OTHER_PIN},
        {"number": prescription_number(77)},
        {"number": wrong_check_digit},
        {"number": "no number at all"},
        {"pin": "no ПИН"},
        {"family_name": "Башкабаев"},
    ):
        refused = await refusal(counter.look_up(issued, prescription=prescription))
        assert [(finding.code, finding.path, finding.parameters) for finding in refused.findings] == [
            ("RX_NOT_FOUND", "$.prescription", {})
        ]
    spaced = f"{issued.number[:4]} {issued.number[4:8]}\u00a0{issued.number[8:]}"
    assert (await counter.look_up(issued, prescription={"number": spaced})).opened.row.id == issued.id


@pytest.mark.clause("34")
async def test_quoting_and_dispensing_tell_no_more_than_looking_up(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    for ask in (counter.look_up, counter.quote, counter.dispense):
        refused = await refusal(ask(issued, prescription={"number": prescription_number(77)}))
        assert codes(refused) == ["RX_NOT_FOUND"]


@pytest.mark.clause("34", "40")
@pytest.mark.parametrize(
    ("state", "days", "shown"),
    [
        (PrescriptionState.ISSUED, 31, "RX_EXPIRED"),
        (PrescriptionState.ISSUED, 60, "RX_EXPIRED"),
        (PrescriptionState.ISSUED, 61, None),
        (PrescriptionState.CANCELLED, 30, "RX_CANCELLED"),
        (PrescriptionState.CANCELLED, 31, None),
        (PrescriptionState.DISPENSED, 30, "RX_DISPENSED"),
        (PrescriptionState.DISPENSED, 31, None),
    ],
)
async def test_what_is_over_is_shown_for_a_month_and_then_unknown(
    store: Store, state: PrescriptionState, days: int, shown: str | None
):
    counter, issued = Counter(store), await issue_into(store, state=state)

    def end(connection: Connection) -> None:
        connection.execute(update(prescriptions).values(ended_at=None if state.is_open else NOON))

    await store.write(end)
    counter.clock.move(days=days)
    if shown is None:
        assert codes(await refusal(counter.look_up(issued))) == ["RX_NOT_FOUND"]
        return
    found = await counter.look_up(issued, stock=STOCK)
    assert shown in [finding.code for finding in found.findings]
    assert found.offers == ()


async def test_every_way_of_failing_costs_one_read_of_one_index(tmp_path):
    """And one entry of the audit, the same for all but the ПИН that was tried."""
    store = SqliteStore(tmp_path / "k.db", readers=1)
    await store.open()
    counter, issued = Counter(store), await issue_into(store)
    await issue_into(store, number=prescription_number(5), state=PrescriptionState.CANCELLED, issued_at=NOON)
    read: list[str] = []
    event.listen(store._read_engine, "before_cursor_execute", lambda *given: read.append(given[2]))
    costs = []
    for prescription in (
        {"pin": OTHER_PIN},
        {"number": prescription_number(77)},
        {"number": "1"},
        {"pin": OTHER_PIN, "number": prescription_number(5)},
    ):
        before = len(await rows(store, audit_entries))
        read.clear()
        await refusal(counter.look_up(issued, prescription=prescription))
        costs.append([*read])
        assert len(await rows(store, audit_entries)) == before + 1
    assert all(cost == costs[0] for cost in costs)
    queries = [query for query in costs[0] if query.startswith("SELECT")]
    assert len(queries) == 1
    plan = await store.read(
        lambda connection: str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {queries[0]}", ("", b"")).all())
    )
    assert "USING INDEX" in plan
    assert "(number=?)" in plan
    await store.close()


@pytest.mark.clause("31")
async def test_clause_31_a_pharmacy_without_a_contract_is_shown_nothing_and_learns_nothing(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    for prescription in ({}, {"number": prescription_number(77)}):
        refused = await refusal(counter.look_up(issued, pharmacy="700099", prescription=prescription))
        assert codes(refused) == ["PHARMACY_NOT_CONTRACTED"]


@pytest.mark.clause("40")
async def test_clause_40_that_it_expires_soon_is_said(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    counter.clock.move(days=29)
    found = await counter.look_up(issued)
    assert [finding.code for finding in found.findings] == ["RX_EXPIRES_SOON"]


async def test_another_pharmacys_hold_is_told_without_its_name(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    await counter.quote(issued, pharmacy=OTHER_PHARMACY, hold=True)
    found = await counter.look_up(issued, stock=STOCK)
    assert [finding.code for finding in found.findings] == ["RX_HELD"]
    assert OTHER_PHARMACY not in str(found.findings[0].parameters)


async def test_each_look_up_is_audited_for_the_person_it_was_about(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    await counter.look_up(issued)
    await refusal(counter.look_up(issued, prescription={"pin": OTHER_PIN}))
    told = [row.subject for row in await rows(store, audit_entries)]
    assert told == [INDEX.of("pin", issued.pin), INDEX.of("pin", OTHER_PIN)]


async def test_after_ten_failures_with_one_pin_the_family_name_opens_it(store: Store):
    policy = LookupPolicy(terminal=FREE.terminal, pharmacy_hour=FREE.pharmacy_hour, pharmacy_day=FREE.pharmacy_day)
    counter, issued = Counter(store, policy=policy), await issue_into(store)
    for n in range(10):
        wrong = {"number": prescription_number(n)}
        assert codes(await refusal(counter.look_up(issued, prescription=wrong))) == ["RX_NOT_FOUND"]
    assert codes(await refusal(counter.look_up(issued))) == ["LOOKUP_FACTOR_REQUIRED"]
    assert codes(await refusal(counter.dispense(issued))) == ["LOOKUP_FACTOR_REQUIRED"]
    wrong = await refusal(counter.look_up(issued, prescription={"family_name": "Башкабаев"}))
    assert codes(wrong) == ["RX_NOT_FOUND"]
    for spelled in ("Түгөлбаев", " ТУГОЛБАЕВ", "тугөлбаев"):
        found = await counter.look_up(issued, prescription={"family_name": spelled})
        assert found.opened.row.id == issued.id
    assert counter.throttled.count("lookups-patient") == 6


async def test_a_lost_answer_is_recovered_while_the_terminal_is_throttled(store: Store):
    policy = LookupPolicy(terminal=RatePolicy(requests=1, seconds=86_400), patient=FREE.patient)
    counter, issued = Counter(store, policy=policy), await issue_into(store)
    first = await counter.dispense(issued, key="k")
    await refusal(counter.look_up(issued, prescription={"pin": OTHER_PIN}))
    assert codes(await refusal(counter.look_up(issued))) == ["LOOKUP_THROTTLED"]
    again = await counter.dispense(issued, key="k")
    assert (again.record, again.repeated) == (first.record, True)


async def test_twenty_tills_at_once_are_not_taken_for_an_attack(store: Store):
    counter, issued = Counter(store, policy=LookupPolicy()), await issue_into(store)
    answers: list[Any] = await asyncio.gather(
        *(counter.look_up(issued, client=f"till-{n % 4}") for n in range(60)), return_exceptions=True
    )
    assert [answer for answer in answers if not isinstance(answer, Found)] == []
    assert counter.throttled == []
