"""The addresses that browsers are sent to: authorization, the sign-in page, and signing out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web
from multidict import MultiMapping

from adapters.esi.simulator.back_channel import BackChannel
from adapters.esi.simulator.pages import METHODS, language_of, page, sign_in_body
from adapters.esi.simulator.registry import SCOPES, AuthorizationRequest, Grant, RegisteredClient, Session
from adapters.esi.simulator.state import Esi, Refused
from adapters.esi.simulator.texts import say

COOKIE: Final = "esi.session"
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class FrontChannel:
    """What passes through people's browsers: the code flow with PKCE S256 only (OpenID Connect Core 1.0)."""

    esi: Esi
    back: BackChannel

    async def authorize(self, request: web.Request) -> web.StreamResponse:
        """``GET /connect/authorize``: to the sign-in page, or straight back for a person who is signed in here."""
        self.esi.count("authorize")
        parameters = request.query
        client = self.esi.registry.clients.get(parameters.get("client_id", ""))
        redirect_uri = parameters.get("redirect_uri", "")
        if client is None or redirect_uri not in client.redirect_uris or len(parameters) != len(set(parameters)):
            language = language_of(request, parameters.get("ui_locales"))
            text = f"<p>{say('refused', language)}</p>"
            return page(say("sign-in", language), text, request=request, language=language, status=400)
        try:
            asked = _read_request(parameters, client, redirect_uri)
        except Refused as refusal:
            return _back(redirect_uri, {"error": refusal.error}, parameters.get("state"))
        session = self._session_for(request, asked)
        if session is not None:
            return self._with_code(asked, session)
        if parameters.get("prompt") == "none":
            return _back(redirect_uri, {"error": "login_required"}, asked.state)
        name = self.esi.registry.requests.put(asked, self.esi.clock.now())
        raise web.HTTPFound(f"/account/login?{urlencode({'request': name})}")

    async def sign_in_page(self, request: web.Request) -> web.StreamResponse:
        """``GET /account/login``."""
        method = request.query.get("method", "password")
        return self._sign_in_page(request, request.query.get("request", ""), method)

    async def sign_in(self, request: web.Request) -> web.StreamResponse:
        """``POST /account/login``: one of the four methods."""
        form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        name, method, pin = form.get("request", ""), form.get("method", ""), form.get("pin", "").strip()
        now = self.esi.clock.now()
        asked = self.esi.registry.requests.get(name, now)
        if asked is None or method not in METHODS:
            return self._sign_in_page(request, name, method)
        if method == "password":
            person = self.esi.accounts.by_password(pin, form.get("password", ""))
        else:
            person = self.esi.accounts.people.get(pin)
        if person is None:
            return self._sign_in_page(request, name, method, wrong=True)
        self.esi.registry.requests.take(name, now)
        self.esi.count("sign-in")
        cookie, session = self.esi.registry.start_session(person, METHODS[method], now)
        answer = self._with_code(asked, session)
        answer.set_cookie(COOKIE, cookie, httponly=True, samesite="Lax", path="/")
        return answer

    async def end_session(self, request: web.Request) -> web.StreamResponse:
        """``GET`` or ``POST /connect/endsession`` (OpenID Connect RP-Initiated Logout 1.0)."""
        self.esi.count("end-session")
        parameters: MultiMapping[Any] = request.query if request.method == "GET" else await request.post()
        hint = self.esi.keys.read(str(parameters.get("id_token_hint", ""))) or {}
        cookie = request.cookies.get(COOKIE, "")
        known = self.esi.registry.sessions.get(cookie)
        sid = known.sid if known is not None else str(hint.get("sid", ""))
        await self.back.notify(self.esi.registry.end_sessions(sid=sid))
        client = self.esi.registry.clients.get(str(hint.get("aud", "")))
        target = str(parameters.get("post_logout_redirect_uri", ""))
        answer: web.Response
        if client is not None and target in client.post_logout_redirect_uris:
            answer = _back(target, {}, parameters.get("state"))
        else:
            language = language_of(request)
            text = f"<p>{say('signed-out', language)}</p>"
            answer = page(say("sign-in", language), text, request=request, language=language)
        answer.del_cookie(COOKIE, path="/")
        return answer

    def _sign_in_page(self, request: web.Request, name: str, method: str, *, wrong: bool = False) -> web.Response:
        asked = self.esi.registry.requests.get(name, self.esi.clock.now())
        language = language_of(request, asked.language if asked is not None else None)
        title = say("sign-in", language)
        if asked is None or method not in METHODS:
            return page(title, f"<p>{say('gone', language)}</p>", request=request, language=language, status=400)
        body = sign_in_body(name, method, self.esi.accounts.people.values(), language, wrong=wrong)
        status = 422 if wrong else 200
        return page(title, body, request=request, language=language, status=status, leads_to=asked.redirect_uri)

    def _session_for(self, request: web.Request, asked: AuthorizationRequest) -> Session | None:
        """The browser's session, if it is good enough for the request."""
        session = self.esi.registry.sessions.get(request.cookies.get(COOKIE, ""))
        if session is None or asked.login_asked:
            return None
        age = (self.esi.clock.now() - session.auth_time).total_seconds()
        return session if asked.max_age is None or age <= asked.max_age else None

    def _with_code(self, asked: AuthorizationRequest, session: Session) -> web.Response:
        code = self.esi.registry.issue_code(Grant(request=asked, session=session), self.esi.clock.now())
        return _back(asked.redirect_uri, {"code": code}, asked.state)


def _read_request(parameters: MultiMapping[str], client: RegisteredClient, redirect_uri: str) -> AuthorizationRequest:
    if parameters.get("response_type") != "code":
        raise Refused("unsupported_response_type")
    scopes = frozenset(parameters.get("scope", "").split())
    if "openid" not in scopes or not scopes <= SCOPES:
        raise Refused("invalid_scope")
    challenge = parameters.get("code_challenge", "")
    if parameters.get("code_challenge_method") != "S256" or _CHALLENGE.fullmatch(challenge) is None:
        raise Refused("invalid_request")
    max_age = parameters.get("max_age")
    if max_age is not None and re.fullmatch("[0-9]{1,9}", max_age, re.ASCII) is None:
        raise Refused("invalid_request")
    return AuthorizationRequest(
        client=client,
        redirect_uri=redirect_uri,
        scopes=scopes,
        state=parameters.get("state"),
        nonce=parameters.get("nonce"),
        challenge=challenge,
        login_asked="login" in parameters.get("prompt", "").split(),
        max_age=None if max_age is None else int(max_age),
        language=parameters.get("ui_locales"),
    )


def _back(address: str, parameters: Mapping[str, str], state: object) -> web.Response:
    """Send the browser back to a client's registered address."""
    told = {**parameters, **({"state": state} if isinstance(state, str) else {})}
    separator = "&" if "?" in address else "?"
    location = address + (separator + urlencode(told) if told else "")
    return web.Response(status=303, headers={"Location": location, "Cache-Control": "no-store"})
