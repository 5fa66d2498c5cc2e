"""From outcomes to states: every pair of step and outcome, and how long is waited."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.operations.model import Outcome, Result, State, Step
from gateway.operations.policy import DeliveryPolicy, Standing, backoff, decide
from tests.support.doubles import NOON

POLICY = DeliveryPolicy()


def result(outcome: Outcome, *, unavailable: bool = False, retry_after: float | None = None) -> Result:
    number = "F-1" if outcome is Outcome.DELIVERED else None
    return Result(outcome=outcome, reason="X", record_number=number, unavailable=unavailable, retry_after=retry_after)


def standing(*, attempts: int = 1, strikes: int = 0, age: float = 60) -> Standing:
    return Standing(NOON - timedelta(seconds=age), attempts, strikes)


@pytest.mark.parametrize(
    ("step", "outcome", "state"),
    [
        (Step.SEND, Outcome.DELIVERED, State.DELIVERED),
        (Step.SEND, Outcome.REJECTED, State.REJECTED),
        (Step.SEND, Outcome.NOT_SENT, State.QUEUED),
        (Step.SEND, Outcome.REFUSED, State.PARKED),
        (Step.SEND, Outcome.IN_DOUBT, State.IN_DOUBT),
        (Step.SEND, Outcome.CONFLICT, State.PARKED),
        (Step.ASK, Outcome.DELIVERED, State.DELIVERED),
        (Step.ASK, Outcome.REJECTED, State.REJECTED),
        (Step.ASK, Outcome.NOT_FOUND, State.QUEUED),
        (Step.ASK, Outcome.CONFLICT, State.PARKED),
        (Step.ASK, Outcome.CANNOT_ASK, State.PARKED),
        (Step.ASK, Outcome.REFUSED, State.PARKED),
        (Step.ASK, Outcome.IN_DOUBT, State.IN_DOUBT),
        (Step.ASK, Outcome.NOT_SENT, State.IN_DOUBT),
    ],
)
def test_every_outcome_has_its_state(step: Step, outcome: Outcome, state: State):
    assert decide(standing(), step, result(outcome), NOON, POLICY).state is state


@given(
    step=st.sampled_from(Step),
    outcome=st.sampled_from(Outcome),
    unavailable=st.booleans(),
    attempts=st.integers(1, 10_000),
    strikes=st.integers(0, 30),
    age=st.floats(0, 1e7),
)
def test_doubt_never_becomes_a_second_sending_without_asking(step, outcome, unavailable, attempts, strikes, age):
    now = decide(
        standing(attempts=attempts, strikes=strikes, age=age),
        step,
        result(outcome, unavailable=unavailable),
        NOON,
        POLICY,
    )
    if now.state is State.QUEUED:
        assert outcome in {Outcome.NOT_SENT, Outcome.NOT_FOUND}
        assert not (step is Step.ASK and outcome is Outcome.NOT_SENT)
    if now.state is State.DELIVERED:
        assert outcome is Outcome.DELIVERED
    assert now.due_at >= NOON


@given(attempt=st.integers(1, 1_000_000))
def test_waiting_is_jittered_and_capped(attempt: int):
    assert 0 <= backoff(attempt, POLICY) <= POLICY.backoff_cap_seconds


def test_waiting_is_spread_over_the_whole_span():
    waits = [backoff(5, POLICY) for _ in range(500)]
    ceiling = POLICY.backoff_seconds * 2**4
    assert min(waits) < ceiling * 0.1
    assert max(waits) > ceiling * 0.9
    buckets = [sum(low <= wait < low + ceiling / 8 for wait in waits) for low in (ceiling / 8 * n for n in range(8))]
    assert max(buckets) < 3 * len(waits) / 8


def test_what_the_upstream_asks_for_is_honoured():
    now = decide(standing(), Step.SEND, result(Outcome.NOT_SENT, retry_after=3600), NOON, POLICY)
    assert now.due_at - NOON >= timedelta(hours=1)


def test_an_outage_costs_no_strikes_and_a_poison_case_does():
    outage = decide(standing(strikes=9), Step.SEND, result(Outcome.NOT_SENT, unavailable=True), NOON, POLICY)
    assert (outage.state, outage.strikes) == (State.QUEUED, 9)
    poison = decide(standing(strikes=9), Step.SEND, result(Outcome.NOT_SENT), NOON, POLICY)
    assert (poison.state, poison.reason) == (State.PARKED, "TOO_MANY_ATTEMPTS:X")


def test_what_is_too_old_waits_for_a_person():
    old = standing(age=POLICY.give_up_seconds + 1)
    now = decide(old, Step.SEND, result(Outcome.NOT_SENT, unavailable=True), NOON, POLICY)
    assert now.state is State.PARKED


def test_a_request_in_doubt_is_given_time_to_arrive_before_the_question():
    now = decide(standing(), Step.SEND, result(Outcome.IN_DOUBT, unavailable=True), NOON, POLICY)
    assert now.due_at - NOON >= timedelta(seconds=POLICY.ask_after_seconds)


def test_only_a_record_number_makes_a_delivery():
    with pytest.raises(ValueError, match="record number"):
        Result(outcome=Outcome.DELIVERED, reason="OK")
    with pytest.raises(ValueError, match="record number"):
        Result(outcome=Outcome.IN_DOUBT, reason="?", record_number="F-1")
