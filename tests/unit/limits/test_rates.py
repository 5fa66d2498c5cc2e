"""Admission: class and client counted together, fields on every answer, and what fails open or closed."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from gateway.limits.buckets import Quota, Standing
from gateway.limits.headers import limit_field, policy_field
from gateway.limits.local import LocalBuckets
from gateway.limits.policy import RatePolicy, RatesPolicy, WhenUncounted
from gateway.limits.rates import OperationClass, RateLimiter
from gateway.store.grouping import StoreUnavailable
from schemas.errors import ErrorCode, Language
from tests.unit.limits.clocks import Ticks

CLOSED = WhenUncounted.REFUSE
OPEN = WhenUncounted.COUNT_HERE
_MEMBER = re.compile(r'"[a-z-]+"(;(q|w|r|t)=\d+)+')
"""An Item of the List (RFC 9651, 3.3.3 and 3.1): a String with Integer parameters."""


class NoBuckets:
    """A shared count that cannot be had."""

    async def take(self, _quota: Quota, _key: str) -> Standing:
        raise StoreUnavailable

    def give_back(self, _quota: Quota, _key: str) -> None:
        raise AssertionError("nothing was taken")


def policy(client: int = 100, submissions: int = 3, **more: RatePolicy) -> RatesPolicy:
    return RatesPolicy(
        client=RatePolicy(requests=client, seconds=60, when_uncounted=OPEN),
        submissions=RatePolicy(requests=submissions, seconds=60, when_uncounted=OPEN),
        **more,
    )


def limiter(policy: RatesPolicy) -> RateLimiter:
    buckets = LocalBuckets(Ticks())
    return RateLimiter(policy, buckets, buckets)


async def test_every_answer_says_what_is_left():
    admission = await limiter(policy()).admit("sanarip", OperationClass.SUBMISSIONS)
    assert admission.refusal is None
    assert admission.policy == '"submissions";q=3;w=60, "client";q=100;w=60'
    assert admission.limit == '"submissions";r=2;t=20, "client";r=99;t=1'
    for field in (admission.policy, admission.limit):
        assert all(_MEMBER.fullmatch(member) for member in field.split(", "))


async def test_a_class_that_is_used_up_refuses_and_tells_when():
    rates = limiter(policy(submissions=3))
    for _ in range(3):
        assert (await rates.admit("sanarip", OperationClass.SUBMISSIONS)).refusal is None
    admission = await rates.admit("sanarip", OperationClass.SUBMISSIONS)
    assert admission.refusal is not None
    assert [finding.code for finding in admission.refusal.findings] == [ErrorCode.RATE_LIMITED]
    assert admission.refusal.retry_after == 20
    # Retry-After is not earlier than the end of any window that is told (section 6 of the draft).
    assert admission.limit == '"submissions";r=0;t=20'
    for language in Language:
        assert "20" in admission.refusal.findings[0].as_json(language)["action"]
    # Another class and another client have their own.
    assert (await rates.admit("sanarip", OperationClass.READS)).refusal is None
    assert (await rates.admit("another", OperationClass.SUBMISSIONS)).refusal is None


async def test_a_request_refused_by_one_quota_costs_the_other_nothing():
    rates = limiter(policy(client=2, submissions=3))
    for _ in range(2):
        await rates.admit("sanarip", OperationClass.SUBMISSIONS)
    for _ in range(5):
        admission = await rates.admit("sanarip", OperationClass.SUBMISSIONS)
        assert admission.limit.startswith('"client";r=0')
    own = await rates._here.take(Quota("submissions", 3, 60), "sanarip")
    assert own.allowed


async def test_while_the_shared_count_is_away_lookups_are_refused_and_cases_are_counted_here():
    rates = RateLimiter(policy(submissions=2), NoBuckets(), LocalBuckets(Ticks()))
    lookup = await rates.admit("sanarip", OperationClass.LOOKUPS)
    assert isinstance(lookup.refusal, StoreUnavailable)
    assert lookup.refusal.retry_after
    passed = [(await rates.admit("sanarip", OperationClass.SUBMISSIONS)).refusal for _ in range(3)]
    assert passed[:2] == [None, None]
    assert passed[2] is not None
    assert passed[2].findings[0].code is ErrorCode.RATE_LIMITED


def test_what_can_be_guessed_at_fails_closed_by_default():
    rates = RatesPolicy()
    assert {name for name in RatesPolicy.model_fields if getattr(rates, name).when_uncounted is CLOSED} == {
        "lookups", "commands", "sign_in",
    }  # fmt: skip


@pytest.mark.parametrize("given", [{"requests": 0}, {"requests": 1, "seconds": 0}, {"requests": 1, "burst": 2}])
def test_a_senseless_rate_is_refused(given: dict[str, int]):
    with pytest.raises(ValidationError):
        RatePolicy.model_validate(given)


def test_fields_of_several_quotas():
    quotas = [Quota("burst", 100, 60), Quota("daily", 1000, 86400)]
    assert policy_field(quotas) == '"burst";q=100;w=60, "daily";q=1000;w=86400'
    standings = [Standing(allowed=True, remaining=7, reset_seconds=9, retry_after=0)] * 2
    assert limit_field(quotas, standings) == '"burst";r=7;t=9, "daily";r=7;t=9'


async def test_memory_is_bounded_and_the_busiest_stay():
    ticks = Ticks()
    buckets = LocalBuckets(ticks, most=100)
    quota = Quota("q", 10, 60)
    for _ in range(10):
        await buckets.take(quota, "busy")
    for number in range(1000):
        await buckets.take(quota, f"client-{number}")
        assert len(buckets) <= 100
    assert not (await buckets.take(quota, "busy")).allowed


async def test_full_buckets_go_first():
    ticks = Ticks()
    buckets = LocalBuckets(ticks, most=50)
    quota = Quota("q", 10, 60)
    for number in range(50):
        await buckets.take(quota, f"old-{number}")
    ticks.move(60)
    await buckets.take(quota, "new")
    assert len(buckets) == 1
