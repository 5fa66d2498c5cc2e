"""Budgets of regions and years (regulation on the additional drug programme, clauses 7 to 9). Sums are som."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from schemas.amounts import Money, PositiveMoney, SignedMoney
from schemas.api import Answer, Command
from schemas.base import ONE_LINE, Contract, ShortText

Year = Annotated[int, Field(ge=2020, le=2199)]
"""A calendar year, which is the budget's («отчеттук жыл»)."""


class RegionName(StrEnum):
    """A row of the roll-out schedule; each has a budget of its own."""

    BISHKEK = "bishkek"
    BATKEN = "batken"
    JALAL_ABAD = "jalal-abad"
    NARYN = "naryn"
    OSH = "osh"
    ISSYK_KUL = "issyk-kul"
    TALAS = "talas"
    CHUI = "chui"
    NATIONAL = "national"


class RegionInsured(Contract):
    """How many insured are registered in a region."""

    region: RegionName
    insured: Annotated[int, Field(ge=0, le=100_000_000)]


class BudgetApproval(Command, Contract):
    """Approve the budgets of regions: insured × norm each (clause 7)."""

    year: Year
    norm: PositiveMoney
    """Per-capita norm («жан башына ченем») of the year, in som."""
    basis: ShortText
    """Number of the document by which it is approved."""
    regions: Annotated[tuple[RegionInsured, ...], Field(min_length=1, max_length=20)]


class BudgetTransfer(Command, Contract):
    """Move funds from one region to another within the year (clause 9)."""

    year: Year
    source: RegionName
    target: RegionName
    amount: PositiveMoney
    analysis: Annotated[str, StringConstraints(max_length=64, pattern=ONE_LINE)] | None = None
    """The analysis on whose grounds it is done: its number or date."""


class RegionBudgetView(Answer):
    """How the budget of a region and year stands."""

    region: str
    insured: int | None
    norm: Money | None
    approved: Money | None
    """Insured × norm; ``null`` while none is approved."""
    basis: str | None
    transferred: SignedMoney
    """What other regions have given it; below zero what it has given."""
    total: Money | None
    """What may be spent: approved and transferred."""
    carried: Money
    """What was sold beyond the budget of the year before and is paid from this one (clause 8)."""
    charged: Money
    """What was sold in the year and is paid from its budget."""
    remaining: Money
    """What can still be spent; zero once the year is closed."""
    overrun: Money
    """What was sold in the year and is paid from the next year's budget."""
    unbudgeted: Money
    """What is charged or carried with no approved budget to cover it."""
    lapsed: Money | None
    """What was left when the year was closed; it does not carry over (clause 8)."""
    closed_at: datetime | None


class BudgetTotals(Answer):
    """The same over all regions."""

    approved: Money
    total: Money
    carried: Money
    charged: Money
    remaining: Money
    overrun: Money
    unbudgeted: Money
    lapsed: Money


class BudgetTransferView(Answer):
    """Funds moved between regions."""

    id: UUID
    source: str
    target: str
    amount: Money
    analysis: str
    made_at: datetime


class BudgetYearView(Answer):
    """The budgets of a year, in order of regions."""

    year: int
    closed: bool
    regions: tuple[RegionBudgetView, ...]
    totals: BudgetTotals
    transfers: tuple[BudgetTransferView, ...]
    """In the order they were made."""
