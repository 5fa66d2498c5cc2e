"""Reading the audit over HTTP, and telling a patient who looked."""

from __future__ import annotations

import pytest

from gateway.access.principal import Role, Scope
from gateway.access.staff import PIN_KIND
from gateway.audit.actions import Action, ActorKind, Outcome
from gateway.ports import AuditEvent
from schemas.access_api import AuditPage, SubjectReport
from tests.service.access_api.browser import BY_KEY, Browser
from tests.service.access_api.conftest import HOSPITAL, Desk

PATIENT = "11505198554321"


@pytest.fixture
async def auditor(desk: Desk) -> Browser:
    return await desk.signed_in("auditor", Role.AUDITOR)


async def test_the_audit_comes_page_by_page_and_reading_it_is_in_it(auditor: Browser):
    first = AuditPage.model_validate_json((await auditor.get("/v1/audit?limit=2")).body)
    second = AuditPage.model_validate_json((await auditor.get(f"/v1/audit?after={first.next}")).body)

    assert [item.position for item in (*first.items, *second.items)] == [1, 2, 3, 4]
    assert [item.action for item in (*first.items, *second.items)] == [
        "staff-granted",
        "sign-in",
        "audit-read",
        "audit-read",
    ]
    end = AuditPage.model_validate_json((await auditor.get("/v1/audit?after=1000")).body)
    assert (end.items, end.next) == ((), 1000)
    person = (await auditor.get("/v1/session")).json["person"]
    assert second.items[0].actor == person
    assert BY_KEY["auditor"].pin not in second.model_dump_json()


async def test_the_audit_is_read_between_instants(desk: Desk, auditor: Browser):
    desk.clock.move(minutes=1)
    everything = await auditor.get("/v1/audit?since=2026-01-15T06:01:00Z")
    assert [item["action"] for item in everything.json["items"]] == ["audit-read"]
    nothing = await auditor.get("/v1/audit?before=2026-01-15T06:00:00Z")
    assert nothing.json["items"] == []


async def test_who_asks_for_fhir_gets_a_bundle(auditor: Browser):
    answer = await auditor.get("/v1/audit?limit=1", Accept="application/fhir+json")

    assert answer.headers["Content-Type"] == "application/fhir+json"
    bundle = answer.json
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "searchset")
    assert [one["resource"]["resourceType"] for one in bundle["entry"]] == ["AuditEvent"]
    links = {link["relation"]: link["url"] for link in bundle["link"]}
    assert links == {"self": "/v1/audit?limit=1", "next": "/v1/audit?limit=1&after=1"}
    following = await auditor.get(links["next"], Accept="application/fhir+json")
    assert following.json["entry"][0]["resource"]["id"] == "audit-2"


async def test_a_patient_is_told_who_looked(desk: Desk, auditor: Browser):
    index = desk.staff.pin_index(PATIENT)
    await desk.audit.record(
        AuditEvent(
            action=Action.CASE_READ,
            actor="mis-osh",
            actor_kind=ActorKind.MACHINE,
            organisation=HOSPITAL,
            subject=index,
            outcome=Outcome.SUCCESS,
        )
    )
    answer = await auditor.post("/v1/audit/subject-report", {"pin": PATIENT}, Accept_Language="ru")
    report = SubjectReport.model_validate_json(answer.body)

    assert answer.headers["Content-Language"] == "ru"
    assert [item.action for item in report.items] == ["subject-report", "case-read"]
    assert report.items[1].action_title == "Просмотр пролеченного случая"
    assert report.next is None
    assert PATIENT not in answer.body.decode()
    asked = (await desk.audited())[-1].event
    assert (asked.action, asked.subject, asked.purpose) == ("subject-report", index, "patient-request")
    assert PIN_KIND == "pin"


async def test_a_report_comes_page_by_page(auditor: Browser):
    ask = {"pin": PATIENT, "purpose": "legal", "limit": 1}
    await auditor.post("/v1/audit/subject-report", ask)
    second = (await auditor.post("/v1/audit/subject-report", ask)).json
    first = (await auditor.post("/v1/audit/subject-report", ask | {"past": second["next"]})).json
    assert [page["items"][0]["purpose"] for page in (first, second)] == ["legal", "legal"]
    assert first["items"][0]["position"] < second["items"][0]["position"]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({}, ("SCHEMA_REQUIRED", "$.pin")),
        ({"pin": "41505198554321"}, ("PIN_FORMAT", "$.pin")),
        ({"pin": "13905198554321"}, ("PIN_DATE", "$.pin")),
        ({"pin": PATIENT, "purpose": "curiosity"}, ("SCHEMA_VALUE", "$.purpose")),
        ({"pin": PATIENT, "since": "2026-01-15T06:00:00"}, ("SCHEMA_INSTANT", "$.since")),
        ({"pin": PATIENT, "since": "9999-01-15T06:00:00Z"}, ("SCHEMA_INSTANT", "$.since")),
        ({"pin": PATIENT, "limit": 0}, ("SCHEMA_VALUE", "$.limit")),
        (b'{"pin": "%s", "limit": %d}' % (PATIENT.encode(), 2**70), ("SCHEMA_VALUE", "$.limit")),
        ({"pin": PATIENT, "limit": 1.5}, ("SCHEMA_TYPE", "$.limit")),
    ],
)
async def test_what_is_wrong_with_a_question_is_told_without_repeating_it(desk: Desk, auditor: Browser, body, found):
    answer = await auditor.post("/v1/audit/subject-report", body)
    assert found in answer.codes
    assert PATIENT not in answer.body.decode()
    assert "subject-report" not in [action for action, _, _ in await desk.actions()]


@pytest.mark.parametrize("role", [Role.TECHNICAL_OPERATOR, Role.STAFF_MANAGER, Role.HOSPITAL_CLERK, Role.FOMS_CONTROL])
async def test_the_audit_is_for_auditors(desk: Desk, role: Role):
    browser = await desk.signed_in("family-doctor", role)
    assert (await browser.get("/v1/audit")).code == "ACCESS_DENIED"
    assert (await browser.post("/v1/audit/subject-report", {"pin": PATIENT})).code == "ACCESS_DENIED"


async def test_a_machine_of_one_organisation_does_not_read_it(desk: Desk):
    bound = await desk.machine(frozenset({HOSPITAL}), Scope.AUDIT_READ)
    free = await desk.machine(None, Scope.AUDIT_READ)
    browser = desk.browser()
    assert (await browser.get("/v1/audit", **bound)).code == "ACCESS_DENIED"
    assert (await browser.get("/v1/audit", **free)).status == 200
