"""Token buckets as arithmetic: the generic cell rate algorithm (GCRA; ITU-T I.371, annex A). Pure.

A bucket is one number, the *theoretical arrival time* (TAT): the instant at which it will be full again. Instants and
spans are whole microseconds of any clock that does not go back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

SECOND: Final = 1_000_000
"""Microseconds in a second."""


@dataclass(frozen=True, slots=True)
class Quota:
    """``requests`` at once, made good evenly within ``seconds``.

    Whoever has been silent may send all of them in a moment and goes on at ``requests / seconds`` after that, so no
    stretch of ``w`` seconds ever sees more than ``requests * (1 + w / seconds)``.
    """

    name: str
    requests: int
    seconds: int
    interval: int = field(init=False)
    """Microseconds after which one request is made good; rounded up, so never more than was granted."""
    span: int = field(init=False)
    """Microseconds after which an empty bucket is full."""

    def __post_init__(self) -> None:
        if self.requests < 1 or self.seconds < 1:
            raise ValueError("a quota has at least one request and one second")
        object.__setattr__(self, "interval", -(-self.seconds * SECOND // self.requests))
        object.__setattr__(self, "span", self.interval * self.requests)


class Standing(NamedTuple):
    """How a bucket stands after a request. ``reset_seconds`` and ``retry_after`` are whole seconds, rounded up."""

    allowed: bool
    remaining: int
    """Requests that would pass now."""
    reset_seconds: int
    """Until the bucket is full; once nothing remains, until the next request passes. At least 1."""
    retry_after: int
    """Until the refused request would pass; 0 when it was allowed."""


def take(quota: Quota, tat: int, now: int, cost: int = 1) -> tuple[int, Standing]:
    """Take ``cost`` requests at once, or none of them; the bucket's new TAT and how it stands."""
    used_until = max(tat, now)
    wanted_until = used_until + cost * quota.interval
    if wanted_until - now <= quota.span:
        return wanted_until, standing(quota, wanted_until, now)
    wait = seconds_up(wanted_until - now - quota.span)
    return used_until, Standing(allowed=False, remaining=level(quota, tat, now), reset_seconds=wait, retry_after=wait)


def standing(quota: Quota, tat: int, now: int, held: int = 0) -> Standing:
    """How a bucket stands for one whose request was allowed and who has ``held`` more in hand."""
    remaining = min(level(quota, tat, now) + held, quota.requests)
    busy = tat - now if remaining else tat + quota.interval - now - quota.span
    return Standing(allowed=True, remaining=remaining, reset_seconds=seconds_up(busy), retry_after=0)


def level(quota: Quota, tat: int, now: int) -> int:
    """Requests that would pass at ``now``."""
    return max(0, quota.span - max(tat - now, 0)) // quota.interval


def give_back(quota: Quota, tat: int, cost: int = 1) -> int:
    """The TAT as if ``cost`` requests had not been taken."""
    return tat - cost * quota.interval


def seconds_up(microseconds: int) -> int:
    """Whole seconds, rounded up, at least 1: what ``Retry-After`` can say."""
    return max(1, -(-microseconds // SECOND))
