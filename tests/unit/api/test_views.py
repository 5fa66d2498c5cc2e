"""The fast plain values agree with the models of the contract."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from gateway.api.answers import encode
from gateway.api.views import case_view, event_view, operation_detail, operation_view, upstream_view
from gateway.operations.model import (
    AttemptRecord,
    CaseRecord,
    Channel,
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
from gateway.rules.treated_case import canonical_payload
from schemas.api import EventView, OperationDetail, OperationState, OperationView, TreatedCaseView, UpstreamView
from schemas.errors import ErrorCode, Language
from tests.builders import case_model

texts = st.text(max_size=12)
maybe = st.none() | texts
instants = st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds UTC
identities = st.uuids()
rejections = st.lists(st.builds(Rejection, texts, texts, maybe), max_size=2).map(tuple)
records = st.builds(
    OperationRecord,
    id=identities,
    kind=st.sampled_from(OperationKind),
    upstream=texts,
    state=st.sampled_from(State),
    client=texts,
    channel=st.sampled_from(Channel),
    idempotency_key=maybe,
    business_key=texts,
    revision=st.integers(1, 99),
    organisation=texts,
    pilot=st.booleans(),
    findings=st.sampled_from([(), (Finding(ErrorCode.OKPO_CHECK, "$.x"),)]),
    accepted_at=instants,
    updated_at=instants,
    due_at=instants,
    attempts=st.integers(0, 99),
    outcome=st.none() | st.sampled_from(Outcome),
    reason=maybe,
    record_number=maybe,
    rejections=rejections,
)
attempts = st.builds(
    AttemptRecord,
    number=st.integers(1, 99),
    step=st.sampled_from(Step),
    started_at=instants,
    finished_at=st.none() | instants,
    message_id=maybe,
    outcome=st.none() | st.sampled_from(Outcome),
    reason=maybe,
    detail=maybe,
)
events = st.builds(
    Event,
    position=st.integers(1, 2**63 - 1),
    type=texts,
    at=instants,
    operation_id=st.none() | identities,
    organisation=texts,
    business_key=texts,
    revision=st.integers(1, 99),
    state=st.none() | st.sampled_from(State),
    record_number=maybe,
    rejections=rejections,
    review_state=maybe,
    reason=maybe,
    amount=maybe,
)
upstreams = st.builds(
    UpstreamStatus,
    name=texts,
    paused=st.booleans(),
    pause_reason=maybe,
    breaker=st.sampled_from(["closed", "open", "half-open"]),
    open_operations=st.integers(0, 10**9),
    in_doubt=st.integers(0, 10**9),
    parked=st.integers(0, 10**9),
    oldest_due_at=st.none() | instants,
    last_success_at=st.none() | instants,
)


def agree(model: type[BaseModel], view: dict[str, Any]) -> None:
    """The view has the model's fields, and its bytes read back as the same values."""
    assert list(view) == list(model.model_fields)
    read = model.model_validate_json(encode(view))
    assert read.model_dump(mode="json") == model.model_validate(view).model_dump(mode="json")


@given(record=records, language=st.sampled_from(Language))
def test_operations(record: OperationRecord, language: Language):
    agree(OperationView, operation_view(record, language))


@given(record=records, history=st.lists(attempts, max_size=2))
def test_operations_with_attempts(record: OperationRecord, history: list[AttemptRecord]):
    agree(OperationDetail, operation_detail(record, history, Language.EN))


@given(event=events)
def test_events(event: Event):
    agree(EventView, event_view(event))


@given(status=upstreams)
def test_upstreams(status: UpstreamStatus):
    agree(UpstreamView, upstream_view(status))


@given(record=records, review=maybe)
def test_cases(record: OperationRecord, review: str | None):
    case = case_model()
    view = case_view(
        CaseRecord(
            ksf_number="00000011895017425",
            organisation=case.organisation,
            revision=2,
            payload=canonical_payload(case),
            operation=record,
            delivered_revision=1,
            record_number="7",
            review_state=review,
            review_reason="late",
            review_amount="10.00",
        ),
        Language.RU,
    )
    read = TreatedCaseView.model_validate_json(encode(view))
    assert read.case == case
    assert (read.review is None) == (review is None)


def test_every_state_has_its_wire_name():
    assert [state.name for state in State] == [state.name for state in OperationState]


@pytest.mark.parametrize("moment", [datetime(2026, 1, 3, 9, 0, 0, 120000, tzinfo=UTC)])
def test_instants_are_utc_with_z(moment: datetime):
    assert encode({"at": moment, "id": UUID(int=1)}) == (
        b'{"at":"2026-01-03T09:00:00.120000Z","id":"00000000-0000-0000-0000-000000000001"}'
    )
