"""A process that closes January 2026, for :mod:`tests.campaigns.month_of_dispenses` to kill.

Says so at each of its transactions, on a line of its own, and at the end what it has done.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import orjson
from sqlalchemy import Connection

from gateway.programme.settlement.duty import MonthlyClosing
from gateway.store.grouping import Answer, Store
from gateway.store.postgres import PostgresStore
from gateway.store.sqlite import SqliteStore
from tests.support.doubles import SettableClock
from tests.support.settlement import FEBRUARY, Contracted, Settled, midnight

STEP: Final = "step"
LATE_CONTRACT: Final = "700003"
"""The pharmacy whose contract begins on 10 January."""
GRACE: Final = timedelta(hours=1)


class ToldStore:
    """A store that tells of every transaction it is about to begin."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def write(self, work: Callable[[Connection], Answer]) -> Answer:
        sys.stdout.write(f"{STEP}\n")
        sys.stdout.flush()
        return await self._store.write(work)

    async def read(self, query: Callable[[Connection], Answer]) -> Answer:
        return await self._store.read(query)


def store_at(place: str) -> Store:
    """The store at a path or a URL."""
    return PostgresStore(place) if "://" in place else SqliteStore(Path(place))


def settled_in(store: Any) -> Settled:
    """Settlement as it is an hour after January has ended."""
    contracts = Contracted(**{f"p{LATE_CONTRACT}": (date(2026, 1, 10), date(2026, 12, 31))})
    return Settled(store, clock=SettableClock(midnight(FEBRUARY) + GRACE), contracts=contracts)


async def close(place: str) -> dict[str, Any]:
    """Close the month."""
    store = store_at(place)
    await store.open()
    settled = settled_in(ToldStore(store))
    before = _forget_peak()
    begun = time.monotonic()
    reports = await MonthlyClosing(settled.store, settled.clock, settled.forming, grace=GRACE).turn()
    seconds = time.monotonic() - begun
    await store.close()
    return {"reports": reports, "seconds": seconds, "peak_before": before, "peak": _peak()}


def _forget_peak() -> int:
    """Begin to measure the most memory anew; returns what this process has now, in KiB."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _peak()


def _peak() -> int:
    """Most memory this process has had since, in KiB. What ``getrusage`` tells is inherited from the parent."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")))


def main() -> None:
    """Close it, and say what that took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("place", help="path of an SQLite database, or URL of a PostgreSQL one")
    done = asyncio.run(close(parser.parse_args().place))
    sys.stdout.write(orjson.dumps(done).decode() + "\n")


if __name__ == "__main__":
    main()
