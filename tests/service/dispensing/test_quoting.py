"""Quotes and holds: reproducible, exclusive, ended by the clock; on both engines."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from gateway.programme.dispensing.holds import Released
from gateway.programme.dispensing.quoting import Quote, QuotePurge
from gateway.rules.findings import Refused
from gateway.store.grouping import Store
from gateway.store.programme_tables import dispenses, quotes
from tests.service.dispensing.counter import IN_EXCHANGE, Counter, caller, codes, prescription, rows
from tests.service.dispensing.test_dispensing import refusal
from tests.support.doubles import NOON
from tests.support.programme import OTHER_PHARMACY, PHARMACY, issue_into

OWN = frozenset({PHARMACY})


async def test_a_quote_tells_what_the_sale_comes_to_and_changes_nothing_else(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    before = await prescription(store, issued)
    quote = await counter.quote(issued, sale=IN_EXCHANGE)
    assert (str(quote.reckoning.retail), str(quote.reckoning.compensation)) == ("540.00", "300.00")
    assert quote.course.remaining == 0
    assert await prescription(store, issued) == before
    assert await rows(store, dispenses) == []


@pytest.mark.clause("41")
async def test_a_quote_can_be_reckoned_again_from_what_is_kept(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    one, again = await counter.quote(issued), await counter.quote(issued)
    assert one.row.input_digest == again.row.input_digest
    assert one.row.sale == again.row.sale
    assert (one.row.reference_version, one.row.rules_version) == (1, "1")
    fewer = await counter.quote(issued, sale={"units": 59})
    assert fewer.row.input_digest != one.row.input_digest
    await counter.dispense(issued, sale={"units": 10})
    later = await counter.quote(issued, sale={"units": 50})
    assert later.row.sale.dispensed_before == 100


async def test_a_held_prescription_is_refused_to_others_and_says_for_how_long(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    await counter.quote(issued, hold=True)
    theirs = {"pharmacy": OTHER_PHARMACY}
    for ask in (counter.quote, counter.dispense):
        refused = await refusal(ask(issued, **theirs))
        assert codes(refused)[0] == "RX_HELD"
        told = {name: datetime.fromisoformat(str(at)) for name, at in refused.findings[0].parameters.items()}
        assert told == {"since": NOON, "until": NOON + timedelta(minutes=30)}
    assert not (await counter.dispense(issued)).repeated
    assert (await prescription(store, issued)).hold is None


async def test_a_hold_ends_by_the_clock_alone_and_goes_on_with_the_holders_next_quote(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    first = await counter.quote(issued, hold=True)
    counter.clock.move(minutes=29)
    renewed = await counter.quote(issued, hold=True)
    assert (renewed.prescription.hold, renewed.prescription.held_since) == (first.row.id, NOON)
    counter.clock.move(minutes=29, seconds=59)
    assert codes(await refusal(counter.quote(issued, pharmacy=OTHER_PHARMACY)))[0] == "RX_HELD"
    counter.clock.move(seconds=1)
    taken = await counter.quote(issued, pharmacy=OTHER_PHARMACY, hold=True)
    assert (taken.prescription.hold, taken.prescription.held_by) == (taken.row.id, OTHER_PHARMACY)
    assert codes(await refusal(counter.dispense(issued)))[0] == "RX_HELD"


async def test_a_hold_is_released_by_its_pharmacy_and_doing_it_again_changes_nothing(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    holds = counter.services.holds
    hold = (await counter.quote(issued, hold=True)).row.id
    no_hold = (await counter.quote(issued)).row.id
    for unknown, within in ((hold, frozenset({OTHER_PHARMACY})), (uuid4(), OWN), (no_hold, OWN)):
        refused = await refusal(holds.release(unknown, within=within, caller=caller()))
        assert codes(refused) == ["HOLD_NOT_FOUND"]
    released = await holds.release(hold, within=OWN, caller=caller())
    assert released == Released(hold, issued.id, NOON)
    await counter.quote(issued, pharmacy=OTHER_PHARMACY, hold=True)
    assert await holds.release(hold, within=OWN, caller=caller()) == released
    assert (await prescription(store, issued)).held_by == OTHER_PHARMACY


async def test_a_released_hold_or_a_mere_quote_excuses_no_late_sale(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    mere = (await counter.quote(issued)).row.id
    released = (await counter.quote(issued, hold=True)).row.id
    await counter.services.holds.release(released, within=OWN, caller=caller())
    counter.clock.move(hours=1)
    for hold in (mere, released, uuid4()):
        sold_at = (NOON + timedelta(minutes=5)).isoformat()
        refused = await refusal(counter.dispense(issued, hold=str(hold), sold_at=sold_at))
        assert {"SALE_TOO_OLD", "HOLD_NOT_FOUND"} <= set(codes(refused))


async def test_a_sale_under_a_hold_that_another_has_followed_is_still_recorded_if_the_course_allows(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    hold = (await counter.quote(issued, sale={"units": 20}, hold=True)).row.id
    counter.clock.move(hours=1)
    await counter.dispense(issued, pharmacy=OTHER_PHARMACY, sale={"units": 30})
    sold_at = (NOON + timedelta(minutes=5)).isoformat()
    late = await counter.dispense(issued, sale={"units": 20}, hold=str(hold), sold_at=sold_at)
    assert late.record.row.compensated_units == 20


async def test_of_twenty_pharmacies_that_want_to_hold_at_once_one_does(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    pharmacies = [f"70{n:04d}" for n in range(20)]
    counter.contracts.days |= dict.fromkeys(pharmacies, counter.contracts.days[PHARMACY])
    answers: list[Any] = await asyncio.gather(
        *(counter.quote(issued, pharmacy=one, hold=True) for one in pharmacies), return_exceptions=True
    )
    assert sum(isinstance(answer, Quote) for answer in answers) == 1
    assert all(codes(answer)[0] == "RX_HELD" for answer in answers if isinstance(answer, Refused))


async def test_quotes_are_forgotten_a_week_after_their_end(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    await counter.quote(issued)
    counter.clock.move(days=1)
    await counter.quote(issued)
    purge = QuotePurge(store, counter.clock)
    counter.clock.move(days=6, minutes=30)
    assert await purge.forget_old_quotes() == 0
    counter.clock.move(microseconds=1)
    assert await purge.forget_old_quotes() == 1
    assert len(await rows(store, quotes)) == 1
