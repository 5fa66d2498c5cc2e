"""Records of the journal as the plain values the answers are written from; their models stand in ``schemas.api``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import orjson

from gateway.operations.model import (
    AttemptRecord,
    CaseRecord,
    Event,
    OperationKind,
    OperationRecord,
    Outcome,
    Rejection,
    State,
    Step,
    UpstreamStatus,
)
from gateway.rules.findings import Finding
from schemas.api import OperationState
from schemas.errors import ErrorCode, Language, entry

View = dict[str, Any]

STATE_NAMES: Final[dict[State, str]] = {state: OperationState[state.name].value for state in State}
STATES: Final[dict[str, State]] = {name: state for state, name in STATE_NAMES.items()}

# Reading ``.value`` of an enum member costs more than a look-up, and every accepted case needs them.
_KINDS: Final[dict[OperationKind, str]] = {kind: kind.value for kind in OperationKind}
_OUTCOMES: Final[dict[Outcome | None, str | None]] = {None: None} | {outcome: outcome.value for outcome in Outcome}
_STEPS: Final[dict[Step, str]] = {step: step.value for step in Step}


def operation_view(record: OperationRecord, language: Language) -> View:
    """``OperationView``."""
    state = record.state
    return {
        "id": record.id,
        "kind": _KINDS[record.kind],
        "upstream": record.upstream,
        "state": STATE_NAMES[state],
        "business_key": record.business_key,
        "revision": record.revision,
        "organisation": record.organisation,
        "channel": record.channel,
        "pilot": record.pilot,
        "accepted_at": record.accepted_at,
        "updated_at": record.updated_at,
        "due_at": None if state.is_final else record.due_at,
        "attempts": record.attempts,
        "outcome": _OUTCOMES[record.outcome],
        "reason": record.reason,
        "record_number": record.record_number,
        "rejections": _rejections(record.rejections),
        "findings": finding_views(record.findings, language) if record.findings else (),
    }


def operation_detail(record: OperationRecord, attempts: Sequence[AttemptRecord], language: Language) -> View:
    """``OperationDetail``."""
    return operation_view(record, language) | {"history": [_attempt(attempt) for attempt in attempts]}


def case_view(case: CaseRecord, language: Language) -> View:
    """``TreatedCaseView``; the payload is passed on as the bytes it was accepted in."""
    review = {"state": case.review_state, "reason": case.review_reason, "amount": case.review_amount}
    return {
        "ksf_number": case.ksf_number,
        "organisation": case.organisation,
        "revision": case.revision,
        "case": orjson.Fragment(case.payload),
        "delivered_revision": case.delivered_revision,
        "record_number": case.record_number,
        "review": review if case.review_state is not None else None,
        "operation": operation_view(case.operation, language),
    }


def event_view(event: Event) -> View:
    """``EventView``."""
    return {
        "position": event.position,
        "type": event.type,
        "at": event.at,
        "operation_id": event.operation_id,
        "organisation": event.organisation,
        "business_key": event.business_key,
        "revision": event.revision,
        "state": None if event.state is None else STATE_NAMES[event.state],
        "record_number": event.record_number,
        "rejections": _rejections(event.rejections),
        "review_state": event.review_state,
        "reason": event.reason,
        "amount": event.amount,
    }


def upstream_view(status: UpstreamStatus) -> View:
    """``UpstreamView``."""
    return {
        "name": status.name,
        "paused": status.paused,
        "pause_reason": status.pause_reason,
        "breaker": status.breaker,
        "open_operations": status.open_operations,
        "in_doubt": status.in_doubt,
        "parked": status.parked,
        "oldest_due_at": status.oldest_due_at,
        "last_success_at": status.last_success_at,
    }


def catalogue_view(code: ErrorCode, language: Language) -> View:
    """``CatalogueEntry``; the texts keep their ``{parameters}``."""
    row = entry(code)
    return {
        "code": code.value,
        "status": row.status,
        "severity": row.severity.value,
        "actor": row.actor.value,
        "retry": row.retry.value,
        "clause": row.clause.in_language(language) if row.clause else None,
        "message": row.message.in_language(language),
        "action": row.action.in_language(language),
    }


def finding_views(findings: Sequence[Finding], language: Language) -> list[View]:
    """``FindingView``, several."""
    return [finding.as_json(language) for finding in findings]


def _attempt(attempt: AttemptRecord) -> View:
    return {
        "number": attempt.number,
        "step": _STEPS[attempt.step],
        "started_at": attempt.started_at,
        "finished_at": attempt.finished_at,
        "message_id": attempt.message_id,
        "outcome": _OUTCOMES[attempt.outcome],
        "reason": attempt.reason,
        "detail": attempt.detail,
    }


def _rejections(rejections: Sequence[Rejection]) -> Sequence[View]:
    return [{"code": rejection.code, "message": rejection.message, "path": rejection.path} for rejection in rejections]
