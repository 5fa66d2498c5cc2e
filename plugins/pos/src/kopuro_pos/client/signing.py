"""What proves who we are: client assertions (RFC 7523) and proofs of possession (DPoP, RFC 9449)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from joserfc.jwk import ECKey

from kopuro_pos.client.keys import Machine, SigningKey

_ASSERTION_SECONDS: Final = 55
"""The gateway takes assertions of less than a minute."""


def assertion(machine: Machine, audience: str, now: float) -> str:
    """Who we are, for the gateway at ``audience``, for one use; ``now`` is in seconds since 1970."""
    issued = int(now)
    claims = {
        "iss": machine.client_id,
        "sub": machine.client_id,
        "aud": audience,
        "iat": issued,
        "exp": issued + _ASSERTION_SECONDS,
        "jti": str(uuid4()),
    }
    return machine.key.sign({"alg": "ES256", "kid": thumbprint(machine.key.public_jwk)}, claims)


def proof(key: SigningKey, method: str, url: str, now: float, token: str | None = None) -> str:
    """That we hold ``key``: for one request, for one use, and bound to ``token`` where there is one."""
    address = urlunsplit(urlsplit(url)._replace(query="", fragment=""))
    claims: dict[str, Any] = {"htm": method, "htu": address, "iat": int(now), "jti": str(uuid4())}
    if token is not None:
        claims["ath"] = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
    return key.sign({"typ": "dpop+jwt", "alg": "ES256", "jwk": dict(key.public_jwk)}, claims)


def thumbprint(public_jwk: Mapping[str, Any]) -> str:
    """The key's name (RFC 7638)."""
    return ECKey.import_key(dict(public_jwk)).thumbprint()
