"""The register of machine clients as requests ask it: in memory, never older than a few seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, Final

import structlog
from sqlalchemy import Connection

from gateway.access.authors import Author
from gateway.access.client_keys import make_key, public_part
from gateway.access.client_kinds import Binding
from gateway.access.client_records import Jwk, add_client, count_changes, load_clients, revoke_client, rotate_key
from gateway.access.clients import Client, ClientDefinition
from gateway.access.public_keys import PublicKey
from gateway.audit.actions import Action, Purpose
from gateway.audit.trail import AppendAudit
from gateway.ports import AuditEvent, Clock
from gateway.rules.findings import Refused
from gateway.store.grouping import Store, StoreUnavailable
from schemas.errors import ErrorCode

log = structlog.get_logger(__name__)

REFRESH_SECONDS: Final = 3.0
STALE_SECONDS: Final = 10.0
"""A revoked client is refused everywhere after this long: a node that cannot look for longer refuses everybody."""
OVERLAP: Final = timedelta(days=7)
"""How long a client's old key goes on counting after a rotation, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class RegisteredKey:
    """A client after it was given a key. ``private`` is there when we made the key, to be shown once and forgotten."""

    client: Client
    kid: str | None
    private: Mapping[str, str] | None = field(repr=False)


class ClientRegister:
    """All clients. ``audit`` writes each change down; ``allow_unbound`` lets test clients in that are bound to nothing.

    Changes made here hold here at once; those of other nodes within :data:`REFRESH_SECONDS`, as :meth:`run` finds them.
    Asking raises ``StoreUnavailable`` when the copy is older than :data:`STALE_SECONDS`.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        audit: AppendAudit,
        *,
        allow_unbound: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._clock = clock
        self._audit = audit
        self._allow_unbound = allow_unbound
        self._monotonic = monotonic
        self._refreshing = asyncio.Lock()
        self._looked_at: float | None = None
        self._changes: tuple[int, ...] | None = None
        self._all: Mapping[str, Client] = {}
        self._live: Mapping[str, Client] = {}
        self._by_member: Mapping[str, Client] = {}

    async def run(self) -> None:
        """Keep the copy up to date until cancelled; :meth:`refresh` has been awaited once before."""
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            try:
                await self.refresh()
            except StoreUnavailable:
                log.warning("store_unavailable", task="client-register")

    async def refresh(self) -> None:
        """Look for changes now."""
        # One at a time: a look that began before a change must not put its older copy over the newer one.
        async with self._refreshing:
            begun = self._monotonic()
            changes, found = await self._store.read(partial(_changed, since=self._changes))
            if found is not None:
                self._replace(found)
            self._changes = changes
            self._looked_at = begun

    def find(self, client_id: str) -> Client | None:
        """The client of this id, unless it is unknown, revoked, or bound to nothing where that is not allowed."""
        self._check_age()
        return self._live.get(client_id)

    def of_member(self, xroad_member: str) -> Client | None:
        """The client that an X-Road member (``instance/class/member/subsystem``) counts as."""
        self._check_age()
        return self._by_member.get(xroad_member)

    def all(self) -> Sequence[Client]:
        """All clients that ever were, in order of their ids."""
        self._check_age()
        return tuple(self._all.values())

    def show(self, client_id: str) -> Client:
        """A client, ended or not; raises ``Refused`` with CLIENT_NOT_FOUND."""
        self._check_age()
        if (client := self._all.get(client_id)) is None:
            raise Refused.because(ErrorCode.CLIENT_NOT_FOUND)
        return client

    async def public_keys(self, client: str) -> Mapping[str, PublicKey]:
        """See :class:`gateway.access.assertions.ClientKeys`."""
        found = self.find(client)
        now = self._clock.now()
        return {} if found is None else {key.kid: key.key for key in found.keys_at(now)}

    async def add(
        self, definition: ClientDefinition, *, by: Author, jwk: Mapping[str, Any] | None = None
    ) -> RegisteredKey:
        """Add a client with the public key it brings, or with one made now.

        Raises ``Refused`` with what :meth:`ClientDefinition.check` finds, CLIENT_EXISTS or CLIENT_KEY_INVALID.
        """
        if findings := definition.check():
            raise Refused(findings)
        if definition.binding is Binding.NONE and not self._allow_unbound:
            raise Refused.because(ErrorCode.CLIENT_KEY_INVALID, "$.binding")
        public: Jwk | None = None
        private: Jwk | None = None
        if definition.binding is not Binding.XROAD:
            public, private = _key(jwk)
        elif jwk is not None:
            raise Refused.because(ErrorCode.CLIENT_KEY_INVALID, "$.key")
        work = partial(add_client, definition=definition, jwk=public, at=self._clock.now(), by=by.id)
        client = await self._write(work, definition.id, by, Action.CLIENT_ADDED)
        return RegisteredKey(client, None if public is None else public["kid"], private)

    async def rotate(
        self, client_id: str, *, by: Author, jwk: Mapping[str, Any] | None = None, overlap: timedelta = OVERLAP
    ) -> RegisteredKey:
        """Give a client another key, at once; the old ones count for ``overlap`` longer, or not at all if it is zero.

        Raises ``Refused`` with CLIENT_NOT_FOUND or CLIENT_KEY_INVALID.
        """
        public, private = _key(jwk)
        now = self._clock.now()
        work = partial(rotate_key, client_id=client_id, jwk=public, at=now, not_after=now + overlap)
        client = await self._write(work, client_id, by, Action.CLIENT_ROTATED)
        return RegisteredKey(client, public["kid"], private)

    async def revoke(self, client_id: str, *, by: Author, reason: str) -> Client:
        """End a client: its tokens and keys are refused here at once, elsewhere within ten seconds.

        Raises ``Refused`` with CLIENT_NOT_FOUND or REASON_REQUIRED.
        """
        if not reason.strip():
            raise Refused.because(ErrorCode.REASON_REQUIRED, "$.reason")
        work = partial(revoke_client, client_id=client_id, at=self._clock.now(), by=by.id, reason=reason.strip())
        return await self._write(work, client_id, by, Action.CLIENT_REVOKED)

    async def _write(self, work: Callable[[Connection], None], client_id: str, by: Author, action: Action) -> Client:
        event = AuditEvent(
            action=action, actor=by.id, actor_kind=by.kind, target=client_id, purpose=Purpose.ADMINISTRATION
        )

        def change(connection: Connection) -> None:
            work(connection)
            self._audit(connection, (event,))

        await self._store.write(change)
        await self.refresh()
        return self.show(client_id)

    def _replace(self, found: Sequence[Client]) -> None:
        self._all = {client.id: client for client in found}
        self._live = {client.id: client for client in found if self._may_enter(client)}
        self._by_member = {
            client.xroad_member: client for client in self._live.values() if client.xroad_member is not None
        }

    def _may_enter(self, client: Client) -> bool:
        return client.revoked_at is None and (self._allow_unbound or client.binding is not Binding.NONE)

    def _check_age(self) -> None:
        if self._looked_at is None or self._monotonic() - self._looked_at > STALE_SECONDS:
            raise StoreUnavailable


def _key(jwk: Mapping[str, Any] | None) -> tuple[Jwk, Jwk | None]:
    """The public part to register and, when we make the pair, its private part."""
    if jwk is not None:
        return public_part(jwk), None
    made = make_key()
    return made.public, made.private


def _changed(
    connection: Connection, *, since: tuple[int, ...] | None
) -> tuple[tuple[int, ...], Sequence[Client] | None]:
    """Where the register stands, and its content if that is elsewhere than ``since``.

    The figures are read first: a change in between is then loaded now and once more next time, never missed.
    """
    changes = count_changes(connection)
    return changes, None if changes == since else load_clients(connection)
