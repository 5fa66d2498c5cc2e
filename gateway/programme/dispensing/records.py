"""Dispenses as the store keeps them: what is asked by stands in columns, everything else in the sealed payload."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson
import structlog
from sqlalchemy import ColumnElement, Connection, Row, Select, insert, select, tuple_

from gateway.operations.model import OperationKind, State
from gateway.operations.records import stored_findings
from gateway.ports import BlindIndex, Sealer
from gateway.programme.outbound import Answered
from gateway.programme.ports import Split
from gateway.programme.prescribing.records import PrescriptionRow
from gateway.rules.compensation import Course, Sums, whole_units
from gateway.rules.days import beginning_of
from gateway.rules.findings import Finding, Refused
from gateway.rules.money import from_tyiyn, to_tyiyn
from gateway.sealing.errors import CannotOpen
from gateway.sealing.payloads import is_erased
from gateway.store.programme_tables import dispenses, prescriptions
from gateway.store.tables import operations
from schemas.amounts import Dose, plain
from schemas.base import Contract, NameText
from schemas.dispensing import Box, Choice, ReversalOrder, StockItem
from schemas.errors import ErrorCode
from schemas.medicines import DoseUnit, Medicine
from schemas.prescriptions.views import PrescriptionState as StateName
from schemas.programme.messages import DispensedMedicine

_CONTEXT: Final = b"dispenses.payload"

log = structlog.get_logger(__name__)


class Left(Contract):
    """A prescription as a dispense or reversal left it. ``units`` are of the prescribed medicine."""

    dose: Dose
    dose_unit: DoseUnit
    units: int
    last_day: date
    state: StateName


class KeptDispense(Contract):
    """The sealed part of a dispense. A reversal holds the sale that it takes back, and why."""

    sold: DispensedMedicine
    pharmacist: NameText
    offers_shown: tuple[StockItem, ...]
    """What the patient was told of (clause 36)."""
    choice: Choice | None
    boxes: tuple[Box, ...]
    left: Left
    reversal: ReversalOrder | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DispenseRow:
    """A row of ``dispenses``, typed. Doses are in the prescription's unit, sums are som, ``split`` is in tyiyn."""

    id: UUID
    prescription: UUID
    fill: int
    reversal_of: UUID | None
    reversed_by: UUID | None
    pharmacy: str
    region: str
    sold_at: datetime
    sold_on: date
    recorded_at: datetime
    medicine: str
    reference_version: int
    units: int
    compensated_units: int
    dose: Decimal
    pack_price: Decimal
    sums: Sums
    split: Split
    receipt_amount: Decimal | None
    receipt_key: bytes | None
    report: UUID | None
    payload: bytes
    findings: tuple[Finding, ...]
    operation_id: UUID
    sale_operation_id: UUID | None


class Carried(NamedTuple):
    """An operation that carries a dispense to another system, and how it stands."""

    id: UUID
    kind: OperationKind
    upstream: str
    state: State
    record_number: str | None


@dataclass(frozen=True, slots=True)
class DispenseRecord:
    """A dispense with all that is told of it."""

    row: DispenseRow
    kept: KeptDispense
    carried: tuple[Carried, ...]


def seal_dispense(sealer: Sealer, dispense: UUID, kept: KeptDispense) -> bytes:
    """The payload of a dispense's row: nobody can read it, or pass it off as another's."""
    return sealer.seal(kept.model_dump_json().encode(), _CONTEXT + dispense.bytes)


def open_dispense(sealer: Sealer, row: DispenseRow) -> KeptDispense:
    """The inverse; raises ``Refused``: CONTENT_ERASED when its time of keeping has ended, CONTENT_UNREADABLE."""
    if is_erased(row.payload):
        raise Refused.because(ErrorCode.CONTENT_ERASED)
    try:
        return KeptDispense.model_validate_json(sealer.open(row.payload, _CONTEXT + row.id.bytes))
    except CannotOpen as error:
        log.error("payload_unreadable", alarm=True, operation_id=str(row.operation_id))  # noqa: TRY400 - says it all
        raise Refused.because(ErrorCode.CONTENT_UNREADABLE) from error


def left_of(row: PrescriptionRow, course: Course, prescribed: Medicine) -> Left:
    """How a dispense or reversal leaves a prescription and its course."""
    leading = prescribed.leading
    return Left(
        dose=course.remaining,
        dose_unit=row.dose_unit,
        units=whole_units(course, leading.strength, leading.strength_unit) or 0,
        last_day=row.valid_until,
        state=StateName[row.state.name],
    )


def receipt_key(index: BlindIndex, pharmacy: str, number: str) -> bytes:
    """The blind index of a receipt's number, by which a pharmacy finds its sale again."""
    return index.of("receipt", f"{pharmacy}\0{number}")


def insert_dispenses(connection: Connection, rows: Sequence[DispenseRow]) -> None:
    """Write dispenses and reversals down, in this order."""
    if rows:
        connection.execute(insert(dispenses), [_values(row) for row in rows])


def _values(row: DispenseRow) -> dict[str, Any]:
    sums = row.sums
    return {name: getattr(row, name) for name in _AS_THEY_ARE} | {
        "dose": plain(row.dose),
        "pack_price": to_tyiyn(row.pack_price),
        "retail": to_tyiyn(sums.retail),
        "compensation": to_tyiyn(sums.compensation),
        "patient_sum": to_tyiyn(sums.patient),
        "settled": to_tyiyn(sums.settled),
        "charged_now": row.split.now,
        "charged_next": row.split.next,
        "receipt_amount": None if row.receipt_amount is None else to_tyiyn(row.receipt_amount),
        "findings": stored_findings(row.findings),
    }


def dispense_row(row: Row[Any]) -> DispenseRow:
    """A row of all columns of ``dispenses``."""
    return DispenseRow(
        **{name: getattr(row, name) for name in _AS_THEY_ARE},
        dose=Decimal(row.dose),
        pack_price=from_tyiyn(row.pack_price),
        sums=Sums(
            retail=from_tyiyn(row.retail),
            compensation=from_tyiyn(row.compensation),
            patient=from_tyiyn(row.patient_sum),
            settled=from_tyiyn(row.settled),
        ),
        split=Split(row.charged_now, row.charged_next),
        receipt_amount=None if row.receipt_amount is None else from_tyiyn(row.receipt_amount),
        findings=tuple(Finding.from_stored(one) for one in orjson.loads(row.findings or "[]")),
    )


_TURNED: Final = frozenset({"dose", "pack_price", "sums", "split", "receipt_amount", "findings"})
_AS_THEY_ARE: Final = tuple(name for name in DispenseRow.__dataclass_fields__ if name not in _TURNED)


def find_dispense(connection: Connection, dispense: UUID) -> DispenseRow | None:
    """One dispense or reversal by its id."""
    return _one(connection, select(dispenses).where(dispenses.c.id == dispense))


def find_reversal(connection: Connection, dispense: UUID) -> DispenseRow | None:
    """The reversal of a dispense."""
    return _one(connection, select(dispenses).where(dispenses.c.reversal_of == dispense))


def _one(connection: Connection, query: Select[Any]) -> DispenseRow | None:
    row = connection.execute(query).one_or_none()
    return None if row is None else dispense_row(row)


def read_record(connection: Connection, sealer: Sealer, row: DispenseRow) -> DispenseRecord:
    """A dispense with how its operations stand now; raises ``Refused`` (CONTENT_UNREADABLE)."""
    return read_records(connection, sealer, [row])[0]


def read_records(connection: Connection, sealer: Sealer, rows: Sequence[DispenseRow]) -> list[DispenseRecord]:
    """Several of them."""
    carried = _carried_by(connection, rows)
    return [
        DispenseRecord(row, open_dispense(sealer, row), tuple(carried[one] for one in _operations_of(row)))
        for row in rows
    ]


def original_record(
    connection: Connection, sealer: Sealer, answered: Answered, kind: OperationKind, fingerprint: bytes
) -> DispenseRecord | Refused:
    """The answer to an earlier request as it was given then, whatever has become of it since.

    IDEMPOTENCY_KEY_REUSED for the key of another request.
    """
    if answered.kind is not kind or answered.fingerprint != fingerprint:
        return Refused.because(ErrorCode.IDEMPOTENCY_KEY_REUSED)
    number, _, fill = answered.business_key.partition("/")
    query = (
        select(dispenses)
        .join_from(dispenses, prescriptions, prescriptions.c.id == dispenses.c.prescription)
        .where(
            prescriptions.c.number == number,
            dispenses.c.fill == int(fill),
            dispenses.c.operation_id == answered.id,
        )
    )
    row = dispense_row(connection.execute(query).one())
    found = read_record(connection, sealer, replace(row, reversed_by=None, report=None))
    return replace(found, carried=tuple(one._replace(state=State.QUEUED, record_number=None) for one in found.carried))


class PlaceInList(NamedTuple):
    """Where a page of dispenses ended."""

    sold_on: date
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DispenseFilter:
    """Which dispenses are listed: of one pharmacy.

    ``first`` and ``last`` are Bishkek days of sale, ``recorded_first`` and ``recorded_last`` of recording, all
    included; what is ``None`` is no bound. ``recorded_by`` is the client that recorded them.
    """

    pharmacy: str
    first: date | None = None
    last: date | None = None
    recorded_first: date | None = None
    recorded_last: date | None = None
    recorded_by: str | None = None
    receipt_key: bytes | None = None
    after: PlaceInList | None = None
    limit: int = 100


def list_dispenses(connection: Connection, wanted: DispenseFilter) -> list[DispenseRow]:
    """Dispenses and reversals by day of sale and then by id, which is the order of recording."""
    query = (
        select(dispenses)
        .where(dispenses.c.pharmacy == wanted.pharmacy, *_within(wanted))
        .order_by(dispenses.c.sold_on, dispenses.c.id)
        .limit(wanted.limit)
    )
    if wanted.receipt_key is not None:
        query = query.where(dispenses.c.receipt_key == wanted.receipt_key)
    if wanted.recorded_by is not None:
        recorded = operations.c.id == dispenses.c.operation_id
        query = query.join(operations, recorded).where(operations.c.client == wanted.recorded_by)
    if wanted.after is not None:
        query = query.where(tuple_(dispenses.c.sold_on, dispenses.c.id) > tuple(wanted.after))
    return [dispense_row(row) for row in connection.execute(query)]


def _within(wanted: DispenseFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.first is not None:
        yield dispenses.c.sold_on >= wanted.first
    if wanted.last is not None:
        yield dispenses.c.sold_on <= wanted.last
    if wanted.recorded_first is not None:
        yield dispenses.c.recorded_at >= beginning_of(wanted.recorded_first)
    if wanted.recorded_last is not None:
        yield dispenses.c.recorded_at < beginning_of(wanted.recorded_last + timedelta(days=1))


def _operations_of(row: DispenseRow) -> list[UUID]:
    return [one for one in (row.operation_id, row.sale_operation_id) if one is not None]


def _carried_by(connection: Connection, rows: Iterable[DispenseRow]) -> Mapping[UUID, Carried]:
    """The operations of dispenses as they stand, by id."""
    wanted = {one for row in rows for one in _operations_of(row)}
    found = connection.execute(
        select(
            operations.c.id, operations.c.kind, operations.c.upstream, operations.c.state, operations.c.record_number
        ).where(operations.c.id.in_(wanted))
    )
    return {
        one.id: Carried(one.id, OperationKind(one.kind), one.upstream, State(one.state), one.record_number)
        for one in found
    }
