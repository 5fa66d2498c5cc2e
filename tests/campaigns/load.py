"""Hospitals that send cases, repeat what was not answered, correct some, and remember every acknowledgement."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
import orjson

from gateway.ports import Organisation
from tests.builders import ADMITTED_AT, DISCHARGED_AT, case_json, movement_json

_TRY_SECONDS: Final = 6.0
_GIVE_UP_SECONDS: Final = 120.0
_TRY_AGAIN: Final = frozenset({409, 429, 500, 502, 503, 504})


def case_body(index: int, organisations: Sequence[Organisation], *, revision: int = 1) -> bytes:
    """The case with this index as a request body; every index is another stay."""
    organisation = organisations[index % len(organisations)]
    department = min(organisation.departments)
    admitted = (datetime.fromisoformat(ADMITTED_AT) + timedelta(minutes=index % 1000)).isoformat()
    return orjson.dumps(
        case_json(
            card_number=f"{index}/25-{revision}",
            organisation=organisation.code,
            department=department,
            patient={"pin": f"201011990{index % 100_000:05d}"},
            admission={"at": admitted},
            movements=[movement_json(department, admitted, DISCHARGED_AT)],
        )
    )


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What a hospital was promised."""

    operation: str
    number: str
    revision: int
    case: int


@dataclass(slots=True)
class Ledger:
    """What the hospitals remember."""

    begun: int = 0
    """How many cases were begun; the index of the next one."""
    requests: dict[str, Acknowledged] = field(default_factory=dict)
    """The first acknowledgement by Idempotency-Key."""
    cases: dict[int, str] = field(default_factory=dict)
    """КСФ number by case."""
    problems: list[str] = field(default_factory=list)
    """Answers that contradict an earlier one, or that no correct gateway gives."""
    retries: Counter[str] = field(default_factory=Counter)
    """Tries that led to no acknowledgement, by cause."""
    repeats: int = 0
    """Acknowledgements of what had been acknowledged before."""
    seconds: list[float] = field(default_factory=list)
    """From the first try to the acknowledgement."""

    def note(self, key: str, case: int, answer: dict[str, Any]) -> Acknowledged:
        """Remember an acknowledgement; every further one of the same request must name the same operation."""
        told = Acknowledged(answer["operation"]["id"], answer["ksf_number"], answer["revision"], case)
        first = self.requests.setdefault(key, told)
        if first is not told:
            self.repeats += 1
        if first != told:
            self.problems.append(f"case {case}: acknowledged as {first.number} and again as {told.number}")
        if self.cases.setdefault(case, told.number) != told.number:
            self.problems.append(f"case {case}: has the numbers {self.cases[case]} and {told.number}")
        return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How often hospitals do more than send a case once (shares of all cases), and how long they pause."""

    correct: float = 0.0
    send_twice: float = 0.0
    """The same request twice at the same time."""
    new_key: float = 0.0
    """The same case once more under another key."""
    pause_seconds: float = 0.0
    """Between two cases."""
    longest_wait_seconds: float = 1.0
    """Between two tries at a gateway that is not there; it begins with a tenth of a second."""


class Hospitals:
    """Senders at the gateways' addresses."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        urls: Sequence[str],
        organisations: Sequence[Organisation],
        *,
        seed: int,
        habits: Habits | None = None,
    ) -> None:
        self.ledger = Ledger()
        self._session = session
        self._urls = urls
        self._organisations = organisations
        self._habits = habits or Habits()
        self._chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._no_more = asyncio.Event()

    def others(self, session: aiohttp.ClientSession, habits: Habits) -> Hospitals:
        """Further hospitals with connections and habits of their own; memory and :meth:`enough` are shared."""
        others = copy(self)
        others._session, others._habits = session, habits
        return others

    def enough(self) -> None:
        """Begin no more cases; those begun are sent until they are acknowledged."""
        self._no_more.set()

    async def send(self, *, senders: int, cases: int | None = None) -> None:
        """Send ``cases``, or until :meth:`enough`, from this many senders at a time."""
        last = None if cases is None else self.ledger.begun + cases
        async with asyncio.TaskGroup() as group:
            for number in range(senders):
                group.create_task(self._sender(number, last))

    def new_case(self) -> int:
        """The index of a case that has not been sent yet."""
        case, self.ledger.begun = self.ledger.begun, self.ledger.begun + 1
        return case

    async def submit(self, case: int, *, key: str | None = None, near: int = 0) -> Acknowledged | None:
        """Send a case until it is acknowledged."""
        body = case_body(case, self._organisations)
        return await self._until_acknowledged("POST", "/v1/treated-cases", key or f"case-{case}", body, case, near)

    async def correct(self, case: int, number: str, *, near: int = 0) -> Acknowledged | None:
        """Send a correction until it is acknowledged."""
        body = case_body(case, self._organisations, revision=2)
        return await self._until_acknowledged("PUT", f"/v1/treated-cases/{number}", f"corr-{case}", body, case, near)

    async def _sender(self, number: int, last: int | None) -> None:
        while not self._no_more.is_set() and (last is None or self.ledger.begun < last):
            await self._treat(self.new_case(), number)
            if self._habits.pause_seconds:
                await asyncio.sleep(self._chance.uniform(0.5, 1.5) * self._habits.pause_seconds)

    async def _treat(self, case: int, near: int) -> None:
        habits, chance = self._habits, self._chance
        if chance.random() < habits.send_twice:
            told, _ = await asyncio.gather(self.submit(case, near=near), self.submit(case, near=near + 1))
        else:
            told = await self.submit(case, near=near)
        if told is None:
            return
        if chance.random() < habits.new_key:
            again = await self.submit(case, key=f"again-{case}", near=near + 1)
            if again is not None and again.operation != told.operation:
                self.ledger.problems.append(f"case {case}: under another key it became another operation")
        if chance.random() < habits.correct:
            await self.correct(case, told.number, near=near)

    async def _until_acknowledged(
        self, method: str, path: str, key: str, body: bytes, case: int, near: int
    ) -> Acknowledged | None:
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        begun = time.monotonic()
        turn, pause = near, 0.1
        while time.monotonic() - begun < _GIVE_UP_SECONDS:
            url = self._urls[turn % len(self._urls)]
            try:
                async with self._session.request(method, url + path, data=body, headers=headers) as response:
                    content = await response.read()
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                self.ledger.retries[type(error).__name__] += 1
                turn += 1
                await asyncio.sleep(self._chance.uniform(pause / 2, pause))
                pause = min(2 * pause, self._habits.longest_wait_seconds)
                continue
            if response.status in {200, 202}:
                self.ledger.seconds.append(time.monotonic() - begun)
                return self.ledger.note(key, case, orjson.loads(content))
            if response.status not in _TRY_AGAIN:
                self.ledger.problems.append(f"case {case}: answered with {response.status}: {content[:300]!r}")
                return None
            self.ledger.retries[str(response.status)] += 1
            await asyncio.sleep(self._chance.uniform(0.05, 0.2))
        self.ledger.problems.append(f"case {case}: not acknowledged within {_GIVE_UP_SECONDS:.0f} s")
        return None


@asynccontextmanager
async def client_session(connections: int = 0, *, keep: bool = True) -> AsyncIterator[aiohttp.ClientSession]:
    """A client's connections; 0 sets no limit. Those that are not kept serve one request each."""
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections, force_close=not keep),
        timeout=aiohttp.ClientTimeout(total=_TRY_SECONDS, sock_connect=1.0),
        cookie_jar=aiohttp.DummyCookieJar(),
    ) as session:
        yield session
