"""The staff register in the store: functions that run in a transaction of the caller's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, or_, select, text, update

from gateway.access.principal import Grant, Role
from gateway.access.roles import ROLES, Body
from gateway.rules.findings import Refused
from gateway.store.access_tables import staff_grants
from gateway.store.tables import organisations
from schemas.errors import ErrorCode

_LOCK: Final = text("SELECT pg_advisory_xact_lock(:lock)").bindparams(lock=5_072_026_003)
"""PostgreSQL: one grant at a time, so that two cannot both find that there is no such one yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffGrant:
    """One record of the list, without whose it is. The days are Bishkek days, both included; no ``valid_to``: open."""

    id: UUID
    right: Grant
    valid_from: date
    valid_to: date | None
    granted_at: datetime
    granted_by: str
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class StoredGrant:
    """A record with whose it is: the blind index of the ПИН (32 bytes), and ПИН and name sealed."""

    grant: StaffGrant
    pin_index: bytes = field(repr=False)
    sealed: bytes = field(repr=False)


def active_grants(connection: Connection, *, pin_index: bytes, day: date) -> list[StaffGrant]:
    """What a person may do on a day in Bishkek, in the order it was granted."""
    query = select(staff_grants).where(staff_grants.c.pin_index == pin_index, _counts_on(day))
    return [_stored(row).grant for row in connection.execute(query.order_by(staff_grants.c.id))]


def add_grant(connection: Connection, stored: StoredGrant) -> None:
    """Write a record whose form has been checked.

    Raises ``Refused``: ORG_UNKNOWN when the register of organisations has no such one (pharmacies are not in it), and
    STAFF_GRANT_INVALID when the same person has the same role at the same place on one of these days already. Two
    records for one right would let it outlive the revocation of either.
    """
    grant = stored.grant
    _check_organisation(connection, grant)
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)
    twin = select(staff_grants.c.id).where(
        staff_grants.c.pin_index == stored.pin_index,
        staff_grants.c.role == grant.right.role.value,
        staff_grants.c.organisation.is_not_distinct_from(grant.right.organisation),
        staff_grants.c.region.is_not_distinct_from(grant.right.region),
        staff_grants.c.revoked_at.is_(None),
        or_(staff_grants.c.valid_to.is_(None), staff_grants.c.valid_to >= grant.valid_from),
        *([] if grant.valid_to is None else [staff_grants.c.valid_from <= grant.valid_to]),
    )
    if connection.execute(twin.limit(1)).first() is not None:
        raise Refused.because(ErrorCode.STAFF_GRANT_INVALID)
    row = {
        "id": grant.id,
        "pin_index": stored.pin_index,
        "sealed": stored.sealed,
        "organisation": grant.right.organisation,
        "region": grant.right.region,
        "role": grant.right.role.value,
        "valid_from": grant.valid_from,
        "valid_to": grant.valid_to,
        "granted_at": grant.granted_at,
        "granted_by": grant.granted_by,
    }
    connection.execute(insert(staff_grants).values(row))


def revoke_grant(
    connection: Connection, *, grant_id: UUID, within: frozenset[str] | None, at: datetime, by: str, reason: str
) -> StoredGrant:
    """End a record; returns it as it then stands.

    Raises ``Refused`` with STAFF_NOT_FOUND when it is unknown, ended, or not ``within`` these organisations.
    """
    ended = (
        update(staff_grants)
        .where(staff_grants.c.id == grant_id, staff_grants.c.revoked_at.is_(None), *_within(within))
        .values(revoked_at=at, revoked_by=by, reason=reason)
        .returning(*staff_grants.c)
    )
    row = connection.execute(ended).one_or_none()
    if row is None:
        raise Refused.because(ErrorCode.STAFF_NOT_FOUND)
    return _stored(row)


def list_grants(
    connection: Connection,
    *,
    within: frozenset[str] | None,
    organisation: str | None,
    not_over_on: date | None,
    after: UUID | None,
    limit: int,
) -> list[StoredGrant]:
    """Records ``within`` these organisations (``None``: all) and of one ``organisation`` if it is named, after an id.

    With ``not_over_on`` only those that count on that day or later.
    """
    query = select(staff_grants).where(*_within(within))
    if organisation is not None:
        query = query.where(staff_grants.c.organisation == organisation)
    if not_over_on is not None:
        query = query.where(staff_grants.c.revoked_at.is_(None), _not_over(not_over_on))
    if after is not None:
        query = query.where(staff_grants.c.id > after)
    return [_stored(row) for row in connection.execute(query.order_by(staff_grants.c.id).limit(limit))]


def _check_organisation(connection: Connection, grant: StaffGrant) -> None:
    if ROLES[grant.right.role].body is not Body.ORGANISATION:
        return
    code = grant.right.organisation
    if connection.execute(select(organisations.c.code).where(organisations.c.code == code)).first() is None:
        raise Refused.because(ErrorCode.ORG_UNKNOWN, "$.organisation", organisation=code or "")


def _counts_on(day: date) -> ColumnElement[bool]:
    return and_(staff_grants.c.revoked_at.is_(None), staff_grants.c.valid_from <= day, _not_over(day))


def _not_over(day: date) -> ColumnElement[bool]:
    return or_(staff_grants.c.valid_to.is_(None), staff_grants.c.valid_to >= day)


def _within(organisations: frozenset[str] | None) -> list[ColumnElement[bool]]:
    return [] if organisations is None else [staff_grants.c.organisation.in_(sorted(organisations))]


def _stored(row: Row[Any]) -> StoredGrant:
    grant = StaffGrant(
        id=row.id,
        right=Grant(Role(row.role), row.organisation, row.region),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        granted_at=row.granted_at,
        granted_by=row.granted_by,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
        reason=row.reason,
    )
    return StoredGrant(grant, row.pin_index, row.sealed)
