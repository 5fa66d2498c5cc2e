"""The pages as a browser shows them: headless Chromium, no outside host."""

from __future__ import annotations

import asyncio
from pathlib import Path

from gateway.api.routes import ROUTES
from tests.service.api.conftest import Gateway
from tests.support.chromium import CHROMIUM, needs_chromium, options

pytestmark = needs_chromium

DUMPING = ("--enable-logging=stderr", "--virtual-time-budget=10000", "--dump-dom")


async def shown(url: str, folder: Path) -> tuple[str, str]:
    """The page's document after its scripts have run, and what the browser complained of."""
    assert CHROMIUM is not None
    process = await asyncio.create_subprocess_exec(
        CHROMIUM, *options(folder), *DUMPING, url, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(60):
            document, complaints = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return document.decode(), complaints.decode()


async def test_the_api_page_shows_every_path_and_breaks_no_policy(gateway: Gateway, tmp_path: Path):
    document, complaints = await shown(gateway.url("/docs"), tmp_path)
    for path in {route.path for route in ROUTES if route.path.startswith("/v1/")}:
        assert path.replace("{", "").replace("}", "") in document.replace("{", "").replace("}", "").replace(
            "\u200b", ""
        )
    assert "Refused to" not in complaints
    assert "Content Security Policy" not in complaints


async def test_the_landing_page_leads_to_the_rest(gateway: Gateway, tmp_path: Path):
    document, complaints = await shown(gateway.url("/"), tmp_path)
    assert 'href="/docs"' in document
    assert "Кыргыз" in document
    assert "Content Security Policy" not in complaints
