"""What is sent must not come back in logs, metrics or errors."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Iterator

import orjson
import pytest
import structlog

from gateway.telemetry.logging import configure_logging
from tests.builders import case_bytes
from tests.service.api.conftest import Gateway

PIN = "20101199012345"
NAME = "Үсөнов"
SECRETS = (PIN, NAME, "Мырза-Аке", "Асанова", "secret-key-7", "J18.1", "00000011895017425")


@pytest.fixture
def log() -> Iterator[io.BytesIO]:
    """Everything that is logged, as bytes."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = io.BytesIO()
    configure_logging("DEBUG", stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


async def test_nothing_personal_is_logged_measured_or_echoed(log: io.BytesIO, gateway: Gateway):
    await gateway.send(key="secret-key-7")
    await gateway.send(case_bytes(patient={"pin": PIN + "9"}, department="x"), key="secret-key-7")
    await gateway.send(case_bytes().replace(b'"card_number"', f'"{PIN}"'.encode()))
    await gateway.get(f"/v1/treated-cases/00000011895017425?{PIN}={NAME}")
    await gateway.get(f"/v1/operations?business_key={PIN}&{PIN}=1")
    await gateway.get(f"/{PIN}/{NAME}", headers={"X-Request-Id": PIN, "traceparent": PIN})
    await gateway.send(f'{{"{NAME}": "{PIN}'.encode(), headers={"Content-Type": f"text/{PIN}"})
    gateway.journal.failing = ValueError(f"{PIN} {NAME}")
    failed = await gateway.send()
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    writer.write(f"GET /{PIN} {NAME} HTTP/9.9\r\nX: {PIN}\r\n\r\n".encode())
    await reader.read()
    writer.close()
    await writer.wait_closed()
    gateway.services.access_log.write_summary()

    written = log.getvalue().decode() + (await gateway.get("/metrics")).body.decode() + failed.body.decode()
    assert log.getvalue()
    for secret in SECRETS:
        assert secret not in written, secret


async def test_findings_do_not_repeat_what_was_sent(gateway: Gateway):
    reply = await gateway.send(
        case_bytes(patient={"pin": PIN + "77", "sex": NAME, "birth_date": f"{NAME}-01"}, ksf_number=PIN, **{NAME: PIN})
    )

    assert reply.status == 422
    assert PIN not in reply.body.decode()
    assert NAME not in reply.body.decode()


async def test_refusals_and_failures_have_lines_and_successes_a_summary(log: io.BytesIO, gateway: Gateway):
    for _ in range(3):
        await gateway.send()
    refused = await gateway.send(b"{")
    gateway.journal.failing = ValueError("x")
    await gateway.send()
    gateway.services.access_log.write_summary()
    lines = [orjson.loads(line) for line in log.getvalue().splitlines()]

    [refusal, *_] = [line for line in lines if line["event"] == "request_refused"]
    assert refusal["codes"] == ["REQUEST_MALFORMED_JSON"]
    assert refusal["request_id"] == refused.headers["X-Request-Id"]
    assert refusal["route"] == "/v1/treated-cases"
    [failure] = [line for line in lines if line["event"] == "request_failed"]
    assert failure["exception"] == ["ValueError"]
    assert any("treated_cases" in frame for frame in failure["frames"])
    [summary] = [line for line in lines if line["event"] == "requests_answered"]
    assert (summary["status"], summary["count"]) == (202, 3)
