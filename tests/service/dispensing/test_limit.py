"""The limit of the year at dispensing, beside prescriptions past their last day that nobody has written expired yet."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from gateway.programme.dispensing.sales import Dispensed, SaleMade
from gateway.programme.prescribing.expiry import expire
from gateway.rules.findings import Finding, Refused, errors
from gateway.store.grouping import BatchFunction, Store
from schemas.errors import ErrorCode
from tests.service.dispensing.counter import Counter, patient_year, prescription
from tests.support.doubles import NOON
from tests.support.programme import (
    OTHER_PHARMACY,
    OTHER_PIN,
    PHARMACY,
    PIN,
    Issued,
    References,
    issue_into,
    medicine,
    merged,
    reference,
)

LISINOPRIL = medicine(
    code="LIS-10-30",
    components=[{"inn": "lisinopril", "strength": "10", "strength_unit": "mg"}],
    trade_name="Лизиноприл-Ала-Тоо",
    gtin="4600000000046",
)
OF_LISINOPRIL: dict[str, Any] = {
    "sale": {"medicine": LISINOPRIL.code},
    "offers_shown": [{"medicine": LISINOPRIL.code, "pack_price": "450.00"}],
}
DEARER = medicine(compensation={"per": "unit", "amount": "7.00"})
"""Enalapril compensated better by now: the whole course comes to 420.00 som, with 360.00 set aside for it."""
BEFORE_MIDNIGHT = timedelta(days=30, hours=12) - timedelta(microseconds=1)
"""From the noon of issue to the end of the last day in Bishkek."""


class OneBatch:
    """A store in which two sales wait for each other and go in one batch; everything else goes its own way."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._sales: list[SaleMade] = []
        self._answers = asyncio.get_running_loop().create_future()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def submit(self, function: BatchFunction, item: Any) -> Any:
        if not isinstance(item, SaleMade):
            return await self._store.submit(function, item)
        place = len(self._sales)
        self._sales.append(item)
        if place == 1:
            self._answers.set_result(await self._store.write(lambda connection: function(connection, self._sales)))
        return (await self._answers)[place]


class Two:
    """One patient's lisinopril at the end of its last day and enalapril, and a limit of just what both set aside."""

    def __init__(self, store: Store, lisinopril: Issued, enalapril: Issued) -> None:
        self.store, self.lisinopril, self.enalapril = store, lisinopril, enalapril
        self.counter = Counter(store, limit="720.00", references=References(reference(DEARER, LISINOPRIL)))
        self.counter.clock.at = NOON + BEFORE_MIDNIGHT
        self.sold: list[UUID] = []

    @classmethod
    async def issued(cls, store: Store, pin: str = PIN) -> Two:
        lisinopril = await issue_into(store, prescribed=LISINOPRIL, patient={"pin": pin})
        later = NOON + timedelta(days=20)
        return cls(store, lisinopril, await issue_into(store, issued_at=later, patient={"pin": pin}))

    def pass_midnight(self) -> None:
        self.counter.clock.move(microseconds=1)

    async def write_expired(self) -> None:
        """As the duty does, for this patient alone."""
        row = await prescription(self.store, self.lisinopril)
        if row.state.is_open:
            await self.store.write(partial(expire, overdue=[row], at=self.counter.clock.at))

    async def sell_enalapril(self, units: int = 60) -> tuple[Finding, ...]:
        return await self._told(self.counter.dispense(self.enalapril, sale={"units": units}))

    async def sell_lisinopril(self, units: int = 60, *, pharmacy: str = PHARMACY) -> tuple[Finding, ...]:
        """Sold at the end of its last day."""
        order = merged(OF_LISINOPRIL, {"sale": {"units": units}, "sold_at": (NOON + BEFORE_MIDNIGHT).isoformat()})
        return await self._told(self.counter.dispense(self.lisinopril, pharmacy=pharmacy, **order))

    async def take_back(self, which: int) -> tuple[Finding, ...]:
        return await self._told(self.counter.reverse(self.sold[which % len(self.sold)])) if self.sold else ()

    async def reserved(self) -> int:
        """Tyiyn set aside for enalapril."""
        return (await prescription(self.store, self.enalapril)).reserved

    async def used(self) -> int:
        return (await patient_year(self.store, self.enalapril))[0]

    async def _told(self, recording: Awaitable[Dispensed]) -> tuple[Finding, ...]:
        """What it was refused for; nothing when it is recorded."""
        try:
            recorded = (await recording).record.row
        except Refused as refused:
            return errors(refused.findings)
        if recorded.reversal_of is None:
            self.sold.append(recorded.id)
        return ()


def exceeded(left: str, expected: str) -> tuple[Finding, ...]:
    parameters = {"limit": "720.00", "left": left, "expected": expected}
    return (Finding(ErrorCode.PATIENT_LIMIT_EXCEEDED, "$.sale.medicine", parameters),)


@pytest.mark.clause("21", "40")
async def test_clause_40_an_overdue_one_stands_in_no_sales_way_written_expired_or_not(store: Store):
    two = await Two.issued(store)
    assert await two.sell_enalapril() == exceeded(left="360.00", expected="420.00")
    two.pass_midnight()
    assert await two.sell_enalapril() == ()
    # The books follow when the duty comes round.
    assert await patient_year(store, two.enalapril) == (42000, 36000)
    await two.write_expired()
    assert await patient_year(store, two.enalapril) == (42000, 0)


@pytest.mark.clause("21", "40")
async def test_clause_40_what_remains_is_set_aside_beside_an_overdue_one(store: Store):
    two = await Two.issued(store)
    assert await two.sell_enalapril(20) == ()
    assert await two.reserved() == 22000  # of 240.00, as far as the limit reached
    two.pass_midnight()
    assert await two.sell_enalapril(10) == ()
    assert await two.reserved() == 18000  # 180.00 are all of it


@pytest.mark.clause("21", "40")
async def test_clause_21_a_late_record_finds_only_what_others_have_left(store: Store):
    two = await Two.issued(store)
    two.pass_midnight()
    assert await two.sell_enalapril() == ()
    assert await two.sell_lisinopril() == exceeded(left="300.00", expected="360.00")
    assert await two.used() == 42000


@pytest.mark.clause("21", "40")
async def test_clause_21_in_one_batch_they_never_pass_the_limit_together(store: Store):
    issued = await Two.issued(store)
    two = Two(OneBatch(store), issued.lisinopril, issued.enalapril)
    two.pass_midnight()
    told = await asyncio.gather(two.sell_lisinopril(), two.sell_enalapril())
    assert [[one.code for one in found] for found in told if found] == [[ErrorCode.PATIENT_LIMIT_EXCEEDED]]
    assert await two.used() in (36000, 42000)


@pytest.mark.clause("21", "40")
async def test_clause_40_an_overdue_one_refused_in_the_same_batch_stands_in_no_sales_way(store: Store):
    issued = await Two.issued(store)
    two = Two(OneBatch(store), issued.lisinopril, issued.enalapril)
    two.counter.contracts.days.pop(OTHER_PHARMACY)
    two.pass_midnight()
    refused, sold = await asyncio.gather(two.sell_lisinopril(pharmacy=OTHER_PHARMACY), two.sell_enalapril())
    assert (refused[0].code, sold) == (ErrorCode.PHARMACY_NOT_CONTRACTED, ())


@pytest.mark.clause("21", "40")
@pytest.mark.parametrize("seed", range(5))
async def test_clause_40_nothing_depends_on_when_it_is_written_expired(store: Store, seed: int):
    at_once, never = await Two.issued(store, PIN), await Two.issued(store, OTHER_PIN)
    script = random.Random(seed)  # noqa: S311 - not a secret
    for step in range(12):
        if step == 3:
            at_once.pass_midnight()
            never.pass_midnight()
            await at_once.write_expired()
        doing = script.choice([Two.sell_enalapril, Two.sell_lisinopril, Two.take_back])
        number = script.choice([7, 20, 30, 60])
        assert await doing(at_once, number) == await doing(never, number)
        assert (await at_once.used(), await at_once.reserved()) == (await never.used(), await never.reserved())
        assert await at_once.used() + await at_once.reserved() <= 72000
