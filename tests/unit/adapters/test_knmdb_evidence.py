"""What histories of boxes show of a lost answer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.knmdb.evidence import (
    Cancellation,
    CancellationEvidence,
    Evidence,
    Owner,
    Shown,
    first_day,
    of_cancellation,
    of_sale,
)
from adapters.knmdb.mapping import BoxAnswer
from schemas.programme.messages import SoldBox

OURS, OTHERS = "Аптека «Үлгү»", "Аптека «Башка»"
TODAY, YESTERDAY, TOMORROW = "2026-03-16", "2026-03-15", "2026-03-17"
OWNER = Owner(OURS, date(2026, 3, 16))
SALES, CANCELLED, STOCK, PARTIAL, PARTIAL_CANCELLED, DEACTIVATED = 3, 8, 13, 12, 17, 4


def event(number: int, state: int = SALES, day: str = TODAY, who: str = OURS, **changed: Any) -> dict[str, Any]:
    plain = {"declarationNumber": number, "stakeHolder": who, "state": state, "stateDate": f"{day}T00:00:00"}
    return {**plain, "price": Decimal("540.0"), "partialSaleAmount": None, **changed}


def part_of(number: int, amount: int = 10, **changed: Any) -> dict[str, Any]:
    return event(number, **{"state": PARTIAL, "partialSaleAmount": Decimal(amount), **changed})


def box(*history: dict[str, Any], state: int | None = None) -> BoxAnswer:
    return BoxAnswer.model_validate(
        {
            "gtin": "04600000000017",
            "isExpired": False,
            "isAvailableForSale": True,
            "isSuspendedOrRecalled": False,
            "productState": state or (history[-1]["state"] if history else STOCK),
            "productInquiryHistory": list(history) or None,
        }
    )


WHOLE = SoldBox(code="w", price=Decimal("540.00"))
PART = SoldBox(code="p", price=Decimal("540.00"), units=10)

SALES_SHOWN: list[tuple[str, list[tuple[SoldBox, BoxAnswer | None]], Evidence]] = [
    ("sold by us", [(WHOLE, box(event(7)))], Evidence(Shown.OURS, 7)),
    ("two under one number", [(WHOLE, box(event(7))), (WHOLE, box(event(7)))], Evidence(Shown.OURS, 7)),
    ("after other events", [(WHOLE, box(event(5, STOCK), event(7)))], Evidence(Shown.OURS, 7)),
    ("later day", [(WHOLE, box(event(7, day=TOMORROW)))], Evidence(Shown.OURS, 7)),
    ("under two numbers", [(WHOLE, box(event(7))), (WHOLE, box(event(8)))], Evidence(Shown.CONTRADICTORY)),
    ("the day before", [(WHOLE, box(event(7, day=YESTERDAY)))], Evidence(Shown.CONTRADICTORY)),
    ("by others", [(WHOLE, box(event(7, who=OTHERS)))], Evidence(Shown.CONTRADICTORY)),
    ("by nobody named", [(WHOLE, box(event(7, who="")))], Evidence(Shown.CONTRADICTORY)),
    ("at another price", [(WHOLE, box(event(7, price=Decimal("539.99"))))], Evidence(Shown.CONTRADICTORY)),
    ("without history", [(WHOLE, box(state=SALES))], Evidence(Shown.CONTRADICTORY)),
    ("in part", [(WHOLE, box(part_of(7)))], Evidence(Shown.CONTRADICTORY)),
    ("one of two", [(WHOLE, box(event(7))), (WHOLE, box())], Evidence(Shown.CONTRADICTORY)),
    ("cancelled since", [(WHOLE, box(event(7), event(8, CANCELLED)))], Evidence(Shown.CONTRADICTORY)),
    ("sold again", [(WHOLE, box(event(7), event(8, CANCELLED), event(9)))], Evidence(Shown.CONTRADICTORY)),
    (
        "sold by others since",
        [(WHOLE, box(event(7), event(8, CANCELLED), event(9, who=OTHERS)))],
        Evidence(Shown.CONTRADICTORY),
    ),
    ("unknown state", [(WHOLE, box(state=99))], Evidence(Shown.CONTRADICTORY)),
    ("not sold", [(WHOLE, box())], Evidence(Shown.ABSENT)),
    ("not known", [(WHOLE, None)], Evidence(Shown.ABSENT)),
    ("deactivated", [(WHOLE, box(event(4, DEACTIVATED)))], Evidence(Shown.ABSENT)),
    ("cancelled before", [(WHOLE, box(event(7, CANCELLED, day=YESTERDAY)))], Evidence(Shown.ABSENT)),
    ("part vouched for", [(WHOLE, box(event(7))), (PART, box(part_of(6), part_of(7)))], Evidence(Shown.OURS, 7)),
    ("part missing", [(WHOLE, box(event(7))), (PART, box(part_of(6)))], Evidence(Shown.CONTRADICTORY)),
    ("neither", [(WHOLE, box()), (PART, box())], Evidence(Shown.PART_UNSEEN)),
    ("a part", [(PART, box(part_of(7)))], Evidence(Shown.PART_SEEN, 7)),
    ("the last part", [(PART, box(part_of(7, state=SALES)))], Evidence(Shown.PART_SEEN, 7)),
    ("like parts", [(PART, box(part_of(7), part_of(8)))], Evidence(Shown.PART_SEEN)),
    ("another amount", [(PART, box(part_of(7, amount=9)))], Evidence(Shown.PART_UNSEEN)),
    ("another day's part", [(PART, box(part_of(7, day=YESTERDAY)))], Evidence(Shown.PART_UNSEEN)),
    ("no part", [(PART, None)], Evidence(Shown.PART_UNSEEN)),
]


@pytest.mark.parametrize(("boxes", "shown"), [row[1:] for row in SALES_SHOWN], ids=[row[0] for row in SALES_SHOWN])
def test_what_boxes_show_of_a_sale(boxes: list[tuple[SoldBox, BoxAnswer | None]], shown: Evidence):
    assert of_sale(boxes, OWNER) == shown


@given(st.lists(st.sampled_from([part_of(7), part_of(8), part_of(9, day=YESTERDAY), event(7), event(4, STOCK)])))
def test_parts_alone_are_never_shown_as_ours_and_never_free_to_be_sold_again(history: list[dict[str, Any]]):
    assert of_sale([(PART, box(*history))], OWNER).shown in (Shown.PART_SEEN, Shown.PART_UNSEEN)


STANDS, MADE = (
    CancellationEvidence(Cancellation.STANDING, 7),
    CancellationEvidence(Cancellation.CANCELLED, 9),
)
UNCLEAR = CancellationEvidence(Cancellation.CONTRADICTORY)

CANCELLATIONS_SHOWN = [
    ("stands", [box(event(7))], STANDS),
    ("part stands", [box(part_of(7))], STANDS),
    ("told by the other box", [box(event(7)), box(part_of(6), part_of(7))], STANDS),
    ("like parts", [box(part_of(6), part_of(7))], UNCLEAR),
    ("cancelled", [box(event(7), event(9, CANCELLED))], MADE),
    ("part cancelled", [box(part_of(7), event(9, PARTIAL_CANCELLED))], MADE),
    ("cancelled by others", [box(event(7), event(9, CANCELLED, who=OTHERS))], UNCLEAR),
    ("one of two", [box(event(7), event(9, CANCELLED)), box(event(7))], UNCLEAR),
    ("deactivated since", [box(event(7), event(9, DEACTIVATED))], UNCLEAR),
    ("sold by others", [box(event(7, who=OTHERS))], CancellationEvidence(Cancellation.NO_SALE)),
    ("sold before", [box(event(7, day=YESTERDAY))], CancellationEvidence(Cancellation.NO_SALE)),
    ("never sold", [box(), None], CancellationEvidence(Cancellation.NO_SALE)),
]


@pytest.mark.parametrize(
    ("answers", "shown"), [row[1:] for row in CANCELLATIONS_SHOWN], ids=[row[0] for row in CANCELLATIONS_SHOWN]
)
def test_what_boxes_show_of_a_sale_to_be_cancelled(answers: list[BoxAnswer | None], shown: CancellationEvidence):
    assert of_cancellation(answers, OWNER, OWNER) == shown


def test_the_day_of_an_identifier_is_a_day_in_bishkek():
    before_midnight_in_utc = UUID(int=(1_773_600_000_000 << 80) | (7 << 76) | (2 << 62))
    assert first_day(before_midnight_in_utc) == date(2026, 3, 16)  # 18:40 UTC on the 15th
    assert first_day(uuid4()) is None


def test_names_of_organisations_are_compared_without_case_and_spacing():
    assert of_sale([(WHOLE, box(event(7, who=" аптека  «ҮЛГҮ» ")))], OWNER) == Evidence(Shown.OURS, 7)
