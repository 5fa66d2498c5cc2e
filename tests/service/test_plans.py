"""No statement of daily work reads a whole table that grows: SQLite tells how it would go about each."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from gateway.operations.housekeeping import Housekeeping
from gateway.operations.model import OperationFilter, State
from gateway.programme.prescribing.limits import locked_years
from gateway.reference.organisations import OrganisationsInMemory
from gateway.rules.findings import Refused
from gateway.store.sqlite import SqliteStore
from tests.service.dispensing.test_walk import Walk
from tests.support.doubles import SystemClock
from tests.support.house import house
from tests.support.programme import issue_into

GROWING = frozenset(
    {"operations", "attempts", "events", "treated_cases", "prescriptions", "dispenses", "patient_years", "sold_boxes"}
)
"""Tables with a row for every case, prescription, sale or patient."""
_WHOLE = re.compile(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?")
_TIMES = 8


@pytest.fixture
def statements() -> Iterator[set[str]]:
    """All that is run on connections made meanwhile, with the values it was run with."""
    seen: set[str] = set()

    def listen(connection: sqlite3.Connection, _record: Any) -> None:
        connection.set_trace_callback(seen.add)

    event.listen(Engine, "connect", listen)
    yield seen
    event.remove(Engine, "connect", listen)


def whole_tables(file: Path, statements: set[str]) -> list[str]:
    """What reads a whole growing table, each with the plan's line."""
    found = []
    with sqlite3.connect(file) as connection:
        # An index of a few rows only, say those under way, may be read from end to end.
        short = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE sql LIKE '%INDEX%WHERE%'")
        }
        for statement in sorted(statements):
            if not statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
                continue
            for *_, line in connection.execute(f"EXPLAIN QUERY PLAN {statement}"):
                scanned = _WHOLE.match(line)
                if scanned and scanned[1] in GROWING and scanned[2] not in short:
                    found.append(f"{line}: {statement}")
    connection.close()
    return found


async def test_daily_work_never_reads_a_whole_table(tmp_path: Path, statements: set[str]):
    store = SqliteStore(tmp_path / "plans.db")
    await store.open()
    try:
        walk = Walk(store, seed=7)
        walk.issued += [await issue_into(store, patient={"pin": pin}) for pin in ("21205197000011", "21205197000012")]
        years = {(patient, 2026) for patient in (b"one", b"another")}
        await store.write(partial(locked_years, wanted=years))  # as for two sales in one batch
        for step in _TIMES * (walk.quote, walk.dispense, walk.reverse, walk.release, walk.pass_time, walk.expire):
            with suppress(Refused):  # also refusing must cost little
                await step()
        async with house(store) as home:
            accepted = await home.submit(*"abcdef")
            for operation in accepted:
                await home.end_of(operation)
            await home.dispatcher.statuses()
            for states in ((State.IN_DOUBT,), (State.PARKED,), (State.IN_DOUBT, State.PARKED)):
                await home.journal.operations(OperationFilter(states=states, limit=50))
            await Housekeeping(store, SystemClock(), OrganisationsInMemory(), idempotency_days=1).forget_old_keys()
    finally:
        await store.close()
    assert len(statements) > 50
    assert whole_tables(tmp_path / "plans.db", statements) == []
