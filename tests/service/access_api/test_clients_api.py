"""Keeping the register of machines over HTTP: only for those who answer for the whole country."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.access.client_keys import make_key
from gateway.access.principal import Role, Scope
from schemas.access_api import ClientList, ClientView, KeyedClient
from tests.service.access_api.browser import Browser
from tests.service.access_api.conftest import HOSPITAL, Desk

SYSTEM = {
    "id": "mis-osh",
    "title": "MIS of Osh",
    "kind": "system",
    "organisations": [HOSPITAL],
    "scopes": ["cases:submit", "events:read"],
    "binding": "dpop",
}


@pytest.fixture
async def operator(desk: Desk) -> Browser:
    return await desk.signed_in("technical-operator", Role.TECHNICAL_OPERATOR)


async def test_a_made_key_is_shown_once(desk: Desk, operator: Browser):
    answer = await operator.post("/v1/clients", SYSTEM)
    added = KeyedClient.model_validate_json(answer.body)

    assert answer.status == 201
    assert answer.headers["Cache-Control"] == "no-store"
    assert added.private_key is not None
    assert added.private_key["kid"] == added.kid == added.client.keys[0].kid
    listed = await operator.get("/v1/clients")
    assert added.private_key["d"].encode() not in listed.body
    assert '"d":' not in listed.body.decode()
    found = ClientList.model_validate_json(listed.body).items[0]
    assert (found.id, found.organisations, found.channel.value) == ("mis-osh", (HOSPITAL,), "system")
    assert [scope.value for scope in found.scopes] == ["cases:submit", "events:read"]
    known = await desk.clients.public_keys("mis-osh")
    assert known.keys() == {added.kid}
    actions = await desk.actions()
    assert ("client-added", "success", None) in actions
    assert actions[-1] == ("clients-listed", "success", None)


async def test_a_brought_key_stays_with_its_owner(operator: Browser):
    made = make_key()
    added = KeyedClient.model_validate_json((await operator.post("/v1/clients", SYSTEM | {"key": made.public})).body)
    assert (added.kid, added.private_key) == (made.public["kid"], None)

    refused = await operator.post("/v1/clients", SYSTEM | {"id": "other", "key": made.private})
    assert refused.codes == {("CLIENT_KEY_INVALID", "$.key")}
    assert made.private["d"] not in refused.body.decode()


async def test_a_key_is_rotated_with_an_overlap(desk: Desk, operator: Browser):
    first = KeyedClient.model_validate_json((await operator.post("/v1/clients", SYSTEM)).body)
    desk.clock.move(minutes=1)
    answer = await operator.post("/v1/clients/mis-osh/rotate", {"overlap_hours": 1})
    rotated = KeyedClient.model_validate_json(answer.body)

    assert rotated.kid != first.kid
    assert rotated.private_key is not None
    assert [key.counts for key in rotated.client.keys] == [True, True]
    desk.clock.move(hours=1)
    await operator.sign_in("technical-operator")
    keys = ClientList.model_validate_json((await operator.get("/v1/clients")).body).items[0].keys
    assert {key.kid: key.counts for key in keys} == {first.kid: False, rotated.kid: True}


async def test_a_machine_is_ended_for_good(desk: Desk, operator: Browser):
    await operator.post("/v1/clients", SYSTEM)
    assert (await operator.post("/v1/clients/mis-osh/revoke", {})).code == "REASON_REQUIRED"
    ended = ClientView.model_validate_json((await operator.post("/v1/clients/mis-osh/revoke", {"reason": "x"})).body)

    assert (ended.reason, [key.counts for key in ended.keys]) == ("x", [False])
    assert desk.clients.find("mis-osh") is None
    assert (await operator.post("/v1/clients", SYSTEM)).code == "CLIENT_EXISTS"
    assert (await operator.post("/v1/clients/mis-osh/rotate", {})).code == "CLIENT_NOT_FOUND"
    assert (await operator.post("/v1/clients/unknown/revoke", {"reason": "x"})).code == "CLIENT_NOT_FOUND"


async def test_a_revoked_machines_token_is_refused_at_once(desk: Desk, operator: Browser):
    headers = await desk.machine(None, Scope.OPERATIONS_READ)
    browser = desk.browser()
    assert (await browser.get("/v1/upstreams", **headers)).status == 200
    await operator.post("/v1/clients/machine-0/revoke", {"reason": "stolen"})
    assert (await browser.get("/v1/upstreams", **headers)).json["code"] == "AUTH_TOKEN_INVALID"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"id": "Big Name"}, ("SCHEMA_PATTERN", "$.id")),
        ({"kind": "toaster"}, ("SCHEMA_VALUE", "$.kind")),
        ({"scopes": []}, ("SCHEMA_LENGTH", "$.scopes")),
        ({"scopes": ["everything"]}, ("SCHEMA_VALUE", "$.scopes[0]")),
        ({"scopes": "cases:read"}, ("SCHEMA_TYPE", "$.scopes")),
        ({"organisations": []}, ("SCHEMA_LENGTH", "$.organisations")),
        ({"organisations": ["12"]}, ("SCHEMA_PATTERN", "$.organisations[0]")),
        ({"binding": "mtls"}, ("CLIENT_KEY_INVALID", "$.certificate")),
        ({"binding": "mtls", "certificate": "anything"}, ("CLIENT_KEY_INVALID", "$.certificate")),
        ({"binding": "none"}, ("CLIENT_KEY_INVALID", "$.binding")),
        ({"kind": "pharmacy-terminal", "organisations": None}, ("SCHEMA_LENGTH", "$.organisations")),
        ({"key": "text"}, ("SCHEMA_TYPE", "$.key")),
        ({"key": {"kty": "oct", "k": "c2VjcmV0"}}, ("CLIENT_KEY_INVALID", "$.key")),
    ],
)
async def test_everything_wrong_is_told(operator: Browser, change: dict[str, Any], found: tuple[str, str]):
    answer = await operator.post("/v1/clients", SYSTEM | change)
    assert found in answer.codes
    assert (await operator.get("/v1/clients")).json["items"] == []


async def test_who_answers_for_organisations_does_not_keep_machines(desk: Desk):
    manager = await desk.signed_in("staff-manager", Role.STAFF_MANAGER)
    assert (await manager.get("/v1/clients")).code == "ACCESS_DENIED"
    assert (await manager.post("/v1/clients", SYSTEM)).code == "ACCESS_DENIED"
    bound = await desk.machine(frozenset({HOSPITAL}), Scope.CLIENTS_MANAGE)
    assert (await desk.browser().get("/v1/clients", **bound)).code == "ACCESS_DENIED"


async def test_adding_needs_the_token_against_forged_requests(operator: Browser):
    operator.forgery_token = None
    assert (await operator.post("/v1/clients", SYSTEM)).code == "CSRF_TOKEN_INVALID"
