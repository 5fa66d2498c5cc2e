"""Stop the gateway politely, again and again, under load (SQLite): 64 senders keep their connections, 16 open one for
each request.

``python -m tests.campaigns.stop --stops 50`` runs it; the exit code is 1 when a guarantee was broken. A refused
connection is no error, since nothing was sent: the client tries again. A connection that breaks after sending is one.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
from pathlib import Path

import orjson
from rich.console import Console

from adapters.foms.simulator import Mode
from tests.campaigns.accounting import Account, settled, take_stock
from tests.campaigns.load import Habits, Hospitals, client_session
from tests.support.processes import Pace, end_in_order_when_terminated, world

CONNECTIONS = 64
_HABITS = Habits(pause_seconds=0.2)
PASSERS_BY = 16
"""Senders that open a connection for each request; so quick that some are always on their way."""
_QUICK = Habits(pause_seconds=0.02)
_NEVER_SENT = frozenset({"ClientConnectorError", "ConnectionTimeoutError"})
_STOP_SECONDS = 25.0
_BETWEEN = 2 * CONNECTIONS
"""Cases acknowledged between two stops, so that every connection has been used."""


async def run(folder: Path, *, stops: int = 3, console: Console | None = None) -> Account:
    """Stop and start ``stops`` times under load, then account for everything."""
    took: list[float] = []
    codes: set[int] = set()
    async with (
        world(folder, mode=Mode.QUERY, pace=Pace(drain=10.0), checkers=1) as built,
        client_session(CONNECTIONS) as session,
        client_session(keep=False) as brief,
    ):
        hospitals = Hospitals(session, built.urls, built.organisations, seed=1, habits=_HABITS)
        passers_by = hospitals.others(brief, _QUICK)
        ledger = hospitals.ledger
        await built.start()
        load = asyncio.gather(hospitals.send(senders=CONNECTIONS), passers_by.send(senders=PASSERS_BY))
        for number in range(stops):
            wanted = len(ledger.cases) + _BETWEEN
            while len(ledger.cases) < wanted and not load.done():
                await asyncio.sleep(0.01)
            code, seconds = await built.nodes[0].terminate()
            took.append(seconds)
            codes.add(code)
            await built.start()
            if console is not None and (number + 1) % 5 == 0:
                console.print(f"{number + 1} stops, {len(ledger.cases)} cases acknowledged")
        hospitals.enough()
        await load
        await settled(session, built.urls[0], 120)
        result = await take_stock(session, built, ledger)
    errors = {name: count for name, count in ledger.retries.items() if name not in _NEVER_SENT}
    if errors:
        result.violations.append(f"clients saw errors: {errors}")
    if codes != {0}:
        result.violations.append(f"the exit codes were {sorted(codes)}")
    if max(took) > _STOP_SECONDS:
        result.violations.append(f"a stop took {max(took):.1f} s")
    result.counts |= {"stops": stops, "errors clients saw": sum(errors.values())}
    result.seconds |= {"stop, median": statistics.median(took), "stop, longest": max(took)}
    return result


def main() -> int:
    """Run it and print the account."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.stop", description=__doc__)
    parser.add_argument("--stops", type=int, default=50)
    parser.add_argument("--json", action="store_true", help="print the account as JSON")
    given = parser.parse_args()
    end_in_order_when_terminated()
    console = Console(stderr=given.json)
    with tempfile.TemporaryDirectory(prefix="kopuro-stop-") as folder:
        result = asyncio.run(run(Path(folder), stops=given.stops, console=console))
    result.show("stopped under load", console)
    if given.json:
        sys.stdout.write(orjson.dumps(result.as_json()).decode() + "\n")
    return 0 if result.kept else 1


if __name__ == "__main__":
    sys.exit(main())
