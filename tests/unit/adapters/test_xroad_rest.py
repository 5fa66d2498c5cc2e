"""The REST consumer: at its edges, and against the simulated security server."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest
import respx
from aiohttp import web

from adapters.xroad.identifiers import Subsystem
from adapters.xroad.outcomes import ExchangeFailed
from adapters.xroad.rest import RestConsumer, service_path
from adapters.xroad.simulator import Provider, Spelling, run_security_server
from adapters.xroad.simulator.running import Door
from adapters.xroad.transport import PooledTransport, http_client
from gateway.operations.model import Outcome
from tests.contract.parts import FUND, GATEWAY, QUICK, xroad_settings

SERVICE = FUND.service("cases")
MESSAGE_ID = "8f5a2a3e-0000-4000-8000-000000000001"


def consumer_over(router: respx.Router) -> RestConsumer:
    http = httpx.AsyncClient(transport=httpx.MockTransport(router.async_handler))
    return RestConsumer(settings=xroad_settings(user_id="KG1"), http=http, new_id=lambda: UUID(MESSAGE_ID))


def test_every_part_of_the_path_is_encoded_by_itself():
    assert service_path(SERVICE, ["a/b", "№ 1", "c?d"]) == (
        "/r1/central-server/GOV/70000002/treated-cases/cases/a%2Fb/%E2%84%96%201/c%3Fd"
    )


@pytest.mark.parametrize("part", [".", "..", ""])
def test_a_path_cannot_climb(part: str):
    with pytest.raises(ValueError, match="path"):
        service_path(SERVICE, [part])


def test_a_provider_without_a_subsystem_is_not_routed():
    with pytest.raises(ValueError, match="subsystem"):
        service_path(Subsystem(member_code="70000002").service("cases"))


async def test_headers_of_a_request():
    router = respx.Router()
    route = router.post(path__startswith="/r1/").respond(200, headers={"X-Road-Id": MESSAGE_ID}, json={"ok": True})
    answer = await consumer_over(router).call(SERVICE, "POST", ["1"], content=b"{}", issue="key", query={"a": "b"})
    assert (answer.status, answer.content, answer.message_id) == (200, b'{"ok":true}', MESSAGE_ID)
    request = route.calls.last.request
    assert request.url.path.endswith("/treated-cases/cases/1")
    assert request.url.query == b"a=b"
    expected = {
        "X-Road-Client": "central-server/GOV/70000001/gateway",
        "X-Road-Id": MESSAGE_ID,
        "X-Road-Issue": "key",
        "X-Road-UserId": "KG1",
        "Content-Type": "application/json",
    }
    assert {name: request.headers[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("response", "outcome", "reason"),
    [
        (
            httpx.Response(500, headers={"X-Road-Error": "server.serverproxy.access_denied"}),
            Outcome.REFUSED,
            "server.serverproxy.access_denied",
        ),
        (
            httpx.Response(500, headers={"X-Road-Error": "Server.ServerProxy.ServiceFailed.HttpError"}),
            Outcome.IN_DOUBT,
            "Server.ServerProxy.ServiceFailed.HttpError",
        ),
        (httpx.Response(400, headers={"X-Road-Error": "Client.BadRequest"}), Outcome.REFUSED, "Client.BadRequest"),
        (httpx.Response(302, headers={"Location": "/"}), Outcome.IN_DOUBT, "REPLY_REDIRECT"),
        (httpx.Response(502, html="<html>"), Outcome.IN_DOUBT, "REPLY_HTML_ERROR"),
        (httpx.Response(200, html="<html>"), Outcome.IN_DOUBT, "REPLY_HTML_PAGE"),
        (httpx.Response(200, json={"ok": True}), Outcome.IN_DOUBT, "REPLY_HEADER"),
        (httpx.Response(200, headers={"X-Road-Id": "another"}), Outcome.IN_DOUBT, "REPLY_HEADER"),
        (httpx.Response(503, text="down"), Outcome.IN_DOUBT, "REPLY_STATUS"),
    ],
)
async def test_what_is_no_providers_answer_has_its_outcome(response: httpx.Response, outcome: Outcome, reason: str):
    router = respx.Router()
    router.get().mock(return_value=response)
    with pytest.raises(ExchangeFailed) as failed:
        await consumer_over(router).call(SERVICE, "GET")
    assert (failed.value.failure.outcome, failed.value.failure.reason) == (outcome, reason)
    assert failed.value.message_id == MESSAGE_ID


@pytest.mark.parametrize("status", [400, 404, 409, 500, 503])
async def test_a_providers_own_error_is_an_answer(status: int):
    router = respx.Router()
    router.get().respond(status, headers={"X-Road-Id": MESSAGE_ID}, json={"error": 1})
    assert (await consumer_over(router).call(SERVICE, "GET")).status == status


@pytest.fixture
async def provider_url() -> AsyncIterator[str]:
    async def echo(request: web.Request) -> web.Response:
        seen = {"path": request.raw_path, "key": request.headers.get("Idempotency-Key"), "body": await request.text()}
        return web.json_response(seen, status=409 if request.path.endswith("conflict") else 200)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", echo)
    door = Door(app, 0)
    await door.open()
    yield door.url
    await door.close()


@pytest.mark.parametrize("spelling", Spelling)
async def test_through_the_security_server(provider_url: str, spelling: Spelling):
    server = await run_security_server(
        clients=[str(GATEWAY)], providers=[Provider(str(FUND), provider_url, frozenset())], spelling=spelling
    )
    settings = xroad_settings(server.url, deadlines=QUICK)
    http = http_client(PooledTransport(deadlines=QUICK, connections=2, reply_limit=settings.reply_limit))
    consumer = RestConsumer(settings=settings, http=http, new_id=uuid4)
    answer = await consumer.call(SERVICE, "POST", ["Ө 1"], content="Ү".encode(), query={"q": "ң"})
    assert answer.status == 200
    assert json.loads(answer.content) == {"path": "/cases/%D3%A8%201?q=%D2%A3", "key": None, "body": "Ү"}
    assert answer.request_id is not None
    assert (await consumer.call(SERVICE, "GET", ["conflict"])).status == 409
    with pytest.raises(ExchangeFailed) as unknown:
        await consumer.call(Subsystem(member_code="7", subsystem_code="x").service("y"), "GET")
    assert unknown.value.failure.outcome is Outcome.REFUSED
    assert unknown.value.failure.reason == spelling.write("Server.ClientProxy.UnknownMember")
    bare = await http.get(f"{server.url}/r1/central-server/GOV")
    assert (bare.status_code, "X-Road-Error" in bare.headers) == (500, True)
    await consumer.close()
    await server.close()
