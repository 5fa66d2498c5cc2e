"""Appointments at pharmacies, as the staff register has them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Connection, select

from gateway.access.staff_records import active_grants
from gateway.store.access_tables import people
from schemas.settlement.terms import SignerRole


class StaffAppointments:
    """An :class:`gateway.programme.settlement.ports.AppointmentBook` over the staff register (ESI order, clause 5)."""

    def offices(self, connection: Connection, person: UUID, pharmacy: str, day: date) -> frozenset[SignerRole]:
        """The offices that the person's live grants name for the pharmacy."""
        pin_index = connection.execute(select(people.c.pin_index).where(people.c.id == person)).scalar_one_or_none()
        if pin_index is None:
            return frozenset()
        held = {
            grant.right.role.value
            for grant in active_grants(connection, pin_index=pin_index, day=day)
            if grant.right.organisation == pharmacy
        }
        return frozenset(role for role in SignerRole if role.value in held)
