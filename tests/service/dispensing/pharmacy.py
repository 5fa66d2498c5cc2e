"""Dispensing over HTTP: the gateway with the routes of dispensing, over a store, on a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import orjson
from aiohttp import web

from gateway.api.application import PROGRAMME, build_application, make_runner
from gateway.api.dispenses import DISPENSING
from gateway.limits.policy import StormPolicy
from gateway.limits.storm import StormGuard
from gateway.operations.model import Channel
from gateway.services import NamedSenders, Sender
from gateway.store.grouping import Store
from tests.service.api.conftest import Gateway, Reply, make_services
from tests.service.dispensing.counter import Counter, look_up_json, order_json, quote_json
from tests.support.journal import INDEX
from tests.support.programme import OTHER_PHARMACY, PHARMACY, Issued, organisations
from tests.support.serving import take_down

SENDERS = {
    "pharmacy": Sender(name="pharmacy", organisations=frozenset({PHARMACY}), channel=Channel.SYSTEM),
    "other": Sender(name="other", organisations=frozenset({OTHER_PHARMACY}), channel=Channel.SYSTEM),
    "chain": Sender(name="chain", organisations=frozenset({PHARMACY, OTHER_PHARMACY}), channel=Channel.SYSTEM),
    "fund": Sender(name="fund", organisations=None, channel=Channel.SYSTEM),
}

_PATIENT = StormPolicy(refusals=10_000, window_seconds=1)
"""The guard against loops stays out of it: what the throttle does is to be seen."""


class Pharmacy(Gateway):
    """The gateway with dispensing on a store."""

    counter: Counter

    async def look_up(self, issued: Issued, *, sender: str | None = None, **overrides: Any) -> Reply:
        return await self.command("/v1/prescriptions/lookup", look_up_json(issued, **overrides), sender=sender)

    async def quote(self, issued: Issued, *, sender: str | None = None, **overrides: Any) -> Reply:
        return await self.command("/v1/dispenses/quote", quote_json(issued, **overrides), sender=sender)

    async def dispense(
        self, issued: Issued, *, key: str | None = None, sender: str | None = None, **overrides: Any
    ) -> Reply:
        body = orjson.dumps(order_json(issued, **overrides))
        return await self.send(body, path="/v1/dispenses", key=key, sender=sender)

    async def reverse(self, dispense: str, *, key: str | None = None, sender: str | None = None) -> Reply:
        body = orjson.dumps({"reason": "returned"})
        return await self.send(body, path=f"/v1/dispenses/{dispense}/reversal", key=key, sender=sender)


@asynccontextmanager
async def open_pharmacy(
    store: Store,
    senders: Mapping[str, Sender] | None = None,
    **changes: Any,
) -> AsyncIterator[Pharmacy]:
    """``senders`` come beside the usual ones; ``changes`` are of the counter."""
    counter = Counter(store, **changes)
    services = make_services(
        access=NamedSenders({**SENDERS, **(senders or {})}, "pharmacy"),
        register=organisations(),
        clock=counter.clock,
        index=INDEX,
        storms=StormGuard(_PATIENT),
    )
    application = build_application(services)
    application[PROGRAMME] = True
    application[DISPENSING] = counter.services
    runner = make_runner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with aiohttp.ClientSession() as session:
            served = Pharmacy(services, session, runner.addresses[0][1])
            served.counter = counter
            yield served
    finally:
        await take_down(runner)
