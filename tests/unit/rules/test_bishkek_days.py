"""The quick way to the Bishkek day agrees with the time zone database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.rules.days import BISHKEK, bishkek_day


@given(instant=st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_instant_has_the_day_of_the_database(instant: datetime):
    assert bishkek_day(instant) == instant.astimezone(BISHKEK).date()


def test_the_database_still_keeps_utc_plus_six_all_year():
    day = datetime(2006, 1, 1, tzinfo=UTC)
    while day.year < 2040:
        assert day.astimezone(BISHKEK).utcoffset() == timedelta(hours=6)
        day += timedelta(days=5)
