"""What is written: it outlives the agent, one agent at a time, a full disk, an older schema, and is sealed."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kopuro_pos.agent.contract import SaleState
from kopuro_pos.agent.problems import AgentProblem, ProblemCode
from kopuro_pos.agent.storage.private_files import UnsafeFile
from kopuro_pos.agent.storage.schema import MIGRATIONS, DatabaseTooNew
from kopuro_pos.agent.storage.sealing import KEY_BYTES, CannotOpen, FileSealer, SealingKeyDamaged
from kopuro_pos.agent.storage.store import AlreadyRunning, Store
from tests.pos.agent.house import DATABASE, SEALING_KEY, House, refusal
from tests.pos.agent.wire import DISPENSE
from tests.support.programme import TODAY

ONE_MORE = "ALTER TABLE entries ADD COLUMN extra TEXT; UPDATE entries SET extra = 'kept'"


async def fill(house: House) -> None:
    """No page more, and none free: SQLite says the disk is full."""

    def work(db: sqlite3.Connection) -> None:
        db.execute(f"PRAGMA max_page_count = {_pages(db)}")
        for number in range(1000):
            db.execute("INSERT INTO notes VALUES (?, ?)", (f"filling {number}", "x" * 4000))

    with pytest.raises(sqlite3.OperationalError, match="full"):
        await house.store.read(work)


async def make_room(house: House) -> None:
    await house.store.read(lambda db: db.execute("PRAGMA max_page_count = 1000000"))


def _pages(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA page_count").fetchone()[0])


async def test_every_commit_is_on_the_disk_before_anything_is_sent(house: House) -> None:
    pragmas = [(await house.store.read(_pragma(name)))[0] for name in ("journal_mode", "synchronous", "secure_delete")]
    assert pragmas == ["wal", 2, 1]
    quote = await house.quote(await house.issue())
    house.wire.faults[DISPENSE] = "hold"
    task = asyncio.create_task(house.sell(quote))
    await house.wire.held.wait()
    other = sqlite3.connect(house.folder / DATABASE)
    assert other.execute("SELECT state, tries, in_doubt FROM entries").fetchall() == [("waiting", 1, 1)]
    other.close()
    house.wire.gate.set()
    await task


def _pragma(name: str) -> Callable[[sqlite3.Connection], Any]:
    return lambda db: db.execute(f"PRAGMA {name}").fetchone()


async def test_what_fails_half_way_leaves_nothing(house: House) -> None:
    def half(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO notes VALUES ('half', 'written')")
        raise AgentProblem(ProblemCode.QUOTE_GONE)

    assert (await refusal(house.store.write(half))).code is ProblemCode.QUOTE_GONE
    assert await house.store.read(lambda db: db.execute("SELECT 1 FROM notes WHERE name = 'half'").fetchone()) is None


async def test_one_agent_at_a_time(house: House) -> None:
    second = Store(house.folder / DATABASE)
    with pytest.raises(AlreadyRunning):
        await second.open()
    await second.close()


async def test_a_full_disk_refuses_the_sale_before_anything_is_sent(house: House) -> None:
    quotes = [await house.quote(await house.issue()) for _ in range(6)]
    await fill(house)
    sold, refused = 0, None
    while refused is None:
        order = house.order(quotes[sold])
        house.wire.passed.clear()
        try:
            await house.counter.sell(order, "ru")
        except AgentProblem as problem:
            refused = problem.code
        else:
            sold += 1
    assert refused is ProblemCode.DISK_FULL
    assert (await house.counter.state()).disk_full
    assert len((await house.counter.sales(TODAY)).items) == sold
    assert DISPENSE not in house.wire.passed
    await make_room(house)
    sale = await house.counter.sell(order, "ru")
    assert (sale.state, sale.sequence) == (SaleState.RECORDED, sold + 1)
    assert not (await house.counter.state()).disk_full


class NoRoom:
    """Lets the first writes through, and then none until told."""

    def __init__(self, store: Store, writes: int) -> None:
        self._write, self._left = store.write, writes
        store.write = self  # type: ignore[method-assign]
        self.full = True

    async def __call__(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        self._left -= 1
        if self.full and self._left < 0:
            raise AgentProblem(ProblemCode.DISK_FULL)
        return await self._write(work)


@pytest.mark.parametrize("writes", [1, 2], ids=["before it is marked as sent", "before the answer is written"])
async def test_a_disk_that_fills_up_in_mid_sale_loses_and_doubles_nothing(house: House, writes: int) -> None:
    quote = await house.quote(await house.issue(), hold=False)
    disk = NoRoom(house.store, writes)
    sale = await house.sell(quote)
    assert sale.state is SaleState.WAITING
    await house.wire.cut()
    house.connect()
    disk.full = False
    await house.until_state(lambda state: state.gateway.reachable is False)
    assert (await house.counter.sale(sale.id)).state is SaleState.WAITING
    await house.wire.mend()
    await house.drained()
    assert (await house.counter.sale(sale.id)).state is SaleState.RECORDED
    assert len(await house.recorded()) == 1


async def test_an_upgrade_with_a_full_queue_loses_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    quotes = [await house.quote(await house.issue()) for _ in range(3)]
    await house.wire.cut()
    sales = [await house.sell(quote) for quote in quotes]
    waiting = (await house.counter.queue()).waiting
    monkeypatch.setattr(Store.__init__, "__kwdefaults__", {"migrations": (*MIGRATIONS, ONE_MORE)})
    await house.restart()
    assert [one.sale for one in (await house.counter.queue()).waiting] == [one.sale for one in waiting]
    version = await house.store.read(lambda db: db.execute("PRAGMA user_version").fetchone()[0])
    assert version == len(MIGRATIONS) + 1
    await house.wire.mend()
    await house.drained()
    assert len(await house.recorded()) == len(sales)


async def test_a_step_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / DATABASE
    store = Store(path)
    await store.open()
    await store.close()
    broken = Store(path, migrations=(*MIGRATIONS, "CREATE TABLE half (id TEXT); CREATE TABLE half (id TEXT)"))
    with pytest.raises(sqlite3.OperationalError):
        await broken.open()
    await broken.close()
    again = Store(path)
    await again.open()
    tables = await again.read(lambda db: {row[0] for row in db.execute("SELECT name FROM sqlite_master")})
    assert "half" not in tables
    await again.close()


async def test_an_older_agent_leaves_a_newer_database_alone(tmp_path: Path) -> None:
    newer = Store(tmp_path / DATABASE, migrations=(*MIGRATIONS, ONE_MORE))
    await newer.open()
    await newer.close()
    older = Store(tmp_path / DATABASE)
    with pytest.raises(DatabaseTooNew):
        await older.open()
    await older.close()


async def test_a_database_sealed_with_another_key_is_not_begun(house: House) -> None:
    await house.sell(await house.quote(await house.issue()))
    await house.stop()
    kept = (house.folder / SEALING_KEY).rename(house.folder / "kept")
    with pytest.raises(CannotOpen):
        await house.start()
    await house.client.aclose()
    kept.rename(house.folder / SEALING_KEY)
    await house.start()


@given(st.binary(max_size=200), st.binary(max_size=20), st.data())
def test_what_is_sealed_opens_with_its_key_and_context_alone(plain: bytes, context: bytes, data: st.DataObject) -> None:
    sealer = FileSealer(bytes(KEY_BYTES))
    sealed = sealer.seal(plain, context)
    assert sealer.open(sealed, context) == plain
    assert sealed != sealer.seal(plain, context)
    at = data.draw(st.integers(0, len(sealed) - 1))
    changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
    for wrong, key, about in (
        (changed, sealer, context),
        (sealed[:at], sealer, context),
        (sealed, FileSealer(b"\x01" * KEY_BYTES), context),
        (sealed, sealer, context + b"!"),
    ):
        with pytest.raises(CannotOpen):
            key.open(wrong, about)


def test_the_sealing_key_is_this_users_alone(tmp_path: Path) -> None:
    path = tmp_path / "till" / SEALING_KEY
    sealed = FileSealer.at(path).seal(b"plain", b"")
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert FileSealer.at(path).open(sealed, b"") == b"plain"
    path.chmod(0o640)
    with pytest.raises(UnsafeFile):
        FileSealer.at(path)
    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(SealingKeyDamaged):
        FileSealer.at(path)
