"""The arithmetic: never more than was granted, never less, and every figure told is true."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.limits.buckets import SECOND, Quota, Standing, give_back, level, take

QUOTAS = st.builds(Quota, st.just("q"), st.integers(1, 5000), st.integers(1, 3600))
NOW = 1_700_000_000 * SECOND


def spent(quota: Quota, now: int = NOW) -> int:
    """The TAT of a bucket just emptied."""
    return now + quota.span


@pytest.mark.parametrize(("requests", "seconds"), [(0, 1), (1, 0), (-1, 1)])
def test_a_quota_is_of_something(requests: int, seconds: int):
    with pytest.raises(ValueError, match="at least one"):
        Quota("q", requests, seconds)


def test_a_full_bucket_lets_its_quota_through_at_once_and_no_more():
    quota, tat = Quota("q", 5, 10), 0
    seen = []
    for _ in range(6):
        tat, standing = take(quota, tat, NOW)
        seen.append(standing)
    assert [one.allowed for one in seen] == [True] * 5 + [False]
    assert [one.remaining for one in seen] == [4, 3, 2, 1, 0, 0]
    assert seen[1] == Standing(allowed=True, remaining=3, reset_seconds=4, retry_after=0)
    assert seen[4].reset_seconds == 2  # nothing left: until the next one
    assert seen[5] == Standing(allowed=False, remaining=0, reset_seconds=2, retry_after=2)


@given(QUOTAS, st.lists(st.integers(0, 10 * SECOND), max_size=200))
def test_no_stretch_of_time_sees_more_than_quota_and_refill(quota: Quota, gaps: list[int]):
    now, tat, passed = NOW, 0, []
    for gap in gaps:
        now += gap
        tat, standing = take(quota, tat, now)
        if standing.allowed:
            passed.append(now)
    for first in range(len(passed)):
        for last in range(first, len(passed)):
            width = passed[last] - passed[first]
            assert last - first + 1 <= quota.requests + width // quota.interval + 1


@given(QUOTAS, st.integers(0, 10**10), st.integers(0, 10**10))
def test_what_remains_passes_and_one_more_does_not(quota: Quota, busy: int, cost: int):
    tat = NOW + min(busy, quota.span)
    left = level(quota, tat, NOW)
    if left:
        assert take(quota, tat, NOW, left)[1].allowed
    assert not take(quota, tat, NOW, left + 1 + cost)[1].allowed


@given(QUOTAS, st.integers(0, 10**10))
def test_who_waits_as_told_is_let_through_and_the_wait_is_not_a_second_too_long(quota: Quota, early: int):
    tat = spent(quota) - early % quota.interval
    refused = take(quota, tat, NOW)[1]
    assert not refused.allowed
    later = NOW + refused.retry_after * SECOND
    assert take(quota, tat, later)[1].allowed
    if refused.retry_after > 1:
        assert not take(quota, tat, later - SECOND)[1].allowed


@given(QUOTAS)
def test_a_refusal_costs_nothing(quota: Quota):
    tat = spent(quota)
    assert take(quota, tat, NOW)[0] == tat


@given(QUOTAS, st.integers(1, 50))
def test_what_is_given_back_is_there_again(quota: Quota, cost: int):
    tat, standing = take(quota, NOW, NOW, min(cost, quota.requests))
    assert standing.allowed
    assert level(quota, give_back(quota, tat, min(cost, quota.requests)), NOW) == quota.requests


@given(QUOTAS)
def test_an_empty_bucket_is_full_after_its_seconds(quota: Quota):
    rounding = quota.requests  # each interval is rounded up to a whole microsecond
    later = NOW + quota.seconds * SECOND + rounding
    assert level(quota, spent(quota), later) == quota.requests
    assert level(quota, spent(quota), later - rounding - quota.interval) < quota.requests
