"""The addresses that clients ask directly: metadata, keys, tokens, userinfo; and notices of sign-out to clients."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote_plus

import aiohttp
import orjson
from aiohttp import web

from adapters.esi.simulator.faults import Place
from adapters.esi.simulator.registry import ACCESS_TOKEN_LIFE, SCOPES, RegisteredClient, Session
from adapters.esi.simulator.signing import id_token_claims, logout_token_claims
from adapters.esi.simulator.state import Esi, Refused

_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)
_NO_STORE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@dataclass(frozen=True, slots=True)
class BackChannel:
    """What the simulated ESI and its clients say to each other without a browser."""

    esi: Esi
    session: aiohttp.ClientSession

    async def metadata(self, request: web.Request) -> web.StreamResponse:
        """``GET /.well-known/openid-configuration``."""
        base = self.esi.issuer()
        return await self._answer(
            request,
            Place.METADATA,
            lambda: {
                "issuer": base,
                "jwks_uri": f"{base}/.well-known/openid-configuration/jwks",
                "authorization_endpoint": f"{base}/connect/authorize",
                "token_endpoint": f"{base}/connect/token",
                "userinfo_endpoint": f"{base}/connect/userinfo",
                "end_session_endpoint": f"{base}/connect/endsession",
                "backchannel_logout_supported": True,
                "backchannel_logout_session_supported": True,
                "scopes_supported": sorted(SCOPES),
                "claims_supported": ["sub", "citizenship", "pin", "name", "family_name", "given_name", "birthdate"],
                "grant_types_supported": ["authorization_code"],
                "response_types_supported": ["code"],
                "response_modes_supported": ["query"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "subject_types_supported": ["public"],
                "code_challenge_methods_supported": ["S256"],
            },
        )

    async def jwks(self, request: web.Request) -> web.StreamResponse:
        """``GET /.well-known/openid-configuration/jwks``."""
        return await self._answer(request, Place.KEYS, self.esi.keys.public)

    async def token(self, request: web.Request) -> web.StreamResponse:
        """``POST /connect/token``: codes only; everything else is an unsupported grant."""
        form = await request.post()
        try:
            client = self._authenticate(request, form)
            content = self._redeem(client, form)
        except Refused as refusal:
            self.esi.count(Place.TOKEN.value)
            headers = {**_NO_STORE, **({"WWW-Authenticate": "Basic"} if refusal.status == 401 else {})}
            return _json({"error": refusal.error}, refusal.status, headers)
        return await self._answer(request, Place.TOKEN, lambda: content)

    async def userinfo(self, request: web.Request) -> web.StreamResponse:
        """``GET`` or ``POST /connect/userinfo``."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        grant = self.esi.registry.access_tokens.get(token, self.esi.clock.now()) if scheme.lower() == "bearer" else None
        if grant is None:
            return web.Response(status=401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        return await self._answer(request, Place.USERINFO, lambda: grant.session.person.claims(grant.request.scopes))

    async def notify(self, ended: list[Session]) -> None:
        """Tell clients over the back channel that sessions have ended (Back-Channel Logout 1.0, section 2.5)."""
        for session in ended:
            for client_id in sorted(session.clients):
                client = self.esi.registry.clients.get(client_id)
                if client is not None and client.backchannel_logout_uri is not None:
                    claims = logout_token_claims(session, client_id, issuer=self.esi.issuer(), now=self.esi.clock.now())
                    await self._post_notice(
                        client.backchannel_logout_uri, self.esi.keys.sign(claims, type_="logout+jwt")
                    )

    async def _post_notice(self, address: str, token: str) -> None:
        try:
            async with self.session.post(address, data={"logout_token": token}, allow_redirects=False) as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            status = 0
        self.esi.notices[str(status)] = self.esi.notices.get(str(status), 0) + 1

    def _authenticate(self, request: web.Request, form: Mapping[str, Any]) -> RegisteredClient:
        """``client_secret_basic`` or ``client_secret_post`` (RFC 6749, section 2.3.1), not both."""
        scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "basic" and "client_secret" not in form:
            try:
                client_id, _, secret = base64.b64decode(credentials, validate=True).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                raise Refused("invalid_client", 401) from None
            client = self.esi.registry.authenticated(unquote_plus(client_id), unquote_plus(secret))
        elif not scheme:
            client = self.esi.registry.authenticated(str(form.get("client_id", "")), str(form.get("client_secret", "")))
        else:
            client = None
        if client is None:
            raise Refused("invalid_client", 401)
        return client

    def _redeem(self, client: RegisteredClient, form: Mapping[str, Any]) -> dict[str, Any]:
        if form.get("grant_type") != "authorization_code":
            raise Refused("unsupported_grant_type")
        now, code, verifier = self.esi.clock.now(), str(form.get("code", "")), str(form.get("code_verifier", ""))
        grant = self.esi.registry.take_code(code, now)
        if grant is None or grant.request.client.client_id != client.client_id:
            raise Refused("invalid_grant")
        if form.get("redirect_uri") != grant.request.redirect_uri or not _fits(verifier, grant.request.challenge):
            raise Refused("invalid_grant")
        access_token = self.esi.registry.issue_access_token(code, grant, now)
        claims = id_token_claims(grant, issuer=self.esi.issuer(), access_token=access_token, now=now)
        forge = self.esi.plan.forgery()
        return {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": int(ACCESS_TOKEN_LIFE.total_seconds()),
            "id_token": self.esi.keys.sign(claims) if forge is None else forge(claims, self.esi.keys),
            "scope": " ".join(sorted(grant.request.scopes)),
        }

    async def _answer(
        self, request: web.Request, place: Place, content: Callable[[], dict[str, Any]]
    ) -> web.StreamResponse:
        """The answer of an address the gateway asks directly, with the fault ordered for it, if any."""
        self.esi.count(place.value)
        disturbance = self.esi.plan.disturbance(place)
        if disturbance is not None:
            return await disturbance(request)
        return _json(self.esi.plan.changed(place, content()), headers=_NO_STORE)


def _fits(verifier: str, challenge: str) -> bool:
    """Whether a verifier is that of an S256 challenge (RFC 7636, section 4.6)."""
    if _VERIFIER.fullmatch(verifier) is None:
        return False
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(digest, challenge.encode())


def _json(content: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(body=orjson.dumps(content), status=status, content_type="application/json", headers=headers)
