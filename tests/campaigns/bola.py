"""Broken object level authorisation, looked for: organisations that ask for one another's objects.

Every organisation has a client of its own and cases that it has handed in. Each client asks for the others' cases and
operations by their true names, and for ones that do not exist. It must never see any, and must not be able to tell the
two apart: not by status, headers or body. How long the answers take is reported.

``python -m tests.campaigns.bola --organisations 50 --objects 200``
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from gateway.access.principal import Scope
from gateway.telemetry.logging import configure_logging
from tests.service.access_matrix.house import Answer, House, Machine, house, organisation

_AT_ONCE = 16
_TIMED = 400
"""Pairs of requests that are timed, one at a time."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One case of an organisation, and its operation."""

    owner: str
    ksf_number: str
    operation_id: str

    @property
    def paths(self) -> tuple[str, str]:
        return f"/v1/treated-cases/{self.ksf_number}", f"/v1/operations/{self.operation_id}"

    def like_it(self, number: int) -> Thing:
        """What does not exist, but could: it differs from this in nothing that a sender could know."""
        return Thing(self.owner, f"{9_000_000 + number:07d}{self.ksf_number[7:]}", str(uuid4()))


@dataclass(slots=True)
class Tally:
    """What came of it."""

    own: int = 0
    """Own objects that were read: else refusing everybody everything would pass."""
    asked: int = 0
    """Requests for objects of others."""
    foreign_reads: int = 0
    distinguishable: int = 0
    examples: list[Any] = field(default_factory=list)
    foreign_seconds: list[float] = field(default_factory=list)
    unknown_seconds: list[float] = field(default_factory=list)

    @property
    def gap(self) -> float:
        """By how many seconds the median of answers about others' objects is above that about none."""
        return statistics.median(self.foreign_seconds) - statistics.median(self.unknown_seconds)

    def judge(self, thing: Thing, answer: Answer, unknown: Answer) -> None:
        """One answer about what is another's, beside one about what does not exist."""
        self.asked += 1
        if answer.status == 200 or thing.ksf_number.encode() in answer.body:
            self.foreign_reads += 1
            self.examples.append(answer.shown)
        if answer.shown != unknown.shown:
            self.distinguishable += 1
            self.examples.append((answer.shown, unknown.shown))


async def campaign(folder: Path, *, organisations: int, objects: int, share: float = 1.0, timed: int = _TIMED) -> Tally:
    """Every organisation asks for this share of all others' objects."""
    chosen, tally = random.Random(1), Tally()  # noqa: S311 - a choice, no secret
    async with house(folder, organisations=organisations) as opened:
        codes = [organisation(number).code for number in range(organisations)]
        machines = {code: await opened.machine(tuple(Scope), [code]) for code in codes}
        things = await _hand_in(opened, machines, objects)
        for code, machine in machines.items():
            await _read_own(opened, machine, next(thing for thing in things if thing.owner == code), tally)
            others = [one for one in things if one.owner != code and chosen.random() < share]
            await _ask_for(opened, machine, others, tally)
        await _time(opened, machines, chosen.sample(things, min(timed, len(things))), tally)
    return tally


async def _hand_in(opened: House, machines: dict[str, Machine], objects: int) -> list[Thing]:
    async def one(code: str) -> Thing:
        accepted = await opened.submit(machines[code], code)
        return Thing(code, accepted["ksf_number"], accepted["operation"]["id"])

    things: list[Thing] = []
    for some in _by(_AT_ONCE, [code for code in machines for _ in range(objects)]):
        things += await asyncio.gather(*map(one, some))
    return things


async def _read_own(opened: House, machine: Machine, thing: Thing, tally: Tally) -> None:
    answers = [await opened.ask(machine, "GET", path) for path in thing.paths]
    tally.own += sum(answer.status == 200 and thing.ksf_number.encode() in answer.body for answer in answers)


async def _ask_for(opened: House, machine: Machine, others: Sequence[Thing], tally: Tally) -> None:
    if not others:
        return
    token = machine.token()
    unknown = [await opened.ask(machine, "GET", path) for path in others[0].like_it(0).paths]

    async def one(thing: Thing) -> None:
        for path, nothing in zip(thing.paths, unknown, strict=True):
            answer = await opened.send("GET", path, machine.headers("GET", path, token=token))
            tally.judge(thing, answer, nothing)

    for some in _by(_AT_ONCE, others):
        await asyncio.gather(*map(one, some))


async def _time(opened: House, machines: dict[str, Machine], things: Sequence[Thing], tally: Tally) -> None:
    """In turn, so that whatever else the machine does weighs on both alike."""
    codes = list(machines)
    for number, thing in enumerate(things):
        machine = machines[codes[codes.index(thing.owner) - 1]]
        for path, nothing in zip(thing.paths, thing.like_it(number).paths, strict=True):
            tally.foreign_seconds.append((await opened.ask(machine, "GET", path)).seconds)
            tally.unknown_seconds.append((await opened.ask(machine, "GET", nothing)).seconds)


def _by(size: int, items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[begin : begin + size] for begin in range(0, len(items), size))


def main() -> int:
    """Run it and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.bola", description=__doc__)
    parser.add_argument("--organisations", type=int, default=50)
    parser.add_argument("--objects", type=int, default=200, help="of each organisation")
    parser.add_argument("--share", type=float, default=1.0, help="of others' objects that each asks for")
    given = parser.parse_args()
    configure_logging("error", console=False)
    with tempfile.TemporaryDirectory(prefix="kopuro-bola-") as folder:
        tally = asyncio.run(
            campaign(Path(folder), organisations=given.organisations, objects=given.objects, share=given.share)
        )
    sys.stdout.write(
        f"bola: {given.organisations} organisations x {given.objects} objects; {tally.asked} requests for others' "
        f"objects: {tally.foreign_reads} foreign reads, {tally.distinguishable} distinguishable answers; median of "
        f"{len(tally.foreign_seconds)} timed {1000 * statistics.median(tally.foreign_seconds):.2f} ms, "
        f"{1000 * tally.gap:+.3f} ms against what does not exist\n"
    )
    sys.stdout.writelines(f"example: {example}\n" for example in tally.examples[:5])
    return int(bool(tally.foreign_reads or tally.distinguishable or tally.own != 2 * given.organisations))


if __name__ == "__main__":
    sys.exit(main())
