"""Makes tokens by hand, right and wrong: nothing here refuses to write down what a library would not."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from joserfc.jwk import ECKey, OKPKey, RSAKey

from gateway.access.public_keys import PublicKey, read_public_key
from tests.support.doubles import NOON

NOW = int(NOON.timestamp())
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

OURS = ECKey.generate_key("P-256")
THEIRS = ECKey.generate_key("P-256")
P384 = ECKey.generate_key("P-384")
ED25519 = OKPKey.generate_key("Ed25519")
RSA = RSAKey.generate_key(2048)

Signer = Callable[[bytes], bytes]


def b64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def public(key: Any) -> dict[str, Any]:
    return key.as_dict(private=False)


def public_key(key: Any) -> PublicKey:
    return read_public_key(public(key))


def es256(key: ECKey = OURS, size: int = 32, digest: type[hashes.HashAlgorithm] = hashes.SHA256) -> Signer:
    """Raw ECDSA as JWS wants it, with the smaller s on P-256."""

    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(key.private_key.sign(message, ec.ECDSA(digest())))
        if size == 32:
            s = min(s, ORDER - s)
        return r.to_bytes(size) + s.to_bytes(size)

    return sign


def ed25519(message: bytes) -> bytes:
    return ED25519.private_key.sign(message)


def ps256(message: bytes) -> bytes:
    return RSA.private_key.sign(message, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())


def rs256(message: bytes) -> bytes:
    return RSA.private_key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def hs256(secret: bytes) -> Signer:
    return lambda message: hmac.digest(secret, message, "sha256")


def fixed(signature: bytes) -> Signer:
    return lambda _message: signature


def as_json(value: Mapping[str, Any] | bytes | str) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode()
    return json.dumps(value).encode()


def forge(header: Mapping[str, Any] | bytes | str, payload: Mapping[str, Any] | bytes | str, sign: Signer) -> str:
    signed = f"{b64(as_json(header))}.{b64(as_json(payload))}"
    return f"{signed}.{b64(sign(signed.encode()))}"


def but(content: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """The same with members changed; ``...`` takes one away."""
    changed = {**content, **changes}
    return {name: value for name, value in changed.items() if value is not ...}


def twin(token: str) -> str:
    """The other valid spelling of an ES256 signature."""
    head, _, signature = token.rpartition(".")
    octets = unb64(signature)
    other = ORDER - int.from_bytes(octets[32:])
    return f"{head}.{b64(octets[:32] + other.to_bytes(32))}"


class KeysInHand:
    """What :class:`AccessTokens` asks of :class:`SigningKeys`, without a store."""

    def __init__(self) -> None:
        self.published = {OURS.thumbprint(): public_key(OURS)}
        self.asked: list[str] = []

    async def find(self, kid: str) -> PublicKey | None:
        self.asked.append(kid)
        return self.published.get(kid)

    def known(self, kid: str) -> PublicKey | None:
        return self.published.get(kid)

    def sign(self, token_type: str, claims: Mapping[str, Any]) -> str:
        header = {"alg": "ES256", "typ": token_type, "kid": OURS.thumbprint()}
        return forge(header, claims, es256())


class ReplaysInMemory:
    def __init__(self) -> None:
        self.used: dict[bytes, datetime] = {}

    async def first_use(self, digest: bytes, expires_at: datetime) -> bool:
        if digest in self.used:
            return False
        self.used[digest] = expires_at
        return True
