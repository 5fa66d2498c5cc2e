"""Look-ups and quotes: the shelf's own prices, what the patient was told of, and what is remembered."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from kopuro_pos.agent.contract import LookUp, QuoteOrder
from kopuro_pos.agent.ports import ShelfPrice
from kopuro_pos.agent.problems import ProblemCode
from tests.pos.agent.house import House, Shelf, refusal
from tests.pos.agent.wire import DISPENSE, LOOK_UP, QUOTE
from tests.service.dispensing.counter import SUBSTITUTE
from tests.support.programme import MEDICINE, OTHER_PHARMACY


async def test_all_trade_names_are_offered_with_the_shelfs_prices(house: House) -> None:
    found = await house.look_up(await house.issue())
    assert [(one.medicine.code, one.pack_price, one.packs, one.prescribed) for one in found.offers] == [
        (SUBSTITUTE, Decimal("360.00"), None, False),
        (MEDICINE, Decimal("450.00"), 7, True),
    ]
    assert (found.ordered_units, found.remaining_units, found.dose, found.hold) == (60, 60, "10", None)


async def test_a_large_stock_is_narrowed_to_the_medicines_of_the_group(house: House) -> None:
    rows = [ShelfPrice(medicine=f"OTHER-{number}", pack_price=Decimal("1.00")) for number in range(600)]
    house.shelf = Shelf(*rows, ShelfPrice(medicine=MEDICINE, pack_price=Decimal("449.00"), packs=1))
    await house.restart()
    found = await house.look_up(await house.issue())
    assert [(one.medicine.code, one.pack_price) for one in found.offers if one.in_stock] == [
        (MEDICINE, Decimal("449.00"))
    ]
    sent = [json.loads(body) for name, body in house.wire.exchanges if name == LOOK_UP]
    assert [len(one.get("stock", ())) for one in sent] == [0, 1]


async def test_a_hold_elsewhere_is_told_without_a_name(house: House) -> None:
    issued = await house.issue()
    await house.pharmacy.quote(issued, sender="other", pharmacy=OTHER_PHARMACY, hold=True)
    found = await house.look_up(issued)
    assert found.hold is not None
    assert (found.hold.holder, found.hold.id) == ("other", None)
    assert OTHER_PHARMACY not in found.model_dump_json()


async def test_wrong_numbers_are_refused_with_the_gateways_findings(house: House) -> None:
    issued = await house.issue()
    problem = await refusal(house.counter.look_up(LookUp(pin=issued.pin, number="625498741294"), "ru"))
    assert (problem.code, problem.status) == (ProblemCode.GATEWAY_REFUSED, 404)
    assert [one.code for one in problem.findings] == ["RX_NOT_FOUND"]
    assert issued.pin not in str(problem)


async def test_what_the_gateways_contract_does_not_take_is_refused_here(house: House) -> None:
    issued = await house.issue()
    found = await house.look_up(issued)
    assert (await refusal(house.counter.look_up(LookUp(pin=issued.pin, number=""), "ru"))).code == "BODY_INVALID"
    free = QuoteOrder(lookup=found.lookup, medicine=MEDICINE, units=1, pack_price=Decimal(0))
    assert (await refusal(house.counter.quote(free, "ru"))).code is ProblemCode.BODY_INVALID
    quote = await house.quote(issued, found=found)
    order = house.order(quote).model_copy(update={"receipt_number": "a\x00b"})
    assert (await refusal(house.counter.sell(order, "ru"))).code is ProblemCode.BODY_INVALID


async def test_a_look_up_is_forgotten_in_time(house: House) -> None:
    issued = await house.issue()
    house.settings = replace(house.settings, lookup_for=timedelta())
    await house.restart()
    found = await house.look_up(issued)
    assert (await refusal(house.quote(issued, found=found))).code is ProblemCode.LOOKUP_GONE


async def test_an_unknown_look_up_is_gone(house: House) -> None:
    issued = await house.issue()
    found = (await house.look_up(issued)).model_copy(update={"lookup": "never"})
    assert (await refusal(house.quote(issued, found=found))).code is ProblemCode.LOOKUP_GONE


@pytest.mark.parametrize(
    ("units", "boxes", "parts"), [(60, 2, [None, None]), (45, 2, [None, 15]), (20, 1, [20]), (30, 2, [None, None])]
)
async def test_of_the_last_box_only_what_is_left_is_sold(
    house: House, units: int, boxes: int, parts: list[int | None]
) -> None:
    found = await house.look_up(await house.issue())
    order = QuoteOrder(
        lookup=found.lookup,
        medicine=MEDICINE,
        units=units,
        pack_price=Decimal("450.00"),
        boxes=[f"0104600000000015{21}{number:06}" for number in range(boxes)],
    )
    house.wire.faults[QUOTE] = "lose-reply"
    await refusal(house.counter.quote(order, "ru"))
    sent = next(json.loads(body) for name, body in house.wire.exchanges if name == QUOTE)
    assert [one.get("units") for one in sent["sale"]["boxes"]] == parts


async def test_a_substitute_is_told_as_one_and_all_offers_are_told_as_shown(house: House) -> None:
    found = await house.look_up(await house.issue())
    order = QuoteOrder(lookup=found.lookup, medicine=SUBSTITUTE, units=30, pack_price=Decimal("355.00"))
    quote = await house.counter.quote(order, "ru")
    sale = await house.sell(quote)
    assert sale.medicine.code == SUBSTITUTE
    (recorded,) = await house.at_gateway()
    assert recorded["choice"] == "substituted"
    sent = next(json.loads(body) for name, body in house.wire.exchanges if name == DISPENSE)
    assert {(one["medicine"], one["pack_price"]) for one in sent["offers_shown"]} == {
        (MEDICINE, "450.00"),
        (SUBSTITUTE, "360.00"),
        (SUBSTITUTE, "355.00"),
    }
