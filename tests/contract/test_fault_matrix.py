"""Every fault of the simulated security server: what the client says of it, and that the case ends at the fund once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import adapters.xroad
from adapters.foms import FomsClient, open_foms_client
from adapters.foms.simulator import Mode
from adapters.xroad.simulator import FAULT_IDS, Spelling
from gateway.operations.model import Outcome
from tests.builders import EXAMPLE_NUMBER
from tests.contract.conftest import Simulators, StartSimulators
from tests.contract.parts import QUICK, RandomIds, foms_settings, message, xroad_settings

# Fault, outcome, reason, whether the fund has stored the case.
MATRIX = [
    ("lost-before-store", Outcome.IN_DOUBT, "CONNECTION_LOST", False),
    ("lost-reply-after-store", Outcome.IN_DOUBT, "CONNECTION_LOST", True),
    ("reset", Outcome.IN_DOUBT, "CONNECTION_LOST", True),
    ("hang", Outcome.IN_DOUBT, "READ_TIMEOUT", True),
    ("slow-trickle", Outcome.IN_DOUBT, "READ_TIMEOUT", True),
    ("truncated", Outcome.IN_DOUBT, "CONNECTION_LOST", True),
    ("garbage", Outcome.IN_DOUBT, "CONNECTION_LOST", True),
    ("html-502", Outcome.IN_DOUBT, "REPLY_HTML_ERROR", True),
    ("html-200-login", Outcome.IN_DOUBT, "REPLY_HTML_PAGE", False),
    ("empty-200", Outcome.IN_DOUBT, "REPLY_EMPTY", True),
    ("empty-202", Outcome.IN_DOUBT, "REPLY_EMPTY", True),
    ("json-200", Outcome.IN_DOUBT, "REPLY_CONTENT_TYPE", True),
    ("plain-503", Outcome.IN_DOUBT, "REPLY_STATUS", False),
    ("plain-503-maintenance", Outcome.NOT_SENT, "Server.ClientProxy.MaintenanceMode", False),
    ("too-many-requests", Outcome.NOT_SENT, "REPLY_TOO_MANY_REQUESTS", False),
    ("redirect", Outcome.IN_DOUBT, "REPLY_REDIRECT", False),
    ("compressed", Outcome.IN_DOUBT, "CONNECTION_LOST", True),
    ("wrong-charset", Outcome.IN_DOUBT, "REPLY_CHARSET", True),
    ("dtd", Outcome.IN_DOUBT, "REPLY_DTD", True),
    ("deep", Outcome.IN_DOUBT, "REPLY_NOT_XML", True),
    ("oversized", Outcome.IN_DOUBT, "REPLY_TOO_LARGE", True),
    ("other-message-id", Outcome.IN_DOUBT, "REPLY_HEADER", True),
    ("wrong-request-hash", Outcome.IN_DOUBT, "REPLY_HASH", True),
    ("missing-record-number", Outcome.IN_DOUBT, "REPLY_INCOMPLETE", True),
    ("extra-element", Outcome.DELIVERED, "FUND_ACCEPTED", True),
    ("unknown-answer", Outcome.IN_DOUBT, "REPLY_INCOMPLETE", True),
    ("fault-200", Outcome.IN_DOUBT, "Server.ServerProxy.ServiceFailed.InternalError", True),
    ("fault-500", Outcome.IN_DOUBT, "PROVIDER_FAULT", True),
    ("fault-client", Outcome.REFUSED, "FUND_REFUSED_MESSAGE", False),
    ("network-error", Outcome.IN_DOUBT, "Server.ClientProxy.NetworkError", False),
    ("logging-failed", Outcome.IN_DOUBT, "Server.ClientProxy.LoggingFailed.TimestamperFailed", False),
    ("access-denied", Outcome.REFUSED, "Server.ServerProxy.AccessDenied", False),
    ("outdated-global-conf", Outcome.NOT_SENT, "Server.ClientProxy.OutdatedGlobalConf", False),
    ("service-disabled", Outcome.NOT_SENT, "Server.ServerProxy.ServiceDisabled", False),
    ("cannot-sign", Outcome.IN_DOUBT, "Server.ServerProxy.CannotCreateSignature", True),
    ("inconsistent-response", Outcome.IN_DOUBT, "Server.ClientProxy.InconsistentResponse", True),
]


@pytest.fixture(params=["zeep", "compiled"])
async def client(request: pytest.FixtureRequest, simulators: Simulators) -> AsyncIterator[FomsClient]:
    settings = xroad_settings(simulators.security_server.url, deadlines=QUICK)
    client = open_foms_client(foms_settings(codec=request.param), settings, RandomIds())
    yield client
    await client.close()


def test_the_matrix_and_the_readme_cover_every_fault():
    assert [row[0] for row in MATRIX] == list(FAULT_IDS)
    readme = (Path(adapters.xroad.__file__).parent / "README.md").read_text()
    assert [fault for fault in FAULT_IDS if f"`{fault}`" not in readme] == []


async def test_every_fault_has_its_outcome_and_no_case_is_lost_or_doubled(client: FomsClient, simulators: Simulators):
    for position, (fault, outcome, reason, stored) in enumerate(MATRIX, start=1):
        number = f"{position:07d}{EXAMPLE_NUMBER[7:]}"
        operation = message(number)
        await simulators.fault(fault, count=1, operation="SubmitTreatedCase")
        result = await client.deliver(operation)
        assert (fault, result.outcome, result.reason) == (fault, outcome, reason)
        assert await simulators.times_stored(number, 1) == int(stored), fault
        asked = await client.ask(operation)
        assert asked.outcome is (Outcome.DELIVERED if stored else Outcome.NOT_FOUND), fault
        if not stored:
            again = await client.deliver(operation)
            assert again.outcome is Outcome.DELIVERED, fault
        assert await simulators.times_stored(number, 1) == 1, fault
        await simulators.clear_faults()


@pytest.mark.parametrize("fault", ["hang", "html-502", "access-denied", "missing-record-number", "logging-failed"])
async def test_a_question_that_fails_never_says_not_found(client: FomsClient, simulators: Simulators, fault: str):
    operation = message()
    await client.deliver(operation)
    await simulators.fault(fault, operation="GetTreatedCase")
    asked = await client.ask(operation)
    assert asked.outcome in (Outcome.IN_DOUBT, Outcome.NOT_SENT, Outcome.REFUSED)
    await simulators.fault(fault, operation="ListReviewDecisions")
    assert await client.review_decisions(None, 10) is None or fault == "missing-record-number"


async def test_too_many_requests_says_when_to_come_back(client: FomsClient, simulators: Simulators):
    await simulators.fault("too-many-requests")
    assert (await client.deliver(message())).retry_after == 7.0


async def test_the_modern_spelling_of_error_codes_means_the_same(start_simulators: StartSimulators):
    simulators = await start_simulators(spelling=Spelling.MODERN)
    settings = xroad_settings(simulators.security_server.url, deadlines=QUICK)
    client = open_foms_client(foms_settings(), settings, RandomIds())
    for fault, outcome, reason in (
        ("access-denied", Outcome.REFUSED, "server.serverproxy.access_denied"),
        ("outdated-global-conf", Outcome.NOT_SENT, "server.clientproxy.global_conf_outdated"),
        ("logging-failed", Outcome.IN_DOUBT, "server.clientproxy.logging_failed.timestamper_failed"),
    ):
        await simulators.fault(fault, count=1)
        result = await client.deliver(message())
        assert (result.outcome, result.reason) == (outcome, reason)
    await client.close()


async def test_a_fund_that_is_away_leaves_deliveries_in_doubt_and_takes_them_when_it_is_back(simulators: Simulators):
    settings = xroad_settings(simulators.security_server.url, deadlines=QUICK)
    client = open_foms_client(foms_settings(), settings, RandomIds())
    for kind in ("refuse", "503"):
        operation = message(revision=1 if kind == "refuse" else 2)
        assert (await simulators.tell_fund("pause", {"kind": kind})).status_code == 204
        away = await client.deliver(operation)
        assert (away.outcome, away.unavailable) == (Outcome.IN_DOUBT, True)
        assert (await client.ask(operation)).outcome is Outcome.IN_DOUBT
        assert (await simulators.tell_fund("resume")).status_code == 204
        assert (await client.ask(operation)).outcome is Outcome.NOT_FOUND
        assert (await client.deliver(operation)).outcome is Outcome.DELIVERED
    await client.close()


async def test_a_security_server_that_is_away_means_not_sent():
    client = open_foms_client(foms_settings(), xroad_settings("http://127.0.0.1:1", deadlines=QUICK), RandomIds())
    result = await client.deliver(message())
    assert (result.outcome, result.reason, result.unavailable) == (Outcome.NOT_SENT, "CONNECTION_REFUSED", True)
    await client.close()


@pytest.mark.parametrize(
    ("mode", "capabilities", "expected"),
    [
        (Mode.DEDUPE, {"can_be_asked": False, "recognises_repeats": True}, Outcome.NOT_FOUND),
        (Mode.NEITHER, {"can_be_asked": False, "recognises_repeats": False}, Outcome.CANNOT_ASK),
        (Mode.QUERY, {"can_be_asked": True, "recognises_repeats": False}, Outcome.DELIVERED),
    ],
)
async def test_a_doubt_is_settled_as_far_as_the_fund_can(
    start_simulators: StartSimulators, mode: Mode, capabilities: dict[str, bool], expected: Outcome
):
    simulators = await start_simulators(mode)
    settings = xroad_settings(simulators.security_server.url, deadlines=QUICK)
    client = open_foms_client(foms_settings(**capabilities), settings, RandomIds())
    operation = message()
    await simulators.fault("lost-reply-after-store", count=1)
    assert (await client.deliver(operation)).outcome is Outcome.IN_DOUBT
    assert (await client.ask(operation)).outcome is expected
    await client.close()


async def test_a_fund_without_memory_stores_a_repeat_twice_and_shows_it(start_simulators: StartSimulators):
    simulators = await start_simulators(Mode.QUERY)
    client = open_foms_client(foms_settings(), xroad_settings(simulators.security_server.url), RandomIds())
    operation = message()
    await client.deliver(operation)
    await client.deliver(operation)
    records = await simulators.records()
    assert (records["stored"], records["doubles"]) == (2, 1)
    await client.close()
