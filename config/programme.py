"""``[programme]``: where the regulation on the additional drug programme leaves room, and what a pharmacy may ask."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from config.sections import Section
from gateway.limits.lookups import LookupPolicy
from gateway.rules.dispensing import DispensingSettings
from gateway.rules.validity import ValidityPolicy
from schemas.medicines import ControlledClass

Days = Annotated[int, Field(ge=1, le=366)]
Minutes = Annotated[int, Field(ge=0, le=1440)]


class ProgrammeSettings(Section):
    """``[programme]``: clauses are those of the regulation; the reasons for our readings stand in docs/programme.md."""

    validity_days: Days = 30
    """How long a prescription is valid, in calendar days of Bishkek (clause 40)."""
    counts_day_of_issue: bool = False
    """Whether the day of issue is the first of them; by default they begin on the day after."""
    psychotropic_days: Days | None = None
    """Validity of psychotropic medicines, from the Cabinet's rules; without it they cannot be prescribed."""
    narcotic_days: Days | None = None
    """The same of narcotic medicines."""
    partial_fills: bool = True
    """Whether a course may be dispensed in several sales; else the first closes the prescription (clause 43)."""
    extra_units: bool = True
    """Whether units above the course may be sold with it, at the patient's cost (clause 43)."""
    lower_than_shelf: bool = True
    """Whether the price may be below the showcase's; it is remarked then (clause 39)."""
    least_patient_share: Annotated[Decimal, Field(ge=0, le=1)] = Decimal(0)
    """Least part of the value of compensated units that the patient pays (clause 3(2)), from 0 to 1."""
    hold_minutes: Annotated[int, Field(ge=1, le=1440)] = 30
    """How long a pharmacy holds a prescription against others."""
    quote_minutes: Annotated[int, Field(ge=1, le=1440)] = 30
    """How long a quote stands."""
    late_minutes: Minutes = 15
    """How late a sale may be recorded without a hold."""
    late_hours_under_hold: Annotated[int, Field(ge=0, le=168)] = 72
    """How long after a hold was taken a sale made under it may be recorded."""
    clock_tolerance_seconds: Annotated[int, Field(ge=0, le=3600)] = 300
    """How far a till's clock may be ahead."""
    lookups: LookupPolicy = LookupPolicy()
    """How many look-ups may fail (clause 34)."""

    def validity(self) -> ValidityPolicy:
        """The terms of prescriptions."""
        controlled = {
            ControlledClass.PSYCHOTROPIC: self.psychotropic_days,
            ControlledClass.NARCOTIC: self.narcotic_days,
        }
        return ValidityPolicy(
            days=self.validity_days,
            counts_day_of_issue=self.counts_day_of_issue,
            controlled={kind: days for kind, days in controlled.items() if days is not None},
        )

    def dispensing(self) -> DispensingSettings:
        """What the rules of dispensing are told."""
        return DispensingSettings(
            lower_than_shelf_allowed=self.lower_than_shelf,
            least_patient_share=self.least_patient_share,
            partial_fills=self.partial_fills,
            extra_units_allowed=self.extra_units,
            clock_tolerance=timedelta(seconds=self.clock_tolerance_seconds),
            late_freely=timedelta(minutes=self.late_minutes),
            late_under_hold=timedelta(hours=self.late_hours_under_hold),
            hold_for=timedelta(minutes=self.hold_minutes),
            quote_for=timedelta(minutes=self.quote_minutes),
        )
