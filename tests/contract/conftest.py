"""The real client against its simulators over real sockets, and the in-memory fake, behind one interface."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest

from adapters.foms import open_foms_client
from adapters.foms.fake import InMemoryFund
from adapters.foms.simulator import Mode, run_fund
from adapters.xroad.simulator import Provider, RunningSimulator, Spelling, run_security_server
from gateway.operations.model import Outcome, Result
from gateway.ports import ReviewSource, Upstream
from schemas.foms import SERVICES
from tests.contract.parts import FUND, GATEWAY, QUICK, RandomIds, foms_settings, xroad_settings


class FundUnderTest(Upstream, ReviewSource, Protocol):
    """What both implementations are."""


@dataclass
class World:
    """A fund and the means to disturb it."""

    fund: FundUnderTest
    lose_next_reply: Callable[[], Awaitable[None]]
    lose_next_request: Callable[[], Awaitable[None]]
    reject_next: Callable[[], Awaitable[None]]
    decide: Callable[[str, str, str | None, str | None], Awaitable[None]]
    times_stored: Callable[[str, int], Awaitable[int]]


@dataclass
class Simulators:
    """A fund behind a security server."""

    security_server: RunningSimulator
    fund: RunningSimulator
    control: httpx.AsyncClient

    async def fault(self, fault: str, **order: Any) -> None:
        response = await self.control.post(
            f"{self.security_server.control_url}/simulator/faults", json={"id": fault, **order}
        )
        assert response.status_code == 204, response.text

    async def clear_faults(self) -> None:
        await self.control.delete(f"{self.security_server.control_url}/simulator/faults")

    async def tell_fund(self, order: str, body: dict[str, Any] | None = None) -> httpx.Response:
        return await self.control.post(f"{self.fund.control_url}/simulator/{order}", json=body or {})

    async def records(self) -> dict[str, Any]:
        response = await self.control.get(f"{self.fund.control_url}/simulator/records")
        found: dict[str, Any] = response.json()
        return found

    async def times_stored(self, number: str, revision: int) -> int:
        for row in (await self.records())["records"]:
            if (row["ksfNumber"], row["revision"]) == (number, revision):
                return int(row["timesStored"])
        return 0


StartSimulators = Callable[..., Awaitable[Simulators]]


@pytest.fixture
async def start_simulators(tmp_path: Path) -> AsyncIterator[StartSimulators]:
    async with AsyncExitStack() as stack:

        async def start(mode: Mode = Mode.DEDUPE, spelling: Spelling = Spelling.LEGACY) -> Simulators:
            fund = await run_fund(tmp_path / "fund", mode=mode)
            stack.push_async_callback(fund.close)
            server = await run_security_server(
                clients=[str(GATEWAY)], providers=[Provider(str(FUND), fund.url, SERVICES)], spelling=spelling
            )
            stack.push_async_callback(server.close)
            control = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))
            return Simulators(server, fund, control)

        yield start


@pytest.fixture
async def simulators(start_simulators: StartSimulators) -> Simulators:
    return await start_simulators()


@pytest.fixture(params=["zeep", "compiled", "in-memory"])
async def world(request: pytest.FixtureRequest, start_simulators: StartSimulators) -> AsyncIterator[World]:
    if request.param == "in-memory":
        yield _in_memory()
        return
    simulators = await start_simulators()
    client = open_foms_client(
        foms_settings(codec=request.param),
        xroad_settings(simulators.security_server.url, deadlines=QUICK),
        RandomIds(),
    )

    async def reject_next() -> None:
        await simulators.tell_fund("refusals", {"card_number_prefix": "1234", "code": "PERIOD_CLOSED"})

    async def decide(number: str, state: str, reason: str | None, amount: str | None) -> None:
        order = {"ksf_number": number, "state": state, "reason": reason, "amount": amount}
        assert (await simulators.tell_fund("reviews", order)).status_code == 204

    yield World(
        fund=client,
        lose_next_reply=lambda: simulators.fault("lost-reply-after-store", count=1),
        lose_next_request=lambda: simulators.fault("lost-before-store", count=1),
        reject_next=reject_next,
        decide=decide,
        times_stored=simulators.times_stored,
    )
    await client.close()


def _in_memory() -> World:
    fund = InMemoryFund()
    lost = Result(outcome=Outcome.IN_DOUBT, reason="CONNECTION_LOST", unavailable=True)

    async def end_next(result: Result, *, stored: bool) -> None:
        fund.end_next_delivery(result, stored=stored)

    async def reject_next() -> None:
        fund.reject_next("PERIOD_CLOSED", "Отчётный период закрыт", "discharge/at")

    async def decide(number: str, state: str, reason: str | None, amount: str | None) -> None:
        fund.decide(number, state, reason, amount, datetime.now(UTC))

    async def times_stored(number: str, revision: int) -> int:
        return fund.times_stored.get((number, revision), 0)

    return World(
        fund=fund,
        lose_next_reply=lambda: end_next(lost, stored=True),
        lose_next_request=lambda: end_next(lost, stored=False),
        reject_next=reject_next,
        decide=decide,
        times_stored=times_stored,
    )
