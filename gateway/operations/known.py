"""What the journal already has under the keys of a submission, and what that means for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from gateway.operations.model import Acceptance, CaseSubmission, State
from gateway.operations.records import OPERATION_FIELDS, AnyRow, operation_record
from gateway.rules.findings import Refused
from gateway.store.tables import operations, treated_cases
from schemas.errors import ErrorCode


@dataclass(frozen=True, slots=True)
class Next:
    """This submission is new: the given revision, of the case with this number, or of one that has none yet."""

    revision: int
    number: str | None = None


class Known:
    """What the journal already has under the keys of some submissions."""

    def __init__(
        self,
        by_key: Mapping[tuple[Any, Any], AnyRow],
        by_stay: Mapping[bytes, AnyRow],
        by_number: Mapping[str, AnyRow],
    ) -> None:
        self._by_key = by_key
        self._by_stay = by_stay
        self._by_number = by_number

    @classmethod
    def look_up(cls, connection: Connection, submissions: Sequence[CaseSubmission]) -> Known:
        """Read everything that any of the keys names. Cases to be corrected are locked until COMMIT."""
        by_key: dict[tuple[Any, Any], AnyRow] = {
            (row.client, row.idempotency_key): row
            for row in connection.execute(
                select(*OPERATION_FIELDS, operations.c.fingerprint).where(
                    operations.c.client.in_({submission.client for submission in submissions}),
                    operations.c.idempotency_key.in_({submission.idempotency_key for submission in submissions}),
                )
            )
        }
        numbers = {n for s in submissions for n in (s.ksf_number, s.correction_of) if n}
        cases = (
            select(*OPERATION_FIELDS, *_CASE_FIELDS)
            .join_from(treated_cases, operations, operations.c.id == treated_cases.c.operation_id)
            .with_for_update(of=treated_cases)
        )
        by_stay: dict[bytes, AnyRow] = {
            row.stay_key: row
            for row in connection.execute(cases.where(treated_cases.c.stay_key.in_([s.stay_key for s in submissions])))
        }
        by_number: dict[str, AnyRow] = (
            {
                row.ksf_number: row
                for row in connection.execute(cases.where(treated_cases.c.ksf_number.in_(sorted(numbers))))
            }
            if numbers
            else {}
        )
        return cls(by_key, by_stay, by_number)

    def verdict(self, submission: CaseSubmission) -> Acceptance | Refused | Next:
        """The original answer, a refusal, or as what this one is new."""
        answered = self._by_key.get((submission.client, submission.idempotency_key))
        if answered is not None:
            if _same_request(answered, submission):
                return _original(answered)
            return Refused.because(ErrorCode.IDEMPOTENCY_KEY_REUSED)
        stay = self._by_stay.get(submission.stay_key)
        if submission.correction_of is not None:
            return self._correction(submission, stay)
        named = self._by_number.get(submission.ksf_number) if submission.ksf_number else None
        if named is not None:
            return _original_or(named, submission, ErrorCode.KSF_DUPLICATE, "$.ksf_number")
        if stay is not None:
            if submission.ksf_number is not None:
                return Refused.because(ErrorCode.STAY_DUPLICATE, "$", number=stay.ksf_number)
            return _original_or(stay, submission, ErrorCode.STAY_DUPLICATE, "$")
        return Next(1)

    def _correction(self, submission: CaseSubmission, stay: AnyRow | None) -> Acceptance | Refused | Next:
        case = self._by_number.get(submission.correction_of or "")
        if case is None or case.case_organisation != submission.organisation:
            return Refused.because(ErrorCode.CASE_NOT_FOUND, "$")
        if stay is not None and stay.ksf_number != case.ksf_number:
            return Refused.because(ErrorCode.STAY_DUPLICATE, "$", number=stay.ksf_number)
        if case.case_fingerprint == submission.fingerprint and not _is_cancelled(case):
            return _original(case)
        return Next(case.case_revision + 1, case.ksf_number)


_CASE_FIELDS = (
    treated_cases.c.ksf_number,
    treated_cases.c.stay_key,
    treated_cases.c.fingerprint.label("case_fingerprint"),
    treated_cases.c.revision.label("case_revision"),
    treated_cases.c.organisation.label("case_organisation"),
)


def _is_cancelled(row: AnyRow) -> bool:
    return bool(row.state == State.CANCELLED)


def _original(row: AnyRow) -> Acceptance:
    """The first answer again: as the operation was accepted, whatever has become of it since."""
    record = operation_record(row)
    return Acceptance(
        replace(
            record,
            state=State.QUEUED,
            updated_at=record.accepted_at,
            due_at=record.accepted_at,
            attempts=0,
            outcome=None,
            reason=None,
            record_number=None,
            rejections=(),
            sealed_words=None,
        ),
        repeated=True,
    )


def _original_or(row: AnyRow, submission: CaseSubmission, code: ErrorCode, path: str) -> Acceptance | Refused | Next:
    if row.case_fingerprint == submission.fingerprint:
        # A delivery that a person has cancelled is not answered for: sent anew, it is the next revision.
        return Next(row.case_revision + 1, row.ksf_number) if _is_cancelled(row) else _original(row)
    return Refused.because(code, path, number=row.ksf_number)


def _same_request(row: AnyRow, submission: CaseSubmission) -> bool:
    if row.fingerprint != submission.fingerprint:
        return False
    number = submission.correction_of or submission.ksf_number
    return number is None or number == row.business_key
