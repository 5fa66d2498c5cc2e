"""The faults that can be asked for, by id.

A fault either stands before the provider (it never hears of the request) or behind it (it has stored the request, and
the answer suffers). Each is asked for with a count, or with a probability and a seed, for one operation or for all.
"""

from __future__ import annotations

import asyncio
import gzip
import re
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from random import Random
from types import MappingProxyType
from typing import Annotated, Final, NamedTuple

from aiohttp import web
from pydantic import Field, PrivateAttr

from adapters.xroad.simulator.disturbing import FaultPlan, OperationFaultOrder
from adapters.xroad.simulator.soap import Spelling, XRoadFault

Answer = bytes
Responder = Callable[[web.Request, Answer, Spelling], Awaitable[web.StreamResponse]]

_TEXT_XML: Final = "text/xml; charset=UTF-8"
_OVERSIZE: Final = 11 * 1024 * 1024
_DEPTH: Final = 100_000
_TRICKLE_SECONDS: Final = 0.05


class Fault(NamedTuple):
    """One fault. ``behind`` says whether the provider gets the request first."""

    behind: bool
    respond: Responder


def xml_response(content: bytes, status: int = 200) -> web.Response:
    """A SOAP message as a response."""
    return web.Response(body=content, status=status, headers={"Content-Type": _TEXT_XML})


def _fixed(status: int, content_type: str, body: bytes, **headers: str) -> Responder:
    async def respond(_: web.Request, __: Answer, ___: Spelling) -> web.StreamResponse:
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(body=body, status=status, headers={"Content-Type": content_type, **extra})

    return respond


def _xroad(code: str) -> Responder:
    async def respond(_: web.Request, __: Answer, spelling: Spelling) -> web.StreamResponse:
        return xml_response(XRoadFault(code, "Asked for by a fault of the simulator").as_xml(spelling))

    return respond


def _changed(change: Callable[[Answer], bytes]) -> Responder:
    async def respond(_: web.Request, answer: Answer, __: Spelling) -> web.StreamResponse:
        return xml_response(change(answer))

    return respond


def _replaced(pattern: bytes, replacement: bytes) -> Responder:
    return _changed(lambda answer: re.sub(pattern, replacement, answer, count=1, flags=re.DOTALL))


def _abort(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _lost(request: web.Request, _: Answer, __: Spelling) -> web.StreamResponse:
    return _abort(request)


async def _reset(request: web.Request, _: Answer, __: Spelling) -> web.StreamResponse:
    if request.transport is not None:
        connection = request.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return _abort(request)


async def _hang(request: web.Request, _: Answer, __: Spelling) -> web.StreamResponse:
    while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110 - no event to wait on
        await asyncio.sleep(_TRICKLE_SECONDS)
    return web.Response()


async def _raw(request: web.Request, content: bytes) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.write(content)
    await asyncio.sleep(0)
    if request.transport is not None:
        request.transport.close()
    return web.Response()


async def _truncated(request: web.Request, answer: Answer, _: Spelling) -> web.StreamResponse:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {_TEXT_XML}\r\nContent-Length: {len(answer)}\r\n\r\n"
    return await _raw(request, head.encode() + answer[: len(answer) // 2])


async def _garbage(request: web.Request, _: Answer, __: Spelling) -> web.StreamResponse:
    return await _raw(request, b"\x16\x03\x01\x02 this is no HTTP\r\n\r\n")


async def _trickle(request: web.Request, answer: Answer, _: Spelling) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": _TEXT_XML})
    response.content_length = len(answer)
    await response.prepare(request)
    for position in range(len(answer)):
        if request.transport is None or request.transport.is_closing():
            break
        await response.write(answer[position : position + 1])
        await asyncio.sleep(_TRICKLE_SECONDS)
    return response


async def _compressed(_: web.Request, answer: Answer, __: Spelling) -> web.StreamResponse:
    headers = {"Content-Type": _TEXT_XML, "Content-Encoding": "gzip"}
    return web.Response(body=gzip.compress(answer), headers=headers)


async def _wrong_charset(_: web.Request, answer: Answer, __: Spelling) -> web.StreamResponse:
    return web.Response(body=answer, headers={"Content-Type": "text/xml; charset=windows-1251"})


def _provider_fault(status: int, code: str) -> Responder:
    body = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>'
        f"<faultcode>{code}</faultcode><faultstring>Asked for by a fault of the simulator</faultstring>"
        "</s:Fault></s:Body></s:Envelope>"
    )
    return _fixed(status, _TEXT_XML, body.encode())


def _with_dtd(answer: Answer) -> bytes:
    declaration, root = answer.split(b"?>", 1)
    return declaration + b'?><!DOCTYPE soap [<!ENTITY x "y">]>' + root


_HTML: Final = b"<!DOCTYPE html><html><head><title>%s</title></head><body><h1>%s</h1></body></html>"


def _before(respond: Responder) -> Fault:
    return Fault(behind=False, respond=respond)


def _behind(respond: Responder) -> Fault:
    return Fault(behind=True, respond=respond)


FAULTS: Final[Mapping[str, Fault]] = MappingProxyType(
    {
        # Connections
        "lost-before-store": _before(_lost),
        "lost-reply-after-store": _behind(_lost),
        "reset": _behind(_reset),
        "hang": _behind(_hang),
        "slow-trickle": _behind(_trickle),
        "truncated": _behind(_truncated),
        "garbage": _behind(_garbage),
        # Replies that are no SOAP
        "html-502": _behind(_fixed(502, "text/html", _HTML % (b"502 Bad Gateway", b"502 Bad Gateway"))),
        "html-200-login": _before(_fixed(200, "text/html; charset=utf-8", _HTML % (b"Sign in", b"Sign in"))),
        "empty-200": _behind(_fixed(200, _TEXT_XML, b"")),
        "empty-202": _behind(_fixed(202, _TEXT_XML, b"")),
        "json-200": _behind(_fixed(200, "application/json", b'{"status":"accepted","recordNumber":"1"}')),
        "plain-503": _before(_fixed(503, "text/plain", b"Service unavailable", Retry_After="5")),
        "plain-503-maintenance": _before(_fixed(503, "text/plain", b"Server.ClientProxy.MaintenanceMode: closed")),
        "too-many-requests": _before(_fixed(429, "text/plain", b"Too many requests", Retry_After="7")),
        "redirect": _before(_fixed(302, "text/html", b"", Location="http://127.0.0.1:9/elsewhere")),
        "compressed": _behind(_compressed),
        # Replies that are not what they seem
        "wrong-charset": _behind(_wrong_charset),
        "dtd": _behind(_changed(_with_dtd)),
        "deep": _behind(_changed(lambda _: b"<a>" * _DEPTH + b"</a>" * _DEPTH)),
        "oversized": _behind(_changed(lambda answer: answer.replace(b"Body>", b"Body>" + b" " * _OVERSIZE, 1))),
        "other-message-id": _behind(_replaced(rb"(<[a-z]+:id( [^>]*)?>)[^<]*", rb"\g<1>another")),
        "wrong-request-hash": _behind(_replaced(rb"(requestHash[^>]*>)[^<]*", rb"\g<1>AAAA")),
        "missing-record-number": _behind(
            _replaced(rb"<([a-z0-9]+:)?recordNumber>.*?</([a-z0-9]+:)?recordNumber>", b"")
        ),
        "extra-element": _behind(
            _replaced(rb"(<(([a-z0-9]+):)?(?:ksfNumber|number)>)", rb"<\g<3>:addedLater>1</\g<3>:addedLater>\g<1>")
        ),
        "unknown-answer": _behind(_replaced(rb"<([a-z0-9]+:Body)>.*</\1>", rb'<\1><x xmlns="urn:unknown"/></\1>')),
        # SOAP faults
        "fault-200": _behind(_xroad("Server.ServerProxy.ServiceFailed.InternalError")),
        "fault-500": _behind(_provider_fault(500, "s:Server")),
        "fault-client": _before(_provider_fault(500, "s:Client")),
        "network-error": _before(_xroad("Server.ClientProxy.NetworkError")),
        "logging-failed": _before(_xroad("Server.ClientProxy.LoggingFailed.TimestamperFailed")),
        "access-denied": _before(_xroad("Server.ServerProxy.AccessDenied")),
        "outdated-global-conf": _before(_xroad("Server.ClientProxy.OutdatedGlobalConf")),
        "service-disabled": _before(_xroad("Server.ServerProxy.ServiceDisabled")),
        "cannot-sign": _behind(_xroad("Server.ServerProxy.CannotCreateSignature")),
        "inconsistent-response": _behind(_xroad("Server.ClientProxy.InconsistentResponse")),
    }
)
"""Every fault by its id."""

FAULT_IDS: Final = tuple(FAULTS)


class FaultOrder(OperationFaultOrder):
    """An order with a chance. Without ``count`` and ``probability`` the fault happens every time."""

    probability: Annotated[float, Field(gt=0, le=1)] | None = None
    seed: int = 0
    behind: bool | None = None
    """Overrides whether the provider gets the request first."""
    _chance: Random = PrivateAttr()

    def model_post_init(self, _: object) -> None:
        """Begin the row of chances anew."""
        self._chance = Random(self.seed)  # noqa: S311 - repeatable, not secret

    def strikes(self) -> bool:
        """Whether it happens this time, by its probability."""
        return self.probability is None or self._chance.random() < self.probability


def next_fault(plan: FaultPlan[FaultOrder], operation: str) -> Fault | None:
    """The fault that happens to this request, if any."""
    order = plan.next(lambda one: one.concerns(operation) and one.strikes())
    if order is None:
        return None
    fault = FAULTS[order.id]
    return fault if order.behind is None else fault._replace(behind=order.behind)
