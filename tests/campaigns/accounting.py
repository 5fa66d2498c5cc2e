"""The accounting: what hospitals were promised, what the journal says, what the fund stored. They must agree."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import aiohttp
import orjson
from rich.console import Console
from rich.table import Table

from adapters.foms.simulator import Mode
from tests.campaigns.load import Ledger
from tests.support.processes import ProcessFailed, World

_PAGE: Final = 500
_SHOWN: Final = 10
_TRIES: Final = 20


class NotDrained(Exception):
    """Operations were still open when the time was over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of the journal. ``doubtful_sends`` are sends of which nobody knows whether they were executed."""

    id: str
    number: str
    revision: int
    state: str
    reason: str | None
    record_number: str | None
    doubtful_sends: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAtFund:
    """One line of the fund's file: one request it has stored."""

    operation: str
    number: str
    revision: int
    record_number: str


@dataclass(slots=True)
class Account:
    """The result. ``violations`` is empty exactly when every guarantee was kept."""

    counts: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    @property
    def kept(self) -> bool:
        """Whether every guarantee was kept."""
        return not self.violations

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"kept": self.kept}

    def show(self, title: str, console: Console | None = None) -> None:
        """Print counts, timings and violations."""
        console = console or Console()
        table = Table(title=title, title_justify="left")
        table.add_column("what")
        table.add_column("count or seconds", justify="right")
        for name, count in self.counts.items():
            table.add_row(name, f"{count:,}")
        for name, seconds in self.seconds.items():
            table.add_row(name, f"{seconds:.3f} s")
        console.print(table)
        for violation in self.violations[:_SHOWN]:
            console.print(f"[red]violated:[/] {violation}", highlight=False)
        if len(self.violations) > _SHOWN:
            console.print(f"[red]… and {len(self.violations) - _SHOWN} more[/]")
        console.print("[green]every guarantee was kept[/]" if self.kept else "[bold red]guarantees were broken[/]")


async def settled(session: aiohttp.ClientSession, url: str, seconds: float) -> float:
    """Wait until nothing more happens by itself; returns how long it took. Raises :class:`NotDrained`.

    Corrections of a parked case may stay: they wait until a person has decided about it.
    """
    begun = time.monotonic()
    while True:
        left = sum(one["open_operations"] for one in (await _get(session, f"{url}/v1/upstreams"))["items"])
        if not left or (left <= _PAGE and await _all_wait_for_people(session, url)):
            return time.monotonic() - begun
        if time.monotonic() - begun > seconds:
            raise NotDrained(f"{left} operations are still open after {seconds:.0f} s")
        await asyncio.sleep(0.1)


async def _all_wait_for_people(session: aiohttp.ClientSession, url: str) -> bool:
    waiting = await _get(session, f"{url}/v1/operations", state="queued,sending,in-doubt", limit=_PAGE)
    parked = await _get(session, f"{url}/v1/operations", state="parked", limit=_PAGE)
    undecided = {one["business_key"] for one in parked["items"]}
    return all(one["state"] == "queued" and one["business_key"] in undecided for one in waiting["items"])


async def _get(session: aiohttp.ClientSession, url: str, **parameters: str | int) -> dict[str, Any]:
    """A resource of a gateway; tried again for a while when it is not to be had."""
    for _ in range(_TRIES):
        try:
            async with session.get(url, params=parameters) as response:
                content = await response.read()
                if response.status == 200:
                    return dict(orjson.loads(content))
                problem = f"{response.status}: {content[:300]!r}"
        except (aiohttp.ClientError, TimeoutError) as error:
            problem = repr(error)
        await asyncio.sleep(0.5)
    raise ProcessFailed(f"{url} answered {_TRIES} times with no content, at last with {problem}")


async def take_stock(session: aiohttp.ClientSession, world: World, ledger: Ledger, *, node: int = 0) -> Account:
    """Read journal and fund and compare them with what was promised."""
    journal = await read_journal(session, world.urls[node])
    return account(ledger, journal, read_fund(world), world.mode)


async def read_journal(session: aiohttp.ClientSession, url: str) -> list[Operation]:
    """Every operation of the journal."""
    found: list[Operation] = []
    parameters: dict[str, str | int] = {"limit": _PAGE}
    while True:
        page = await _get(session, f"{url}/v1/operations", **parameters)
        found += [await _operation(session, url, item) for item in page["items"]]
        if page["next"] is None:
            return found
        parameters["after"] = page["next"]


async def _operation(session: aiohttp.ClientSession, url: str, item: Mapping[str, Any]) -> Operation:
    doubtful = 0
    if item["attempts"] > 1 or item["state"] == "parked":
        history = (await _get(session, f"{url}/v1/operations/{item['id']}"))["history"]
        doubtful = sum(one["step"] == "send" and one["outcome"] in {"in-doubt", None} for one in history)
    return Operation(
        id=item["id"],
        number=item["business_key"],
        revision=item["revision"],
        state=item["state"],
        reason=item["reason"],
        record_number=item["record_number"],
        doubtful_sends=doubtful,
    )


def read_fund(world: World) -> list[StoredAtFund]:
    """Every request the fund has stored, from the file it only appends to."""
    lines = (orjson.loads(line) for line in world.accepted_file.read_bytes().splitlines())
    return [
        StoredAtFund(
            operation=line["operationKey"],
            number=line["ksfNumber"],
            revision=line["revision"],
            record_number=line["recordNumber"],
        )
        for line in lines
    ]


def account(ledger: Ledger, journal: Sequence[Operation], fund: Sequence[StoredAtFund], mode: Mode) -> Account:
    """Compare. Pure, so that its own test can show that it finds each kind of mistake."""
    states = Counter(one.state for one in journal)
    doubles = sum(count - 1 for count in Counter((one.number, one.revision) for one in fund).values())
    violations = [
        *ledger.problems,
        *_promises(ledger, journal),
        *_deliveries(journal, fund),
        *_doubles(fund),
        *_numbers(ledger, journal),
        *(_parked_are_the_doubtful(journal) if mode is Mode.NEITHER else _none_is_parked(journal)),
    ]
    return Account(
        counts={
            "cases acknowledged": len(ledger.cases),
            "requests acknowledged": len(ledger.requests),
            "acknowledged again": ledger.repeats,
            "tries without acknowledgement": ledger.retries.total(),
            "operations in the journal": len(journal),
            "delivered": states["delivered"],
            "rejected": states["rejected"],
            "parked": states["parked"],
            "waiting behind parked ones": states["queued"],
            "sends in doubt": sum(one.doubtful_sends for one in journal),
            "stored by the fund": len(fund),
            "stored twice": doubles,
        },
        seconds=_latencies(ledger.seconds),
        violations=violations,
    )


def _promises(ledger: Ledger, journal: Sequence[Operation]) -> list[str]:
    """What was acknowledged is in the journal under the number told, and nothing else is there."""
    known = {one.id: one for one in journal}
    promised = {told.operation: told for told in ledger.requests.values()}
    found = [f"{told.number} was acknowledged and is not in the journal"
             for told in promised.values() if told.operation not in known]  # fmt: skip
    found += [
        f"{told.number}/{told.revision} was acknowledged, the journal has {one.number}/{one.revision}"
        for told in promised.values()
        if (one := known.get(told.operation)) and (one.number, one.revision) != (told.number, told.revision)
    ]
    found += [f"{one.number}/{one.revision} is in the journal and nobody was told" for one in journal
              if one.id not in promised]  # fmt: skip
    return found


def _deliveries(journal: Sequence[Operation], fund: Sequence[StoredAtFund]) -> list[str]:
    """Every operation has ended; exactly the delivered ones, and perhaps parked ones, are at the fund."""
    at_fund: dict[str, set[str]] = {}
    for stored in fund:
        at_fund.setdefault(stored.operation, set()).add(stored.record_number)
    undecided = {one.number for one in journal if one.state == "parked"}
    found = []
    for one in journal:
        records = at_fund.pop(one.id, set())
        name = f"{one.number}/{one.revision}"
        if one.state == "delivered" and one.record_number not in records:
            found.append(f"{name} counts as delivered and the fund does not have it under that record number")
        elif one.state == "rejected" and records:
            found.append(f"{name} counts as rejected and the fund has it")
        elif one.state == "queued" and one.number in undecided and not records:
            pass  # a correction that waits until a person has decided about the revision before it
        elif one.state not in {"delivered", "rejected", "parked"}:
            found.append(f"{name} is still {one.state}")
    found += [f"the fund has operation {operation}, the journal does not" for operation in at_fund]
    return found


def _doubles(fund: Sequence[StoredAtFund]) -> list[str]:
    stored = Counter((one.number, one.revision) for one in fund)
    return [f"the fund has stored {number}/{revision} {times} times" for (number, revision), times in stored.items()
            if times > 1]  # fmt: skip


def _numbers(ledger: Ledger, journal: Sequence[Operation]) -> list[str]:
    """One number a case, one case a number, each revision once, and no ordinal number left out or used again."""
    owners = Counter(ledger.cases.values())
    found = [f"{number} was given to {count} cases" for number, count in owners.items() if count > 1]
    revisions = Counter((one.number, one.revision) for one in journal)
    found += [f"the journal has {number}/{revision} {count} times" for (number, revision), count in revisions.items()
              if count > 1]  # fmt: skip
    sequences: dict[tuple[str, str], set[int]] = {}
    for number in {one.number for one in journal}:
        # 7 digits of the ordinal number, 2 of the department, 6 of the organisation, 2 of the year.
        within = sequences.setdefault((number[9:15], number[15:]), set())
        if int(number[:7]) in within:
            found.append(f"the ordinal number of {number} was given twice in its organisation and year")
        within.add(int(number[:7]))
    for (organisation, year), used in sequences.items():
        if used != set(range(1, len(used) + 1)):
            found.append(f"organisation {organisation}, year {year}: the ordinal numbers have a gap")
    return found


def _none_is_parked(journal: Sequence[Operation]) -> list[str]:
    """A fund that can be asked, or that knows repeats, leaves nothing for a person to decide."""
    return [f"{one.number}/{one.revision} is parked: {one.reason}" for one in journal if one.state == "parked"]


def _parked_are_the_doubtful(journal: Sequence[Operation]) -> list[str]:
    """Where the fund can do neither, exactly what is in doubt is parked, and it was sent no more than once in doubt."""
    found = [f"{one.number}/{one.revision} is parked without doubt: {one.reason}" for one in journal
             if one.state == "parked" and not one.doubtful_sends]  # fmt: skip
    found += [f"{one.number}/{one.revision} was in doubt and is {one.state}" for one in journal
              if one.doubtful_sends and one.state != "parked"]  # fmt: skip
    return found + [f"{one.number}/{one.revision} was sent again in doubt" for one in journal if one.doubtful_sends > 1]


def _latencies(seconds: Sequence[float]) -> dict[str, float]:
    if len(seconds) < 2:
        return {}
    hundredths = statistics.quantiles(seconds, n=100)
    return {"acknowledged within, median": hundredths[49], "acknowledged within, p99": hundredths[98]}
