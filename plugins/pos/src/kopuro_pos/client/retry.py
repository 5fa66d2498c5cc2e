"""What to do after a call that brought no result: the one table, for this library and for makers of tills.

``docs/pos-client.md`` publishes it; a test holds that both agree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from tenacity import RetryCallState, retry_if_exception, stop_before_delay, wait_random_exponential

from kopuro_pos.client.codes import ErrorCode
from kopuro_pos.client.errors import CallFailed, InDoubt, NotSent, Refused, SignInRefused
from kopuro_pos.client.models.terms import Retry


class Recorded(StrEnum):
    """Whether the gateway has done what was asked."""

    NO = "no"
    UNKNOWN = "unknown"


class Step(StrEnum):
    """What the till does next."""

    REPEAT = "the same request, with the same key"
    CORRECT = "stop; correct it, then send it with a new key"
    STOP = "stop; the answer will not change"
    ASK = "stop; call the gateway's operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row. Waits are seconds: the first is doubled up to the longest, each drawn at random below that.

    ``Retry-After`` is waited out before.
    """

    outcome: str
    seen_as: str
    recorded: Recorded
    step: Step
    first_wait: float = 0.0
    longest_wait: float = 0.0
    applies: Callable[[CallFailed], bool] = field(repr=False)


def _refused(retry: Retry) -> Callable[[CallFailed], bool]:
    return lambda failure: isinstance(failure, Refused) and failure.retry is retry


_PERHAPS_RECORDED: Final = frozenset(
    {ErrorCode.IDEMPOTENCY_IN_PROGRESS, ErrorCode.STORE_UNAVAILABLE, ErrorCode.INTERNAL_ERROR}
)
"""An earlier try is still under way, or something broke at a moment that nobody knows."""

TABLE: Final[tuple[Rule, ...]] = (
    Rule(
        outcome="not sent",
        seen_as="no connection, no TLS, or no token because of that",
        recorded=Recorded.NO,
        step=Step.REPEAT,
        first_wait=1,
        longest_wait=60,
        applies=lambda failure: isinstance(failure, NotSent),
    ),
    Rule(
        outcome="in doubt",
        seen_as="sent, then silence, a broken answer, 500, 502, 504, a redirect, or a body that is not the gateway's",
        recorded=Recorded.UNKNOWN,
        step=Step.REPEAT,
        first_wait=1,
        longest_wait=60,
        applies=lambda failure: isinstance(failure, InDoubt),
    ),
    Rule(
        outcome="no token",
        seen_as="the address for tokens refuses (`invalid_client`, `invalid_dpop_proof`)",
        recorded=Recorded.NO,
        step=Step.ASK,
        applies=lambda failure: isinstance(failure, SignInRefused),
    ),
    Rule(
        outcome="refused, perhaps recorded",
        seen_as="`IDEMPOTENCY_IN_PROGRESS`, `STORE_UNAVAILABLE`, `INTERNAL_ERROR`",
        recorded=Recorded.UNKNOWN,
        step=Step.REPEAT,
        first_wait=2,
        longest_wait=60,
        applies=lambda failure: isinstance(failure, Refused) and failure.code in _PERHAPS_RECORDED,
    ),
    Rule(
        outcome="refused for now",
        seen_as="any other code with `same-key-later` (503, 429, some 409)",
        recorded=Recorded.NO,
        step=Step.REPEAT,
        first_wait=2,
        longest_wait=60,
        applies=_refused(Retry.SAME_KEY_LATER),
    ),
    Rule(
        outcome="refused as it is",
        seen_as="a code with `after-correction`",
        recorded=Recorded.NO,
        step=Step.CORRECT,
        applies=_refused(Retry.AFTER_CORRECTION),
    ),
    Rule(
        outcome="refused for good",
        seen_as="a code with `never`",
        recorded=Recorded.NO,
        step=Step.STOP,
        applies=lambda _: True,
    ),
)
"""The first row that applies."""


def rule_for(failure: CallFailed) -> Rule:
    """The row of the table for this failure."""
    return next(rule for rule in TABLE if rule.applies(failure))


def repeating(deadline: float) -> dict[str, Any]:
    """What tenacity is to do: repeat by the table for at most ``deadline`` seconds, then raise the last failure."""
    return {
        "retry": retry_if_exception(_is_worth_repeating),
        "wait": _wait,
        "stop": stop_before_delay(deadline),
        "reraise": True,
    }


def _is_worth_repeating(failure: BaseException) -> bool:
    return isinstance(failure, CallFailed) and rule_for(failure).step is Step.REPEAT


def _wait(state: RetryCallState) -> float:
    failure = state.outcome.exception() if state.outcome else None
    assert isinstance(failure, CallFailed)
    rule = rule_for(failure)
    named = failure.retry_after if isinstance(failure, Refused) else None
    return (named or 0.0) + wait_random_exponential(multiplier=rule.first_wait, max=rule.longest_wait)(state)
