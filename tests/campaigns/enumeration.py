"""Numbers of prescriptions are tried one after the other with known ПИНs, from many pharmacies at once, for a day.

``python -m tests.campaigns.enumeration --lookups 100000`` drives it over HTTP and counts; the exit code is 1 when a
guarantee was broken. A day goes by on the throttle's clock, so that its quotas are refilled as they would be. Meanwhile
honest pharmacies look the attacked patients' prescriptions up, and are never kept from it.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from gateway.limits.local import LocalBuckets
from gateway.limits.lookups import LookupPolicy, LookupThrottle
from gateway.limits.policy import RatePolicy
from gateway.operations.model import Channel
from gateway.services import Sender
from gateway.store.sqlite import SqliteStore
from gateway.telemetry.logging import configure_logging
from tests.service.api.conftest import Reply
from tests.service.dispensing.pharmacy import Pharmacy, open_pharmacy
from tests.support.programme import PHARMACY, Issued, issue_into, prescription_number
from tests.unit.limits.clocks import Ticks

DAY = 86_400
PHARMACIES = 50
TERMINALS = 4
VICTIMS = 20
AT_ONCE = 16
HONEST_EVERY = 25
"""One honest look-up for so many rounds of the attack."""


@dataclass
class Report:
    """What the attack came to. ``tried`` counts guesses that were looked at; ``broken`` what did not hold."""

    lookups: int = 0
    answers: Tally[str] = field(default_factory=Tally)
    by_terminal: Tally[str] = field(default_factory=Tally)
    by_pharmacy: Tally[str] = field(default_factory=Tally)
    by_patient: Tally[str] = field(default_factory=Tally)
    neutral: set[bytes] = field(default_factory=set)
    honest: Tally[str] = field(default_factory=Tally)
    seconds: float = 0.0
    broken: list[str] = field(default_factory=list)

    def within(self, what: str, counted: Tally[str], quota: RatePolicy) -> None:
        """No stretch of a day passes more than what was granted at once and what was made good since."""
        most = quota.requests * (1 + DAY / quota.seconds)
        if counted and max(counted.values()) > most:
            self.broken.append(f"{what}: {max(counted.values())} guesses, {most:.0f} allowed")


@dataclass(frozen=True)
class Attack:
    """One attacked gateway: ``knows_names`` is an attacker who has the patients' family names as well."""

    pharmacy: Pharmacy
    clock: Ticks
    victims: Sequence[Issued]
    knows_names: bool
    rng: random.Random

    async def guess(self, report: Report) -> None:
        site, till = self.rng.randrange(PHARMACIES), self.rng.randrange(TERMINALS)
        client, code, victim = f"bad-{site}-{till}", f"71{site:04d}", self.rng.choice(self.victims)
        number = prescription_number(self.rng.randrange(10**11))
        if self.rng.random() < 0.5:
            number = number[:-1] + str((int(number[-1]) + 1) % 10)
        guessed = {"number": number}
        if self.knows_names:
            guessed["family_name"] = "Түгөлбаев"
        reply = await self.pharmacy.look_up(victim, sender=client, pharmacy=code, prescription=guessed)
        report.lookups += 1
        report.answers[reply.code] += 1
        if reply.code == "RX_NOT_FOUND":
            report.by_terminal[client] += 1
            report.by_pharmacy[code] += 1
            report.by_patient[victim.pin] += 1
            report.neutral.add(_shown(reply))

    async def ask_honestly(self, report: Report) -> None:
        """The patient stands at the counter: at most, the name has to be told, too."""
        victim = self.rng.choice(self.victims)
        reply = await self.pharmacy.look_up(victim, sender="pharmacy")
        if reply.status == 422 and reply.code == "LOOKUP_FACTOR_REQUIRED":
            report.honest["asked for the name"] += 1
            named = {"family_name": "Туголбаев"}
            reply = await self.pharmacy.look_up(victim, sender="pharmacy", prescription=named)
        report.honest["opened" if reply.status == 200 else f"refused: {reply.code}"] += 1


async def attack(folder: Path, lookups: int, *, knows_names: bool = False, seed: int = 1) -> Report:
    """The campaign on a new SQLite database."""
    store = SqliteStore(folder / "kopuro.db")
    await store.open()
    clock, report, told = Ticks(), Report(), []
    throttle = LookupThrottle(LookupPolicy(), LocalBuckets(clock), throttled=told.append, now=clock)
    sites = {f"71{site:04d}" for site in range(PHARMACIES)}
    senders = {
        f"bad-{site}-{till}": Sender(
            name=f"bad-{site}-{till}", organisations=frozenset({f"71{site:04d}"}), channel=Channel.SYSTEM
        )
        for site in range(PHARMACIES)
        for till in range(TERMINALS)
    }
    async with open_pharmacy(store, senders=senders, throttle=throttle) as pharmacy:
        pharmacy.counter.contracts.days |= dict.fromkeys(sites, pharmacy.counter.contracts.days[PHARMACY])
        victims = [await issue_into(store, patient={"pin": f"21205197{n:06d}"}) for n in range(VICTIMS)]
        rng = random.Random(seed)  # noqa: S311 - not a secret
        run = Attack(pharmacy, clock, victims, knows_names, rng)
        rounds = -(-lookups // AT_ONCE)
        begun = time.monotonic()
        for number in range(rounds):
            await asyncio.gather(*(run.guess(report) for _ in range(min(AT_ONCE, lookups - report.lookups))))
            if number % HONEST_EVERY == 0:
                await run.ask_honestly(report)
            clock.move(DAY / rounds)
        report.seconds = time.monotonic() - begun
    await store.close()
    _judge(report, told, knows_names=knows_names)
    return report


def _judge(report: Report, told: list[str], *, knows_names: bool) -> None:
    policy = LookupPolicy()
    report.within("a terminal", report.by_terminal, policy.terminal)
    report.within("a pharmacy", report.by_pharmacy, policy.pharmacy_day)
    if not knows_names:
        report.within("a patient", report.by_patient, policy.patient)
    if len(report.neutral) > 1:
        report.broken.append(f"{len(report.neutral)} different neutral answers")
    if set(report.honest) - {"opened", "asked for the name"}:
        report.broken.append(f"honest pharmacies were refused: {dict(report.honest)}")
    if not told:
        report.broken.append("nobody was told of the attack")


def _shown(reply: Reply) -> bytes:
    own = {"x-request-id", "traceparent", "date", "content-length"}
    headers = sorted((name.lower(), value) for name, value in reply.headers.items() if name.lower() not in own)
    return repr(headers).encode() + reply.body.replace(reply.headers["X-Request-Id"].encode(), b"")


def main() -> int:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lookups", type=int, default=100_000)
    lookups = parser.parse_args().lookups
    configure_logging("ERROR")  # a line for each refusal would be the whole output
    console, broken = Console(), False
    for knows_names in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            report = asyncio.run(attack(Path(folder), lookups, knows_names=knows_names))
        tried = report.answers["RX_NOT_FOUND"]
        console.print(
            f"{'ПИН and family name' if knows_names else 'ПИН'} known: {report.lookups} look-ups in "
            f"{report.seconds:.0f} s, {dict(report.answers)}\n"
            f"  looked at: {tried}; most of one terminal {max(report.by_terminal.values())}, of one pharmacy "
            f"{max(report.by_pharmacy.values())}, with one ПИН {max(report.by_patient.values())}\n"
            f"  neutral answers that differ: {len(report.neutral) - 1}; honest look-ups: {dict(report.honest)}"
        )
        for what in report.broken:
            console.print(f"[red]broken: {what}")
        broken |= bool(report.broken)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
