"""Keeping the list of staff over HTTP: each organisation its own, and nobody anything that reaches further."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.access.principal import Role, Scope
from schemas.access_api import StaffGrantView, StaffMemberView, StaffPage
from tests.service.access_api.browser import BY_KEY, Browser
from tests.service.access_api.conftest import HOSPITAL, OTHER_HOSPITAL, Desk
from tests.support.doubles import SystemIds

CLERK = BY_KEY["hospital-clerk"]
GRANT = {
    "pin": CLERK.pin,
    "name": CLERK.family_name,
    "role": "hospital-clerk",
    "organisation": HOSPITAL,
    "valid_from": "2026-01-15",
}


@pytest.fixture
async def manager(desk: Desk) -> Browser:
    return await desk.signed_in("staff-manager", Role.STAFF_MANAGER)


@pytest.fixture
async def operator(desk: Desk) -> Browser:
    return await desk.signed_in("technical-operator", Role.TECHNICAL_OPERATOR)


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in GRANT.items() if key != name}


async def test_a_manager_puts_a_person_on_the_list_and_takes_them_off(desk: Desk, manager: Browser):
    granted = await manager.post("/v1/staff", GRANT | {"valid_to": "2026-02-15"})
    clerk = desk.browser()
    arrived = await clerk.sign_in("hospital-clerk")
    revoked = await manager.post(f"/v1/staff/{granted.json['id']}/revoke", {"reason": "left"})
    refused = await clerk.get("/v1/operations")

    assert (granted.status, arrived.status, revoked.status) == (201, 303, 200)
    view = StaffMemberView.model_validate_json(granted.body)
    assert (view.name, view.pin_ending, view.valid_to.isoformat()) == (CLERK.family_name, CLERK.pin[-2:], "2026-02-15")
    assert StaffGrantView.model_validate_json(revoked.body).reason == "left"
    assert (refused.status, refused.json["code"]) == (403, "STAFF_NOT_AUTHORISED")
    person = (await manager.get("/v1/session")).json["person"]
    done = [one.event for one in await desk.audited() if one.event.action in {"staff-granted", "staff-revoked"}][-2:]
    assert [(one.action, one.actor, one.target) for one in done] == [
        ("staff-granted", person, granted.json["id"]),
        ("staff-revoked", person, granted.json["id"]),
    ]


async def test_nobody_is_shown_a_whole_pin(desk: Desk, manager: Browser):
    answers = [await manager.post("/v1/staff", GRANT), await manager.get("/v1/staff")]
    for answer in answers:
        assert CLERK.pin.encode() not in answer.body
        assert CLERK.pin[:12].encode() not in answer.body
        assert CLERK.family_name in answer.body.decode()
    assert ("staff-listed", "success", None) in await desk.actions()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"organisation": OTHER_HOSPITAL}, "ACCESS_DENIED"),
        ({"organisation": "999999"}, "ACCESS_DENIED"),
        ({"organisation": None, "role": "technical-operator"}, "ACCESS_DENIED"),
        ({"organisation": None, "role": "auditor"}, "ACCESS_DENIED"),
        ({"organisation": None, "role": "foms-control"}, "ACCESS_DENIED"),
        ({"organisation": None, "role": "regional-fund", "region": "osh"}, "ACCESS_DENIED"),
        ({"role": "technical-operator"}, "STAFF_GRANT_INVALID"),
    ],
)
async def test_a_manager_grants_nothing_that_reaches_further(desk: Desk, manager: Browser, change: Any, code: str):
    before = len(await desk.staff.members(within=None))
    assert (await manager.post("/v1/staff", GRANT | change)).code == code
    assert len(await desk.staff.members(within=None)) == before


async def test_another_organisations_record_and_an_unknown_one_answer_alike(desk: Desk, manager: Browser):
    foreign = await desk.grant("hospital-clerk", Role.HOSPITAL_CLERK, OTHER_HOSPITAL)
    answers = [
        await manager.post(f"/v1/staff/{grant_id}/revoke", {"reason": "x"}) for grant_id in (foreign, SystemIds().new())
    ]
    assert {answer.status for answer in answers} == {404}
    assert len({answer.body.replace(answer.json["instance"].encode(), b"") for answer in answers}) == 1
    assert len(await desk.staff.active(desk.staff.pin_index(CLERK.pin), desk.clock.now().date())) == 1


async def test_a_manager_sees_the_own_organisation_alone(desk: Desk, manager: Browser):
    await desk.grant("hospital-clerk", Role.HOSPITAL_CLERK, OTHER_HOSPITAL)
    await desk.grant("auditor", Role.AUDITOR)

    own = StaffPage.model_validate_json((await manager.get("/v1/staff")).body)
    assert {item.organisation for item in own.items} == {HOSPITAL}
    assert (await manager.get(f"/v1/staff?organisation={OTHER_HOSPITAL}")).code == "ACCESS_DENIED"


async def test_who_answers_for_the_country_grants_everything_and_sees_everybody(operator: Browser):
    regional = GRANT | {"organisation": None, "role": "regional-fund", "region": "osh"}
    assert (await operator.post("/v1/staff", regional)).status == 201
    assert (await operator.post("/v1/staff", GRANT | {"organisation": OTHER_HOSPITAL})).status == 201
    page = StaffPage.model_validate_json((await operator.get("/v1/staff")).body)
    assert {item.role.value for item in page.items} == {"technical-operator", "regional-fund", "hospital-clerk"}


async def test_the_list_comes_page_by_page_and_shows_what_is_over_only_when_asked(desk: Desk, operator: Browser):
    gone = await desk.grant("auditor", Role.AUDITOR)
    await operator.post(f"/v1/staff/{gone}/revoke", {"reason": "left"})
    await desk.grant("hospital-clerk", Role.HOSPITAL_CLERK)

    first = (await operator.get("/v1/staff?limit=1")).json
    second = (await operator.get(f"/v1/staff?limit=1&after={first['next']}")).json
    third = (await operator.get(f"/v1/staff?limit=1&after={second['next']}")).json
    everything = (await operator.get("/v1/staff?with_ended=true")).json

    assert [page["items"][0]["role"] for page in (first, second)] == ["technical-operator", "hospital-clerk"]
    assert (third["items"], third["next"]) == ([], None)
    assert [item["role"] for item in everything["items"]] == ["technical-operator", "auditor", "hospital-clerk"]


async def test_a_machine_keeps_the_list_of_its_organisations(desk: Desk):
    browser = desk.browser()
    own = await desk.machine(frozenset({HOSPITAL}), Scope.STAFF_MANAGE)
    assert (await browser.call("POST", "/v1/staff", body=GRANT, **own)).status == 201
    foreign = await browser.call("POST", "/v1/staff", body=GRANT | {"organisation": OTHER_HOSPITAL}, **own)
    assert foreign.code == "ACCESS_DENIED"
    without_scope = await desk.machine(None, Scope.CASES_READ)
    assert (await browser.get("/v1/staff", **without_scope)).code == "ACCESS_DENIED"


@pytest.mark.parametrize("role", [Role.HOSPITAL_CLERK, Role.AUDITOR, Role.FAMILY_DOCTOR])
async def test_other_roles_do_not_touch_the_list(desk: Desk, role: Role):
    browser = await desk.signed_in("family-doctor", role)
    assert (await browser.get("/v1/staff")).code == "ACCESS_DENIED"
    assert (await browser.post("/v1/staff", GRANT)).code == "ACCESS_DENIED"
    assert (await browser.post(f"/v1/staff/{SystemIds().new()}/revoke", {"reason": "x"})).code == "ACCESS_DENIED"


@pytest.mark.parametrize("path", ["/v1/staff", "/v1/staff/01990000-0000-7000-8000-000000000001/revoke"])
async def test_changing_needs_the_token_against_forged_requests(manager: Browser, path: str):
    manager.forgery_token = None
    assert (await manager.post(path, GRANT)).code == "CSRF_TOKEN_INVALID"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (without("pin"), ("SCHEMA_REQUIRED", "$.pin")),
        (GRANT | {"pin": "123"}, ("PIN_FORMAT", "$.pin")),
        (GRANT | {"pin": 10207199100102}, ("SCHEMA_TYPE", "$.pin")),
        (GRANT | {"role": "king"}, ("SCHEMA_VALUE", "$.role")),
        (GRANT | {"organisation": "12"}, ("SCHEMA_PATTERN", "$.organisation")),
        (GRANT | {"valid_from": "15.01.2026"}, ("SCHEMA_INSTANT", "$.valid_from")),
        (GRANT | {"valid_from": 1}, ("SCHEMA_INSTANT", "$.valid_from")),
        (GRANT | {"valid_to": "2026-01-14"}, ("STAFF_GRANT_INVALID", "$.valid_to")),
        (GRANT | {"name": "A\u0000"}, ("SCHEMA_CHARACTERS", "$.name")),
        (GRANT | {CLERK.pin: "x"}, ("SCHEMA_UNKNOWN_FIELD", "$")),
        ([], ("SCHEMA_TYPE", "$")),
        (b"{", ("REQUEST_MALFORMED_JSON", "$")),
    ],
)
async def test_everything_wrong_is_told_without_repeating_it(manager: Browser, body: Any, found: tuple[str, str]):
    answer = await manager.post("/v1/staff", body)
    assert found in answer.codes
    assert CLERK.pin not in answer.body.decode()
    assert CLERK.family_name not in answer.body.decode()


async def test_an_organisation_that_is_not_registered_has_no_staff(operator: Browser):
    assert (await operator.post("/v1/staff", GRANT | {"organisation": "123456"})).code == "ORG_UNKNOWN"


async def test_taking_off_needs_a_reason(desk: Desk, manager: Browser):
    granted = await desk.grant("hospital-clerk", Role.HOSPITAL_CLERK)
    for body in ({}, {"reason": ""}, {"reason": "   "}):
        assert (await manager.post(f"/v1/staff/{granted}/revoke", body)).code == "REASON_REQUIRED"
