"""The simulated ESI's signing keys, RS256 only, and the tokens it signs."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from adapters.esi.simulator.registry import Grant, Session

Claims = dict[str, Any]

_ID_TOKEN_LIFE: Final = timedelta(minutes=5)
_LOGOUT_TOKEN_LIFE: Final = timedelta(minutes=2)
_BITS: Final = 2048
_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"


class SigningKeys:
    """Keys by age. The newest signs; after a rotation the one before it stays in the set, so that caches may lag."""

    def __init__(self, first: RSAKey | None = None) -> None:
        self._keys = [first or new_key()]

    @property
    def newest(self) -> RSAKey:
        """The key that signs."""
        return self._keys[-1]

    def rotate(self) -> None:
        """Sign with a new key from now on."""
        self._keys = [self._keys[-1], new_key()]

    def public(self) -> dict[str, Any]:
        """The JWK Set."""
        return {"keys": [{**key.as_dict(private=False), "use": "sig", "alg": "RS256"} for key in self._keys]}

    def sign(self, claims: Claims, *, type_: str = "JWT") -> str:
        """A token in compact form."""
        return jwt.encode({"alg": "RS256", "typ": type_, "kid": self.newest.kid}, claims, self.newest)

    def read(self, token: str) -> Mapping[str, Any] | None:
        """The claims of a token of ours, however old; ``None`` for any other."""
        for key in self._keys:
            try:
                return jwt.decode(token, key, algorithms=["RS256"]).claims
            except (JoseError, ValueError):
                continue
        return None


def new_key() -> RSAKey:
    """A new RSA key with a random id."""
    return RSAKey.generate_key(_BITS, {"kid": secrets.token_hex(8)})


def id_token_claims(grant: Grant, *, issuer: str, access_token: str, now: datetime) -> Claims:
    """The claims of an ID token (OpenID Connect Core 1.0, sections 2 and 3.1.3.6)."""
    claims: Claims = {
        "iss": issuer,
        "aud": grant.request.client.client_id,
        "sub": grant.session.person.subject,
        "iat": int(now.timestamp()),
        "nbf": int(now.timestamp()),
        "exp": int((now + _ID_TOKEN_LIFE).timestamp()),
        "auth_time": int(grant.session.auth_time.timestamp()),
        "amr": [grant.session.method],
        "sid": grant.session.sid,
        "at_hash": half_hash(access_token),
    }
    if grant.request.nonce is not None:
        claims["nonce"] = grant.request.nonce
    return claims


def logout_token_claims(session: Session, client_id: str, *, issuer: str, now: datetime) -> Claims:
    """The claims of a logout token (OpenID Connect Back-Channel Logout 1.0, section 2.4)."""
    return {
        "iss": issuer,
        "aud": client_id,
        "sub": session.person.subject,
        "sid": session.sid,
        "iat": int(now.timestamp()),
        "exp": int((now + _LOGOUT_TOKEN_LIFE).timestamp()),
        "jti": secrets.token_urlsafe(16),
        "events": {_EVENT: {}},
    }


def half_hash(text: str) -> str:
    """The left half of SHA-256 in base64url."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:16]).rstrip(b"=").decode()
