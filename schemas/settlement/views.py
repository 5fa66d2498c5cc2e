"""What is answered in settlement. Sums are som, days are Bishkek days, months are named ``2026-01``."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from schemas.amounts import SignedMoney
from schemas.api import Answer, FindingView
from schemas.settlement.terms import (
    DifferenceKind,
    DisputeStateName,
    EntryKindName,
    Liable,
    Party,
    ReportStateName,
    SignerRole,
    Source,
)


class DocumentView(Answer):
    """A document by its number and day."""

    number: str
    on: date


class EntryView(Answer):
    """What changes the worth of a line (clauses 23, 46 to 50, 53)."""

    id: UUID
    kind: EntryKindName
    dispense: UUID
    amount: SignedMoney
    source: Source | None
    """How a wrong medicine was found out (clause 46)."""
    liable: tuple[Liable, ...]
    """Who makes good (clause 23)."""
    document: DocumentView | None
    """The inspection act or the commission's protocol."""
    decided_at: datetime
    act: UUID | None
    """The act that has taken it in; ``null`` while it waits, and for what no pharmacy's act takes in."""


class ReportView(Answer):
    """A monthly report (clauses 41, 45, 51)."""

    id: UUID
    pharmacy: str
    month: str
    state: ReportStateName
    opened_at: datetime
    formed_at: datetime | None
    lines: int
    late_lines: int
    """Those sold in earlier months."""
    retail: SignedMoney
    patient: SignedMoney
    compensation: SignedMoney
    settled: SignedMoney
    """Compensation after comparing with the receipts (clause 44)."""
    outside_contract: SignedMoney
    """What clause 53 takes away, zero or less."""
    payable: SignedMoney
    """What the report asks the fund for."""
    digest: str | None
    """SHA-256 of the lines, in hexadecimal; the same dispenses always give the same."""
    due_on: date | None
    """The last day to submit it in time, by the contract (clause 52)."""
    submitted_at: datetime | None
    findings: tuple[FindingView, ...]


class ReportPage(Answer):
    """Reports in the order they were opened."""

    items: tuple[ReportView, ...]
    next: UUID | None
    """Value of ``after`` for the next page; ``null`` at the end."""


class LineView(Answer):
    """A dispense or reversal of a report; a reversal's sums are below zero."""

    dispense: UUID
    reversal_of: UUID | None
    sold_on: date
    late: bool
    prescription_ending: str
    """Last four digits of the prescription's number."""
    medicine: str
    reference_version: int
    units: int
    compensated_units: int
    retail: SignedMoney
    patient: SignedMoney
    compensation: SignedMoney
    settled: SignedMoney
    payable: SignedMoney
    """Zero for what was sold outside the contract (clause 53)."""
    entries: tuple[EntryView, ...]


class ReportDetail(ReportView):
    """A report with some of its lines, by day of sale."""

    act: UUID | None
    items: tuple[LineView, ...]
    next: UUID | None
    """Value of ``after`` for the next lines; ``null`` at the end."""


class SignatureView(Answer):
    """A signature under an act."""

    role: SignerRole
    person: UUID
    """The person's id in our register."""
    signed_at: datetime


class ActView(Answer):
    """An act of mutual settlement (clauses 45 to 50)."""

    id: UUID
    number: str
    report: UUID
    pharmacy: str
    month: str
    state: ReportStateName
    drawn_at: datetime
    settled: SignedMoney
    """The settled sum of the report's lines."""
    total: SignedMoney
    """What is to be paid: the settled sum and all entries. Below zero it is the pharmacy that owes."""
    entries: tuple[EntryView, ...]
    digest: str
    """SHA-256 of the act, in hexadecimal: what is signed."""
    signatures: tuple[SignatureView, ...]
    payment_reference: str | None
    paid_at: datetime | None


class DisputeView(Answer):
    """A dispute (clauses 48 to 50)."""

    id: UUID
    dispense: UUID
    pharmacy: str
    state: DisputeStateName
    statement: str
    filed_at: datetime
    amount: SignedMoney | None
    """What the fund pays for the dispense by the protocol; ``null`` when it is refused or undecided."""
    members: tuple[str, ...]
    protocol: DocumentView | None
    decided_at: datetime | None


class DisputePage(Answer):
    """Disputes in the order they were filed."""

    items: tuple[DisputeView, ...]
    next: UUID | None
    """Value of ``after`` for the next page; ``null`` at the end."""


class ColumnView(Answer):
    """One side of a reconciliation: dispenses that count there, and their settled sum."""

    count: int
    settled: SignedMoney


class DifferenceView(Answer):
    """One difference, with the settled sum that each side has."""

    kind: DifferenceKind
    dispense: UUID | None
    row: int | None
    """Row of the pharmacy's list, from 1."""
    party: Party | None
    """Who differs from us."""
    pharmacy: SignedMoney | None
    gateway: SignedMoney | None
    fund: SignedMoney | None


class ReconciliationView(Answer):
    """The pharmacy's list, our journal and the fund's answer side by side."""

    pharmacy: ColumnView
    gateway: ColumnView
    fund: ColumnView | None
    """``null`` when the fund gave no answer."""
    differences: tuple[DifferenceView, ...]
