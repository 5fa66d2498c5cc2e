"""Cases from NDJSON (one a line) and from JSON (one object, or an array of them), a record at a time."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from gateway.batch.records import RECORD_BYTES, BatchUnreadable, Record

_CHUNK = 256 * 1024
_BLANK = " \t\r\n"


def lines(path: Path) -> Iterator[Record]:
    """The records of an NDJSON file; blank lines are passed over, one that is too long is cut and so refused."""
    with path.open("rb") as file:
        number = line = 0
        while text := file.readline(RECORD_BYTES):
            line += 1
            if not text.endswith(b"\n"):
                _skip_rest_of_line(file)
            body = text.removeprefix(codecs.BOM_UTF8).strip() if line == 1 else text.strip()
            if body:
                number += 1
                yield Record(number, f"line {line}", body, file.tell())


def _skip_rest_of_line(file: BinaryIO) -> None:
    while (rest := file.readline(RECORD_BYTES)) and not rest.endswith(b"\n"):
        pass


def document(path: Path) -> Iterator[Record]:
    """The records of a JSON file: the elements of its array, or its one object."""
    with path.open("rb") as file:
        text = _Text(file)
        if text.peek() != "[":
            yield Record(1, "object", text.rest(), file.tell())
            return
        text.take()
        number = 0
        while text.peek() not in {"]", ""}:
            number += 1
            yield Record(number, f"item {number}", text.value(), file.tell())
            if text.peek() == ",":
                text.take()
        if text.peek() != "]":
            raise BatchUnreadable("The JSON array has no end.", "The file seems cut off: write it again.")


class _Text:
    """The file as text of which only the part under way is kept."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._scanner = json.JSONDecoder()
        self._buffer = ""
        self._ended = False

    def peek(self) -> str:
        """The next character that is no blank; empty at the end."""
        while True:
            self._buffer = self._buffer.lstrip(_BLANK)
            if self._buffer or self._ended:
                return self._buffer[:1]
            self._read()

    def take(self) -> None:
        """Step over the character just peeked at."""
        self._buffer = self._buffer[1:]

    def value(self) -> bytes:
        """The next JSON value as it is written. One that cannot be read ends the file, for no way leads past it."""
        while True:
            try:
                _, end = self._scanner.raw_decode(self._buffer)
            except (json.JSONDecodeError, RecursionError):
                end = -1
            if 0 <= end < len(self._buffer) or (end == len(self._buffer) and self._ended):
                body, self._buffer = self._buffer[:end], self._buffer[end:]
                return body.encode()
            if self._ended or len(self._buffer) > RECORD_BYTES:
                raise BatchUnreadable(
                    "An item of the array is not JSON, or is larger than one record may be.",
                    "Correct it, or write one case a line (.ndjson): then the lines after it are checked all the same.",
                )
            self._read()

    def rest(self) -> bytes:
        """Everything that is left, up to one record more than may be."""
        while not self._ended and len(self._buffer) <= RECORD_BYTES:
            self._read()
        return self._buffer.encode()

    def _read(self) -> None:
        chunk = self._file.read(_CHUNK)
        self._ended = not chunk
        try:
            self._buffer += self._decoder.decode(chunk, final=self._ended)
        except UnicodeDecodeError:
            raise BatchUnreadable("The file is not UTF-8 text.", "Save it as UTF-8.") from None
