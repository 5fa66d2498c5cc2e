"""What may be used once only: the ``jti`` of client assertions, DPoP proofs and logout tokens."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Protocol

import orjson


class Replays(Protocol):
    """The memory of what was used. It outlives restarts and is one for all nodes."""

    async def first_use(self, digest: bytes, expires_at: datetime) -> bool:
        """Whether nobody has used this before; from now on somebody has, at least until ``expires_at``."""
        ...


def use_digest(kind: str, owner: str, identifier: str) -> bytes:
    """SHA-256 (32 bytes) of an identifier that is unique within its kind and its owner; no two triples run together."""
    return hashlib.sha256(orjson.dumps([kind, owner, identifier])).digest()
