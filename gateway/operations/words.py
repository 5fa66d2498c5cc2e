"""What an upstream says of a case in words of its own: reasons of a refusal, the reason of a review decision.

Nobody can promise that such a text does not name the patient, so it is kept like the payload: sealed. The senders whose
case it is are told it in full.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import orjson
import structlog

from gateway.operations.model import CaseRecord, Event, OperationRecord, Rejection
from gateway.ports import Sealer
from gateway.sealing.errors import CannotOpen

log = structlog.get_logger(__name__)

_CONTEXT: Final = b"upstream.words"


@dataclass(frozen=True, slots=True)
class Words:
    """Coded reasons of a refusal, or the reason of a decision."""

    rejections: tuple[Rejection, ...] = ()
    reason: str | None = None


def seal_words(sealer: Sealer, business_key: str, words: Words) -> bytes | None:
    """The words as the journal keeps them, bound to the case they are about; nothing for none."""
    if words == Words():
        return None
    listed = [[one.code, one.message, one.path] for one in words.rejections]
    return sealer.seal(orjson.dumps([listed, words.reason]), _CONTEXT + business_key.encode())


def open_words(sealer: Sealer, business_key: str, kept: bytes | None) -> Words:
    """The inverse of :func:`seal_words`. Words whose key is gone are left out: what they stand beside is still told."""
    if kept is None:
        return Words()
    try:
        listed, reason = _parts(sealer.open(kept, _CONTEXT + business_key.encode()))
    except CannotOpen:
        log.error("words_unreadable", alarm=True)  # noqa: TRY400 - says it all
        return Words()
    return Words(tuple(Rejection(*parts) for parts in listed), reason)


def opened_operation(sealer: Sealer, record: OperationRecord) -> OperationRecord:
    """The operation with its rejections to be read."""
    if record.sealed_words is None:
        return record
    words = open_words(sealer, record.business_key, record.sealed_words)
    return replace(record, rejections=words.rejections, sealed_words=None)


def opened_case(sealer: Sealer, record: CaseRecord) -> CaseRecord:
    """The case with the words about it to be read."""
    reason = open_words(sealer, record.ksf_number, record.sealed_words).reason
    operation = opened_operation(sealer, record.operation)
    return replace(record, operation=operation, review_reason=reason, sealed_words=None)


def opened_event(sealer: Sealer, event: Event) -> Event:
    """The event with the words it tells to be read."""
    if event.sealed_words is None:
        return event
    words = open_words(sealer, event.business_key, event.sealed_words)
    return replace(event, rejections=words.rejections, reason=words.reason or event.reason, sealed_words=None)


def _parts(plain: bytes) -> tuple[list[list[Any]], str | None]:
    listed, reason = orjson.loads(plain)
    return listed, reason
