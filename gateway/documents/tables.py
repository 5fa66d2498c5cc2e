"""A document that is a table with a head and signatures: what it says, apart from how it looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from gateway.rules.days import BISHKEK

Cell = str | int | Decimal | date | None
"""What stands in a cell. Decimals are sums in som, with two digits."""


class Kind(Enum):
    """What a column holds, and so how it is set."""

    TEXT = "text"
    COUNT = "count"
    SUM = "sum"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``width`` is in points on paper."""

    heading: str
    kind: Kind
    width: float


@dataclass(frozen=True, slots=True)
class SignatureBlock:
    """Who is to sign, and what has been signed; without ``signed`` a line is left for the hand."""

    office: str
    signed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDocument:
    """A whole document in one language.

    ``facts`` stand above the table, with their labels; ``totals`` is its last row; ``notes`` and ``signatures`` stand
    below. ``page`` is the word before page numbers.
    """

    title: str
    facts: Sequence[tuple[str, str]]
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    totals: Sequence[Cell]
    notes: Sequence[str] = ()
    signatures: Sequence[SignatureBlock] = field(default=())
    page: str


def shown(cell: Cell) -> str:
    """A cell as people read it: days as in Kyrgyzstan, sums with a dot and a minus sign that prints."""
    match cell:
        case None:
            return ""
        case Decimal():
            return f"{cell:,.2f}".replace(",", "\N{NO-BREAK SPACE}").replace("-", "−")
        case date():
            return f"{cell:%d.%m.%Y}"
        case _:
            return str(cell)


def shown_instant(instant: datetime) -> str:
    """An instant by the clock of Bishkek."""
    return f"{instant.astimezone(BISHKEK):%d.%m.%Y %H:%M}"
