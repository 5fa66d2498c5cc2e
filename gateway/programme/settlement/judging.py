"""Decisions of the fund's control on single lines (clauses 23, 46, 47)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from uuid import UUID

from sqlalchemy import Connection

from gateway.audit.actions import Action
from gateway.programme.settlement.ports import Requester, Surroundings
from gateway.programme.settlement.records import Entry
from gateway.programme.settlement.standings import LockedLine, add_entry, locked_line
from gateway.rules.days import bishkek_day
from gateway.rules.findings import Finding, Refused
from gateway.rules.money import to_tyiyn
from gateway.rules.settlement.judging import check_clawback, check_not_compensable, check_recovery
from gateway.rules.settlement.model import EntryKind, Standing
from schemas.errors import ErrorCode
from schemas.settlement.requests import ClawBack, Document, Recover
from schemas.settlement.terms import Liable, Source

Check = Callable[[Standing, Decimal, str | None, date | None, date], tuple[Finding, ...]]
"""What the rules have against taking a sum back: of a line, by an inspection act's number and day, today."""


class Judging:
    """Writes decisions down as entries; a repeated one is answered as it was made, and made once."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings

    async def mark_not_compensable(self, dispense: UUID, source: Source, requester: Requester) -> Entry:
        """The medicine is not the prescribed one (clause 46): the line is worth nothing.

        Raises ``Refused``: LINE_NOT_FOUND; LINE_STATE once the act is drawn, then it is clawed back.
        """
        work = partial(self._mark, dispense=dispense, source=source, requester=requester)
        return await self._around.store.write(work)

    async def claw_back(self, order: ClawBack, requester: Requester) -> Entry:
        """Take compensation back by inspection act (clause 47), as a line of the pharmacy's next act.

        Raises ``Refused``: LINE_NOT_FOUND, LINE_STATE, INSPECTION_ACT_REQUIRED, CLAWBACK_TOO_LARGE.
        """
        work = partial(
            self._take_back,
            kind=EntryKind.CLAWBACK,
            order=order,
            check=check_clawback,
            liable=(),
            requester=requester,
        )
        return await self._around.store.write(work)

    async def recover(self, order: Recover, requester: Requester) -> Entry:
        """Have the prescriber or the organisation make good (clause 23); no pharmacy's act is touched by it.

        Raises ``Refused``: LINE_NOT_FOUND, LINE_STATE, INSPECTION_ACT_REQUIRED, RECOVERY_TOO_LARGE.
        """
        work = partial(
            self._take_back,
            kind=EntryKind.PRESCRIBER_RECOVERY,
            order=order,
            check=check_recovery,
            liable=sorted(set(order.liable)),
            requester=requester,
        )
        return await self._around.store.write(work)

    def _mark(self, connection: Connection, dispense: UUID, source: Source, requester: Requester) -> Entry:
        line = locked_line(connection, dispense, requester, "path:line_id")
        for entry in line.entries:
            if entry.kind is EntryKind.NOT_COMPENSABLE and entry.source is source:
                return entry
        if findings := check_not_compensable(line.standing):
            raise Refused(findings)
        entry = add_entry(
            connection,
            self._around,
            requester,
            line,
            EntryKind.NOT_COMPENSABLE,
            -line.standing.worth,
            source=source,
        )
        self._tell(connection, requester, line)
        return entry

    def _take_back(
        self,
        connection: Connection,
        kind: EntryKind,
        order: ClawBack | Recover,
        check: Check,
        liable: Sequence[Liable],
        requester: Requester,
    ) -> Entry:
        line = locked_line(connection, order.dispense, requester, "$.dispense")
        document = order.inspection_act
        earlier = _earlier(line, kind, document)
        if earlier is not None:
            if earlier.amount != -to_tyiyn(order.amount):
                raise Refused.because(ErrorCode.LINE_STATE, "$.inspection_act", why="inspection-act-used")
            return earlier
        number, day = (None, None) if document is None else (document.number, document.on)
        if findings := check(line.standing, order.amount, number, day, bishkek_day(self._around.clock.now())):
            raise Refused(findings)
        entry = add_entry(
            connection, self._around, requester, line, kind, -order.amount, liable=liable, document=document
        )
        self._tell(connection, requester, line)
        return entry

    def _tell(self, connection: Connection, requester: Requester, line: LockedLine) -> None:
        event = requester.event(Action.LINE_JUDGED, pharmacy=line.pharmacy, target=line.dispense)
        self._around.audit(connection, (event,))


def _earlier(line: LockedLine, kind: EntryKind, document: Document | None) -> Entry | None:
    """What the same inspection act has done to the line already: it can do so once."""
    if document is None:
        return None
    return next(
        (
            entry
            for entry in line.entries
            if entry.kind is kind and (entry.document_number, entry.document_date) == (document.number, document.on)
        ),
        None,
    )
