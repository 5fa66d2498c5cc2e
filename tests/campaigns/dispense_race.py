"""Twenty terminals of two pharmacies dispense one prescription at once, again and again; one wins each time.

``python -m tests.campaigns.dispense_race --rounds 200`` does so on SQLite, and on PostgreSQL with two nodes; the exit
code is 1 when a guarantee was broken. The patients' limit is nearly used up on the way, and the budget is overdrawn.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from rich.console import Console

from gateway.operations.model import OperationKind
from gateway.programme.dispensing.sales import Dispensed
from gateway.rules.findings import Refused
from gateway.rules.money import to_tyiyn
from gateway.store.postgres import PostgresStore
from gateway.store.programme_tables import dispenses, patient_years, prescriptions
from gateway.store.sqlite import SqliteStore
from gateway.store.tables import operations
from tests.service.dispensing.counter import Counter, approve_budget, budget, rows
from tests.support import postgres
from tests.support.doubles import NOON, SettableClock
from tests.support.programme import OTHER_PHARMACY, PHARMACY, issue_into

TERMINALS = 20
LIMIT = Decimal("3750.00")
"""Ten courses of 360.00 som go into it."""
COURSES_OF_A_PATIENT = 10
COURSE = Decimal("360.00")


@dataclass
class Report:
    """What became of all rounds. ``broken`` says which guarantees did not hold."""

    rounds: int = 0
    wins: Tally[int] = field(default_factory=Tally)
    """How often so many terminals won."""
    losses: Tally[str] = field(default_factory=Tally)
    seconds: float = 0.0
    broken: list[str] = field(default_factory=list)

    def expect(self, holds: bool, what: str) -> None:  # noqa: FBT001 - reads as a sentence
        if not holds:
            self.broken.append(what)


async def race(nodes: Sequence[Counter], rounds: int) -> Report:
    """Race on stores that share one database; the first node's looks afterwards whether everything held."""
    report, store = Report(), nodes[0].store
    approved = COURSE * rounds * 3 / 4
    await approve_budget(store, str(approved.quantize(Decimal("0.01"))))
    begun = time.monotonic()
    for number in range(rounds):
        pin = f"21205197{number // COURSES_OF_A_PATIENT:06d}"
        issued = await issue_into(store, issued_at=NOON + timedelta(microseconds=number), patient={"pin": pin})
        answers = await asyncio.gather(
            *(
                nodes[terminal % len(nodes)].dispense(
                    issued,
                    client=f"till-{terminal}",
                    key=f"{number}-{terminal}",
                    pharmacy=(PHARMACY, OTHER_PHARMACY)[terminal // 2 % 2],
                )
                for terminal in range(TERMINALS)
            ),
            return_exceptions=True,
        )
        report.rounds += 1
        report.wins[sum(isinstance(answer, Dispensed) for answer in answers)] += 1
        for answer in answers:
            if isinstance(answer, Refused):
                report.losses[answer.findings[0].code.value] += 1
            elif isinstance(answer, BaseException):
                report.losses[type(answer).__name__] += 1
    report.seconds = time.monotonic() - begun
    await _look_back(report, nodes[0], rounds, to_tyiyn(approved.quantize(Decimal("0.01"))))
    return report


async def _look_back(report: Report, node: Counter, rounds: int, approved: int) -> None:
    store = node.store
    report.expect(report.wins == {1: rounds}, f"not one winner each time: {dict(report.wins)}")
    report.expect(set(report.losses) == {"RX_DISPENSED"}, f"lost for another reason: {dict(report.losses)}")
    sold = await rows(store, dispenses)
    report.expect(len(sold) == rounds, "another number of dispenses than of rounds")
    for one in await rows(store, prescriptions):
        dose = Decimal(one.dispensed_dose)
        report.expect(dose <= Decimal(one.course_dose), "more dispensed than the course")
        report.expect((dose, one.fills, one.reserved) == (Decimal(one.course_dose), 1, 0), "a prescription is not done")
    for year in await rows(store, patient_years):
        report.expect(year.used + year.reserved <= to_tyiyn(LIMIT), "a limit is overshot")
    charged, _ = await budget(store)
    _, carried = await budget(store, year=2027)
    report.expect(charged <= approved, "a budget is overshot")
    report.expect(charged == sum(one.charged_now for one in sold), "the budget is not the sum of its charges")
    report.expect(charged + carried == sum(one.settled for one in sold), "sums are lost between the years")
    submitted = [one for one in await rows(store, operations) if one.kind == OperationKind.SUBMIT_DISPENSE]
    report.expect(len({one.business_key for one in submitted}) == rounds, "the fund is told of another number")


async def race_on_sqlite(rounds: int) -> Report:
    """One node, as SQLite has it."""
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "kopuro.db")
        await store.open()
        try:
            return await race([Counter(store, limit=str(LIMIT))], rounds)
        finally:
            await store.close()


async def race_on_postgres(server: str, rounds: int) -> Report:
    """Two nodes on one database."""
    url = await postgres.create_database(server)
    stores = [PostgresStore(url), PostgresStore(url)]
    clock = SettableClock()
    try:
        for store in stores:
            await store.open()
        return await race([Counter(store, limit=str(LIMIT), clock=clock) for store in stores], rounds)
    finally:
        for store in stores:
            await store.close()


def main() -> int:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    console = Console()
    with postgres.server() as server:
        reports = {
            "SQLite": asyncio.run(race_on_sqlite(rounds)),
            "PostgreSQL, two nodes": asyncio.run(race_on_postgres(server, rounds)),
        }
    for engine, report in reports.items():
        console.print(
            f"{engine}: {report.rounds} rounds of {TERMINALS} terminals in {report.seconds:.1f} s; "
            f"winners by round {dict(report.wins)}; losers {dict(report.losses)}"
        )
        for what in report.broken:
            console.print(f"[red]broken: {what}")
    return 1 if any(report.broken for report in reports.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
