from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import orjson
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from gateway.operations.model import Channel, Outcome, State, Step
from gateway.telemetry.access import AccessLog
from gateway.telemetry.correlation import CORRELATION, Correlation, correlate
from gateway.telemetry.lag import LoopLag
from gateway.telemetry.logging import configure_logging
from gateway.telemetry.metrics import Metrics
from schemas.errors import ErrorCode

FRESH = UUID("019a0000-0000-7000-8000-0000000000ab")
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class Log:
    def __init__(self) -> None:
        self.stream = io.BytesIO()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [orjson.loads(line) for line in self.stream.getvalue().splitlines()]


@pytest.fixture
def log() -> Iterator[Log]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    written = Log()
    configure_logging("INFO", written.stream)
    yield written
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_only_known_keys_pass(log: Log):
    structlog.get_logger().info("happened", upstream="foms", pin="20101199012345", count=3)

    [line] = log.lines
    assert line["upstream"] == "foms"
    assert line["dropped"] == ["pin"]
    assert "20101199012345" not in log.stream.getvalue().decode()


def test_values_are_plain_and_short(log: Log):
    structlog.get_logger().info("happened", reason="x" * 500, codes=("a", "b"), state=object)

    [line] = log.lines
    assert len(line["reason"]) == 200
    assert line["codes"] == ["a", "b"]
    assert isinstance(line["state"], str)


def test_an_exception_is_told_by_kind_and_place_only(log: Log):
    def fail() -> None:
        try:
            int("20101199012345x")
        except ValueError as error:
            raise RuntimeError("20101199012345") from error

    try:
        fail()
    except RuntimeError:
        structlog.get_logger().exception("broke")

    [line] = log.lines
    assert line["exception"] == ["RuntimeError", "ValueError"]
    assert "test_telemetry.py" in line["frames"][0]
    assert "20101199012345" not in log.stream.getvalue().decode()


def test_libraries_are_told_without_their_words(log: Log):
    logging.getLogger("some.library").warning("GET /people/%s", "20101199012345")
    logging.getLogger("some.library").info("chatter")

    [line] = log.lines
    assert (line["event"], line["logger"], line["level"]) == ("library_message", "some.library", "warning")
    assert line["where"].startswith("test_telemetry:")


def test_lines_carry_the_correlation(log: Log):
    token = CORRELATION.set(Correlation("an-id", "a-trace"))
    structlog.get_logger().info("happened")
    CORRELATION.reset(token)

    assert (log.lines[0]["request_id"], log.lines[0]["traceparent"]) == ("an-id", "a-trace")


def test_a_console_is_for_people(log: Log):
    configure_logging("INFO", log.stream, console=True)
    structlog.get_logger().info("happened", upstream="foms")

    assert b"upstream=foms" in log.stream.getvalue()


def test_a_trace_goes_on_with_our_span():
    made = correlate(FRESH, None, f"00-{TRACE}-00f067aa0ba902b7-00")

    assert made == Correlation(str(FRESH), f"00-{TRACE}-80000000000000ab-00")


@pytest.mark.parametrize(
    "sent",
    [None, "", "00", f"01-{TRACE}-00f067aa0ba902b7-01", f"00-{'0' * 32}-00f067aa0ba902b7-01",
     f"00-{TRACE}-{'0' * 16}-01", f"00-{TRACE.upper()}-00f067aa0ba902b7-01", f"00-{TRACE}-00f067aa0ba902b7-01-x"],
)  # fmt: skip
def test_without_a_valid_trace_a_new_one_begins(sent: str | None):
    assert correlate(FRESH, None, sent).traceparent == f"00-{FRESH.hex}-80000000000000ab-01"


@given(request_id=st.text(max_size=40), traceparent=st.text(max_size=60))
def test_whatever_is_sent_a_correlation_is_well_formed(request_id: str, traceparent: str):
    made = correlate(FRESH, request_id, traceparent)

    assert str(UUID(made.request_id)) == made.request_id
    assert [len(part) for part in made.traceparent.split("-")] == [2, 32, 16, 2]


async def test_the_access_log_writes_its_last_summary_when_it_ends(log: Log):
    access = AccessLog(summary_seconds=60)
    running = asyncio.create_task(access.run())
    await asyncio.sleep(0)
    access.success("GET", "/v1/errors", 200, 0.25)
    access.success("GET", "/v1/errors", 200, 0.5)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    [line] = log.lines
    assert (line["count"], line["slowest_seconds"], line["route"]) == (2, 0.5, "/v1/errors")


async def test_loop_lag_sees_a_blocked_loop():
    seen: list[float] = []
    measured = asyncio.Event()

    def observe(seconds: float) -> None:
        seen.append(seconds)
        measured.set()

    lag = LoopLag(observe, tick_seconds=0.01)
    running = asyncio.create_task(lag.run())
    await asyncio.sleep(0)
    loop = asyncio.get_running_loop()
    until = loop.time() + 0.1
    while loop.time() < until:
        pass
    overdue = lag.seconds()
    async with asyncio.timeout(5):
        await measured.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert overdue >= 0.08
    assert seen[0] >= 0.08


def test_metrics_tell_what_happened():
    metrics = Metrics()
    metrics.request("POST", "/v1/treated-cases", 202, 0.003)
    metrics.request("BREW", "unmatched", 405, 0.001)
    metrics.refused([ErrorCode.KSF_LENGTH])
    metrics.accepted(Channel.SYSTEM)
    metrics.attempt_ended("foms", Step.SEND, Outcome.IN_DOUBT, 1.2)
    metrics.operation_ended("foms", State.DELIVERED)
    metrics.operation_ended("foms", State.REJECTED)
    metrics.operation_ended("foms", State.PARKED)
    metrics.breaker_changed("foms", "open")
    text = metrics.render().decode()

    for line in (
        'gateway_requests_total{method="POST",route="/v1/treated-cases",status="202"} 1.0',
        'gateway_requests_total{method="OTHER",route="unmatched",status="405"} 1.0',
        'gateway_refused_total{code="KSF_LENGTH"} 1.0',
        'gateway_upstream_seconds_count{class="in-doubt",op="send",upstream="foms"} 1.0',
        'gateway_delivered_total{upstream="foms"} 1.0',
        'gateway_rejected_total{upstream="foms"} 1.0',
        'gateway_breaker_state{upstream="foms"} 2.0',
    ):
        assert line in text, line


def test_foreign_methods_do_not_add_series():
    metrics = Metrics()
    for number in range(50):
        metrics.request(f"M{number}", "unmatched", 405, 0.001)

    assert metrics.render().decode().count("gateway_requests_total{") == 1
