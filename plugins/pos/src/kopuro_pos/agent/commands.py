"""What the small commands do: enrol, change the key, and ask the running agent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx
import orjson
from pydantic import ValidationError

from kopuro_pos.agent.book import Book
from kopuro_pos.agent.contract import AgentState
from kopuro_pos.agent.failures import Failure, Unreachable
from kopuro_pos.agent.files import ADDRESS_FILE, QUEUE_FILE, SEALING_FILE
from kopuro_pos.agent.settings import Settings
from kopuro_pos.agent.storage.private_files import private_folder, read_private
from kopuro_pos.agent.storage.sealing import FileSealer
from kopuro_pos.agent.storage.store import AlreadyRunning, Store
from kopuro_pos.agent.system import SystemClock
from kopuro_pos.agent.terminal.connecting import connect_with
from kopuro_pos.agent.terminal.enrolment import Enrolled, TerminalFile, change_key, enrol
from kopuro_pos.agent.terminal.keys import key_store
from kopuro_pos.agent.web.sessions import installation_token

_SECONDS: Final = 5.0


def enrol_terminal(state: Path, settings: Settings, code: str, gateway: str | None) -> Enrolled:
    """Redeem a code. Raises :class:`Failure`."""
    file = TerminalFile(private_folder(state))
    before = file.load()
    origin = gateway or settings.gateway or (None if before is None else before.gateway)
    if origin is None:
        raise Failure("Which gateway?", "Name its address with --gateway, or «gateway» in kopuro-pos.toml.")
    try:
        checked = Settings.model_validate({"gateway": origin}).gateway
    except ValidationError:
        advice = "It is like https://gateway.example; http only for a gateway on this computer."
        raise Failure(f"{origin} is no address of a gateway.", advice) from None
    assert checked is not None
    return asyncio.run(
        enrol(
            code,
            gateway=checked,
            file=file,
            keys=key_store(settings, state),
            connect=connect_with(settings),
            clock=SystemClock(),
            waiting=partial(waiting_in, state),
        )
    )


def change_terminal_key(state: Path, settings: Settings) -> Enrolled:
    """Give the terminal a new key. Raises :class:`Failure`."""
    file = TerminalFile(private_folder(state))
    keys = key_store(settings, state)
    return asyncio.run(change_key(file=file, keys=keys, connect=connect_with(settings), clock=SystemClock()))


async def waiting_in(state: Path) -> int:
    """How many sales and reversals the queue holds: asked of the running agent, else of the queue itself."""
    with suppress(Unreachable):
        return (await asyncio.to_thread(agent_state, state)).queue.waiting
    if not (state / QUEUE_FILE).exists():
        return 0
    store = Store(state / QUEUE_FILE)
    try:
        await store.open()
        return (await Book(store, FileSealer.at(state / SEALING_FILE)).counts()).waiting
    except AlreadyRunning:
        raise Unreachable("An agent works with this state folder, but does not answer.", "Stop it first.") from None
    finally:
        await store.close()


def counter_address(state: Path) -> str:
    """Where the counter page opens, once. Raises :class:`Failure`."""
    url, answer = _asked(state, "POST", "/api/codes")
    return f"{url}/#enter={answer['code']}"


def agent_state(state: Path) -> AgentState:
    """How the running agent is. Raises :class:`Failure`."""
    return AgentState.model_validate(_asked(state, "GET", "/api/state")[1])


def lines_of(state: AgentState) -> Iterator[tuple[str, str, bool]]:
    """The state for a person: what, how, and whether it is well."""
    terminal, gateway, clock, queue = state.terminal, state.gateway, state.clock, state.queue
    yield "agent", state.version, True
    if not terminal.enrolled:
        yield "terminal", "not enrolled", False
    elif terminal.must_enrol_again:
        yield "terminal", f"{terminal.client}: must be enrolled again", False
    else:
        yield "terminal", f"{terminal.client} of pharmacy {terminal.pharmacy}", True
    reachable = {True: "answers", False: "does not answer", None: "not asked yet"}[gateway.reachable]
    yield "gateway", f"{gateway.origin or 'none'}: {reachable}", gateway.reachable is not False
    offset = "not measured yet" if clock.offset_seconds is None else f"{clock.offset_seconds:+.0f} s"
    yield "clock", f"{offset}{', nothing is sold' if clock.blocked else ''}", not clock.blocked
    waiting = f"{queue.waiting} waiting, {queue.under_hold} under a hold, {queue.refused} refused"
    yield "queue", waiting, queue.refused == 0 and queue.under_hold == 0
    yield "stock", f"{state.stock_rows} rows", True
    if state.disk_full:
        yield "disk", "full", False


def _asked(state: Path, method: str, path: str) -> tuple[str, dict[str, Any]]:
    """The address of the running agent, and its answer."""
    content = read_private(state / ADDRESS_FILE)
    token = installation_token(state)
    advice = f"Start it with «kopuro-pos agent --state {state}»."
    if content is None or token is None:
        raise Unreachable("The agent does not run.", advice)
    url = str(orjson.loads(content)["url"])
    try:
        answer = httpx.request(
            method, url + path, headers={"Authorization": f"Bearer {token}"}, timeout=_SECONDS, trust_env=False
        )
    except httpx.HTTPError:
        raise Unreachable("The agent does not answer.", advice) from None
    body = orjson.loads(answer.content)
    if not answer.is_success:
        raise Failure(f"{body['title']} ({body['code']})", body["detail"])
    return url, body
