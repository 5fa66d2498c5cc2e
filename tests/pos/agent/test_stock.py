"""The till's stock: pushed or laid in a folder, kept over restarts, offered by today's reference."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from pathlib import Path

import pytest

from kopuro_pos.agent.contract import Medicine, StockPush, StockRow
from kopuro_pos.agent.goods.stock import Stock
from kopuro_pos.agent.goods.stock_folder import StockFolder
from kopuro_pos.agent.problems import AgentProblem, ProblemCode
from tests.pos.agent.stocks import ENALAPRIL, LOSARTAN, TABLE, row, shelf
from tests.support.doubles import NOON, SettableClock


def _medicine(code: str, gtin: str | None) -> Medicine:
    return Medicine(
        code=code, inn="enalapril", trade_name=code, form="таблетка", strength="10", strength_unit="mg", pack_size=30,
        manufacturer="Ала-Тоо Фарм", country="Кыргызстан", gtin=gtin,
    )  # fmt: skip


class Book:
    """A reference whose rows can be changed."""

    def __init__(self) -> None:
        self.medicines = {
            "E1": _medicine("E1", ENALAPRIL),
            "E2": _medicine("E2", None),
            "L1": _medicine("L1", LOSARTAN),
        }
        self.listeners: list[Callable[[], Awaitable[None]]] = []

    def brief(self, code: str, on: date | None = None) -> Medicine | None:
        assert on is None, "stock is of today"
        return self.medicines.get(code)

    def code_of_gtin(self, gtin: str) -> str | None:
        known = {(one.gtin or "").zfill(14): code for code, one in self.medicines.items() if one.gtin}
        return known.get(gtin.zfill(14))

    def on_change(self, listener: Callable[[], Awaitable[None]]) -> None:
        self.listeners.append(listener)

    async def change(self, **medicines: Medicine) -> None:
        self.medicines = medicines
        for listener in self.listeners:
            await listener()


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
async def stock(tmp_path: Path, book: Book, clock: SettableClock) -> AsyncIterator[Stock]:
    opened = Stock(tmp_path / "stock.db", book, clock)
    await opened.open()
    yield opened
    await opened.close()


async def push(stock: Stock, *rows: StockRow, replace: bool = True) -> list[int]:
    taken = await stock.take(StockPush(rows=list(rows), replace=replace))
    assert taken.taken == len(rows) - len(taken.unknown)
    return taken.unknown


# ------------------------------------------------------------------------------------------------------------ pushed


@pytest.mark.clause("36")
async def test_clause_36_a_medicine_is_offered_at_each_of_its_prices(stock: Stock) -> None:
    await push(stock, row("E1", "450.00", 3), row("E1", "430.00", 2), row("L1", "99.90"))
    assert stock.prices({"E1"}) == [shelf("E1", "430.00", 2), shelf("E1", "450.00", 3)]
    assert stock.prices() == [shelf("E1", "430.00", 2), shelf("E1", "450.00", 3), shelf("L1", "99.90")]
    assert stock.prices({"X"}) == []
    assert stock.rows == 3


async def test_a_gtin_is_as_good_as_a_code_and_the_same_shelf(stock: Stock) -> None:
    await push(stock, row(gtin=ENALAPRIL, packs=3), row(gtin=f"0{ENALAPRIL}", packs=1), row("E1", packs=2))
    assert stock.prices() == [shelf("E1", "450.00", 6)]
    await push(stock, row("E1"), row("E1", packs=2))
    assert stock.prices() == [shelf("E1", "450.00", None)], "how many is not known"


async def test_rows_of_no_use_are_told_by_their_position(stock: Stock) -> None:
    assert await push(stock, row(), row("X"), row("E1", "0.00"), row(gtin="4600000000039"), row("E1")) == [0, 1, 2, 3]
    assert stock.prices() == [shelf("E1", "450.00")]


async def test_all_of_the_stock_replaces_what_was_there(stock: Stock) -> None:
    await push(stock, row("E1"), row("L1"))
    await push(stock, row("E2"))
    assert stock.prices() == [shelf("E2", "450.00")]


@pytest.mark.parametrize("before", [row("E1", "400.00"), row(gtin=ENALAPRIL, price="400.00")])
@pytest.mark.parametrize("after", [row("E1", packs=5), row(gtin=ENALAPRIL, packs=5)])
async def test_a_change_replaces_the_rows_of_its_medicine_alone(
    stock: Stock, before: StockRow, after: StockRow
) -> None:
    await push(stock, before, row("L1"), row("X"))
    assert await push(stock, after, replace=False) == []
    assert stock.prices() == [shelf("E1", "450.00", 5), shelf("L1", "450.00")]


async def test_no_packs_left_takes_it_off_the_shelf(stock: Stock) -> None:
    await push(stock, row("E1", packs=1), row("L1"))
    await push(stock, row("E1", packs=0), replace=False)
    assert stock.prices() == [shelf("L1", "450.00")]


async def test_it_outlives_a_restart(tmp_path: Path, book: Book, clock: SettableClock) -> None:
    for expected in ([], [shelf("E1", "450.00", 3)]):
        stock = Stock(tmp_path / "stock.db", book, clock)
        await stock.open()
        assert stock.prices() == expected
        assert (stock.at == NOON) is bool(expected)
        await push(stock, row(gtin=ENALAPRIL, packs=3))
        await stock.close()
    assert stat.S_IMODE((tmp_path / "stock.db").stat().st_mode) == 0o600


async def test_a_new_version_of_the_reference_brings_in_what_the_till_has_said_before(stock: Stock, book: Book) -> None:
    assert await push(stock, row("N1"), row(gtin=ENALAPRIL)) == [0]
    await book.change(N1=_medicine("N1", None), E9=_medicine("E9", ENALAPRIL))
    assert stock.prices() == [shelf("E9", "450.00"), shelf("N1", "450.00")]
    await book.change()
    assert (stock.prices(), stock.rows) == ([], 0)


async def test_a_full_disk_changes_nothing(stock: Stock) -> None:
    await push(stock, row("E1"))

    def fill(connection: sqlite3.Connection) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    await stock._store.read(fill)
    with pytest.raises(AgentProblem) as full:
        await push(stock, *(row(f"X{number}") for number in range(5000)))
    assert full.value.code is ProblemCode.DISK_FULL
    assert (stock.prices(), stock.at) == ([shelf("E1", "450.00")], NOON)


async def test_fifty_thousand_rows_keep_only_those_of_the_reference_in_memory(stock: Stock) -> None:
    unknown = await push(stock, *(row(f"X{number}") for number in range(49_999)), row("E1"))
    assert len(unknown) == 49_999
    assert stock.rows == 1


# ------------------------------------------------------------------------------------------------------------ folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "stock"
    made.mkdir()
    return made


@pytest.fixture
def watch(folder: Path, stock: Stock, clock: SettableClock) -> StockFolder:
    return StockFolder(folder, stock, clock, language="ru")


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir() if one.is_file())


async def test_a_file_is_taken_once_it_lies_still(folder: Path, watch: StockFolder, stock: Stock) -> None:
    with (folder / "stock.csv").open("wb") as half:
        half.write(TABLE.encode()[:60])
        half.flush()
        await watch.look()
        assert stock.prices() == []
        half.write(TABLE.encode()[60:])
    await watch.look()
    assert stock.prices() == [], "it has grown since the last look"
    await watch.look()
    assert stock.prices() == [shelf("E1", "450.00", 3), shelf("L1", "1234.50")]
    assert names(folder) == []
    assert [one.name for one in (folder / "taken").iterdir()] == ["20260115T060000000000-stock.csv"]


async def test_a_file_that_was_touched_between_two_looks_is_not_read(
    folder: Path, watch: StockFolder, stock: Stock
) -> None:
    file = folder / "stock.csv"
    file.write_bytes(TABLE.encode())
    await watch.look()
    os.utime(file, ns=(1, 1))
    await watch.look()
    assert stock.rows == 0
    await watch.look()
    assert stock.rows == 2


async def test_bad_rows_are_told_beside_the_file_in_the_language(
    folder: Path, watch: StockFolder, stock: Stock
) -> None:
    (folder / "stock.csv").write_bytes(b"code;gtin;price\nE1;;450\nE1;;x\nQ1;;10\n;4600000000039;10\n")
    await watch.look()
    await watch.look()
    assert stock.prices() == [shelf("E1", "450.00")]
    told = (folder / "stock.errors.csv").read_bytes().decode("utf-8-sig")
    assert told.splitlines() == [
        "Строка;Что не так",
        "3;Цена в сомах, больше нуля, тыйыны двумя цифрами.",
        "4;Нет в Справочнике (сохранено).",
    ]
    (folder / "stock.csv").write_bytes(b"code;price\nE1;460\n")
    for _ in range(3):
        await watch.look()
    assert names(folder) == [], "and nothing is said of a sound one"


async def test_changes_change_and_a_file_of_no_use_does_not_empty_the_shelf(
    folder: Path, watch: StockFolder, stock: Stock
) -> None:
    await push(stock, row("E1"), row("L1"))
    (folder / "today.changes.csv").write_bytes(b"code;price;packs\nL1;500;0\n")
    (folder / "stock.csv").write_bytes(b"code;price\nE1;x\n")
    await watch.look()
    await watch.look()
    assert stock.prices() == [shelf("E1", "450.00")]
    assert [one.name for one in (folder / "refused").iterdir()] == ["20260115T060000000000-stock.csv"]
    assert (folder / "stock.errors.csv").exists()


async def test_what_is_no_stock_is_left_alone(folder: Path, watch: StockFolder, stock: Stock, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_bytes(TABLE.encode())
    (folder / "link.csv").symlink_to(outside)
    (folder / "folder.csv").mkdir()
    (folder / "stock.csv.part").write_bytes(TABLE.encode())
    (folder / ".hidden.csv").write_bytes(TABLE.encode())
    (folder / "~$open.csv").write_bytes(TABLE.encode())
    for _ in range(3):
        await watch.look()
    assert stock.rows == 0
    assert outside.exists()
    assert not (folder / "taken").exists()


async def test_a_full_disk_leaves_the_file_for_later(
    folder: Path, watch: StockFolder, stock: Stock, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "stock.csv").write_bytes(TABLE.encode())
    await watch.look()
    with monkeypatch.context() as full:

        async def take(_push: StockPush) -> None:
            raise AgentProblem(ProblemCode.DISK_FULL)

        full.setattr(stock, "take", take)
        with pytest.raises(AgentProblem):
            await watch.look()
    assert names(folder) == ["stock.csv"]
    await watch.look()
    assert stock.rows == 2


async def test_the_watch_outlives_a_folder_that_is_gone(
    folder: Path, watch: StockFolder, stock: Stock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopping, looks = asyncio.Event(), []
    look = watch.look

    async def counted() -> None:
        looks.append(len(looks))
        if len(looks) == 2:
            away.rename(folder)
        await look()
        if stock.rows:
            stopping.set()

    (folder / "stock.csv").write_bytes(TABLE.encode())
    away = folder.with_name("away")
    await asyncio.to_thread(folder.rename, away)
    monkeypatch.setattr(watch, "look", counted)
    await asyncio.wait_for(watch.run(stopping, seconds=0.001), 10)
    assert len(looks) >= 3
