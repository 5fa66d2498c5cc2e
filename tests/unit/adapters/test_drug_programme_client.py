"""The edges of the fund's client that no simulator shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import respx
from lxml import etree

from adapters.drug_programme import DrugProgrammeClient
from adapters.xroad.codec import Codec, ZeepCodec
from adapters.xroad.compiled import CompiledCodec
from gateway.operations.model import OperationKind, OutboundMessage, Outcome
from schemas.drug_programme import NAMESPACE, WSDL
from tests.contract.drug_programme import (
    NUMBER,
    PHARMACY,
    cancelled,
    client_over,
    dispensed,
    issued,
    message,
    reversed_,
)
from tests.unit.adapters.provider import SOAP, Fields, Responder, answering

URL = "http://127.0.0.1:1/"
XROAD = "{http://x-road.eu/xsd/xroad.xsd}"
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)


@pytest.fixture
def router() -> respx.Router:
    return respx.Router(assert_all_called=False)


@pytest.fixture(params=["zeep", "compiled"])
def client(request: pytest.FixtureRequest, router: respx.Router) -> DrugProgrammeClient:
    codec: Codec = ZeepCodec(WSDL) if request.param == "zeep" else CompiledCodec(WSDL)
    return client_over(httpx.MockTransport(router.async_handler), codec)


def acknowledgement(operation: OutboundMessage, **changed: Any) -> Responder:
    fields: dict[str, Any] = {
        "number": NUMBER,
        "fill": "1",
        "revision": "1",
        "status": "accepted",
        "operationKey": str(operation.operation_id),
        "recordNumber": "DD-1",
        **changed,
    }
    told = [(name, value) for name, value in fields.items() if value is not None]
    return answering(NAMESPACE, "SubmitDispense", told)


REASON = [("code", "PRESCRIPTION_UNKNOWN"), ("message", "Рецепт келе элек: Ө Ү Ң")]


@pytest.mark.parametrize(
    ("changed", "outcome", "reason"),
    [
        ({}, Outcome.DELIVERED, "FUND_ACCEPTED"),
        ({"recordNumber": None}, Outcome.IN_DOUBT, "REPLY_INCOMPLETE"),
        ({"recordNumber": "  "}, Outcome.IN_DOUBT, "REPLY_INCOMPLETE"),
        ({"status": "perhaps"}, Outcome.IN_DOUBT, "REPLY_INCOMPLETE"),
        ({"status": "rejected", "recordNumber": None}, Outcome.IN_DOUBT, "REPLY_INCOMPLETE"),
        ({"status": "deferred", "recordNumber": None}, Outcome.IN_DOUBT, "REPLY_INCOMPLETE"),
        ({"operationKey": str(uuid4())}, Outcome.IN_DOUBT, "REPLY_INCOMPLETE"),
        (
            {"status": "deferred", "operationKey": str(uuid4()), "recordNumber": None, "reason": REASON},
            Outcome.IN_DOUBT,
            "REPLY_INCOMPLETE",
        ),
        ({"revision": "2"}, Outcome.IN_DOUBT, "REPLY_OF_ANOTHER_CASE"),
        ({"fill": "2"}, Outcome.IN_DOUBT, "REPLY_OF_ANOTHER_CASE"),
        ({"fill": None}, Outcome.IN_DOUBT, "REPLY_INCOMPLETE"),
        ({"number": "R-9"}, Outcome.IN_DOUBT, "REPLY_OF_ANOTHER_CASE"),
        ({"addedLater": "x"}, Outcome.DELIVERED, "FUND_ACCEPTED"),
        ({"status": "duplicate"}, Outcome.DELIVERED, "FUND_DUPLICATE"),
        ({"status": "duplicate", "operationKey": str(uuid4())}, Outcome.CONFLICT, "FUND_OTHER_OPERATION"),
        ({"status": "rejected", "recordNumber": None, "reason": REASON}, Outcome.REJECTED, "FUND_REJECTED"),
        ({"status": "deferred", "recordNumber": None, "reason": REASON}, Outcome.NOT_SENT, "FUND_DEFERRED"),
    ],
)
async def test_only_a_whole_acknowledgement_of_this_dispense_counts(
    client: DrugProgrammeClient, router: respx.Router, changed: dict[str, Any], outcome: Outcome, reason: str
):
    operation = message(dispensed())
    router.post(URL).mock(side_effect=acknowledgement(operation, **changed))
    result = await client.deliver(operation)
    assert (result.outcome, result.reason) == (outcome, reason)
    assert (result.record_number is not None) == (outcome is Outcome.DELIVERED)


@pytest.mark.parametrize(("told", "waited"), [("5", 5.0), (None, 60.0), ("9999999", 86_400.0), ("0", 0.0)])
async def test_what_is_deferred_comes_again_when_the_fund_says_or_by_the_settings(
    client: DrugProgrammeClient, router: respx.Router, told: str | None, waited: float
):
    operation = message(dispensed())
    changed = {"status": "deferred", "recordNumber": None, "reason": REASON, "retryAfter": told}
    router.post(URL).mock(side_effect=acknowledgement(operation, **changed))
    result = await client.deliver(operation)
    assert (result.outcome, result.detail, result.retry_after) == (Outcome.NOT_SENT, "PRESCRIPTION_UNKNOWN", waited)


async def test_a_deferring_funds_words_reach_no_log(client: DrugProgrammeClient, router: respx.Router):
    operation = message(dispensed())
    reason = [("code", "Жаңыбаев 10101195000001"), ("message", "Жаңыбаев")]
    changed = {"status": "deferred", "recordNumber": None, "reason": reason}
    router.post(URL).mock(side_effect=acknowledgement(operation, **changed))
    assert (await client.deliver(operation)).detail == "unreadable code"


def record(operation: OutboundMessage, **changed: str) -> Fields:
    fields = {
        "recordNumber": "DD-1",
        "revision": str(operation.revision),
        "operationKey": str(operation.operation_id),
        "state": "reversed" if operation.revision > 1 else "dispensed",
        **changed,
    }
    return list(fields.items())


SALE, REVERSAL = message(dispensed()), message(reversed_())


@pytest.mark.parametrize(
    ("operation", "changed", "outcome", "reason"),
    [
        (SALE, {}, Outcome.DELIVERED, "FUND_HAS_RECORD"),
        (REVERSAL, {}, Outcome.DELIVERED, "FUND_HAS_RECORD"),
        (SALE, {"revision": "2", "state": "reversed"}, Outcome.DELIVERED, "FUND_HAS_RECORD"),
        (REVERSAL, {"revision": "1", "state": "dispensed"}, Outcome.NOT_FOUND, "FUND_OLDER_REVISION"),
        (SALE, {"operationKey": str(uuid4())}, Outcome.CONFLICT, "FUND_OTHER_OPERATION"),
        (REVERSAL, {"operationKey": str(uuid4())}, Outcome.CONFLICT, "FUND_OTHER_OPERATION"),
        (REVERSAL, {"state": "dispensed"}, Outcome.IN_DOUBT, "REPLY_INCOMPLETE"),
        (REVERSAL, {"revision": "1"}, Outcome.IN_DOUBT, "REPLY_INCOMPLETE"),
        (SALE, {"state": "reversed"}, Outcome.IN_DOUBT, "REPLY_INCOMPLETE"),
        (SALE, {"state": "issued"}, Outcome.IN_DOUBT, "REPLY_INCOMPLETE"),
        (SALE, {"recordNumber": ""}, Outcome.IN_DOUBT, "REPLY_INCOMPLETE"),
    ],
)
async def test_revision_and_state_say_together_what_the_fund_has(
    client: DrugProgrammeClient,
    router: respx.Router,
    operation: OutboundMessage,
    changed: dict[str, str],
    outcome: Outcome,
    reason: str,
):
    fields: Fields = [("number", NUMBER), ("fill", "1"), ("status", "found"), ("record", record(operation, **changed))]
    router.post(URL).mock(side_effect=answering(NAMESPACE, "GetDispense", fields))
    asked = await client.ask(operation)
    assert (asked.outcome, asked.reason) == (outcome, reason)


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [("number", NUMBER), ("fill", "1")],
        [("number", NUMBER), ("fill", "1"), ("status", "found")],
        [("number", NUMBER), ("status", "not-found")],
        [("number", NUMBER), ("fill", "2"), ("status", "not-found")],
        [("number", "R-9"), ("fill", "1"), ("status", "not-found")],
        [("number", NUMBER), ("fill", "1"), ("status", "not-found"), ("record", record(SALE))],
    ],
    ids=range(7),
)
async def test_an_unusable_answer_to_a_question_is_in_doubt_not_not_found(
    client: DrugProgrammeClient, router: respx.Router, fields: Fields
):
    router.post(URL).mock(side_effect=answering(NAMESPACE, "GetDispense", fields))
    assert (await client.ask(SALE)).outcome is Outcome.IN_DOUBT


async def test_a_cancellation_is_asked_for_by_number_and_state(client: DrugProgrammeClient, router: respx.Router):
    cancellation = message(cancelled())
    for state, outcome in (("cancelled", Outcome.DELIVERED), ("issued", Outcome.IN_DOUBT)):
        fields: Fields = [("number", NUMBER), ("status", "found"), ("record", record(cancellation, state=state))]
        route = router.post(URL).mock(side_effect=answering(NAMESPACE, "GetPrescription", fields))
        assert (await client.ask(cancellation)).outcome is outcome
        body = etree.fromstring(route.calls.last.request.content).find(f"{SOAP}Body")
        assert body is not None
        assert [etree.QName(one).localname for one in body[0]] == ["number"]


async def test_every_attempt_has_a_new_message_id_and_the_same_operation_key(
    client: DrugProgrammeClient, router: respx.Router
):
    operation = message(dispensed())
    route = router.post(URL).mock(side_effect=acknowledgement(operation))
    results = [await client.deliver(replace(operation, attempt=number)) for number in (1, 2)]
    headers = [etree.fromstring(call.request.content)[0] for call in route.calls]
    ids = [header.findtext(f"{XROAD}id") for header in headers]
    assert ids == [result.message_id for result in results]
    assert len(set(ids)) == 2
    assert {header.findtext(f"{XROAD}issue") for header in headers} == {str(operation.operation_id)}


@pytest.mark.parametrize(
    "wrong",
    [
        replace(message(dispensed()), payload=b""),
        replace(message(dispensed()), payload=b"{}"),
        replace(message(dispensed()), payload=b"[7]"),
        replace(message(dispensed()), payload=message(issued()).payload),
        replace(message(dispensed()), business_key=NUMBER),
        replace(message(dispensed()), business_key=f"{NUMBER}/2"),
        replace(message(dispensed()), business_key=f"{NUMBER}/١"),
        replace(message(issued()), business_key="R-9"),
        replace(message(issued()), kind=OperationKind.DECLARE_SALE),
        replace(message(issued()), kind=OperationKind.SUBMIT_TREATED_CASE),
    ],
    ids=range(10),
)
async def test_what_is_no_message_of_this_contract_is_refused_unsent(
    client: DrugProgrammeClient, router: respx.Router, wrong: OutboundMessage
):
    route = router.post(URL)
    result = await client.deliver(wrong)
    assert (result.outcome, result.reason, route.call_count) == (Outcome.REFUSED, "REQUEST_INVALID", 0)
    assert NUMBER not in result.detail


@pytest.mark.parametrize("wrong", [replace(SALE, business_key="x"), replace(SALE, kind=OperationKind.CANCEL_SALE)])
async def test_what_cannot_be_asked_for_is_refused_unsent(
    client: DrugProgrammeClient, router: respx.Router, wrong: OutboundMessage
):
    route = router.post(URL)
    result = await client.ask(wrong)
    assert (result.outcome, route.call_count) == (Outcome.REFUSED, 0)


# The fund's list


def listed(**changed: str) -> tuple[str, Fields]:
    fields = {
        "dispense": str(UUID(int=7)),
        "recordNumber": "DD-1",
        "soldOn": "2026-03-31",
        "compensation": "30.50",
        "settled": "30.00",
        "state": "dispensed",
        **changed,
    }
    return ("dispense", list(fields.items()))


ABOUT = {"pharmacy": PHARMACY, "firstDay": "2026-03-01", "lastDay": "2026-03-31"}


def page(*dispenses: tuple[str, Fields], cursor: str | None = None, **changed: str) -> Responder:
    about = {**ABOUT, **changed}
    end: Fields = [("more", "false")] if cursor is None else [("more", "true"), ("cursor", cursor)]
    return answering(NAMESPACE, "ListDispenses", [*about.items(), *dispenses, *end])


async def test_pages_are_followed_by_their_cursor(client: DrugProgrammeClient, router: respx.Router):
    pages = [page(listed(), cursor="a&b"), page(listed(state="reversed"))]

    def turn(request: httpx.Request) -> httpx.Response:
        return pages.pop(0)(request)

    route = router.post(URL).mock(side_effect=turn)
    found = await client.dispenses(PHARMACY, FIRST, LAST)
    assert found is not None
    assert [(one.dispense, one.reversed) for one in found] == [(UUID(int=7), False), (UUID(int=7), True)]
    sent = [etree.fromstring(call.request.content).findtext(f".//{{{NAMESPACE}}}cursor") for call in route.calls]
    assert sent == [None, "a&b"]


@pytest.mark.parametrize(
    "answer",
    [
        page(listed(), pharmacy="499999"),
        page(listed(), firstDay="2026-02-01"),
        page(listed(), lastDay="2026-04-30"),
        page(listed(soldOn="2026-04-01")),
        page(listed(soldOn="")),
        page(listed(dispense="somebody")),
        page(listed(recordNumber="")),
        page(listed(compensation="30,50")),
        page(listed(settled="-1.00")),
        page(listed(settled="1.005")),
        page(listed(state="issued")),
        answering(NAMESPACE, "ListDispenses", [*ABOUT.items(), listed(), ("more", "true")]),
        answering(NAMESPACE, "ListDispenses", [*ABOUT.items(), listed(), ("more", "false"), ("cursor", "9")]),
        answering(NAMESPACE, "ListDispenses", []),
        answering(NAMESPACE, "GetDispense", [("number", NUMBER)]),
    ],
    ids=range(15),
)
async def test_a_list_that_is_not_wholly_usable_is_none(
    client: DrugProgrammeClient, router: respx.Router, answer: Responder
):
    route = router.post(URL).mock(side_effect=answer)
    assert await client.dispenses(PHARMACY, FIRST, LAST) is None
    assert route.call_count == 1


async def test_a_list_that_turns_in_a_circle_is_none_and_soon_left(client: DrugProgrammeClient, router: respx.Router):
    route = router.post(URL).mock(side_effect=page(listed(), cursor="always the same"))
    assert await client.dispenses(PHARMACY, FIRST, LAST) is None
    assert route.call_count == 2
