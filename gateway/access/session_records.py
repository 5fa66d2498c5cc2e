"""Sign-ins under way and sessions of people in the store: functions that run in a transaction of the caller's.

What a browser holds is never stored, only its SHA-256: who reads the database can enter nobody's session. The values
are random and of 256 bits, so their plain digests cannot be turned back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from gateway.store.access_tables import people, sessions, sign_ins


class EndReason(StrEnum):
    """Why a session ended before its time."""

    SIGNED_OUT = "signed-out"
    ESI = "esi"
    """ESI has told us (OpenID Connect Back-Channel Logout 1.0)."""
    REPLACED = "replaced"
    """The person signed in anew in the same browser, for instance to step up."""
    REVOKED = "revoked"
    """Somebody here ended all sessions of the person."""


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lasts: without use, and altogether."""

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession:
    """A session as it is kept. ``pin_index`` is that of the person, by which the staff register is asked."""

    token_hash: bytes = field(repr=False)
    person: UUID
    pin_index: bytes = field(repr=False)
    method: str | None
    csrf_hash: bytes = field(repr=False)
    signed_in_at: datetime
    seen_at: datetime
    expires_at: datetime


def add_sign_in(connection: Connection, *, state_hash: bytes, sealed: bytes, expires_at: datetime) -> None:
    """Write down a sign-in that begins."""
    connection.execute(insert(sign_ins).values(state_hash=state_hash, sealed=sealed, expires_at=expires_at))


def take_sign_in(connection: Connection, *, state_hash: bytes, now: datetime) -> bytes | None:
    """Take a sign-in that is not too old, for good; ``None`` when there is none, or no more."""
    taken = (
        delete(sign_ins).where(sign_ins.c.state_hash == state_hash).returning(sign_ins.c.sealed, sign_ins.c.expires_at)
    )
    row = connection.execute(taken).one_or_none()
    return row.sealed if row is not None and now < row.expires_at else None


def add_session(connection: Connection, row: dict[str, Any], *, replaces: bytes | None) -> None:
    """Write a session down and end the one it ``replaces``."""
    connection.execute(insert(sessions).values(row))
    if replaces is not None:
        _end(connection, sessions.c.token_hash == replaces, row["signed_in_at"], EndReason.REPLACED)


def find_session(connection: Connection, *, token_hash: bytes, now: datetime, idle: timedelta) -> StoredSession | None:
    """The session, unless it is unknown, has ended, or is past one of its limits."""
    query = (
        select(sessions, people.c.pin_index)
        .join(people, people.c.id == sessions.c.person)
        .where(
            sessions.c.token_hash == token_hash,
            sessions.c.ended_at.is_(None),
            sessions.c.expires_at > now,
            sessions.c.seen_at > now - idle,
        )
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return StoredSession(
        token_hash=row.token_hash,
        person=row.person,
        pin_index=row.pin_index,
        method=row.method,
        csrf_hash=row.csrf_hash,
        signed_in_at=row.signed_in_at,
        seen_at=row.seen_at,
        expires_at=row.expires_at,
    )


def touch_session(connection: Connection, *, token_hash: bytes, now: datetime) -> None:
    """Note that a session was used; never takes it back in time, never brings an ended one to life."""
    used = update(sessions).where(
        sessions.c.token_hash == token_hash, sessions.c.ended_at.is_(None), sessions.c.seen_at < now
    )
    connection.execute(used.values(seen_at=now))


def end_session(connection: Connection, *, token_hash: bytes, at: datetime, why: EndReason) -> bytes | None:
    """End a session; returns what was sealed with it, or ``None`` when there was none to end."""
    ended = (
        update(sessions)
        .where(sessions.c.token_hash == token_hash, sessions.c.ended_at.is_(None))
        .values(ended_at=at, ended_why=why.value)
        .returning(sessions.c.sealed)
    )
    return connection.execute(ended).scalar_one_or_none()


def end_sessions_of_person(connection: Connection, *, person: UUID, at: datetime, why: EndReason) -> int:
    """End all sessions of a person; returns how many."""
    return _end(connection, sessions.c.person == person, at, why)


def end_sessions_of_provider(
    connection: Connection, *, issuer: str, subject: str | None, provider_session: str | None, at: datetime
) -> int:
    """End what ESI says has ended: its session if it names one, of the subject if it names one; returns how many.

    Raises ``ValueError`` when it names neither.
    """
    if subject is None and provider_session is None:
        raise ValueError("a notice of sign-out names a session or a subject")
    whose = select(people.c.id).where(people.c.issuer == issuer)
    if subject is not None:
        whose = whose.where(people.c.subject == subject)
    ended: ColumnElement[bool] = sessions.c.person.in_(whose)
    if provider_session is not None:
        ended = and_(ended, sessions.c.provider_session == provider_session)
    return _end(connection, ended, at, EndReason.ESI)


def _end(connection: Connection, condition: ColumnElement[bool], at: datetime, why: EndReason) -> int:
    ended = update(sessions).where(condition, sessions.c.ended_at.is_(None))
    return connection.execute(ended.values(ended_at=at, ended_why=why.value)).rowcount
