from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from gateway.operations.model import State
from schemas.api import OperationDetail, OperationPage, OperationView
from tests.builders import EXAMPLE_NUMBER, case_bytes
from tests.service.api.conftest import Gateway


async def accepted(gateway: Gateway, number: int = 0) -> str:
    reply = await gateway.send(case_bytes(card_number=f"{number}/25"))
    return reply.json["operation"]["id"]


def put_in(gateway: Gateway, operation: str, state: State) -> None:
    identity = UUID(operation)
    gateway.journal.records[identity] = replace(gateway.journal.records[identity], state=state)


async def test_an_operation_with_its_attempts(gateway: Gateway):
    operation = await accepted(gateway)
    gateway.journal.end(UUID(operation))
    reply = await gateway.get(f"/v1/operations/{operation}")

    detail = OperationDetail.model_validate_json(reply.body)
    assert detail.state.value == "delivered"
    assert detail.due_at is None
    assert [attempt.number for attempt in detail.history] == [1]


async def test_unknown_and_foreign_operations_look_the_same(gateway: Gateway):
    operation = await accepted(gateway)
    unknown = await gateway.get(f"/v1/operations/{uuid4()}")
    foreign = await gateway.get(f"/v1/operations/{operation}", sender="direct-entry")

    assert unknown.status == foreign.status == 404
    assert unknown.code == foreign.code == "OPERATION_NOT_FOUND"


async def test_an_id_is_a_uuid(gateway: Gateway):
    reply = await gateway.get("/v1/operations/42")

    assert (reply.status, reply.code) == (400, "REQUEST_PARAMETER")


async def test_operations_come_page_by_page(gateway: Gateway):
    made = [await accepted(gateway, number) for number in range(5)]
    seen: list[str] = []
    path = "/v1/operations?limit=2"
    while True:
        page = OperationPage.model_validate_json((await gateway.get(path)).body)
        seen += [str(operation.id) for operation in page.items]
        if page.next is None:
            break
        path = f"/v1/operations?limit=2&after={page.next}"

    assert seen == made


async def test_operations_are_found_by_key_state_organisation_and_time(gateway: Gateway):
    first, second = await accepted(gateway, 1), await accepted(gateway, 2)
    put_in(gateway, second, State.PARKED)

    async def found(query: str) -> list[str]:
        return [operation["id"] for operation in (await gateway.get(f"/v1/operations?{query}")).json["items"]]

    assert await found(f"business_key={EXAMPLE_NUMBER}") == [first]
    assert await found("state=parked") == [second]
    assert await found("state=parked,queued") == [first, second]
    assert await found("organisation=950175") == []
    assert await found("accepted_from=2026-01-03T15:00:00%2B06:00") == [first, second]
    assert await found("accepted_before=2026-01-03T09:00:00Z") == []


@pytest.mark.parametrize(
    "query",
    ["state=broken", "limit=0", "limit=501", "limit=x", "after=x", "accepted_from=yesterday", "organization=950174",
     "accepted_from=2026-01-03T09:00:00", "accepted_from=0001-01-01T00:00:00%2B14:00",
     "accepted_before=9999-12-31T23:59:59-14:00", "limit=1&limit=2", "business_key=", "limit=٣"],
)  # fmt: skip
async def test_wrong_questions_are_refused(gateway: Gateway, query: str):
    reply = await gateway.get(f"/v1/operations?{query}")

    assert (reply.status, reply.code) == (400, "REQUEST_PARAMETER")


async def test_all_that_is_wrong_with_a_question_is_told(gateway: Gateway):
    reply = await gateway.get("/v1/operations?limit=0&state=x&colour=blue")

    assert sorted(finding["path"] for finding in reply.json["findings"]) == ["query", "query:limit", "query:state"]


async def test_a_sender_finds_only_its_own(gateway: Gateway):
    await accepted(gateway)

    own = await gateway.get("/v1/operations", sender="hospital")
    none = await gateway.get("/v1/operations", sender="direct-entry")
    foreign = await gateway.get("/v1/operations?organisation=950174", sender="direct-entry")
    unclear = await gateway.get("/v1/operations", sender="two-hospitals")

    assert len(own.json["items"]) == 1
    assert none.json == {"items": [], "next": None}
    assert (foreign.status, foreign.code) == (403, "ACCESS_DENIED")
    assert (unclear.status, unclear.json["findings"][0]["path"]) == (400, "query:organisation")


async def test_a_person_retries_parks_and_resolves(gateway: Gateway):
    operation = await accepted(gateway)
    parked = await gateway.command(f"/v1/operations/{operation}/park", {"reason": "fund asks to wait"})
    queued = await gateway.command(f"/v1/operations/{operation}/retry", {"reason": "fund is ready"})
    put_in(gateway, operation, State.IN_DOUBT)
    resolved = await gateway.command(
        f"/v1/operations/{operation}/resolve",
        {"reason": "seen at the fund", "state": "delivered", "record_number": "7"},
    )

    states = [OperationView.model_validate_json(reply.body).state.value for reply in (parked, queued, resolved)]
    assert states == ["parked", "queued", "delivered"]
    assert resolved.json["record_number"] == "7"
    assert gateway.journal.decisions[0] == ("sanarip", "fund asks to wait", "PARKED")


async def test_a_state_that_does_not_allow_it(gateway: Gateway):
    reply = await gateway.command(f"/v1/operations/{await accepted(gateway)}/retry", {"reason": "hurry"})

    assert (reply.status, reply.code) == (409, "OPERATION_STATE")


@pytest.mark.parametrize("verb", ["retry", "park", "resolve"])
async def test_commands_on_unknown_operations(gateway: Gateway, verb: str):
    body = {"reason": "x"} | ({"state": "cancelled"} if verb == "resolve" else {})
    reply = await gateway.command(f"/v1/operations/{uuid4()}/{verb}", body)

    assert (reply.status, reply.code) == (404, "OPERATION_NOT_FOUND")


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({}, ["REASON_REQUIRED"]),
        ({"reason": "  "}, ["REASON_REQUIRED"]),
        ({"reason": 7}, ["SCHEMA_TYPE"]),
        ({"reason": "x" * 501}, ["SCHEMA_LENGTH"]),
        ({"reason": "x", "colour": "blue"}, ["SCHEMA_UNKNOWN_FIELD"]),
        ([], ["SCHEMA_TYPE"]),
        ({"colour": "blue"}, ["REASON_REQUIRED", "SCHEMA_UNKNOWN_FIELD"]),
    ],
)
async def test_a_command_needs_a_reason_and_nothing_else(gateway: Gateway, body: object, codes: list[str]):
    reply = await gateway.command(f"/v1/operations/{uuid4()}/park", body)

    assert reply.status == 422
    assert reply.codes == codes


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"reason": "x"}, "SCHEMA_REQUIRED"),
        ({"reason": "x", "state": "queued"}, "SCHEMA_VALUE"),
        ({"reason": "x", "state": "delivered"}, "SCHEMA_REQUIRED"),
        ({"reason": "x", "state": "delivered", "record_number": ""}, "SCHEMA_LENGTH"),
    ],
)
async def test_a_resolution_needs_its_end_and_its_evidence(gateway: Gateway, body: object, code: str):
    reply = await gateway.command(f"/v1/operations/{uuid4()}/resolve", body)

    assert (reply.status, reply.code) == (422, code)


async def test_only_operators_decide(gateway: Gateway):
    operation = await accepted(gateway)
    for verb in ("retry", "park", "resolve"):
        reply = await gateway.command(f"/v1/operations/{operation}/{verb}", {"reason": "x"}, sender="hospital")
        assert (reply.status, reply.code) == (403, "ACCESS_DENIED")
    assert not gateway.journal.decisions
