"""A counter at work: its own folder, a line that can fail, and behind it a real gateway with one pharmacy's books."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest

from kopuro_pos.agent.contract import (
    AgentState,
    Found,
    LookUp,
    Medicine,
    Quote,
    QuoteOrder,
    ReversalOrder,
    ReversalReason,
    Sale,
    SaleOrder,
)
from kopuro_pos.agent.counter.selling import Counter
from kopuro_pos.agent.ports import CounterSettings, ShelfPrice, Terminal
from kopuro_pos.agent.problems import AgentProblem
from kopuro_pos.agent.storage.sealing import FileSealer
from kopuro_pos.agent.storage.store import Store
from kopuro_pos.agent.system import SystemIds
from kopuro_pos.client import PharmacyClient, Timeouts
from tests.pos.agent.wire import Wire
from tests.service.dispensing.counter import SUBSTITUTE
from tests.service.dispensing.pharmacy import Pharmacy
from tests.support.doubles import SettableClock
from tests.support.programme import MEDICINE, PHARMACY, Issued, issue_into

QUICK = CounterSettings(
    lookup_seconds=15.0, commit_seconds=15.0, longest_backoff_seconds=0.02, fund_poll_seconds=3600.0
)
PHARMACIST = "Асанова А."
_PATIENCE_SECONDS = 30.0

Seen = TypeVar("Seen")
DATABASE = "agent.db"
SEALING_KEY = "sealing.key"


class Shelf:
    """A ``StockPort`` of a few rows."""

    def __init__(self, *prices: ShelfPrice) -> None:
        self.all = prices or (
            ShelfPrice(medicine=MEDICINE, pack_price=Decimal("450.00"), packs=7),
            ShelfPrice(medicine=SUBSTITUTE, pack_price=Decimal("360.00")),
        )

    @property
    def rows(self) -> int:
        return len(self.all)

    @property
    def at(self) -> datetime | None:
        return None

    def prices(self, codes: Collection[str] | None = None) -> Sequence[ShelfPrice]:
        return [one for one in self.all if codes is None or one.medicine in codes]


class NoReference:
    """A ``ReferencePort`` that was never fetched."""

    def brief(self, _code: str, _on: date) -> Medicine | None:
        return None

    def code_of_gtin(self, _gtin: str) -> str | None:
        return None


@dataclass
class House:
    """One terminal. Its sales are written under ``folder``; ``restart`` is the agent's end and beginning."""

    folder: Path
    pharmacy: Pharmacy
    wire: Wire
    settings: CounterSettings = QUICK
    shelf: Shelf = field(default_factory=Shelf)
    connected: bool = True
    counter: Counter = field(init=False)
    client: PharmacyClient = field(init=False)
    store: Store = field(init=False)
    _keys: int = 0
    _patients: int = 0

    @property
    def clock(self) -> SettableClock:
        return self.pharmacy.counter.clock

    async def start(self) -> None:
        patience = Timeouts(lookup=self.settings.lookup_seconds, commit=self.settings.commit_seconds)
        self.client = PharmacyClient(self.wire.origin, sender="pharmacy", timeouts=patience)
        self.store = Store(self.folder / DATABASE)
        self.counter = Counter(
            store=self.store,
            sealer=FileSealer.at(self.folder / SEALING_KEY),
            clock=self.clock,
            ids=SystemIds(),
            stock=self.shelf,
            reference=NoReference(),
            settings=self.settings,
        )
        await self.counter.start()
        if self.connected:
            self.connect()

    def connect(self) -> None:
        terminal = Terminal(
            origin=self.wire.origin, client="till-1", pharmacy=PHARMACY, pharmacy_name="«Шипаа» дарыканасы"
        )
        self.counter.connect(self.client, terminal)

    async def stop(self) -> None:
        await self.counter.stop()
        await self.client.aclose()

    async def restart(self) -> None:
        """Nothing is written at a stop: what a crash leaves is the same."""
        await self.stop()
        await self.start()

    async def issue(self, **overrides: Any) -> Issued:
        """A prescription for a patient of its own."""
        self._patients += 1
        patient = {"pin": f"212051970{self._patients:05}"}
        return await issue_into(self.pharmacy.counter.store, patient=patient, **overrides)

    async def look_up(self, issued: Issued) -> Found:
        return await self.counter.look_up(LookUp(pin=issued.pin, number=issued.number), "ru")

    async def quote(self, issued: Issued, *, units: int = 60, hold: bool = True, found: Found | None = None) -> Quote:
        found = found or await self.look_up(issued)
        order = QuoteOrder(lookup=found.lookup, medicine=MEDICINE, units=units, pack_price=Decimal("450.00"), hold=hold)
        return await self.counter.quote(order, "ru")

    def order(self, quote: Quote, *, key: str | None = None, receipt: str | None = None) -> SaleOrder:
        self._keys += 1
        return SaleOrder(
            key=key or f"key-{self._keys:08}",
            quote=quote.quote,
            pharmacist=PHARMACIST,
            receipt_number=receipt or f"Ч-{self._keys}",
            receipt_amount=quote.patient,
        )

    async def sell(self, quote: Quote, **given: Any) -> Sale:
        return await self.counter.sell(self.order(quote, **given), "ru")

    async def reverse(self, sale: Sale, *, key: str | None = None) -> Sale:
        self._keys += 1
        order = ReversalOrder(key=key or f"key-{self._keys:08}", reason=ReversalReason.RETURNED, pharmacist=PHARMACIST)
        return await self.counter.reverse(sale.id, order, "ru")

    async def drained(self, *, within: float = _PATIENCE_SECONDS) -> None:
        """Once nothing waits any more."""
        async with asyncio.timeout(within):
            await self._until(self.counter.state, lambda state: not state.queue.waiting)

    async def until_state(self, holds: Callable[[AgentState], bool]) -> None:
        """Once the state is as it should be; looked at whenever the counter tells that something has changed."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await self._until(self.counter.state, holds)

    async def until_sale(self, sale: Sale, holds: Callable[[Sale], bool]) -> Sale:
        """The sale, once it is as it should be."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await self._until(lambda: self.counter.sale(sale.id), holds)

    async def _until(self, look: Callable[[], Awaitable[Seen]], holds: Callable[[Seen], bool]) -> Seen:
        changes = self.counter.changes.subscribe()
        while not holds(seen := await look()):
            await anext(changes)
        return seen

    async def at_gateway(self) -> list[dict[str, Any]]:
        """Everything the gateway has recorded for this pharmacy."""
        path = f"/v1/dispenses?pharmacy={PHARMACY}&from=2025-12-20&to=2026-01-19"
        items: list[dict[str, Any]] = (await self.pharmacy.get(path)).json["items"]
        return items

    async def recorded(self) -> list[tuple[UUID, int]]:
        """Ids and units of what the gateway has recorded."""
        return [(UUID(one["id"]), one["units"]) for one in await self.at_gateway()]


@asynccontextmanager
async def open_house(folder: Path, pharmacy: Pharmacy, **changes: Any) -> AsyncIterator[House]:
    async with Wire(f"http://127.0.0.1:{pharmacy.port}").open() as wire:
        house = House(folder, pharmacy, wire, **changes)
        await house.start()
        try:
            yield house
        finally:
            await house.stop()


async def refusal(of: Awaitable[object]) -> AgentProblem:
    """What it is refused with."""
    with pytest.raises(AgentProblem) as caught:
        await of
    return caught.value


def problem_answer(status: int, code: str, **fields: str) -> tuple[int, dict[str, str], bytes]:
    """A refusal as the gateway puts it, for :attr:`Wire.answers`."""
    body = {
        "type": f"/v1/errors/{code}",
        "title": code,
        "status": status,
        "detail": code,
        "instance": f"urn:uuid:{uuid4()}",
        "code": code,
        "findings": [],
    }
    return status, {"Content-Type": "application/problem+json"} | fields, json.dumps(body).encode()


def orders_kept(house: House) -> int:
    """How many orders, with ПИН and number, are still on the disk."""
    return _count(house, "SELECT count(*) FROM entries WHERE sealed_order IS NOT NULL")


def quotes_kept(house: House) -> int:
    return _count(house, "SELECT count(*) FROM quotes")


def _count(house: House, query: str) -> int:
    connection = sqlite3.connect(house.folder / DATABASE)
    try:
        return int(connection.execute(query).fetchone()[0])
    finally:
        connection.close()


def on_disk(house: House) -> bytes:
    """Everything in the terminal's folder."""
    return b"".join(path.read_bytes() for path in sorted(house.folder.iterdir()))
