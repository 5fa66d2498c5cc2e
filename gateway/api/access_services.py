"""What the handlers of people, clients and the audit work with, and what they write down of each request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from gateway.access.authors import Author
from gateway.access.client_register import ClientRegister
from gateway.access.enrolments import Enrolments
from gateway.access.possession import Possession
from gateway.access.signing_in import SigningIn
from gateway.access.staff import StaffRegister
from gateway.audit.actions import Action, ActorKind, Purpose
from gateway.audit.report import SubjectReports
from gateway.middleware.context import CONTEXT, sender_of
from gateway.ports import AuditEvent, AuditTrail
from gateway.rules.findings import Refused
from gateway.store.grouping import Store
from schemas.errors import ErrorCode


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessServices:
    """``signing_in`` is absent where no ESI is configured. ``observer`` names this gateway in what FHIR it writes.

    ``organisation_name`` gives what an organisation or pharmacy of this code is called, where that is known.
    """

    signing_in: SigningIn | None
    staff: StaffRegister
    clients: ClientRegister
    enrolments: Enrolments
    possession: Possession
    organisation_name: Callable[[str], Awaitable[str | None]]
    audit: AuditTrail
    reports: SubjectReports
    store: Store
    observer: str


ACCESS_SERVICES: Final = web.AppKey("access_services", AccessServices)
"""Absent while access is not configured: then these addresses are unknown ones."""


def access_services(request: web.Request) -> AccessServices:
    """The services; raises ``Refused`` with ROUTE_NOT_FOUND where access is not configured."""
    found = request.app.get(ACCESS_SERVICES)
    if found is None:
        raise Refused.because(ErrorCode.ROUTE_NOT_FOUND)
    return found


def signing_in(request: web.Request) -> SigningIn:
    """Signing in and out; raises ``Refused`` with ROUTE_NOT_FOUND where ESI is not configured."""
    found = access_services(request).signing_in
    if found is None:
        raise Refused.because(ErrorCode.ROUTE_NOT_FOUND)
    return found


def author_of(request: web.Request) -> Author:
    """The sender, as the one who changes a register."""
    sender = sender_of(request)
    return Author(sender.name, ActorKind(sender.kind.value))


def request_id_of(request: web.Request) -> str:
    """The request's id, by which its entries in the audit are found."""
    return request[CONTEXT].correlation.request_id


async def note_reading(request: web.Request, action: Action, *, organisation: str | None = None) -> None:
    """Write down that the sender reads a list; it is done before anything is shown."""
    author = author_of(request)
    await access_services(request).audit.record(
        AuditEvent(
            action=action,
            actor=author.id,
            actor_kind=author.kind,
            organisation=organisation,
            purpose=Purpose.ADMINISTRATION,
            request_id=request_id_of(request),
        )
    )
