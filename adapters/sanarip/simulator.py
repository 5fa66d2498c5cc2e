"""A small hospital information system in the place of Sanarip Clinic: sends cases, hears what became of them.

It takes status events at ``POST /callback`` and, when told where the gateway is, follows ``GET /v1/events`` as well; it
recognises repeats by position. ``POST /simulator/send`` makes it send generated cases, ``POST /simulator/faults`` makes
its callback fail, ``GET /simulator/status`` tells what it knows.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final

import aiohttp
import orjson
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adapters.sanarip.generator import Case, CaseGenerator
from adapters.xroad.simulator.running import Door, RunningSimulator
from gateway.ports import Organisation

_POLL_SECONDS: Final = 20
_PAUSE_SECONDS: Final = 0.5
"""Before the feed is asked again after a failure."""


class CallbackFault(StrEnum):
    """How the callback can fail."""

    STATUS_500 = "status-500"
    """It takes nothing and says so."""
    LOST_REPLY = "lost-reply"
    """It takes everything, but the answer never arrives."""
    HANG = "hang"
    """It never answers."""


class FaultOrder(BaseModel):
    """What ``POST /simulator/faults`` takes."""

    model_config = ConfigDict(extra="forbid")

    id: CallbackFault
    count: Annotated[int, Field(ge=1)] = 1


class SendOrder(BaseModel):
    """What ``POST /simulator/send`` takes."""

    model_config = ConfigDict(extra="forbid")

    cases: Annotated[int, Field(ge=1, le=100_000)] = 10
    concurrency: Annotated[int, Field(ge=1, le=256)] = 8


@dataclass(slots=True)
class Hospital:
    """What the hospital system knows."""

    generator: CaseGenerator
    gateway_url: str | None
    session: aiohttp.ClientSession
    token: str | None = None
    cursor: int = 0
    newest: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The newest event by КСФ number."""
    positions: set[int] = field(default_factory=set)
    repeats: int = 0
    faults: Counter[CallbackFault] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    """How the gateway answered submissions, by HTTP status."""

    async def callback(self, http: web.Request) -> web.StreamResponse:
        """``POST /callback``: take status events."""
        if self.token is not None and http.headers.get("Authorization") != f"Bearer {self.token}":
            return web.Response(status=401)
        fault = next((fault for fault, left in self.faults.items() if left > 0), None)
        if fault is not None:
            self.faults[fault] -= 1
        if fault is CallbackFault.STATUS_500:
            return web.Response(status=500)
        try:
            events = orjson.loads(await http.read())["items"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return web.Response(status=400)
        self.take(events)
        if fault is CallbackFault.LOST_REPLY and http.transport is not None:
            http.transport.abort()
        if fault is CallbackFault.HANG:
            await asyncio.Event().wait()
        return web.Response(status=204)

    def take(self, events: Sequence[dict[str, Any]]) -> None:
        """Remember events, each position once."""
        for event in events:
            if event["position"] in self.positions:
                self.repeats += 1
                continue
            self.positions.add(event["position"])
            known = self.newest.get(event["business_key"])
            if known is None or known["position"] < event["position"]:
                self.newest[event["business_key"]] = event

    async def follow(self) -> None:
        """Read the gateway's feed for ever, a long poll at a time."""
        while True:
            parameters = {"after": self.cursor, "wait": _POLL_SECONDS}
            try:
                async with self.session.get(f"{self.gateway_url}/v1/events", params=parameters) as response:
                    response.raise_for_status()
                    page = orjson.loads(await response.read())
            except (aiohttp.ClientError, TimeoutError, orjson.JSONDecodeError):
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            self.take(page["items"])
            self.cursor = page["next"]

    async def send(self, http: web.Request) -> web.StreamResponse:
        """``POST /simulator/send``: send generated cases to the gateway and tell how it answered."""
        if self.gateway_url is None:
            return web.Response(status=409, text="This hospital does not know where the gateway is.\n")
        try:
            order = SendOrder.model_validate_json(await http.read() or b"{}")
        except ValidationError as error:
            return web.Response(status=400, text=f"{error}\n")
        cases = list(self.generator.cases(order.cases))
        slots = asyncio.Semaphore(order.concurrency)
        await asyncio.gather(*(self._send_one(case, slots) for case in cases))
        return _json(self.report())

    async def order_fault(self, http: web.Request) -> web.StreamResponse:
        """``POST /simulator/faults``: make the next callbacks fail."""
        try:
            order = FaultOrder.model_validate_json(await http.read())
        except ValidationError as error:
            return web.Response(status=400, text=f"{error}\n")
        self.faults[order.id] += order.count
        return web.Response(status=204)

    async def status(self, _: web.Request) -> web.StreamResponse:
        """``GET /simulator/status``."""
        return _json(self.report())

    def report(self) -> dict[str, Any]:
        """Counts: submissions by status, cases known, by state, events seen and seen again."""
        return {
            "answers": {str(status): count for status, count in self.answers.items()},
            "cases": len(self.newest),
            "states": Counter(str(event["state"]) for event in self.newest.values()),
            "events": len(self.positions),
            "repeats": self.repeats,
        }

    async def _send_one(self, case: Case, slots: asyncio.Semaphore) -> None:
        body = orjson.dumps(case)
        headers = {"Content-Type": "application/json", "Idempotency-Key": hashlib.sha256(body).hexdigest()}
        async with slots:
            try:
                async with self.session.post(
                    f"{self.gateway_url}/v1/treated-cases", data=body, headers=headers
                ) as response:
                    self.answers[response.status] += 1
            except (aiohttp.ClientError, TimeoutError):
                self.answers[0] += 1


async def run_hospital(
    *,
    organisations: Sequence[Organisation],
    until: date,
    seed: int = 1,
    gateway_url: str | None = None,
    token: str | None = None,
    port: int = 0,
) -> RunningSimulator:
    """Start a hospital system on the loopback interface; ``port`` 0 takes a free one.

    With ``gateway_url`` it follows the gateway's feed. Its cases are discharged in the week up to the Bishkek day
    ``until``.
    """
    session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_POLL_SECONDS + 15))
    generator = CaseGenerator(organisations, seed=seed, until=until)
    hospital = Hospital(generator=generator, gateway_url=gateway_url, session=session, token=token)
    app = web.Application()
    app.router.add_post("/callback", hospital.callback)
    app.router.add_post("/simulator/send", hospital.send)
    app.router.add_post("/simulator/faults", hospital.order_fault)
    app.router.add_get("/simulator/status", hospital.status)
    door = Door(app, port)
    await door.open()
    following = asyncio.create_task(hospital.follow(), name="hospital-feed") if gateway_url is not None else None

    async def close() -> None:
        if following is not None:
            following.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await following
        await door.close()
        await session.close()
        # aiohttp closes the sockets of a session one turn of the loop later.
        await asyncio.sleep(0)

    return RunningSimulator(url=f"{door.url}/callback", control_url=door.url, close=close)


def _json(value: object) -> web.Response:
    return web.Response(body=orjson.dumps(value), content_type="application/json")
