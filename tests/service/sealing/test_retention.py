"""Retention: payloads whose time has ended are erased, the record stays, and old backups end with their key."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, func, select, update

from gateway.operations.model import State
from gateway.rules.findings import Refused
from gateway.sealing.errors import CannotOpen
from gateway.sealing.payloads import erased_at, is_erased, open_payload
from gateway.sealing.retention import Retention, expired, shred_payloads
from gateway.sealing.rotation import Rewrapping, count_by_key
from gateway.store.grouping import Store
from gateway.store.programme_tables import dispenses
from gateway.store.tables import events, operations, treated_cases
from schemas.errors import ErrorCode
from tests.service.dispensing.counter import Counter, prescription
from tests.service.sealing.rows import add, add_words, kept, operation_row
from tests.support.doubles import NOON, SettableClock
from tests.support.programme import OTHER_PIN, PIN, issue_into
from tests.support.sealing import make_ring, make_sealer, master_key

KEEP = timedelta(days=100)
SEALER = make_sealer()


def row(*, state: State = State.DELIVERED, accepted: float, took: float = 0) -> dict:
    return operation_row(SEALER, b"{}", state=state, accepted_at=NOON - timedelta(days=accepted), days=took)


async def test_only_what_ended_long_ago_is_erased(store: Store):
    old = [row(state=state, accepted=101) for state in (State.DELIVERED, State.REJECTED, State.CANCELLED)]
    staying = [
        row(accepted=99),
        row(accepted=300, took=250),
        *(row(state=state, accepted=300) for state in State if not state.is_final),
    ]
    await store.write(partial(add, rows=old + staying))
    ids = sorted(one["id"] for one in old)
    found = partial(expired, before=NOON - KEEP, limit=9)
    assert await store.read(partial(found, after=None)) == ids
    assert await store.read(partial(found, after=ids[0])) == ids[1:]
    retention = Retention(store, SettableClock(), keep=KEEP)
    assert await retention.run() == len(old)
    stored = await store.read(kept)
    assert {identifier for identifier, payload in stored.items() if is_erased(payload)} == {one["id"] for one in old}
    assert {erased_at(stored[one["id"]]) for one in old} == {NOON}
    with pytest.raises(Refused):
        open_payload(SEALER, old[0]["id"], stored[old[0]["id"]])
    assert await retention.run() == 0


async def test_the_record_stays_as_it_was(store: Store):
    old = row(accepted=200)
    await store.write(partial(add, rows=[old]))
    everything = select(*(column for column in operations.c if column.name != "payload"))
    before = await store.read(lambda c: c.execute(everything).all())
    assert await Retention(store, SettableClock(), keep=KEEP).run() == 1
    assert await store.read(lambda c: c.execute(everything).all()) == before


async def test_what_the_upstream_said_is_erased_with_the_payload(store: Store):
    """A case that was corrected since keeps the words about it; events forget theirs by their own age."""
    ended, corrected, young = row(accepted=200), row(accepted=200), row(accepted=1)

    def fill(connection: Connection) -> None:
        add(connection, [ended, corrected, young])
        for one in (ended, corrected, young):
            add_words(connection, one["id"], SEALER, at=one["updated_at"])
        of_newer = update(treated_cases).where(treated_cases.c.operation_id == corrected["id"])
        connection.execute(of_newer.values(operation_id=young["id"]))

    def numbers(connection: Connection) -> list[list[str]]:
        return [
            sorted(connection.execute(select(key).where(words.is_not(None))).scalars())
            for key, words in (
                (operations.c.business_key, operations.c.rejections),
                (treated_cases.c.ksf_number, treated_cases.c.review_reason),
                (events.c.business_key, events.c.words),
            )
        ]

    await store.write(fill)
    assert await Retention(store, SettableClock(), keep=KEEP).run() == 2
    kept_for = sorted((corrected["business_key"], young["business_key"]))
    assert await store.read(numbers) == [[young["business_key"]], kept_for, [young["business_key"]]]


async def test_more_than_a_batch_is_erased_once_each(store: Store):
    await store.write(partial(add, rows=[row(accepted=200) for _ in range(450)]))
    assert await Retention(store, SettableClock(), keep=KEEP).run() == 450
    assert (await store.read(count_by_key)).erased == 450


async def test_an_operation_taken_up_again_keeps_its_payload(store: Store):
    rejected = row(state=State.REJECTED, accepted=200)
    await store.write(partial(add, rows=[rejected]))
    before = NOON - KEEP
    ids = await store.read(partial(expired, before=before, after=None, limit=9))
    assert ids == [rejected["id"]]

    def retry(connection: Connection) -> None:
        again = update(operations).where(operations.c.id == rejected["id"])
        connection.execute(again.values(state=State.QUEUED.value, updated_at=NOON))

    await store.write(retry)
    assert await store.write(partial(shred_payloads, ids=ids, before=before, at=NOON)) == 0
    assert open_payload(SEALER, rejected["id"], (await store.read(kept))[rejected["id"]]) == b"{}"


async def test_an_old_backup_of_an_erased_payload_ends_with_its_master_key(store: Store):
    old_key, new_key = master_key(days=2), master_key(days=1)
    before, both = make_sealer(make_ring(old_key)), make_sealer(make_ring(old_key, new_key))
    erased, kept_on = (operation_row(before, b"{}", accepted_at=NOON - timedelta(days=age)) for age in (200, 1))
    await store.write(partial(add, rows=[erased, kept_on]))
    backup = await store.read(kept)
    assert await Retention(store, SettableClock(), keep=KEEP).run() == 1
    await Rewrapping(store, both, rest_seconds=0).run()
    assert old_key.id not in (await store.read(count_by_key)).by_key

    after = make_sealer(make_ring(new_key))  # the old master key and its copies are destroyed
    assert open_payload(after, kept_on["id"], (await store.read(kept))[kept_on["id"]]) == b"{}"
    for identifier, payload in backup.items():
        with pytest.raises(CannotOpen):
            open_payload(after, identifier, payload)


async def test_prescriptions_and_dispenses_of_long_ago_are_erased(store: Store):
    clock = SettableClock()
    counter = Counter(store, clock=clock)
    issued, kept_one = [await issue_into(store, patient={"pin": pin}) for pin in (PIN, OTHER_PIN)]
    sold = (await counter.dispense(issued)).record.row
    retention = Retention(store, clock, keep=KEEP)
    await retention.run()
    assert (await prescription(store, issued)).payload != b""
    clock.at = NOON + KEEP + timedelta(days=1000)  # identifiers are of the real time
    await retention.run()
    assert is_erased((await prescription(store, issued)).payload)
    assert not is_erased((await prescription(store, kept_one)).payload)
    with pytest.raises(Refused) as refused:
        await counter.services.dispensing.find(sold.id, within=None)
    assert [found.code for found in refused.value.findings] == [ErrorCode.CONTENT_ERASED]
    counted = select(func.sum(dispenses.c.settled))
    assert await store.read(lambda connection: connection.execute(counted).scalar_one()) == 36000
