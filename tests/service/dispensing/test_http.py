"""Dispensing over HTTP: what is answered, what is refused, and that others' dispenses are not there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from gateway.limits.lookups import LookupPolicy
from gateway.limits.policy import RatePolicy
from gateway.store.programme_tables import dispenses
from gateway.store.sqlite import SqliteStore
from schemas.dispensing.views import DispensePage, DispenseView, FoundPrescription, QuoteView, ReleasedHold
from tests.service.dispensing.counter import FREE, SUBSTITUTE, order_json, rows
from tests.service.dispensing.pharmacy import Pharmacy, open_pharmacy
from tests.support.programme import (
    MEDICINE,
    OTHER_PHARMACY,
    OTHER_PIN,
    PHARMACY,
    issue_into,
    prescription_number,
)

STOCK = [{"medicine": MEDICINE, "pack_price": "450.00"}, {"medicine": SUBSTITUTE, "pack_price": "360.00"}]


@pytest.fixture
async def pharmacy(tmp_path: Path) -> AsyncIterator[Pharmacy]:
    store = SqliteStore(tmp_path / "kopuro.db")
    await store.open()
    async with open_pharmacy(store) as opened:
        yield opened
    await store.close()


@pytest.mark.clause("34", "36", "37")
async def test_clause_36_the_way_of_a_sale(pharmacy: Pharmacy):
    issued = await issue_into(pharmacy.counter.store)
    looked_up = await pharmacy.look_up(issued, stock=STOCK)
    found = FoundPrescription.model_validate_json(looked_up.body)
    assert looked_up.status == 200
    assert (found.number, found.state, found.course_dose, found.remaining.units) == (issued.number, "issued", 600, 60)
    assert [(offer.medicine.code, offer.prescribed, offer.patient) for offer in found.offers] == [
        (SUBSTITUTE, False, 240),
        (MEDICINE, True, 540),
    ]
    assert [offer.medicine.gtin for offer in found.offers] == ["4600000000022", "4600000000015"]
    quoted = await pharmacy.quote(issued, hold=True)
    quote = QuoteView.model_validate_json(quoted.body)
    assert (quoted.status, quote.compensation, quote.patient) == (201, 360, 540)
    assert quote.hold is not None
    assert (quote.hold.id, quote.hold.holder) == (quote.id, "self")
    sold = await pharmacy.dispense(issued, quote=str(quote.id), hold=str(quote.hold.id))
    view = DispenseView.model_validate_json(sold.body)
    assert (sold.status, sold.headers["Location"]) == (201, f"/v1/dispenses/{view.id}")
    assert (view.fill, view.settled, view.state, view.remaining.dose) == (1, 360, "dispensed", 0)
    assert [operation.kind for operation in view.operations] == ["dispense.submit"]
    shown = await pharmacy.get(f"/v1/dispenses/{view.id}")
    assert shown.json == sold.json
    listed = DispensePage.model_validate_json((await pharmacy.get("/v1/dispenses")).body)
    assert [one.id for one in listed.items] == [view.id]
    taken_back = await pharmacy.reverse(str(view.id))
    reversal = DispenseView.model_validate_json(taken_back.body)
    assert (taken_back.status, reversal.settled, reversal.reversal_of, reversal.reason) == (
        201,
        -360,
        view.id,
        "returned",
    )
    assert (await pharmacy.get(f"/v1/dispenses/{view.id}")).json["reversed_by"] == str(reversal.id)


async def test_a_repeat_is_the_same_answer_to_the_byte(pharmacy: Pharmacy):
    issued = await issue_into(pharmacy.counter.store)
    first = await pharmacy.dispense(issued, key="k", sale={"units": 10})
    taken_back = await pharmacy.reverse(first.json["id"], key="r")
    for again, original in (
        (await pharmacy.dispense(issued, key="k", sale={"units": 10}), first),
        (await pharmacy.reverse(first.json["id"], key="r"), taken_back),
    ):
        assert (again.status, again.body) == (original.status, original.body)
        assert again.headers["Idempotency-Replayed"] == "true"
        assert again.headers["Location"] == original.headers["Location"]
    assert (await pharmacy.dispense(issued, key="k")).code == "IDEMPOTENCY_KEY_REUSED"
    assert (await pharmacy.dispense(issued, key="r")).code == "IDEMPOTENCY_KEY_REUSED"


async def test_twenty_equal_requests_at_once_have_one_effect(pharmacy: Pharmacy):
    issued = await issue_into(pharmacy.counter.store)
    replies = await asyncio.gather(*(pharmacy.dispense(issued, key="k") for _ in range(20)))
    bodies = {reply.body for reply in replies if reply.status == 201}
    assert len(bodies) == 1
    assert {reply.code for reply in replies if reply.status != 201} <= {"IDEMPOTENCY_IN_PROGRESS"}
    assert len(await rows(pharmacy.counter.store, dispenses)) == 1


async def test_anothers_dispense_is_answered_as_an_unknown_one(pharmacy: Pharmacy):
    issued = await issue_into(pharmacy.counter.store)
    sold = (await pharmacy.dispense(issued)).json["id"]
    unknown = str(uuid4())
    for ask in (
        lambda one: pharmacy.get(f"/v1/dispenses/{one}", sender="other"),
        lambda one: pharmacy.reverse(one, sender="other"),
    ):
        foreign, missing = await ask(sold), await ask(unknown)
        assert (foreign.status, missing.status) == (404, 404)
        assert anonymous(foreign) == anonymous(missing)
    listed = await pharmacy.get(f"/v1/dispenses?pharmacy={PHARMACY}", sender="other")
    nowhere = await pharmacy.get("/v1/dispenses?pharmacy=123456", sender="other")
    assert (listed.status, listed.body) == (nowhere.status, nowhere.body)
    assert listed.json == {"items": [], "next": None}


async def test_nobody_acts_for_a_pharmacy_that_is_not_its_own(pharmacy: Pharmacy):
    issued = await issue_into(pharmacy.counter.store)
    for ask in (pharmacy.look_up, pharmacy.quote, pharmacy.dispense):
        reply = await ask(issued, sender="other")
        assert (reply.status, reply.codes) == (403, ["ACCESS_DENIED"])


@pytest.mark.clause("34")
async def test_clause_34_neutral_answers_are_equal_to_the_byte_but_for_the_request(pharmacy: Pharmacy):
    store = pharmacy.counter.store
    issued = await issue_into(store)
    old = await issue_into(store, number=prescription_number(9), patient={"pin": OTHER_PIN})
    pharmacy.counter.clock.move(days=61)
    fresh = await issue_into(
        store,
        number=prescription_number(8),
        issued_at=pharmacy.counter.clock.at,
        remote=None,
        patient={"pin": "21205197000019"},
    )
    wrong_digit = fresh.number[:-1] + str((int(fresh.number[-1]) + 1) % 10)
    replies = [
        await pharmacy.look_up(fresh, prescription=prescription)
        for prescription in (
            {"pin": OTHER_PIN},
            {"number": prescription_number(77)},
            {"number": wrong_digit},
            {"number": "?"},
            {"pin": OTHER_PIN, "number": old.number},
            {"pin": issued.pin, "number": issued.number},
            {"family_name": "Башкабаев"},
        )
    ]
    assert {reply.status for reply in replies} == {404}
    assert len({anonymous(reply) for reply in replies}) == 1
    assert (await pharmacy.look_up(fresh)).status == 200


@pytest.mark.clause("34")
async def test_the_throttle_says_when_to_come_again(tmp_path: Path):
    store = SqliteStore(tmp_path / "kopuro.db")
    await store.open()
    policy = LookupPolicy(terminal=RatePolicy(requests=3, seconds=900), patient=FREE.patient)
    async with open_pharmacy(store, policy=policy) as pharmacy:
        issued = await issue_into(store)
        for n in range(3):
            reply = await pharmacy.look_up(issued, prescription={"number": prescription_number(n)})
            assert reply.code == "RX_NOT_FOUND"
        reply = await pharmacy.look_up(issued)
        assert (reply.status, reply.code) == (429, "LOOKUP_THROTTLED")
        assert 0 < int(reply.headers["Retry-After"]) <= 300
        assert (await pharmacy.look_up(issued, sender="chain")).status == 200
    await store.close()


async def test_all_that_is_wrong_with_the_shape_is_said_at_once(pharmacy: Pharmacy):
    issued = await issue_into(pharmacy.counter.store)
    body = order_json(issued, sale={"units": 0, "pack_price": "-1", "expected": {"retail": 1.5}}, quote="no", extra=1)
    del body["pharmacist"]
    reply = await pharmacy.send(json.dumps(body).encode(), path="/v1/dispenses")
    assert reply.status == 422
    assert {finding["path"] for finding in reply.json["findings"]} >= {
        "$.sale.units",
        "$.sale.pack_price",
        "$.sale.expected.retail",
        "$.quote",
        "$.extra",
        "$.pharmacist",
    }
    assert await rows(pharmacy.counter.store, dispenses) == []


async def test_a_list_is_read_page_by_page(pharmacy: Pharmacy):
    issued = await issue_into(pharmacy.counter.store)
    sold = [
        (await pharmacy.dispense(issued, sale={"units": 5}, receipt={"number": f"Ч {n}"})).json["id"] for n in range(5)
    ]
    seen, after = [], ""
    while True:
        page = (await pharmacy.get(f"/v1/dispenses?pharmacy={PHARMACY}&limit=2{after}", sender="chain")).json
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == sold
    by_receipt = await pharmacy.get("/v1/dispenses?receipt=%D0%A7%203")
    assert [item["id"] for item in by_receipt.json["items"]] == [sold[3]]
    none = await pharmacy.get("/v1/dispenses?from=2026-01-16&to=2026-01-17")
    assert none.json["items"] == []
    for query in ("?limit=0", "?from=16.01.2026", "?after=x", "?pharmacy=7"):
        assert (await pharmacy.get(f"/v1/dispenses{query}")).code == "REQUEST_PARAMETER"
    assert (await pharmacy.get("/v1/dispenses", sender="fund")).code == "REQUEST_PARAMETER"


async def test_one_till_of_several_is_asked_for_what_it_has_recorded_itself(pharmacy: Pharmacy):
    issued = await issue_into(pharmacy.counter.store)
    own = (await pharmacy.dispense(issued, sale={"units": 5})).json["id"]
    others = (await pharmacy.dispense(issued, sale={"units": 7}, sender="chain")).json["id"]

    async def listed(query: str, sender: str) -> list[str]:
        page = (await pharmacy.get(f"/v1/dispenses?pharmacy={PHARMACY}{query}", sender=sender)).json
        return [item["id"] for item in page["items"]]

    assert await listed("", "pharmacy") == await listed("&mine=false", "chain") == [own, others]
    assert await listed("&mine=true", "pharmacy") == [own]
    assert await listed("&mine=true", "chain") == [others]
    assert (await pharmacy.get("/v1/dispenses?mine=yes")).code == "REQUEST_PARAMETER"


async def test_what_happened_on_a_day_is_found_whenever_it_was_sold(pharmacy: Pharmacy):
    """Days are Bishkek days: it is 18:00 UTC when the next one begins."""
    issued = await issue_into(pharmacy.counter.store)
    one, other = [(await pharmacy.dispense(issued, sale={"units": 10})).json["id"] for _ in range(2)]
    pharmacy.counter.clock.move(hours=12, microseconds=-1)  # the last instant of 15 January
    late = (await pharmacy.reverse(one)).json["id"]
    pharmacy.counter.clock.move(days=40, microseconds=1)  # the first one of 25 February
    today = (await pharmacy.reverse(other)).json["id"]

    async def found(query: str) -> list[str]:
        return [item["id"] for item in (await pharmacy.get(f"/v1/dispenses?{query}")).json["items"]]

    assert await found("recorded_from=2026-02-25") == [today]
    assert await found("recorded_to=2026-01-15") == [one, other, late]
    assert await found("recorded_from=2026-01-16&recorded_to=2026-02-24") == []
    assert await found("recorded_from=2026-01-15&recorded_to=2026-02-25") == [one, other, late, today]
    assert await found("recorded_from=2026-02-25&from=2026-01-16") == []
    assert await found("recorded_from=2026-02-25&to=2026-01-15") == [today]
    assert await found("from=2026-02-25") == []
    first = (await pharmacy.get("/v1/dispenses?recorded_to=2026-02-25&limit=3")).json
    rest = await found(f"recorded_to=2026-02-25&limit=3&after={first['next']}")
    assert [*(item["id"] for item in first["items"]), *rest] == [one, other, late, today]
    assert (await pharmacy.get("/v1/dispenses?recorded_from=yesterday")).code == "REQUEST_PARAMETER"


async def test_a_hold_is_released_over_http(pharmacy: Pharmacy):
    issued = await issue_into(pharmacy.counter.store)
    hold = (await pharmacy.quote(issued, hold=True)).json["hold"]["id"]
    held = await pharmacy.quote(issued, pharmacy=OTHER_PHARMACY, sender="other")
    assert (held.status, held.code) == (409, "RX_HELD")
    shown = (await pharmacy.look_up(issued, pharmacy=OTHER_PHARMACY, sender="other")).json["hold"]
    assert (shown["id"], shown["holder"]) == (None, "other")
    foreign = await pharmacy.call("POST", f"/v1/holds/{hold}/release", sender="other")
    assert foreign.code == "HOLD_NOT_FOUND"
    for _ in range(2):
        released = await pharmacy.call("POST", f"/v1/holds/{hold}/release")
        assert ReleasedHold.model_validate_json(released.body).id.hex == hold.replace("-", "")
    assert (await pharmacy.quote(issued, pharmacy=OTHER_PHARMACY, sender="other")).status == 201


def anonymous(reply) -> bytes:
    """An answer without what belongs to its request."""
    return reply.body.replace(reply.headers["X-Request-Id"].encode(), b"")
