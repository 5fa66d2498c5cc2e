"""The real clock and the real identifiers."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from uuid import UUID

import uuid_utils.compat


class SystemClock:
    """A :class:`gateway.ports.Clock`: the machine's time."""

    def now(self) -> datetime:
        """The present instant in UTC."""
        return datetime.now(UTC)


class TimeOrderedIds:
    """A :class:`gateway.ports.Ids`: UUID version 7 (RFC 9562)."""

    def new(self) -> UUID:
        """A new identifier."""
        return uuid_utils.compat.uuid7()


def spread(seconds: float) -> float:
    """A moment within ``seconds``, at random: so that nodes do not all look at once."""
    return random.uniform(0, seconds)  # noqa: S311 - not a secret
