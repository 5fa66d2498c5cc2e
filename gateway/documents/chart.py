"""The chart of prices: how the unit prices of an international name went, month by month, as an SVG picture.

It says the same in words, for those who do not see it. The same points give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from io import StringIO
from itertools import groupby
from typing import Final, Literal

from reportlab.graphics import renderSVG
from reportlab.graphics.shapes import Circle, Drawing, Line, Polygon, PolyLine, String
from reportlab.lib.colors import HexColor

from gateway.documents.contents import ChartPoint, ChartPrices
from gateway.documents.fonts import REGULAR, register_fonts
from gateway.rules.money import to_som
from schemas.errors import Language
from schemas.errors.model import Text

_WIDTH: Final = 760
_HEIGHT: Final = 380
_LEFT, _RIGHT, _BOTTOM, _TOP = 76, 20, 56, 62
_LINES: Final = 5
"""Horizontal lines of the grid, the lowest at zero."""
_MOST_LABELS: Final = 12
"""Months named below the axis: more would run into each other."""

_INK: Final = HexColor(0x1F2933)
_GRID: Final = HexColor(0xD9DEE3)
_BAND: Final = HexColor(0xCFE0F5)
_MEDIAN: Final = HexColor(0x1F5FA8)

_FONTS: Final = {REGULAR: {"family": "'DejaVu Sans', 'Noto Sans', Arial, sans-serif"}}
"""SVG names fonts and does not hold them: these have the Kyrgyz letters Ө, Ү and Ң, and every system has one."""

_TITLE: Final = Text(
    "{inn}: бирдиктин баасы, сом, {first} – {last}",
    "{inn}: цена единицы, сом, {first} – {last}",
    "{inn}: price of a unit, som, {first} – {last}",
)
_MIDDLE: Final = Text("ортоңку (медиана)", "середина (медиана)", "median")
_SPREAD: Final = Text("эң төмөнкүдөн эң жогоркуга чейин", "от наименьшей до наибольшей", "from smallest to largest")
_NOTHING: Final = Text(
    "Бул айларда сатуу болгон эмес.", "В эти месяцы продаж не было.", "Nothing was sold in these months."
)
_MONTH: Final = Text(
    "{month}: эң төмөнкү {least}, ортоңку {median}, эң жогорку {largest}.",
    "{month}: наименьшая {least}, медиана {median}, наибольшая {largest}.",
    "{month}: smallest {least}, median {median}, largest {largest}.",
)
_NO_SALES: Final = Text("{month}: сатуу жок.", "{month}: продаж нет.", "{month}: no sales.")


def price_chart(inn: str, points: Sequence[ChartPoint], language: Language) -> bytes:
    """The chart as SVG in UTF-8. There is at least one point; they follow each other month by month."""
    register_fonts()
    first, last = (f"{point.month:%Y-%m}" for point in (points[0], points[-1]))
    title = _TITLE.in_language(language).format(inn=inn, first=first, last=last)
    canvas = renderSVG.SVGCanvas(
        (_WIDTH, _HEIGHT), fontHacks=_FONTS, svgAttrs={"role": "img", "aria-labelledby": "title desc"}
    )
    for name, words in (("title", title), ("desc", _in_words(points, language))):
        (element,) = canvas.doc.getElementsByTagName(name)
        element.setAttribute("id", name)
        element.firstChild.data = words
    # The types know no canvas but that of PDF.
    renderSVG.draw(_drawing(title, points, language), canvas)  # type: ignore[arg-type]
    out = StringIO()
    canvas.save(out)
    return out.getvalue().encode()


def _in_words(points: Sequence[ChartPoint], language: Language) -> str:
    return " ".join(_month_in_words(point, language) for point in points)


def _month_in_words(point: ChartPoint, language: Language) -> str:
    month, prices = f"{point.month:%Y-%m}", point.prices
    if prices is None:
        return _NO_SALES.in_language(language).format(month=month)
    return _MONTH.in_language(language).format(
        month=month, least=_som(prices.least), median=_som(prices.median), largest=_som(prices.largest)
    )


def _som(price: Fraction) -> str:
    return str(to_som(price))


def _drawing(title: str, points: Sequence[ChartPoint], language: Language) -> Drawing:
    drawing = Drawing(_WIDTH, _HEIGHT)
    top = _top_of_axis(max((point.prices.largest for point in points if point.prices), default=Fraction(1)))
    drawing.add(_text(_LEFT, _HEIGHT - 24, title, size=13))
    for shape in (*_legend(language), *_grid(top), *_months(points), *_course(points, top)):
        drawing.add(shape)
    if not any(point.prices for point in points):
        words = _NOTHING.in_language(language)
        drawing.add(_text((_WIDTH + _LEFT) // 2, _HEIGHT // 2, words, anchor="middle"))
    return drawing


def _top_of_axis(largest: Fraction) -> Fraction:
    """The smallest of 1, 2, 2.5 and 5 times a power of ten, times four lines, that is not below the largest price."""
    step = Fraction(1, 1000)
    while True:
        for factor in (Fraction(1), Fraction(2), Fraction(5, 2), Fraction(5)):
            if step * factor * (_LINES - 1) >= largest:
                return step * factor * (_LINES - 1)
        step *= 10


def _legend(language: Language) -> Iterator[Line | Polygon | String]:
    y = _HEIGHT - 46
    yield Line(_LEFT, y + 4, _LEFT + 24, y + 4, strokeColor=_MEDIAN, strokeWidth=2)
    yield _text(_LEFT + 30, y, _MIDDLE.in_language(language))
    yield _box(_LEFT + 220, y, _LEFT + 244, y + 9)
    yield _text(_LEFT + 250, y, _SPREAD.in_language(language))


def _grid(top: Fraction) -> Iterator[Line | String]:
    for line in range(_LINES):
        price = top * line / (_LINES - 1)
        y = _y(price, top)
        yield Line(_LEFT, y, _WIDTH - _RIGHT, y, strokeColor=_GRID, strokeWidth=1)
        yield _text(_LEFT - 8, y - 4, _som(price), anchor="end")


def _months(points: Sequence[ChartPoint]) -> Iterator[String]:
    every = -(-len(points) // _MOST_LABELS)
    for index in range(0, len(points), every):
        yield _text(_x(index, points), _BOTTOM - 20, f"{points[index].month:%Y-%m}", anchor="middle")


def _course(points: Sequence[ChartPoint], top: Fraction) -> Iterator[Polygon | PolyLine | Line | Circle]:
    """Band, line and dots of each run of months with sales: over a month without any nothing is drawn."""
    placed = [(_x(index, points), point.prices) for index, point in enumerate(points)]
    for sold, run in groupby(placed, key=lambda one: one[1] is not None):
        if sold:
            yield from _run([(x, prices) for x, prices in run if prices is not None], top)


def _run(run: Sequence[tuple[int, ChartPrices]], top: Fraction) -> Iterator[Polygon | PolyLine | Line | Circle]:
    if len(run) > 1:
        upper = [(x, _y(prices.largest, top)) for x, prices in run]
        lower = [(x, _y(prices.least, top)) for x, prices in reversed(run)]
        outline: list[float] = [coordinate for place in (*upper, *lower) for coordinate in place]
        yield Polygon(outline, fillColor=_BAND, strokeColor=None)
        middle: list[float] = [coordinate for x, prices in run for coordinate in (x, _y(prices.median, top))]
        yield PolyLine(middle, strokeColor=_MEDIAN, strokeWidth=2)
    else:
        ((x, prices),) = run
        yield Line(x, _y(prices.least, top), x, _y(prices.largest, top), strokeColor=_BAND, strokeWidth=8)
    for x, prices in run:
        yield Circle(x, _y(prices.median, top), 3, fillColor=_MEDIAN, strokeColor=None)


def _x(index: int, points: Sequence[ChartPoint]) -> int:
    """Each month has its column, and stands in the middle of it. Whole numbers: the renderer cuts those of texts."""
    width = _WIDTH - _LEFT - _RIGHT
    return _LEFT + (2 * index + 1) * width // (2 * len(points))


def _y(price: Fraction, top: Fraction) -> int:
    return _BOTTOM + round(price * (_HEIGHT - _BOTTOM - _TOP) / top)


def _box(left: int, bottom: int, right: int, top: int) -> Polygon:
    return Polygon([left, bottom, right, bottom, right, top, left, top], fillColor=_BAND, strokeColor=None)


def _text(x: int, y: int, words: str, *, size: int = 10, anchor: Literal["start", "middle", "end"] = "start") -> String:
    return String(x, y, words, fontName=REGULAR, fontSize=size, textAnchor=anchor, fillColor=_INK)
