"""An agent that does as a test tells it: the contract's answers, and faults by name."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import orjson
from aiohttp import web

from kopuro_pos.agent import contract
from kopuro_pos.agent.contract import SaleState
from kopuro_pos.agent.problems import AgentProblem, ProblemCode
from tests.browser.counter import shelf
from tests.browser.counter.shelf import PIN, SHELVES, Prescription

BISHKEK: Final = ZoneInfo("Asia/Bishkek")
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
        today = self.today()
        expired = tuple(Prescription(uuid4(), shelf.EXPIRED, today - timedelta(days=40), 0, "expired") for _ in "x")
        for one in (
            Prescription(uuid4(), shelf.STANDARD, today - timedelta(days=2)),
            Prescription(uuid4(), shelf.EXPIRING, today - timedelta(days=27)),
            Prescription(uuid4(), shelf.HELD, today - timedelta(days=1), held_by_other=True),
            Prescription(uuid4(), shelf.UNPRICED, today, stocked=False),
            *expired,
        ):
            self.prescriptions[one.number] = one

    @staticmethod
    def today() -> date:
        """In Bishkek."""
        return datetime.now(BISHKEK).date()

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
            raise refusal("LOOKUP_FACTOR_REQUIRED", "Фамилия керек. Нужна фамилия.")
        one = self.prescriptions.get(order.number)
        if order.pin != PIN or one is None:
            raise AgentProblem(ProblemCode.GATEWAY_REFUSED, 404, findings=[shelf.finding("RX_NOT_FOUND", language)])
        lookup = secrets.token_urlsafe(8)
        self._found[lookup] = one
        return self._told(one, lookup, language)

    def _told(self, one: Prescription, lookup: str, language: str) -> contract.Found:
        codes = {shelf.EXPIRING: ["RX_EXPIRES_SOON"], shelf.EXPIRED: ["RX_EXPIRED"]}.get(one.number, [])
        now = datetime.now(UTC)
        hold = contract.HoldState(holder="other", since=now - timedelta(minutes=8), until=now + timedelta(minutes=22))
        return contract.Found(
            lookup=lookup,
            prescription=one.id,
            number=one.number,
            display_number=one.display_number,
            state=one.state,
            issued_on=one.issued_on,
            last_day=one.last_day,
            medicine=shelf.ORDERED,
            dose="10",
            dose_unit="mg",
            directions="Күнүнө 2 маал 1 таблеткадан, тамактан кийин",
            ordered_units=60,
            remaining_units=one.remaining_units,
            hold=hold if one.held_by_other else None,
            offers=[] if one.state == "expired" else [_offer(each, one) for each in SHELVES],
            findings=[shelf.finding(code, language) for code in codes],
        )

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
        sale = self._sale(order, quote, language)
        self.sales.append(sale)
        if Fault.SLOW in self.faults:
            await self.go_on.wait()
        if Fault.LOST_REPLY in self.faults:
            raise ConnectionResetError
        return sale

    def _sale(self, order: contract.SaleOrder, quote: contract.Quote, language: str) -> contract.Sale:
        one = self._found[quote.lookup]
        offline = Fault.OFFLINE in self.faults
        now = datetime.now(UTC)
        differs = order.receipt_amount != quote.patient
        return contract.Sale(
            id=uuid4(),
            key=order.key,
            sequence=1024 + len(self.sales),
            state=SaleState.WAITING if offline else SaleState.RECORDED,
            made_offline=offline,
            at=now,
            on=self.today(),
            pharmacist=order.pharmacist,
            medicine=quote.medicine,
            prescription=one.id,
            display_number=one.display_number,
            units=quote.units,
            pack_price=quote.pack_price,
            retail=quote.retail,
            compensation=quote.compensation,
            patient=quote.patient,
            remaining_units=quote.remaining_units,
            last_day=quote.last_day,
            receipt_number=order.receipt_number,
            receipt_amount=order.receipt_amount,
            dispense=None if offline else uuid4(),
            recorded_at=None if offline else now,
            fund=None if offline else contract.FundState.UNDER_WAY,
            findings=[shelf.finding("RECEIPT_MISMATCH", language)] * differs,
        )

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
        back = one.model_copy(
            update={
                "id": uuid4(),
                "key": order.key,
                "sequence": 1024 + len(self.sales),
                "at": datetime.now(UTC),
                "units": -one.units,
                "retail": -one.retail,
                "compensation": -one.compensation,
                "patient": -one.patient,
                "reversal_of": one.id,
                "reason": order.reason,
                "pharmacist": order.pharmacist,
                "dispense": uuid4(),
                "findings": [],
            }
        )
        self.sales[at] = one.model_copy(update={"reversed_by": back.id})
        self.sales.append(back)
        return back

    def day(self, on: date) -> contract.Day:
        """``GET /api/day``."""
        made = [one for one in self.sales if one.on == on]
        own = _column(made)
        if Fault.OFFLINE in self.faults:
            return contract.Day(
                day=on, agent=own, gateway=None, fund=None, balanced=False, differences=[],
                checked_at=datetime.now(UTC),
            )  # fmt: skip
        differs = Fault.UNBALANCED in self.faults and made != []
        differences = [
            contract.DayDifference(
                sale=made[0].id,
                dispense=made[0].dispense,
                receipt_number=made[0].receipt_number,
                kind="fund-under-way",
                agent=made[0].compensation,
                gateway=made[0].compensation,
                fund=None,
                message="Фонд ещё не подтвердил приём. Сверьте ещё раз позже; делать ничего не нужно.",
            )
        ] * differs
        return contract.Day(
            day=on,
            agent=own,
            gateway=own,
            fund=_column(made[1:]) if differs else own,
            balanced=not differs,
            differences=differences,
            checked_at=datetime.now(UTC),
        )

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


def refusal(code: str, message: str) -> AgentProblem:
    """A refusal of the gateway in a few words."""
    found = contract.Finding(code=code, severity=contract.Severity.ERROR, message=message)
    return AgentProblem(ProblemCode.GATEWAY_REFUSED, findings=[found])


def _offer(each: shelf.Shelf, one: Prescription) -> contract.Offer:
    price = each.pack_price if one.stocked else None
    sums: tuple[Decimal | None, ...] = (None, None, None)
    if price is not None:
        sums = shelf.shares(each, price, one.remaining_units, one.remaining_units)
    return contract.Offer(
        medicine=each.medicine,
        prescribed=each.medicine.code == shelf.ORDERED.code,
        in_stock=price is not None,
        pack_price=price,
        packs=each.packs if one.stocked else None,
        units=one.remaining_units,
        retail=sums[0],
        compensation=sums[1],
        patient=sums[2],
    )


def _column(made: list[contract.Sale]) -> contract.DayColumn:
    nothing = Decimal("0.00")
    return contract.DayColumn(
        sales=sum(one.reversal_of is None for one in made),
        reversals=sum(one.reversal_of is not None for one in made),
        retail=sum((one.retail for one in made), nothing),
        compensation=sum((one.compensation for one in made), nothing),
        patient=sum((one.patient for one in made), nothing),
    )
