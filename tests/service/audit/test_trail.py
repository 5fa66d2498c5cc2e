"""The trail on real engines: one chain, whoever writes, with what it tells of or not at all."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import IntegrityError

from gateway.audit.actions import Action, ActorKind
from gateway.audit.chain import Link
from gateway.audit.entries import entries_of_subject, read_entries
from gateway.audit.trail import ChainedTrail, chain_end
from gateway.audit.verification import verify
from gateway.ports import AuditEvent
from gateway.store.access_tables import audit_entries
from gateway.store.grouping import Store
from gateway.store.postgres import PostgresStore
from gateway.store.sqlite import SqliteStore
from gateway.store.tables import cursors
from tests.support.doubles import NOON, SettableClock


def event(actor: object = "sanarip", **more) -> AuditEvent:
    return AuditEvent(action=Action.CASE_ACCEPTED, actor=str(actor), actor_kind=ActorKind.MACHINE, **more)


async def count(store: Store) -> int:
    return await store.read(lambda c: c.execute(select(func.count()).select_from(audit_entries)).scalar_one())


async def test_events_are_kept_as_they_were(store: Store):
    clock = SettableClock()
    trail = ChainedTrail(store, clock)
    first = event("a", subject=b"\x01" * 32, organisation="950174", purpose="payment", code="ACCESS_DENIED")
    second = event("b", outcome="refused", target="00000011895017425")
    await trail.record(first)
    clock.move(microseconds=1)
    await trail.record(second)
    entries = await store.read(read_entries)
    assert [(one.position, one.event) for one in entries] == [(1, first), (2, second)]
    assert [one.at for one in entries] == [NOON, clock.now()]
    assert await store.read(chain_end) == Link(2, entries[1].digest)
    verdict = await verify(store)
    assert verdict.sound
    assert verdict.entries == 2


async def test_an_empty_trail_is_whole(store: Store):
    await store.write(lambda c: ChainedTrail(store, SettableClock()).append(c, []))
    assert await store.read(chain_end) == Link()
    assert (await verify(store)).sound


async def test_an_event_is_committed_with_what_it_tells_of_or_not_at_all(store: Store):
    trail = ChainedTrail(store, SettableClock())

    def put(connection: Connection) -> None:
        connection.execute(insert(cursors).values(name="x"))
        trail.append(connection, [event("x")])

    def put_and_fail(connection: Connection) -> None:
        trail.append(connection, [event("y")])
        connection.execute(insert(cursors).values(name="x"))

    await store.write(put)
    with pytest.raises(IntegrityError):
        await store.write(put_and_fail)
    entries = await store.read(read_entries)
    assert [one.event.actor for one in entries] == ["x"]


async def test_what_cannot_be_written_down_does_not_happen(store: Store):
    trail = ChainedTrail(store, SettableClock())

    def put(connection: Connection) -> None:
        connection.execute(insert(cursors).values(name="x"))
        trail.append(connection, [event("Асанов")])

    with pytest.raises(ValueError, match="'actor'"):
        await store.write(put)
    assert await store.read(lambda c: c.execute(select(cursors)).all()) == []
    with pytest.raises(ValueError, match="'actor'"):
        await trail.record(event(""))
    assert await count(store) == 0


async def test_a_bad_event_takes_no_other_one_with_it(store: Store):
    trail = ChainedTrail(store, SettableClock())
    answers = await asyncio.gather(
        *(trail.record(event(actor)) for actor in ("a", "", "b", "b b", "c")), return_exceptions=True
    )
    assert [isinstance(answer, ValueError) for answer in answers] == [False, True, False, True, False]
    assert [one.event.actor for one in await store.read(read_entries)] == ["a", "b", "c"]
    assert (await verify(store)).sound


async def test_entries_of_one_person_newest_first(store: Store):
    clock = SettableClock()
    trail = ChainedTrail(store, clock)
    for n in range(6):
        await trail.record(event(n, subject=bytes([n % 2]) * 32))
        clock.move(minutes=1)

    async def found(**how) -> list[str]:
        entries = await store.read(lambda c: entries_of_subject(c, bytes(32), **{"limit": 10, **how}))
        return [one.event.actor for one in entries]

    assert await found() == ["4", "2", "0"]
    assert await found(limit=2) == ["4", "2"]
    assert await found(past=3) == ["0"]
    assert await found(since=NOON.replace(minute=2)) == ["4", "2"]
    assert await found(before=NOON.replace(minute=2)) == ["0"]


async def test_many_writers_make_one_chain(tmp_path: Path):
    store = SqliteStore(tmp_path / "k.db")
    await store.open()
    trail = ChainedTrail(store, SettableClock())
    await asyncio.gather(*(trail.record(event(n)) for n in range(700)))
    verdict = await verify(store)
    assert verdict.sound
    assert verdict.entries == 700
    await store.close()


@pytest.mark.postgres
async def test_many_nodes_make_one_chain(postgres_url: str):
    """No fork, no gap, nothing lost, though four nodes append both ways at once."""
    nodes = [PostgresStore(postgres_url) for _ in range(4)]
    await asyncio.gather(*(node.open() for node in nodes))
    trails = [ChainedTrail(node, SettableClock()) for node in nodes]

    async def work(node: int) -> None:
        store, trail = nodes[node], trails[node]
        for n in range(25):
            both = [event(f"{node}-{n}-a"), event(f"{node}-{n}-b")]
            await asyncio.gather(
                trail.record(event(f"{node}-{n}")), store.write(lambda c, both=both: trail.append(c, both))
            )

    await asyncio.gather(*(work(node) for node in range(4)))
    verdict = await verify(nodes[0])
    assert verdict.sound
    assert verdict.entries == 300
    entries = await nodes[0].read(lambda c: read_entries(c, limit=1000))
    assert len({one.event.actor for one in entries}) == 300
    await asyncio.gather(*(node.close() for node in nodes))
