"""Whether a patient is insured and where registered, confirmed on the day of issue (clauses 5 and 21(3)).

A confirmed answer is kept for its Bishkek day and no longer. One that says «insured and registered» is good for the
whole day; any other is asked for again after some minutes, so that a patient who has just been registered need not come
back tomorrow. Without an answer there is none: nobody is presumed insured.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Boolean, Connection, Date, LargeBinary, bindparam, delete, select, text, tuple_

from gateway.audit.actions import Action, Outcome, Purpose
from gateway.limits.coalescing import SharedReads
from gateway.ports import AuditEvent, AuditTrail, BlindIndex, Clock
from gateway.programme.common import Caller
from gateway.programme.ports import InsuranceAnswer, InsuranceSource
from gateway.rules.days import bishkek_day
from gateway.store.grouping import Store
from gateway.store.programme_tables import insurance_checks
from gateway.store.types import UtcInstant

AGAIN_AFTER: Final = timedelta(minutes=5)
"""How long an answer that keeps the patient from a prescription is believed."""
RETRY_SECONDS: Final = 30
"""When to try again after no answer came."""

_FLIGHTS: Final = "insurance"
_FORGOTTEN_AT_ONCE: Final = 500
"""Answers forgotten in one transaction: small, so that issuing is never held up."""


class InsuranceDesk:
    """Asks the source once for all who want to know of the same patient at the same moment. Every one is audited."""

    def __init__(
        self, *, source: InsuranceSource, store: Store, index: BlindIndex, clock: Clock, audit: AuditTrail
    ) -> None:
        self._source = source
        self._store = store
        self._index = index
        self._clock = clock
        self._audit = audit
        self._flights = SharedReads()

    async def ask(self, pin: str, caller: Caller, organisation: str) -> InsuranceAnswer | None:
        """What is confirmed of a person today; ``None`` when no confirmed answer could be had.

        ``organisation`` is on whose behalf it is asked. Raises :class:`gateway.store.grouping.StoreUnavailable`.
        """
        patient = self._index.of("pin", pin)
        answer = await self._flights.run(_FLIGHTS, patient, partial(self._ask, pin, patient))
        await self._audit.record(
            AuditEvent(
                action=Action.INSURANCE_CHECKED,
                actor=caller.client,
                actor_kind=caller.actor_kind,
                outcome=Outcome.FAILED if answer is None else Outcome.SUCCESS,
                organisation=organisation,
                subject=patient,
                purpose=Purpose.TREATMENT,
                request_id=caller.request_id,
            )
        )
        return answer

    async def forget_old(self) -> int:
        """Forget answers of days that are over; returns how many. What was issued by them has their reference."""
        today = bishkek_day(self._clock.now())
        forgotten = 0
        while (now := await self._store.write(partial(_forget, today=today))) > 0:
            forgotten += now
        return forgotten

    async def _ask(self, pin: str, patient: bytes) -> InsuranceAnswer | None:
        today = bishkek_day(self._clock.now())
        kept = await self._store.read(partial(_kept, patient=patient, day=today))
        if kept is not None and self._is_good(kept):
            return kept
        answer = await self._source.check(pin)
        now = self._clock.now()
        if answer is None or not is_confirmed_on(answer, now):
            return None
        await self._store.write(partial(_keep, patient=patient, day=bishkek_day(now), answer=answer))
        return answer

    def _is_good(self, kept: InsuranceAnswer) -> bool:
        lets_through = kept.insured and kept.organisation is not None
        return lets_through or self._clock.now() < kept.checked_at + AGAIN_AFTER


def is_confirmed_on(answer: InsuranceAnswer, now: datetime) -> bool:
    """Whether an answer is of the Bishkek day of this instant: past midnight it has to be asked for anew."""
    return bishkek_day(answer.checked_at) == bishkek_day(now)


def _kept(connection: Connection, patient: bytes, day: date) -> InsuranceAnswer | None:
    query = select(insurance_checks).where(insurance_checks.c.patient == patient, insurance_checks.c.day == day)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return InsuranceAnswer(
        insured=row.insured,
        organisation=row.organisation,
        checked_at=row.checked_at,
        source=row.source,
        reference=row.reference,
    )


_KEEP: Final = text(
    "INSERT INTO insurance_checks (patient, day, insured, organisation, checked_at, source, reference) "
    "VALUES (:patient, :day, :insured, :organisation, :checked_at, :source, :reference) "
    "ON CONFLICT (patient, day) DO UPDATE SET insured = excluded.insured, organisation = excluded.organisation, "
    "checked_at = excluded.checked_at, source = excluded.source, reference = excluded.reference"
).bindparams(
    bindparam("patient", type_=LargeBinary),
    bindparam("day", type_=Date),
    bindparam("insured", type_=Boolean),
    bindparam("checked_at", type_=UtcInstant),
)


def _keep(connection: Connection, *, patient: bytes, day: date, answer: InsuranceAnswer) -> None:
    """The newest answer of the day takes the place of the one before."""
    values = {
        "insured": answer.insured,
        "organisation": answer.organisation,
        "checked_at": answer.checked_at,
        "source": answer.source,
        "reference": answer.reference,
    }
    connection.execute(_KEEP, {"patient": patient, "day": day} | values)


def _forget(connection: Connection, today: date) -> int:
    key = tuple_(insurance_checks.c.patient, insurance_checks.c.day)
    old = select(insurance_checks.c.patient, insurance_checks.c.day).where(insurance_checks.c.day < today)
    return connection.execute(delete(insurance_checks).where(key.in_(old.limit(_FORGOTTEN_AT_ONCE)))).rowcount
