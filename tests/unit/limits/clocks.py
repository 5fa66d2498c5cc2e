"""Clocks that stand still unless moved."""

from __future__ import annotations


class Ticks:
    """Whole microseconds."""

    def __init__(self, at: int = 10_000_000) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at

    def move(self, seconds: float) -> None:
        self.at += round(seconds * 1_000_000)


class Seconds:
    """Seconds as a float."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at
