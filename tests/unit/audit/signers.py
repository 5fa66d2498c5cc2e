"""A signer of heads with a key of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey


class OwnKey:
    """A :class:`gateway.audit.heads.HeadSigner`."""

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256")
        self.kid = self.key.thumbprint()

    def sign(self, token_type: str, claims: Mapping[str, Any]) -> str:
        return jwt.encode({"alg": "ES256", "typ": token_type, "kid": self.kid}, dict(claims), self.key)

    def jwks(self) -> dict[str, list[dict[str, Any]]]:
        return {"keys": [{**self.key.as_dict(private=False), "use": "sig", "alg": "ES256", "kid": self.kid}]}
