"""Slow attacks on a real gateway process: what hospitals notice of a thousand connections that hardly move.

Hospitals hand in cases all the time; the 95th percentile of their waiting is taken in turn without and with the attack.

``python -m tests.campaigns.slow --connections 1000 --seconds 20``
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from tests.campaigns.load import Habits, Hospitals, client_session
from tests.campaigns.slow_attack import Kind
from tests.support.processes import PROJECT, end_in_order_when_terminated, world

_SENDERS = 4
_START_SECONDS = 1.0
"""How long the attacker's process takes to begin."""


@dataclass(slots=True)
class Round:
    """One kind of attack."""

    kind: Kind
    quiet: list[float] = field(default_factory=list)
    """Seconds of hospitals' requests without the attack …"""
    attacked: list[float] = field(default_factory=list)
    """… and with it."""
    tally: dict[str, int] = field(default_factory=dict)

    @property
    def factor(self) -> float:
        """How many times longer the 95th percentile is."""
        return p95(self.attacked) / p95(self.quiet)


def p95(seconds: Sequence[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(seconds, n=20)[-1]


async def campaign(
    folder: Path, *, connections: int, seconds: float, kinds: Sequence[Kind] = tuple(Kind), module: str | None = None
) -> tuple[list[Round], list[str]]:
    """Every kind of attack in turn, and what hospitals had to complain of besides waiting."""
    async with world(folder) as built, client_session() as session:
        await built.start(module=module)
        hospitals = Hospitals(
            session, built.urls, built.organisations, seed=1, habits=Habits(send_twice=0, new_key=0, correct=0)
        )
        load = asyncio.create_task(hospitals.send(senders=_SENDERS))
        port = urlsplit(built.urls[0]).port
        assert port is not None
        rounds = [Round(kind) for kind in kinds]
        await _waits(hospitals, seconds / 4)  # the first requests are slower than any that follow
        for one in rounds:
            one.quiet += await _waits(hospitals, seconds / 2)
            async with _attack(port, one, connections, seconds + _START_SECONDS):
                await asyncio.sleep(_START_SECONDS)
                one.attacked += await _waits(hospitals, seconds)
            one.quiet += await _waits(hospitals, seconds / 2)
        hospitals.enough()
        await load
        return rounds, hospitals.ledger.problems


async def _waits(hospitals: Hospitals, seconds: float) -> list[float]:
    """How long the hospitals' requests took that ended within so many seconds from now."""
    before = len(hospitals.ledger.seconds)
    await asyncio.sleep(seconds)
    return hospitals.ledger.seconds[before:]


@asynccontextmanager
async def _attack(port: int, one: Round, connections: int, seconds: float) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.campaigns.slow_attack", "--port", str(port), "--kind", one.kind.value,
        "--connections", str(connections), "--seconds", str(seconds), cwd=PROJECT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield
        said, _ = await process.communicate()
        one.tally = orjson.loads(said)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def main() -> int:
    """Run it and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.slow", description=__doc__)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=20, help="of each attack")
    parser.add_argument("--kind", type=Kind, choices=list(Kind), action="append")
    parser.add_argument("--module", help="start the gateway by this module")
    given = parser.parse_args()
    end_in_order_when_terminated()
    with tempfile.TemporaryDirectory(prefix="kopuro-slow-") as folder:
        rounds, problems = asyncio.run(
            campaign(
                Path(folder),
                connections=given.connections,
                seconds=given.seconds,
                kinds=given.kind or tuple(Kind),
                module=given.module,
            )
        )
    for one in rounds:
        sys.stdout.write(
            f"slow {one.kind}: p95 {1000 * p95(one.quiet):.1f} ms quiet ({len(one.quiet)} requests), "
            f"{1000 * p95(one.attacked):.1f} ms attacked ({len(one.attacked)}): x {one.factor:.2f}; "
            f"attacker: {one.tally}\n"
        )
    sys.stdout.writelines(f"problem: {problem}\n" for problem in problems)
    return int(bool(problems) or any(one.factor > 2 for one in rounds))


if __name__ == "__main__":
    sys.exit(main())
