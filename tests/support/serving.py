"""Servers inside a test."""

from __future__ import annotations

import asyncio

from aiohttp import web

_TURNS = 5
"""Of the loop, within which a connection that was accepted has become the server's."""


async def take_down(runner: web.AppRunner) -> None:
    """Stop listening, then close every connection: also one that came at the last moment."""
    for site in list(runner.sites):
        await site.stop()
    for _ in range(_TURNS):
        await asyncio.sleep(0)
    await runner.cleanup()
