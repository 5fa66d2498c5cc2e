"""The register of machine clients on both engines: added once, rotated without a gap, revoked for good."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey
from sqlalchemy import select

from gateway.access.authors import Author
from gateway.access.certificates import ExpectedCertificate
from gateway.access.client_keys import make_key
from gateway.access.client_kinds import Binding, ClientKind
from gateway.access.client_register import STALE_SECONDS, ClientRegister
from gateway.access.clients import ClientDefinition
from gateway.access.principal import Scope
from gateway.audit.actions import Action, ActorKind
from gateway.audit.entries import read_entries
from gateway.audit.trail import ChainedTrail
from gateway.operations.model import Channel
from gateway.rules.findings import Refused
from gateway.store.access_tables import client_keys, clients
from gateway.store.grouping import Store, StoreUnavailable
from gateway.store.sqlite import SqliteStore
from schemas.errors import ErrorCode
from tests.support.doubles import SettableClock

OPERATOR = Author("cli:operator", ActorKind.OPERATOR)
CLINIC = ClientDefinition(
    id="mis-950174",
    title="MIS of the hospital",
    kind=ClientKind.SYSTEM,
    channel=Channel.DIRECT_ENTRY,
    organisations=frozenset({"950174", "950175"}),
    scopes=frozenset({Scope.CASES_SUBMIT, Scope.CASES_READ}),
    binding=Binding.MTLS,
    certificate=ExpectedCertificate.parse("subject:CN=mis,O=Hospital,C=KG"),
)
MEMBER = replace(
    CLINIC,
    id="member",
    kind=ClientKind.XROAD_MEMBER,
    binding=Binding.XROAD,
    certificate=None,
    xroad_member="central-server/GOV/70000005/hospital",
)
TRIAL = replace(CLINIC, id="trial", kind=ClientKind.TEST, binding=Binding.NONE, certificate=None)


def code_of(refused: pytest.ExceptionInfo[Refused]) -> ErrorCode:
    return refused.value.findings[0].code


async def a_register(store: Store, clock: SettableClock | None = None, **options: Any) -> ClientRegister:
    clock = clock or SettableClock()
    register = ClientRegister(store, clock, ChainedTrail(store, clock).append, **options)
    await register.refresh()
    return register


@pytest.fixture
async def register(store: Store) -> ClientRegister:
    return await a_register(store)


async def test_what_was_added_is_found_here_and_on_other_nodes(store: Store, register: ClientRegister):
    added = await register.add(CLINIC, by=OPERATOR)
    other = await a_register(store)
    for node in (register, other):
        found = node.find("mis-950174")
        assert found == added.client
        assert found is not None
        assert {name: getattr(found, name) for name in CLINIC.__dataclass_fields__} == {
            name: getattr(CLINIC, name) for name in CLINIC.__dataclass_fields__
        }
        assert list(await node.public_keys("mis-950174")) == [added.kid]
    assert register.find("unknown") is None
    assert await register.public_keys("unknown") == {}


async def test_the_private_part_goes_out_once_and_is_kept_nowhere(store: Store, register: ClientRegister):
    added = await register.add(CLINIC, by=OPERATOR)
    assert added.private is not None
    assert added.private["d"] not in repr(added)

    def everything(connection: Any) -> str:
        return repr([connection.execute(select(table)).all() for table in (clients, client_keys)])

    assert added.private["d"] not in await store.read(everything)
    assert ECKey.import_key(dict(added.private)).thumbprint() == added.kid


async def test_a_client_may_bring_its_own_public_key(register: ClientRegister):
    made = make_key()
    added = await register.add(CLINIC, by=OPERATOR, jwk=made.public)
    assert (added.kid, added.private) == (made.public["kid"], None)
    with pytest.raises(Refused) as refused:
        await register.add(replace(CLINIC, id="other"), by=OPERATOR, jwk=made.private)
    assert code_of(refused) is ErrorCode.CLIENT_KEY_INVALID
    assert register.find("other") is None


async def test_an_id_is_given_once_even_after_revocation(register: ClientRegister):
    await register.add(CLINIC, by=OPERATOR)
    with pytest.raises(Refused) as refused:
        await register.add(CLINIC, by=OPERATOR)
    assert code_of(refused) is ErrorCode.CLIENT_EXISTS
    await register.revoke("mis-950174", by=OPERATOR, reason="closed")
    with pytest.raises(Refused) as refused:
        await register.add(CLINIC, by=OPERATOR)
    assert code_of(refused) is ErrorCode.CLIENT_EXISTS


async def test_an_unsound_client_is_not_written(register: ClientRegister):
    with pytest.raises(Refused) as refused:
        await register.add(replace(CLINIC, certificate=None), by=OPERATOR)
    assert code_of(refused) is ErrorCode.CLIENT_KEY_INVALID
    assert register.all() == ()


async def test_an_xroad_member_is_one_live_client_without_keys(register: ClientRegister):
    added = await register.add(MEMBER, by=OPERATOR)
    assert (added.kid, added.private, added.client.keys) == (None, None, ())
    assert register.of_member("central-server/GOV/70000005/hospital") == added.client
    assert register.of_member("central-server/GOV/70000005/other") is None
    twin = replace(MEMBER, id="twin")
    for attempt in (
        register.add(twin, by=OPERATOR),
        register.rotate("member", by=OPERATOR),
        register.add(twin, by=OPERATOR, jwk={}),
    ):
        with pytest.raises(Refused):
            await attempt
    await register.revoke("member", by=OPERATOR, reason="moved")
    assert register.of_member("central-server/GOV/70000005/hospital") is None
    await register.add(twin, by=OPERATOR)
    found = register.of_member("central-server/GOV/70000005/hospital")
    assert found is not None
    assert found.id == "twin"


async def test_while_keys_overlap_both_count(store: Store):
    clock = SettableClock()
    register = await a_register(store, clock)
    first = await register.add(CLINIC, by=OPERATOR)
    clock.move(hours=1)
    second = await register.rotate("mis-950174", by=OPERATOR, overlap=timedelta(hours=2))
    assert set(await register.public_keys("mis-950174")) == {first.kid, second.kid}
    clock.move(hours=1, minutes=59, seconds=59)
    assert set(await register.public_keys("mis-950174")) == {first.kid, second.kid}
    clock.move(seconds=1)
    assert set(await register.public_keys("mis-950174")) == {second.kid}
    # A later rotation never makes an ended key count again, and one without overlap ends the last at once.
    third = await register.rotate("mis-950174", by=OPERATOR, overlap=timedelta(0))
    assert set(await register.public_keys("mis-950174")) == {third.kid}


async def test_a_later_rotation_does_not_lengthen_the_life_of_an_older_key(store: Store):
    clock = SettableClock()
    register = await a_register(store, clock)
    first = await register.add(CLINIC, by=OPERATOR)
    second = await register.rotate("mis-950174", by=OPERATOR, overlap=timedelta(hours=2))
    third = await register.rotate("mis-950174", by=OPERATOR, overlap=timedelta(days=30))
    clock.move(hours=1, minutes=59)
    assert set(await register.public_keys("mis-950174")) == {first.kid, second.kid, third.kid}
    clock.move(minutes=1)
    assert set(await register.public_keys("mis-950174")) == {second.kid, third.kid}


async def test_a_key_that_was_given_up_never_comes_back(register: ClientRegister):
    made = make_key()
    await register.add(CLINIC, by=OPERATOR, jwk=made.public)
    await register.rotate("mis-950174", by=OPERATOR, overlap=timedelta(0))
    with pytest.raises(Refused) as refused:
        await register.rotate("mis-950174", by=OPERATOR, jwk=made.public)
    assert code_of(refused) is ErrorCode.CLIENT_KEY_INVALID
    assert len(await register.public_keys("mis-950174")) == 1


async def test_revocation_holds_here_at_once_and_elsewhere_after_a_look(store: Store, register: ClientRegister):
    await register.add(CLINIC, by=OPERATOR)
    other = await a_register(store)
    ended = await register.revoke("mis-950174", by=OPERATOR, reason=" lost ")
    assert (ended.revoked_by, ended.reason, ended.keys_at(ended.added_at)) == ("cli:operator", "lost", ())
    assert register.find("mis-950174") is None
    assert await register.public_keys("mis-950174") == {}
    assert register.show("mis-950174").revoked_at is not None
    assert other.find("mis-950174") is not None
    await other.refresh()
    assert other.find("mis-950174") is None
    for attempt in (
        register.revoke("mis-950174", by=OPERATOR, reason="again"),
        register.rotate("mis-950174", by=OPERATOR),
        register.revoke("unknown", by=OPERATOR, reason="x"),
    ):
        with pytest.raises(Refused) as refused:
            await attempt
        assert code_of(refused) is ErrorCode.CLIENT_NOT_FOUND
    assert register.show("mis-950174").reason == "lost"


async def test_revoking_needs_a_reason(register: ClientRegister):
    await register.add(CLINIC, by=OPERATOR)
    with pytest.raises(Refused) as refused:
        await register.revoke("mis-950174", by=OPERATOR, reason=" ")
    assert code_of(refused) is ErrorCode.REASON_REQUIRED
    assert register.find("mis-950174") is not None


async def test_every_kind_of_change_is_seen_by_other_nodes(store: Store, register: ClientRegister):
    other = await a_register(store)
    added = await register.add(CLINIC, by=OPERATOR)
    await other.refresh()
    assert list(await other.public_keys("mis-950174")) == [added.kid]
    rotated = await register.rotate("mis-950174", by=OPERATOR, overlap=timedelta(0))
    await other.refresh()
    assert list(await other.public_keys("mis-950174")) == [rotated.kid]


async def test_clients_bound_to_nothing_are_refused_unless_allowed(store: Store, register: ClientRegister):
    with pytest.raises(Refused) as refused:
        await register.add(TRIAL, by=OPERATOR)
    assert code_of(refused) is ErrorCode.CLIENT_KEY_INVALID
    lenient = await a_register(store, allow_unbound=True)
    await lenient.add(TRIAL, by=OPERATOR)
    assert lenient.find("trial") is not None
    await register.refresh()
    assert register.find("trial") is None
    assert await register.public_keys("trial") == {}


async def test_a_register_that_cannot_look_refuses_everybody(store: Store):
    seconds = 0.0
    clock = SettableClock()
    register = ClientRegister(store, clock, ChainedTrail(store, clock).append, monotonic=lambda: seconds)
    with pytest.raises(StoreUnavailable):
        register.find("mis-950174")
    await register.refresh()
    await register.add(CLINIC, by=OPERATOR)
    seconds = STALE_SECONDS
    assert register.find("mis-950174") is not None
    seconds = STALE_SECONDS + 0.1
    with pytest.raises(StoreUnavailable):
        register.find("mis-950174")
    with pytest.raises(StoreUnavailable):
        register.of_member("central-server/GOV/70000005/hospital")
    await register.refresh()
    assert register.find("mis-950174") is not None


async def test_the_copy_is_kept_up_by_itself(store: Store, register: ClientRegister, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gateway.access.client_register.REFRESH_SECONDS", 0.01)
    other = await a_register(store)
    await register.add(CLINIC, by=OPERATOR)
    running = asyncio.create_task(other.run())
    async with asyncio.timeout(10):
        while other.find("mis-950174") is None:
            await asyncio.sleep(0.01)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_an_old_look_never_covers_a_newer_one(tmp_path: Path):
    """A look that began before a revocation ends after it: the revocation must hold nevertheless."""
    store = SqliteStore(tmp_path / "k.db")
    await store.open()
    slow = _SlowReads(store)
    register = await a_register(slow)
    await register.add(CLINIC, by=OPERATOR)
    other = await a_register(store)
    await other.rotate("mis-950174", by=OPERATOR)
    slow.gate.clear()
    old_look = asyncio.create_task(register.refresh())
    async with asyncio.timeout(10):
        while not slow.held:
            await asyncio.sleep(0)
    revoking = asyncio.create_task(register.revoke("mis-950174", by=OPERATOR, reason="lost"))
    async with asyncio.timeout(10):
        while await store.read(lambda c: c.execute(select(clients.c.revoked_at)).scalar_one()) is None:
            await asyncio.sleep(0.001)
    slow.gate.set()
    await asyncio.gather(old_look, revoking)
    assert register.find("mis-950174") is None
    await store.close()


class _SlowReads:
    """A store whose first read behind a closed gate gives its answer only once the gate opens; others pass."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.gate = asyncio.Event()
        self.gate.set()
        self.held = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def read(self, query: Any) -> Any:
        answer = await self._store.read(query)
        if not self.gate.is_set() and not self.held:
            self.held = True
            await self.gate.wait()
        return answer


async def test_two_nodes_that_add_the_same_client_agree_on_one(store: Store):
    nodes = [await a_register(store) for _ in range(4)]
    answers = await asyncio.gather(*(node.add(CLINIC, by=OPERATOR) for node in nodes), return_exceptions=True)
    assert sum(isinstance(answer, Refused) for answer in answers) == 3
    assert len(await nodes[0].public_keys("mis-950174")) == 1


async def test_every_change_is_in_the_audit_and_no_refused_one(store: Store, register: ClientRegister):
    await register.add(CLINIC, by=OPERATOR)
    with pytest.raises(Refused):
        await register.add(CLINIC, by=OPERATOR)
    await register.rotate("mis-950174", by=OPERATOR)
    await register.revoke("mis-950174", by=OPERATOR, reason="closed")
    events = [entry.event for entry in await store.read(read_entries)]
    assert [event.action for event in events] == [Action.CLIENT_ADDED, Action.CLIENT_ROTATED, Action.CLIENT_REVOKED]
    assert {(event.actor, event.actor_kind, event.target) for event in events} == {
        ("cli:operator", "operator", "mis-950174")
    }


async def test_what_cannot_be_audited_is_not_done(store: Store):
    def broken(_connection: object, _events: object) -> None:
        raise ValueError

    register = ClientRegister(store, SettableClock(), broken)
    with pytest.raises(ValueError, match=r"^$"):
        await register.add(CLINIC, by=OPERATOR)
    await register.refresh()
    assert register.all() == ()
