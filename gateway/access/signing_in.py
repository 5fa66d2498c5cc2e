"""Signing people in and out through ESI: nobody by login and password (ESI order, clause 3(2)), nobody off the list.

A person gets a session only while the staff register has a record of them that counts today (clause 5). Each sign-in,
refusal and sign-out is in the audit before its answer is given; people stand there by our own id or by the blind index
of their ПИН.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import structlog

from gateway.access.open_sessions import people_with_sessions
from gateway.access.people import pair_person
from gateway.access.provider import EsiIdentity, EsiUnavailable, LogoutNotice, PeopleProvider, SignInRefused
from gateway.access.session_records import StoredSession
from gateway.access.sessions import OpenedSession, Sessions
from gateway.access.sign_ins import SignIn, SignIns
from gateway.access.staff import StaffRegister
from gateway.access.staff_records import StaffGrant
from gateway.audit.actions import Action, ActorKind, Outcome
from gateway.ports import AuditEvent, AuditTrail, Clock, Ids
from gateway.rules.days import bishkek_day
from gateway.rules.findings import Refused
from gateway.store.grouping import Store, StoreUnavailable
from schemas.errors import ErrorCode

log = structlog.get_logger(__name__)

PROVIDER: Final = "esi"
"""ESI as an actor in the audit."""
UNKNOWN: Final = "unknown"
"""Somebody whom our register does not know, as an actor in the audit."""

_RETRY_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Departure:
    """A sign-in that begins: ``url`` at ESI for the browser, ``browser`` for a cookie of its own."""

    url: str = field(repr=False)
    browser: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """What a browser brings back from ESI; without a ``code`` ESI has signed nobody in.

    ``browser`` and ``session`` are its cookies: that of the sign-in, and that of the session it had until now.
    """

    state: str = field(default="", repr=False)
    code: str | None = field(default=None, repr=False)
    issuer: str | None = None
    browser: str = field(default="", repr=False)
    session: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A finished sign-in: the new session, and the path to show."""

    opened: OpenedSession
    return_to: str


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session with what its person may do today."""

    session: StoredSession
    grants: Sequence[StaffGrant]


class SigningIn:
    """Signs people in and out. ``step_up_seconds`` is how long ago they may have proven who they are, to step up."""

    def __init__(
        self,
        *,
        provider: PeopleProvider,
        sign_ins: SignIns,
        sessions: Sessions,
        staff: StaffRegister,
        store: Store,
        audit: AuditTrail,
        clock: Clock,
        ids: Ids,
        step_up_seconds: int = 300,
    ) -> None:
        self._provider = provider
        self._sign_ins = sign_ins
        self._sessions = sessions
        self._staff = staff
        self._store = store
        self._audit = audit
        self._clock = clock
        self._ids = ids
        self._step_up_seconds = step_up_seconds

    async def begin(self, *, return_to: str, step_up: bool) -> Departure:
        """Begin a sign-in. The caller has made sure that ``return_to`` is a path of our own.

        Raises ``Refused`` with ESI_UNAVAILABLE.
        """
        begun = await self._sign_ins.begin(return_to=return_to, step_up=step_up)
        sign_in = begun.sign_in
        try:
            url = await self._provider.authorization_url(
                state=begun.state, nonce=sign_in.nonce, verifier=sign_in.verifier, step_up=step_up
            )
        except EsiUnavailable as error:
            raise _unavailable() from error
        return Departure(url, begun.browser)

    async def finish(self, back: Return, *, request_id: str) -> Arrival:
        """Open a session for the person who comes back; the browser's earlier one ends.

        Raises ``Refused``: SIGN_IN_FAILED, STAFF_NOT_AUTHORISED, ESI_UNAVAILABLE.
        """
        subject: bytes | None = None
        try:
            sign_in = await self._sign_ins.take(state=back.state, browser=back.browser)
            identity = await self._identify(back, sign_in)
            subject = self._staff.pin_index(identity.pin)
            opened = await self._open(identity, subject, replaces=back.session)
        except StoreUnavailable:
            raise
        except Refused as refused:
            await self._tell_refusal(refused, subject, request_id)
            raise
        # Whoever is not in the audit has no session: its token has not left this function yet.
        await self._tell(Action.SIGN_IN, opened.session, request_id)
        return Arrival(opened, sign_in.return_to)

    async def session(self, token: str) -> LiveSession:
        """The session behind a cookie; raises ``Refused`` with SESSION_ENDED."""
        now = self._clock.now()
        session = await self._sessions.find(token, now)
        return LiveSession(session, await self._staff.active(session.pin_index, bishkek_day(now)))

    async def sign_out(self, token: str, *, request_id: str) -> str | None:
        """End a session; returns where the browser ends ESI's own session, if that can be had.

        Raises ``Refused`` with SESSION_ENDED.
        """
        session = await self._sessions.find(token, self._clock.now())
        ended = await self._sessions.end(token)
        if ended is None:
            raise Refused.because(ErrorCode.SESSION_ENDED)
        await self._tell(Action.SIGN_OUT, session, request_id)
        try:
            return await self._provider.sign_out_url(ended.id_token)
        except EsiUnavailable:
            return None

    async def end_by_provider(self, logout_token: str, *, request_id: str) -> None:
        """End what ESI says has ended (OpenID Connect Back-Channel Logout 1.0, section 2.7).

        Raises ``Refused``: REQUEST_PARAMETER for a notice that is not accepted, ESI_UNAVAILABLE.
        """
        notice = await self._notice(logout_token)
        issuer, subject, provider_session = notice.issuer, notice.subject, notice.provider_session
        affected = await self._store.read(
            partial(people_with_sessions, issuer=issuer, subject=subject, provider_session=provider_session)
        )
        await self._sessions.end_by_provider(issuer=issuer, subject=subject, provider_session=provider_session)
        for person in affected:
            await self._audit.record(
                AuditEvent(
                    action=Action.SESSION_ENDED,
                    actor=PROVIDER,
                    actor_kind=ActorKind.MACHINE,
                    subject=person.pin_index,
                    target=str(person.id),
                    request_id=request_id,
                )
            )

    async def _identify(self, back: Return, sign_in: SignIn) -> EsiIdentity:
        if back.code is None:
            raise Refused.because(ErrorCode.SIGN_IN_FAILED)
        try:
            return await self._provider.identify(
                code=back.code,
                verifier=sign_in.verifier,
                nonce=sign_in.nonce,
                iss=back.issuer,
                max_age=self._step_up_seconds if sign_in.step_up else None,
            )
        except SignInRefused as error:
            log.warning("sign_in_refused", reason=error.reason.value)
            raise Refused.because(ErrorCode.SIGN_IN_FAILED) from error
        except EsiUnavailable as error:
            raise _unavailable() from error

    async def _open(self, identity: EsiIdentity, pin_index: bytes, *, replaces: str | None) -> OpenedSession:
        now = self._clock.now()
        if not await self._staff.active(pin_index, bishkek_day(now)):
            raise Refused.because(ErrorCode.STAFF_NOT_AUTHORISED)
        person = await self._store.write(
            partial(
                pair_person,
                issuer=identity.issuer,
                subject=identity.subject,
                pin_index=pin_index,
                new_id=self._ids.new(),
                at=now,
            )
        )
        return await self._sessions.open(
            person=person,
            pin_index=pin_index,
            method=None if identity.method is None else identity.method.value,
            provider_session=identity.provider_session,
            id_token=identity.id_token,
            replaces=replaces,
        )

    async def _notice(self, logout_token: str) -> LogoutNotice:
        try:
            return await self._provider.ended_sessions(logout_token)
        except SignInRefused as error:
            log.warning("logout_notice_refused", reason=error.reason.value)
            raise Refused.because(
                ErrorCode.REQUEST_PARAMETER, "form:logout_token", name="logout_token", expected="logout+jwt"
            ) from error
        except EsiUnavailable as error:
            raise _unavailable() from error

    async def _tell(self, action: Action, session: StoredSession, request_id: str) -> None:
        await self._audit.record(
            AuditEvent(
                action=action,
                actor=str(session.person),
                actor_kind=ActorKind.PERSON,
                subject=session.pin_index,
                request_id=request_id,
            )
        )

    async def _tell_refusal(self, refused: Refused, subject: bytes | None, request_id: str) -> None:
        code = refused.findings[0].code
        await self._audit.record(
            AuditEvent(
                action=Action.SIGN_IN_REFUSED,
                actor=UNKNOWN,
                actor_kind=ActorKind.UNKNOWN,
                outcome=Outcome.FAILED if code is ErrorCode.ESI_UNAVAILABLE else Outcome.REFUSED,
                subject=subject,
                code=code.value,
                request_id=request_id,
            )
        )


def _unavailable() -> Refused:
    return Refused.because(ErrorCode.ESI_UNAVAILABLE, retry_after=_RETRY_SECONDS)
