"""The tables. Their history is in ``migrations/``; a test holds that both agree."""

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
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    Uuid,
    text,
)

from gateway.store.types import UtcInstant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

operations = Table(
    "operations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("upstream", String(40), nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("client", String(80), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("idempotency_key", String(255)),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("business_key", String(64), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("organisation", String(6), nullable=False),
    Column("pilot", Boolean(create_constraint=False), nullable=False),
    Column("findings", Text),
    Column("payload", LargeBinary, nullable=False),
    Column("traceparent", String(64)),
    Column("accepted_at", UtcInstant, nullable=False),
    Column("updated_at", UtcInstant, nullable=False),
    Column("due_at", UtcInstant, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("strikes", Integer, nullable=False, server_default=text("0")),
    Column("crashes", Integer, nullable=False, server_default=text("0")),
    Column("lease", Uuid),
    Column("lease_until", UtcInstant),
    Column("outcome", String(20)),
    Column("reason", String(120)),
    Column("record_number", String(64)),
    Column("rejections", LargeBinary),
    # Literals, not parameters: with a bound state PostgreSQL's generic plan would not use these partial indexes.
    Index(
        "uq_operations_client_idempotency_key",
        "client",
        "idempotency_key",
        unique=True,
        sqlite_where=text("idempotency_key IS NOT NULL"),
        postgresql_where=text("idempotency_key IS NOT NULL"),
    ),
    Index("uq_operations_business_key_revision", "business_key", "revision", unique=True),
    Index(
        "ix_operations_due",
        "upstream",
        "due_at",
        sqlite_where=text("state IN (1, 3)"),
        postgresql_where=text("state IN (1, 3)"),
    ),
    Index(
        "ix_operations_lease",
        "lease_until",
        sqlite_where=text("state = 2"),
        postgresql_where=text("state = 2"),
    ),
    Index(
        "ix_operations_attention",
        "state",
        "id",
        sqlite_where=text("state IN (3, 4)"),
        postgresql_where=text("state IN (3, 4)"),
    ),
)
"""What was accepted and what became of it; also the outbox: a row in state 1 or 3 is work that is due at ``due_at``."""

attempts = Table(
    "attempts",
    metadata,
    Column("operation_id", Uuid, ForeignKey("operations.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("step", String(10), nullable=False),
    Column("started_at", UtcInstant, nullable=False),
    Column("finished_at", UtcInstant),
    Column("message_id", String(64)),
    Column("outcome", String(20)),
    Column("reason", String(120)),
    Column("detail", Text),
)
"""Every try of an operation, begun before the first byte leaves."""

interventions = Table(
    "interventions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("subject", String(80), nullable=False),
    Column("action", String(20), nullable=False),
    Column("by", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcInstant, nullable=False),
    Index("ix_interventions_subject", "subject"),
)
"""What people did by hand, and why. The subject is an operation's id or an upstream's name."""

treated_cases = Table(
    "treated_cases",
    metadata,
    Column("ksf_number", String(17), primary_key=True),
    Column("organisation", String(6), nullable=False),
    Column("department", String(2), nullable=False),
    Column("discharge_year", SmallInteger, nullable=False),
    Column("stay_key", LargeBinary, nullable=False, unique=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("operation_id", Uuid, ForeignKey("operations.id"), nullable=False),
    Column("delivered_revision", Integer),
    Column("record_number", String(64)),
    Column("review_state", String(30)),
    Column("review_reason", LargeBinary),
    Column("review_amount", String(20)),
    Column("reviewed_at", UtcInstant),
)
"""A case under its КСФ number: the newest revision and what the fund said of it. A number is never given away again."""

ksf_counters = Table(
    "ksf_counters",
    metadata,
    Column("scope", String(40), primary_key=True),
    Column("last", BigInteger, nullable=False),
)
"""The last ordinal number given in a scope (order on Sanarip Clinic, Annex 3, clause 2)."""

events = Table(
    "events",
    metadata,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("type", String(40), nullable=False),
    Column("at", UtcInstant, nullable=False),
    Column("operation_id", Uuid),
    Column("organisation", String(6), nullable=False),
    Column("business_key", String(64), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", SmallInteger),
    Column("record_number", String(64)),
    Column("details", Text),
    Column("words", LargeBinary),
    Index(
        "ix_events_words",
        "position",
        sqlite_where=text("words IS NOT NULL"),
        postgresql_where=text("words IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)
"""What senders are told, in the order of its commits. ``words`` are an upstream's own about a case, sealed."""

upstreams = Table(
    "upstreams",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("paused", Boolean(create_constraint=False), nullable=False),
    Column("pause_reason", Text),
    Column("changed_at", UtcInstant, nullable=False),
    Column("last_success_at", UtcInstant),
)
"""Operators' switches per upstream."""

cursors = Table(
    "cursors",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("value", String(200)),
    Column("lease", Uuid),
    Column("lease_until", UtcInstant),
)
"""How far a reader of a feed has come; leased, so that of many nodes one reads."""

organisations = Table(
    "organisations",
    metadata,
    Column("code", String(6), primary_key=True),
    Column("name", Text, nullable=False),
    Column("region", String(20), nullable=False),
    Column("inn", String(14)),
    Column("okpo", String(8)),
    Column("equipped", Boolean(create_constraint=False), nullable=False),
    Column("equipped_since", Date),
)
"""The register of health organisations; ``equipped`` is the flag of the order's clause 10."""

departments = Table(
    "departments",
    metadata,
    Column("organisation", String(6), ForeignKey("organisations.code", ondelete="CASCADE"), primary_key=True),
    Column("code", String(2), primary_key=True),
    Column("name", Text, nullable=False),
)
"""The departments of an organisation."""
