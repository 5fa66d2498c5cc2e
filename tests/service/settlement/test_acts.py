"""From a formed report to a paid act."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from gateway.programme.settlement.records import Act, Report
from gateway.rules.findings import Refused
from gateway.rules.settlement.model import EntryKind, ReportState
from gateway.store.grouping import Store
from schemas.settlement.requests import ClawBack, Document
from schemas.settlement.terms import SignerRole, Source
from tests.support.settlement import (
    ACCOUNTANT,
    BOTH_OFFICES,
    CONTROL,
    FEBRUARY,
    FUND,
    HEAD,
    JANUARY,
    NOBODY,
    OWNER,
    PHARMACY,
    STRANGER,
    Contracted,
    Sale,
    Settled,
    midnight,
    noon,
)

HEAD_ROLE, ACCOUNTANT_ROLE = SignerRole.PHARMACY_HEAD, SignerRole.CHIEF_ACCOUNTANT


async def submitted(settled: Settled, *sales: Sale) -> Report:
    await settled.put(*(sales or [settled.sale(date(2026, 1, 5))]))
    report = await settled.forming.form(PHARMACY, JANUARY, FUND)
    return await settled.acts.submit(report.id, OWNER)


async def drawn(settled: Settled, *sales: Sale) -> Act:
    return await settled.acts.draw((await submitted(settled, *sales)).id, OWNER)


async def sign(settled: Settled, act: Act, role: SignerRole, person: UUID) -> Act:
    return await settled.acts.sign(act.id, role, act.digest, person, OWNER)


async def signed(settled: Settled, act: Act) -> Act:
    await sign(settled, act, HEAD_ROLE, HEAD)
    return await sign(settled, act, ACCOUNTANT_ROLE, ACCOUNTANT)


async def refused(step) -> list[str]:
    with pytest.raises(Refused) as caught:
        await step
    return [finding.code.value for finding in caught.value.findings]


@pytest.mark.clause("45", "51")
async def test_clause_45_the_whole_way_of_a_report(settled: Settled):
    act = await drawn(settled)
    assert (act.number, act.settled, act.total, act.report.state) == ("700001-2026-01", 36_000, 36_000, 4)
    act = await sign(settled, act, HEAD_ROLE, HEAD)
    assert act.report.state is ReportState.ACT_DRAFT
    act = await sign(settled, act, ACCOUNTANT_ROLE, ACCOUNTANT)
    assert act.report.state is ReportState.ACT_SIGNED
    act = await settled.acts.pay(act.id, "ПП-77", FUND)

    assert act.report.state is ReportState.PAID
    assert (await settled.reading.act(act.id, OWNER)).act == act
    assert await settled.audited() == [
        "report-formed",
        "report-submitted",
        "act-drawn",
        "act-signed",
        "act-signed",
        "act-paid",
    ]


async def test_every_step_may_be_asked_for_again(settled: Settled):
    report = await submitted(settled)
    assert await settled.acts.submit(report.id, OWNER) == report
    act = await settled.acts.draw(report.id, OWNER)
    assert await settled.acts.draw(report.id, OWNER) == act
    act = await signed(settled, act)
    assert await signed(settled, act) == act
    paid = await settled.acts.pay(act.id, "ПП-77", FUND)
    assert await settled.acts.pay(act.id, "ПП-77", FUND) == paid
    assert await settled.acts.draw(report.id, OWNER) == paid
    assert len(await settled.audited()) == 6


@pytest.mark.clause("45")
async def test_clause_45_no_step_is_left_out(settled: Settled):
    await settled.put(settled.sale(date(2026, 1, 5)))
    report = await settled.forming.form(PHARMACY, JANUARY, FUND)
    assert await refused(settled.acts.draw(report.id, OWNER)) == ["REPORT_STATE"]
    await settled.acts.submit(report.id, OWNER)
    act = await settled.acts.draw(report.id, OWNER)
    assert await refused(settled.acts.pay(act.id, "ПП-77", FUND)) == ["ACT_NOT_SIGNED"]
    await sign(settled, act, HEAD_ROLE, HEAD)
    assert await refused(settled.acts.pay(act.id, "ПП-77", FUND)) == ["ACT_NOT_SIGNED"]
    await sign(settled, act, ACCOUNTANT_ROLE, ACCOUNTANT)
    await settled.acts.pay(act.id, "ПП-77", FUND)
    assert await refused(settled.acts.pay(act.id, "ПП-78", FUND)) == ["ACT_STATE"]


@pytest.mark.clause("45")
async def test_clause_45_each_signs_for_the_own_office(settled: Settled):
    act = await drawn(settled)
    assert await refused(sign(settled, act, ACCOUNTANT_ROLE, HEAD)) == ["ACT_SIGNATURE_ROLE"]
    assert await refused(sign(settled, act, HEAD_ROLE, NOBODY)) == ["ACT_SIGNATURE_ROLE"]
    await sign(settled, act, HEAD_ROLE, HEAD)
    assert await refused(sign(settled, act, HEAD_ROLE, BOTH_OFFICES)) == ["ACT_SIGNED_ALREADY"]
    assert await refused(sign(settled, act, ACCOUNTANT_ROLE, HEAD)) == ["ACT_SAME_SIGNER"]


@pytest.mark.clause("45")
async def test_clause_45_one_person_in_both_offices_signs_for_both(settled: Settled):
    act = await drawn(settled)
    await sign(settled, act, HEAD_ROLE, BOTH_OFFICES)
    act = await sign(settled, act, ACCOUNTANT_ROLE, BOTH_OFFICES)
    assert act.report.state is ReportState.ACT_SIGNED


@pytest.mark.clause("45")
async def test_clause_45_an_appointment_that_has_ended_meanwhile_does_not_count(settled: Settled):
    act = await drawn(settled)
    await sign(settled, act, HEAD_ROLE, BOTH_OFFICES)
    settled.appointed.offices_of[BOTH_OFFICES] = frozenset({ACCOUNTANT_ROLE})
    assert await refused(sign(settled, act, ACCOUNTANT_ROLE, BOTH_OFFICES)) == ["ACT_SAME_SIGNER"]


async def test_nobody_signs_what_they_have_not_seen(settled: Settled):
    act = await drawn(settled)
    step = settled.acts.sign(act.id, HEAD_ROLE, bytes(32), HEAD, OWNER)
    assert await refused(step) == ["ACT_CHANGED"]


@pytest.mark.clause("52")
@pytest.mark.parametrize(
    ("at", "late"), [(noon(date(2026, 2, 10)), False), (midnight(date(2026, 2, 11)) - timedelta(milliseconds=1), False),
                     (midnight(date(2026, 2, 11)), True)]
)  # fmt: skip
async def test_clause_52_lateness_is_told_by_the_contract(settled: Settled, at, *, late: bool):
    settled.clock.at = at
    report = await submitted(settled)
    stored = await settled.reading.report(report.id, OWNER)
    assert [finding.code.value for finding in stored.findings] == (["REPORT_LATE"] if late else [])
    assert stored.due_on == date(2026, 2, 10)


@pytest.mark.clause("52")
async def test_clause_52_without_a_deadline_nothing_is_late(store: Store):
    contracts = Contracted()
    contracts.deadline_days = None
    settled = Settled(store, contracts=contracts)
    settled.clock.at = noon(date(2026, 12, 1))
    assert (await submitted(settled)).findings == ()


async def test_others_reports_and_acts_are_not_there(settled: Settled):
    act = await drawn(settled)
    assert await refused(settled.acts.submit(act.report.id, STRANGER)) == ["REPORT_NOT_FOUND"]
    assert await refused(settled.acts.draw(act.report.id, STRANGER)) == ["REPORT_NOT_FOUND"]
    assert await refused(settled.acts.sign(act.id, HEAD_ROLE, act.digest, HEAD, STRANGER)) == ["ACT_NOT_FOUND"]
    assert await refused(settled.reading.act(act.id, STRANGER)) == ["ACT_NOT_FOUND"]
    assert await refused(settled.reading.page(act.report.id, STRANGER, after=None, limit=5)) == ["REPORT_NOT_FOUND"]
    assert await settled.reading.reports(STRANGER) == []


@pytest.mark.clause("46", "53")
async def test_clause_46_the_act_leaves_out_what_is_not_compensable(store: Store):
    settled = Settled(store, contracts=Contracted(p700001=(date(2026, 1, 2), date(2026, 12, 31))))
    outside, wrong, good = (settled.sale(date(2026, 1, day)) for day in (1, 2, 3))
    report = await submitted(settled, outside, wrong, good)
    await settled.judging.mark_not_compensable(wrong.id, Source.SURVEY, CONTROL)
    act = await settled.acts.draw(report.id, OWNER)

    entries = (await settled.reading.act(act.id, OWNER)).entries
    assert act.settled == 3 * 36_000
    assert act.total == 36_000
    assert {(entry.kind, entry.dispense, entry.amount, entry.source) for entry in entries} == {
        (EntryKind.OUTSIDE_CONTRACT, outside.id, -36_000, None),
        (EntryKind.NOT_COMPENSABLE, wrong.id, -36_000, Source.SURVEY),
    }


@pytest.mark.clause("47")
async def test_clause_47_a_clawback_is_a_line_of_a_later_act(settled: Settled):
    sale = settled.sale(date(2026, 1, 5))
    first = await signed(settled, await drawn(settled, sale))
    order = ClawBack(dispense=sale.id, amount="100.00", inspection_act=Document(number="А-1", on=date(2026, 2, 2)))
    await settled.judging.claw_back(order, CONTROL)
    assert (await settled.reading.act(first.id, OWNER)).act == first

    settled.clock.at = noon(date(2026, 3, 3))
    await settled.put(settled.sale(date(2026, 2, 5), settled=5_000))
    report = await settled.forming.form(PHARMACY, FEBRUARY, FUND)
    await settled.acts.submit(report.id, OWNER)
    second = await settled.acts.draw(report.id, OWNER)

    assert (second.settled, second.total) == (5_000, -5_000)
    assert (await settled.reading.act(first.id, OWNER)).act == first
    assert [entry.document_number for entry in (await settled.reading.act(second.id, OWNER)).entries] == ["А-1"]


@pytest.mark.clause("47")
async def test_an_entry_waits_for_the_act_of_its_own_report(settled: Settled):
    sale = settled.sale(date(2026, 1, 5))
    january = await submitted(settled, sale)
    order = ClawBack(dispense=sale.id, amount="100.00", inspection_act=Document(number="А-1", on=date(2026, 2, 2)))
    await settled.judging.claw_back(order, CONTROL)
    settled.clock.at = noon(date(2026, 3, 3))
    await settled.put(settled.sale(date(2026, 2, 5), settled=5_000))
    february = await settled.forming.form(PHARMACY, FEBRUARY, FUND)
    await settled.acts.submit(february.id, OWNER)

    assert (await settled.acts.draw(february.id, OWNER)).total == 5_000
    assert (await settled.acts.draw(january.id, OWNER)).total == 26_000
