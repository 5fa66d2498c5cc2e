"""What the histories of boxes show of a sale whose answer was lost. Pure.

KNMDB has no key of ours: neither the prescription nor the dispense can be asked for. What can be asked for is a box,
and its history names each declaration with organisation, day, price and amount. A whole box is sold once, so its
history decides. Parts of a box may be sold again and again, alike each time, so for them alone nothing decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from adapters.knmdb.mapping import BoxAnswer, BoxEvent, ProductState
from gateway.rules.days import bishkek_day
from schemas.programme.messages import SoldBox

_SOLD: Final = frozenset((ProductState.SALES, ProductState.PARTIAL_SALES))
_CANCELLED: Final = frozenset((ProductState.SALES_CANCELLED, ProductState.PARTIAL_SALES_CANCELLED))
_TIME_ORDERED: Final = 7


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose declarations count as ours: this organisation's, from this Bishkek day on."""

    stakeholder: str
    since: date

    def made(self, event: BoxEvent) -> bool:
        """Whether an event may be of ours."""
        return event.day >= self.since and _plain(event.stake_holder or "") == _plain(self.stakeholder)


class Shown(StrEnum):
    """What boxes show of a sale."""

    OURS = "ours"
    """All were sold by us under one declaration."""
    ABSENT = "absent"
    """None was sold, and a whole box among them keeps a second sale out."""
    PART_SEEN = "part-seen"
    """Parts of boxes were sold as we would have: by us, or by us for another."""
    PART_UNSEEN = "part-unseen"
    """No such part was sold so far; a late one would not be kept out."""
    CONTRADICTORY = "contradictory"
    """Sold in another way, in part only, or cancelled since."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was shown, and the number of the declaration where there is one."""

    shown: Shown
    declaration: int | None = None


Boxes = Sequence[tuple[SoldBox, BoxAnswer | None]]
"""Boxes of a sale, each with what KNMDB says of it; ``None`` for one it does not have."""


def first_day(identifier: UUID) -> date | None:
    """The Bishkek day on which a time-ordered identifier was made; ``None`` for any other kind."""
    if identifier.version != _TIME_ORDERED:
        return None
    return bishkek_day(datetime.fromtimestamp((identifier.int >> 80) / 1000, UTC))


def of_sale(boxes: Boxes, owner: Owner) -> Evidence:
    """Whether a sale was executed."""
    candidates = [_candidates(box, answer, owner) for box, answer in boxes]
    whole = [found for (box, _), found in zip(boxes, candidates, strict=True) if box.units is None]
    parts = [found for (box, _), found in zip(boxes, candidates, strict=True) if box.units is not None]
    if not whole:
        return _of_parts(parts)
    if all(_untouched(answer, owner) for box, answer in boxes if box.units is None):
        return Evidence(Shown.PART_UNSEEN if parts else Shown.ABSENT)
    # A whole box has one candidate at most, so there is one in common or none.
    common = _common([*whole, *parts])
    return Evidence(Shown.OURS, common.pop()) if common else Evidence(Shown.CONTRADICTORY)


def _of_parts(parts: Sequence[Collection[int]]) -> Evidence:
    if not any(parts):
        return Evidence(Shown.PART_UNSEEN)
    common = _common(parts)
    return Evidence(Shown.PART_SEEN, common.pop() if len(common) == 1 else None)


def _candidates(box: SoldBox, answer: BoxAnswer | None, owner: Owner) -> set[int]:
    """The declarations that may be this sale of this box."""
    if answer is None or answer.product_state not in _SOLD:
        return set()
    if box.units is None and not _is_sold_once(answer, owner):
        return set()
    return {
        event.declaration_number
        for event in answer.history
        if event.state in _SOLD
        and owner.made(event)
        and event.price == box.price
        and (event.partial_sale_amount or 0) == (box.units or 0)
    }


def _is_sold_once(answer: BoxAnswer, owner: Owner) -> bool:
    """Whether a box is sold, and in the days that count was neither sold nor cancelled before that, by anybody."""
    since = [event for event in answer.history if event.day >= owner.since and event.state in _SOLD | _CANCELLED]
    return answer.product_state is ProductState.SALES and len(since) == 1


def _untouched(answer: BoxAnswer | None, owner: Owner) -> bool:
    """Whether a box is not sold and no declaration of ours has ever touched it meanwhile."""
    if answer is None:
        return True
    if answer.product_state in _SOLD or answer.product_state is ProductState.OTHER:
        return False
    return not any(event.state in _SOLD | _CANCELLED and owner.made(event) for event in answer.history)


class Cancellation(StrEnum):
    """What boxes show of a sale that is to be cancelled."""

    STANDING = "standing"
    """It stands under one declaration."""
    CANCELLED = "cancelled"
    NO_SALE = "no-sale"
    """No sale of ours is there."""
    CONTRADICTORY = "contradictory"


@dataclass(frozen=True, slots=True)
class CancellationEvidence:
    """What was shown; ``declaration`` is that of the sale while it stands, that of the cancellation afterwards."""

    shown: Cancellation
    declaration: int | None = None


def of_cancellation(answers: Sequence[BoxAnswer | None], sold: Owner, cancelled: Owner) -> CancellationEvidence:
    """How a sale stands that is to be cancelled: ``sold`` and ``cancelled`` say since when to look for either."""
    sales = [_numbers(answer, _SOLD, sold) for answer in answers]
    if not any(sales):
        return CancellationEvidence(Cancellation.NO_SALE)
    states = {None if answer is None else answer.product_state for answer in answers}
    if states <= _SOLD:
        common, shown = _common(sales), Cancellation.STANDING
    elif states <= _CANCELLED:
        common = _common([_numbers(answer, _CANCELLED, cancelled) for answer in answers])
        shown = Cancellation.CANCELLED
    else:
        common, shown = set(), Cancellation.CONTRADICTORY
    if len(common) != 1:
        return CancellationEvidence(Cancellation.CONTRADICTORY)
    return CancellationEvidence(shown, common.pop())


def _numbers(answer: BoxAnswer | None, states: Collection[ProductState], owner: Owner) -> set[int]:
    events: Iterable[BoxEvent] = () if answer is None else answer.history
    return {event.declaration_number for event in events if event.state in states and owner.made(event)}


def _common(sets: Iterable[Collection[int]]) -> set[int]:
    found = [set(one) for one in sets]
    return set.intersection(*found) if found else set()


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
