"""How far this machine's clock is from the gateway's, by the ``Date`` of its answers.

``Date`` has whole seconds and was written at some moment between our asking and its answer's arrival. Both leave a
range, and the offset is known as well as that range is narrow.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

_DATE_SECONDS: Final = 1.0
"""``Date`` is cut to the second."""


@dataclass(frozen=True, slots=True)
class ClockOffset:
    """``seconds`` our clock is ahead of the gateway's (negative: behind), give or take ``uncertainty``."""

    seconds: float
    uncertainty: float

    def agrees_with(self, other: ClockOffset) -> bool:
        """Whether both can be true of one clock."""
        return abs(self.seconds - other.seconds) <= self.uncertainty + other.uncertainty


def measure(date: str | None, *, asked_at: float, answered_at: float) -> ClockOffset | None:
    """From an answer's ``Date`` and our own times, in seconds since 1970; ``None`` without a date that can be read."""
    if date is None:
        return None
    try:
        theirs = parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None
    least, most = asked_at - theirs - _DATE_SECONDS, answered_at - theirs
    return ClockOffset(seconds=(least + most) / 2, uncertainty=(most - least) / 2)


def better(known: ClockOffset | None, new: ClockOffset | None) -> ClockOffset | None:
    """The one to go by: the narrower of two that agree, the newer of two that do not (a clock was set, or drifts)."""
    if known is None or new is None:
        return new or known
    if known.agrees_with(new) and known.uncertainty <= new.uncertainty:
        return known
    return new
