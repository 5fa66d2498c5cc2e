"""What a pharmacy is shown of a prescription, and what it has to offer on it (clauses 34 and 36)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from gateway.audit.actions import Action
from gateway.programme.common import Caller, Opened
from gateway.programme.dispensing.model import Surroundings, course_of, facts_of
from gateway.programme.dispensing.opening import PrescriptionDesk
from gateway.rules.days import bishkek_day
from gateway.rules.dispensing import Offer, SaleFacts, offers
from gateway.rules.dispensing.standing import check_pharmacy, check_standing
from gateway.rules.findings import Finding, Refused, errors
from gateway.rules.medicines.reference import ReferenceVersion
from gateway.rules.validity import expiry_notice
from schemas.dispensing import LookUp


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A prescription as a pharmacy sees it at an instant. ``reference`` is the version in force, if there is one.

    ``offers`` are empty where nothing can be dispensed on it; ``findings`` say why, and what else should be known.
    """

    opened: Opened
    pharmacy: str
    at: datetime
    reference: ReferenceVersion | None
    offers: Sequence[Offer]
    findings: tuple[Finding, ...]


class LookUps:
    """Answers look-ups. Each is audited, in vain or not."""

    def __init__(self, surroundings: Surroundings, desk: PrescriptionDesk) -> None:
        self._around = surroundings
        self._desk = desk

    async def look_up(self, wanted: LookUp, caller: Caller) -> Found:
        """The prescription with what remains of it and all trade names that may be given on it.

        Raises ``Refused``: PHARMACY_NOT_CONTRACTED, and as :meth:`PrescriptionDesk.open`.
        """
        around = self._around
        now = around.clock.now()
        today = bishkek_day(now)
        facts = await self._facts(wanted.pharmacy, now, today)
        if uncontracted := tuple(check_pharmacy(facts)):
            raise Refused(uncontracted)
        opened = await self._desk.open(wanted.prescription, wanted.pharmacy, caller)
        row = opened.row
        await around.audit.record(
            caller.event(
                Action.PRESCRIPTION_LOOKED_UP, pharmacy=wanted.pharmacy, subject=row.patient, target=str(row.id)
            )
        )
        findings = [*check_standing(facts_of(row, opened.kept, wanted.pharmacy, now), facts)]
        listed: Sequence[Offer] = ()
        if not errors(findings):
            if notice := expiry_notice(row.valid_until, today):
                findings.append(notice)
            if facts.reference is not None:
                prescribed = opened.kept.message.medicine
                listed = offers(prescribed, course_of(row), facts.reference, wanted.stock, around.settings)
        return Found(
            opened=opened,
            pharmacy=wanted.pharmacy,
            at=now,
            reference=facts.reference,
            offers=listed,
            findings=tuple(findings),
        )

    async def _facts(self, pharmacy: str, now: datetime, today: date) -> SaleFacts:
        """The circumstances of a sale that would be made now."""
        around = self._around

        def contracted(connection: Connection) -> bool:
            return around.contracts.in_force(connection, pharmacy, today)

        in_force = await around.store.read(contracted)
        return SaleFacts(
            now=now,
            sold_at=now,
            reference=around.medicines.on(today),
            contracted_at_sale=in_force,
            contracted_now=in_force,
            settings=around.settings,
        )
