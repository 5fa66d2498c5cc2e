"""The text of PDF documents that reportlab has drawn, by their own tables from glyphs to Unicode (ToUnicode)."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator, Mapping

_OBJECT = re.compile(rb"(\d+) 0 obj\s(.*?)\sendobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
_REFERENCE = re.compile(rb"/([^\s/<>\[\]]+) (\d+) 0 R")
_TOKEN = re.compile(rb"/([^\s/<>\[\]()]+)\s+[\d.]+\s+Tf|\(((?:\\.|[^\\()])*)\)|(T\*|ET)", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_PAIR = re.compile(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_RANGE = re.compile(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*\[([^\]]*)\]")
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def page_count(document: bytes) -> int:
    """How many pages a document has."""
    return len(re.findall(rb"/Type /Page\b", document))


def text_of(document: bytes) -> str:
    """The text in the order it was drawn, a line for each line drawn; wrapped text reads on after a blank."""
    objects = {int(number): body for number, body in _OBJECT.findall(document)}
    fonts = {
        name: _to_unicode(objects, objects[int(number)])
        for body in objects.values()
        for name, number in _REFERENCE.findall(body)
        if b"/ToUnicode" in objects.get(int(number), b"") or b"/Type1" in objects.get(int(number), b"")
    }
    pages = [body for body in objects.values() if re.search(rb"/Type /Page\b", body)]
    contents = [int(number) for page in pages for name, number in _REFERENCE.findall(page) if name == b"Contents"]
    return "\n".join("".join(_shown(_stream(objects[number]), fonts)).strip() for number in contents)


def _shown(content: bytes, fonts: Mapping[bytes, Mapping[int, str] | None]) -> Iterator[str]:
    glyphs: Mapping[int, str] | None = None
    for font, shown, ends in _TOKEN.findall(content):
        if font:
            glyphs = fonts[font]
        elif ends:
            yield "\n" if ends == b"ET" else " "
        else:
            yield "".join(chr(byte) if glyphs is None else glyphs.get(byte, "\ufffd") for byte in _unescaped(shown))


def _unescaped(literal: bytes) -> bytes:
    def plain(found: re.Match[bytes]) -> bytes:
        return bytes([int(found[1], 8)]) if found[1].isdigit() else _LETTERS.get(found[1], found[1])

    return _ESCAPE.sub(plain, literal)


def _to_unicode(objects: Mapping[int, bytes], font: bytes) -> Mapping[int, str] | None:
    """What each byte means in a font; ``None`` for one that shows Latin letters as they are."""
    number = dict(_REFERENCE.findall(font)).get(b"ToUnicode")
    if number is None:
        return None
    table = _stream(objects[int(number)]).decode("ascii")
    found: dict[int, str] = {}
    for first, _, listed in _RANGE.findall(table):
        for offset, text in enumerate(re.findall(r"<([0-9A-Fa-f]+)>", listed)):
            found[int(first, 16) + offset] = _utf_16(text)
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        found |= {int(code, 16): _utf_16(text) for code, text in _PAIR.findall(block)}
    return found


def _utf_16(digits: str) -> str:
    return bytes.fromhex(digits.zfill(4)).decode("utf-16-be")


def _stream(body: bytes) -> bytes:
    found = _STREAM.search(body)
    assert found is not None
    data = found[1]
    if b"/ASCII85Decode" in body:
        data = base64.a85decode(data.strip().removesuffix(b"~>"))
    return zlib.decompressobj().decompress(data) if b"/FlateDecode" in body else data
