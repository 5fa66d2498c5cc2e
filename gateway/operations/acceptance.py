"""Accepting treated cases: number, natural keys and idempotency, for a whole batch in one transaction.

Most batches hold only new cases, so they are inserted at once; the unique indexes tell when one is not new, and only
then are the keys looked up. Numbers are taken in the same transaction: a case that is not committed leaves no gap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, update
from sqlalchemy.exc import IntegrityError

from gateway.audit.actions import Action, Purpose
from gateway.audit.trail import AppendAudit
from gateway.operations.known import Known, Next
from gateway.operations.model import Acceptance, CaseSubmission, OperationKind, OperationRecord, State
from gateway.operations.numbering import LARGEST_SEQUENCE, CounterScope, NumberFormer, take, taken
from gateway.operations.records import stored_findings
from gateway.operations.signals import work
from gateway.ports import AuditEvent
from gateway.rules.findings import Refused
from gateway.store.announce import announce
from gateway.store.grouping import SupposedTooMuch
from gateway.store.hot import insert_cases, insert_operations
from gateway.store.tables import treated_cases
from schemas.errors import ErrorCode

_TRIES = 5
"""How often another node's simultaneous case may get in the way before we give up; each time it is seen afterwards."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A submission with the identifier and the instant it was given."""

    submission: CaseSubmission
    operation_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class _Placed:
    """An arrival with its number and revision, ready to be written."""

    arrival: Arrival
    ksf_number: str
    revision: int


class CaseAcceptance:
    """The batch function of acceptance. ``upstream`` is where treated cases are delivered to."""

    def __init__(
        self,
        *,
        upstream: str,
        scope: CounterScope,
        form_number: NumberFormer,
        audit: AppendAudit,
        largest_sequence: int = LARGEST_SEQUENCE,
    ) -> None:
        self._upstream = upstream
        self._largest_sequence = largest_sequence
        self._scope = scope
        self._form_number = form_number
        self._audit = audit

    def accept(self, connection: Connection, arrivals: Sequence[Arrival]) -> Sequence[Acceptance | Refused]:
        """One answer an arrival: accepted now, accepted before (``repeated``), or refused. What is new is audited.

        Raises :class:`gateway.store.grouping.SupposedTooMuch` when not all of them are new.
        """
        if any(arrival.submission.correction_of for arrival in arrivals):
            return self._accept_closely(connection, arrivals)
        try:
            answers = self._accept_new(connection, arrivals)
        except IntegrityError as error:
            raise SupposedTooMuch(self.accept, self._accept_closely) from error
        return self._noted(connection, arrivals, answers)

    def _accept_closely(self, connection: Connection, arrivals: Sequence[Arrival]) -> Sequence[Acceptance | Refused]:
        answers: dict[UUID, Acceptance | Refused] = {}
        for group in _without_likeness(arrivals):
            answers |= self._accept_patiently(connection, group)
        return self._noted(connection, arrivals, [answers[arrival.operation_id] for arrival in arrivals])

    def _noted(
        self, connection: Connection, arrivals: Sequence[Arrival], answers: Sequence[Acceptance | Refused]
    ) -> Sequence[Acceptance | Refused]:
        """Tell the other nodes and the audit."""
        announce(connection, {work(self._upstream)})
        self._audit(
            connection,
            [
                _accepted(arrival, answer)
                for arrival, answer in zip(arrivals, answers, strict=True)
                if isinstance(answer, Acceptance) and not answer.repeated
            ],
        )
        return answers

    def _accept_new(self, connection: Connection, arrivals: Sequence[Arrival]) -> list[Acceptance | Refused]:
        """Insert all, supposing that all are new; raises ``IntegrityError`` when one is not."""
        numbers = self._numbers(connection, arrivals)
        answers: list[Acceptance | Refused] = []
        placed = []
        for arrival in arrivals:
            number = numbers[arrival.operation_id]
            if number is None:
                answers.append(_exhausted(arrival))
                continue
            place = _Placed(arrival, number, 1)
            placed.append(place)
            answers.append(Acceptance(self._record(place), repeated=False))
        self._insert(connection, placed)
        return answers

    def _accept_patiently(
        self, connection: Connection, arrivals: Sequence[Arrival]
    ) -> dict[UUID, Acceptance | Refused]:
        for _ in range(_TRIES - 1):
            try:
                with connection.begin_nested():
                    return self._accept_carefully(connection, arrivals)
            except IntegrityError:
                continue  # another node was quicker; what it wrote is visible now
        with connection.begin_nested():
            return self._accept_carefully(connection, arrivals)

    def _accept_carefully(
        self, connection: Connection, arrivals: Sequence[Arrival]
    ) -> dict[UUID, Acceptance | Refused]:
        """Look every key up first. No two arrivals share a key."""
        known = Known.look_up(connection, [arrival.submission for arrival in arrivals])
        answers: dict[UUID, Acceptance | Refused] = {}
        fresh: list[Arrival] = []
        corrections: list[_Placed] = []
        for arrival in arrivals:
            verdict = known.verdict(arrival.submission)
            if not isinstance(verdict, Next):
                answers[arrival.operation_id] = verdict
            elif verdict.number is None:
                fresh.append(arrival)
            else:
                corrections.append(_Placed(arrival, verdict.number, verdict.revision))
        numbers = self._free_numbers(connection, fresh)
        placed = []
        for arrival in fresh:
            number = numbers[arrival.operation_id]
            if number is None:
                answers[arrival.operation_id] = _exhausted(arrival)
            else:
                placed.append(_Placed(arrival, number, 1))
        self._insert(connection, placed)
        self._insert_corrections(connection, corrections)
        for place in (*placed, *corrections):
            answers[place.arrival.operation_id] = Acceptance(self._record(place), repeated=False)
        return answers

    def _numbers(self, connection: Connection, arrivals: Sequence[Arrival]) -> dict[UUID, str | None]:
        """The sender's own number, or the next of the counter; ``None`` when the counter is exhausted."""
        scopes = {a.operation_id: self._scope.key(a.submission) for a in arrivals if a.submission.ksf_number is None}
        wanted = Counter(scopes.values())
        following = take(connection, wanted)
        numbers: dict[UUID, str | None] = {}
        for arrival in arrivals:
            submission = arrival.submission
            if submission.ksf_number is not None:
                numbers[arrival.operation_id] = submission.ksf_number
                continue
            scope = scopes[arrival.operation_id]
            sequence = following[scope]
            following[scope] += 1
            numbers[arrival.operation_id] = (
                self._form_number(sequence, submission.department, submission.organisation, submission.discharge_year)
                if sequence <= self._largest_sequence
                else None
            )
        return numbers

    def _free_numbers(self, connection: Connection, arrivals: Sequence[Arrival]) -> dict[UUID, str | None]:
        """As :meth:`_numbers`, passing over numbers that a sender's own system has formed already."""
        numbers = self._numbers(connection, arrivals)
        while used := taken(
            connection, [n for a in arrivals if (n := numbers[a.operation_id]) and not a.submission.ksf_number]
        ):
            again = [a for a in arrivals if numbers[a.operation_id] in used and not a.submission.ksf_number]
            numbers |= self._numbers(connection, again)
        return numbers

    def _insert(self, connection: Connection, placed: Sequence[_Placed]) -> None:
        insert_cases(
            connection,
            [self._operation_row(place) for place in placed],
            [
                (
                    place.ksf_number,
                    place.arrival.submission.organisation,
                    place.arrival.submission.department,
                    place.arrival.submission.discharge_year,
                    place.arrival.submission.stay_key,
                    place.arrival.submission.fingerprint,
                    place.revision,
                    place.arrival.operation_id,
                )
                for place in placed
            ],
        )

    def _insert_corrections(self, connection: Connection, placed: Sequence[_Placed]) -> None:
        insert_operations(connection, [self._operation_row(place) for place in placed])
        for place in placed:
            connection.execute(
                update(treated_cases)
                .where(treated_cases.c.ksf_number == place.ksf_number)
                .values(
                    stay_key=place.arrival.submission.stay_key,
                    fingerprint=place.arrival.submission.fingerprint,
                    revision=place.revision,
                    operation_id=place.arrival.operation_id,
                )
            )

    def _operation_row(self, place: _Placed) -> tuple[object, ...]:
        submission, at = place.arrival.submission, place.arrival.at
        return (
            place.arrival.operation_id,
            OperationKind.SUBMIT_TREATED_CASE.value,
            self._upstream,
            State.QUEUED.value,
            submission.client,
            submission.channel.value,
            submission.idempotency_key,
            submission.fingerprint,
            place.ksf_number,
            place.revision,
            submission.organisation,
            submission.pilot,
            stored_findings(submission.findings),
            submission.payload,
            submission.traceparent,
            at,
            at,
            at,
        )

    def _record(self, place: _Placed) -> OperationRecord:
        submission, at = place.arrival.submission, place.arrival.at
        return OperationRecord(
            id=place.arrival.operation_id,
            kind=OperationKind.SUBMIT_TREATED_CASE,
            upstream=self._upstream,
            state=State.QUEUED,
            client=submission.client,
            channel=submission.channel,
            idempotency_key=submission.idempotency_key,
            business_key=place.ksf_number,
            revision=place.revision,
            organisation=submission.organisation,
            pilot=submission.pilot,
            findings=submission.findings,
            accepted_at=at,
            updated_at=at,
            due_at=at,
            attempts=0,
            outcome=None,
            reason=None,
            record_number=None,
            rejections=(),
        )


def _accepted(arrival: Arrival, answer: Acceptance) -> AuditEvent:
    submission = arrival.submission
    return AuditEvent(
        action=Action.CASE_ACCEPTED if submission.correction_of is None else Action.CASE_CORRECTED,
        actor=submission.client,
        actor_kind=submission.actor_kind,
        organisation=submission.organisation,
        subject=submission.subject,
        target=answer.operation.business_key,
        purpose=Purpose.PAYMENT,
        request_id=submission.request_id,
    )


def _exhausted(arrival: Arrival) -> Refused:
    return Refused.because(
        ErrorCode.KSF_SEQ_EXHAUSTED, "$.ksf_number", year=f"{arrival.submission.discharge_year % 100:02d}"
    )


def _without_likeness(arrivals: Sequence[Arrival]) -> list[list[Arrival]]:
    """Split into groups in which no two share a key, in order: the later of two sees what the earlier wrote."""
    groups: list[tuple[set[object], list[Arrival]]] = []
    for arrival in arrivals:
        submission = arrival.submission
        keys: set[object] = {(submission.client, submission.idempotency_key), submission.stay_key}
        keys |= {number for number in (submission.ksf_number, submission.correction_of) if number}
        last_shared = max((n for n, (taken, _) in enumerate(groups) if taken & keys), default=-1)
        if last_shared + 1 == len(groups):
            groups.append((set(), []))
        taken, members = groups[last_shared + 1]
        taken |= keys
        members.append(arrival)
    return [members for _, members in groups]
