"""A running gateway keeps to its keys by itself: it sees a new one, rewraps, erases, and knows its own store."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from gateway.sealing.duties import SealingDuties
from gateway.sealing.errors import KeyRingUnusable
from gateway.sealing.fitting import fit_index
from gateway.sealing.keeper import KeyKeeper
from gateway.sealing.retention import Retention
from gateway.sealing.rotation import Rewrapping, count_by_key
from gateway.sealing.sources import WAIT, KeyDirectory
from gateway.store.grouping import Store
from tests.service.sealing.rows import add, operation_row
from tests.support.doubles import NOON, SettableClock
from tests.support.sealing import make_index

HOURS = timedelta(hours=6)


@pytest.fixture
def directory(tmp_path: Path) -> KeyDirectory:
    directory = KeyDirectory(tmp_path / "keys")
    directory.make(NOON)
    return directory


def make_duties(store: Store, keeper: KeyKeeper, clock: SettableClock) -> SealingDuties:
    rewrapping = Rewrapping(store, keeper.sealer, rest_seconds=0)
    retention = Retention(store, clock, keep=timedelta(days=100))
    return SealingDuties(keeper, rewrapping, retention, clock, retention_every=HOURS)


async def test_a_new_master_key_takes_over_without_a_restart(store: Store, directory: KeyDirectory):
    clock = SettableClock()
    keeper = KeyKeeper(directory, clock)
    duties = make_duties(store, keeper, clock)
    first = keeper.ring.sealing(NOON)
    assert first is not None
    await store.write(partial(add, rows=[operation_row(keeper.sealer, b"{}") for _ in range(20)]))
    other_node = KeyKeeper(directory, clock)
    second = directory.make(NOON).master
    await duties.turn()
    assert (await store.read(count_by_key)).by_key == {first.id: 20}

    clock.move(seconds=WAIT.total_seconds())
    await duties.turn()
    assert (await store.read(count_by_key)).by_key == {second.id: 20}

    await store.write(partial(add, rows=[operation_row(other_node.sealer, b"{}")]))
    await duties.turn()
    assert (await store.read(count_by_key)).by_key == {second.id: 21}


async def test_payloads_are_erased_now_and_then(store: Store, directory: KeyDirectory):
    clock = SettableClock()
    keeper = KeyKeeper(directory, clock)
    duties = make_duties(store, keeper, clock)
    ages = (99.99, 200)
    rows = [operation_row(keeper.sealer, b"{}", accepted_at=NOON - timedelta(days=age)) for age in ages]
    await store.write(partial(add, rows=rows))
    await duties.turn()
    assert (await store.read(count_by_key)).erased == 1
    clock.move(hours=5)
    await duties.turn()
    assert (await store.read(count_by_key)).erased == 1
    clock.move(hours=1)
    await duties.turn()
    assert (await store.read(count_by_key)).erased == 2


async def test_a_store_stays_with_its_index_key(store: Store):
    index = make_index()
    for _ in range(2):
        await store.write(partial(fit_index, index=index))
    with pytest.raises(KeyRingUnusable, match="another index key"):
        await store.write(partial(fit_index, index=make_index()))
    await store.write(partial(fit_index, index=index))
