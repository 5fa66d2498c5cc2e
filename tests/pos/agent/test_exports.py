"""The day as CSV and XLSX: complete, in three languages, and never a formula."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from kopuro_pos.agent.contract import Day, FundState, Sale, SaleState
from kopuro_pos.agent.day.balancing import balance
from kopuro_pos.agent.day.exports import as_csv, as_xlsx
from kopuro_pos.client.models import OperationState
from tests.pos.agent.days import AT, DAY, ENALAPRIL, dispense, sale

SALES = [
    sale(2, state=SaleState.WAITING, dispense=None),
    sale(1, fund=FundState.TAKEN, fund_record="F-1"),
    sale(3, units=-30, reversal_of=UUID(int=1001), fund=FundState.UNDER_WAY),
]
LANGUAGES = ("ky", "ru", "en")


def rows_of(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def day_of(sales: list[Sale], language: str = "ru") -> Day:
    recorded = [dispense(1), dispense(3, units=-30, reversal_of=UUID(int=2001), fund=OperationState.QUEUED)]
    return balance(DAY, sales, recorded, language=language, checked_at=AT)


def sheets_of(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = load_workbook(io.BytesIO(content))
    return {sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def test_the_sales_stand_in_order_with_all_there_is_to_know() -> None:
    headings, *rows = rows_of(as_csv(SALES, "ru"))
    assert [row[0] for row in rows] == ["1", "2", "3"]
    assert dict(zip(headings, rows[0], strict=True)) == {
        "№": "1",
        "Время (Бишкек)": "2026-01-15 12:00:00",
        "Вид": "продажа",
        "Состояние": "записана",
        "Номер чека": "Ч-1",
        "Код лекарства": "ENA-10-30",
        "Торговое наименование": "Эналаприл-Ала-Тоо",
        "Единиц": "30",
        "Цена упаковки, сом": "450.00",
        "Розничная стоимость, сом": "450.00",
        "Доля Фонда, сом": "180.00",
        "Доля пациента, сом": "270.00",
        "Сумма чека, сом": "270.00",
        "Фармацевт": "Асанова А.",
        "Номер в шлюзе": str(UUID(int=2001)),
        "В Фонде": "принято",
        "Номер записи Фонда": "F-1",
    }
    assert rows[1][3] == "ожидает"
    assert rows[2][2:4] == ["возврат", "записана"]
    assert rows[2][7:12] == ["-30", "450.00", "-450.00", "-180.00", "-270.00"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_are_in_the_language(language: str) -> None:
    (headings,) = rows_of(as_csv([], language))
    others = [rows_of(as_csv([], other))[0] for other in LANGUAGES if other != language]
    assert all(headings)
    assert len(set(headings)) == len(headings)
    assert headings not in others
    day, sales = sheets_of(as_xlsx(day_of(SALES, language), SALES, "«Шипаа»", language)).values()
    assert list(sales[0]) == headings
    assert len([row for row in day if any(row)]) > 6


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", '=HYPERLINK("http://elsewhere.example")']


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_is_a_formula(text: str) -> None:
    sold = sale(receipt_number=text, pharmacist=text, medicine=ENALAPRIL.model_copy(update={"trade_name": text}))
    row = rows_of(as_csv([sold], "ru"))[1]
    assert [row[4], row[6], row[13]] == [f"'{text}"] * 3
    book = load_workbook(io.BytesIO(as_xlsx(day_of([sold]), [sold], text, "ru")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == text.strip("\t")]
    cells += [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == text]
    assert cells
    assert all(cell.data_type == "s" for cell in cells)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30))
def test_what_is_written_can_be_read_again(text: str) -> None:
    sold = sale(receipt_number=text)
    cell = rows_of(as_csv([sold], "ru"))[1][4]
    assert cell in {text, f"'{text}"}
    assert not cell.startswith(("=", "+", "-", "@"))


def test_the_workbook_holds_the_three_columns_and_the_differences() -> None:
    day, sales = sheets_of(as_xlsx(day_of(SALES), SALES, "«Шипаа»", "ru")).values()
    assert day[0][:2] == ("Итог дня", datetime.combine(DAY, datetime.min.time()))
    assert day[1][:2] == ("Аптека", "«Шипаа»")
    assert day[2][:2] == ("Проверено (Бишкек)", datetime(2026, 1, 15, 12, 0))  # noqa: DTZ001 - as spreadsheets have it
    assert day[5][:6] == ("Агент", 2, 1, 450, 180, 270)
    assert day[6][:6] == ("Шлюз", 1, 1, 0, 0, 0)
    assert day[7][:6] == ("Фонд", 1, 0, 450, 180, 270)
    told = [row for row in day[10:] if row[0]]
    assert [(row[0], row[1], row[2], row[3]) for row in told] == [("Ч-2", 180, None, None), ("Ч-3", -180, -180, None)]
    assert len(sales) == 4
    assert sales[1][9] == 450
    assert isinstance(sales[1][1], datetime)


def test_a_day_without_the_gateway_or_without_differences_says_so() -> None:
    alone = balance(DAY, SALES, None, language="ru", checked_at=AT)
    day, _ = sheets_of(as_xlsx(alone, SALES, "«Шипаа»", "ru")).values()
    assert [row[:2] for row in day[6:8]] == [("Шлюз", "нет связи"), ("Фонд", "нет связи")]
    empty = balance(DAY, [], [], language="ru", checked_at=AT)
    day, sales = sheets_of(as_xlsx(empty, [], "«Шипаа»", "ru")).values()
    assert ("Расхождений нет",) in [row[:1] for row in day]
    assert len(sales) == 1


@given(st.lists(st.decimals("-99999999.99", "99999999.99", places=2), min_size=1, max_size=20))
def test_sums_are_exact(amounts: list[Decimal]) -> None:
    sales = [sale(number, compensation=amount) for number, amount in enumerate(amounts)]
    told = [Decimal(row[10]) for row in rows_of(as_csv(sales, "ru"))[1:]]
    assert told == amounts
    assert sum(told) == sum(amounts)


def test_nothing_of_the_prescription_or_the_patient_is_in_it() -> None:
    sold = sale(display_number="6254 9874 1294", on=date(2026, 1, 15))
    text = as_csv([sold], "ru").decode()
    assert "6254" not in text
    assert str(sold.prescription) not in text
