"""What the fund's control and its commission decide on lines, and what that comes to."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlalchemy import select

from gateway.programme.settlement.records import Entry
from gateway.rules.findings import Refused
from gateway.rules.settlement.model import DisputeState, EntryKind
from gateway.store.settlement_tables import settlement_disputes
from schemas.settlement.requests import ClawBack, DecideDispute, Document, FileDispute, Recover
from schemas.settlement.terms import Decision, Liable, Source
from tests.support.settlement import CONTROL, FEBRUARY, FUND, JANUARY, OWNER, PHARMACY, STRANGER, Sale, Settled, noon

ACT = Document(number="А-1", on=date(2026, 2, 2))
OTHER_ACT = Document(number="А-2", on=date(2026, 2, 2))
PROTOCOL = Document(number="П-1", on=date(2026, 2, 2))
MEMBERS = ("Асанова Г.", "Бекова Ж.", "Токтосунов Э.")


async def refused(step) -> list[str]:
    with pytest.raises(Refused) as caught:
        await step
    return [finding.code.value for finding in caught.value.findings]


async def reported(settled: Settled, **changes) -> Sale:
    sale = settled.sale(date(2026, 1, 5), **changes)
    await settled.put(sale)
    report = await settled.forming.form(PHARMACY, JANUARY, FUND)
    await settled.acts.submit(report.id, OWNER)
    return sale


async def draw(settled: Settled):
    (report,) = await settled.reading.reports(OWNER, month=JANUARY)
    return await settled.acts.draw(report.id, OWNER)


async def claw_back(settled: Settled, sale: Sale, amount: str, act: Document | None = ACT, who=CONTROL) -> Entry:
    return await settled.judging.claw_back(ClawBack(dispense=sale.id, amount=amount, inspection_act=act), who)


async def recover(settled: Settled, sale: Sale, amount: str, act: Document | None = ACT) -> Entry:
    order = Recover(dispense=sale.id, amount=amount, liable=(Liable.PRESCRIBER,), inspection_act=act)
    return await settled.judging.recover(order, CONTROL)


@pytest.mark.clause("46")
async def test_clause_46_is_decided_once_and_before_the_act(settled: Settled):
    sale = await reported(settled)
    entry = await settled.judging.mark_not_compensable(sale.id, Source.MONITORING, CONTROL)
    assert (entry.amount, entry.source) == (-36_000, Source.MONITORING)
    again = await settled.judging.mark_not_compensable(sale.id, Source.MONITORING, CONTROL)
    other = settled.judging.mark_not_compensable(sale.id, Source.SURVEY, CONTROL)
    assert again == entry
    assert await refused(other) == ["LINE_STATE"]


@pytest.mark.clause("46", "47")
async def test_clause_46_after_the_act_it_is_clawed_back(settled: Settled):
    sale = await reported(settled)
    await draw(settled)
    step = settled.judging.mark_not_compensable(sale.id, Source.MONITORING, CONTROL)
    assert await refused(step) == ["LINE_STATE"]
    assert (await claw_back(settled, sale, "360.00")).amount == -36_000


async def test_what_was_taken_back_is_not_judged(settled: Settled):
    sale = settled.sale(date(2026, 1, 5))
    await settled.put(sale)
    reversal = await settled.take_back(sale)
    for one in (sale, reversal):
        step = settled.judging.mark_not_compensable(one.id, Source.MONITORING, CONTROL)
        assert await refused(step) == ["LINE_STATE"]


@pytest.mark.clause("46")
async def test_a_line_judged_and_then_taken_back_comes_to_nothing(settled: Settled):
    sale = settled.sale(date(2026, 1, 5))
    await settled.put(sale)
    await settled.judging.mark_not_compensable(sale.id, Source.MONITORING, CONTROL)
    await settled.take_back(sale)
    report = await settled.forming.form(PHARMACY, JANUARY, FUND)
    await settled.acts.submit(report.id, OWNER)
    act = await settled.acts.draw(report.id, OWNER)
    entries = (await settled.reading.act(act.id, OWNER)).entries

    assert (act.settled, act.total) == (0, 0)
    assert [(entry.kind, entry.amount) for entry in entries] == [
        (EntryKind.NOT_COMPENSABLE, -36_000),
        (EntryKind.SUPERSEDED, 36_000),
    ]


@pytest.mark.clause("47")
async def test_clause_47_no_more_than_the_line_is_worth_and_by_inspection_act_only(settled: Settled):
    sale = await reported(settled)
    await draw(settled)
    assert await refused(claw_back(settled, sale, "360.01", None)) == ["INSPECTION_ACT_REQUIRED", "CLAWBACK_TOO_LARGE"]
    for day in (date(2026, 1, 4), date(2026, 2, 4)):
        step = claw_back(settled, sale, "1.00", Document(number="А-1", on=day))
        assert await refused(step) == ["INSPECTION_ACT_REQUIRED"]
    await claw_back(settled, sale, "300.00")
    assert await refused(claw_back(settled, sale, "60.01", OTHER_ACT)) == ["CLAWBACK_TOO_LARGE"]
    assert (await claw_back(settled, sale, "60.00", OTHER_ACT)).amount == -6_000
    assert await refused(claw_back(settled, sale, "0.01", Document(number="А-3", on=ACT.on))) == ["CLAWBACK_TOO_LARGE"]


@pytest.mark.clause("47")
async def test_clause_47_a_repeated_request_takes_back_once(settled: Settled):
    sale = await reported(settled)
    entries = await asyncio.gather(*(claw_back(settled, sale, "300.00") for _ in range(5)))
    assert len({entry.id for entry in entries}) == 1
    assert await refused(claw_back(settled, sale, "299.00")) == ["LINE_STATE"]


async def test_clawbacks_at_once_do_not_pass_the_worth(settled: Settled):
    sale = await reported(settled)
    acts = [Document(number=f"А-{number}", on=ACT.on) for number in range(8)]
    answers = await asyncio.gather(*(claw_back(settled, sale, "100.00", act) for act in acts), return_exceptions=True)
    assert sum(isinstance(answer, Entry) for answer in answers) == 3


async def test_an_unreported_line_is_not_clawed_back(settled: Settled):
    sale = settled.sale(date(2026, 2, 1))
    await settled.put(sale)
    assert await refused(claw_back(settled, sale, "1.00")) == ["LINE_STATE"]


@pytest.mark.clause("22", "23")
async def test_clause_23_the_prescriber_makes_good_and_the_pharmacy_is_paid(settled: Settled):
    sale = await reported(settled)
    assert await refused(recover(settled, sale, "361.00", None)) == ["INSPECTION_ACT_REQUIRED", "RECOVERY_TOO_LARGE"]
    entry = await recover(settled, sale, "200.00")
    act = await draw(settled)

    assert (entry.kind, entry.amount, entry.liable) == (EntryKind.PRESCRIBER_RECOVERY, -20_000, (Liable.PRESCRIBER,))
    assert (entry.document_number, act.total) == ("А-1", 36_000)
    assert (await settled.reading.act(act.id, OWNER)).entries == []
    assert await recover(settled, sale, "200.00") == entry
    assert await refused(recover(settled, sale, "160.01", OTHER_ACT)) == ["RECOVERY_TOO_LARGE"]


@pytest.mark.clause("23", "47")
async def test_nothing_is_made_good_twice(settled: Settled):
    sale = await reported(settled)
    await recover(settled, sale, "200.00")
    assert await refused(claw_back(settled, sale, "160.01")) == ["CLAWBACK_TOO_LARGE"]
    await claw_back(settled, sale, "160.00")
    assert await refused(recover(settled, sale, "0.01", OTHER_ACT)) == ["RECOVERY_TOO_LARGE"]


async def test_unknown_and_others_lines_are_answered_alike(settled: Settled):
    sale = await reported(settled)
    unknown = settled.sale(date(2026, 1, 5))
    assert await refused(claw_back(settled, sale, "1.00", who=STRANGER)) == ["LINE_NOT_FOUND"]
    assert await refused(claw_back(settled, unknown, "1.00", who=STRANGER)) == ["LINE_NOT_FOUND"]


async def filed(settled: Settled, *, worth: int = 36_000):
    """A sale of 5 January and a dispute on it, filed on the 20th; afterwards it is 3 February again."""
    sale = settled.sale(date(2026, 1, 5), settled=worth)
    await settled.put(sale)
    settled.clock.at = noon(date(2026, 1, 20))
    dispute = await settled.disputes.file(FileDispute(dispense=sale.id, statement="Чек туура эмес окулган"), OWNER)
    settled.clock.at = noon(date(2026, 2, 3))
    return sale, dispute


async def close(settled: Settled):
    report = await settled.forming.form(PHARMACY, JANUARY, FUND)
    await settled.acts.submit(report.id, OWNER)
    return await settled.acts.draw(report.id, OWNER)


def ruling(amount: str | None, **changes) -> DecideDispute:
    upheld = amount is not None
    given = {
        "decision": Decision.UPHELD if upheld else Decision.REFUSED,
        "amount": amount,
        "members": MEMBERS,
        "protocol": PROTOCOL,
    }
    return DecideDispute.model_validate(given | changes)


@pytest.mark.clause("48")
@pytest.mark.parametrize(("day", "in_time"), [(date(2026, 1, 31), True), (date(2026, 2, 1), False)])
async def test_clause_48_only_within_the_month_of_the_dispense(settled: Settled, day: date, *, in_time: bool):
    sale = settled.sale(date(2026, 1, 5))
    await settled.put(sale)
    settled.clock.at = noon(day)
    step = settled.disputes.file(FileDispute(dispense=sale.id, statement="…"), OWNER)
    if in_time:
        assert (await step).state is DisputeState.OPEN
    else:
        assert await refused(step) == ["DISPUTE_TOO_LATE"]


@pytest.mark.clause("48")
async def test_clause_48_one_dispute_a_dispense_and_the_statement_is_sealed(settled: Settled):
    sale, dispute = await filed(settled)
    again = await settled.disputes.file(FileDispute(dispense=sale.id, statement=dispute.statement), OWNER)
    other = settled.disputes.file(FileDispute(dispense=sale.id, statement="Башка"), OWNER)
    stored = await settled.store.read(lambda c: c.execute(select(settlement_disputes.c.statement)).scalar_one())

    assert again == dispute
    assert await refused(other) == ["DISPUTE_STATE"]
    assert dispute.statement.encode() not in stored
    assert await settled.disputes.found(STRANGER, pharmacy=None, state=None, after=None, limit=9) == []
    stranger = settled.disputes.file(FileDispute(dispense=sale.id, statement="…"), STRANGER)
    assert await refused(stranger) == ["LINE_NOT_FOUND"]


@pytest.mark.clause("48", "50")
async def test_clause_50_what_is_disputed_is_carried_until_the_protocol(settled: Settled):
    sale, dispute = await filed(settled, worth=30_000)
    await settled.put(settled.sale(date(2026, 1, 6), settled=1_000))
    first = await close(settled)
    decided = await settled.disputes.decide(dispute.id, ruling("350.00"), CONTROL)
    settled.clock.at = noon(date(2026, 3, 3))
    report = await settled.forming.form(PHARMACY, FEBRUARY, FUND)
    await settled.acts.submit(report.id, OWNER)
    second = await settled.acts.draw(report.id, OWNER)

    assert (first.settled, first.total) == (31_000, 1_000)
    assert (decided.state, decided.amount, decided.members) == (DisputeState.UPHELD, 35_000, MEMBERS)
    assert (second.settled, second.total) == (0, 35_000)
    (entry,) = (await settled.reading.act(second.id, OWNER)).entries
    assert (entry.kind, entry.dispense, entry.document_number) == (EntryKind.DISPUTE_DECIDED, sale.id, "П-1")


@pytest.mark.clause("50")
@pytest.mark.parametrize(("amount", "total"), [("350.00", 35_000), ("0.00", 0), (None, 30_000)])
async def test_clause_50_decided_before_the_act_it_is_in_the_act(settled: Settled, amount: str | None, total: int):
    _, dispute = await filed(settled, worth=30_000)
    await settled.disputes.decide(dispute.id, ruling(amount), CONTROL)
    assert (await close(settled)).total == total


@pytest.mark.clause("50")
async def test_clause_50_a_refused_dispute_is_worth_what_it_was(settled: Settled):
    _, dispute = await filed(settled, worth=30_000)
    first = await close(settled)
    await settled.disputes.decide(dispute.id, ruling(None), CONTROL)
    settled.clock.at = noon(date(2026, 3, 3))
    report = await settled.forming.form(PHARMACY, FEBRUARY, FUND)
    await settled.acts.submit(report.id, OWNER)
    second = await settled.acts.draw(report.id, OWNER)
    assert (first.total, second.total) == (0, 30_000)


@pytest.mark.clause("44", "49", "50")
async def test_clause_49_three_members_a_protocol_and_a_sum_within_the_compensation(settled: Settled):
    _, dispute = await filed(settled, worth=30_000)
    members = ("Асанова Г.", "асанова  Г.", "Бекова Ж.")
    step = settled.disputes.decide(dispute.id, ruling("360.01", members=members, protocol=None), CONTROL)
    assert await refused(step) == ["COMMISSION_TOO_SMALL", "PROTOCOL_MISSING", "DISPUTE_AMOUNT"]
    early = Document(number="П-1", on=date(2026, 1, 19))
    assert await refused(settled.disputes.decide(dispute.id, ruling("1.00", protocol=early), CONTROL)) == [
        "PROTOCOL_MISSING"
    ]
    refusal_with_sum = ruling("1.00", decision=Decision.REFUSED)
    assert await refused(settled.disputes.decide(dispute.id, refusal_with_sum, CONTROL)) == ["DISPUTE_AMOUNT"]


async def test_a_dispute_is_decided_once(settled: Settled):
    _, dispute = await filed(settled, worth=30_000)
    first = await settled.disputes.decide(dispute.id, ruling("350.00"), CONTROL)
    assert await settled.disputes.decide(dispute.id, ruling("350.00"), CONTROL) == first
    assert await refused(settled.disputes.decide(dispute.id, ruling(None), CONTROL)) == ["DISPUTE_STATE"]
    assert await refused(settled.disputes.decide(settled.ids.new(), ruling(None), CONTROL)) == ["DISPUTE_NOT_FOUND"]


@pytest.mark.clause("50", "53")
async def test_clause_53_no_commission_pays_outside_the_contract(settled: Settled):
    settled.contracts.days[PHARMACY] = (date(2026, 1, 10), date(2026, 12, 31))
    _, dispute = await filed(settled)
    await close(settled)
    assert await refused(settled.disputes.decide(dispute.id, ruling("0.01"), CONTROL)) == ["DISPUTE_AMOUNT"]


async def test_a_disputed_dispense_that_is_taken_back_changes_nothing(settled: Settled):
    sale, dispute = await filed(settled)
    await settled.take_back(sale)
    act = await close(settled)
    await settled.disputes.decide(dispute.id, ruling(None), CONTROL)
    assert act.total == 0
    assert (await settled.reading.act(act.id, OWNER)).entries == []
