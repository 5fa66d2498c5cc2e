"""What the agent says and understands on 127.0.0.1: plain HTTP and flat JSON, so that any till can call it.

Sums are som as strings with two digits, doses and tablets as the gateway gives them, days are Bishkek calendar days,
instants are UTC. What the gateway does not know of is refused. The descriptions in ``docs/pos-agent.md`` and the page's
types are checked against these models.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints


def _with_two_digits(sum_: Decimal) -> Decimal:
    return sum_.quantize(_TYIYN)


_TYIYN = Decimal("0.01")
_AS_TEXT = PlainSerializer(str, return_type=str)

Som = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2), AfterValidator(_with_two_digits), _AS_TEXT]
"""Money in som, a JSON string with two digits."""
SignedSom = Annotated[Decimal, Field(max_digits=12, decimal_places=2), AfterValidator(_with_two_digits), _AS_TEXT]
"""Money in som; negative on a reversal."""
Key = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{8,255}$")]
"""Made by the caller before its first try; the same key always means the same sale or reversal."""
Text = Annotated[str, StringConstraints(min_length=1, max_length=255, strip_whitespace=True)]


class Flat(BaseModel):
    """A message of this contract: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# ------------------------------------------------------------------------------------------------ findings, problems


class Severity(StrEnum):
    """How much a finding weighs: it stops the sale, it warns, or it tells."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Finding(Flat):
    """What the gateway or the agent found: as the gateway's own findings, in the caller's language."""

    code: str
    severity: Severity
    path: str | None = None
    clause: str | None = None
    message: str
    action: str | None = None


class Retry(StrEnum):
    """What trying again is worth (the gateway's error catalogue)."""

    NEVER = "never"
    AFTER_CORRECTION = "after-correction"
    SAME_KEY_LATER = "same-key-later"
    NOT_NEEDED = "not-needed"


class Problem(Flat):
    """A refusal (RFC 9457, ``application/problem+json``)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    retry: Retry
    findings: list[Finding]


# ------------------------------------------------------------------------------------------------------------- state


class TerminalState(Flat):
    """Who this terminal is to the gateway."""

    enrolled: bool
    client: str | None = None
    pharmacy: str | None = None
    """Code of the pharmacy (6 digits)."""
    pharmacy_name: str | None = None
    key_changed_at: datetime | None = None
    must_enrol_again: bool = False
    """The gateway does not know the key any more: the queue is kept until the operator gives a new code."""


class GatewayState(Flat):
    """How the gateway was when last asked."""

    origin: str | None
    reachable: bool | None
    """``None`` before the first try."""
    last_answer_at: datetime | None = None
    offline_since: datetime | None = None


class ClockState(Flat):
    """This computer's clock beside the gateway's (positive: ours is ahead). Above 300 seconds nothing is sold."""

    offset_seconds: float | None
    blocked: bool


class QueueState(Flat):
    """What is written down and not answered yet."""

    waiting: int
    oldest_at: datetime | None = None
    refused: int = 0
    """Sales and reversals that the gateway refused after the goods were handed over: a person must look."""
    under_hold: int = 0
    """Sales made offline under a hold (shown in red)."""


class AgentState(Flat):
    """``GET /api/state``, and the event ``state``."""

    version: str
    terminal: TerminalState
    gateway: GatewayState
    clock: ClockState
    queue: QueueState
    stock_rows: int
    stock_at: datetime | None = None
    disk_full: bool = False


# ---------------------------------------------------------------------------------------------------------- entering


class Enter(Flat):
    """``POST /api/enter``: the counter page shows the code it was opened with, and gets a cookie."""

    code: str


# ---------------------------------------------------------------------------------------------------------- scanning


class Scan(Flat):
    """``POST /api/scan``: what a scanner typed, under whatever keyboard layout."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=512)]
    caps_lock: bool = False
    """Whether the keyboard's CapsLock was on, where the page can tell."""


class ScanKind(StrEnum):
    """What was scanned."""

    PRESCRIPTION = "prescription"
    BOX = "box"
    PIN = "pin"
    UNKNOWN = "unknown"


class Scanned(Flat):
    """What it was. Of a box: its GTIN and serial number, the code as the gateway wants it, and the medicine."""

    kind: ScanKind
    number: str | None = None
    """12 digits of a prescription whose check digit is right."""
    code: str | None = None
    gtin: str | None = None
    serial: str | None = None
    medicine: str | None = None
    """Code of the medicine in the reference; ``None`` when it has no such GTIN."""


# ------------------------------------------------------------------------------------------------------ look-up, quote


class LookUp(Flat):
    """``POST /api/lookup``. The ПИН stays in the agent: everything after is by the id of the look-up."""

    pin: Annotated[str, StringConstraints(pattern=r"^\d{14}$")]
    number: Annotated[str, StringConstraints(max_length=32)]
    family_name: Annotated[str, StringConstraints(max_length=128)] | None = None


class Medicine(Flat):
    """A row of the reference («Маалымдама»)."""

    code: str
    inn: str
    trade_name: str
    form: str
    strength: str
    strength_unit: str
    pack_size: int
    manufacturer: str
    country: str
    gtin: str | None = None


class HoldState(Flat):
    """Who holds the prescription: never the other's name."""

    id: UUID | None = None
    holder: Literal["self", "other"]
    since: datetime
    until: datetime


class Offer(Flat):
    """One trade name of the generic group at one price (clause 36); sums are for ``units`` tablets."""

    medicine: Medicine
    prescribed: bool
    in_stock: bool
    pack_price: Som | None
    packs: int | None = None
    """How many packs the till says there are."""
    units: int | None
    retail: Som | None
    compensation: Som | None
    patient: Som | None


class Found(Flat):
    """A prescription as the counter sees it: no name, no ПИН, no diagnosis."""

    lookup: str
    """Names this look-up in what follows; good until the agent stops or an hour has passed."""
    prescription: UUID
    number: str
    display_number: str
    state: str
    issued_on: date
    last_day: date
    medicine: Medicine
    """What the doctor ordered."""
    dose: str
    dose_unit: str
    directions: str | None = None
    ordered_units: int
    remaining_units: int
    hold: HoldState | None = None
    offers: list[Offer]
    findings: list[Finding]


class QuoteOrder(Flat):
    """``POST /api/quote``: what it would cost. With ``hold`` the prescription is kept for this pharmacy meanwhile."""

    lookup: str
    medicine: str
    units: Annotated[int, Field(ge=1)]
    """Tablets, not packs."""
    pack_price: Som
    shelf_price: Som | None = None
    boxes: list[str] = []
    """DataMatrix codes of the boxes, as scanned."""
    hold: bool = True


class Quote(Flat):
    """An answer that holds: reference and rules are remembered under its id."""

    quote: UUID
    lookup: str
    medicine: Medicine
    units: int
    max_units: int
    extra_units: int
    pack_price: Som
    retail: Som
    compensation: Som
    patient: Som
    remaining_units: int
    """After this sale."""
    last_day: date
    expires_at: datetime
    hold: HoldState | None
    receipt_suggestion: str | None = None
    """The next number of the fiscal receipt, when the last one ended in digits."""
    findings: list[Finding]


class Release(Flat):
    """``POST /api/release``: give the prescription free again."""

    lookup: str


# ------------------------------------------------------------------------------------------------------ sale, reversal


class SaleOrder(Flat):
    """``POST /api/sales``: the goods and the receipt are handed over."""

    key: Key
    quote: UUID
    pharmacist: Annotated[str, StringConstraints(min_length=1, max_length=128, strip_whitespace=True)]
    receipt_number: Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True)]
    receipt_amount: Som


class SaleState(StrEnum):
    """Where a sale or reversal is."""

    WAITING = "waiting"
    """Written down here; the gateway has not answered yet."""
    RECORDED = "recorded"
    """The gateway has it."""
    REFUSED = "refused"
    """The gateway refused it; see ``findings``."""


class FundState(StrEnum):
    """What the fund has said, as the gateway knows it."""

    UNDER_WAY = "under-way"
    TAKEN = "taken"
    REFUSED = "refused"


class Sale(Flat):
    """A sale or, with ``reversal_of``, its reversal (sums and units negative)."""

    id: UUID
    key: str
    sequence: int
    """This terminal's own number, without gaps."""
    state: SaleState
    made_offline: bool
    """Made under a hold while the gateway could not be reached."""
    at: datetime
    on: date
    pharmacist: str
    medicine: Medicine
    prescription: UUID
    display_number: str
    units: int
    pack_price: Som
    retail: SignedSom
    compensation: SignedSom
    patient: SignedSom
    remaining_units: int | None
    last_day: date
    receipt_number: str
    receipt_amount: Som
    reversal_of: UUID | None = None
    reversed_by: UUID | None = None
    reason: str | None = None
    dispense: UUID | None = None
    """The gateway's id."""
    recorded_at: datetime | None = None
    fund: FundState | None = None
    fund_record: str | None = None
    """The fund's record number."""
    findings: list[Finding]


class ReversalReason(StrEnum):
    """Why a sale is taken back."""

    RETURNED = "returned"
    WRONG_MEDICINE = "wrong-medicine"
    WRONG_QUANTITY = "wrong-quantity"
    WRONG_PRICE = "wrong-price"
    NOT_HANDED_OVER = "not-handed-over"


class ReversalOrder(Flat):
    """``POST /api/sales/{id}/reversal``: take the whole sale back."""

    key: Key
    reason: ReversalReason
    note: Text | None = None
    pharmacist: Annotated[str, StringConstraints(min_length=1, max_length=128, strip_whitespace=True)]


class SalePage(Flat):
    """``GET /api/sales?day=``: the sales and reversals of a day, the latest first."""

    day: date
    items: list[Sale]


class Seen(Flat):
    """``POST /api/sales/{id}/seen``: somebody has looked at a refused sale; it no longer counts as open."""

    pharmacist: Annotated[str, StringConstraints(min_length=1, max_length=128, strip_whitespace=True)]


# ------------------------------------------------------------------------------------------------------------ day's end


class DayColumn(Flat):
    """What one of the three says of a day."""

    sales: int
    reversals: int
    retail: SignedSom
    compensation: SignedSom
    patient: SignedSom


class DayDifference(Flat):
    """One sale on which the three do not agree, and what to do."""

    sale: UUID | None
    dispense: UUID | None
    receipt_number: str | None
    kind: Literal["not-at-gateway", "not-here", "sums-differ", "fund-under-way", "fund-refused", "refused"]
    agent: SignedSom | None
    """The fund's share in som, as each has it."""
    gateway: SignedSom | None
    fund: SignedSom | None
    message: str


class Day(Flat):
    """``GET /api/day?day=``: agent, gateway and fund side by side; ``balanced`` when nothing differs."""

    day: date
    agent: DayColumn
    gateway: DayColumn | None
    """``None`` while the gateway cannot be reached."""
    fund: DayColumn | None
    balanced: bool
    differences: list[DayDifference]
    checked_at: datetime


# ---------------------------------------------------------------------------------------------------------------- stock


class StockRow(Flat):
    """What lies on the shelf: by the reference's code or by GTIN, and its price a pack."""

    medicine: str | None = None
    gtin: Annotated[str, StringConstraints(pattern=r"^\d{8,14}$")] | None = None
    pack_price: Som
    packs: Annotated[int, Field(ge=0)] | None = None


class StockPush(Flat):
    """``POST /api/stock``: the till's stock, all of it (``replace``) or what has changed."""

    rows: Annotated[list[StockRow], Field(max_length=50_000)]
    replace: bool = True


class StockTaken(Flat):
    """How it was taken in; rows that are of no use are told by their position."""

    taken: int
    unknown: list[int]
    at: datetime


class QueueEntry(Flat):
    """``GET /api/queue``: one of what waits, in order."""

    sale: UUID
    sequence: int
    kind: Literal["dispense", "reversal"]
    made_offline: bool
    at: datetime
    tries: int
    last_problem: str | None = None
    """A code."""


class QueueView(Flat):
    """``GET /api/queue``."""

    waiting: list[QueueEntry]
    refused: list[Sale] = []
    """Refused after the goods were handed over, and seen by nobody yet; the oldest first."""
