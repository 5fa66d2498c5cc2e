"""The slip as PDF: one page 80 mm wide and as long as it needs. The same slip always comes to the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Final
from xml.sax.saxutils import escape

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor, black
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, HRFlowable, Paragraph, Spacer, Table

from kopuro_pos.agent.slips.slip import Line, Slip, Weight

_REGULAR: Final = "DejaVuSans"
_BOLD: Final = "DejaVuSans-Bold"
"""DejaVu has the Kyrgyz letters Ө, Ү and Ң; its licence lies beside it."""
_FONTS: Final = Path(__file__).parent / "fonts"

_PAPER: Final = 80 * mm
_MARGIN: Final = 4 * mm
_WIDTH: Final = _PAPER - 2 * _MARGIN
_LABELS: Final = 36 * mm
_QR: Final = 28 * mm
_RED: Final = HexColor(0xB00020)
_GREY: Final = HexColor(0x333333)

_TITLE: Final = ParagraphStyle("title", fontName=_BOLD, fontSize=12, leading=15, alignment=TA_CENTER)
_PHARMACY: Final = ParagraphStyle("pharmacy", fontName=_REGULAR, fontSize=9, leading=11.5, alignment=TA_CENTER)
_COPY: Final = ParagraphStyle(
    "copy", fontName=_BOLD, fontSize=11, leading=13, alignment=TA_CENTER,
    borderColor=black, borderWidth=1.2, borderPadding=3, leftIndent=4, rightIndent=4,
)  # fmt: skip
_ALARM: Final = ParagraphStyle("alarm", parent=_COPY, fontSize=9, leading=11.5, textColor=_RED, borderColor=_RED)
_FOOT: Final = ParagraphStyle("foot", fontName=_REGULAR, fontSize=7, leading=9, alignment=TA_CENTER)
_LABEL: Final = ParagraphStyle("label", fontName=_REGULAR, fontSize=8.5, leading=11, textColor=_GREY)
_STYLES: Final = {
    Weight.PLAIN: ParagraphStyle("plain", fontName=_REGULAR, fontSize=8.5, leading=11, alignment=TA_RIGHT),
    Weight.MOST: ParagraphStyle("most", fontName=_BOLD, fontSize=12, leading=16, alignment=TA_RIGHT),
    Weight.CODE: ParagraphStyle("code", fontName=_REGULAR, fontSize=7.5, leading=10, alignment=TA_RIGHT),
}  # fmt: skip
_MOST_LABEL: Final = ParagraphStyle("most-label", fontName=_BOLD, fontSize=8, leading=16)
_PLAIN: Final = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 0),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
]


def as_pdf(slip: Slip) -> bytes:
    """The slip drawn; its page is cut to its length."""
    _make_faces_known()
    flowables = list(_flowables(slip))
    buffer = BytesIO()
    canvas = Canvas(buffer, invariant=True, lang=slip.language)
    height = sum(_height(one, canvas) for one in flowables)
    y = height + _MARGIN
    canvas.setPageSize((_PAPER, height + 2 * _MARGIN))
    canvas.setTitle(slip.title)
    canvas.setAuthor(slip.pharmacy)
    for flowable in flowables:
        y -= _height(flowable, canvas)
        flowable.drawOn(canvas, _MARGIN, y)
    canvas.save()
    return buffer.getvalue()


_REGISTERING: Final = Lock()


def _make_faces_known() -> None:
    """A face registered anew while another thread draws with it would change what that one draws."""
    with _REGISTERING:
        _register_fonts()


@cache
def _register_fonts() -> None:
    for name in (_REGULAR, _BOLD):
        pdfmetrics.registerFont(TTFont(name, _FONTS / f"{name}.ttf"))
    pdfmetrics.registerFontFamily(_REGULAR, normal=_REGULAR, bold=_BOLD, italic=_REGULAR, boldItalic=_BOLD)


def _height(flowable: Flowable, canvas: Canvas) -> float:
    return flowable.wrapOn(canvas, _WIDTH, 10_000)[1]


def _flowables(slip: Slip) -> Iterator[Flowable]:
    yield Paragraph(escape(slip.title), _TITLE)
    yield Paragraph(escape(slip.pharmacy), _PHARMACY)
    for text, style in ((slip.copy, _COPY), (slip.alarm, _ALARM)):
        if text is not None:
            yield Spacer(0, 2.5 * mm)
            yield Paragraph(escape(text), style)
            yield Spacer(0, 1.5 * mm)
    for block in slip.blocks:
        yield Spacer(0, 1.5 * mm)
        yield HRFlowable(width="100%", thickness=0.6, color=black, dash=(2, 1.5), spaceBefore=0, spaceAfter=0)
        yield Spacer(0, 1.2 * mm)
        yield from map(_row, block)
    if slip.code is not None:
        yield Table([[_qr(slip.code)]], colWidths=[_WIDTH], style=[*_PLAIN, ("ALIGN", (0, 0), (-1, -1), "CENTER")])
    yield Spacer(0, 1 * mm)
    yield Paragraph(escape(slip.foot), _FOOT)


def _row(line: Line) -> Flowable:
    """A label and its text beside it; a long id stands below, on the whole width."""
    label = Paragraph(escape(line.label), _MOST_LABEL if line.weight is Weight.MOST else _LABEL)
    text = Paragraph(escape(line.text), _STYLES[line.weight])
    if line.weight is Weight.CODE:
        return Table([[label], [text]], colWidths=[_WIDTH], style=_PLAIN)
    return Table([[label, text]], colWidths=[_LABELS, _WIDTH - _LABELS], style=_PLAIN)


def _qr(text: str) -> Drawing:
    drawing = Drawing(_QR, _QR)
    drawing.add(QrCodeWidget(text, barLevel="M", barBorder=4, barWidth=_QR, barHeight=_QR))
    return drawing
