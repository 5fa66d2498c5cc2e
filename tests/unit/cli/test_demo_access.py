"""The demo's browser and its act about access, against a small gateway and a small ESI that do as they are told."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import parse_qs

import pytest
from aiohttp import web

from adapters.esi.simulator import PASSWORD
from gateway.cli.demo.access import CLERK
from gateway.cli.demo.admission import Admission
from gateway.cli.demo.browser import Browser
from gateway.cli.demo.stage import Stage
from gateway.cli.failures import Failure
from schemas.errors.model import Language

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
NUMBERS = {"own": "00000011895017425", "foreign": "00000010594010225"}


class Place:
    """A server that remembers what it was sent: path, cookies, body."""

    def __init__(self, handler: Handler) -> None:
        self.asked: list[tuple[str, str | None, str]] = []
        self.url = ""
        self._handler = handler

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.path_qs, request.headers.get("Cookie"), (await request.read()).decode()))
        return await self._handler(request)


@pytest.fixture
async def open_place() -> AsyncIterator[Callable[[Handler], Awaitable[Place]]]:
    runners = []

    async def opened(handler: Handler) -> Place:
        place = Place(handler)
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", place.answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        place.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return place

    yield opened
    for runner in runners:
        await runner.cleanup()


def redirect(location: str, *cookies: str) -> web.Response:
    response = web.Response(status=303, headers={"Location": location})
    for cookie in cookies:
        response.headers.add("Set-Cookie", cookie)
    return response


async def test_the_browser_signs_in_and_keeps_each_places_cookies_apart(open_place) -> None:
    async def esi_answers(request: web.Request) -> web.StreamResponse:
        if request.method == "POST":
            return redirect(f"{gateway.url}/sign-in/callback?code=c", "esi=1; Path=/; HttpOnly")
        return web.Response(text="a form")

    async def gateway_answers(request: web.Request) -> web.StreamResponse:
        match request.path:
            case "/sign-in":
                way = "__Host-way=w; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600"
                return redirect(f"{esi.url}/account/login?request=r", way)
            case "/sign-in/callback":
                session = "__Host-session=s; Path=/; Secure; HttpOnly; SameSite=Lax"
                return redirect("/v1/session", session, "__Host-way=; Path=/; Secure; HttpOnly; Max-Age=0")
        return web.json_response({"person": "p"})

    esi, gateway = await open_place(esi_answers), await open_place(gateway_answers)
    async with Browser(gateway.url, Language.KY) as browser:
        answer = await browser.sign_in(CLERK.person)
        assert answer.json() == {"person": "p"}
        await browser.get("/again")
    assert [(path, cookies) for path, cookies, _ in gateway.asked] == [
        ("/sign-in?return_to=/v1/session", ""),
        ("/sign-in/callback?code=c", "__Host-way=w"),
        ("/v1/session", "__Host-session=s"),
        ("/again", "__Host-session=s"),
    ]
    shown, posted = esi.asked
    assert (shown[1], posted[1]) == ("", "")
    form = {name: values[0] for name, values in parse_qs(posted[2]).items()}
    assert form == {"request": "r", "method": "password", "pin": CLERK.person.pin, "password": PASSWORD}


async def test_a_way_without_an_end_is_given_up(open_place) -> None:
    async def round_and_round(_: web.Request) -> web.StreamResponse:
        return redirect("/again")

    place = await open_place(round_and_round)
    async with Browser(place.url, Language.EN) as browser:
        with pytest.raises(Failure, match="does not end"):
            await browser.get("/")


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, {"items": []}), (403, {"code": "ACCESS_DENIED", "findings": [{"clause": None}]})],
    ids=["let in", "refused for another reason"],
)
async def test_the_act_fails_when_nobody_is_told_to_prove_who_they_are(open_place, status, body) -> None:
    async def answers(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=json.dumps(body), content_type="application/json")

    place = await open_place(answers)
    with pytest.raises(Failure, match="operations"):
        await Admission(place.url, Stage(Language.EN), Language.EN).play(NUMBERS)
