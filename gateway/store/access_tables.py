"""The tables of access, limits and audit. Their history is in ``migrations/`` with that of all others."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    Uuid,
    text,
)

from gateway.store.tables import metadata
from gateway.store.types import UtcInstant

clients = Table(
    "clients",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("title", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("organisations", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("binding", String(10), nullable=False),
    Column("certificate", Text),
    Column("xroad_member", String(200)),
    Column("added_at", UtcInstant, nullable=False),
    Column("added_by", String(80), nullable=False),
    Column("revoked_at", UtcInstant),
    Column("revoked_by", String(80)),
    Column("reason", Text),
    Column("tokens_from", UtcInstant),
    # A member whose client was revoked may get another one.
    Index(
        "uq_clients_xroad_member",
        "xroad_member",
        unique=True,
        sqlite_where=text("revoked_at IS NULL"),
        postgresql_where=text("revoked_at IS NULL"),
    ),
)
"""Machines that may ask for tokens. ``organisations`` and ``scopes`` are JSON lists; ``["*"]`` is all of them. Tokens
issued before ``tokens_from`` are void."""

client_keys = Table(
    "client_keys",
    metadata,
    Column("client", String(80), ForeignKey("clients.id"), primary_key=True),
    Column("kid", String(64), primary_key=True),
    Column("jwk", Text, nullable=False),
    Column("added_at", UtcInstant, nullable=False),
    Column("not_after", UtcInstant),
    Column("revoked_at", UtcInstant),
)
"""Public keys of machines (JWK); several at once while they are rotated. A private part is never stored."""

enrolments = Table(
    "enrolments",
    metadata,
    Column("client", String(80), ForeignKey("clients.id"), primary_key=True),
    Column("code_hash", LargeBinary, nullable=False, unique=True),
    Column("issued_at", UtcInstant, nullable=False),
    Column("issued_by", String(80), nullable=False),
    Column("expires_at", UtcInstant, nullable=False),
    Column("kid", String(64)),
    Index("ix_enrolments_expires_at", "expires_at"),
)
"""One-time codes by which terminals register a key, one of a client at most, as SHA-256. One with a ``kid`` was
redeemed by that key, and until ``expires_at`` that key gets the same answer again."""

staff_grants = Table(
    "staff_grants",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("pin_index", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("organisation", String(6)),
    Column("region", String(20)),
    Column("role", String(40), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("granted_at", UtcInstant, nullable=False),
    Column("granted_by", String(80), nullable=False),
    Column("revoked_at", UtcInstant),
    Column("revoked_by", String(80)),
    Column("reason", Text),
    Index("ix_staff_grants_pin_index", "pin_index"),
    Index("ix_staff_grants_organisation", "organisation"),
)
"""Who may work where in which role, from Bishkek day to Bishkek day. ``sealed`` holds ПИН and name, encrypted."""

people = Table(
    "people",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("issuer", String(200), nullable=False),
    Column("subject", String(256), nullable=False),
    Column("pin_index", LargeBinary, nullable=False),
    Column("first_seen_at", UtcInstant, nullable=False),
    Index("uq_people_issuer_subject", "issuer", "subject", unique=True),
)
"""People who have signed in, by issuer and subject; the ПИН only as a blind index."""

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("state_hash", LargeBinary, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("expires_at", UtcInstant, nullable=False),
    Index("ix_sign_ins_expires_at", "expires_at"),
)
"""Sign-ins under way: state, nonce and verifier, each taken once."""

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("person", Uuid, ForeignKey("people.id"), nullable=False),
    Column("provider_session", String(256)),
    Column("method", String(40)),
    Column("csrf_hash", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("signed_in_at", UtcInstant, nullable=False),
    Column("seen_at", UtcInstant, nullable=False),
    Column("expires_at", UtcInstant, nullable=False),
    Column("ended_at", UtcInstant),
    Column("ended_why", String(40)),
    Index("ix_sessions_person", "person"),
    Index("ix_sessions_provider_session", "provider_session"),
    Index("ix_sessions_expires_at", "expires_at"),
)
"""Sessions of people. The cookie's value is not here, only its SHA-256; ``sealed`` holds what signing out needs."""

replays = Table(
    "replays",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("expires_at", UtcInstant, nullable=False),
    Index("ix_replays_expires_at", "expires_at"),
)
"""What may be used once and has been (``jti`` of assertions, proofs and logout tokens), until it is stale anyway."""

signing_keys = Table(
    "signing_keys",
    metadata,
    Column("kid", String(64), primary_key=True),
    Column("algorithm", String(10), nullable=False),
    Column("public", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("made_at", UtcInstant, nullable=False),
    Column("signs_from", UtcInstant, nullable=False),
    Column("retired_at", UtcInstant),
)
"""The gateway's own keys. Published before they sign and for a while after they have ceased to."""

rate_buckets = Table(
    "rate_buckets",
    metadata,
    Column("name", String(160), primary_key=True),
    Column("tat", BigInteger, nullable=False),
)
"""Limits shared over nodes: the theoretical arrival time of the next request, in microseconds since 1970 (GCRA)."""

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcInstant, nullable=False),
    Column("subject", LargeBinary),
    Column("entry", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Index("ix_audit_entries_subject", "subject"),
)
"""Who did what, append-only; each digest covers the entry and the digest before. ``subject`` is a blind index."""

audit_heads = Table(
    "audit_heads",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("at", UtcInstant, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("kid", String(64), nullable=False),
    Column("signature", Text, nullable=False),
)
"""Signed heads of the audit, each also exported to where the database's administrators cannot write."""
