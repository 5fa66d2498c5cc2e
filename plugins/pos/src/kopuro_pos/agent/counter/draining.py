"""The queue: one at a time, what is older first, until the gateway has said of each what became of it.

Everything is sent from here, also a sale whose caller waits. What is sent is marked before; a mark that no answer has
taken away means that it may have been recorded, so that the gateway is asked before it is sent again.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final
from uuid import UUID

from kopuro_pos import client
from kopuro_pos.agent.book import Book, Entry, EntryKind
from kopuro_pos.agent.contract import Finding, Sale, SaleState
from kopuro_pos.agent.counter.delivering import Delivery, recorded_sale
from kopuro_pos.agent.counter.line import Line
from kopuro_pos.agent.counter.refusing import Fate, fate_of, problem_of, refusal_findings, said_by_gateway
from kopuro_pos.agent.day.days import bishkek_day
from kopuro_pos.agent.ports import CounterSettings
from kopuro_pos.agent.problems import AgentProblem, ProblemCode, finding_of

_LOG: Final = logging.getLogger(__name__)

_FIRST_BACKOFF_SECONDS: Final = 0.5
_ASIDE_SECONDS: Final = 60.0
_FUND_BATCH: Final = 50
_FUND_FOR: Final = timedelta(days=31)

Told = asyncio.Future[AgentProblem | None]
"""For a caller who waits: the problem, or nothing when the book says how it went."""


class Drain:
    """``moved`` is called with every sale or reversal that stands elsewhere than before."""

    def __init__(self, book: Book, line: Line, settings: CounterSettings, moved: Callable[[Sale], None]) -> None:
        self._book = book
        self._line = line
        self._settings = settings
        self._moved = moved
        self._delivery = Delivery(book, line)
        self._wake = asyncio.Event()
        self._waiters: dict[UUID, set[Told]] = {}
        self._promised: set[UUID] = set()
        self._aside: dict[UUID, float] = {}
        self._fund_cursor = 0
        self._task: asyncio.Task[None] | None = None
        self._again: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """Begin to send what waits. Whose callers went away with the last agent, they may think that it waits."""
        self._promised = {entry.id for entry in await self._book.unkept()}
        self._begin()

    async def stop(self) -> None:
        """Stop at once: what is being sent is in doubt, and those who wait are told that it waits."""
        if self._again is not None:
            self._again.cancel()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for identifier in tuple(self._waiters):
            self._tell(identifier, None)

    def wake(self) -> None:
        """Something was written, or the line is back."""
        self._wake.set()

    @contextmanager
    def attend(self, identifier: UUID) -> Iterator[Told]:
        """Wait for what becomes of a sale or reversal; to be entered before it is written."""
        told: Told = asyncio.get_running_loop().create_future()
        self._waiters.setdefault(identifier, set()).add(told)
        try:
            yield told
        finally:
            waiters = self._waiters[identifier]
            waiters.discard(told)
            if not waiters:
                del self._waiters[identifier]

    async def settled(self, identifier: UUID, told: Told) -> None:
        """Have it sent in its turn and wait for the answer, at most as long as may be; raises ``AgentProblem``.

        Afterwards it is recorded, or refused, or its caller is told that it waits.
        """
        self._wake.set()
        await asyncio.wait({told}, timeout=self._settings.commit_seconds)
        if not told.done():
            await self._give_up_one(identifier)
        if (problem := told.result()) is not None:
            raise problem

    # ------------------------------------------------------------------------------------------------- the loop

    def _begin(self) -> None:
        self._task = asyncio.create_task(self._run())
        self._task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Nothing but its cancelling is meant to end the loop. What was being sent stays marked, so it is asked for."""
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOG.error("the queue stands still: %s", type(error).__name__)
            loop = asyncio.get_running_loop()
            self._again = loop.call_later(self._settings.longest_backoff_seconds, self._begin)

    async def _run(self) -> None:
        failures = 0
        while True:
            self._wake.clear()
            try:
                pause = await self._step()
            except AgentProblem as problem:
                # The disk is full: what cannot be written down is known by the mark, or by the promise.
                _LOG.warning("the queue stands still: %s", problem.code)
                for identifier in self._waiters:
                    self._promise(identifier)
                pause = 0.0
            if pause is None:
                failures = 0
            else:
                failures += 1
                await asyncio.sleep(min(pause, self._settings.longest_backoff_seconds))
                await self._woken(self._backoff(failures))

    async def _step(self) -> float | None:
        """Send the next. ``None``: go on; else rest, at least so many seconds."""
        now = asyncio.get_running_loop().time()
        self._aside = {one: until for one, until in self._aside.items() if until > now}
        entry = await self._book.next_waiting(self._aside) if self._line.connected else None
        if entry is None:
            return await self._idle()
        original = None
        if entry.sale.reversal_of is not None:
            original = await self._book.entry(entry.sale.reversal_of)
            assert original is not None
            if original.state is SaleState.REFUSED:
                await self._withdraw(entry, AgentProblem(ProblemCode.SALE_REFUSED))
                return None
        return await self._deliver(entry, original)

    async def _deliver(self, entry: Entry, original: Entry | None) -> float | None:
        view = None
        if entry.in_doubt:
            try:
                view = await self._delivery.ask(entry, original)
            except client.CallFailed as error:
                if not isinstance(error, client.Refused) or fate_of(error) not in {Fate.REFUSED, Fate.ASIDE}:
                    return await self._in_doubt(entry, error)
                # It may not ask; then the key alone keeps it from being recorded twice.
        if view is None:
            if not await self._book.mark_sent(entry.id):
                return None
            try:
                view = await self._delivery.send(entry, original)
            except client.CallFailed as error:
                return await self._failed(entry, error)
        await self._book.recorded(entry, recorded_sale(entry.sale, view))
        await self._tell_moved(entry.id)
        self._tell(entry.id, None)
        return None

    # ---------------------------------------------------------------------------------------------- what went wrong

    async def _failed(self, entry: Entry, error: client.CallFailed) -> float | None:
        if isinstance(error, client.InDoubt):
            return await self._in_doubt(entry, error)
        fate = fate_of(error) if isinstance(error, client.Refused) else Fate.LATER
        if fate is Fate.IN_DOUBT:
            return await self._in_doubt(entry, error)
        if fate is Fate.ASIDE and entry.kept:
            await self._book.mark_not_sent(entry, _name(error))
            self._aside[entry.id] = asyncio.get_running_loop().time() + _ASIDE_SECONDS
            return None
        if fate in {Fate.REFUSED, Fate.ASIDE} and isinstance(error, client.Refused):
            await self._refused(entry, error)
            return None
        await self._book.mark_not_sent(entry, _name(error))
        await self._give_up_all(error)
        return _named_wait(error)

    async def _in_doubt(self, entry: Entry, error: client.CallFailed) -> float:
        await self._book.mark_in_doubt(entry.id, _name(error))
        await self._keep(entry.id, made_offline=False)
        await self._give_up_all(error)
        return _named_wait(error)

    async def _refused(self, entry: Entry, error: client.Refused) -> None:
        """Before its caller was told anything the goods are still here, else a person must look."""
        sale = entry.sale.model_copy(update={"findings": refusal_findings(error, entry.language)})
        promised = entry.id in self._promised or entry.id not in self._waiters
        await self._book.refused(sale, _name(error), unseen=promised)
        await self._tell_moved(entry.id)
        self._tell(entry.id, problem_of(error, entry.language))

    async def _give_up_one(self, identifier: UUID) -> None:
        try:
            entry = await self._book.entry(identifier)
            if entry is not None and entry.state is SaleState.WAITING:
                await self._give_up(entry, None)
        except AgentProblem:
            self._promise(identifier)
        self._tell(identifier, None)

    def _promise(self, identifier: UUID) -> None:
        """Its caller is told that it waits, which cannot be written down."""
        self._promised.add(identifier)
        self._tell(identifier, None)

    async def _give_up_all(self, error: client.CallFailed) -> None:
        """Nobody is let wait for a line that is down."""
        for entry in await self._book.unkept():
            await self._give_up(entry, error)
        for identifier in tuple(self._waiters):
            asked_again = await self._book.entry(identifier)
            if asked_again is not None and asked_again.kept:
                self._tell(identifier, None)

    async def _give_up(self, entry: Entry, error: client.CallFailed | None) -> None:
        """Its caller cannot be told what the gateway says: keep it, or withdraw what was surely not sent."""
        if entry.in_doubt or entry.kept or entry.id in self._promised:
            await self._keep(entry.id, made_offline=False)
            return
        problem = await self._obstacle(entry, error)
        if problem is None:
            await self._keep(entry.id, made_offline=True)
        elif not await self._withdraw(entry, problem):
            await self._keep(entry.id, made_offline=False)

    async def _obstacle(self, entry: Entry, error: client.CallFailed | None) -> AgentProblem | None:
        """Why it must not be kept for later: only reversals are, and sales under a hold that stands."""
        if entry.kind is EntryKind.REVERSAL:
            return None
        if isinstance(error, client.Refused) and fate_of(error) is Fate.SIGNED_OUT:
            return problem_of(error, entry.language)
        if entry.hold is None or entry.hold_since is None or await self._book.hold_used(entry):
            said = None if error is None else said_by_gateway(error)
            if said is not None:
                return problem_of(said, entry.language)
            return AgentProblem(ProblemCode.OFFLINE_WITHOUT_HOLD)
        if entry.sale.at - entry.hold_since > self._settings.hold_for or entry.sale.on > entry.sale.last_day:
            return AgentProblem(ProblemCode.HOLD_TOO_OLD)
        return None

    async def _keep(self, identifier: UUID, *, made_offline: bool) -> None:
        await self._book.keep(identifier, made_offline=made_offline)
        await self._tell_moved(identifier)
        self._tell(identifier, None)

    async def _withdraw(self, entry: Entry, problem: AgentProblem) -> bool:
        findings: list[Finding] = [*problem.findings] or [finding_of(problem.code, entry.language)]
        sale = entry.sale.model_copy(update={"findings": findings})
        if not await self._book.withdraw(sale, findings[0].code):
            return False
        await self._tell_moved(entry.id)
        self._tell(entry.id, problem)
        return True

    # ------------------------------------------------------------------------------------------ when nothing waits

    async def _idle(self) -> float | None:
        """Wait for something to send; meanwhile look for the line and the clock, or ask what the fund has said."""
        if not self._line.connected:
            await self._woken(None)
            return None
        answers = self._line.reachable and not self._line.blocked
        seconds = self._settings.fund_poll_seconds if answers else 0.0
        if self._aside:
            seconds = min(seconds, max(0.0, min(self._aside.values()) - asyncio.get_running_loop().time()))
        if await self._woken(seconds) or self._aside:
            return None
        try:
            await (self._ask_fund() if answers else self._delivery.ping())
        except client.CallFailed as error:
            return _named_wait(error)
        return 0.0 if self._line.blocked else None

    async def _ask_fund(self) -> None:
        since = bishkek_day(self._line.now()) - _FUND_FOR
        entries = await self._book.fund_open(since, after=self._fund_cursor, limit=_FUND_BATCH)
        self._fund_cursor = entries[-1].sale.sequence if len(entries) == _FUND_BATCH else 0
        for entry in entries:
            fund, record = await self._delivery.fund_of(entry)
            if fund is not entry.sale.fund:
                await self._book.fund_told(entry.id, fund, record)
                await self._tell_moved(entry.id)

    async def _woken(self, seconds: float | None) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return False
        return True

    def _backoff(self, failures: int) -> float:
        longest = min(self._settings.longest_backoff_seconds, _FIRST_BACKOFF_SECONDS * 2.0 ** min(failures - 1, 16))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - so that not all tills come back at once

    # ------------------------------------------------------------------------------------------------- telling

    async def _tell_moved(self, identifier: UUID) -> None:
        entry = await self._book.entry(identifier)
        if entry is not None:
            if entry.state is not SaleState.WAITING:
                self._promised.discard(identifier)
            self._moved(entry.sale)

    def _tell(self, identifier: UUID, problem: AgentProblem | None) -> None:
        for told in self._waiters.get(identifier, ()):
            if not told.done():
                told.set_result(problem)


def _name(error: client.CallFailed) -> str:
    said = said_by_gateway(error)
    return ProblemCode.GATEWAY_UNREACHABLE if said is None else str(said.code)


def _named_wait(error: client.CallFailed) -> float:
    return error.retry_after or 0.0 if isinstance(error, client.Refused) else 0.0
