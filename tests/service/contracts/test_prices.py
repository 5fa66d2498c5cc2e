"""The monitoring of prices on both engines: exact, deterministic, quick; on paper and as a picture's points."""

from __future__ import annotations

import random
import statistics as plain_statistics
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.api.monitoring import as_csv
from gateway.programme.monitoring.months import PriceMonitoring, months
from gateway.programme.monitoring.prices import By, range_of
from gateway.store.grouping import Store
from schemas.medicines import Medicine
from tests.service.contracts.sales import Sale, add_version, repeated, sell
from tests.support.programme import medicine

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
# 12.00 som a tablet, 30 in a pack: above 360.00 a pack is above the reference price.
ENALAPRIL = medicine(code="ENA-10-30", trade_name="Эналаприл-Ө", reference_price="12.00", pack_size=30)
# 200.00 som a pack of 20.
OTHER = medicine(
    code="ENA-10-20",
    trade_name="=Энап",
    pack_size=20,
    reference_price="200.00",
    compensation={"per": "pack", "amount": "50.00"},
)
INHALER = medicine(
    code="SAL-1",
    components=[{"inn": "salbutamol", "strength": "1", "strength_unit": "dose"}],
    trade_name="Салбутамол",
    form_class="inhaled",
    pack_size=200,
    reference_price="2.00",
)


@pytest.fixture
async def prices(store: Store) -> PriceMonitoring:
    await add_version(store, 1, date(2025, 1, 1), [ENALAPRIL, OTHER, INHALER])
    return PriceMonitoring(store)


def sale(row: Medicine, som: int, day: date = JANUARY, **changes) -> Sale:
    return Sale(medicine=row.code, sold_on=day, pack_price=som * 100, **changes)


@pytest.mark.clause("56")
async def test_clause_56_a_month_without_sales_has_no_prices(prices: PriceMonitoring):
    found = await prices.month(JANUARY, By.INN)
    assert (found.dispenses, found.retail, found.items) == (0, 0, ())


@pytest.mark.clause("56")
async def test_clause_56_prices_of_a_product(store: Store, prices: PriceMonitoring):
    asked = (300, 361, 360, 450)
    await sell(store, [sale(ENALAPRIL, som) for som in asked])
    (row,) = (await prices.month(JANUARY, By.MEDICINE)).items
    assert (row.inn, row.medicine, row.trade_name, row.region) == ("enalapril", "ENA-10-30", "Эналаприл-Ө", None)
    assert (row.dispenses, row.units, row.above_reference) == (4, 120, 2)
    assert row.pack_price is not None
    assert (row.pack_price.least, row.pack_price.median, row.pack_price.largest) == (30000, 36050, 45000)
    assert row.unit_price.median == Fraction(36050, 30)
    assert row.share_above_reference == Fraction(1, 2)


@pytest.mark.clause("56")
async def test_clause_56_products_of_one_name_are_compared_by_the_unit(store: Store, prices: PriceMonitoring):
    await sell(store, [sale(ENALAPRIL, 300), sale(OTHER, 201, units=20), sale(INHALER, 400, units=200)])
    enalapril, salbutamol = (await prices.month(JANUARY, By.INN)).items
    assert (enalapril.inn, enalapril.medicine, enalapril.pack_price) == ("enalapril", None, None)
    assert (enalapril.unit_price.least, enalapril.unit_price.largest) == (1000, 1005)
    assert (enalapril.units, enalapril.above_reference) == (50, 1)
    assert (salbutamol.unit_price.median, salbutamol.above_reference) == (200, 0)


@pytest.mark.clause("56")
async def test_clause_56_prices_by_region(store: Store, prices: PriceMonitoring):
    await sell(store, [sale(ENALAPRIL, 300), sale(OTHER, 220), sale(ENALAPRIL, 330, region="naryn")])
    found = (await prices.month(JANUARY, By.REGION)).items
    assert [(row.inn, row.region, row.dispenses) for row in found] == [
        ("enalapril", "naryn", 1),
        ("enalapril", "osh", 2),
    ]


@pytest.mark.clause("56")
async def test_clause_56_what_was_taken_back_does_not_count(store: Store, prices: PriceMonitoring):
    await sell(store, [sale(ENALAPRIL, 300), sale(ENALAPRIL, 900, taken_back=True)])
    found = await prices.month(JANUARY, By.INN)
    assert (found.dispenses, found.retail) == (1, 30000)
    assert found.items[0].unit_price.largest == 1000


@pytest.mark.clause("56")
async def test_clause_56_a_month_is_of_bishkek_days(store: Store, prices: PriceMonitoring):
    days = (date(2025, 12, 31), JANUARY, date(2026, 1, 31), FEBRUARY)
    await sell(store, [sale(ENALAPRIL, 300 + n, day) for n, day in enumerate(days)])
    (row,) = (await prices.month(JANUARY, By.MEDICINE)).items
    assert row.pack_price is not None
    assert (row.pack_price.least, row.pack_price.largest) == (30100, 30200)


@pytest.mark.clause("56")
async def test_clause_56_each_sale_is_judged_by_the_reference_of_its_day(store: Store, prices: PriceMonitoring):
    dearer = medicine(code="ENA-10-30", trade_name="Эналаприл-Ү", reference_price="13.00", pack_size=30)
    await add_version(store, 2, date(2026, 1, 16), [dearer])
    await sell(store, [sale(ENALAPRIL, 380), sale(ENALAPRIL, 380, date(2026, 1, 20), version=2)])
    (row,) = (await prices.month(JANUARY, By.MEDICINE)).items
    assert (row.dispenses, row.above_reference) == (2, 1)


@pytest.mark.clause("56")
async def test_clause_56_the_course_of_a_name_over_months(store: Store, prices: PriceMonitoring):
    await sell(store, [sale(ENALAPRIL, 300), sale(ENALAPRIL, 360, date(2026, 3, 9)), sale(INHALER, 1, FEBRUARY)])
    points = await prices.course("  ENALAPRIL ", JANUARY, date(2026, 3, 1))
    assert [(point.month.month, point.prices and point.prices.median) for point in points] == [
        (1, 1000),
        (2, None),
        (3, 1200),
    ]


@pytest.mark.clause("56")
async def test_clause_56_the_table_opens_in_a_spreadsheet_and_runs_nothing(store: Store, prices: PriceMonitoring):
    await sell(store, [sale(OTHER, 201), *repeated(sale(ENALAPRIL, 100), 2)])
    written = as_csv(await prices.month(JANUARY, By.MEDICINE))
    assert written.startswith(b"\xef\xbb\xbf")
    heading, other, enalapril = written.decode("utf-8-sig").splitlines()
    assert heading.split(";")[:4] == ["month", "inn", "medicine", "trade_name"]
    assert other == (
        "2026-01;enalapril;ENA-10-20;'=Энап;;1;30;10.0500;10.0500;10.0500;201.0000;201.0000;201.0000;1;1.0000"
    )
    assert enalapril.startswith("2026-01;enalapril;ENA-10-30;Эналаприл-Ө;;2;60;3.3333;")


@pytest.mark.clause("56")
@given(st.dictionaries(st.integers(0, 1000), st.integers(1, 5), min_size=1), st.integers(1, 90))
def test_clause_56_the_median_is_that_of_all_sales(asked: dict[int, int], parts: int):
    each = [Fraction(price, parts) for price, times in asked.items() for _ in range(times)]
    found = range_of(asked, parts)
    assert (found.least, found.median, found.largest) == (min(each), plain_statistics.median(each), max(each))


def test_months_follow_each_other_over_the_year():
    found = months(date(2025, 11, 1), date(2026, 2, 1))
    assert [month.isoformat()[:7] for month in found] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert months(FEBRUARY, JANUARY) == ()


MANY = 20_000


@pytest.mark.clause("56")
async def test_clause_56_a_month_of_many_dispenses_is_reckoned_exactly(store: Store):
    chance = random.Random(56)  # noqa: S311 - repeatable, not secret
    rows = [medicine(code=f"M-{n}", components=[_component(n // 4)], pack_size=10 + n % 3 * 10) for n in range(60)]
    await add_version(store, 1, date(2025, 1, 1), rows)
    sales = [
        Sale(
            medicine=chance.choice(rows).code,
            sold_on=JANUARY + timedelta(days=chance.randrange(31)),
            pack_price=chance.randrange(5000, 60000, 5),
            region=chance.choice(["osh", "chui", "naryn"]),
        )
        for _ in range(MANY)
    ]
    await sell(store, sales)
    found = await PriceMonitoring(store).month(JANUARY, By.MEDICINE)
    asked: dict[str, list[int]] = defaultdict(list)
    for one in sales:
        asked[one.medicine].append(one.pack_price)
    for row in found.items:
        assert row.medicine is not None
        assert row.pack_price is not None
        assert row.pack_price.median == plain_statistics.median(Fraction(price) for price in asked[row.medicine])
    assert found.retail == sum(one.pack_price for one in sales)


def _component(n: int) -> dict[str, str]:
    return {"inn": f"substance {n}", "strength": "10", "strength_unit": "mg"}
