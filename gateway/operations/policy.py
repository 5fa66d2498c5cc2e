"""What happens next: from the outcome of an attempt to the operation's next state. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from tenacity import RetryCallState, Retrying, wait_random_exponential

from gateway.operations.model import Outcome, Result, State, Step

GUARD_SECONDS = 2.0
"""An adapter keeps its own deadline; should it not, it is stopped this much later."""


class BreakerPolicy(BaseModel):
    """When to stop trying an upstream that fails, and how to find out that it works again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    consecutive_failures: int = Field(5, ge=1)
    window: int = Field(20, ge=1)
    """Attempts that are looked back upon."""
    failure_share: float = Field(0.5, gt=0, le=1)
    """Share of failures in a full window that opens the breaker."""
    probe_seconds: float = Field(30.0, gt=0)
    """Waiting time before one attempt is let through again."""


class DeliveryPolicy(BaseModel):
    """How operations are delivered to one upstream. All times in seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    concurrency: int = Field(5, ge=1, le=1000)
    """Attempts under way at once, per node: what was agreed with the upstream."""
    attempt_seconds: float = Field(25.0, gt=0)
    """Longest time of one attempt, all tries in it included; shorter than X-Road's 30 seconds."""
    backoff_seconds: float = Field(2.0, gt=0)
    """First ceiling of the waiting time before the next attempt; doubled each time, full jitter."""
    backoff_cap_seconds: float = Field(900.0, gt=0)
    ask_after_seconds: float = Field(30.0, ge=0)
    """Waiting time before an upstream is asked about an operation in doubt: the request may still be on its way."""
    strikes: int = Field(10, ge=1)
    """Attempts that reached the upstream and led nowhere, before a person is asked. Outages do not count."""
    crashes: int = Field(5, ge=1)
    """How often a gateway may die while sending an operation before a person is asked."""
    give_up_seconds: float = Field(14 * 86400.0, gt=0)
    """Age at which an undelivered operation is parked."""
    lease_seconds: float = Field(90.0, gt=0)
    """How long a claim holds; a node that is silent longer loses it."""
    poll_seconds: float = Field(1.0, gt=0)
    """How often to look for work that no signal announced."""
    breaker: BreakerPolicy = BreakerPolicy()

    @model_validator(mode="after")
    def _an_attempt_fits_into_its_lease(self) -> Self:
        if self.lease_seconds <= self.attempt_seconds + GUARD_SECONDS:
            raise ValueError(f"lease_seconds must exceed attempt_seconds by more than {GUARD_SECONDS:g}")
        return self


@dataclass(frozen=True, slots=True)
class Standing:
    """What the decision needs to know of an operation. ``attempts`` counts the one just ended."""

    accepted_at: datetime
    attempts: int
    strikes: int


@dataclass(frozen=True, slots=True)
class Transition:
    """The next state. ``due_at`` is when a queued or doubtful operation is looked at again (UTC)."""

    state: State
    due_at: datetime
    strikes: int
    reason: str


_ENDS = {
    Outcome.DELIVERED: State.DELIVERED,
    Outcome.REJECTED: State.REJECTED,
    Outcome.REFUSED: State.PARKED,
    Outcome.CONFLICT: State.PARKED,
    Outcome.CANNOT_ASK: State.PARKED,
}
"""Outcomes after which nothing is tried by itself."""


def decide(standing: Standing, step: Step, result: Result, now: datetime, policy: DeliveryPolicy) -> Transition:
    """The transition after one attempt.

    A request in doubt is never sent again before the upstream said that it does not have it.
    """
    if (end := _ENDS.get(result.outcome)) is not None:
        return Transition(end, now, standing.strikes, result.reason)
    strikes = standing.strikes if result.unavailable else standing.strikes + 1
    if step is Step.ASK and result.outcome is not Outcome.NOT_FOUND:
        later = State.IN_DOUBT  # the question itself failed, so the doubt stays
    elif result.outcome in {Outcome.NOT_SENT, Outcome.NOT_FOUND}:
        later = State.QUEUED
    else:
        later = State.IN_DOUBT
    if strikes >= policy.strikes:
        return Transition(State.PARKED, now, strikes, f"TOO_MANY_ATTEMPTS:{result.reason}")
    if now - standing.accepted_at > timedelta(seconds=policy.give_up_seconds):
        return Transition(State.PARKED, now, strikes, f"TOO_OLD:{result.reason}")
    if step is Step.SEND and later is State.IN_DOUBT:
        wait = policy.ask_after_seconds
    else:
        wait = backoff(standing.attempts, policy)
    return Transition(later, now + timedelta(seconds=max(wait, result.retry_after or 0.0)), strikes, result.reason)


def backoff(attempt: int, policy: DeliveryPolicy) -> float:
    """Seconds to wait after the ``attempt``-th attempt: exponential with full jitter and a cap."""
    wait = wait_random_exponential(multiplier=policy.backoff_seconds, max=policy.backoff_cap_seconds)
    state = RetryCallState(_RETRYING, None, (), {})
    state.attempt_number = max(1, min(attempt, 32))
    return wait(state)


_RETRYING = Retrying()
