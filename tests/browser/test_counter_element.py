"""`<kopuro-counter>` in a till's own page, from another origin that the agent's settings allow."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from tests.browser.counter import shelf
from tests.browser.counter.driving import INSIDE, Counter, opened
from tests.browser.counter.serving import standing_in
from tests.browser.counter.standin import TOKEN, StandIn
from tests.support.chromium import Browser, needs_chromium

pytestmark = needs_chromium

POLICY = "default-src 'none'; script-src {0}; connect-src {0}; style-src 'self'; img-src data:"
TILL = """<!doctype html>
<html lang="ru"><head><meta charset="utf-8"><title>Касса</title></head>
<body>
<p><label for="own">Поле кассы</label> <input id="own"></p>
<kopuro-counter agent="{agent}" token="{token}" language="ru"></kopuro-counter>
<script type="module" src="{agent}/assets/kopuro-counter.js"></script>
</body></html>
"""
HEARD = """
window.heard = [];
for (const name of ["kopuro-sale", "kopuro-reversal"])
  document.addEventListener(name, ({ detail }) => window.heard.push([name, detail.receipt_number, detail.patient]));
"""


@asynccontextmanager
async def till(browser: Browser, agent: StandIn, *, allowed: bool = True) -> AsyncIterator[Counter]:
    """A maker's page with the element in it."""
    async with standing_in(agent) as origin, browser.tab(INSIDE) as tab:

        async def page(_request: web.Request) -> web.Response:
            headers = {"Content-Security-Policy": POLICY.format(origin)}
            text = TILL.format(agent=origin, token=TOKEN)
            return web.Response(text=text, content_type="text/html", headers=headers)

        app = web.Application()
        app.router.add_get("/", page)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        own = f"http://127.0.0.1:{runner.addresses[0][1]}"
        agent.origins = frozenset({own}) if allowed else frozenset()
        try:
            named = f"localStorage.setItem('kopuro-pharmacist', '{shelf.PHARMACIST}');"
            await tab.tell("Page.addScriptToEvaluateOnNewDocument", source=named + HEARD)
            await tab.open(f"{own}/")
            yield Counter(tab, agent, origin)
        finally:
            await runner.cleanup()


async def test_a_tills_page_sells_with_it_and_hears_of_sales_and_reversals(browser: Browser):
    async with till(browser, StandIn()) as page:
        await opened(page)
        await page.sold()
        assert await page.tab.value("heard") == [["kopuro-sale", "000412", "420.00"]]
        await page.press("F8")
        await page.until("root.querySelector('#sale-0')")
        await page.press("Enter")
        await page.at("reason")
        await page.press("Enter")
        await page.at("confirm")
        await page.press("Enter")
        await page.at("next")
        assert (await page.tab.value("heard"))[1] == ["kopuro-reversal", "000412", "-420.00"]
        assert not [one for one in page.tab.complaints if "Content Security Policy" in one]


async def test_the_tills_own_fields_keep_their_keys_and_scans(browser: Browser):
    async with till(browser, StandIn()) as page:
        await opened(page)
        await page.tab.value("document.getElementById('own').focus()")
        await page.press("F9")
        await page.scan(shelf.STANDARD)
        assert await page.tab.value("document.activeElement.id") == "own"
        assert await page.tab.value("document.getElementById('own').value") == shelf.STANDARD
        assert page.agent.asked == []
        await page.tab.value("document.activeElement.blur()")
        await page.scan(shelf.STANDARD)
        await page.until("root.querySelector('.steps .number') !== null")


async def test_a_page_that_is_not_allowed_gets_nothing(browser: Browser):
    async with till(browser, StandIn(), allowed=False) as page:
        await page.tab.until("document.readyState === 'complete'")
        assert await page.tab.value("document.querySelector('kopuro-counter').renderRoot === undefined")
        assert page.agent.asked == []
