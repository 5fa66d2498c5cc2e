"""Every fault on the way to the fund: what the client says of it, and that journal and fund agree afterwards."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest

from adapters.drug_programme import DrugProgrammeClient
from adapters.drug_programme.simulator import Mode
from adapters.xroad.simulator import FAULT_IDS
from gateway.operations.dispatcher import Dispatcher
from gateway.operations.journal import Journal
from gateway.operations.model import OperationRecord, OutboundMessage, Outcome, State
from gateway.operations.signals import Signals, work
from gateway.programme.outbound import Outbound, insert_outbound, sealed_payload
from gateway.store.sqlite import SqliteStore
from schemas.drug_programme import SERVICES
from schemas.programme.messages import DispensedMedicine
from tests.contract.drug_programme import (
    DAY,
    PHARMACY,
    SHORT,
    Content,
    ProgrammeSimulators,
    business_key,
    cancelled,
    dispensed,
    issued,
    key_of,
    message,
    reversed_,
    simulators,
)
from tests.contract.test_fault_matrix import MATRIX
from tests.support.doubles import SilentObserver, SystemClock, SystemIds
from tests.support.house import QUICK
from tests.support.journal import SEALER, make_journal


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[ProgrammeSimulators]:
    async with simulators(tmp_path / "fund") as started:
        yield started


@pytest.fixture
async def client(running: ProgrammeSimulators) -> AsyncIterator[DrugProgrammeClient]:
    opened = running.client(SHORT)
    yield opened
    await opened.close()


def test_the_matrix_covers_every_fault():
    assert [row[0] for row in MATRIX] == list(FAULT_IDS)


@pytest.mark.parametrize(("kind", "codec"), [("prescription", "zeep"), ("reversal", "compiled")])
async def test_every_fault_has_its_outcome_and_nothing_is_lost_or_doubled(
    running: ProgrammeSimulators, kind: str, codec: str
):
    client = running.client(SHORT, codec=codec)
    for position, (fault, outcome, reason, stored) in enumerate(MATRIX, start=1):
        number = f"R-{position:04d}"
        operation = message(issued(number))
        if kind == "reversal":
            for earlier in (operation, message(dispensed(number))):
                assert (await client.deliver(earlier)).outcome is Outcome.DELIVERED
            operation = message(reversed_(number))
        key = (operation.business_key, operation.revision)
        await running.fault(fault, count=1)
        result = await client.deliver(operation)
        assert (fault, result.outcome, result.reason) == (fault, outcome, reason)
        assert await running.times_stored(*key) == int(stored), fault
        asked = await client.ask(operation)
        assert asked.outcome is (Outcome.DELIVERED if stored else Outcome.NOT_FOUND), fault
        if not stored:
            assert (await client.deliver(operation)).outcome is Outcome.DELIVERED, fault
        assert await running.times_stored(*key) == 1, fault
        await running.clear_faults()
    await client.close()


@pytest.mark.parametrize("fault", ["hang", "html-502", "access-denied", "missing-record-number", "logging-failed"])
async def test_a_question_that_fails_never_says_not_found_and_a_list_that_fails_is_none(
    client: DrugProgrammeClient, running: ProgrammeSimulators, fault: str
):
    prescription, sale = message(issued()), message(dispensed())
    for one in (prescription, sale):
        assert (await client.deliver(one)).outcome is Outcome.DELIVERED
    await running.fault(fault)
    for one in (prescription, sale):
        assert (await client.ask(one)).outcome in (Outcome.IN_DOUBT, Outcome.NOT_SENT, Outcome.REFUSED)
    assert await client.dispenses(PHARMACY, DAY, DAY) is None


async def test_a_list_longer_than_allowed_is_none(running: ProgrammeSimulators):
    client = running.client(page_size=1)
    sales = [dispensed(fill=fill, dispense=uuid4()) for fill in (1, 2, 3)]
    for one in (issued(), *sales):
        assert (await client.deliver(message(one))).outcome is Outcome.DELIVERED
    assert len(await client.dispenses(PHARMACY, DAY, DAY) or ()) == 3
    short = running.client(page_size=1, most_pages=2)
    assert await short.dispenses(PHARMACY, DAY, DAY) is None, "half a list would look like missing dispenses"
    await client.close()
    await short.close()


@pytest.mark.parametrize(
    ("mode", "capabilities", "expected"),
    [
        (Mode.DEDUPE, {"can_be_asked": False, "recognises_repeats": True}, Outcome.NOT_FOUND),
        (Mode.NEITHER, {"can_be_asked": False, "recognises_repeats": False}, Outcome.CANNOT_ASK),
        (Mode.QUERY, {"can_be_asked": True, "recognises_repeats": False}, Outcome.DELIVERED),
    ],
)
async def test_a_doubt_is_settled_as_far_as_the_fund_can(
    tmp_path: Path, mode: Mode, capabilities: dict[str, bool], expected: Outcome
):
    async with simulators(tmp_path, mode) as running:
        client = running.client(**capabilities)
        operation = message(issued())
        await running.fault("lost-reply-after-store", count=1)
        assert (await client.deliver(operation)).outcome is Outcome.IN_DOUBT
        assert (await client.ask(operation)).outcome is expected
        await client.close()


async def test_a_fund_without_memory_stores_a_repeat_twice_and_shows_it(tmp_path: Path):
    async with simulators(tmp_path, Mode.QUERY) as running:
        client = running.client()
        for one in (issued(), dispensed()):
            operation = message(one)
            for attempt in (1, 2):
                await client.deliver(replace(operation, attempt=attempt))
        records = await running.records()
        assert (records["stored"], records["doubles"]) == (4, 2)
        listed = await client.dispenses(PHARMACY, DAY, DAY)
        assert listed is not None
        assert len(listed) == 2, "reconciliation sees the double"
        await client.close()


# Through the journal

POLICY = QUICK.model_copy(update={"concurrency": 8, "strikes": 30})


class Office:
    """The journal and the real dispatcher, delivering to the client under test."""

    def __init__(self, store: SqliteStore, client: DrugProgrammeClient) -> None:
        self._store = store
        self._signals = Signals()
        self._ids = SystemIds()
        self.journal: Journal = make_journal(store, clock=SystemClock(), signals=self._signals)
        self.dispatcher = Dispatcher(
            store=store,
            signals=self._signals,
            clock=SystemClock(),
            ids=self._ids,
            destinations=[(client, POLICY)],
            observer=SilentObserver(),
            exclusive=True,
            sealer=SEALER,
        )

    async def queue(self, *contents: Content) -> list[OutboundMessage]:
        """Write operations into the journal, as prescribing and dispensing do."""
        messages = [message(one, self._ids.new()) for one in contents]
        rows = [self._row(one) for one in messages]
        await self._store.write(partial(insert_outbound, rows=rows))
        self._signals.fire(work("drug-programme"))
        return messages

    async def end_of(self, operation: OutboundMessage) -> OperationRecord:
        """How it ended; a person takes up what was parked."""
        async with asyncio.timeout(60):
            while True:
                record = await self.journal.wait_for_end(operation.operation_id, 5)
                assert record is not None
                if record.state.is_final:
                    return record
                if record.state is State.PARKED:
                    await self.journal.retry(operation.operation_id, by="operator", reason="the way is open again")

    def _row(self, one: OutboundMessage) -> Outbound:
        return Outbound(
            id=one.operation_id,
            kind=one.kind,
            upstream="drug-programme",
            client="sanarip",
            business_key=one.business_key,
            revision=one.revision,
            organisation=one.organisation,
            payload=sealed_payload(SEALER, one.operation_id, one.payload),
            fingerprint=bytes(32),
            at=datetime.now(UTC),
        )


@pytest.fixture
async def office(client: DrugProgrammeClient, tmp_path: Path) -> AsyncIterator[Office]:
    store = SqliteStore(tmp_path / "kopuro.db")
    await store.open()
    built = Office(store, client)
    await built.dispatcher.start()
    yield built
    await built.dispatcher.drain(5)
    await store.close()


def story(number: str, chance: Random) -> list[Content]:
    """What happens to one prescription: up to two dispenses, some reversed; cancelled where nothing stands."""
    contents: list[Content] = [issued(number)]
    standing = 0
    for fill in range(1, chance.randint(0, 2) + 1):
        sold = dispensed(number, fill, uuid4())
        contents.append(sold)
        standing += 1
        if chance.random() < 0.5:
            contents.append(reversed_(number, fill, sold.dispense))
            standing -= 1
    if not standing and chance.random() < 0.5:
        contents.append(cancelled(number))
    return contents


def accepted_lines(folder: Path) -> list[tuple[str, int, str]]:
    """What the fund has durably accepted, in its order."""
    lines = [json.loads(line) for line in (folder / "accepted.ndjson").read_text().splitlines()]
    return [(key_of(line), line["revision"], line["operationKey"]) for line in lines]


async def test_under_all_faults_nothing_is_lost_or_doubled_between_journal_and_fund(
    office: Office, running: ProgrammeSimulators, tmp_path: Path
):
    chance = Random(4)  # noqa: S311 - repeatable, not secret
    contents = [one for position in range(24) for one in story(f"R-{position:04d}", chance)]
    chance.shuffle(contents)
    for fault in FAULT_IDS:
        if fault != "hang":  # a second of waiting each: once is enough
            await running.fault(fault, count=1, operation=chance.choice(sorted(SERVICES - {"ListDispenses"})))
    await running.fault("hang", count=1)
    await running.fault("lost-reply-after-store", probability=0.1, seed=4)
    await running.fault("lost-before-store", probability=0.1, seed=5)
    messages = await office.queue(*contents)
    ends = await asyncio.gather(*(office.end_of(one) for one in messages))
    assert Counter(one.state for one in ends) == {State.DELIVERED: len(messages)}
    accepted = accepted_lines(tmp_path / "fund")
    assert sorted(accepted) == sorted((one.business_key, one.revision, str(one.operation_id)) for one in messages)
    held = {(key_of(row), row["revision"]): row["recordNumber"] for row in (await running.records())["records"]}
    assert {(one.business_key, one.revision): one.record_number for one in ends} == held
    happened = (await running.control.get(f"{running.security_server.control_url}/simulator/status")).json()["faults"]
    assert len(happened) > 12, happened


async def test_a_dispense_overtaking_its_prescription_waits_for_it(office: Office, running: ProgrammeSimulators):
    (sale,) = await office.queue(dispensed())
    async with asyncio.timeout(10):
        while not await office.journal.attempts(sale.operation_id):
            await asyncio.sleep(0.01)
    (taken_back,) = await office.queue(reversed_())
    (prescription,) = await office.queue(issued())
    assert (await office.end_of(prescription)).state is State.DELIVERED
    assert (await office.end_of(sale)).state is State.DELIVERED
    assert (await office.end_of(taken_back)).state is State.DELIVERED
    attempts = await office.journal.attempts(sale.operation_id)
    assert (attempts[0].outcome, attempts[0].reason, attempts[0].detail) == (
        Outcome.NOT_SENT, "FUND_DEFERRED", "PRESCRIPTION_UNKNOWN",
    )  # fmt: skip
    assert attempts[-1].outcome is Outcome.DELIVERED
    assert (await running.records())["doubles"] == 0


# R15: any order, any repeats


def final_state(records: dict[str, object]) -> dict[str, int]:
    newest: dict[str, int] = {}
    for row in records["records"]:  # type: ignore[attr-defined]
        newest[key_of(row)] = max(newest.get(key_of(row), 0), row["revision"])
    return newest


@pytest.mark.parametrize("seed", [1, 2])
async def test_any_order_with_any_repeats_ends_as_the_right_order_does(running: ProgrammeSimulators, seed: int):
    client = running.client()
    chance = Random(seed)  # noqa: S311 - repeatable, not secret
    contents = [one for position in range(60) for one in story(f"R-{position:04d}", chance)]
    queue = [one for content in contents for one in [message(content)] * chance.randint(1, 3)]
    chance.shuffle(queue)
    rounds = 0
    while queue:
        rounds += 1
        assert rounds < 6, "what waits must come to its end"
        waiting = []
        for position in range(0, len(queue), 16):
            batch = queue[position : position + 16]
            results = await asyncio.gather(*(client.deliver(one) for one in batch))
            assert {one.outcome for one in results} <= {Outcome.DELIVERED, Outcome.NOT_SENT}, results
            waiting += [one for one, result in zip(batch, results, strict=True) if result.outcome is Outcome.NOT_SENT]
        queue = waiting
    records = await running.records()
    expected = {business_key(one): message(one).revision for one in contents}
    assert final_state(records) == expected
    assert records["doubles"] == 0
    listed = await client.dispenses(PHARMACY, DAY, DAY)
    assert listed is not None
    await client.close()
    assert {one.dispense: one.reversed for one in listed} == {
        one.dispense: expected[business_key(one)] == 2 for one in contents if isinstance(one, DispensedMedicine)
    }
