"""People behind their sessions: who they are by the session, what they may by the staff register at this moment."""

from __future__ import annotations

from datetime import datetime

from gateway.access.principal import Principal, PrincipalKind
from gateway.access.sessions import Sessions
from gateway.access.staff import StaffRegister
from gateway.rules.days import bishkek_day


class SignedInPeople:
    """A :class:`gateway.access.guard.PeopleSessions` on the store."""

    def __init__(self, sessions: Sessions, staff: StaffRegister) -> None:
        self._sessions = sessions
        self._staff = staff

    async def principal(self, token: str, *, forgery_token: str | None, now: datetime) -> Principal:
        """See :class:`gateway.access.guard.PeopleSessions`. Without a live grant the person is known, but may not work.

        ``forgery_token`` is ``None`` only for what changes nothing; a changing request without one gives ``""``.
        """
        session = await self._sessions.find(token, now)
        if forgery_token is not None:
            self._sessions.check_csrf(session, forgery_token)
        grants = await self._staff.active(session.pin_index, bishkek_day(now))
        return Principal(
            kind=PrincipalKind.PERSON,
            id=str(session.person),
            grants=tuple(grant.right for grant in grants),
            method=session.method,
        )
