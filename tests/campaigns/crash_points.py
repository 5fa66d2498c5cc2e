"""Cut the gateway's power at every point between receiving a case and writing down how it ended (SQLite).

``python -m tests.campaigns.crash_points --times 50`` meets each point that often; the exit code is 1 when a guarantee
was broken. The fund stores every request anew, so a double would show.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

import orjson
from rich.console import Console

from adapters.foms.simulator import Mode
from tests.campaigns.accounting import Account, settled, take_stock
from tests.campaigns.load import Habits, Hospitals, client_session
from tests.faults.sabotage import CRASHED, POINTS
from tests.support.processes import ProcessFailed, end_in_order_when_terminated, world

_HABITS = Habits(correct=0.2, pause_seconds=0.05, longest_wait_seconds=0.2)
_SENDERS = 3
_ROUND_SECONDS = 300.0
_DRAIN_SECONDS = 60.0


async def run(folder: Path, *, times: int = 1, console: Console | None = None) -> Account:
    """Crash at every point ``times`` times, under load, in one life of the store."""
    async with world(folder, mode=Mode.QUERY) as built, client_session() as session:
        hospitals = Hospitals(session, built.urls, built.organisations, seed=1, habits=_HABITS)
        load = asyncio.create_task(hospitals.send(senders=_SENDERS))
        for number in range(times):
            built.nodes[0].start({"KOPURO_TEST_POINTS": ",".join(POINTS)}, "tests.faults.sabotage")
            if await built.nodes[0].ended(_ROUND_SECONDS) != CRASHED:
                raise ProcessFailed(f"not every point was reached\n{built.nodes[0].tail()}")
            if console is not None:
                console.print(f"every point met {number + 1} times, {len(hospitals.ledger.cases)} cases acknowledged")
        await built.start()
        hospitals.enough()
        await load
        drained = await settled(session, built.urls[0], _DRAIN_SECONDS)
        result = await take_stock(session, built, hospitals.ledger)
    result.counts |= {"points": len(POINTS), "crashes": times * len(POINTS)}
    result.seconds["drained after the last start"] = drained
    return result


def main() -> int:
    """Run it and print the account."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.crash_points", description=__doc__)
    parser.add_argument("--times", type=int, default=50, help="how often to crash at each point")
    parser.add_argument("--json", action="store_true", help="print the account as JSON")
    given = parser.parse_args()
    end_in_order_when_terminated()
    console = Console(stderr=given.json)
    with tempfile.TemporaryDirectory(prefix="kopuro-crash-") as folder:
        result = asyncio.run(run(Path(folder), times=given.times, console=console))
    result.show("power cut at every point", console)
    if given.json:
        sys.stdout.write(orjson.dumps(result.as_json()).decode() + "\n")
    return 0 if result.kept else 1


if __name__ == "__main__":
    sys.exit(main())
