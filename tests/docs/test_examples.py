"""The examples, sent to the real application as a reader would send them."""

from __future__ import annotations

import asyncio
import importlib.util
import re
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import httpx
import pytest
from aiohttp import web

from adapters.foms.settings import FomsSettings
from adapters.xroad.identifiers import Subsystem
from adapters.xroad.settings import XRoadSettings
from config.sections import StoreSettings
from config.settings import Settings
from gateway.api.application import make_runner
from gateway.app import running_gateway
from gateway.cli.reference import organisations_from
from gateway.store.organisations import replace_organisations
from gateway.store.sqlite import SqliteStore
from schemas.errors import Language
from tests.builders import EXAMPLE_NUMBER as NUMBER
from tests.builders import case_bytes, movement_json
from tests.docs.pages import ROOT, read, rows
from tests.support.journal import submission

EXAMPLES = ROOT / "docs" / "examples"
REGISTER = ROOT / "config" / "examples" / "organisations.csv"
FIRST = (EXAMPLES / "01-accepted-202.json").read_bytes()
NOBODY = "http://127.0.0.1:1"
"""A security server that is not there: cases are accepted and wait."""


class Example(NamedTuple):
    file: str
    method: str
    path: str
    sender: str | None
    codes: tuple[str, ...]

    @property
    def status(self) -> int:
        """The status in the file's name."""
        return int(re.findall(r"-([0-9]{3})\.", self.file)[0])


def examples() -> list[Example]:
    found = []
    for file, request, codes in rows(read(EXAMPLES / "README.md"), 3):
        if file.startswith("["):
            method, path = re.findall(r"`([A-Z]+) (\S+)`", request)[0]
            sender = "direct-entry" if "`direct-entry`" in request else None
            name = re.findall(r"\[([^\]]+)\]", file)[0]
            found.append(Example(name, method, path, sender, tuple(sorted(re.findall(r"`([A-Z0-9_]+)`", codes)))))
    return found


def settings(path: Path) -> Settings:
    return Settings(
        store=StoreSettings(url=f"sqlite:///{path}"),
        xroad=XRoadSettings(security_server_url=NOBODY, client=Subsystem(member_code="70000001", subsystem_code="a")),
        foms=FomsSettings(provider=Subsystem(member_code="70000002", subsystem_code="b")),
    )


@pytest.fixture
async def journal(tmp_path: Path) -> Path:
    """A SQLite journal that holds nothing but the example register."""
    path = tmp_path / "kopuro.db"
    store = SqliteStore(path)
    await store.open()
    organisations = organisations_from(REGISTER, Language.EN)
    await store.write(lambda connection: replace_organisations(connection, organisations))
    await store.close()
    return path


@pytest.fixture
async def url(journal: Path) -> AsyncIterator[str]:
    """The address of the whole gateway, composed as `gateway serve` does."""
    async with running_gateway(settings(journal)) as gateway:
        runner = make_runner(gateway.application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        await runner.cleanup()


@pytest.fixture
async def client(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url, trust_env=False) as opened:
        yield opened


def test_every_example_is_listed_in_order():
    listed = [example.file for example in examples()]
    assert listed == sorted(path.name for path in EXAMPLES.iterdir() if path.suffix in {".json", ".ndjson"})


async def test_examples_get_the_status_and_codes_they_claim(client: httpx.AsyncClient):
    for example in examples():
        kind = "application/x-ndjson" if example.file.endswith(".ndjson") else "application/json"
        headers = {"Content-Type": kind, "Idempotency-Key": example.file}
        if example.sender:
            headers["Gateway-Sender"] = example.sender
        body = (EXAMPLES / example.file).read_bytes()
        answer = await client.request(example.method, example.path, content=body, headers=headers)
        assert answer.status_code == example.status, (example.file, answer.text)
        if kind == "application/json":
            said = answer.json()
            findings = said["findings"] if "findings" in said else said["operation"]["findings"]
            assert tuple(sorted(finding["code"] for finding in findings)) == example.codes, example.file


async def test_the_batch_is_answered_as_the_page_shows(client: httpx.AsyncClient):
    body = (EXAMPLES / "18-batch-200.ndjson").read_bytes()
    headers = {"Content-Type": "application/x-ndjson"}
    answer = await client.post("/v1/treated-cases/check", content=body, headers=headers)
    assert answer.text.splitlines()[-1] in read(ROOT / "docs" / "integrators.md")


async def test_the_first_example_is_the_orders_own(client: httpx.AsyncClient):
    answer = await send(client, FIRST, "a")
    assert answer.json()["ksf_number"] == NUMBER


async def test_the_table_of_idempotency_is_true(client: httpx.AsyncClient):
    first = await send(client, FIRST, "a")
    assert (await send(client, case_bytes(card_number="x"), "a")).json()["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert (await client.post("/v1/treated-cases", content=FIRST)).json()["code"] == "IDEMPOTENCY_KEY_MISSING"
    assert (await send(client, case_bytes(card_number="x"), "b")).json()["code"] == "STAY_DUPLICATE"
    begun = "2025-12-10T07:00:00+06:00"
    other = case_bytes(ksf_number=NUMBER, admission={"at": begun}, movements=[movement_json(entered_at=begun)])
    assert (await send(client, other, "b")).json()["code"] == "KSF_DUPLICATE"
    assert (await send(client, FIRST, "b")).headers["Idempotency-Replayed"] == "true"
    again = await send(client, FIRST, "a")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")


async def send(client: httpx.AsyncClient, body: bytes, key: str) -> httpx.Response:
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    return await client.post("/v1/treated-cases", content=body, headers=headers)


def program(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name.removesuffix(".py"), EXAMPLES / name)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_the_python_for_sending_and_following_works(url: str, client: httpx.AsyncClient):
    await client.post("/v1/upstreams/foms/pause", json={"reason": "a test"})
    with httpx.Client(base_url=url, timeout=35.0, trust_env=False) as plain:
        task = asyncio.create_task(asyncio.to_thread(program("send_case.py").send, plain, FIRST, "card-1"))
        async with asyncio.timeout(20):
            while not (found := (await client.get("/v1/operations")).json()["items"]):
                await asyncio.sleep(0.01)
            parked = await client.post(f"/v1/operations/{found[0]['id']}/park", json={"reason": "a test"})
            answer = await task
        assert parked.json()["state"] == "parked"
        assert (answer.status_code, answer.json()["operation"]["state"]) == (202, "parked")
        page = await asyncio.to_thread(next, program("follow_events.py").pages(plain, 0))
        assert [event["type"] for event in page["items"]] == ["operation.parked"]


@pytest.mark.postgres
async def test_a_journal_moves_to_postgresql(journal: Path, postgres_url: str):
    async with running_gateway(settings(journal)) as gateway:
        await gateway.services.dispatcher.pause("foms", by="a test", reason="a test")
        accepted = await gateway.services.journal.submit_case(submission("moved"))
        await gateway.services.journal.park(accepted.operation.id, by="a test", reason="a test")
    mover = program("move_to_postgresql.py")
    copied = await mover.move(journal, postgres_url)
    with pytest.raises(mover.TargetNotEmpty):
        await mover.move(journal, postgres_url)
    # The settings refuse a password in the URL; that of a test server may have one.
    there = settings(journal).model_copy(update={"store": StoreSettings.model_construct(url=postgres_url)})
    async with running_gateway(there) as gateway:
        moved = gateway.services.journal
        repeated = await moved.submit_case(submission("moved"))
        following = await moved.submit_case(submission("new"))
        await moved.park(following.operation.id, by="a test", reason="a test")
        events = await moved.events(0, 10)

    assert (copied["operations"], copied["treated_cases"], copied["organisations"]) == (1, 1, 20)
    assert (repeated.repeated, repeated.operation.id) == (True, accepted.operation.id)
    assert following.operation.business_key == NUMBER.replace("0000001", "0000002", 1)
    assert [event.position for event in events] == [1, 2]
