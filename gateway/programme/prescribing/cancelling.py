"""Cancelling prescriptions, by the organisation that issued them, while nothing is dispensed (domain rules, 1.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select, update

from gateway.audit.actions import Action
from gateway.audit.trail import AppendAudit
from gateway.operations.model import OperationKind
from gateway.ports import Sealer
from gateway.programme.common import FUND
from gateway.programme.model import PrescriptionState
from gateway.programme.outbound import Outbound, insert_outbound, sealed_payload
from gateway.programme.prescribing.expiry import year_of
from gateway.programme.prescribing.limits import PatientYear, change_years, locked_years
from gateway.programme.prescribing.model import Requester, audit_event
from gateway.programme.prescribing.records import PRESCRIPTION_FIELDS, PrescriptionRow, prescription_row
from gateway.rules.days import bishkek_day, bishkek_time
from gateway.rules.findings import Finding, Refused
from gateway.store.programme_tables import prescriptions
from schemas.errors import ErrorCode
from schemas.prescriptions import PrescriptionState as StateName
from schemas.programme.messages import CancelledPrescription

PATH: Final = "path:prescription_id"

STATE_NAMES: Final[Mapping[PrescriptionState, StateName]] = {
    state: StateName[state.name] for state in PrescriptionState
}


def not_found() -> Refused:
    """The answer for what is not there and for what is another's alike."""
    return Refused.because(ErrorCode.RX_NOT_FOUND, PATH)


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelArrival:
    """One cancellation. ``operation_id`` is that of its delivery, ``fingerprint`` a keyed digest of the request."""

    prescription: UUID
    operation_id: UUID
    reason: str
    requester: Requester
    fingerprint: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A cancelled prescription as it stands; ``repeated`` when it was cancelled before."""

    row: PrescriptionRow
    repeated: bool


class PrescriptionCancel:
    """The batch function of cancelling."""

    def __init__(self, *, sealer: Sealer, audit: AppendAudit) -> None:
        self._sealer = sealer
        self._audit = audit

    def cancel(self, connection: Connection, arrivals: Sequence[CancelArrival]) -> Sequence[Cancelled | Refused]:
        """One answer an arrival: cancelled now, cancelled before (``repeated``), or refused."""
        rows = _locked(connection, {arrival.prescription for arrival in arrivals})
        locked_years(connection, {year_of(row) for row in rows.values()})
        answers: list[Cancelled | Refused] = []
        for arrival in arrivals:
            row = rows.get(arrival.prescription)
            if row is None or not arrival.requester.may_see(row.organisation):
                answers.append(not_found())
            elif row.state is PrescriptionState.CANCELLED:
                answers.append(Cancelled(row, repeated=True))
            elif (objection := _objection(row, arrival.at)) is not None:
                answers.append(Refused((objection,)))
            else:
                rows[row.id] = cancelled = self._cancel(connection, row, arrival)
                answers.append(Cancelled(cancelled, repeated=False))
        return answers

    def _cancel(self, connection: Connection, row: PrescriptionRow, arrival: CancelArrival) -> PrescriptionRow:
        message = CancelledPrescription(number=row.number, cancelled_at=arrival.at, reason=arrival.reason)
        outbound = Outbound(
            id=arrival.operation_id,
            kind=OperationKind.CANCEL_PRESCRIPTION,
            upstream=FUND,
            client=arrival.requester.caller.client,
            business_key=row.number,
            revision=2,
            organisation=row.organisation,
            payload=sealed_payload(self._sealer, arrival.operation_id, message.model_dump_json().encode()),
            fingerprint=arrival.fingerprint,
            at=arrival.at,
            traceparent=arrival.requester.caller.traceparent,
        )
        insert_outbound(connection, [outbound])
        cancelled = replace(row, state=PrescriptionState.CANCELLED, reserved=0, ended_at=arrival.at)
        connection.execute(
            update(prescriptions)
            .where(prescriptions.c.id == row.id)
            .values(state=cancelled.state, reserved=0, ended_at=arrival.at)
        )
        change_years(connection, [(year_of(row), PatientYear(reserved=-row.reserved))])
        event = audit_event(
            arrival.requester.caller,
            Action.PRESCRIPTION_CANCELLED,
            organisation=row.organisation,
            subject=row.patient,
            target=row.id,
        )
        self._audit(connection, [event])
        return cancelled


def _objection(row: PrescriptionRow, at: datetime) -> Finding | None:
    """Why it cannot be cancelled: something was dispensed, its days are over, or a pharmacy is at work on it."""
    state = row.state_on(bishkek_day(at))
    if state is not PrescriptionState.ISSUED:
        return Finding(ErrorCode.RX_STATE, PATH, {"state": STATE_NAMES[state].value})
    if row.held_since is not None and row.held_until is not None and row.is_held(at):
        held = {"since": bishkek_time(row.held_since), "until": bishkek_time(row.held_until)}
        return Finding(ErrorCode.RX_HELD, PATH, held)
    return None


def _locked(connection: Connection, ids: set[UUID]) -> dict[UUID, PrescriptionRow]:
    query = (
        select(*PRESCRIPTION_FIELDS).where(prescriptions.c.id.in_(ids)).order_by(prescriptions.c.id).with_for_update()
    )
    return {row.id: row for row in map(prescription_row, connection.execute(query))}
