"""Monthly reports: what they hold, when they are formed, and that nothing changes when they are formed again."""

from __future__ import annotations

import asyncio
import random
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, func, select, update

from gateway.programme.settlement.forming import ReportForming
from gateway.programme.settlement.lines import all_lines
from gateway.programme.settlement.records import Report
from gateway.rules.findings import Refused
from gateway.rules.settlement.model import ReportState
from gateway.rules.settlement.reports import Line
from gateway.store.grouping import Store
from gateway.store.postgres import PostgresStore
from gateway.store.programme_tables import dispenses
from gateway.store.settlement_tables import settlement_entries, settlement_reports
from tests.support.settlement import (
    FEBRUARY,
    FUND,
    JANUARY,
    OTHER_PHARMACY,
    PHARMACY,
    Contracted,
    Settled,
    midnight,
    noon,
)


async def lines_of(settled: Settled, report: Report) -> list[Line]:
    return [line async for page in all_lines(settled.store, report) for line in page]


@pytest.mark.clause("41")
async def test_clause_41_a_report_holds_the_dispenses_of_its_month_and_their_sums(settled: Settled):
    first = settled.sale(date(2026, 1, 1))
    last = settled.sale(date(2026, 1, 31), retail=30_000, compensation=30_000, settled=29_999)
    next_month = settled.sale(date(2026, 2, 1))
    elsewhere = settled.sale(date(2026, 1, 15), pharmacy=OTHER_PHARMACY)
    await settled.put(last, first, next_month, elsewhere)

    report = await settled.forming.form(PHARMACY, JANUARY, FUND)

    assert report.state is ReportState.FORMED
    assert (report.totals.lines, report.totals.late_lines) == (2, 0)
    assert report.totals.retail == 90_000 + 30_000
    assert report.totals.compensation == 36_000 + 30_000
    assert report.totals.patient == 54_000
    assert report.totals.settled == 36_000 + 29_999
    assert [line.dispense for line in await lines_of(settled, report)] == [first.id, last.id]
    assert await settled.reports_of(first, last, next_month, elsewhere) == [report.id, report.id, None, None]


@pytest.mark.clause("41")
async def test_clause_41_the_settled_sum_is_that_of_the_lines(settled: Settled):
    chance = random.Random(3)  # noqa: S311 - repeatable, not secret
    sales = [
        settled.sale(JANUARY + timedelta(days=chance.randrange(31)), settled=chance.randrange(36_001))
        for _ in range(60)
    ]
    await settled.put(*sales)
    report = await Settled(settled.store, chunk=7).forming.form(PHARMACY, JANUARY, FUND)

    lines = await lines_of(settled, report)
    assert report.totals.settled == sum(line.settled for line in lines) == sum(sale.settled for sale in sales)
    assert [(line.sold_on, line.dispense) for line in lines] == sorted((sale.sold_on, sale.id) for sale in sales)


@pytest.mark.clause("41")
async def test_clause_41_the_same_dispenses_give_the_same_report(settled: Settled, postgres_url: str):
    sales = [settled.sale(JANUARY + timedelta(days=day % 31)) for day in range(40)]
    other_store = PostgresStore(postgres_url)
    await other_store.open()
    digests = []
    for store, order, chunk in ((settled.store, sales, 1000), (other_store, sales[::-1], 3)):
        one = Settled(store, chunk=chunk)
        await one.put(*order)
        digests.append((await one.forming.form(PHARMACY, JANUARY, FUND)).digest)
    await other_store.close()
    assert digests[0] == digests[1]


async def test_forming_again_changes_nothing(settled: Settled):
    await settled.put(*(settled.sale(date(2026, 1, 5)) for _ in range(5)))
    report = await settled.forming.form(PHARMACY, JANUARY, FUND)
    late = settled.sale(date(2026, 1, 6))
    await settled.put(late)

    assert await settled.forming.form(PHARMACY, JANUARY, FUND) == report
    assert await settled.reports_of(late) == [None]


async def test_late_dispenses_are_in_the_next_report(settled: Settled):
    await settled.put(settled.sale(date(2026, 1, 5)))
    await settled.forming.form(PHARMACY, JANUARY, FUND)
    await settled.put(settled.sale(date(2026, 1, 31)), settled.sale(date(2026, 2, 1)))
    settled.clock.at = midnight(date(2026, 3, 1))
    report = await settled.forming.form(PHARMACY, FEBRUARY, FUND)

    assert (report.totals.lines, report.totals.late_lines) == (2, 1)
    assert [line.is_late(FEBRUARY) for line in await lines_of(settled, report)] == [True, False]


@pytest.mark.parametrize("reversed_on", [date(2026, 1, 20), date(2026, 2, 1)])
async def test_a_dispense_and_its_reversal_are_both_shown_and_come_to_nothing(settled: Settled, reversed_on: date):
    sale = settled.sale(date(2026, 1, 20))
    await settled.put(sale)
    reversal = await settled.take_back(sale, on=reversed_on)
    report = await settled.forming.form(PHARMACY, JANUARY, FUND)

    assert await settled.reports_of(sale, reversal) == [report.id, report.id]
    assert {line.dispense: line.reversal_of for line in await lines_of(settled, report)} == {
        sale.id: None,
        reversal.id: sale.id,
    }
    totals = report.totals
    assert (totals.lines, totals.retail, totals.patient, totals.compensation, totals.settled) == (2, 0, 0, 0, 0)


@pytest.mark.clause("51")
@pytest.mark.parametrize(("before", "formed"), [(1, False), (0, True)])
async def test_clause_51_not_before_the_month_has_ended_in_bishkek(settled: Settled, before: int, *, formed: bool):
    settled.clock.at = midnight(FEBRUARY) - timedelta(milliseconds=before)
    if formed:
        assert (await settled.forming.form(PHARMACY, JANUARY, FUND)).totals.lines == 0
        return
    with pytest.raises(Refused, match="REPORT_PERIOD_OPEN"):
        await settled.forming.form(PHARMACY, JANUARY, FUND)


@pytest.mark.clause("53")
async def test_clause_53_lines_sold_outside_the_contract_are_worth_nothing(store: Store):
    contracts = Contracted(p700001=(date(2026, 1, 10), date(2026, 1, 20)))
    settled = Settled(store, contracts=contracts)
    days = [date(2026, 1, day) for day in (9, 10, 20, 21)]
    sales = [settled.sale(day) for day in days]
    await settled.put(*sales)
    reversed_sale = settled.sale(date(2026, 1, 9))
    await settled.put(reversed_sale)
    await settled.take_back(reversed_sale, on=date(2026, 1, 12))

    report = await settled.forming.form(PHARMACY, JANUARY, FUND)

    outside = {line.dispense for line in await lines_of(settled, report) if line.outside_contract}
    assert {sales[0].id, sales[3].id} < outside
    assert not {sales[1].id, sales[2].id} & outside
    assert report.totals.settled == 4 * 36_000
    assert report.totals.outside_contract == -2 * 36_000


class TornAway(Exception):
    """The process is gone."""


class TearingStore:
    """A store that is torn away before its n-th write."""

    def __init__(self, store: Store, writes: int) -> None:
        self._store = store
        self._left = writes

    async def write(self, work):
        if self._left == 0:
            raise TornAway
        self._left -= 1
        return await self._store.write(work)

    async def read(self, query):
        return await self._store.read(query)


async def test_forming_goes_on_after_every_possible_interruption(store: Store):
    settled = Settled(store)
    interrupted, plain = PHARMACY, OTHER_PHARMACY
    sales = [settled.sale(JANUARY + timedelta(days=n)) for n in range(10)]
    await settled.put(*sales)
    await settled.put(*(settled.sale(s.sold_on, pharmacy=plain) for s in sales))
    expected = await settled.forming.form(plain, JANUARY, FUND)
    tears = 0
    while True:
        torn = Settled(TearingStore(store, 1 + tears % 2), chunk=2)
        try:
            report = await torn.forming.form(interrupted, JANUARY, FUND)
        except TornAway:
            tears += 1
            assert tears < 50
            if tears > 12:
                break
            continue
        break
    report = await settled.forming.form(interrupted, JANUARY, FUND)

    assert tears > 3
    assert (report.state, report.totals) == (ReportState.FORMED, expected.totals)
    assert report.totals.lines == 10


async def test_a_report_that_was_left_open_with_all_its_lines_is_formed(settled: Settled):
    await settled.put(settled.sale(date(2026, 1, 5)))
    formed = await settled.forming.form(PHARMACY, JANUARY, FUND)
    reopened = update(settlement_reports).values(state=ReportState.OPEN.value, digest=None, formed_at=None)
    await settled.store.write(lambda connection: connection.execute(reopened))

    assert await settled.closing.turn() == 1
    again = await settled.reading.report(formed.id, FUND)
    assert (again.state, again.digest, again.totals) == (ReportState.FORMED, formed.digest, formed.totals)


async def test_several_may_form_the_same_report_at_once(settled: Settled):
    sales = [settled.sale(JANUARY + timedelta(days=n % 31)) for n in range(50)]
    await settled.put(*sales)
    formers = [ReportForming(settled.around, chunk=3) for _ in range(4)]
    reports = await asyncio.gather(*(former.form(PHARMACY, JANUARY, FUND) for former in formers))

    assert len({report.id for report in reports}) == 1
    assert {report.totals.lines for report in reports} == {50}


@pytest.mark.postgres
async def test_two_nodes_may_form_the_same_report_while_dispensing_goes_on(postgres_url: str):
    nodes = [PostgresStore(postgres_url) for _ in range(2)]
    for node in nodes:
        await node.open()
    one, two = (Settled(node, chunk=5) for node in nodes)
    await one.put(*(one.sale(JANUARY + timedelta(days=n % 31)) for n in range(80)))

    async def keep_selling() -> None:
        for n in range(10):
            await two.put(two.sale(JANUARY + timedelta(days=n)))

    *reports, _ = await asyncio.gather(
        one.forming.form(PHARMACY, JANUARY, FUND), two.forming.form(PHARMACY, JANUARY, FUND), keep_selling()
    )
    report = await one.reading.report(reports[0].id, FUND)

    def counted(connection: Connection) -> tuple[int, int]:
        mine = dispenses.c.report == report.id
        return tuple(connection.execute(select(func.count(), func.sum(dispenses.c.settled)).where(mine)).one())

    assert await nodes[0].read(counted) == (report.totals.lines, report.totals.settled)
    assert reports[0].digest == reports[1].digest
    for node in nodes:
        await node.close()


@pytest.mark.clause("41")
async def test_clause_41_the_duty_forms_reports_after_the_month_and_its_grace(settled: Settled):
    await settled.put(settled.sale(date(2026, 1, 31)), settled.sale(date(2026, 1, 2), pharmacy=OTHER_PHARMACY))
    settled.clock.at = midnight(FEBRUARY) + timedelta(minutes=59, seconds=59)
    too_early = await settled.closing.turn()
    settled.clock.move(seconds=1)
    in_time, again = await settled.closing.turn(), await settled.closing.turn()

    assert (too_early, in_time, again) == (0, 2, 0)


async def test_the_duty_makes_up_for_months_that_it_missed_in_order(settled: Settled):
    sales = [settled.sale(date(2025, 11, 30)), settled.sale(date(2026, 1, 31))]
    await settled.put(*sales)
    settled.clock.at = noon(date(2026, 2, 5))
    await settled.closing.turn()

    reports = await settled.reading.reports(FUND, pharmacy=PHARMACY)
    assert [(report.month.month, report.totals.lines, report.totals.late_lines) for report in reports] == [
        (11, 1, 0),
        (12, 0, 0),
        (1, 1, 0),
    ]


async def test_a_report_is_formed_once_for_the_audit(settled: Settled):
    await settled.put(settled.sale(date(2026, 1, 2)))
    for _ in range(3):
        await settled.forming.form(PHARMACY, JANUARY, FUND)

    assert await settled.audited() == ["report-formed"]


async def test_nothing_is_decided_on_lines_inside_the_contract(settled: Settled):
    await settled.put(settled.sale(date(2026, 1, 2)))
    await settled.forming.form(PHARMACY, JANUARY, FUND)
    count = await settled.store.read(lambda c: c.execute(select(func.count()).select_from(settlement_entries)).scalar())
    assert count == 0
