"""What sheets and charts are drawn from; the drawing itself is slow to import, and needed by few."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from schemas.errors import Language
from schemas.programme.messages import IssuedPrescription


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What is printed. ``language`` is Kyrgyz or Russian; ``is_copy`` marks every sheet after the first."""

    message: IssuedPrescription
    organisation_name: str | None
    language: Language
    is_copy: bool = False


@dataclass(frozen=True, slots=True)
class ChartPrices:
    """The prices of a unit in a month, in som."""

    least: Fraction
    median: Fraction
    largest: Fraction


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """A month, named by its first day; without prices when nothing was sold."""

    month: date
    prices: ChartPrices | None
