"""The words of settlement on the wire."""

from __future__ import annotations

from enum import StrEnum


class ReportStateName(StrEnum):
    """Where a monthly report stands."""

    OPEN = "open"
    """Its lines are being taken in."""
    FORMED = "formed"
    SUBMITTED = "submitted"
    ACT_DRAFT = "act-draft"
    ACT_SIGNED = "act-signed"
    PAID = "paid"


class EntryKindName(StrEnum):
    """What changes the worth of a line."""

    OUTSIDE_CONTRACT = "outside-contract"
    NOT_COMPENSABLE = "not-compensable"
    SUPERSEDED = "superseded"
    DISPUTE_CARRIED = "dispute-carried"
    DISPUTE_DECIDED = "dispute-decided"
    CLAWBACK = "clawback"
    PRESCRIBER_RECOVERY = "prescriber-recovery"


class SignerRole(StrEnum):
    """In which office an act is signed (clause 45)."""

    PHARMACY_HEAD = "pharmacy-head"
    CHIEF_ACCOUNTANT = "chief-accountant"


class Source(StrEnum):
    """How it came out that the wrong medicine was dispensed (clause 46)."""

    MONITORING = "monitoring"
    """Monitoring of the database."""
    SURVEY = "survey"
    """A survey of patients."""


class Liable(StrEnum):
    """Who makes good what was prescribed without grounds (clause 23); both may."""

    PRESCRIBER = "prescriber"
    ORGANISATION = "organisation"


class DisputeStateName(StrEnum):
    """Where a dispute stands."""

    OPEN = "open"
    UPHELD = "upheld"
    REFUSED = "refused"


class Decision(StrEnum):
    """What a commission may decide."""

    UPHELD = "upheld"
    REFUSED = "refused"


class Party(StrEnum):
    """Who of the other two disagrees with us."""

    PHARMACY = "pharmacy"
    FUND = "fund"


class DifferenceKind(StrEnum):
    """What kind of difference a reconciliation has found."""

    MISSING_AT_PHARMACY = "missing-at-pharmacy"
    MISSING_AT_GATEWAY = "missing-at-gateway"
    """``party`` lists it, we do not know it."""
    MISSING_AT_FUND = "missing-at-fund"
    """The fund has acknowledged it, and does not list it."""
    UNDELIVERED = "undelivered"
    """The fund does not list it because it has not got it yet."""
    REJECTED_BY_FUND = "rejected-by-fund"
    SUM_DIFFERS = "sum-differs"
    REVERSED_ONLY_HERE = "reversed-only-here"
    """We have taken it back; ``party`` still counts it."""
    REVERSED_ONLY_AT_FUND = "reversed-only-at-fund"
    RECORD_NUMBER_DIFFERS = "record-number-differs"
    LISTED_TWICE = "listed-twice"
    """The pharmacy's list has it more than once."""
