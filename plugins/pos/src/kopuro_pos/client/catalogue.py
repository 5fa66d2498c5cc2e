"""The gateway's error catalogue: what each code weighs, who must act, what repeating is worth, texts in ky, ru and en.

``catalogue.json`` beside this file is written from the gateway's own, as are ``codes.py`` and ``refusals.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import orjson

from kopuro_pos.client.codes import ErrorCode
from kopuro_pos.client.models.terms import Actor, Retry, Severity


class Text(NamedTuple):
    """One sentence in three languages. ``{name}`` stands for a parameter of the finding."""

    ky: str
    ru: str
    en: str

    def in_language(self, language: str) -> str:
        """The sentence in ``ky`` or ``ru``, and in English for any other ``language``."""
        return {"ky": self.ky, "ru": self.ru}.get(language, self.en)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the catalogue says of one code."""

    code: ErrorCode
    status: int
    """HTTP status where this code decides the answer."""
    severity: Severity
    actor: Actor
    """Who must act."""
    retry: Retry
    clause: Text | None
    """The document and clause behind it."""
    message: Text
    action: Text
    """What to do."""


def _entry(row: Mapping[str, Any]) -> Entry:
    clause = row["clause"]
    return Entry(
        code=ErrorCode(row["code"]),
        status=row["status"],
        severity=Severity(row["severity"]),
        actor=Actor(row["actor"]),
        retry=Retry(row["retry"]),
        clause=None if clause is None else Text(**clause),
        message=Text(**row["message"]),
        action=Text(**row["action"]),
    )


def _load() -> dict[ErrorCode, Entry]:
    rows = orjson.loads(files("kopuro_pos.client").joinpath("catalogue.json").read_bytes())
    return {entry.code: entry for entry in map(_entry, rows)}


CATALOGUE: Final[Mapping[ErrorCode, Entry]] = MappingProxyType(_load())
"""Every code of the gateway this client was made for."""
