"""Whose sessions are open: a query for a connection of the caller's."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Connection, select

from gateway.store.access_tables import people, sessions


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person who has signed in: our own id of them, and the blind index of their ПИН."""

    id: UUID
    pin_index: bytes = field(repr=False)


def people_with_sessions(
    connection: Connection, *, issuer: str, subject: str | None, provider_session: str | None
) -> list[KnownPerson]:
    """Those whose sessions a notice of ``issuer`` is about: by its own session, by the subject, or by both."""
    query = (
        select(people.c.id, people.c.pin_index)
        .join(sessions, sessions.c.person == people.c.id)
        .where(people.c.issuer == issuer, sessions.c.ended_at.is_(None))
        .distinct()
    )
    if subject is not None:
        query = query.where(people.c.subject == subject)
    if provider_session is not None:
        query = query.where(sessions.c.provider_session == provider_session)
    return [KnownPerson(row.id, row.pin_index) for row in connection.execute(query)]
