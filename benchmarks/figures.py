"""What is measured: named figures, a value a round, and their medians."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """Something that is measured. ``name`` is stable.

    The unit is ``1/s``, ``ms``, ``µs``, ``s``, ``MB``, ``×`` or ``%``.
    """

    name: str
    title: str
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def aim(self) -> str:
        """The aim in words; empty when there is none."""
        if self.at_least is not None:
            return f"≥ {self.at_least:,g}"
        return f"≤ {self.at_most:,g}" if self.at_most is not None else ""

    def met(self, value: float) -> bool | None:
        """Whether the aim is met; ``None`` without an aim."""
        if self.at_least is not None:
            return value >= self.at_least
        return value <= self.at_most if self.at_most is not None else None


@dataclass(frozen=True, slots=True)
class Sample:
    """One window of a closed loop. Times in seconds."""

    rate: float
    p50: float
    p99: float

    @classmethod
    def of(cls, latencies: list[float], seconds: float) -> Sample:
        """Of what was answered within ``seconds``."""
        if not latencies:
            raise RuntimeError("nothing was answered within the window")
        latencies.sort()
        last = len(latencies) - 1
        return cls(len(latencies) / seconds, latencies[last // 2], latencies[round(last * 0.99)])


@dataclass(slots=True)
class Figures:
    """The values of a run, a round's value after the other."""

    values: dict[Figure, list[float]] = field(default_factory=dict)

    def note(self, figure: Figure, value: float) -> None:
        """One more value."""
        self.values.setdefault(figure, []).append(value)

    def note_sample(self, name: str, title: str, sample: Sample, **rate_aims: float) -> None:
        """The three figures of a closed loop: rate and the times of the middle and of the slowest hundredth."""
        slowest = rate_aims.pop("p99_at_most", None)
        self.note(Figure(f"{name}.rate", title, "1/s", **rate_aims), sample.rate)
        self.note(Figure(f"{name}.p50", f"{title}: p50", "ms"), sample.p50 * 1000)
        self.note(Figure(f"{name}.p99", f"{title}: p99", "ms", at_most=slowest), sample.p99 * 1000)

    def as_json(self) -> list[dict[str, Any]]:
        """Every figure with its median and all its values."""
        return [_as_json(figure, values) for figure, values in self.values.items()]


def _as_json(figure: Figure, values: Iterable[float]) -> dict[str, Any]:
    rounded = [round(value, 4) for value in values]
    middle = median(rounded)
    return {
        "name": figure.name,
        "title": figure.title,
        "unit": figure.unit,
        "median": middle,
        "lowest": min(rounded),
        "highest": max(rounded),
        "aim": figure.aim,
        "met": figure.met(middle),
        "values": rounded,
    }
