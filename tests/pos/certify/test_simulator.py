"""The simulator is strict, stays on the loopback, and its faults are what they are called."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from kopuro_pos.agent import contract
from kopuro_pos.certify.faults import Condition, Fault
from kopuro_pos.certify.journal import Route
from kopuro_pos.certify.shelf import NUMBER, PIN
from kopuro_pos.certify.simulator import Simulator

Json = dict[str, Any]


@pytest.fixture
async def agent() -> AsyncIterator[Simulator]:
    async with Simulator() as running:
        yield running


@pytest.fixture
async def till(agent: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {agent.token}"}
    async with httpx.AsyncClient(base_url=agent.origin, headers=headers, timeout=2.0, trust_env=False) as client:
        yield client


async def quoted(till: httpx.AsyncClient, **changes: Any) -> Json:
    found = (await till.post("/api/lookup", json={"pin": PIN, "number": NUMBER})).json()
    order = {"lookup": found["lookup"], "medicine": "EX-C01", "units": 30, "pack_price": "450.00"} | changes
    answer: Json = (await till.post("/api/quote", json=order)).json()
    return answer


def order_of(quote: Json, **changes: Any) -> Json:
    return {
        "key": "key-of-one-sale",
        "quote": quote["quote"],
        "pharmacist": "Асанова А.",
        "receipt_number": "1",
        "receipt_amount": quote["patient"],
    } | changes


async def test_it_listens_on_the_loopback_alone(agent: Simulator) -> None:
    assert agent.origin == f"http://127.0.0.1:{agent.port}"


async def test_what_the_contract_does_not_know_is_refused_with_its_path(till: httpx.AsyncClient) -> None:
    order = order_of(await quoted(till), cash_desk=3, key="short", receipt_amount="12.345")
    answer = await till.post("/api/sales", json=order)
    problem = contract.Problem.model_validate_json(answer.content)
    assert (answer.status_code, problem.code) == (422, "BODY_INVALID")
    assert {found.path for found in problem.findings} == {"$.cash_desk", "$.key", "$.receipt_amount"}


@pytest.mark.parametrize(
    ("method", "path", "body", "content_type", "status", "code"),
    [
        ("POST", "/api/lookup", b"{", "application/json", 422, "BODY_INVALID"),
        ("POST", "/api/lookup", b"", "application/json", 422, "BODY_INVALID"),
        ("POST", "/api/lookup", b"{}", "text/plain", 415, "CONTENT_TYPE_REFUSED"),
        ("GET", "/api/lookup", b"", "application/json", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/api/dispenses", b"", "application/json", 404, "NOT_FOUND"),
        ("GET", "/api/sales/17", b"", "application/json", 404, "SALE_NOT_FOUND"),
        ("GET", "/api/day?day=22.11.2026", b"", "application/json", 422, "BODY_INVALID"),
    ],
)
async def test_what_is_no_request_of_the_contract(
    till: httpx.AsyncClient, method: str, path: str, body: bytes, content_type: str, status: int, code: str
) -> None:
    answer = await till.request(method, path, content=body, headers={"Content-Type": content_type})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic wrong"])
async def test_without_the_token_nothing_is_answered(till: httpx.AsyncClient, header: str) -> None:
    answer = await till.post("/api/lookup", json={"pin": PIN, "number": NUMBER}, headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "TOKEN_REQUIRED")


async def test_one_key_is_one_sale(agent: Simulator, till: httpx.AsyncClient) -> None:
    order = order_of(await quoted(till))
    first = await till.post("/api/sales", json=order)
    again = await till.post("/api/sales", json=order)
    other = await till.post("/api/sales", json=order | {"receipt_number": "2"})
    assert (first.status_code, again.json()) == (201, first.json())
    assert (other.status_code, other.json()["code"]) == (422, "KEY_REUSED")
    assert len(agent.world.sales) == 1


@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.CRASH])
async def test_the_work_is_done_and_the_answer_lost(agent: Simulator, till: httpx.AsyncClient, fault: Fault) -> None:
    order = order_of(await quoted(till))
    agent.strike(Route.SELL, fault)
    with pytest.raises(httpx.TransportError):
        await till.post("/api/sales", json=order)
    assert len(agent.world.sales) == 1


async def test_after_a_crash_the_port_is_closed_until_it_is_opened(agent: Simulator, till: httpx.AsyncClient) -> None:
    agent.strike(Route.STATE, Fault.CRASH)
    with pytest.raises(httpx.TransportError):
        await till.get("/api/state")
    with pytest.raises(httpx.ConnectError):
        await till.get("/api/state")
    port = agent.port
    await agent.open_door()
    assert (agent.port, (await till.get("/api/state")).status_code) == (port, 200)


async def test_silence_lasts_longer_than_a_till_waits(agent: Simulator, till: httpx.AsyncClient) -> None:
    agent.strike(Route.STATE, Fault.SILENCE)
    with pytest.raises(httpx.ReadTimeout):
        await till.get("/api/state", timeout=0.1)


async def test_something_between_answers(agent: Simulator, till: httpx.AsyncClient) -> None:
    order = order_of(await quoted(till))
    agent.strike(Route.SELL, Fault.BAD_GATEWAY)
    answer = await till.post("/api/sales", json=order)
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html; charset=utf-8")
    assert len(agent.world.sales) == 1


async def test_a_fault_strikes_once(agent: Simulator, till: httpx.AsyncClient) -> None:
    agent.strike(Route.STATE, Fault.BAD_GATEWAY)
    assert [(await till.get("/api/state")).status_code for _ in range(2)] == [502, 200]


async def test_a_long_answer_holds_what_the_contract_does_not_know(agent: Simulator, till: httpx.AsyncClient) -> None:
    agent.strike(Route.LOOK_UP, Fault.IN_PIECES)
    answer = (await till.post("/api/lookup", json={"pin": PIN, "number": NUMBER})).json()
    assert "of_a_later_version" in answer
    assert all("of_a_later_version" in offer for offer in answer["offers"])


async def test_a_look_up_without_a_line_is_given_up_when_it_should(agent: Simulator, till: httpx.AsyncClient) -> None:
    agent.world.conditions.add(Condition.GATEWAY_AWAY)
    agent.look_up_gives_up_seconds = 0.2
    answer = await till.post("/api/lookup", json={"pin": PIN, "number": NUMBER})
    assert (answer.status_code, answer.json()["code"]) == (503, "GATEWAY_UNREACHABLE")
    assert answer.elapsed.total_seconds() >= 0.2


async def test_the_state_tells_how_things_stand(agent: Simulator, till: httpx.AsyncClient) -> None:
    order = order_of(await quoted(till))
    agent.world.conditions |= {Condition.GATEWAY_AWAY}
    assert (await till.post("/api/sales", json=order)).status_code == 202
    state = contract.AgentState.model_validate_json((await till.get("/api/state")).content)
    assert (state.gateway.reachable, state.queue.waiting, state.queue.under_hold) == (False, 1, 1)
    queue = contract.QueueView.model_validate_json((await till.get("/api/queue")).content)
    assert [entry.made_offline for entry in queue.waiting] == [True]
    agent.world.drain()
    state = contract.AgentState.model_validate_json((await till.get("/api/state")).content)
    assert (state.gateway.reachable, state.queue.waiting) == (True, 0)


async def test_the_queue_names_what_was_refused_until_somebody_has_seen_it(
    agent: Simulator, till: httpx.AsyncClient
) -> None:
    order = order_of(await quoted(till))
    agent.world.conditions |= {Condition.GATEWAY_AWAY}
    sale = (await till.post("/api/sales", json=order)).json()["id"]
    agent.world.refuse_waiting("RX_DISPENSED", "ru")
    queue = (await till.get("/api/queue")).json()
    assert ([one["id"] for one in queue["refused"]], queue["waiting"]) == ([sale], [])
    assert (await till.post(f"/api/sales/{sale}/seen", json={"pharmacist": "Асанова А."})).is_success
    assert (await till.get("/api/queue")).json()["refused"] == []


async def test_sums_are_rounded_on_the_line_and_written_with_two_digits(
    agent: Simulator, till: httpx.AsyncClient
) -> None:
    agent.world.shelf["EX-C01"].pack_price *= 2
    quote = await quoted(till, units=7, pack_price="900.0")
    assert [quote[name] for name in ("pack_price", "retail", "compensation", "patient")] == [
        "900.00",
        "210.00",
        "35.00",
        "175.00",
    ]
