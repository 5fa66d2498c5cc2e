"""Kill the gateway again and again under load, and account for every case afterwards (SQLite).

``python -m tests.campaigns.kill --kills 500 --seed 1`` runs it for the three kinds of fund; the exit code is 1 when a
guarantee was broken.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import orjson
from rich.console import Console

from adapters.foms.simulator import Mode
from tests.campaigns.accounting import Account, settled, take_stock
from tests.campaigns.faults import lose_replies, no_more_faults
from tests.campaigns.load import Habits, Hospitals, client_session
from tests.support.processes import end_in_order_when_terminated, world

_HABITS = Habits(correct=0.15, send_twice=0.05, new_key=0.05, pause_seconds=0.12)
_SENDERS = 6
_DRAIN_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """``longest`` is the longest life of a gateway in seconds, the shortest is 0.2; ``lost`` is a share of requests."""

    mode: Mode
    kills: int
    seed: int
    longest: float = 3.0
    lost: float = 0.05


async def run(plan: Plan, folder: Path, console: Console | None = None) -> Account:
    """The campaign for one kind of fund."""
    chance = random.Random(plan.seed)  # noqa: S311 - repeatable, not secret
    starts: list[float] = []
    async with world(folder, mode=plan.mode, checkers=1) as built, client_session() as session:
        hospitals = Hospitals(session, built.urls, built.organisations, seed=plan.seed, habits=_HABITS)
        await lose_replies(session, built, plan.lost, plan.seed)
        starts.append(await built.start())
        load = asyncio.create_task(hospitals.send(senders=_SENDERS))
        for number in range(plan.kills):
            await asyncio.sleep(chance.uniform(0.2, plan.longest))
            built.nodes[0].kill()
            starts.append(await built.start())
            if console is not None and (number + 1) % 20 == 0:
                console.print(f"{plan.mode}: {number + 1} kills, {len(hospitals.ledger.cases)} cases acknowledged")
        hospitals.enough()
        begun = time.monotonic()
        await load
        await no_more_faults(session, built)
        drained = await settled(session, built.urls[0], _DRAIN_SECONDS)
        result = await take_stock(session, built, hospitals.ledger)
    result.counts["kills"] = plan.kills
    result.seconds |= {
        "last acknowledgement after the load": time.monotonic() - begun - drained,
        "drained after that": drained,
        "from start to ready, median": statistics.median(starts),
        "from start to ready, longest": max(starts),
    }
    return result


def main() -> int:
    """Run it for every kind of fund and print the accounts."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.kill", description=__doc__)
    parser.add_argument("--kills", type=int, default=170, help="kills per kind of fund")
    parser.add_argument("--mode", type=Mode, choices=list(Mode), help="only this kind of fund")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print the accounts as JSON")
    given = parser.parse_args()
    end_in_order_when_terminated()
    console = Console(stderr=given.json)
    accounts = {}
    for mode in [given.mode] if given.mode else list(Mode):
        with tempfile.TemporaryDirectory(prefix="kopuro-kill-") as folder:
            plan = Plan(mode=mode, kills=given.kills, seed=given.seed)
            accounts[mode] = asyncio.run(run(plan, Path(folder), console))
        accounts[mode].show(f"killed under load, fund mode {mode}", console)
    if given.json:
        sys.stdout.write(orjson.dumps({mode: one.as_json() for mode, one in accounts.items()}).decode() + "\n")
    return 0 if all(one.kept for one in accounts.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
