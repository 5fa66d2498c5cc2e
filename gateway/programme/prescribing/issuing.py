"""Issuing prescriptions: number, limit and the one open prescription of a name, for a batch in one transaction.

Locked are, in this order, the patients' open prescriptions and their years. What another node wrote at the same moment
is refused by a unique index; then everything is looked at again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from gateway.audit.actions import Action
from gateway.audit.trail import AppendAudit
from gateway.operations.model import OperationKind
from gateway.ports import Sealer
from gateway.programme.common import FUND, Caller, opened
from gateway.programme.model import PrescriptionState
from gateway.programme.outbound import Answered, Outbound, answered_before, insert_outbound, sealed_payload
from gateway.programme.ports import LimitBook
from gateway.programme.prescribing.expiry import IS_OPEN, expire, year_of
from gateway.programme.prescribing.limits import PatientYear, Whose, added, change_years, locked_years
from gateway.programme.prescribing.model import IssuedAnswer, SoundOrder, audit_event
from gateway.programme.prescribing.numbers import PrescriptionNumbers
from gateway.programme.prescribing.records import (
    PRESCRIPTION_FIELDS,
    InsuranceEvidence,
    KeptPrescription,
    PrescriptionRow,
    prescription_row,
    seal_prescription,
)
from gateway.rules.days import bishkek_day
from gateway.rules.findings import Finding, Refused
from gateway.rules.medicines.groups import group_key, name_key
from gateway.rules.money import to_tyiyn
from gateway.rules.prescribing import LimitFacts, check_limit, open_already
from gateway.store.programme_tables import prescriptions
from schemas.errors import ErrorCode
from schemas.programme.messages import IssuedPrescription

_TRIES: Final = 5
"""How often another node's simultaneous write may get in the way before we give up; each time it is seen afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueArrival:
    """A sound order with the identifiers it was given. ``key`` and ``fingerprint`` are keyed digests of the request."""

    id: UUID
    operation_id: UUID
    sound: SoundOrder
    patient: bytes
    prescriber: bytes
    caller: Caller
    key: str
    fingerprint: bytes

    @property
    def at(self) -> datetime:
        """The instant of issue."""
        return self.sound.at

    @property
    def issued_on(self) -> date:
        """The Bishkek day of issue."""
        return bishkek_day(self.sound.at)

    @property
    def year(self) -> Whose:
        """Whose limit of which year it is counted against."""
        return self.patient, self.issued_on.year

    @property
    def name(self) -> tuple[bytes, str]:
        """The patient and the name of the reference, of which there is one open prescription at most."""
        return self.patient, name_key(self.sound.formed.medicine)

    @property
    def expected(self) -> int:
        """What it sets aside of the limit, in tyiyn."""
        return to_tyiyn(self.sound.expected)


Issue = IssuedAnswer | Refused


class PrescriptionIssue:
    """The batch function of issuing."""

    def __init__(self, *, limits: LimitBook, numbers: PrescriptionNumbers, sealer: Sealer, audit: AppendAudit) -> None:
        self._limits = limits
        self._numbers = numbers
        self._sealer = sealer
        self._audit = audit

    def issue(self, connection: Connection, arrivals: Sequence[IssueArrival]) -> Sequence[Issue]:
        """One answer an arrival: issued now, issued before (``repeated``), or refused. What is new is audited."""
        answers = self._issue_patiently(connection, arrivals)
        self._audit(
            connection,
            [
                audit_event(
                    arrival.caller,
                    Action.PRESCRIPTION_ISSUED,
                    organisation=arrival.sound.order.organisation,
                    subject=arrival.patient,
                    target=arrival.id,
                )
                for arrival, answer in zip(arrivals, answers, strict=True)
                if isinstance(answer, IssuedAnswer) and not answer.repeated
            ],
        )
        return answers

    def _issue_patiently(self, connection: Connection, arrivals: Sequence[IssueArrival]) -> Sequence[Issue]:
        for _ in range(_TRIES - 1):
            try:
                with connection.begin_nested():
                    return self._issue(connection, arrivals)
            except IntegrityError:
                continue  # another node was quicker; what it wrote is visible now
        with connection.begin_nested():
            return self._issue(connection, arrivals)

    def _issue(self, connection: Connection, arrivals: Sequence[IssueArrival]) -> list[Issue]:
        patients = _Patients.locked(connection, arrivals, self._limits)
        # Looked up under the lock: a twin at another node is either not begun or to be seen whole.
        known = answered_before(connection, [(arrival.caller.client, arrival.key) for arrival in arrivals])
        answers: dict[UUID, Issue] = {}
        placed: list[IssueArrival] = []
        for arrival in arrivals:
            earlier = known.get((arrival.caller.client, arrival.key))
            if earlier is not None:
                answers[arrival.id] = self.answer_again(connection, earlier, arrival.fingerprint)
            elif findings := tuple(patients.objections(connection, arrival)):
                answers[arrival.id] = Refused(findings)
            else:
                patients.place(arrival)
                placed.append(arrival)
        numbers = self._numbers.free(connection, len(placed))
        rows = [self._placed(arrival, number) for arrival, number in zip(placed, numbers, strict=True)]
        if rows:
            insert_outbound(connection, [row.outbound for row in rows])
            connection.execute(insert(prescriptions), [row.values for row in rows])
            change_years(connection, [(arrival.year, PatientYear(reserved=arrival.expected)) for arrival in placed])
        answers |= {row.answer.id: row.answer for row in rows}
        return [answers[arrival.id] for arrival in arrivals]

    def answer_again(self, connection: Connection, earlier: Answered, fingerprint: bytes) -> Issue:
        """The original answer of an earlier request under the same key; a refusal when it was another request."""
        if earlier.fingerprint != fingerprint:
            return Refused.because(ErrorCode.IDEMPOTENCY_KEY_REUSED)
        query = select(*PRESCRIPTION_FIELDS).where(prescriptions.c.operation_id == earlier.id)
        try:
            found = opened(self._sealer, prescription_row(connection.execute(query).one()))
        except Refused as unreadable:
            return unreadable  # it must not take the batch with it
        return IssuedAnswer(
            id=found.row.id,
            operation_id=earlier.id,
            message=found.kept.message,
            remarks=found.kept.remarks,
            repeated=True,
        )

    def _placed(self, arrival: IssueArrival, number: str) -> _Placed:
        sound, answer = arrival.sound, self._answer(arrival, number)
        message, formed = answer.message, sound.formed
        kept = KeptPrescription(
            message=message,
            insurance=InsuranceEvidence(
                source=sound.insurance.source,
                reference=sound.insurance.reference,
                checked_at=sound.insurance.checked_at,
            ),
            findings=tuple(finding.as_stored() for finding in sound.remarks),
        )
        payload = sealed_payload(self._sealer, arrival.operation_id, message.model_dump_json().encode())
        return _Placed(
            answer,
            Outbound(
                id=arrival.operation_id,
                kind=OperationKind.SUBMIT_PRESCRIPTION,
                upstream=FUND,
                client=arrival.caller.client,
                business_key=number,
                revision=1,
                organisation=sound.order.organisation,
                payload=payload,
                fingerprint=arrival.fingerprint,
                at=arrival.at,
                idempotency_key=arrival.key,
                traceparent=arrival.caller.traceparent,
            ),
            {
                "id": arrival.id,
                "number": number,
                "patient": arrival.patient,
                "organisation": sound.order.organisation,
                "prescriber": arrival.prescriber,
                "region": sound.region,
                "state": PrescriptionState.ISSUED,
                "name_key": name_key(formed.medicine),
                "group_key": group_key(formed.medicine),
                "medicine": formed.medicine.code,
                "reference_version": formed.reference_version,
                "issued_at": arrival.at,
                "issued_on": message.issued_on,
                "valid_until": formed.valid_until,
                "remote": sound.order.remote is not None,
                "course_dose": str(formed.course_dose),
                "dose_unit": formed.dose_unit,
                "reserved": arrival.expected,
                "payload": seal_prescription(self._sealer, arrival.id, kept),
                "operation_id": arrival.operation_id,
            },
        )

    def _answer(self, arrival: IssueArrival, number: str) -> IssuedAnswer:
        sound = arrival.sound
        formed = sound.formed
        message = IssuedPrescription(
            number=number,
            order=sound.order,
            medicine=formed.medicine,
            reference_version=formed.reference_version,
            attached_organisation=sound.attached_organisation,
            issued_at=arrival.at,
            issued_on=arrival.issued_on,
            valid_until=formed.valid_until,
            course_dose=formed.course_dose,
            dose_unit=formed.dose_unit,
            expected_compensation=formed.expected_compensation,
        )
        return IssuedAnswer(
            id=arrival.id,
            operation_id=arrival.operation_id,
            message=message,
            remarks=sound.remarks,
            repeated=False,
        )


@dataclass(frozen=True, slots=True)
class _Placed:
    """One prescription, ready to be written."""

    answer: IssuedAnswer
    outbound: Outbound
    values: dict[str, Any]


class _Patients:
    """How the patients of a batch stand, locked until COMMIT; what is placed is counted at once."""

    def __init__(
        self, open_until: dict[tuple[bytes, str], date], years: dict[Whose, PatientYear], limits: LimitBook
    ) -> None:
        self._open_until = open_until
        self._years = years
        self._limits = limits

    @classmethod
    def locked(cls, connection: Connection, arrivals: Sequence[IssueArrival], limits: LimitBook) -> _Patients:
        """Lock and read. What of theirs is overdue is written expired first, which gives back what it had set aside."""
        latest: dict[bytes, datetime] = {}
        for arrival in arrivals:
            latest[arrival.patient] = max(arrival.at, latest.get(arrival.patient, arrival.at))
        rows = _open_prescriptions(connection, sorted(latest))
        overdue = [row for row in rows if row.valid_until < bishkek_day(latest[row.patient])]
        years = locked_years(connection, {arrival.year for arrival in arrivals} | {year_of(row) for row in overdue})
        if overdue:
            expire(connection, overdue, max(latest.values()))
        for row in overdue:
            years[year_of(row)] = added(years[year_of(row)], PatientYear(reserved=-row.reserved))
        expired = {row.id for row in overdue}
        live = {(row.patient, row.name_key): row.valid_until for row in rows if row.id not in expired}
        return cls(live, years, limits)

    def objections(self, connection: Connection, arrival: IssueArrival) -> Iterator[Finding]:
        """What stands against one more: an open one of the name (clause 18), the limit of the year (clause 21(1))."""
        open_until = self._open_until.get(arrival.name)
        if open_until is not None:
            yield open_already(open_until)
        year = self._years[arrival.year]
        limit = self._limits.limit(connection, arrival.issued_on)
        exceeded = check_limit(LimitFacts(limit=limit, used=year.used, reserved=year.reserved), arrival.expected)
        if exceeded is not None:
            yield exceeded

    def place(self, arrival: IssueArrival) -> None:
        """From now on it is one of theirs."""
        self._open_until[arrival.name] = arrival.sound.formed.valid_until
        self._years[arrival.year] = added(self._years[arrival.year], PatientYear(reserved=arrival.expected))


def _open_prescriptions(connection: Connection, patients: Sequence[bytes]) -> list[PrescriptionRow]:
    query = (
        select(*PRESCRIPTION_FIELDS)
        .where(prescriptions.c.patient.in_(patients), IS_OPEN)
        .order_by(prescriptions.c.id)
        .with_for_update()
    )
    return [prescription_row(row) for row in connection.execute(query)]
