"""Enrolment of pharmacies' terminals: a code from the operator, a key made on the terminal, and later another key.

The private key is made where it is used and never leaves. The code only says which client the terminal is to be.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection

from gateway.access.authors import Author
from gateway.access.client_records import Jwk, add_client
from gateway.access.client_register import OVERLAP, ClientRegister
from gateway.access.clients import Client, ClientDefinition
from gateway.access.enrolment_codes import RandomBelow, code_digest, draw_code
from gateway.access.enrolment_records import (
    Redemption,
    change_own_key,
    check_kind,
    open_enrolment,
    redeem_enrolment,
)
from gateway.access.purging import purge
from gateway.audit.actions import Action, ActorKind, Purpose
from gateway.audit.trail import AppendAudit
from gateway.ports import AuditEvent, Clock
from gateway.rules.findings import Refused
from gateway.store.access_tables import enrolments
from gateway.store.grouping import Store
from schemas.errors import ErrorCode

VALID: Final = timedelta(hours=24)
"""How long a code is good unless told otherwise."""
LONGEST: Final = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class OpenEnrolment:
    """A code for a client, to be told once: only its digest is kept."""

    client: Client
    code: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A client whose code was redeemed; ``repeated`` when the same key had done that before."""

    client: Client
    repeated: bool


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A client that has changed its key; its former ones count until ``others_until``."""

    client: str
    kid: str
    others_until: datetime


class Enrolments:
    """Gives codes out and takes them back for keys. ``below`` is the operating system's randomness except in tests.

    Keys given here are public parts (:func:`gateway.access.client_keys.public_part`) that have been proven to be in the
    sender's hands.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        audit: AppendAudit,
        register: ClientRegister,
        *,
        below: RandomBelow = secrets.randbelow,
    ) -> None:
        self._store = store
        self._clock = clock
        self._audit = audit
        self._register = register
        self._below = below

    async def open(self, client_id: str, *, by: Author, valid: timedelta = VALID) -> OpenEnrolment:
        """A code for a client; any it had is worth nothing from now on. Its keys go on counting until it is redeemed.

        Raises ``Refused``: CLIENT_NOT_FOUND, CLIENT_NOT_ENROLLABLE.
        """
        return await self._open(client_id, None, by, valid)

    async def add(self, definition: ClientDefinition, *, by: Author, valid: timedelta = VALID) -> OpenEnrolment:
        """Add a client without a key, with a code to get one by.

        Raises ``Refused``: what :meth:`ClientDefinition.check` finds, CLIENT_NOT_ENROLLABLE, CLIENT_EXISTS.
        """
        if findings := (*definition.check(), *check_kind(definition.kind, "$.kind")):
            raise Refused(findings)
        return await self._open(definition.id, definition, by, valid)

    async def redeem(self, code: str, jwk: Jwk, *, request_id: str | None = None) -> Enrolled:
        """Make a key the only one of the client that a code was given for, and void the tokens of those before.

        The same code and key once more, as after a lost reply, get the same answer for 24 hours while the key counts.
        Raises ``Refused``: ENROLMENT_CODE_INVALID whatever is wrong with the code, CLIENT_KEY_INVALID for a key that
        somebody has or once had.
        """
        redeeming = partial(redeem_enrolment, code=code_digest(code), jwk=jwk, at=self._clock.now())

        def change(connection: Connection) -> Redemption | None:
            redeemed = redeeming(connection)
            if redeemed is not None and not redeemed.repeated:
                self._tell(connection, Action.CLIENT_ENROLLED, redeemed.client, _itself(redeemed.client), request_id)
            return redeemed

        redemption = await self._store.write(change)
        if redemption is None:
            raise Refused.because(ErrorCode.ENROLMENT_CODE_INVALID, "$.code")
        await self._register.refresh()
        return Enrolled(self._register.show(redemption.client), redemption.repeated)

    async def change_key(
        self, client_id: str, *, sent_by: str | None, jwk: Jwk, request_id: str | None = None
    ) -> KeyChange:
        """Give a client another key at its own request, signed with the key ``sent_by``; the others count a week more.

        Raises ``Refused``: ACCESS_DENIED unless a key of the client that counts has signed, CLIENT_KEY_INVALID for a
        key that somebody has or once had. The same once more, as after a lost reply, gets the same answer.
        """
        if sent_by is None:
            raise Refused.because(ErrorCode.ACCESS_DENIED)
        now = self._clock.now()

        changing = partial(change_own_key, client_id=client_id, sent_by=sent_by, jwk=jwk, at=now)

        def change(connection: Connection) -> datetime:
            succession = changing(connection, not_after=now + OVERLAP)
            if not succession.repeated:
                self._tell(connection, Action.CLIENT_ROTATED, client_id, _itself(client_id), request_id)
            return succession.until

        until = await self._store.write(change)
        await self._register.refresh()
        return KeyChange(client_id, jwk["kid"], until)

    async def forget(self, limit: int = 500) -> int:
        """Forget up to ``limit`` codes whose time is over; returns how many."""
        return await self._store.write(
            partial(purge, ends=enrolments.c.expires_at, before=self._clock.now(), limit=limit)
        )

    async def _open(
        self, client_id: str, added: ClientDefinition | None, by: Author, valid: timedelta
    ) -> OpenEnrolment:
        if not timedelta(0) < valid <= LONGEST:
            raise ValueError("a code is good for 72 hours at most")
        now, code = self._clock.now(), draw_code(self._below)
        opening = partial(open_enrolment, client_id=client_id, code=code_digest(code), at=now, by=by.id)

        def change(connection: Connection) -> None:
            if added is not None:
                add_client(connection, definition=added, jwk=None, at=now, by=by.id)
                self._tell(connection, Action.CLIENT_ADDED, client_id, by)
            opening(connection, expires_at=now + valid)
            self._tell(connection, Action.CLIENT_ENROLMENT_OPENED, client_id, by)

        await self._store.write(change)
        await self._register.refresh()
        return OpenEnrolment(self._register.show(client_id), code, now + valid)

    def _tell(
        self, connection: Connection, action: Action, client_id: str, by: Author, request_id: str | None = None
    ) -> None:
        event = AuditEvent(
            action=action,
            actor=by.id,
            actor_kind=by.kind,
            target=client_id,
            purpose=Purpose.ADMINISTRATION,
            request_id=request_id,
        )
        self._audit(connection, (event,))


def _itself(client_id: str) -> Author:
    return Author(client_id, ActorKind.MACHINE)
