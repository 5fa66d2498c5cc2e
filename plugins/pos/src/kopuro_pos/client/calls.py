"""The calls a till makes, described as data: what is sent where, and how the answer is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

import orjson
from pydantic import BaseModel

from kopuro_pos.client.keys import SigningKey
from kopuro_pos.client.models import (
    Catalogue,
    DispenseOrder,
    DispensePage,
    DispenseView,
    Enrolment,
    FoundPrescription,
    KeyChanged,
    LookUp,
    QuoteRequest,
    QuoteView,
    ReferencePage,
    ReleasedHold,
    ReversalOrder,
)
from kopuro_pos.client.models.base import Sent

T = TypeVar("T")

_KEY: Final = re.compile(r"[\x20-\x7e]{1,255}")
_PAGE: Final = 500
"""The most rows the gateway gives at once."""


class Patience(Enum):
    """How long somebody waits for it."""

    LOOKUP = "lookup"
    """At the counter, with the patient waiting."""
    COMMIT = "commit"
    """Until it is recorded, or a page is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[T]):
    """One request and how its answer is read."""

    method: str
    path: str
    read: Callable[[bytes], T]
    """Raises :class:`ValueError` for an answer that is not what was asked for."""
    patience: Patience = Patience.COMMIT
    content: bytes | None = field(default=None, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    public: bool = False
    """Needs no token."""
    changes: bool = False
    """A 500 leaves open whether it was done."""
    proven_by: SigningKey | None = field(default=None, repr=False)
    """A key the gateway is to learn: its own proof goes along, in the header or, beside a token, in the body."""


def look_up(order: LookUp) -> Call[FoundPrescription]:
    """Open a prescription (clause 34)."""
    return _post("/v1/prescriptions/lookup", order, FoundPrescription, patience=Patience.LOOKUP)


def quote(request: QuoteRequest) -> Call[QuoteView]:
    """What a sale would come to (clause 37)."""
    return _post("/v1/dispenses/quote", request, QuoteView, patience=Patience.LOOKUP)


def release(hold_id: UUID) -> Call[ReleasedHold]:
    """Let others dispense again."""
    return Call(
        method="POST",
        path=f"/v1/holds/{hold_id}/release",
        read=ReleasedHold.model_validate_json,
        patience=Patience.LOOKUP,
    )


def dispense(order: DispenseOrder, key: str) -> Call[DispenseView]:
    """Record a sale (clauses 36 to 39)."""
    return _post("/v1/dispenses", order, DispenseView, headers=_idempotency(key), changes=True)


def reverse(dispense_id: UUID, order: ReversalOrder, key: str) -> Call[DispenseView]:
    """Take a dispense back."""
    path = f"/v1/dispenses/{dispense_id}/reversal"
    return _post(path, order, DispenseView, headers=_idempotency(key), changes=True)


def get_dispense(dispense_id: UUID) -> Call[DispenseView]:
    """A dispense as it stands now."""
    return Call(method="GET", path=f"/v1/dispenses/{dispense_id}", read=DispenseView.model_validate_json)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which dispenses are listed. Days are Bishkek days."""

    pharmacy: str | None = None
    first: date | None = None
    last: date | None = None
    recorded_first: date | None = None
    recorded_last: date | None = None
    mine: bool = False
    receipt: str | None = None


def dispenses(wanted: Wanted, after: str | None) -> Call[DispensePage]:
    """A page of one's own dispenses, by day of sale."""
    query = {
        "pharmacy": wanted.pharmacy,
        "from": wanted.first,
        "to": wanted.last,
        "recorded_from": wanted.recorded_first,
        "recorded_to": wanted.recorded_last,
        "mine": "true" if wanted.mine else None,
        "receipt": wanted.receipt,
        "after": after,
        "limit": _PAGE,
    }
    return Call(method="GET", path="/v1/dispenses", read=DispensePage.model_validate_json, query=_given(query))


def medicines(*, on: date | None, after: str | None) -> Call[ReferencePage]:
    """A page of the reference («Маалымдама»)."""
    query = _given({"on": on, "after": after, "limit": _PAGE})
    return Call(
        method="GET", path="/v1/medicines", read=ReferencePage.model_validate_json, query=query, public=True
    )  # fmt: skip


def errors() -> Call[Catalogue]:
    """The gateway's error catalogue."""
    return Call(method="GET", path="/v1/errors", read=Catalogue.model_validate_json, public=True)


def enrol(code: str, key: SigningKey) -> Call[Enrolment]:
    """Give a one-time code in, and the public key it is for."""
    return Call(
        method="POST",
        path="/v1/enrolments",
        read=Enrolment.model_validate_json,
        content=orjson.dumps({"code": code, "key": dict(key.public_jwk)}),
        public=True,
        changes=True,
        proven_by=key,
    )


def change_key(key: SigningKey) -> Call[KeyChanged]:
    """Give the gateway a new public key in place of the one that signs this."""
    return Call(
        method="POST",
        path="/v1/client/key",
        read=KeyChanged.model_validate_json,
        content=orjson.dumps({"key": dict(key.public_jwk)}),
        changes=True,
        proven_by=key,
    )


_Answer = TypeVar("_Answer", bound=BaseModel)


def _post(path: str, message: Sent, answer: type[_Answer], **more: Any) -> Call[_Answer]:
    content = message.model_dump_json(exclude_defaults=True).encode()
    return Call(method="POST", path=path, read=answer.model_validate_json, content=content, **more)


def _given(query: Mapping[str, date | str | int | None]) -> dict[str, str]:
    """A day is written as ISO 8601 has it."""
    return {name: str(value) for name, value in query.items() if value is not None}


def _idempotency(key: str) -> dict[str, str]:
    """Raises :class:`ValueError` for a key the gateway would not take."""
    if _KEY.fullmatch(key) is None:
        raise ValueError("an idempotency key has 1 to 255 printable ASCII characters")
    return {"Idempotency-Key": key}
