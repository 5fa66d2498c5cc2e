"""Holds: who keeps a prescription for itself, and giving that up (clause 34).

A hold is taken by a quote and has its id. It ends by the clock, with the holder's next dispense, or by being released.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from gateway.audit.actions import Action
from gateway.programme.common import Caller
from gateway.programme.dispensing.ledger import Ledger
from gateway.programme.dispensing.model import Surroundings
from gateway.programme.dispensing.quote_records import QuoteRow, forget_hold, read_quotes
from gateway.rules.findings import Refused
from schemas.errors import ErrorCode

Organisations = Collection[str] | None
"""Codes of organisations; ``None`` for all of them."""


@dataclass(frozen=True, slots=True)
class Released:
    """A hold that is held no more."""

    hold: UUID
    prescription: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class _Release:
    hold: UUID
    within: Organisations
    caller: Caller
    at: datetime


class Holds:
    """Releases holds."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings

    async def release(self, hold: UUID, *, within: Organisations, caller: Caller) -> Released:
        """Give a hold of one of the organisations ``within`` up. Doing it again changes nothing.

        Raises ``Refused`` (HOLD_NOT_FOUND), for others' holds too.
        """
        release = _Release(hold, within, caller, self._around.clock.now())
        answer: Released | Refused = await self._around.store.submit(self._release_batch, release)
        if isinstance(answer, Refused):
            raise answer
        return answer

    def _release_batch(self, connection: Connection, releases: Sequence[_Release]) -> Sequence[Released | Refused]:
        """Batch function: one answer each."""
        known = read_quotes(connection, {one.hold for one in releases})
        known = {hold: quote for hold, quote in known.items() if quote.sale.took_hold}
        ledger = Ledger.locked(connection, {quote.prescription for quote in known.values()}, with_years=False)
        answers = [self._release(connection, ledger, known.get(one.hold), one) for one in releases]
        ledger.write()
        return answers

    def _release(
        self, connection: Connection, ledger: Ledger, quote: QuoteRow | None, release: _Release
    ) -> Released | Refused:
        if quote is None or (release.within is not None and quote.pharmacy not in release.within):
            return Refused.because(ErrorCode.HOLD_NOT_FOUND, "path:hold_id")
        row = ledger.prescription(quote.prescription)
        if not quote.sale.released:
            forget_hold(connection, quote)
            event = release.caller.event(
                Action.HOLD_RELEASED, pharmacy=quote.pharmacy, subject=row.patient, target=str(quote.id)
            )
            self._around.append_audit(connection, [event])
        if row.hold == quote.id:
            ledger.free(row)
        return Released(quote.id, row.id, release.at)
