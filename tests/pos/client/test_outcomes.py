"""What becomes of a call: an answer, a refusal, surely not sent, or in doubt; and that no failure tells who it was."""

from __future__ import annotations

import json
import logging
import traceback
from typing import Any
from uuid import uuid4

import httpx
import pytest
import respx

from kopuro_pos.client import (
    CallFailed,
    DispenseOrder,
    ErrorCode,
    InDoubt,
    LocalKey,
    Machine,
    NotSent,
    Refused,
    Retry,
    ReversalOrder,
    Severity,
    SignInRefused,
    Unreachable,
    generate_key,
)
from kopuro_pos.client.refusals import InternalError, RateLimited, RxHeld, StoreUnavailable
from tests.pos.client.conftest import Open

ORIGIN = "https://gateway.example"
PIN, FAMILY, PHARMACIST = "21205197000011", "Түгөлбаев", "Асанова"
ORDER = DispenseOrder.model_validate(
    {
        "pharmacy": "700001",
        "prescription": {"pin": PIN, "number": "625498741294", "family_name": FAMILY},
        "sale": {"medicine": "ENA-10-30", "units": 30, "pack_price": "450.00", "shelf_price": "450.00"},
        "pharmacist": PHARMACIST,
    }
)
KEY = LocalKey(generate_key())
MACHINE = Machine("till-1", KEY)
TOKEN = {"access_token": "secret-token", "token_type": "DPoP", "expires_in": 600, "scope": "dispenses:write"}
PAGE = {"items": [], "next": None}


def problem(code: str, status: int = 422, **changes: Any) -> dict[str, Any]:
    finding = {
        "code": code,
        "severity": "error",
        "path": "$.prescription",
        "clause": None,
        "message": "…",
        "action": "…",
        "parameters": {},
    }
    return {
        "type": f"/v1/errors/{code}",
        "title": "…",
        "status": status,
        "detail": "…",
        "instance": "urn:uuid:0197",
        "code": code,
        "findings": [finding],
    } | changes


def refusing(code: str, status: int, **headers: str) -> httpx.Response:
    fields = {"Content-Type": "application/problem+json"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return httpx.Response(status, content=json.dumps(problem(code, status)), headers=fields)


async def failing(client: Any) -> CallFailed:
    with pytest.raises(CallFailed) as failed:
        await client.dispense(ORDER, key="till-1-000001")
    return failed.value


@pytest.mark.parametrize(
    "error",
    [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError],
    ids=lambda one: one.__name__,
)
@respx.mock
async def test_without_a_connection_nothing_was_sent(open_client: Open, error: type[httpx.RequestError]):
    respx.post(f"{ORIGIN}/v1/dispenses").mock(side_effect=error("no"))
    failure = await failing(open_client(ORIGIN))
    assert type(failure) is NotSent
    assert failure.reason == error.__name__


@pytest.mark.parametrize(
    "error",
    [
        httpx.ReadTimeout,
        httpx.WriteTimeout,
        httpx.ReadError,
        httpx.WriteError,
        httpx.CloseError,
        httpx.RemoteProtocolError,
        httpx.LocalProtocolError,
        httpx.DecodingError,
    ],
    ids=lambda one: one.__name__,
)
@respx.mock
async def test_everything_after_that_is_in_doubt(open_client: Open, error: type[httpx.RequestError]):
    respx.post(f"{ORIGIN}/v1/dispenses").mock(side_effect=error("no"))
    failure = await failing(open_client(ORIGIN))
    assert type(failure) is InDoubt


HTML = {"Content-Type": "text/html"}


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(502, text="<h1>Bad Gateway</h1>", headers=HTML),
        httpx.Response(503, text="<h1>Service Unavailable</h1>", headers=HTML),
        httpx.Response(504, text=""),
        httpx.Response(403, text="<h1>Forbidden</h1>", headers=HTML),
        httpx.Response(302, headers={"Location": "https://portal.example/"}),
        httpx.Response(307, headers={"Location": f"{ORIGIN}/elsewhere"}),
        httpx.Response(200, text="<h1>Welcome to the network</h1>", headers=HTML),
        httpx.Response(201, json={"id": str(uuid4())}),
        httpx.Response(201, text='{"id": "01'),
        httpx.Response(204),
        httpx.Response(409, json={"error": "conflict"}),
        refusing("INTERNAL_ERROR", 500),
    ],
    ids=lambda answer: f"{answer.status_code}-{len(answer.content)}",
)
@respx.mock
async def test_an_answer_that_is_not_the_gateways_leaves_it_open(open_client: Open, answer: httpx.Response):
    route = respx.post(f"{ORIGIN}/v1/dispenses").mock(return_value=answer)
    failure = await failing(open_client(ORIGIN))
    assert type(failure) is InDoubt
    assert str(answer.status_code) in failure.reason
    assert route.call_count == 1
    assert len(respx.calls) == 1, "no redirect is followed"
    said = failure.refusal
    assert (said is None) == (answer.status_code != 500), "only the gateway's own words are its words"


@respx.mock
async def test_a_reversal_is_in_doubt_as_a_dispense_is(open_client: Open):
    dispense = uuid4()
    respx.post(f"{ORIGIN}/v1/dispenses/{dispense}/reversal").mock(return_value=httpx.Response(502))
    with pytest.raises(InDoubt):
        await open_client(ORIGIN).reverse(dispense, ReversalOrder(reason="returned"), key="till-1-000002")


@respx.mock
async def test_a_question_that_the_gateway_failed_on_has_changed_nothing(open_client: Open):
    dispense = uuid4()
    respx.get(f"{ORIGIN}/v1/dispenses/{dispense}").mock(return_value=refusing("INTERNAL_ERROR", 500))
    with pytest.raises(InternalError):
        await open_client(ORIGIN).get_dispense(dispense)


@respx.mock
async def test_a_refusal_for_now_names_how_long(open_client: Open):
    route = respx.post(f"{ORIGIN}/v1/dispenses")
    client = open_client(ORIGIN)
    for code, status, kind in (
        ("STORE_UNAVAILABLE", 503, StoreUnavailable),
        ("RATE_LIMITED", 429, RateLimited),
        ("RX_HELD", 409, RxHeld),
    ):
        route.mock(return_value=refusing(code, status, Retry_After="17"))
        failure = await failing(client)
        assert isinstance(failure, kind)
        assert (failure.retry, failure.retry_after, failure.status) == (Retry.SAME_KEY_LATER, 17.0, status)
    route.mock(return_value=refusing("RX_HELD", 409, Retry_After="Thu, 15 Jan 2026 06:00:00 GMT"))
    failure = await failing(client)
    assert isinstance(failure, RxHeld)
    assert failure.retry_after is None


@pytest.mark.parametrize(("status", "retry"), [(422, Retry.AFTER_CORRECTION), (503, Retry.SAME_KEY_LATER)])
@respx.mock
async def test_a_code_of_a_newer_gateway_keeps_all_it_says(open_client: Open, status: int, retry: Retry):
    body = problem("RX_OF_TOMORROW", status, hint="new", findings=[problem("X")["findings"][0] | {"severity": "grave"}])
    respx.post(f"{ORIGIN}/v1/dispenses").mock(return_value=httpx.Response(status, json=body))
    failure = await failing(open_client(ORIGIN))
    assert type(failure) is Refused
    assert (failure.code, failure.status, failure.retry, failure.entry) == ("RX_OF_TOMORROW", status, retry, None)
    assert failure.severity is Severity.ERROR
    assert failure.problem is not None
    assert failure.findings[0].severity == "grave"


@respx.mock
async def test_fields_and_values_of_a_newer_gateway_are_passed_over(open_client: Open):
    released = {"id": str(uuid4()), "prescription": str(uuid4()), "released_at": "2026-01-15T06:00:00Z", "why": "new"}
    respx.post(path__regex="/v1/holds/.*").mock(return_value=httpx.Response(200, json=released))
    assert str((await open_client(ORIGIN).release(uuid4())).id) == released["id"]


# ---------------------------------------------------------------------------------------------------------- signing in


@respx.mock
async def test_one_token_serves_until_it_is_nearly_over(open_client: Open, monkeypatch: pytest.MonkeyPatch):
    passed = 0.0
    monkeypatch.setattr("kopuro_pos.client.calling.time.monotonic", lambda: passed)
    token = respx.post(f"{ORIGIN}/oauth/token").mock(return_value=httpx.Response(200, json=TOKEN))
    respx.get(path="/v1/dispenses").mock(return_value=httpx.Response(200, json=PAGE))
    client = open_client(ORIGIN, machine=MACHINE)
    for moment, asked in ((0.0, 1), (500.0, 1), (569.0, 1), (571.0, 2), (580.0, 2)):
        passed = moment
        assert [one async for one in client.dispenses()] == []
        assert token.call_count == asked


@respx.mock
async def test_a_token_that_is_not_taken_is_renewed_once(open_client: Open):
    token = respx.post(f"{ORIGIN}/oauth/token").mock(return_value=httpx.Response(200, json=TOKEN))
    route = respx.post(f"{ORIGIN}/v1/dispenses").mock(return_value=refusing("AUTH_TOKEN_INVALID", 401))
    failure = await failing(open_client(ORIGIN, machine=MACHINE))
    assert isinstance(failure, Refused)
    assert failure.code is ErrorCode.AUTH_TOKEN_INVALID
    assert (token.call_count, route.call_count) == (2, 2)
    keys = {call.request.headers["Idempotency-Key"] for call in route.calls}
    assert keys == {"till-1-000001"}
    assert len({call.request.headers["DPoP"] for call in route.calls}) == 2


@pytest.mark.parametrize(
    "given",
    [
        {"side_effect": httpx.ConnectError("no")},
        {"side_effect": httpx.ReadTimeout("no")},
        {"return_value": httpx.Response(502, text="<h1>Bad Gateway</h1>")},
        {"return_value": httpx.Response(200, text="<h1>Welcome</h1>")},
        {"return_value": httpx.Response(200, json={"access_token": None})},
    ],
    ids=["no-connection", "silence", "502", "portal", "broken"],
)
@respx.mock
async def test_without_a_token_nothing_was_sent(open_client: Open, given: dict[str, Any]):
    respx.post(f"{ORIGIN}/oauth/token").mock(**given)
    failure = await failing(open_client(ORIGIN, machine=MACHINE))
    assert type(failure) is NotSent
    assert len(respx.calls) == 1


@respx.mock
async def test_a_terminal_that_gets_no_token_is_told_why(open_client: Open):
    told = {"error": "invalid_client", "error_description": "…", "error_uri": "/v1/errors/CLIENT_NOT_FOUND"}
    token = respx.post(f"{ORIGIN}/oauth/token").mock(return_value=httpx.Response(401, json=told))
    failure = await failing(open_client(ORIGIN, machine=MACHINE))
    assert isinstance(failure, SignInRefused)
    assert (failure.error, failure.code, failure.status) == ("invalid_client", ErrorCode.CLIENT_NOT_FOUND, 401)
    assert token.call_count == 1


@respx.mock
async def test_too_many_questions_for_tokens_are_a_refusal_for_now(open_client: Open):
    respx.post(f"{ORIGIN}/oauth/token").mock(return_value=refusing("RATE_LIMITED", 429, Retry_After="5"))
    failure = await failing(open_client(ORIGIN, machine=MACHINE))
    assert isinstance(failure, RateLimited)
    assert failure.retry_after == 5.0


async def test_who_has_no_machine_cannot_sign_in(open_client: Open):
    with pytest.raises(ValueError, match="no machine"):
        await open_client(ORIGIN).sign_in()


# ------------------------------------------------------------------------------------------------------- what is given


@pytest.mark.parametrize(
    "origin",
    [
        "http://gateway.example",
        "http://10.0.0.1:8066",
        "ftp://127.0.0.1",
        "gateway.example",
        "https://",
        "https://gateway.example/v1",
        "https://gateway.example?x",
        "https://user@gateway.example",
    ],
)
def test_only_tls_or_this_machine(open_client: Open, origin: str):
    with pytest.raises(ValueError, match="gateway"):
        open_client(origin)


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8066", "http://localhost:8066/", "http://[::1]:8066", ORIGIN])
def test_these_will_do(open_client: Open, origin: str):
    assert open_client(origin).clock is None


def test_a_terminal_signs_in_or_is_named(open_client: Open):
    with pytest.raises(ValueError, match="not both"):
        open_client(ORIGIN, machine=MACHINE, sender="pharmacy")


@pytest.mark.parametrize("key", ["", "ключ", "x" * 256, "two\nlines"])
async def test_a_key_that_is_none_is_refused_before_anything_is_sent(open_client: Open, key: str):
    with pytest.raises(ValueError, match="idempotency key"):
        await open_client(ORIGIN).dispense(ORDER, key=key)


@pytest.mark.parametrize("jwk", [{}, {"kty": "EC"}, KEY.public_jwk, {"kty": "oct", "k": "AAAA"}])
def test_only_a_private_key_signs(jwk: dict[str, Any]):
    with pytest.raises(ValueError, match="not a"):
        LocalKey(jwk)


# ------------------------------------------------------------------------------------------------------------- secrets


@pytest.mark.parametrize(
    "given",
    [
        {"side_effect": httpx.ReadTimeout("no")},
        {"return_value": httpx.Response(502, text=PIN)},
        {"return_value": httpx.Response(201, json={"id": PIN, "pharmacist": PHARMACIST})},
        {"return_value": refusing("RX_HELD", 409)},
    ],
    ids=["silence", "502", "broken", "refused"],
)
@respx.mock
async def test_no_failure_and_no_log_tells_who_it_was(
    open_client: Open, given: dict[str, Any], caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    respx.post(f"{ORIGIN}/oauth/token").mock(return_value=httpx.Response(200, json=TOKEN))
    respx.post(f"{ORIGIN}/v1/dispenses").mock(**given)
    failure = await failing(open_client(ORIGIN, machine=MACHINE))
    assert failure.__cause__ is None
    assert failure.__context__ is None, "an error of httpx carries the whole request"
    told = "".join(traceback.format_exception(failure)) + repr(failure) + caplog.text
    if isinstance(failure, Unreachable):
        told += failure.reason
    for secret in (PIN, FAMILY, PHARMACIST, "625498741294", TOKEN["access_token"]):
        assert str(secret) not in told


def test_no_message_shows_who_it_is_about():
    shown = repr(ORDER) + str(ORDER) + repr(MACHINE) + repr(ReversalOrder(reason="returned", note=FAMILY))
    for secret in (PIN, FAMILY, PHARMACIST, "625498741294"):
        assert secret not in shown
