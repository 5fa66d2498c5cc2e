"""A security server and a fund that cost as little as they can: every case is acknowledged, nothing is looked at.

It copies the request's header blocks and answers from what stands between known tags. It listens with no HTTP library.
"""

from __future__ import annotations

import asyncio
import re
from itertools import count
from typing import Final, cast

import orjson
import uvloop

from schemas.foms import NAMESPACE

_END_OF_HEAD: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
_HEADER: Final = re.compile(rb"<([\w.-]+:)?Header\b[^>]*>(.*)</\1Header>", re.DOTALL)
_ROOT: Final = re.compile(rb"<(?:[\w.-]+:)?Envelope\b([^>]*)>")
_FIELDS: Final = re.compile(rb"<(?:[\w.-]+:)?(operationKey|ksfNumber|revision)\b[^>]*>([^<]*)<")
_SOAP: Final = b"http://schemas.xmlsoap.org/soap/envelope/"
_ANSWER: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?><answer:Envelope xmlns:answer="%b"%b><answer:Header>%b</answer:Header>'
    b"<answer:Body>%b</answer:Body></answer:Envelope>"
)
_ACKNOWLEDGEMENT: Final = (
    b'<f:SubmitTreatedCaseResponse xmlns:f="%b"><f:ksfNumber>%b</f:ksfNumber><f:revision>%b</f:revision>'
    b"<f:status>accepted</f:status><f:operationKey>%b</f:operationKey><f:recordNumber>F-%d</f:recordNumber>"
    b"</f:SubmitTreatedCaseResponse>"
)
_NO_DECISIONS: Final = (
    b'<f:ListReviewDecisionsResponse xmlns:f="%b"><f:more>false</f:more></f:ListReviewDecisionsResponse>'
)
_NAMESPACE: Final = NAMESPACE.encode()
_records: Final = count(1)


class Fund(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._partial = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own is none by inheritance

    def data_received(self, data: bytes) -> None:
        """Answer once the whole request is there."""
        data = self._partial + data
        end = data.find(_END_OF_HEAD)
        length = _LENGTH.search(data, 0, end) if end >= 0 else None
        if length is None or len(data) < end + len(_END_OF_HEAD) + int(length[1]):
            self._partial = data
            return
        self._partial = b""
        assert self._transport is not None
        body = _answer(data[end + len(_END_OF_HEAD) :])
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=UTF-8\r\nContent-Length: %d\r\n\r\n" % len(body)
        self._transport.write(head + body)


def _answer(request: bytes) -> bytes:
    header, root = _HEADER.search(request), _ROOT.search(request)
    assert header is not None
    assert root is not None
    fields = dict(_FIELDS.findall(request))
    content = (
        _ACKNOWLEDGEMENT
        % (_NAMESPACE, fields[b"ksfNumber"], fields[b"revision"], fields[b"operationKey"], next(_records))
        if b"operationKey" in fields
        else _NO_DECISIONS % _NAMESPACE
    )
    # The copied blocks may use prefixes that the request declares at its root.
    return _ANSWER % (_SOAP, root[1], header[2], content)


async def _main() -> None:
    server = await asyncio.get_running_loop().create_server(Fund, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print(orjson.dumps({"ready": True, "url": f"http://127.0.0.1:{port}"}).decode(), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_main())
