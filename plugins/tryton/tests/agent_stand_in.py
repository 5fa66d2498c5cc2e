"""A stand-in of the local agent, after its contract, with the faults a till must bear.

It holds one prescription of 60 tablets of 10 mg; the fund pays 10.00 som a tablet. What it knows of the shelf is what
the till pushes. ``fault`` plays once, at the next order: see :class:`Fault`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar, Self
from uuid import uuid4

TOKEN = "stand-in-token"  # noqa: S105 - of the stand-in
PIN = "11704196200108"
NUMBER = "625498741294"
FUND_PER_TABLET = Decimal("10.00")
MEDICINE = {
    "code": "EX-C01",
    "inn": "Lisinopril",
    "trade_name": "Диротон",
    "form": "tablet",
    "strength": "10",
    "strength_unit": "mg",
    "pack_size": 30,
    "manufacturer": "Gedeon Richter",
    "country": "HU",
    "gtin": "04600000000015",
}


class Fault(Enum):
    """What goes wrong with the next order."""

    LOST_ANSWER = auto()
    """The order is recorded, the connection breaks before the answer."""
    REFUSED = auto()
    """The gateway refuses it: RX_DISPENSED."""
    OFFLINE_WITH_HOLD = auto()
    """The gateway cannot be reached; the sale is kept under the hold."""
    OFFLINE_WITHOUT_HOLD = auto()
    """The gateway cannot be reached and there is no hold: nothing is kept."""
    OTHER_SUMS = auto()
    """A quote whose retail sum is a tyiyn more than price and quantity make."""


class Refusal(Exception):
    """Answered as a problem."""

    def __init__(self, code: str, status: int, *, found: str | None = None, retry: str = "never") -> None:
        super().__init__(code)
        finding = {
            "code": found or code,
            "severity": "error",
            "path": None,
            "clause": "34",
            "message": f"Отказ: {found or code}.",
            "action": "Сделайте иначе.",
        }
        self.status = status
        self.body = {
            "type": f"urn:kopuro-pos:problem:{code}",
            "title": finding["message"],
            "status": status,
            "detail": finding["action"],
            "code": code,
            "retry": retry,
            "findings": [finding],
        }


@dataclass
class AgentStandIn:
    """Listens on a free port of this computer between ``start`` and ``stop``."""

    fault: Fault | None = None
    on_recorded: Callable[[], None] = lambda: None
    """Called when a sale is recorded and before it is answered."""
    remaining: int = 60
    stock: list[dict[str, Any]] = field(default_factory=list)
    quotes: dict[str, dict[str, Any]] = field(default_factory=dict)
    sales: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By the key of the order."""
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    released: list[str] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"stand_in": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def origin(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    # --------------------------------------------------------------------------------------------------- the contract

    def answer(self, method: str, path: str, proof: str | None, order: Any) -> tuple[int, Any]:
        """Status and body of an answer; raises :class:`Refusal`, or ``ConnectionAbortedError`` to break off."""
        if proof != f"Bearer {TOKEN}":
            raise Refusal("TOKEN_REQUIRED", 401)
        self.requests.append((method, path))
        match method, path.strip("/").split("/")[1:]:
            case "POST", ["lookup"]:
                return 200, self._look_up(order)
            case "POST", ["quote"]:
                return 200, self._quote(order)
            case "POST", ["release"]:
                self.released.append(order["lookup"])
                return 204, None
            case "POST", ["stock"]:
                self.stock = order["rows"]
                return 200, {"taken": len(self.stock), "unknown": [], "at": _now()}
            case "POST", ["sales"]:
                return self._commit(order, self._sold)
            case "POST", ["sales", sale, "reversal"]:
                return self._commit(order | {"sale": sale}, self._reversed)
            case "GET", ["sales", sale]:
                return 200, self._by_id(sale)
        raise Refusal("NOT_FOUND", 404)

    def reach_gateway(self) -> None:
        """What waited is recorded."""
        for sale in self.sales.values():
            sale |= {"state": "recorded", "dispense": str(uuid4()), "recorded_at": _now()}

    def _look_up(self, order: dict[str, Any]) -> dict[str, Any]:
        if (order["pin"], order["number"].replace(" ", "")) != (PIN, NUMBER):
            raise Refusal("GATEWAY_REFUSED", 404, found="RX_NOT_FOUND", retry="after-correction")
        shelf = [row for row in self.stock if row["medicine"] == MEDICINE["code"]]
        return {
            "lookup": uuid4().hex,
            "prescription": str(uuid4()),
            "number": NUMBER,
            "display_number": "6254 9874 1294",
            "state": "issued",
            "issued_on": "2026-11-20",
            "last_day": "2026-12-20",
            "medicine": MEDICINE,
            "dose": "10",
            "dose_unit": "mg",
            "directions": None,
            "ordered_units": 60,
            "remaining_units": self.remaining,
            "hold": None,
            "offers": [self._offer(row) for row in shelf] or [self._offer(None)],
            "findings": [],
        }

    def _offer(self, row: dict[str, Any] | None) -> dict[str, Any]:
        sums = _sums(Decimal(row["pack_price"]), self.remaining) if row else dict.fromkeys(_SUMS)
        return {
            "medicine": MEDICINE,
            "prescribed": True,
            "in_stock": row is not None,
            "pack_price": row["pack_price"] if row else None,
            "packs": row["packs"] if row else None,
            "units": self.remaining if row else None,
            **sums,
        }

    def _quote(self, order: dict[str, Any]) -> dict[str, Any]:
        sums = _sums(Decimal(order["pack_price"]), order["units"])
        if self._plays(Fault.OTHER_SUMS):
            sums["retail"] = str(Decimal(sums["retail"]) + Decimal("0.01"))
            sums["patient"] = str(Decimal(sums["patient"]) + Decimal("0.01"))
        quote = {
            "quote": str(uuid4()),
            "lookup": order["lookup"],
            "medicine": MEDICINE,
            "units": order["units"],
            "max_units": self.remaining,
            "extra_units": 0,
            "pack_price": order["pack_price"],
            **sums,
            "remaining_units": self.remaining - order["units"],
            "last_day": "2026-12-20",
            "expires_at": _later(minutes=30),
            "hold": {"id": str(uuid4()), "holder": "self", "since": _now(), "until": _later(minutes=30)},
            "receipt_suggestion": None,
            "findings": [],
        }
        self.quotes[quote["quote"]] = quote
        return quote

    def _commit(self, order: dict[str, Any], make: Callable[[dict[str, Any]], dict[str, Any]]) -> tuple[int, Any]:
        key = order["key"]
        if key in self.sales:
            if self.orders[key] != order:
                raise Refusal("KEY_REUSED", 422)
            return (202 if self.sales[key]["state"] == "waiting" else 201), self.sales[key]
        if self._plays(Fault.REFUSED):
            raise Refusal("GATEWAY_REFUSED", 409, found="RX_DISPENSED")
        if self._plays(Fault.OFFLINE_WITHOUT_HOLD):
            raise Refusal("OFFLINE_WITHOUT_HOLD", 409, retry="same-key-later")
        sale = make(order)
        if self._plays(Fault.OFFLINE_WITH_HOLD):
            sale |= {"state": "waiting", "made_offline": True, "dispense": None, "recorded_at": None}
        self.orders[key] = order
        self.sales[key] = sale
        self.on_recorded()
        if self._plays(Fault.LOST_ANSWER):
            raise ConnectionAbortedError
        return (202 if sale["state"] == "waiting" else 201), sale

    def _sold(self, order: dict[str, Any]) -> dict[str, Any]:
        quote = self.quotes[order["quote"]]
        self.remaining -= quote["units"]
        return {
            "id": str(uuid4()),
            "key": order["key"],
            "sequence": len(self.sales) + 1,
            "state": "recorded",
            "made_offline": False,
            "at": _now(),
            "on": _now()[:10],
            "pharmacist": order["pharmacist"],
            "medicine": MEDICINE,
            "prescription": str(uuid4()),
            "display_number": "6254 9874 1294",
            "units": quote["units"],
            "pack_price": quote["pack_price"],
            **{name: quote[name] for name in _SUMS},
            "remaining_units": self.remaining,
            "last_day": "2026-12-20",
            "receipt_number": order["receipt_number"],
            "receipt_amount": order["receipt_amount"],
            "reversal_of": None,
            "reversed_by": None,
            "reason": None,
            "dispense": str(uuid4()),
            "recorded_at": _now(),
            "fund": "under-way",
            "fund_record": None,
            "findings": [],
        }

    def _reversed(self, order: dict[str, Any]) -> dict[str, Any]:
        sale = self._by_id(order["sale"])
        self.remaining += sale["units"]
        reversal = sale | {
            "id": str(uuid4()),
            "key": order["key"],
            "sequence": len(self.sales) + 1,
            "units": -sale["units"],
            **{name: str(-Decimal(sale[name])) for name in _SUMS},
            "remaining_units": self.remaining,
            "reversal_of": sale["id"],
            "reason": order["reason"],
            "dispense": str(uuid4()),
        }
        sale["reversed_by"] = reversal["id"]  # behind a sale that waits it waits as well
        return reversal

    def _by_id(self, number: str) -> dict[str, Any]:
        for sale in self.sales.values():
            if sale["id"] == number:
                return sale
        raise Refusal("SALE_NOT_FOUND", 404)

    def _plays(self, fault: Fault) -> bool:
        if self.fault is not fault:
            return False
        self.fault = None
        return True


class _Handler(BaseHTTPRequestHandler):
    stand_in: ClassVar[AgentStandIn]

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, order: Any) -> None:
        try:
            status, body = self.stand_in.answer(self.command, self.path, self.headers["Authorization"], order)
        except Refusal as refusal:
            status, body = refusal.status, refusal.body
        except ConnectionAbortedError:
            self.close_connection = True
            return
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *parts: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


_SUMS = ("retail", "compensation", "patient")


def _sums(pack_price: Decimal, units: int) -> dict[str, str]:
    retail = (pack_price * units / MEDICINE["pack_size"]).quantize(Decimal("0.01"), ROUND_HALF_UP)
    compensation = min(retail, FUND_PER_TABLET * units)
    return {"retail": str(retail), "compensation": str(compensation), "patient": str(retail - compensation)}


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _later(*, minutes: int) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()
