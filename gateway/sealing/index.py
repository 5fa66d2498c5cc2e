"""Blind indexes: how a value is found again that is not stored in clear."""

from __future__ import annotations

import hmac

from gateway.ports import BlindIndex


class HmacIndex:
    """A :class:`gateway.ports.BlindIndex`: HMAC-SHA-256 (RFC 2104) under the index key.

    A ПИН has some 10^5 possible serials a birthday, so a bare hash of it is undone by trying all; under a key that is
    not in the database it is not.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def of(self, kind: str, value: str) -> bytes:
        """See :class:`gateway.ports.BlindIndex`. A kind holds no NUL, by which it is set apart from the value."""
        if "\0" in kind:
            raise ValueError("the name of a kind holds no NUL")
        return hmac.digest(self._secret, f"{kind}\0{value}".encode(), "sha256")


def keyed_digest(index: BlindIndex, kind: str, digest: bytes) -> bytes:
    """The keyed form of a plain digest, 32 bytes, for keys made of personal data that equality is asked of.

    A plain SHA-256 over ПИН and dates (the stay), or over a whole case (the fingerprint), can be found by trying out
    what it may have been made of. Equal digests of one kind stay equal; without the index key nobody can try.
    """
    return index.of(kind, digest.hex())
