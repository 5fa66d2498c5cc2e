"""The till's stock and shelf prices: what the patient can be offered (regulation on the drug programme, clause 36).

All that the till says is written down, so that a restart forgets nothing. In memory are only the rows whose medicine
is in the reference today; a new version of the reference may bring in others.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from kopuro_pos.agent.contract import Medicine, StockPush, StockRow, StockTaken
from kopuro_pos.agent.goods.reference import padded
from kopuro_pos.agent.ports import Clock, ShelfPrice
from kopuro_pos.agent.storage.store import Store

_VERSION_1: Final = """
CREATE TABLE shelf (
    code  TEXT,
    gtin  TEXT,
    tyiyn INTEGER NOT NULL,
    packs INTEGER,
    CHECK ((code IS NULL) <> (gtin IS NULL))
) STRICT;
CREATE INDEX shelf_code ON shelf (code);
CREATE INDEX shelf_gtin ON shelf (gtin);
CREATE TABLE told (only INTEGER PRIMARY KEY CHECK (only = 1), at TEXT NOT NULL) STRICT;
"""
"""A row is by the reference's code, or by a GTIN of 14 digits."""
_INSERT: Final = "INSERT INTO shelf (code, gtin, tyiyn, packs) VALUES (?, ?, ?, ?)"


class MedicineBook(Protocol):
    """The medicines of today; :class:`kopuro_pos.agent.goods.reference.Reference` knows them."""

    def brief(self, code: str, on: date | None = None) -> Medicine | None:
        """The row of this code on a Bishkek day, today's when left out."""
        ...

    def code_of_gtin(self, gtin: str) -> str | None:
        """The medicine that a box with this GTIN holds."""
        ...

    def on_change(self, listener: Callable[[], Awaitable[None]]) -> None:
        """Call ``listener`` whenever other rows come into force."""
        ...


class _Shelf(NamedTuple):
    """A row as it is kept."""

    code: str | None
    gtin: str | None
    tyiyn: int
    packs: int | None


class Stock:
    """A :class:`kopuro_pos.agent.ports.StockPort` over a database of its own."""

    def __init__(self, file: Path, book: MedicineBook, clock: Clock) -> None:
        self._book = book
        self._clock = clock
        self._store = Store(file, migrations=(_VERSION_1,))
        self._changing = asyncio.Lock()
        self._offered: dict[str, list[ShelfPrice]] = {}
        self._at: datetime | None = None
        book.on_change(self.resolve)

    async def open(self) -> None:
        """Read what was written down; raises what :meth:`kopuro_pos.agent.storage.store.Store.open` raises."""
        await self._store.open()
        told = await self._store.read(lambda connection: connection.execute("SELECT at FROM told").fetchone())
        self._at = None if told is None else datetime.fromisoformat(told["at"])
        await self.resolve()

    async def close(self) -> None:
        """Release the database."""
        await self._store.close()

    @property
    def rows(self) -> int:
        """How many prices of medicines of the reference are known."""
        return sum(map(len, self._offered.values()))

    @property
    def at(self) -> datetime | None:
        """When the till last told, UTC; ``None`` before the first time."""
        return self._at

    def prices(self, codes: Collection[str] | None = None) -> Sequence[ShelfPrice]:
        """What lies on the shelf of these medicines, or of all: one row for each price of a medicine, in som."""
        wanted = self._offered if codes is None else codes
        return [price for code in wanted for price in self._offered.get(code, ())]

    async def take(self, push: StockPush) -> StockTaken:
        """Take in all of the till's stock, or what has changed: then a medicine's rows replace those it had.

        A row with no packs left takes the medicine off the shelf. Rows of medicines that the reference does not hold
        today are kept, and told by their position like rows without a medicine or a price. Raises ``AgentProblem``
        DISK_FULL, and then nothing has changed.
        """
        at = self._clock.now()
        kept = [_shelf(row) for row in push.rows]
        rows = [row for row in kept if row is not None]
        async with self._changing:
            await self._store.write(lambda connection: self._write(connection, rows, at, replace=push.replace))
            self._at = at
            self._offered = await self._read()
        unknown = [position for position, row in enumerate(kept) if row is None or self._code_of(row) is None]
        return StockTaken(taken=len(kept) - len(unknown), unknown=unknown, at=at)

    async def resolve(self) -> None:
        """See anew which rows are of today's reference."""
        async with self._changing:
            self._offered = await self._read()

    def _write(self, connection: sqlite3.Connection, rows: Collection[_Shelf], at: datetime, *, replace: bool) -> None:
        if replace:
            connection.execute("DELETE FROM shelf")
        else:
            codes, gtins = self._called(rows)
            connection.executemany("DELETE FROM shelf WHERE code = ?", codes)
            connection.executemany("DELETE FROM shelf WHERE gtin = ?", gtins)
        connection.executemany(_INSERT, (row for row in rows if row.packs != 0))
        connection.execute("INSERT OR REPLACE INTO told (only, at) VALUES (1, ?)", (at.isoformat(),))

    def _called(self, rows: Iterable[_Shelf]) -> tuple[set[tuple[str]], set[tuple[str]]]:
        """All codes and GTINs under which rows of the same medicines may be kept."""
        codes, gtins = set(), set()
        for row in rows:
            code = self._code_of(row) or row.code
            medicine = None if code is None else self._book.brief(code)
            codes.add(code)
            gtins.add(row.gtin)
            if medicine is not None and medicine.gtin is not None:
                gtins.add(padded(medicine.gtin))
        return {(code,) for code in codes if code is not None}, {(gtin,) for gtin in gtins if gtin is not None}

    async def _read(self) -> dict[str, list[ShelfPrice]]:
        """What is of today's reference, by its codes and in order of price; the same price twice is one row."""
        packs: dict[tuple[str, int], int | None] = {}
        for row in await self._store.read(_all_rows):
            code = self._code_of(row)
            if code is not None:
                before = packs.get((code, row.tyiyn), 0)
                packs[code, row.tyiyn] = None if row.packs is None or before is None else before + row.packs
        offered: dict[str, list[ShelfPrice]] = {}
        for (code, tyiyn), left in sorted(packs.items(), key=lambda one: one[0]):
            price = ShelfPrice(medicine=code, pack_price=Decimal(tyiyn).scaleb(-2), packs=left)
            offered.setdefault(code, []).append(price)
        return offered

    def _code_of(self, row: _Shelf) -> str | None:
        """The medicine's code in today's reference."""
        if row.gtin is not None:
            return self._book.code_of_gtin(row.gtin)
        return row.code if row.code is not None and self._book.brief(row.code) is not None else None


def _all_rows(connection: sqlite3.Connection) -> list[_Shelf]:
    return [_Shelf(*row) for row in connection.execute("SELECT code, gtin, tyiyn, packs FROM shelf")]


def _shelf(row: StockRow) -> _Shelf | None:
    """A row as it is kept, by its code where it has one; ``None`` for one of no use."""
    tyiyn = int(row.pack_price.scaleb(2))
    if tyiyn <= 0 or (row.medicine is None and row.gtin is None):
        return None
    return _Shelf(row.medicine, padded(row.gtin) if row.medicine is None and row.gtin else None, tyiyn, row.packs)
