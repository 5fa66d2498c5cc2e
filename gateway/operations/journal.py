"""The journal: durable acceptance and everything that is known of an operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy import Connection, func, select, text

from gateway.operations import interventions
from gateway.operations.acceptance import Arrival, CaseAcceptance
from gateway.operations.feed import read_events
from gateway.operations.instants import highest_id, lowest_id
from gateway.operations.model import (
    Acceptance,
    AttemptRecord,
    CaseRecord,
    CaseSubmission,
    Event,
    OperationFilter,
    OperationRecord,
    State,
)
from gateway.operations.records import OPERATION_FIELDS, attempt_record, case_record, operation_record
from gateway.operations.signals import EVENTS, Signals, ended, work
from gateway.operations.words import opened_case, opened_event, opened_operation
from gateway.ports import BlindIndex, Clock, Ids, Sealer
from gateway.rules.findings import Refused
from gateway.sealing.errors import CannotOpen
from gateway.sealing.index import keyed_digest
from gateway.sealing.payloads import open_payload, seal_payload
from gateway.store.grouping import Store
from gateway.store.tables import attempts, operations, treated_cases
from schemas.errors import ErrorCode

log = structlog.get_logger(__name__)


class Journal:
    """What was accepted and what became of it.

    Every method may raise :class:`gateway.store.grouping.StoreUnavailable`, a ``Refused`` that changed nothing.
    """

    def __init__(
        self,
        *,
        store: Store,
        acceptance: CaseAcceptance,
        signals: Signals,
        clock: Clock,
        ids: Ids,
        sealer: Sealer,
        index: BlindIndex,
    ) -> None:
        self._store = store
        self._sealer = sealer
        self._index = index
        self._acceptance = acceptance
        self._signals = signals
        self._clock = clock
        self._ids = ids
        self._in_flight: set[tuple[str, str]] = set()

    async def submit_case(self, submission: CaseSubmission) -> Acceptance:
        """Accept a checked case durably: on return it is committed and synced.

        Raises ``Refused``: IDEMPOTENCY_IN_PROGRESS, IDEMPOTENCY_KEY_REUSED, KSF_DUPLICATE, STAY_DUPLICATE,
        KSF_SEQ_EXHAUSTED, CASE_NOT_FOUND (a correction of what is not there), STORE_UNAVAILABLE.
        """
        key = (submission.client, submission.idempotency_key)
        if key in self._in_flight:
            raise Refused.because(ErrorCode.IDEMPOTENCY_IN_PROGRESS, retry_after=1)
        self._in_flight.add(key)
        try:
            operation_id = self._ids.new()
            arrival = Arrival(self._protected(submission, operation_id), operation_id, self._clock.now())
            accepted: Acceptance | Refused = await self._store.submit(self._acceptance.accept, arrival)
        finally:
            self._in_flight.discard(key)
        if isinstance(accepted, Refused):
            raise accepted
        if not accepted.repeated:
            self._signals.fire(work(accepted.operation.upstream))
        return accepted

    def _protected(self, submission: CaseSubmission, operation_id: UUID) -> CaseSubmission:
        """As it is written down: nothing in it can be read, or found by trying out whose it may be."""
        named = f"{submission.client}\0{submission.idempotency_key}"  # whoever chose the key may have put anything in
        return replace(
            submission,
            idempotency_key=self._index.of("idempotency-key", named).hex(),
            payload=seal_payload(self._sealer, operation_id, submission.payload),
            stay_key=keyed_digest(self._index, "stay", submission.stay_key),
            fingerprint=keyed_digest(self._index, "case", submission.fingerprint),
        )

    async def operation(self, operation_id: UUID) -> OperationRecord | None:
        """One operation."""
        found = await self._store.read(partial(_operation, operation_id=operation_id))
        return None if found is None else opened_operation(self._sealer, found)

    async def attempts(self, operation_id: UUID) -> Sequence[AttemptRecord]:
        """The attempts of an operation, oldest first."""

        def query(connection: Connection) -> list[AttemptRecord]:
            rows = connection.execute(
                select(attempts).where(attempts.c.operation_id == operation_id).order_by(attempts.c.number)
            )
            return [attempt_record(row) for row in rows]

        return await self._store.read(query)

    async def operations(self, wanted: OperationFilter) -> Sequence[OperationRecord]:
        """Operations in order of their ids, which is the order of their acceptance."""
        found = await self._store.read(partial(_operations, wanted=wanted))
        return [opened_operation(self._sealer, record) for record in found]

    async def case(self, ksf_number: str) -> CaseRecord | None:
        """The treated case with this КСФ number.

        Raises ``Refused``: CONTENT_ERASED when its time of keeping has ended, CONTENT_UNREADABLE without its key.
        """
        found = await self._store.read(partial(_case, ksf_number=ksf_number))
        if found is None:
            return None
        try:
            payload = open_payload(self._sealer, found.operation.id, found.payload)
        except CannotOpen as error:
            log.error("payload_unreadable", alarm=True, operation_id=str(found.operation.id))  # noqa: TRY400 - says it all
            raise Refused.because(ErrorCode.CONTENT_UNREADABLE) from error
        return replace(opened_case(self._sealer, found), payload=payload)

    async def wait_for_end(self, operation_id: UUID, seconds: float) -> OperationRecord | None:
        """The operation once it is final or parked, or as it stands after ``seconds``."""
        expected = self._signals.expect(ended(operation_id))
        record = await self.operation(operation_id)
        if record is None or record.state.is_final or record.state is State.PARKED:
            expected.cancel()
            return record
        await self._signals.wait(expected, seconds)
        return await self.operation(operation_id)

    async def retry(self, operation_id: UUID, *, by: str, reason: str) -> OperationRecord:
        """Take a parked or rejected operation up again; raises ``Refused`` (OPERATION_NOT_FOUND, OPERATION_STATE).

        What may have been executed is asked about first.
        """
        record = await self._intervene(interventions.retry(operation_id), by=by, reason=reason)
        self._signals.fire(work(record.upstream))
        return record

    async def park(self, operation_id: UUID, *, by: str, reason: str) -> OperationRecord:
        """Put a queued or doubtful operation aside for a person; raises as :meth:`retry`."""
        return await self._intervene(interventions.park(operation_id), by=by, reason=reason)

    async def resolve(
        self, operation_id: UUID, *, by: str, reason: str, state: State, record_number: str | None
    ) -> OperationRecord:
        """End a parked or doubtful operation by hand; raises as :meth:`retry`.

        DELIVERED needs the fund's record number as evidence; REJECTED and CANCELLED need none.
        """
        return await self._intervene(interventions.resolve(operation_id, state, record_number), by=by, reason=reason)

    async def events(self, after: int, limit: int, organisations: frozenset[str] | None = None) -> Sequence[Event]:
        """Events past the cursor, oldest first; ``None`` means of all organisations."""
        found = await self._store.read(partial(read_events, after=after, limit=limit, organisations=organisations))
        return [opened_event(self._sealer, event) for event in found]

    async def wait_for_events(self, after: int, seconds: float) -> None:
        """Return as soon as an event past the cursor exists, or after ``seconds``."""
        expected = self._signals.expect(EVENTS)
        if await self._store.read(partial(read_events, after=after, limit=1)):
            expected.cancel()
            return
        await self._signals.wait(expected, seconds)

    async def counts(self) -> Mapping[State, int]:
        """How many operations stand in each state. Reads the whole table: for reports, not for probes."""

        def query(connection: Connection) -> dict[State, int]:
            rows = connection.execute(select(operations.c.state, func.count()).group_by(operations.c.state))
            return {State(state): count for state, count in rows}

        return await self._store.read(query)

    async def _intervene(self, change: interventions.Change, *, by: str, reason: str) -> OperationRecord:
        at = self._clock.now()
        note = interventions.Note(self._ids.new(), by, reason, at)
        record = await self._store.write(partial(change, note=note))
        if record.state.is_final or record.state is State.PARKED:
            self._signals.fire(ended(record.id))
            self._signals.fire(EVENTS)
        return opened_operation(self._sealer, record)


def _operation(connection: Connection, operation_id: UUID) -> OperationRecord | None:
    row = connection.execute(select(*OPERATION_FIELDS).where(operations.c.id == operation_id)).one_or_none()
    return operation_record(row) if row is not None else None


def _operations(connection: Connection, wanted: OperationFilter) -> list[OperationRecord]:
    query = select(*OPERATION_FIELDS).order_by(operations.c.id).limit(wanted.limit)
    if wanted.business_key is not None:
        query = query.where(operations.c.business_key == wanted.business_key)
    if wanted.states:
        # Literals, and the very words of the partial index of few rows (in doubt, parked), so that it is used.
        listed = ", ".join(str(int(state)) for state in sorted(set(wanted.states)))
        query = query.where(text(f"operations.state IN ({listed})"))
        if set(wanted.states) <= {State.IN_DOUBT, State.PARKED}:
            query = query.where(text("operations.state IN (3, 4)"))
    if wanted.organisation is not None:
        query = query.where(operations.c.organisation == wanted.organisation)
    if wanted.accepted_from is not None:
        query = query.where(
            operations.c.id >= lowest_id(wanted.accepted_from), operations.c.accepted_at >= wanted.accepted_from
        )
    if wanted.accepted_before is not None:
        query = query.where(
            operations.c.id <= highest_id(wanted.accepted_before), operations.c.accepted_at < wanted.accepted_before
        )
    if wanted.after is not None:
        query = query.where(operations.c.id > wanted.after)
    return [operation_record(row) for row in connection.execute(query)]


def _case(connection: Connection, ksf_number: str) -> CaseRecord | None:
    case = connection.execute(select(treated_cases).where(treated_cases.c.ksf_number == ksf_number)).one_or_none()
    if case is None:
        return None
    row = connection.execute(
        select(*OPERATION_FIELDS, operations.c.payload).where(operations.c.id == case.operation_id)
    ).one()
    return case_record(case, operation_record(row), row.payload)
