"""The simulated fund: its SOAP service, and the control of what it does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, TypeVar

import orjson
from aiohttp import web
from lxml import etree
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adapters.foms.simulator.messages import (
    ContractReader,
    Refused,
    accepted,
    client_fault,
    decisions_answer,
    envelope,
    inquiry_answer,
    submission_answer,
    text,
)
from adapters.foms.simulator.store import FundStore, Mode
from adapters.xroad.simulator.running import Door, RunningSimulator

_LARGEST_REQUEST: Final = 20 * 1024 * 1024
_REFUSAL_MARK: Final = "REJECT-"
_Taken = TypeVar("_Taken")

REFUSALS: Final = {
    "INSURANCE_NOT_CONFIRMED": ("Страховой статус не подтверждён", "patient/insuredCategory"),
    "TARIFF_NOT_FOUND": ("Для диагноза нет тарифа", "diagnoses/main/code"),
    "PERIOD_CLOSED": ("Отчётный период закрыт", "discharge/at"),
}
"""The fund's own business rules, each by its code. They are made up: the fund's rules are not public."""


class PauseKind(StrEnum):
    """How a paused fund behaves."""

    REFUSE = "refuse"
    """The port is closed and open connections are dropped."""
    STATUS_503 = "503"


class _Order(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PauseOrder(_Order):
    """``POST /simulator/pause``."""

    kind: PauseKind = PauseKind.REFUSE


class RefusalOrder(_Order):
    """``POST /simulator/refusals``: refuse cases whose card number begins so."""

    card_number_prefix: Annotated[str, Field(min_length=1)]
    code: str
    names_patient: bool = False
    """Whether the reason's text says whose case it is, as no fund should and any may."""


class ReviewOrder(_Order):
    """``POST /simulator/reviews``: a decision on the newest revision of a case."""

    ksf_number: str
    state: Annotated[str, Field(pattern="^(accepted-for-payment|returned|refused)$")]
    reason: Annotated[str, Field(min_length=1)] | None = None
    amount: Annotated[str, Field(pattern=r"^[0-9]{1,12}\.[0-9]{2}$")] | None = None


@dataclass(slots=True)
class Fund:
    """State of one simulated fund."""

    store: FundStore
    door: Door
    reader: ContractReader = field(default_factory=ContractReader)
    paused: PauseKind | None = None
    refusals: dict[str, RefusalOrder] = field(default_factory=dict)
    requests: int = 0
    refused_messages: int = 0
    # One thread, so that syncing to the disk does not hold up the loop and writes stay in order.
    writer: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "fund-store"))

    async def soap(self, http: web.Request) -> web.StreamResponse:
        """Handle one SOAP message."""
        if self.paused is PauseKind.REFUSE:
            if http.transport is not None:
                http.transport.abort()
            return web.Response()
        if self.paused is PauseKind.STATUS_503:
            return web.Response(status=503, text="The fund is closed\n")
        self.requests += 1
        try:
            header, message = self.reader.read(await http.read())
            answer = await self._answer(message)
        except Refused as refusal:
            self.refused_messages += 1
            return _soap(envelope(None, client_fault(str(refusal))), 500)
        return _soap(envelope(header, answer))

    async def pause(self, http: web.Request) -> web.StreamResponse:
        """``POST /simulator/pause``."""
        order = PauseOrder.model_validate_json(await http.read() or b"{}")
        if order.kind is PauseKind.REFUSE and self.paused is not PauseKind.REFUSE:
            await self.door.shut()
        self.paused = order.kind
        return web.Response(status=204)

    async def resume(self, _: web.Request) -> web.StreamResponse:
        """``POST /simulator/resume``."""
        if self.paused is PauseKind.REFUSE:
            await self.door.open()
        self.paused = None
        return web.Response(status=204)

    async def refuse(self, http: web.Request) -> web.StreamResponse:
        """``POST /simulator/refusals``."""
        order = RefusalOrder.model_validate_json(await http.read())
        if order.code not in REFUSALS:
            return web.Response(status=400, text=f"the fund knows {', '.join(REFUSALS)}\n")
        self.refusals[order.card_number_prefix] = order
        return web.Response(status=204)

    async def clear_refusals(self, _: web.Request) -> web.StreamResponse:
        """``DELETE /simulator/refusals``."""
        self.refusals.clear()
        return web.Response(status=204)

    async def review(self, http: web.Request) -> web.StreamResponse:
        """``POST /simulator/reviews``."""
        order = ReviewOrder.model_validate_json(await http.read())
        known = await self._in_store(
            lambda: self.store.review(order.ksf_number, order.state, order.reason, order.amount)
        )
        return web.Response(status=204 if known else 404)

    async def records(self, _: web.Request) -> web.StreamResponse:
        """``GET /simulator/records``."""
        return _json(orjson.dumps(await self._in_store(self.store.records)))

    async def status(self, _: web.Request) -> web.StreamResponse:
        """``GET /simulator/status``."""
        counts = {
            "mode": self.store.mode,
            "paused": self.paused,
            "requests": self.requests,
            "refusedMessages": self.refused_messages,
        }
        return _json(orjson.dumps(counts))

    async def _answer(self, message: etree._Element) -> etree._Element:
        operation = etree.QName(message).localname
        if operation == "SubmitTreatedCase":
            return await self._submit(message)
        if operation == "GetTreatedCase" and self.store.mode is not Mode.NEITHER:
            number = text(message, "ksfNumber")
            return inquiry_answer(number, await self._in_store(lambda: self.store.newest(number)))
        if operation == "ListReviewDecisions":
            return await self._list_reviews(message)
        raise Refused("the fund does not offer this")

    async def _submit(self, message: etree._Element) -> etree._Element:
        request = accepted(message)
        refusal = self._refusal(text(message, "case/cardNumber"))
        if refusal is not None:
            reason, path = REFUSALS[refusal.code]
            if refusal.names_patient:
                told = (text(message, f"case/patient/{name}") for name in ("pin", "familyName", "givenName"))
                reason = f"{reason}: {' '.join(told)}"
            return submission_answer(request, "rejected", None, ((refusal.code, reason, path),))
        stored, known = await self._in_store(lambda: self.store.store(request))
        return submission_answer(request, "duplicate" if known else "accepted", stored)

    async def _list_reviews(self, message: etree._Element) -> etree._Element:
        since, limit = text(message, "since"), int(text(message, "limit"))
        after = int(since) if since.isascii() and since.isdigit() else 0
        found = await self._in_store(lambda: self.store.reviews(after, limit + 1))
        return decisions_answer(found[:limit], more=len(found) > limit)

    def _refusal(self, card_number: str) -> RefusalOrder | None:
        for prefix, order in self.refusals.items():
            if card_number.startswith(prefix):
                return order
        asked = card_number.removeprefix(_REFUSAL_MARK)
        if asked != card_number:
            codes = (code for code in REFUSALS if asked.startswith(code))
            return next((RefusalOrder(card_number_prefix=card_number, code=code) for code in codes), None)
        return None

    async def _in_store(self, work: Callable[[], _Taken]) -> _Taken:
        return await asyncio.get_running_loop().run_in_executor(self.writer, work)


def _soap(content: bytes, status: int = 200) -> web.Response:
    return web.Response(body=content, status=status, headers={"Content-Type": "text/xml; charset=UTF-8"})


def _json(content: bytes) -> web.Response:
    return web.Response(body=content, content_type="application/json")


@web.middleware
async def _bad_orders(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except ValidationError as error:
        return web.Response(status=400, text=f"{error}\n")


async def run_fund(folder: Path, *, port: int = 0, control_port: int = 0, mode: Mode = Mode.DEDUPE) -> RunningSimulator:
    """Start a fund on the loopback interface that keeps its files in ``folder``.

    The control has a port of its own, since the service's port is closed while the fund is paused. 0 takes a free port.
    """
    service = web.Application(client_max_size=_LARGEST_REQUEST)
    control = web.Application(middlewares=[_bad_orders])
    fund = Fund(store=FundStore(folder, mode), door=Door(service, port))
    service.router.add_post("/", fund.soap)
    control.router.add_post("/simulator/pause", fund.pause)
    control.router.add_post("/simulator/resume", fund.resume)
    control.router.add_post("/simulator/refusals", fund.refuse)
    control.router.add_delete("/simulator/refusals", fund.clear_refusals)
    control.router.add_post("/simulator/reviews", fund.review)
    control.router.add_get("/simulator/records", fund.records)
    control.router.add_get("/simulator/status", fund.status)
    control_door = Door(control, control_port)
    await fund.door.open()
    await control_door.open()

    async def close() -> None:
        await fund.door.close()
        await control_door.close()
        fund.writer.shutdown()
        fund.store.close()

    return RunningSimulator(url=f"{fund.door.url}/", control_url=control_door.url, close=close)
