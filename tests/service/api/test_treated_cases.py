from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from gateway.operations.model import Channel, State
from gateway.rules.findings import Refused
from schemas.api import AcceptedCase, TreatedCaseView
from schemas.errors import ErrorCode
from tests.builders import ABSENT, EXAMPLE_NUMBER, case_bytes
from tests.service.api.conftest import Gateway


async def test_a_case_is_accepted_with_its_number_and_a_place_to_look(gateway: Gateway):
    reply = await gateway.send(key="k-1")

    assert reply.status == 202
    accepted = AcceptedCase.model_validate_json(reply.body)
    assert accepted.ksf_number == EXAMPLE_NUMBER
    assert accepted.revision == 1
    assert reply.headers["Location"] == f"/v1/operations/{accepted.operation.id}"
    assert reply.headers["Cache-Control"] == "no-store"
    assert "Idempotency-Replayed" not in reply.headers
    [submission] = gateway.journal.submissions
    assert (submission.client, submission.idempotency_key, submission.channel) == ("sanarip", "k-1", Channel.SYSTEM)
    assert (submission.organisation, submission.department, submission.discharge_year) == ("950174", "18", 2025)
    assert submission.pilot
    assert submission.traceparent == reply.headers["traceparent"]


async def test_the_senders_own_number_is_kept_in_either_form(gateway: Gateway):
    reply = await gateway.send(case_bytes(ksf_number="0 0 0 0 0 1 2 1 8 9 5 0 1 7 4 2 5"))

    assert reply.json["ksf_number"] == "00000121895017425"
    assert gateway.journal.submissions[0].ksf_number == "00000121895017425"


async def test_a_repeat_gets_the_original_answer(gateway: Gateway):
    first = await gateway.send(key="same")
    again = await gateway.send(key="same")

    assert again.status == 202
    assert again.body == first.body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(gateway.journal.submissions) == 1


async def test_a_key_is_not_used_twice_for_different_cases(gateway: Gateway):
    await gateway.send(key="same")
    other = await gateway.send(case_bytes(card_number="9/25"), key="same")

    assert (other.status, other.code) == (422, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.parametrize(
    ("key", "code"),
    [(None, "IDEMPOTENCY_KEY_MISSING"), ("k" * 256, "IDEMPOTENCY_KEY_INVALID"), ("", "IDEMPOTENCY_KEY_INVALID"),
     ("ключ", "IDEMPOTENCY_KEY_INVALID"), ("a\tb", "IDEMPOTENCY_KEY_INVALID")],
)  # fmt: skip
async def test_the_key_is_demanded_and_checked(gateway: Gateway, key: str | None, code: str):
    headers = {"Content-Type": "application/json"} | ({} if key is None else {"Idempotency-Key": key})
    reply = await gateway.call("POST", "/v1/treated-cases", data=case_bytes(), headers=headers)

    assert (reply.status, reply.code) == (400, code)
    assert gateway.nothing_written()


async def test_a_key_of_255_characters_is_taken(gateway: Gateway):
    assert (await gateway.send(key="k" * 255)).status == 202


async def test_whoever_prefers_to_wait_gets_the_final_result(gateway: Gateway):
    waiting = asyncio.create_task(gateway.send(headers={"Prefer": "respond-async, wait=20"}))
    async with asyncio.timeout(5):
        while not gateway.journal.records:
            await asyncio.sleep(0)
    gateway.journal.end(next(iter(gateway.journal.records)))
    reply = await waiting

    assert reply.status == 200
    assert reply.headers["Preference-Applied"] == "wait=20"
    assert reply.json["operation"]["state"] == "delivered"
    assert reply.json["operation"]["record_number"] == "FUND-1"


async def test_a_wait_that_is_too_short_ends_in_the_acceptance(gateway: Gateway):
    reply = await gateway.send(headers={"Prefer": "wait=1"})

    assert reply.status == 202
    assert reply.headers["Preference-Applied"] == "wait=1"


@pytest.mark.parametrize("prefer", ["wait=soon", "return=minimal", "wait=-1", "wait=0", "await=3"])
async def test_a_preference_that_cannot_be_honoured_is_passed_over(gateway: Gateway, prefer: str):
    reply = await gateway.send(headers={"Prefer": prefer})

    assert reply.status == 202
    assert "Preference-Applied" not in reply.headers


async def test_a_wait_ends_when_the_gateway_is_told_to_stop(gateway: Gateway):
    waiting = asyncio.create_task(gateway.send(headers={"Prefer": "wait=25"}))
    async with asyncio.timeout(5):
        while not gateway.journal.records:
            await asyncio.sleep(0)
        gateway.services.lifecycle.drain()
        reply = await waiting

    assert reply.status == 202
    assert reply.headers["Connection"] == "close"


async def test_a_case_is_read_back_as_it_was_accepted(gateway: Gateway):
    await gateway.send()
    reply = await gateway.get(f"/v1/treated-cases/{EXAMPLE_NUMBER}")

    assert reply.status == 200
    view = TreatedCaseView.model_validate_json(reply.body)
    assert view.case.card_number == "1234/25"
    assert view.case.ksf_number is None
    assert view.operation.state.value == "queued"
    assert view.review is None


@pytest.mark.parametrize(
    ("number", "code"),
    [("0000001189501742", "KSF_LENGTH_16"), ("000000118950174025", "KSF_LENGTH_18"), ("1", "KSF_LENGTH"),
     ("0 0 0 0 0 0 1 1 8 9 5 0 1 7 4 2 5", "KSF_FORMAT"), ("00000001895017425", "KSF_SEQ_ZERO")],
)  # fmt: skip
async def test_a_wrong_number_in_the_address_is_told_apart_from_an_unknown_one(
    gateway: Gateway, number: str, code: str
):
    reply = await gateway.get(f"/v1/treated-cases/{number}")

    assert (reply.status, reply.code) == (422, code)


async def test_an_unknown_case_and_another_organisations_case_look_the_same(gateway: Gateway):
    await gateway.send()
    unknown = await gateway.get("/v1/treated-cases/00000991895017425")
    foreign = await gateway.get(f"/v1/treated-cases/{EXAMPLE_NUMBER}", sender="direct-entry")

    assert unknown.code == foreign.code == "CASE_NOT_FOUND"
    assert unknown.status == foreign.status
    assert unknown.json["findings"] == foreign.json["findings"]


async def test_a_correction_keeps_the_number(gateway: Gateway):
    await gateway.send()
    reply = await gateway.send(
        case_bytes(card_number="1235/25"), method="PUT", path=f"/v1/treated-cases/{EXAMPLE_NUMBER}"
    )

    assert reply.status == 202
    assert (reply.json["ksf_number"], reply.json["revision"]) == (EXAMPLE_NUMBER, 2)
    assert gateway.journal.submissions[1].correction_of == EXAMPLE_NUMBER


async def test_a_correction_may_not_change_the_number(gateway: Gateway):
    reply = await gateway.send(
        case_bytes(ksf_number="00000121895017425"), method="PUT", path=f"/v1/treated-cases/{EXAMPLE_NUMBER}"
    )

    assert "CASE_NUMBER_CHANGED" in reply.codes
    assert gateway.nothing_written()


async def test_the_number_of_the_address_is_held_against_the_case(gateway: Gateway):
    """A correction that moves the discharge to another year cannot keep its number."""
    reply = await gateway.send(method="PUT", path="/v1/treated-cases/00000011895017424")

    assert (reply.status, reply.code) == (422, "KSF_YEAR_MISMATCH")
    assert gateway.nothing_written()


async def test_a_correction_of_nothing_is_refused(gateway: Gateway):
    reply = await gateway.send(method="PUT", path=f"/v1/treated-cases/{EXAMPLE_NUMBER}")

    assert reply.code == "CASE_NOT_FOUND"


async def test_a_sender_sends_only_for_its_own_organisations(gateway: Gateway):
    reply = await gateway.send(sender="direct-entry")

    assert "ORG_NOT_OWN" in reply.codes
    assert gateway.nothing_written()


async def test_direct_entry_is_for_organisations_without_technical_means(gateway: Gateway):
    reply = await gateway.send(case_bytes(organisation="950175"), sender="direct-entry")

    assert reply.status == 202
    assert gateway.journal.submissions[0].channel is Channel.DIRECT_ENTRY


async def test_an_unknown_sender_is_refused(gateway: Gateway):
    reply = await gateway.send(sender="nobody")

    assert (reply.status, reply.code) == (403, "SENDER_UNKNOWN")


async def test_twelve_mistakes_are_twelve_findings(gateway: Gateway):
    body = case_bytes(
        ksf_number="1",
        organisation="95017",
        department="1",
        patient={"sex": "unknown", "citizenship": "kg", "birth_date": "1990-13-01", "family_name": ABSENT},
        admission={"at": "2025-12-10 08:00"},
        diagnoses={"main": {"code": "ZZZ"}, "concomitant": [{"code": "I10", "wording": "x"}]},
        discharge={"result": "fine"},
        payment_source=7,
    )
    reply = await gateway.send(body)

    assert reply.status == 422
    wrong = [finding for finding in reply.json["findings"] if finding["severity"] == "error"]
    assert len(wrong) == 12, [(finding["code"], finding["path"]) for finding in wrong]
    assert gateway.nothing_written()


async def test_metrics_tell_acceptances_from_repeats(gateway: Gateway):
    await gateway.send(key="same")
    await gateway.send(key="same")
    text = (await gateway.get("/metrics")).body.decode()

    assert 'gateway_accepted_total{channel="system"} 1.0' in text
    assert "gateway_repeated_total 1.0" in text


async def test_what_the_journal_refuses_keeps_its_retry_after(gateway: Gateway):
    gateway.journal.failing = Refused.because(ErrorCode.IDEMPOTENCY_IN_PROGRESS, retry_after=3)
    busy = await gateway.send()
    gateway.journal.failing = Refused.because(ErrorCode.STORE_UNAVAILABLE)
    unavailable = await gateway.send()

    assert (busy.status, busy.code, busy.headers["Retry-After"]) == (409, "IDEMPOTENCY_IN_PROGRESS", "3")
    assert (unavailable.status, unavailable.code) == (503, "STORE_UNAVAILABLE")
    assert int(unavailable.headers["Retry-After"]) > 0


async def test_operations_are_named_by_uuid(gateway: Gateway):
    reply = await gateway.send()

    assert UUID(reply.json["operation"]["id"]).version == 7
    assert gateway.journal.records[UUID(reply.json["operation"]["id"])].state is State.QUEUED
