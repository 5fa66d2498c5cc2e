"""The sheet that a patient is given at the patient's demand («рецепт кагаз жүзүндө», clause 15): one page A5.

It names no ПИН: number and ПИН together open the prescription at a pharmacy (clause 34), so both must not be lost with
one piece of paper. For the same reason bar code and QR code hold the number alone. The same prescription always comes
to the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from io import BytesIO
from typing import Final
from xml.sax.saxutils import escape

from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor, black
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A5
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, HRFlowable, KeepInFrame, Paragraph, Spacer, Table

from gateway.documents.contents import Sheet
from gateway.documents.fonts import BOLD, REGULAR, register_fonts
from gateway.documents.sheet_words import WORDS, SheetWords
from gateway.rules.prescription_number import display
from schemas.amounts import plain
from schemas.medicines import Medicine
from schemas.prescriptions import Prescriber

_MARGIN: Final = 11 * mm
_WIDTH: Final = A5[0] - 2 * _MARGIN
_HEIGHT: Final = A5[1] - 2 * _MARGIN
_QR: Final = 34 * mm
_LABELS: Final = 39 * mm
_GREY: Final = HexColor(0x555555)

_PROGRAMME: Final = ParagraphStyle("programme", fontName=REGULAR, fontSize=7.5, leading=9.5, textColor=_GREY)
_TITLE: Final = ParagraphStyle("title", fontName=BOLD, fontSize=14, leading=18)
_COPY: Final = ParagraphStyle(
    "copy", fontName=BOLD, fontSize=10, leading=12, alignment=TA_CENTER,
    borderColor=black, borderWidth=1, borderPadding=3, leftIndent=4, rightIndent=4,
)  # fmt: skip
_CAPTION: Final = ParagraphStyle("caption", fontName=REGULAR, fontSize=8, leading=10, textColor=_GREY)
_NUMBER: Final = ParagraphStyle("number", fontName=BOLD, fontSize=22, leading=28)
_FOOT: Final = ParagraphStyle("foot", fontName=REGULAR, fontSize=8, leading=10.5)

_SCALES: Final = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)
"""How much smaller the fields may be set."""


def draw_sheet(sheet: Sheet) -> bytes:
    """The sheet as PDF. Fields too long for the page are set smaller; nothing is left out."""
    register_fonts()
    words = WORDS[sheet.language]
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A5, invariant=True, lang=sheet.language.value)
    canvas.setTitle(f"{words.title} {display(sheet.message.number)}")
    canvas.setAuthor(words.programme)
    top = _heading(sheet, words)
    foot = _foot(words)
    room = _HEIGHT - _height(top, canvas) - _height(foot, canvas)
    _draw([*top, _fitting_fields(sheet, words, canvas, room), *foot], canvas)
    canvas.save()
    return buffer.getvalue()


def _draw(flowables: Iterable[Flowable], canvas: Canvas) -> None:
    """From the top margin downwards."""
    y = A5[1] - _MARGIN
    for flowable in flowables:
        y -= _height([flowable], canvas)
        flowable.drawOn(canvas, _MARGIN, y)


def _height(flowables: Iterable[Flowable], canvas: Canvas) -> float:
    return sum(flowable.wrapOn(canvas, _WIDTH, _HEIGHT)[1] for flowable in flowables)


def _fitting_fields(sheet: Sheet, words: SheetWords, canvas: Canvas, room: float) -> Flowable:
    """The fields in the largest letters that fit; what fits in none is shrunk as a picture is."""
    for scale in _SCALES:
        fields = _fields(sheet, words, scale)
        if _height([fields], canvas) <= room:
            return fields
    return KeepInFrame(_WIDTH, room, [_fields(sheet, words, _SCALES[-1])], mode="shrink")


def _heading(sheet: Sheet, words: SheetWords) -> list[Flowable]:
    names: list[Flowable] = [
        Paragraph(escape(words.programme), _PROGRAMME),
        Paragraph(escape(words.title), _TITLE),
    ]
    mark = [Paragraph(escape(words.copy), _COPY)] if sheet.is_copy else []
    return [
        Table([[names, mark]], colWidths=[_WIDTH - 30 * mm, 30 * mm], style=_PLAIN),
        Spacer(0, 3 * mm),
        _number(sheet.message.number, words),
        Spacer(0, 2 * mm),
        _rule(),
        Spacer(0, 2 * mm),
    ]


def _foot(words: SheetWords) -> list[Flowable]:
    lines = (Paragraph(escape(line), _FOOT) for line in words.foot)
    return [Spacer(0, 3 * mm), _rule(), Spacer(0, 2 * mm), *lines]


def _rule() -> Flowable:
    return HRFlowable(width="100%", thickness=0.7, color=black, spaceBefore=0, spaceAfter=0)


def _number(number: str, words: SheetWords) -> Flowable:
    """The number to be dictated and typed, and twice to be scanned."""
    bars = Code128(number, barHeight=11 * mm, barWidth=0.36 * mm, humanReadable=False, quiet=True, lquiet=0)
    told: list[Flowable] = [
        Paragraph(escape(words.number), _CAPTION),
        Paragraph(display(number), _NUMBER),
        Spacer(0, 2 * mm),
        bars,
    ]
    return Table([[told, _qr(number)]], colWidths=[_WIDTH - _QR, _QR], style=_PLAIN)


def _qr(number: str) -> Drawing:
    code = QrCodeWidget(number, barLevel="M", barBorder=4, barWidth=_QR, barHeight=_QR)
    drawing = Drawing(_QR, _QR)
    drawing.add(code)
    return drawing


def _fields(sheet: Sheet, words: SheetWords, scale: float) -> Flowable:
    caption = ParagraphStyle("label", fontName=REGULAR, fontSize=8 * scale, leading=12 * scale, textColor=_GREY)
    value = ParagraphStyle("value", fontName=REGULAR, fontSize=9.5 * scale, leading=12 * scale)
    strong = ParagraphStyle("strong", fontName=BOLD, fontSize=10.5 * scale, leading=13 * scale)
    cells = [
        [
            Paragraph(escape(label), caption),
            Paragraph(_marked_up(text), strong if label in words.outstanding else value),
        ]
        for label, text in _texts(sheet, words)
    ]
    return Table(cells, colWidths=[_LABELS, _WIDTH - _LABELS], style=[*_PLAIN, ("BOTTOMPADDING", (0, 0), (-1, -1), 3)])


def _texts(sheet: Sheet, words: SheetWords) -> list[tuple[str, str]]:
    message = sheet.message
    order, medicine = message.order, message.medicine
    patient = order.patient
    return [
        (words.patient, _full_name(patient.family_name, patient.given_name, patient.patronymic)),
        (words.birth_date, _day(patient.birth_date)),
        (words.medicine, f"Rp.: {_latin(medicine)}"),
        (words.form, f"{medicine.form}, {_strengths(medicine, words)}"),
        (words.dose, f"{plain(order.item.dose)} {words.units[order.item.dose_unit]}"),
        (words.count, f"N. {order.item.units}"),
        (words.course, f"{plain(message.course_dose)} {words.units[message.dose_unit]}"),
        (words.directions, f"S. {order.item.directions}"),
        (words.prescriber, _prescriber(order.prescriber, words)),
        (words.organisation, sheet.organisation_name or order.organisation),
        (words.issued_on, _day(message.issued_on)),
        (words.valid_until, _day(message.valid_until)),
    ]


_PLAIN: Final = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 0),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
]


def _marked_up(text: str) -> str:
    """Text as a paragraph takes it: nothing in it is mark-up, its lines stay lines."""
    return escape(text).replace("\n", "<br/>")


def _latin(medicine: Medicine) -> str:
    """By the international nonproprietary name, as the rules of prescriptions ask; the trade name is the patient's."""
    return " + ".join(component.inn.capitalize() for component in medicine.components)


def _strengths(medicine: Medicine, words: SheetWords) -> str:
    return " + ".join(f"{plain(one.strength)} {words.units[one.strength_unit]}" for one in medicine.components)


def _prescriber(prescriber: Prescriber, words: SheetWords) -> str:
    name = _full_name(prescriber.family_name, prescriber.given_name, prescriber.patronymic)
    return f"{name}, {words.positions[prescriber.position]}"


def _full_name(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"
