"""The throttle of look-ups: whose failures count, what happens beyond, and that success costs nothing."""

from __future__ import annotations

import asyncio

import pytest
import structlog

from gateway.limits.buckets import SECOND, Standing
from gateway.limits.local import LocalBuckets
from gateway.limits.lookups import LookupPolicy, LookupThrottle
from gateway.limits.policy import RatePolicy
from gateway.rules.findings import Refused
from gateway.store.grouping import StoreUnavailable
from schemas.errors import ErrorCode
from tests.unit.limits.clocks import Ticks

PATIENT, OTHER = b"patient", b"other"


class Desk:
    def __init__(self, **policy: RatePolicy) -> None:
        self.clock = Ticks()
        self.buckets = LocalBuckets(self.clock)
        self.told: list[str] = []
        self.throttle = LookupThrottle(LookupPolicy(**policy), self.buckets, throttled=self.told.append, now=self.clock)

    async def ask(
        self,
        *,
        right: bool = False,
        client: str = "till",
        pharmacy: str = "700001",
        patient: bytes = PATIENT,
        factor: bool = False,
    ) -> ErrorCode | None:
        """Why it was not even tried; ``None`` when it was."""
        try:
            async with self.throttle.attempt(
                client=client, pharmacy=pharmacy, patient=patient, factor=factor
            ) as attempt:
                await asyncio.sleep(0)
                if right:
                    attempt.succeeded()
        except Refused as refused:
            return refused.findings[0].code
        return None


async def test_ten_failures_of_a_terminal_and_then_one_each_ninety_seconds():
    desk = Desk()
    patients = [bytes([n]) for n in range(12)]
    tried = [await desk.ask(patient=patient) for patient in patients[:10]]
    assert tried == [None] * 10
    assert await desk.ask(patient=patients[10]) is ErrorCode.LOOKUP_THROTTLED
    assert await desk.ask(patient=patients[10], client="another till") is None
    desk.clock.at += 90 * SECOND
    assert await desk.ask(patient=patients[11]) is None
    assert await desk.ask(patient=patients[11]) is ErrorCode.LOOKUP_THROTTLED


async def test_successes_count_for_nothing():
    desk = Desk()
    assert {await desk.ask(right=True) for _ in range(500)} == {None}
    assert [await desk.ask() for _ in range(10)] == [None] * 10


async def test_a_pharmacy_may_fail_thirty_times_an_hour_and_a_hundred_times_a_day():
    desk = Desk()

    async def tried(hour: int) -> int:
        asked = [await desk.ask(client=f"till-{hour}-{n}", patient=bytes([hour, n])) for n in range(60)]
        return asked.count(None)

    by_hour = []
    for hour in range(24):
        by_hour.append(await tried(hour))
        desk.clock.move(3600)
    assert by_hour[:3] == [30, 30, 30]
    # A hundred in all, and one more for each 864 seconds gone by.
    assert sum(by_hour) == 100 + 23 * 3600 // 864


async def test_one_patient_over_all_pharmacies_asks_for_a_name_and_is_never_locked_out():
    desk = Desk()
    for n in range(10):
        assert await desk.ask(client=f"till-{n}", pharmacy=f"7{n:05d}") is None
    far = {"client": "far away", "pharmacy": "799999"}
    assert await desk.ask(**far, right=True) is ErrorCode.LOOKUP_FACTOR_REQUIRED
    assert await desk.ask(**far, right=True, factor=True) is None
    assert await desk.ask(**far, right=True, patient=OTHER) is None
    assert desk.told == ["lookups-patient"] * 2


async def test_asking_for_the_name_is_no_failure_of_the_terminal():
    desk = Desk()
    for n in range(10):
        await desk.ask(client=f"till-{n}", pharmacy=f"7{n:05d}")
    for _ in range(50):
        assert await desk.ask(client="honest") is ErrorCode.LOOKUP_FACTOR_REQUIRED
    assert await desk.ask(client="honest", patient=OTHER) is None


async def test_guesses_at_the_same_moment_are_counted_each():
    desk = Desk()
    answers = await asyncio.gather(*(desk.ask(patient=bytes([n])) for n in range(200)))
    assert answers.count(None) == 10
    assert answers.count(ErrorCode.LOOKUP_THROTTLED) == 190


async def test_honest_look_ups_at_the_same_moment_wait_for_each_other_and_pass():
    desk = Desk()
    answers = await asyncio.gather(*(desk.ask(right=True) for _ in range(200)))
    assert answers == [None] * 200


async def test_nobody_is_let_in_while_nobody_can_count():
    class Away(LocalBuckets):
        async def take(self, *_: object) -> Standing:
            raise StoreUnavailable

    throttle = LookupThrottle(LookupPolicy(), Away(), throttled=str)
    with pytest.raises(StoreUnavailable):
        async with throttle.attempt(client="till", pharmacy="700001", patient=PATIENT, factor=True):
            pytest.fail("nobody was to be let in")


async def test_a_store_that_fails_during_the_attempt_is_no_failure_of_the_terminal():
    desk = Desk()
    for _ in range(50):
        with pytest.raises(StoreUnavailable):
            async with desk.throttle.attempt(client="till", pharmacy="700001", patient=PATIENT, factor=False):
                raise StoreUnavailable
    assert await desk.ask() is None


async def test_the_alarm_is_raised_at_once_and_then_once_a_minute():
    desk = Desk()
    with structlog.testing.capture_logs() as logs:
        for n in range(30):
            await desk.ask(patient=bytes([n]))
        assert len(logs) == 1
        assert logs[0] | {"alarm": True, "kind": "lookups-terminal", "sender": "till"} == logs[0]
        desk.clock.at += 60 * SECOND
        await desk.ask()
        assert len(logs) == 2
    assert desk.told == ["lookups-terminal"] * 21
