"""An agent that does as a test tells it: the contract's answers, and faults by name."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID, uuid4

import orjson
from aiohttp import web

from kopuro_pos.agent import contract
from kopuro_pos.agent.contract import SaleState
from kopuro_pos.agent.problems import AgentProblem, ProblemCode
from tests.browser.counter import answers, shelf
from tests.browser.counter.shelf import PIN, SHELVES, Prescription

TOKEN: Final = secrets.token_urlsafe(16)


class Fault(StrEnum):
    """What goes wrong."""

    OFFLINE = "offline"
    """The agent does not reach the gateway."""
    SLOW = "slow"
    """Look-up, quote and sale wait until :attr:`StandIn.go_on` is set."""
    LOST_REPLY = "lost-reply"
    """Sales are recorded, but their answers break off. (Once is not enough: the browser itself repeats a request.)"""
    LOST_REQUEST = "lost-request"
    """Sales break off before anything is written."""
    PRICE_REFUSED = "price-refused"
    """Quotes are refused."""
    SALE_REFUSED = "sale-refused"
    """Sales are refused."""
    CLOCK_WRONG = "clock-wrong"
    DISK_FULL = "disk-full"
    FACTOR_REQUIRED = "factor-required"
    """Look-ups want the family name too."""
    UNBALANCED = "unbalanced"
    """At the day's end the three do not agree."""


def number(sequence: int) -> str:
    """A fiscal receipt's."""
    return f"000{412 + sequence}"


@dataclass
class StandIn:
    """The agent's state, which tests read and write."""

    faults: set[Fault] = field(default_factory=set)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    prescriptions: dict[str, Prescription] = field(default_factory=dict)
    sales: list[contract.Sale] = field(default_factory=list)
    queue: list[contract.QueueEntry] = field(default_factory=list)
    refused: list[contract.Sale] = field(default_factory=list)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    """Every request that changes or asks something, with its body."""
    scanned: list[contract.Scanned] = field(default_factory=list)
    """What it made of every code."""
    origins: frozenset[str] = frozenset()
    codes: set[str] = field(default_factory=lambda: {"ABCD-EFGH"})
    suggests: bool = True
    _cookie: str = field(default_factory=secrets.token_hex)
    _found: dict[str, Prescription] = field(default_factory=dict)
    _quotes: dict[UUID, contract.Quote] = field(default_factory=dict)
    _listeners: set[asyncio.Queue[bytes]] = field(default_factory=set)

    def __post_init__(self) -> None:
        today = answers.today()
        expired = tuple(Prescription(uuid4(), shelf.EXPIRED, today - timedelta(days=40), 0, "expired") for _ in "x")
        for one in (
            Prescription(uuid4(), shelf.STANDARD, today - timedelta(days=2)),
            Prescription(uuid4(), shelf.EXPIRING, today - timedelta(days=27)),
            Prescription(uuid4(), shelf.HELD, today - timedelta(days=1), held_by_other=True),
            Prescription(uuid4(), shelf.UNPRICED, today, stocked=False),
            *expired,
        ):
            self.prescriptions[one.number] = one

    def code_of_gtin(self, gtin: str) -> str | None:
        """The medicine in a box."""
        return next((one.medicine.code for one in SHELVES if one.medicine.gtin == gtin), None)

    # ------------------------------------------------------------------------------------------ state and events

    def state(self) -> contract.AgentState:
        """As ``GET /api/state`` tells it."""
        offline = Fault.OFFLINE in self.faults
        wrong = Fault.CLOCK_WRONG in self.faults
        now = datetime.now(UTC)
        return contract.AgentState(
            version="0.1.0",
            terminal=contract.TerminalState(
                enrolled=True, client="till-1", pharmacy="700001", pharmacy_name="Дарыкана «Шыпаа» · ОсОО «Үмүт Фарм»"
            ),
            gateway=contract.GatewayState(
                origin="https://gateway.example",
                reachable=not offline,
                last_answer_at=now,
                offline_since=now - timedelta(minutes=12) if offline else None,
            ),
            clock=contract.ClockState(offset_seconds=-412.0 if wrong else 0.4, blocked=wrong),
            queue=contract.QueueState(
                waiting=len(self.queue),
                oldest_at=self.queue[0].at if self.queue else None,
                refused=len(self.refused),
                under_hold=sum(one.made_offline for one in self.queue),
            ),
            stock_rows=1284,
            stock_at=now,
            disk_full=Fault.DISK_FULL in self.faults,
        )

    def tell(self, kind: str, content: bytes = b"{}") -> None:
        """Send an event to all pages."""
        for listener in self._listeners:
            listener.put_nowait(b"event: %s\ndata: %s\n\n" % (kind.encode(), content))

    def turn(self, *faults: Fault) -> None:
        """From now on these go wrong, and no others; the pages are told."""
        self.faults = set(faults)
        self.tell("state", orjson.dumps(self.state().model_dump(mode="json")))

    def wait_for_gateway(self, count: int) -> None:
        """So many sales wait."""
        now = datetime.now(UTC)
        self.queue = [
            contract.QueueEntry(
                sale=uuid4(),
                sequence=1000 + at,
                kind="reversal" if at % 5 == 3 else "dispense",
                made_offline=at % 4 == 0,
                at=now - timedelta(minutes=count - at),
                tries=1 if at else 9,
                last_problem="GATEWAY_UNREACHABLE" if at == 0 else None,
            )
            for at in range(count)
        ]
        self.tell("queue")

    # ------------------------------------------------------------------------------------------ look-up and quote

    async def look_up(self, order: contract.LookUp, language: str) -> contract.Found:
        """``POST /api/lookup``."""
        await self._held_up()
        if Fault.FACTOR_REQUIRED in self.faults and order.family_name is None:
            raise answers.refusal("LOOKUP_FACTOR_REQUIRED", "Фамилия керек. Нужна фамилия.")
        one = self.prescriptions.get(order.number)
        if order.pin != PIN or one is None:
            raise AgentProblem(ProblemCode.GATEWAY_REFUSED, 404, findings=[shelf.finding("RX_NOT_FOUND", language)])
        lookup = secrets.token_urlsafe(8)
        self._found[lookup] = one
        return answers.found(one, lookup, language)

    async def quote(self, order: contract.QuoteOrder, language: str) -> contract.Quote:
        """``POST /api/quote``."""
        await self._held_up()
        one = self._found.get(order.lookup)
        if one is None:
            raise AgentProblem(ProblemCode.LOOKUP_GONE)
        if one.held_by_other:
            raise AgentProblem(ProblemCode.GATEWAY_REFUSED, 409, findings=[shelf.finding("RX_HELD", language)])
        if Fault.PRICE_REFUSED in self.faults:
            found = [shelf.finding(code, language) for code in ("PRICE_ABOVE_MAX", "PRICE_MAX_UNKNOWN")]
            raise AgentProblem(ProblemCode.GATEWAY_REFUSED, findings=found)
        there = next(each for each in SHELVES if each.medicine.code == order.medicine)
        most = one.remaining_units
        retail, fund, patient = shelf.shares(there, order.pack_price, order.units, most)
        codes = ["UNITS_ABOVE_COURSE"] * (order.units > most) + ["PRICE_MAX_UNKNOWN"] * (one.number == shelf.EXPIRING)
        now = datetime.now(UTC)
        told = contract.Quote(
            quote=uuid4(),
            lookup=order.lookup,
            medicine=there.medicine,
            units=order.units,
            max_units=most,
            extra_units=max(order.units - most, 0),
            pack_price=order.pack_price,
            retail=retail,
            compensation=fund,
            patient=patient,
            remaining_units=max(most - order.units, 0),
            last_day=one.last_day,
            expires_at=now + timedelta(minutes=30),
            hold=contract.HoldState(id=uuid4(), holder="self", since=now, until=now + timedelta(minutes=30)),
            receipt_suggestion=number(len(self.sales)) if self.suggests else None,
            findings=[shelf.finding(code, language) for code in codes],
        )
        self._quotes[told.quote] = told
        return told

    async def _held_up(self) -> None:
        if Fault.SLOW in self.faults:
            await self.go_on.wait()
        if Fault.OFFLINE in self.faults:
            raise AgentProblem(ProblemCode.GATEWAY_UNREACHABLE)
        self._able()

    def _able(self) -> None:
        if Fault.CLOCK_WRONG in self.faults:
            raise AgentProblem(ProblemCode.CLOCK_WRONG)
        if Fault.DISK_FULL in self.faults:
            raise AgentProblem(ProblemCode.DISK_FULL)

    # ------------------------------------------------------------------------------------------ sale and reversal

    async def sell(self, order: contract.SaleOrder, language: str) -> contract.Sale:
        """``POST /api/sales``."""
        self._able()
        if Fault.LOST_REQUEST in self.faults:
            raise ConnectionResetError
        if (before := next((one for one in self.sales if one.key == order.key), None)) is not None:
            same = (before.receipt_number, before.receipt_amount) == (order.receipt_number, order.receipt_amount)
            if not same:
                raise AgentProblem(ProblemCode.KEY_REUSED)
            if Fault.LOST_REPLY in self.faults:
                raise ConnectionResetError
            return before
        quote = self._quotes.get(order.quote)
        if quote is None:
            raise AgentProblem(ProblemCode.QUOTE_GONE)
        if Fault.SALE_REFUSED in self.faults:
            raise AgentProblem(ProblemCode.GATEWAY_REFUSED, 409, findings=[shelf.finding("RX_DISPENSED", language)])
        offline = Fault.OFFLINE in self.faults
        one = self._found[quote.lookup]
        sale = answers.sale(order, quote, one, self._next_sequence(), offline=offline, language=language)
        self.sales.append(sale)
        if Fault.SLOW in self.faults:
            await self.go_on.wait()
        if Fault.LOST_REPLY in self.faults:
            raise ConnectionResetError
        return sale

    def _next_sequence(self) -> int:
        return 1024 + len(self.sales)

    def settle(self) -> None:
        """The fund takes all that the gateway has; the pages are told."""
        self.sales = [
            one.model_copy(update={"fund": contract.FundState.TAKEN, "fund_record": f"КДБ-2026-{one.sequence}"})
            if one.state is SaleState.RECORDED
            else one
            for one in self.sales
        ]
        self.tell("sale")

    def reverse(self, sale: UUID, order: contract.ReversalOrder) -> contract.Sale:
        """``POST /api/sales/{id}/reversal``."""
        self._able()
        at, one = next((at, one) for at, one in enumerate(self.sales) if one.id == sale)
        if one.reversed_by is not None:
            return next(other for other in self.sales if other.id == one.reversed_by)
        back = answers.reversal(one, order, self._next_sequence())
        self.sales[at] = one.model_copy(update={"reversed_by": back.id})
        self.sales.append(back)
        return back

    def day(self, on: date) -> contract.Day:
        """``GET /api/day``."""
        made = [one for one in self.sales if one.on == on]
        if Fault.OFFLINE in self.faults:
            return answers.day_alone(on, made)
        return answers.day(on, made, not_at_fund=made[:1] if Fault.UNBALANCED in self.faults else [])

    # ------------------------------------------------------------------------------------------ the web

    def let_in(self, request: web.Request) -> None:
        """By the page's cookie, with a header on what changes something; elsewhere by the token."""
        if request.headers.get("Authorization") == f"Bearer {TOKEN}":
            return
        marked = request.method == "GET" or request.headers.get("X-Kopuro-Counter") == "1"
        if request.cookies.get("kopuro-pos") != self._cookie or not marked:
            raise AgentProblem(ProblemCode.TOKEN_REQUIRED)

    def enter(self, order: contract.Enter) -> web.Response:
        """``POST /api/enter``: a code counts once."""
        if order.code not in self.codes:
            raise AgentProblem(ProblemCode.CODE_INVALID)
        self.codes.discard(order.code)
        answer = web.Response(status=204)
        answer.set_cookie("kopuro-pos", self._cookie, path="/api", httponly=True, samesite="Strict")
        return answer

    async def events(self, request: web.Request) -> web.StreamResponse:
        """``GET /api/events``."""
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await answer.prepare(request)
        listener: asyncio.Queue[bytes] = asyncio.Queue()
        self._listeners.add(listener)
        try:
            while True:
                await answer.write(await listener.get())
        finally:
            self._listeners.discard(listener)
