"""What the tests of the drug programme's adapter share: messages, settings, and a client behind any transport."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from lxml import etree
from pydantic import BaseModel

from adapters.drug_programme import DrugProgrammeClient, DrugProgrammeSettings, open_drug_programme_client
from adapters.drug_programme.simulator import Mode, run_drug_programme
from adapters.xroad.codec import Codec
from adapters.xroad.identifiers import Subsystem
from adapters.xroad.record_keeper import RecordKeeper
from adapters.xroad.settings import Deadlines
from adapters.xroad.simulator import Provider, RunningSimulator, run_security_server
from adapters.xroad.soap import SoapConsumer
from gateway.operations.model import Channel, OperationKind, OutboundMessage
from schemas.drug_programme import MESSAGES, SERVICES
from schemas.programme.messages import CancelledPrescription, DispensedMedicine, IssuedPrescription, ReversedDispense
from tests.contract.parts import GATEWAY, RandomIds, xroad_settings

PROGRAMME = Subsystem(member_code="70000002", subsystem_code="drug-programme")
UNHURRIED = Deadlines()
"""For what must be answered, however busy the machine."""
SHORT = Deadlines(connect=1, read=1, total=1.5)
"""For faults that end with a deadline."""
NUMBER = "7301-26-0001"
PHARMACY = "410007"
OTHER_PHARMACY = "410008"
ORGANISATION = "950174"
DAY = date(2026, 3, 1)
MORNING = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
NOON = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
EVENING = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FIRST_DISPENSE = UUID("019a0000-0000-7000-8000-000000000001")

ORDER: dict[str, Any] = {
    "organisation": ORGANISATION,
    "prescriber": {
        "pin": "20101199000000",
        "family_name": "Өмүрзакова",
        "given_name": "Үрүмкан",
        "position": "family-doctor",
    },
    "patient": {
        "pin": "10101195000001",
        "family_name": "Жаңыбаев",
        "given_name": "Өскөнбай",
        "birth_date": "1995-01-01",
        "category": "pensioner",
    },
    "item": {
        "medicine": "AML-10-30",
        "dose": "10",
        "dose_unit": "mg",
        "units": 30,
        "directions": "Күнүнө бир жолу, эртең менен «таңкы» <тамактан> кийин & суу менен",
    },
    "diagnosis": "I10",
    "card_entry": {"number": "Ң-17", "on": "2026-03-01"},
    "informed": {"way": "in-person"},
}
MEDICINE: dict[str, Any] = {
    "code": "AML-10-30",
    "components": [{"inn": "amlodipine", "strength": "10", "strength_unit": "mg"}],
    "trade_name": "Амлодипин-Ү",
    "form": "таблетка",
    "form_class": "oral-solid",
    "pack_size": 30,
    "manufacturer": "Өндүрүүчү «Ң»",
    "country": "Кыргызстан",
    "reference_price": "6.00",
    "compensation": {"per": "unit", "amount": "3.00"},
}


def issued(number: str = NUMBER, at: datetime = MORNING) -> IssuedPrescription:
    content = {
        "number": number,
        "order": ORDER,
        "medicine": MEDICINE,
        "reference_version": 7,
        "attached_organisation": ORGANISATION,
        "issued_at": at,
        "issued_on": DAY,
        "valid_until": date(2026, 3, 30),
        "course_dose": "300",
        "dose_unit": "mg",
        "expected_compensation": "90.00",
    }
    return IssuedPrescription.model_validate(content, strict=False)


def cancelled(number: str = NUMBER, at: datetime = EVENING) -> CancelledPrescription:
    return CancelledPrescription(number=number, cancelled_at=at, reason="Жаңылыш жазылган: Өскөнбай эмес")


def dispensed(
    number: str = NUMBER, fill: int = 1, dispense: UUID = FIRST_DISPENSE, **changed: Any
) -> DispensedMedicine:
    content: dict[str, Any] = {
        "dispense": dispense,
        "number": number,
        "fill": fill,
        "pin": "10101195000001",
        "pharmacy": PHARMACY,
        "sold_at": NOON,
        "sold_on": DAY,
        "medicine": "AML-10-30",
        "reference_version": 7,
        "units": 10,
        "compensated_units": 10,
        "dose": Decimal(100),
        "pack_price": Decimal("210.00"),
        "retail": Decimal("70.00"),
        "compensation": Decimal("30.00"),
        "patient": Decimal("40.00"),
        "settled": Decimal("30.00"),
        "receipt_number": "Ч-1",
        "receipt_amount": Decimal("40.00"),
    }
    return DispensedMedicine.model_validate({**content, **changed})


def reversed_(number: str = NUMBER, fill: int = 1, dispense: UUID = FIRST_DISPENSE, **changed: Any) -> ReversedDispense:
    content: dict[str, Any] = {
        "dispense": dispense,
        "reversal": uuid4(),
        "number": number,
        "fill": fill,
        "pharmacy": PHARMACY,
        "reversed_at": datetime(2026, 3, 1, 7, 0, tzinfo=UTC),
        "reason": "returned",
        "retail": Decimal("-70.00"),
        "compensation": Decimal("-30.00"),
        "patient": Decimal("-40.00"),
        "settled": Decimal("-30.00"),
    }
    return ReversedDispense.model_validate({**content, **changed}, strict=False)


_KINDS: dict[type[BaseModel], tuple[OperationKind, int]] = {
    IssuedPrescription: (OperationKind.SUBMIT_PRESCRIPTION, 1),
    CancelledPrescription: (OperationKind.CANCEL_PRESCRIPTION, 2),
    DispensedMedicine: (OperationKind.SUBMIT_DISPENSE, 1),
    ReversedDispense: (OperationKind.REVERSE_DISPENSE, 2),
}

Content = IssuedPrescription | CancelledPrescription | DispensedMedicine | ReversedDispense


def business_key(content: Content) -> str:
    if isinstance(content, DispensedMedicine | ReversedDispense):
        return f"{content.number}/{content.fill}"
    return content.number


def message(content: Content, operation_id: UUID | None = None) -> OutboundMessage:
    """An operation as the dispatcher hands it over."""
    kind, revision = _KINDS[type(content)]
    return OutboundMessage(
        operation_id=operation_id or uuid4(),
        kind=kind,
        business_key=business_key(content),
        revision=revision,
        organisation=ORGANISATION,
        channel=Channel.SYSTEM,
        pilot=False,
        payload=content.model_dump_json().encode(),
        attempt=1,
    )


def programme_settings(**changed: Any) -> DrugProgrammeSettings:
    return DrugProgrammeSettings.model_validate({"provider": PROGRAMME, **changed})


def client_over(transport: httpx.AsyncBaseTransport, codec: Codec, **changed: Any) -> DrugProgrammeClient:
    """The real client over a given httpx transport."""
    settings = programme_settings(**changed)
    soap = SoapConsumer(
        settings=xroad_settings(),
        http=httpx.AsyncClient(transport=transport),
        codec=codec,
        schema=etree.XMLSchema(etree.parse(str(MESSAGES))),
        new_id=uuid4,
    )
    keeper = RecordKeeper(settings=settings, soap=soap, codec=codec, deferred_seconds=settings.deferred_seconds)
    return DrugProgrammeClient(settings=settings, keeper=keeper)


@dataclass
class ProgrammeSimulators:
    """The fund's information system behind a security server."""

    security_server: RunningSimulator
    fund: RunningSimulator
    control: httpx.AsyncClient

    async def fault(self, fault: str, **order: Any) -> None:
        url = f"{self.security_server.control_url}/simulator/faults"
        response = await self.control.post(url, json={"id": fault, **order})
        assert response.status_code == 204, response.text

    async def clear_faults(self) -> None:
        await self.control.delete(f"{self.security_server.control_url}/simulator/faults")

    async def tell_fund(self, order: str, body: dict[str, Any] | None = None) -> httpx.Response:
        return await self.control.post(f"{self.fund.control_url}/simulator/{order}", json=body or {})

    async def records(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.control.get(f"{self.fund.control_url}/simulator/records")).json()
        return found

    async def times_stored(self, key: str, revision: int) -> int:
        for row in (await self.records())["records"]:
            if (key_of(row), row["revision"]) == (key, revision):
                return int(row["timesStored"])
        return 0

    def client(self, deadlines: Deadlines = UNHURRIED, **changed: Any) -> DrugProgrammeClient:
        """A client of the security server, to be closed."""
        settings = xroad_settings(self.security_server.url, deadlines=deadlines)
        return open_drug_programme_client(programme_settings(**changed), settings, RandomIds())


def key_of(row: dict[str, Any]) -> str:
    return f"{row['number']}/{row['fill']}" if row["fill"] else str(row["number"])


@asynccontextmanager
async def simulators(folder: Path, mode: Mode = Mode.DEDUPE) -> AsyncIterator[ProgrammeSimulators]:
    fund = await run_drug_programme(folder, mode=mode)
    provider = Provider(str(PROGRAMME), fund.url, SERVICES)
    server = await run_security_server(clients=[str(GATEWAY)], providers=[provider])
    async with httpx.AsyncClient(trust_env=False) as control:
        yield ProgrammeSimulators(server, fund, control)
    await server.close()
    await fund.close()
