"""Reports and acts as PDF, XLSX and CSV."""

from __future__ import annotations

import csv
import io
import re
import zlib
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from gateway.documents import tables_pdf
from gateway.documents.act import ActContent, EntryContent, act_document
from gateway.documents.report import ReportContent, report_document
from gateway.documents.tables import Column, Kind, SignatureBlock, TableDocument, shown
from gateway.documents.tables_files import as_csv, as_xlsx
from gateway.documents.tables_pdf import as_pdf
from gateway.rules.settlement.model import EntryKind
from gateway.rules.settlement.reports import Line, Tally
from schemas.errors import Language
from schemas.settlement.terms import SignerRole, Source

JANUARY = date(2026, 1, 1)


def line(number: int, **changes) -> Line:
    given_line = {
        "dispense": UUID(int=number << 80),
        "reversal_of": None,
        "sold_on": JANUARY + timedelta(days=number % 31),
        "number_ending": f"{number % 10_000:04d}",
        "medicine": "ENA-10-30",
        "reference_version": 1,
        "units": 60,
        "compensated_units": 60,
        "retail": 90_000,
        "patient": 54_000,
        "compensation": 36_000,
        "settled": 36_000,
        "outside_contract": False,
    }
    return Line(**(given_line | changes))


def report(lines: list[Line], language: Language = Language.KY) -> TableDocument:
    tally = Tally("700001", JANUARY)
    for one in lines:
        tally.add(one)
    content = ReportContent(
        pharmacy="700001",
        pharmacy_name="«ӨҮҢ» дарыканасы",
        month=JANUARY,
        formed="01.02.2026 01:00",
        lines=lines,
        totals=tally.totals(),
        digest=tally.digest(),
    )
    return report_document(content, lambda code, version: f"Жаңы дары {code} {version}", language)


def act(language: Language = Language.KY, **changes) -> TableDocument:
    content = {
        "number": "700001-2026-01",
        "pharmacy": "700001",
        "pharmacy_name": None,
        "month": JANUARY,
        "drawn": "03.02.2026 12:00",
        "lines": 2,
        "settled": 72_000,
        "entries": [
            EntryContent(
                kind=kind,
                dispense=UUID(int=kind),
                amount=-36_000,
                source=Source.SURVEY if kind is EntryKind.NOT_COMPENSABLE else None,
                document_number=None,
                document_date=None,
            )
            for kind in EntryKind
            if kind is not EntryKind.PRESCRIBER_RECOVERY
        ],
        "total": -144_000,
        "report_digest": bytes(32),
        "digest": bytes(32),
        "signatures": {SignerRole.PHARMACY_HEAD: (UUID(int=1), "03.02.2026 12:10")},
        "paid": None,
    }
    return act_document(ActContent(**(content | changes)), language)


class Page:
    """What is drawn on one page."""

    def __init__(self) -> None:
        self.texts: list[tuple[float, float, str]] = []


class Paper(Canvas):
    """A canvas that remembers its texts, page by page."""

    made: Paper

    def __init__(self, *given, **named) -> None:
        Paper.made = self
        self.pages = [Page()]
        super().__init__(*given, **named)

    def drawString(self, x, y, text, *given, **named):  # noqa: N802 - the library calls it so
        self.pages[-1].texts.append((x, y, text))
        super().drawString(x, y, text, *given, **named)

    def drawRightString(self, x, y, text, *given, **named):  # noqa: N802 - as above
        self.pages[-1].texts.append((x, y, text))
        super().drawRightString(x, y, text, *given, **named)

    def showPage(self):  # noqa: N802 - as above
        self.pages.append(Page())
        super().showPage()


@pytest.fixture
def draw(monkeypatch: pytest.MonkeyPatch):
    """Draw a document; gives the texts of each page."""
    monkeypatch.setattr(tables_pdf, "Canvas", Paper)

    def drawn(document: TableDocument) -> list[list[tuple[float, float, str]]]:
        as_pdf(document)
        return [page.texts for page in Paper.made.pages if page.texts]

    return drawn


@pytest.mark.parametrize("language", [Language.KY, Language.RU])
def test_the_same_document_has_the_same_bytes(language: Language):
    document = report([line(number) for number in range(80)], language)
    assert as_pdf(document) == as_pdf(document)
    assert as_pdf(act(language)) == as_pdf(act(language))


@pytest.mark.parametrize("count", [0, 1, 35, 36, 37, 38, 39, 80, 81, 82, 83, 84, 200])
def test_pages_have_headings_numbers_and_all_lines(draw, count: int):
    lines = [line(number) for number in range(count)]
    pages = draw(report(lines))
    texts = [[text for _, _, text in page] for page in pages]

    assert [page[-2] for page in texts] == [f"бет {number} / {len(pages)}" for number in range(1, len(pages) + 1)]
    with_lines = [page for page in texts if any(text.startswith("…") for text in page)]
    assert all("Дары берүүнүн белгиси" in page for page in with_lines)
    shown_lines = [text for page in texts for text in page if re.fullmatch(r"[0-9a-f-]{36}", text)]
    assert shown_lines == [str(one.dispense) for one in lines]
    assert texts[-1].count("Жыйынтык") == 1 or texts[-2].count("Жыйынтык") == 1


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 120), st.integers(0, 3), st.integers(0, 2))
def test_nothing_is_drawn_below_the_margin(count: int, notes: int, signatures: int):
    document = TableDocument(
        title="Өтүнмө",
        facts=(),
        columns=[Column("Күнү", Kind.DAY, 60), Column("Аты", Kind.TEXT, 40)],
        rows=[(JANUARY, "узун аталыш " * 9)] * count,
        totals=(None, "Жыйынтык"),
        notes=["Эскертүү"] * notes,
        signatures=[SignatureBlock("Жетекчи")] * signatures,
        page="бет",
    )
    kept, tables_pdf.Canvas = tables_pdf.Canvas, Paper
    try:
        as_pdf(document)
    finally:
        tables_pdf.Canvas = kept
    pages = [page for page in Paper.made.pages if page.texts]
    assert min(y for page in pages for _, y, _ in page.texts) >= 36.0
    assert pages[-1].texts[-2][2] == f"бет {len(pages)} / {len(pages)}"
    assert not [text for page in pages for _, _, text in page.texts if text.startswith("узун") and len(text) > 20]


def test_the_letters_of_kyrgyz_are_in_the_font_of_the_file():
    pdf = as_pdf(report([line(1)]))
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    maps = b"".join(_inflated(stream) for stream in streams if b"beginbfchar" in _inflated(stream))
    for letter in "ӨөҮүң":
        assert f"{ord(letter):04X}".encode() in maps.upper()


def _inflated(stream: bytes) -> bytes:
    import base64  # noqa: PLC0415 - only here

    try:
        return zlib.decompress(base64.a85decode(stream.strip().removesuffix(b"~>")))
    except (ValueError, zlib.error):
        try:
            return zlib.decompress(stream)
        except zlib.error:
            return stream


@pytest.mark.parametrize("language", [Language.KY, Language.RU])
def test_a_workbook_has_sums_days_and_no_formulas(language: Language):
    document = report([line(1), line(2, reversal_of=UUID(int=9), settled=-36_000)], language)
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(document))).active
    rows = list(sheet.iter_rows())
    (heading,) = [row for row in rows if row[0].value == "№"]
    first = rows[rows.index(heading) + 1]
    assert [cell.value for cell in heading] == [column.heading for column in document.columns]
    assert (first[1].value.date(), first[10].value, first[10].number_format) == (date(2026, 1, 2), 360, "#,##0.00")
    assert not [cell for row in rows for cell in row if cell.data_type == "f"]


def test_texts_of_people_are_never_formulas():
    entry = EntryContent(
        kind=EntryKind.CLAWBACK,
        dispense=UUID(int=1),
        amount=-1,
        source=None,
        document_number="=HYPERLINK(1)",
        document_date=JANUARY,
    )
    document = act(entries=[entry])
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(document))).active
    assert [cell.data_type for row in sheet.iter_rows() for cell in row if cell.value == "=HYPERLINK(1)"] == ["s"]
    rows = list(csv.reader(io.StringIO(as_csv(document).decode("utf-8-sig"))))
    assert rows[2][3:] == ["'=HYPERLINK(1)", "2026-01-01", "-0.01"]


def test_an_act_shows_its_grounds_signatures_and_payment(draw):
    (page,) = draw(act(paid=("ПП-7", "05.02.2026 10:00")))
    texts = [text for _, _, text in page]
    assert texts[0] == "№ 700001-2026-01 өз ара эсептешүү актысы"
    assert "Орду толтурулбайт (46-пункт): пациентти сурамжылоо" in texts
    assert "Төлөндү: ПП-7, 05.02.2026 10:00" in texts
    assert "−1\u00a0440.00" in texts
    assert len([text for text in texts if text.startswith("ЕСИ аркылуу кол коюлду")]) == 1
    assert {"Дарыкананын жетекчиси", "Дарыкананын башкы бухгалтери"} <= set(texts)


@pytest.mark.clause("53")
def test_clause_53_a_line_outside_the_contract_asks_for_nothing():
    document = report([line(1, outside_contract=True), line(2)])
    assert [row[10] for row in document.rows] == [Decimal("0.00"), Decimal("360.00")]
    assert document.totals[10] == Decimal("360.00")
    assert document.rows[0][11] == "53-пункт"
    assert document.notes == ["Келишимден тышкары сатылганы алынып салынды (53-пункт): −360.00 сом"]


def test_documents_hold_of_the_patient_four_digits_only():
    document = report([line(123_456)])
    assert document.rows[0][3] == "…3456"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (Decimal("1234567.5"), "1\u00a0234\u00a0567.50"),
        (Decimal("-0.01"), "−0.01"),
        (date(2026, 1, 2), "02.01.2026"),
        (7, "7"),
    ],
)
def test_cells_as_people_read_them(cell, text: str):
    assert shown(cell) == text
