"""Whole boxes are sold once; without a medicines database nothing is declared; both engines."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from gateway.operations.model import OperationKind
from gateway.programme.dispensing.sales import Dispensed
from gateway.rules.findings import Refused
from gateway.sealing.payloads import open_payload
from gateway.store.grouping import Store
from gateway.store.postgres import PostgresStore
from gateway.store.programme_tables import sold_boxes
from gateway.store.tables import operations
from schemas.programme.messages import BoxesSold
from tests.service.dispensing.counter import Counter, codes, rows
from tests.support.journal import SEALER
from tests.support.programme import OTHER_PHARMACY, issue_into

BOX = "010460000000001521ABC123"
HALF = {"units": 30, "boxes": [{"code": BOX}]}
"""One whole box of thirty, half of the course."""


def pin(number: int) -> str:
    return f"21205197{number:06d}"


async def test_a_whole_box_is_sold_once_whoever_sells_it(store: Store):
    counter = Counter(store)
    first, second = [await issue_into(store, patient={"pin": pin(number)}) for number in (1, 2)]
    await counter.dispense(first, sale=HALF)
    with pytest.raises(Refused) as refused:
        await counter.dispense(second, sale=HALF, pharmacy=OTHER_PHARMACY)
    assert codes(refused.value) == ["BOX_SOLD"]
    assert refused.value.findings[0].path == "$.sale.boxes[0].code"
    scanned_otherwise = {"units": 30, "boxes": [{"code": f"]d2{BOX}\x1d17271231"}]}
    with pytest.raises(Refused) as refused:
        await counter.dispense(second, sale=scanned_otherwise)
    assert codes(refused.value) == ["BOX_SOLD"]


async def test_a_reversal_gives_the_box_back(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    sold = (await counter.dispense(issued, sale=HALF)).record.row
    await counter.reverse(sold.id)
    assert await rows(store, sold_boxes) == []
    assert (await counter.dispense(issued, sale=HALF)).record.row.fill == 2


async def test_parts_of_a_box_may_be_sold_again(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    part = {"units": 10, "boxes": [{"code": BOX, "units": 10}]}
    await counter.dispense(issued, sale=part)
    await counter.dispense(issued, sale=part)
    assert await rows(store, sold_boxes) == []


async def test_a_part_is_declared_at_its_own_price(store: Store):
    counter, issued = Counter(store), await issue_into(store)
    await counter.dispense(issued, sale={"units": 10, "boxes": [{"code": BOX, "units": 10}]})
    [declared] = [row for row in await rows(store, operations) if row.kind == OperationKind.DECLARE_SALE]
    [box] = BoxesSold.model_validate_json(open_payload(SEALER, declared.id, declared.payload)).boxes
    assert (box.price, box.units) == (Decimal("150.00"), 10)


async def test_of_one_batch_one_gets_the_box(store: Store):
    counter = Counter(store)
    issued = [await issue_into(store, patient={"pin": pin(number)}) for number in range(1, 9)]
    answers = await asyncio.gather(*(counter.dispense(one, sale=HALF) for one in issued), return_exceptions=True)
    assert sum(isinstance(answer, Dispensed) for answer in answers) == 1
    assert all(codes(answer) == ["BOX_SOLD"] for answer in answers if isinstance(answer, Refused))


@pytest.mark.postgres
async def test_of_two_nodes_one_gets_the_box(postgres_url: str):
    stores = [PostgresStore(postgres_url) for _ in range(2)]
    for store in stores:
        await store.open()
    try:
        for turn in range(10):
            box = {"units": 30, "boxes": [{"code": f"{BOX}{turn}"}]}
            issued = [await issue_into(stores[0], patient={"pin": pin(turn * 2 + n)}) for n in range(2)]
            asked = (
                Counter(store).dispense(one, sale=box, key=str(one.id))
                for store, one in zip(stores, issued, strict=True)
            )
            answers = await asyncio.gather(*asked, return_exceptions=True)
            assert sum(isinstance(answer, Dispensed) for answer in answers) == 1, answers
            assert [codes(answer) for answer in answers if isinstance(answer, Refused)] == [["BOX_SOLD"]]
    finally:
        for store in stores:
            await store.close()


async def test_without_a_medicines_database_nothing_is_declared(store: Store):
    counter, issued = Counter(store, boxes=None), await issue_into(store)
    row = (await counter.dispense(issued, sale=HALF)).record.row
    assert row.sale_operation_id is None
    assert OperationKind.DECLARE_SALE not in {one.kind for one in await rows(store, operations)}
