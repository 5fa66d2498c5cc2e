"""Cancelling a declared sale as a whole. It is looked for first: the message names the boxes, KNMDB the declaration."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from adapters.knmdb.errors import ALREADY_CANCELLED, SUCCESS, Group, group_of, of_code
from adapters.knmdb.evidence import Cancellation, CancellationEvidence, Owner, first_day, of_cancellation
from adapters.knmdb.mapping import CANCELLATION, cancellation_body
from adapters.knmdb.track_and_trace import TrackAndTrace, acknowledged, delivered, failed, refused
from adapters.xroad.outcomes import ExchangeFailed
from gateway.operations.model import OutboundMessage, Outcome, Rejection, Result
from schemas.programme.messages import BoxesReturned

_UNCLEAR: Final = Result(outcome=Outcome.CONFLICT, reason="KNMDB_SALE_UNCLEAR")
_STANDS: Final = Result(outcome=Outcome.NOT_FOUND, reason="KNMDB_SALE_STANDS")


async def cancel(knmdb: TrackAndTrace, message: OutboundMessage, returned: BoxesReturned) -> Result:
    """Cancel a sale once. Raises :class:`ExchangeFailed`."""
    try:
        evidence = await _look(knmdb, message, returned)
    except ExchangeFailed as error:
        return failed(replace(error.failure, outcome=_as_not_sent(error.failure.outcome)))
    if evidence is None or evidence.shown is not Cancellation.STANDING or evidence.declaration is None:
        return _without_sending(evidence)
    account = knmdb.account(returned.pharmacy)
    envelope = await knmdb.command(account, CANCELLATION, cancellation_body(evidence.declaration))
    code = envelope.result_code
    if code == SUCCESS:
        return acknowledged(envelope, "KNMDB_CANCELLED")
    if code == ALREADY_CANCELLED:
        return _without_sending(await _look(knmdb, message, returned))
    return refused(envelope) if group_of(code) in (Group.SALE, Group.TAKEN) else failed(of_code(code))


async def ask(knmdb: TrackAndTrace, message: OutboundMessage, returned: BoxesReturned) -> Result:
    """Ask for the boxes of a sale that was to be cancelled. Raises :class:`ExchangeFailed`.

    While it stands it may be cancelled again: the number names this one declaration and no other.
    """
    evidence = await _look(knmdb, message, returned)
    if evidence is not None and evidence.shown is Cancellation.STANDING:
        return _STANDS
    return _without_sending(evidence)


def _as_not_sent(outcome: Outcome) -> Outcome:
    """The question failed, so the cancellation has not left; only what is useless to repeat stays so."""
    return outcome if outcome is Outcome.REFUSED else Outcome.NOT_SENT


def _without_sending(evidence: CancellationEvidence | None) -> Result:
    match evidence:
        case None:
            return Result(outcome=Outcome.CANNOT_ASK, reason="KNMDB_NO_DAY")
        case CancellationEvidence(shown=Cancellation.CANCELLED, declaration=int(declaration)):
            return delivered(declaration, "KNMDB_CANCELLATION_FOUND")
        case CancellationEvidence(shown=Cancellation.NO_SALE):
            nothing = Rejection("KNMDB_NO_SALE", "KNMDB has no sale of these boxes by this organisation")
            return Result(outcome=Outcome.REJECTED, reason=nothing.code, rejections=(nothing,))
    return _UNCLEAR


async def _look(knmdb: TrackAndTrace, message: OutboundMessage, returned: BoxesReturned) -> CancellationEvidence | None:
    sold_since, cancelled_since = first_day(returned.dispense), first_day(message.operation_id)
    if sold_since is None or cancelled_since is None:
        return None
    stakeholder = knmdb.account(returned.pharmacy).stakeholder
    answers = await knmdb.boxes(returned.boxes)
    return of_cancellation(answers, Owner(stakeholder, sold_since), Owner(stakeholder, cancelled_since))
