"""The gateway as an authorisation server for machines: ``/oauth/token`` and its metadata (RFC 6749, RFC 8414)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from aiohttp import web

from gateway.access.assertions import ALGORITHMS as ASSERTION_ALGORITHMS
from gateway.access.dpop import ALGORITHMS as PROOF_ALGORITHMS
from gateway.access.principal import Scope
from gateway.access.signing import SigningKeys
from gateway.access.token_service import GRANT, Certificate, OAuthError, TokenRequestRefused, TokenService
from gateway.api.answers import answer
from gateway.limits.proxies import TrustedProxies
from gateway.middleware.body import check_headers, read_body
from gateway.middleware.context import CONTEXT
from gateway.rules.findings import Refused
from gateway.services import SERVICES
from schemas.errors import ErrorCode, Language, entry

FORM: Final = "application/x-www-form-urlencoded"
TOKEN_PATH: Final = "/oauth/token"  # noqa: S105 - an address
KEYS_PATH: Final = "/oauth/keys"
METADATA_PATH: Final = "/.well-known/oauth-authorization-server"
_LARGEST_FORM: Final = 16 * 1024
_MOST_FIELDS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorisationServer:
    """What these handlers work with. ``issuer`` is the gateway's public address without a slash at the end."""

    issuer: str
    tokens: TokenService
    keys: SigningKeys
    proxies: TrustedProxies


AUTHORISATION_SERVER: Final = web.AppKey("authorisation_server", AuthorisationServer)
"""Absent while access is not configured: then these addresses are unknown ones."""


async def issue(request: web.Request) -> web.Response:
    """``POST /oauth/token``: an access token for a machine that proves which client it is."""
    server = _server(request)
    check_headers(request, FORM)
    body = await read_body(request, limit=_LARGEST_FORM, seconds=request.app[SERVICES].limits.body_seconds)
    try:
        issued = await server.tokens.issue(
            _fields(body),
            proofs=request.headers.getall("DPoP", ()),
            certificate=_certificate(server.proxies, request),
        )
    except TokenRequestRefused as refused:
        return _refusal(refused, request[CONTEXT].language)
    return answer(
        {
            "access_token": issued.access_token,
            "token_type": issued.token_type,
            "expires_in": issued.expires_in,
            "scope": issued.scope,
        }
    )


async def metadata(request: web.Request) -> web.Response:
    """``GET /.well-known/oauth-authorization-server``: what this server can do."""
    return answer(_metadata(_server(request).issuer))


async def keys(request: web.Request) -> web.Response:
    """``GET /oauth/keys``: the public keys that access tokens are signed with."""
    return answer(_server(request).keys.jwks(), headers={"Cache-Control": "public, max-age=300"})


def _server(request: web.Request) -> AuthorisationServer:
    server = request.app.get(AUTHORISATION_SERVER)
    if server is None:
        raise Refused.because(ErrorCode.ROUTE_NOT_FOUND)
    return server


def _fields(body: bytes) -> Mapping[str, str]:
    """The fields of a form; a field that stands twice is refused (RFC 6749, section 3.2)."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=True, max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise TokenRequestRefused(OAuthError.INVALID_REQUEST) from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise TokenRequestRefused(OAuthError.INVALID_REQUEST)
    return fields


def _certificate(proxies: TrustedProxies, request: web.Request) -> Certificate | None:
    found = proxies.client_certificate(request)
    return None if found is None else Certificate(thumbprint=found.thumbprint, content=found.content)


def _refusal(refused: TokenRequestRefused, language: Language) -> web.Response:
    body = {
        "error": refused.error.value,
        "error_description": entry(refused.code).message.in_language(language),
        "error_uri": f"/v1/errors/{refused.code.value}",
    }
    return answer(body, status=401 if refused.error is OAuthError.INVALID_CLIENT else 400, language=language)


def _metadata(issuer: str) -> dict[str, Any]:
    return {
        "issuer": issuer,
        "token_endpoint": issuer + TOKEN_PATH,
        "jwks_uri": issuer + KEYS_PATH,
        "grant_types_supported": [GRANT],
        "response_types_supported": [],
        "scopes_supported": [scope.value for scope in Scope],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "dpop_signing_alg_values_supported": list(PROOF_ALGORITHMS),
        "tls_client_certificate_bound_access_tokens": True,
        "service_documentation": issuer + "/docs",
    }
