"""Who may call the agent. Nothing here reads a body: what is not let in costs nothing.

In this order: the connection comes from this computer, ``Host`` is ours (against DNS rebinding), ``Origin`` is ours or
of the settings (against other pages), the browser does not say that another site asks, and under ``/api/`` the token
or the page's cookie. With the cookie a change needs a header that no form and no simple request can bring.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import Enum
from typing import Final

from aiohttp import hdrs, web

from kopuro_pos.agent.problems import AgentProblem, ProblemCode
from kopuro_pos.agent.web.sessions import SESSION_FOR, Sessions

LOOPBACK_NAMES: Final = ("127.0.0.1", "localhost", "[::1]")
PAGE_HEADER: Final = "X-Kopuro-Counter"
_ENTER: Final = "/api/enter"
_READING: Final = frozenset({hdrs.METH_GET, hdrs.METH_HEAD})
_FROM_ELSEWHERE: Final = frozenset({"cross-site", "same-site"})
"""``Sec-Fetch-Site`` of other sites, and of other ports of this computer."""
_PREFLIGHT: Final = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept-Language",
    "Access-Control-Max-Age": "600",
}
_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Vary": "Origin, Accept-Language",
}


class Caller(Enum):
    """How a caller has proven itself."""

    NOBODY = "nobody"
    TILL = "till"
    """With the installation's token."""
    PAGE = "page"
    """With the cookie of the counter page."""


CALLER: Final = web.RequestKey("caller", Caller)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """The rules for one port."""

    port: int
    origins: frozenset[str]
    """Of pages of browser tills, from the settings."""
    sessions: Sessions

    @property
    def cookie(self) -> str:
        """The name of the page's cookie; agents on two ports do not take each other's."""
        return f"kopuro-counter-{self.port}"

    @property
    def hosts(self) -> frozenset[str]:
        """What ``Host`` may be."""
        return frozenset(f"{name}:{self.port}" for name in LOOPBACK_NAMES)

    def admit(self, request: web.Request) -> Caller:
        """Who calls. Raises ``AgentProblem``: HOST_REFUSED, ORIGIN_REFUSED, TOKEN_REQUIRED."""
        _from_this_computer(request)
        hosts = request.headers.getall(hdrs.HOST, [])
        if len(hosts) != 1 or hosts[0].lower() not in self.hosts:
            raise AgentProblem(ProblemCode.HOST_REFUSED)
        foreign = self.foreign_origin(request)
        if foreign is not None and foreign not in self.origins:
            raise AgentProblem(ProblemCode.ORIGIN_REFUSED)
        if not request.path.startswith("/api/"):
            return Caller.NOBODY
        if foreign is None and request.headers.get("Sec-Fetch-Site") in _FROM_ELSEWHERE:
            raise AgentProblem(ProblemCode.ORIGIN_REFUSED)
        if request.method == hdrs.METH_OPTIONS and foreign is not None:
            return Caller.NOBODY
        if request.path == _ENTER and foreign is None:
            return Caller.NOBODY
        return self._proven(request, foreign=foreign is not None)

    def foreign_origin(self, request: web.Request) -> str | None:
        """The origin that is named, unless it is the counter page's own. Several are none of ours."""
        origins = request.headers.getall(hdrs.ORIGIN, [])
        if not origins or (len(origins) == 1 and origins[0].lower() in {f"http://{host}" for host in self.hosts}):
            return None
        return ", ".join(origins)

    def _proven(self, request: web.Request, *, foreign: bool) -> Caller:
        scheme, _, shown = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        if scheme.lower() == "bearer" and self.sessions.is_token(shown.strip()):
            return Caller.TILL
        cookie = request.cookies.get(self.cookie)
        if cookie is None or foreign or self.sessions.left_of(cookie) is None:
            raise AgentProblem(ProblemCode.TOKEN_REQUIRED)
        if request.method not in _READING and request.headers.get(PAGE_HEADER) != "1":
            raise AgentProblem(ProblemCode.ORIGIN_REFUSED)
        return Caller.PAGE

    def mark(self, request: web.Request, response: web.StreamResponse) -> None:
        """Headers of every answer, refusals too."""
        for name, value in _ALWAYS.items():
            response.headers.setdefault(name, value)
        foreign = self.foreign_origin(request)
        if foreign is not None and foreign in self.origins:
            response.headers["Access-Control-Allow-Origin"] = foreign
            response.headers["Access-Control-Expose-Headers"] = "Content-Disposition, Retry-After"
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")

    def preflight(self, request: web.Request) -> web.Response:
        """The answer to a browser that asks whether a page of the settings may call (Fetch; private network access)."""
        response = web.Response(status=204, headers=_PREFLIGHT)
        if request.headers.get("Access-Control-Request-Private-Network") == "true":
            response.headers["Access-Control-Allow-Private-Network"] = "true"
        return response

    def renew(self, request: web.Request, response: web.StreamResponse) -> None:
        """Give a cookie that is past half its life another one."""
        left = self.sessions.left_of(request.cookies.get(self.cookie, ""))
        if left is not None and left < SESSION_FOR / 2 and not response.prepared:
            self.set_cookie(response, self.sessions.new_session())

    def set_cookie(self, response: web.StreamResponse, value: str) -> None:
        """Let the page in."""
        response.set_cookie(
            self.cookie, value, path="/api", httponly=True, samesite="Strict", max_age=int(SESSION_FOR.total_seconds())
        )


GUARD: Final = web.AppKey("guard", Guard)


def _from_this_computer(request: web.Request) -> None:
    """The agent listens on loopback only; should that ever change, nobody else gets in all the same."""
    peer = request.remote
    if peer is None or not ipaddress.ip_address(peer).is_loopback:
        raise AgentProblem(ProblemCode.HOST_REFUSED)
