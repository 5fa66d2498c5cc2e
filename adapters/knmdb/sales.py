"""Declaring a sale, and finding out what became of one whose answer was lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from adapters.knmdb.errors import SUCCESS, Group, group_of, of_code
from adapters.knmdb.evidence import Evidence, Owner, Shown, first_day, of_sale
from adapters.knmdb.mapping import SALE, sale_body
from adapters.knmdb.track_and_trace import TrackAndTrace, acknowledged, delivered, failed, refused
from adapters.xroad.outcomes import ExchangeFailed
from gateway.operations.model import OutboundMessage, Outcome, Result
from schemas.programme.messages import BoxesSold

_FIRST: Final = 1


async def declare(knmdb: TrackAndTrace, message: OutboundMessage, sale: BoxesSold) -> Result:
    """Declare a sale once. Raises :class:`ExchangeFailed`."""
    envelope = await knmdb.command(knmdb.account(sale.pharmacy), SALE, sale_body(sale))
    code = envelope.result_code
    if code == SUCCESS:
        return acknowledged(envelope, "KNMDB_DECLARED")
    group = group_of(code)
    if group is Group.TAKEN and message.attempt > _FIRST:
        return await _refused_again(knmdb, message, sale, refused(envelope))
    return refused(envelope) if group in (Group.SALE, Group.TAKEN) else failed(of_code(code))


async def ask(knmdb: TrackAndTrace, message: OutboundMessage, sale: BoxesSold) -> Result:
    """Ask for the boxes of a sale. Raises :class:`ExchangeFailed`."""
    evidence = await _look(knmdb, message, sale)
    if evidence is None:
        return Result(outcome=Outcome.CANNOT_ASK, reason="KNMDB_NO_DAY")
    detail = f"declaration {evidence.declaration}" if evidence.declaration else ""
    match evidence.shown, evidence.declaration:
        case Shown.OURS, int(declaration):
            return delivered(declaration, "KNMDB_SALE_FOUND")
        case Shown.ABSENT, _:
            return Result(outcome=Outcome.NOT_FOUND, reason="KNMDB_NOT_SOLD")
        case Shown.PART_SEEN, _:
            return Result(outcome=Outcome.CANNOT_ASK, reason="KNMDB_PART_SALE_SEEN", detail=detail)
        case Shown.PART_UNSEEN, _:
            return Result(outcome=Outcome.CANNOT_ASK, reason="KNMDB_PART_SALE_NOT_SEEN")
    return Result(outcome=Outcome.CONFLICT, reason="KNMDB_SOLD_OTHERWISE")


async def _refused_again(knmdb: TrackAndTrace, message: OutboundMessage, sale: BoxesSold, refusal: Result) -> Result:
    """«Not suitable for sale» after an earlier attempt: that attempt's doing, or somebody else's."""
    try:
        evidence = await _look(knmdb, message, sale)
    except ExchangeFailed as error:
        return failed(replace(error.failure, outcome=Outcome.IN_DOUBT))
    match evidence:
        case Evidence(shown=Shown.OURS, declaration=int(declaration)):
            return delivered(declaration, "KNMDB_SALE_FOUND")
        case Evidence(shown=Shown.ABSENT | Shown.PART_UNSEEN):
            return refusal
    return Result(outcome=Outcome.CONFLICT, reason="KNMDB_SOLD_OTHERWISE", detail=refusal.reason)


async def _look(knmdb: TrackAndTrace, message: OutboundMessage, sale: BoxesSold) -> Evidence | None:
    since = first_day(message.operation_id)
    if since is None:
        return None
    owner = Owner(knmdb.account(sale.pharmacy).stakeholder, since)
    answers = await knmdb.boxes([box.code for box in sale.boxes])
    return of_sale(list(zip(sale.boxes, answers, strict=True)), owner)
