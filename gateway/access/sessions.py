"""Sessions of people, kept on the server: the browser holds a random value and nothing else (ESI order, clause 3(2)).

A session says who somebody is, never what they may do: the staff register is asked for that with every request.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from gateway.access.purging import purge
from gateway.access.session_records import (
    EndReason,
    SessionLimits,
    StoredSession,
    add_session,
    end_session,
    end_sessions_of_person,
    end_sessions_of_provider,
    find_session,
    touch_session,
)
from gateway.ports import Clock, Sealer
from gateway.rules.findings import Refused
from gateway.store.access_tables import sessions
from gateway.store.grouping import Store
from schemas.errors import ErrorCode

TOUCHED_EVERY: Final = timedelta(minutes=1)
"""Use of a session is written down no more often than this."""

_KEPT: Final = timedelta(days=1)
"""How long a session that is over stays in the store, for looking into what went wrong."""
_SEALED_AS: Final = b"sessions.sealed"
_RANDOM_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A new session: ``token`` for the cookie, ``csrf_token`` for the page to send back. Neither is kept here."""

    token: str = field(repr=False)
    csrf_token: str = field(repr=False)
    session: StoredSession


@dataclass(frozen=True, slots=True)
class EndedSession:
    """A session that a person ended. ``id_token`` is the hint for signing out at ESI too."""

    id_token: str = field(repr=False)


class Sessions:
    """Opens, finds and ends sessions; they are the same on every node."""

    def __init__(self, store: Store, sealer: Sealer, clock: Clock, limits: SessionLimits | None = None) -> None:
        self._store = store
        self._sealer = sealer
        self._clock = clock
        self._limits = limits or SessionLimits()

    async def open(
        self,
        *,
        person: UUID,
        pin_index: bytes,
        method: str | None,
        provider_session: str | None,
        id_token: str,
        replaces: str | None = None,
    ) -> OpenedSession:
        """Open a session for a person who has just signed in.

        ``replaces`` is the token of the browser's session until now, if it has one: it ends in the same transaction.
        """
        token, csrf_token = secrets.token_urlsafe(_RANDOM_BYTES), secrets.token_urlsafe(_RANDOM_BYTES)
        key, now = _digest(token), self._clock.now()
        session = StoredSession(
            token_hash=key,
            person=person,
            pin_index=pin_index,
            method=method,
            csrf_hash=_digest(csrf_token),
            signed_in_at=now,
            seen_at=now,
            expires_at=now + self._limits.absolute,
        )
        row = {
            "token_hash": key,
            "person": person,
            "provider_session": provider_session,
            "method": method,
            "csrf_hash": session.csrf_hash,
            "sealed": self._sealer.seal(id_token.encode(), _SEALED_AS + key),
            "signed_in_at": now,
            "seen_at": now,
            "expires_at": session.expires_at,
        }
        ending = None if replaces is None else _digest(replaces)
        await self._store.write(partial(add_session, row=row, replaces=ending))
        return OpenedSession(token, csrf_token, session)

    async def find(self, token: str, now: datetime) -> StoredSession:
        """The session behind a cookie. Raises ``Refused`` with SESSION_ENDED when there is none, or no more."""
        query = partial(find_session, token_hash=_digest(token), now=now, idle=self._limits.idle)
        session = await self._store.read(query)
        if session is None:
            raise Refused.because(ErrorCode.SESSION_ENDED)
        if now - session.seen_at >= TOUCHED_EVERY:
            await self._store.write(partial(touch_session, token_hash=session.token_hash, now=now))
        return session

    def check_csrf(self, session: StoredSession, csrf_token: str | None) -> None:
        """Whether a request that changes something comes from our own page.

        Raises ``Refused`` with CSRF_TOKEN_INVALID when it does not bring the session's token.
        """
        if not hmac.compare_digest(session.csrf_hash, _digest(csrf_token or "")):
            raise Refused.because(ErrorCode.CSRF_TOKEN_INVALID)

    async def end(self, token: str, why: EndReason = EndReason.SIGNED_OUT) -> EndedSession | None:
        """End the session behind a cookie; ``None`` when there was none to end."""
        key = _digest(token)
        sealed = await self._store.write(partial(end_session, token_hash=key, at=self._clock.now(), why=why))
        return None if sealed is None else EndedSession(self._sealer.open(sealed, _SEALED_AS + key).decode())

    async def end_all_of(self, person: UUID, why: EndReason = EndReason.REVOKED) -> int:
        """End all sessions of a person; returns how many."""
        return await self._store.write(partial(end_sessions_of_person, person=person, at=self._clock.now(), why=why))

    async def end_by_provider(self, *, issuer: str, subject: str | None, provider_session: str | None) -> int:
        """End what ESI says has ended (OpenID Connect Back-Channel Logout 1.0, section 2.7); returns how many.

        Raises ``ValueError`` when neither a subject nor a session of ESI is named.
        """
        work = partial(
            end_sessions_of_provider,
            issuer=issuer,
            subject=subject,
            provider_session=provider_session,
            at=self._clock.now(),
        )
        return await self._store.write(work)

    async def forget(self, limit: int = 500) -> int:
        """Forget up to ``limit`` sessions that have been over for a day; returns how many."""
        before = self._clock.now() - _KEPT
        return await self._store.write(partial(purge, ends=sessions.c.expires_at, before=before, limit=limit))


def _digest(value: str) -> bytes:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).digest()
