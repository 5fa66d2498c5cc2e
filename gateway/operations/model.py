"""The words of the journal: states, outcomes, submissions and records."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from uuid import UUID

from gateway.rules.findings import Finding


class State(IntEnum):
    """Where an operation stands. A request is RECEIVED only in memory: what is not committed is not acknowledged."""

    QUEUED = 1
    """Durably accepted, waiting for its turn."""
    SENDING = 2
    """Claimed and written down as under way, before the first byte leaves."""
    IN_DOUBT = 3
    """It may or may not have been executed upstream; the upstream is asked by business key."""
    PARKED = 4
    """Waits for a person."""
    DELIVERED = 5
    """Acknowledged by the upstream with its record number."""
    REJECTED = 6
    """Refused by the upstream with coded reasons."""
    CANCELLED = 7
    """Ended by a person, with a reason, without delivery."""

    @property
    def is_final(self) -> bool:
        """Whether nothing more happens by itself or is owed."""
        return self >= State.DELIVERED


class Channel(StrEnum):
    """How a case came in."""

    SYSTEM = "system"
    """From Sanarip Clinic («Система»)."""
    DIRECT_ENTRY = "direct-entry"
    """Entered by an organisation without technical means (order on Sanarip Clinic, clause 10)."""


class OperationKind(StrEnum):
    """What an operation does."""

    SUBMIT_TREATED_CASE = "treated-case.submit"
    SUBMIT_PRESCRIPTION = "prescription.submit"
    CANCEL_PRESCRIPTION = "prescription.cancel"
    SUBMIT_DISPENSE = "dispense.submit"
    REVERSE_DISPENSE = "dispense.reverse"
    DECLARE_SALE = "sale.declare"
    """Boxes sold, for the national medicines database."""
    CANCEL_SALE = "sale.cancel"


class Step(StrEnum):
    """What one attempt did."""

    SEND = "send"
    ASK = "ask"
    """Asked the upstream by business key whether it has it."""


class Outcome(StrEnum):
    """How one attempt ended, in the words the core decides by."""

    DELIVERED = "delivered"
    """A parsed acknowledgement with the upstream's record number."""
    REJECTED = "rejected"
    """A parsed business refusal with coded reasons."""
    NOT_SENT = "not-sent"
    """Certainly not executed, and it may work later: connection refused, upstream in maintenance."""
    REFUSED = "refused"
    """Certainly not executed, and sending it unchanged is useless: access denied, unknown service."""
    IN_DOUBT = "in-doubt"
    """It may have been executed."""
    NOT_FOUND = "not-found"
    """Asked by business key: the upstream does not have it."""
    CONFLICT = "conflict"
    """The upstream has another record under our business key."""
    CANNOT_ASK = "cannot-ask"
    """The upstream can neither be asked nor does it recognise repeats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The outcome of one attempt, as an adapter reports it.

    ``reason`` is a short stable code (``READ_TIMEOUT``, ``FUND_DUPLICATE``, an X-Road code); ``detail`` is for
    operators and holds no personal data. ``record_number`` is the upstream's own and present exactly when delivered.
    ``unavailable`` tells the breaker that the upstream or the way to it failed. ``retry_after`` is in seconds.
    """

    outcome: Outcome
    reason: str
    detail: str = ""
    record_number: str | None = None
    review_state: str | None = None
    rejections: tuple[Rejection, ...] = ()
    message_id: str | None = None
    retry_after: float | None = None
    unavailable: bool = False

    def __post_init__(self) -> None:
        if (self.outcome is Outcome.DELIVERED) != bool(self.record_number):
            raise ValueError("exactly a delivered result carries the upstream's record number")


@dataclass(frozen=True, slots=True)
class Rejection:
    """One coded reason of an upstream's business refusal."""

    code: str
    message: str
    path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSubmission:
    """A checked treated case on its way into the journal.

    ``payload`` is the canonical JSON of the case without its КСФ number; ``fingerprint`` its SHA-256. The journal keeps
    the first sealed and the second keyed, as it does ``stay_key``. ``subject`` is the blind index of the patient's ПИН.
    ``stay_key`` names the stay (organisation, patient, admission, discharge). ``ksf_number`` is the sender's own, if
    any; else one is allocated. ``correction_of`` is the number of the case this submission corrects (``PUT``).
    """

    client: str
    idempotency_key: str
    channel: Channel
    organisation: str
    department: str
    discharge_year: int
    ksf_number: str | None
    correction_of: str | None
    stay_key: bytes
    fingerprint: bytes
    payload: bytes
    pilot: bool
    findings: tuple[Finding, ...]
    traceparent: str | None = None
    subject: bytes | None = None
    actor_kind: str = "machine"
    request_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRecord:
    """One operation as the journal has it. Instants are UTC.

    Rows give the upstream's words sealed (``sealed_words``), and no ``rejections`` until the journal has opened them.
    """

    id: UUID
    kind: OperationKind
    upstream: str
    state: State
    client: str
    channel: Channel
    idempotency_key: str | None
    business_key: str
    revision: int
    organisation: str
    pilot: bool
    findings: tuple[Finding, ...]
    accepted_at: datetime
    updated_at: datetime
    due_at: datetime
    attempts: int
    outcome: Outcome | None
    reason: str | None
    record_number: str | None
    rejections: tuple[Rejection, ...]
    sealed_words: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRecord:
    """One attempt of an operation. ``message_id`` is the identifier the upstream saw."""

    number: int
    step: Step
    started_at: datetime
    finished_at: datetime | None
    message_id: str | None
    outcome: Outcome | None
    reason: str | None
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRecord:
    """A treated case as the journal has it: its newest revision and what the fund said of it."""

    ksf_number: str
    organisation: str
    revision: int
    payload: bytes
    operation: OperationRecord
    delivered_revision: int | None
    record_number: str | None
    review_state: str | None
    review_reason: str | None
    review_amount: str | None
    sealed_words: bytes | None = field(default=None, repr=False)
    """The review's reason until the journal has opened it."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The answer to a submission; ``repeated`` when the journal had it already."""

    operation: OperationRecord
    repeated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundMessage:
    """What the dispatcher hands to an adapter: one claimed operation. ``operation_id`` is the stable operation key.

    ``payload`` is sealed until the lane opens it for the adapter.
    """

    operation_id: UUID
    kind: OperationKind
    business_key: str
    revision: int
    organisation: str
    channel: Channel
    pilot: bool
    payload: bytes
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationFilter:
    """What ``GET /v1/operations`` may ask for; ``after`` is the last id of the page before."""

    business_key: str | None = None
    states: tuple[State, ...] = ()
    organisation: str | None = None
    accepted_from: datetime | None = None
    accepted_before: datetime | None = None
    after: UUID | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One change worth telling a sender: its cursor position, what changed, and how it stands now."""

    position: int
    type: str
    at: datetime
    operation_id: UUID | None
    organisation: str
    business_key: str
    revision: int
    state: State | None
    record_number: str | None
    rejections: tuple[Rejection, ...]
    review_state: str | None = None
    reason: str | None = None
    amount: str | None = None
    upstream: str | None = None
    """Where its operation is delivered to; none for what an upstream told by itself."""
    sealed_words: bytes | None = field(default=None, repr=False)
    """Rejections, or a review's reason, until they are opened for a reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamStatus:
    """How an upstream stands: for health, operators and metrics. ``breaker`` is closed, open or half-open."""

    name: str
    paused: bool
    pause_reason: str | None
    breaker: str
    open_operations: int
    in_doubt: int
    parked: int
    oldest_due_at: datetime | None
    last_success_at: datetime | None
