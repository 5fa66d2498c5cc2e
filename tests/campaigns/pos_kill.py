"""Kill the pharmacy's agent again and again in mid-dispense, and account for every sale afterwards, up to the fund.

``python -m tests.campaigns.pos_kill --kills 100 --seed 1`` runs it; the exit code is 1 when a sale was lost or doubled.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
from rich.console import Console

from adapters.drug_programme.simulator import Mode
from gateway.operations.dispatcher import Dispatcher
from gateway.operations.model import State
from gateway.operations.signals import Signals
from gateway.rules.days import bishkek_day
from gateway.store.sqlite import SqliteStore
from gateway.store.tables import operations
from kopuro_pos.agent.web.sessions import installation_token
from kopuro_pos.client import DispenseView, PharmacyClient
from tests.contract.drug_programme import ProgrammeSimulators, simulators
from tests.pos.agent.wire import DISPENSE, Wire
from tests.service.dispensing.counter import rows
from tests.service.dispensing.pharmacy import open_pharmacy
from tests.support.doubles import SilentObserver, SystemClock, SystemIds
from tests.support.house import QUICK
from tests.support.journal import SEALER
from tests.support.processes import Process, end_in_order_when_terminated
from tests.support.programme import MEDICINE, PHARMACY, issue_into

INSTANTS: Final = ("at any time", "sent", "recorded", "answered")
"""When it is killed: somewhere; with the request on its way; the answer on its way; the answer just told."""
_LATEST_SECONDS: Final = 0.08
_DRAIN_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Plan:
    """``repeated`` is the share of tills that repeat their sale after the restart; the others have died, too."""

    kills: int
    seed: int
    repeated: float = 0.7


@dataclass(frozen=True, slots=True)
class Sold:
    """A sale as its till knows it. ``promised``: its till had an answer, or has repeated it."""

    prescription: str
    promised: bool


@dataclass(frozen=True, slots=True)
class Gateway:
    """The gateway with its store, the line to it that can fail, and the fund that it delivers to meanwhile."""

    store: SqliteStore
    wire: Wire
    fund: ProgrammeSimulators


@dataclass(slots=True)
class Account:
    """What became of the sales, at the gateway and at the fund. Everything but ``counts`` must be empty."""

    counts: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)

    @property
    def balanced(self) -> bool:
        """Whether every guarantee was kept."""
        return not (self.lost or self.doubled or self.open or self.gaps)


class Till:
    """Calls the agent over its JSON API, as any till does."""

    def __init__(self, session: aiohttp.ClientSession, agent: Process, state: Path) -> None:
        self._session = session
        self._agent = agent
        self._state = state
        self._url = ""

    async def start(self) -> None:
        """Start the agent, the first time or again."""
        self._agent.start()
        self._url = (await self._agent.ready())["url"]

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and answer; raises ``aiohttp.ClientError`` when the agent dies meanwhile."""
        headers = {"Authorization": f"Bearer {installation_token(self._state)}"}
        async with self._session.request(method, self._url + path, json=body, headers=headers) as answer:
            return answer.status, await answer.json(content_type=None)

    async def order(self, number: int, pin: str, prescription: str) -> dict[str, Any]:
        """Look a prescription up, have it quoted and held; the order of its sale."""
        _, found = await self.call("POST", "/api/lookup", {"pin": pin, "number": prescription})
        wanted = {"lookup": found["lookup"], "medicine": MEDICINE, "units": 30, "pack_price": "450.00"}
        _, quote = await self.call("POST", "/api/quote", wanted)
        return {
            "key": f"till-sale-{number}",
            "quote": quote["quote"],
            "pharmacist": "Асанова А.",
            "receipt_number": f"Ч-{number}",
            "receipt_amount": quote["patient"],
        }


async def run(plan: Plan, folder: Path, console: Console | None = None) -> Account:
    """The campaign."""
    chance = random.Random(plan.seed)  # noqa: S311 - repeatable, not secret
    instants, sold = _instants(chance), dict[str, Sold]()
    async with _gateway(folder) as gateway, aiohttp.ClientSession() as session:
        state = folder / "till"
        state.mkdir(mode=0o700)
        (state / "kopuro-pos.toml").write_text(
            f'gateway = "{gateway.wire.origin}"\nsender = "pharmacy"\npharmacy = "{PHARMACY}"\nport = 0\n',
            encoding="utf-8",
        )
        agent = Process("agent", ["kopuro_pos", "agent", "--state", str(state)], folder)
        till = Till(session, agent, state)
        try:
            await till.start()
            for number in range(plan.kills):
                issued = await issue_into(
                    gateway.store,
                    patient={"pin": f"212051970{number:05}"},
                    issued_at=SystemClock().now() - timedelta(hours=1),
                )
                order = await till.order(number, issued.pin, issued.number)
                told = await _killed(till, agent, gateway.wire, order, next(instants), chance)
                await till.start()
                repeats = chance.random() < plan.repeated
                if repeats:
                    status, _ = await till.call("POST", "/api/sales", order)
                    assert status in {200, 201, 202}, status
                sold[order["receipt_number"]] = Sold(issued.number, told or repeats)
                if console is not None and (number + 1) % 20 == 0:
                    console.print(f"{number + 1} kills")
            await _drained(till)
            await _delivered(gateway.store)
            return await _account(till, gateway, sold)
        finally:
            agent.kill()


def _instants(chance: random.Random) -> Iterator[str]:
    """All of them in turn, each time in another order."""
    while True:
        yield from chance.sample(INSTANTS, len(INSTANTS))


async def _killed(
    till: Till, agent: Process, wire: Wire, order: dict[str, Any], instant: str, chance: random.Random
) -> bool:
    """Sell, and kill the agent meanwhile; whether the till had an answer."""
    wire.held.clear()
    wire.gate.clear()
    if instant in {"sent", "recorded"}:
        wire.faults[DISPENSE] = "hold" if instant == "sent" else "hold-reply"
    selling = asyncio.create_task(till.call("POST", "/api/sales", order))
    if instant == "at any time":
        await asyncio.sleep(chance.uniform(0, _LATEST_SECONDS))
    elif instant == "answered":
        await selling
    else:
        await wire.held.wait()
    agent.kill()
    wire.faults.clear()
    wire.gate.set()
    with suppress(aiohttp.ClientError):
        await selling
        return True
    return False


async def _drained(till: Till) -> None:
    async with asyncio.timeout(_DRAIN_SECONDS):
        while (await till.call("GET", "/api/queue"))[1]["waiting"]:
            await asyncio.sleep(0.05)


async def _delivered(store: SqliteStore) -> None:
    """Once the fund has everything."""
    async with asyncio.timeout(_DRAIN_SECONDS):
        while not all(State(row.state).is_final for row in await rows(store, operations)):
            await asyncio.sleep(0.05)


async def _account(till: Till, gateway: Gateway, sold: dict[str, Sold]) -> Account:
    """Compare what the tills were told, the agent's book, what the gateway has recorded and what the fund has stored.

    A prescription is sold once here, so that two fills of one, or one stored twice, is a sale doubled.
    """
    account = Account()
    _, page = await till.call("GET", f"/api/sales?day={bishkek_day(SystemClock().now())}")
    book = {sale["receipt_number"]: sale for sale in page["items"]}
    recorded = Counter([str(view.receipt_number) async for view in _recorded(gateway.wire)])
    stored = Counter[str]()
    for row in (await gateway.fund.records())["records"]:
        if row["fill"]:
            stored[row["number"]] += row["timesStored"]
    account.counts |= {"kills": len(sold), "in the book": len(book)}
    account.counts |= {"at the gateway": recorded.total(), "at the fund": stored.total()}
    account.counts["told or repeated"] = sum(one.promised for one in sold.values())
    account.lost = [
        receipt for receipt, one in sold.items() if (one.promised or receipt in book) and not recorded[receipt]
    ]
    account.lost += [f"{receipt} at the fund" for receipt in recorded if not stored[sold[receipt].prescription]]
    account.doubled = [receipt for receipt, times in recorded.items() if times > 1]
    account.doubled += [f"{number} at the fund" for number, times in stored.items() if times > 1]
    account.open = [receipt for receipt, sale in book.items() if sale["state"] != "recorded"]
    account.open += [receipt for receipt in recorded if receipt not in book]
    account.open += sorted(stored.keys() - {sold[receipt].prescription for receipt in recorded})
    numbers = sorted(sale["sequence"] for sale in book.values())
    account.gaps = sorted(set(range(1, len(numbers) + 1)) ^ set(numbers))
    return account


async def _recorded(wire: Wire) -> AsyncIterator[DispenseView]:
    """What the gateway has recorded, each with its one operation for the fund."""
    async with PharmacyClient(wire.origin, sender="pharmacy") as client:
        async for view in client.dispenses(pharmacy=PHARMACY):
            assert [one.kind for one in view.operations if one.upstream == "drug-programme"] == ["dispense.submit"]
            yield view


@asynccontextmanager
async def _gateway(folder: Path) -> AsyncIterator[Gateway]:
    """With the real dispatcher and adapter before a fund that stores whatever it is sent, also what it has."""
    store, signals = SqliteStore(folder / "gateway.db"), Signals()
    await store.open()
    try:
        async with (
            simulators(folder, Mode.QUERY) as fund,
            open_pharmacy(store, clock=SystemClock(), signals=signals) as pharmacy,
            Wire(f"http://127.0.0.1:{pharmacy.port}").open() as wire,
        ):
            client = fund.client()
            dispatcher = Dispatcher(
                store=store,
                signals=signals,
                clock=SystemClock(),
                ids=SystemIds(),
                destinations=[(client, QUICK)],
                observer=SilentObserver(),
                exclusive=True,
                sealer=SEALER,
            )
            await dispatcher.start()
            try:
                yield Gateway(store, wire, fund)
            finally:
                await dispatcher.drain(QUICK.attempt_seconds)
                await client.close()
    finally:
        await store.close()


def main() -> int:
    """Run it and print the account."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.pos_kill", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    end_in_order_when_terminated()
    console = Console()
    with tempfile.TemporaryDirectory(prefix="pos-kill-") as folder:
        account = asyncio.run(run(Plan(given.kills, given.seed), Path(folder), console))
    console.print(account)
    return 0 if account.balanced else 1


if __name__ == "__main__":
    sys.exit(main())
