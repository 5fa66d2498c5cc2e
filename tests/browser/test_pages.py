"""The pages as a browser shows them: headless Chromium, no outside host."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from gateway.api.routes import ROUTES
from tests.service.api.conftest import Gateway

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; enable with: apt-get install chromium")

OPTIONS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--virtual-time-budget=10000",
)


async def shown(url: str, folder: Path) -> tuple[str, str]:
    """The page's document after its scripts have run, and what the browser complained of."""
    assert CHROMIUM is not None
    options = [*OPTIONS, f"--user-data-dir={folder}", "--dump-dom"]
    if os.geteuid() == 0:
        options.append("--no-sandbox")  # Chromium refuses to run as root otherwise
    process = await asyncio.create_subprocess_exec(
        CHROMIUM, *options, url, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
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
