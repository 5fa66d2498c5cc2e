"""The retry table: what each failure leads to, how long is waited, and that the guide publishes this very table."""

from __future__ import annotations

import httpx
import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st
from tenacity import RetryCallState, Retrying

from kopuro_pos.client import CallFailed, ErrorCode, InDoubt, NotSent, Refused, Retry, SignInRefused
from kopuro_pos.client.refusals import BY_CODE, ClientLooping, RateLimited, RxExpired, RxHeld
from kopuro_pos.client.retry import TABLE, Recorded, Rule, Step, repeating, rule_for
from tests.docs.pages import ROOT, read, rows
from tests.pos.client.conftest import Open
from tests.pos.client.test_outcomes import ORDER, ORIGIN, refusing

GUIDE = ROOT / "docs" / "pos-client.md"

BY_WORD = {
    Retry.SAME_KEY_LATER: Step.REPEAT,
    Retry.AFTER_CORRECTION: Step.CORRECT,
    Retry.NEVER: Step.STOP,
    Retry.NOT_NEEDED: Step.STOP,
}

PERHAPS_RECORDED = {ErrorCode.IDEMPOTENCY_IN_PROGRESS, ErrorCode.STORE_UNAVAILABLE, ErrorCode.INTERNAL_ERROR}
"""The gateway has not said that nothing was recorded."""


@pytest.mark.parametrize("code", BY_CODE, ids=str)
def test_every_refusal_is_treated_as_the_catalogue_advises(code: ErrorCode):
    kind = BY_CODE[code]
    assert kind.entry is not None
    rule = rule_for(kind(status=kind.entry.status, code=code))
    recorded = Recorded.UNKNOWN if code in PERHAPS_RECORDED else Recorded.NO
    assert (rule.step, rule.recorded) == (BY_WORD[kind.entry.retry], recorded)


@pytest.mark.parametrize(
    ("failure", "step", "recorded"),
    [
        (NotSent("ConnectError"), Step.REPEAT, Recorded.NO),
        (InDoubt("ReadTimeout"), Step.REPEAT, Recorded.UNKNOWN),
        (SignInRefused(status=401, code=ErrorCode.AUTH_REQUIRED, error="invalid_client"), Step.ASK, Recorded.NO),
        (Refused(status=503, code="NEW"), Step.REPEAT, Recorded.NO),
        (Refused(status=418, code="NEW"), Step.CORRECT, Recorded.NO),
    ],
    ids=lambda one: one.name if isinstance(one, Step | Recorded) else type(one).__name__,
)
def test_what_else_can_happen(failure: CallFailed, step: Step, recorded: Recorded):
    rule = rule_for(failure)
    assert (rule.step, rule.recorded) == (step, recorded)


def test_only_what_is_repeated_is_waited_for():
    for rule in TABLE:
        assert (rule.longest_wait >= rule.first_wait > 0) == (rule.step is Step.REPEAT), rule.outcome


def waited(failure: CallFailed, tries: int) -> float:
    state = RetryCallState(Retrying(), None, (), {})
    state.attempt_number = tries
    state.set_exception((type(failure), failure, None))
    seconds: float = repeating(60)["wait"](state)
    return seconds


@given(tries=st.integers(1, 1000), named=st.one_of(st.none(), st.floats(0, 3600)))
def test_waits_grow_within_their_bounds_and_after_what_is_named(tries: int, named: float | None):
    failure = RxHeld(status=409, code=ErrorCode.RX_HELD, retry_after=named)
    rule = rule_for(failure)
    most = min(rule.longest_wait, rule.first_wait * 2 ** min(tries - 1, 30))
    assert 0 <= waited(failure, tries) - (named or 0.0) <= most


def test_tills_do_not_come_back_all_at_once():
    seconds = sorted(waited(NotSent("ConnectError"), 7) for _ in range(400))
    assert max(sum(low <= one < low + 1 for one in seconds) for low in range(60)) < 40


class Sent:
    """Fails with these in turn, then succeeds; keeps every wait."""

    def __init__(self, *failures: CallFailed) -> None:
        self.failures = list(failures)
        self.waits: list[float] = []

    def __call__(self) -> str:
        if self.failures:
            raise self.failures.pop(0)
        return "recorded"

    def settle(self, deadline: float) -> str:
        return Retrying(**repeating(deadline), sleep=self.waits.append)(self)


def test_it_is_repeated_until_it_is_recorded():
    sent = Sent(NotSent("x"), InDoubt("x"), RateLimited(status=429, code=ErrorCode.RATE_LIMITED, retry_after=3.0))
    assert sent.settle(60) == "recorded"
    assert len(sent.waits) == 3
    assert sent.waits[2] >= 3.0


@pytest.mark.parametrize(
    "final",
    [
        RxExpired(status=409, code=ErrorCode.RX_EXPIRED),
        ClientLooping(status=429, code=ErrorCode.CLIENT_LOOPING),
        SignInRefused(status=401, code="x", error="invalid_client"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_will_not_change_is_not_repeated(final: CallFailed):
    sent = Sent(InDoubt("x"), final, NotSent("x"))
    with pytest.raises(type(final)):
        sent.settle(60)
    assert len(sent.waits) == 1


def test_nobody_waits_past_the_deadline():
    failure = RateLimited(status=429, code=ErrorCode.RATE_LIMITED, retry_after=900.0)
    sent = Sent(failure)
    with pytest.raises(RateLimited) as raised:
        sent.settle(60)
    assert raised.value is failure
    assert sent.waits == []


def test_a_bug_is_not_repeated():
    def broken() -> str:
        raise KeyError("x")

    with pytest.raises(KeyError):
        Retrying(**repeating(60))(broken)


@respx.mock
async def test_the_client_never_repeats_a_dispense_by_itself(open_client: Open):
    route = respx.post(f"{ORIGIN}/v1/dispenses").mock(return_value=refusing("STORE_UNAVAILABLE", 503))
    with pytest.raises(Refused):
        await open_client(ORIGIN).dispense(ORDER, key="till-1-000001")
    route.mock(side_effect=httpx.ReadTimeout("no"))
    with pytest.raises(InDoubt):
        await open_client(ORIGIN).dispense(ORDER, key="till-1-000001")
    assert route.call_count == 2


def published(rule: Rule) -> list[str]:
    wait = f"{rule.first_wait:g} s, doubled up to {rule.longest_wait:g} s" if rule.step is Step.REPEAT else "—"
    return [rule.outcome, rule.seen_as, rule.recorded.value, rule.step.value, wait]


def test_the_guide_publishes_this_table():
    found = list(rows(read(GUIDE), 5))
    start = found.index(["Outcome", "Seen as", "Recorded?", "What to do", "Wait"]) + 1
    assert found[start:] == [published(rule) for rule in TABLE]
