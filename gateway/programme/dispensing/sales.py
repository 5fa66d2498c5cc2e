"""From a sale that was judged sound to what is written of it: its row, its messages, its answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from gateway.operations.model import OperationKind, State
from gateway.ports import BlindIndex, Sealer
from gateway.programme.common import FUND, MEDICINES_DATABASE, Caller, Opened
from gateway.programme.dispensing.records import (
    Carried,
    DispenseRecord,
    DispenseRow,
    KeptDispense,
    left_of,
    receipt_key,
    seal_dispense,
)
from gateway.programme.outbound import Outbound, sealed_payload
from gateway.programme.ports import Charge, Split
from gateway.programme.prescribing.records import PrescriptionRow
from gateway.rules.compensation import Course, Reckoning
from gateway.rules.days import bishkek_day
from gateway.rules.dispensing import BoxStanding
from gateway.rules.findings import Finding
from gateway.rules.money import to_som, to_tyiyn
from schemas.dispensing import Box, DispenseOrder
from schemas.medicines import Medicine
from schemas.programme.messages import BoxesSold, DispensedMedicine, SoldBox


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleMade:
    """A sale on its way into the store. ``key`` is the keyed idempotency key, ``fingerprint`` that of the request.

    ``declaration`` is the id of the operation that declares its boxes, ``None`` for a sale without boxes and where no
    medicines database is configured. ``boxes`` are the keyed digests of its whole boxes by the path of their code.
    """

    id: UUID
    operation: UUID
    declaration: UUID | None
    at: datetime
    order: DispenseOrder
    caller: Caller
    opened: Opened
    standings: Mapping[str, BoxStanding] = field(repr=False)
    boxes: Mapping[str, bytes] = field(repr=False)
    key: str
    fingerprint: bytes

    @property
    def name(self) -> tuple[str, str]:
        """By what a repeat is recognised."""
        return self.caller.client, self.key


@dataclass(frozen=True, slots=True)
class Dispensed:
    """The answer to a sale or a reversal; ``repeated`` when it is that of an earlier request."""

    record: DispenseRecord
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSale:
    """A sale that nothing refuses. ``left`` and ``course`` are its prescription and course as it leaves them."""

    sale: SaleMade
    sold: Medicine
    reference_version: int
    sold_at: datetime
    reckoning: Reckoning
    left: PrescriptionRow
    course: Course
    findings: tuple[Finding, ...]

    @property
    def charge(self) -> Charge:
        """What is charged to the budget of the patient's region and the year of sale (clause 8)."""
        return Charge(self.left.region, bishkek_day(self.sold_at).year, to_tyiyn(self.reckoning.settled))


def business_key(number: str, fill: int) -> str:
    """By what the fund's information system knows a dispense."""
    return f"{number}/{fill}"


def declaration_key(dispense: UUID) -> str:
    """By what the national medicines database is told of a sale's boxes."""
    return f"sale/{dispense}"


def _message_of(judged: JudgedSale) -> DispensedMedicine:
    """What the fund's information system is told of it."""
    sale, reckoning, left = judged.sale, judged.reckoning, judged.left
    order = sale.order
    return DispensedMedicine(
        dispense=sale.id,
        number=left.number,
        fill=left.fills,
        pin=sale.opened.kept.message.order.patient.pin,
        pharmacy=order.pharmacy,
        sold_at=judged.sold_at,
        sold_on=bishkek_day(judged.sold_at),
        medicine=order.sale.medicine,
        reference_version=judged.reference_version,
        units=order.sale.units,
        compensated_units=reckoning.compensated_units,
        dose=reckoning.dose,
        pack_price=order.sale.pack_price,
        retail=reckoning.retail,
        compensation=reckoning.compensation,
        patient=reckoning.patient,
        settled=reckoning.settled,
        receipt_number=order.receipt.number if order.receipt is not None else None,
        receipt_amount=order.receipt.amount if order.receipt is not None else None,
    )


def record_of(judged: JudgedSale, split: Split, sealer: Sealer, index: BlindIndex) -> DispenseRecord:
    """The dispense as it is written down and answered."""
    sale, order = judged.sale, judged.sale.order
    message = _message_of(judged)
    kept = KeptDispense(
        sold=message,
        pharmacist=order.pharmacist,
        offers_shown=order.offers_shown,
        choice=order.choice,
        boxes=order.sale.boxes,
        left=left_of(judged.left, judged.course, sale.opened.kept.message.medicine),
    )
    row = DispenseRow(
        id=sale.id,
        prescription=judged.left.id,
        fill=message.fill,
        reversal_of=None,
        reversed_by=None,
        pharmacy=order.pharmacy,
        region=judged.left.region,
        sold_at=judged.sold_at,
        sold_on=message.sold_on,
        recorded_at=sale.at,
        medicine=order.sale.medicine,
        reference_version=judged.reference_version,
        units=order.sale.units,
        compensated_units=message.compensated_units,
        dose=message.dose,
        pack_price=message.pack_price,
        sums=judged.reckoning.sums,
        split=split,
        receipt_amount=message.receipt_amount,
        receipt_key=None if order.receipt is None else receipt_key(index, order.pharmacy, order.receipt.number),
        report=None,
        payload=seal_dispense(sealer, sale.id, kept),
        findings=judged.findings,
        operation_id=sale.operation,
        sale_operation_id=sale.declaration,
    )
    carried = [Carried(sale.operation, OperationKind.SUBMIT_DISPENSE, FUND, State.QUEUED, None)]
    if sale.declaration is not None:
        carried.append(Carried(sale.declaration, OperationKind.DECLARE_SALE, MEDICINES_DATABASE, State.QUEUED, None))
    return DispenseRecord(row, kept, tuple(carried))


def operations_of(judged: JudgedSale, message: DispensedMedicine, sealer: Sealer) -> Iterator[Outbound]:
    """What is to be delivered: ``message`` to the fund, the boxes to the national medicines database."""
    sale, order = judged.sale, judged.sale.order
    yield Outbound(
        id=sale.operation,
        kind=OperationKind.SUBMIT_DISPENSE,
        upstream=FUND,
        client=sale.caller.client,
        business_key=business_key(message.number, message.fill),
        revision=1,
        organisation=order.pharmacy,
        payload=sealed_payload(sealer, sale.operation, message.model_dump_json().encode()),
        fingerprint=sale.fingerprint,
        at=sale.at,
        idempotency_key=sale.key,
        traceparent=sale.caller.traceparent,
    )
    if sale.declaration is None:
        return
    boxes = BoxesSold(
        dispense=sale.id,
        number=message.number,
        pin=message.pin,
        pharmacy=order.pharmacy,
        boxes=tuple(_sold_box(box, order.sale.pack_price, judged.sold.pack_size) for box in order.sale.boxes),
    )
    yield Outbound(
        id=sale.declaration,
        kind=OperationKind.DECLARE_SALE,
        upstream=MEDICINES_DATABASE,
        client=sale.caller.client,
        business_key=declaration_key(sale.id),
        revision=1,
        organisation=order.pharmacy,
        payload=sealed_payload(sealer, sale.declaration, boxes.model_dump_json().encode()),
        fingerprint=sale.fingerprint,
        at=sale.at,
        traceparent=sale.caller.traceparent,
    )


def _sold_box(box: Box, pack_price: Decimal, pack_size: int) -> SoldBox:
    """A box with the retail sum of what is sold of it."""
    price = pack_price if box.units is None else to_som(Fraction(pack_price) * box.units / pack_size)
    return SoldBox(code=box.code, price=price, units=box.units)
