"""``/sign-in``: to ESI and back, and ESI's notices that somebody has left (OpenID Connect Core 1.0, section 3.1)."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, unquote

from aiohttp import web

from gateway.access.signing_in import Return
from gateway.api import cookies
from gateway.api.access_services import request_id_of, signing_in
from gateway.api.oauth import FORM
from gateway.api.parameters import Parameter, Query, flag
from gateway.middleware.body import check_headers, read_body
from gateway.rules.findings import Refused
from gateway.services import SERVICES
from schemas.errors import ErrorCode

_LONGEST_PATH: Final = 512
_OWN_PATH: Final = re.compile(
    r"(?:/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*/?(?:\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?", re.ASCII
)
_SIGN_IN: Final = "sign-in"
_LARGEST_NOTICE: Final = 16 * 1024
_MOST_FIELDS: Final = 10


def own_path(sent: str) -> str:
    """A path of this gateway, with its query, to which a browser may be sent; raises ``ValueError`` for all else.

    Nothing that browsers or libraries could read as another host passes: no empty and no dot segments, no backslash, no
    blank. The sign-in itself is no place to go back to: it would go round in circles.
    """
    if not sent.startswith("/") or len(sent) > _LONGEST_PATH or _OWN_PATH.fullmatch(sent) is None:
        raise ValueError("path")
    segments = unquote(sent.partition("?")[0]).split("/")
    if not {".", ".."}.isdisjoint(segments) or segments[1] == _SIGN_IN:
        raise ValueError("path")
    return sent


RETURN_TO: Final = Parameter(
    name="return_to",
    place="query",
    description="Path of this gateway to show afterwards.",
    schema={"type": "string", "default": "/", "maxLength": _LONGEST_PATH, "examples": ["/docs"]},
    expected="/…",
    parse=own_path,
)
STEP_UP: Final = flag("step_up", "Whether ESI must ask again who the person is; for roles that demand it.")


async def begin(request: web.Request) -> web.Response:
    """``GET /sign-in``: to ESI."""
    query = Query(request, (RETURN_TO, STEP_UP))
    return_to, step_up = query.get(RETURN_TO) or "/", query.get(STEP_UP) or False
    query.done()
    departure = await signing_in(request).begin(return_to=return_to, step_up=step_up)
    response = _redirect(departure.url)
    cookies.remember_sign_in(response, departure.browser)
    return response


async def finish(request: web.Request) -> web.Response:
    """``GET /sign-in/callback``: back from ESI, with a code or without."""
    sent = request.query
    if any(len(sent.getall(name)) > 1 for name in set(sent)):  # RFC 6749, section 3.1
        raise Refused.because(ErrorCode.SIGN_IN_FAILED)
    back = Return(
        state=sent.get("state", ""),
        code=None if "error" in sent else sent.get("code"),
        issuer=sent.get("iss"),
        browser=cookies.sign_in_secret(request),
        session=cookies.session_token(request),
    )
    arrival = await signing_in(request).finish(back, request_id=request_id_of(request))
    response = _redirect(arrival.return_to)
    cookies.enter(response, arrival.opened)
    return response


async def ended(request: web.Request) -> web.Response:
    """``POST /sign-in/ended``: ESI tells that somebody has left (OpenID Connect Back-Channel Logout 1.0, 2.5)."""
    service = signing_in(request)
    check_headers(request, FORM)
    body = await read_body(request, limit=_LARGEST_NOTICE, seconds=request.app[SERVICES].limits.body_seconds)
    await service.end_by_provider(_logout_token(body), request_id=request_id_of(request))
    return web.Response(status=200)


def _redirect(location: str) -> web.Response:
    # Not aiohttp's own redirects: they rewrite what they are given.
    return web.Response(status=303, headers={"Location": location, "Referrer-Policy": "no-referrer"})


def _logout_token(body: bytes) -> str:
    try:
        tokens = [value for name, value in _fields(body) if name == "logout_token"]
    except ValueError:
        tokens = []
    if len(tokens) != 1:
        raise Refused.because(
            ErrorCode.REQUEST_PARAMETER, "form:logout_token", name="logout_token", expected="logout+jwt"
        )
    return tokens[0]


def _fields(body: bytes) -> list[tuple[str, str]]:
    return parse_qsl(body.decode("ascii"), strict_parsing=True, max_num_fields=_MOST_FIELDS)
