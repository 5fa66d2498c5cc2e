"""Keys of machine clients: made here once, or brought by the client; only the public part is ever kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from joserfc.jwk import ECKey

from gateway.access.public_keys import PublicKey, UnfitKey, read_public_key
from gateway.rules.findings import Refused
from schemas.errors import ErrorCode


@dataclass(frozen=True, slots=True)
class ClientKey:
    """A registered public key. It counts from ``added_at`` until ``not_after``, or until it is revoked."""

    key: PublicKey
    added_at: datetime
    not_after: datetime | None = None
    revoked_at: datetime | None = None

    @property
    def kid(self) -> str:
        """Its name in the header of assertions: the thumbprint of RFC 7638."""
        return self.key.thumbprint

    def counts_at(self, instant: datetime) -> bool:
        """Whether what it signs is taken at this instant."""
        return self.revoked_at is None and (self.not_after is None or instant < self.not_after)


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new pair of EC keys on P-256. ``private`` is for the client alone: hand it over and forget it."""

    public: Mapping[str, str]
    private: Mapping[str, str] = field(repr=False)


def make_key() -> MadeKey:
    """A new pair, as JWK (RFC 7517) with ``kid``, ``alg`` and ``use``."""
    pair = ECKey.generate_key("P-256")
    told = {"kid": pair.thumbprint(), "alg": "ES256", "use": "sig"}
    return MadeKey(public=_texts(pair, private=False) | told, private=_texts(pair, private=True) | told)


def public_part(jwk: Mapping[str, Any]) -> dict[str, str]:
    """The JWK as it is registered: its public numbers, its ``alg`` if it names one, and its thumbprint as ``kid``.

    Raises ``Refused`` with CLIENT_KEY_INVALID for a key that is malformed, too weak, of another type or not public.
    """
    try:
        key = read_public_key(jwk)
    except UnfitKey as error:
        raise Refused.because(ErrorCode.CLIENT_KEY_INVALID, "$.key") from error
    named = {"alg": jwk["alg"]} if "alg" in jwk else {}
    return _texts(key.key, private=False) | named | {"kid": key.thumbprint}


def _texts(key: Any, *, private: bool) -> dict[str, str]:
    return {name: str(value) for name, value in key.as_dict(private=private).items() if name != "kid"}
