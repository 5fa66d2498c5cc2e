"""What the line makes of an answer, and of whose."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from kopuro_pos import client
from kopuro_pos.agent.counter.line import Line
from kopuro_pos.agent.ports import CounterSettings, GatewayPort, Terminal
from tests.support.doubles import SettableClock

TERMINAL = Terminal(origin="http://127.0.0.1:1", client="till-1", pharmacy="950174")
REFUSED_KEY = client.Refused(status=401, code="AUTH_TOKEN_INVALID")
FAILED = client.Refused(status=500, code="INTERNAL_ERROR")


@pytest.fixture
def line() -> Line:
    return Line(SettableClock(datetime(2026, 3, 2, 4, tzinfo=UTC)), CounterSettings(), moved=lambda: None)


def gateway() -> client.PharmacyClient:
    return client.PharmacyClient(TERMINAL.origin)


async def failing(line: Line, error: client.CallFailed) -> None:
    async def fail(_: GatewayPort) -> None:
        raise error

    with pytest.raises(type(error)):
        await line.call(fail)


async def test_a_refused_key_is_told(line: Line):
    line.connect(gateway(), TERMINAL)
    await failing(line, REFUSED_KEY)
    assert line.terminal_state().must_enrol_again
    line.connect(gateway(), TERMINAL)
    assert not line.terminal_state().must_enrol_again


async def test_what_a_former_key_is_told_afterwards_says_nothing_of_the_new_one(line: Line):
    line.connect(gateway(), TERMINAL)
    asked, answered = asyncio.Event(), asyncio.Event()

    async def refused_late(_: GatewayPort) -> None:
        asked.set()
        await answered.wait()
        raise REFUSED_KEY

    late = asyncio.create_task(line.call(refused_late))
    await asked.wait()
    line.connect(gateway(), TERMINAL)
    answered.set()
    with pytest.raises(client.Refused):
        await late
    assert not line.terminal_state().must_enrol_again
    assert line.reachable


@pytest.mark.parametrize(
    ("error", "reachable"),
    [
        (client.InDoubt("status 500", FAILED), True),
        (client.InDoubt("status 502"), False),
        (client.InDoubt("ReadTimeout"), False),
        (client.NotSent("ConnectError"), False),
        (FAILED, True),
    ],
    ids=str,
)
async def test_a_gateway_that_fails_is_there_and_a_proxys_page_is_not_it(
    line: Line,
    error: client.CallFailed,
    reachable: bool,  # noqa: FBT001
):
    line.connect(gateway(), TERMINAL)
    await failing(line, error)
    assert line.reachable is reachable
