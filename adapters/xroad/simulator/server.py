"""The simulated security server: SOAP at ``/``, REST at ``/r1/…``, its client list, and the control of its faults."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import aiohttp
import orjson
from aiohttp import web
from lxml import etree

from adapters.xroad.simulator.disturbing import FaultPlan, fault_controls
from adapters.xroad.simulator.faults import FAULTS, Fault, FaultOrder, next_fault, xml_response
from adapters.xroad.simulator.rest import handle_rest
from adapters.xroad.simulator.running import Door, RunningSimulator
from adapters.xroad.simulator.soap import SoapRequest, Spelling, XRoadFault, checked_answer, read_request

_LARGEST_REQUEST: Final = 20 * 1024 * 1024
_PROVIDER_SECONDS: Final = 60.0
_META: Final = "http://x-road.eu/xsd/xroad.xsd"


@dataclass(frozen=True, slots=True)
class Provider:
    """A providing subsystem: its path of identifiers, its address, the service codes it offers."""

    path: str
    url: str
    services: frozenset[str]


@dataclass(slots=True)
class SecurityServer:
    """State of one simulated security server."""

    clients: frozenset[str]
    providers: dict[str, Provider]
    spelling: Spelling
    session: aiohttp.ClientSession
    plan: FaultPlan[FaultOrder] = field(default_factory=lambda: FaultPlan(FAULTS))
    requests: int = 0
    forwarded: int = 0
    operations: dict[str, int] = field(default_factory=dict)

    async def soap(self, http: web.Request) -> web.StreamResponse:
        """Handle one SOAP message."""
        self.requests += 1
        if http.content_type != "text/xml":
            return web.Response(status=415, text="Only text/xml is taken here\n")
        content = await http.read()
        try:
            request = read_request(content)
            self.operations[request.service_code] = self.operations.get(request.service_code, 0) + 1
            provider = self._provider(request)
            fault = next_fault(self.plan, request.service_code)
            if fault is not None:
                return await self._with_fault(fault, http, request, provider, content)
            status, answer = await self._forward(request, provider, content)
            return xml_response(answer, status)
        except XRoadFault as error:
            return xml_response(error.as_xml(self.spelling))

    async def list_clients(self, http: web.Request) -> web.StreamResponse:
        """``GET /listClients`` (PR-META): XML, or JSON when asked for."""
        members = sorted(self.clients | self.providers.keys())
        if "application/json" in http.headers.get("Accept", ""):
            names = ("xroad_instance", "member_class", "member_code", "subsystem_code")
            listed = [{"id": dict(zip(names, path.split("/"), strict=False))} for path in members]
            return web.Response(body=orjson.dumps({"member": listed}), content_type="application/json")
        root = etree.Element(f"{{{_META}}}clientList", nsmap={"xrd": _META})
        for path in members:
            member = etree.SubElement(etree.SubElement(root, f"{{{_META}}}member"), f"{{{_META}}}id")
            names = ("xRoadInstance", "memberClass", "memberCode", "subsystemCode")
            for name, value in zip(names, path.split("/"), strict=False):
                etree.SubElement(member, f"{{http://x-road.eu/xsd/identifiers}}{name}").text = value
        return web.Response(body=etree.tostring(root), content_type="text/xml")

    async def rest(self, http: web.Request) -> web.StreamResponse:
        """Handle one REST message."""
        self.requests += 1
        addresses = {path: provider.url for path, provider in self.providers.items()}
        return await handle_rest(http, self.clients, addresses, self.session, self.spelling)

    async def status(self, _: web.Request) -> web.StreamResponse:
        """``GET /simulator/status``."""
        counts = {
            "requests": self.requests,
            "forwarded": self.forwarded,
            "operations": self.operations,
            "faults": self.plan.happened,
        }
        return web.Response(body=orjson.dumps(counts), content_type="application/json")

    async def _with_fault(
        self, fault: Fault, http: web.Request, request: SoapRequest, provider: Provider, content: bytes
    ) -> web.StreamResponse:
        answer = b""
        if fault.behind:
            _, answer = await self._forward(request, provider, content)
        return await fault.respond(http, answer, self.spelling)

    def _provider(self, request: SoapRequest) -> Provider:
        if request.client not in self.clients:
            raise XRoadFault("Server.ClientProxy.UnknownMember", "The client is not registered here")
        provider = self.providers.get(request.provider)
        if provider is None:
            raise XRoadFault("Server.ClientProxy.UnknownMember", "The service's provider is unknown")
        if request.service_code not in provider.services:
            raise XRoadFault("Server.ServerProxy.UnknownService", "The provider has no such service")
        return provider

    async def _forward(self, request: SoapRequest, provider: Provider, content: bytes) -> tuple[int, bytes]:
        headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}
        self.forwarded += 1
        try:
            async with self.session.post(provider.url, data=content, headers=headers) as response:
                answer = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise XRoadFault(
                "Server.ServerProxy.ServiceFailed.NetworkError", "The provider cannot be reached"
            ) from None
        if response.status not in (200, 500):
            raise XRoadFault("Server.ServerProxy.ServiceFailed.HttpError", "The provider answered with another status")
        return response.status, checked_answer(answer, request, content)


async def run_security_server(
    *, clients: Iterable[str], providers: Iterable[Provider], port: int = 0, spelling: Spelling = Spelling.LEGACY
) -> RunningSimulator:
    """Start a security server on the loopback interface.

    ``clients`` are paths of identifiers that may ask (``central-server/GOV/70000001/gateway``); ``port`` 0 takes a free
    one.
    """
    session = aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=_PROVIDER_SECONDS),
        connector=aiohttp.TCPConnector(limit=0),
        cookie_jar=aiohttp.DummyCookieJar(),
    )
    server = SecurityServer(
        clients=frozenset(clients),
        providers={provider.path: provider for provider in providers},
        spelling=spelling,
        session=session,
    )
    app = web.Application(client_max_size=_LARGEST_REQUEST)
    app.router.add_post("/", server.soap)
    app.router.add_get("/listClients", server.list_clients)
    app.router.add_route("*", "/r1/{path:.*}", server.rest)
    app.router.add_routes(fault_controls(server.plan, FaultOrder))
    app.router.add_get("/simulator/status", server.status)
    door = Door(app, port)
    await door.open()

    async def close() -> None:
        await door.close()
        await session.close()
        # aiohttp closes the sockets of a session one turn of the loop later.
        await asyncio.sleep(0)

    return RunningSimulator(url=door.url, control_url=door.url, close=close)
