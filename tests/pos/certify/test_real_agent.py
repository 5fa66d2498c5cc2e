"""The same till against the real agent and a real gateway: what it learned from the simulator holds there too."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gateway.store.sqlite import SqliteStore
from kopuro_pos.agent.contract import ReversalReason, ScanKind, Scanned
from kopuro_pos.agent.texts import Language
from kopuro_pos.agent.web.app import served
from kopuro_pos.agent.web.ports import Rooms
from kopuro_pos.agent.web.sessions import Sessions
from kopuro_pos.certify.harness import Asked, Choose, EnterPrescription, Reverse, SaleShown, Screen, Sell, Start
from kopuro_pos.certify.reference import Answer, Json, Till
from tests.conftest import migrated_sqlite
from tests.pos.agent.face import TOKEN, ScriptedRooms
from tests.pos.agent.house import House, open_house
from tests.pos.agent.wire import DISPENSE
from tests.service.dispensing.pharmacy import open_pharmacy
from tests.support.programme import MEDICINE

TRANSCRIPTS = Path(__file__).parents[3] / "plugins" / "onec" / "transcripts"
RECEIPT = "000123/7"


class Watched(Till):
    """The reference till, and what it was answered."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.answers: list[tuple[str, Answer | None]] = []

    async def ask(self, method: str, path: str, body: Json | None) -> Answer | None:
        answer = await super().ask(method, path, body)
        self.answers.append((path, answer))
        return answer


@dataclass
class Counter:
    """A real agent over a real gateway, and the till before it."""

    house: House
    till: Watched
    origin: str

    async def quoted(self) -> Screen:
        issued = await self.house.issue()
        settings = Start(
            agent=self.origin, token=TOKEN, language="ru", pharmacist="Асанова А.", answer_within_seconds=15.0
        )
        await self.till.start(settings)
        await self.till.look_up(EnterPrescription(pin=issued.pin, number=issued.number))
        return await self.till.choose(Choose(medicine=MEDICINE, packs=1))

    async def sell(self) -> Screen:
        return await self.till.sell(Sell(receipt_number=RECEIPT))

    async def units(self) -> list[int]:
        return [units for _, units in await self.house.recorded()]


@asynccontextmanager
async def opened(house: House, folder: Path) -> AsyncIterator[Counter]:
    behind = ScriptedRooms()
    rooms = Rooms(
        counter=house.counter,
        scan=lambda _text, **_: Scanned(kind=ScanKind.UNKNOWN),
        stock=behind,
        medicines=behind,
        days=behind,
        papers=behind,
    )
    till = Watched(folder)
    sessions = Sessions(TOKEN, house.clock)
    async with served(rooms, sessions, clock=house.clock, language=Language.RU, port=0, origins=frozenset()) as port:
        try:
            yield Counter(house, till, f"http://127.0.0.1:{port}")
        finally:
            await till.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "till"
    made.mkdir()
    return made


@pytest.fixture
async def counter(tmp_path: Path, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Counter]:
    store = SqliteStore(await migrated_sqlite(tmp_path, tmp_path_factory))
    await store.open()
    try:
        async with (
            open_pharmacy(store) as pharmacy,
            open_house(tmp_path / "agent", pharmacy) as house,
            opened(house, folder) as running,
        ):
            yield running
    finally:
        await store.close()


async def test_an_ordinary_sale_and_its_reversal(counter: Counter) -> None:
    screen = await counter.quoted()
    assert screen.sums is not None
    assert screen.hold == "self"
    sold = await counter.sell()
    assert (sold.sale, sold.handed_over) == (SaleShown.RECORDED, True)
    assert sold.receipt is not None
    assert sold.receipt.amount == screen.sums.patient
    assert (await counter.sell()).sale is SaleShown.RECORDED
    assert await counter.units() == [30]

    order = Reverse(receipt_number=RECEIPT, reason=ReversalReason.RETURNED)
    assert (await counter.till.reverse(order)).sale is SaleShown.RECORDED
    assert (await counter.till.reverse(order)).sale is SaleShown.RECORDED
    assert sorted(await counter.units()) == [-30, 30]


async def test_the_gateway_answer_is_lost(counter: Counter) -> None:
    await counter.quoted()
    counter.house.wire.faults[DISPENSE] = "lose-reply"
    await counter.sell()
    counter.house.wire.faults.clear()
    await counter.house.drained()
    screen = await counter.till.resume()
    assert (screen.sale, screen.handed_over) == (SaleShown.RECORDED, True)
    assert await counter.units() == [30]


async def test_the_line_is_cut_after_the_quote(counter: Counter) -> None:
    await counter.quoted()
    await counter.house.wire.cut()
    screen = await counter.sell()
    assert (screen.sale, screen.handed_over, screen.offline) == (SaleShown.WAITING, True, True)
    await counter.house.wire.mend()
    await counter.house.drained()
    screen = await counter.till.resume()
    assert (screen.sale, screen.offline) == (SaleShown.RECORDED, False)
    assert await counter.units() == [30]


async def test_the_line_is_cut_before_the_look_up(counter: Counter) -> None:
    await counter.quoted()
    await counter.house.wire.cut()
    issued = await counter.house.issue()
    screen = await counter.till.look_up(EnterPrescription(pin=issued.pin, number=issued.number))
    assert (screen.asks, screen.offers) == (Asked.RETRY, [])
    assert "Шлюз не отвечает." in screen.texts


def shape(value: Any) -> Any:
    """Names and kinds, without the values; of a list its first item. What may be null says nothing."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    if isinstance(value, list):
        return []
    return None


async def test_the_recorded_conversation_has_the_shape_of_the_real_one(counter: Counter) -> None:
    await counter.quoted()
    await counter.sell()
    recorded = json.loads((TRANSCRIPTS / "01-sale.json").read_text(encoding="utf-8"))["exchanges"]
    for exchange in recorded[1:]:
        path = exchange["request"]["path"]
        answers = [answer for asked, answer in counter.till.answers if asked == path]
        assert answers[0] is not None
        assert shape(answers[0].body).keys() == shape(exchange["response"]["body"]).keys()
        assert shape(answers[0].body.get("medicine")) == shape(exchange["response"]["body"].get("medicine"))
    offers = next(answer for path, answer in counter.till.answers if path == "/api/lookup")
    assert offers is not None
    assert shape(offers.body["offers"][0]) == shape(recorded[1]["response"]["body"]["offers"][0])
