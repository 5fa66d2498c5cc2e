"""Long answers, handed over piece by piece as the client reads them."""

from __future__ import annotations

from typing import Final

from aiohttp import Payload
from aiohttp.abc import AbstractStreamWriter

_PIECE: Final = 64 * 1024


class BytesInPieces(Payload):
    """A body of bytes that many answers share: ``web.Response(body=BytesInPieces(content))``.

    aiohttp hands bytes over at once, in a copy for each answer. A thousand clients that do not read a file of two
    megabytes would so hold two gigabytes; in pieces they hold a piece each.
    """

    _value: bytes

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self._size = len(content)

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """The content as text."""
        return self._value.decode(encoding, errors)

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Write all, waiting whenever the client has not read what was written."""
        await self.write_with_length(writer, None)

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        """Write at most ``content_length`` bytes, likewise."""
        content = memoryview(self._value)[:content_length]
        for start in range(0, len(content), _PIECE):
            await writer.write(content[start : start + _PIECE])
