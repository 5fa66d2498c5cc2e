"""Fields that stand twice in one JSON object.

RFC 8259 leaves open what such an object means, and parsers differ. A case in which two values compete for one field is
refused: which of them the doctor meant is not ours to guess. Our parser would silently take the last.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import orjson

from gateway.rules.findings import Finding
from gateway.rules.treated_case.engine import Location, json_path
from schemas.errors import ErrorCode

_FIELD_NAME: Final = re.compile(r"[A-Za-z_]{1,40}[0-9]{0,2}")


def is_field_name(text: str) -> bool:
    """Whether a name looks like a field's, so that repeating it in a finding gives no personal data away."""
    return _FIELD_NAME.fullmatch(text) is not None


def repeated_fields(body: bytes) -> tuple[Finding, ...]:
    """SCHEMA_REPEATED_FIELD for every object of well-formed UTF-8 JSON that names a field twice."""
    if _survives_a_round_trip(body):
        return ()  # a repeated field would have been lost on the way
    text = body.decode()
    try:
        _STRICT.decode(text)
    except _RepetitionError:
        return tuple(_located(_MARKING.decode(text), ()))
    return ()


def _survives_a_round_trip(body: bytes) -> bool:
    """Whether a quick parser writes the very bytes it has read. Tried only where fields are written without blanks."""
    if b'": ' in body[:80]:
        return False
    try:
        return orjson.dumps(orjson.loads(body)) == body
    except orjson.JSONDecodeError:
        return False  # it is stricter than ours, with very large numbers for example


class _RepetitionError(Exception):
    """A field stands twice somewhere."""


class _Repeating(dict[str, Any]):
    """An object in which fields stand more than once."""

    repeated: list[str]


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise _RepetitionError


def _marked(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = _Repeating(pairs)
    fields.repeated = [name for name, times in Counter(name for name, _ in pairs).items() if times > 1]
    return fields


def _located(value: object, location: Location) -> Iterator[Finding]:
    if isinstance(value, _Repeating):
        for name in value.repeated:
            place = (*location, name) if is_field_name(name) else location
            yield Finding(ErrorCode.SCHEMA_REPEATED_FIELD, json_path(place))
        for name, held in value.items():
            yield from _located(held, (*location, name))
    elif isinstance(value, list):
        for number, held in enumerate(value):
            yield from _located(held, (*location, number))


# Numbers are of no interest; as text they cannot be too long for an int.
_STRICT: Final = json.JSONDecoder(object_pairs_hook=_once, parse_int=str)
_MARKING: Final = json.JSONDecoder(object_pairs_hook=_marked, parse_int=str)
