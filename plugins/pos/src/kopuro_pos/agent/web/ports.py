"""What the HTTP face asks of the agent behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol
from uuid import UUID

from aiohttp import web

from kopuro_pos.agent.contract import (
    AgentState,
    Day,
    Found,
    LookUp,
    Medicine,
    QueueView,
    Quote,
    QuoteOrder,
    Release,
    ReversalOrder,
    Sale,
    SaleOrder,
    SalePage,
    Scanned,
    Seen,
    StockPush,
    StockTaken,
)
from kopuro_pos.agent.counter.changes import Changes


class CounterPort(Protocol):
    """:class:`kopuro_pos.agent.counter.selling.Counter`. Everything may raise ``AgentProblem``."""

    @property
    def changes(self) -> Changes:
        """What happens, for the event stream."""
        ...

    async def state(self) -> AgentState:
        """How everything stands."""
        ...

    async def look_up(self, order: LookUp, language: str) -> Found:
        """Find a prescription and what can be sold on it."""
        ...

    async def quote(self, order: QuoteOrder, language: str) -> Quote:
        """What it would cost."""
        ...

    async def release(self, order: Release, language: str) -> None:
        """Give the prescription free."""
        ...

    async def sell(self, order: SaleOrder, language: str) -> Sale:
        """Write a sale down and have it recorded."""
        ...

    async def reverse(self, sale_id: UUID, order: ReversalOrder, language: str) -> Sale:
        """Take a sale back."""
        ...

    async def sale(self, sale_id: UUID) -> Sale:
        """One sale or reversal."""
        ...

    async def sales(self, day: date) -> SalePage:
        """Those of a Bishkek day."""
        ...

    async def seen(self, sale_id: UUID, order: Seen) -> Sale:
        """Somebody has looked at a refused sale."""
        ...

    async def queue(self) -> QueueView:
        """What waits."""
        ...


class StockPort(Protocol):
    """The till's stock."""

    async def take(self, push: StockPush) -> StockTaken:
        """Take it in."""
        ...


class MedicinesPort(Protocol):
    """The reference of medicines as last fetched."""

    def search(self, text: str) -> list[Medicine]:
        """The first rows whose names hold the text."""
        ...


class DayPort(Protocol):
    """The day's end."""

    async def day(self, day: date, language: str) -> Day:
        """Agent, gateway and fund side by side."""
        ...


class Reader(Protocol):
    """Reads what a scanner typed (:func:`kopuro_pos.agent.scanners.scanning.read_scan`)."""

    def __call__(self, text: str, *, caps_lock: bool = False) -> Scanned:
        """What it was; ``caps_lock`` says that it was on."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document: its bytes, media type, and the name it is saved under."""

    content: bytes
    media_type: str
    name: str


class PaperPort(Protocol):
    """Slips and exports. Drawing takes milliseconds to seconds and happens in a thread."""

    async def slip(self, sale: Sale, *, kind: str, copy: bool, language: str) -> Paper:
        """The slip of a sale as ``html`` or ``pdf``; a reprint is marked so."""
        ...

    async def export(self, day: date, *, kind: str, language: str) -> Paper:
        """The sales of a day as ``csv`` or ``xlsx``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """Everything behind the face. Before the terminal is enrolled the counter refuses what needs the gateway."""

    counter: CounterPort
    scan: Reader
    """Reads what a scanner typed."""
    stock: StockPort
    medicines: MedicinesPort
    days: DayPort
    papers: PaperPort


ROOMS: Final = web.AppKey("rooms", Rooms)
