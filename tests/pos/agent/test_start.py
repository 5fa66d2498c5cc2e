"""The whole agent: it starts with all its parts, sells at a real gateway, and ends in order."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from kopuro_pos.agent.composing import running
from kopuro_pos.agent.failures import CannotStart, ExitCode
from kopuro_pos.agent.files import SEALING_FILE
from kopuro_pos.agent.problems import ENTRIES
from kopuro_pos.agent.settings import STATE_VARIABLE, Settings
from kopuro_pos.agent.storage.private_files import UnsafeFile
from kopuro_pos.agent.web.routes import ROUTES
from tests.conftest import migrated_sqlite
from tests.pos.agent.house import House
from tests.pos.agent.shell import Shell
from tests.pos.agent.transcript import PAGE, part, record, table
from tests.support.processes import Process, ProcessFailed, free_port


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
async def agent(tmp_path: Path, state: Path) -> AsyncIterator[Process]:
    process = Process("agent", ("kopuro_pos", "agent", "--port", "0", "--state", str(state)), tmp_path)
    yield process
    process.kill()


async def test_the_page_shows_what_the_agent_says(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory):
    """Look-up, quote, sale, reversal and the day's end, through everything; ``transcript.py`` writes the page anew."""
    said = await record(tmp_path, await migrated_sqlite(tmp_path, tmp_path_factory))
    assert part(PAGE.read_text(encoding="utf-8"), "transcript") == said.strip()


def test_the_page_shows_every_route():
    page = part(PAGE.read_text(encoding="utf-8"), "transcript")
    asked = {tuple(line.split(" ")) for line in re.findall(r"```http\n(.*)", page)}
    shown = {(method, re.sub(r"[0-9a-f-]{36}", "{id}", path.partition("?")[0])) for method, path in asked}
    assert {(method, path) for method, path, _ in ROUTES} - shown == {("POST", "/api/enter")}  # the page's own


def test_the_page_shows_every_problem_and_every_setting():
    page = PAGE.read_text(encoding="utf-8")
    assert part(page, "problems") == table()
    assert set(re.findall(r"^\| `([A-Z_]+)`", page, re.MULTILINE)) == {code.value for code in ENTRIES}
    rows = page[page.index("## Settings") : page.index("## Who may call")]
    named = set(re.findall(r"`([a-z_]+)`", "\n".join(line.split("|")[1] for line in rows.splitlines() if "|" in line)))
    assert named == set(Settings.model_fields)


async def test_it_starts_tells_where_it_is_and_ends_when_told(agent: Process, state: Path):
    agent.start()
    ready = await agent.ready()
    assert json.loads((state / "agent.json").read_bytes())["url"] == ready["url"]
    async with aiohttp.ClientSession() as http, http.get(ready["url"]) as answer:
        assert answer.status == 200
    code, _ = await agent.terminate()
    assert code == 0
    assert not (state / "agent.json").exists()
    lines = [json.loads(line) for line in agent.stderr().splitlines()]
    assert [line["event"] for line in lines if line["logger"].endswith("composing")] == ["ready", "stopping"]


async def test_open_pages_do_not_keep_it_from_ending(agent: Process, state: Path):
    agent.start()
    url = (await agent.ready())["url"]
    headers = {"Authorization": f"Bearer {(state / 'token').read_text()}"}
    async with aiohttp.ClientSession() as http, http.get(f"{url}/api/events", headers=headers) as events:
        assert await events.content.readline()
        code, seconds = await agent.terminate(seconds=10)
    assert code == 0
    assert seconds < 5


async def test_two_agents_do_not_share_a_folder(agent: Process, state: Path):
    agent.start()
    await agent.ready()
    with pytest.raises(CannotStart, match="Another agent"):
        async with running(state, Settings(port=0)):
            pass


async def test_a_port_that_is_taken_is_told(state: Path):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=f"Port {port}"):
            async with running(state, Settings(port=port)):
                pass
    async with running(state, Settings(port=0)):
        pass


async def test_after_a_kill_it_starts_again(agent: Process, state: Path):
    for _ in range(2):
        agent.start()
        await agent.ready()
        agent.kill()
    assert (state / "agent.json").exists()
    agent.start()
    await agent.ready()
    assert (await agent.terminate())[0] == 0


@pytest.mark.parametrize("name", ["token", "sealing.key", "terminal.json"])
async def test_secrets_that_others_may_read_stop_it(state: Path, name: str):
    (state / name).write_bytes(b"x" * 32)
    (state / name).chmod(0o644)
    with pytest.raises(UnsafeFile):
        async with running(state, Settings(port=0)):
            pass


async def test_a_damaged_sealing_key_stops_it(state: Path):
    (state / "sealing.key").write_bytes(b"short")
    (state / "sealing.key").chmod(0o600)
    with pytest.raises(CannotStart):
        async with running(state, Settings(port=0)):
            pass


async def test_another_sealing_key_than_the_queues_stops_it_and_says_so(house: House):
    await house.sell(await house.quote(await house.issue()))
    await house.stop()
    kept = (house.folder / SEALING_FILE).rename(house.folder / "kept")
    told = await Shell(house.folder).run("agent", "--port", "0")
    assert (told.code, told.out) == (ExitCode.UNREACHABLE, "")
    assert "The queue was sealed with another key.\nWhat to do: Restore the sealing key from a copy." in told.err
    kept.replace(house.folder / SEALING_FILE)
    await house.start()
    assert (await house.counter.state()).queue.waiting == 0


async def test_a_full_disk_stops_it_and_says_so(state: Path):
    told = await Shell(state).run("agent", "--port", "0", largest_file=8)
    assert (told.code, told.out) == (ExitCode.UNREACHABLE, "")
    assert "The disk is full.\nWhat to do: Make room on the disk, then start again." in told.err


async def test_a_folder_that_others_may_enter_stops_it(agent: Process, state: Path):
    await asyncio.to_thread(state.chmod, 0o755)
    agent.start()
    with pytest.raises(ProcessFailed):
        await agent.ready()
    assert await agent.ended() == ExitCode.UNREACHABLE
    assert f"chmod 700 {state}" in agent.stderr()


async def test_what_draws_documents_and_reads_boxes_is_not_imported_at_the_start():
    """Start takes well under two seconds and memory stays low because of what is left out."""
    program = "import sys, kopuro_pos.agent.composing; print('\\n'.join(sys.modules))"
    modules = await asyncio.to_thread(subprocess.check_output, [sys.executable, "-c", program], text=True)
    loaded = {name.partition(".")[0] for name in modules.split()}
    assert loaded.isdisjoint({"reportlab", "openpyxl", "PIL", "biip", "gateway", "schemas", "rich", "keyring"})


async def test_its_memory_stays_small(agent: Process, state: Path):
    agent.start()
    url = (await agent.ready())["url"]
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        assert answer.status == 200
    pid = json.loads((state / "agent.json").read_bytes())["pid"]
    status = await asyncio.to_thread(Path(f"/proc/{pid}/status").read_text)
    assert int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) < 120 * 1024


async def test_the_gateway_may_be_away_when_it_starts(state: Path):
    settings = Settings(port=0, gateway=f"http://127.0.0.1:{free_port()}", sender="pharmacy", pharmacy="700001")
    async with running(state, settings) as port, aiohttp.ClientSession() as http:
        headers = {"Authorization": f"Bearer {(state / 'token').read_text()}"}
        order = {"pin": "21205197000011", "number": "625498741294"}
        async with http.post(f"http://127.0.0.1:{port}/api/lookup", json=order, headers=headers) as answer:
            assert (answer.status, (await answer.json(content_type=None))["code"]) == (503, "GATEWAY_UNREACHABLE")


def test_the_state_variable_has_the_name_of_the_pages():
    assert STATE_VARIABLE in PAGE.read_text(encoding="utf-8")
