"""The register of authorised staff: who may work where, in which role, from which day to which (ESI order, clause 5).

A record counts only while it is active, and it is asked again with every request: whoever is taken off the list stops
working at once. The ПИН is found by its blind index; it and the name are sealed under the record's id.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy import Connection

from gateway.access.authors import Author
from gateway.access.principal import Grant, Role
from gateway.access.roles import ROLES, Reach
from gateway.access.staff_records import (
    StaffGrant,
    StoredGrant,
    active_grants,
    add_grant,
    list_grants,
    revoke_grant,
)
from gateway.audit.actions import Action, Purpose
from gateway.audit.trail import AppendAudit
from gateway.ports import AuditEvent, BlindIndex, Clock, Ids, Sealer
from gateway.reference.organisations import RolloutRow
from gateway.rules.days import bishkek_day
from gateway.rules.findings import Finding, Refused
from gateway.rules.identifiers import check_pin
from gateway.store.grouping import Store
from schemas.errors import ErrorCode

PIN_KIND: Final = "pin"
"""The kind of blind index a ПИН has everywhere."""

_ORGANISATION: Final = "[0-9]{6}"
_REGIONS: Final = frozenset(RolloutRow) - {RolloutRow.NATIONAL}
_LONGEST_NAME: Final = 200
_SEALED_AS: Final = b"staff_grants.sealed"


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRequest:
    """What is asked for: who (ПИН and name), where, in which role, from which Bishkek day to which, both included.

    ``organisation`` or ``region`` is given as the role's reach demands; neither for roles of the whole country.
    """

    pin: str = field(repr=False)
    name: str = field(repr=False)
    role: Role
    organisation: str | None = None
    region: str | None = None
    valid_from: date
    valid_to: date | None = None

    def check(self) -> tuple[Finding, ...]:
        """Everything that is wrong with it: PIN_FORMAT, PIN_DATE, SCHEMA_… and STAFF_GRANT_INVALID."""
        found = list(check_pin(self.pin, "$.pin"))
        if not 0 < len(self.name.strip()) <= _LONGEST_NAME:
            found.append(Finding(ErrorCode.SCHEMA_LENGTH, "$.name", {"limit": f"1–{_LONGEST_NAME}"}))
        if any(unicodedata.category(character) in {"Cc", "Cf"} for character in self.name):
            found.append(Finding(ErrorCode.SCHEMA_CHARACTERS, "$.name"))
        found += self._check_place()
        if self.valid_to is not None and self.valid_to < self.valid_from:
            found.append(Finding(ErrorCode.STAFF_GRANT_INVALID, "$.valid_to"))
        return tuple(found)

    def _check_place(self) -> list[Finding]:
        reach = ROLES[self.role].reach
        found = []
        if (self.organisation is not None) != (reach is Reach.ORGANISATION):
            found.append(Finding(ErrorCode.STAFF_GRANT_INVALID, "$.organisation"))
        elif self.organisation is not None and not re.fullmatch(_ORGANISATION, self.organisation, re.ASCII):
            found.append(Finding(ErrorCode.SCHEMA_PATTERN, "$.organisation", {"pattern": _ORGANISATION}))
        if (self.region is not None) != (reach is Reach.REGION):
            found.append(Finding(ErrorCode.STAFF_GRANT_INVALID, "$.region"))
        elif self.region is not None and self.region not in _REGIONS:
            allowed = ", ".join(sorted(_REGIONS))
            found.append(Finding(ErrorCode.SCHEMA_VALUE, "$.region", {"allowed": allowed}))
        return found


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A grant with whose it is, for those who keep the list."""

    grant: StaffGrant
    pin: str = field(repr=False)
    name: str = field(repr=False)


class StaffRegister:
    """Keeps the list of staff. ``audit`` writes each change down in its own transaction.

    ``within`` are the organisations that the one who asks answers for, ``None`` for everything. Records of others are
    to them as if they were not there, and roles beyond an organisation are not theirs to give.
    """

    def __init__(
        self, store: Store, sealer: Sealer, index: BlindIndex, clock: Clock, ids: Ids, audit: AppendAudit
    ) -> None:
        self._store = store
        self._sealer = sealer
        self._index = index
        self._clock = clock
        self._ids = ids
        self._audit = audit

    async def grant(self, request: GrantRequest, *, by: Author, within: frozenset[str] | None) -> StaffGrant:
        """Write a record; it counts from the first of its days on.

        Raises ``Refused``: what :meth:`GrantRequest.check` finds; ACCESS_DENIED beyond ``within``; ORG_UNKNOWN;
        STAFF_GRANT_INVALID when the same person has the same role there on one of these days already.
        """
        if findings := request.check():
            raise Refused(findings)
        if within is not None and request.organisation not in within:
            raise Refused.because(ErrorCode.ACCESS_DENIED)
        identifier = self._ids.new()
        stored = StoredGrant(
            grant=StaffGrant(
                id=identifier,
                right=Grant(request.role, request.organisation, request.region),
                valid_from=request.valid_from,
                valid_to=request.valid_to,
                granted_at=self._clock.now(),
                granted_by=by.id,
            ),
            pin_index=self.pin_index(request.pin),
            sealed=self._sealer.seal(_identity(request), _context(identifier)),
        )

        def change(connection: Connection) -> None:
            add_grant(connection, stored)
            self._tell(connection, stored, Action.STAFF_GRANTED, by)

        await self._store.write(change)
        return stored.grant

    async def revoke(self, grant_id: UUID, *, by: Author, reason: str, within: frozenset[str] | None) -> StaffGrant:
        """End a record at once, for good. ``reason`` holds no personal data.

        Raises ``Refused`` with REASON_REQUIRED, or STAFF_NOT_FOUND for one that is unknown, ended or another's.
        """
        if not reason.strip():
            raise Refused.because(ErrorCode.REASON_REQUIRED, "$.reason")
        now = self._clock.now()

        def change(connection: Connection) -> StaffGrant:
            ended = revoke_grant(connection, grant_id=grant_id, within=within, at=now, by=by.id, reason=reason.strip())
            self._tell(connection, ended, Action.STAFF_REVOKED, by)
            return ended.grant

        return await self._store.write(change)

    async def members(
        self,
        *,
        within: frozenset[str] | None,
        organisation: str | None = None,
        with_ended: bool = False,
        after: UUID | None = None,
        limit: int = 100,
    ) -> Sequence[StaffMember]:
        """Up to ``limit`` records after the one given, in the order they were granted.

        By default only those that count today or later. Raises :class:`gateway.sealing.errors.CannotOpen` when a key
        is gone.
        """
        found = await self._store.read(
            partial(
                list_grants,
                within=within,
                organisation=organisation,
                not_over_on=None if with_ended else bishkek_day(self._clock.now()),
                after=after,
                limit=limit,
            )
        )
        return [self._opened(stored) for stored in found]

    async def active(self, pin_index: bytes, day: date) -> Sequence[StaffGrant]:
        """What a person may do on a day in Bishkek; with nothing at all they may not work (STAFF_NOT_AUTHORISED)."""
        return await self._store.read(partial(active_grants, pin_index=pin_index, day=day))

    def pin_index(self, pin: str) -> bytes:
        """The blind index that a ПИН is found by, 32 bytes."""
        return self._index.of(PIN_KIND, pin)

    def _opened(self, stored: StoredGrant) -> StaffMember:
        identity = orjson.loads(self._sealer.open(stored.sealed, _context(stored.grant.id)))
        return StaffMember(stored.grant, identity["pin"], identity["name"])

    def _tell(self, connection: Connection, stored: StoredGrant, action: Action, by: Author) -> None:
        event = AuditEvent(
            action=action,
            actor=by.id,
            actor_kind=by.kind,
            organisation=stored.grant.right.organisation,
            subject=stored.pin_index,
            target=str(stored.grant.id),
            purpose=Purpose.ADMINISTRATION,
        )
        self._audit(connection, (event,))


def _identity(request: GrantRequest) -> bytes:
    return orjson.dumps({"pin": request.pin, "name": request.name.strip()})


def _context(grant_id: UUID) -> bytes:
    return _SEALED_AS + grant_id.bytes
