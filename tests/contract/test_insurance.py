"""The insurer's client against its simulator behind a security server, over real sockets."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from lxml import etree

import adapters.insurance
from adapters.insurance import InsuranceClient, InsuranceSettings, open_insurance_client
from adapters.insurance.simulator import FAULT_IDS, run_insurer
from adapters.xroad.codec import ZeepCodec
from adapters.xroad.headers import RequestHeader
from adapters.xroad.identifiers import Subsystem
from adapters.xroad.simulator import FAULT_IDS as XROAD_FAULT_IDS
from adapters.xroad.simulator import Provider, RunningSimulator, run_security_server
from schemas.insurance import ATTACHMENT, ATTACHMENT_WSDL, LAST_PERIOD, LAST_PERIOD_WSDL
from tests.contract.parts import GATEWAY, QUICK, RandomIds, xroad_settings
from tests.support.doubles import NOON, SettableClock

SOCIAL_FUND = Subsystem(member_code="70000003", subsystem_code="insurance")
FUND = Subsystem(member_code="70000002", subsystem_code="attachments")
PERIODS, ATTACHMENTS = "GetLastPeriodFOMS", "GetAttachment"
PIN = "20101199012345"
XML = {"Content-Type": "text/xml; charset=UTF-8"}
README = Path(adapters.insurance.__file__).parent / "README.md"

HARMLESS = ("unqualified", "other-namespace", "wrapped", "extra-element", "cause-of-error", "dotted-dates")
# Fault, service, reason, whether somebody is told.
USELESS = [
    ("other-pin", PERIODS, "INSURANCE_OTHER_PERSON", "security"),
    ("other-pin", ATTACHMENTS, "INSURANCE_OTHER_PERSON", "security"),
    ("no-pin", PERIODS, "INSURANCE_INCOMPLETE", "contract"),
    ("no-pin", ATTACHMENTS, "INSURANCE_INCOMPLETE", "contract"),
    ("internal-error", PERIODS, "INSURANCE_INTERNAL_ERROR", None),
    ("pin-incorrect", PERIODS, "INSURANCE_STATE", "contract"),
    ("unknown-state", PERIODS, "INSURANCE_STATE", "contract"),
    ("two-states", PERIODS, "INSURANCE_INTERNAL_ERROR", None),
    ("no-state", PERIODS, "INSURANCE_STATE", "contract"),
    ("no-state", ATTACHMENTS, "INSURANCE_INCOMPLETE", "contract"),
    ("no-dates", PERIODS, "INSURANCE_INCOMPLETE", "contract"),
    ("one-date", PERIODS, "INSURANCE_DATE", "contract"),
    ("garbled-date", PERIODS, "INSURANCE_DATE", "contract"),
    ("default-date", PERIODS, "INSURANCE_DATE", "contract"),
    ("swapped-dates", PERIODS, "INSURANCE_DATE", "contract"),
    ("repeated-date", PERIODS, "INSURANCE_INCOMPLETE", "contract"),
    ("other-answer", PERIODS, "INSURANCE_UNKNOWN_ANSWER", "contract"),
    ("other-answer", ATTACHMENTS, "INSURANCE_UNKNOWN_ANSWER", "contract"),
    ("no-code", ATTACHMENTS, "INSURANCE_INCOMPLETE", "contract"),
    ("name-for-code", ATTACHMENTS, "INSURANCE_INCOMPLETE", "contract"),
    ("no-since", ATTACHMENTS, "INSURANCE_INCOMPLETE", "contract"),
    ("future-since", ATTACHMENTS, "INSURANCE_DATE", "contract"),
]


@dataclass
class World:
    """The insurer behind a security server, and what the client told of checks without an answer."""

    insurer: RunningSimulator
    security_server: RunningSimulator
    control: httpx.AsyncClient
    clock: SettableClock
    reasons: Counter[str] = field(default_factory=Counter)

    def client(self, **changed: Any) -> InsuranceClient:
        settings = InsuranceSettings.model_validate(
            {
                "social_fund": SOCIAL_FUND,
                "fund": FUND,
                "request_organisation": "Kopuro",
                "request_person": "gateway",
                **changed,
            }
        )
        xroad = xroad_settings(self.security_server.url, deadlines=QUICK)
        return open_insurance_client(settings, xroad, self.clock, RandomIds(), lambda told: self.reasons.update([told]))

    async def fault(self, fault: str, **order: Any) -> None:
        url = f"{self.insurer.control_url}/simulator/faults"
        assert (await self.control.post(url, json={"id": fault, **order})).status_code == 204

    async def way_fault(self, fault: str, **order: Any) -> None:
        url = f"{self.security_server.control_url}/simulator/faults"
        assert (await self.control.post(url, json={"id": fault, **order})).status_code == 204

    async def clear_faults(self) -> None:
        for simulator in (self.insurer, self.security_server):
            await self.control.delete(f"{simulator.control_url}/simulator/faults")

    async def person(self, **order: Any) -> None:
        response = await self.control.post(f"{self.insurer.control_url}/simulator/people", json={"pin": PIN, **order})
        assert response.status_code == 204, response.text

    async def asked(self) -> dict[str, int]:
        status = (await self.control.get(f"{self.insurer.control_url}/simulator/status")).json()
        operations: dict[str, int] = status["operations"]
        return operations


@asynccontextmanager
async def built_world() -> AsyncIterator[World]:
    clock = SettableClock()
    insurer = await run_insurer(clock=clock)
    providers = [
        Provider(str(SOCIAL_FUND), insurer.url, frozenset((PERIODS,))),
        Provider(str(FUND), insurer.url, frozenset((ATTACHMENTS,))),
    ]
    server = await run_security_server(clients=[str(GATEWAY)], providers=providers)
    async with httpx.AsyncClient(trust_env=False) as control:
        yield World(insurer, server, control, clock)
    await server.close()
    await insurer.close()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with built_world() as built:
        yield built


@pytest.fixture(params=["zeep", "compiled"])
async def client(request: pytest.FixtureRequest, world: World) -> AsyncIterator[InsuranceClient]:
    client = world.client(codec=request.param)
    yield client
    await client.close()


async def test_an_insured_and_registered_person(client: InsuranceClient):
    answer = await client.check(PIN)
    assert answer is not None
    assert (answer.insured, answer.organisation, answer.checked_at) == (True, "950174", NOON)
    assert len(answer.source) <= 40
    assert 0 < len(answer.reference) <= 64


@pytest.mark.parametrize(
    ("last_digit", "insured", "is_registered"),
    [("0", False, False), ("1", False, True), ("2", True, False), ("3", False, True), ("4", True, True)],
)
async def test_the_standings_of_synthetic_people(
    client: InsuranceClient, last_digit: str, *, insured: bool, is_registered: bool
):
    answer = await client.check(PIN[:-1] + last_digit)
    assert answer is not None
    assert (answer.insured, answer.organisation is not None) == (insured, is_registered)


@pytest.mark.clause("5", "21")
@pytest.mark.parametrize(
    ("first", "last", "insured"),
    [
        ("2026-01-15", "2026-01-15", True),
        ("2026-01-16", "2026-12-31", False),
        ("2025-01-01", "2026-01-14", False),
        ("2025-01-01", "2026-01-15", True),
        (None, None, False),
    ],
)
async def test_clause_21_insured_is_who_has_a_period_today(
    client: InsuranceClient, world: World, first: str | None, last: str | None, *, insured: bool
):
    await world.person(first=first, last=last, organisation="910110")
    answer = await client.check(PIN)
    assert answer is not None
    assert (answer.insured, answer.organisation) == (insured, "910110")


@pytest.mark.clause("21")
async def test_clause_21_today_is_the_day_in_bishkek(client: InsuranceClient, world: World):
    await world.person(first="2025-01-01", last="2026-01-15", organisation="910110")
    world.clock.move(hours=11, minutes=59)
    assert (await client.check(PIN)).insured
    world.clock.move(minutes=1)
    assert not (await client.check(PIN)).insured


@pytest.mark.parametrize("fault", HARMLESS)
async def test_variations_and_additions_change_nothing(client: InsuranceClient, world: World, fault: str):
    plain = await client.check(PIN)
    await world.fault(fault)
    varied = await client.check(PIN)
    assert plain is not None
    assert varied is not None
    assert (varied.insured, varied.organisation) == (plain.insured, plain.organisation)
    assert not world.reasons


async def test_what_means_something_else_is_no_answer_and_somebody_is_told(client: InsuranceClient, world: World):
    for fault, service, reason, alarm in USELESS:
        await world.fault(fault, operation=service)
        with structlog.testing.capture_logs() as logs:
            assert await client.check(PIN) is None, (fault, service)
        assert [(fault, one["reason"]) for one in logs if one["event"] == "insurance_check_failed"] == [(fault, reason)]
        alarms = [one["alarm"] for one in logs if one["event"] == "upstream_alarm"]
        assert (fault, alarms) == (fault, [] if alarm is None else [alarm])
        assert PIN not in str(logs)
        await world.clear_faults()
    assert world.reasons == Counter(row[2] for row in USELESS)


def test_the_table_covers_every_fault_and_the_readme_too():
    assert {*HARMLESS, *(row[0] for row in USELESS)} == set(FAULT_IDS)
    readme = README.read_text(encoding="utf-8")
    assert [fault for fault in FAULT_IDS if f"`{fault}`" not in readme] == []
    assert [reason for _, _, reason, _ in USELESS if f"`{reason}`" not in readme] == []


async def test_no_fault_of_the_way_ever_makes_somebody_insured_or_not(world: World):
    client = world.client(tries=1)
    about_cases = {"missing-record-number", "extra-element"}
    slow = {"slow-trickle", "oversized", "deep"}
    for fault, service in itertools.product(XROAD_FAULT_IDS, (PERIODS, ATTACHMENTS)):
        if fault in about_cases or (fault in slow and service == ATTACHMENTS):
            continue
        await world.way_fault(fault, operation=service)
        with structlog.testing.capture_logs() as logs:
            assert await client.check(PIN) is None, (fault, service)
        assert PIN not in str(logs)
        await world.clear_faults()
    assert await client.check(PIN) is not None
    await client.close()


@pytest.mark.parametrize(
    "fault", ["lost-before-store", "lost-reply-after-store", "html-502", "fault-500", "plain-503", "logging-failed"]
)
async def test_a_question_that_failed_is_asked_once_more(client: InsuranceClient, world: World, fault: str):
    await world.way_fault(fault, count=1, operation=PERIODS)
    assert await client.check(PIN) is not None


async def test_an_internal_error_is_asked_once_more_and_garbage_is_not(client: InsuranceClient, world: World):
    await world.fault("internal-error", count=1, operation=PERIODS)
    assert await client.check(PIN) is not None
    await world.fault("garbled-date", count=1, operation=PERIODS)
    assert await client.check(PIN) is None
    assert await world.asked() == {PERIODS: 3, ATTACHMENTS: 2}


async def test_a_check_ends_in_its_time(world: World):
    client = world.client(check_seconds=0.3, tries=3)
    await world.way_fault("hang", operation=ATTACHMENTS)
    assert await client.check(PIN) is None
    assert world.reasons == Counter({"INSURANCE_DEADLINE": 1})
    await client.close()


async def test_what_is_no_pin_is_not_sent(client: InsuranceClient, world: World):
    with structlog.testing.capture_logs() as logs:
        assert await client.check("2010119901234X") is None
    assert await world.asked() == {}
    assert "2010119901234X" not in str(logs)


async def test_a_security_server_that_is_away_leaves_no_answer(world: World):
    await world.security_server.close()
    client = world.client()
    assert await client.check(PIN) is None
    assert world.reasons == Counter({"CONNECTION_REFUSED": 1})
    await client.close()


def test_the_period_has_all_elements_that_were_published_in_their_order():
    published = ["State", "PIN", "FirstName", "LastName", "Patronymic", "Payer", "INN", "NumSF"]
    schema = etree.parse(str(LAST_PERIOD))
    xs = "{http://www.w3.org/2001/XMLSchema}"
    answer = schema.find(f"{xs}element[@name='GetLastPeriodFOMSResponse']")
    assert answer is not None
    published += ["DateBegin", "DateEnd", "Issuer"]
    assert [element.get("name") for element in answer.iter(f"{xs}element")][1:] == published


@pytest.mark.parametrize("content", [b"<a/>", b"<a>", b""])
async def test_the_simulator_refuses_what_fits_no_contract(world: World, content: bytes):
    response = await world.control.post(world.insurer.url, content=content, headers=XML)
    assert response.status_code == 500
    assert b"soap:Client" in response.content


@pytest.mark.parametrize(
    ("order", "body"), [("faults", {"id": "none"}), ("faults", {}), ("people", {"pin": "1"}), ("people", {"pim": PIN})]
)
async def test_an_order_that_cannot_be_meant_is_refused(world: World, order: str, body: dict[str, object]):
    response = await world.control.post(f"{world.insurer.control_url}/simulator/{order}", json=body)
    assert response.status_code == 400


async def test_the_simulators_answers_are_valid_by_their_schemas(world: World):
    for subsystem, operation, values, wsdl, path in (
        (SOCIAL_FUND, PERIODS, {"RequestOrg": "o", "RequestPerson": "p"}, LAST_PERIOD_WSDL, LAST_PERIOD),
        (FUND, ATTACHMENTS, {}, ATTACHMENT_WSDL, ATTACHMENT),
    ):
        schema = etree.XMLSchema(etree.parse(str(path)))
        header = RequestHeader(client=GATEWAY, service=subsystem.service(operation, "v1"), message_id="m-1")
        for digit in "01234":
            pin = {"PIN" if operation == PERIODS else "pin": PIN[:-1] + digit}
            request = ZeepCodec(wsdl).encode(operation, header, {**pin, **values})
            response = await world.control.post(world.security_server.url, content=request.content, headers=XML)
            assert schema.validate(etree.fromstring(response.content)[1][0]), (operation, digit)
