from __future__ import annotations

import asyncio
from uuid import UUID

import orjson
import pytest

from schemas.api import Problem
from tests.builders import case_bytes
from tests.service.api.conftest import Gateway

SENT_ID = "0195a0c8-5c5e-7c1f-9d3a-5b1d5e0f7a11"
SENT_TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


async def test_a_problem_has_the_form_of_rfc_9457(gateway: Gateway):
    reply = await gateway.send(b"{", headers={"X-Request-Id": SENT_ID})

    problem = Problem.model_validate_json(reply.body)
    assert problem.status == reply.status == 400
    assert problem.type == "/v1/errors/REQUEST_MALFORMED_JSON"
    assert problem.instance == f"urn:uuid:{SENT_ID}"
    assert (await gateway.get(problem.type)).json["code"] == problem.code


@pytest.mark.parametrize(
    ("accepted", "language", "word"),
    [("ky", "ky", "дарек"), ("ru-RU,ru;q=0.9,en;q=0.1", "ru", "адрес"), ("en", "en", "address"),
     ("de", "en", "address"), ("ru;q=0.2, ky;q=0.8", "ky", "дарек"), ("ky;q=x, ru;q=2", "en", "address")],
)  # fmt: skip
async def test_problems_are_written_in_the_readers_language(gateway: Gateway, accepted: str, language: str, word: str):
    reply = await gateway.get("/nowhere", headers={"Accept-Language": accepted})

    assert reply.headers["Content-Language"] == language
    assert reply.headers["Vary"] == "Accept-Language"
    assert word in reply.json["detail"]


async def test_three_languages_say_three_different_things(gateway: Gateway):
    titles = {
        (await gateway.send(b"{", headers={"Accept-Language": language})).json["title"]
        for language in ("ky", "ru", "en")
    }

    assert len(titles) == 3


async def test_unknown_paths_and_methods(gateway: Gateway):
    nowhere = await gateway.get("/v1/treated-case")
    wrong = await gateway.call("DELETE", "/v1/treated-cases")

    assert (nowhere.status, nowhere.code) == (404, "ROUTE_NOT_FOUND")
    assert (wrong.status, wrong.code) == (405, "METHOD_NOT_ALLOWED")
    assert wrong.headers["Allow"] == "OPTIONS,POST"


async def test_options_tells_the_methods(gateway: Gateway):
    reply = await gateway.call("OPTIONS", "/v1/treated-cases/00000011895017425")

    assert (reply.status, reply.headers["Allow"]) == (204, "GET,HEAD,OPTIONS,PUT")


async def test_a_path_does_not_take_the_methods_of_a_template_that_fits_it_too(gateway: Gateway):
    options = await gateway.call("OPTIONS", "/v1/treated-cases/check")
    read = await gateway.get("/v1/treated-cases/check")

    assert options.headers["Allow"] == "OPTIONS,POST"
    assert (read.status, read.code, read.headers["Allow"]) == (405, "METHOD_NOT_ALLOWED", "OPTIONS,POST")


async def test_head_answers_like_get_without_a_body(gateway: Gateway):
    head, get = await gateway.call("HEAD", "/v1/errors"), await gateway.get("/v1/errors")

    assert head.status == 200
    assert head.body == b""
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


async def test_an_unforeseen_failure_tells_only_that_it_happened(gateway: Gateway):
    gateway.journal.failing = ValueError("Үсөнов 20101199012345")
    reply = await gateway.send()

    assert (reply.status, reply.code) == (500, "INTERNAL_ERROR")
    assert "20101199012345" not in reply.body.decode()


async def test_a_forgotten_timeout_is_an_internal_error_too(gateway: Gateway):
    gateway.journal.failing = TimeoutError()

    assert (await gateway.send()).code == "INTERNAL_ERROR"


async def test_the_senders_request_id_comes_back_when_it_is_a_uuid(gateway: Gateway):
    kept = await gateway.get("/health/live", headers={"X-Request-Id": SENT_ID})
    replaced = await gateway.get("/health/live", headers={"X-Request-Id": "20101199012345"})

    assert kept.headers["X-Request-Id"] == SENT_ID
    assert UUID(replaced.headers["X-Request-Id"]).version == 7


async def test_the_senders_trace_goes_on(gateway: Gateway):
    reply = await gateway.send(headers={"traceparent": SENT_TRACE})

    version, trace, span, flags = reply.headers["traceparent"].split("-")
    assert (version, trace, flags) == ("00", SENT_TRACE.split("-")[1], "01")
    assert span != SENT_TRACE.split("-")[2]
    assert gateway.journal.submissions[0].traceparent == reply.headers["traceparent"]


async def test_draining_answers_and_closes_stopping_refuses(gateway: Gateway):
    gateway.services.lifecycle.drain()
    drained = await gateway.send()
    gateway.services.lifecycle.stop()
    stopped = await gateway.send()

    assert (drained.status, drained.headers["Connection"]) == (202, "close")
    assert (stopped.status, stopped.code) == (503, "SERVICE_STOPPING")
    assert stopped.headers["Connection"] == "close"
    assert int(stopped.headers["Retry-After"]) > 0


async def test_no_answer_names_the_software_underneath(gateway: Gateway):
    for reply in (await gateway.send(), await gateway.get("/nowhere"), await gateway.get("/health")):
        text = repr(reply.headers) + reply.body.decode()
        assert "aiohttp" not in text.lower()
        assert "python" not in text.lower()


async def test_malformed_http_is_answered_and_does_not_harm(gateway: Gateway):
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    writer.write(b"\x16\x03\x01 20101199012345\r\n\r\n")
    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.close()
    await writer.wait_closed()

    assert b" 400 " in answer.split(b"\r\n")[0]
    assert b"20101199012345" not in answer
    assert (await gateway.send(case_bytes())).status == 202


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /20101199012345 \xd0\x96 HTTP/9.9\r\n\r\n",
        b"20101199012345 / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 20101199012345x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n20101199012345\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_refused_by_a_problem_that_quotes_nothing(gateway: Gateway, sent: bytes):
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
    writer.write(sent)
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    assert head.split(b" ")[1] == b"400"
    assert b"Content-Type: application/problem+json" in head
    assert b"Server: kopuro" in head
    assert b"20101199012345" not in head + body
    assert orjson.loads(body)["code"] == "REQUEST_HEADER"
