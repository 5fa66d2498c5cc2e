"""What the rules of dispensing know besides the sale itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Protocol

from gateway.rules.compensation import NOTHING, Course
from gateway.rules.days import bishkek_day
from gateway.rules.medicines.reference import ReferenceVersion
from schemas.medicines import Medicine, Position
from schemas.treated_case.terms import InsuredCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class DispensingSettings:
    """Where the regulation leaves room, our reading by default and the other one by setting.

    ``lower_than_shelf_allowed``: clause 39 has the price «correspond to» the showcase's; a lower one is remarked, or
    refused where this is off. ``least_patient_share``: clause 3(2) has the patient pay a part and does not say how
    much; a part of the compensated units' value, from 0 to 1. ``partial_fills``: a course may be dispensed in several
    sales (clause 43); where this is off the first sale closes the prescription. ``extra_units_allowed``: units above
    the course may be sold with it at the patient's cost (clause 43).

    ``clock_tolerance`` is how far a till's clock may run ahead of ours. A sale may be recorded ``late_freely`` after it
    was made, and up to ``late_under_hold`` after the pharmacy took a hold for it. A hold keeps others away for
    ``hold_for``; a quote stands for ``quote_for``.
    """

    lower_than_shelf_allowed: bool = True
    least_patient_share: Decimal = NOTHING
    partial_fills: bool = True
    extra_units_allowed: bool = True
    clock_tolerance: timedelta = timedelta(minutes=5)
    late_freely: timedelta = timedelta(minutes=15)
    late_under_hold: timedelta = timedelta(hours=72)
    hold_for: timedelta = timedelta(minutes=30)
    quote_for: timedelta = timedelta(minutes=30)

    def __post_init__(self) -> None:
        if not 0 <= self.least_patient_share <= 1:
            raise ValueError("the patient's least share is a part, from 0 to 1")


DEFAULT_SETTINGS: Final = DispensingSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescriptionFacts:
    """A prescription as it stands. ``medicine`` is the row that was prescribed, of the version at issue.

    ``issued_on`` and ``valid_until`` are Bishkek days, the last included. ``diagnosis``, ``position`` (of the
    prescriber) and ``category`` (of the insured) are as ordered: a special designation is looked at again (clause 25).
    ``held_by_other_since`` and ``held_by_other_until`` tell of a hold of another pharmacy.
    """

    medicine: Medicine
    course: Course
    issued_on: date
    valid_until: date
    diagnosis: str
    position: Position
    category: InsuredCategory | None
    cancelled: bool = False
    dispensed: bool = False
    held_by_other_since: datetime | None = None
    held_by_other_until: datetime | None = None


class BoxStanding(Protocol):
    """What the national medicines database says of a box; ``gateway.programme.ports.BoxStanding`` is one."""

    @property
    def gtin(self) -> str:
        """The box's own number."""
        ...

    @property
    def for_sale(self) -> bool:
        """Whether it may be sold."""
        ...

    @property
    def sold(self) -> bool:
        """Whether all of it is sold."""
        ...

    @property
    def expired(self) -> bool:
        """Whether it is past its date."""
        ...

    @property
    def recalled(self) -> bool:
        """Whether it was suspended or recalled."""
        ...

    @property
    def largest_retail_price(self) -> Decimal | None:
        """Of the whole box, in som."""
        ...

    @property
    def remaining_units(self) -> int | None:
        """Units left in a box that was sold in part."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleFacts:
    """The circumstances of one sale. ``now`` and ``sold_at`` are aware instants.

    ``reference`` is the version in force on :attr:`sold_on` (clause 43, «колдонуудагы»). ``contracted_at_sale`` tells
    whether the pharmacy's contract covers that day, ``contracted_now`` whether it covers the present one.
    ``hold_taken_at`` is when this pharmacy took the hold it names. ``standings`` are answers of the national medicines
    database by box code; boxes without an answer are judged by their code alone.
    """

    now: datetime
    sold_at: datetime
    reference: ReferenceVersion | None
    contracted_at_sale: bool
    contracted_now: bool
    hold_taken_at: datetime | None = None
    standings: Mapping[str, BoxStanding] = field(default_factory=lambda: MappingProxyType({}))
    settings: DispensingSettings = DEFAULT_SETTINGS

    @property
    def sold_on(self) -> date:
        """The Bishkek day of the sale."""
        return sale_day(self.sold_at, self.now)


def sale_instant(sold_at: datetime | None, now: datetime) -> datetime:
    """When a sale was made: now, unless said to be before. A clock that runs ahead carries it into no other day."""
    return now if sold_at is None else min(sold_at, now)


def sale_day(sold_at: datetime | None, now: datetime) -> date:
    """The Bishkek day of a sale: that of the reference, of the contract and of the prescription's term."""
    return bishkek_day(sale_instant(sold_at, now))
