"""The book: every change of it is one transaction, and what a change depends on is looked at inside."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from datetime import date, datetime
from functools import partial
from uuid import UUID

import orjson

from kopuro_pos.agent.book import quotes
from kopuro_pos.agent.book.entries import COLUMNS, Draft, Entry, EntryKind, context, entry_of, seal_sale, values_of
from kopuro_pos.agent.book.quotes import KeptQuote
from kopuro_pos.agent.contract import FundState, QueueEntry, QueueState, Sale, SaleState
from kopuro_pos.agent.ports import Sealer
from kopuro_pos.agent.problems import AgentProblem, ProblemCode
from kopuro_pos.agent.storage.store import Store

_CLOCK = "clock-offset"


class Book:
    """Quotes, sales and reversals in the store. What writes raises ``AgentProblem`` DISK_FULL and changes nothing."""

    def __init__(self, store: Store, sealer: Sealer) -> None:
        self._store = store
        self._sealer = sealer

    async def check(self) -> None:
        """Raises ``sealing.CannotOpen`` when the book was sealed with another key."""
        await self._one("TRUE ORDER BY sequence DESC LIMIT 1")

    # ---------------------------------------------------------------------------------------------- reading

    async def entry(self, identifier: UUID) -> Entry | None:
        """A sale or reversal by its id."""
        return await self._one("id = ?", str(identifier))

    async def by_key(self, key: str) -> Entry | None:
        """A sale or reversal by its caller's key."""
        return await self._one("key = ?", key)

    async def next_waiting(self, aside: Collection[UUID] = ()) -> Entry | None:
        """The oldest that waits, but those put aside and what depends on them."""
        passed = orjson.dumps([str(one) for one in aside]).decode()
        return await self._one(
            "state = 'waiting' AND id NOT IN (SELECT value FROM json_each(?1))"
            " AND coalesce(reversal_of, '') NOT IN (SELECT value FROM json_each(?1)) ORDER BY sequence LIMIT 1",
            passed,
        )

    async def unkept(self) -> Sequence[Entry]:
        """Those that wait and whose callers have not been told so, the oldest first."""
        return await self._all("state = 'waiting' AND kept = 0 ORDER BY sequence")

    async def day(self, day: date) -> list[Sale]:
        """Sales and reversals made on a Bishkek day, the latest first."""
        return [entry.sale for entry in await self._all("on_day = ? ORDER BY sequence DESC", day.isoformat())]

    async def queue(self) -> list[QueueEntry]:
        """What waits, the oldest first."""
        rows = await self._store.read(
            lambda db: db.execute(
                "SELECT id AS sale, sequence, kind, made_offline, at, tries, last_problem FROM entries"
                " WHERE state = 'waiting' ORDER BY sequence"
            ).fetchall()
        )
        return [QueueEntry.model_validate(dict(row)) for row in rows]

    async def unseen(self) -> list[Sale]:
        """What was refused after the goods were handed over, and nobody has seen yet, the oldest first."""
        return [entry.sale for entry in await self._all("unseen = 1 ORDER BY sequence")]

    async def counts(self) -> QueueState:
        """How much waits, and how much a person must look at."""
        row = await self._store.read(
            lambda db: db.execute(
                "SELECT count(*) AS waiting, min(at) AS oldest_at,"
                " count(*) FILTER (WHERE made_offline = 1 AND kind = 'dispense') AS under_hold,"
                " (SELECT count(*) FROM entries WHERE unseen = 1) AS refused FROM entries WHERE state = 'waiting'"
            ).fetchone()
        )
        return QueueState.model_validate(dict(row))

    async def fund_open(self, since: date, *, after: int, limit: int) -> Sequence[Entry]:
        """Recorded since a day, of which the fund has not said anything; behind a number, the oldest first."""
        return await self._all(
            "state = 'recorded' AND fund = 'under-way' AND on_day >= ? AND sequence > ? ORDER BY sequence LIMIT ?",
            since.isoformat(),
            after,
            limit,
        )

    async def last_receipt(self) -> str | None:
        """The number of the last receipt."""
        entry = await self._one("kind = 'dispense' ORDER BY sequence DESC LIMIT 1")
        return None if entry is None else entry.sale.receipt_number

    async def hold_used(self, entry: Entry) -> bool:
        """Whether an older sale has used the hold: one that is recorded, or may be."""
        return bool(
            await self._store.read(
                lambda db: db.execute(
                    "SELECT 1 FROM entries WHERE hold = ? AND sequence < ? AND state != 'refused'",
                    (str(entry.hold), entry.sale.sequence),
                ).fetchone()
            )
        )

    async def waits_under(self, holds: Collection[UUID]) -> bool:
        """Whether a sale under one of the holds waits."""
        wanted = orjson.dumps([str(one) for one in holds]).decode()
        condition = "state = 'waiting' AND hold IN (SELECT value FROM json_each(?)) LIMIT 1"
        return await self._one(condition, wanted) is not None

    async def dispense_known(self, dispense: UUID) -> bool:
        """Whether the gateway's dispense is that of a sale or reversal already."""
        return await self._one("dispense = ?", str(dispense)) is not None

    # ---------------------------------------------------------------------------------------------- writing

    async def write(self, draft: Draft) -> Entry:
        """Write a sale or reversal down, or a refused one that is tried again; it gets its number.

        Under a key that is written already it is that entry. Raises QUOTE_GONE when another sale follows the quote,
        SALE_NOT_FOUND, SALE_REFUSED or SALE_REVERSED when there is nothing to take back.
        """
        return await self._store.write(partial(self._write, draft=draft))

    async def mark_sent(self, identifier: UUID) -> bool:
        """Before each try: from now on it may have been recorded. False when it waits no longer."""
        return await self._change("tries = tries + 1, in_doubt = 1", identifier)

    async def mark_not_sent(self, entry: Entry, problem: str) -> None:
        """After a try that surely did nothing; ``entry`` is as it was before."""
        await self._change("in_doubt = ?, last_problem = ?", entry.id, entry.in_doubt, problem)

    async def mark_in_doubt(self, identifier: UUID, problem: str) -> None:
        """After a try of which nobody knows what it did."""
        await self._change("last_problem = ?", identifier, problem)

    async def keep(self, identifier: UUID, *, made_offline: bool) -> None:
        """Its caller is told that it waits."""
        await self._change("kept = 1, made_offline = max(made_offline, ?)", identifier, made_offline)

    async def withdraw(self, sale: Sale, problem: str) -> bool:
        """Refuse it here, since it was surely not sent and must not be; false when it was sent meanwhile.

        ``sale`` has the findings. It is not for a person to see: nothing was handed over.
        """
        return await self._end(sale, problem, "unseen = 0, sealed_order = NULL", "in_doubt = 0")

    async def refused(self, sale: Sale, problem: str, *, unseen: bool) -> None:
        """The gateway refused it; ``sale`` has the findings.

        It is for a person to see when its caller was told that it waits, or with ``unseen``.
        """
        kept = "TRUE" if unseen else "kept"
        erased = f"sealed_order = CASE WHEN {kept} THEN sealed_order END"
        await self._end(sale, problem, f"unseen = {kept}, {erased}", "TRUE")

    async def recorded(self, entry: Entry, sale: Sale) -> None:
        """The gateway has it. ``sale`` is as the gateway answered; nobody needs the order any more."""
        await self._store.write(partial(self._recorded, entry=entry, sale=sale))

    async def fund_told(self, identifier: UUID, fund: FundState | None, record: str | None) -> None:
        """What the fund has said of a recorded sale or reversal."""
        await self._store.write(
            lambda db: db.execute(
                "UPDATE entries SET fund = ?, fund_record = ? WHERE id = ?", (fund, record, str(identifier))
            )
        )

    async def seen(self, identifier: UUID, pharmacist: str, at: datetime) -> None:
        """Somebody has looked at a refusal: nobody needs the order any more."""
        note = orjson.dumps({"pharmacist": pharmacist, "at": at})
        sealed = self._sealer.seal(note, context("seen", identifier))

        def work(db: sqlite3.Connection) -> None:
            mine = (str(identifier),)
            db.execute("DELETE FROM quotes WHERE id IN (SELECT quote FROM entries WHERE id = ? AND unseen = 1)", mine)
            changes = "unseen = 0, sealed_seen = ?, sealed_order = NULL"
            db.execute(f"UPDATE entries SET {changes} WHERE id = ? AND unseen = 1", (sealed, *mine))  # noqa: S608

        await self._store.write(work)

    # ----------------------------------------------------------------------------------------------- quotes

    async def add_quote(self, quote: KeptQuote, forget_before: datetime) -> None:
        """Keep a quote; those made before an instant are forgotten."""

        def work(db: sqlite3.Connection) -> None:
            quotes.drop_quotes_before(db, forget_before)
            quotes.insert_quote(db, quote, self._sealer)

        await self._store.write(work)

    async def quote(self, identifier: UUID) -> KeptQuote | None:
        """A quote by its id."""
        return await self._store.read(partial(quotes.read_quote, identifier=identifier, sealer=self._sealer))

    async def quotes_of(self, lookup: str) -> list[KeptQuote]:
        """The quotes that followed a look-up."""
        return await self._store.read(partial(quotes.read_quotes_of, lookup=lookup, sealer=self._sealer))

    async def drop_quotes(self, lookup: str) -> None:
        """Forget the quotes that followed a look-up."""
        await self._store.write(partial(quotes.drop_quotes_of, lookup=lookup))

    # ------------------------------------------------------------------------------------------------ clock

    async def clock_offset(self) -> float | None:
        """Seconds that this computer's clock was ahead when last measured."""
        row = await self._store.read(
            lambda db: db.execute("SELECT value FROM notes WHERE name = ?", (_CLOCK,)).fetchone()
        )
        return None if row is None else float(row["value"])

    async def note_clock_offset(self, seconds: float) -> None:
        """Remember it over a restart without the gateway."""
        await self._store.write(
            lambda db: db.execute(
                "INSERT INTO notes (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (_CLOCK, repr(seconds)),
            )
        )

    # --------------------------------------------------------------------------------------------- the rows

    async def _one(self, condition: str, *values: object) -> Entry | None:
        found = await self._all(condition, *values)
        return found[0] if found else None

    async def _all(self, condition: str, *values: object) -> list[Entry]:
        return await self._store.read(lambda db: self._select(db, condition, *values))

    def _select(self, db: sqlite3.Connection, condition: str, *values: object) -> list[Entry]:
        rows = db.execute(f"SELECT {COLUMNS} FROM entries WHERE {condition}", values)  # noqa: S608 - our own words
        return [entry_of(row, self._sealer) for row in rows]

    def _write(self, db: sqlite3.Connection, draft: Draft) -> Entry:
        before = next(iter(self._select(db, "key = ?", draft.sale.key)), None)
        if before is not None and before.state is not SaleState.REFUSED:
            return before
        if draft.quote is not None:
            used = "quote = ? AND state != 'refused' LIMIT 1"
            if self._select(db, used, str(draft.quote)):
                raise AgentProblem(ProblemCode.QUOTE_GONE)
        if draft.sale.reversal_of is not None:
            self._check_reversible(db, draft.sale.reversal_of)
        if before is None:
            sequence = db.execute("SELECT coalesce(max(sequence), 0) + 1 FROM entries").fetchone()[0]
        else:
            sequence = before.sale.sequence
        row = values_of(draft, sequence, self._sealer)
        names, places = ", ".join(row), ", ".join(f":{name}" for name in row)
        again = ", ".join(f"{name} = excluded.{name}" for name in row)
        db.execute(
            f"INSERT INTO entries ({names}) VALUES ({places}) ON CONFLICT (id) DO UPDATE SET {again}",  # noqa: S608
            row,
        )
        return self._select(db, "id = ?", str(draft.sale.id))[0]

    def _check_reversible(self, db: sqlite3.Connection, identifier: UUID) -> None:
        original = next(iter(self._select(db, "id = ?", str(identifier))), None)
        if original is None:
            raise AgentProblem(ProblemCode.SALE_NOT_FOUND)
        if original.kind is EntryKind.REVERSAL or original.sale.reversed_by is not None:
            raise AgentProblem(ProblemCode.SALE_REVERSED)
        if original.state is SaleState.REFUSED:
            raise AgentProblem(ProblemCode.SALE_REFUSED)

    async def _change(self, changes: str, identifier: UUID, *values: object, condition: str = "TRUE") -> bool:
        statement = f"UPDATE entries SET {changes} WHERE id = ? AND state = 'waiting' AND {condition}"  # noqa: S608
        return bool(await self._store.write(lambda db: db.execute(statement, (*values, str(identifier))).rowcount))

    async def _end(self, sale: Sale, problem: str, changes: str, condition: str) -> bool:
        return await self._change(
            f"state = 'refused', in_doubt = 0, last_problem = ?, sealed_sale = ?, {changes}",
            sale.id,
            problem,
            seal_sale(self._sealer, sale),
            condition=condition,
        )

    def _recorded(self, db: sqlite3.Connection, entry: Entry, sale: Sale) -> None:
        db.execute(
            "UPDATE entries SET state = 'recorded', in_doubt = 0, last_problem = NULL, dispense = ?, fund = ?,"
            " fund_record = ?, sealed_sale = ?, sealed_order = NULL WHERE id = ? AND state = 'waiting'",
            (
                str(sale.dispense),
                sale.fund,
                sale.fund_record,
                seal_sale(self._sealer, sale),
                str(entry.id),
            ),
        )
        if entry.quote is not None:
            db.execute(
                "DELETE FROM quotes WHERE lookup = (SELECT lookup FROM quotes WHERE id = ?)", (str(entry.quote),)
            )
