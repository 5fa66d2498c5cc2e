"""Prescribing over HTTP: what is refused before the handler, what is answered, what may be seen of others'."""

from __future__ import annotations

import orjson
import pytest

from gateway.store.tables import operations
from schemas.prescriptions import IssuedPrescriptionView, PrescriptionCheck, PrescriptionView
from tests.builders import ABSENT
from tests.service.prescribing.clinic import count
from tests.service.prescribing.conftest import PATH, Surgery
from tests.support.programme import PIN, issue_into, order_bytes


@pytest.mark.clause("15", "18")
async def test_clause_15_a_prescription_is_issued_and_read(surgery: Surgery):
    reply = await surgery.order()
    issued = IssuedPrescriptionView.model_validate_json(reply.body)
    assert reply.status == 201
    assert reply.headers["Location"] == f"{PATH}/{issued.id}"
    assert (str(issued.course_dose), issued.dose_unit, str(issued.valid_until)) == ("600", "mg", "2026-02-14")
    assert issued.display_number.replace(" ", "") == issued.number
    shown = await surgery.get(reply.headers["Location"])
    view = PrescriptionView.model_validate_json(shown.body)
    assert (view.id, view.number, view.state, view.order.patient.pin) == (issued.id, issued.number, "issued", PIN)
    assert (view.operation, view.fills, view.ended_at) == (issued.operation, 0, None)
    assert surgery.audited() == ["prescription-read"]


async def test_a_repeat_gets_the_same_answer_again(surgery: Surgery):
    first = await surgery.order(key="k")
    surgery.clinic.clock.move(days=1)
    again = await surgery.order(key="k")
    assert (again.status, again.json) == (201, first.json)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    other = await surgery.order(order_bytes(item={"units": 30}), key="k")
    assert (other.status, other.code) == (422, "IDEMPOTENCY_KEY_REUSED")


async def test_everything_wrong_with_the_shape_is_told_at_once_and_nothing_sent_is_repeated(surgery: Surgery):
    body = order_bytes(
        secret="планета",  # noqa: S106 - an unknown field
        diagnosis=ABSENT,
        item={"dose": 10, "units": "60", "dose_unit": "kg"},
        card_entry={"on": "31.12.2025"},
        organisation="95",
        informed={"way": "by-phone", "by": "Ү"},
    )
    reply = await surgery.order(body)
    assert reply.status == 422
    assert {(finding["path"], finding["code"]) for finding in reply.json["findings"]} == {
        ("$.secret", "SCHEMA_UNKNOWN_FIELD"),
        ("$.diagnosis", "SCHEMA_REQUIRED"),
        ("$.item.dose", "SCHEMA_TYPE"),
        ("$.item.units", "SCHEMA_TYPE"),
        ("$.item.dose_unit", "SCHEMA_VALUE"),
        ("$.card_entry.on", "SCHEMA_INSTANT"),
        ("$.organisation", "SCHEMA_PATTERN"),
        ("$.informed.by", "SCHEMA_UNKNOWN_FIELD"),
    }
    assert "планета".encode() not in reply.body
    assert surgery.clinic.insurer.asked == 0


async def test_a_field_that_stands_twice_and_broken_json_are_refused(surgery: Surgery):
    twice = order_bytes().replace(b'"units": 60', b'"units": 60, "units": 90')
    assert (await surgery.order(twice)).codes == ["SCHEMA_REPEATED_FIELD"]
    assert (await surgery.order(order_bytes()[:-1])).codes == ["REQUEST_MALFORMED_JSON"]
    assert await surgery.nothing_issued()


async def test_the_handler_never_sees_an_order_that_a_rule_refuses(surgery: Surgery):
    surgery.clinic.limit.som = "1.00"
    reply = await surgery.order(order_bytes(informed=ABSENT, patient={"birth_date": "1970-05-13"}))
    assert (reply.status, reply.code) == (422, "PATIENT_NOT_INFORMED")
    assert reply.codes == ["PATIENT_NOT_INFORMED", "PATIENT_LIMIT_EXCEEDED", "PIN_BIRTH_DATE_MISMATCH"]
    assert await surgery.nothing_issued()


@pytest.mark.clause("21(3)")
async def test_clause_21_3_without_a_confirmed_answer_nobody_is_presumed_insured(surgery: Surgery):
    surgery.clinic.insurer.usually = None
    reply = await surgery.order(key="k")
    assert (reply.status, reply.code, reply.headers["Retry-After"]) == (503, "INSURANCE_CHECK_REQUIRED", "30")
    assert await surgery.nothing_issued()
    surgery.clinic.insurer.usually = type(surgery.clinic.insurer)().usually
    assert (await surgery.order(key="k")).status == 201


async def test_checking_tells_everything_and_issues_nothing(surgery: Surgery):
    sound = PrescriptionCheck.model_validate_json((await surgery.check(order_bytes())).body)
    assert (sound.accepted, str(sound.course_dose), str(sound.expected_compensation)) == (True, "600", "360.00")
    assert sound.limit is not None
    assert [str(sum_) for sum_ in (sound.limit.limit, sound.limit.used, sound.limit.reserved)] == [
        "3750.00", "0.00", "0.00"]  # fmt: skip
    wrong = PrescriptionCheck.model_validate_json((await surgery.check(order_bytes(card_entry=ABSENT))).body)
    assert (wrong.accepted, [finding.code for finding in wrong.findings]) == (False, ["CARD_ENTRY_REQUIRED"])
    broken = PrescriptionCheck.model_validate_json((await surgery.check(b"{}")).body)
    assert not broken.accepted
    assert {finding.code for finding in broken.findings} == {"SCHEMA_REQUIRED"}
    assert await surgery.nothing_issued()


async def test_on_behalf_of_another_organisation_nothing_is_told(surgery: Surgery):
    for reply in (await surgery.order(sender="other"), await surgery.check(order_bytes(), sender="other")):
        assert (reply.status, reply.codes) == (403, ["PRESCRIBER_ORGANISATION"])
    assert surgery.clinic.insurer.asked == 0


async def test_anothers_prescription_and_none_at_all_are_answered_alike(surgery: Surgery):
    issued = await issue_into(surgery.clinic.store)
    for prescription in (issued.id, "01990000-0000-7000-8000-000000000000"):
        for reply in (
            await surgery.get(f"{PATH}/{prescription}", sender="other"),
            await surgery.get(f"{PATH}/{prescription}/sheet?requested_by_patient=true", sender="other"),
            await surgery.command(f"{PATH}/{prescription}/cancellation", {"reason": "жок"}, sender="other"),
        ):
            assert (reply.status, reply.codes) == (404, ["RX_NOT_FOUND"])
    assert surgery.audited() == []
    assert (await surgery.get(f"{PATH}/{issued.id}")).json["state"] == "issued"


async def test_a_prescription_is_cancelled_once_and_stays_so(surgery: Surgery):
    place = (await surgery.order()).headers["Location"]
    first = await surgery.command(f"{place}/cancellation", {"reason": "ката"})
    again = await surgery.command(f"{place}/cancellation", {"reason": "ката"})
    assert (first.status, first.json["state"]) == (200, "cancelled")
    assert again.json == first.json
    assert PrescriptionView.model_validate_json(first.body).ended_at is not None
    assert await count(surgery.clinic.store, operations) == 2
    refused = await surgery.command(f"{place}/cancellation", {"reason": "", "force": True})
    assert refused.codes == ["SCHEMA_LENGTH", "SCHEMA_UNKNOWN_FIELD"]


@pytest.mark.clause("15")
async def test_clause_15_on_paper_at_the_patients_demand_alone(surgery: Surgery):
    place = (await surgery.order()).headers["Location"]
    refused = await surgery.get(f"{place}/sheet")
    assert (refused.status, refused.codes) == (422, ["PAPER_NOT_REQUESTED"])
    first = await surgery.get(f"{place}/sheet?requested_by_patient=true&language=ru")
    assert (first.status, first.headers["Content-Type"]) == (200, "application/pdf")
    assert first.headers["Content-Language"] == "ru"
    assert first.body.startswith(b"%PDF-")
    second = await surgery.get(f"{place}/sheet?requested_by_patient=true&language=ru")
    third = await surgery.get(f"{place}/sheet?requested_by_patient=true&language=ru")
    assert first.body != second.body  # it is marked as a copy
    assert second.body == third.body
    assert (await surgery.get(place)).json["printed_at"] is not None
    assert (await surgery.get(f"{place}/sheet?language=en")).codes == ["REQUEST_PARAMETER"]


@pytest.mark.clause("15")
async def test_clause_15_a_demand_in_the_order_is_enough(surgery: Surgery):
    place = (await surgery.order(order_bytes(paper_copy_requested=True))).headers["Location"]
    assert (await surgery.get(f"{place}/sheet")).status == 200
    await surgery.command(f"{place}/cancellation", {"reason": "ката"})
    over = await surgery.get(f"{place}/sheet")
    assert (over.status, over.json["findings"][0]["parameters"]) == (409, {"state": "cancelled"})


async def test_a_prescription_past_its_days_is_shown_expired_whatever_is_written(surgery: Surgery):
    place = (await surgery.order()).headers["Location"]
    surgery.clinic.clock.move(days=31)
    assert (await surgery.get(place)).json["state"] == "expired"
    reply = await surgery.command(f"{place}/cancellation", {"reason": "кеч"})
    assert (reply.status, reply.codes) == (409, ["RX_STATE"])


async def test_the_answers_agree_with_their_models_in_every_field(surgery: Surgery):
    place = (await surgery.order()).headers["Location"]
    for body, model in (
        ((await surgery.get(place)).json, PrescriptionView),
        ((await surgery.check(order_bytes())).json, PrescriptionCheck),
    ):
        assert orjson.loads(model.model_validate_json(orjson.dumps(body)).model_dump_json()) == body
