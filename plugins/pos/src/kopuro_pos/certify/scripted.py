"""What stands behind the agent's own HTTP face while the kit plays: the world's answers instead of a gateway's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from uuid import UUID

from kopuro_pos import __version__
from kopuro_pos.agent.contract import (
    AgentState,
    ClockState,
    Day,
    Found,
    GatewayState,
    LookUp,
    Medicine,
    QueueState,
    QueueView,
    Quote,
    QuoteOrder,
    Release,
    ReversalOrder,
    Sale,
    SaleOrder,
    SalePage,
    SaleState,
    Scan,
    Scanned,
    Seen,
    StockPush,
    StockTaken,
    TerminalState,
)
from kopuro_pos.agent.counter.changes import Changes, SaleChanged
from kopuro_pos.agent.problems import AgentProblem, ProblemCode
from kopuro_pos.agent.web.ports import Paper, Rooms
from kopuro_pos.certify.faults import Condition
from kopuro_pos.certify.reckoning import day_of
from kopuro_pos.certify.world import World


class Scripted:
    """Fulfils every port of the face, and the clock's, out of one :class:`World`."""

    def __init__(self, world: World, give_up: Callable[[], Awaitable[None]]) -> None:
        """``give_up`` waits as long as the agent waits for a gateway that does not answer a look-up."""
        self.world = world
        self.changes = Changes()
        self._give_up = give_up
        world.changed = self._tell

    def rooms(self) -> Rooms:
        """As the face wants them."""
        return Rooms(counter=self, scan=self.scan, stock=self, medicines=self, days=self, papers=self)

    def now(self) -> datetime:
        """The world's time."""
        return self.world.now()

    async def state(self) -> AgentState:
        """An enrolled terminal; line, clock and queue as the world has them."""
        away = Condition.GATEWAY_AWAY in self.world.conditions
        wrong = Condition.CLOCK_WRONG in self.world.conditions
        return AgentState(
            version=__version__,
            terminal=TerminalState(enrolled=True, client="till-1", pharmacy="700001", pharmacy_name="Дарыкана № 1"),
            gateway=GatewayState(origin="https://gateway.example", reachable=not away),
            clock=ClockState(offset_seconds=900.0 if wrong else 0.0, blocked=wrong),
            queue=self._queue(),
            stock_rows=len(self.world.shelf),
        )

    def scan(self, text: str, *, caps_lock: bool = False) -> Scanned:
        """What a scanner typed."""
        return self.world.scan(Scan(text=text, caps_lock=caps_lock))

    async def look_up(self, order: LookUp, language: str) -> Found:
        """The one prescription; without a line the agent gives up after a while."""
        try:
            return self.world.look_up(order, language)
        except AgentProblem as problem:
            if problem.code is ProblemCode.GATEWAY_UNREACHABLE:
                await self._give_up()
            raise

    async def quote(self, order: QuoteOrder, language: str) -> Quote:
        """The sums."""
        return self.world.quote(order, language)

    async def release(self, order: Release, _language: str) -> None:
        """Nothing is left of the hold."""
        if order.lookup not in self.world.lookups:
            raise AgentProblem(ProblemCode.LOOKUP_GONE)

    async def sell(self, order: SaleOrder, language: str) -> Sale:
        """Written once for a key."""
        return self.world.sell(order, language)

    async def reverse(self, sale_id: UUID, order: ReversalOrder, _language: str) -> Sale:
        """The whole sale taken back."""
        return self.world.reverse(sale_id, order)

    async def sale(self, sale_id: UUID) -> Sale:
        """By its id."""
        return self.world.sale(sale_id)

    async def sales(self, day: date) -> SalePage:
        """Those of a day."""
        return self.world.sales_of(day)

    async def seen(self, sale_id: UUID, _order: Seen) -> Sale:
        """Somebody has looked at it."""
        return self.world.mark_seen(sale_id)

    async def queue(self) -> QueueView:
        """What waits, and what was refused."""
        return self.world.queue()

    async def take(self, push: StockPush) -> StockTaken:
        """Stock is taken, and changes nothing: the shelf is the scenario's."""
        return StockTaken(taken=len(push.rows), unknown=[], at=self.world.now())

    def search(self, text: str) -> list[Medicine]:
        """Trade names that hold the text."""
        rows = (row.medicine for row in self.world.shelf.values())
        return [medicine for medicine in rows if text.casefold() in medicine.trade_name.casefold()]

    async def day(self, day: date, language: str) -> Day:
        """The day's end."""
        return day_of(self.world, day, language)

    async def slip(self, sale: Sale, *, kind: str, copy: bool, language: str) -> Paper:
        """A page in place of the agent's slip: what is on it is the agent's own affair."""
        text = f"{sale.medicine.trade_name} {sale.patient} {language} {kind} {copy}"
        return Paper(content=text.encode(), media_type="text/plain; charset=utf-8", name="slip.txt")

    async def export(self, day: date, *, kind: str, language: str) -> Paper:
        """As the slip."""
        return Paper(
            content=f"{day} {kind} {language}".encode(), media_type="text/plain; charset=utf-8", name="day.txt"
        )

    def _queue(self) -> QueueState:
        sales = self.world.sales.values()
        return QueueState(
            waiting=sum(sale.state is SaleState.WAITING for sale in sales),
            refused=len(self.world.unseen()),
            under_hold=sum(sale.state is SaleState.WAITING and sale.made_offline for sale in sales),
        )

    def _tell(self, sale: Sale) -> None:
        self.changes.tell("sale", SaleChanged(id=sale.id, sequence=sale.sequence, state=sale.state))
        self.changes.tell("queue", self._queue())


async def wait_for(event: asyncio.Event, seconds: float) -> None:
    """Until the event, so many seconds at most."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
