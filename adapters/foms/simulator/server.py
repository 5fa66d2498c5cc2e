"""The simulated fund: its SOAP service, and the control of what it does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

from aiohttp import web
from lxml import etree
from pydantic import Field

from adapters.foms.simulator.messages import CONTRACT, accepted, decisions_answer, inquiry_answer, submission_answer
from adapters.foms.simulator.store import FundStore
from adapters.xroad.simulator.keeping import Mode, OneThread
from adapters.xroad.simulator.providing import Refused, SimulatedProvider
from adapters.xroad.simulator.running import Order, RunningSimulator, json_response

_REFUSAL_MARK: Final = "REJECT-"

REFUSALS: Final = {
    "INSURANCE_NOT_CONFIRMED": ("Страховой статус не подтверждён", "patient/insuredCategory"),
    "TARIFF_NOT_FOUND": ("Для диагноза нет тарифа", "diagnoses/main/code"),
    "PERIOD_CLOSED": ("Отчётный период закрыт", "discharge/at"),
}
"""The fund's own business rules, each by its code. They are made up: the fund's rules are not public."""


class RefusalOrder(Order):
    """``POST /simulator/refusals``: refuse cases whose card number begins so."""

    card_number_prefix: Annotated[str, Field(min_length=1)]
    code: str
    names_patient: bool = False
    """Whether the reason's text says whose case it is, as no fund should and any may."""


class ReviewOrder(Order):
    """``POST /simulator/reviews``: a decision on the newest revision of a case."""

    ksf_number: str
    state: Annotated[str, Field(pattern="^(accepted-for-payment|returned|refused)$")]
    reason: Annotated[str, Field(min_length=1)] | None = None
    amount: Annotated[str, Field(pattern=r"^[0-9]{1,12}\.[0-9]{2}$")] | None = None


class Fund:
    """State of one simulated fund."""

    def __init__(self, store: FundStore) -> None:
        self._store = store
        self._thread = OneThread()
        self._refusals: dict[str, RefusalOrder] = {}

    async def answer(self, message: etree._Element) -> etree._Element:
        """Answer one request; raises :class:`Refused`."""
        operation = etree.QName(message).localname
        if operation == "SubmitTreatedCase":
            return await self._submit(message)
        if operation == "GetTreatedCase" and self._store.mode is not Mode.NEITHER:
            number = CONTRACT.text(message, "ksfNumber")
            return inquiry_answer(number, await self._thread.run(lambda: self._store.newest(number)))
        if operation == "ListReviewDecisions":
            return await self._list_reviews(message)
        raise Refused("the fund does not offer this")

    async def refuse(self, http: web.Request) -> web.StreamResponse:
        """``POST /simulator/refusals``."""
        order = RefusalOrder.model_validate_json(await http.read())
        if order.code not in REFUSALS:
            return web.Response(status=400, text=f"the fund knows {', '.join(REFUSALS)}\n")
        self._refusals[order.card_number_prefix] = order
        return web.Response(status=204)

    async def clear_refusals(self, _: web.Request) -> web.StreamResponse:
        """``DELETE /simulator/refusals``."""
        self._refusals.clear()
        return web.Response(status=204)

    async def review(self, http: web.Request) -> web.StreamResponse:
        """``POST /simulator/reviews``."""
        order = ReviewOrder.model_validate_json(await http.read())
        known = await self._thread.run(
            lambda: self._store.review(order.ksf_number, order.state, order.reason, order.amount)
        )
        return web.Response(status=204 if known else 404)

    async def records(self, _: web.Request) -> web.StreamResponse:
        """``GET /simulator/records``."""
        return json_response(await self._thread.run(self._store.records))

    def close(self) -> None:
        """Close the files."""
        self._thread.close()
        self._store.close()

    async def _submit(self, message: etree._Element) -> etree._Element:
        request = accepted(message)
        refusal = self._refusal(CONTRACT.text(message, "case/cardNumber"))
        if refusal is not None:
            reason, path = REFUSALS[refusal.code]
            if refusal.names_patient:
                told = (CONTRACT.text(message, f"case/patient/{name}") for name in ("pin", "familyName", "givenName"))
                reason = f"{reason}: {' '.join(told)}"
            return submission_answer(request, "rejected", None, ((refusal.code, reason, path),))
        stored, known = await self._thread.run(lambda: self._store.store(request))
        return submission_answer(request, "duplicate" if known else "accepted", stored)

    async def _list_reviews(self, message: etree._Element) -> etree._Element:
        since, limit = CONTRACT.text(message, "since"), int(CONTRACT.text(message, "limit"))
        after = int(since) if since.isascii() and since.isdigit() else 0
        found = await self._thread.run(lambda: self._store.reviews(after, limit + 1))
        return decisions_answer(found[:limit], more=len(found) > limit)

    def _refusal(self, card_number: str) -> RefusalOrder | None:
        for prefix, order in self._refusals.items():
            if card_number.startswith(prefix):
                return order
        asked = card_number.removeprefix(_REFUSAL_MARK)
        if asked != card_number:
            codes = (code for code in REFUSALS if asked.startswith(code))
            return next((RefusalOrder(card_number_prefix=card_number, code=code) for code in codes), None)
        return None


async def run_fund(folder: Path, *, port: int = 0, control_port: int = 0, mode: Mode = Mode.DEDUPE) -> RunningSimulator:
    """Start a fund on the loopback interface that keeps its files in ``folder``. 0 takes a free port."""
    fund = Fund(FundStore(folder, mode))
    controls = [
        web.post("/simulator/refusals", fund.refuse),
        web.delete("/simulator/refusals", fund.clear_refusals),
        web.post("/simulator/reviews", fund.review),
        web.get("/simulator/records", fund.records, allow_head=False),
    ]
    provider = SimulatedProvider(CONTRACT, fund.answer, port)
    return await provider.run(control_port=control_port, controls=controls, close=fund.close)
