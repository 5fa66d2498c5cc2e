"""The cookies of people who sign in. They go to this host alone (``__Host-``), over TLS, and no script reads them.

The session's own is ``Lax``, since the way back from ESI is a link from another site; so is that of the sign-in. What
guards against forged requests is ``Strict``: only our own pages ever ask for it.
"""

from __future__ import annotations

from typing import Final, Literal

from aiohttp import web

from gateway.access.sessions import OpenedSession
from gateway.access.sign_ins import LIFETIME
from gateway.middleware.guarded import SESSION_COOKIE

SIGN_IN_COOKIE: Final = "__Host-kopuro-sign-in"
FORGERY_COOKIE: Final = "__Host-kopuro-csrf"

_SameSite = Literal["Lax", "Strict"]


def session_token(request: web.Request) -> str | None:
    """The token of the browser's session, if it has one."""
    return request.cookies.get(SESSION_COOKIE)


def sign_in_secret(request: web.Request) -> str:
    """What ties a sign-in under way to this browser; empty when there is nothing."""
    return request.cookies.get(SIGN_IN_COOKIE, "")


def forgery_token(request: web.Request) -> str | None:
    """The session's token against forged requests, kept by the browser for pages that are loaded anew."""
    return request.cookies.get(FORGERY_COOKIE)


def remember_sign_in(response: web.Response, secret: str) -> None:
    """Tie a sign-in that begins to this browser."""
    _set(response, SIGN_IN_COOKIE, secret, seconds=int(LIFETIME.total_seconds()))


def enter(response: web.Response, opened: OpenedSession) -> None:
    """Give the browser its session, which also ends with the browser."""
    _set(response, SESSION_COOKIE, opened.token)
    _set(response, FORGERY_COOKIE, opened.csrf_token, same_site="Strict")
    _forget(response, SIGN_IN_COOKIE)


def leave(response: web.Response) -> None:
    """Take the session from the browser."""
    _forget(response, SESSION_COOKIE)
    _forget(response, FORGERY_COOKIE, same_site="Strict")


def _set(
    response: web.Response, name: str, value: str, *, seconds: int | None = None, same_site: _SameSite = "Lax"
) -> None:
    response.set_cookie(name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite=same_site)


def _forget(response: web.Response, name: str, *, same_site: _SameSite = "Lax") -> None:
    # Browsers leave a ``__Host-`` cookie alone unless its removal has the attributes of its making.
    _set(response, name, "", seconds=0, same_site=same_site)
