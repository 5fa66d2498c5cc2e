"""Codes for enrolment in the store: functions that run in a transaction of the caller's.

A client has one code at most, so a new one ends the former. Of the code only its SHA-256 is kept: it has 80 random
bits, so its plain digest cannot be turned back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from gateway.access.client_kinds import ClientKind
from gateway.access.client_records import Jwk, lock_client, rotate_key
from gateway.rules.findings import Finding, Refused
from gateway.store.access_tables import client_keys, clients, enrolments
from schemas.errors import ErrorCode

REPEATABLE: Final = timedelta(hours=24)
"""For how long after its redemption a code gives the key it was redeemed by the same answer again."""


@dataclass(frozen=True, slots=True)
class Redemption:
    """A code that was redeemed, now or, if ``repeated``, before by the same key."""

    client: str
    repeated: bool


@dataclass(frozen=True, slots=True)
class Succession:
    """A key that was put in another's place, now or, if ``repeated``, before. The other counts ``until`` then."""

    until: datetime
    repeated: bool


def check_kind(kind: ClientKind, path: str) -> Sequence[Finding]:
    """CLIENT_NOT_ENROLLABLE unless it is a pharmacy's terminal: others are brought their keys by their own people."""
    return () if kind is ClientKind.PHARMACY_TERMINAL else (Finding(ErrorCode.CLIENT_NOT_ENROLLABLE, path),)


def open_enrolment(
    connection: Connection, *, client_id: str, code: bytes, at: datetime, by: str, expires_at: datetime
) -> None:
    """Write down the digest of a code for a client, in place of any it has.

    Raises ``Refused``: CLIENT_NOT_FOUND for an unknown or revoked client, CLIENT_NOT_ENROLLABLE for other kinds.
    """
    found = lock_client(connection, client_id)
    if findings := check_kind(ClientKind(found.kind), "path:client_id"):
        raise Refused(findings)
    connection.execute(delete(enrolments).where(enrolments.c.client == client_id))
    row = {"client": client_id, "code_hash": code, "issued_at": at, "issued_by": by, "expires_at": expires_at}
    connection.execute(insert(enrolments).values(row))


def redeem_enrolment(connection: Connection, *, code: bytes, jwk: Jwk, at: datetime) -> Redemption | None:
    """Make a key the only one of the client that a code was given for; ``None`` when the code is worth nothing.

    So is one that is unknown, too old, redeemed by another key, or of a revoked client: one and the same question finds
    all of that out. Raises ``Refused`` with CLIENT_KEY_INVALID for a key that somebody has or once had.
    """
    # Both rows are locked: of two terminals with one code, the later one sees what the earlier one has done.
    query = (
        select(enrolments)
        .join(clients, clients.c.id == enrolments.c.client)
        .where(enrolments.c.code_hash == code, enrolments.c.expires_at > at, clients.c.revoked_at.is_(None))
        .with_for_update()
    )
    found = connection.execute(query).one_or_none()
    if found is None:
        return None
    if found.kid is not None:
        return Redemption(found.client, repeated=True) if _is_repeat(connection, found, jwk, at) else None
    if is_known_key(connection, jwk):
        raise Refused.because(ErrorCode.CLIENT_KEY_INVALID, "$.key")
    rotate_key(connection, client_id=found.client, jwk=jwk, at=at, not_after=at)
    redeemed = {"kid": jwk["kid"], "expires_at": at + REPEATABLE}
    connection.execute(update(enrolments).where(enrolments.c.client == found.client).values(redeemed))
    return Redemption(found.client, repeated=False)


def change_own_key(
    connection: Connection, *, client_id: str, sent_by: str, jwk: Jwk, at: datetime, not_after: datetime
) -> Succession:
    """Give a client another key, at the word of one that counts; those it has cease at ``not_after`` or before.

    Asked again for the same, as after a lost reply, it changes nothing. Raises ``Refused``: CLIENT_NOT_FOUND for a
    revoked client, ACCESS_DENIED when ``sent_by`` (a ``kid``) does not count, CLIENT_KEY_INVALID for a key that
    somebody has or once had.
    """
    lock_client(connection, client_id)
    sender = _counting(connection, client_id, sent_by, at)
    if sender is None:
        raise Refused.because(ErrorCode.ACCESS_DENIED)
    if not is_known_key(connection, jwk):
        rotate_key(connection, client_id=client_id, jwk=jwk, at=at, not_after=not_after)
        return Succession(min(sender.not_after or not_after, not_after), repeated=False)
    successor = _counting(connection, client_id, jwk["kid"], at)
    if successor is None or successor.not_after is not None or sender.not_after is None:
        raise Refused.because(ErrorCode.CLIENT_KEY_INVALID, "$.key")
    return Succession(sender.not_after, repeated=True)


def is_known_key(connection: Connection, jwk: Jwk) -> bool:
    """Whether any client has or once had this key."""
    return connection.execute(select(client_keys.c.kid).where(client_keys.c.kid == jwk["kid"])).first() is not None


def _is_repeat(connection: Connection, redeemed: Row[Any], jwk: Jwk, at: datetime) -> bool:
    same = jwk["kid"] == redeemed.kid
    return same and _counting(connection, redeemed.client, redeemed.kid, at) is not None


def _counting(connection: Connection, client_id: str, kid: str, at: datetime) -> Row[Any] | None:
    """A key of a client that counts at this instant."""
    query = select(client_keys).where(
        client_keys.c.client == client_id, client_keys.c.kid == kid, client_keys.c.revoked_at.is_(None)
    )
    found = connection.execute(query).one_or_none()
    return None if found is None or (found.not_after is not None and found.not_after <= at) else found
