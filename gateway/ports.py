"""What the core asks of the outside. Adapters and the composition root fulfil these; the core imports none of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from gateway.operations.model import Event, OutboundMessage, Result


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class Ids(Protocol):
    """Where identifiers come from."""

    def new(self) -> UUID:
        """A new time-ordered identifier (UUID version 7)."""
        ...


class Upstream(Protocol):
    """A system that operations are delivered to. Never raises for what the other side does: that is a ``Result``."""

    @property
    def name(self) -> str:
        """The name in the journal, settings, metrics and messages."""
        ...

    async def deliver(self, message: OutboundMessage) -> Result:
        """Send one operation once. Only a parsed acknowledgement with a record number is ``DELIVERED``."""
        ...

    async def ask(self, message: OutboundMessage) -> Result:
        """Ask by business key whether the operation was executed.

        Answers DELIVERED, REJECTED, NOT_FOUND (safe to send again), CONFLICT, CANNOT_ASK, or IN_DOUBT, NOT_SENT or
        REFUSED when the question itself failed.
        """
        ...

    async def close(self) -> None:
        """Release connections."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDecision:
    """One decision of the fund's expert control. ``amount`` is som with two decimals; ``state`` as in the contract."""

    position: str
    ksf_number: str
    revision: int
    state: str
    reason: str | None
    amount: str | None
    decided_at: datetime


class ReviewSource(Protocol):
    """An upstream that tells expert control's decisions since a cursor."""

    async def review_decisions(self, after: str | None, limit: int) -> Sequence[ReviewDecision] | None:
        """Decisions after the cursor, oldest first; ``None`` when the upstream gave no usable answer."""
        ...


class EventSink(Protocol):
    """A receiver of events (the status callback of a sender's system)."""

    @property
    def name(self) -> str:
        """The name under which its cursor is kept."""
        ...

    async def publish(self, events: Sequence[Event]) -> bool:
        """Hand events over, oldest first; true when all were taken. Receivers recognise repeats by ``position``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An organisation of the register. ``equipped`` is the flag of clause 10; no ``departments`` means not loaded."""

    code: str
    name: str
    region: str
    inn: str | None
    okpo: str | None
    equipped: bool
    equipped_since: date | None
    departments: Mapping[str, str]


class OrganisationRegister(Protocol):
    """The register of health organisations, kept in memory and refreshed from the store."""

    @property
    def version(self) -> int:
        """Another number whenever the content is another."""
        ...

    def find(self, code: str) -> Organisation | None:
        """The organisation with this six-digit code, if known."""
        ...


class Sealer(Protocol):
    """Keeps secrets and personal data unreadable at rest (AES-256-GCM envelopes)."""

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """Encrypt; ``context`` (what it is and whose) is authenticated and must be given again to open it."""
        ...

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """Decrypt; raises ``gateway.sealing.errors.CannotOpen`` when the key is gone or the bytes were changed."""
        ...


class BlindIndex(Protocol):
    """Finds by a value that is not stored: the same value always has the same index, which says nothing of it."""

    def of(self, kind: str, value: str) -> bytes:
        """HMAC-SHA-256 over kind and value, 32 bytes; kinds (``pin``) have nothing in common."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """Who did what to whose data, why, and how it ended. No field holds personal data.

    ``action`` is a word of ``gateway.audit.actions``; ``actor`` a client's id or a person's id in our register;
    ``subject`` the blind index of the ПИН of the person whose data it was; ``target`` an operation's id, a КСФ number
    or a client's id; ``outcome`` is ``success``, ``refused`` or ``failed``, ``code`` the error code of a refusal.
    """

    action: str
    actor: str
    actor_kind: str
    outcome: str = "success"
    organisation: str | None = None
    subject: bytes | None = None
    target: str | None = None
    purpose: str | None = None
    code: str | None = None
    request_id: str | None = None


class AuditTrail(Protocol):
    """The append-only record of who did what."""

    async def record(self, event: AuditEvent) -> None:
        """Write down one event; returns after COMMIT."""
        ...
