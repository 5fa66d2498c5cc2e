"""The counter in a browser, driven by keys as a pharmacist does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from tests.browser.counter import shelf
from tests.browser.counter.serving import standing_in
from tests.browser.counter.standin import StandIn
from tests.support.chromium import Browser, Tab

SCREEN: Final = (1366, 768)
INSIDE: Final = (1366, 629)
"""What the browser's own bars leave of the screen for a page."""
_SCANNER: Final = 0.004
"""Seconds between two keys of a scanner."""
_ROOT: Final = "document.querySelector('kopuro-counter').renderRoot"


@dataclass(frozen=True, slots=True)
class Counter:
    """The page, and the agent behind it."""

    tab: Tab
    agent: StandIn
    origin: str

    async def scan(self, text: str, *, end: str = "Enter") -> None:
        """Hold the scanner to a code: its keys come in a blink; the separator of GS1 comes as Ctrl+]."""
        await self.keyed([*text, end])

    async def keyed(self, keys: Sequence[str]) -> None:
        """What a scanner set up in some way sends, key by key."""
        await self.tab.burst(("Ctrl+]" if key == "\x1d" else key for key in keys), apart=_SCANNER)

    async def heard(self, count: int) -> None:
        """Wait until the agent was asked what so many codes are."""
        async with asyncio.timeout(30):
            while len(self.agent.scanned) < count:
                await asyncio.sleep(0.002)

    async def type(self, text: str) -> None:
        """Type as a person does."""
        await self.tab.keys(text)

    async def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            await self.tab.press(key)

    async def value(self, expression: str) -> Any:
        """What it is in the page; ``root`` is the counter's inside."""
        return await self.tab.value(f"(root => {expression})({_ROOT})")

    async def until(self, expression: str) -> None:
        """Wait until it holds."""
        await self.tab.until(f"(root => Boolean({expression}))({_ROOT})")

    async def at(self, control: str) -> None:
        """Wait until the focus is there."""
        await self.until(f"root.activeElement?.id === '{control}'")

    async def says(self, text: str) -> None:
        """Wait until it can be read, in any case of letters."""
        await self.until(f"root.querySelector('.counter').innerText.toLowerCase().includes({text.lower()!r})")

    async def text(self, what: str = ".counter") -> str:
        """What can be read there."""
        return str(await self.value(f"root.querySelector({what!r})?.innerText ?? ''"))

    async def field(self, control: str) -> str:
        """What stands in a field."""
        return str(await self.value(f"root.querySelector('#{control}').value"))

    async def look_up(self, number: str = shelf.STANDARD) -> None:
        """Scan the sheet, scan the ПИН."""
        await self.at("field")
        await self.scan(number)
        await self.says("ПИН")
        await self.until("root.querySelector('.steps .number') !== null")
        await self.scan(shelf.PIN)

    async def quoted(self, number: str = shelf.STANDARD) -> None:
        """Look up and take the first offer."""
        await self.look_up(number)
        await self.at("offers")
        await self.press("Enter")
        await self.at("receipt")

    async def sold(self, number: str = shelf.STANDARD) -> None:
        """The whole way, by Enter alone."""
        await self.quoted(number)
        for control in ("amount", "dispense", "print"):
            await self.press("Enter")
            await self.at(control)
        await self.until("root.querySelector('kopuro-paper') !== null")


@asynccontextmanager
async def counter(browser: Browser, agent: StandIn | None = None, *, language: str = "ru") -> AsyncIterator[Counter]:
    """The page as `kopuro-pos counter` opens it, with a pharmacist who has been there before."""
    agent = StandIn() if agent is None else agent
    async with standing_in(agent) as origin, browser.tab(INSIDE) as tab:
        remembered = f"localStorage.setItem('kopuro-language', '{language}')"
        named = f"localStorage.setItem('kopuro-pharmacist', '{shelf.PHARMACIST}')"
        await tab.tell(
            "Page.addScriptToEvaluateOnNewDocument", source=f"localStorage.length || ({remembered}, {named})"
        )
        await tab.open(f"{origin}/#enter=ABCD-EFGH")
        yield await opened(Counter(tab, agent, origin))
        assert [one for one in tab.complaints if not one.startswith("Failed to load resource")] == []


async def opened(counter: Counter) -> Counter:
    """Wait until it knows how the agent is."""
    await counter.until("root.querySelector('.status .badge') !== null")
    return counter
