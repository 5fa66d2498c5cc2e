"""Rows of the store as records of the model, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Row

from gateway.operations.model import (
    AttemptRecord,
    CaseRecord,
    Channel,
    Event,
    OperationKind,
    OperationRecord,
    Outcome,
    State,
    Step,
)
from gateway.rules.findings import Finding
from gateway.store.tables import operations

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
"""A row of any columns."""

OPERATION_FIELDS = tuple(
    operations.c[name]
    for name in (
        "id",
        "kind",
        "upstream",
        "state",
        "client",
        "channel",
        "idempotency_key",
        "business_key",
        "revision",
        "organisation",
        "pilot",
        "findings",
        "accepted_at",
        "updated_at",
        "due_at",
        "attempts",
        "outcome",
        "reason",
        "record_number",
        "rejections",
    )
)
"""What an :class:`OperationRecord` is read from: everything but the payload."""


def stored_findings(findings: Iterable[Finding]) -> str | None:
    """Findings as the journal keeps them; nothing for none."""
    listed = [finding.as_stored() for finding in findings]
    return orjson.dumps(listed).decode() if listed else None


def operation_record(row: AnyRow) -> OperationRecord:
    """An operation from a row that has (at least) :data:`OPERATION_FIELDS`."""
    return OperationRecord(
        id=row.id,
        kind=OperationKind(row.kind),
        upstream=row.upstream,
        state=State(row.state),
        client=row.client,
        channel=Channel(row.channel),
        idempotency_key=row.idempotency_key,
        business_key=row.business_key,
        revision=row.revision,
        organisation=row.organisation,
        pilot=row.pilot,
        findings=tuple(Finding.from_stored(found) for found in orjson.loads(row.findings)) if row.findings else (),
        accepted_at=row.accepted_at,
        updated_at=row.updated_at,
        due_at=row.due_at,
        attempts=row.attempts,
        outcome=Outcome(row.outcome) if row.outcome else None,
        reason=row.reason,
        record_number=row.record_number,
        rejections=(),
        sealed_words=row.rejections,
    )


def attempt_record(row: AnyRow) -> AttemptRecord:
    """An attempt from its row."""
    return AttemptRecord(
        number=row.number,
        step=Step(row.step),
        started_at=row.started_at,
        finished_at=row.finished_at,
        message_id=row.message_id,
        outcome=Outcome(row.outcome) if row.outcome else None,
        reason=row.reason,
        detail=row.detail,
    )


def case_record(case: AnyRow, operation: OperationRecord, payload: bytes) -> CaseRecord:
    """A case from its row and its newest operation."""
    return CaseRecord(
        ksf_number=case.ksf_number,
        organisation=case.organisation,
        revision=case.revision,
        payload=payload,
        operation=operation,
        delivered_revision=case.delivered_revision,
        record_number=case.record_number,
        review_state=case.review_state,
        review_reason=None,
        review_amount=case.review_amount,
        sealed_words=case.review_reason,
    )


def event_record(row: AnyRow) -> Event:
    """An event from its row."""
    details: Mapping[str, Any] = orjson.loads(row.details) if row.details else {}
    return Event(
        position=row.position,
        type=row.type,
        at=row.at,
        operation_id=row.operation_id,
        organisation=row.organisation,
        business_key=row.business_key,
        revision=row.revision,
        state=State(row.state) if row.state is not None else None,
        record_number=row.record_number,
        rejections=(),
        review_state=details.get("review_state"),
        reason=details.get("reason"),
        amount=details.get("amount"),
        upstream=row.upstream,
        sealed_words=row.words,
    )
