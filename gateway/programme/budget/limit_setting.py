"""Setting the limit of a patient's year (clause 21(1)): who sets it, from which day on, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection, insert, select

from gateway.access.authors import Author
from gateway.audit.actions import Action, Purpose
from gateway.audit.trail import AppendAudit
from gateway.ports import AuditEvent, Clock, Ids
from gateway.rules.budget import check_limit
from gateway.rules.days import bishkek_day
from gateway.rules.findings import Refused
from gateway.rules.money import from_tyiyn, to_tyiyn
from gateway.store.contract_tables import patient_limits
from gateway.store.grouping import Store
from schemas.budget import PatientLimitCommand


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSet:
    """One setting of the limit, from a Bishkek day on; the norm is som."""

    id: UUID
    effective_on: date
    norm: Decimal
    multiplier: int
    reason: str
    set_at: datetime
    set_by: str

    @property
    def limit(self) -> Decimal:
        """Multiplier × norm, in som."""
        return self.norm * self.multiplier


@dataclass(frozen=True, slots=True)
class LimitHistory:
    """All settings, newest first, and the one that counts today."""

    settings: tuple[LimitSet, ...]
    current: LimitSet | None


class LimitSetting:
    """Sets the limit. ``audit`` writes each change down in its own transaction; no setting is ever taken away."""

    def __init__(self, store: Store, clock: Clock, ids: Ids, audit: AppendAudit) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._audit = audit

    async def set(self, command: PatientLimitCommand, *, by: Author, request_id: str | None = None) -> LimitHistory:
        """Set the limit from a day on. Of several for one day the last one counts.

        Raises ``Refused`` with MULTIPLIER_DATE for a past day, and SCHEMA_VALUE for a limit that cannot be written.
        """
        now = self._clock.now()
        today = bishkek_day(now)
        if findings := check_limit(command, today):
            raise Refused(findings)
        row = {
            "id": self._ids.new(),
            "effective_on": command.effective_on,
            "norm": to_tyiyn(command.norm),
            "multiplier": command.multiplier,
            "reason": command.reason,
            "set_at": now,
            "set_by": by.id,
        }
        event = AuditEvent(
            action=Action.LIMIT_CHANGED,
            actor=by.id,
            actor_kind=by.kind,
            target=str(row["id"]),
            purpose=Purpose.PAYMENT,
            request_id=request_id,
        )

        def change(connection: Connection) -> LimitHistory:
            connection.execute(insert(patient_limits).values(row))
            self._audit(connection, (event,))
            return _history(connection, today)

        return await self._store.write(change)

    async def history(self) -> LimitHistory:
        """Everything that was ever set."""
        today = bishkek_day(self._clock.now())
        return await self._store.read(lambda connection: _history(connection, today))


def _history(connection: Connection, today: date) -> LimitHistory:
    ordered = select(patient_limits).order_by(
        patient_limits.c.effective_on.desc(), patient_limits.c.set_at.desc(), patient_limits.c.id.desc()
    )
    settings = tuple(
        LimitSet(
            id=row.id,
            effective_on=row.effective_on,
            norm=from_tyiyn(row.norm),
            multiplier=row.multiplier,
            reason=row.reason,
            set_at=row.set_at,
            set_by=row.set_by,
        )
        for row in connection.execute(ordered)
    )
    return LimitHistory(settings, next((one for one in settings if one.effective_on <= today), None))
