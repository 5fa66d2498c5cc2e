"""Codes of boxes, and what the national medicines database says of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.programme.ports import BoxStanding
from gateway.rules.dispensing.boxes import Box, parse
from gateway.rules.findings import Finding
from schemas.dispensing import Box as SoldBox
from schemas.errors import ErrorCode
from tests.unit.rules.dispensing.selling import circumstances, said, sale, sold

GTIN = "04600000000015"
GS = "\x1d"


def code(serial: str = "A1", *, gtin: str = GTIN, expiry: str = "280100", batch: str = "B7") -> str:
    return f"01{gtin}21{serial}{GS}17{expiry}10{batch}"


def boxes(*codes: str, units: int | None = None) -> tuple[SoldBox, ...]:
    return tuple(SoldBox(code=each, units=units) for each in codes)


def test_a_code_is_taken_apart():
    assert parse(code()) == Box(GTIN, "A1", date(2028, 1, 31), "B7")
    assert parse(f"01{GTIN}21A1") == Box(GTIN, "A1")


@pytest.mark.parametrize("prefix", ["]d2", GS, "]d2" + GS, " "])
def test_what_scanners_put_before_it_does_not_matter(prefix):
    assert parse(prefix + code()) == parse(code())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4600000000015",
        f"01{GTIN}",
        "21A1",
        "010460000000001621A1",  # wrong check digit
        code(expiry="281300"),
        code(expiry="280230"),
        code(expiry="000000"),
        "ЙЦУКЕН",
        "]d2",
        GS,
    ],
)
def test_what_is_no_code_of_a_box_is_told(text):
    assert parse(text, "$.x") == Finding(ErrorCode.BOX_CODE_INVALID, "$.x")


@given(st.text(max_size=300))
def test_no_text_makes_it_fail(text):
    assert isinstance(parse(text), Box | Finding)


@given(st.text("0123456789", min_size=13, max_size=13), st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_the_year_does_not_hang_on_the_clock(thirteen, expiry):
    check = -sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(thirteen)) % 10
    read = parse(f"01{thirteen}{check}17{expiry:%y%m%d}21S")
    assert read == Box(f"{thirteen}{check}", "S", expiry)


def test_two_whole_boxes_of_the_sold_medicine_are_fine():
    assert sold(sale(boxes=boxes(code("A1"), code("A2")))).allowed


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ((code("A1"), "?"), {ErrorCode.BOX_CODE_INVALID: "$.sale.boxes[1].code"}),
        ((code("A1"), "]d2" + code("A1")), {ErrorCode.BOX_REPEATED: "$.sale.boxes[1].code"}),
        ((code("A1"), code("A1", gtin="04600000000022")), {ErrorCode.BOX_GTIN_MISMATCH: "$.sale.boxes[1].code"}),
        ((code("A1", expiry="260114"), code("A2")), {ErrorCode.BOX_EXPIRED: "$.sale.boxes[0].code"}),
        ((code("A1"),), {ErrorCode.BOX_UNITS_MISMATCH: "$.sale.boxes"}),
    ],
)
def test_every_box_is_judged_where_it_stands(codes, expected):
    assert said(sold(sale(boxes=boxes(*codes)))) == expected


def test_all_boxes_are_judged_in_one_pass():
    found = said(sold(sale(boxes=boxes(code(expiry="250100"), "?", code()))))
    assert {ErrorCode.BOX_EXPIRED, ErrorCode.BOX_CODE_INVALID, ErrorCode.BOX_REPEATED} < set(found)


def test_units_of_boxes_sold_in_part_are_counted():
    assert sold(sale(boxes=(SoldBox(code=code("A1")), SoldBox(code=code("A2"), units=30)))).allowed
    found = said(sold(sale(boxes=(SoldBox(code=code("A1")), SoldBox(code=code("A2"), units=29)))))
    assert found == {ErrorCode.BOX_UNITS_MISMATCH: "$.sale.boxes"}


def test_a_box_can_be_sold_on_its_last_day():
    what = sale(boxes=boxes(code("A1", expiry="260115"), code("A2", expiry="260115")))
    before_midnight, midnight = (datetime(2026, 1, 15, 17, 59, 59, tzinfo=UTC), datetime(2026, 1, 15, 18, tzinfo=UTC))
    assert sold(what, facts=circumstances(now=before_midnight, sold_at=before_midnight)).allowed
    assert set(said(sold(what, facts=circumstances(now=midnight, sold_at=midnight)))) == {ErrorCode.BOX_EXPIRED}


SOUND = BoxStanding(
    gtin=GTIN,
    for_sale=True,
    sold=False,
    expired=False,
    recalled=False,
    largest_retail_price=Decimal("450.00"),
    remaining_units=None,
)


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        (SOUND, set()),
        (replace(SOUND, sold=True), {ErrorCode.BOX_NOT_FOR_SALE}),
        (replace(SOUND, for_sale=False), {ErrorCode.BOX_NOT_FOR_SALE}),
        (replace(SOUND, recalled=True), {ErrorCode.BOX_NOT_FOR_SALE}),
        (replace(SOUND, remaining_units=29), {ErrorCode.BOX_NOT_FOR_SALE}),
        (replace(SOUND, remaining_units=30), set()),
        (replace(SOUND, remaining_units=0), {ErrorCode.BOX_NOT_FOR_SALE}),
        (replace(SOUND, expired=True), {ErrorCode.BOX_EXPIRED}),
        (replace(SOUND, gtin="04600000000022"), {ErrorCode.BOX_GTIN_MISMATCH}),
        (replace(SOUND, largest_retail_price=Decimal("449.99")), {ErrorCode.PRICE_ABOVE_MAX}),
        (replace(SOUND, largest_retail_price=None), set()),
    ],
)
@pytest.mark.clause("39")
def test_what_the_national_database_says_counts(standing, expected):
    first, second = code("A1"), code("A2")
    what = sale(boxes=boxes(first, second, units=30))
    assert set(said(sold(what, facts=circumstances(standings={second: standing})))) == expected


def test_a_whole_box_of_which_something_was_sold_is_not_for_sale():
    first, second = code("A1"), code("A2")
    left = replace(SOUND, remaining_units=29)
    found = said(sold(sale(boxes=boxes(first, second)), facts=circumstances(standings={first: left, second: SOUND})))
    assert found == {ErrorCode.BOX_NOT_FOR_SALE: "$.sale.boxes[0].code"}
