"""Which pharmacies have a contract, asked inside the transaction that depends on it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from gateway.store.contract_tables import pharmacy_contracts


class Contracts:
    """The pharmacies' contracts as dispensing and settlement ask them: a :class:`gateway.programme.ports.ContractBook`.

    They are kept by :class:`gateway.programme.contracts.office.ContractOffice`.
    """

    def in_force(self, connection: Connection, pharmacy: str, day: date) -> bool:
        """Whether a pharmacy has a contract on a Bishkek day, its first and last days included (clause 53)."""
        wanted = select(pharmacy_contracts.c.id).where(pharmacy_contracts.c.pharmacy == pharmacy, _covers(day))
        return connection.execute(wanted.limit(1)).first() is not None

    def report_deadline_days(self, connection: Connection, pharmacy: str, day: date) -> int | None:
        """Calendar days after a month's end within which its report is due (clause 52).

        By the contract that is in force on a Bishkek day, else by the last one that began before it; ``None`` for a
        pharmacy that never had one by then.
        """
        wanted = (
            select(pharmacy_contracts.c.report_deadline_days)
            .where(pharmacy_contracts.c.pharmacy == pharmacy, pharmacy_contracts.c.starts_on <= day)
            .order_by(_covers(day).desc(), pharmacy_contracts.c.starts_on.desc())
        )
        found: int | None = connection.execute(wanted.limit(1)).scalar_one_or_none()
        return found


def _covers(day: date) -> ColumnElement[bool]:
    terminated_from = pharmacy_contracts.c.terminated_from
    return and_(
        pharmacy_contracts.c.starts_on <= day,
        pharmacy_contracts.c.ends_on >= day,
        or_(terminated_from.is_(None), terminated_from > day),
    )
