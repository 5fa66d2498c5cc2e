"""Live prescriptions by the number, and what pharmacies ask about them. Nobody described here exists.

Prescription ``n`` is of patient ``n`` alone: sixty tablets of a row of the example reference, issued within the last 25
days and acknowledged by the fund. The rows are those that issuing and delivering leave behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Connection, insert, text

from gateway.cli.reference_tables import table_from
from gateway.operations.model import Channel, OperationKind, Outcome, State
from gateway.ports import BlindIndex, Sealer
from gateway.programme.common import FUND
from gateway.programme.model import PrescriptionState
from gateway.programme.outbound import sealed_payload
from gateway.programme.prescribing.records import InsuranceEvidence, KeptPrescription, seal_prescription
from gateway.reference.medicines import parse_medicines
from gateway.rules.days import bishkek_day
from gateway.rules.medicines.groups import group_key, name_key
from gateway.store.medicines import NewVersion, add_version
from gateway.store.programme_tables import patient_years, prescriptions
from gateway.store.tables import operations
from gateway.system import TimeOrderedIds
from schemas.budget.budgets import RegionName
from schemas.medicines import Medicine
from tests.support.programme import Issued, make_issued, prescription_number

MEDICINE: Final = "EX-C01"
STOCK: Final = ({"medicine": MEDICINE, "pack_price": "450.00"}, {"medicine": "M0041", "pack_price": "610.00"})
"""What every pharmacy has of the generic group, at its prices."""
PHARMACIES: Final = tuple(f"{700001 + number}" for number in range(16))
REFERENCE: Final = Path(__file__).parents[1] / "config" / "examples" / "medicines.csv"

_DAYS: Final = 25
"""Prescriptions are this many days old at the most, and valid for thirty."""
_SCATTER: Final = 48_271
"""Coprime to every size of the store: neighbours in one order lie far apart in the other."""
_SERIALS: Final = 10**11
_PLACES: Final = {"pin": b"2" * 14, "number": b"1" * 12, "pharmacy": b"3" * 6, "receipt": b"4" * 14}
"""What stands in a template for the values that differ, with the length that all of them have."""


class Key(NamedTuple):
    """What opens a prescription."""

    pin: str
    number: str


def key(number: int) -> Key:
    """What opens prescription ``number``."""
    serial = number * _SCATTER * _SCATTER * _SCATTER % _SERIALS
    return Key(f"2{12 + number // 100_000 % 17:02d}051970{number % 100_000:05d}", prescription_number(serial))


class Prescriptions:
    """Rows of the tables, made for several stores at once: sealing takes longer than inserting."""

    def __init__(self, sealer: Sealer, index: BlindIndex, now: datetime) -> None:
        self._sealer = sealer
        self._index = index
        self._now = now
        self._ids = TimeOrderedIds()
        self._issued = [self._issued_before(days) for days in range(_DAYS)]

    def rows(self, numbers: Iterable[int]) -> Rows:
        """The rows of these prescriptions."""
        rows = Rows([], [], [])
        for number in numbers:
            self._add(rows, number)
        return rows

    @cached_property
    def reference(self) -> Sequence[Medicine]:
        """The rows of the example reference."""
        return table_from(REFERENCE, parse_medicines).medicines

    def _issued_before(self, days: int) -> Issued:
        medicine = next(one for one in self.reference if one.code == MEDICINE)
        return make_issued(issued_at=self._now - timedelta(days=days), prescribed=medicine)

    def _add(self, rows: Rows, number: int) -> None:
        opening, issued = key(number), self._issued[number % _DAYS]
        order = issued.message.order
        patient = order.patient.model_copy(update={"pin": opening.pin})
        message = issued.message.model_copy(
            update={"number": opening.number, "order": order.model_copy(update={"patient": patient})}
        )
        evidence = InsuranceEvidence(source="foms", reference="F-77", checked_at=message.issued_at)
        prescription, operation, blind = self._ids.new(), self._ids.new(), self._index.of("pin", opening.pin)
        rows.operations.append(
            {
                "id": operation,
                "kind": OperationKind.SUBMIT_PRESCRIPTION.value,
                "upstream": FUND,
                "state": State.DELIVERED.value,
                "client": "clinic",
                "channel": Channel.SYSTEM.value,
                "idempotency_key": operation.hex,
                "fingerprint": blind,
                "business_key": opening.number,
                "revision": 1,
                "organisation": order.organisation,
                "pilot": False,
                "payload": sealed_payload(self._sealer, operation, message.model_dump_json().encode()),
                "accepted_at": message.issued_at,
                "updated_at": message.issued_at,
                "due_at": message.issued_at,
                "attempts": 1,
                "outcome": Outcome.DELIVERED.value,
                "record_number": f"RX-{number:08d}",
            }
        )
        rows.prescriptions.append(
            {
                "id": prescription,
                "number": opening.number,
                "patient": blind,
                "organisation": order.organisation,
                "prescriber": self._index.of("pin", order.prescriber.pin),
                "region": tuple(RegionName)[number % len(RegionName)].value,
                "state": PrescriptionState.ISSUED,
                "name_key": name_key(message.medicine),
                "group_key": group_key(message.medicine),
                "medicine": message.medicine.code,
                "reference_version": message.reference_version,
                "issued_at": message.issued_at,
                "issued_on": message.issued_on,
                "valid_until": message.valid_until,
                "remote": False,
                "course_dose": str(message.course_dose),
                "dose_unit": message.dose_unit.value,
                "reserved": issued.reserved,
                "payload": seal_prescription(
                    self._sealer, prescription, KeptPrescription(message=message, insurance=evidence)
                ),
                "operation_id": operation,
            }
        )
        rows.years.append({"patient": blind, "year": message.issued_on.year, "used": 0, "reserved": issued.reserved})


class Rows(NamedTuple):
    """Rows of some prescriptions, table by table."""

    operations: list[dict[str, Any]]
    prescriptions: list[dict[str, Any]]
    years: list[dict[str, Any]]

    def insert(self, connection: Connection) -> None:
        """Put them into a store."""
        connection.execute(insert(operations), self.operations)
        connection.execute(insert(prescriptions), self.prescriptions)
        connection.execute(insert(patient_years), self.years)


def add_reference(connection: Connection, medicines: Sequence[Medicine], now: datetime) -> None:
    """Put the reference into a store, in force since before the first prescription."""
    first = bishkek_day(now) - timedelta(days=_DAYS)
    version = NewVersion(
        medicines=medicines,
        valid_from=first,
        list_approved_on=first,
        levels_set_on=first,
        today=first,
        at=now,
        by="benchmark",
    )
    add_version(connection, version)


def analyse(connection: Connection) -> None:
    """What autovacuum does by itself within a minute of such a load."""
    for table in (operations, prescriptions, patient_years):
        connection.execute(text(f"ANALYZE {table.name}"))


def look_ups(numbers: Iterator[int]) -> Iterator[bytes]:
    """HTTP requests that look prescriptions up, by each pharmacy in turn."""
    return _requests("/v1/prescriptions/lookup", _opening() | {"stock": STOCK}, numbers)


def dispenses(numbers: Iterator[int]) -> Iterator[bytes]:
    """HTTP requests that record the sale of half a course, by each pharmacy in turn."""
    order = _opening() | {
        "sale": {"medicine": MEDICINE, "units": 30, "pack_price": "450.00", "shelf_price": "450.00"},
        "pharmacist": "Асанова А.",
        "offers_shown": STOCK,
        "choice": "as-prescribed",
        "receipt": {"number": _PLACES["receipt"].decode(), "amount": "270.00"},
    }
    return _requests("/v1/dispenses", order, numbers)


def till(pharmacy: str) -> str:
    """Who asks for a pharmacy."""
    return f"till-{pharmacy}"


def _opening() -> dict[str, Any]:
    opening = {"pin": _PLACES["pin"].decode(), "number": _PLACES["number"].decode()}
    return {"pharmacy": _PLACES["pharmacy"].decode(), "prescription": opening}


def _requests(path: str, body: Mapping[str, Any], numbers: Iterator[int]) -> Iterator[bytes]:
    content = orjson.dumps(body)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\nGateway-Sender: {till(_PLACES['pharmacy'].decode())}\r\n"
        f"Idempotency-Key: {_PLACES['receipt'].decode()}\r\n\r\n"
    )
    template = (head.encode() + content).replace(b"%", b"%%")
    for name, place in _PLACES.items():
        template = template.replace(place, f"%({name})b".encode())
    for turn, number in enumerate(numbers):
        opening = key(number)
        yield template % {
            b"pin": opening.pin.encode(),
            b"number": opening.number.encode(),
            b"pharmacy": PHARMACIES[turn % len(PHARMACIES)].encode(),
            b"receipt": b"%014d" % number,
        }


def scattered(size: int) -> Iterator[int]:
    """The numbers below ``size`` over and over, neighbours far apart."""
    turn = 0
    while True:
        yield turn * _SCATTER % size
        turn += 1
