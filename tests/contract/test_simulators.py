"""The simulators keep the protocols themselves, so that a client that breaks them is caught."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from aiohttp import web
from lxml import etree

from adapters.foms.simulator import Mode, run_fund
from adapters.foms.simulator.store import Accepted, FundStore
from adapters.xroad.codec import ZeepCodec
from adapters.xroad.headers import RequestHeader
from adapters.xroad.simulator import Provider, Spelling, run_security_server
from adapters.xroad.simulator.running import Door
from schemas.foms import WSDL
from tests.contract.conftest import Simulators, StartSimulators
from tests.contract.parts import FUND, GATEWAY

XML = {"Content-Type": "text/xml; charset=UTF-8"}
FAULT = "{http://schemas.xmlsoap.org/soap/envelope/}Body/{http://schemas.xmlsoap.org/soap/envelope/}Fault"


SECURITY_SERVER = (
    *("--client", "a/b/c", "--provider", "a/b/d"),
    *("--provider-url", "http://127.0.0.1:1/", "--service", "GetTreatedCase"),
)


def request(number: str = "1" * 17) -> str:
    header = RequestHeader(client=GATEWAY, service=FUND.service("GetTreatedCase", "v1"), message_id="m-1")
    return ZeepCodec(WSDL).encode("GetTreatedCase", header, {"ksfNumber": number}).content.decode()


def fault_of(response: httpx.Response) -> tuple[str | None, str | None]:
    fault = etree.fromstring(response.content).find(FAULT)
    assert fault is not None, response.text
    return fault.findtext("faultcode"), fault.findtext("detail/faultDetail")


WRONG = [
    (request().replace("70000001", "79999999"), "Server.ClientProxy.UnknownMember"),
    (request().replace("70000002", "79999999"), "Server.ClientProxy.UnknownMember"),
    (request().replace("GetTreatedCase", "GetEverything"), "Server.ServerProxy.UnknownService"),
    (request().replace(">GetTreatedCase<", ">Other<"), "Client.InvalidBody"),
    (request().replace(">4.0<", ">3.1<"), "Client.InvalidProtocolVersion"),
    (request().replace("central-server", "central/server"), "Client.InvalidClientIdentifier"),
    (request().replace("treated-cases<", "treated cases<"), "Client.InvalidServiceIdentifier"),
    (request().replace('="SERVICE"', '="SUBSYSTEM"'), "Client.InvalidServiceIdentifier"),
    (request().replace("xsd/identifiers", "xsd/identifiers.xsd"), "Client.InvalidClientIdentifier"),
    (request().replace(">m-1<", "> <"), "Client.MissingHeaderField"),
    (request().replace("xro:id", "xro:identity"), "Client.MissingHeaderField"),
    (request().replace("xro:protocolVersion", "xro:id"), "Client.DuplicateHeaderField"),
    ("<a/>", "Client.InvalidSoap"),
    ("<a>", "Client.InvalidSoap"),
]


@pytest.mark.parametrize(("content", "code"), WRONG, ids=[str(number) for number in range(len(WRONG))])
async def test_the_security_server_refuses_what_pr_mess_forbids(simulators: Simulators, content: str, code: str):
    response = await simulators.control.post(simulators.security_server.url, content=content, headers=XML)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/xml; charset=UTF-8")
    found, log_id = fault_of(response)
    assert found == code
    assert log_id is not None
    assert len(log_id) == 36


async def test_the_security_server_adds_the_hash_of_the_exact_bytes(simulators: Simulators):
    content = request().encode()
    response = await simulators.control.post(simulators.security_server.url, content=content, headers=XML)
    header = etree.fromstring(response.content)[0]
    assert [etree.QName(block).localname for block in header] == [
        "client", "service", "id", "protocolVersion", "requestHash",
    ]  # fmt: skip
    assert header[-1].text == base64.b64encode(hashlib.sha512(content).digest()).decode()


async def test_other_content_gets_a_plain_text_error(simulators: Simulators):
    response = await simulators.control.post(simulators.security_server.url, json={})
    assert (response.status_code, response.headers["Content-Type"].split(";")[0]) == (415, "text/plain")


@pytest.fixture
async def careless_provider() -> AsyncIterator[str]:
    """It answers without copying the headers."""

    async def answer(_: web.Request) -> web.Response:
        soap = "http://schemas.xmlsoap.org/soap/envelope/"
        body = f'<s:Envelope xmlns:s="{soap}"><s:Header/><s:Body><a/></s:Body></s:Envelope>'
        return web.Response(text=body, content_type="text/xml")

    app = web.Application()
    app.router.add_post("/", answer)
    door = Door(app, 0)
    await door.open()
    yield door.url
    await door.close()


@pytest.mark.parametrize("spelling", Spelling)
async def test_an_answer_without_the_requests_headers_is_inconsistent(careless_provider: str, spelling: Spelling):
    provider = Provider(str(FUND), careless_provider, frozenset({"GetTreatedCase"}))
    server = await run_security_server(clients=[str(GATEWAY)], providers=[provider], spelling=spelling)
    async with httpx.AsyncClient() as http:
        response = await http.post(server.url, content=request(), headers=XML)
    assert fault_of(response)[0] == spelling.write("Server.ClientProxy.InconsistentResponse")
    await server.close()


async def test_clients_are_listed_in_both_forms(simulators: Simulators):
    url = f"{simulators.security_server.url}/listClients"
    listed = (await simulators.control.get(url, headers={"Accept": "application/json"})).json()
    assert [one["id"]["subsystem_code"] for one in listed["member"]] == ["gateway", "treated-cases"]
    assert len(etree.fromstring((await simulators.control.get(url)).content)) == 2


async def test_faults_come_by_count_by_operation_and_by_repeatable_chance(simulators: Simulators):
    url = simulators.security_server.url

    async def html() -> bool:
        response = await simulators.control.post(url, content=request(), headers=XML)
        return response.status_code == 502

    await simulators.fault("html-502", count=2)
    assert [await html() for _ in range(3)] == [True, True, False]
    await simulators.clear_faults()
    await simulators.fault("html-502", operation="SubmitTreatedCase")
    assert not await html()
    await simulators.clear_faults()
    runs = []
    for _ in range(2):
        await simulators.fault("html-502", probability=0.5, seed=7)
        runs.append([await html() for _ in range(12)])
        await simulators.clear_faults()
    assert runs[0] == runs[1]
    assert {True, False} == set(runs[0])
    status = (await simulators.control.get(f"{url}/simulator/status")).json()
    assert status["faults"]["html-502"] == 2 + 2 * sum(runs[0])
    assert status["operations"] == {"GetTreatedCase": 28}


@pytest.mark.parametrize("order", [{"id": "no-such-fault"}, {"id": "hang", "count": 0}, {"idd": "hang"}, {}])
async def test_a_fault_that_cannot_be_meant_is_refused(simulators: Simulators, order: dict[str, object]):
    url = f"{simulators.security_server.url}/simulator/faults"
    assert (await simulators.control.post(url, json=order)).status_code == 400


async def test_the_fund_refuses_what_its_schema_forbids_and_stores_nothing(simulators: Simulators):
    response = await simulators.control.post(simulators.fund.url, content=request("not a number"), headers=XML)
    assert response.status_code == 500
    assert fault_of(response)[0] == "soap:Client"
    assert (await simulators.records())["stored"] == 0


@pytest.mark.parametrize(
    ("order", "body"),
    [
        ("pause", {"kind": "sleep"}),
        ("refusals", {"card_number_prefix": "1", "code": "NO_SUCH_CODE"}),
        ("reviews", {"ksf_number": "1", "state": "pending"}),
        ("reviews", {"ksf_number": "1", "state": "refused", "amount": "12.5"}),
    ],
)
async def test_an_order_to_the_fund_that_cannot_be_meant_is_refused(
    simulators: Simulators, order: str, body: dict[str, object]
):
    assert (await simulators.tell_fund(order, body)).status_code == 400


async def test_a_fund_that_cannot_be_asked_says_so_with_a_fault(start_simulators: StartSimulators):
    simulators = await start_simulators(Mode.NEITHER)
    response = await simulators.control.post(simulators.security_server.url, content=request(), headers=XML)
    assert fault_of(response)[0] == "soap:Client"


async def test_a_fund_keeps_its_records_over_a_restart_and_writes_every_one_down(tmp_path: Path):
    wanted = Accepted(
        ksf_number="1", revision=1, operation_key="k", organisation="950174", channel="system", pilot=False
    )
    store = FundStore(tmp_path, Mode.DEDUPE)
    first, known = store.store(wanted)
    assert not known
    store.close()
    fund = await run_fund(tmp_path)
    async with httpx.AsyncClient() as http:
        records = (await http.get(f"{fund.control_url}/simulator/records")).json()["records"]
    await fund.close()
    assert [(row["ksfNumber"], row["recordNumber"]) for row in records] == [("1", first.record_number)]
    store = FundStore(tmp_path, Mode.DEDUPE)
    assert store.store(wanted) == (first, True)
    store.close()
    written = [json.loads(line) for line in (tmp_path / "accepted.ndjson").read_text().splitlines()]
    assert [(line["ksfNumber"], line["operationKey"]) for line in written] == [("1", "k")]


@pytest.mark.parametrize(
    "arguments",
    [
        ["adapters.foms.simulator", "--folder", "{folder}"],
        ["adapters.drug_programme.simulator", "--folder", "{folder}"],
        ["adapters.insurance.simulator"],
        ["adapters.knmdb.simulator", "--folder", "{folder}", "--password-file", "{folder}/password"],
        ["adapters.xroad.simulator", *SECURITY_SERVER],
    ],
    ids=["fund", "drug programme", "insurer", "medicines database", "security server"],
)
async def test_a_simulator_as_a_process_says_when_it_is_ready_and_stops_when_told(tmp_path: Path, arguments: list[str]):
    (tmp_path / "password").write_text("of nobody")
    command = [part.format(folder=tmp_path) for part in arguments]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *command, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert process.stdout is not None
    ready = json.loads(await asyncio.wait_for(process.stdout.readline(), 20))
    assert ready["ready"] is True
    async with httpx.AsyncClient() as http:
        assert (await http.get(f"{ready['control_url']}/simulator/status")).status_code == 200
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 20) == 0
