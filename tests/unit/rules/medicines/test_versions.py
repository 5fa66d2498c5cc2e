from datetime import date, timedelta

import pytest

from gateway.rules.days import add_months
from gateway.rules.medicines.versions import VersionDates, ages, check_start
from schemas.errors import ErrorCode, medicines
from schemas.errors.codes import ErrorCode as Codes

MARCH = VersionDates(
    number=3,
    valid_from=date(2026, 3, 1),
    valid_until=None,
    list_approved_on=date(2025, 2, 28),
    levels_set_on=date(2026, 2, 28),
)


@pytest.mark.clause("12", "13")
@pytest.mark.parametrize(
    ("valid_from", "codes"),
    [
        (date(2026, 4, 2), []),
        (date(2026, 4, 1), []),
        (date(2026, 3, 31), [ErrorCode.MEDICINE_VERSION_PAST]),
        (date(2026, 3, 1), [ErrorCode.MEDICINE_VERSION_OVERLAP, ErrorCode.MEDICINE_VERSION_PAST]),
        (date(2025, 1, 1), [ErrorCode.MEDICINE_VERSION_OVERLAP, ErrorCode.MEDICINE_VERSION_PAST]),
    ],
)
def test_clause_12_versions_neither_overlap_nor_reach_back(valid_from: date, codes: list[ErrorCode]) -> None:
    assert [found.code for found in check_start(valid_from, date(2026, 4, 1), MARCH)] == codes


def test_the_first_version_may_begin_at_any_day() -> None:
    assert check_start(date(2020, 1, 1), date(2026, 4, 1), None) == ()


@pytest.mark.clause("10", "12")
@pytest.mark.parametrize(
    ("today", "codes"),
    [
        (date(2026, 2, 28), []),
        (date(2026, 3, 1), [ErrorCode.MEDICINE_LIST_OLD]),
        (date(2026, 8, 28), [ErrorCode.MEDICINE_LIST_OLD]),
        (date(2026, 8, 29), [ErrorCode.MEDICINE_LIST_OLD, ErrorCode.MEDICINE_LEVELS_OLD]),
    ],
)
def test_clause_10_and_12_an_old_list_and_old_levels_are_told(today: date, codes: list[ErrorCode]) -> None:
    assert [found.code for found in ages(MARCH, today)] == codes


@pytest.mark.parametrize(
    ("day", "months", "there"),
    [
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
    ],
)
def test_months_end_where_they_end(day: date, months: int, there: date) -> None:
    assert add_months(day, months) == there


def test_months_go_and_come_back_within_days_that_every_month_has() -> None:
    day = date(2026, 1, 1)
    while day < date(2028, 1, 1):
        if day.day <= 28:
            assert add_months(add_months(day, 7), -7) == day
        day += timedelta(days=1)


def test_every_code_of_the_reference_has_its_entry() -> None:
    names = [code.name for code in Codes]
    block = names[names.index("MEDICINE_NOT_FOUND") : names.index("PRESCRIBER_NOT_ALLOWED")]
    assert {code.name for code in medicines.ENTRIES} == set(block)
