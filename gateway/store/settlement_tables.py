"""The tables of settlement with pharmacies (regulation on the additional drug programme, chapter 8).

Sums are whole tyiyn. The lines of a report are the dispenses that carry its id; what changes a line's worth is an entry
beside it. No row of a report's lines, no entry and no signature is ever changed once an act has been drawn on it.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Uuid,
    text,
)

from gateway.store.tables import metadata
from gateway.store.types import UtcInstant

settlement_reports = Table(
    "settlement_reports",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("pharmacy", String(6), nullable=False),
    Column("month", Date, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("opened_at", UtcInstant, nullable=False),
    Column("formed_at", UtcInstant),
    Column("lines", Integer, nullable=False),
    Column("late_lines", Integer, nullable=False),
    Column("retail", BigInteger, nullable=False),
    Column("patient_sum", BigInteger, nullable=False),
    Column("compensation", BigInteger, nullable=False),
    Column("settled", BigInteger, nullable=False),
    Column("outside_contract", BigInteger, nullable=False),
    Column("first_sold_on", Date),
    Column("last_sold_on", Date),
    Column("digest", LargeBinary),
    Column("due_on", Date),
    Column("submitted_at", UtcInstant),
    Column("submitted_by", String(80)),
    Index("uq_settlement_reports_pharmacy_month", "pharmacy", "month", unique=True),
)
"""Monthly reports (clauses 41, 45, 51). ``month`` is its first day. While a report is open its sums grow with the lines
taken in. ``outside_contract`` is what clause 53 takes away, zero or less. Lines lie between the two days of sale."""

settlement_acts = Table(
    "settlement_acts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", String(20), nullable=False, unique=True),
    Column("report", Uuid, ForeignKey("settlement_reports.id"), nullable=False, unique=True),
    Column("pharmacy", String(6), nullable=False),
    Column("drawn_at", UtcInstant, nullable=False),
    Column("drawn_by", String(80), nullable=False),
    Column("settled", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("payment_reference", String(64)),
    Column("paid_at", UtcInstant),
    Column("paid_by", String(80)),
)
"""Acts of mutual settlement («өз ара эсептешүү актысы», clause 45): the settled sum of a report and the entries."""

act_signatures = Table(
    "act_signatures",
    metadata,
    Column("act", Uuid, ForeignKey("settlement_acts.id"), primary_key=True),
    Column("role", String(40), primary_key=True),
    Column("person", Uuid, nullable=False),
    Column("signed_at", UtcInstant, nullable=False),
    Column("digest", LargeBinary, nullable=False),
)
"""Who has signed an act in which role: a person of our register, and the digest of what was signed."""

settlement_disputes = Table(
    "settlement_disputes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("dispense", Uuid, ForeignKey("dispenses.id"), nullable=False, unique=True),
    Column("pharmacy", String(6), nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("statement", LargeBinary, nullable=False),
    Column("filed_at", UtcInstant, nullable=False),
    Column("filed_by", String(80), nullable=False),
    Column("amount", BigInteger),
    Column("members", LargeBinary),
    Column("protocol_number", String(64)),
    Column("protocol_date", Date),
    Column("decided_at", UtcInstant),
    Column("decided_by", String(80)),
    Index("ix_settlement_disputes_pharmacy", "pharmacy", "id"),
)
"""Disputes (clauses 48 to 50), one a dispense. Statement and names of the commission's members are sealed. ``amount``
is what an upheld one is worth by the protocol."""

settlement_entries = Table(
    "settlement_entries",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", SmallInteger, nullable=False),
    Column("dispense", Uuid, ForeignKey("dispenses.id"), nullable=False),
    Column("pharmacy", String(6), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("source", String(20)),
    Column("liable", String(40)),
    Column("document_number", String(64)),
    Column("document_date", Date),
    Column("decided_at", UtcInstant, nullable=False),
    Column("decided_by", String(80), nullable=False),
    Column("act", Uuid, ForeignKey("settlement_acts.id")),
    Index("ix_settlement_entries_dispense", "dispense"),
    Index(
        "ix_settlement_entries_waiting",
        "pharmacy",
        sqlite_where=text("act IS NULL"),
        postgresql_where=text("act IS NULL"),
    ),
    Index("ix_settlement_entries_act", "act", "id"),
    Index(
        "uq_settlement_entries_document",
        "dispense",
        "kind",
        "document_number",
        "document_date",
        unique=True,
        sqlite_where=text("kind IN (6, 7)"),
        postgresql_where=text("kind IN (6, 7)"),
    ),
)
"""What changes the worth of a line: it is worth its settled sum and all its entries. An entry waits until an act takes
it in. One inspection act takes a line's compensation back once (kinds 6 and 7: clawback and recovery)."""
