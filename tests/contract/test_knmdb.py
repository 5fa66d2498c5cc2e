"""KNMDB's client against the simulated database over real sockets: sales, cancellations, questions, sign-in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
import structlog

from adapters.knmdb import KnmdbClient, open_knmdb_client
from gateway.operations.model import OperationKind, Outcome
from tests.contract.knmdb import (
    GTIN,
    NUMBER,
    OTHER_PHARMACY,
    OTHER_STAKEHOLDER,
    PASSWORD,
    PIN,
    PRICE,
    STAKEHOLDER,
    Database,
    box_code,
    database,
    part,
    return_message,
    sale_message,
    sold,
    whole,
)


@pytest.fixture
async def knmdb(tmp_path: Path) -> AsyncIterator[Database]:
    async with database(tmp_path) as built:
        yield built


@pytest.fixture
async def client(knmdb: Database) -> AsyncIterator[KnmdbClient]:
    client = knmdb.client()
    yield client
    await client.close()


async def test_a_sale_is_declared_as_a_whole_and_its_number_is_the_record_number(client: KnmdbClient, knmdb: Database):
    await knmdb.stock(1, 2)
    result = await client.deliver(sale_message(sold(whole(1), part(2))))
    (declared,) = await knmdb.declarations()
    assert (result.outcome, result.record_number) == (Outcome.DELIVERED, str(declared["declarationId"]))
    assert (declared["prescriptionId"], declared["boxes"]) == (NUMBER, [box_code(1), box_code(2)])
    lines = [json.loads(line) for line in (knmdb.folder / "accepted.ndjson").read_text().splitlines()]
    assert [line["declarationId"] for line in lines] == [declared["declarationId"]]


async def test_prices_arrive_as_they_were_written(client: KnmdbClient, knmdb: Database):
    await knmdb.stock(1)
    sale = sold(whole(1, Decimal("1234567.89")))
    await client.deliver(sale_message(sale))
    # Found again by its price, to the last digit: what was sent is what the history has.
    assert (await client.ask(sale_message(sale))).outcome is Outcome.DELIVERED
    assert (await client.ask(sale_message(sold(whole(1, Decimal("1234567.88")))))).outcome is Outcome.CONFLICT


async def test_a_sale_is_cancelled_under_its_own_number_and_the_boxes_can_be_sold_again(
    client: KnmdbClient, knmdb: Database
):
    await knmdb.stock(1, 2)
    sale = sold(whole(1), part(2))
    first = await client.deliver(sale_message(sale))
    back = await client.deliver(return_message(sale))
    assert back.outcome is Outcome.DELIVERED
    (declared,) = await knmdb.declarations()
    assert (str(declared["declarationId"]), str(declared["cancelledBy"])) == (first.record_number, back.record_number)
    assert (await client.deliver(sale_message(sold(whole(1), part(2))))).outcome is Outcome.DELIVERED


async def test_a_box_sold_by_another_is_refused_at_once_and_its_sale_is_never_cancelled(
    client: KnmdbClient, knmdb: Database
):
    await knmdb.stock(1, holder=OTHER_STAKEHOLDER)
    await client.deliver(sale_message(sold(whole(1), pharmacy=OTHER_PHARMACY)))
    ours = sold(whole(1))
    refusal = await client.deliver(sale_message(ours))
    assert (refusal.outcome, refusal.reason) == (Outcome.REJECTED, "KNMDB_6023")
    assert [one.code for one in refusal.rejections] == ["6023"]
    back = await client.deliver(return_message(ours))
    assert (back.outcome, back.reason) == (Outcome.REJECTED, "KNMDB_NO_SALE")
    assert [one["cancelledBy"] for one in await knmdb.declarations()] == [None]


async def test_a_refusal_on_a_repeat_is_our_own_sale_or_anothers(client: KnmdbClient, knmdb: Database):
    await knmdb.stock(1, 2)
    sale = sale_message(sold(whole(1)))
    first = await client.deliver(sale)
    again = await client.deliver(replace(sale, attempt=2))
    assert (again.outcome, again.record_number) == (Outcome.DELIVERED, first.record_number)
    dearer = sale_message(sold(whole(1, PRICE + 1)), attempt=2)
    assert (await client.deliver(dearer)).outcome is Outcome.CONFLICT
    await knmdb.stock(2, recalled=True)
    never_sold = sale_message(sold(whole(2)), attempt=2)
    assert (await client.deliver(never_sold)).outcome is Outcome.REJECTED


async def test_a_refusal_on_a_repeat_stays_in_doubt_while_nobody_can_be_asked(client: KnmdbClient, knmdb: Database):
    await knmdb.stock(1)
    sale = sale_message(sold(whole(1)))
    await client.deliver(sale)
    await knmdb.fault("status-503", operation="ProductInquiryQRCode")
    again = await client.deliver(replace(sale, attempt=2))
    assert (again.outcome, again.unavailable) == (Outcome.IN_DOUBT, True)


async def test_a_sale_of_before_is_not_taken_for_this_one(client: KnmdbClient, knmdb: Database):
    """The operation's own day is in its identifier; where there is none, nothing can be shown."""
    await knmdb.stock(1)
    sale = sold(whole(1))
    await client.deliver(sale_message(sale))
    asked = await client.ask(sale_message(sale, operation_id=uuid4()))
    assert (asked.outcome, asked.reason) == (Outcome.CANNOT_ASK, "KNMDB_NO_DAY")


async def test_a_whole_box_vouches_for_the_parts_sold_with_it(client: KnmdbClient, knmdb: Database):
    await knmdb.stock(1, 2)
    sale = sale_message(sold(whole(1), part(2)))
    await knmdb.fault("lost-reply-after-store", count=1)
    assert (await client.deliver(sale)).outcome is Outcome.IN_DOUBT
    found = await client.ask(sale)
    (declared,) = await knmdb.declarations()
    assert (found.outcome, found.record_number) == (Outcome.DELIVERED, str(declared["declarationId"]))


async def test_parts_alone_are_never_decided_but_what_was_seen_is_told(client: KnmdbClient, knmdb: Database):
    await knmdb.stock(1, 2)
    unseen = await client.ask(sale_message(sold(part(1))))
    assert (unseen.outcome, unseen.reason) == (Outcome.CANNOT_ASK, "KNMDB_PART_SALE_NOT_SEEN")
    sale = sale_message(sold(part(1)))
    first = await client.deliver(sale)
    seen = await client.ask(sale)
    assert (seen.outcome, seen.reason) == (Outcome.CANNOT_ASK, "KNMDB_PART_SALE_SEEN")
    assert seen.detail == f"declaration {first.record_number}"
    mixed = await client.ask(sale_message(sold(whole(2), part(1, units=7))))
    assert mixed.reason == "KNMDB_PART_SALE_NOT_SEEN"


async def test_a_cancellation_that_was_made_already_is_found(client: KnmdbClient, knmdb: Database):
    await knmdb.stock(1)
    sale = sold(whole(1))
    await client.deliver(sale_message(sale))
    back = return_message(sale)
    await knmdb.fault("lost-reply-after-store", count=1, operation="SalesDeclarationCancel")
    assert (await client.deliver(back)).outcome is Outcome.IN_DOUBT
    found = await client.ask(back)
    (declared,) = await knmdb.declarations()
    assert (found.outcome, found.record_number) == (Outcome.DELIVERED, str(declared["cancelledBy"]))
    assert (await client.deliver(replace(back, attempt=3))).record_number == found.record_number


async def test_a_lost_cancellation_may_be_sent_again(client: KnmdbClient, knmdb: Database):
    await knmdb.stock(1)
    sale = sold(whole(1))
    await client.deliver(sale_message(sale))
    await knmdb.fault("lost-before-store", count=1, operation="SalesDeclarationCancel")
    back = return_message(sale)
    assert (await client.deliver(back)).outcome is Outcome.IN_DOUBT
    assert (await client.ask(back)).outcome is Outcome.NOT_FOUND
    assert (await client.deliver(back)).outcome is Outcome.DELIVERED


async def test_like_parts_of_one_box_are_not_cancelled_by_guessing(client: KnmdbClient, knmdb: Database):
    await knmdb.stock(1)
    one, other = sold(part(1), number="RX-1"), sold(part(1), number="RX-2")
    await client.deliver(sale_message(one))
    await client.deliver(sale_message(other))
    back = await client.deliver(return_message(one))
    assert (back.outcome, back.reason) == (Outcome.CONFLICT, "KNMDB_SALE_UNCLEAR")
    assert [row["cancelledBy"] for row in await knmdb.declarations()] == [None, None]


async def test_a_cancellation_is_not_sent_while_the_sale_cannot_be_looked_for(client: KnmdbClient, knmdb: Database):
    await knmdb.stock(1)
    sale = sold(whole(1))
    await client.deliver(sale_message(sale))
    await knmdb.fault("hang", operation="ProductInquiryQRCode")
    result = await client.deliver(return_message(sale))
    assert (result.outcome, result.unavailable) == (Outcome.NOT_SENT, True)
    assert "SalesDeclarationCancel" not in (await knmdb.status())["operations"]


@pytest.mark.parametrize(
    ("box", "standing"),
    [
        ({}, {"for_sale": True, "sold": False, "expired": False, "recalled": False}),
        ({"expired": True}, {"for_sale": False, "expired": True}),
        ({"recalled": True}, {"for_sale": False, "recalled": True}),
        ({"retail_price": "1 000 som"}, {"largest_retail_price": None}),
        ({"retail_price": "62,5"}, {"largest_retail_price": Decimal("62.5")}),
        ({"retail_price": None}, {"largest_retail_price": None}),
    ],
)
async def test_what_is_known_of_a_box(
    client: KnmdbClient, knmdb: Database, box: dict[str, object], standing: dict[str, object]
):
    await knmdb.stock(1, **box)
    found = await client.inquire(box_code(1))
    assert found is not None
    assert (found.gtin, found.remaining_units) == (GTIN, None)
    assert {name: getattr(found, name) for name in standing} == standing


async def test_a_box_tells_that_it_was_sold_and_what_is_left_of_one_sold_in_part(client: KnmdbClient, knmdb: Database):
    await knmdb.stock(1, 2)
    await client.deliver(sale_message(sold(whole(1), part(2, units=12))))
    first, second = await client.inquire(box_code(1)), await client.inquire(box_code(2))
    assert first is not None
    assert second is not None
    assert (first.sold, first.for_sale) == (True, False)
    assert (second.sold, second.for_sale, second.remaining_units) == (False, True, 18)


@pytest.mark.parametrize("code", [box_code(99), "no GS1 code", "01дары"])
async def test_an_unknown_box_is_no_box(client: KnmdbClient, code: str):
    assert await client.inquire(code) is None


@pytest.mark.parametrize(
    "fault",
    ["hang", "html-502", "status-503", "renamed-field", "other-box", "null-result", "unauthorised", "truncated"],
)
async def test_a_box_inquiry_without_a_certain_answer_has_none_and_says_why(
    client: KnmdbClient, knmdb: Database, fault: str
):
    await knmdb.stock(1)
    await knmdb.fault(fault)
    with structlog.testing.capture_logs() as logs:
        assert await client.inquire(box_code(1)) is None
    (failure,) = (entry for entry in logs if entry["event"] == "box_inquiry_failed")
    assert failure["reason"]
    assert box_code(1) not in str(logs)


@pytest.mark.parametrize("fault", ["extra-field", "names-for-numbers"])
async def test_an_addition_to_the_answer_does_no_harm(client: KnmdbClient, knmdb: Database, fault: str):
    await knmdb.stock(1)
    sale = sold(whole(1))
    await client.deliver(sale_message(sale))
    await knmdb.fault(fault, operation="ProductInquiryQRCode")
    standing = await client.inquire(box_code(1))
    assert standing is not None
    assert standing.sold
    assert (await client.ask(sale_message(sale))).outcome is Outcome.DELIVERED


async def test_asking_is_tried_once_more(client: KnmdbClient, knmdb: Database):
    await knmdb.stock(1)
    await knmdb.fault("lost-before-store", count=1)
    assert await client.inquire(box_code(1)) is not None


async def test_one_sign_in_serves_everybody_who_waits_for_it(client: KnmdbClient, knmdb: Database):
    await knmdb.stock(*range(8))
    sales = [client.deliver(sale_message(sold(whole(serial), number=f"RX-{serial}"))) for serial in range(8)]
    assert {result.outcome for result in await asyncio.gather(*sales)} == {Outcome.DELIVERED}
    assert (await knmdb.status())["signIns"] == 1


async def test_a_token_is_given_up_before_it_ends(client: KnmdbClient, knmdb: Database):
    await knmdb.stock(1, 2)
    await knmdb.fault("token-short-lived", count=1)
    await client.deliver(sale_message(sold(whole(1))))
    assert (await client.deliver(sale_message(sold(whole(2))))).outcome is Outcome.DELIVERED
    assert (await knmdb.status())["signIns"] == 2


async def test_a_forgotten_token_is_replaced_and_the_sale_sent_once_more(client: KnmdbClient, knmdb: Database):
    await knmdb.stock(1, 2)
    await client.deliver(sale_message(sold(whole(1))))
    await knmdb.control.delete("/simulator/tokens")
    assert (await client.deliver(sale_message(sold(whole(2))))).outcome is Outcome.DELIVERED
    assert (await knmdb.status())["signIns"] == 2
    assert len(await knmdb.declarations()) == 2


async def test_a_new_token_that_is_refused_too_sends_nothing_a_third_time(client: KnmdbClient, knmdb: Database):
    await knmdb.stock(1)
    await knmdb.fault("unauthorised", operation="SalesDeclaration")
    result = await client.deliver(sale_message(sold(whole(1))))
    assert (result.outcome, result.reason, result.unavailable) == (Outcome.NOT_SENT, "KNMDB_TOKEN_REFUSED", False)
    assert (await knmdb.status())["operations"] == {"SalesDeclaration": 2}


@pytest.mark.parametrize(
    ("fault", "reason", "unavailable"),
    [
        ("token-envelope", "KNMDB_SIGN_IN_FAILED", True),
        ("token-hang", "READ_TIMEOUT", True),
        ("token-refused", "KNMDB_SIGN_IN_REFUSED", False),
    ],
)
async def test_a_sale_that_waits_for_a_token_has_not_left(
    client: KnmdbClient, knmdb: Database, fault: str, reason: str, *, unavailable: bool
):
    await knmdb.stock(1)
    await knmdb.fault(fault, count=1)
    result = await client.deliver(sale_message(sold(whole(1))))
    assert (result.outcome, result.reason, result.unavailable) == (Outcome.NOT_SENT, reason, unavailable)
    assert (await knmdb.status())["operations"] == {}


async def test_a_refused_account_is_left_alone_for_a_while_and_others_go_on(knmdb: Database):
    await knmdb.stock(1, 2)
    await knmdb.stock(3, holder=OTHER_STAKEHOLDER)
    client = knmdb.client()
    await knmdb.fault("token-refused", count=1)
    for serial in (1, 2):
        result = await client.deliver(sale_message(sold(whole(serial))))
        assert (result.reason, result.retry_after) == ("KNMDB_SIGN_IN_REFUSED", 300.0)
    assert (await knmdb.status())["signIns"] == 1
    other = await client.deliver(sale_message(sold(whole(3), pharmacy=OTHER_PHARMACY)))
    assert other.outcome is Outcome.DELIVERED
    await client.close()


async def test_without_password_or_account_nothing_leaves(knmdb: Database):
    settings = knmdb.settings()
    (knmdb.folder / "password").unlink()
    client = open_knmdb_client(settings)
    result = await client.deliver(sale_message(sold(whole(1))))
    assert (result.outcome, result.reason) == (Outcome.NOT_SENT, "KNMDB_SECRET_UNAVAILABLE")
    stranger = await client.deliver(sale_message(sold(whole(1), pharmacy="999999")))
    assert (stranger.outcome, stranger.reason) == (Outcome.REFUSED, "KNMDB_NO_ACCOUNT")
    assert (await knmdb.status())["signIns"] == 0
    await client.close()


async def test_a_database_that_is_away_means_not_sent(knmdb: Database):
    client = knmdb.client(url="http://127.0.0.1:1")
    result = await client.deliver(sale_message(sold(whole(1))))
    assert (result.outcome, result.reason, result.unavailable) == (Outcome.NOT_SENT, "CONNECTION_REFUSED", True)
    assert (await client.ask(sale_message(sold(whole(1))))).outcome is Outcome.NOT_SENT
    await client.close()


async def test_what_is_no_message_of_this_contract_is_refused_unsent(client: KnmdbClient, knmdb: Database):
    good = sale_message(sold(whole(1)))
    for bad in (replace(good, payload=b"{}"), replace(good, kind=OperationKind.SUBMIT_DISPENSE)):
        for result in (await client.deliver(bad), await client.ask(bad)):
            assert (result.outcome, result.reason) == (Outcome.REFUSED, "REQUEST_INVALID")
    assert (await knmdb.status())["operations"] == {}


async def test_results_and_logs_name_nobody(client: KnmdbClient, knmdb: Database):
    await knmdb.stock(1)
    seen = []
    with structlog.testing.capture_logs() as logs:
        for fault in ("lost-reply-after-store", "model-check", "forbidden", "unexpected-after-store", "html-200"):
            await knmdb.fault(fault, count=1)
            seen.append(await client.deliver(sale_message(sold(whole(1)))))
        seen.append(await client.ask(sale_message(sold(whole(1)))))
    told = f"{[(one.reason, one.detail) for one in seen]} {logs}"
    for secret in (PIN, PASSWORD, box_code(1), STAKEHOLDER, NUMBER):
        assert secret not in told
