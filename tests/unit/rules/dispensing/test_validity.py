"""The term of a prescription, to the edges of its days (clause 40)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.rules.days import BISHKEK, bishkek_day
from gateway.rules.findings import Finding
from gateway.rules.validity import ValidityPolicy, expiry_notice, last_day
from schemas.errors import ErrorCode
from schemas.medicines import ControlledClass
from tests.support.programme import medicine
from tests.unit.rules.dispensing.selling import circumstances, prescription, said, sold

ROOT = Path(__file__).parents[4]
BEFORE_MIDNIGHT = time(17, 59, 59, 999_000, tzinfo=UTC)
"""The last millisecond of a Bishkek day, by the clock of UTC."""
MIDNIGHT = time(18, tzinfo=UTC)
ISSUE_DAYS = (date(2026, 1, 15), date(2028, 1, 30), date(2028, 2, 29), date(2025, 12, 1), date(2025, 12, 31))
"""The example of the domain rules; terms over 29 February, from it, to 31 December, and from it."""


def expired(issued_on: date, sold_at: datetime) -> bool:
    until = last_day(issued_on, medicine())
    assert isinstance(until, date)
    verdict = sold(
        on=prescription(issued_on=issued_on, valid_until=until), facts=circumstances(now=sold_at, sold_at=sold_at)
    )
    return ErrorCode.RX_EXPIRED in said(verdict)


def edges() -> list[tuple[str, str, bool]]:
    """Day of issue, instant of sale, whether it is too late: D+29, D+30 and D+31 at both sides of midnight."""
    return [
        (issued_on.isoformat(), at.isoformat(), expired(issued_on, at))
        for issued_on in ISSUE_DAYS
        for after in (29, 30, 31)
        for at in (datetime.combine(issued_on + timedelta(days=after), clock) for clock in (BEFORE_MIDNIGHT, MIDNIGHT))
    ]


@pytest.mark.clause("40")
def test_clause_40_the_last_day_is_the_day_of_issue_and_30():
    assert last_day(date(2026, 1, 15), medicine()) == date(2026, 2, 14)
    assert last_day(date(2028, 1, 30), medicine()) == date(2028, 2, 29)
    assert last_day(date(2028, 2, 29), medicine()) == date(2028, 3, 30)
    assert last_day(date(2025, 12, 1), medicine()) == date(2025, 12, 31)
    assert last_day(date(2025, 12, 31), medicine()) == date(2026, 1, 30)


@pytest.mark.clause("40")
def test_the_example_of_the_domain_rules_is_expired_at_half_past_midnight():
    assert expired(date(2026, 1, 15), datetime(2026, 2, 14, 18, 30, tzinfo=UTC))
    assert not expired(date(2026, 1, 15), datetime(2026, 2, 14, 17, 30, tzinfo=UTC))


@pytest.mark.clause("40")
def test_clause_40_to_the_edges_of_days():
    for issued_on, at, late in edges():
        days = (datetime.fromisoformat(at).astimezone(BISHKEK).date() - date.fromisoformat(issued_on)).days
        assert late == (days > 30), (issued_on, at)
    lateness = [late for _, _, late in edges()]
    assert lateness == [False, False, False, True, True, True] * len(ISSUE_DAYS)


@pytest.mark.clause("40")
@pytest.mark.parametrize("zone", ["UTC", "Asia/Bishkek", "America/New_York"])
def test_clause_40_is_the_same_whatever_the_servers_time_zone(zone):
    program = (
        "import json, time; time.tzset();"
        "from tests.unit.rules.dispensing.test_validity import edges; print(json.dumps([time.tzname[0], edges()]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=os.environ | {"TZ": zone},
    )
    name, found = json.loads(done.stdout)
    assert name == {"UTC": "UTC", "Asia/Bishkek": "+06", "America/New_York": "EST"}[zone]
    assert [tuple(edge) for edge in found] == edges()


@pytest.mark.clause("40")
@given(st.dates(date(2006, 1, 1), date(2150, 1, 1)), st.integers(0, 60), st.times())
def test_a_sale_is_in_time_until_the_end_of_its_last_day(issued_on, after, clock):
    at = datetime.combine(issued_on + timedelta(days=after), clock, tzinfo=BISHKEK).astimezone(UTC)
    assert expired(issued_on, at) == (after > 30) == (bishkek_day(at) > issued_on + timedelta(days=30))


@pytest.mark.clause("40")
def test_the_day_of_issue_can_be_counted_by_setting():
    policy = ValidityPolicy(counts_day_of_issue=True)
    assert last_day(date(2026, 1, 15), medicine(), policy) == date(2026, 2, 13)
    assert last_day(date(2026, 1, 15), medicine(), ValidityPolicy(days=10)) == date(2026, 1, 25)


@pytest.mark.clause("15", "40")
@pytest.mark.parametrize("controlled", [ControlledClass.PSYCHOTROPIC, ControlledClass.NARCOTIC])
def test_clause_40_controlled_medicines_have_the_term_of_the_cabinet_or_none(controlled):
    row = medicine(controlled=controlled.value)
    unknown = last_day(date(2026, 1, 15), row)
    assert isinstance(unknown, Finding)
    assert (unknown.code, unknown.parameters) == (ErrorCode.VALIDITY_POLICY_MISSING, {"controlled": controlled.value})
    policy = ValidityPolicy(controlled={controlled: 10})
    assert last_day(date(2026, 1, 15), row, policy) == date(2026, 1, 25)
    assert last_day(date(2026, 1, 15), medicine(), policy) == date(2026, 2, 14)


@pytest.mark.clause("40")
@pytest.mark.parametrize(("today", "days"), [(10, None), (11, 3), (13, 1), (14, 0), (15, None)])
def test_that_a_term_ends_soon_is_told_in_its_last_days(today, days):
    notice = expiry_notice(date(2026, 2, 14), date(2026, 2, today))
    assert (None if notice is None else notice.parameters["days"]) == days
