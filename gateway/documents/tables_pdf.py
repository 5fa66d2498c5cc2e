"""Tables on paper: A4 across, one line a row, headings on every page. The same document always has the same bytes.

Rows are drawn one by one on the page, not laid out: a report of a hundred thousand lines takes memory for its pages,
and no more time than its letters need.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from gateway.documents.fonts import BOLD, REGULAR, register_fonts
from gateway.documents.tables import Column, Kind, SignatureBlock, TableDocument, shown

_WIDTH, _HEIGHT = landscape(A4)
_MARGIN: Final = 36.0
_TOP: Final = _HEIGHT - _MARGIN
_BOTTOM: Final = _MARGIN + 14
"""Below it there is only the page number."""
_PADDING: Final = 2.5

_TITLE_SIZE: Final = 13.0
_FACT_SIZE: Final = 8.5
_CELL_SIZE: Final = 6.5
_FACT_HEIGHT: Final = 12.0
_LABEL_WIDTH: Final = 200.0
_ROW_HEIGHT: Final = 11.0
_HEAD_LINES: Final = 2
_HEAD_HEIGHT: Final = _HEAD_LINES * 8.0 + 5
_SIGNATURE_HEIGHT: Final = 44.0
_ELLIPSIS: Final = "…"


def as_pdf(document: TableDocument) -> bytes:
    """The document as PDF."""
    register_fonts()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(_WIDTH, _HEIGHT), invariant=1)
    canvas.setTitle(document.title)
    _Pages(canvas, document).draw()
    canvas.save()
    return buffer.getvalue()


class _Pages:
    """Draws a document from top to bottom; ``y`` is where the next thing begins."""

    def __init__(self, canvas: Canvas, document: TableDocument) -> None:
        self._canvas = canvas
        self._document = document
        self._number = 1
        self._count = _pages_of(document)
        self._y = _TOP

    def draw(self) -> None:
        """All pages."""
        self._draw_title()
        self._draw_head()
        for row in self._document.rows:
            self._need(_ROW_HEIGHT)
            self._draw_row([shown(cell) for cell in row], REGULAR)
        self._need(_ROW_HEIGHT)
        self._canvas.line(_MARGIN, self._y, _WIDTH - _MARGIN, self._y)
        self._draw_row([shown(cell) for cell in self._document.totals], BOLD)
        if self._y - _closing_height(self._document) < _BOTTOM:
            self._turn(with_head=False)
        self._draw_closing()
        self._draw_number()

    def _draw_title(self) -> None:
        self._canvas.setFont(BOLD, _TITLE_SIZE)
        self._canvas.drawString(_MARGIN, self._y - _TITLE_SIZE, self._document.title)
        self._y -= _TITLE_SIZE + 8
        room = _WIDTH - 2 * _MARGIN - _LABEL_WIDTH
        for label, value in self._document.facts:
            self._canvas.setFont(REGULAR, _FACT_SIZE)
            self._canvas.drawString(_MARGIN, self._y - _FACT_SIZE, f"{label}:")
            self._canvas.setFont(BOLD, _FACT_SIZE)
            room = _WIDTH - 2 * _MARGIN - _LABEL_WIDTH
            self._canvas.drawString(
                _MARGIN + _LABEL_WIDTH, self._y - _FACT_SIZE, _fitted(value, BOLD, _FACT_SIZE, room)
            )
            self._y -= _FACT_HEIGHT
        self._y -= 4

    def _draw_head(self) -> None:
        self._canvas.setFillGray(0.92)
        self._canvas.rect(_MARGIN, self._y - _HEAD_HEIGHT, _WIDTH - 2 * _MARGIN, _HEAD_HEIGHT, stroke=0, fill=1)
        self._canvas.setFillGray(0)
        self._canvas.setFont(BOLD, _CELL_SIZE)
        x = _MARGIN
        for column in self._document.columns:
            for number, line in enumerate(_broken(column)):
                self._draw_cell(column, x, self._y - 8 * (number + 1), line)
            x += column.width
        self._y -= _HEAD_HEIGHT
        self._canvas.setLineWidth(0.4)
        self._canvas.line(_MARGIN, self._y, _WIDTH - _MARGIN, self._y)

    def _draw_row(self, cells: Sequence[str], font: str) -> None:
        self._canvas.setFont(font, _CELL_SIZE)
        x = _MARGIN
        for column, cell in zip(self._document.columns, cells, strict=True):
            if cell:
                fitted = cell
                if column.kind is Kind.TEXT:
                    fitted = _fitted(cell, font, _CELL_SIZE, column.width - 2 * _PADDING)
                self._draw_cell(column, x, self._y - 8, fitted)
            x += column.width
        self._y -= _ROW_HEIGHT

    def _draw_cell(self, column: Column, x: float, y: float, cell: str) -> None:
        if column.kind in {Kind.SUM, Kind.COUNT}:
            self._canvas.drawRightString(x + column.width - _PADDING, y, cell)
        else:
            self._canvas.drawString(x + _PADDING, y, cell)

    def _draw_closing(self) -> None:
        self._y -= 8
        self._canvas.setFont(REGULAR, _FACT_SIZE)
        for note in self._document.notes:
            self._canvas.drawString(_MARGIN, self._y - _FACT_SIZE, note)
            self._y -= _FACT_HEIGHT
        self._y -= 8
        for block in self._document.signatures:
            self._draw_signature(block)

    def _draw_signature(self, block: SignatureBlock) -> None:
        self._canvas.setFont(REGULAR, _FACT_SIZE)
        base = self._y - _SIGNATURE_HEIGHT / 2
        self._canvas.drawString(_MARGIN, base, block.office)
        self._canvas.line(_MARGIN + 220, base - 2, _WIDTH - _MARGIN, base - 2)
        if block.signed is not None:
            self._canvas.drawString(_MARGIN + 224, base + 1, block.signed)
        self._y -= _SIGNATURE_HEIGHT

    def _draw_number(self) -> None:
        self._canvas.setFont(REGULAR, _CELL_SIZE)
        page = f"{self._document.page} {self._number} / {self._count}"
        self._canvas.drawRightString(_WIDTH - _MARGIN, _MARGIN, page)
        self._canvas.drawString(_MARGIN, _MARGIN, self._document.title)

    def _need(self, height: float) -> None:
        if self._y - height < _BOTTOM:
            self._turn(with_head=True)

    def _turn(self, *, with_head: bool) -> None:
        self._draw_number()
        self._canvas.showPage()
        self._number += 1
        self._y = _TOP
        if with_head:
            self._draw_head()


def _pages_of(document: TableDocument) -> int:
    """How many pages it will have; rows and headings all have one height."""
    y = _TOP - (_TITLE_SIZE + 8 + len(document.facts) * _FACT_HEIGHT + 4) - _HEAD_HEIGHT
    pages, left = 1, len(document.rows) + 1
    while left > (room := max(0, int((y - _BOTTOM) // _ROW_HEIGHT))):
        left -= room
        pages += 1
        y = _TOP - _HEAD_HEIGHT
    if y - left * _ROW_HEIGHT - _closing_height(document) < _BOTTOM:
        pages += 1
    return pages


def _closing_height(document: TableDocument) -> float:
    return 16 + len(document.notes) * _FACT_HEIGHT + len(document.signatures) * _SIGNATURE_HEIGHT


def _broken(column: Column) -> list[str]:
    """A heading over as many lines as the head has."""
    room = column.width - 2 * _PADDING
    lines: list[str] = []
    for word in column.heading.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and stringWidth(longer, BOLD, _CELL_SIZE) <= room:
            lines[-1] = longer
        elif len(lines) < _HEAD_LINES:
            lines.append(word)
        else:
            lines[-1] = longer
    return [_fitted(line, BOLD, _CELL_SIZE, room) for line in lines]


def _fitted(text: str, font: str, size: float, room: float) -> str:
    """The text, or as much of it as there is room for."""
    if stringWidth(text, font, size) <= room:
        return text
    kept = text
    while kept and stringWidth(kept + _ELLIPSIS, font, size) > room:
        kept = kept[:-1]
    return kept + _ELLIPSIS
