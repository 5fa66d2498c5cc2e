"""A terminal changes its key itself: the new one counts at once, the old one for a week more."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from gateway.access.principal import Role, Scope
from gateway.access.tokens import Confirmation, ConfirmationKind
from schemas.enrolment_api import ChangedKey
from tests.service.access_api.browser import Browser
from tests.service.access_api.conftest import Desk
from tests.service.access_api.terminal import TILL, Terminal, new_key, public


@pytest.fixture
async def operator(desk: Desk) -> Browser:
    return await desk.signed_in("technical-operator", Role.TECHNICAL_OPERATOR)


@pytest.fixture
async def terminal(desk: Desk, operator: Browser) -> Terminal:
    """Enrolled."""
    found = Terminal(desk)
    await operator.post("/v1/clients", TILL | {"key": public(found.key)})
    return found


async def test_the_old_key_counts_for_a_week_more(desk: Desk, terminal: Terminal):
    renewed = Terminal(desk)
    answer = await terminal.change_key(renewed.key, await terminal.token())
    assert answer.status == 200
    assert ChangedKey.model_validate_json(answer.body) == ChangedKey(
        client="till-1", kid=renewed.key.thumbprint(), others_until=desk.clock.now() + timedelta(days=7)
    )
    assert await renewed.token()
    desk.clock.move(days=7, seconds=-1)
    assert await terminal.token()
    desk.clock.move(seconds=1)
    assert (await terminal.ask_for_token()).json["error"] == "invalid_client"
    assert await renewed.token()
    rotated = [one.event for one in await desk.audited() if one.event.action == "client-rotated"]
    assert [(one.actor, one.actor_kind, one.target) for one in rotated] == [("till-1", "machine", "till-1")]


async def test_a_lost_answer_is_given_again(desk: Desk, terminal: Terminal):
    new, token = new_key(), await terminal.token()
    first = await terminal.change_key(new, token)
    desk.clock.move(days=1)
    again = await terminal.change_key(new, await terminal.token())
    assert (again.status, again.body) == (200, first.body)
    assert len(await desk.clients.public_keys("till-1")) == 2
    assert [one for one, _, _ in await desk.actions()].count("client-rotated") == 1


async def test_a_key_that_somebody_has_or_had_is_not_taken(desk: Desk, operator: Browser, terminal: Terminal):
    token, others, second = await terminal.token(), new_key(), Terminal(desk)
    await operator.post("/v1/clients", TILL | {"id": "other", "key": public(others)})
    for taken in (terminal.key, others):
        assert (await terminal.change_key(taken, token)).codes == {("CLIENT_KEY_INVALID", "$.key")}
    await terminal.change_key(second.key, token)
    back = await second.change_key(terminal.key, await second.token())
    assert back.codes == {("CLIENT_KEY_INVALID", "$.key")}
    assert datetime.fromisoformat(
        (await terminal.change_key(second.key, token)).json["others_until"]
    ) == desk.clock.now() + timedelta(days=7)


async def test_the_new_key_must_be_in_the_same_hands(desk: Desk, terminal: Terminal):
    new, token = new_key(), await terminal.token()
    good = terminal.proof("/v1/client/key", by=new)
    for proof in (
        terminal.proof("/v1/client/key"),
        terminal.proof("/v1/enrolments", by=new),
        terminal.proof("/v1/client/key", by=new, iat=int(desk.clock.now().timestamp()) - 60),
        "none",
    ):
        assert (await terminal.change_key(new, token, proof=proof)).codes == {("CLIENT_KEY_INVALID", "$.proof")}
    assert set(await desk.clients.public_keys("till-1")) == {terminal.key.thumbprint()}
    assert (await terminal.change_key(new, token, proof=good)).status == 200
    assert (await terminal.change_key(new, token, proof=good)).codes == {("CLIENT_KEY_INVALID", "$.proof")}


async def test_a_key_that_has_ended_changes_nothing_though_its_token_lives(desk: Desk, terminal: Terminal):
    renewed = Terminal(desk)
    await terminal.change_key(renewed.key, await terminal.token())
    desk.clock.move(days=7, minutes=-1)
    token = await terminal.token()
    desk.clock.move(minutes=2)
    assert (await terminal.change_key(new_key(), token)).code == "ACCESS_DENIED"
    assert set(await desk.clients.public_keys("till-1")) == {renewed.key.thumbprint()}


async def test_only_a_registered_key_changes_a_key(desk: Desk, operator: Browser, terminal: Terminal):
    """A token may be bound to a key that only signs requests; the register is changed by those in it."""
    stranger = Terminal(desk)
    bound = Confirmation(ConfirmationKind.DPOP, stranger.key.thumbprint())
    token = desk.tokens.issue(client="till-1", scopes=(), confirmation=bound)
    assert (await stranger.change_key(new_key(), token)).code == "ACCESS_DENIED"
    body = {"key": public(new_key()), "proof": "none"}
    new = new_key()
    proven = {"key": public(new), "proof": terminal.proof("/v1/client/key", by=new)}
    unbound = await desk.machine(None, Scope.CLIENTS_MANAGE)
    assert (await desk.browser().post("/v1/client/key", proven, **unbound)).code == "ACCESS_DENIED"
    assert (await operator.post("/v1/client/key", body)).code == "ACCESS_DENIED"
    assert (await desk.browser().post("/v1/client/key", body)).code == "AUTH_REQUIRED"
    assert set(await desk.clients.public_keys("till-1")) == {terminal.key.thumbprint()}


async def test_of_two_changes_at_once_both_are_kept_and_one_key_stays(desk: Desk, terminal: Terminal):
    token, keys = await terminal.token(), [new_key() for _ in range(4)]
    answers = await asyncio.gather(*(terminal.change_key(key, token) for key in keys))
    assert [answer.status for answer in answers] == [200] * 4
    found = desk.clients.find("till-1")
    assert found is not None
    assert len([key for key in found.keys if key.not_after is None]) == 1
