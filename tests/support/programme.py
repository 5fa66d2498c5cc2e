"""Builders of the additional drug programme. Nobody here exists; names, numbers, prices and trade names are made up.

``medicine()`` is a row of the reference: enalapril 10 mg, 30 tablets, compensated with 6.00 som a tablet. ``order()``
is a sound order of 60 of them, 600 mg, for one patient of organisation 950174, as if given at :data:`NOON`. Overrides
are merged field by field, as in ``tests.builders``. ``issue_into(store)`` puts an issued prescription into a store.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, insert, select, update
from stdnum import damm

from gateway.operations.model import OperationKind
from gateway.ports import Organisation
from gateway.programme.model import PrescriptionState
from gateway.programme.outbound import Outbound, insert_outbound, sealed_payload
from gateway.programme.ports import InsuranceAnswer
from gateway.programme.prescribing.records import InsuranceEvidence, KeptPrescription, seal_prescription
from gateway.reference.organisations import OrganisationsInMemory
from gateway.rules.days import bishkek_day
from gateway.rules.medicines.groups import group_key, name_key
from gateway.rules.medicines.reference import ReferenceVersion
from gateway.rules.money import to_som, to_tyiyn
from gateway.store.grouping import Store
from gateway.store.programme_tables import patient_years, prescriptions
from schemas.medicines import Medicine
from schemas.prescriptions import PrescriptionOrder
from schemas.programme.messages import IssuedPrescription
from tests.builders import ABSENT
from tests.support.doubles import NOON, SystemIds
from tests.support.journal import INDEX, SEALER

CLINIC: Final = "950174"
"""Where the prescriber works and the patient is registered."""
OTHER_CLINIC: Final = "950175"
PHARMACY: Final = "700001"
OTHER_PHARMACY: Final = "700002"
REGION: Final = "osh"

PIN: Final = "21205197000011"
"""A well-formed ПИН of nobody: male, born on 12 May 1970."""
OTHER_PIN: Final = "10304198500022"
"""A well-formed ПИН of nobody: female, born on 3 April 1985."""
PRESCRIBER_PIN: Final = "10102196500033"

MEDICINE: Final = "ENA-10-30"
TODAY: Final = bishkek_day(NOON)

_MEDICINE: Final[dict[str, Any]] = {
    "code": MEDICINE,
    "components": [{"inn": "enalapril", "strength": "10", "strength_unit": "mg"}],
    "trade_name": "Эналаприл-Ала-Тоо",
    "form": "таблетка",
    "form_class": "oral-solid",
    "pack_size": 30,
    "manufacturer": "Ала-Тоо Фарм",
    "country": "Кыргызстан",
    "atc": "C09AA02",
    "gtin": "4600000000015",
    "reference_price": "12.00",
    "compensation": {"per": "unit", "amount": "6.00"},
}

_ORDER: Final[dict[str, Any]] = {
    "organisation": CLINIC,
    "prescriber": {
        "pin": PRESCRIBER_PIN,
        "family_name": "Өмүралиева",
        "given_name": "Үмүт",
        "patronymic": "Эңсебековна",
        "position": "family-doctor",
    },
    "patient": {
        "pin": PIN,
        "family_name": "Түгөлбаев",
        "given_name": "Өскөн",
        "patronymic": "Жеңишович",
        "birth_date": "1970-05-12",
    },
    "item": {
        "medicine": MEDICINE,
        "dose": "10",
        "dose_unit": "mg",
        "units": 60,
        "directions": "Күнүнө 2 маал 1 таблеткадан, тамактан кийин",
    },
    "diagnosis": "I10",
    "card_entry": {"number": "А-1234", "on": TODAY.isoformat()},
    "informed": {"way": "in-person"},
}


def merged(base: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with the overrides in it, as in ``tests.builders``: :data:`ABSENT` takes a field away."""
    result = copy.deepcopy(dict(base))
    for name, value in overrides.items():
        if value is ABSENT:
            result.pop(name, None)
        elif isinstance(value, Mapping):
            held = result.get(name)
            result[name] = merged(held if isinstance(held, dict) else {}, value)
        else:
            result[name] = value
    return result


def medicine(**overrides: Any) -> Medicine:
    """A row of the reference, sound unless ``overrides`` make it otherwise."""
    return Medicine.model_validate_json(json.dumps(merged(_MEDICINE, overrides)))


def reference(
    *medicines: Medicine, number: int = 1, valid_from: date = date(2025, 1, 1), valid_until: date | None = None
) -> ReferenceVersion:
    """A version of the reference; of :func:`medicine` alone when nothing is named."""
    return ReferenceVersion(number, valid_from, valid_until, medicines or (medicine(),))


class References:
    """A :class:`gateway.programme.ports.MedicineRegister` of some versions."""

    def __init__(self, *versions: ReferenceVersion) -> None:
        self.versions = versions or (reference(),)

    def on(self, day: date) -> ReferenceVersion | None:
        return next((version for version in self.versions if version.covers(day)), None)

    def version(self, number: int) -> ReferenceVersion | None:
        return next((version for version in self.versions if version.number == number), None)


def order_json(**overrides: Any) -> dict[str, Any]:
    """An order as decoded JSON, sound unless ``overrides`` make it otherwise. Every call gives a fresh copy."""
    return merged(_ORDER, overrides)


def order_bytes(**overrides: Any) -> bytes:
    """The same as a request body."""
    return json.dumps(order_json(**overrides), ensure_ascii=False).encode()


def order(**overrides: Any) -> PrescriptionOrder:
    """The same as a model."""
    return PrescriptionOrder.model_validate_json(order_bytes(**overrides))


def organisations() -> OrganisationsInMemory:
    """A register of the two clinics and the two pharmacies."""
    return OrganisationsInMemory(
        Organisation(
            code=code, name=name, region=region, inn=None, okpo=None, equipped=True, equipped_since=None, departments={}
        )
        for code, name, region in (
            (CLINIC, "Өзгөн райондук үй-бүлөлүк медицина борбору", REGION),
            (OTHER_CLINIC, "Нарын үй-бүлөлүк медицина борбору", "naryn"),
            (PHARMACY, "«Шипаа» дарыканасы", REGION),
            (OTHER_PHARMACY, "«Дары-дармек» дарыканасы", REGION),
        )
    )


class Insurer:
    """An insurance source that answers as it is told; ``answers`` by ПИН, everybody else as ``usually``.

    ``usually`` set to ``None`` is a source that gives no answer. ``asked`` counts the questions.
    """

    def __init__(self, *, insured: bool = True, organisation: str | None = CLINIC) -> None:
        self.usually: InsuranceAnswer | None = insurance_answer(insured=insured, organisation=organisation)
        self.answers: dict[str, InsuranceAnswer | None] = {}
        self.asked = 0

    async def check(self, pin: str) -> InsuranceAnswer | None:
        self.asked += 1
        return self.answers.get(pin, self.usually)


def insurance_answer(
    *, insured: bool = True, organisation: str | None = CLINIC, checked_at: datetime = NOON
) -> InsuranceAnswer:
    """A confirmed answer of the insurer."""
    return InsuranceAnswer(
        insured=insured, organisation=organisation, checked_at=checked_at, source="foms", reference="F-77"
    )


class FixedLimit:
    """A :class:`gateway.programme.ports.LimitBook` of one limit, in som; ``None`` for a limit nobody has set."""

    def __init__(self, som: str | None = "3750.00") -> None:
        self.som = som

    def limit(self, connection: Connection, day: date) -> int | None:
        assert connection.in_transaction(), day
        return None if self.som is None else to_tyiyn(Decimal(self.som))


def prescription_number(serial: int) -> str:
    """A well-formed number: the serial in eleven digits and the check digit (Damm)."""
    digits = f"{serial:011d}"
    return digits + damm.calc_check_digit(digits)


@dataclass(frozen=True, slots=True)
class Issued:
    """An issued prescription as it stands in a store."""

    id: UUID
    number: str
    pin: str
    message: IssuedPrescription
    reserved: int
    """Tyiyn of the patient's limit."""


async def issue_into(
    store: Store,
    *,
    number: str | None = None,
    issued_at: datetime = NOON,
    valid_days: int = 30,
    prescribed: Medicine | None = None,
    reference_version: int = 1,
    state: PrescriptionState = PrescriptionState.ISSUED,
    **overrides: Any,
) -> Issued:
    """Put a prescription into a store, past all rules; ``overrides`` are of the order (:func:`order`)."""
    issued = make_issued(
        number=number,
        issued_at=issued_at,
        valid_days=valid_days,
        prescribed=prescribed,
        reference_version=reference_version,
        **overrides,
    )
    await store.write(partial(_insert, issued=issued, state=state))
    return issued


def make_issued(
    *,
    number: str | None = None,
    issued_at: datetime = NOON,
    valid_days: int = 30,
    prescribed: Medicine | None = None,
    reference_version: int = 1,
    **overrides: Any,
) -> Issued:
    """The same, without putting it anywhere."""
    prescribed = prescribed or medicine()
    ordered = order(**merged({"item": {"medicine": prescribed.code}}, overrides))
    identifier = SystemIds().new()
    day = bishkek_day(issued_at)
    course = ordered.item.dose * ordered.item.units
    expected = _expected(prescribed, course)
    message = IssuedPrescription(
        number=number or prescription_number(identifier.int % 10**11),
        order=ordered,
        medicine=prescribed,
        reference_version=reference_version,
        attached_organisation=CLINIC,
        issued_at=issued_at,
        issued_on=day,
        valid_until=day + timedelta(days=valid_days),
        course_dose=course,
        dose_unit=ordered.item.dose_unit,
        expected_compensation=expected,
    )
    return Issued(identifier, message.number, ordered.patient.pin, message, to_tyiyn(expected))


def _expected(prescribed: Medicine, course: Decimal) -> Decimal:
    """Of the prescribed row for the whole course, in som; only for orders in the medicine's own unit."""
    units = course // prescribed.leading.strength
    amount = prescribed.compensation.amount
    return to_som(amount * units if prescribed.compensation.per == "unit" else amount * units / prescribed.pack_size)


def _insert(connection: Connection, issued: Issued, state: PrescriptionState) -> None:
    message = issued.message
    operation, patient = SystemIds().new(), INDEX.of("pin", issued.pin)
    outbound = Outbound(
        id=operation,
        kind=OperationKind.SUBMIT_PRESCRIPTION,
        upstream="drug-programme",
        client="clinic",
        business_key=issued.number,
        revision=1,
        organisation=message.order.organisation,
        payload=sealed_payload(SEALER, operation, message.model_dump_json().encode()),
        fingerprint=b"",
        at=message.issued_at,
    )
    insert_outbound(connection, [outbound])
    kept = KeptPrescription(
        message=message,
        insurance=InsuranceEvidence(source="foms", reference="F-77", checked_at=message.issued_at),
        findings=(),
    )
    reserved = issued.reserved if state.is_open else 0
    connection.execute(
        insert(prescriptions).values(
            id=issued.id,
            number=issued.number,
            patient=patient,
            organisation=message.order.organisation,
            prescriber=INDEX.of("pin", message.order.prescriber.pin),
            region=REGION,
            state=state,
            name_key=name_key(message.medicine),
            group_key=group_key(message.medicine),
            medicine=message.medicine.code,
            reference_version=message.reference_version,
            issued_at=message.issued_at,
            issued_on=message.issued_on,
            valid_until=message.valid_until,
            remote=message.order.remote is not None,
            course_dose=str(message.course_dose),
            dose_unit=message.dose_unit,
            dispensed_dose="0",
            fills=0,
            reserved=reserved,
            payload=seal_prescription(SEALER, issued.id, kept),
            operation_id=operation,
        )
    )
    _reserve(connection, patient, message.issued_on.year, reserved)


def _reserve(connection: Connection, patient: bytes, year: int, reserved: int) -> None:
    whose = (patient_years.c.patient == patient) & (patient_years.c.year == year)
    if connection.execute(select(patient_years.c.used).where(whose)).one_or_none() is None:
        connection.execute(insert(patient_years).values(patient=patient, year=year, used=0, reserved=0))
    connection.execute(update(patient_years).where(whose).values(reserved=patient_years.c.reserved + reserved))
