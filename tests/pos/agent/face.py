"""The agent's HTTP face over a scripted counter: what the face itself does is to be seen, not what is behind it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import aiohttp

from kopuro_pos.agent.contract import (
    AgentState,
    ClockState,
    Day,
    DayColumn,
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
    ScanKind,
    Scanned,
    Seen,
    StockPush,
    StockTaken,
    TerminalState,
)
from kopuro_pos.agent.counter.changes import Changes
from kopuro_pos.agent.problems import AgentProblem, ProblemCode
from kopuro_pos.agent.texts import Language
from kopuro_pos.agent.web.app import served
from kopuro_pos.agent.web.ports import Paper, Rooms
from kopuro_pos.agent.web.sessions import Sessions
from tests.support.doubles import NOON, SettableClock

TOKEN = "installation-token-of-a-test"  # noqa: S105 - of nobody
TILL = {"Authorization": f"Bearer {TOKEN}"}
PIN = "21205197000011"
SALE_ID = UUID("01990000-0000-7000-8000-000000000001")
PATIENCE = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=10)
TILL_ORIGIN = "https://till.example"

ENALAPRIL = Medicine(
    code="ENA-10-30", inn="enalapril", trade_name="Эналаприл", form="таблетка", strength="10", strength_unit="mg",
    pack_size=30, manufacturer="Ала-Тоо Фарм", country="Кыргызстан", gtin="04600000000015",
)  # fmt: skip

STATE = AgentState(
    version="0",
    terminal=TerminalState(enrolled=True, client="till-1", pharmacy="700001"),
    gateway=GatewayState(origin="https://gateway.example", reachable=True),
    clock=ClockState(offset_seconds=0.0, blocked=False),
    queue=QueueState(waiting=0),
    stock_rows=0,
)


def sale_of(order: SaleOrder, state: SaleState = SaleState.RECORDED) -> Sale:
    return Sale(
        id=SALE_ID, key=order.key, sequence=1, state=state, made_offline=False, at=NOON, on=NOON.date(),
        pharmacist=order.pharmacist, medicine=ENALAPRIL, prescription=SALE_ID, display_number="6254 9874 1294",
        units=30, pack_price=Decimal("450.00"), retail=Decimal("450.00"), compensation=Decimal("180.00"),
        patient=Decimal("270.00"), remaining_units=30, last_day=NOON.date(), receipt_number=order.receipt_number,
        receipt_amount=order.receipt_amount, findings=[],
    )  # fmt: skip


class ScriptedCounter:
    """Answers soundly, or raises what ``refusal`` holds; remembers what it was asked."""

    def __init__(self) -> None:
        self.changes = Changes()
        self.refusal: BaseException | None = None
        self.sold_as = SaleState.RECORDED
        self.asked: list[tuple[str, Any]] = []

    def _take(self, what: str, order: Any) -> None:
        self.asked.append((what, order))
        if self.refusal is not None:
            raise self.refusal

    async def state(self) -> AgentState:
        return STATE

    async def look_up(self, order: LookUp, language: str) -> Found:
        self._take("look_up", (order, language))
        return Found(
            lookup="L1", prescription=SALE_ID, number="625498741294", display_number="6254 9874 1294", state="issued",
            issued_on=NOON.date(), last_day=NOON.date(), medicine=ENALAPRIL, dose="10", dose_unit="mg",
            ordered_units=60, remaining_units=60, offers=[], findings=[],
        )  # fmt: skip

    async def quote(self, order: QuoteOrder, _language: str) -> Quote:
        self._take("quote", order)
        return Quote(
            quote=SALE_ID, lookup=order.lookup, medicine=ENALAPRIL, units=order.units, max_units=60, extra_units=0,
            pack_price=order.pack_price, retail=Decimal("450.00"), compensation=Decimal("180.00"),
            patient=Decimal("270.00"), remaining_units=30, last_day=NOON.date(), expires_at=NOON, hold=None,
            findings=[],
        )  # fmt: skip

    async def release(self, order: Release, _language: str) -> None:
        self._take("release", order)

    async def sell(self, order: SaleOrder, _language: str) -> Sale:
        self._take("sell", order)
        return sale_of(order, self.sold_as)

    async def reverse(self, sale_id: UUID, order: ReversalOrder, _language: str) -> Sale:
        self._take("reverse", (sale_id, order))
        return sale_of(ORDER, self.sold_as)

    async def sale(self, sale_id: UUID) -> Sale:
        self._take("sale", sale_id)
        if sale_id != SALE_ID:
            raise AgentProblem(ProblemCode.SALE_NOT_FOUND)
        return sale_of(ORDER)

    async def sales(self, day: date) -> SalePage:
        self._take("sales", day)
        return SalePage(day=day, items=[])

    async def seen(self, sale_id: UUID, order: Seen) -> Sale:
        self._take("seen", (sale_id, order))
        return sale_of(ORDER, SaleState.REFUSED)

    async def queue(self) -> QueueView:
        self._take("queue", None)
        return QueueView(waiting=[])


class ScriptedRooms:
    """Stock, reference, day's end and papers."""

    def __init__(self) -> None:
        self.papers: list[tuple[Any, ...]] = []

    async def take(self, push: StockPush) -> StockTaken:
        return StockTaken(taken=len(push.rows), unknown=[], at=NOON)

    def search(self, text: str) -> list[Medicine]:
        return [ENALAPRIL] if text.casefold() in ENALAPRIL.trade_name.casefold() else []

    async def day(self, day: date, _language: str) -> Day:
        none = Decimal("0.00")
        column = DayColumn(sales=0, reversals=0, retail=none, compensation=none, patient=none)
        return Day(day=day, agent=column, gateway=column, fund=None, balanced=True, differences=[], checked_at=NOON)

    async def slip(self, sale: Sale, *, kind: str, copy: bool, language: str) -> Paper:
        self.papers.append((sale.id, kind, copy, language))
        return Paper(content=b"<p>slip</p>", media_type="text/html; charset=utf-8", name="slip.html")

    async def export(self, day: date, *, kind: str, language: str) -> Paper:
        self.papers.append((day, kind, language))
        return Paper(content=b"\xef\xbb\xbfa;b", media_type="text/csv; charset=utf-8", name="day.csv")


ORDER = SaleOrder(
    key="till-1-0001", quote=SALE_ID, pharmacist="Асанова А.", receipt_number="17", receipt_amount=Decimal("270.00")
)
ORDER_JSON = json.loads(ORDER.model_dump_json())
REVERSAL_JSON = {"key": "till-1-0002", "reason": "returned", "pharmacist": "Асанова А."}
QUOTE_JSON = {"lookup": "L1", "medicine": "ENA-10-30", "units": 30, "pack_price": "450.00"}
LOOK_UP_JSON = {"pin": PIN, "number": "6254 9874 1294"}


@dataclass
class Face:
    """Where it is, and what is behind it."""

    port: int
    http: aiohttp.ClientSession
    sessions: Sessions
    clock: SettableClock
    counter: ScriptedCounter = field(default_factory=ScriptedCounter)
    rooms: ScriptedRooms = field(default_factory=ScriptedRooms)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def ask(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None
    ) -> aiohttp.ClientResponse:
        """As a till with its token, unless ``headers`` say otherwise."""
        data = {} if body is None else {"json": body}
        return await self.http.request(method, self.url(path), headers=TILL if headers is None else headers, **data)

    async def cookie(self) -> str:
        """What a page that was opened with a code has."""
        entered = await self.ask("POST", "/api/enter", {"code": self.sessions.new_code().code}, headers={})
        assert entered.status == 204
        return entered.headers["Set-Cookie"].partition(";")[0]


@asynccontextmanager
async def open_face(
    *, origins: frozenset[str] = frozenset(), language: Language = Language.RU, port: int = 0
) -> AsyncIterator[Face]:
    clock = SettableClock(datetime.now(UTC))
    sessions = Sessions(TOKEN, clock)
    counter, behind = ScriptedCounter(), ScriptedRooms()
    rooms = Rooms(
        counter=counter,
        scan=lambda text, **_: Scanned(kind=ScanKind.PRESCRIPTION, number=text),
        stock=behind,
        medicines=behind,
        days=behind,
        papers=behind,
    )
    async with (
        served(rooms, sessions, clock=clock, language=language, port=port, origins=origins) as bound,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), timeout=PATIENCE) as http,
    ):
        yield Face(bound, http, sessions, clock, counter, behind)
