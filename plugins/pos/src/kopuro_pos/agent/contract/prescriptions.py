"""From a scan to a quote: what a prescription is, what lies on the shelf for it, what it would cost."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from kopuro_pos.agent.contract.findings import Finding
from kopuro_pos.agent.contract.flat import Flat, Som


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
    boxes: list[str] = Field(default=[])
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
