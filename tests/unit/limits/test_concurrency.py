"""Shedding: a bound on work, a bound on waiting, and no place ever lost."""

from __future__ import annotations

import asyncio
import random

import pytest

from gateway.limits.concurrency import ConcurrencyGate
from gateway.limits.policy import ConcurrencyPolicy
from gateway.rules.findings import Refused
from schemas.errors import ErrorCode


def gate(in_flight: int = 2, queue: int = 2, wait_seconds: float = 5) -> ConcurrencyGate:
    return ConcurrencyGate(ConcurrencyPolicy(in_flight=in_flight, queue=queue, wait_seconds=wait_seconds))


async def waiting(gate: ConcurrencyGate, count: int) -> list[asyncio.Task[None]]:
    tasks = [asyncio.create_task(gate.enter()) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


async def test_beyond_work_and_queue_requests_are_refused_at_once():
    crowded = gate()
    await crowded.enter()
    await crowded.enter()
    tasks = await waiting(crowded, 2)
    with pytest.raises(Refused) as refused:
        await crowded.enter()
    assert refused.value.findings[0].code is ErrorCode.OVERLOADED
    assert refused.value.retry_after == 2
    assert (crowded.in_flight, crowded.queued, crowded.shed) == (2, 2, 1)
    crowded.leave()
    crowded.leave()
    await asyncio.gather(*tasks)
    assert (crowded.in_flight, crowded.queued) == (2, 0)


async def test_first_come_first_served():
    crowded = gate(in_flight=1, queue=3)
    await crowded.enter()
    tasks = await waiting(crowded, 3)
    for number in range(3):
        crowded.leave()
        await asyncio.sleep(0)
        assert [task.done() for task in tasks] == [n <= number for n in range(3)]


async def test_who_waits_too_long_is_refused_and_leaves_no_trace():
    crowded = gate(in_flight=1, wait_seconds=0.01)
    await crowded.enter()
    with pytest.raises(Refused):
        await crowded.enter()
    assert (crowded.queued, crowded.in_flight) == (0, 1)
    crowded.leave()
    await crowded.enter()
    assert crowded.in_flight == 1


async def test_who_goes_away_while_waiting_leaves_no_trace():
    crowded = gate(in_flight=1)
    await crowded.enter()
    first, second = await waiting(crowded, 2)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert crowded.queued == 1
    crowded.leave()
    await second
    assert crowded.in_flight == 1


async def test_a_place_given_to_one_who_is_just_going_away_is_passed_on():
    crowded = gate(in_flight=1)
    await crowded.enter()
    first, second = await waiting(crowded, 2)
    crowded.leave()  # to the first, who has not run yet
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    async with asyncio.timeout(1):
        await second
    assert crowded.in_flight == 1


async def test_stepping_out_makes_room_and_back_in_is_never_refused():
    crowded = gate(in_flight=1, queue=0)
    await crowded.enter()
    crowded.leave()
    await crowded.enter()
    crowded.step_back_in()
    assert crowded.in_flight == 2
    crowded.leave()
    crowded.leave()
    assert crowded.in_flight == 0


async def test_no_place_is_lost_whatever_happens():
    crowded = gate(in_flight=3, queue=5, wait_seconds=0.003)
    chance = random.Random(7)  # noqa: S311 - repeatable chance, no secret
    most = 0

    async def work() -> None:
        nonlocal most
        try:
            await crowded.enter()
        except Refused:
            return
        try:
            most = max(most, crowded.in_flight)
            await asyncio.sleep(chance.random() * 0.004)
        finally:
            crowded.leave()

    tasks = []
    for _ in range(400):
        tasks.append(asyncio.create_task(work()))
        if chance.random() < 0.3:
            chance.choice(tasks).cancel()
        if chance.random() < 0.5:
            await asyncio.sleep(0)
    await asyncio.gather(*tasks, return_exceptions=True)
    assert most == 3
    assert (crowded.in_flight, crowded.queued) == (0, 0)
