"""A day for the bookkeeper: its sales, columns and differences as XLSX (ISO/IEC 29500), its sales as CSV (RFC 4180).

No ПИН and no name of a patient is in it: the sales are known by receipt and by the ids of gateway and fund.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from kopuro_pos.agent.contract import Day, DayColumn, DayDifference, FundState, Sale, SaleState
from kopuro_pos.agent.day.days import BISHKEK
from kopuro_pos.agent.texts import Text

_Cell = str | int | Decimal | date | datetime | None

_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a text that begins with one of these for a formula, and runs it."""
_SUM_FORMAT: Final = "#,##0.00"
_WIDTH: Final = 16.0

_SALE_HEADINGS: Final = (
    Text("№", "№", "No."),
    Text("Убакыт (Бишкек)", "Время (Бишкек)", "Time (Bishkek)"),
    Text("Түрү", "Вид", "Kind"),
    Text("Абалы", "Состояние", "State"),
    Text("Чектин номери", "Номер чека", "Receipt"),
    Text("Дарынын коду", "Код лекарства", "Medicine code"),
    Text("Соодалык аталышы", "Торговое наименование", "Trade name"),
    Text("Бирдиктер", "Единиц", "Units"),
    Text("Кутунун баасы, сом", "Цена упаковки, сом", "Pack price, som"),
    Text("Чекене наркы, сом", "Розничная стоимость, сом", "Retail, som"),
    Text("Фонддун үлүшү, сом", "Доля Фонда, сом", "Fund's share, som"),
    Text("Пациенттин үлүшү, сом", "Доля пациента, сом", "Patient's share, som"),
    Text("Чектин суммасы, сом", "Сумма чека, сом", "Receipt amount, som"),
    Text("Фармацевт", "Фармацевт", "Pharmacist"),
    Text("Шлюздагы номери", "Номер в шлюзе", "Gateway id"),
    Text("Фонддо", "В Фонде", "At the fund"),
    Text("Фонддун жазуу номери", "Номер записи Фонда", "Fund's record number"),
)
_COLUMN_HEADINGS: Final = (
    Text("", "", ""),
    Text("Сатуулар", "Продажи", "Sales"),
    Text("Кайтаруулар", "Возвраты", "Reversals"),
    Text("Чекене наркы, сом", "Розничная стоимость, сом", "Retail, som"),
    Text("Фонддун үлүшү, сом", "Доля Фонда, сом", "Fund's share, som"),
    Text("Пациенттин үлүшү, сом", "Доля пациента, сом", "Patient's share, som"),
)
_DIFFERENCE_HEADINGS: Final = (
    Text("Чектин номери", "Номер чека", "Receipt"),
    Text("Агент, сом", "Агент, сом", "Agent, som"),
    Text("Шлюз, сом", "Шлюз, сом", "Gateway, som"),
    Text("Фонд, сом", "Фонд, сом", "Fund, som"),
    Text("Эмне кылуу керек", "Что делать", "What to do"),
    Text("Шлюздагы номери", "Номер в шлюзе", "Gateway id"),
)
_DAY_TITLE: Final = Text("Күндүн жыйынтыгы", "Итог дня", "Day's end")
_SALES_TITLE: Final = Text("Сатуулар", "Продажи", "Sales")
_AGENT: Final = Text("Агент", "Агент", "Agent")
_GATEWAY: Final = Text("Шлюз", "Шлюз", "Gateway")
_FUND: Final = Text("Фонд", "Фонд", "Fund")
_PHARMACY: Final = Text("Дарыкана", "Аптека", "Pharmacy")
_CHECKED: Final = Text("Текшерилди (Бишкек)", "Проверено (Бишкек)", "Checked (Bishkek)")
_BALANCED: Final = Text("Айырма жок", "Расхождений нет", "No differences")
_UNREACHED: Final = Text("байланыш жок", "нет связи", "no line")
_SALE: Final = Text("сатуу", "продажа", "sale")
_REVERSAL: Final = Text("кайтаруу", "возврат", "reversal")
_STATES: Final[Mapping[SaleState, Text]] = {
    SaleState.WAITING: Text("күтүүдө", "ожидает", "waiting"),
    SaleState.RECORDED: Text("жазылды", "записана", "recorded"),
    SaleState.REFUSED: Text("баш тартылды", "отказ", "refused"),
}
_FUND_STATES: Final[Mapping[FundState, Text]] = {
    FundState.UNDER_WAY: Text("жолдо", "в пути", "under way"),
    FundState.TAKEN: Text("кабыл алынды", "принято", "taken"),
    FundState.REFUSED: Text("баш тартылды", "отказ", "refused"),
}


def as_csv(sales: Iterable[Sale], language: str) -> bytes:
    """The sales and reversals of a day, in UTF-8 with a mark that spreadsheets know.

    Sums are ``540.00``, instants ``2026-01-31 18:05:00`` by the clock of Bishkek. A text that a spreadsheet would run
    as a formula begins with an apostrophe.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([heading.of(language) for heading in _SALE_HEADINGS])
    writer.writerows([_plain(cell) for cell in _sale_row(sale, language)] for sale in _in_order(sales))
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(day: Day, sales: Iterable[Sale], pharmacy: str, language: str) -> bytes:
    """A workbook of two sheets: the day's end and the sales. Sums are numbers, texts are never formulas."""
    from openpyxl import Workbook  # noqa: PLC0415 - slow to import and heavy, needed for this alone

    book = Workbook(write_only=True)
    _fill(book, _DAY_TITLE.of(language), _day_rows(day, pharmacy, language))
    headings = [heading.of(language) for heading in _SALE_HEADINGS]
    _fill(book, _SALES_TITLE.of(language), [headings, *(_sale_row(sale, language) for sale in _in_order(sales))])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _in_order(sales: Iterable[Sale]) -> list[Sale]:
    return sorted(sales, key=lambda sale: sale.sequence)


def _sale_row(sale: Sale, language: str) -> Sequence[_Cell]:
    return (
        sale.sequence,
        _bishkek(sale.at),
        (_SALE if sale.reversal_of is None else _REVERSAL).of(language),
        _STATES[sale.state].of(language),
        sale.receipt_number,
        sale.medicine.code,
        sale.medicine.trade_name,
        sale.units,
        sale.pack_price,
        sale.retail,
        sale.compensation,
        sale.patient,
        sale.receipt_amount,
        sale.pharmacist,
        None if sale.dispense is None else str(sale.dispense),
        None if sale.fund is None else _FUND_STATES[sale.fund].of(language),
        sale.fund_record,
    )


def _day_rows(day: Day, pharmacy: str, language: str) -> Iterable[Sequence[_Cell]]:
    yield _DAY_TITLE.of(language), day.day
    yield _PHARMACY.of(language), pharmacy
    yield _CHECKED.of(language), _bishkek(day.checked_at)
    yield ()
    yield [heading.of(language) for heading in _COLUMN_HEADINGS]
    for name, column in ((_AGENT, day.agent), (_GATEWAY, day.gateway), (_FUND, day.fund)):
        yield _column_row(name, column, language)
    yield ()
    if day.balanced:
        yield (_BALANCED.of(language),)
    if day.differences:
        yield [heading.of(language) for heading in _DIFFERENCE_HEADINGS]
        yield from map(_difference_row, day.differences)


def _column_row(name: Text, column: DayColumn | None, language: str) -> Sequence[_Cell]:
    if column is None:
        return name.of(language), _UNREACHED.of(language)
    sums = column.retail, column.compensation, column.patient
    return name.of(language), column.sales, column.reversals, *sums


def _difference_row(one: DayDifference) -> Sequence[_Cell]:
    dispense = None if one.dispense is None else str(one.dispense)
    return one.receipt_number, one.agent, one.gateway, one.fund, one.message, dispense


def _bishkek(instant: datetime) -> datetime:
    """By the clock of Bishkek, to the second and without an offset, which spreadsheets do not know."""
    return instant.astimezone(BISHKEK).replace(tzinfo=None, microsecond=0)


def _plain(cell: _Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith((*_FORMULA_SIGNS, "'")) else cell
    return f"{cell:.2f}" if isinstance(cell, Decimal) else str(cell)


def _fill(book: Any, title: str, rows: Iterable[Sequence[_Cell]]) -> None:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

    sheet = book.create_sheet(title)
    for number in range(1, len(_SALE_HEADINGS) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = _WIDTH

    def cell(value: _Cell) -> Any:
        made: Any = WriteOnlyCell(sheet)
        made.value = value
        if isinstance(value, str):
            made.data_type = "s"
        elif isinstance(value, Decimal):
            made.number_format = _SUM_FORMAT
        return made

    for row in rows:
        sheet.append([cell(value) for value in row])
