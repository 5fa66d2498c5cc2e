from __future__ import annotations

import asyncio

import pytest

from gateway.api.waiting import preferred_wait, unless_draining
from gateway.services import Lifecycle, Phase


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [(None, 0), ("wait=10", 10), ("Wait = 10", 10), ("respond-async, wait=5", 5), ("wait=5; x=y", 5), ('wait="7"', 7),
     ("wait=9999", 25), ("wait=", 0), ("await=5", 0), ("wait=5s", 0), ("wait=-5", 0), ("wait=٥", 0)],
)  # fmt: skip
def test_the_preferred_wait(prefer: str | None, seconds: int):
    assert preferred_wait(prefer, 25) == seconds


async def test_a_wait_gives_its_result():
    async def wait() -> int:
        return 7

    assert await unless_draining(Lifecycle(), wait()) == 7


async def test_a_wait_is_cancelled_by_draining():
    lifecycle = Lifecycle()
    cancelled = asyncio.Event()

    async def wait() -> int:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        return 7

    waiting = asyncio.create_task(unless_draining(lifecycle, wait()))
    await asyncio.sleep(0)
    lifecycle.drain()

    assert await waiting is None
    assert cancelled.is_set()


async def test_a_failing_wait_fails():
    async def wait() -> int:
        raise KeyError

    with pytest.raises(KeyError):
        await unless_draining(Lifecycle(), wait())


def test_a_stopped_process_does_not_go_back_to_draining():
    lifecycle = Lifecycle()
    lifecycle.stop()
    lifecycle.drain()

    assert lifecycle.phase is Phase.STOPPING
