"""A pharmacist's day at the counter page, by keyboard alone, in headless Chromium; pictures of every step are saved.

``python -m tests.campaigns.counter_tour --language ru --language ky`` starts the demo's world (gateway, fund and its
other neighbours, the agent), enrols the counter with a one-time code, and works: a standard dispense, part of a course,
a refusal, a reversal, the day's end, a sale under a hold while the gateway is gone. It ends with how long a look-up
takes until the offers can be read. The exit code is 1 when something is not on the screen that ought to be.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from rich.console import Console

from gateway.cli.demo.access import CLINIC, PHARMACY, enrolment_file, proofs_of
from gateway.cli.demo.counter import agent_command, asked, counter_page, knows_the_gateway, till_of
from gateway.cli.demo.ledger import Ledger
from gateway.cli.demo.prescribing import Prescribing
from gateway.cli.demo.sender import Sender
from gateway.cli.demo.world import World, build_world, open_again
from schemas.errors.model import Language
from tests.browser.counter.driving import SCREEN, Counter, opened
from tests.support.chromium import CHROMIUM, chromium

PICTURES: Final = Path(__file__).parents[2] / "docs" / "pictures"
PHARMACIST: Final = "Дарыбеков Ү."
SHELF: Final = [
    {"medicine": "EX-C01", "pack_price": "450.00", "packs": 7},
    {"medicine": "EX-C10", "pack_price": "119.99", "packs": 12},
]
_LOOKUP_SECONDS: Final = 1.0
"""What one look-up in twenty may exceed (reliability and the counter, C5)."""
show = Console(highlight=False)


class Quietly:
    """Tells nobody."""

    def working(self, _key: str) -> AbstractContextManager[object]:
        return nullcontext()

    def started(self, _world: World) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Rx:
    """A prescription of 60 tablets that can be dispensed."""

    number: str
    pin: str


@dataclass(slots=True)
class Pharmacy:
    """The world, with a counter that is enrolled."""

    world: World
    running: AsyncExitStack
    prescriptions: Iterator[Rx]

    async def another(self) -> Rx:
        return next(self.prescriptions)


def patients() -> Iterator[dict[str, str]]:
    """Invented people whom the simulated insurer insures and registers with the family medicine centre."""
    for day in range(1, 29):
        for month in (4, 5, 6, 7):
            yield {
                "pin": f"1{day:02d}{month:02d}196200108",
                "family_name": "Үлгүева",
                "given_name": f"Сынак {day}",
                "birth_date": f"1962-{month:02d}-{day:02d}",
            }


@asynccontextmanager
async def open_pharmacy(prescriptions: int) -> AsyncIterator[Pharmacy]:
    """Everything as processes on free ports, until the end."""
    async with AsyncExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="kopuro-counter-")))
        world = await build_world(folder, running, Quietly())
        assert world.counter is not None
        code = enrolment_file(folder).read_text(encoding="utf-8")
        await agent_command(folder, "enrol", code, "--gateway", world.gateway, "--json")
        async with till_of(folder, world.counter, Language.RU) as till:
            await knows_the_gateway(till)
            await asked(till, "POST", "/api/stock", {"rows": SHELF})
        asking = httpx.AsyncClient(base_url=world.gateway, trust_env=False, timeout=30)
        client = await running.enter_async_context(asking)
        clinic = Sender(client, proofs_of(CLINIC, folder, world.gateway), CLINIC)
        prescribing: Any = Prescribing(clinic, Quietly(), Ledger())  # type: ignore[arg-type]  # it has nothing to tell
        issued = [
            Rx(await prescribing.issue_to(patient), patient["pin"])
            for _, patient in zip(range(prescriptions), patients(), strict=False)
        ]
        yield Pharmacy(world, running, iter(issued))


@asynccontextmanager
async def counter_in_browser(pharmacy: Pharmacy, language: str) -> AsyncIterator[Counter]:
    """The page as «kopuro-pos counter» opens it, with a pharmacist who has been here before."""
    folder = pharmacy.world.folder
    address = await counter_page(folder)
    async with chromium(folder / f"profile-{language}", language=language, size=SCREEN) as tab:
        script = (
            f"localStorage.length || (localStorage.setItem('kopuro-language', '{language}'), "
            f"localStorage.setItem('kopuro-pharmacist', '{PHARMACIST}'))"
        )
        await tab.tell("Page.addScriptToEvaluateOnNewDocument", source=script)
        await tab.open(address)
        origin = address.partition("/#")[0]
        yield await opened(Counter(tab, None, origin))  # type: ignore[arg-type]  # the agent is a real one
        assert not [one for one in tab.complaints if not one.startswith("Failed to load resource")], tab.complaints


class Tour:
    """The steps, each with its picture."""

    def __init__(self, pharmacy: Pharmacy, page: Counter, language: str, pictures: Path) -> None:
        self.pharmacy = pharmacy
        self.page = page
        self.language = language
        self.pictures = pictures
        self.taken: list[str] = []

    async def picture(self, name: str) -> None:
        file = self.pictures / f"counter-{name}-{self.language}.png"
        await self.page.tab.picture(file)
        self.taken.append(file.name)
        show.print(f"  {file.name}")

    async def look_up(self, rx: Rx) -> None:
        await self.page.at("field")
        await self.page.scan(rx.number)
        await self.page.until("root.querySelector('.steps .number') !== null")
        await self.page.scan(rx.pin)

    async def quoted(self, rx: Rx) -> None:
        await self.look_up(rx)
        await self.page.at("offers")
        await self.page.press("Enter")
        await self.page.at("receipt")

    async def dispense(self, *, receipt: str | None = None) -> None:
        """From the quote by Enter alone; the first receipt of the day is typed."""
        if receipt is not None:
            await self.page.type(receipt)
        for control in ("amount", "dispense", "print"):
            await self.page.press("Enter")
            await self.page.at(control)
        await self.page.until("root.querySelector('kopuro-paper') !== null")

    async def next_one(self) -> None:
        """From the slip back to the field."""
        await self.page.press("Enter")
        await self.page.at("next")
        await self.page.press("Enter")
        await self.page.at("field")

    async def play(self) -> None:
        page, pharmacy = self.page, self.pharmacy
        await page.at("field")
        await self.picture("start")
        first = await pharmacy.another()
        await self.look_up(first)
        await page.at("offers")
        await self.picture("offers")
        await page.press("Enter")
        await page.at("receipt")
        await self.picture("confirm")
        await self.dispense(receipt="Ч-0001")
        await self.picture("slip")
        await self.next_one()
        await self._parts(await pharmacy.another())
        await self._refused(first)
        await self._taken_back()
        await page.press("Escape", "F9")
        await page.at("day")
        await page.until("root.querySelector('table.day tbody') !== null")
        await self.picture("day")
        await page.press("Escape", "F2")
        await self._offline(await pharmacy.another(), await pharmacy.another())

    async def _parts(self, rx: Rx) -> None:
        """More than the course brings a finding with its clause; then a part is sold."""
        page = self.page
        await self.quoted(rx)
        await page.press("F4")
        await page.at("units")
        await page.type("70")
        await page.press("Enter")
        await page.until("root.querySelector('.findings') !== null")
        await page.at("receipt")
        await self.picture("findings")
        await page.press("F4")
        await page.at("units")
        await page.type("20")
        await page.press("Enter")
        await page.at("receipt")
        await self.dispense()
        await self.next_one()

    async def _refused(self, dispensed: Rx) -> None:
        """What is dispensed already is not offered again, and it is said why."""
        await self.look_up(dispensed)
        await self.page.until("root.querySelector('.findings') !== null")
        await self.picture("refused")
        await self.page.press("F2")

    async def _taken_back(self) -> None:
        page = self.page
        await page.press("F8")
        await page.at("sales")
        await page.until("root.querySelector('#sale-0')")
        await page.press("Enter")
        await page.at("reason")
        await page.press("ArrowDown")
        await self.picture("reversal")
        await page.press("Enter")
        await page.at("confirm")
        await page.press("Enter")
        await page.at("next")

    async def _offline(self, held: Rx, unknown: Rx) -> None:
        """The gateway is gone: nothing new is sold; what is held already is, shown in red, and drains afterwards."""
        page, world = self.page, self.pharmacy.world
        await self.quoted(held)
        await world.server.stop()
        await self.dispense()
        await self.picture("under-hold")
        await self.next_one()
        began = time.monotonic()
        await self.look_up(unknown)
        await page.until("root.querySelector('.findings') !== null")
        show.print(f"  without the gateway a look-up gave up after {time.monotonic() - began:.1f} s")
        await self.picture("offline")
        await page.press("F2")
        await open_again(world, self.pharmacy.running)
        async with till_of(world.folder, str(world.counter), Language.RU) as till, asyncio.timeout(60):
            while (await till.get("/api/queue")).json()["waiting"]:
                await asyncio.sleep(0.2)
            state = (await till.get("/api/state")).json()
        assert state["queue"] == {"waiting": 0, "oldest_at": None, "refused": 0, "under_hold": 0}, state


async def look_ups(tour: Tour, times: int) -> list[float]:
    """How long it takes from the last key of the ПИН until the offers stand there, sorted, in seconds."""
    rx, page = await tour.pharmacy.another(), tour.page
    waited = []
    for _ in range(times):
        await page.at("field")
        await page.scan(rx.number)
        await page.until("root.querySelector('.steps .number') !== null")
        await page.scan(rx.pin, end="")
        began = time.perf_counter()
        await page.tab.press("Enter", apart=0.004)
        await page.at("offers")
        waited.append(time.perf_counter() - began)
        await page.press("F2")
    return sorted(waited)


async def main(arguments: argparse.Namespace) -> int:
    languages: Sequence[str] = arguments.language or ("ru", "ky")
    arguments.pictures.mkdir(parents=True, exist_ok=True)
    slow = False
    for language in languages:
        show.print(f"counter, {language}: pharmacy {PHARMACY}")
        async with open_pharmacy(prescriptions=5) as pharmacy, counter_in_browser(pharmacy, language) as page:
            tour = Tour(pharmacy, page, language, arguments.pictures)
            try:
                waited = await look_ups(tour, arguments.look_ups)
                await tour.play()
            except AssertionError:
                await tour.picture("failed")
                raise
        if waited:
            p95 = waited[round((len(waited) - 1) * 0.95)]
            slow = slow or p95 > _LOOKUP_SECONDS
            show.print(
                f"  look-up to offers on screen, {len(waited)} times: median {waited[len(waited) // 2]:.2f} s, "
                f"p95 {p95:.2f} s (at most {_LOOKUP_SECONDS:.1f} s)"
            )
    show.print(f"pictures in {arguments.pictures}")
    return int(slow)


def parse(words: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.counter_tour", description=__doc__)
    parser.add_argument("--language", action="append", choices=["ru", "ky", "en"], help="again for several")
    parser.add_argument("--pictures", type=Path, default=PICTURES, help="folder for the pictures")
    parser.add_argument("--look-ups", type=int, default=40, help="how many look-ups are timed")
    return parser.parse_args(words)


if __name__ == "__main__":
    if CHROMIUM is None:
        sys.exit("Chromium is not installed: make chromium, or install it by hand.")
    sys.exit(asyncio.run(main(parse())))
