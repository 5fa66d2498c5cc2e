"""The agent's JSON API: every route, its messages, and how it refuses."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from kopuro_pos.agent.contract import (
    AgentState,
    Day,
    Finding,
    Found,
    Problem,
    QueueView,
    Quote,
    Sale,
    SalePage,
    SaleState,
    Scanned,
    Severity,
    StockTaken,
)
from kopuro_pos.agent.counter.changes import SaleChanged
from kopuro_pos.agent.problems import ENTRIES, AgentProblem, ProblemCode
from kopuro_pos.agent.texts import Language, wanted_language
from kopuro_pos.agent.web.logs import JsonLines
from kopuro_pos.agent.web.routes import ROUTES
from kopuro_pos.agent.web.sessions import CODE_FOR, SESSION_FOR
from kopuro_pos.agent.web.streaming import MOST_STREAMS
from tests.pos.agent.face import (
    LOOK_UP_JSON,
    ORDER_JSON,
    PATIENCE,
    PIN,
    QUOTE_JSON,
    REVERSAL_JSON,
    SALE_ID,
    STATE,
    TILL,
    TILL_ORIGIN,
    Face,
    open_face,
)

STOCK_JSON = {"rows": [{"medicine": "ENA-10-30", "pack_price": "450.00", "packs": 3}]}
SOUND: list[tuple[str, str, Any, int, Any]] = [
    ("POST", "/api/codes", None, 201, None),
    ("GET", "/api/state", None, 200, AgentState),
    ("POST", "/api/scan", {"text": "625498741294"}, 200, Scanned),
    ("POST", "/api/lookup", LOOK_UP_JSON, 200, Found),
    ("POST", "/api/quote", QUOTE_JSON, 200, Quote),
    ("POST", "/api/release", {"lookup": "L1"}, 204, None),
    ("POST", "/api/sales", ORDER_JSON, 201, Sale),
    ("GET", "/api/sales?day=2026-01-15", None, 200, SalePage),
    ("GET", f"/api/sales/{SALE_ID}", None, 200, Sale),
    ("POST", f"/api/sales/{SALE_ID}/reversal", REVERSAL_JSON, 201, Sale),
    ("POST", f"/api/sales/{SALE_ID}/seen", {"pharmacist": "Асанова А."}, 200, Sale),
    ("GET", f"/api/sales/{SALE_ID}/slip", None, 200, None),
    ("GET", "/api/queue", None, 200, QueueView),
    ("GET", "/api/day?day=2026-01-15", None, 200, Day),
    ("GET", "/api/day/export?day=2026-01-15&format=csv", None, 200, None),
    ("POST", "/api/stock", STOCK_JSON, 200, StockTaken),
    ("GET", "/api/medicines?search=эна", None, 200, None),
]


@pytest.fixture
async def face() -> AsyncIterator[Face]:
    async with open_face(origins=frozenset({TILL_ORIGIN})) as opened:
        yield opened


async def problem(answer: aiohttp.ClientResponse) -> Problem:
    assert answer.content_type == "application/problem+json"
    told = Problem.model_validate_json(await answer.read())
    assert told.status == answer.status
    assert told.findings
    return told


def test_every_route_is_tried():
    tried = {(method, path.partition("?")[0].replace(str(SALE_ID), "{id}")) for method, path, *_ in SOUND}
    assert {(method, path) for method, path, _ in ROUTES} - tried == {
        ("POST", "/api/enter"),
        ("GET", "/api/events"),
    }


@pytest.mark.parametrize(("method", "path", "body", "status", "model"), SOUND)
async def test_what_is_asked_is_answered(face: Face, method: str, path: str, body: Any, status: int, model: Any):
    answer = await face.ask(method, path, body)
    assert answer.status == status
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    if model is not None:
        model.model_validate_json(await answer.read())


@pytest.mark.parametrize("path", ["/api/sales", f"/api/sales/{SALE_ID}/reversal"])
async def test_what_waits_is_told_so(face: Face, path: str):
    face.counter.sold_as = SaleState.WAITING
    body = ORDER_JSON if path == "/api/sales" else REVERSAL_JSON
    assert (await face.ask("POST", path, body)).status == 202


@pytest.mark.parametrize("field", ["key", "quote", "pharmacist", "receipt_number", "receipt_amount"])
async def test_a_missing_field_is_named(face: Face, field: str):
    body = {name: value for name, value in ORDER_JSON.items() if name != field}
    told = await problem(await face.ask("POST", "/api/sales", body))
    assert told.code == ProblemCode.BODY_INVALID
    assert [finding.path for finding in told.findings] == [f"$.{field}"]
    assert face.counter.asked == []


async def test_every_wrong_field_is_named_at_once_and_none_is_quoted(face: Face):
    answer = await face.ask("POST", "/api/lookup", {"pin": PIN + "9", "number": 7, "surname": "Түгөлбаев"})
    text = await answer.text()
    assert {finding.path for finding in (await problem(answer)).findings} == {"$.pin", "$.number", "$.surname"}
    assert PIN not in text
    assert "Түгөлбаев" not in text


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b'{"lookup": "L1"} {}'])
async def test_what_is_no_json_object_is_refused(face: Face, content: bytes):
    headers = {**TILL, "Content-Type": "application/json"}
    answer = await face.http.post(face.url("/api/release"), data=content, headers=headers)
    assert (await problem(answer)).code == ProblemCode.BODY_INVALID


async def test_only_json_is_read(face: Face):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = await face.http.post(
            face.url("/api/release"), data=b'{"lookup":"L1"}', headers={**TILL, "Content-Type": kind}
        )
        assert (await problem(answer)).code == ProblemCode.CONTENT_TYPE_REFUSED
    assert face.counter.asked == []


async def push(face: Face, rows: list[Any]) -> aiohttp.ClientResponse:
    headers = {**TILL, "Content-Type": "application/json"}
    return await face.http.post(
        face.url("/api/stock"), data=BytesIO(json.dumps({"rows": rows}).encode()), headers=headers
    )


async def test_large_bodies_are_refused_but_stock_may_be_larger(face: Face):
    answer = await face.ask("POST", "/api/release", {"lookup": "x" * (64 << 10)})
    assert (await problem(answer)).code == ProblemCode.TOO_LARGE
    rows = [{"medicine": f"EX-{number:05}", "pack_price": "450.00"} for number in range(20_000)]
    assert (await push(face, rows)).status == 200
    answer = await push(face, rows * 5)
    assert (await problem(answer)).code == ProblemCode.TOO_LARGE


async def test_large_bodies_without_a_length_are_refused(face: Face):
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 1024

    headers = {**TILL, "Content-Type": "application/json"}
    answer = await face.http.post(face.url("/api/release"), data=pieces(), headers=headers)
    assert (await problem(answer)).code == ProblemCode.TOO_LARGE


async def test_unknown_addresses_and_methods(face: Face):
    assert (await problem(await face.ask("GET", "/api/nothing"))).code == ProblemCode.NOT_FOUND
    assert (await problem(await face.ask("DELETE", "/api/state"))).code == ProblemCode.METHOD_NOT_ALLOWED
    assert (await problem(await face.ask("GET", "/nothing.js"))).code == ProblemCode.NOT_FOUND
    assert (await problem(await face.ask("GET", "/api/sales/17"))).code == ProblemCode.SALE_NOT_FOUND
    assert (await problem(await face.ask("GET", f"/api/sales/{uuid4()}"))).code == ProblemCode.SALE_NOT_FOUND


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/api/day?day=yesterday", "query:day"),
        ("/api/sales?day=2026-02-30", "query:day"),
        ("/api/day/export?format=exe", "query:format"),
        (f"/api/sales/{SALE_ID}/slip?format=doc", "query:format"),
        ("/api/medicines", "query:search"),
    ],
)
async def test_wrong_parameters_are_named(face: Face, path: str, named: str):
    told = await problem(await face.ask("GET", path))
    assert [finding.path for finding in told.findings] == [named]


async def test_the_day_is_today_in_bishkek_when_none_is_named(face: Face):
    face.clock.at = face.clock.at.replace(hour=19, minute=30)  # half past one the next day in Bishkek
    body = await (await face.ask("GET", "/api/sales")).json()
    assert body["day"] == (face.clock.at + timedelta(days=1)).date().isoformat()


async def test_a_slip_is_drawn_as_asked(face: Face):
    answer = await face.ask("GET", f"/api/sales/{SALE_ID}/slip?format=pdf&copy=1&language=ky")
    assert face.rooms.papers == [(SALE_ID, "pdf", True, "ky")]
    assert "script" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"] == 'inline; filename="slip.html"'


@pytest.mark.parametrize(("given", "language"), [("ky", "ky"), ("en;q=0.5, ru", "ru"), ("fr", "ru"), ("ky-KG", "ky")])
async def test_the_language_is_chosen_by_the_header(face: Face, given: str, language: str):
    answer = await face.ask("GET", "/api/nothing", headers={**TILL, "Accept-Language": given})
    assert (await problem(answer)).title == ENTRIES[ProblemCode.NOT_FOUND].message.of(language)
    await face.ask("POST", "/api/lookup", LOOK_UP_JSON, headers={**TILL, "Accept-Language": given})
    assert face.counter.asked[-1][1][1] == language


async def test_the_language_of_the_address_wins(face: Face):
    answer = await face.ask("GET", "/api/nothing?language=ky", headers={**TILL, "Accept-Language": "en"})
    assert (await problem(answer)).title == ENTRIES[ProblemCode.NOT_FOUND].message.ky


def test_weights_of_languages():
    assert wanted_language("ru;q=0.1, ky;q=0.9", Language.EN) is Language.KY
    assert wanted_language("ru;q=0, ky;q=x", Language.EN) is Language.EN
    assert wanted_language(None, Language.KY) is Language.KY


async def test_a_refusal_of_the_gateway_is_passed_on_whole(face: Face):
    finding = Finding(
        code="RX_HELD", severity=Severity.ERROR, clause="36", message="Рецепт удержан.", action="Подождите."
    )
    face.counter.refusal = AgentProblem(ProblemCode.GATEWAY_REFUSED, 409, findings=[finding], retry_after=30)
    answer = await face.ask("POST", "/api/quote", QUOTE_JSON)
    told = await problem(answer)
    assert (told.status, told.code, told.title, told.detail) == (409, "GATEWAY_REFUSED", finding.message, "Подождите.")
    assert told.findings == [finding]
    assert answer.headers["Retry-After"] == "30"


async def test_what_goes_wrong_inside_is_told_without_a_word_of_it(face: Face, caplog: pytest.LogCaptureFixture):
    face.counter.refusal = RuntimeError(f"unexpected {PIN}")
    answer = await face.ask("POST", "/api/lookup", LOOK_UP_JSON)
    assert (await problem(answer)).code == ProblemCode.INTERNAL
    assert PIN not in await answer.text()
    lines = [JsonLines().format(record) for record in caplog.records]
    assert any('"error":"RuntimeError"' in line for line in lines)
    assert not any(PIN in line for line in lines)


async def test_the_log_names_routes_and_nothing_of_a_request(face: Face, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "kopuro_pos.access")
    await face.ask("GET", f"/api/sales/{SALE_ID}/slip?language={PIN}")
    [line] = [json.loads(JsonLines().format(one)) for one in caplog.records if one.name == "kopuro_pos.access"]
    assert line.pop("seconds") >= 0
    assert line.pop("at")
    assert line == {
        "level": "info", "logger": "kopuro_pos.access", "event": "answered", "method": "GET",
        "route": "/api/sales/{id}/slip", "status": 200,
    }  # fmt: skip


def test_lines_of_libraries_keep_their_words_to_themselves():
    record = logging.LogRecord("httpx", logging.WARNING, "x.py", 1, "GET https://g/?receipt=%s", ("17",), None)
    assert json.loads(JsonLines().format(record))["event"] == "library"


# ----------------------------------------------------------------------------------------------------------- events


async def events_of(answer: aiohttp.ClientResponse) -> AsyncIterator[dict[str, str]]:
    event: dict[str, str] = {}
    async for line in answer.content:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name:
            event[name] = value
        elif event:
            yield event
            event = {}


async def test_the_stream_begins_with_the_whole_state_and_goes_on(face: Face):
    answer = await face.ask("GET", "/api/events")
    assert answer.content_type == "text/event-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    events = events_of(answer)
    first = await anext(events)
    assert (first["event"], first["id"]) == ("state", "1")
    assert AgentState.model_validate_json(first["data"]) == STATE
    face.counter.changes.tell("sale", SaleChanged(id=SALE_ID, sequence=1, state=SaleState.RECORDED))
    face.counter.changes.tell("queue", STATE.queue)
    following = [await anext(events), await anext(events)]
    assert [(one["event"], one["id"]) for one in following] == [("sale", "2"), ("queue", "3")]
    answer.close()


async def test_streams_end_with_the_agent():
    async with aiohttp.ClientSession(timeout=PATIENCE) as http:
        async with open_face() as face:
            events = events_of(await http.get(face.url("/api/events"), headers=TILL))
            await anext(events)
        assert [event async for event in events] == []


async def test_streams_end_with_the_counter(face: Face):
    events = events_of(await face.ask("GET", "/api/events"))
    await anext(events)
    face.counter.changes.close()
    assert [event async for event in events] == []


async def test_there_are_only_so_many_streams_and_those_left_make_room(face: Face):
    opened = [await face.ask("GET", "/api/events") for _ in range(MOST_STREAMS)]
    assert (await problem(await face.ask("GET", "/api/events"))).code == ProblemCode.TOO_MANY
    opened[0].close()
    face.counter.changes.tell("queue", STATE.queue)  # writing shows that nobody listens
    async with asyncio.timeout(10):
        while (answer := await face.ask("GET", "/api/events")).status != 200:
            face.counter.changes.tell("queue", STATE.queue)
    for one in (*opened, answer):
        one.close()


# --------------------------------------------------------------------------------------------------------- entering


async def test_a_code_lets_the_page_in_once(face: Face):
    code = (await (await face.ask("POST", "/api/codes")).json())["code"]
    entered = await face.ask("POST", "/api/enter", {"code": code}, headers={})
    cookie = entered.headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Path=/api"))
    again = await face.ask("POST", "/api/enter", {"code": code}, headers={})
    assert (await problem(again)).code == ProblemCode.CODE_INVALID


async def test_a_code_ends_after_ten_minutes(face: Face):
    code = face.sessions.new_code().code
    face.clock.at += CODE_FOR
    answer = await face.ask("POST", "/api/enter", {"code": code}, headers={})
    assert (await problem(answer)).code == ProblemCode.CODE_INVALID


async def test_a_cookie_lasts_a_day_and_is_renewed_in_use(face: Face):
    cookie = await face.cookie()
    headers = {"Cookie": cookie}
    assert (await face.ask("GET", "/api/state", headers=headers)).status == 200
    face.clock.at += SESSION_FOR / 2 + timedelta(minutes=1)
    renewed = await face.ask("GET", "/api/state", headers=headers)
    assert renewed.status == 200
    fresh = renewed.headers["Set-Cookie"].partition(";")[0]
    face.clock.at += SESSION_FOR / 2
    assert (await face.ask("GET", "/api/state", headers=headers)).status == 401
    assert (await face.ask("GET", "/api/state", headers={"Cookie": fresh})).status == 200


# ---------------------------------------------------------------------------------------------- browser tills, CORS


async def test_a_till_of_the_settings_is_answered_to_its_preflight(face: Face):
    asked = {
        "Origin": TILL_ORIGIN,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
        "Access-Control-Request-Private-Network": "true",
    }
    answer = await face.ask("OPTIONS", "/api/sales", headers=asked)
    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Origin"] == TILL_ORIGIN
    assert answer.headers["Access-Control-Allow-Private-Network"] == "true"
    assert "Access-Control-Allow-Credentials" not in answer.headers


async def test_a_till_of_the_settings_reads_answers_and_refusals(face: Face):
    for headers, status in (({**TILL, "Origin": TILL_ORIGIN}, 200), ({"Origin": TILL_ORIGIN}, 401)):
        answer = await face.ask("GET", "/api/state", headers=headers)
        assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (status, TILL_ORIGIN)
        assert answer.headers["Vary"] == "Origin, Accept-Language"


# --------------------------------------------------------------------------------------------------------- problems


@pytest.mark.parametrize("code", ProblemCode)
def test_every_code_speaks_three_languages(code: ProblemCode):
    entry = ENTRIES[code]
    texts = (*entry.message, *entry.action)
    assert all(text.strip() == text and text.endswith((".", "»")) for text in texts)
    assert len(set(entry.message)) == len(set(entry.action)) == 3
    for language in Language:
        told = AgentProblem(code).told(language)
        assert (told.code, told.status) == (code, entry.status)
        assert told.findings[0].message == entry.message.of(language)


def test_a_problem_says_nothing_but_its_code():
    finding = Finding(code="RX_NOT_FOUND", severity=Severity.ERROR, message=PIN)
    assert str(AgentProblem(ProblemCode.GATEWAY_REFUSED, findings=[finding])) == "GATEWAY_REFUSED"
