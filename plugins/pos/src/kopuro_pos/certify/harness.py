"""What the kit asks of the till under test and what the till answers: ``POST {url}/perform``.

A maker puts a small HTTP server before the till, for the test only: it takes an action, does with the till what a
pharmacist would do, and answers with what the pharmacist then sees. ``docs/pos-certify.md`` describes the fields.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from kopuro_pos.agent.contract import ReversalReason


class Message(BaseModel):
    """A message of the harness: unknown fields are refused, so that a misspelt one is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# ------------------------------------------------------------------------------------------------------------ actions


class Start(Message):
    """Begin with an empty till: no sale, no memory of the scenario before."""

    action: Literal["start"] = "start"
    agent: str
    """Where the agent is: ``http://127.0.0.1:PORT``."""
    token: str
    """The installation's token."""
    language: Literal["ky", "ru", "en"]
    pharmacist: str
    answer_within_seconds: float
    """How long the till waits for an answer of the agent while it is tested."""


class EnterPrescription(Message):
    """The pharmacist types ПИН and number and searches."""

    action: Literal["look-up"] = "look-up"
    pin: str
    number: str


class ScanCode(Message):
    """The scanner has typed this; the separator of a DataMatrix is the control character GS (29)."""

    action: Literal["scan"] = "scan"
    text: str


class Choose(Message):
    """The patient takes this trade name: so many packs, or so many tablets. The till asks for a quote."""

    action: Literal["choose"] = "choose"
    medicine: str
    packs: int | None = None
    tablets: int | None = None


class Sell(Message):
    """The patient pays; the pharmacist presses «sell». The receipt has this number."""

    action: Literal["sell"] = "sell"
    receipt_number: str


class Reverse(Message):
    """The goods come back: the pharmacist takes the sale with this receipt back."""

    action: Literal["reverse"] = "reverse"
    receipt_number: str
    reason: ReversalReason


class Restart(Message):
    """The power fails and comes back. May arrive while another action still runs."""

    action: Literal["restart"] = "restart"


class Resume(Message):
    """The pharmacist presses «try again», or the till's own timer does: finish what is open."""

    action: Literal["resume"] = "resume"


class Look(Message):
    """What stands on the screen now? May arrive while another action still runs; changes nothing."""

    action: Literal["screen"] = "screen"


class MarkSeen(Message):
    """The pharmacist has read why the sale with this receipt was refused."""

    action: Literal["seen"] = "seen"
    receipt_number: str


class EndDay(Message):
    """The pharmacist opens the day's end of this Bishkek day."""

    action: Literal["day-end"] = "day-end"
    day: date


Action = Annotated[
    Start | EnterPrescription | ScanCode | Choose | Sell | Reverse | Restart | Resume | Look | MarkSeen | EndDay,
    Field(discriminator="action"),
]


# ------------------------------------------------------------------------------------------------------------- screen


class SaleShown(StrEnum):
    """What the till says of the sale or reversal it is at."""

    NONE = "none"
    UNKNOWN = "unknown"
    """Sent, and no answer is known."""
    WAITING = "waiting"
    RECORDED = "recorded"
    REFUSED = "refused"


class Asked(StrEnum):
    """What the till wants of the person before it."""

    NOTHING = "nothing"
    CORRECT = "correct"
    """Something that was entered is wrong."""
    CONFIRM = "confirm"
    """The sums are other than before: does the patient agree?"""
    RETRY = "retry"
    """Try the same again later."""
    OPERATOR = "operator"
    """Call whoever looks after the till."""


class ShownOffer(Message):
    """A line of the list of trade names."""

    medicine: str
    trade_name: str
    pack_price: str | None = None
    patient: str | None = None


class ShownSums(Message):
    """The three sums, as they stand on the screen: som with two digits."""

    retail: str
    compensation: str
    patient: str


class Printed(Message):
    """The receipt, as it was printed."""

    number: str
    amount: str


class Screen(Message):
    """What the pharmacist sees after an action, and what the till has done."""

    texts: list[str] = []
    """Every message that can be read now: refusals, findings with clause and advice, marks, differences."""
    offers: list[ShownOffer] = []
    """From top to bottom."""
    sums: ShownSums | None = None
    remaining_units: int | None = None
    last_day: date | None = None
    hold: Literal["self", "other"] | None = None
    sale: SaleShown = SaleShown.NONE
    handed_over: bool = False
    """Whether the till has told the pharmacist to hand the goods over."""
    receipt: Printed | None = None
    offline: bool = False
    """Whether the sale is marked as made without the gateway."""
    asks: Asked = Asked.NOTHING
