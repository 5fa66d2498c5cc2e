"""``/v1/staff``: the list of authorised staff (ESI order, clause 5), kept by each organisation for itself."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from gateway.access.principal import Role
from gateway.access.staff import GrantRequest, StaffMember
from gateway.access.staff_records import StaffGrant
from gateway.api import parameters
from gateway.api.access_services import access_services, author_of, note_reading
from gateway.api.answers import answer
from gateway.api.commands import read_command
from gateway.api.parameters import Query
from gateway.audit.actions import Action
from gateway.middleware.context import sender_of
from gateway.rules.findings import Refused
from gateway.services import Limits
from schemas.access_api import GrantCommand, RevokeCommand
from schemas.errors import ErrorCode

_DEFAULT_PAGE: Final = 100
_SHOWN_DIGITS: Final = 2

GRANT_ID: Final = parameters.identifier("grant_id", "Id of the record.", place="path")
ORGANISATION: Final = parameters.organisation_code(
    "organisation", "Code of the organisation; all of one's own when left out."
)
WITH_ENDED: Final = parameters.flag("with_ended", "Whether records that are over are shown, too.")
AFTER: Final = parameters.identifier("after", "The last page's `next`.", place="query")
LIMIT: Final = parameters.integer("limit", "Most items.", least=1, most=Limits().page, default=_DEFAULT_PAGE)
FILTERS: Final = (ORGANISATION, WITH_ENDED, AFTER, LIMIT)


async def index(request: web.Request) -> web.Response:
    """``GET /v1/staff``: the records of one's organisations, with names, but never a whole ПИН."""
    sender = sender_of(request)
    query = Query(request, FILTERS)
    organisation, with_ended = query.get(ORGANISATION), query.get(WITH_ENDED) or False
    after, limit = query.get(AFTER), query.get(LIMIT) or _DEFAULT_PAGE
    query.done()
    if organisation is not None and not sender.may_see(organisation):
        raise Refused.because(ErrorCode.ACCESS_DENIED, "query:organisation")
    services = access_services(request)
    await note_reading(request, Action.STAFF_LISTED, organisation=organisation)
    found = await services.staff.members(
        within=sender.organisations, organisation=organisation, with_ended=with_ended, after=after, limit=limit
    )
    page = {
        "items": [member_view(member) for member in found],
        "next": found[-1].grant.id if len(found) == limit else None,
    }
    return answer(page)


async def grant(request: web.Request) -> web.Response:
    """``POST /v1/staff``: put a person on the list."""
    services = access_services(request)
    command = await read_command(request, GrantCommand)
    granted = await services.staff.grant(
        GrantRequest(
            pin=command.pin,
            name=command.name,
            role=Role(command.role.value),
            organisation=command.organisation,
            region=command.region,
            valid_from=command.valid_from,
            valid_to=command.valid_to,
        ),
        by=author_of(request),
        within=sender_of(request).organisations,
    )
    return answer(member_view(StaffMember(granted, command.pin, command.name.strip())), status=201)


async def revoke(request: web.Request) -> web.Response:
    """``POST /v1/staff/{grant_id}/revoke``: take a person off the list, at once and for good."""
    services = access_services(request)
    grant_id = GRANT_ID.of_path(request)
    command = await read_command(request, RevokeCommand)
    ended = await services.staff.revoke(
        grant_id, by=author_of(request), reason=command.reason, within=sender_of(request).organisations
    )
    return answer(grant_view(ended))


def member_view(member: StaffMember) -> dict[str, Any]:
    """``StaffMemberView``."""
    return grant_view(member.grant) | {"name": member.name, "pin_ending": member.pin[-_SHOWN_DIGITS:]}


def grant_view(granted: StaffGrant) -> dict[str, Any]:
    """``StaffGrantView``."""
    return {
        "id": granted.id,
        "role": granted.right.role.value,
        "organisation": granted.right.organisation,
        "region": granted.right.region,
        "valid_from": granted.valid_from,
        "valid_to": granted.valid_to,
        "granted_at": granted.granted_at,
        "granted_by": granted.granted_by,
        "revoked_at": granted.revoked_at,
        "revoked_by": granted.revoked_by,
        "reason": granted.reason,
    }
