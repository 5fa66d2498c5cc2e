"""A month of 150,000 dispenses is closed, and the process killed with -9 while it closes; all accounted for.

``python -m tests.campaigns.month_of_dispenses --dispenses 150000 --kills 5 --engine sqlite`` runs it; 2 % are reversed,
1 % come late. Every sum is reckoned again from what was sold, without the code that reports it. The same month is
closed a second time without kills: both must give the same digests. The exit code is 1 when a guarantee was broken.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import asyncpg
import orjson
from rich.console import Console
from sqlalchemy import Connection, func, make_url, select

from gateway.programme.settlement.duty import MonthlyClosing
from gateway.rules.settlement.model import ReportState
from gateway.store.grouping import Store
from gateway.store.programme_tables import dispenses
from gateway.store.settlement_tables import settlement_entries, settlement_reports
from tests.campaigns.accounting import Account
from tests.campaigns.month_closing import GRACE, LATE_CONTRACT, STEP, settled_in, store_at
from tests.support import postgres
from tests.support.processes import end_in_order_when_terminated
from tests.support.settlement import JANUARY, Sale, Settled, midnight, put_sales

_REVERSED: Final = 0.02
_LATE: Final = 0.01
_AT_ONCE: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """``dispenses`` of January, over ``pharmacies`` of which the first has a third of all."""

    dispenses: int = 150_000
    pharmacies: int = 40
    kills: int = 5
    seed: int = 1


@dataclass
class Expected:
    """What the report of a pharmacy must say, added up from what was sold. Sums are tyiyn."""

    lines: int = 0
    late_lines: int = 0
    retail: int = 0
    patient_sum: int = 0
    compensation: int = 0
    settled: int = 0
    outside_contract: int = 0
    ids: list[str] = field(default_factory=list)

    def add(self, sale: Sale) -> None:
        self.lines += 1
        self.late_lines += sale.sold_on < JANUARY
        self.retail += sale.retail
        self.patient_sum += sale.retail - sale.compensation
        self.compensation += sale.compensation
        self.settled += sale.settled
        judged_on = (sale.reversal_of or sale).sold_on
        if sale.pharmacy == LATE_CONTRACT and judged_on < date(2026, 1, 10):
            self.outside_contract -= sale.settled

    def sums(self) -> dict[str, int]:
        return {name: value for name, value in vars(self).items() if name != "ids"}


async def run(plan: Plan, place: str, twin: str, copy: Any, console: Console | None = None) -> Account:
    """The campaign on a new database at ``place``; ``copy`` makes ``twin`` of it when it is full."""
    account = Account()
    chance = random.Random(plan.seed)  # noqa: S311 - repeatable, not secret
    begun = time.monotonic()
    expected = await _fill(plan, place, chance)
    await copy(place, twin)
    account.seconds["filled in"] = time.monotonic() - begun
    if console is not None:
        console.print(f"{sum(one.lines for one in expected.values()):,} lines are in the store")

    for number in range(plan.kills):
        steps = await _close_and_kill(place, chance.randrange(1, 2 * len(expected)))
        account.counts[f"transactions begun before kill {number + 1}"] = steps
    killed = await _close(place)
    plain = await _close(twin)
    again = await _close(place)
    account.counts |= {
        "kills": plan.kills,
        "reports": len(expected),
        "lines": sum(one.lines for one in expected.values()),
        "late lines": sum(one.late_lines for one in expected.values()),
        "settled, tyiyn": sum(one.settled for one in expected.values()),
        "reports formed when closing again": again.reports,
        "memory before closing, KiB": plain.peak_before,
        "most memory while closing, KiB": plain.peak,
    }
    account.seconds["closing without kills"] = plain.seconds
    await _take_stock(account, place, twin, expected, killed, again)
    return account


@dataclass(frozen=True, slots=True)
class Closing:
    """What a closing did: reports formed, seconds, memory in KiB, and a digest of all that is in the store after it."""

    reports: int
    seconds: float
    peak_before: int
    peak: int
    stored: str


async def _take_stock(
    account: Account, place: str, twin: str, expected: dict[str, Expected], killed: Closing, again: Closing
) -> None:
    reports, members = await _reports_in(place), await _members_in(place)
    for pharmacy, one in expected.items():
        row = reports.get(pharmacy)
        if row is None or row["state"] != ReportState.FORMED:
            account.violations.append(f"{pharmacy} has no formed report")
            continue
        for name, sum_expected in one.sums().items():
            if row[name] != sum_expected:
                account.violations.append(f"{pharmacy}: {name} is {row[name]}, expected {sum_expected}")
        if members[row["id"]] != one.lines:
            account.violations.append(f"{pharmacy}: {members[row['id']]} dispenses are in the report of {one.lines}")
    if members[None]:
        account.violations.append(f"{members[None]} dispenses are in no report")
    digests = {pharmacy: row["digest"] for pharmacy, row in reports.items()}
    if digests != {pharmacy: row["digest"] for pharmacy, row in (await _reports_in(twin)).items()}:
        account.violations.append("the digests differ from those of the month that was closed without kills")
    if again.reports or again.stored != killed.stored:
        account.violations.append("closing again has changed something")


async def _fill(plan: Plan, place: str, chance: random.Random) -> dict[str, Expected]:
    """December, closed; then January with its reversals and what is late; returns what January's reports must say."""
    store = store_at(place)
    await store.open()
    settled = settled_in(store)
    pharmacies = [f"{700_001 + number:06d}" for number in range(plan.pharmacies)]
    settled.clock.at = midnight(JANUARY) + GRACE
    await settled.put(*(settled.sale(date(2025, 12, 15), pharmacy=pharmacy) for pharmacy in pharmacies))
    await MonthlyClosing(store, settled.clock, settled.forming, grace=GRACE).turn()
    expected = {pharmacy: Expected() for pharmacy in pharmacies}
    for sales in _in_batches(_january(plan, settled, pharmacies, chance)):
        for sale in sales:
            expected[sale.pharmacy].add(sale)
        await store.write(partial(put_sales, sales=sales))
    await store.close()
    return expected


def _january(plan: Plan, settled: Settled, pharmacies: Sequence[str], chance: random.Random) -> Iterator[Sale]:
    for number in range(plan.dispenses):
        late = chance.random() < _LATE
        day = date(2025, 12, chance.randrange(1, 32)) if late else JANUARY + timedelta(days=chance.randrange(31))
        retail = chance.randrange(1_000, 500_000)
        compensation = chance.randrange(retail + 1)
        sale = settled.sale(
            day,
            pharmacy=pharmacies[0] if number % 3 == 0 else pharmacies[chance.randrange(1, len(pharmacies))],
            retail=retail,
            compensation=compensation,
            settled=compensation if chance.random() < 0.9 else chance.randrange(compensation + 1),
        )
        if chance.random() < _REVERSED:
            # Some are taken back after midnight, in the grace: they belong beside their dispense all the same.
            sale, reversal = settled.reversal(sale, on=date(2026, 2, 1) if chance.random() < 0.2 else None)
            yield sale
            yield reversal
        else:
            yield sale


def _in_batches(sales: Iterator[Sale]) -> Iterator[list[Sale]]:
    batch: list[Sale] = []
    for sale in sales:
        batch.append(sale)
        if len(batch) >= _AT_ONCE and sale.reversed_by is None:
            yield batch
            batch = []
    yield batch


async def _start(place: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.campaigns.month_closing", place, stdout=asyncio.subprocess.PIPE
    )


async def _close_and_kill(place: str, most: int) -> int:
    """Begin to close and kill it -9 once it has begun so many transactions; returns how many it had."""
    process = await _start(place)
    assert process.stdout is not None
    steps = 0
    while steps < most and (line := await process.stdout.readline()):
        steps += line.decode().strip() == STEP
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.communicate()
    return steps


async def _close(place: str) -> Closing:
    process = await _start(place)
    output, _ = await process.communicate()
    assert process.returncode == 0, "closing has failed"
    done = orjson.loads(output.splitlines()[-1])
    return Closing(**done, stored=await _stored_in(place))


async def _reports_in(place: str) -> dict[str, dict[str, Any]]:
    query = select(settlement_reports).where(settlement_reports.c.month == JANUARY)
    return {row["pharmacy"]: dict(row) for row in await _read(place, lambda c: c.execute(query).mappings().all())}


async def _members_in(place: str) -> Counter[Any]:
    query = select(dispenses.c.report, func.count()).group_by(dispenses.c.report)
    return Counter(dict(await _read(place, lambda c: [tuple(row) for row in c.execute(query)])))


async def _stored_in(place: str) -> str:
    """A digest of everything that closing writes."""

    def query(connection: Connection) -> str:
        content = hashlib.sha256()
        for table, key in ((settlement_reports, "id"), (settlement_entries, "id")):
            for row in connection.execute(select(table).order_by(table.c[key])):
                content.update(repr(tuple(row)).encode())
        for row in connection.execute(select(dispenses.c.id, dispenses.c.report).order_by(dispenses.c.id)):
            content.update(f"{row.id} {row.report}\n".encode())
        return content.hexdigest()

    return await _read(place, query)


async def _read(place: str, query: Any) -> Any:
    store: Store = store_at(place)
    await store.open()
    try:
        return await store.read(query)
    finally:
        await store.close()


async def copy_file(place: str, twin: str) -> None:
    """A copy of a closed SQLite database."""
    shutil.copyfile(place, twin)


async def copy_database(place: str, twin: str) -> None:
    """A copy of a PostgreSQL database that nobody is connected to."""
    name, other = make_url(place).database, make_url(twin).database
    connection = await asyncpg.connect(_beside(place, "postgres"))
    try:
        await connection.execute(f'CREATE DATABASE "{other}" TEMPLATE "{name}"')
    finally:
        await connection.close()


def _beside(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


async def run_on_sqlite(plan: Plan, folder: Path, console: Console | None = None) -> Account:
    """The campaign on SQLite."""
    return await run(plan, str(folder / "kopuro.db"), str(folder / "twin.db"), copy_file, console)


async def run_on_postgres(plan: Plan, url: str, console: Console | None = None) -> Account:
    """The campaign on a new PostgreSQL database."""
    return await run(plan, url, _beside(url, f"{make_url(url).database}_twin"), copy_database, console)


def main() -> int:
    """Run it and print the account."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.month_of_dispenses", description=__doc__)
    parser.add_argument("--dispenses", type=int, default=150_000)
    parser.add_argument("--pharmacies", type=int, default=40)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--json", action="store_true", help="print the account as JSON")
    given = parser.parse_args()
    end_in_order_when_terminated()
    console = Console(stderr=given.json)
    plan = Plan(dispenses=given.dispenses, pharmacies=given.pharmacies, kills=given.kills, seed=given.seed)
    if given.engine == "sqlite":
        with tempfile.TemporaryDirectory(prefix="kopuro-month-") as folder:
            account = asyncio.run(run_on_sqlite(plan, Path(folder), console))
    else:
        with postgres.server() as server:
            url = asyncio.run(postgres.create_database(server))
            account = asyncio.run(run_on_postgres(plan, url, console))
    account.show(f"a month of {plan.dispenses:,} dispenses on {given.engine}, killed {plan.kills} times", console)
    if given.json:
        sys.stdout.write(orjson.dumps(account.as_json()).decode() + "\n")
    return 0 if account.kept else 1


if __name__ == "__main__":
    sys.exit(main())
