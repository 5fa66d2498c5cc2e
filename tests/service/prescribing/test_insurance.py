"""The insurance check: on the day, once for all who ask at once, never presumed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from gateway.programme.ports import InsuranceAnswer
from gateway.programme.prescribing.insurance import AGAIN_AFTER, InsuranceDesk
from gateway.store.grouping import Store
from gateway.store.programme_tables import insurance_checks
from schemas.errors import ErrorCode
from tests.service.prescribing.clinic import CALLER, Clinic, count, on_sqlite
from tests.support.doubles import ListedAudit, SettableClock
from tests.support.journal import INDEX
from tests.support.programme import CLINIC, OTHER_PIN, PIN, Insurer, insurance_answer, order

LAST_MOMENT = datetime(2026, 1, 15, 17, 59, 59, 999_999, tzinfo=UTC)
"""Of 15 January in Bishkek."""


class SlowInsurer(Insurer):
    """Answers when it is let; the clock may have moved on by then."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()

    async def check(self, pin: str) -> InsuranceAnswer | None:
        answer = await super().check(pin)
        await self.gate.wait()
        return answer


def make_desk(store: Store, insurer: Insurer, clock: SettableClock | None = None) -> tuple[InsuranceDesk, ListedAudit]:
    audit = ListedAudit()
    clock = clock or SettableClock()
    return InsuranceDesk(source=insurer, store=store, index=INDEX, clock=clock, audit=audit), audit


@pytest.mark.clause("21(3)")
async def test_clause_21_3_a_confirmed_answer_is_good_for_its_day(store: Store):
    insurer, clock = Insurer(), SettableClock()
    desk, audit = make_desk(store, insurer, clock)
    first = await desk.ask(PIN, CALLER, CLINIC)
    clock.at = LAST_MOMENT
    assert await desk.ask(PIN, CALLER, CLINIC) == first == insurer.usually
    assert insurer.asked == 1
    assert [event.outcome for event in audit.events] == ["success", "success"]  # whoever was told is written down
    clock.move(microseconds=1)  # midnight in Bishkek
    insurer.usually = insurance_answer(checked_at=clock.now())
    await desk.ask(PIN, CALLER, CLINIC)
    assert insurer.asked == 2


@on_sqlite
async def test_nobody_elses_answer_is_given_and_no_number_is_kept(store: Store):
    insurer = Insurer()
    insurer.answers[OTHER_PIN] = insurance_answer(insured=False)
    desk, _ = make_desk(store, insurer)
    assert (await desk.ask(PIN, CALLER, CLINIC)).insured
    assert not (await desk.ask(OTHER_PIN, CALLER, CLINIC)).insured
    rows = await store.read(lambda connection: connection.execute(select(insurance_checks)).all())
    assert len(rows) == 2
    assert PIN not in repr(rows)


@on_sqlite
@pytest.mark.clause("21(3)")
async def test_clause_21_3_no_answer_is_not_kept_and_not_presumed(store: Store):
    insurer = Insurer()
    answer, insurer.usually = insurer.usually, None
    desk, audit = make_desk(store, insurer)
    assert await desk.ask(PIN, CALLER, CLINIC) is None
    assert await count(store, insurance_checks) == 0
    assert [event.outcome for event in audit.events] == ["failed"]
    insurer.usually = answer
    assert await desk.ask(PIN, CALLER, CLINIC) == answer


@pytest.mark.clause("5")
@pytest.mark.parametrize("refusing", [insurance_answer(insured=False), insurance_answer(organisation=None)])
async def test_clause_5_who_has_just_been_registered_need_not_come_back_tomorrow(store: Store, refusing):
    insurer, clock = Insurer(), SettableClock()
    insurer.usually = refusing
    desk, _ = make_desk(store, insurer, clock)
    assert await desk.ask(PIN, CALLER, CLINIC) == refusing
    insurer.usually = insurance_answer(checked_at=clock.now() + AGAIN_AFTER)
    clock.at += AGAIN_AFTER - timedelta(seconds=1)
    assert await desk.ask(PIN, CALLER, CLINIC) == refusing
    clock.move(seconds=1)
    assert await desk.ask(PIN, CALLER, CLINIC) == insurer.usually
    assert insurer.asked == 2
    assert await desk.ask(PIN, CALLER, CLINIC) == insurer.usually  # the newer answer took the older one's place
    assert insurer.asked == 2


@on_sqlite
@pytest.mark.clause("21(3)")
async def test_clause_21_3_an_answer_of_another_day_confirms_nothing(store: Store):
    insurer = Insurer()
    insurer.usually = insurance_answer(checked_at=SettableClock().now() - timedelta(days=1))
    desk, _ = make_desk(store, insurer)
    assert await desk.ask(PIN, CALLER, CLINIC) is None
    assert await count(store, insurance_checks) == 0


@on_sqlite
async def test_the_insurer_is_asked_once_for_all_who_ask_at_once(store: Store):
    insurer = SlowInsurer()
    desk, audit = make_desk(store, insurer)
    callers = [replace(CALLER, client=f"clinic-{n}") for n in range(20)]
    asking = [asyncio.create_task(desk.ask(PIN, caller, CLINIC)) for caller in callers]
    while not insurer.asked:
        await asyncio.sleep(0)
    insurer.gate.set()
    assert await asyncio.gather(*asking) == [insurer.usually] * 20
    assert insurer.asked == 1
    assert {event.actor for event in audit.events} == {caller.client for caller in callers}


@on_sqlite
@pytest.mark.clause("21(3)")
async def test_clause_21_3_asked_before_midnight_and_answered_after_it_is_asked_again(store: Store):
    insurer, clock = SlowInsurer(), SettableClock(LAST_MOMENT)
    clinic = Clinic(store, insurer=insurer, clock=clock)
    insurer.usually = insurance_answer(checked_at=LAST_MOMENT)
    issuing = asyncio.create_task(clinic.outcome(order(card_entry={"on": "2026-01-16"})))
    while not insurer.asked:
        await asyncio.sleep(0)
    clock.move(seconds=1)
    insurer.gate.set()
    assert await issuing is ErrorCode.INSURANCE_CHECK_REQUIRED


async def test_answers_of_two_nodes_at_once_do_not_hinder_each_other(store: Store):
    desks = [make_desk(store, Insurer())[0] for _ in range(10)]
    answers = await asyncio.gather(*(desk.ask(PIN, CALLER, CLINIC) for desk in desks))
    assert len(set(answers)) == 1
    assert await count(store, insurance_checks) == 1


async def test_answers_of_days_that_are_over_are_forgotten(store: Store):
    clock = SettableClock()
    desk, _ = make_desk(store, Insurer(), clock)
    await desk.ask(PIN, CALLER, CLINIC)
    assert await desk.forget_old() == 0
    clock.at = LAST_MOMENT + timedelta(microseconds=1)
    assert await desk.forget_old() == 1
    assert await count(store, insurance_checks) == 0
