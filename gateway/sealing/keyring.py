"""The key ring: master keys, which wrap the data keys of envelopes, and the key of the blind index.

A key is one line of text: what it is for, the instant from which it is, and 256 random bits in base64 or hex::

    master 2026-11-22T06:00:00Z <key>
    index 2026-11-22T06:00:00Z <key>

Of the master keys, the newest whose instant has come seals; all others only open. A key is thus given to every node
before its instant, and no node meets an envelope that it cannot open. A ring has one index key, for ever: whatever is
found by a blind index was indexed with it.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from gateway.sealing.errors import KeyRingUnusable

KEY_BYTES: Final = 32
ID_BYTES: Final = 8

_HEX_DIGITS: Final = 2 * KEY_BYTES
_FEWEST_DIFFERENT_BYTES: Final = 16
"""32 random bytes have fewer different ones with a probability below 1e-15; what people type by hand has fewer."""

_FORM: Final = "Write «master» or «index», an instant with its zone, and 32 random bytes in base64 or hex on one line."
_RECOVER: Final = "Bring it back from the safe copy of the keys."


class KeyPurpose(StrEnum):
    """What a key is for."""

    MASTER = "master"
    """Wraps the data keys of envelopes."""
    INDEX = "index"
    """Makes blind indexes."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key. ``since``: the instant (UTC) from which a master key seals, or at which an index key was made."""

    purpose: KeyPurpose
    since: datetime
    secret: bytes = field(repr=False)

    @property
    def id(self) -> bytes:
        """Eight bytes that follow from the key, so that a wrong key under a right name cannot exist."""
        return hmac.digest(self.secret, b"key id", "sha256")[:ID_BYTES]

    def as_line(self) -> str:
        """The line of text that holds it; the inverse of :func:`parse_key`."""
        return f"{self.purpose} {self.since.isoformat()} {base64.b64encode(self.secret).decode()}"


def new_key(purpose: KeyPurpose, since: datetime) -> Key:
    """A new random key."""
    return Key(purpose, since, secrets.token_bytes(KEY_BYTES))


def parse_key(line: str, place: str) -> Key:
    """The key in a line. Raises :class:`KeyRingUnusable`, which names ``place`` and never what stands there."""
    try:
        purpose, since, secret = line.split()
        key = Key(KeyPurpose(purpose), datetime.fromisoformat(since), _secret(secret, place))
    except ValueError:
        raise KeyRingUnusable(f"There is no key in {place}.", _FORM) from None
    if key.since.tzinfo is None:
        raise KeyRingUnusable(f"The instant in {place} has no zone.", _FORM)
    return key


def _secret(text: str, place: str) -> bytes:
    try:
        secret = bytes.fromhex(text) if len(text) == _HEX_DIGITS else base64.b64decode(text, validate=True)
    except ValueError:
        secret = b""
    if len(secret) != KEY_BYTES:
        raise KeyRingUnusable(f"The key in {place} is not 32 bytes in base64 or hex.", _FORM)
    if len(set(secret)) < _FEWEST_DIFFERENT_BYTES:
        raise KeyRingUnusable(f"The key in {place} is not random.", "Make keys with «gateway keys new».")
    return secret


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys: master keys by id, and the secret of the index key."""

    masters: Mapping[bytes, Key]
    index: bytes = field(repr=False)

    @classmethod
    def of(cls, keys: Iterable[Key]) -> KeyRing:
        """A ring of these keys. Raises :class:`KeyRingUnusable` when one is there twice or either kind is missing."""
        masters: dict[bytes, Key] = {}
        indexes = []
        for key in keys:
            if key.purpose is KeyPurpose.INDEX:
                indexes.append(key.secret)
            elif key.id in masters:
                raise KeyRingUnusable(f"The master key {key.id.hex()} is there twice.", "Remove one of the two.")
            else:
                masters[key.id] = key
        if not masters:
            raise KeyRingUnusable("There is no master key.", f"Make one with «gateway keys new». {_RECOVER}")
        if len(indexes) != 1:
            raise KeyRingUnusable(f"There are {len(indexes)} index keys, and one is needed.", _RECOVER)
        return cls(MappingProxyType(masters), indexes[0])

    def sealing(self, now: datetime) -> Key | None:
        """The master key that seals at this instant; ``None`` when none does yet."""
        begun = [key for key in self.masters.values() if key.since <= now]
        return max(begun, key=lambda key: (key.since, key.id), default=None)
