"""The counter for everybody (WCAG 2.2 AA): axe finds nothing serious on any screen, in ky and in ru; zoom; targets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from kopuro_pos.agent.contract import SaleState
from tests.browser.counter import shelf
from tests.browser.counter.driving import Counter, counter
from tests.browser.counter.standin import Fault
from tests.support.chromium import Browser, needs_chromium

pytestmark = needs_chromium

AXE: Final = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


async def serious(page: Counter) -> list[str]:
    """What axe finds serious or worse, and where."""
    await page.tab.tell("Runtime.evaluate", expression=AXE)
    run = f"axe.run(document, {{runOnly: {json.dumps(RULES)}}}).then(r => JSON.stringify(r.violations))"
    told = await page.tab.tell("Runtime.evaluate", expression=run, awaitPromise=True, returnByValue=True)
    found: list[dict[str, Any]] = json.loads(told["result"]["value"])
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


async def small(page: Counter) -> list[str]:
    """Buttons and fields that are less than 24 pixels wide or high."""
    controls = "[...root.querySelectorAll('button, input, [role=option]')]"
    boxes = f"{controls}.map(e => [e.innerText || e.id, e.getBoundingClientRect()])"
    names: list[str] = await page.value(f"{boxes}.filter(([, r]) => r.width < 24 || r.height < 24).map(([n]) => n)")
    return names


@pytest.mark.parametrize("language", ["ky", "ru"])
async def test_no_screen_keeps_anybody_out(browser: Browser, language: str):
    found: dict[str, list[str]] = {}

    async with counter(browser, language=language) as page:

        async def look(screen: str) -> None:
            found[screen] = [*await serious(page), *await small(page)]

        await page.at("field")
        await look("start")
        await page.look_up(shelf.EXPIRING)
        await page.at("offers")
        await look("offers")
        await page.press("Enter")
        await page.at("receipt")
        await look("sale and findings")
        page.agent.turn(Fault.OFFLINE)
        await page.until("root.querySelector('.alarms p') !== null")
        await look("offline")
        await page.press("Enter", "Enter", "Enter")
        await page.at("print")
        await page.until("root.querySelector('kopuro-paper') !== null")
        await look("waiting")
        page.agent.turn()
        await page.press("F2")
        await page.at("field")
        await page.look_up(shelf.HELD)
        await page.at("offers")
        await page.press("Enter")
        await page.until("root.querySelector('.right .findings .error') !== null")
        await look("held by another")
        await page.press("F8")
        await page.until("root.querySelector('#sale-0')")
        await look("sales")
        await page.press("Enter")
        await page.at("reason")
        await look("reason")
        await page.press("Enter")
        await page.at("confirm")
        await look("sure")
        await page.press("Enter")
        await page.at("next")
        await look("reversed")
        page.agent.turn(Fault.UNBALANCED)
        await page.press("F9")
        await page.until("root.querySelector('table.differences')")
        await look("day's end")
        page.agent.wait_for_gateway(6)
        gone = {"state": SaleState.REFUSED, "findings": [shelf.finding("RX_DISPENSED", language)]}
        page.agent.refused = [page.agent.sales[0].model_copy(update=gone)]
        page.agent.turn()
        await page.until("root.querySelector('.status').innerText.includes('F7')")
        await page.press("F7")
        await page.at("seen")
        await look("queue")
        await page.tab.tell("Network.clearBrowserCookies")
        await page.tab.tell("Page.reload")
        await page.at("code")
        await look("entry")
    assert found == {screen: [] for screen in found}


async def test_at_200_per_cent_everything_is_there_without_scrolling_sideways(browser: Browser):
    async with counter(browser) as page:
        half = {"width": 683, "height": 384, "deviceScaleFactor": 2, "mobile": False}
        await page.tab.tell("Emulation.setDeviceMetricsOverride", **half)
        await page.quoted()
        assert await page.value("document.documentElement.scrollWidth <= innerWidth")
        controls = "[...root.querySelectorAll('.panel input, .panel button')]"
        assert await page.value(f"{controls}.every(e => e.getBoundingClientRect().right <= innerWidth)")


async def test_what_happens_is_read_out(browser: Browser):
    async with counter(browser) as page:
        heard = "root.querySelector('[aria-live=polite]').textContent"
        await page.look_up()
        await page.until(f"{heard}.includes('Рецепт найден. Предложений: 6.')")
        await page.at("offers")
        await page.press("Enter")
        await page.until(f"{heard}.includes('Пациент платит 420,00 сом, Фонд 300,00 сом.')")
        await page.press("Enter", "Enter", "Enter")
        await page.until(f"{heard} === 'Отпуск записан'")


async def test_the_focus_is_seen(browser: Browser):
    async with counter(browser) as page:
        await page.look_up()
        for control in ("offers", "receipt", "amount", "dispense", "print"):
            await page.at(control)
            ring = "getComputedStyle(root.activeElement)"
            assert await page.value(f"{ring}.outlineStyle === 'solid' && parseFloat({ring}.outlineWidth) >= 2"), control
            await page.press("Enter")
