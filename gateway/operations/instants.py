"""Identifiers are in order of time, so an instant bounds them: a range of the key, not the whole table."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

_MINUTE_OF_MILLISECONDS = 60_000
"""Identifiers and acceptance instants are taken a moment apart: a minute's slack costs nothing and hides no row."""


def lowest_id(instant: datetime) -> UUID:
    """The smallest UUIDv7 of a moment shortly before ``instant``."""
    return UUID(int=max(0, int(instant.timestamp() * 1000) - _MINUTE_OF_MILLISECONDS) << 80)


def highest_id(instant: datetime) -> UUID:
    """The largest UUIDv7 of a moment shortly after ``instant``; there is none from before 1970."""
    return UUID(int=(max(1, int(instant.timestamp() * 1000) + _MINUTE_OF_MILLISECONDS + 1) << 80) - 1)
