"""What the tests of KNMDB's adapter share: a database with boxes, messages, and a client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from adapters.knmdb import KnmdbClient, KnmdbSettings, open_knmdb_client
from adapters.knmdb.simulator import MachineAccount, run_knmdb
from adapters.xroad.simulator import RunningSimulator
from gateway.operations.model import Channel, OperationKind, OutboundMessage
from schemas.programme.messages import BoxesReturned, BoxesSold, SoldBox
from tests.support.doubles import SystemIds

PHARMACY, OTHER_PHARMACY = "770001", "770002"
STAKEHOLDER, OTHER_STAKEHOLDER = "Аптека «Үлгү»", "Аптека «Башка»"
PASSWORD = "a synthetic password"  # noqa: S105 - of the simulator
GTIN = "04600000000017"
PIN = "20101199012345"
NUMBER = "RX-0001"
PRICE = Decimal("540.00")
ACCOUNTS = (
    MachineAccount("pharmacy", PASSWORD, 100, STAKEHOLDER),
    MachineAccount("other", PASSWORD, 205, OTHER_STAKEHOLDER),
)
QUICK = {"connect": 0.5, "read": 0.4, "total": 0.8}
IDS = SystemIds()


def box_code(serial: object) -> str:
    """A DataMatrix as a scanner gives it, with its group separator."""
    return f"01{GTIN}21SN{serial:0>8}\x1d1728123110B-1"


def sold(*boxes: SoldBox, pharmacy: str = PHARMACY, number: str = NUMBER, dispense: UUID | None = None) -> BoxesSold:
    return BoxesSold(dispense=dispense or IDS.new(), number=number, pin=PIN, pharmacy=pharmacy, boxes=boxes)


def whole(serial: object, price: Decimal = PRICE) -> SoldBox:
    return SoldBox(code=box_code(serial), price=price)


def part(serial: object, units: int = 10, price: Decimal = Decimal("180.00")) -> SoldBox:
    return SoldBox(code=box_code(serial), price=price, units=units)


def sale_message(sale: BoxesSold, operation_id: UUID | None = None, attempt: int = 1) -> OutboundMessage:
    return _message(OperationKind.DECLARE_SALE, sale, operation_id, attempt, revision=1)


def return_message(sale: BoxesSold, operation_id: UUID | None = None, attempt: int = 1) -> OutboundMessage:
    back = BoxesReturned(dispense=sale.dispense, pharmacy=sale.pharmacy, boxes=tuple(box.code for box in sale.boxes))
    return _message(OperationKind.CANCEL_SALE, back, operation_id, attempt, revision=2)


def _message(
    kind: OperationKind, payload: BoxesSold | BoxesReturned, operation_id: UUID | None, attempt: int, revision: int
) -> OutboundMessage:
    return OutboundMessage(
        operation_id=operation_id or IDS.new(),
        kind=kind,
        business_key=f"sale/{payload.dispense}",
        revision=revision,
        organisation=payload.pharmacy,
        channel=Channel.SYSTEM,
        pilot=False,
        payload=payload.model_dump_json().encode(),
        attempt=attempt,
    )


@dataclass
class Database:
    """A simulated KNMDB, its control, and where the accounts' password is kept."""

    running: RunningSimulator
    control: httpx.AsyncClient
    folder: Path

    async def fault(self, fault: str, **order: Any) -> None:
        response = await self.control.post("/simulator/faults", json={"id": fault, **order})
        assert response.status_code == 204, response.text

    async def clear_faults(self) -> None:
        await self.control.delete("/simulator/faults")

    async def stock(self, *serials: object, holder: str = STAKEHOLDER, **box: Any) -> None:
        for serial in serials:
            order = {"code": box_code(serial), "gtin": GTIN, "serial_number": f"SN{serial:0>8}", "holder": holder}
            response = await self.control.post("/simulator/boxes", json={"units": 30, **order, **box})
            assert response.status_code == 204, response.text

    async def declarations(self) -> list[dict[str, Any]]:
        records = (await self.control.get("/simulator/records")).json()
        assert records["doubles"] == 0
        found: list[dict[str, Any]] = records["declarations"]
        return found

    async def status(self) -> dict[str, Any]:
        status: dict[str, Any] = (await self.control.get("/simulator/status")).json()
        return status

    def settings(self, **changed: Any) -> KnmdbSettings:
        (self.folder / "password").write_text(PASSWORD)
        secret = {"file": str(self.folder / "password")}
        accounts = {
            PHARMACY: {"user_name": "pharmacy", "password": secret, "stakeholder": STAKEHOLDER},
            OTHER_PHARMACY: {"user_name": "other", "password": secret, "stakeholder": OTHER_STAKEHOLDER},
        }
        return KnmdbSettings.model_validate(
            {"url": self.running.url, "accounts": accounts, "deadlines": QUICK, **changed}
        )

    def client(self, **changed: Any) -> KnmdbClient:
        return open_knmdb_client(self.settings(**changed))


@asynccontextmanager
async def database(folder: Path) -> AsyncIterator[Database]:
    running = await run_knmdb(folder, accounts=ACCOUNTS)
    async with httpx.AsyncClient(base_url=running.control_url, trust_env=False) as control:
        yield Database(running, control, folder)
    await running.close()
