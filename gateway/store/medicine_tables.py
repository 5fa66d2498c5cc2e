"""The tables of the reference of medicines («Маалымдама», regulation on the additional drug programme, chapter 3)."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Integer, LargeBinary, String, Table, Text

from gateway.store.tables import metadata
from gateway.store.types import UtcInstant

reference_versions = Table(
    "reference_versions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("valid_from", Date, nullable=False, unique=True),
    Column("valid_until", Date),
    Column("list_approved_on", Date, nullable=False),
    Column("levels_set_on", Date, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("imported_at", UtcInstant, nullable=False),
    Column("imported_by", String(80), nullable=False),
)
"""Versions of the reference with their Bishkek days; ``digest`` is the SHA-256 of the version's rows."""

reference_medicines = Table(
    "reference_medicines",
    metadata,
    Column("version", Integer, ForeignKey("reference_versions.number"), primary_key=True, autoincrement=False),
    Column("code", String(32), primary_key=True),
    Column("content", Text, nullable=False),
)
"""The rows of a version, each the JSON of a ``schemas.medicines.Medicine``. A row never changes."""
