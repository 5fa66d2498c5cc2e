"""What prescribing and dispensing ask of their surroundings.

The books are kept in the same store: their methods run inside the caller's transaction, so that what they say holds
until COMMIT. The sources are other systems, asked before it begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from sqlalchemy import Connection

from gateway.rules.medicines.reference import ReferenceVersion


class MedicineRegister(Protocol):
    """The reference of medicines («Маалымдама»), kept in memory and refreshed from the store."""

    def on(self, day: date) -> ReferenceVersion | None:
        """The version in force on a Bishkek day; ``None`` when there is none."""
        ...

    def version(self, number: int) -> ReferenceVersion | None:
        """A version by its number."""
        ...


class ContractBook(Protocol):
    """The pharmacies' contracts with the fund (clauses 27 to 31, 53)."""

    def in_force(self, connection: Connection, pharmacy: str, day: date) -> bool:
        """Whether a pharmacy has a contract on a Bishkek day, its first and last days included."""
        ...


class LimitBook(Protocol):
    """The indicative limit of a patient's year (clause 21(1))."""

    def limit(self, connection: Connection, day: date) -> int | None:
        """Multiplier × per-capita norm in force on a Bishkek day, in tyiyn; ``None`` while nobody has set it."""
        ...


@dataclass(frozen=True, slots=True)
class Charge:
    """A settled sum to be charged to a region's budget of the year of sale, in tyiyn above zero."""

    region: str
    year: int
    amount: int


@dataclass(frozen=True, slots=True)
class Split:
    """How a sum was charged: to the budget of the year of sale, and the excess to that of the next (clause 8)."""

    now: int
    next: int


class BudgetBook(Protocol):
    """The budgets of regions and years (clauses 7 to 9). An exhausted one stops no dispense: the next year pays."""

    def charge(self, connection: Connection, charges: Sequence[Charge]) -> Sequence[Split]:
        """Charge sums, one after the other; the splits in their order. No budget is ever charged above its sum."""
        ...

    def give_back(self, connection: Connection, charges: Sequence[tuple[Charge, Split]]) -> None:
        """Take charges back exactly as they were split."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class InsuranceAnswer:
    """What the insurer confirmed of a person (clauses 5 and 21(3)).

    ``organisation`` is where the person is registered («катталган»), six digits, ``None`` when nowhere. ``reference``
    is the source's own number of its answer, ``checked_at`` when it gave it (UTC).
    """

    insured: bool
    organisation: str | None
    checked_at: datetime
    source: str
    reference: str


class InsuranceSource(Protocol):
    """Who tells whether a person is insured, and where registered."""

    async def check(self, pin: str) -> InsuranceAnswer | None:
        """A confirmed answer, or ``None`` when none could be had: then nobody is presumed insured."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxStanding:
    """What the national medicines database says of one box. Sums are som.

    ``gtin`` is the box's own. ``largest_retail_price`` is that of the box; ``remaining_units`` what is left of one
    that was sold in part.
    """

    gtin: str
    for_sale: bool
    sold: bool
    expired: bool
    recalled: bool
    largest_retail_price: Decimal | None
    remaining_units: int | None


class BoxSource(Protocol):
    """Who tells of boxes by their code."""

    async def inquire(self, code: str) -> BoxStanding | None:
        """What is known of a box; ``None`` when there was no answer or the box is unknown there."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FundDispense:
    """A dispense as the fund has it. Sums are som; ``reversed`` when the fund has taken the reversal as well."""

    dispense: UUID
    record_number: str
    sold_on: date
    compensation: Decimal
    settled: Decimal
    reversed: bool


class FundLedger(Protocol):
    """The fund's own list of dispenses, for reconciliation."""

    async def dispenses(self, pharmacy: str, first: date, last: date) -> Sequence[FundDispense] | None:
        """All of a pharmacy sold within Bishkek days, both included; ``None`` when the fund gave no usable answer."""
        ...
