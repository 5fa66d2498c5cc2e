"""``gateway serve`` as a process: ready, refusing, stopping, starting again."""

from __future__ import annotations

import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from gateway.cli.demo.processes import free_port
from gateway.sealing.sources import KeyDirectory
from tests.campaigns.accounting import settled
from tests.campaigns.load import Hospitals, client_session
from tests.support.processes import GATEWAY, Process, world

REFUSED_SECONDS = 30.0


async def refusal(process: Process) -> tuple[int, str]:
    """The exit code and the words of a process that is not to start."""
    process.start()
    return await process.ended(REFUSED_SECONDS), process.stderr() + process.tail()


async def test_a_life_of_a_gateway(tmp_path: Path):
    async with world(tmp_path) as built, client_session() as session:
        await built.start()
        assert (await built.nodes[0].ready())["url"] == built.urls[0]
        async with session.get(f"{built.urls[0]}/health/ready") as response:
            assert response.status == 200
        hospitals = Hospitals(session, built.urls, built.organisations, seed=1)
        told = await hospitals.submit(0)
        assert told is not None

        # While it lives, nobody else opens its store or its port.
        code, words = await refusal(Process("second", (GATEWAY, "serve", "--config", "node-0.toml"), tmp_path))
        assert code != 0
        assert "Traceback" not in words
        elsewhere = ("serve", "--config", "node-0.toml", "--port", str(free_port()))
        code, words = await refusal(Process("same-store", (GATEWAY, *elsewhere), tmp_path))
        assert code != 0
        assert "open" in words
        assert "Traceback" not in words

        await settled(session, built.urls[0], 30)
        code, seconds = await built.nodes[0].terminate()
        assert code == 0
        assert seconds < 10

        # What it was told is there when it comes back, under the same key and address.
        await built.start()
        assert await hospitals.submit(0) == told
        assert hospitals.ledger.problems == []
        async with session.get(f"{built.urls[0]}/v1/operations/{told.operation}") as response:
            assert orjson.loads(await response.read())["state"] == "delivered"


async def test_it_listens_on_loopback_only(tmp_path: Path):
    async with world(tmp_path, prepare=False) as built:
        outside = Process("outside", (GATEWAY, "serve", "--config", "node-0.toml", "--host", "0.0.0.0"), built.folder)
        code, words = await refusal(outside)
    assert code == 2
    assert "loopback" in words
    assert "Traceback" not in words


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_stop_during_delivery_leaves_nothing_behind(tmp_path: Path, number: signal.Signals):
    async with world(tmp_path) as built, client_session() as session:
        await built.start()
        hospitals = Hospitals(session, built.urls, built.organisations, seed=1)
        await hospitals.send(senders=8, cases=16)
        built.nodes[0].signal(number)
        assert await built.nodes[0].ended() == 0
        await built.start()
        await settled(session, built.urls[0], 30)
        async with session.get(f"{built.fund_control}/simulator/records") as response:
            stored = orjson.loads(await response.read())
    assert (stored["cases"], stored["doubles"]) == (16, 0)


async def test_a_process_that_does_not_start_says_why(tmp_path: Path):
    (tmp_path / "gateway.toml").write_text("[server]\nprot = 1\n", encoding="utf-8")
    code, words = await refusal(Process("wrong", (GATEWAY, "serve", "--config", "gateway.toml"), tmp_path))
    assert code == 2
    assert "server.prot" in words


async def test_it_says_which_key_is_missing(tmp_path: Path):
    async with world(tmp_path) as built:
        await built.start()
        await built.nodes[0].terminate()
        keys = KeyDirectory(tmp_path / "keys")
        (lost,) = (tmp_path / "keys").glob("master-*.key")
        lost.rename(tmp_path / "in-the-safe")
        keys.make(datetime.now(UTC), wait=timedelta())
        code, words = await refusal(Process("keyless", (GATEWAY, "serve", "--config", "node-0.toml"), tmp_path))
        assert code != 0
        assert "the master key they were sealed with is missing" in words
        assert "gateway keys check" in words
        assert "Traceback" not in words
