"""What the simulated KNMDB knows: accounts, boxes with their histories, and a file of declarations that only grows."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from itertools import count
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from adapters.knmdb.simulator.contract import SaleDetail, SalesRequest

BISHKEK: Final = ZoneInfo("Asia/Bishkek")
_GS1: Final = re.compile(r"01(?P<gtin>[0-9]{14})21(?P<serial>[!-~]{1,20}?)(?:\x1d|17[0-9]{6}|$)")
_LONGEST_CITIZEN_NUMBER: Final = 24


class Kind(IntEnum):
    """Numbers of events («StatesEnum» of the published description)."""

    SALES = 3
    DEACTIVATION = 4
    SALES_CANCELLED = 8
    TRANSFER_ACCEPTED = 10
    PARTIAL_SALES = 12
    PARTIAL_SALES_CANCELLED = 17


class BusinessError(Exception):
    """A refusal in the envelope. Nothing was stored."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class MachineAccount:
    """An account and the organisation it is bound to."""

    user_name: str
    password: str
    stakeholder_code: int
    stakeholder: str


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a box's history."""

    declaration: int
    stakeholder: str
    kind: Kind
    at: datetime
    price: Decimal = Decimal(0)
    amount: Decimal | None = None


@dataclass(slots=True, kw_only=True)
class Box:
    """One box. ``units`` is what it holds where it may be sold in parts."""

    code: str
    gtin: str
    serial_number: str
    holder: str
    batch_number: str = "B-1"
    expiration_date: str = "2028-12-31"
    retail_price: str | None = "540.00"
    units: int | None = None
    only_in_parts: bool = False
    expired: bool = False
    recalled: bool = False
    deactivated: bool = False
    history: list[Event] = field(default_factory=list)
    sold_units: Decimal = Decimal(0)

    @property
    def kind(self) -> Kind:
        """The last event."""
        return self.history[-1].kind if self.history else Kind.TRANSFER_ACCEPTED

    @property
    def is_for_sale(self) -> bool:
        """Whether it can still be sold, as a whole or in part."""
        return not (self.kind is Kind.SALES or self.expired or self.recalled or self.deactivated)


@dataclass(slots=True)
class Declaration:
    """A declared sale."""

    number: int
    account: MachineAccount
    prescription: str | None
    details: Sequence[SaleDetail]
    cancelled_by: int | None = None


class Register:
    """Boxes and declarations, in memory; each declaration also becomes a line of a file, synced. For one thread."""

    def __init__(self, folder: Path, accounts: Sequence[MachineAccount]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.accounts = {account.user_name: account for account in accounts}
        self.boxes: dict[str, Box] = {}
        self.declarations: dict[int, Declaration] = {}
        self._numbers = count(15_001)
        self._file = os.open(folder / "accepted.ndjson", os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def box(self, code: str) -> Box:
        """The box with this code; raises :class:`BusinessError`."""
        if not code.isascii():
            raise BusinessError(6048, "QR code holds characters other than ASCII")
        found = _GS1.match(code)
        if found is None:
            raise BusinessError(6032, f"QR code {code} cannot be parsed")
        if code not in self.boxes and found["serial"].startswith("SIM") and self.accounts:
            # What a demonstration scans: every box whose serial number says so is in the first pharmacy's stock.
            holder = next(iter(self.accounts.values())).stakeholder
            self.boxes[code] = Box(
                code=code, gtin=found["gtin"], serial_number=found["serial"], holder=holder, units=30
            )
        if code not in self.boxes:
            raise BusinessError(6022, f"Box with QR code {code} is not known")
        return self.boxes[code]

    def declare(self, account: MachineAccount, request: SalesRequest) -> Declaration:
        """Sell boxes: all of them or none. Raises :class:`BusinessError`."""
        details = request.details or ()
        if not details:
            raise BusinessError(1, "Validation: no details")
        if len(request.patient_id or "") > _LONGEST_CITIZEN_NUMBER:
            raise BusinessError(6052, "Citizen number is too long")
        if len({detail.qr_code for detail in details}) < len(details):
            raise BusinessError(6003, "QR codes are repeated")
        for detail in details:
            self._check(account, detail)
        declaration = Declaration(next(self._numbers), account, request.prescription_id, details)
        now = datetime.now(BISHKEK)
        for detail in details:
            self._sell(declaration, detail, now)
        self.declarations[declaration.number] = declaration
        self._append("sale", declaration.number, declaration, now)
        return declaration

    def cancel(self, account: MachineAccount, number: int) -> int:
        """Cancel a whole declaration; the cancellation's own number. Raises :class:`BusinessError`."""
        declaration = self.declarations.get(number)
        if declaration is None:
            raise BusinessError(6035, "There is nothing to be cancelled")
        if declaration.account != account:
            raise BusinessError(6034, "The declaration is of another organisation")
        if declaration.cancelled_by is not None:
            raise BusinessError(6046, "The sale is already cancelled")
        if any(self.boxes[detail.qr_code].deactivated for detail in declaration.details):
            raise BusinessError(6035, "The declaration cannot be cancelled")
        own = declaration.cancelled_by = next(self._numbers)
        now = datetime.now(BISHKEK)
        for detail in declaration.details:
            box = self.boxes[detail.qr_code]
            box.sold_units -= detail.partial_sale_amount if detail.is_partial_sale else 0
            kind = Kind.PARTIAL_SALES_CANCELLED if detail.is_partial_sale else Kind.SALES_CANCELLED
            box.history.append(Event(own, account.stakeholder, kind, now, detail.price))
        self._append("cancellation", own, declaration, now)
        return own

    def records(self) -> dict[str, Any]:
        """Everything declared. ``doubles`` counts sales of one prescription and the same boxes beyond the first."""
        rows = [
            {
                "declarationId": one.number,
                "prescriptionId": one.prescription,
                "boxes": [detail.qr_code for detail in one.details],
                "cancelledBy": one.cancelled_by,
            }
            for one in self.declarations.values()
        ]
        standing = [(row["prescriptionId"], str(row["boxes"])) for row in rows if row["cancelledBy"] is None]
        return {"declarations": rows, "doubles": len(standing) - len(set(standing))}

    def _check(self, account: MachineAccount, detail: SaleDetail) -> None:
        box = self.box(detail.qr_code)
        if box.deactivated:
            raise BusinessError(6050, "Box is deactivated")
        if box.holder != account.stakeholder or not box.is_for_sale:
            raise BusinessError(6023, f"Box with QR code {box.code} is not suitable for sale")
        if not detail.is_partial_sale:
            if box.only_in_parts or box.sold_units:
                raise BusinessError(6031, "Box must be sold in parts")
            return
        if box.units is None:
            raise BusinessError(6028, "Box is not suitable for partial sale")
        if detail.partial_sale_amount <= 0:
            raise BusinessError(6029, "Amount must be above zero")
        if detail.partial_sale_amount > box.units - box.sold_units:
            raise BusinessError(6030, "Not enough is left")

    def _sell(self, declaration: Declaration, detail: SaleDetail, at: datetime) -> None:
        box = self.boxes[detail.qr_code]
        kind, amount = Kind.SALES, None
        if detail.is_partial_sale:
            kind, amount = Kind.PARTIAL_SALES, detail.partial_sale_amount
            box.sold_units += amount
        stakeholder = declaration.account.stakeholder
        box.history.append(Event(declaration.number, stakeholder, kind, at, detail.price, amount))

    def _append(self, kind: str, number: int, declaration: Declaration, at: datetime) -> None:
        line = {
            "kind": kind,
            "declarationId": number,
            "sale": declaration.number,
            "prescriptionId": declaration.prescription,
            "boxes": [detail.qr_code for detail in declaration.details],
            "at": at.isoformat(timespec="milliseconds"),
        }
        os.write(self._file, orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        os.fsync(self._file)
