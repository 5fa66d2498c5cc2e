"""Reads under way are shared: one execution, errors for all, a cancelled caller harms nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from gateway.limits.coalescing import SharedReads


class Read:
    """A read that waits at a gate and counts how often it was begun and cancelled."""

    def __init__(self, answer: object = "answer") -> None:
        self.gate = asyncio.Event()
        self.begun = 0
        self.cancelled = 0
        self._answer = answer

    async def __call__(self) -> object:
        self.begun += 1
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


async def together(shared: SharedReads, read: Callable[[], Awaitable[object]], count: int, owner: str = "sanarip"):
    callers = [asyncio.create_task(shared.run(owner, "key", read)) for _ in range(count)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return callers


async def test_a_hundred_callers_share_one_execution():
    shared, read = SharedReads(), Read()
    callers = await together(shared, read, 100)
    read.gate.set()
    assert await asyncio.gather(*callers) == ["answer"] * 100
    assert (read.begun, shared.shared, len(shared)) == (1, 99, 0)


async def test_nothing_is_kept_after_the_answer():
    shared, read = SharedReads(), Read()
    read.gate.set()
    await shared.run("sanarip", "key", read)
    await shared.run("sanarip", "key", read)
    assert read.begun == 2


async def test_other_owners_and_other_keys_have_their_own():
    shared, read = SharedReads(), Read()
    callers = [
        asyncio.create_task(shared.run(owner, key, read)) for owner, key in [("a", 1), ("a", 2), ("b", 1), ("b", 1)]
    ]
    await asyncio.sleep(0.001)
    read.gate.set()
    await asyncio.gather(*callers)
    assert read.begun == 3


async def test_an_error_is_shared():
    shared, read = SharedReads(), Read(LookupError("none"))
    callers = await together(shared, read, 3)
    read.gate.set()
    answers = await asyncio.gather(*callers, return_exceptions=True)
    assert [type(answer) for answer in answers] == [LookupError] * 3
    assert (read.begun, len(shared)) == (1, 0)


@pytest.mark.parametrize("who", [0, 1])
async def test_a_cancelled_caller_does_not_cancel_the_others(who: int):
    shared, read = SharedReads(), Read()
    callers = await together(shared, read, 3)
    callers[who].cancel()
    await asyncio.sleep(0)
    read.gate.set()
    answers = await asyncio.gather(*callers, return_exceptions=True)
    assert [isinstance(answer, asyncio.CancelledError) for answer in answers] == [n == who for n in range(3)]
    assert read.cancelled == 0


async def test_the_read_ends_once_nobody_waits_and_the_next_caller_gets_a_new_one():
    shared, read = SharedReads(), Read()
    callers = await together(shared, read, 2)
    for caller in callers:
        caller.cancel()
    await asyncio.gather(*callers, return_exceptions=True)
    assert len(shared) == 0
    late = await together(shared, read, 1)
    read.gate.set()
    assert await late[0] == "answer"
    assert (read.begun, read.cancelled) == (2, 1)


async def test_after_a_write_the_next_read_is_a_new_one():
    shared, read = SharedReads(), Read()
    before = await together(shared, read, 2)
    shared.part("sanarip")
    after = await together(shared, read, 2)
    read.gate.set()
    assert await asyncio.gather(*before, *after) == ["answer"] * 4
    assert (read.begun, len(shared)) == (2, 0)
