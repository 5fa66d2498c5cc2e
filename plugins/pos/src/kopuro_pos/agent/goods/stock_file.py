"""The till's stock as a CSV file: read leniently as tills write it, every row judged by itself.

UTF-8 (with or without a mark) or windows-1251; columns in any order, divided by semicolons, commas or tabs; prices with
a decimal comma or point. Columns are known by their headings in Russian, Kyrgyz or English, see :data:`HEADINGS`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kopuro_pos.agent.contract import StockRow
from kopuro_pos.agent.texts import Text

HEADINGS: Final[Mapping[str, frozenset[str]]] = {
    "medicine": frozenset({"code", "medicine", "код", "код препарата", "код лекарства", "дарынын коду", "коду"}),
    "gtin": frozenset({"gtin", "barcode", "ean", "штрихкод", "штрих-код", "штрих код"}),
    "price": frozenset({"price", "pack price", "цена", "цена за упаковку", "розничная цена", "баасы", "баа"}),
    "packs": frozenset(
        {"packs", "stock", "quantity", "остаток", "упаковок", "количество", "калдык", "кутулар", "саны"}
    ),
}  # fmt: skip
"""The headings of each column, in small letters; other columns are passed over."""

LARGEST_FILE: Final = 16 * 2**20
"""Bytes."""
MOST_ROWS: Final = 50_000

_CODE: Final = re.compile(r"[A-Za-z0-9._-]{1,32}", re.ASCII)
_GTIN: Final = re.compile(r"[0-9]{8,14}", re.ASCII)
_PRICE: Final = re.compile(r"(?P<som>[0-9]{1,10})(?:[.,](?P<tyiyn>[0-9]{1,2})0*)?", re.ASCII)
_PACKS: Final = re.compile(r"(?P<whole>[0-9]{1,9})(?:[.,][0-9]+)?", re.ASCII)
_SPACES: Final = dict.fromkeys(map(ord, " \u00a0\u202f\u2009"))

NO_HEADINGS: Final = Text(
    "Аталыштар сабы керек: «код» же «штрихкод», жана «баасы».",
    "Нужна строка заголовков: «код» или «штрихкод», и «цена».",
    "A line of headings is needed: «code» or «gtin», and «price».",
)
TOO_LARGE: Final = Text(
    "Файл өтө чоң: 50 000 сапка жана 16 МиБге чейин.",
    "Файл слишком велик: до 50 000 строк и 16 МиБ.",
    "The file is too large: up to 50,000 rows and 16 MiB.",
)
_NO_TABLE: Final = Text("Бул CSV таблица эмес.", "Это не таблица CSV.", "This is no CSV table.")
NOTHING_USABLE: Final = Text(
    "Жарактуу сап жок: мурдагы калдыктар сакталды.",
    "Нет ни одной годной строки: прежние остатки сохранены.",
    "No row can be used: the stock stays as it was.",
)
_NO_MEDICINE: Final = Text("Код да, штрихкод да жок.", "Нет ни кода, ни штрихкода.", "Neither code nor GTIN.")
_BAD_CODE: Final = Text("Код туура эмес.", "Неверный код.", "The code is not valid.")
_BAD_GTIN: Final = Text("Штрихкод 8–14 цифра болот.", "Штрихкод состоит из 8–14 цифр.", "A GTIN has 8 to 14 digits.")
_BAD_PRICE: Final = Text(
    "Баасы сом менен, нөлдөн чоң, тыйыны эки цифра.",
    "Цена в сомах, больше нуля, тыйыны двумя цифрами.",
    "The price is in som, above zero, with two digits of tyiyn.",
)
_BAD_PACKS: Final = Text("Калдык 0 же андан көп.", "Остаток 0 или больше.", "The stock is 0 or more.")
UNKNOWN_MEDICINE: Final = Text(
    "Маалымдамада жок (сакталды).", "Нет в Справочнике (сохранено).", "Not in the reference (kept)."
)


class StockFileRefused(Exception):
    """Nothing of the file can be used; ``reason`` says why in three languages."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class BadRow:
    """A line of the file, counted from 1, and what is wrong with it."""

    line: int
    reason: Text


@dataclass(frozen=True, slots=True)
class StockTable:
    """A file's rows, with the number of each one's line, and those of no use."""

    rows: tuple[StockRow, ...]
    lines: tuple[int, ...]
    bad: tuple[BadRow, ...]


def read_stock_file(content: bytes) -> StockTable:
    """The rows of a file; raises :class:`StockFileRefused` when it has none, or nothing can be read from it."""
    if len(content) > LARGEST_FILE:
        raise StockFileRefused(TOO_LARGE)
    try:
        return _table(_decoded(content))
    except csv.Error:
        raise StockFileRefused(_NO_TABLE) from None


def _table(text: str) -> StockTable:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    columns: dict[str, int] = {}
    rows: list[StockRow] = []
    lines: list[int] = []
    bad: list[BadRow] = []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if not columns:
            columns = _columns(cells)
            continue
        if len(lines) + len(bad) >= MOST_ROWS:
            raise StockFileRefused(TOO_LARGE)
        row = _row({name: cells[place].strip() for name, place in columns.items() if place < len(cells)})
        if isinstance(row, StockRow):
            rows.append(row)
            lines.append(reader.line_num)
        else:
            bad.append(BadRow(reader.line_num, row))
    if not columns:
        raise StockFileRefused(NO_HEADINGS)
    if not rows:
        raise StockFileRefused(NOTHING_USABLE)
    return StockTable(tuple(rows), tuple(lines), tuple(bad))


def _decoded(content: bytes) -> str:
    """Text of UTF-8, else of windows-1251, in which every byte that tills write is a letter or sign."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1251", errors="replace")


def _delimiter(text: str) -> str:
    """What divides the cells of the first line: whichever of the three stands there most."""
    heading = next((line for line in text.splitlines() if line.strip()), "")
    return max(";,\t", key=heading.count)


def _columns(cells: Sequence[str]) -> dict[str, int]:
    """Where each column stands; raises :class:`StockFileRefused` when one that is needed is missing."""
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        heading = " ".join(cell.casefold().split())
        for name, headings in HEADINGS.items():
            if heading in headings:
                found.setdefault(name, place)
    if "price" not in found or not found.keys() & {"medicine", "gtin"}:
        raise StockFileRefused(NO_HEADINGS)
    return found


def _row(cells: Mapping[str, str]) -> StockRow | Text:
    """A row, or what is wrong with it."""
    code, gtin = cells.get("medicine") or None, cells.get("gtin", "").translate(_SPACES) or None
    if code is None and gtin is None:
        return _NO_MEDICINE
    if code is not None and _CODE.fullmatch(code) is None:
        return _BAD_CODE
    if gtin is not None and _GTIN.fullmatch(gtin) is None:
        return _BAD_GTIN
    price = _PRICE.fullmatch(cells.get("price", "").translate(_SPACES))
    pack_price = Decimal(0) if price is None else Decimal(f"{price['som']}.{price['tyiyn'] or '0'}")
    if pack_price <= 0:
        return _BAD_PRICE
    told = cells.get("packs", "").translate(_SPACES)
    packs = _PACKS.fullmatch(told) if told else None
    if told and packs is None:
        return _BAD_PACKS
    return StockRow(
        medicine=code,
        gtin=gtin,
        pack_price=pack_price.quantize(Decimal("0.01")),
        packs=None if packs is None else int(packs["whole"]),
    )
