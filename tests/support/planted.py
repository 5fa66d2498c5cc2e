"""Planted people: synthetic ПИН and names that are looked for, byte by byte, wherever data may have come to rest.

    people = plant(1000)
    … let them be accepted, refused, delivered, asked about …
    assert search([folder, log_file], people) == []

Values of a kind share a stem and are equally long, so a few searches for the spelled stem, at the speed of ``find``,
tell where to look closer, whatever the number of people. Their letters are chosen so that base64 of them and its
URL-safe form are the same. Compressed data are not looked into: a database that compresses large values (PostgreSQL
does, when they can be) hides clear text from a search like this one.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final

BORN: Final = date(1988, 2, 29)
"""Everybody planted was born on this day, and is a man: the beginning of a ПИН says both."""

_PIN_STEM: Final = "229021988"
_FAMILY_STEM: Final = "Жаңгөрөл"
_GIVEN_STEM: Final = "Өңкөрбу"
_WINDOW: Final = 64 * 1024 * 1024
_LONGEST: Final = 512
"""More bytes than the longest spelling of a value has."""
_SYLLABLES: Final = ("ба", "ге", "ды", "жу", "зы", "ки", "лө", "мө", "на", "ше")


@dataclass(frozen=True, slots=True)
class PlantedPerson:
    """Nobody. ``pin`` is well-formed and agrees with birth date and sex."""

    pin: str
    family_name: str
    given_name: str

    def as_patient(self) -> dict[str, str]:
        """The fields of a patient that say who it is."""
        names = {"family_name": self.family_name, "given_name": self.given_name}
        return {"pin": self.pin, **names, "birth_date": BORN.isoformat(), "sex": "male"}


@dataclass(frozen=True, slots=True)
class Hit:
    """A planted value found: where, at which byte, and how it was spelled."""

    place: str
    offset: int
    spelling: str
    value: str


def plant(count: int = 1000) -> list[PlantedPerson]:
    """Up to 10,000 different people, the same ones every time."""
    return [_person(number) for number in range(count)]


def _person(number: int) -> PlantedPerson:
    # The same last digit and syllable for all: base64 may share its last character with what follows.
    digits = f"{number:04d}7"
    syllables = "".join(_SYLLABLES[int(digit)] for digit in digits)
    return PlantedPerson(_PIN_STEM + digits, _FAMILY_STEM + syllables, _GIVEN_STEM + syllables)


def search(places: Iterable[Path], people: Sequence[PlantedPerson]) -> list[Hit]:
    """Every planted value in these files, and in all files below these directories."""
    needles = _needles(people)
    hits = (
        hit
        for place in places
        for file in _files(place)
        for begins, data in _windows(file)
        for hit in _found(data, str(file), begins, needles)
    )
    return list(dict.fromkeys(hits))  # what lies where two windows overlap is found twice


def search_bytes(data: bytes, people: Sequence[PlantedPerson], place: str = "memory") -> list[Hit]:
    """Every planted value in these bytes: a log, an answer, the text of metrics."""
    return list(_found(data, place, 0, _needles(people)))


Spelling = Callable[[str], bytes]


def _base64(shift: int) -> Spelling:
    """What every base64 text has in common that holds the value after ``shift`` bytes, modulo 3, of something else."""

    def spell(value: str) -> bytes:
        raw = bytes(shift) + value.encode()
        whole = len(raw) * 8 // 6
        return base64.b64encode(raw)[(0, 2, 3)[shift] : whole]

    return spell


def _each_byte(form: str) -> Spelling:
    """UTF-8 with every byte written in a form of its own: ``\\xd0\\x96``, ``%D0%96``."""
    return lambda value: "".join(form.format(byte) for byte in value.encode()).encode()


def _json(value: str) -> bytes:
    return json.dumps(value)[1:-1].encode()


_SPELLINGS: Final[Mapping[str, Spelling]] = {
    "utf-8": str.encode,
    "utf-16-le": lambda value: value.encode("utf-16-le"),
    "utf-16-be": lambda value: value.encode("utf-16-be"),
    "json": _json,
    "json, upper case": lambda value: _json(value).upper().replace(b"\\U", b"\\u"),
    "json in json": lambda value: _json(value).replace(b"\\", b"\\\\"),
    "xml": lambda value: value.encode("ascii", "xmlcharrefreplace"),
    "hex": lambda value: value.encode().hex().encode(),
    "hex, upper case": lambda value: value.encode().hex().upper().encode(),
    "escaped bytes": _each_byte("\\x{:02x}"),
    "escaped bytes in json": _each_byte("\\\\x{:02x}"),
    "percent": _each_byte("%{:02X}"),
    "percent, lower case": _each_byte("%{:02x}"),
    **{f"base64, {shift}": _base64(shift) for shift in range(3)},
}


class _Needle:
    """One stem in one spelling; how the whole values are spelled is only worked out once the stem is found."""

    def __init__(self, name: str, spell: Spelling, stem: str, values: Sequence[str]) -> None:
        self.name = name
        self.stem = spell(stem)
        self._spell = spell
        self._values = values

    @cached_property
    def spelled(self) -> Mapping[bytes, str]:
        return {self._spell(value): value for value in self._values}

    @cached_property
    def length(self) -> int:
        return len(next(iter(self.spelled)))


def _needles(people: Sequence[PlantedPerson]) -> list[_Needle]:
    """All stems in all spellings, also in capitals and small letters; those that read the same only once."""
    kinds = (
        (_PIN_STEM, [person.pin for person in people]),
        (_FAMILY_STEM, [person.family_name for person in people]),
        (_GIVEN_STEM, [person.given_name for person in people]),
    )
    needles: dict[bytes, _Needle] = {}
    for stem, values in kinds:
        for letters in (str, str.upper, str.lower):
            for name, spell in _SPELLINGS.items():
                needle = _Needle(name, _in_letters(letters, spell), stem, values)
                needles.setdefault(needle.stem, needle)
    return list(needles.values())


def _in_letters(letters: Callable[[str], str], spell: Spelling) -> Spelling:
    return lambda value: spell(letters(value))


def _found(data: bytes, place: str, begins: int, needles: Iterable[_Needle]) -> Iterator[Hit]:
    for needle in needles:
        offset = data.find(needle.stem)
        while offset >= 0:
            value = needle.spelled.get(data[offset : offset + needle.length])
            if value is not None:
                yield Hit(place, begins + offset, needle.name, value)
            offset = data.find(needle.stem, offset + 1)


def _files(place: Path) -> list[Path]:
    return [place] if place.is_file() else sorted(file for file in place.rglob("*") if file.is_file())


def _windows(file: Path) -> Iterator[tuple[int, bytes]]:
    """A file in parts that fit into memory. Each begins with the end of the one before, lest a value be cut in two."""
    with file.open("rb") as opened:
        read, tail = 0, b""
        while part := opened.read(_WINDOW):
            data = tail + part
            yield read - len(tail), data
            read += len(part)
            tail = data[-_LONGEST:]
