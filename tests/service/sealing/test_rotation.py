"""Rotation while the gateway works: every row comes under the newest key, and nothing written meanwhile is lost."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest
from sqlalchemy import Connection, LargeBinary, delete, select, update

from gateway.sealing.envelope import EnvelopeSealer
from gateway.sealing.errors import CannotOpen
from gateway.sealing.payloads import open_payload, seal_payload, tombstone
from gateway.sealing.rotation import (
    SEALED_COLUMNS,
    Exchange,
    Rewrapped,
    Rewrapping,
    count_by_key,
    exchange,
    outdated,
)
from gateway.store.grouping import Store
from gateway.store.tables import metadata, operations
from tests.service.sealing.rows import add, add_one_of_each, kept, opened, operation_row
from tests.support.doubles import NOON
from tests.support.sealing import make_ring, make_sealer, master_key

OLD, NEW = master_key(days=2), master_key(days=1)
PAYLOADS = SEALED_COLUMNS[0]


@pytest.fixture
def before() -> EnvelopeSealer:
    return make_sealer(make_ring(OLD))


@pytest.fixture
def both() -> EnvelopeSealer:
    return make_sealer(make_ring(OLD, NEW))


@pytest.fixture
def after() -> EnvelopeSealer:
    return make_sealer(make_ring(NEW))


def rewrapping(store: Store, sealer: EnvelopeSealer, batch: int = 7) -> Rewrapping:
    return Rewrapping(store, sealer, batch=batch, rest_seconds=0)


async def fill(store: Store, sealer: EnvelopeSealer, count: int) -> None:
    await store.write(partial(add, rows=[operation_row(sealer, b"{%d}" % n) for n in range(count)]))


async def test_everything_sealed_comes_under_the_new_key(store: Store, before, both, after):
    await fill(store, before, 40)
    await store.write(partial(add_one_of_each, sealer=before))
    content = opened(await store.read(kept), before)
    assert (await store.read(count_by_key)).by_key == {OLD.id: 53}
    told: list[Rewrapped] = []
    assert await rewrapping(store, both).run(told.append) == Rewrapped(53, 0)
    assert [one.rewrapped for one in told[:3]] == [7, 14, 21]
    assert opened(await store.read(kept), after) == content
    assert (await store.read(count_by_key)).by_key == {NEW.id: 53}
    assert await rewrapping(store, both).run() == Rewrapped(0, 0)

    def other_contents(connection: Connection) -> list[tuple[str, bytes]]:
        others = [
            (c, connection.execute(select(c.sealed).where(c.sealed.is_not(None))).scalar_one())
            for c in SEALED_COLUMNS[1:]
        ]
        return [(column.sealed.table.name, after.open(sealed, b"c")) for column, sealed in others]

    assert all(name.encode() == content for name, content in await store.read(other_contents))


def test_no_sealed_column_is_forgotten():
    """Every column of bytes is an envelope, or one of those that hold nothing to be opened."""
    sealed = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    digests = {
        "operations.fingerprint",
        *("treated_cases.fingerprint", "treated_cases.stay_key"),
        *("people.pin_index", "staff_grants.pin_index", "audit_entries.subject"),
        *("sessions.token_hash", "sessions.csrf_hash", "sign_ins.state_hash", "replays.digest", "enrolments.code_hash"),
        *("audit_entries.entry", "audit_entries.digest", "audit_heads.digest"),
        *("prescriptions.patient", "prescriptions.prescriber", "patient_years.patient", "insurance_checks.patient"),
        *("dispenses.receipt_key", "sold_boxes.box", "quotes.input_digest", "reference_versions.digest"),
        *("settlement_reports.digest", "settlement_acts.digest", "act_signatures.digest"),
    }
    assert {column.name for column in SEALED_COLUMNS} == sealed - digests


async def test_what_is_written_meanwhile_is_not_lost(store: Store, before, both, after):
    """Accepting, erasing, deleting and changing go on in between; none of it is undone by the sweep."""
    await fill(store, before, 300)
    rows = list(await store.read(kept))
    expected = opened(await store.read(kept), before)
    changed, erased, deleted = rows[::3], rows[1::3], rows[2::9]
    sweep = asyncio.create_task(rewrapping(store, both, batch=10).run())

    def put(connection: Connection, number: int) -> None:
        """The work of one moment. A node that has not seen the new key yet still seals with the old one."""
        fresh = operation_row(before if number % 2 else both, b"{new}")
        add(connection, [fresh])
        expected[fresh["id"]] = b"{new}"
        for identifier in changed[number::20]:
            value = seal_payload(both, identifier, b"{changed}")
            connection.execute(update(operations).where(operations.c.id == identifier).values(payload=value))
            expected[identifier] = b"{changed}"
        for identifier in erased[number::20]:
            connection.execute(update(operations).where(operations.c.id == identifier).values(payload=tombstone(NOON)))
            expected.pop(identifier)
        for identifier in deleted[number::20]:
            connection.execute(delete(operations).where(operations.c.id == identifier))
            expected.pop(identifier)

    for number in range(20):
        await store.write(partial(put, number=number))
    await sweep
    await rewrapping(store, both).run()
    stored = await store.read(kept)
    census = await store.read(count_by_key)
    assert (census.by_key, census.erased, census.unsealed) == ({NEW.id: len(expected)}, len(erased), 0)
    assert opened({identifier: stored[identifier] for identifier in expected}, after) == expected
    assert len(stored) == len(expected) + len(erased)


async def test_a_row_that_changed_since_it_was_read_is_left_alone(store: Store, before, both):
    await fill(store, before, 2)
    read = await store.read(partial(outdated, column=PAYLOADS, head=both.head, after=None, limit=9))
    exchanges = [Exchange(key, old, both.rewrap(old)) for key, old in read]
    first = read[0][0]
    newer = seal_payload(before, first, b"{newer}")
    await store.write(lambda c: c.execute(update(operations).where(operations.c.id == first).values(payload=newer)))
    assert await store.write(partial(exchange, column=PAYLOADS, exchanges=exchanges)) == 1
    assert (await store.read(kept))[first] == newer


async def test_a_sweep_that_was_broken_off_goes_on_with_what_is_left(store: Store, before, both):
    await fill(store, before, 30)

    class Stopped(Exception):
        pass

    def stop(so_far: Rewrapped) -> None:
        if so_far.rewrapped >= 14:
            raise Stopped

    with pytest.raises(Stopped):
        await rewrapping(store, both).run(stop)
    assert await rewrapping(store, both).run() == Rewrapped(16, 0)


async def test_nodes_may_rewrap_at_once(store: Store, before, both, after):
    await fill(store, before, 60)
    content = opened(await store.read(kept), before)
    done = await asyncio.gather(*(rewrapping(store, both).run() for _ in range(3)))
    assert sum(one.rewrapped for one in done) == 60
    assert opened(await store.read(kept), after) == content


async def test_rows_that_do_not_open_stay_and_are_counted(store: Store, before, both):
    lost = make_sealer()
    await fill(store, lost, 10)
    await fill(store, before, 10)
    untouched = {k: v for k, v in (await store.read(kept)).items() if v.startswith(lost.head)}
    assert await rewrapping(store, both).run() == Rewrapped(10, 10)
    now = await store.read(kept)
    assert {identifier: now[identifier] for identifier in untouched} == untouched
    identifier = next(iter(untouched))
    with pytest.raises(CannotOpen):
        open_payload(both, identifier, now[identifier])


async def test_the_census_tells_clear_rows_and_erased_ones(store: Store, before):
    await fill(store, before, 3)
    first, second, _ = await store.read(kept)

    def disturb(connection: Connection) -> None:
        for identifier, value in ((first, b'{"pin": "20101199012345"}'), (second, tombstone(NOON))):
            connection.execute(update(operations).where(operations.c.id == identifier).values(payload=value))

    await store.write(disturb)
    census = await store.read(count_by_key)
    assert (census.by_key, census.erased, census.unsealed) == ({OLD.id: 1}, 1, 1)
