"""This computer's clock and identifiers."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from uuid import UUID

_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62


class SystemClock:
    """A :class:`kopuro_pos.agent.ports.Clock`."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC)


class SystemIds:
    """A :class:`kopuro_pos.agent.ports.Ids`: RFC 9562 version 7, of milliseconds and 74 random bits."""

    def new(self) -> UUID:
        """A new identifier."""
        milliseconds = int(datetime.now(UTC).timestamp() * 1000)
        return UUID(int=milliseconds << 80 | _VERSION_7 | secrets.randbits(12) << 64 | _VARIANT | secrets.randbits(62))
