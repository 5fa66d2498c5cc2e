from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web
from multidict import CIMultiDictProxy

from gateway.api.application import build_application, make_runner
from gateway.api.contract import Route
from gateway.api.routes import ROUTES
from gateway.operations.model import Channel
from gateway.services import SENDER_HEADER, Limits, NamedSenders, Sender, Services
from tests.builders import case_bytes
from tests.service.api.memory import FixedClock, MemoryDispatcher, MemoryJournal, MemoryProbe, Register, Uuid7
from tests.support.doubles import ListedAudit
from tests.support.sealing import make_index

SENDERS = {
    "sanarip": Sender(name="sanarip", organisations=None, channel=Channel.SYSTEM),
    "direct-entry": Sender(name="direct-entry", organisations=frozenset({"950175"}), channel=Channel.DIRECT_ENTRY),
    "hospital": Sender(name="hospital", organisations=frozenset({"950174"}), channel=Channel.SYSTEM),
    "two-hospitals": Sender(
        name="two-hospitals", organisations=frozenset({"950174", "950175"}), channel=Channel.SYSTEM
    ),
}
LIMITS = Limits(body_seconds=0.3, health_seconds=0.0)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, read whole."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    @property
    def code(self) -> str:
        """The deciding code of a problem."""
        assert self.headers["Content-Type"] == "application/problem+json", self.body
        return self.json["code"]

    @property
    def codes(self) -> list[str]:
        return [finding["code"] for finding in self.json["findings"]]


class Gateway:
    """The HTTP layer on a real socket, over what is in memory."""

    def __init__(self, services: Services, session: aiohttp.ClientSession, port: int) -> None:
        self.services = services
        self.session = session
        self.port = port
        self.journal: MemoryJournal = services.journal
        self.dispatcher: MemoryDispatcher = services.dispatcher
        self.probe: MemoryProbe = services.store_probe
        self._key = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def call(self, method: str, path: str, *, sender: str | None = None, **given: Any) -> Reply:
        headers = dict(given.pop("headers", {}))
        if isinstance(given.get("data"), bytes):
            given["data"] = io.BytesIO(given["data"])
        if sender is not None:
            headers[SENDER_HEADER] = sender
        async with self.session.request(
            method, self.url(path), headers=headers, allow_redirects=False, **given
        ) as response:
            reply = Reply(response.status, response.headers, await response.read())
        if reply.headers.get("Content-Type") == "application/problem+json":
            check_documented(method, path, reply.json)
        return reply

    async def get(self, path: str, **given: Any) -> Reply:
        return await self.call("GET", path, **given)

    async def send(
        self,
        body: bytes | None = None,
        *,
        path: str = "/v1/treated-cases",
        method: str = "POST",
        key: str | None = None,
        headers: dict[str, str] | None = None,
        sender: str | None = None,
    ) -> Reply:
        """Send a case, with a key of its own unless one is given."""
        if key is None:
            self._key += 1
            key = f"key-{self._key}"
        fields = {"Content-Type": "application/json", "Idempotency-Key": key} | (headers or {})
        return await self.call(method, path, data=case_bytes() if body is None else body, headers=fields, sender=sender)

    async def command(self, path: str, body: Any, **given: Any) -> Reply:
        fields = {"Content-Type": "application/json"} | given.pop("headers", {})
        return await self.call("POST", path, data=orjson.dumps(body), headers=fields, **given)

    def nothing_written(self) -> bool:
        return not self.journal.submissions and not self.journal.decisions


def check_documented(method: str, path: str, problem: dict[str, Any]) -> None:
    """Every problem of a declared route is one that its declaration names."""
    route = _declared(method, path.partition("?")[0])
    if route is None:
        assert problem["code"] in {"ROUTE_NOT_FOUND", "METHOD_NOT_ALLOWED", "SERVICE_STOPPING"}
    else:
        assert problem["code"] in {code.value for code in route.all_errors}, (route.name, problem["code"])


def _declared(method: str, path: str) -> Route | None:
    wanted = "GET" if method == "HEAD" else method
    parts = path.split("/")
    literal = [route for route in ROUTES if route.path == path]
    fitting = [
        route
        for route in literal or ROUTES
        if route.method == wanted
        and len(route.path.split("/")) == len(parts)
        and all(want.startswith("{") or want == got for want, got in zip(route.path.split("/"), parts, strict=True))
    ]
    return min(fitting, key=lambda route: route.path.count("{"), default=None)


def make_services(**changes: Any) -> Services:
    ids = Uuid7()
    services = Services(
        journal=MemoryJournal(ids),
        dispatcher=MemoryDispatcher(),
        store_probe=MemoryProbe(),
        register=Register(),
        clock=FixedClock(),
        ids=ids,
        access=NamedSenders(SENDERS, "sanarip"),
        index=make_index(),
        audit=ListedAudit(),
        limits=LIMITS,
    )
    return replace(services, **changes)


async def serve(services: Services) -> AsyncIterator[Gateway]:
    runner = make_runner(build_application(services))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    async with aiohttp.ClientSession(auto_decompress=True) as session:
        yield Gateway(services, session, port)
    await runner.cleanup()


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async for served in serve(make_services()):
        yield served
