"""What the rules of prescribing know besides the order itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gateway.rules.days import bishkek_day
from gateway.rules.medicines.reference import ReferenceVersion
from gateway.rules.validity import DEFAULT_POLICY, ValidityPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class InsuranceFacts:
    """What was confirmed of the patient on the day of issue (clauses 5 and 21(3)).

    ``organisation`` is where the patient is registered, ``None`` for nowhere; ``organisation_known`` tells whether our
    register has it.
    """

    insured: bool
    organisation: str | None
    organisation_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryFacts:
    """What was issued to the patient before.

    ``prescribed_before``: there is an earlier prescription of the same generic group that was not cancelled (clause
    17). ``open_until`` is the last Bishkek day of an open one for the same name of the reference (clause 18).
    """

    prescribed_before: bool = False
    open_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitFacts:
    """The patient's limit of the calendar year of issue, what is used and what is set aside of it, in tyiyn.

    ``limit`` is ``None`` while nobody has set it.
    """

    limit: int | None
    used: int = 0
    reserved: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescribingFacts:
    """The circumstances of one order.

    ``now`` is the instant of issue (UTC), ``sender_organisations`` whose prescriptions the sender may issue (``None``
    for everybody's), ``organisation_known`` whether the register has the prescriber's. The register of organisations
    knows no kinds, so that clause 4 is held by the prescriber's position and by who may send. ``reference`` is the
    version in force on the day, if there is one. ``insurance`` is ``None`` when no confirmed answer could be had.
    """

    now: datetime
    sender_organisations: frozenset[str] | None
    organisation_known: bool
    reference: ReferenceVersion | None
    insurance: InsuranceFacts | None
    history: HistoryFacts
    limit: LimitFacts
    policy: ValidityPolicy = DEFAULT_POLICY

    @property
    def today(self) -> date:
        """The Bishkek day of issue."""
        return bishkek_day(self.now)
