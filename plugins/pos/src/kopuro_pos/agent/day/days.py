"""Calendar days. Every day of the counter is a day in Bishkek; every instant that is kept is UTC."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

BISHKEK: Final = ZoneInfo("Asia/Bishkek")


def bishkek_day(instant: datetime) -> date:
    """The calendar day in Bishkek at an aware instant."""
    return instant.astimezone(BISHKEK).date()
