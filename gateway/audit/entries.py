"""Entries of the audit: an event as canonical bytes, and back; reading them from the store.

No field may hold personal data. Words come from the closed vocabulary of :mod:`gateway.audit.actions`, everything else
is an identifier: a name or a sentence does not fit its form, and fourteen digits, which could be a ПИН, are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Select, desc, select

from gateway.audit.actions import Action, ActorKind, Outcome, Purpose
from gateway.ports import AuditEvent
from gateway.store.access_tables import audit_entries

_IDENTIFIER = re.compile(r"(?![0-9]{14}\Z)[A-Za-z0-9*][A-Za-z0-9._:/@*+=%-]{0,199}", re.ASCII)
_IDENTIFIERS = ("actor", "organisation", "target", "code", "request_id")
_ACTIONS, _KINDS, _OUTCOMES, _PURPOSES = (frozenset(words) for words in (Action, ActorKind, Outcome, Purpose))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """One entry: its position in the chain, when it was, the event, and its digest (32 bytes)."""

    position: int
    at: datetime
    event: AuditEvent
    digest: bytes


def to_bytes(event: AuditEvent) -> bytes:
    """The canonical form: JSON with sorted keys, in UTF-8, without what is not set and without the subject.

    Raises ``ValueError`` on a word that is not in the vocabulary and on what is no identifier. The message names the
    field only.
    """
    _require(event.action in _ACTIONS, "action")
    _require(event.actor_kind in _KINDS, "actor_kind")
    _require(event.outcome in _OUTCOMES, "outcome")
    _require(event.purpose is None or event.purpose in _PURPOSES, "purpose")
    content = {
        "action": event.action,
        "actor_kind": event.actor_kind,
        "outcome": event.outcome,
    }
    if event.purpose is not None:
        content["purpose"] = event.purpose
    for name in _IDENTIFIERS:
        value = getattr(event, name)
        if value is not None:
            _require(_IDENTIFIER.fullmatch(value) is not None, name)
            content[name] = value
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


def from_bytes(entry: bytes, subject: bytes | None) -> AuditEvent:
    """The inverse of :func:`to_bytes`. Does not judge: what was written once stays readable."""
    content: dict[str, Any] = orjson.loads(entry)
    return AuditEvent(subject=subject, **content)


def _require(holds: bool, field: str) -> None:  # noqa: FBT001 - an assertion of its own
    if not holds:
        raise ValueError(f"an audit event's field {field!r} is outside the vocabulary or no identifier")


def read_entries(
    connection: Connection,
    *,
    after: int = 0,
    limit: int = 100,
    since: datetime | None = None,
    before: datetime | None = None,
) -> list[StoredEntry]:
    """Entries past a position, oldest first; ``since`` and ``before`` bound the instant (the latter exclusive)."""
    query = select(audit_entries).where(audit_entries.c.position > after)
    return _stored(connection, _within(query, since, before).order_by(audit_entries.c.position).limit(limit))


def entries_of_subject(
    connection: Connection,
    subject: bytes,
    *,
    limit: int,
    past: int | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
) -> list[StoredEntry]:
    """Entries about one person, given by blind index, newest first. ``past`` goes on below a position."""
    query = select(audit_entries).where(audit_entries.c.subject == subject)
    if past is not None:
        query = query.where(audit_entries.c.position < past)
    return _stored(connection, _within(query, since, before).order_by(desc(audit_entries.c.position)).limit(limit))


def _within(query: Select[Any], since: datetime | None, before: datetime | None) -> Select[Any]:
    if since is not None:
        query = query.where(audit_entries.c.at >= since)
    if before is not None:
        query = query.where(audit_entries.c.at < before)
    return query


def _stored(connection: Connection, query: Select[Any]) -> list[StoredEntry]:
    return [
        StoredEntry(position=row.position, at=row.at, event=from_bytes(row.entry, row.subject), digest=row.digest)
        for row in connection.execute(query)
    ]
