"""The counter: looking up, quoting, selling and taking back. What was said to be written outlives everything."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from datetime import date, datetime
from uuid import UUID

from kopuro_pos import __version__, client
from kopuro_pos.agent.book import Book, Draft, Entry, EntryKind
from kopuro_pos.agent.contract import (
    AgentState,
    Found,
    LookUp,
    QueueView,
    Quote,
    QuoteOrder,
    Release,
    Retry,
    ReversalOrder,
    Sale,
    SaleOrder,
    SalePage,
    SaleState,
    Seen,
)
from kopuro_pos.agent.counter.changes import Changes, SaleChanged
from kopuro_pos.agent.counter.draining import Drain
from kopuro_pos.agent.counter.line import Line
from kopuro_pos.agent.counter.lookups import LookUps
from kopuro_pos.agent.counter.quoting import Quoting
from kopuro_pos.agent.counter.refusing import invalid_body
from kopuro_pos.agent.day.days import bishkek_day
from kopuro_pos.agent.ports import Clock, CounterSettings, GatewayPort, Ids, ReferencePort, Sealer, StockPort, Terminal
from kopuro_pos.agent.problems import AgentProblem, ProblemCode
from kopuro_pos.agent.storage.store import Store


class Counter:
    """One terminal's counter. Messages are those of ``contract``; every refusal is an ``AgentProblem``.

    Until :meth:`connect` it is not enrolled: nothing is looked up or sold, but what was written can be seen. It opens
    and closes ``store``. ``changes`` tells what happens, for the event stream.
    """

    def __init__(
        self,
        *,
        store: Store,
        sealer: Sealer,
        clock: Clock,
        ids: Ids,
        stock: StockPort,
        reference: ReferencePort,
        settings: CounterSettings | None = None,
    ) -> None:
        settings = settings or CounterSettings()
        self.changes = Changes()
        self._store = store
        self._ids = ids
        self._stock = stock
        self._moved = asyncio.Event()
        self._line = Line(clock, settings, self._line_moved)
        self._book = Book(store, sealer)
        self._lookups = LookUps(self._line, stock, reference, settings)
        self._quoting = Quoting(self._line, self._book, self._lookups, reference, settings)
        self._drain = Drain(self._book, self._line, settings, self._sale_moved)
        self._teller: asyncio.Task[None] | None = None
        self._stopping = False

    async def start(self) -> None:
        """Open the store and begin to drain what waits.

        Raises ``store.AlreadyRunning``, ``schema.DatabaseTooNew`` or ``sealing.CannotOpen``.
        """
        try:
            await self._store.open()
            await self._book.check()
            self._line.remember(await self._book.clock_offset())
        except BaseException:  # it is raised again: a store that was opened must not stay locked
            await self._store.close()
            raise
        self._teller = asyncio.create_task(self._tell_state())
        await self._drain.start()

    async def stop(self) -> None:
        """Stop sending and close the store. What waits, waits on the disk."""
        self._stopping = True
        await self._drain.stop()
        if self._teller is not None:
            self._teller.cancel()
            with suppress(asyncio.CancelledError):
                await self._teller
        self.changes.close()
        await self._store.close()

    def connect(self, gateway: GatewayPort, terminal: Terminal) -> None:
        """Work with this gateway as this terminal: at the start, after an enrolment, after a change of the key."""
        self._line.connect(gateway, terminal)
        self._drain.wake()

    async def state(self) -> AgentState:
        """How everything stands."""
        return AgentState(
            version=__version__,
            terminal=self._line.terminal_state(),
            gateway=self._line.gateway_state(),
            clock=self._line.clock_state(),
            queue=await self._book.counts(),
            stock_rows=self._stock.rows,
            stock_at=self._stock.at,
            disk_full=self._store.disk_full,
        )

    async def look_up(self, order: LookUp, language: str) -> Found:
        """Find a prescription and its offers within two seconds, or say that the gateway does not answer."""
        return await self._lookups.look_up(order, language)

    async def quote(self, order: QuoteOrder, language: str) -> Quote:
        """Have the sums worked out; with a hold the sale may be made later without the gateway."""
        return await self._quoting.quote(order, language)

    async def release(self, order: Release, language: str) -> None:
        """Give the prescription free; quotes under its hold are gone."""
        await self._quoting.release(order.lookup, language)

    async def sell(self, order: SaleOrder, language: str) -> Sale:
        """Write a sale down, then have it recorded; RECORDED, or WAITING under a hold or in doubt.

        The same key and order give the same sale; a sale that was refused while its caller waited is tried again.
        """
        terminal = self._ready()
        self._line.check_clock()
        before = await self._book.by_key(order.key)
        fingerprint = _fingerprint("dispense", order.model_dump_json())
        if before is not None and (again := _again(before, fingerprint)) is not None:
            return await self._settled(again)
        quote = await self._book.quote(order.quote)
        if quote is None:
            raise AgentProblem(ProblemCode.QUOTE_GONE)
        at = self._line.now().replace(microsecond=0)
        if at < quote.made_at - self._line.tolerance:
            raise AgentProblem(ProblemCode.CLOCK_WRONG)
        with invalid_body():
            draft = Draft(
                kind=EntryKind.DISPENSE,
                fingerprint=fingerprint,
                sent_key=_sent_key(terminal, order.key),
                language=language,
                sale=quote.sold(order, self._ids.new() if before is None else before.id, at),
                order=quote.dispense_order(order, at).model_dump_json().encode(),
                quote=quote.id,
                hold=quote.hold,
            )
        return await self._written(draft)

    async def reverse(self, sale_id: UUID, order: ReversalOrder, language: str) -> Sale:
        """Take a whole sale back; WAITING behind its sale, or while the gateway cannot be reached."""
        terminal = self._ready()
        before = await self._book.by_key(order.key)
        fingerprint = _fingerprint("reversal", str(sale_id), order.model_dump_json())
        if before is not None and (again := _again(before, fingerprint)) is not None:
            return await self._settled(again)
        original = await self._found(sale_id)
        at = self._line.now().replace(microsecond=0)
        with invalid_body():
            reversal = client.ReversalOrder(reason=client.ReversalReason(order.reason), note=order.note)
        draft = Draft(
            kind=EntryKind.REVERSAL,
            fingerprint=fingerprint,
            sent_key=_sent_key(terminal, order.key),
            language=language,
            sale=_reversal(original.sale, order, self._ids.new() if before is None else before.id, at),
            order=reversal.model_dump_json().encode(),
        )
        return await self._written(draft)

    async def sale(self, sale_id: UUID) -> Sale:
        """A sale or reversal as it stands; raises SALE_NOT_FOUND."""
        return (await self._found(sale_id)).sale

    async def sales(self, day: date) -> SalePage:
        """The sales and reversals made on a Bishkek day, the latest first."""
        return SalePage(day=day, items=await self._book.day(day))

    async def queue(self) -> QueueView:
        """What waits, in order, and the refusals that a person must look at."""
        return QueueView(waiting=await self._book.queue(), refused=await self._book.unseen())

    async def seen(self, sale_id: UUID, order: Seen) -> Sale:
        """Somebody has looked at a refusal. Raises SALE_OPEN while it waits; of others it changes nothing."""
        entry = await self._found(sale_id)
        if entry.state is SaleState.WAITING:
            raise AgentProblem(ProblemCode.SALE_OPEN)
        await self._book.seen(sale_id, order.pharmacist, self._line.now())
        self._moved.set()
        return entry.sale

    def _ready(self) -> Terminal:
        if self._stopping:
            raise AgentProblem(ProblemCode.STOPPING)
        return self._line.terminal

    async def _found(self, sale_id: UUID) -> Entry:
        entry = await self._book.entry(sale_id)
        if entry is None:
            raise AgentProblem(ProblemCode.SALE_NOT_FOUND)
        return entry

    async def _written(self, draft: Draft) -> Sale:
        """Write it down, then wait for what becomes of it."""
        with self._drain.attend(draft.sale.id) as told:
            entry = await self._book.write(draft)
            if entry.id == draft.sale.id:
                self._sale_moved(entry.sale)
                await self._drain.settled(entry.id, told)
                return await self._answer(entry.id)
        # Under this key another call has just written.
        if entry.fingerprint != draft.fingerprint:
            raise AgentProblem(ProblemCode.KEY_REUSED)
        return await self._settled(entry)

    async def _settled(self, entry: Entry) -> Sale:
        """What becomes of what is written already."""
        with self._drain.attend(entry.id) as told:
            if (await self._found(entry.id)).state is SaleState.WAITING:
                await self._drain.settled(entry.id, told)
        return await self._answer(entry.id)

    async def _answer(self, sale_id: UUID) -> Sale:
        """Recorded or waiting; a refusal that came meanwhile is a problem."""
        entry = await self._found(sale_id)
        if entry.state is SaleState.REFUSED:
            raise _refusal(entry)
        return entry.sale

    # ------------------------------------------------------------------------------------------------- telling

    def _sale_moved(self, sale: Sale) -> None:
        self.changes.tell("sale", SaleChanged(id=sale.id, sequence=sale.sequence, state=sale.state))
        self._moved.set()

    def _line_moved(self) -> None:
        self._moved.set()
        self._drain.wake()

    async def _tell_state(self) -> None:
        """Tell how everything stands when it has changed, and remember the clock over a restart."""
        noted = self._line.offset
        while True:
            await self._moved.wait()
            self._moved.clear()
            state = await self.state()
            self.changes.tell("queue", state.queue)
            self.changes.tell("state", state)
            if (offset := self._line.offset) is not None and offset != noted:
                with suppress(AgentProblem):  # the disk is full: it is measured again
                    await self._book.note_clock_offset(offset.total_seconds())
                noted = offset


def _again(before: Entry, fingerprint: bytes) -> Entry | None:
    """The entry that the same order has made before; ``None`` for one to be tried again. Raises KEY_REUSED."""
    if before.fingerprint != fingerprint:
        raise AgentProblem(ProblemCode.KEY_REUSED)
    refused_at_once = before.state is SaleState.REFUSED and not before.kept
    return None if refused_at_once else before


def _fingerprint(*parts: str) -> bytes:
    return hashlib.sha256("\n".join(parts).encode()).digest()


def _sent_key(terminal: Terminal, key: str) -> str:
    """The caller's keys of two terminals may be the same; the gateway's must not."""
    return f"{terminal.client}.{hashlib.sha256(key.encode()).hexdigest()}"


def _refusal(entry: Entry) -> AgentProblem:
    """What was refused before, told again."""
    code, findings = entry.last_problem or "", entry.sale.findings
    if code in ProblemCode.__members__:
        return AgentProblem(ProblemCode(code), findings=findings)
    known = client.CATALOGUE.get(client.ErrorCode(code)) if code in client.ErrorCode.__members__ else None
    status, retry = (None, None) if known is None else (known.status, Retry(known.retry))
    return AgentProblem(ProblemCode.GATEWAY_REFUSED, status, retry, findings=findings)


def _reversal(sale: Sale, order: ReversalOrder, identifier: UUID, at: datetime) -> Sale:
    """The exact negative of a sale, before it has a number."""
    return sale.model_copy(
        update={
            "id": identifier,
            "key": order.key,
            "state": SaleState.WAITING,
            "made_offline": False,
            "at": at,
            "on": bishkek_day(at),
            "pharmacist": order.pharmacist,
            "units": -sale.units,
            "retail": -sale.retail,
            "compensation": -sale.compensation,
            "patient": -sale.patient,
            "remaining_units": None,
            "reversal_of": sale.id,
            "reversed_by": None,
            "reason": order.reason,
            "dispense": None,
            "recorded_at": None,
            "fund": None,
            "fund_record": None,
            "findings": [],
        }
    )
