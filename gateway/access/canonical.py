"""One spelling for each of our own ES256 signatures.

Whoever sees an ECDSA signature (r, s) can write down (r, order - s), which proves the same. We sign with the smaller s
and take no other, so that a token of ours cannot be altered in any way. Others need not keep to this, and what they
sign is not held to it: their tokens are used once, by name and not by spelling.
"""

from __future__ import annotations

from typing import Final

from joserfc.util import urlsafe_b64decode, urlsafe_b64encode

_ORDER: Final = 0xFFFFFFFF_00000000_FFFFFFFF_FFFFFFFF_BCE6FAAD_A7179E84_F3B9CAC2_FC632551
"""Of P-256 (NIST SP 800-186, section 3.2.1.3)."""


def is_canonical(signature: bytes) -> bool:
    """Whether a valid ES256 signature (r and s, 32 bytes each) has the smaller s."""
    return int.from_bytes(signature[32:]) <= _ORDER // 2


def in_canonical_form(token: str) -> str:
    """The same compact JWS, signed with ES256, with the smaller s."""
    signed, _, part = token.rpartition(".")
    signature = urlsafe_b64decode(part.encode("ascii"))
    if is_canonical(signature):
        return token
    other = (_ORDER - int.from_bytes(signature[32:])).to_bytes(32)
    return f"{signed}.{urlsafe_b64encode(signature[:32] + other).decode('ascii')}"
