"""The simulated fund keeps its contract itself, so that a client that breaks it is caught, and forgets nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from adapters.drug_programme import open_drug_programme_client
from adapters.drug_programme.mapping import service_of, submission_values
from adapters.drug_programme.simulator import Mode, run_drug_programme
from adapters.foms import open_foms_client
from adapters.foms.simulator import run_fund
from adapters.xroad.codec import ZeepCodec
from adapters.xroad.headers import RequestHeader
from adapters.xroad.simulator import Provider, run_security_server
from gateway.operations.model import Outcome
from schemas import foms
from schemas.drug_programme import MESSAGES, SERVICES, WSDL
from tests.contract import parts
from tests.contract.drug_programme import (
    NUMBER,
    PROGRAMME,
    Content,
    ProgrammeSimulators,
    cancelled,
    dispensed,
    issued,
    message,
    programme_settings,
    reversed_,
    simulators,
)
from tests.contract.parts import GATEWAY, RandomIds, xroad_settings

XML = {"Content-Type": "text/xml; charset=UTF-8"}
BODY = "{http://schemas.xmlsoap.org/soap/envelope/}Body"
SCHEMA = etree.XMLSchema(etree.parse(str(MESSAGES)))


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[ProgrammeSimulators]:
    async with simulators(tmp_path / "fund") as started:
        yield started


def envelope(operation: str, values: dict[str, Any]) -> bytes:
    header = RequestHeader(client=GATEWAY, service=PROGRAMME.service(operation, "v1"), message_id="m-1")
    return ZeepCodec(WSDL).encode(operation, header, values).content


def submission(content: Content) -> bytes:
    operation = message(content)
    return envelope(service_of(operation).name, dict(submission_values(operation)))


async def post(running: ProgrammeSimulators, content: bytes) -> etree._Element:
    response = await running.control.post(running.fund.url, content=content, headers=XML)
    body = etree.fromstring(response.content).find(BODY)
    assert body is not None
    return body[0]


async def test_every_answer_fits_the_contract(running: ProgrammeSimulators):
    requests = [
        submission(dispensed()),
        submission(cancelled()),
        submission(reversed_()),
        submission(issued()),
        submission(issued()),
        submission(dispensed()),
        submission(cancelled()),
        submission(reversed_()),
        submission(cancelled()),
        envelope("GetPrescription", {"number": NUMBER}),
        envelope("GetPrescription", {"number": "R-9"}),
        envelope("GetDispense", {"number": NUMBER, "fill": 1}),
        envelope("GetDispense", {"number": NUMBER, "fill": 2}),
        envelope(
            "ListDispenses", {"pharmacy": "410007", "firstDay": "2026-03-01", "lastDay": "2026-03-31", "limit": 1}
        ),
    ]
    for request in requests:
        answer = await post(running, request)
        assert SCHEMA.validate(answer), SCHEMA.error_log


@pytest.mark.parametrize(
    "content",
    [
        b"<a>",
        envelope("GetDispense", {"number": NUMBER, "fill": 0}),
        envelope("GetPrescription", {"number": ""}),
        submission(dispensed()).replace(b"70.00", b"70.005"),
        submission(issued()).replace("Өскөнбай".encode(), b""),
    ],
    ids=range(5),
)
async def test_what_the_schema_forbids_is_refused_and_not_stored(running: ProgrammeSimulators, content: bytes):
    fault = await post(running, content)
    assert fault.findtext("faultcode") == "soap:Client"
    assert (await running.records())["stored"] == 0


@pytest.mark.parametrize(
    ("order", "body"),
    [
        ("pause", {"kind": "sleep"}),
        ("refusals", {"number_prefix": "R", "code": "NO_SUCH_CODE"}),
        ("refusals", {"number_prefix": "", "code": "PERIOD_CLOSED"}),
        ("refusals", {"code": "PERIOD_CLOSED"}),
    ],
    ids=str,
)
async def test_an_order_that_cannot_be_meant_is_refused(
    running: ProgrammeSimulators, order: str, body: dict[str, object]
):
    assert (await running.tell_fund(order, body)).status_code == 400


async def test_a_fund_that_cannot_be_asked_says_so_with_a_fault(tmp_path: Path):
    async with simulators(tmp_path, Mode.NEITHER) as running:
        fault = await post(running, envelope("GetPrescription", {"number": NUMBER}))
        assert fault.findtext("faultcode") == "soap:Client"


async def test_a_refusal_ordered_later_does_not_deny_what_is_stored(running: ProgrammeSimulators):
    client = running.client()
    operation = message(issued())
    first = await client.deliver(operation)
    await running.tell_fund("refusals", {"number_prefix": NUMBER, "code": "PERIOD_CLOSED"})
    again = await client.deliver(operation)
    assert (again.outcome, again.record_number) == (Outcome.DELIVERED, first.record_number)
    await running.control.delete(f"{running.fund.control_url}/simulator/refusals")
    assert (await client.deliver(message(dispensed()))).outcome is Outcome.DELIVERED
    await client.close()


async def test_a_fund_that_is_away_leaves_deliveries_in_doubt_and_takes_them_when_it_is_back(
    running: ProgrammeSimulators,
):
    client = running.client()
    for kind, content in (("refuse", issued()), ("503", dispensed())):
        operation = message(content)
        assert (await running.tell_fund("pause", {"kind": kind})).status_code == 204
        away = await client.deliver(operation)
        assert (away.outcome, away.unavailable) == (Outcome.IN_DOUBT, True)
        assert (await client.ask(operation)).outcome is Outcome.IN_DOUBT
        assert (await running.tell_fund("resume")).status_code == 204
        assert (await client.ask(operation)).outcome is Outcome.NOT_FOUND
        assert (await client.deliver(operation)).outcome is Outcome.DELIVERED
    await client.close()


async def test_a_fund_keeps_its_records_over_a_restart_and_writes_every_one_down(tmp_path: Path):
    contents = (issued(), dispensed(), reversed_())
    messages = [message(one) for one in contents]
    async with simulators(tmp_path) as running:
        client = running.client()
        first = [await client.deliver(one) for one in messages]
        await client.close()
    async with simulators(tmp_path) as running:
        client = running.client()
        again = [await client.deliver(one) for one in messages]
        assert [one.reason for one in again] == ["FUND_DUPLICATE"] * 3
        assert [one.record_number for one in again] == [one.record_number for one in first]
        await client.close()
    text = (tmp_path / "accepted.ndjson").read_text()
    written = [json.loads(line) for line in text.splitlines()]
    assert [(line["number"], line["fill"], line["revision"], line["operationKey"]) for line in written] == [
        (NUMBER, fill, one.revision, str(one.operation_id)) for fill, one in zip((0, 1, 1), messages, strict=True)
    ]
    for personal in ("10101195000001", "Жаңыбаев", "Өскөнбай", "I10"):
        assert personal not in text
        assert personal.encode() not in (tmp_path / "store.sqlite3").read_bytes()


async def test_one_security_server_stands_before_both_services_of_the_fund(tmp_path: Path):
    cases, programme = await run_fund(tmp_path / "cases"), await run_drug_programme(tmp_path / "programme")
    server = await run_security_server(
        clients=[str(GATEWAY)],
        providers=[
            Provider(str(parts.FUND), cases.url, foms.SERVICES),
            Provider(str(PROGRAMME), programme.url, SERVICES),
        ],
    )
    xroad = xroad_settings(server.url)
    fund = open_foms_client(parts.foms_settings(), xroad, RandomIds())
    client = open_drug_programme_client(programme_settings(), xroad, RandomIds())
    assert (await fund.deliver(parts.message())).outcome is Outcome.DELIVERED
    assert (await client.deliver(message(issued()))).outcome is Outcome.DELIVERED
    for one in (fund, client, server, cases, programme):
        await one.close()
