"""Calendar days. Every day of the source documents is a day in Bishkek; every instant we keep is UTC."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

BISHKEK: Final = ZoneInfo("Asia/Bishkek")

_SINCE_2006: Final = datetime(2006, 1, 1, tzinfo=UTC)
_SIX_HOURS: Final = timedelta(hours=6)


def bishkek_day(instant: datetime) -> date:
    """The calendar day in Bishkek at an aware instant.

    Since August 2005 Bishkek keeps UTC+6 the whole year. Every case asks several times, and adding is ten
    times quicker than asking the time zone database; a test compares both over the years.
    """
    if instant.tzinfo is UTC and instant >= _SINCE_2006:
        return (instant + _SIX_HOURS).date()
    return instant.astimezone(BISHKEK).date()


def beginning_of(day: date) -> datetime:
    """The instant (UTC) at which a calendar day begins in Bishkek."""
    return datetime.combine(day, time(), BISHKEK).astimezone(UTC)


def bishkek_time(instant: datetime) -> str:
    """An instant for people: to the minute by the clock of Bishkek, with its offset."""
    return instant.astimezone(BISHKEK).isoformat(timespec="minutes")


def completed_years(birth: date, day: date) -> int:
    """Age in completed years on ``day``; below zero before birth."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months later, or earlier; the month's last day where it has no such day."""
    month = day.year * 12 + day.month - 1 + months
    year, month = divmod(month, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def date_of(day: str, month: str, year: str) -> date | None:
    """The date that three runs of ASCII digits name, or ``None`` where the calendar has no such day."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
