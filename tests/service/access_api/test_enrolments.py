"""A terminal enrols with a one-time code, over HTTP with real proofs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gateway.access.client_keys import make_key
from gateway.access.enrolment_codes import code_digest
from gateway.access.principal import Role, Scope
from gateway.store.access_tables import client_keys, clients, enrolments
from gateway.store.grouping import Store
from schemas.access_api import ClientList, KeyedClient
from schemas.enrolment_api import EnrolledClient, OpenedEnrolment
from tests.service.access_api.browser import Answer, Browser
from tests.service.access_api.conftest import HOSPITAL, Desk, opened
from tests.service.access_api.terminal import PHARMACY, TILL, Terminal, new_key, public

PRINTED = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}")
NEUTRAL = "ENROLMENT_CODE_INVALID"


@pytest.fixture
async def operator(desk: Desk) -> Browser:
    return await desk.signed_in("technical-operator", Role.TECHNICAL_OPERATOR)


@pytest.fixture
async def code(operator: Browser) -> str:
    """Of the till, which has no key yet."""
    return (await operator.post("/v1/clients", TILL | {"enrol": True})).json["enrolment"]["code"]


async def told(desk: Desk, action: str) -> int:
    """How often the audit says that this was done."""
    return [one for one, _, _ in await desk.actions()].count(action)


async def another_code(operator: Browser, **command: Any) -> str:
    return (await operator.post("/v1/clients/till-1/enrolment", command)).json["code"]


def but_for_the_request(answer: Answer) -> tuple[int, dict[str, str], dict[str, Any]]:
    own = {"x-request-id", "traceparent", "date", "ratelimit"}
    headers = {name: value for name, value in answer.headers.items() if name.lower() not in own}
    return answer.status, headers, answer.json | {"instance": None}


async def test_a_terminal_is_added_enrols_and_works(desk: Desk, operator: Browser):
    answer = await operator.post("/v1/clients", TILL | {"enrol": True})
    added = KeyedClient.model_validate_json(answer.body)
    assert answer.status == 201
    assert (added.kid, added.private_key, added.client.keys) == (None, None, ())
    assert added.enrolment is not None
    assert PRINTED.fullmatch(added.enrolment.code)
    assert (added.enrolment.expires_at - desk.clock.now()).total_seconds() == 24 * 3600

    terminal = Terminal(desk)
    assert (await terminal.ask_for_token()).json["error"] == "invalid_client"
    enrolled = await terminal.enrol(added.enrolment.code)
    assert enrolled.status == 201
    assert EnrolledClient.model_validate_json(enrolled.body).model_dump(mode="json") == {
        "client": "till-1",
        "title": "First till",
        "organisation": PHARMACY,
        "organisation_name": None,
        "scopes": ["dispenses:read", "dispenses:write"],
    }
    assert await terminal.token()
    listed = ClientList.model_validate_json((await operator.get("/v1/clients")).body).items[0]
    assert [(key.kid, key.counts) for key in listed.keys] == [(terminal.key.thumbprint(), True)]
    audited = [(one.event.action, one.event.actor, one.event.actor_kind) for one in await desk.audited()]
    opened_by = next(actor for action, actor, _ in audited if action == "client-added")
    assert ("client-enrolment-opened", opened_by, "person") in audited
    assert ("client-enrolled", "till-1", "machine") in audited


async def test_of_a_code_only_the_digest_is_kept(desk: Desk, code: str):
    rows = await desk.store.read(
        lambda c: [c.execute(select(table)).all() for table in (enrolments, clients, client_keys)]
    )
    assert code.replace("-", "") not in repr(rows).replace("-", "")
    assert rows[0][0].code_hash == code_digest(code)
    assert code not in repr(await desk.audited())


async def test_a_code_may_be_typed_carelessly(desk: Desk, code: str):
    typed = f" {code.lower().replace('-', ' ')} ".replace("0", "o").replace("1", "l")
    assert (await Terminal(desk).enrol(typed)).status == 201


async def test_a_lost_answer_is_given_again_for_a_day(desk: Desk, code: str):
    terminal = Terminal(desk)
    desk.clock.move(hours=10)
    first = await terminal.enrol(code)
    desk.clock.move(hours=23, minutes=59)
    again = await terminal.enrol(code)
    assert (again.status, again.body) == (200, first.body)
    assert await told(desk, "client-enrolled") == 1
    assert len(await desk.clients.public_keys("till-1")) == 1
    desk.clock.move(minutes=1)
    assert (await terminal.enrol(code)).code == NEUTRAL
    assert await terminal.token()


async def test_it_is_not_given_again_to_a_key_that_has_ended(desk: Desk, operator: Browser, code: str):
    terminal = Terminal(desk)
    await terminal.enrol(code)
    await operator.post("/v1/clients/till-1/rotate", {"overlap_hours": 0})
    assert (await terminal.enrol(code)).code == NEUTRAL


async def test_whatever_is_wrong_with_a_code_is_answered_alike(desk: Desk, operator: Browser, code: str):
    await Terminal(desk).enrol(code)
    for client in ("expired", "replaced", "revoked"):
        await operator.post("/v1/clients", TILL | {"id": client})
    expired = (await operator.post("/v1/clients/expired/enrolment", {"hours": 1})).json["code"]
    desk.clock.move(hours=1)
    operator = await desk.signed_in("auditor", Role.TECHNICAL_OPERATOR)
    replaced = (await operator.post("/v1/clients/replaced/enrolment", {})).json["code"]
    await operator.post("/v1/clients/replaced/enrolment", {})
    revoked = (await operator.post("/v1/clients/revoked/enrolment", {})).json["code"]
    await operator.post("/v1/clients/revoked/revoke", {"reason": "closed"})
    before = await desk.store.read(lambda c: c.execute(select(client_keys)).all())

    wrong = (code, expired, replaced, revoked, "0" * 16, "?", "а" * 64)
    answers = [await Terminal(desk).enrol(one) for one in wrong]
    assert {answer.status for answer in answers} == {403}
    assert answers[0].codes == {(NEUTRAL, "$.code")}
    first, *others = [but_for_the_request(answer) for answer in answers]
    for other in others:
        assert other == first
    assert await desk.store.read(lambda c: c.execute(select(client_keys)).all()) == before


async def test_enrolling_anew_ends_the_keys_and_tokens_of_before_at_once(desk: Desk, operator: Browser, code: str):
    stolen = Terminal(desk)
    await stolen.enrol(code)
    desk.clock.move(seconds=30)
    token = await stolen.token()
    second = await another_code(operator)
    body = {"key": public(new_key()), "proof": "x"}
    assert (await stolen.signed("/v1/client/key", token, body)).code == "CLIENT_KEY_INVALID"

    desk.clock.move(seconds=2)
    terminal = Terminal(desk)
    assert (await terminal.enrol(second)).status == 201
    assert (await stolen.ask_for_token()).json["error"] == "invalid_client"
    assert (await stolen.signed("/v1/client/key", token, body)).code == "AUTH_TOKEN_INVALID"
    fresh = await terminal.token()
    assert (await terminal.signed("/v1/client/key", fresh, body)).code == "CLIENT_KEY_INVALID"
    assert (await stolen.enrol(code)).code == NEUTRAL


async def test_rotating_without_an_overlap_voids_tokens_too(desk: Desk, operator: Browser, code: str):
    terminal = Terminal(desk)
    await terminal.enrol(code)
    token = await terminal.token()
    desk.clock.move(seconds=1)
    await operator.post("/v1/clients/till-1/rotate", {"overlap_hours": 0})
    body = {"key": public(new_key()), "proof": "x"}
    assert (await terminal.signed("/v1/client/key", token, body)).code == "AUTH_TOKEN_INVALID"


async def test_only_terminals_enrol(desk: Desk, operator: Browser):
    system = TILL | {"kind": "system"}
    assert (await operator.post("/v1/clients", system | {"enrol": True})).codes == {("CLIENT_NOT_ENROLLABLE", "$.kind")}
    assert (await operator.get("/v1/clients")).json["items"] == []
    await operator.post("/v1/clients", system)
    refused = await operator.post("/v1/clients/till-1/enrolment", {})
    assert refused.codes == {("CLIENT_NOT_ENROLLABLE", "path:client_id")}
    assert (await operator.post("/v1/clients/nobody/enrolment", {})).code == "CLIENT_NOT_FOUND"
    with_key = TILL | {"id": "other", "enrol": True, "key": dict(make_key().public)}
    assert (await operator.post("/v1/clients", with_key)).codes == {("CLIENT_KEY_INVALID", "$.key")}
    assert await told(desk, "client-enrolment-opened") == 0


async def test_a_code_lasts_as_long_as_the_operator_says(desk: Desk, operator: Browser, code: str):
    assert code
    for hours in (1, 72):
        opened_ = OpenedEnrolment.model_validate_json(
            (await operator.post("/v1/clients/till-1/enrolment", {"hours": hours})).body
        )
        assert opened_.client == "till-1"
        assert (opened_.expires_at - desk.clock.now()).total_seconds() == hours * 3600
    for hours in (0, 73, "1"):
        refused = await operator.post("/v1/clients/till-1/enrolment", {"hours": hours})
        assert (refused.status, {path for _, path in refused.codes}) == (422, {"$.hours"})


async def test_who_answers_for_less_than_the_country_gives_no_codes(desk: Desk, code: str):
    assert code
    manager = await desk.signed_in("staff-manager", Role.STAFF_MANAGER)
    assert (await manager.post("/v1/clients/till-1/enrolment", {})).code == "ACCESS_DENIED"
    bound = await desk.machine(frozenset({HOSPITAL}), Scope.CLIENTS_MANAGE)
    assert (await desk.browser().post("/v1/clients/till-1/enrolment", {}, **bound)).code == "ACCESS_DENIED"


async def test_the_key_must_be_in_the_terminals_hands(desk: Desk, code: str):
    terminal, body = Terminal(desk), {"code": code}
    good = terminal.proof("/v1/enrolments")
    stale = terminal.proof("/v1/enrolments", iat=int(desk.clock.now().timestamp()) - 60)
    wrong = (
        terminal.proof("/v1/enrolments", by=new_key()),
        terminal.proof("/v1/clients"),
        terminal.proof("/v1/enrolments", method="GET"),
        stale,
        "none",
    )
    for proof in wrong:
        assert (await terminal.enrol(code, proof=proof)).codes == {("AUTH_PROOF_INVALID", "header:DPoP")}
    without = await desk.browser().post("/v1/enrolments", body | {"key": public(terminal.key)})
    assert (without.status, without.code) == (401, "AUTH_PROOF_INVALID")
    private = terminal.key.as_dict(private=True)
    refused = await desk.browser().post("/v1/enrolments", body | {"key": private}, DPoP=good)
    assert refused.codes == {("CLIENT_KEY_INVALID", "$.key")}
    assert private["d"] not in refused.body.decode()
    assert (await terminal.enrol(code, proof=good)).status == 201
    assert (await terminal.enrol(code, proof=good)).code == "AUTH_PROOF_INVALID"


async def test_a_key_that_somebody_has_or_had_is_not_taken(desk: Desk, operator: Browser, code: str):
    terminal = Terminal(desk)
    await operator.post("/v1/clients", TILL | {"id": "other", "key": public(terminal.key)})
    await operator.post("/v1/clients/other/revoke", {"reason": "closed"})
    assert (await terminal.enrol(code)).codes == {("CLIENT_KEY_INVALID", "$.key")}
    assert (await Terminal(desk).enrol(code)).status == 201


async def test_guessing_is_throttled_by_address_and_counted(desk: Desk):
    terminal = Terminal(desk)
    statuses = [(await terminal.enrol(wrong)).status for wrong in ["0" * 16] * 70]
    refused, throttled = statuses.count(403), statuses.count(429)
    assert (refused + throttled, statuses[0], throttled > 0) == (70, 403, True)
    scraper = await desk.machine(None, Scope.METRICS_READ)
    metrics = (await desk.browser().get("/metrics", **scraper)).body.decode()
    assert f'gateway_refused_total{{code="{NEUTRAL}"}} {refused}.0' in metrics
    assert f'gateway_throttled_total{{operations="sign-in"}} {throttled}.0' in metrics


async def test_codes_are_forgotten_when_their_time_is_over(desk: Desk, operator: Browser, code: str):
    await Terminal(desk).enrol(code)
    await operator.post("/v1/clients", TILL | {"id": "till-2", "enrol": True})
    desk.clock.move(hours=24)
    assert await desk.enrolments.forget() == 0
    desk.clock.move(seconds=1)
    assert await desk.enrolments.forget() == 2
    assert await desk.store.read(lambda c: c.execute(select(enrolments)).all()) == []


@pytest.fixture
async def either(store: Store, tmp_path: Path) -> AsyncIterator[Desk]:
    """On SQLite and on PostgreSQL."""
    async with opened(store, tmp_path) as found:
        yield found


async def test_of_terminals_that_race_for_a_code_one_wins(either: Desk):
    operator = await either.signed_in("technical-operator", Role.TECHNICAL_OPERATOR)
    code = (await operator.post("/v1/clients", TILL | {"enrol": True})).json["enrolment"]["code"]
    terminals = [Terminal(either) for _ in range(10)]
    answers = await asyncio.gather(*(terminal.enrol(code) for terminal in terminals))
    assert sorted(answer.status for answer in answers) == [201] + [403] * 9
    winner = terminals[[answer.status for answer in answers].index(201)]
    assert set(await either.clients.public_keys("till-1")) == {winner.key.thumbprint()}
    assert await told(either, "client-enrolled") == 1
    assert (await winner.enrol(code)).status == 200


async def test_a_terminal_enrols_twice_and_changes_its_key_on_either_engine(either: Desk):
    operator = await either.signed_in("technical-operator", Role.TECHNICAL_OPERATOR)
    code = (await operator.post("/v1/clients", TILL | {"enrol": True})).json["enrolment"]["code"]
    old, terminal = Terminal(either), Terminal(either)
    assert [(await old.enrol(code)).status for _ in range(2)] == [201, 200]
    assert (await terminal.enrol(code)).code == NEUTRAL
    second = await another_code(operator)
    assert (await terminal.enrol(second)).status == 201
    assert (await old.ask_for_token()).status == 401
    renewed = Terminal(either, key=new_key())
    changed = await terminal.change_key(renewed.key, await terminal.token())
    assert (changed.status, changed.json["kid"]) == (200, renewed.key.thumbprint())
    assert await renewed.token()
    await operator.post("/v1/clients/till-1/revoke", {"reason": "closed"})
    assert (await renewed.ask_for_token()).status == 401
