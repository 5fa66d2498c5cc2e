"""Taking a dispense back, exactly: its dose, the patient's limit, the budget, at the fund and for its boxes.

Only its own pharmacy does it, once, and not after it has entered a settlement report (clauses 45 and 47); then it is
corrected in a later act.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select, update

from gateway.audit.actions import Action
from gateway.operations.model import OperationKind, State
from gateway.operations.signals import work
from gateway.ports import Sealer
from gateway.programme.common import (
    FUND,
    MEDICINES_DATABASE,
    Caller,
    Opened,
    UnderWay,
    keyed_idempotency,
    opened,
    submit,
)
from gateway.programme.dispensing.ledger import Ledger, Progress, limit_day
from gateway.programme.dispensing.model import Surroundings, course_of
from gateway.programme.dispensing.records import (
    Carried,
    DispenseRecord,
    DispenseRow,
    KeptDispense,
    dispense_row,
    find_dispense,
    insert_dispenses,
    left_of,
    open_dispense,
    original_record,
    seal_dispense,
)
from gateway.programme.dispensing.sales import Dispensed, business_key, declaration_key
from gateway.programme.dispensing.sold_boxes import take_back
from gateway.programme.model import PrescriptionState
from gateway.programme.outbound import Outbound, answered_before, insert_outbound, sealed_payload
from gateway.programme.ports import Charge, Split
from gateway.programme.prescribing.expiry import IS_OPEN
from gateway.programme.prescribing.records import PRESCRIPTION_FIELDS, PrescriptionRow, prescription_row
from gateway.rules.compensation import Course, negative
from gateway.rules.days import bishkek_day
from gateway.rules.findings import Refused
from gateway.rules.medicines.groups import name_key
from gateway.rules.money import to_tyiyn
from gateway.sealing.index import keyed_digest
from gateway.store.programme_tables import dispenses, prescriptions
from schemas.dispensing import ReversalOrder
from schemas.errors import ErrorCode
from schemas.medicines import Medicine
from schemas.programme.messages import BoxesReturned, ReversedDispense

_PATH: Final = "path:dispense_id"

Organisations = Collection[str] | None
"""Codes of organisations; ``None`` for all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A reversal on its way into the store. ``sold`` and ``prescription`` are as they stood when it came in."""

    id: UUID
    operation: UUID
    cancellation: UUID | None
    """The operation that takes the declaration of the boxes back, if there was one."""
    at: datetime
    order: ReversalOrder
    caller: Caller
    sold: DispenseRow
    kept: KeptDispense
    prescription: Opened
    key: str
    fingerprint: bytes

    @property
    def name(self) -> tuple[str, str]:
        return self.caller.client, self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """A reversal that nothing refuses. ``left`` and ``course`` are its prescription and course as it leaves them."""

    asked: _Asked
    left: PrescriptionRow
    course: Course


class Reversing:
    """Takes dispenses back, each once."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings
        self._under_way = UnderWay()

    async def reverse(
        self, dispense: UUID, order: ReversalOrder, key: str, *, within: Organisations, caller: Caller
    ) -> Dispensed:
        """Take a dispense of one of the pharmacies ``within`` back; on return it is committed.

        ``key`` is the Idempotency-Key: the same request again gets the first answer. Raises ``Refused``:
        DISPENSE_NOT_FOUND (others' too), DISPENSE_REPORTED, DISPENSE_REVERSED, IDEMPOTENCY_IN_PROGRESS,
        IDEMPOTENCY_KEY_REUSED, CONTENT_UNREADABLE, STORE_UNAVAILABLE.
        """
        with self._under_way.alone(caller.client, key):
            answer = await self._reverse(dispense, order, key, within, caller)
        if not answer.repeated:
            self._around.signals.fire(work(FUND))
            if answer.record.row.sale_operation_id is not None:
                self._around.signals.fire(work(MEDICINES_DATABASE))
        return answer

    async def _reverse(
        self, dispense: UUID, order: ReversalOrder, key: str, within: Organisations, caller: Caller
    ) -> Dispensed:
        around = self._around
        found = await around.store.read(partial(_find, dispense=dispense, within=within))
        if found is None:
            raise Refused.because(ErrorCode.DISPENSE_NOT_FOUND, _PATH)
        sold, prescription = found
        request = b"\0".join((dispense.bytes, order.model_dump_json().encode()))
        asked = _Asked(
            id=around.ids.new(),
            operation=around.ids.new(),
            cancellation=None if sold.sale_operation_id is None else around.ids.new(),
            at=around.clock.now(),
            order=order,
            caller=caller,
            sold=sold,
            kept=open_dispense(around.sealer, sold),
            prescription=opened(around.sealer, prescription),
            key=keyed_idempotency(around.index, caller.client, key),
            fingerprint=keyed_digest(around.index, "reversal", sha256(request).digest()),
        )
        answer: Dispensed | Refused = await submit(around.store, self._reverse_batch, asked)
        if isinstance(answer, Refused):
            raise answer
        return answer

    def _reverse_batch(self, connection: Connection, wanted: Sequence[_Asked]) -> Sequence[Dispensed | Refused]:
        """Batch function: one answer each."""
        ledger = Ledger.locked(connection, {one.prescription.row.id for one in wanted})
        rows = _locked(connection, {one.sold.id for one in wanted})
        earlier = answered_before(connection, (one.name for one in wanted))
        judged: dict[UUID, _Judged] = {}
        answers: list[Dispensed | Refused | _Judged] = []
        for one in wanted:
            twin = judged.get(one.sold.id)
            if (before := earlier.get(one.name)) is not None:
                found = original_record(
                    connection, self._around.sealer, before, OperationKind.REVERSE_DISPENSE, one.fingerprint
                )
                answers.append(Dispensed(found, repeated=True) if isinstance(found, DispenseRecord) else found)
            elif twin is not None:
                same = (twin.asked.name, twin.asked.fingerprint) == (one.name, one.fingerprint)
                answers.append(twin if same else Refused.because(ErrorCode.DISPENSE_REVERSED, _PATH))
            else:
                answer = self._judge(connection, ledger, rows[one.sold.id], one)
                answers.append(answer)
                if isinstance(answer, _Judged):
                    judged[one.sold.id] = answer
        records = self._write(connection, ledger, list(judged.values()))
        return [
            Dispensed(records[answer.asked.id], repeated=answer.asked is not one)
            if isinstance(answer, _Judged)
            else answer
            for one, answer in zip(wanted, answers, strict=True)
        ]

    def _judge(self, connection: Connection, ledger: Ledger, sold: DispenseRow, asked: _Asked) -> _Judged | Refused:
        if sold.report is not None:
            return Refused.because(ErrorCode.DISPENSE_REPORTED, _PATH)
        if sold.reversed_by is not None or sold.reversal_of is not None:
            return Refused.because(ErrorCode.DISPENSE_REVERSED, _PATH)
        row, prescribed = ledger.prescription(sold.prescription), asked.prescription.kept.message.medicine
        today = bishkek_day(asked.at)
        course = course_of(row).after(-sold.dose)
        progress = Progress(
            course=course,
            state=_state_after(connection, row, course, prescribed, today),
            fills=row.fills,
            compensation=-to_tyiyn(sold.sums.compensation),
        )
        limit = self._around.limits.limit(connection, limit_day(row, today))
        return _Judged(
            asked=asked, left=ledger.advance(row, prescribed, progress, limit=limit, at=asked.at), course=course
        )

    def _write(
        self, connection: Connection, ledger: Ledger, judged: Sequence[_Judged]
    ) -> Mapping[UUID, DispenseRecord]:
        around = self._around
        charged = [one.asked.sold for one in judged if one.asked.sold.sums.settled]
        around.budgets.give_back(
            connection,
            [(Charge(sold.region, sold.sold_on.year, to_tyiyn(sold.sums.settled)), sold.split) for sold in charged],
        )
        records = {one.asked.id: _record(one, around.sealer) for one in judged}
        insert_outbound(connection, [operation for one in judged for operation in _operations(one, around.sealer)])
        insert_dispenses(connection, [record.row for record in records.values()])
        take_back(connection, [one.asked.sold.id for one in judged])
        if judged:
            connection.execute(
                update(dispenses).where(dispenses.c.id == bindparam("which")),
                [{"which": one.asked.sold.id, "reversed_by": one.asked.id} for one in judged],
            )
        ledger.write()
        around.append_audit(
            connection,
            [
                one.asked.caller.event(
                    Action.DISPENSE_REVERSED,
                    pharmacy=one.asked.sold.pharmacy,
                    subject=one.left.patient,
                    target=str(one.asked.sold.id),
                )
                for one in judged
            ],
        )
        return records


def _find(connection: Connection, dispense: UUID, within: Organisations) -> tuple[DispenseRow, PrescriptionRow] | None:
    """A dispense and its prescription; another pharmacy's is not there, and costs no more than one that is not."""
    sold = find_dispense(connection, dispense)
    if sold is None or (within is not None and sold.pharmacy not in within):
        return None
    query = select(*PRESCRIPTION_FIELDS).where(prescriptions.c.id == sold.prescription)
    return sold, prescription_row(connection.execute(query).one())


def _locked(connection: Connection, wanted: Collection[UUID]) -> Mapping[UUID, DispenseRow]:
    """Dispenses, locked to COMMIT: a report that is being formed takes them before or after."""
    query = select(dispenses).where(dispenses.c.id.in_(wanted)).order_by(dispenses.c.id).with_for_update()
    rows = (dispense_row(row) for row in connection.execute(query))
    return {row.id: row for row in rows}


def _state_after(
    connection: Connection, row: PrescriptionRow, course: Course, prescribed: Medicine, today: date
) -> PrescriptionState:
    """What was wholly dispensed opens again in its term, unless another of the name is open by now (clause 18)."""
    if today > row.valid_until:
        return PrescriptionState.EXPIRED
    if not row.state.is_open and _has_another_open(connection, row, prescribed):
        return row.state
    return PrescriptionState.PARTIALLY_DISPENSED if course.dispensed else PrescriptionState.ISSUED


def _has_another_open(connection: Connection, row: PrescriptionRow, prescribed: Medicine) -> bool:
    another = select(prescriptions.c.id).where(
        prescriptions.c.patient == row.patient, prescriptions.c.name_key == name_key(prescribed), IS_OPEN
    )
    return connection.execute(another.limit(1)).first() is not None


def _record(judged: _Judged, sealer: Sealer) -> DispenseRecord:
    """The exact negative of the sale, on the day of the sale."""
    asked, sold = judged.asked, judged.asked.sold
    kept = asked.kept.model_copy(
        update={
            "left": left_of(judged.left, judged.course, asked.prescription.kept.message.medicine),
            "reversal": asked.order,
        }
    )
    row = replace(
        sold,
        id=asked.id,
        reversal_of=sold.id,
        recorded_at=asked.at,
        units=-sold.units,
        compensated_units=-sold.compensated_units,
        dose=-sold.dose,
        sums=negative(sold.sums),
        split=Split(-sold.split.now, -sold.split.next),
        receipt_amount=None,
        payload=seal_dispense(sealer, asked.id, kept),
        findings=(),
        operation_id=asked.operation,
        sale_operation_id=asked.cancellation,
    )
    carried = [Carried(asked.operation, OperationKind.REVERSE_DISPENSE, FUND, State.QUEUED, None)]
    if asked.cancellation is not None:
        carried.append(Carried(asked.cancellation, OperationKind.CANCEL_SALE, MEDICINES_DATABASE, State.QUEUED, None))
    return DispenseRecord(row, kept, tuple(carried))


def _operations(judged: _Judged, sealer: Sealer) -> Iterator[Outbound]:
    """Revision 2 of what the sale has sent: lanes keep the order of one business key."""
    asked, sold = judged.asked, judged.asked.sold
    sums = negative(sold.sums)
    message = ReversedDispense(
        dispense=sold.id,
        reversal=asked.id,
        number=judged.left.number,
        fill=sold.fill,
        pharmacy=sold.pharmacy,
        reversed_at=asked.at,
        reason=asked.order.reason,
        retail=sums.retail,
        compensation=sums.compensation,
        patient=sums.patient,
        settled=sums.settled,
    )
    yield Outbound(
        id=asked.operation,
        kind=OperationKind.REVERSE_DISPENSE,
        upstream=FUND,
        client=asked.caller.client,
        business_key=business_key(message.number, message.fill),
        revision=2,
        organisation=sold.pharmacy,
        payload=sealed_payload(sealer, asked.operation, message.model_dump_json().encode()),
        fingerprint=asked.fingerprint,
        at=asked.at,
        idempotency_key=asked.key,
        traceparent=asked.caller.traceparent,
    )
    if asked.cancellation is None:
        return
    boxes = BoxesReturned(dispense=sold.id, pharmacy=sold.pharmacy, boxes=tuple(box.code for box in asked.kept.boxes))
    yield Outbound(
        id=asked.cancellation,
        kind=OperationKind.CANCEL_SALE,
        upstream=MEDICINES_DATABASE,
        client=asked.caller.client,
        business_key=declaration_key(sold.id),
        revision=2,
        organisation=sold.pharmacy,
        payload=sealed_payload(sealer, asked.cancellation, boxes.model_dump_json().encode()),
        fingerprint=asked.fingerprint,
        at=asked.at,
        traceparent=asked.caller.traceparent,
    )
