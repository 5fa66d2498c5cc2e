"""Months, lines, tallies: what a report is made of."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.rules.days import bishkek_day
from gateway.rules.settlement.months import end_of, following, has_ended, last_day, month_of, months_between
from gateway.rules.settlement.reports import Line, Tally, Totals

days = st.dates(date(2000, 1, 1), date(2199, 11, 30))


@given(days)
def test_a_month_ends_where_the_next_begins_in_bishkek(day: date):
    month = month_of(day)
    ends = end_of(month)
    assert bishkek_day(ends) == following(month) == last_day(month) + timedelta(days=1)
    assert bishkek_day(ends - timedelta(microseconds=1)) == last_day(month)
    assert month <= day <= last_day(month)


@pytest.mark.clause("51")
@pytest.mark.parametrize(
    ("month", "end"),
    [
        (date(2026, 1, 1), datetime(2026, 1, 31, 18, tzinfo=UTC)),
        (date(2028, 2, 1), datetime(2028, 2, 29, 18, tzinfo=UTC)),
        (date(2026, 12, 1), datetime(2026, 12, 31, 18, tzinfo=UTC)),
    ],
)
def test_clause_51_the_period_ends_at_midnight_in_bishkek(month: date, end: datetime):
    assert has_ended(month, end)
    assert not has_ended(month, end - timedelta(milliseconds=1))


@given(days, st.integers(0, 40))
def test_months_between(day: date, count: int):
    first = month_of(day)
    months = [first]
    for _ in range(count):
        months.append(following(months[-1]))
    assert months_between(first, months[-1]) == months
    assert months_between(following(first), first) == []


def lines() -> st.SearchStrategy[Line]:
    sums = st.integers(-10_000_000, 10_000_000)
    return st.builds(
        Line,
        dispense=st.uuids(),
        reversal_of=st.none() | st.uuids(),
        sold_on=st.dates(date(2025, 11, 1), date(2026, 1, 31)),
        number_ending=st.just("1234"),
        medicine=st.sampled_from(["A", "B"]),
        reference_version=st.integers(1, 3),
        units=st.integers(-60, 60),
        compensated_units=st.integers(-60, 60),
        retail=sums,
        patient=sums,
        compensation=sums,
        settled=sums,
        outside_contract=st.booleans(),
    )


JANUARY = date(2026, 1, 1)


def tally_of(listed: list[Line], pharmacy: str = "700001", month: date = JANUARY) -> Tally:
    tally = Tally(pharmacy, month)
    for line in listed:
        tally.add(line)
    return tally


@pytest.mark.clause("41", "53")
@given(st.lists(lines(), max_size=20))
def test_clause_41_sums_are_those_of_the_lines(listed: list[Line]):
    assert tally_of(listed).totals() == Totals(
        lines=len(listed),
        late_lines=sum(line.sold_on < JANUARY for line in listed),
        retail=sum(line.retail for line in listed),
        patient=sum(line.patient for line in listed),
        compensation=sum(line.compensation for line in listed),
        settled=sum(line.settled for line in listed),
        outside_contract=-sum(line.settled for line in listed if line.outside_contract),
    )
    assert tally_of(listed).totals().payable == sum(line.payable for line in listed)


@pytest.mark.clause("41")
@given(st.lists(lines(), min_size=2, max_size=6, unique_by=lambda line: line.dispense), st.randoms())
def test_clause_41_the_digest_is_of_the_lines_and_their_order(listed: list[Line], chance: random.Random):
    shuffled = listed[:]
    chance.shuffle(shuffled)
    assert tally_of(listed).digest() == tally_of(listed[:]).digest()
    assert (tally_of(shuffled).digest() == tally_of(listed).digest()) is (shuffled == listed)
    assert tally_of(listed[1:]).digest() != tally_of(listed).digest()
    assert tally_of(listed, pharmacy="700002").digest() != tally_of(listed).digest()
    assert tally_of(listed, month=date(2026, 2, 1)).digest() != tally_of(listed).digest()


@pytest.mark.parametrize(
    "change",
    [
        {"settled": 1},
        {"retail": 1},
        {"patient": 1},
        {"compensation": 1},
        {"units": 1},
        {"outside_contract": True},
        {"reversal_of": UUID(int=9)},
        {"medicine": "B"},
    ],
)
def test_any_change_of_a_line_changes_the_digest(change: dict[str, object]):
    given_line = {
        "dispense": UUID(int=1),
        "reversal_of": None,
        "sold_on": JANUARY,
        "number_ending": "1234",
        "medicine": "A",
        "reference_version": 1,
        "units": 60,
        "compensated_units": 60,
        "retail": 90_000,
        "patient": 54_000,
        "compensation": 36_000,
        "settled": 36_000,
        "outside_contract": False,
    }
    assert tally_of([Line(**given_line)]).digest() != tally_of([Line(**(given_line | change))]).digest()
