"""The simulated ESI as a server: its addresses, its pages, and the control of what it does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Final

import aiohttp
from aiohttp import web
from joserfc.jwk import RSAKey
from pydantic import StringConstraints

from adapters.esi.simulator.account_pages import AccountPages
from adapters.esi.simulator.accounts import Accounts
from adapters.esi.simulator.back_channel import BackChannel
from adapters.esi.simulator.faults import FaultOrder
from adapters.esi.simulator.front_channel import FrontChannel
from adapters.esi.simulator.pages import STYLE, STYLE_PATH
from adapters.esi.simulator.people import PEOPLE, Person
from adapters.esi.simulator.registry import RegisteredClient, Registry
from adapters.esi.simulator.signing import SigningKeys
from adapters.esi.simulator.state import Esi
from adapters.xroad.simulator.disturbing import fault_controls
from adapters.xroad.simulator.running import Door, Order, RunningSimulator, bad_orders, json_response
from gateway.ports import Clock
from gateway.system import SystemClock

_LARGEST_REQUEST: Final = 5 * 1024 * 1024
_NOTICE_SECONDS: Final = 5.0


class LogoutOrder(Order):
    """What ``POST /simulator/logout`` takes: whose sessions end at ESI."""

    pin: Annotated[str, StringConstraints(pattern="^[0-9]{14}$")]


@dataclass(frozen=True, slots=True)
class _Control:
    """``/simulator/…``: what a test or a demonstration tells the simulated ESI."""

    esi: Esi
    back: BackChannel

    async def register_client(self, request: web.Request) -> web.StreamResponse:
        """``POST /simulator/clients``: register a relying party, or register it anew."""
        client = RegisteredClient.model_validate_json(await request.read())
        self.esi.registry.clients[client.client_id] = client
        return web.Response(status=204)

    async def rotate_keys(self, _: web.Request) -> web.StreamResponse:
        """``POST /simulator/keys/rotate``: sign with a new key from now on."""
        await asyncio.to_thread(self.esi.keys.rotate)
        return web.Response(status=204)

    async def log_out(self, request: web.Request) -> web.StreamResponse:
        """``POST /simulator/logout``: end a person's sessions and tell the clients."""
        order = LogoutOrder.model_validate_json(await request.read())
        ended = self.esi.registry.end_sessions(pin=order.pin)
        await self.back.notify(ended)
        return json_response({"ended": len(ended)})

    async def messages(self, _: web.Request) -> web.StreamResponse:
        """``GET /simulator/messages``: confirmation codes as they went out."""
        return json_response({"messages": self.esi.accounts.messages})

    async def people(self, _: web.Request) -> web.StreamResponse:
        """``GET /simulator/people``."""
        people = self.esi.accounts.people.values()
        return json_response(
            {"people": [{"key": person.key, "pin": person.pin, "sub": person.subject} for person in people]}
        )

    async def status(self, _: web.Request) -> web.StreamResponse:
        """``GET /simulator/status``."""
        return json_response(
            {
                "requests": self.esi.requests,
                "sessions": len(self.esi.registry.sessions),
                "notices": self.esi.notices,
                "faults": self.esi.plan.happened,
            }
        )


async def run_simulator(
    *,
    clients: Iterable[RegisteredClient] = (),
    people: Iterable[Person] = PEOPLE,
    port: int = 0,
    clock: Clock | None = None,
    key: RSAKey | None = None,
) -> RunningSimulator:
    """Start an ESI on the loopback interface; its ``url`` is the issuer. ``port`` 0 takes a free one.

    Clients can also be registered later over the control. ``key`` is what it signs with, a new one unless given.
    """
    clock = clock or SystemClock()
    accounts = Accounts(people)
    session = aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=_NOTICE_SECONDS), cookie_jar=aiohttp.DummyCookieJar()
    )
    app = web.Application(client_max_size=_LARGEST_REQUEST, middlewares=[bad_orders])
    door = Door(app, port)
    esi = Esi(
        issuer=lambda: door.url,
        registry=Registry(clients),
        accounts=accounts,
        clock=clock,
        keys=SigningKeys(key),
    )
    back = BackChannel(esi, session)
    _add_routes(app, FrontChannel(esi, back), back, AccountPages(accounts, clock))
    _add_control(app, _Control(esi, back))
    await door.open()

    async def close() -> None:
        await door.close()
        await session.close()
        # aiohttp closes the sockets of a session one turn of the loop later.
        await asyncio.sleep(0)

    return RunningSimulator(url=door.url, control_url=door.url, close=close)


def _add_routes(app: web.Application, front: FrontChannel, back: BackChannel, pages: AccountPages) -> None:
    app.router.add_get("/.well-known/openid-configuration", back.metadata)
    app.router.add_get("/.well-known/openid-configuration/jwks", back.jwks)
    app.router.add_get("/connect/authorize", front.authorize)
    app.router.add_post("/connect/token", back.token)
    app.router.add_get("/connect/userinfo", back.userinfo)
    app.router.add_post("/connect/userinfo", back.userinfo)
    app.router.add_get("/connect/endsession", front.end_session)
    app.router.add_post("/connect/endsession", front.end_session)
    app.router.add_get("/account/login", front.sign_in_page)
    app.router.add_post("/account/login", front.sign_in)
    app.router.add_get("/account/restore", pages.restore_form)
    app.router.add_post("/account/restore", pages.send_code)
    app.router.add_post("/account/restore/code", pages.confirm)
    app.router.add_post("/account/restore/password", pages.set_password)
    app.router.add_get("/account/register", pages.registration_form)
    app.router.add_post("/account/register", pages.register)
    app.router.add_get(STYLE_PATH, _style)


def _add_control(app: web.Application, control: _Control) -> None:
    app.router.add_routes(fault_controls(control.esi.plan, FaultOrder))
    app.router.add_post("/simulator/clients", control.register_client)
    app.router.add_post("/simulator/keys/rotate", control.rotate_keys)
    app.router.add_post("/simulator/logout", control.log_out)
    app.router.add_get("/simulator/messages", control.messages)
    app.router.add_get("/simulator/people", control.people)
    app.router.add_get("/simulator/status", control.status)


async def _style(_: web.Request) -> web.StreamResponse:
    return web.Response(body=STYLE, content_type="text/css")
