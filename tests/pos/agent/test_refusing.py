"""What a refusal means for what waits, and what watchers are told."""

from __future__ import annotations

from uuid import uuid4

import pytest

from kopuro_pos import client
from kopuro_pos.agent.contract import Retry, SaleState
from kopuro_pos.agent.counter.changes import Changes, SaleChanged
from kopuro_pos.agent.counter.refusing import Fate, fate_of, problem_of
from kopuro_pos.agent.problems import ProblemCode
from kopuro_pos.client.refusals import BY_CODE


def refused(status: int, code: str, retry_after: float | None = None) -> client.Refused:
    known = client.ErrorCode(code) if code in client.ErrorCode.__members__ else None
    kind = client.Refused if known is None else BY_CODE[known]
    return kind(status=status, code=known or code, retry_after=retry_after)


@pytest.mark.parametrize(
    ("error", "fate"),
    [
        (refused(409, "RX_DISPENSED"), Fate.REFUSED),
        (refused(409, "QUOTE_CHANGED"), Fate.REFUSED),
        (refused(422, "AMOUNT_MISMATCH"), Fate.REFUSED),
        (refused(403, "ACCESS_DENIED"), Fate.REFUSED),
        (refused(418, "OF_A_NEWER_GATEWAY"), Fate.REFUSED),
        (refused(409, "RX_HELD"), Fate.ASIDE),
        (refused(429, "RATE_LIMITED"), Fate.LATER),
        (refused(429, "CLIENT_LOOPING"), Fate.LATER),
        (refused(503, "OVERLOADED"), Fate.LATER),
        (refused(503, "OF_A_NEWER_GATEWAY"), Fate.LATER),
        (refused(503, "STORE_UNAVAILABLE"), Fate.IN_DOUBT),
        (refused(409, "IDEMPOTENCY_IN_PROGRESS"), Fate.IN_DOUBT),
        (refused(401, "AUTH_TOKEN_INVALID"), Fate.SIGNED_OUT),
        (client.SignInRefused(status=401, code="invalid_client", error="invalid_client"), Fate.SIGNED_OUT),
        (client.SignInRefused(status=400, code="invalid_client", error="invalid_client"), Fate.SIGNED_OUT),
        (client.SignInRefused(status=503, code="busy", error="temporarily_unavailable"), Fate.LATER),
        (client.SignInRefused(status=429, code="slow_down", error="slow_down"), Fate.LATER),
    ],
    ids=str,
)
def test_what_becomes_of_a_sale_that_is_refused(error: client.Refused, fate: Fate) -> None:
    assert fate_of(error) is fate


def test_every_code_of_the_catalogue_has_a_fate_and_words() -> None:
    for code, entry in client.CATALOGUE.items():
        if code not in BY_CODE:
            continue
        error = BY_CODE[code](status=entry.status, code=code)
        assert fate_of(error) in Fate
        for language in ("ky", "ru", "en"):
            told = problem_of(error, language).told(language)
            assert told.title
            assert told.detail


def test_a_refusal_keeps_its_status_its_advice_and_its_wait() -> None:
    problem = problem_of(refused(429, "RATE_LIMITED", 1.2), "ru")
    assert (problem.code, problem.status, problem.retry) == (ProblemCode.GATEWAY_REFUSED, 429, Retry.SAME_KEY_LATER)
    assert problem.retry_after == 2
    assert problem_of(client.InDoubt("ReadTimeout"), "ru").code is ProblemCode.GATEWAY_UNREACHABLE
    assert problem_of(refused(401, "AUTH_TOKEN_INVALID"), "ru").code is ProblemCode.ENROL_AGAIN


async def test_every_watcher_is_told_everything_from_its_call_on() -> None:
    changes = Changes()
    moved = [SaleChanged(id=uuid4(), sequence=number, state=SaleState.WAITING) for number in range(3)]
    changes.tell("sale", moved[0])
    first = changes.subscribe()
    changes.tell("sale", moved[1])
    second = changes.subscribe()
    changes.tell("sale", moved[2])
    changes.close()
    assert [change.payload async for change in first] == moved[1:]
    assert [change.payload async for change in second] == moved[2:]


async def test_a_watcher_that_does_not_look_is_sent_away() -> None:
    changes = Changes()
    watcher = changes.subscribe()
    one = SaleChanged(id=uuid4(), sequence=1, state=SaleState.WAITING)
    for _ in range(5000):
        changes.tell("sale", one)
    assert len([change async for change in watcher]) == 1000
