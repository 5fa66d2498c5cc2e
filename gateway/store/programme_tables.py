"""The tables of prescriptions and dispenses (regulation on the additional drug programme, chapters 4 and 7).

Sums are whole tyiyn, a hundredth of a som; doses are decimal numbers in text. Who the patient is, what for and by whom
is in the sealed payload; the patient is found by the blind index of the ПИН alone.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    Uuid,
    text,
)

from gateway.store.tables import metadata
from gateway.store.types import UtcInstant

prescriptions = Table(
    "prescriptions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", String(12), nullable=False, unique=True),
    Column("patient", LargeBinary, nullable=False),
    Column("organisation", String(6), nullable=False),
    Column("prescriber", LargeBinary, nullable=False),
    Column("region", String(20), nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("name_key", String(64), nullable=False),
    Column("group_key", String(64), nullable=False),
    Column("medicine", String(32), nullable=False),
    Column("reference_version", Integer, nullable=False),
    Column("issued_at", UtcInstant, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("valid_until", Date, nullable=False),
    Column("remote", Boolean(create_constraint=False), nullable=False),
    Column("course_dose", String(40), nullable=False),
    Column("dose_unit", String(10), nullable=False),
    Column("dispensed_dose", String(40), nullable=False, server_default=text("'0'")),
    Column("fills", Integer, nullable=False, server_default=text("0")),
    Column("reserved", BigInteger, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("operation_id", Uuid, ForeignKey("operations.id"), nullable=False),
    Column("ended_at", UtcInstant),
    Column("hold", Uuid),
    Column("held_by", String(6)),
    Column("held_since", UtcInstant),
    Column("held_until", UtcInstant),
    Index(
        "uq_prescriptions_patient_name_key",
        "patient",
        "name_key",
        unique=True,
        sqlite_where=text("state IN (1, 2)"),
        postgresql_where=text("state IN (1, 2)"),
    ),
    Index("ix_prescriptions_patient_group_key", "patient", "group_key", "issued_on"),
    Index(
        "ix_prescriptions_open",
        "valid_until",
        sqlite_where=text("state IN (1, 2)"),
        postgresql_where=text("state IN (1, 2)"),
    ),
)
"""Issued prescriptions. ``reserved`` is the part of the yearly limit still set aside (clause 21(1)). Open are states 1
(issued) and 2 (partially dispensed); no patient has two open ones of one name of the reference (clause 18). The name
key and the group key are digests of the name and of the generic group."""

patient_years = Table(
    "patient_years",
    metadata,
    Column("patient", LargeBinary, primary_key=True),
    Column("year", SmallInteger, primary_key=True),
    Column("used", BigInteger, nullable=False),
    Column("reserved", BigInteger, nullable=False),
)
"""What a patient has used and has set aside of the limit of a year of issue (clause 21(1))."""

dispenses = Table(
    "dispenses",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("prescription", Uuid, ForeignKey("prescriptions.id"), nullable=False),
    Column("fill", Integer, nullable=False),
    Column("reversal_of", Uuid, ForeignKey("dispenses.id"), unique=True),
    Column("reversed_by", Uuid),
    Column("pharmacy", String(6), nullable=False),
    Column("region", String(20), nullable=False),
    Column("sold_at", UtcInstant, nullable=False),
    Column("sold_on", Date, nullable=False),
    Column("recorded_at", UtcInstant, nullable=False),
    Column("medicine", String(32), nullable=False),
    Column("reference_version", Integer, nullable=False),
    Column("units", Integer, nullable=False),
    Column("compensated_units", Integer, nullable=False),
    Column("dose", String(40), nullable=False),
    Column("pack_price", BigInteger, nullable=False),
    Column("retail", BigInteger, nullable=False),
    Column("compensation", BigInteger, nullable=False),
    Column("patient_sum", BigInteger, nullable=False),
    Column("settled", BigInteger, nullable=False),
    Column("charged_now", BigInteger, nullable=False),
    Column("charged_next", BigInteger, nullable=False),
    Column("receipt_amount", BigInteger),
    Column("receipt_key", LargeBinary),
    Column("report", Uuid),
    Column("payload", LargeBinary, nullable=False),
    Column("findings", Text),
    Column("operation_id", Uuid, ForeignKey("operations.id"), nullable=False),
    Column("sale_operation_id", Uuid, ForeignKey("operations.id")),
    Index(
        "uq_dispenses_prescription_fill",
        "prescription",
        "fill",
        unique=True,
        sqlite_where=text("reversal_of IS NULL"),
        postgresql_where=text("reversal_of IS NULL"),
    ),
    Index("ix_dispenses_pharmacy_sold_on", "pharmacy", "sold_on", "id"),
    Index("ix_dispenses_pharmacy_recorded_at", "pharmacy", "recorded_at"),
    Index(
        "ix_dispenses_unreported",
        "pharmacy",
        "sold_on",
        sqlite_where=text("report IS NULL"),
        postgresql_where=text("report IS NULL"),
    ),
    Index("ix_dispenses_sold_on", "sold_on", "region"),
)
"""Dispenses, and reversals as rows of their own with the exact negatives. ``charged_now`` and ``charged_next`` split
the settled sum between the budgets of the year of sale and of the next (clause 8). A row with a ``report`` can no
longer be reversed."""

sold_boxes = Table(
    "sold_boxes",
    metadata,
    Column("box", LargeBinary, primary_key=True),
    Column("dispense", Uuid, ForeignKey("dispenses.id"), nullable=False),
    Index("ix_sold_boxes_dispense", "dispense"),
)
"""Whole boxes of dispenses that stand, by the keyed digest of GTIN and serial number: a box is sold once."""

quotes = Table(
    "quotes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("prescription", Uuid, ForeignKey("prescriptions.id"), nullable=False),
    Column("pharmacy", String(6), nullable=False),
    Column("created_at", UtcInstant, nullable=False),
    Column("expires_at", UtcInstant, nullable=False),
    Column("reference_version", Integer, nullable=False),
    Column("rules_version", String(20), nullable=False),
    Column("input_digest", LargeBinary, nullable=False),
    Column("answer", Text, nullable=False),
    Index("ix_quotes_expires_at", "expires_at"),
)
"""What a pharmacy was told a sale would come to, so that it can be reckoned again."""

insurance_checks = Table(
    "insurance_checks",
    metadata,
    Column("patient", LargeBinary, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("insured", Boolean(create_constraint=False), nullable=False),
    Column("organisation", String(6)),
    Column("checked_at", UtcInstant, nullable=False),
    Column("source", String(40), nullable=False),
    Column("reference", String(64), nullable=False),
)
"""Confirmed answers on insurance and attachment, valid on their Bishkek day alone (clause 21(3))."""
