"""Report months. A month is named by its first day; its bounds are midnights in Bishkek."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from gateway.rules.days import BISHKEK, add_months


def month_of(day: date) -> date:
    """The month of a Bishkek day."""
    return day.replace(day=1)


def following(month: date) -> date:
    """The next month."""
    return add_months(month, 1)


def last_day(month: date) -> date:
    """The last day of a month."""
    return following(month) - timedelta(days=1)


def end_of(month: date) -> datetime:
    """The instant (UTC) at which a month ends in Bishkek: the midnight after its last day."""
    return datetime.combine(following(month), time(), BISHKEK).astimezone(UTC)


def has_ended(month: date, now: datetime) -> bool:
    """Whether the report period is over at an instant (clause 51)."""
    return now >= end_of(month)


def months_between(first: date, last: date) -> list[date]:
    """The months from one to another, both included; none when the first is the later."""
    months = []
    month = first
    while month <= last:
        months.append(month)
        month = following(month)
    return months
