"""JSON answers, written straight from plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import orjson
from aiohttp import web

from schemas.errors import Language

JSON_TYPE: Final = "application/json"


def encode(value: object) -> bytes:
    """``value`` as JSON; instants end in ``Z``."""
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)


def answer(
    value: object,
    *,
    status: int = 200,
    language: Language | None = None,
    headers: Mapping[str, str] | None = None,
    media_type: str = JSON_TYPE,
) -> web.Response:
    """A JSON answer; ``language`` is given when the body holds texts for people."""
    fields = {"Content-Type": media_type}
    if language is not None:
        fields["Content-Language"] = language.value
        fields["Vary"] = "Accept-Language"
    if headers:
        fields.update(headers)
    return web.Response(status=status, body=encode(value), headers=fields)
