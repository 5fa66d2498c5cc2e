"""Access once it is configured: the sender proven, its right looked up, its requests counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from gateway.access.authorising import Regions, reach
from gateway.access.guard import SAFE_METHODS, Guard, PeopleSessions, Presented
from gateway.access.permissions import Permission
from gateway.access.principal import Principal, PrincipalKind
from gateway.audit.actions import Action, ActorKind, Outcome
from gateway.limits.addresses import counted_as
from gateway.limits.headers import LIMIT, POLICY
from gateway.limits.proxies import TrustedProxies
from gateway.limits.rates import OperationClass, RateLimiter
from gateway.middleware.context import CONTEXT
from gateway.ports import AuditEvent, AuditTrail, Clock
from gateway.rules.findings import Refused
from gateway.services import Sender
from schemas.errors import ErrorCode

SESSION_COOKIE: Final = "__Host-kopuro"
FORGERY_HEADER: Final = "X-CSRF-Token"
XROAD_CLIENT: Final = "X-Road-Client"


class GuardedAccess:
    """Admits those who prove who they are. ``origin`` is the gateway's public address, without a slash at the end."""

    def __init__(
        self,
        *,
        origin: str,
        guard: Guard,
        people: PeopleSessions | None,
        regions: Regions,
        proxies: TrustedProxies,
        rates: RateLimiter,
        audit: AuditTrail,
        clock: Clock,
        throttled: Callable[[str], None],
    ) -> None:
        if urlsplit(origin).path:
            raise ValueError("the origin has no path")
        self._origin = origin
        self._guard = guard
        self._people = people
        self._regions = regions
        self._proxies = proxies
        self._rates = rates
        self._audit = audit
        self._clock = clock
        self._throttled = throttled

    async def admit(self, request: web.Request, permission: Permission) -> Sender | None:
        """The sender, if the operation is for it. Raises ``Refused``: AUTH_…, ACCESS_DENIED, RATE_LIMITED."""
        if permission.public:
            if permission.rate is not None:
                await self._count(request, counted_as(self._proxies.client_address(request)), permission.rate)
            return None
        principal = await self._identify(request)
        if permission.rate is not None:
            await self._count(request, principal.id, permission.rate)
        try:
            organisations = reach(principal, permission, self._regions)
        except Refused as refused:
            await self._note_denial(request, principal, refused)
            raise
        return Sender(
            name=principal.id,
            organisations=organisations,
            channel=principal.channel,
            kind=principal.kind,
            key=principal.key,
        )

    async def _identify(self, request: web.Request) -> Principal:
        presented = self._presented(request)
        machine = await self._guard.machine(presented)
        if machine is not None:
            return machine
        if presented.session is None or self._people is None:
            raise Refused.because(ErrorCode.AUTH_REQUIRED)
        changes = request.method not in SAFE_METHODS
        return await self._people.principal(
            presented.session,
            forgery_token=(presented.forgery_token or "") if changes else None,
            now=self._clock.now(),
        )

    def _presented(self, request: web.Request) -> Presented:
        headers = request.headers
        certificate = self._proxies.client_certificate(request)
        return Presented(
            method=request.method,
            url=self._origin + request.rel_url.raw_path,
            authorization=tuple(headers.getall("Authorization", ())),
            proofs=tuple(headers.getall("DPoP", ())),
            session=request.cookies.get(SESSION_COOKIE) if "Cookie" in headers else None,
            forgery_token=headers.get(FORGERY_HEADER),
            xroad_client=tuple(headers.getall(XROAD_CLIENT, ())),
            thumbprint=None if certificate is None else certificate.thumbprint,
        )

    async def _count(self, request: web.Request, client: str, rate: OperationClass) -> None:
        admission = await self._rates.admit(client, rate)
        marks = request[CONTEXT].marks
        marks[POLICY] = admission.policy
        if admission.limit:
            marks[LIMIT] = admission.limit
        if admission.refusal is not None:
            self._throttled(rate.value)
            raise admission.refusal

    async def _note_denial(self, request: web.Request, principal: Principal, refused: Refused) -> None:
        kind = ActorKind.MACHINE if principal.kind is PrincipalKind.MACHINE else ActorKind.PERSON
        await self._audit.record(
            AuditEvent(
                action=Action.ACCESS_DENIED,
                actor=principal.id,
                actor_kind=kind,
                outcome=Outcome.REFUSED,
                code=refused.findings[0].code.value,
                request_id=request[CONTEXT].correlation.request_id,
            )
        )
