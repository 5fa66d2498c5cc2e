"""A folder in which the till lays its stock as CSV files, instead of calling the agent.

A file is read once it has lain unchanged for two looks, so a half-written one is not. ``<name>.csv`` is all of the
stock, ``<name>.changes.csv`` what has changed. What was read goes to ``taken/``, what cannot be used to ``refused/``;
``<name>.errors.csv`` says what was wrong with which line.
"""

from __future__ import annotations

import asyncio
import csv
import io
import logging
from contextlib import suppress
from pathlib import Path
from typing import Final

from kopuro_pos.agent.contract import StockPush
from kopuro_pos.agent.goods.stock import Stock
from kopuro_pos.agent.goods.stock_file import (
    LARGEST_FILE,
    UNKNOWN_MEDICINE,
    BadRow,
    StockFileRefused,
    StockTable,
    read_stock_file,
)
from kopuro_pos.agent.ports import Clock
from kopuro_pos.agent.problems import AgentProblem
from kopuro_pos.agent.texts import Text

_log = logging.getLogger(__name__)

_CHANGES: Final = ".changes.csv"
_ERRORS: Final = ".errors.csv"
_HEADINGS: Final = (Text("Сап", "Строка", "Line"), Text("Эмне туура эмес", "Что не так", "What is wrong"))

_Seen = tuple[int, int]
"""Size and the instant of the last change: while these stay, nobody writes."""


class StockFolder:
    """Watches a folder and gives what is laid there to the stock. Nothing in it is run or followed elsewhere."""

    def __init__(self, folder: Path, stock: Stock, clock: Clock, *, language: str) -> None:
        self._folder = folder
        self._stock = stock
        self._clock = clock
        self._language = language
        self._seen: dict[Path, _Seen] = {}

    async def run(self, stopping: asyncio.Event, *, seconds: float = 2.0) -> None:
        """Look again and again until it is time to stop."""
        while not stopping.is_set():
            try:
                await self.look()
            except (OSError, AgentProblem) as trouble:
                _log.warning("stock_folder_unusable", extra={"reason": type(trouble).__name__})
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), seconds)

    async def look(self) -> None:
        """One look: take in what has lain still since the last; raises ``OSError`` or DISK_FULL, and takes it later."""
        now = await asyncio.to_thread(self._files)
        still = [file for file, seen in now.items() if self._seen.get(file) == seen]
        self._seen = now
        for file in sorted(still, key=lambda one: now[one][1]):
            await self._take(file)

    def _files(self) -> dict[Path, _Seen]:
        found = {}
        for file in self._folder.iterdir():
            name = file.name.casefold()
            if name.endswith(".csv") and not name.endswith(_ERRORS) and not name.startswith((".", "~")):
                with suppress(FileNotFoundError):
                    status = file.stat(follow_symlinks=False)
                    found[file] = (status.st_size, status.st_mtime_ns)
        return {file: seen for file, seen in found.items() if file.is_file() and not file.is_symlink()}

    async def _take(self, file: Path) -> None:
        try:
            table = read_stock_file(await asyncio.to_thread(_content, file))
        except StockFileRefused as refused:
            await asyncio.to_thread(self._put_away, file, [BadRow(1, refused.reason)], "refused")
            return
        replace = not file.name.casefold().endswith(_CHANGES)
        taken = await self._stock.take(StockPush(rows=list(table.rows), replace=replace))
        await asyncio.to_thread(self._put_away, file, _bad(table, taken.unknown), "taken")

    def _put_away(self, file: Path, bad: list[BadRow], where: str) -> None:
        """Say what was wrong with the file beside it, and move it; one of the same name stays under its own."""
        errors = file.with_name(f"{file.stem}{_ERRORS}")
        if bad:
            errors.write_bytes(_told(bad, self._language))
        else:
            errors.unlink(missing_ok=True)
        folder = self._folder / where
        folder.mkdir(exist_ok=True)
        file.replace(folder / f"{self._clock.now():%Y%m%dT%H%M%S%f}-{file.name}")


def _content(file: Path) -> bytes:
    """What is in a file; one byte more than is allowed at most."""
    with file.open("rb") as opened:
        return opened.read(LARGEST_FILE + 1)


def _bad(table: StockTable, unknown: list[int]) -> list[BadRow]:
    """What is to be said of the rows, in the order of the file.

    A bar code that the reference does not know is no fault: most of what a pharmacy sells is not in it.
    """
    wrong = [place for place in unknown if table.rows[place].medicine is not None]
    told = [*table.bad, *(BadRow(table.lines[place], UNKNOWN_MEDICINE) for place in wrong)]
    return sorted(told, key=lambda row: row.line)


def _told(bad: list[BadRow], language: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([heading.of(language) for heading in _HEADINGS])
    writer.writerows([(row.line, row.reason.of(language)) for row in bad])
    return text.getvalue().encode("utf-8-sig")
