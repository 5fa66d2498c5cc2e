"""Two gateways on one PostgreSQL, 64 senders, one gateway killed with -9 halfway and restarted; all accounted for.

``python -m tests.campaigns.two_nodes --cases 20000 --senders 64`` runs it; the exit code is 1 when a guarantee was
broken. The fund stores every request anew, so a double would show; a few requests and replies are lost on the way.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
from rich.console import Console

from adapters.foms.simulator import Mode
from tests.campaigns.accounting import Account, settled, take_stock
from tests.campaigns.faults import lose_replies
from tests.campaigns.load import Habits, Hospitals, Ledger, client_session
from tests.support import postgres
from tests.support.processes import Pace, end_in_order_when_terminated, world

_HABITS = Habits(correct=0.03, send_twice=0.03, new_key=0.03)
_PACE = Pace(concurrency=16, ask_after=2.0)
_TELL_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """``lost`` is the share of requests, and of replies, that are lost on the way to the fund."""

    cases: int
    senders: int
    seed: int = 1
    lost: float = 0.005
    drain_seconds: float = 900.0


async def run(plan: Plan, folder: Path, database: str, console: Console | None = None) -> Account:
    """The campaign on a new database."""
    async with (
        world(folder, mode=Mode.QUERY, nodes=2, postgres_url=database, pace=_PACE, checkers=1) as built,
        client_session() as session,
    ):
        hospitals = Hospitals(session, built.urls, built.organisations, seed=plan.seed, habits=_HABITS)
        ledger = hospitals.ledger
        await lose_replies(session, built, plan.lost, plan.seed)
        await asyncio.gather(built.start(0), built.start(1))
        begun = time.monotonic()
        load = asyncio.create_task(hospitals.send(senders=plan.senders, cases=plan.cases))
        await _acknowledged(ledger, plan.cases // 2, load, console)
        built.nodes[0].kill()
        await _acknowledged(ledger, plan.cases * 11 // 20, load, console)
        restarted = await built.start(0)
        await _acknowledged(ledger, plan.cases, load, console)
        await load
        accepted = time.monotonic() - begun
        drained = await settled(session, built.urls[0], plan.drain_seconds)
        result = await take_stock(session, built, ledger)
    if len(ledger.cases) != plan.cases:
        result.violations.append(f"{plan.cases - len(ledger.cases)} cases were never acknowledged")
    result.counts["cases sent"] = plan.cases
    result.seconds |= {
        "all acknowledged after": accepted,
        "drained after that": drained,
        "killed node: from start to ready": restarted,
    }
    return result


async def _acknowledged(ledger: Ledger, cases: int, load: asyncio.Task[None], console: Console | None) -> None:
    """Return once so many cases are acknowledged, or the load has ended; tell how it goes meanwhile."""
    tell = time.monotonic() + _TELL_SECONDS
    while len(ledger.cases) < cases and not load.done():
        await asyncio.sleep(0.01)
        if console is not None and time.monotonic() > tell:
            console.print(f"{len(ledger.cases):,} cases acknowledged; tries in vain: {dict(ledger.retries)}")
            tell = time.monotonic() + _TELL_SECONDS


@contextmanager
def _database() -> Iterator[str]:
    with postgres.server() as server:
        yield asyncio.run(postgres.create_database(server))


def main() -> int:
    """Run it and print the account."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.two_nodes", description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--senders", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lost", type=float, default=0.005, help="share of requests, and of replies, that are lost")
    parser.add_argument("--json", action="store_true", help="print the account as JSON")
    given = parser.parse_args()
    end_in_order_when_terminated()
    console = Console(stderr=given.json)
    plan = Plan(cases=given.cases, senders=given.senders, seed=given.seed, lost=given.lost)
    with tempfile.TemporaryDirectory(prefix="kopuro-two-nodes-") as folder, _database() as database:
        result = asyncio.run(run(plan, Path(folder), database, console))
    result.show("two gateways on one PostgreSQL, one killed halfway", console)
    if given.json:
        sys.stdout.write(orjson.dumps(result.as_json()).decode() + "\n")
    return 0 if result.kept else 1


if __name__ == "__main__":
    sys.exit(main())
