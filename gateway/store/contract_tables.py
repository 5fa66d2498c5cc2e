"""The tables of pharmacy contracts, budget and limit (regulation on the drug programme, chapters 2, 4 and 6).

Sums are whole tyiyn, a hundredth of a som; days are Bishkek days. Who stands behind a pharmacy, and what the parties
claim of each other, is sealed.
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
    Text,
    Uuid,
    text,
)

from gateway.store.tables import metadata
from gateway.store.types import UtcInstant

contract_applications = Table(
    "contract_applications",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("pharmacy", String(6), nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("filed_at", UtcInstant, nullable=False),
    Column("filed_on", Date, nullable=False),
    Column("filed_by", String(80), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("decided_at", UtcInstant),
    Column("decided_on", Date),
    Column("decided_by", String(80)),
    Column("reasons", Text),
    # A pharmacy has one application under consideration at a time.
    Index(
        "uq_contract_applications_pharmacy",
        "pharmacy",
        unique=True,
        sqlite_where=text("state = 1"),
        postgresql_where=text("state = 1"),
    ),
)
"""Applications for a contract (clauses 28 and 30); ``reasons`` is a JSON list, given when it was refused."""

pharmacy_contracts = Table(
    "pharmacy_contracts",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", String(64), nullable=False, unique=True),
    Column("application", Uuid, ForeignKey("contract_applications.id"), nullable=False, unique=True),
    Column("pharmacy", String(6), nullable=False),
    Column("concluded_on", Date, nullable=False),
    Column("concluded_by", String(80), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("prolongations", SmallInteger, nullable=False, server_default=text("0")),
    Column("terminated_from", Date),
    Column("termination_reason", Text),
    Column("report_deadline_days", SmallInteger, nullable=False),
    Column("tax_source", String(128), nullable=False),
    Column("tax_reference", String(64), nullable=False),
    Index("ix_pharmacy_contracts_pharmacy", "pharmacy", "starts_on"),
)
"""Contracts with pharmacies (clauses 27 to 29, 52 and 53). ``starts_on`` and ``ends_on`` are within it; from
``terminated_from`` on it no longer counts. The check for tax debts is of the day on which it was concluded."""

contract_claims = Table(
    "contract_claims",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("contract", Uuid, ForeignKey("pharmacy_contracts.id"), nullable=False),
    Column("party", String(10), nullable=False),
    Column("filed_at", UtcInstant, nullable=False),
    Column("filed_by", String(80), nullable=False),
    Column("settled_at", UtcInstant),
    Column("settled_by", String(80)),
    Column("payload", LargeBinary, nullable=False),
    Index("ix_contract_claims_contract", "contract", "id"),
)
"""What the parties of a contract claim of each other (clause 29); while one is open it is not prolonged."""

budgets = Table(
    "budgets",
    metadata,
    Column("region", String(20), primary_key=True),
    Column("year", SmallInteger, primary_key=True, autoincrement=False),
    Column("insured", Integer),
    Column("norm", BigInteger),
    Column("approved", BigInteger),
    Column("basis", String(64)),
    Column("approved_at", UtcInstant),
    Column("approved_by", String(80)),
    Column("transferred", BigInteger, nullable=False, server_default=text("0")),
    Column("carried", BigInteger, nullable=False, server_default=text("0")),
    Column("charged", BigInteger, nullable=False, server_default=text("0")),
    Column("lapsed", BigInteger),
    Column("overrun", BigInteger),
    Column("closed_at", UtcInstant),
    Column("closed_by", String(80)),
)
"""The budgets of regions and years (clauses 7 to 9). ``carried`` is what the year before has left to this one to pay,
``charged`` what was sold and is paid in the year itself. ``lapsed`` and ``overrun`` are written when it is closed."""

budget_transfers = Table(
    "budget_transfers",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("year", SmallInteger, nullable=False),
    Column("source", String(20), nullable=False),
    Column("target", String(20), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("analysis", String(64), nullable=False),
    Column("made_at", UtcInstant, nullable=False),
    Column("made_by", String(80), nullable=False),
    Index("ix_budget_transfers_year", "year", "id"),
)
"""Funds moved between regions within a year, each after an analysis (clause 9)."""

patient_limits = Table(
    "patient_limits",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("effective_on", Date, nullable=False),
    Column("norm", BigInteger, nullable=False),
    Column("multiplier", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("set_at", UtcInstant, nullable=False),
    Column("set_by", String(80), nullable=False),
    Index("ix_patient_limits_effective_on", "effective_on", "set_at"),
)
"""What the limit of a patient's year is reckoned from, since when (clause 21(1)). Rows are only ever added."""
