"""The breaker: opens on failures, lets one probe through, closes on an answer."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gateway.operations.breaker import Breaker
from gateway.operations.policy import BreakerPolicy

POLICY = BreakerPolicy(consecutive_failures=3, window=10, failure_share=0.5, probe_seconds=30)


class Seconds:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_it_opens_after_consecutive_failures():
    breaker = Breaker(POLICY, Seconds())
    for _ in range(2):
        breaker.failed()
    assert breaker.permits(5) == 5
    breaker.failed()
    assert (breaker.state, breaker.permits(5)) == ("open", 0)


def test_it_opens_when_half_of_the_window_failed():
    breaker = Breaker(POLICY, Seconds())
    for _ in range(5):
        breaker.succeeded()
        breaker.failed()
    assert breaker.state == "open"


def test_one_probe_is_let_through_after_the_waiting_time():
    seconds = Seconds()
    breaker = Breaker(POLICY, seconds)
    for _ in range(3):
        breaker.failed()
    seconds.at = 29.9
    assert breaker.permits(5) == 0
    seconds.at = 30
    assert (breaker.state, breaker.permits(5)) == ("half-open", 1)
    breaker.began()
    assert breaker.permits(5) == 0
    breaker.failed()
    assert breaker.seconds_until_probe() == 30
    seconds.at = 60
    breaker.began()
    breaker.succeeded()
    assert (breaker.state, breaker.permits(5)) == ("closed", 5)


def test_a_probe_that_could_not_be_made_leaves_room_for_another():
    seconds = Seconds()
    breaker = Breaker(POLICY, seconds)
    for _ in range(3):
        breaker.failed()
    seconds.at = 31
    breaker.began()
    breaker.gave_up()
    assert breaker.permits(5) == 1


class BreakerMachine(RuleBasedStateMachine):
    """Whatever happens: an open breaker lets at most one through, and an answer closes it."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = Seconds()
        self.breaker = Breaker(POLICY, self.seconds)

    @rule(by=st.floats(0, 100))
    def time_passes(self, by: float) -> None:
        self.seconds.at += by

    @rule()
    def an_attempt_fails(self) -> None:
        if self.breaker.permits(1):
            self.breaker.began()
            self.breaker.failed()

    @rule()
    def an_attempt_succeeds(self) -> None:
        if self.breaker.permits(1):
            self.breaker.began()
            self.breaker.succeeded()
            assert self.breaker.state == "closed"

    @invariant()
    def permits_fit_the_state(self) -> None:
        allowed = {"closed": 7, "half-open": 1, "open": 0}[self.breaker.state]
        assert self.breaker.permits(7) == allowed


TestBreakerMachine = BreakerMachine.TestCase
TestBreakerMachine.settings = settings(max_examples=50, deadline=None)
