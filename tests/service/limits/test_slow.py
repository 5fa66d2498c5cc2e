"""Slow attackers, the short form: they are cut off, and honest clients hardly notice (the long form is a campaign)."""

from __future__ import annotations

import asyncio
import statistics
import sys
import time

import pytest

from tests.campaigns.slow_attack import Kind
from tests.service.limits.serving import Served, serving
from tests.support.processes import PROJECT

pytestmark = pytest.mark.slow
CONNECTIONS = 150
LONGEST_SECONDS = 30.0
"""The attack goes on until enough attackers were cut off, on a busy machine for so long."""
_LIMITS = {Kind.HEADERS: "header", Kind.BODY: "body", Kind.READ: "write"}


async def waits(served: Served, seconds: float) -> list[float]:
    """How long honest requests take, one after the other."""
    taken = []
    until = time.monotonic() + seconds
    reader, writer = await served.connect(local="127.0.0.2")
    while time.monotonic() < until:
        begun = time.monotonic()
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"null")
        taken.append(time.monotonic() - begun)
        await asyncio.sleep(0.005)
    return taken


def p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


@pytest.mark.parametrize("kind", Kind)
async def test_slow_attackers_are_cut_off_and_others_served(kind: Kind):
    async with serving(header_seconds=1, body_seconds=1, write_seconds=1) as served:
        quiet = await waits(served, 1.0)
        attacker = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.campaigns.slow_attack", "--port", str(served.port), "--kind", kind.value,
            "--connections", str(CONNECTIONS), "--seconds", str(2 * LONGEST_SECONDS),
            cwd=PROJECT, stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            await served.until(lambda: served.gate.open > 20)
            attacked = await waits(served, 3.0)
            async with asyncio.timeout(LONGEST_SECONDS):
                while served.seen.timed_out[_LIMITS[kind]] <= CONNECTIONS / 2:
                    await asyncio.sleep(0.05)
        finally:
            attacker.kill()
            await attacker.wait()
    # On a busy machine single requests wait for their turn of the processor, attack or not.
    assert p95(attacked) < 2 * p95(quiet) + 0.1
