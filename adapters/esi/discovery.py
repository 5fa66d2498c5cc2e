"""ESI's metadata (OpenID Connect Discovery 1.0): read, and trusted only as far as they fit the configured issuer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from adapters.esi.exchange import Exchange
from adapters.esi.settings import is_https_or_loopback
from adapters.esi.sign_in import EsiUnavailable

_PATH: Final = "/.well-known/openid-configuration"
_PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What of the metadata is used. All addresses are on the issuer's own origin."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    keys: str
    end_session_endpoint: str | None
    issuer_in_callback: bool
    """ESI puts ``iss`` into every callback (RFC 9207, section 3)."""


async def read_metadata(exchange: Exchange, issuer: str) -> Metadata:
    """Fetch and check the metadata of ``issuer``; raises :class:`EsiUnavailable`."""
    answer = await exchange.get(issuer.rstrip("/") + _PATH)
    if answer.status != 200:
        raise EsiUnavailable("ESI does not give its metadata")
    return checked_metadata(answer.content, issuer)


def checked_metadata(content: Mapping[str, Any], issuer: str) -> Metadata:
    """The metadata in ``content``, if they are the issuer's and offer what we use; raises :class:`EsiUnavailable`.

    The issuer must be the same letter by letter (OpenID Connect Discovery 1.0, section 4.3).
    """
    if content.get("issuer") != issuer:
        raise EsiUnavailable("ESI's metadata name another issuer")
    for name, needed, default in (
        ("response_types_supported", "code", ()),
        ("id_token_signing_alg_values_supported", "RS256", ()),
        ("code_challenge_methods_supported", "S256", ()),
        ("token_endpoint_auth_methods_supported", "client_secret_basic", ("client_secret_basic",)),
    ):
        offered = content.get(name, default)
        if not isinstance(offered, list | tuple) or needed not in offered:
            raise EsiUnavailable(f"ESI's metadata do not offer {needed} in {name}")
    return Metadata(
        issuer=issuer,
        authorization_endpoint=_endpoint(content, "authorization_endpoint", issuer),
        token_endpoint=_endpoint(content, "token_endpoint", issuer),
        userinfo_endpoint=_endpoint(content, "userinfo_endpoint", issuer),
        keys=_endpoint(content, "jwks_uri", issuer),
        end_session_endpoint=(
            _endpoint(content, "end_session_endpoint", issuer) if "end_session_endpoint" in content else None
        ),
        issuer_in_callback=content.get("authorization_response_iss_parameter_supported") is True,
    )


def _endpoint(content: Mapping[str, Any], name: str, issuer: str) -> str:
    url = content.get(name)
    if not isinstance(url, str) or not is_https_or_loopback(url) or _origin(url) != _origin(issuer):
        raise EsiUnavailable(f"the {name} in ESI's metadata is not an address of ESI")
    return url


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme]
