"""The gateway with prescribing, on a real socket and on SQLite."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from gateway.api.application import PROGRAMME, build_application, make_runner
from gateway.middleware.prescription_validation import PRESCRIPTIONS
from gateway.operations.model import Channel
from gateway.services import NamedSenders, Sender
from gateway.store.programme_tables import prescriptions
from gateway.store.sqlite import SqliteStore
from gateway.store.tables import operations
from tests.service.api.conftest import Gateway, Reply, make_services
from tests.service.prescribing.clinic import Clinic, count
from tests.support.journal import INDEX
from tests.support.programme import CLINIC, OTHER_CLINIC, order_bytes, organisations

PATH = "/v1/prescriptions"
SENDERS = {
    "clinic": Sender(name="clinic", organisations=frozenset({CLINIC}), channel=Channel.SYSTEM),
    "other": Sender(name="other", organisations=frozenset({OTHER_CLINIC}), channel=Channel.SYSTEM),
}


class Surgery(Gateway):
    """The gateway with prescribing on a store."""

    clinic: Clinic

    async def order(self, body: bytes | None = None, **given: object) -> Reply:
        return await self.send(order_bytes() if body is None else body, path=PATH, **given)

    async def check(self, body: bytes, **given: object) -> Reply:
        return await self.call(
            "POST", f"{PATH}/check", data=body, headers={"Content-Type": "application/json"}, **given
        )

    def audited(self) -> list[str]:
        """What the handlers told the trail of requests."""
        return [event.action for event in self.services.audit.events]

    async def nothing_issued(self) -> bool:
        return await count(self.clinic.store, prescriptions) == await count(self.clinic.store, operations) == 0


@pytest.fixture
async def surgery(tmp_path: Path) -> AsyncIterator[Surgery]:
    store = SqliteStore(tmp_path / "kopuro.db")
    await store.open()
    clinic = Clinic(store)
    services = make_services(
        access=NamedSenders(SENDERS, "clinic"), register=organisations(), clock=clinic.clock, index=INDEX
    )
    application = build_application(services)
    application[PROGRAMME] = True
    application[PRESCRIPTIONS] = clinic.service
    runner = make_runner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    async with aiohttp.ClientSession() as session:
        served = Surgery(services, session, runner.addresses[0][1])
        served.clinic = clinic
        yield served
    await runner.cleanup()
    await store.close()
