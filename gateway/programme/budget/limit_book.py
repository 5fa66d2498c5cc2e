"""The limit of a patient's year, asked inside the transaction that depends on it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, select

from gateway.store.contract_tables import patient_limits


class Limits:
    """The indicative limit («болжолдуу лимит») in force: a :class:`gateway.programme.ports.LimitBook`.

    It is set by :class:`gateway.programme.budget.limit_setting.LimitSetting`.
    """

    def limit(self, connection: Connection, day: date) -> int | None:
        """Multiplier × per-capita norm in force on a Bishkek day, in tyiyn; ``None`` while nobody has set it."""
        wanted = (
            select(patient_limits.c.norm * patient_limits.c.multiplier)
            .where(patient_limits.c.effective_on <= day)
            # Of several for one day the one that was set last counts.
            .order_by(patient_limits.c.effective_on.desc(), patient_limits.c.set_at.desc(), patient_limits.c.id.desc())
        )
        found: int | None = connection.execute(wanted.limit(1)).scalar_one_or_none()
        return found
