"""Reading a request's body within bounds of size, time, media type and compression. aiohttp bounds only the size.

aiohttp is told not to decompress (``gateway.api.application.make_runner``): it would itself answer encodings it does
not know, before any handler.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator
from typing import Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from gateway.middleware.context import stepping_out
from gateway.rules.findings import Refused
from schemas.errors import ErrorCode

JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"
_PLAIN: Final = frozenset({JSON, NDJSON})
_ENCODINGS: Final = frozenset({"", "identity", "gzip"})
_GZIP: Final = 16 + zlib.MAX_WBITS
_PIECE: Final = 64 * 1024
_UTF_8: Final = frozenset({"utf-8", "utf8"})


def check_headers(request: web.Request, *expected: str) -> str:
    """The body's media type, one of ``expected``; raises ``Refused`` for any other type, charset or compression."""
    headers = request.headers
    if headers.get("Content-Encoding", "").strip().lower() not in _ENCODINGS:
        raise Refused.because(ErrorCode.REQUEST_CONTENT_ENCODING, "header:Content-Encoding")
    sent = headers.get("Content-Type", "")
    if sent not in _PLAIN:
        sent = request.content_type if (request.charset or "utf-8").lower() in _UTF_8 else ""
    if sent not in expected:
        raise Refused.because(ErrorCode.REQUEST_CONTENT_TYPE, "header:Content-Type", expected=", ".join(expected))
    return sent


async def read_body(request: web.Request, *, limit: int, seconds: float) -> bytes:
    """The whole body, decompressed, at most ``limit`` bytes within ``seconds``; raises ``Refused``."""
    declared = request.content_length
    if declared is not None and declared > limit:
        raise _too_large(limit)
    content = request.content
    if content.is_eof() and not _is_packed(request):
        # The usual case: a small plain body came together with its headers, so nothing has to be waited for.
        body = content.read_nowait()
        if len(body) > limit:
            raise _too_large(limit)
        return body
    try:
        async with asyncio.timeout(seconds):
            return await _collect(request, limit, seconds)
    except TimeoutError:
        raise Refused.because(ErrorCode.REQUEST_BODY_TIMEOUT) from None


async def read_lines(request: web.Request, *, limit: int, seconds: float) -> AsyncIterator[bytes]:
    """The body's lines without their ends, empty ones left out, each at most ``limit`` bytes; raises ``Refused``.

    ``seconds`` bounds every silence, not the whole: a batch may be long.
    """
    pending = b""
    async for piece in _pieces(request, seconds):
        *lines, pending = (pending + piece).split(b"\n")
        for line in lines:
            if len(line) > limit:
                raise _too_large(limit)
            if stripped := line.strip():
                yield stripped
        if len(pending) > limit:
            raise _too_large(limit)
    if stripped := pending.strip():
        yield stripped


async def _collect(request: web.Request, limit: int, seconds: float) -> bytes:
    pieces = []
    size = 0
    async for piece in _pieces(request, seconds):
        size += len(piece)
        if size > limit:
            raise _too_large(limit)
        pieces.append(piece)
    return b"".join(pieces)


async def _pieces(request: web.Request, seconds: float) -> AsyncIterator[bytes]:
    """The body as it comes, decompressed bit by bit, so that a bomb is never out in full."""
    gunzip = Gunzip() if _is_packed(request) else None
    while piece := await _next_piece(request, seconds):
        if gunzip is None:
            yield piece
        else:
            for unpacked in gunzip.feed(piece):
                yield unpacked
    if gunzip is not None and not gunzip.is_complete:
        raise _broken_encoding()


async def _next_piece(request: web.Request, seconds: float) -> bytes:
    try:
        with stepping_out(request):
            async with asyncio.timeout(seconds):
                return await request.content.readany()
    except TimeoutError:
        raise Refused.because(ErrorCode.REQUEST_BODY_TIMEOUT) from None
    except (web.RequestPayloadError, HttpProcessingError):
        # The body broke the framing of HTTP itself.
        raise Refused.because(ErrorCode.REQUEST_HEADER) from None


class Gunzip:
    """Unpacks gzip (RFC 1952), several members in a row too, in pieces of bounded size."""

    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(_GZIP)
        self._begun = False

    @property
    def is_complete(self) -> bool:
        """Whether the last member came to its end."""
        return self._inflater.eof or not self._begun

    def feed(self, packed: bytes) -> Iterator[bytes]:
        """What comes out of the next bytes; raises ``Refused`` when they are no gzip."""
        self._begun = True
        while packed:
            if self._inflater.eof:
                self._inflater = zlib.decompressobj(_GZIP)
            try:
                unpacked = self._inflater.decompress(packed, _PIECE)
            except zlib.error:
                raise _broken_encoding() from None
            if unpacked:
                yield unpacked
            packed = self._inflater.unused_data if self._inflater.eof else self._inflater.unconsumed_tail


def _is_packed(request: web.Request) -> bool:
    return request.headers.get("Content-Encoding", "").strip().lower() == "gzip"


def _too_large(limit: int) -> Refused:
    return Refused.because(ErrorCode.REQUEST_TOO_LARGE, limit=limit)


def _broken_encoding() -> Refused:
    return Refused.because(ErrorCode.REQUEST_CONTENT_ENCODING, "header:Content-Encoding")
