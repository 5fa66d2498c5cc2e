"""Whatever pharmacies do, in whatever order: dose, limit, budget and numbering stay exact; on both engines."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from gateway.operations.model import OperationKind
from gateway.programme.model import PrescriptionState
from gateway.programme.prescribing.expiry import PrescriptionExpiry
from gateway.programme.prescribing.insurance import InsuranceDesk
from gateway.rules.findings import Refused
from gateway.rules.money import to_tyiyn
from gateway.store.contract_tables import budgets
from gateway.store.grouping import Store
from gateway.store.programme_tables import dispenses, patient_years, prescriptions
from gateway.store.tables import operations
from tests.service.dispensing.counter import IN_EXCHANGE, Counter, approve_budget, caller, rows
from tests.support.programme import OTHER_PHARMACY, PHARMACY, Insurer, Issued, issue_into

LIMIT = "800.00"
BUDGET = "500.00"
STEPS = 45


class Walk:
    """Random steps over two patients; a refused step must leave everything as it was."""

    def __init__(self, store: Store, seed: int) -> None:
        self.store = store
        self.random = random.Random(seed)  # noqa: S311 - not a secret
        self.counter = Counter(store, limit=LIMIT)
        around = self.counter.services.surroundings
        desk = InsuranceDesk(source=Insurer(), store=store, index=around.index, clock=around.clock, audit=around.audit)
        self.expiry = PrescriptionExpiry(store, self.counter.clock, desk)
        self.issued: list[Issued] = []
        self.sold: list[Any] = []
        self.holds: list[Any] = []
        self.done = 0

    async def step(self) -> None:
        steps: list[Callable[[], Awaitable[None]]] = [
            self.dispense,
            self.dispense,
            self.dispense,
            self.reverse,
            self.reverse,
            self.quote,
            self.release,
            self.pass_time,
            self.expire,
            self.issue,
        ]
        before = await self.everything()
        try:
            await self.random.choice(steps)()
        except Refused:
            assert await self.everything() == before
        else:
            self.done += 1
        await self.check()

    async def everything(self) -> list[Any]:
        return [tuple(row) for table in _TABLES for row in sorted(await rows(self.store, table), key=str)]

    async def issue(self) -> None:
        """As prescribing would: only with nothing of the name open, and within the limit."""
        patient = self.random.choice(["21205197000011", "21205197000012"])
        years = await rows(self.store, patient_years)
        taken = max((year.used + year.reserved for year in years), default=0)
        open_ones = [one for one in await rows(self.store, prescriptions) if PrescriptionState(one.state).is_open]
        if not open_ones and taken + 36000 <= to_tyiyn(Decimal(LIMIT)):
            self.counter.clock.move(seconds=1)
            at = self.counter.clock.at
            self.issued.append(await issue_into(self.store, issued_at=at, patient={"pin": patient}))

    async def dispense(self) -> None:
        answered = await self.counter.dispense(self.random.choice(self.issued), **self.what(), **self.where())
        self.sold.append(answered.record.row)

    async def reverse(self) -> None:
        if self.sold:
            sold = self.random.choice(self.sold)
            await self.counter.reverse(sold.id, pharmacy=self.random.choice([sold.pharmacy] * 3 + [PHARMACY]))

    async def quote(self) -> None:
        what = {"sale": self.what()["sale"], "hold": self.random.random() < 0.7}
        quoted = await self.counter.quote(self.random.choice(self.issued), **what, **self.where())
        self.holds.append(quoted.row)

    async def release(self) -> None:
        if self.holds:
            hold = self.random.choice(self.holds)
            await self.counter.services.holds.release(hold.id, within=None, caller=caller())

    async def pass_time(self) -> None:
        self.counter.clock.move(minutes=self.random.choice([1, 20, 40, 60 * 24 * 9]))

    async def expire(self) -> None:
        await self.expiry.expire_overdue()

    def what(self) -> dict[str, Any]:
        units = self.random.choice([1, 7, 10, 20, 30, 60, 65])
        sale: dict[str, Any] = {"units": units}
        if self.random.random() < 0.4:
            sale = IN_EXCHANGE | {"units": units}
        paid = self.random.choice(["0.00", "100.00", "250.00"])
        return {"sale": sale, "receipt": {"amount": paid}}

    def where(self) -> dict[str, Any]:
        return {"pharmacy": self.random.choice([PHARMACY, PHARMACY, OTHER_PHARMACY])}

    async def check(self) -> None:
        sold = await rows(self.store, dispenses)
        ordered = await rows(self.store, prescriptions)
        for one in ordered:
            mine = [row for row in sold if row.prescription == one.id]
            dose = sum((Decimal(row.dose) for row in mine), Decimal(0))
            assert 0 <= dose == Decimal(one.dispensed_dose) <= Decimal(one.course_dose)
            fills = [row for row in mine if row.reversal_of is None]
            assert sorted(row.fill for row in fills) == list(range(1, one.fills + 1))
            assert one.reserved == 0 or PrescriptionState(one.state).is_open
            assert (one.ended_at is None) == PrescriptionState(one.state).is_open
        for year in await rows(self.store, patient_years):
            theirs = {one.id for one in ordered if one.patient == year.patient}
            assert year.used == sum(row.compensation for row in sold if row.prescription in theirs)
            assert year.reserved == sum(one.reserved for one in ordered if one.id in theirs)
            assert year.used + year.reserved <= to_tyiyn(Decimal(LIMIT))
        self.check_reversals(sold)
        await self.check_budget(sold)
        kept = await rows(self.store, operations)
        for kind, reversal in ((OperationKind.SUBMIT_DISPENSE, False), (OperationKind.REVERSE_DISPENSE, True)):
            told = sum(row.kind == kind for row in kept)
            assert told == sum((row.reversal_of is not None) is reversal for row in sold)

    def check_reversals(self, sold: list[Any]) -> None:
        by_id = {row.id: row for row in sold}
        for row in sold:
            assert row.retail == row.compensation + row.patient_sum
            assert row.settled == row.charged_now + row.charged_next
            if row.reversal_of is not None:
                theirs = by_id[row.reversal_of]
                assert theirs.reversed_by == row.id
                for name in (
                    "units",
                    "retail",
                    "compensation",
                    "patient_sum",
                    "settled",
                    "charged_now",
                    "charged_next",
                ):
                    assert getattr(row, name) == -getattr(theirs, name)

    async def check_budget(self, sold: list[Any]) -> None:
        kept = {row.year: row for row in await rows(self.store, budgets)}
        assert kept[2026].charged == sum(row.charged_now for row in sold) <= to_tyiyn(Decimal(BUDGET))
        carried = kept[2027].carried if 2027 in kept else 0
        assert carried == sum(row.charged_next for row in sold)


_TABLES = (prescriptions, dispenses, patient_years, budgets, operations)


@pytest.mark.clause("6", "8", "21", "37", "43")
@pytest.mark.parametrize("seed", range(4))
async def test_after_any_sequence_everything_adds_up(store: Store, seed: int):
    walk = Walk(store, seed)
    await approve_budget(store, BUDGET)
    await walk.issue()
    for _ in range(STEPS):
        await walk.step()
    assert walk.done > STEPS / 3
    assert len(walk.sold) > 3
    assert walk.counter.clock.at - walk.issued[0].message.issued_at > timedelta(0)
