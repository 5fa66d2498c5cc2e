"""The monthly report of a pharmacy as a document (regulation on the additional drug programme, clauses 41, 45, 51).

Of the patient it holds nothing but the last four digits of the prescription's number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from gateway.documents.tables import Cell, Column, Kind, TableDocument, shown
from gateway.rules.money import from_tyiyn
from gateway.rules.settlement.reports import Line, Totals
from schemas.errors.model import Language, Text

MedicineName = Callable[[str, int], str]
"""What a medicine is called, by its code and the version of the reference."""

_TITLE: Final = Text("Компенсация боюнча айлык отчет", "Ежемесячный отчёт о компенсации", "Monthly compensation report")
_PHARMACY: Final = Text("Дарыкана", "Аптека", "Pharmacy")
_MONTH: Final = Text("Отчеттук ай", "Отчётный месяц", "Month")
_FORMED: Final = Text("Түзүлдү (Бишкек убактысы)", "Сформирован (время Бишкека)", "Formed (Bishkek time)")
_LINES: Final = Text("Саптар, анын ичинде кечиккени", "Строк, в том числе поздних", "Lines, late ones among them")
_DIGEST: Final = Text("Мазмундун SHA-256 суммасы", "SHA-256 содержания", "SHA-256 of the content")
_OUTSIDE: Final = Text(
    "Келишимден тышкары сатылганы алынып салынды (53-пункт): {sum} сом",
    "Исключено как проданное вне договора (пункт 53): {sum} сома",
    "Left out as sold outside the contract (clause 53): {sum} som",
)
_TOTAL: Final = Text("Жыйынтык", "Итого", "Total")
PAGE: Final = Text("бет", "стр.", "page")
"""The word before page numbers."""

_COLUMNS: Final = (
    (Text("№", "№", "No."), Kind.COUNT, 30),
    (Text("Сатылган күнү", "День продажи", "Sold on"), Kind.DAY, 48),
    (Text("Дары берүүнүн белгиси", "Идентификатор отпуска", "Dispense"), Kind.TEXT, 152),
    (Text("Рецепт", "Рецепт", "Prescription"), Kind.TEXT, 40),
    (Text("Дары", "Лекарство", "Medicine"), Kind.TEXT, 128),
    (Text("Саны", "Единиц", "Units"), Kind.COUNT, 36),
    (Text("Орду толт.", "Из них возмещ.", "Compen- sated"), Kind.COUNT, 40),
    (Text("Чекене наркы", "Розничная стоимость", "Retail"), Kind.SUM, 58),
    (Text("Пациент төлөдү", "Уплатил пациент", "Patient paid"), Kind.SUM, 56),
    (Text("Компенсация", "Компенсация", "Compensation"), Kind.SUM, 58),
    (Text("Эсептешүүгө", "К расчёту", "To be settled"), Kind.SUM, 58),
    (Text("Белги", "Отметка", "Mark"), Kind.TEXT, 66),
)
_LATE: Final = Text("кечиккен", "поздняя", "late")
_REVERSAL: Final = Text("кайтаруу", "сторно", "reversal")
_OUTSIDE_MARK: Final = Text("53-пункт", "п. 53", "clause 53")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportContent:
    """What a report's document says; instants as they are shown."""

    pharmacy: str
    pharmacy_name: str | None
    month: date
    formed: str
    lines: Sequence[Line]
    totals: Totals
    digest: bytes


def report_document(content: ReportContent, medicine_name: MedicineName, language: Language) -> TableDocument:
    """The document of a formed report."""
    pharmacy = content.pharmacy if content.pharmacy_name is None else f"{content.pharmacy} {content.pharmacy_name}"
    notes = []
    if content.totals.outside_contract:
        left_out = shown(from_tyiyn(content.totals.outside_contract))
        notes.append(_OUTSIDE.in_language(language).format(sum=left_out))
    sums = (content.totals.retail, content.totals.patient, content.totals.compensation, content.totals.payable)
    return TableDocument(
        title=_TITLE.in_language(language),
        facts=(
            (_PHARMACY.in_language(language), pharmacy),
            (_MONTH.in_language(language), f"{content.month:%m.%Y}"),
            (_FORMED.in_language(language), content.formed),
            (_LINES.in_language(language), f"{content.totals.lines} ({content.totals.late_lines})"),
            (_DIGEST.in_language(language), content.digest.hex()),
        ),
        columns=[Column(heading.in_language(language), kind, width) for heading, kind, width in _COLUMNS],
        rows=[
            _row(number, line, content.month, medicine_name, language) for number, line in enumerate(content.lines, 1)
        ],
        totals=[None, None, _TOTAL.in_language(language), *[None] * 4, *map(from_tyiyn, sums), None],
        notes=notes,
        page=PAGE.in_language(language),
    )


def _row(number: int, line: Line, month: date, medicine_name: MedicineName, language: Language) -> Sequence[Cell]:
    return (
        number,
        line.sold_on,
        str(line.dispense),
        f"…{line.number_ending}",
        medicine_name(line.medicine, line.reference_version),
        line.units,
        line.compensated_units,
        from_tyiyn(line.retail),
        from_tyiyn(line.patient),
        from_tyiyn(line.compensation),
        from_tyiyn(line.payable),
        ", ".join(mark.in_language(language) for mark, holds in _marks(line, month).items() if holds),
    )


def _marks(line: Line, month: date) -> Mapping[Text, bool]:
    return {
        _LATE: line.is_late(month),
        _REVERSAL: line.reversal_of is not None,
        _OUTSIDE_MARK: line.outside_contract,
    }
