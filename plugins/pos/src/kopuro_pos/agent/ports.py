"""What the counter asks of the outside. The typed client, the till's stock and the reference fulfil these.

Everything here may be called from the event loop: what is not ``async`` answers from memory.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from kopuro_pos import client
from kopuro_pos.agent.contract import Medicine


class Clock(Protocol):
    """Where the time comes from: this computer's, right or wrong."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class Ids(Protocol):
    """Where identifiers come from."""

    def new(self) -> UUID:
        """A new time-ordered identifier (UUID version 7)."""
        ...


class Sealer(Protocol):
    """Keeps personal data unreadable on the disk (AES-256-GCM)."""

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """Encrypt; ``context`` (what it is and whose) is authenticated and must be given again to open it."""
        ...

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """Decrypt; raises ``kopuro_pos.agent.storage.sealing.CannotOpen`` for another key, context or changed bytes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfPrice:
    """What a pack costs on this pharmacy's shelf, in som. ``packs`` is how many lie there, if the till says so."""

    medicine: str
    pack_price: Decimal
    packs: int | None = None


class StockPort(Protocol):
    """The till's stock, by the reference's codes."""

    @property
    def rows(self) -> int:
        """How many rows of it are known to the reference."""
        ...

    @property
    def at(self) -> datetime | None:
        """When the till last told, UTC; ``None`` before the first time."""
        ...

    def prices(self, codes: Collection[str] | None = None) -> Sequence[ShelfPrice]:
        """What lies on the shelf of these medicines, or of all: one row for each price of a medicine."""
        ...


class ReferencePort(Protocol):
    """The reference of medicines («Маалымдама») as last fetched."""

    def brief(self, code: str, on: date) -> Medicine | None:
        """The row of this code on a Bishkek day, with its GTIN; ``None`` when it is unknown here."""
        ...

    def code_of_gtin(self, gtin: str) -> str | None:
        """The medicine that a box with this GTIN holds."""
        ...


class GatewayPort(Protocol):
    """What the counter uses of :class:`kopuro_pos.client.PharmacyClient`, which says what each may raise."""

    @property
    def clock(self) -> client.ClockOffset | None:
        """How far our clock is ahead, measured at the last answer."""
        ...

    async def look_up(self, order: client.LookUp, *, language: str | None = None) -> client.FoundPrescription:
        """Find a prescription and what can be sold on it."""
        ...

    async def quote(self, order: client.QuoteRequest, *, language: str | None = None) -> client.QuoteView:
        """Have the sums of a sale worked out, and the prescription held."""
        ...

    async def release(self, hold_id: UUID, *, language: str | None = None) -> client.ReleasedHold:
        """Give a held prescription free."""
        ...

    async def dispense(
        self, order: client.DispenseOrder, *, key: str, language: str | None = None
    ) -> client.DispenseView:
        """Record a sale."""
        ...

    async def reverse(
        self, dispense_id: UUID, order: client.ReversalOrder, *, key: str, language: str | None = None
    ) -> client.DispenseView:
        """Take a sale back."""
        ...

    async def get_dispense(self, dispense_id: UUID, *, language: str | None = None) -> client.DispenseView:
        """A dispense of this pharmacy as it stands now."""
        ...

    def dispenses(
        self,
        *,
        pharmacy: str,
        first: date | None = None,
        last: date | None = None,
        receipt: str | None = None,
        language: str | None = None,
    ) -> AsyncIterator[client.DispenseView]:
        """This pharmacy's dispenses by the Bishkek day of the sale."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Who this terminal is: at which gateway, its client id there, and its pharmacy (six digits)."""

    origin: str
    """The gateway's."""
    client: str
    pharmacy: str
    pharmacy_name: str | None = None
    key_changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterSettings:
    """What may be set. Waits are in seconds of the event loop's clock."""

    lookup_seconds: float = 2.0
    """Look-up and quote give up."""
    commit_seconds: float = 10.0
    """A sale or reversal is answered by then, recorded or waiting."""
    longest_backoff_seconds: float = 30.0
    lookup_for: timedelta = timedelta(hours=1)
    """How long a look-up is remembered."""
    hold_for: timedelta = timedelta(hours=72)
    """How long after a hold was taken its sale may be made without the gateway (clause 43, sales under a hold)."""
    largest_clock_offset: timedelta = timedelta(seconds=300)
    fund_poll_seconds: float = 60.0
    """How often recorded sales are asked for the fund's answer."""
