"""Sign-ins and sessions on both engines: taken once, found on every node, over when they should be."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Table, func, select

from gateway.access.authors import Author
from gateway.access.people import pair_person
from gateway.access.principal import Grant, PrincipalKind, Role
from gateway.access.session_records import EndReason, SessionLimits
from gateway.access.sessions import OpenedSession, Sessions
from gateway.access.sign_ins import SignIns
from gateway.access.signed_in import SignedInPeople
from gateway.access.staff import GrantRequest, StaffRegister
from gateway.audit.actions import ActorKind
from gateway.audit.trail import ChainedTrail
from gateway.rules.days import bishkek_day
from gateway.rules.findings import Refused
from gateway.sealing.errors import CannotOpen
from gateway.store.access_tables import sessions, sign_ins
from gateway.store.grouping import Store
from schemas.errors import ErrorCode
from tests.support.doubles import SettableClock, SystemIds
from tests.support.sealing import make_index, make_sealer

ISSUER = "https://esi.example"
LIMITS = SessionLimits(idle=timedelta(minutes=30), absolute=timedelta(hours=8))
PIN_INDEX = b"p" * 32
HINT = "header.payload.signature"


async def code_of(doing: Any) -> ErrorCode:
    with pytest.raises(Refused) as refused:
        await doing
    return refused.value.findings[0].code


async def count(store: Store, table: Table) -> int:
    return await store.read(lambda c: c.execute(select(func.count()).select_from(table)).scalar_one())


async def everything(store: Store, table: Table) -> list[Any]:
    return await store.read(lambda c: [value for row in c.execute(select(table)) for value in row])


class Door:
    """Two nodes over one store, one clock and one sealer."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = SettableClock()
        self.sealer = make_sealer()
        self.node = Sessions(store, self.sealer, self.clock, LIMITS)
        self.other = Sessions(store, self.sealer, self.clock, LIMITS)
        self.people: dict[str, UUID] = {}

    async def person(self, subject: str, pin_index: bytes = PIN_INDEX) -> UUID:
        def pair(connection: Any) -> UUID:
            return pair_person(
                connection,
                issuer=ISSUER,
                subject=subject,
                pin_index=pin_index,
                new_id=SystemIds().new(),
                at=self.clock.now(),
            )

        return await self.store.write(pair)

    async def open(self, subject: str = "s-1", provider_session: str | None = "sid-1", **more: Any) -> OpenedSession:
        return await self.node.open(
            person=await self.person(subject),
            pin_index=PIN_INDEX,
            method="id-card",
            provider_session=provider_session,
            id_token=HINT,
            **more,
        )

    async def lives(self, opened: OpenedSession) -> bool:
        try:
            return (await self.other.find(opened.token, self.clock.now())).person == opened.session.person
        except Refused:
            return False


@pytest.fixture
def door(store: Store) -> Door:
    return Door(store)


async def test_a_sign_in_is_taken_up_once_on_any_node(store: Store):
    clock, sealer = SettableClock(), make_sealer()
    begun = await SignIns(store, sealer, clock).begin(return_to="/operations", step_up=True)
    other = SignIns(store, sealer, clock)
    answers = await asyncio.gather(
        *(other.take(state=begun.state, browser=begun.browser) for _ in range(6)), return_exceptions=True
    )
    assert [answer for answer in answers if not isinstance(answer, Refused)] == [begun.sign_in]
    assert (begun.sign_in.return_to, begun.sign_in.step_up) == ("/operations", True)
    # RFC 7636, section 4.1, wants 43 to 128 characters.
    assert 43 <= len(begun.sign_in.verifier) <= 128
    assert len({begun.state, begun.browser, begun.sign_in.nonce, begun.sign_in.verifier}) == 4


async def test_a_sign_in_begun_in_another_browser_is_refused_and_used_up(store: Store):
    register = SignIns(store, make_sealer(), SettableClock())
    mine, theirs = await register.begin(), await register.begin()
    wrong = register.take(state=theirs.state, browser=mine.browser)
    assert await code_of(wrong) is ErrorCode.SIGN_IN_FAILED
    again = register.take(state=theirs.state, browser=theirs.browser)
    assert await code_of(again) is ErrorCode.SIGN_IN_FAILED
    for state in ("", "x", "\ud800", theirs.browser):
        assert await code_of(register.take(state=state, browser=mine.browser)) is ErrorCode.SIGN_IN_FAILED
    assert await register.take(state=mine.state, browser=mine.browser) == mine.sign_in


@pytest.mark.parametrize(("seconds", "taken"), [(599, True), (600, False)])
async def test_a_sign_in_waits_ten_minutes(store: Store, seconds: int, taken: bool):  # noqa: FBT001 - a table
    clock = SettableClock()
    register = SignIns(store, make_sealer(), clock)
    begun = await register.begin()
    clock.move(seconds=seconds)
    taking = register.take(state=begun.state, browser=begun.browser)
    if taken:
        assert await taking == begun.sign_in
    else:
        assert await code_of(taking) is ErrorCode.SIGN_IN_FAILED


async def test_nothing_of_a_sign_in_is_in_the_store_in_clear(store: Store):
    register = SignIns(store, make_sealer(), SettableClock())
    begun = await register.begin()
    kept = repr(await everything(store, sign_ins))
    for value in (begun.state, begun.browser, begun.sign_in.nonce, begun.sign_in.verifier):
        assert value not in kept
        assert value not in repr(begun)


async def test_sign_ins_nobody_came_back_from_are_forgotten(store: Store):
    clock = SettableClock()
    register = SignIns(store, make_sealer(), clock)
    for _ in range(3):
        await register.begin()
    clock.move(minutes=9)
    fresh = await register.begin()
    clock.move(minutes=2)
    assert [await register.forget(limit=2), await register.forget(), await register.forget()] == [2, 1, 0]
    assert await register.take(state=fresh.state, browser=fresh.browser) == fresh.sign_in


async def test_an_open_session_is_found_on_every_node(door: Door):
    opened = await door.open()
    for node in (door.node, door.other):
        assert await node.find(opened.token, door.clock.now()) == opened.session
    assert opened.session.expires_at - door.clock.now() == LIMITS.absolute
    assert len(opened.token) >= 43
    for token in ("", "x", opened.csrf_token, opened.token + "x", "\ud800"):
        assert await code_of(door.node.find(token, door.clock.now())) is ErrorCode.SESSION_ENDED


async def test_the_store_holds_only_digests(door: Door):
    opened = await door.open()
    kept = await everything(door.store, sessions)
    for value in (opened.token, opened.csrf_token, HINT):
        assert not any(value.encode() in one for one in kept if isinstance(one, bytes))
        assert not any(value in str(one) for one in kept if not isinstance(one, bytes))
        assert value not in repr(opened)
    assert hashlib.sha256(opened.token.encode()).digest() in kept


async def test_an_unused_session_ends_after_the_idle_limit(door: Door):
    opened = await door.open()
    door.clock.move(minutes=29, seconds=59)
    assert await door.lives(opened)
    door.clock.move(minutes=29, seconds=59)
    assert await door.lives(opened)
    door.clock.move(minutes=30)
    assert not await door.lives(opened)


async def test_a_session_in_use_ends_at_the_absolute_limit(door: Door):
    opened = await door.open()
    for _ in range(8 * 6 - 1):
        door.clock.move(minutes=10)
        assert await door.lives(opened)
    door.clock.move(minutes=9, seconds=59)
    assert await door.lives(opened)
    door.clock.move(seconds=1)
    assert not await door.lives(opened)


async def test_use_is_written_down_once_a_minute(door: Door):
    opened = await door.open()

    async def seen() -> Any:
        return await door.store.read(lambda c: c.execute(select(sessions.c.seen_at)).scalar_one())

    begun = door.clock.now()
    door.clock.move(seconds=59)
    await door.lives(opened)
    assert await seen() == begun
    door.clock.move(seconds=1)
    await door.lives(opened)
    assert await seen() == door.clock.now()


async def test_a_forged_request_is_told_from_our_own_pages(door: Door):
    mine, theirs = await door.open(), await door.open("s-2")
    door.node.check_csrf(mine.session, mine.csrf_token)
    for token in (None, "", "x", mine.token, theirs.csrf_token, mine.csrf_token + "x", "\ud800"):
        with pytest.raises(Refused) as refused:
            door.node.check_csrf(mine.session, token)
        assert refused.value.findings[0].code is ErrorCode.CSRF_TOKEN_INVALID


async def test_signing_out_ends_the_session_everywhere_and_gives_the_hint(door: Door):
    opened, stays = await door.open(), await door.open()
    ended = await door.node.end(opened.token)
    assert ended is not None
    assert ended.id_token == HINT
    assert ended.id_token not in repr(ended)
    assert not await door.lives(opened)
    assert await door.node.end(opened.token) is None
    assert await door.node.end("unknown") is None
    assert await door.lives(stays)


async def test_a_use_does_not_bring_an_ended_session_to_life(door: Door):
    opened = await door.open()
    door.clock.move(minutes=2)
    await asyncio.gather(door.node.end(opened.token), door.lives(opened))
    assert not await door.lives(opened)


async def test_signing_in_anew_replaces_the_browsers_session(door: Door):
    first = await door.open()
    second = await door.open(replaces=first.token)
    assert not await door.lives(first)
    assert await door.lives(second)
    why = await door.store.read(lambda c: c.execute(select(sessions.c.ended_why)).scalars().all())
    assert sorted(why, key=str) == [None, EndReason.REPLACED]


async def test_all_sessions_of_a_person_end_together(door: Door):
    mine = [await door.open() for _ in range(3)]
    other = await door.open("s-2")
    assert await door.node.end_all_of(mine[0].session.person) == 3
    assert [await door.lives(one) for one in (*mine, other)] == [False, False, False, True]


@pytest.mark.parametrize(
    ("notice", "ended"),
    [
        ({"subject": "s-1", "provider_session": None}, ["s-1/a", "s-1/b"]),
        ({"subject": None, "provider_session": "a"}, ["s-1/a"]),
        ({"subject": "s-1", "provider_session": "b"}, ["s-1/b"]),
        ({"subject": "s-2", "provider_session": "a"}, []),
        ({"subject": "s-1", "provider_session": None, "issuer": "https://other.example"}, []),
    ],
)
async def test_esi_ends_what_it_names(door: Door, notice: dict[str, Any], ended: list[str]):
    opened = {f"{who}/{sid}": await door.open(who, sid) for who, sid in (("s-1", "a"), ("s-1", "b"), ("s-2", "c"))}
    opened["s-2/"] = await door.open("s-2", None)
    assert await door.node.end_by_provider(**({"issuer": ISSUER} | notice)) == len(ended)
    assert [name for name, session in opened.items() if not await door.lives(session)] == ended


async def test_a_notice_that_names_nobody_ends_nothing(door: Door):
    opened = await door.open()
    with pytest.raises(ValueError, match="names"):
        await door.node.end_by_provider(issuer=ISSUER, subject=None, provider_session=None)
    assert await door.lives(opened)


async def test_sessions_long_over_are_forgotten(door: Door):
    for _ in range(3):
        await door.open()
    door.clock.move(days=1, hours=8)
    late = await door.open()
    assert await door.node.forget() == 0
    door.clock.move(seconds=1)
    assert [await door.node.forget(limit=2), await door.node.forget(), await door.node.forget()] == [2, 1, 0]
    assert await count(door.store, sessions) == 1
    assert await door.lives(late)


async def test_a_hint_of_another_session_does_not_open(door: Door):
    """What is sealed belongs to its row: swapped between rows it is worth nothing."""
    mine, theirs = await door.open(), await door.open("s-2")

    def swap(connection: Any) -> None:
        sealed = select(sessions.c.sealed).where(sessions.c.token_hash == theirs.session.token_hash)
        foreign = connection.execute(sealed).scalar_one()
        row = sessions.update().where(sessions.c.token_hash == mine.session.token_hash)
        connection.execute(row.values(sealed=foreign))

    await door.store.write(swap)
    with pytest.raises(CannotOpen):
        await door.node.end(mine.token)


async def test_who_is_signed_in_may_do_what_the_register_says_at_this_moment(door: Door):
    index = make_index()
    staff = StaffRegister(
        door.store, door.sealer, index, door.clock, SystemIds(), ChainedTrail(door.store, door.clock).append
    )
    signed_in = SignedInPeople(door.node, staff)
    pin = "20101199012345"
    opened = await door.node.open(
        person=await door.person("s-9", index.of("pin", pin)),
        pin_index=index.of("pin", pin),
        method="id-card",
        provider_session=None,
        id_token=HINT,
    )

    async def principal(forgery_token: str | None = None) -> Any:
        return await signed_in.principal(opened.token, forgery_token=forgery_token, now=door.clock.now())

    assert (await principal()).grants == ()
    request = GrantRequest(
        pin=pin, name="A", role=Role.PHARMACIST, organisation="700001", valid_from=bishkek_day(door.clock.now())
    )
    by = Author("operator", ActorKind.OPERATOR)
    granted = await staff.grant(request, by=by, within=None)
    found = await principal(opened.csrf_token)
    assert (found.kind, found.id, found.method) == (PrincipalKind.PERSON, str(opened.session.person), "id-card")
    assert found.grants == (Grant(Role.PHARMACIST, "700001"),)
    assert await code_of(principal("")) is ErrorCode.CSRF_TOKEN_INVALID
    await staff.revoke(granted.id, by=by, reason="left", within=None)
    assert (await principal()).grants == ()
    await door.node.end(opened.token)
    assert await code_of(principal()) is ErrorCode.SESSION_ENDED
