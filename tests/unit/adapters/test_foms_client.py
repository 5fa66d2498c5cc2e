"""The edges of the fund's client that no simulator shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
import respx
from lxml import etree

from adapters.foms import FomsClient
from adapters.xroad.codec import Codec, ZeepCodec
from adapters.xroad.compiled import CompiledCodec
from gateway.operations.model import OutboundMessage, Outcome
from schemas.foms import NAMESPACE, WSDL
from tests.builders import EXAMPLE_NUMBER
from tests.contract.parts import client_over, message
from tests.unit.adapters.provider import Fields, Responder, answering

URL = "http://127.0.0.1:1/"
XROAD = "{http://x-road.eu/xsd/xroad.xsd}"


@pytest.fixture
def router() -> respx.Router:
    return respx.Router(assert_all_called=False)


@pytest.fixture(params=["zeep", "compiled"])
def client(request: pytest.FixtureRequest, router: respx.Router) -> FomsClient:
    codec: Codec = ZeepCodec(WSDL) if request.param == "zeep" else CompiledCodec(WSDL)
    return client_over(httpx.MockTransport(router.async_handler), codec)


def acknowledgement(operation: OutboundMessage, **changed: Any) -> Responder:
    fields: dict[str, Any] = {
        "ksfNumber": operation.business_key,
        "revision": str(operation.revision),
        "status": "accepted",
        "operationKey": str(operation.operation_id),
        "recordNumber": "PS-1",
        **changed,
    }
    told = [(name, value) for name, value in fields.items() if value is not None]
    return answering(NAMESPACE, "SubmitTreatedCase", told)


REASON = [("code", "PERIOD_CLOSED"), ("message", "Отчётный период закрыт")]


async def test_an_acknowledgement_with_a_record_number_is_delivered(client: FomsClient, router: respx.Router):
    operation = message()
    router.post(URL).mock(side_effect=acknowledgement(operation))
    result = await client.deliver(operation)
    assert (result.outcome, result.record_number, result.reason) == (Outcome.DELIVERED, "PS-1", "FUND_ACCEPTED")
    assert result.message_id is not None


@pytest.mark.parametrize(
    ("changed", "outcome", "reason"),
    [
        ({"recordNumber": None}, Outcome.IN_DOUBT, "REPLY_INCOMPLETE"),
        ({"recordNumber": ""}, Outcome.IN_DOUBT, "REPLY_INCOMPLETE"),
        ({"recordNumber": "  "}, Outcome.IN_DOUBT, "REPLY_INCOMPLETE"),
        ({"status": None}, Outcome.IN_DOUBT, "REPLY_INCOMPLETE"),
        ({"status": "perhaps"}, Outcome.IN_DOUBT, "REPLY_INCOMPLETE"),
        ({"status": "rejected", "recordNumber": None}, Outcome.IN_DOUBT, "REPLY_INCOMPLETE"),
        ({"status": "rejected", "recordNumber": None, "reason": REASON}, Outcome.REJECTED, "FUND_REJECTED"),
        # This contract knows no deferring.
        ({"status": "deferred", "recordNumber": None, "reason": REASON}, Outcome.IN_DOUBT, "REPLY_INCOMPLETE"),
        ({"operationKey": None}, Outcome.IN_DOUBT, "REPLY_INCOMPLETE"),
        ({"operationKey": str(uuid4())}, Outcome.IN_DOUBT, "REPLY_INCOMPLETE"),
        ({"revision": "x"}, Outcome.IN_DOUBT, "REPLY_INCOMPLETE"),
        ({"revision": "2"}, Outcome.IN_DOUBT, "REPLY_OF_ANOTHER_CASE"),
        ({"ksfNumber": "9" * 17}, Outcome.IN_DOUBT, "REPLY_OF_ANOTHER_CASE"),
        ({"addedLater": "x"}, Outcome.DELIVERED, "FUND_ACCEPTED"),
        ({"status": "duplicate"}, Outcome.DELIVERED, "FUND_DUPLICATE"),
        ({"status": "duplicate", "recordNumber": None}, Outcome.IN_DOUBT, "REPLY_INCOMPLETE"),
        ({"status": "duplicate", "operationKey": str(uuid4())}, Outcome.CONFLICT, "FUND_OTHER_OPERATION"),
    ],
)
async def test_only_a_whole_acknowledgement_of_this_case_counts(
    client: FomsClient, router: respx.Router, changed: dict[str, Any], outcome: Outcome, reason: str
):
    operation = message()
    router.post(URL).mock(side_effect=acknowledgement(operation, **changed))
    result = await client.deliver(operation)
    assert (result.outcome, result.reason) == (outcome, reason)
    assert (result.record_number is not None) == (outcome is Outcome.DELIVERED)


async def test_an_unreadable_answer_to_a_question_is_in_doubt_not_not_found(client: FomsClient, router: respx.Router):
    for fields in (
        [],
        [("ksfNumber", EXAMPLE_NUMBER)],
        [("ksfNumber", EXAMPLE_NUMBER), ("status", "found")],
        [("ksfNumber", "1"), ("status", "not-found")],
        [("status", "not-found")],
    ):
        router.post(URL).mock(side_effect=answering(NAMESPACE, "GetTreatedCase", fields))
        assert (await client.ask(message())).outcome is Outcome.IN_DOUBT, fields


def decision(**changed: str) -> tuple[str, Fields]:
    fields = {
        "position": "7",
        "ksfNumber": EXAMPLE_NUMBER,
        "revision": "1",
        "state": "accepted-for-payment",
        "amount": "12500.50",
        "decidedAt": "2026-03-01T06:00:00Z",
        **changed,
    }
    return ("decision", list(fields.items()))


async def test_decisions_are_read_in_their_order(client: FomsClient, router: respx.Router):
    fields = [decision(), decision(position="8", state="returned", reason="Нет эпикриза"), ("more", "false")]
    router.post(URL).mock(side_effect=answering(NAMESPACE, "ListReviewDecisions", fields))
    found = await client.review_decisions("6", 10)
    assert found is not None
    assert [(one.position, one.state, one.reason, one.amount) for one in found] == [
        ("7", "accepted-for-payment", None, "12500.50"),
        ("8", "returned", "Нет эпикриза", "12500.50"),
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": "-1.00"},
        {"amount": "1E+30"},
        {"amount": "0.005"},
        {"amount": "NaN"},
        {"state": "x"},
        {"position": ""},
    ],
    ids=str,
)
async def test_decisions_that_are_not_wholly_usable_are_no_answer(
    client: FomsClient, router: respx.Router, changed: dict[str, str]
):
    fields = [decision(), decision(**changed), ("more", "false")]
    router.post(URL).mock(side_effect=answering(NAMESPACE, "ListReviewDecisions", fields))
    assert await client.review_decisions(None, 10) is None


async def test_every_attempt_has_a_new_message_id_and_the_same_operation_key(client: FomsClient, router: respx.Router):
    operation = message()
    route = router.post(URL).mock(side_effect=acknowledgement(operation))
    results = [await client.deliver(replace(operation, attempt=number)) for number in (1, 2)]
    headers = [etree.fromstring(call.request.content)[0] for call in route.calls]
    ids = [header.findtext(f"{XROAD}id") for header in headers]
    assert ids == [result.message_id for result in results]
    assert len(set(ids)) == 2
    assert {header.findtext(f"{XROAD}issue") for header in headers} == {str(operation.operation_id)}


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout])
async def test_a_failure_to_connect_is_tried_once_more(
    client: FomsClient, router: respx.Router, error: type[httpx.TransportError]
):
    operation = message()
    route = router.post(URL).mock(side_effect=[error("no"), error("no")])
    result = await client.deliver(operation)
    assert (result.outcome, result.unavailable, route.call_count) == (Outcome.NOT_SENT, True, 2)


@pytest.mark.parametrize("error", [httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError, httpx.WriteError])
async def test_what_may_have_been_executed_is_never_tried_again(
    client: FomsClient, router: respx.Router, error: type[httpx.TransportError]
):
    route = router.post(URL).mock(side_effect=error("broken"))
    result = await client.deliver(message())
    assert (result.outcome, route.call_count) == (Outcome.IN_DOUBT, 1)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{}",
        b"not json",
        b"[]",
        b"7",
        b'{"organisation": "950174"}',
        b'{"patient": 5}',
        b'{"movements": {"a": 1}}',
    ],
)
async def test_a_payload_that_is_no_case_is_refused_unsent(client: FomsClient, router: respx.Router, payload: bytes):
    route = router.post(URL)
    result = await client.deliver(replace(message(), payload=payload))
    assert (result.outcome, result.reason, route.call_count) == (Outcome.REFUSED, "REQUEST_INVALID", 0)


async def test_a_message_outside_the_contract_is_refused_unsent_without_repeating_it(
    client: FomsClient, router: respx.Router
):
    route = router.post(URL)
    result = await client.deliver(replace(message(), business_key="Асанова"))
    assert (result.outcome, result.reason, route.call_count) == (Outcome.REFUSED, "REQUEST_INVALID", 0)
    assert "ksfNumber" in result.detail
    assert "Асанова" not in result.detail
