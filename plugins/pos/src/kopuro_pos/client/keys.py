"""The terminal's key and who it is: an EC P-256 key that never leaves the machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey


class SigningKey(Protocol):
    """A private EC P-256 key, wherever it is kept: a file, the keyring of the system, a token."""

    @property
    def public_jwk(self) -> Mapping[str, Any]:
        """The public part: ``kty``, ``crv``, ``x`` and ``y`` (RFC 7517)."""

    def sign(self, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
        """A compact JWS with ES256 over ``claims``; ``header`` is complete, ``alg`` included."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A terminal as the gateway knows it. The client id stays the same when the key changes."""

    client_id: str
    key: SigningKey = field(repr=False)


class LocalKey:
    """A :class:`SigningKey` held in memory. Raises :class:`ValueError` for anything but a private P-256 key."""

    def __init__(self, jwk: Mapping[str, Any]) -> None:
        try:
            key = ECKey.import_key(dict(jwk))
        except (JoseError, ValueError, KeyError, TypeError):
            raise ValueError("not an EC key as a JWK") from None
        if not key.is_private or key.curve_name != "P-256":
            raise ValueError("not a private key on the curve P-256")
        self._key = key

    @property
    def public_jwk(self) -> Mapping[str, Any]:
        """See :class:`SigningKey`."""
        public = self._key.as_dict(private=False)
        return {name: public[name] for name in ("kty", "crv", "x", "y")}

    def sign(self, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
        """See :class:`SigningKey`."""
        return jwt.encode(dict(header), dict(claims), self._key)


def generate_key() -> dict[str, str]:
    """A new private key (JWK) for :class:`LocalKey`. Keep it where nobody else can read it."""
    key = ECKey.generate_key("P-256", private=True).as_dict(private=True)
    return {name: str(key[name]) for name in ("kty", "crv", "x", "y", "d")}
