"""``/v1/session`` and ``/sign-out``: who the browser's person is, and leaving."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from aiohttp import web

from gateway.access.roles import ROLES, usable
from gateway.access.signing_in import LiveSession
from gateway.access.staff_records import StaffGrant
from gateway.api import cookies
from gateway.api.access_services import request_id_of, signing_in
from gateway.api.answers import answer
from gateway.middleware.context import CONTEXT
from gateway.ports import OrganisationRegister
from gateway.rules.findings import Refused
from gateway.services import SERVICES
from schemas.errors import ErrorCode, Language

_AFTERWARDS: Final = "/"


async def show(request: web.Request) -> web.Response:
    """``GET /v1/session``: who the person is, what they may do today, and what changing requests have to bring."""
    live = await signing_in(request).session(_token(request))
    language = request[CONTEXT].language
    view = session_view(live, request.app[SERVICES].register, language, cookies.forgery_token(request))
    return answer(view, language=language)


async def sign_out(request: web.Request) -> web.Response:
    """``POST /sign-out``: end the session here, and tell where it is ended at ESI too."""
    url = await signing_in(request).sign_out(_token(request), request_id=request_id_of(request))
    response = answer({"continue_at": url or _AFTERWARDS})
    cookies.leave(response)
    return response


def session_view(
    live: LiveSession, register: OrganisationRegister, language: Language, forgery_token: str | None
) -> dict[str, Any]:
    """``SessionView``."""
    session = live.session
    return {
        "person": session.person,
        "method": session.method,
        "signed_in_at": session.signed_in_at,
        "ends_at": session.expires_at,
        "roles": _roles(live.grants, session.method, register, language),
        "forgery_token": forgery_token,
    }


def _roles(
    grants: Sequence[StaffGrant], method: str | None, register: OrganisationRegister, language: Language
) -> list[dict[str, Any]]:
    usable_now = usable((grant.right.role for grant in grants), method)
    return [
        {
            "role": grant.right.role.value,
            "title": ROLES[grant.right.role].title.in_language(language),
            "organisation": grant.right.organisation,
            "organisation_name": _name(register, grant.right.organisation),
            "region": grant.right.region,
            "valid_to": grant.valid_to,
            "step_up_needed": grant.right.role not in usable_now,
        }
        for grant in grants
    ]


def _name(register: OrganisationRegister, code: str | None) -> str | None:
    found = None if code is None else register.find(code)
    return None if found is None else found.name


def _token(request: web.Request) -> str:
    token = cookies.session_token(request)
    if token is None:
        raise Refused.because(ErrorCode.AUTH_REQUIRED)
    return token
