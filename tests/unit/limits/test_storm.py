"""The guard against loops: named once, blocked longer and longer, told when it is over, bounded in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from gateway.limits import storm
from gateway.limits.policy import StormPolicy
from gateway.limits.storm import MOST_CLIENTS, MOST_REQUESTS, Repeated, StormGuard
from gateway.rules.findings import Refused
from gateway.telemetry.logging import KNOWN_KEYS
from schemas.errors import ErrorCode
from tests.unit.limits.clocks import Seconds

POLICY = StormPolicy(refusals=5, window_seconds=60, block_seconds=30, longest_block_seconds=100)
CODE = ErrorCode.KSF_FORMAT


class Told:
    def __init__(self) -> None:
        self.events: list[str] = []

    def storm_began(self, route: str) -> None:
        self.events.append(f"began {route}")

    def storm_ended(self, route: str) -> None:
        self.events.append(f"ended {route}")


class Stage:
    """A guard, its clock, who is told, and the log."""

    def __init__(self) -> None:
        self.now = Seconds()
        self.told = Told()
        self.guard = StormGuard(POLICY, self.told, self.now)
        self.lines: list[Any] = []

    def request(self, key: str = "key-1", method: str = "POST") -> Repeated:
        return Repeated(method, "/v1/treated-cases", self.guard.fingerprint(key))

    def send(self, key: str = "key-1", code: ErrorCode = CODE, client: str = "sanarip", method: str = "POST") -> str:
        """One request that the service refuses: the code of the answer."""
        request = self.request(key, method)
        try:
            self.guard.check(client, request)
        except Refused as refused:
            return refused.findings[0].code.value
        self.guard.refused(client, request, code)
        return code.value


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    with structlog.testing.capture_logs() as lines:
        stage.lines = lines
        yield stage


def events(stage: Stage) -> list[str]:
    return [line["event"] for line in stage.lines]


def test_the_same_refused_request_over_and_over_is_a_loop(stage: Stage):
    answers = [stage.send() for _ in range(8)]
    assert answers == [CODE] * 5 + ["CLIENT_LOOPING"] * 3
    assert stage.guard.looping == 1
    with pytest.raises(Refused) as refused:
        stage.guard.check("sanarip", stage.request())
    assert refused.value.retry_after == 30
    assert refused.value.findings[0].parameters == {"client": "sanarip"}
    assert stage.told.events == ["began /v1/treated-cases"]
    assert events(stage) == ["client_looping"]
    assert stage.lines[0].items() >= {"alarm": True, "sender": "sanarip", "codes": [CODE], "count": 5}.items()


def test_other_requests_of_the_client_go_on(stage: Stage):
    for _ in range(8):
        stage.send()
    assert stage.send("key-2") == CODE
    assert stage.send(method="PUT") == CODE
    assert stage.send(client="another") == CODE


def test_many_different_refused_requests_are_no_loop(stage: Stage):
    assert {stage.send(f"key-{n}") for n in range(500)} == {CODE}


def test_another_refusal_of_the_same_request_is_no_loop(stage: Stage):
    codes = [CODE, ErrorCode.KSF_LENGTH]
    assert [stage.send(code=codes[n % 2]) for n in range(20)] == [codes[n % 2] for n in range(20)]


@pytest.mark.parametrize(
    "code", [ErrorCode.IDEMPOTENCY_IN_PROGRESS, ErrorCode.STORE_UNAVAILABLE, ErrorCode.RATE_LIMITED]
)
def test_who_repeats_because_he_was_told_to_is_not_looping(stage: Stage, code: ErrorCode):
    assert {stage.send(code=code) for _ in range(100)} == {code}
    assert not stage.guard.knows("sanarip")


def test_slow_repeats_are_no_loop(stage: Stage):
    for _ in range(40):
        assert stage.send() == CODE
        stage.now.at += 20


def test_what_comes_back_unchanged_is_blocked_longer_each_time(stage: Stage):
    for _ in range(5):
        stage.send()
    for seconds in (30, 60, 100, 100):
        stage.now.at += seconds - 0.5
        assert stage.send() == "CLIENT_LOOPING"
        stage.now.at += 0.5
        assert stage.send() == CODE
    assert events(stage) == ["client_looping"]


def test_it_is_over_when_the_request_passes(stage: Stage):
    for _ in range(6):
        stage.send()
    stage.now.at += 31
    stage.guard.check("sanarip", stage.request())
    stage.guard.passed("sanarip", stage.request())
    assert stage.told.events == ["began /v1/treated-cases", "ended /v1/treated-cases"]
    assert events(stage) == ["client_looping", "client_loop_ended"]
    assert stage.lines[1]["count"] == 6
    assert [stage.send() for _ in range(4)] == [CODE] * 4


def test_it_is_over_after_a_silence(stage: Stage):
    for _ in range(6):
        stage.send()
    stage.now.at += 59
    stage.guard.sweep()
    assert stage.guard.looping == 1
    stage.now.at += 2
    stage.guard.sweep()
    assert stage.guard.looping == 0
    assert stage.told.events == ["began /v1/treated-cases", "ended /v1/treated-cases"]
    assert not stage.guard.knows("sanarip")


def test_a_client_that_was_not_refused_is_not_looked_at(stage: Stage):
    assert not stage.guard.knows("sanarip")
    stage.send()
    assert stage.guard.knows("sanarip")
    stage.now.at += 61
    stage.guard.sweep()
    assert not stage.guard.knows("sanarip")


def test_memory_is_bounded_and_nobody_pushes_another_out(stage: Stage):
    for _ in range(5):
        stage.send(client="looping")
    for number in range(MOST_REQUESTS * 10):
        stage.send(f"key-{number}", client="noisy")
    assert len(stage.guard._clients["noisy"]) == MOST_REQUESTS
    assert stage.send(client="looping") == "CLIENT_LOOPING"
    for number in range(MOST_CLIENTS + 50):
        stage.send(client=f"client-{number}")
    assert len(stage.guard._clients) == MOST_CLIENTS
    # Whoever was forgotten in a storm had its end told.
    assert stage.told.events[-1] == "ended /v1/treated-cases"


def test_fingerprints_say_nothing_and_do_not_run_together():
    one, another = StormGuard(POLICY), StormGuard(POLICY)
    assert one.fingerprint("20101199000017") == one.fingerprint("20101199000017")
    assert one.fingerprint("20101199000017") != another.fingerprint("20101199000017")
    assert one.fingerprint("ab", "c") != one.fingerprint("a", "bc")


def test_every_key_of_its_lines_is_let_through(stage: Stage):
    for _ in range(6):
        stage.send()
    assert stage.lines[0].keys() - {"log_level"} <= KNOWN_KEYS
    assert storm.__doc__
