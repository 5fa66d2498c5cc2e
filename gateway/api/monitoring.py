"""``/v1/price-statistics``: the monitoring of prices (regulation on the additional drug programme, clause 56)."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Final

from aiohttp import web

from gateway.api import parameters
from gateway.api.answers import answer
from gateway.api.parameters import Parameter, Query
from gateway.documents.cells import harmless
from gateway.documents.contents import ChartPoint, ChartPrices
from gateway.middleware.context import CONTEXT
from gateway.programme.monitoring.months import MonthOfPrices, PriceMonitoring, PricePoint
from gateway.programme.monitoring.prices import By, PriceStatistics, Range
from gateway.rules.findings import Refused
from gateway.rules.money import from_tyiyn
from schemas.amounts import som
from schemas.base import INSTANT_YEARS
from schemas.errors import Language

PRICES: Final = web.AppKey("prices", PriceMonitoring)

CSV: Final = "text/csv; charset=utf-8"
SVG: Final = "image/svg+xml"
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""Content-Security-Policy of a picture: it has styles of its own and fetches nothing."""
LONGEST_COURSE: Final = 36
"""Months of one chart."""

_MONTH: Final = re.compile(r"([0-9]{4})-([0-9]{2})", re.ASCII)


def _parse_month(sent: str) -> date:
    found = _MONTH.fullmatch(sent)
    if found is None or int(found[1]) not in INSTANT_YEARS:
        raise ValueError("month")
    return date(int(found[1]), int(found[2]), 1)


def _month(name: str, description: str) -> Parameter[date]:
    return Parameter(
        name=name,
        place="query",
        description=description,
        schema={"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$", "examples": ["2026-01"]},
        expected="2026-01",
        parse=_parse_month,
        required=True,
    )


MONTH: Final = _month("month", "The month, in Bishkek.")
BY: Final = parameters.one_of("by", "What is taken together.", tuple(By), default=By.INN)
INN: Final = parameters.text("inn", "Only this international nonproprietary name.")
FORMAT: Final = parameters.one_of("format", "How it is written.", ("json", "csv"), default="json")
STATISTICS: Final = (MONTH, BY, INN, FORMAT)
CHARTED: Final = Parameter(
    name="inn",
    place="query",
    description="The international nonproprietary name.",
    schema=INN.schema,
    expected=INN.expected,
    parse=INN.parse,
    required=True,
)

FROM: Final = _month("from", "The first month.")
TO: Final = _month("to", f"The last month, at most {LONGEST_COURSE} in all.")
CHART: Final = (CHARTED, FROM, TO)


async def statistics(request: web.Request) -> web.Response:
    """``GET /v1/price-statistics``: what was asked in a month."""
    query = Query(request, STATISTICS)
    month, by, inn, form = query.get(MONTH), query.get(BY) or By.INN, query.get(INN), query.get(FORMAT)
    query.done()
    if month is None:
        raise Refused((MONTH.refusal(),))
    found = await request.app[PRICES].month(month, By(by), inn=inn)
    if form == "csv":
        name = f"prices-{month:%Y-%m}-{by}.csv"
        headers = {"Content-Type": CSV, "Content-Disposition": f'attachment; filename="{name}"'}
        return web.Response(body=as_csv(found), headers=headers)
    return answer(statistics_view(found, By(by)))


async def chart(request: web.Request) -> web.Response:
    """``GET /v1/price-statistics/chart``: how the prices of an international name went, as a picture."""
    query = Query(request, CHART)
    inn, first, last = query.get(CHARTED), query.get(FROM), query.get(TO)
    query.done()
    if inn is None or first is None or last is None:
        given = ((CHARTED, inn), (FROM, first), (TO, last))
        raise Refused(parameter.refusal() for parameter, value in given if value is None)
    if not 0 <= (last.year - first.year) * 12 + last.month - first.month < LONGEST_COURSE:
        raise Refused((TO.refusal(),))
    points = await request.app[PRICES].course(inn, first, last)
    language = request[CONTEXT].language
    picture = await asyncio.to_thread(_drawn, inn, [_charted(point) for point in points], language)
    headers = {
        "Content-Type": SVG,
        "Content-Language": language.value,
        "Vary": "Accept-Language",
        "Content-Security-Policy": POLICY,
    }
    return web.Response(body=picture, headers=headers)


def _drawn(inn: str, points: Sequence[ChartPoint], language: Language) -> bytes:
    from gateway.documents.chart import price_chart  # noqa: PLC0415 - slow to import, needed for charts only

    return price_chart(inn, points, language)


def statistics_view(found: MonthOfPrices, by: By) -> dict[str, Any]:
    """``PriceStatisticsView``."""
    return {
        "month": f"{found.month:%Y-%m}",
        "by": by,
        "dispenses": found.dispenses,
        "retail": som(from_tyiyn(found.retail)),
        "items": [_row_view(one) for one in found.items],
    }


def as_csv(found: MonthOfPrices) -> bytes:
    """CSV in UTF-8 with a mark of it and semicolons, as spreadsheets here open it with a click."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows(_table(found))
    return out.getvalue().encode("utf-8-sig")


def _table(found: MonthOfPrices) -> Iterator[tuple[str, ...]]:
    yield (
        *("month", "inn", "medicine", "trade_name", "region", "dispenses", "units"),
        *("unit_least", "unit_median", "unit_largest", "pack_least", "pack_median", "pack_largest"),
        *("above_reference", "share_above_reference"),
    )
    for one in found.items:
        cells = (
            *(f"{found.month:%Y-%m}", one.inn, one.medicine or "", one.trade_name or "", one.region or ""),
            *(str(one.dispenses), str(one.units)),
            *_range_cells(one.unit_price),
            *_range_cells(one.pack_price),
            *(str(one.above_reference), _four_digits(one.share_above_reference)),
        )
        yield tuple(harmless(cell) for cell in cells)


def _range_cells(prices: Range | None) -> tuple[str, str, str]:
    if prices is None:
        return "", "", ""
    return _som(prices.least), _som(prices.median), _som(prices.largest)


def _row_view(one: PriceStatistics) -> dict[str, Any]:
    return {
        "inn": one.inn,
        "medicine": one.medicine,
        "trade_name": one.trade_name,
        "region": one.region,
        "dispenses": one.dispenses,
        "units": one.units,
        "unit_price": _range_view(one.unit_price),
        "pack_price": None if one.pack_price is None else _range_view(one.pack_price),
        "above_reference": one.above_reference,
        "share_above_reference": _four_digits(one.share_above_reference),
    }


def _range_view(prices: Range) -> dict[str, str]:
    return {"least": _som(prices.least), "median": _som(prices.median), "largest": _som(prices.largest)}


def _som(tyiyn: Fraction) -> str:
    return _four_digits(Fraction(tyiyn, 100))


def _four_digits(value: Fraction) -> str:
    """A number that is not below zero, with four digits after the point, rounded half up."""
    whole, digits = divmod(int(value * 10_000 + Fraction(1, 2)), 10_000)
    return f"{whole}.{digits:04d}"


def _charted(point: PricePoint) -> ChartPoint:
    if point.prices is None:
        return ChartPoint(point.month, None)
    least, median, largest = (
        Fraction(price, 100) for price in (point.prices.least, point.prices.median, point.prices.largest)
    )
    return ChartPoint(point.month, ChartPrices(least, median, largest))
