"""The terminal's key is changed while sales wait, at a gateway that asks for proof: none is lost, each is sold once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest

from gateway.access.client_keys import make_key
from gateway.store.programme_tables import dispenses
from kopuro_pos.agent.commands import enrol_terminal, waiting_in
from kopuro_pos.agent.composing import running
from kopuro_pos.agent.settings import Settings
from kopuro_pos.agent.web.sessions import installation_token
from tests.pos.agent.house import problem_answer
from tests.pos.agent.shell import Shell
from tests.pos.agent.wire import DISPENSE, Wire
from tests.pos.client.guarded import OPERATOR, TILL, Guarded
from tests.service.dispensing.counter import rows
from tests.support.programme import MEDICINE, issue_into

_PATIENCE_SECONDS: Final = 30.0
_PIN: Final = "21205197000011"


class Computer:
    """The pharmacy's: its state folder, the command, and the agent while it runs. A cut line cuts all of it off."""

    def __init__(self, state: Path, guarded: Guarded, wire: Wire) -> None:
        self.shell = Shell(state)
        self.wire = wire
        self.state = state
        self._guarded = guarded
        self._running = AsyncExitStack()
        self._sales = 0
        self._http: aiohttp.ClientSession

    async def start(self) -> None:
        port = await self._running.enter_async_context(
            running(self.state, Settings(port=0), clock=self._guarded.counter.clock)
        )
        proof = {"Authorization": f"Bearer {installation_token(self.state)}"}
        self._http = await self._running.enter_async_context(
            aiohttp.ClientSession(f"http://127.0.0.1:{port}", headers=proof)
        )

    async def stop(self) -> None:
        await self._running.aclose()

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        async with self._http.request(method, path, json=body) as answer:
            return answer.status, await answer.json(content_type=None)

    async def sell_offline(self) -> dict[str, Any]:
        """A sale under a hold that was taken just before the line went."""
        issued = await issue_into(self._guarded.counter.store, patient={"pin": _PIN})
        _, found = await self.call("POST", "/api/lookup", {"pin": issued.pin, "number": issued.number})
        wanted = {"lookup": found["lookup"], "medicine": MEDICINE, "units": 60, "pack_price": "450.00"}
        _, quote = await self.call("POST", "/api/quote", wanted)
        await self.wire.cut()
        order = {
            "key": "till-1-2026-01-15-0001", "quote": quote["quote"], "pharmacist": "Асанова А.",
            "receipt_number": "000017", "receipt_amount": quote["patient"],
        }  # fmt: skip
        status, sale = await self.call("POST", "/api/sales", order)
        assert (status, sale["state"]) == (202, "waiting")
        return dict(sale)

    async def until_state(self, holds: Callable[[dict[str, Any]], bool]) -> None:
        """Once the agent's state is as it should be; looked at whenever its stream of events tells of another."""
        async with asyncio.timeout(_PATIENCE_SECONDS), self._http.get("/api/events") as events:
            while not holds((await self.call("GET", "/api/state"))[1]):
                assert await events.content.readline()

    async def is_recorded_once(self, sale: dict[str, Any]) -> None:
        """What waited is with the gateway, and nothing else is."""
        await self.until_state(lambda state: not state["queue"]["waiting"])
        _, recorded = await self.call("GET", f"/api/sales/{sale['id']}")
        assert (recorded["state"], recorded["made_offline"]) == ("recorded", True)
        (dispense,) = await rows(self._guarded.counter.store, dispenses)
        assert str(dispense.id) == recorded["dispense"]


@pytest.fixture
async def computer(tmp_path: Path, guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Computer]:
    """Its way to the gateway is a proxy, since proofs are made for the gateway's own address."""
    async with Wire(guarded.origin).open() as wire:
        for name in ("no_proxy", "NO_PROXY", "HTTP_PROXY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("http_proxy", wire.origin)
        opened = Computer(tmp_path / "state", guarded, wire)
        await asyncio.to_thread(enrol_terminal, opened.state, Settings(), await guarded.code(), guarded.origin)
        await opened.start()
        yield opened
        await opened.stop()


async def rotated_at_once(guarded: Guarded) -> None:
    await guarded.clients.rotate(TILL, by=OPERATOR, overlap=timedelta())


async def rotated_and_the_overlap_is_over(guarded: Guarded) -> None:
    await guarded.clients.rotate(TILL, by=OPERATOR, overlap=timedelta(microseconds=1))


async def enrolled_elsewhere(guarded: Guarded) -> None:
    await guarded.enrolments.redeem(await guarded.code(), make_key().public)


@pytest.mark.parametrize("change", [rotated_at_once, rotated_and_the_overlap_is_over, enrolled_elsewhere])
async def test_a_key_that_ends_while_a_sale_waits_keeps_the_queue_until_a_new_code(
    computer: Computer, guarded: Guarded, change: Callable[[Guarded], Awaitable[None]]
) -> None:
    sale = await computer.sell_offline()
    await change(guarded)
    await computer.stop()  # a token that was had before may outlive its key by a little
    await computer.start()
    await computer.wire.mend()
    await computer.until_state(lambda state: state["terminal"]["must_enrol_again"])
    assert [one["sale"] for one in (await computer.call("GET", "/api/queue"))[1]["waiting"]] == [sale["id"]]
    assert await rows(guarded.counter.store, dispenses) == []
    enrolled = await computer.shell.run("enrol", await guarded.code())
    assert enrolled.code == 0, enrolled.err
    await computer.is_recorded_once(sale)
    assert not (await computer.call("GET", "/api/state"))[1]["terminal"]["must_enrol_again"]


async def test_a_key_that_the_terminal_changes_while_a_sale_waits_sells_it(computer: Computer) -> None:
    before = (await computer.call("GET", "/api/state"))[1]["terminal"]["key_changed_at"]
    sale = await computer.sell_offline()
    computer.wire.answers[DISPENSE] = problem_answer(503, "OVERLOADED")
    await computer.wire.mend()
    changed = await computer.shell.run("change-key")
    assert changed.code == 0, changed.err
    await computer.until_state(lambda state: state["terminal"]["key_changed_at"] != before)
    assert DISPENSE not in computer.wire.passed
    computer.wire.answers.clear()
    await computer.is_recorded_once(sale)


async def test_a_key_that_is_changed_while_the_agent_stands_still_sells_what_waits(computer: Computer) -> None:
    sale = await computer.sell_offline()
    await computer.stop()
    await computer.wire.mend()
    changed = await computer.shell.run("change-key")
    assert changed.code == 0, changed.err
    assert await waiting_in(computer.state) == 1
    await computer.start()
    await computer.is_recorded_once(sale)
