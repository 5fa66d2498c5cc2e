"""Signing and exporting the head: when it moved, by one of many nodes, and never over a break."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from gateway.audit.actions import Action, ActorKind
from gateway.audit.head_file import HeadFile, read_export
from gateway.audit.head_keeper import HeadKeeper
from gateway.audit.heads import read_heads
from gateway.audit.trail import ChainedTrail
from gateway.audit.verification import verify
from gateway.ports import AuditEvent
from gateway.store.access_tables import audit_entries, audit_heads
from gateway.store.grouping import Store
from tests.support.doubles import SettableClock, SystemIds
from tests.unit.audit.signers import OwnKey

SIGNER = OwnKey()


class Bench:
    """A store with a trail, and nodes that keep its head."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.folder = folder
        self.clock = SettableClock()
        self.trail = ChainedTrail(store, self.clock)

    def node(self, name: str | None = "heads.jsonl", every_seconds: float = 60) -> HeadKeeper:
        return HeadKeeper(
            store=self.store,
            clock=self.clock,
            ids=SystemIds(),
            signer=SIGNER,
            file=HeadFile(self.folder / name) if name is not None else None,
            every_seconds=every_seconds,
        )

    async def record(self, times: int = 1) -> None:
        for _ in range(times):
            await self.trail.record(AuditEvent(action=Action.SIGN_IN, actor="x", actor_kind=ActorKind.PERSON))

    async def stored(self) -> list[int]:
        return [head.position for head in await self.store.read(read_heads)]

    def exported(self, name: str = "heads.jsonl") -> list[int]:
        return [head.position for head in read_export([self.folder / name]).heads]


@pytest.fixture
def bench(store: Store, tmp_path: Path) -> Bench:
    return Bench(store, tmp_path)


async def test_the_head_is_signed_when_it_has_moved(bench: Bench):
    node = bench.node()
    await node.turn()
    assert await bench.stored() == []
    await bench.record(3)
    await node.turn()
    await node.turn()
    assert await bench.stored() == [3]
    await bench.record(2)
    await node.turn()
    assert await bench.stored() == bench.exported() == [3, 5]
    verdict = await verify(bench.store, read_export([bench.folder / "heads.jsonl"]))
    assert verdict.sound
    assert verdict.heads == 4


async def test_of_two_nodes_one_signs_and_both_export(bench: Bench):
    one, two = bench.node("one"), bench.node("two")
    await bench.record()
    await one.turn()
    await bench.record()
    await two.turn()
    assert await bench.stored() == [1]
    await one.turn()
    await two.turn()
    assert await bench.stored() == bench.exported("one") == bench.exported("two") == [1, 2]


async def test_another_node_goes_on_when_one_is_gone(bench: Bench):
    one, two = bench.node("one"), bench.node("two")
    await bench.record()
    await one.turn()
    await bench.record()
    bench.clock.move(seconds=121)
    await two.turn()
    assert await bench.stored() == [1, 2]


async def test_a_node_that_stops_signs_what_is_left_and_lets_another_one_sign(bench: Bench):
    one, two = bench.node("one"), bench.node("two")
    await bench.record()
    await one.turn()
    await bench.record()
    await one.close()
    assert bench.exported("one") == [1, 2]
    await bench.record()
    await two.turn()
    assert await bench.stored() == [1, 2, 3]


async def test_the_age_tells_how_long_entries_are_without_a_head(bench: Bench):
    node = bench.node()
    bench.clock.move(hours=1)
    await node.turn()
    assert node.age_seconds() == 0  # nothing was written: nothing is uncovered
    bench.clock.move(seconds=30)
    await bench.record()
    bench.clock.move(seconds=20)
    await node.turn()
    assert node.age_seconds() == 0
    await bench.record()
    other = bench.node("other")  # has no lease, so its turns sign nothing
    bench.clock.move(seconds=40)
    await other.turn()
    assert other.age_seconds() == 40
    await bench.record()
    bench.clock.move(seconds=1)
    await other.turn()
    assert other.age_seconds() == 41


async def test_what_is_not_exported_is_not_covered(bench: Bench):
    (bench.folder / "blocked").write_text("a file where a folder is needed")
    node = bench.node("blocked/heads.jsonl")
    await bench.record()
    await node.turn()
    bench.clock.move(seconds=700)
    await node.turn()
    assert node.age_seconds() == 700


async def test_without_a_file_stored_heads_count(bench: Bench):
    node = bench.node(None)
    await bench.record()
    bench.clock.move(seconds=700)
    await node.turn()
    assert await bench.stored() == [1]
    assert node.age_seconds() == 0


async def test_a_new_file_gets_all_heads(bench: Bench):
    node = bench.node("one")
    for _ in range(3):
        await bench.record()
        await node.turn()
    (bench.folder / "one").unlink()
    await node.turn()
    assert bench.exported("one") == [1, 2, 3]


@pytest.mark.parametrize("name", ["heads.jsonl", None])
async def test_nothing_is_signed_over_a_break(bench: Bench, name: str | None):
    node = bench.node(name)
    await bench.record(3)
    await node.turn()
    await bench.store.write(
        lambda c: c.execute(update(audit_entries).where(audit_entries.c.position == 3).values(digest=bytes(32)))
    )
    await bench.record()
    bench.clock.move(seconds=700)
    await node.turn()
    assert await bench.stored() == [3]
    assert node.age_seconds() == 700


async def test_nothing_is_signed_against_what_was_exported(bench: Bench):
    """Entries and heads were removed from the store, and new ones are written in their place."""
    node = bench.node()
    await bench.record(3)
    await node.turn()
    await bench.store.write(lambda c: (c.execute(delete(audit_entries)), c.execute(delete(audit_heads))))
    bench.clock.move(seconds=1)
    await bench.record(5)
    await node.turn()
    assert await bench.store.read(lambda c: c.execute(select(audit_heads)).all()) == []


@pytest.mark.parametrize("seconds", [0, -1, 301])
def test_the_interval_is_five_minutes_at_most(bench: Bench, seconds: float):
    with pytest.raises(ValueError, match="five minutes"):
        bench.node(every_seconds=seconds)
