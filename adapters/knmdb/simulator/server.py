"""The simulated KNMDB as a server: its token endpoint, its actions, and the control of what it does."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from zlib import crc32

from aiohttp import web
from pydantic import ValidationError

from adapters.knmdb.simulator.contract import CancelRequest, InquiryRequest, Request, SalesRequest, envelope
from adapters.knmdb.simulator.faults import FAULT_IDS, FAULTS, FaultOrder, json_response, next_fault
from adapters.knmdb.simulator.store import BISHKEK, Box, BusinessError, MachineAccount, Register
from adapters.xroad.simulator.disturbing import FaultPlan, fault_controls
from adapters.xroad.simulator.keeping import OneThread
from adapters.xroad.simulator.running import Door, Order, RunningSimulator, bad_orders

_LARGEST_REQUEST: Final = 1024 * 1024
_TOKEN_SECONDS: Final = 7200
_OF_NOBODY: Final = "ProductInquiryQRCode"
_NO_USER_AGENT: Final = envelope(2, "Unexpected error(s) occurred: the entity changes were not saved", None)


class BoxOrder(Order):
    """``POST /simulator/boxes``: puts a box into a stock."""

    code: str
    gtin: str
    serial_number: str
    holder: str
    retail_price: str | None = "540.00"
    units: int | None = None
    only_in_parts: bool = False
    expired: bool = False
    recalled: bool = False
    deactivated: bool = False


@dataclass(slots=True)
class Knmdb:
    """State of one simulated database."""

    register: Register
    plan: FaultPlan[FaultOrder] = field(default_factory=lambda: FaultPlan(FAULT_IDS))
    tokens: dict[str, tuple[MachineAccount, float]] = field(default_factory=dict)
    sign_ins: int = 0
    operations: dict[str, int] = field(default_factory=dict)
    thread: OneThread = field(default_factory=OneThread)

    async def token(self, http: web.Request) -> web.StreamResponse:
        """``POST /connect/token``."""
        self.sign_ins += 1
        fault = next_fault(self.plan, "token")
        if fault is not None and fault.id == "token-hang":
            return await FAULTS["hang"].respond(http, {})
        if "User-Agent" not in http.headers or (fault is not None and fault.id == "token-envelope"):
            return json_response(_NO_USER_AGENT)
        form = {name: str(value) for name, value in (await http.post()).items()}
        refusal = self._token_refusal(form)
        if refusal is not None or (fault is not None and fault.id == "token-refused"):
            return json_response({"error": refusal or "invalid_grant", "error_description": "refused"}, 400)
        token = secrets.token_urlsafe(24)
        seconds = 1 if fault is not None else _TOKEN_SECONDS
        self.tokens[token] = (self.register.accounts[form["username"]], time.monotonic() + seconds)
        return json_response({"access_token": token, "token_type": "Bearer", "expires_in": seconds, "scope": "api"})

    def _token_refusal(self, form: dict[str, str]) -> str | None:
        if form.get("grant_type") != "password":
            return "unsupported_grant_type"
        if form.get("scope", "api") != "api":
            return "invalid_request"
        account = self.register.accounts.get(form.get("username", ""))
        return None if account is not None and account.password == form.get("password") else "invalid_grant"

    async def action(self, http: web.Request) -> web.StreamResponse:
        """``POST /api/TrackAndTrace/…``."""
        operation = http.match_info["operation"]
        self.operations[operation] = self.operations.get(operation, 0) + 1
        if "User-Agent" not in http.headers:
            return json_response(_NO_USER_AGENT)
        fault = next_fault(self.plan, operation)
        if fault is not None and fault.code is not None:
            return json_response(envelope(fault.code, "Asked for by a fault of the simulator", None))
        known = None if fault is None else FAULTS[fault.id]
        if known is not None and not known.behind:
            return await known.respond(http, {})
        account = self._account(http)
        if account is None and operation != _OF_NOBODY:
            return web.Response(status=401)
        try:
            answer = await self._run(operation, account, await http.read())
        except ValidationError:
            return json_response({"title": "One or more validation errors occurred.", "status": 400}, 400)
        return json_response(answer) if known is None else await known.respond(http, answer)

    def _account(self, http: web.Request) -> MachineAccount | None:
        scheme, _, token = http.headers.get("Authorization", "").partition(" ")
        account, until = self.tokens.get(token, (None, 0.0))
        return account if scheme == "Bearer" and time.monotonic() < until else None

    async def _run(self, operation: str, account: MachineAccount | None, content: bytes) -> dict[str, Any]:
        try:
            result = await self._result(operation, account, content)
        except BusinessError as error:
            return envelope(error.code, error.message, None)
        return envelope(0, "Action completed successfully.", result)

    async def _result(self, operation: str, account: MachineAccount | None, content: bytes) -> dict[str, Any]:
        if operation == _OF_NOBODY:
            code = _request(InquiryRequest, content).qr_code
            return _box(await self.thread.run(lambda: self.register.box(code)))
        assert account is not None
        if operation == "SalesDeclaration":
            sale = _request(SalesRequest, content)
            declared = await self.thread.run(lambda: self.register.declare(account, sale))
            return _declaration(account, declared.number)
        number = _request(CancelRequest, content).declaration_id
        return _declaration(account, await self.thread.run(lambda: self.register.cancel(account, number)))

    async def add_box(self, http: web.Request) -> web.StreamResponse:
        """``POST /simulator/boxes``: a new box, or one as it is to be from now on."""
        order = BoxOrder.model_validate_json(await http.read())
        known = self.register.boxes.get(order.code)
        box = Box(**order.model_dump())
        if known is not None:
            box.history, box.sold_units = known.history, known.sold_units
        self.register.boxes[order.code] = box
        return web.Response(status=204)

    async def forget_tokens(self, _: web.Request) -> web.StreamResponse:
        """``DELETE /simulator/tokens``: no token is good any longer."""
        self.tokens.clear()
        return web.Response(status=204)

    async def records(self, _: web.Request) -> web.StreamResponse:
        """``GET /simulator/records``."""
        return json_response(await self.thread.run(self.register.records))

    async def status(self, _: web.Request) -> web.StreamResponse:
        """``GET /simulator/status``."""
        return json_response({"signIns": self.sign_ins, "operations": self.operations, "faults": self.plan.happened})


async def run_knmdb(folder: Path, *, accounts: Sequence[MachineAccount], port: int = 0) -> RunningSimulator:
    """Start a database that keeps its list of declarations in ``folder``, on the loopback interface.

    ``port`` 0 takes a free one.
    """
    app = web.Application(client_max_size=_LARGEST_REQUEST, middlewares=[bad_orders])
    knmdb = Knmdb(register=Register(folder, accounts))
    door = Door(app, port)
    app.router.add_post("/connect/token", knmdb.token)
    operations = f"SalesDeclaration|SalesDeclarationCancel|{_OF_NOBODY}"
    app.router.add_post(f"/api/TrackAndTrace/{{operation:{operations}}}", knmdb.action)
    app.router.add_routes(fault_controls(knmdb.plan, FaultOrder))
    app.router.add_post("/simulator/boxes", knmdb.add_box)
    app.router.add_delete("/simulator/tokens", knmdb.forget_tokens)
    app.router.add_get("/simulator/records", knmdb.records)
    app.router.add_get("/simulator/status", knmdb.status)
    await door.open()

    async def close() -> None:
        await door.close()
        knmdb.thread.close()
        knmdb.register.close()

    return RunningSimulator(url=door.url, control_url=door.url, close=close)


def _request(kind: type[Request], content: bytes) -> Request:
    return kind.model_validate_json(content)


def _declaration(account: MachineAccount, number: int) -> dict[str, Any]:
    today = datetime.now(BISHKEK).date()
    return {
        "stakeholderCode": account.stakeholder_code,
        "declarationId": number,
        "declarationDate": f"{today}T00:00:00",
    }


def _box(box: Box) -> dict[str, Any]:
    remaining = None if box.units is None or not box.sold_units else Decimal(box.units) - box.sold_units
    return {
        "productBoxId": crc32(box.code.encode()),
        "productName": "Дары үлгүсү",
        "gtin": box.gtin,
        "serialNumber": box.serial_number,
        "batchNumber": box.batch_number,
        "productionDate": "2026-01-01T00:00:00",
        "expirationDate": f"{box.expiration_date}T00:00:00",
        "qrCode": box.code,
        "stakeHolderName": box.holder,
        "isExpired": box.expired,
        "isAvailableForSale": box.is_for_sale,
        "isSuspendedOrRecalled": box.recalled,
        "productStatus": 1 if box.is_for_sale else 2,
        "productState": int(box.kind),
        "suspendRecallInfo": None,
        "productInquiryHistory": [
            {
                "declarationNumber": event.declaration,
                "stakeHolder": event.stakeholder,
                "state": int(event.kind),
                "stateDate": event.at.replace(tzinfo=None).isoformat(),
                "price": event.price,
                "partialSaleAmount": event.amount,
            }
            for event in box.history
        ],
        "overallRetailPrice": box.retail_price,
        "isFomsDrug": True,
        "compensation": None,
        "partialSaleRemainingAmount": remaining,
    }
