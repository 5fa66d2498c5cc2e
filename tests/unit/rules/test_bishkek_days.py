"""The quick way to the Bishkek day agrees with the time zone database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.rules.days import BISHKEK, beginning_of, bishkek_day


@given(instant=st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_instant_has_the_day_of_the_database(instant: datetime):
    assert bishkek_day(instant) == instant.astimezone(BISHKEK).date()


@given(day=st.dates(date(1900, 1, 2), date(2199, 12, 30)))
def test_a_day_begins_with_its_first_instant(day: date):
    begins = beginning_of(day)
    assert begins.tzinfo is UTC
    assert bishkek_day(begins) == day
    assert bishkek_day(begins - timedelta(microseconds=1)) == day - timedelta(days=1)


def test_the_database_still_keeps_utc_plus_six_all_year():
    day = datetime(2006, 1, 1, tzinfo=UTC)
    while day.year < 2040:
        assert day.astimezone(BISHKEK).utcoffset() == timedelta(hours=6)
        day += timedelta(days=5)
