"""The HTTP layer over the real journal on SQLite."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.store.sqlite import SqliteStore
from schemas.api import AcceptedCase, EventPage, OperationDetail, OperationPage, TreatedCaseView
from tests.builders import EXAMPLE_NUMBER, case_bytes, movement_json
from tests.service.api.conftest import Gateway, make_services, serve
from tests.support.journal import make_journal


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    store = SqliteStore(tmp_path / "kopuro.db")
    await store.open()
    async for served in serve(make_services(journal=make_journal(store))):
        yield served
    await store.close()


async def test_a_case_is_accepted_repeated_corrected_and_read(gateway: Gateway):
    accepted = AcceptedCase.model_validate_json((await gateway.send(key="k")).body)
    again = await gateway.send(key="k")
    other = await gateway.send(case_bytes(card_number="9/25"), key="k")
    corrected = await gateway.send(
        case_bytes(card_number="2/25"), method="PUT", path=f"/v1/treated-cases/{EXAMPLE_NUMBER}"
    )
    view = TreatedCaseView.model_validate_json((await gateway.get(f"/v1/treated-cases/{EXAMPLE_NUMBER}")).body)

    assert accepted.ksf_number == EXAMPLE_NUMBER
    assert again.json["operation"]["id"] == str(accepted.operation.id)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert other.code == "IDEMPOTENCY_KEY_REUSED"
    assert (corrected.status, corrected.json["revision"]) == (202, 2)
    assert (view.revision, view.case.card_number) == (2, "2/25")
    assert [finding.code.value for finding in view.operation.findings] == ["CASE_PILOT"]


async def test_the_same_stay_is_not_accepted_twice(gateway: Gateway):
    await gateway.send()
    reply = await gateway.send(case_bytes(card_number="2/25"))

    assert (reply.status, reply.code) == (422, "STAY_DUPLICATE")


async def test_simultaneous_cases_have_different_numbers(gateway: Gateway):
    bodies = [case_bytes(admission={"at": f"2025-12-10T08:00:{second:02d}+06:00"},
                         movements=[_movement(second)]) for second in range(20)]  # fmt: skip
    replies = await asyncio.gather(*(gateway.send(body) for body in bodies))

    assert {reply.status for reply in replies} == {202}
    assert len({reply.json["ksf_number"] for reply in replies}) == 20


async def test_an_operation_is_found_parked_and_resolved(gateway: Gateway):
    accepted = AcceptedCase.model_validate_json((await gateway.send()).body)
    path = f"/v1/operations/{accepted.operation.id}"
    parked = await gateway.command(f"{path}/park", {"reason": "wait"})
    refused = await gateway.command(f"{path}/park", {"reason": "again"})
    page = OperationPage.model_validate_json((await gateway.get("/v1/operations?state=parked")).body)
    await gateway.command(f"{path}/resolve", {"reason": "seen", "state": "delivered", "record_number": "F-7"})
    detail = OperationDetail.model_validate_json((await gateway.get(path)).body)
    events = EventPage.model_validate_json((await gateway.get("/v1/events", sender="hospital")).body)

    assert parked.json["state"] == "parked"
    assert refused.code == "OPERATION_STATE"
    assert [operation.id for operation in page.items] == [accepted.operation.id]
    assert (detail.state.value, detail.record_number) == ("delivered", "F-7")
    assert [event.state.value for event in events.items if event.state] == ["parked", "delivered"]


async def test_operations_are_found_by_any_instant_of_the_contract(gateway: Gateway):
    await gateway.send()

    async def found(query: str) -> int:
        return len((await gateway.get(f"/v1/operations?{query}")).json["items"])

    assert await found("accepted_before=1900-01-01T00:00:00Z") == 0
    assert await found("accepted_from=1900-01-01T00:00:00Z") == 1
    assert await found("accepted_before=2199-12-31T23:59:59Z") == 1
    assert await found("accepted_from=2199-12-31T23:59:59Z") == 0


async def test_waiting_ends_with_the_operation(gateway: Gateway):
    waiting = asyncio.create_task(gateway.send(headers={"Prefer": "wait=20"}))
    async with asyncio.timeout(10):
        while not (found := (await gateway.get("/v1/operations")).json["items"]):
            await asyncio.sleep(0)
        await gateway.command(f"/v1/operations/{found[0]['id']}/park", {"reason": "x"})
        reply = await waiting

    assert (reply.status, reply.json["operation"]["state"]) == (202, "parked")


async def test_a_long_poll_is_woken(gateway: Gateway):
    accepted = (await gateway.send()).json["operation"]["id"]
    cursor = (await gateway.get("/v1/events")).json["next"]
    waiting = asyncio.create_task(gateway.get(f"/v1/events?after={cursor}&wait=20", sender="hospital"))
    await asyncio.wait({waiting}, timeout=0.05)
    async with asyncio.timeout(10):
        await gateway.command(f"/v1/operations/{accepted}/park", {"reason": "x"})
        reply = await waiting

    assert [event["state"] for event in reply.json["items"]] == ["parked"]


def _movement(second: int) -> dict[str, object]:
    return movement_json(entered_at=f"2025-12-10T08:00:{second:02d}+06:00")
