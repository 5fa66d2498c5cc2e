"""The command line as a shell sees it: words, JSON, exit codes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from kopuro_pos import __version__
from kopuro_pos.agent.commands import lines_of, waiting_in
from kopuro_pos.agent.contract import AgentState, ClockState, GatewayState, QueueState, TerminalState
from tests.pos.agent.shell import Shell
from tests.pos.client.guarded import TILL, Guarded
from tests.support.processes import Process


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "state")


async def test_help_names_every_command(shell: Shell):
    told = await shell.run("--help")
    assert told.code == 0
    assert all(name in told.out for name in ("agent", "enrol", "change-key", "counter", "status", "certify"))
    assert (await shell.run("--version")).out == f"kopuro-pos {__version__}\n"


async def test_a_terminal_is_enrolled_and_the_running_agent_takes_note(shell: Shell, guarded: Guarded, tmp_path: Path):
    agent = Process("agent", ("kopuro_pos", "agent", "--port", "0", "--state", str(shell.state)), tmp_path)
    try:
        agent.start()
        await agent.ready()
        assert "not enrolled" in (await shell.run("status")).out
        enrolled = await shell.run("enrol", await guarded.code(), "--gateway", guarded.origin, "--json")
        assert (enrolled.code, json.loads(enrolled.out)["client"]) == (0, TILL)
        async with asyncio.timeout(30):
            while not (state := json.loads((await shell.run("status", "--json")).out))["terminal"]["enrolled"]:
                pass
        assert state["terminal"]["client"] == TILL
        assert state["gateway"]["origin"] == guarded.origin
        changed = await shell.run("change-key")
        assert changed.code == 0
        assert f"terminal {TILL} of pharmacy" in changed.out
        opened = await shell.run("counter", "--no-browser")
        assert opened.out.startswith("http://127.0.0.1:")
        assert "/#enter=" in opened.out
        secrets = [path.read_text() for path in (shell.state / "keys").iterdir()]
        private = [json.loads(text)["d"] for text in secrets]
        assert not any(part in text for part in private for text in (enrolled.out, changed.out, agent.tail()))
    finally:
        agent.kill()


async def test_a_refused_code_ends_with_one_and_says_what_to_do(shell: Shell, guarded: Guarded):
    told = await shell.run("enrol", "ABCD-EFGH-JKMN-PQRS", "--gateway", guarded.origin)
    assert told.code == 1
    assert "ENROLMENT_CODE_INVALID" in told.err
    assert "What to do: " in told.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("status",), 3, "does not run"),
        (("counter", "--no-browser"), 3, "does not run"),
        (("change-key",), 1, "not enrolled"),
        (("enrol", "ABCD-EFGH-JKMN-PQRS"), 1, "Which gateway?"),
        (("enrol", "ABCD", "--gateway", "https://gateway.example"), 1, "no code"),
        (("enrol", "ABCD", "--gateway", "http://gateway.example"), 1, "no address"),
        (("agent", "--port", "99999"), 2, "--port"),
        (("agent", "--log-level", "loud"), 2, "log-level"),
        (("nothing",), 2, "nothing"),
    ],
)
async def test_what_cannot_be_done_is_told(shell: Shell, words: tuple[str, ...], code: int, said: str):
    told = await shell.run(*words)
    assert (told.code, told.out) == (code, "")
    assert said in told.err
    assert "Traceback" not in told.err


async def test_wrong_settings_are_told(shell: Shell):
    shell.state.mkdir(mode=0o700)
    (shell.state / "kopuro-pos.toml").write_text("prot = 1")
    told = await shell.run("agent")
    assert told.code == 2
    assert "prot: Extra inputs" in told.err


async def test_the_queue_is_counted_without_an_agent(tmp_path: Path):
    assert await waiting_in(tmp_path) == 0


def test_the_state_is_told_in_lines():
    state = AgentState(
        version="1",
        terminal=TerminalState(enrolled=True, client="till-1", pharmacy="700001", must_enrol_again=True),
        gateway=GatewayState(origin="https://gateway.example", reachable=False),
        clock=ClockState(offset_seconds=400.2, blocked=True),
        queue=QueueState(waiting=3, refused=1),
        stock_rows=7,
        disk_full=True,
    )
    ill = {name: value for name, value, well in lines_of(state) if not well}
    assert ill == {
        "terminal": "till-1: must be enrolled again",
        "gateway": "https://gateway.example: does not answer",
        "clock": "+400 s, nothing is sold",
        "queue": "3 waiting, 0 under a hold, 1 refused",
        "disk": "full",
    }
