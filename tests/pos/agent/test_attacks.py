"""S18: who must not get at the agent. Each attack has an id; none may reach what is behind the face.

A… come over a socket, B… from another page in a real Chromium that the pharmacist has open beside the counter.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from kopuro_pos.agent.problems import AgentProblem, ProblemCode
from kopuro_pos.agent.web.guard import Caller, Guard
from kopuro_pos.agent.web.sessions import Sessions, installation_token
from tests.pos.agent.face import (
    LOOK_UP_JSON,
    ORDER_JSON,
    TILL,
    TILL_ORIGIN,
    TOKEN,
    Face,
    open_face,
)
from tests.support.chromium import Tab, chromium, needs_chromium

EVIL = "http://evil.example"
REACHED = {200, 201, 202, 204}


@pytest.fixture
async def face() -> AsyncIterator[Face]:
    async with open_face(origins=frozenset({TILL_ORIGIN})) as opened:
        yield opened


async def refused(face: Face, answer: aiohttp.ClientResponse, code: ProblemCode) -> None:
    """It was refused for this reason, reached nothing, and no other page may read even that."""
    told = await answer.json(content_type="application/problem+json")
    assert told["code"] == code
    assert answer.headers.get("Access-Control-Allow-Origin") is None
    assert face.counter.asked == []


async def raw(face: Face, request: str) -> int:
    """What a request that no library would send is answered with."""
    reader, writer = await asyncio.open_connection("127.0.0.1", face.port)
    try:
        writer.write(request.replace("\n", "\r\n").encode())
        await writer.drain()
        async with asyncio.timeout(10):
            return int((await reader.readline()).split()[1])
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="A01 no token"),
        pytest.param({"Authorization": "Bearer " + "x" * len(TOKEN)}, id="A02 a wrong token"),
        pytest.param({"Authorization": f"Basic {TOKEN}"}, id="A03 the token as another scheme"),
        pytest.param({"Authorization": "Bearer "}, id="A04 an empty token"),
        pytest.param({"Cookie": f"token={TOKEN}"}, id="A05 the token as a cookie"),
        pytest.param({"Authorization": "Bearer \u00e9\u00e9"}, id="A06 letters that are none"),
    ],
)
async def test_without_the_token_nothing_is_reached(face: Face, headers: dict[str, str]):
    await refused(face, await face.ask("POST", "/api/sales", ORDER_JSON, headers=headers), ProblemCode.TOKEN_REQUIRED)


async def test_a07_the_token_in_the_address_is_none(face: Face):
    for path in (f"/api/queue?token={TOKEN}", f"/api/queue?access_token={TOKEN}"):
        await refused(face, await face.ask("GET", path, headers={}), ProblemCode.TOKEN_REQUIRED)


@pytest.mark.parametrize(
    "host",
    ["evil.example:{port}", "127.0.0.1.evil.example:{port}", "127.0.0.1", "127.0.0.1:{other}", "0.0.0.0:{port}",
     "[::]:{port}", "127.0.0.1:{port}@evil.example", "127.1:{port}", "localhost.:{port}"],
)  # fmt: skip
async def test_a08_dns_rebinding_is_refused_even_with_the_token(face: Face, host: str):
    headers = {**TILL, "Host": host.format(port=face.port, other=face.port + 1)}
    await refused(face, await face.ask("POST", "/api/sales", ORDER_JSON, headers=headers), ProblemCode.HOST_REFUSED)
    answer = await face.ask("GET", "/", headers={"Host": headers["Host"]})
    await refused(face, answer, ProblemCode.HOST_REFUSED)


@pytest.mark.parametrize("lines", ["", "Host: 127.0.0.1:{port}\nHost: evil.example\n", "Host:\n"])
async def test_a09_no_host_or_two_are_refused(face: Face, lines: str):
    request = f"GET /api/state HTTP/1.1\n{lines.format(port=face.port)}Authorization: Bearer {TOKEN}\n\n"
    assert await raw(face, request) in {400, 421}


async def test_a10_another_name_in_the_request_line_is_no_way_around(face: Face):
    host = f"Host: evil.example\nAuthorization: Bearer {TOKEN}\n\n"
    assert await raw(face, f"GET http://127.0.0.1:{face.port}/api/state HTTP/1.1\n{host}") == 421


async def test_a11_forwarded_names_change_nothing(face: Face):
    headers = {
        **TILL, "Host": "evil.example", "X-Forwarded-Host": f"127.0.0.1:{face.port}", "Forwarded": "for=127.0.0.1",
    }  # fmt: skip
    await refused(face, await face.ask("GET", "/api/queue", headers=headers), ProblemCode.HOST_REFUSED)


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1:{port}", "http://127.0.0.1",
     f"{TILL_ORIGIN}.evil.example", "http://till.example", "file://"],
)  # fmt: skip
async def test_a12_another_page_is_refused_even_with_a_stolen_token(face: Face, origin: str):
    headers = {**TILL, "Origin": origin.format(port=face.port)}
    await refused(face, await face.ask("POST", "/api/sales", ORDER_JSON, headers=headers), ProblemCode.ORIGIN_REFUSED)


async def test_a13_another_page_gets_no_preflight(face: Face):
    headers = {
        "Origin": EVIL, "Access-Control-Request-Method": "POST", "Access-Control-Request-Private-Network": "true",
    }  # fmt: skip
    answer = await face.ask("OPTIONS", "/api/sales", headers=headers)
    await refused(face, answer, ProblemCode.ORIGIN_REFUSED)
    assert "Access-Control-Allow-Private-Network" not in answer.headers


async def test_a14_a_form_with_the_cookie_changes_nothing(face: Face):
    """What a page can send without being asked first: a form's three types, and no header of its own."""
    cookie = await face.cookie()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json"):
        answer = await face.http.post(
            face.url("/api/release"), data=b'{"lookup":"L1"}', headers={"Cookie": cookie, "Content-Type": kind}
        )
        await refused(face, answer, ProblemCode.ORIGIN_REFUSED)


async def test_a15_a_page_of_another_port_of_this_computer_reads_nothing_with_the_cookie(face: Face):
    """To a browser it is the same site, so SameSite does not keep the cookie back."""
    headers = {"Cookie": await face.cookie(), "Sec-Fetch-Site": "same-site"}
    await refused(face, await face.ask("GET", "/api/sales", headers=headers), ProblemCode.ORIGIN_REFUSED)


async def test_a16_a_till_of_the_settings_cannot_ride_on_the_cookie(face: Face):
    headers = {"Cookie": await face.cookie(), "Origin": TILL_ORIGIN, "X-Kopuro-Counter": "1"}
    answer = await face.ask("POST", "/api/sales", ORDER_JSON, headers=headers)
    assert answer.status == 401
    assert face.counter.asked == []


async def test_a17_a_cookie_cannot_be_made_or_changed(face: Face):
    cookie = await face.cookie()
    name, _, value = cookie.partition("=")
    flipped = value[:8] + ("A" if value[8] != "A" else "B") + value[9:]
    for forged in (f"{name}=", f"{name}=x", f"{name}={flipped}", f"{name}={value[:-4]}", f"other={value}"):
        answer = await face.ask("GET", "/api/queue", headers={"Cookie": forged})
        await refused(face, answer, ProblemCode.TOKEN_REQUIRED)


async def test_a18_a_stolen_cookie_is_worthless_under_a_new_token(face: Face):
    value = (await face.cookie()).partition("=")[2]
    assert face.sessions.left_of(value) is not None
    assert Sessions("another token", face.clock).left_of(value) is None


async def test_a19_the_cookie_makes_no_codes_for_others(face: Face):
    headers = {"Cookie": await face.cookie(), "X-Kopuro-Counter": "1"}
    await refused(face, await face.ask("POST", "/api/codes", headers=headers), ProblemCode.TOKEN_REQUIRED)


async def test_a20_codes_cannot_be_tried_out(face: Face):
    code = face.sessions.new_code().code
    for _ in range(10):
        answer = await face.ask("POST", "/api/enter", {"code": "guess"}, headers={})
        assert answer.status == 403
    answer = await face.ask("POST", "/api/enter", {"code": code}, headers={})
    assert answer.status == 429
    face.clock.move(minutes=1)
    assert (await face.ask("POST", "/api/enter", {"code": code}, headers={})).status == 204


@pytest.mark.parametrize(
    "path", ["/%61pi/queue", "//api/queue", "/assets/../api/queue", "/API/queue", "/api/../api/queue", "/api/queue/"]
)
async def test_a21_no_other_spelling_of_an_address_gets_around_the_token(face: Face, path: str):
    status = await raw(face, f"GET {path} HTTP/1.1\nHost: 127.0.0.1:{face.port}\n\n")
    assert status not in REACHED
    assert face.counter.asked == []


@pytest.mark.parametrize(
    "path", ["/../token", "/assets/../../keys", "/%2e%2e/token", "/assets/%2e%2e/%2e%2e/web/app.py"]
)
async def test_a22_only_the_pages_own_files_are_served(face: Face, path: str):
    assert await raw(face, f"GET {path} HTTP/1.1\nHost: 127.0.0.1:{face.port}\n\n") == 404


async def test_a23_it_listens_on_loopback_alone(face: Face):
    listening = [one.laddr for one in psutil.Process().net_connections("inet") if one.status == psutil.CONN_LISTEN]
    assert {address.ip for address in listening if address.port == face.port} == {"127.0.0.1"}


async def test_a24_a_stolen_token_from_another_computer_is_refused_even_if_it_could_connect(face: Face):
    guard = Guard(port=face.port, origins=frozenset(), sessions=face.sessions)
    asked = make_mocked_request("GET", "/api/queue", headers={**TILL, "Host": f"127.0.0.1:{face.port}"})
    assert guard.admit(asked.clone(remote="127.0.0.1")) is Caller.TILL
    with pytest.raises(AgentProblem) as refusal:
        guard.admit(asked.clone(remote="192.0.2.7"))
    assert refusal.value.code is ProblemCode.HOST_REFUSED


def test_a25_other_users_of_the_computer_cannot_read_the_token(tmp_path: Path):
    token = installation_token(tmp_path, make=True)
    assert token is not None
    assert len(token) >= 43
    assert (tmp_path / "token").stat().st_mode & 0o777 == 0o600


async def test_a26_a_slow_or_endless_body_is_not_waited_for_before_the_token(face: Face):
    status = await raw(
        face,
        f"POST /api/stock HTTP/1.1\nHost: 127.0.0.1:{face.port}\nContent-Type: application/json\n"
        "Content-Length: 4000000\n\n",
    )
    assert status == 401


# ------------------------------------------------------------------------------------------------- from other pages

ATTACKS = """
async function attacks(agent) {
  const seen = {};
  const tries = {
    "B01 fetch": () => fetch(agent + "/api/queue", {credentials: "include"}).then(a => a.text()),
    "B02 fetch with JSON": () => fetch(agent + "/api/sales", {method: "POST", credentials: "include",
      headers: {"Content-Type": "application/json", "X-Kopuro-Counter": "1"}, body: "{}"}).then(a => a.text()),
    "B03 a simple POST": () => fetch(agent + "/api/release", {method: "POST", mode: "no-cors", credentials: "include",
      headers: {"Content-Type": "text/plain"}, body: '{"lookup":"L1"}'}).then(a => a.type === "opaque" ? "" : "read"),
    "B04 a beacon": async () => { navigator.sendBeacon(agent + "/api/release", '{"lookup":"L1"}'); return ""; },
    "B05 a script": () => new Promise((done, fail) => { const s = document.createElement("script");
      s.src = agent + "/api/queue"; s.onload = () => done("loaded"); s.onerror = fail; document.head.append(s); }),
    "B06 an image": () => new Promise((done, fail) => { const i = new Image();
      i.onload = () => done("loaded"); i.onerror = fail; i.src = agent + "/api/sales/x/slip"; }),
    "B07 events": () => new Promise((done, fail) => { const e = new EventSource(agent + "/api/events",
      {withCredentials: true}); e.onopen = () => done("open"); e.onerror = x => { e.close(); fail(x); }; }),
    "B08 the token guessed": () => fetch(agent + "/api/queue", {headers: {Authorization: "Bearer x"}})
      .then(a => a.text()),
    "B09 a web socket": () => new Promise((done, fail) => { const s = new WebSocket(
      agent.replace("http", "ws") + "/api/events"); s.onopen = () => done("open"); s.onerror = fail; }),
    "B10 the page's own script": () => import(agent + "/assets/page.js").then(() => "loaded"),
  };
  for (const [name, attempt] of Object.entries(tries)) {
    try { seen[name] = await attempt(); } catch { seen[name] = ""; }
  }
  return seen;
}
"""
FORM = """<form id="f" method="post" action="AGENT/api/release" enctype="text/plain" target="in">
<input name='{"lookup":"L1","x":"' value='"}'></form><iframe name="in"></iframe>
<iframe id="counter" src="AGENT/"></iframe>"""


@asynccontextmanager
async def evil_page(agent: str) -> AsyncIterator[int]:
    """Another page, served from a port of its own; its name leads to this computer."""

    async def page(_: web.Request) -> web.Response:
        text = f"<!doctype html><title>evil</title><body>{FORM.replace('AGENT', agent)}<script>{ATTACKS}</script>"
        return web.Response(text=text, content_type="text/html")

    application = web.Application()
    application.router.add_get("/", page)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def result(tab: Tab, expression: str) -> Any:
    told = await tab.tell("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
    return told["result"].get("value")


async def enter(tab: Tab, face: Face) -> None:
    """The pharmacist has the counter open: the browser has the cookie."""
    await tab.open(face.url("/"))
    code = face.sessions.new_code().code
    entering = (
        "fetch('/api/enter',{method:'POST',headers:{'Content-Type':'application/json'},body:'{\"code\":\"%s\"}'})"
    )
    assert await result(tab, f"{entering % code}.then(a => a.status)") == 204
    assert await result(tab, "fetch('/api/queue').then(a => a.status)") == 200


@needs_chromium
async def test_b01_to_b12_other_pages_reach_nothing_beside_an_open_counter(tmp_path: Path):
    """From another site, and from another port of this computer, which is the same site to the browser."""
    async with (
        open_face() as face,
        evil_page(face.url("")) as port,
        chromium(tmp_path, "--host-resolver-rules=MAP evil.example 127.0.0.1") as tab,
    ):
        await enter(tab, face)
        for name in ("evil.example", "127.0.0.1", "localhost"):
            face.counter.asked.clear()
            await tab.open(f"http://{name}:{port}/")
            seen = await result(tab, f"attacks({face.url('')!r})")
            assert len(seen) == 10, (name, seen)
            assert set(seen.values()) == {""}, (name, seen)
            framed = "try { return document.getElementById('counter').contentDocument?.body.innerText } catch {}"
            assert not await result(tab, f"(() => {{ {framed} }})()")  # B11
            await result(tab, "document.getElementById('f').submit()")  # B12
            await tab.open(f"http://{name}:{port}/?again")
            assert await result(tab, f"attacks({face.url('')!r}).then(seen => Object.values(seen).join(''))") == ""
            assert face.counter.asked == [], name


@needs_chromium
async def test_b13_a_page_whose_name_was_turned_to_this_computer_gets_nothing(tmp_path: Path):
    """DNS rebinding: the same origin to the browser, but not to the agent."""
    async with (
        open_face() as face,
        chromium(tmp_path, "--host-resolver-rules=MAP evil.example 127.0.0.1") as tab,
    ):
        await enter(tab, face)
        face.counter.asked.clear()
        await tab.open(f"{EVIL}:{face.port}/")
        assert "HOST_REFUSED" in await tab.text()
        asked = f"fetch('/api/lookup', {{method: 'POST', body: {str(LOOK_UP_JSON)!r}}}).then(a => a.status)"
        assert await result(tab, asked) == 421
        assert face.counter.asked == []
