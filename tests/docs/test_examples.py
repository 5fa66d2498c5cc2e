"""The examples, sent to the real application as a reader would send them."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import re
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import httpx
import pytest
from aiohttp import web

from adapters.foms.settings import FomsSettings
from adapters.xroad.identifiers import Subsystem
from adapters.xroad.settings import XRoadSettings
from config.access import AccessSettings, TlsSettings
from config.sealing import SealingSettings
from config.sections import StoreSettings
from config.settings import Settings
from gateway.access.certificates import ExpectedCertificate
from gateway.access.client_keys import make_key
from gateway.access.clients import Binding, ClientDefinition, ClientKind
from gateway.access.principal import Scope
from gateway.api.access_services import ACCESS_SERVICES
from gateway.api.application import make_runner
from gateway.app import running_gateway
from gateway.audit.verification import verify
from gateway.cli.demo.processes import free_port
from gateway.cli.reference import organisations_from
from gateway.cli.registers import operator
from gateway.sealing.sources import KeyDirectory
from gateway.store.organisations import replace_organisations
from gateway.store.sqlite import SqliteStore
from schemas.errors import Language
from tests.builders import EXAMPLE_NUMBER as NUMBER
from tests.builders import case_bytes, movement_json
from tests.docs.pages import ROOT, read, rows
from tests.support.certificates import Authority, client_context
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


def settings(path: Path, **more: Any) -> Settings:
    return Settings(
        **more,
        store=StoreSettings(url=f"sqlite:///{path}"),
        sealing=SealingSettings(keys=path.parent / "keys"),
        xroad=XRoadSettings(security_server_url=NOBODY, client=Subsystem(member_code="70000001", subsystem_code="a")),
        foms=FomsSettings(provider=Subsystem(member_code="70000002", subsystem_code="b")),
    )


@pytest.fixture
async def journal(tmp_path: Path) -> Path:
    """A SQLite journal that holds nothing but the example register, with its keys beside it."""
    path = tmp_path / "kopuro.db"
    KeyDirectory(tmp_path / "keys").make(datetime.now(UTC))
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


@pytest.fixture(autouse=True)
def beside_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The examples import one another, as programs in one folder do."""
    monkeypatch.syspath_prepend(EXAMPLES)
    monkeypatch.delenv("KOPURO_CLIENT", raising=False)


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


class Guarded(NamedTuple):
    """A gateway that wants proof, with TLS of its own, and how a client of it is opened."""

    url: str
    authority: Authority
    folder: Path
    keys: dict[str, dict[str, Any]]

    def open(self, client: str, *, certificate: bool = False) -> httpx.Client:
        """As the examples do, with the client's key from a file."""
        context = self.context(certificate=certificate)
        access = program("machine_access.py").MachineAccess(client, self.keys[client])
        return httpx.Client(base_url=self.url, auth=access, verify=context, trust_env=False, timeout=35.0)

    def context(self, *, certificate: bool) -> ssl.SSLContext:
        return client_context(self.authority, self.folder, self.authority.issue("mis.example") if certificate else None)


@asynccontextmanager
async def guarded(journal: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Guarded]:
    folder, authority, port = journal.parent, Authority("examples"), free_port()
    (folder / "authority.pem").write_text(authority.card.pem)
    certificate, key = authority.issue("localhost", server=True).write(folder, "server")
    tls = TlsSettings(
        certificate=certificate,
        key=key,
        client_certificates="optional",
        client_authorities=folder / "authority.pem",
    )
    url = f"https://localhost:{port}"
    monkeypatch.setenv("KOPURO_URL", url)
    async with running_gateway(settings(journal, access=AccessSettings(origin=url), tls=tls)) as gateway:
        clients = gateway.application[ACCESS_SERVICES].clients
        keys = {}
        for name, expected in (("mis", None), ("mis-tls", "san-dns:mis.example")):
            made = make_key()
            keys[name] = dict(made.private)
            definition = ClientDefinition(
                id=name,
                title="МИС",
                kind=ClientKind.SYSTEM,
                organisations=frozenset({"950174"}),
                scopes=frozenset({Scope.CASES_SUBMIT, Scope.OPERATIONS_READ, Scope.EVENTS_READ}),
                binding=Binding.MTLS if expected else Binding.DPOP,
                certificate=ExpectedCertificate.parse(expected) if expected else None,
            )
            await clients.add(definition, by=operator(), jwk=made.public)
        runner = make_runner(gateway.application)
        await runner.setup()
        assert gateway.tls is not None
        await web.TCPSite(runner, "localhost", port, ssl_context=gateway.tls.context).start()
        try:
            yield Guarded(url, authority, folder, keys)
        finally:
            await runner.cleanup()


async def test_the_python_for_access_works(journal: Path, monkeypatch: pytest.MonkeyPatch):
    async with guarded(journal, monkeypatch) as gateway:
        with gateway.open("mis") as client:
            sent = await asyncio.to_thread(
                client.post, "/v1/treated-cases", content=FIRST,
                headers={"Content-Type": "application/json", "Idempotency-Key": "a"},
            )  # fmt: skip
            listed = await asyncio.to_thread(client.get, "/v1/operations", params={"limit": 10})
            denied = await asyncio.to_thread(client.get, f"/v1/treated-cases/{NUMBER}")
        assert (sent.status_code, sent.json()["ksf_number"]) == (202, NUMBER)
        assert [item["business_key"] for item in listed.json()["items"]] == [NUMBER]
        assert (denied.status_code, denied.json()["code"]) == (403, "ACCESS_DENIED")
        with gateway.open("mis-tls", certificate=True) as client:
            listed = await asyncio.to_thread(client.get, "/v1/operations")
        assert listed.status_code == 200
        assert listed.request.headers["Authorization"].startswith("Bearer ")
        assert "DPoP" not in listed.request.headers
        with httpx.Client(base_url=gateway.url, verify=gateway.context(certificate=False), trust_env=False) as nobody:
            stolen = {"Authorization": listed.request.headers["Authorization"]}
            refused = await asyncio.to_thread(nobody.get, "/v1/operations", headers=stolen)
        assert refused.json()["code"] == "AUTH_PROOF_INVALID"


async def test_a_token_that_is_no_longer_taken_is_replaced(journal: Path, monkeypatch: pytest.MonkeyPatch):
    async with guarded(journal, monkeypatch) as gateway:
        with gateway.open("mis") as client:
            await asyncio.to_thread(client.get, "/v1/operations")
            client.auth._token = "withdrawn"  # noqa: S105 - no secret
            answer = await asyncio.to_thread(client.get, "/v1/operations")
        assert answer.status_code == 200


async def test_a_client_without_a_right_key_is_told_why(journal: Path, monkeypatch: pytest.MonkeyPatch):
    async with guarded(journal, monkeypatch) as gateway:
        gateway.keys["mis"] = dict(make_key().private)
        with gateway.open("mis") as client, pytest.raises(Exception, match="401 invalid_client") as refused:
            await asyncio.to_thread(client.get, "/v1/operations")
        assert type(refused.value).__name__ == "TokenRefused"


async def test_the_programs_run_as_the_page_shows(journal: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    async with guarded(journal, monkeypatch) as gateway:
        key = tmp_path / "mis.jwk"
        key.write_text(json.dumps(gateway.keys["mis"]))
        environment = {
            "KOPURO_URL": gateway.url,
            "KOPURO_CLIENT": "mis",
            "KOPURO_KEY": str(key),
            "SSL_CERT_FILE": str(tmp_path / "authority.pem"),
        }
        ended = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, EXAMPLES / "machine_access.py", "/v1/operations"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.strip() in read(ROOT / "docs" / "integrators.md")


def moved_by_a_program(journal: Path, url: str) -> dict[str, int]:
    """What the program says it has copied: a process of its own, which has imported nothing but what it names."""
    command = [sys.executable, EXAMPLES / "move_to_postgresql.py", journal, url]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, cwd=ROOT)
    lines = (line.partition(": ") for line in ended.stdout.splitlines())
    return {table: int(rows) for table, _, rows in lines}


@pytest.mark.postgres
async def test_a_journal_moves_to_postgresql(journal: Path, postgres_url: str):
    async with running_gateway(settings(journal)) as gateway:
        await gateway.services.dispatcher.pause("foms", by="a test", reason="a test")
        accepted = await gateway.services.journal.submit_case(submission("moved"))
        await gateway.services.journal.park(accepted.operation.id, by="a test", reason="a test")
        written = (await verify(gateway.store)).entries
    mover = program("move_to_postgresql.py")
    copied = await asyncio.to_thread(moved_by_a_program, journal, postgres_url)
    with pytest.raises(mover.TargetNotEmpty):
        await mover.move(journal, postgres_url)
    # The settings refuse a password in the URL; that of a test server may have one. The keys are the same as before.
    there = settings(journal).model_copy(update={"store": StoreSettings.model_construct(url=postgres_url)})
    async with running_gateway(there) as gateway:
        moved = gateway.services.journal
        repeated = await moved.submit_case(submission("moved"))
        following = await moved.submit_case(submission("new"))
        await moved.park(following.operation.id, by="a test", reason="a test")
        events = await moved.events(0, 10)
        audit = await verify(gateway.store)

    assert (copied["operations"], copied["treated_cases"], copied["organisations"]) == (1, 1, 20)
    assert copied["audit_entries"] == written > 0
    assert audit.sound
    assert audit.entries > written
    assert (repeated.repeated, repeated.operation.id) == (True, accepted.operation.id)
    assert following.operation.business_key == NUMBER.replace("0000001", "0000002", 1)
    assert [event.position for event in events] == [1, 2]
