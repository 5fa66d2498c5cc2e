"""A journal, a dispatcher and a store probe in memory: enough for the HTTP layer to stand on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import uuid_utils.compat

from gateway.operations.model import (
    Acceptance,
    AttemptRecord,
    CaseRecord,
    CaseSubmission,
    Event,
    OperationFilter,
    OperationKind,
    OperationRecord,
    Outcome,
    State,
    Step,
    UpstreamStatus,
)
from gateway.ports import Organisation
from gateway.rules.findings import Refused
from gateway.store.grouping import StoreHealth
from schemas.errors import ErrorCode

NOW = datetime(2026, 1, 3, 9, 0, tzinfo=UTC)
EMPTY_STATUS = UpstreamStatus(
    name="foms",
    paused=False,
    pause_reason=None,
    breaker="closed",
    open_operations=0,
    in_doubt=0,
    parked=0,
    oldest_due_at=None,
    last_success_at=None,
)


class FixedClock:
    def __init__(self) -> None:
        self.instant = NOW

    def now(self) -> datetime:
        return self.instant


class Uuid7:
    def new(self) -> UUID:
        return uuid_utils.compat.uuid7()


class Register:
    """Two organisations: one equipped, one that still enters directly."""

    def __init__(self) -> None:
        self._known = {code: _organisation(code, equipped=code == "950174") for code in ("950174", "950175")}

    def find(self, code: str) -> Organisation | None:
        return self._known.get(code)


def _organisation(code: str, *, equipped: bool) -> Organisation:
    return Organisation(
        code=code,
        name=f"Organisation {code}",
        region="osh",
        inn=None,
        okpo=None,
        equipped=equipped,
        equipped_since=date(2025, 1, 1) if equipped else None,
        departments={},
    )


class MemoryJournal:
    """Keeps what it is given; ``failing`` is raised by every call while set."""

    def __init__(self, ids: Uuid7) -> None:
        self.submissions: list[CaseSubmission] = []
        self.records: dict[UUID, OperationRecord] = {}
        self.cases: dict[str, CaseRecord] = {}
        self.feed: list[Event] = []
        self.decisions: list[tuple[str, str, str]] = []
        self.failing: BaseException | None = None
        self._ids = ids
        self._keys: dict[tuple[str, str], tuple[bytes, UUID]] = {}
        self._changed = asyncio.Event()

    async def submit_case(self, submission: CaseSubmission) -> Acceptance:
        self._check()
        key = (submission.client, submission.idempotency_key)
        if known := self._keys.get(key):
            if known[0] != submission.fingerprint:
                raise Refused.because(ErrorCode.IDEMPOTENCY_KEY_REUSED)
            return Acceptance(self.records[known[1]], repeated=True)
        number, revision = self._place(submission)
        self.submissions.append(submission)
        record = self._record(submission, number, revision)
        self.records[record.id] = record
        self._keys[key] = (submission.fingerprint, record.id)
        self.cases[number] = CaseRecord(
            ksf_number=number,
            organisation=submission.organisation,
            revision=revision,
            payload=submission.payload,
            operation=record,
            delivered_revision=None,
            record_number=None,
            review_state=None,
            review_reason=None,
            review_amount=None,
        )
        return Acceptance(record, repeated=False)

    def _place(self, submission: CaseSubmission) -> tuple[str, int]:
        if submission.correction_of is not None:
            case = self.cases.get(submission.correction_of)
            if case is None:
                raise Refused.because(ErrorCode.CASE_NOT_FOUND)
            return case.ksf_number, case.revision + 1
        year = submission.discharge_year % 100
        formed = f"{len(self.cases) + 1:07d}{submission.department}{submission.organisation}{year:02d}"
        return submission.ksf_number or formed, 1

    def _record(self, submission: CaseSubmission, number: str, revision: int) -> OperationRecord:
        return OperationRecord(
            id=self._ids.new(),
            kind=OperationKind.SUBMIT_TREATED_CASE,
            upstream="foms",
            state=State.QUEUED,
            client=submission.client,
            channel=submission.channel,
            idempotency_key=submission.idempotency_key,
            business_key=number,
            revision=revision,
            organisation=submission.organisation,
            pilot=submission.pilot,
            findings=submission.findings,
            accepted_at=NOW,
            updated_at=NOW,
            due_at=NOW,
            attempts=0,
            outcome=None,
            reason=None,
            record_number=None,
            rejections=(),
        )

    def end(self, operation_id: UUID, state: State = State.DELIVERED, record_number: str | None = "FUND-1") -> None:
        """As if the fund had answered."""
        record = self.records[operation_id]
        self.records[operation_id] = replace(
            record, state=state, record_number=record_number, attempts=1, outcome=Outcome.DELIVERED
        )
        self.tell(record.organisation, operation_id=operation_id, state=state)

    def tell(self, organisation: str, *, operation_id: UUID | None = None, state: State = State.DELIVERED) -> None:
        """Append an event."""
        position = len(self.feed) + 1
        self.feed.append(
            Event(
                position=position,
                type="operation.delivered",
                at=NOW,
                operation_id=operation_id,
                organisation=organisation,
                business_key="00000011895017425",
                revision=1,
                state=state,
                record_number="FUND-1",
                rejections=(),
            )
        )
        self._changed.set()
        self._changed = asyncio.Event()

    async def operation(self, operation_id: UUID) -> OperationRecord | None:
        self._check()
        return self.records.get(operation_id)

    async def attempts(self, operation_id: UUID) -> Sequence[AttemptRecord]:
        record = self.records[operation_id]
        return [
            AttemptRecord(
                number=number + 1,
                step=Step.SEND,
                started_at=NOW,
                finished_at=NOW + timedelta(seconds=1),
                message_id="00000000-0000-4000-8000-000000000001",
                outcome=record.outcome,
                reason="ACCEPTED",
                detail=None,
            )
            for number in range(record.attempts)
        ]

    async def operations(self, wanted: OperationFilter) -> Sequence[OperationRecord]:
        self._check()
        found = [
            record
            for record in self.records.values()
            if (wanted.business_key in {None, record.business_key})
            and (not wanted.states or record.state in wanted.states)
            and (wanted.organisation in {None, record.organisation})
            and (wanted.accepted_from is None or record.accepted_at >= wanted.accepted_from)
            and (wanted.accepted_before is None or record.accepted_at < wanted.accepted_before)
            and (wanted.after is None or record.id > wanted.after)
        ]
        return found[: wanted.limit]

    async def case(self, ksf_number: str) -> CaseRecord | None:
        self._check()
        return self.cases.get(ksf_number)

    async def wait_for_end(self, operation_id: UUID, seconds: float) -> OperationRecord | None:
        try:
            async with asyncio.timeout(seconds):
                while not self.records[operation_id].state.is_final:
                    await self._changed.wait()
        except TimeoutError:
            pass
        return self.records[operation_id]

    async def retry(self, operation_id: UUID, *, by: str, reason: str) -> OperationRecord:
        return self._decide(operation_id, by, reason, {State.PARKED, State.REJECTED}, State.QUEUED)

    async def park(self, operation_id: UUID, *, by: str, reason: str) -> OperationRecord:
        return self._decide(operation_id, by, reason, {State.QUEUED, State.IN_DOUBT}, State.PARKED)

    async def resolve(
        self, operation_id: UUID, *, by: str, reason: str, state: State, record_number: str | None
    ) -> OperationRecord:
        record = self._decide(operation_id, by, reason, {State.PARKED, State.IN_DOUBT}, state)
        self.records[operation_id] = record = replace(record, record_number=record_number)
        return record

    def _decide(self, operation_id: UUID, by: str, reason: str, allowed: set[State], state: State) -> OperationRecord:
        self._check()
        record = self.records.get(operation_id)
        if record is None:
            raise Refused.because(ErrorCode.OPERATION_NOT_FOUND)
        if record.state not in allowed:
            raise Refused.because(ErrorCode.OPERATION_STATE, state=record.state.name)
        self.decisions.append((by, reason, state.name))
        self.records[operation_id] = record = replace(record, state=state)
        return record

    async def events(self, after: int, limit: int, organisations: frozenset[str] | None = None) -> Sequence[Event]:
        self._check()
        own = [event for event in self.feed if organisations is None or event.organisation in organisations]
        return [event for event in own if event.position > after][:limit]

    async def wait_for_events(self, after: int, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                while len(self.feed) <= after:
                    await self._changed.wait()
        except TimeoutError:
            pass

    async def counts(self) -> Mapping[State, int]:
        return {}

    def _check(self) -> None:
        if self.failing is not None:
            raise self.failing


class MemoryDispatcher:
    """One upstream, the fund."""

    def __init__(self) -> None:
        self.status = EMPTY_STATUS

    async def statuses(self) -> Sequence[UpstreamStatus]:
        return [self.status]

    async def pause(self, name: str, *, by: str, reason: str) -> None:
        self._switch(name, paused=True, reason=f"{by}: {reason}")

    async def resume(self, name: str, *, by: str, reason: str) -> None:
        del by, reason
        self._switch(name, paused=False, reason=None)

    def _switch(self, name: str, *, paused: bool, reason: str | None) -> None:
        if name != self.status.name:
            raise Refused.because(ErrorCode.UPSTREAM_NOT_FOUND)
        self.status = replace(self.status, paused=paused, pause_reason=reason)


class MemoryProbe:
    """A store as healthy as it is told to be; counts how often it was tried."""

    def __init__(self) -> None:
        self.health = StoreHealth(writable=True, migrated=True, disk_free_fraction=0.5, latency_seconds=0.001)
        self.tried = 0
        self.hold: asyncio.Event | None = None

    async def check(self) -> StoreHealth:
        self.tried += 1
        if self.hold is not None:
            await self.hold.wait()
        return self.health
