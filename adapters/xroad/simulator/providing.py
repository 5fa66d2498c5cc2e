"""What simulated providers behind the security server share: a contract kept strictly, pauses, a port of control."""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final

from aiohttp import web
from aiohttp.web_routedef import AbstractRouteDef
from lxml import etree

from adapters.xroad.simulator.faults import xml_response
from adapters.xroad.simulator.running import Door, Order, RunningSimulator, bad_orders, json_response

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_LARGEST_REQUEST: Final = 20 * 1024 * 1024


class Refused(Exception):
    """The message breaks the contract: a SOAP fault ``Client``; nothing was stored."""


def read_message(content: bytes) -> tuple[etree._Element | None, etree._Element]:
    """The header of a SOAP message and its body's content; raises :class:`Refused`."""
    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except etree.XMLSyntaxError:
        raise Refused("not well-formed XML") from None
    body = root.find(f"{{{SOAP}}}Body")
    if body is None or len(body) != 1:
        raise Refused("not one message in the body")
    return root.find(f"{{{SOAP}}}Header"), body[0]


class Contract:
    """Reads requests and writes answers by a contract's schema. ``prefix`` is that of the answers' namespace."""

    def __init__(self, namespace: str, messages: Path, prefix: str) -> None:
        self._element = f"{{{namespace}}}"
        self._prefixes = {prefix: namespace}
        self._schema = etree.XMLSchema(etree.parse(str(messages)))

    def read(self, content: bytes) -> tuple[etree._Element | None, etree._Element]:
        """The header and the body's content; raises :class:`Refused`."""
        header, message = read_message(content)
        if not self._schema.validate(message):
            raise Refused("the message does not fit the contract")
        return header, message

    def text(self, element: etree._Element, path: str) -> str:
        """The text at a path of the contract's element names."""
        return element.findtext("/".join(f"{self._element}{name}" for name in path.split("/"))) or ""

    def answer(self, operation: str) -> etree._Element:
        """The empty answer of an operation."""
        return etree.Element(f"{self._element}{operation}Response", nsmap=self._prefixes)

    def add(self, parent: etree._Element, name: str, value: str | None = None) -> etree._Element:
        """Put an element into an answer."""
        child = etree.SubElement(parent, f"{self._element}{name}")
        child.text = value
        return child


class PauseKind(StrEnum):
    """How a paused provider behaves."""

    REFUSE = "refuse"
    """The port is closed and open connections are dropped."""
    STATUS_503 = "503"


class PauseOrder(Order):
    """``POST /simulator/pause``."""

    kind: PauseKind = PauseKind.REFUSE


class SimulatedProvider:
    """A SOAP service that answers with ``answer``, and the control of its pauses. ``port`` 0 takes a free one."""

    def __init__(
        self, contract: Contract, answer: Callable[[etree._Element], Awaitable[etree._Element]], port: int
    ) -> None:
        self._contract = contract
        self._answer = answer
        service = web.Application(client_max_size=_LARGEST_REQUEST)
        service.router.add_post("/", self._soap)
        self._door = Door(service, port)
        self._paused: PauseKind | None = None
        self._requests = 0
        self._refused_messages = 0

    async def run(
        self, *, control_port: int, controls: Sequence[AbstractRouteDef], close: Callable[[], None]
    ) -> RunningSimulator:
        """Serve on the loopback interface, ``controls`` beside the pauses; ``close`` is called at the end.

        The control has a port of its own, since the service's port is closed while paused.
        """
        control = web.Application(middlewares=[bad_orders])
        control.router.add_post("/simulator/pause", self._pause)
        control.router.add_post("/simulator/resume", self._resume)
        control.router.add_get("/simulator/status", self._status)
        control.router.add_routes(controls)
        control_door = Door(control, control_port)
        await self._door.open()
        await control_door.open()

        async def stop() -> None:
            await self._door.close()
            await control_door.close()
            close()

        return RunningSimulator(url=f"{self._door.url}/", control_url=control_door.url, close=stop)

    async def _soap(self, http: web.Request) -> web.StreamResponse:
        if self._paused is PauseKind.REFUSE:
            if http.transport is not None:
                http.transport.abort()
            return web.Response()
        if self._paused is PauseKind.STATUS_503:
            return web.Response(status=503, text="The provider is closed\n")
        self._requests += 1
        try:
            header, message = self._contract.read(await http.read())
            answer = await self._answer(message)
        except Refused as refusal:
            self._refused_messages += 1
            return xml_response(envelope(None, client_fault(str(refusal))), 500)
        return xml_response(envelope(header, answer))

    async def _pause(self, http: web.Request) -> web.StreamResponse:
        order = PauseOrder.model_validate_json(await http.read() or b"{}")
        if order.kind is PauseKind.REFUSE and self._paused is not PauseKind.REFUSE:
            await self._door.shut()
        self._paused = order.kind
        return web.Response(status=204)

    async def _resume(self, _: web.Request) -> web.StreamResponse:
        if self._paused is PauseKind.REFUSE:
            await self._door.open()
        self._paused = None
        return web.Response(status=204)

    async def _status(self, _: web.Request) -> web.StreamResponse:
        return json_response(
            {"paused": self._paused, "requests": self._requests, "refusedMessages": self._refused_messages}
        )


def envelope(header: etree._Element | None, content: etree._Element) -> bytes:
    """A SOAP message with the request's header blocks, unchanged and in their order (PR-MESS v4, section 2.2)."""
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
    if header is not None:
        copied = etree.SubElement(root, f"{{{SOAP}}}Header")
        for block in header.iterchildren("*"):
            copied.append(copy.deepcopy(block))
    etree.SubElement(root, f"{{{SOAP}}}Body").append(content)
    message: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return message


def client_fault(reason: str) -> etree._Element:
    """The fault that says: refused unread, nothing stored."""
    fault = etree.Element(f"{{{SOAP}}}Fault", nsmap={"soap": SOAP})
    etree.SubElement(fault, "faultcode").text = "soap:Client"
    etree.SubElement(fault, "faultstring").text = reason
    return fault
