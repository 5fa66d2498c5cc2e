"""What was used once is refused ever after: on both engines, over nodes, batches and restarts."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from gateway.access.replay import ReplayMemory, Use, note_uses
from gateway.store.access_tables import replays
from gateway.store.grouping import Store, StoreUnavailable
from gateway.store.sqlite import SqliteStore
from tests.support.doubles import NOON, SettableClock

SOON = NOON + timedelta(seconds=70)


def digest(mark: object) -> bytes:
    return hashlib.sha256(str(mark).encode()).digest()


async def count(store: Store) -> int:
    return await store.read(lambda c: c.execute(select(func.count()).select_from(replays)).scalar_one())


async def test_only_the_first_of_many_at_once_over_two_nodes_is_first(store: Store):
    nodes = [ReplayMemory(store, SettableClock()) for _ in range(2)]
    marks = [n % 40 for n in range(400)]
    answers = await asyncio.gather(*(nodes[n % 3 % 2].first_use(digest(mark), SOON) for n, mark in enumerate(marks)))
    firsts = [mark for mark, first in zip(marks, answers, strict=True) if first]
    assert sorted(firsts) == list(range(40))
    assert await count(store) == 40


async def test_of_twins_in_one_batch_one_is_first(store: Store):
    uses = [Use(digest(mark), SOON) for mark in ("a", "b", "a", "a", "c", "b")]
    assert await store.write(lambda c: note_uses(c, uses)) == [True, True, False, False, True, False]
    assert await store.write(lambda c: note_uses(c, uses)) == [False] * 6


async def test_a_new_process_remembers(store: Store):
    assert await ReplayMemory(store, SettableClock()).first_use(digest("a"), SOON)
    assert not await ReplayMemory(store, SettableClock()).first_use(digest("a"), SOON)


async def test_a_restart_remembers(tmp_path: Path):
    for expected in (True, False):
        store = SqliteStore(tmp_path / "k.db")
        await store.open()
        assert await ReplayMemory(store, SettableClock()).first_use(digest("a"), SOON) is expected
        await store.close()


async def test_what_is_stale_is_never_a_first_use(store: Store):
    clock = SettableClock()
    memory = ReplayMemory(store, clock)
    assert not await memory.first_use(digest("a"), NOON)
    assert await count(store) == 0
    assert await memory.first_use(digest("a"), NOON + timedelta(microseconds=1))


async def test_stale_uses_are_forgotten_live_ones_kept(store: Store):
    clock = SettableClock()
    memory = ReplayMemory(store, clock)
    for mark in range(7):
        assert await memory.first_use(digest(mark), SOON)
    assert await memory.first_use(digest("late"), SOON + timedelta(hours=9))
    clock.move(seconds=71)
    # To a node whose clock is behind they may not be stale yet.
    assert await memory.forget() == 0
    clock.move(hours=1)
    assert [await memory.forget(limit=5), await memory.forget(limit=5), await memory.forget()] == [5, 2, 0]
    assert await count(store) == 1
    assert not await ReplayMemory(store, clock).first_use(digest("late"), SOON + timedelta(hours=9))


async def test_nodes_that_forget_together_forget_each_row_once(store: Store):
    clock = SettableClock()
    nodes = [ReplayMemory(store, clock) for _ in range(3)]
    await asyncio.gather(*(nodes[0].first_use(digest(mark), SOON) for mark in range(90)))
    clock.move(hours=2)
    assert sum(await asyncio.gather(*(node.forget() for node in nodes))) <= 90
    await nodes[0].forget()
    assert await count(store) == 0


async def test_the_memory_in_front_is_bounded_and_never_says_first(store: Store):
    memory = ReplayMemory(store, SettableClock(), remembered=3)
    for mark in range(10):
        assert await memory.first_use(digest(mark), SOON)
    assert len(memory._seen) == 3
    for mark in range(10):
        assert not await memory.first_use(digest(mark), SOON)


async def test_repeats_do_not_reach_the_database(tmp_path: Path):
    store = SqliteStore(tmp_path / "k.db")
    await store.open()
    memory = ReplayMemory(store, SettableClock())
    assert await memory.first_use(digest("a"), SOON)
    await store.close()
    assert not await memory.first_use(digest("a"), SOON)


async def test_who_cannot_be_sure_refuses(tmp_path: Path):
    store = SqliteStore(tmp_path / "k.db")
    await store.open()
    await store.write(lambda c: c.exec_driver_sql("PRAGMA query_only=ON"))
    memory = ReplayMemory(store, SettableClock())
    with pytest.raises(StoreUnavailable):
        await memory.first_use(digest("a"), SOON)
    assert not memory._seen
    await store.close()
