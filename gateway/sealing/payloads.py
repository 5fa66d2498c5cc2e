"""Payloads of operations at rest: sealed, and erased when their time of keeping has ended.

What stands in ``operations.payload`` is an envelope, or the tombstone of one: a zero byte and the instant of erasing
in microseconds since 1970, eight bytes, big-endian.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from gateway.ports import Sealer
from gateway.rules.findings import Refused
from gateway.store.types import from_microseconds, to_microseconds
from schemas.errors import ErrorCode

_CONTEXT: Final = b"operations.payload"
_ERASED: Final = b"\x00"

TOMBSTONE_BYTES: Final = 9
"""Length of a tombstone; every envelope is longer."""


def seal_payload(sealer: Sealer, operation_id: UUID, payload: bytes) -> bytes:
    """The payload of an operation as the journal keeps it: nobody can read it, or pass it off as another's."""
    return sealer.seal(payload, _CONTEXT + operation_id.bytes)


def open_payload(sealer: Sealer, operation_id: UUID, kept: bytes) -> bytes:
    """The payload of an operation.

    Raises ``Refused`` (CONTENT_ERASED) when it was erased, :class:`gateway.sealing.errors.CannotOpen` when its key is
    gone or it was changed.
    """
    if is_erased(kept):
        raise Refused.because(ErrorCode.CONTENT_ERASED)
    return sealer.open(kept, _CONTEXT + operation_id.bytes)


def tombstone(at: datetime) -> bytes:
    """What takes the place of a payload that is erased at this instant."""
    return _ERASED + to_microseconds(at).to_bytes(TOMBSTONE_BYTES - 1, "big")


def is_erased(kept: bytes) -> bool:
    """Whether a tombstone stands where the payload was."""
    return len(kept) == TOMBSTONE_BYTES and kept.startswith(_ERASED)


def erased_at(kept: bytes) -> datetime | None:
    """When a payload was erased (UTC); ``None`` for one that is still there."""
    return from_microseconds(int.from_bytes(kept[1:], "big")) if is_erased(kept) else None
