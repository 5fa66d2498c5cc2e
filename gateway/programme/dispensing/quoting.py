"""What a sale would come to, reproducibly, and on wish a hold on the prescription for it (clauses 34 to 43).

A quote keeps the version of the reference and of the rules, and a digest of all that went in: the same input comes to
the same sums again. A hold keeps other pharmacies away for half an hour, ends by the clock alone, and begins anew with
each quote of its holder.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import Connection

from gateway.access.purging import purge
from gateway.audit.actions import Action
from gateway.ports import Clock
from gateway.programme.common import Caller, Opened
from gateway.programme.dispensing.boxes import ask_boxes
from gateway.programme.dispensing.ledger import Ledger
from gateway.programme.dispensing.model import Surroundings, course_of, facts_of
from gateway.programme.dispensing.opening import PrescriptionDesk
from gateway.programme.dispensing.quote_records import QuotedSale, QuoteRow, insert_quotes
from gateway.programme.prescribing.records import PrescriptionRow
from gateway.rules.compensation import Course, Product, Reckoning
from gateway.rules.days import bishkek_day
from gateway.rules.dispensing import RULES_VERSION, BoxStanding, SaleFacts, check_quote, quote_digest
from gateway.rules.findings import Finding, Refused
from gateway.store.grouping import Store, StoreUnavailable
from gateway.store.programme_tables import quotes
from gateway.system import spread
from schemas.dispensing import QuoteRequest
from schemas.medicines import Medicine

log = structlog.get_logger(__name__)

_KEPT: Final = timedelta(days=7)
_FORGOTTEN_AT_ONCE: Final = 500
_SECONDS: Final = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a pharmacy was told. ``prescription`` is as the quote left it, ``course`` as the sale would."""

    row: QuoteRow
    reckoning: Reckoning
    prescribed: Medicine
    prescription: PrescriptionRow
    course: Course
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One request on its way into the store."""

    id: UUID
    at: datetime
    request: QuoteRequest
    caller: Caller
    opened: Opened
    standings: Mapping[str, BoxStanding] = field(repr=False)


class Quotes:
    """Answers what a sale would come to."""

    def __init__(self, surroundings: Surroundings, desk: PrescriptionDesk) -> None:
        self._around = surroundings
        self._desk = desk

    async def quote(self, request: QuoteRequest, caller: Caller) -> Quote:
        """Reckon a sale, and hold the prescription for it if that is wanted.

        Raises ``Refused`` with everything that stands against it, and as :meth:`PrescriptionDesk.open`.
        """
        around = self._around
        opened = await self._desk.open(request.prescription, request.pharmacy, caller)
        standings = await ask_boxes(around.boxes, request.sale)
        asked = _Asked(
            id=around.ids.new(),
            at=around.clock.now(),
            request=request,
            caller=caller,
            opened=opened,
            standings=standings,
        )
        answer: Quote | Refused = await around.store.submit(self._quote_batch, asked)
        if isinstance(answer, Refused):
            raise answer
        return answer

    def _quote_batch(self, connection: Connection, asked: Sequence[_Asked]) -> Sequence[Quote | Refused]:
        """Batch function: one answer each."""
        ledger = Ledger.locked(connection, {one.opened.row.id for one in asked}, with_years=False)
        answers = [self._quote(connection, ledger, one) for one in asked]
        quoted = [answer for answer in answers if isinstance(answer, Quote)]
        insert_quotes(connection, [quote.row for quote in quoted])
        ledger.write()
        self._around.append_audit(
            connection,
            [
                one.caller.event(
                    Action.DISPENSE_QUOTED,
                    pharmacy=one.request.pharmacy,
                    subject=answer.prescription.patient,
                    target=str(answer.prescription.id),
                )
                for one, answer in zip(asked, answers, strict=True)
                if isinstance(answer, Quote)
            ],
        )
        return answers

    def _quote(self, connection: Connection, ledger: Ledger, asked: _Asked) -> Quote | Refused:
        request, kept = asked.request, asked.opened.kept
        row = ledger.prescription(asked.opened.row.id)
        facts = self._facts(connection, asked)
        verdict = check_quote(request.sale, facts_of(row, kept, request.pharmacy, asked.at), facts)
        reckoning, sold = verdict.reckoning, verdict.medicine
        if not verdict.allowed or reckoning is None or sold is None or facts.reference is None:
            return Refused(verdict.findings)
        told = self._row(asked, row, facts.reference.number, sold, reckoning)
        if request.hold:
            row = self._held(ledger, row, request.pharmacy, asked)
        return Quote(
            row=told,
            reckoning=reckoning,
            prescribed=kept.message.medicine,
            prescription=row,
            course=course_of(row).after(reckoning.dose),
            findings=verdict.findings,
        )

    def _facts(self, connection: Connection, asked: _Asked) -> SaleFacts:
        around, day = self._around, bishkek_day(asked.at)
        contracted = around.contracts.in_force(connection, asked.request.pharmacy, day)
        return SaleFacts(
            now=asked.at,
            sold_at=asked.at,
            reference=around.medicines.on(day),
            contracted_at_sale=contracted,
            contracted_now=contracted,
            standings=asked.standings,
            settings=around.settings,
        )

    def _row(
        self, asked: _Asked, row: PrescriptionRow, reference_version: int, sold: Medicine, reckoning: Reckoning
    ) -> QuoteRow:
        settings, sale = self._around.settings, asked.request.sale
        digest = quote_digest(
            course_of(row),
            Product.of(sold, sale.pack_price),
            sale.units,
            reference_version=reference_version,
            least_patient_share=settings.least_patient_share,
        )
        return QuoteRow(
            id=asked.id,
            prescription=row.id,
            pharmacy=asked.request.pharmacy,
            created_at=asked.at,
            expires_at=asked.at + settings.quote_for,
            reference_version=reference_version,
            rules_version=RULES_VERSION,
            input_digest=digest,
            sale=QuotedSale(
                medicine=sold.code,
                units=sale.units,
                pack_price=sale.pack_price,
                max_units=reckoning.max_units,
                compensated_units=reckoning.compensated_units,
                retail=reckoning.retail,
                compensation=reckoning.compensation,
                patient=reckoning.patient,
                dose=reckoning.dose,
                course_dose=row.course_dose,
                dispensed_before=row.dispensed_dose,
                took_hold=asked.request.hold,
            ),
        )

    def _held(self, ledger: Ledger, row: PrescriptionRow, pharmacy: str, asked: _Asked) -> PrescriptionRow:
        """A hold that goes on keeps its id and its beginning; nobody else's stands, or the sale were refused."""
        hold, since = asked.id, asked.at
        if row.is_held(asked.at) and row.hold is not None and row.held_since is not None:
            hold, since = row.hold, row.held_since
        return ledger.hold(row, hold, pharmacy, since, asked.at + self._around.settings.hold_for)


class QuotePurge:
    """Forgets quotes a week after they have ended: until then a sale under one's hold may still be recorded."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def run(self) -> None:
        """Work until cancelled, on any number of nodes at once."""
        while True:
            try:
                await self.forget_old_quotes()
            except StoreUnavailable:
                log.warning("store_unavailable", task="quotes")
            await asyncio.sleep(_SECONDS / 2 + spread(_SECONDS / 2))

    async def forget_old_quotes(self) -> int:
        """Forget what is over, a few at a time; returns how many."""
        before = self._clock.now() - _KEPT
        work = partial(purge, ends=quotes.c.expires_at, before=before, limit=_FORGOTTEN_AT_ONCE)
        forgotten = 0
        while (now := await self._store.write(work)) > 0:
            forgotten += now
        return forgotten
