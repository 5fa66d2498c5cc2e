"""The simulated fund: its SOAP service, and the control of what it does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

from aiohttp import web
from lxml import etree
from pydantic import Field

from adapters.drug_programme.simulator.messages import (
    CONTRACT,
    Verdict,
    accepted,
    acknowledgement,
    inquiry_answer,
    list_answer,
    refusal,
)
from adapters.drug_programme.simulator.store import NO_FILL, Accepted, ProgrammeStore, Stored
from adapters.drug_programme.simulator.verdicts import REFUSALS, verdict
from adapters.xroad.simulator.keeping import Mode, OneThread
from adapters.xroad.simulator.providing import Refused, SimulatedProvider
from adapters.xroad.simulator.running import Order, RunningSimulator, json_response

_SUBMISSIONS: Final = frozenset(("SubmitPrescription", "CancelPrescription", "SubmitDispense", "ReverseDispense"))


class RefusalOrder(Order):
    """``POST /simulator/refusals``: reject whatever concerns prescriptions whose number begins so."""

    number_prefix: Annotated[str, Field(min_length=1)]
    code: str


class Programme:
    """State of one simulated fund."""

    def __init__(self, store: ProgrammeStore) -> None:
        self._store = store
        self._thread = OneThread()
        self._refusals: dict[str, str] = {}

    async def answer(self, message: etree._Element) -> etree._Element:
        """Answer one request; raises :class:`Refused`."""
        operation = etree.QName(message).localname
        if operation in _SUBMISSIONS:
            return await self._submit(operation, accepted(operation, message))
        if operation == "ListDispenses":
            return await self._list(message)
        if self._store.mode is Mode.NEITHER:
            raise Refused("the fund does not offer this")
        number, fill = CONTRACT.text(message, "number"), int(CONTRACT.text(message, "fill") or NO_FILL)
        found = await self._thread.run(lambda: self._store.newest(number, fill))
        return inquiry_answer(operation, number, fill, found)

    async def refuse(self, http: web.Request) -> web.StreamResponse:
        """``POST /simulator/refusals``."""
        order = RefusalOrder.model_validate_json(await http.read())
        if order.code not in REFUSALS:
            return web.Response(status=400, text=f"the fund knows {', '.join(REFUSALS)}\n")
        self._refusals[order.number_prefix] = order.code
        return web.Response(status=204)

    async def clear_refusals(self, _: web.Request) -> web.StreamResponse:
        """``DELETE /simulator/refusals``."""
        self._refusals.clear()
        return web.Response(status=204)

    async def records(self, _: web.Request) -> web.StreamResponse:
        """``GET /simulator/records``."""
        return json_response(await self._thread.run(self._store.records))

    def close(self) -> None:
        """Close the files."""
        self._thread.close()
        self._store.close()

    async def _submit(self, operation: str, request: Accepted) -> etree._Element:
        answered = await self._thread.run(lambda: self._take(operation, request))
        if isinstance(answered, Verdict):
            return refusal(operation, request, answered)
        stored, known = answered
        return acknowledgement(operation, request, "duplicate" if known else "accepted", stored)

    def _take(self, operation: str, request: Accepted) -> tuple[Stored, bool] | Verdict:
        """Store a request, unless it was stored before (the flag) or a verdict stands against it."""
        with self._store.transaction():
            if self._store.mode is Mode.DEDUPE:
                known = self._store.revision(request.number, request.fill, request.revision)
                if known is not None:
                    return known, True
            against = self._ordered(request) or verdict(operation, request, self._store)
            return against if against is not None else (self._store.insert(request), False)

    def _ordered(self, request: Accepted) -> Verdict | None:
        codes = (code for prefix, code in self._refusals.items() if request.number.startswith(prefix))
        code = next(codes, None)
        return None if code is None else Verdict("rejected", code, *REFUSALS[code])

    async def _list(self, message: etree._Element) -> etree._Element:
        pharmacy, first, last = (CONTRACT.text(message, name) for name in ("pharmacy", "firstDay", "lastDay"))
        cursor, limit = CONTRACT.text(message, "cursor"), int(CONTRACT.text(message, "limit"))
        after = int(cursor) if cursor.isascii() and cursor.isdigit() else 0
        found = await self._thread.run(lambda: self._store.dispenses(pharmacy, first, last, after, limit + 1))
        return list_answer(pharmacy, first, last, found[:limit], more=len(found) > limit)


async def run_drug_programme(
    folder: Path, *, port: int = 0, control_port: int = 0, mode: Mode = Mode.DEDUPE
) -> RunningSimulator:
    """Start a fund on the loopback interface that keeps its files in ``folder``. 0 takes a free port."""
    programme = Programme(ProgrammeStore(folder, mode))
    controls = [
        web.post("/simulator/refusals", programme.refuse),
        web.delete("/simulator/refusals", programme.clear_refusals),
        web.get("/simulator/records", programme.records, allow_head=False),
    ]
    provider = SimulatedProvider(CONTRACT, programme.answer, port)
    return await provider.run(control_port=control_port, controls=controls, close=programme.close)
