"""The service of prescribing on a store, over an insurer, a limit and a reference of its own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Table, select

from gateway.audit.trail import ChainedTrail
from gateway.operations.signals import Signals
from gateway.programme.common import Caller, Opened
from gateway.programme.prescribing.insurance import InsuranceDesk
from gateway.programme.prescribing.model import IssuedAnswer, Requester
from gateway.programme.prescribing.numbers import PrescriptionNumbers, RandomBelow
from gateway.programme.prescribing.records import PRESCRIPTION_FIELDS, PrescriptionRow, prescription_row
from gateway.programme.prescribing.service import PrescribingSurroundings, Prescriptions
from gateway.rules.findings import Refused
from gateway.store.grouping import Store
from gateway.store.programme_tables import patient_years, prescriptions
from schemas.errors import ErrorCode
from schemas.prescriptions import PrescriptionOrder
from tests.support.doubles import SettableClock, SystemIds
from tests.support.journal import INDEX, SEALER
from tests.support.programme import FixedLimit, Insurer, References, order, organisations

CALLER = Caller(client="clinic-1", actor_kind="machine")
EVERYWHERE = Requester(caller=CALLER, organisations=None)

on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
"""For what is judged before anything is written: the engine makes no difference."""


class Clinic:
    """Prescribing at one node."""

    def __init__(
        self,
        store: Store,
        *,
        references: References | None = None,
        insurer: Insurer | None = None,
        limit: FixedLimit | None = None,
        clock: SettableClock | None = None,
        below: RandomBelow | None = None,
        **changes: Any,
    ) -> None:
        self.store = store
        self.clock = clock or SettableClock()
        self.insurer = insurer or Insurer()
        self.limit = limit or FixedLimit()
        self.signals = Signals()
        trail = ChainedTrail(store, self.clock)
        self.desk = InsuranceDesk(source=self.insurer, store=store, index=INDEX, clock=self.clock, audit=trail)
        self.service = Prescriptions(
            PrescribingSurroundings(
                store=store,
                signals=self.signals,
                medicines=references or References(),
                organisations=organisations(),
                insurance=self.desk,
                limits=self.limit,
                sealer=SEALER,
                index=INDEX,
                append_audit=trail.append,
                clock=self.clock,
                ids=SystemIds(),
                numbers=PrescriptionNumbers() if below is None else PrescriptionNumbers(below),
                **changes,
            )
        )
        self._key = 0

    async def issue(
        self, ordered: PrescriptionOrder | None = None, *, key: str | None = None, requester: Requester = EVERYWHERE
    ) -> IssuedAnswer:
        """As a request comes in: answered before, or judged and issued."""
        ordered = ordered or order()
        if key is None:
            self._key += 1
            key = f"{id(self)}-{self._key}"
        prepared = await self.service.prepare(ordered, requester, key)
        return prepared if isinstance(prepared, IssuedAnswer) else await self.service.issue(prepared, requester, key)

    async def outcome(self, ordered: PrescriptionOrder | None = None, **given: Any) -> IssuedAnswer | ErrorCode:
        try:
            return await self.issue(ordered, **given)
        except Refused as refusal:
            return refusal.findings[0].code

    async def cancel(self, prescription: UUID, *, requester: Requester = EVERYWHERE) -> Opened:
        return (await self.service.cancel(prescription, "берилбейт", requester)).found

    async def row(self, prescription: UUID) -> PrescriptionRow:
        query = select(*PRESCRIPTION_FIELDS).where(prescriptions.c.id == prescription)
        return prescription_row(await self.store.read(lambda connection: connection.execute(query).one()))

    async def year(self, pin: str, year: int = 2026) -> tuple[Decimal, Decimal]:
        """Used and set aside of a patient's year, in som."""
        query = select(patient_years).where(
            patient_years.c.patient == INDEX.of("pin", pin), patient_years.c.year == year
        )
        row = await self.store.read(lambda connection: connection.execute(query).one())
        return Decimal(row.used).scaleb(-2), Decimal(row.reserved).scaleb(-2)


async def count(store: Store, table: Table) -> int:
    return len(await store.read(lambda connection: connection.execute(select(table)).all()))
