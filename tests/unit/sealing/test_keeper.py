"""Keys are exchanged while the process runs, and a ring that cannot be used leaves the old one in use."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from gateway.sealing.errors import KeyRingUnusable
from gateway.sealing.keeper import KeyKeeper
from gateway.sealing.sources import WAIT, KeyDirectory
from tests.support.doubles import NOON, SettableClock
from tests.support.sealing import make_ring, make_sealer, master_key

CONTEXT = b"c"


@pytest.fixture
def directory(tmp_path: Path) -> KeyDirectory:
    directory = KeyDirectory(tmp_path / "keys")
    directory.make(NOON)
    return directory


async def test_a_new_key_seals_from_its_instant_and_old_envelopes_go_on_opening(directory: KeyDirectory):
    clock = SettableClock()
    keeper = KeyKeeper(directory, clock)
    sealed = keeper.sealer.seal(b"old", CONTEXT)
    second = directory.make(NOON).master
    assert not await keeper.refresh()
    assert second.id in keeper.ring.masters
    clock.move(seconds=WAIT.total_seconds())
    assert await keeper.refresh()
    assert second.id in keeper.sealer.head
    assert keeper.sealer.open(sealed, CONTEXT) == b"old"
    assert not await keeper.refresh()


async def test_an_unusable_ring_is_told_and_the_old_one_stays(directory: KeyDirectory, tmp_path: Path):
    keeper = KeyKeeper(directory, SettableClock())
    index = keeper.index.of("pin", "1")
    sealed = keeper.sealer.seal(b"x", CONTEXT)
    (tmp_path / "keys" / "bad.key").write_text("half a line")
    with pytest.raises(KeyRingUnusable):
        await keeper.refresh()
    assert keeper.sealer.open(sealed, CONTEXT) == b"x"
    assert keeper.index.of("pin", "1") == index


async def test_another_index_key_is_never_taken(directory: KeyDirectory, tmp_path: Path):
    keeper = KeyKeeper(directory, SettableClock())
    head = keeper.sealer.head
    other = KeyDirectory(tmp_path / "other")
    other.make(NOON)
    (tmp_path / "other" / "index.key").replace(tmp_path / "keys" / "index.key")
    directory.make(NOON - timedelta(hours=1), wait=timedelta(hours=1))
    with pytest.raises(KeyRingUnusable, match="index key"):
        await keeper.refresh()
    assert keeper.sealer.head == head


def test_a_process_without_usable_keys_does_not_start(tmp_path: Path):
    with pytest.raises(KeyRingUnusable):
        KeyKeeper(KeyDirectory(tmp_path), SettableClock())


@pytest.fixture
def _eager_threads() -> Iterator[None]:
    """Threads take turns after a microsecond, so that what can come between two steps does."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_eager_threads")
def test_keys_change_under_threads_that_seal():
    keys = [master_key(days=2), master_key(days=1)]
    rings = [make_ring(*keys), make_ring(keys[0])]
    sealer, opener = make_sealer(rings[0]), make_sealer(rings[0])
    stop, sealed = Event(), []

    def seal() -> None:
        while not stop.is_set():
            sealed.append(sealer.seal(b"x", CONTEXT))

    threads = [Thread(target=seal) for _ in range(2)]
    for thread in threads:
        thread.start()
    for turn in range(5000):
        sealer.use(rings[turn % 2], NOON)
    stop.set()
    for thread in threads:
        thread.join()
    assert {opener.open(one, CONTEXT) for one in sealed} == {b"x"}
