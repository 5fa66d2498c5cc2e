"""The chart of prices: a picture that reads well, says the same in words, and is the same each time."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.documents.chart import ChartPoint, ChartPrices, price_chart
from schemas.errors import Language

NS = {"s": "http://www.w3.org/2000/svg"}
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def point(month: int, *prices: str) -> ChartPoint:
    return ChartPoint(date(2025, month, 1), ChartPrices(*map(Fraction, prices)) if prices else None)


POINTS = (point(1, "10", "12.345", "20"), point(2, "11", "13", "21"), point(3), point(4, "9", "12", "12"))


def read(picture: bytes) -> etree._Element:
    return etree.fromstring(picture, PARSER)


def words(picture: bytes) -> list[str]:
    return read(picture).xpath("//s:text/text()", namespaces=NS)


@pytest.mark.clause("56")
@pytest.mark.parametrize(
    ("language", "title", "sentence", "gap"),
    [
        (Language.KY, "бирдиктин баасы", "2025-01: эң төмөнкү 10.00, ортоңку 12.35, эң жогорку 20.00.", "сатуу жок"),
        (Language.RU, "цена единицы", "2025-01: наименьшая 10.00, медиана 12.35, наибольшая 20.00.", "продаж нет"),
        (Language.EN, "price of a unit", "2025-01: smallest 10.00, median 12.35, largest 20.00.", "no sales"),
    ],
)
def test_clause_56_the_chart_says_in_words_what_it_shows(language: Language, title: str, sentence: str, gap: str):
    picture = read(price_chart("enalapril", POINTS, language))
    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby") == "title desc"
    (named,) = picture.xpath("s:title[@id='title']/text()", namespaces=NS)
    (said,) = picture.xpath("s:desc[@id='desc']/text()", namespaces=NS)
    assert named.startswith(f"enalapril: {title}")
    assert "2025-01 – 2025-04" in named
    assert said.startswith(sentence)
    assert gap in said


@pytest.mark.clause("56")
def test_clause_56_the_kyrgyz_letters_are_letters_in_fonts_that_have_them():
    picture = price_chart("Өңүгүү Ө Ү Ң", POINTS, Language.KY)
    assert any("Өңүгүү Ө Ү Ң" in text for text in words(picture))
    assert any("эң төмөнкүдөн эң жогоркуга чейин" in text for text in words(picture))
    assert set(re.findall(rb"font-family: ([^;]*);", picture)) == {
        b"'DejaVu Sans', 'Noto Sans', Arial, sans-serif",
    }


def test_the_same_points_give_the_same_bytes():
    assert price_chart("enalapril", POINTS, Language.RU) == price_chart("enalapril", POINTS, Language.RU)


def test_a_name_cannot_break_out_of_the_picture():
    picture = price_chart("</title><script>alert(1)</script>&", POINTS, Language.EN)
    assert not read(picture).xpath("//s:script", namespaces=NS)
    assert b"<script" not in picture


def test_months_without_sales_leave_a_gap():
    drawn = read(price_chart("enalapril", POINTS, Language.EN)).xpath("//s:circle", namespaces=NS)
    assert len(drawn) == 3
    nothing = price_chart("enalapril", (point(3), point(4)), Language.EN)
    assert "Nothing was sold in these months." in words(nothing)
    assert not read(nothing).xpath("//s:circle", namespaces=NS)


@given(st.lists(st.none() | st.lists(st.fractions(0, 10**6), min_size=3, max_size=3), min_size=1, max_size=36))
def test_nothing_is_drawn_beyond_the_edges(asked: list[list[Fraction] | None]):
    points = [
        ChartPoint(date(2020 + n // 12, n % 12 + 1, 1), None if one is None else ChartPrices(*sorted(one)))
        for n, one in enumerate(asked)
    ]
    picture = read(price_chart("x", points, Language.EN))
    for circle in picture.xpath("//s:circle", namespaces=NS):
        assert 76 <= float(circle.get("cx")) <= 740
        assert 56 <= float(circle.get("cy")) <= 380 - 62
    labels = [text for text in words(etree.tostring(picture)) if re.fullmatch(r"\d{4}-\d{2}", text)]
    assert 1 <= len(labels) <= 12
