"""Looking prescriptions up and dispensing, over HTTP, while the store holds 200,000 live prescriptions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count, repeat
from typing import Any, Final

import aiohttp
import psutil  # type: ignore[import-untyped]  # it ships no types

from benchmarks.accepting import store_at
from benchmarks.figures import Figure, Sample
from benchmarks.load import Load
from benchmarks.programme_pace import latencies_at
from benchmarks.programme_rows import (
    PHARMACIES,
    Prescriptions,
    add_reference,
    analyse,
    dispenses,
    look_ups,
    scattered,
    till,
)
from benchmarks.workspace import ENGINES, POSTGRES, TITLES, Gateway, Workspace
from gateway.rules.days import bishkek_day
from gateway.sealing.keeper import KeyKeeper
from gateway.sealing.sources import KeyDirectory
from gateway.store.grouping import Store
from gateway.system import SystemClock
from schemas.budget.budgets import RegionName

LIVE: Final = 200_000
QUICK_LIVE: Final = 10_000
CALLERS: Final = (1, 16)
_AT_ONCE: Final = 5_000
_P95_MS: Final = 50.0
_PACE: Final = 50.0
"""Requests a second: twelve times what ten times the busiest hour of all pharmacies is reckoned to bring."""
_FLOOR: Final = b"GET /v1/patient-limit HTTP/1.1\r\nHost: gateway\r\n\r\n"
"""The least a request comes to that reads the store: one row of a table of one row."""
_OK: Final = b"HTTP/1.1 200"
_CREATED: Final = b"HTTP/1.1 201"
_SETTINGS: Final = """
[drug_programme]
provider = {{ member_code = "70000002", subsystem_code = "drug-programme" }}

[insurance]
social_fund = {{ member_code = "70000003", subsystem_code = "settlements-service" }}
fund = {{ member_code = "70000002", subsystem_code = "attachment" }}
request_organisation = "Köpürö"
request_person = "benchmark"

[senders.sanarip]

{tills}
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """A window of a closed loop, with the time that one answer in twenty exceeds and the gateway's work; in seconds."""

    sample: Sample
    p95: float
    processor: float
    """Processor time of the gateway for one request: what a busy machine does not lengthen."""


@dataclass(frozen=True, slots=True)
class Counter:
    """A gateway, and which prescriptions its pharmacies ask for next."""

    gateway: Gateway
    looked_up: Iterator[int]
    sold: Iterator[int]

    async def floor(self, callers: int, seconds: float) -> Measured:
        """The floor under both."""
        return await self._measured(repeat(_FLOOR), _OK, callers, seconds)

    async def look_up(self, callers: int, seconds: float) -> Measured:
        """By ПИН and number, each time another prescription."""
        return await self._measured(look_ups(self.looked_up), _OK, callers, seconds)

    async def dispense(self, callers: int, seconds: float) -> Measured:
        """Half a course, each time of another prescription."""
        return await self._measured(dispenses(self.sold), _CREATED, callers, seconds)

    async def paced(self, seconds: float) -> tuple[float, float]:
        """What one look-up in twenty, and one dispense in twenty, is waited for at a steady pace, in seconds."""
        at_pace = partial(latencies_at, self.gateway.port, per_second=_PACE, seconds=seconds)
        found = await at_pace(look_ups(self.looked_up), _OK)
        sold = await at_pace(dispenses(self.sold), _CREATED)
        return _p95(found), _p95(sold)

    async def _measured(self, requests: Iterator[bytes], expected: bytes, callers: int, seconds: float) -> Measured:
        process, sent = psutil.Process(self.gateway.process.pid), count()
        counted = (request for request, _ in zip(requests, sent, strict=False))
        load = Load(self.gateway.port, counted, expected=expected)
        before = process.cpu_times()
        sample = await load.for_seconds(callers, seconds)
        after = process.cpu_times()
        # Of the window, and of what was under way when it closed.
        latencies = sorted(load.latencies)
        return Measured(
            sample=sample,
            p95=_p95(latencies),
            processor=(after.user + after.system - before.user - before.system) / next(sent),
        )


async def measure(workspace: Workspace) -> None:
    """Fill a store of each engine, then all of it in turns."""
    live = QUICK_LIVE if workspace.quick else LIVE
    databases = {engine: await workspace.database(engine, "programme") for engine in ENGINES}
    stores = [store_at(database) for database in databases.values()]
    for store in stores:
        await store.open()
    try:
        await _fill(workspace, stores, live)
        await stores[ENGINES.index(POSTGRES)].write(analyse)
    finally:
        for store in stores:
            await store.close()
    counters = {engine: await _counter(workspace, engine, database, live) for engine, database in databases.items()}
    for turn in range(workspace.rounds):
        workspace.say(f"programme: round {turn + 1} of {workspace.rounds}")
        for engine, counter in counters.items():
            await _round(workspace, engine, counter)


async def _fill(workspace: Workspace, stores: list[Store], live: int) -> None:
    workspace.say(f"programme: making {live:,} live prescriptions …")
    keeper = KeyKeeper(KeyDirectory(workspace.keys()), SystemClock())
    now = SystemClock().now()
    making = Prescriptions(keeper.sealer, keeper.index, now)
    for store in stores:
        await store.write(partial(add_reference, medicines=making.reference, now=now))
    for first in range(0, live, _AT_ONCE):
        rows = making.rows(range(first, first + _AT_ONCE))
        for store in stores:
            await store.write(rows.insert)
        if (first + _AT_ONCE) % (live // 10) < _AT_ONCE:
            workspace.say(f"  {first + _AT_ONCE:,}")


async def _counter(workspace: Workspace, engine: str, database: str, live: int) -> Counter:
    tills = "\n".join(f'[senders.{till(pharmacy)}]\norganisations = ["{pharmacy}"]' for pharmacy in PHARMACIES)
    gateway = await workspace.gateway(f"programme-{engine}", database, more=_SETTINGS.format(tills=tills))
    async with aiohttp.ClientSession(gateway.url) as fund:
        for upstream in ("foms", "drug-programme"):
            await _done(fund, f"/v1/upstreams/{upstream}/pause", {"reason": "measuring"})
        today = bishkek_day(SystemClock().now())
        norm = {"norm": "12.50"}
        limit = norm | {"effective_on": today.isoformat(), "reason": "measuring"}
        await _done(fund, "/v1/patient-limit", limit)
        regions = [{"region": region.value, "insured": 10_000_000} for region in RegionName]
        await _done(fund, "/v1/budgets", norm | {"year": today.year, "basis": "B-1", "regions": regions})
        for pharmacy in PHARMACIES:
            filed = await _done(fund, "/v1/contract-applications", _application(pharmacy))
            terms = {"number": f"C-{pharmacy}", "starts_on": today.isoformat(), "report_deadline_days": 10}
            check = {"checked_on": today.isoformat(), "source": "benchmark", "reference": "T-1", "debt": "0.00"}
            decision = {"contract": terms, "tax_check": check}
            await _done(fund, f"/v1/contract-applications/{filed['id']}/decision", decision)
    return Counter(gateway, scattered(live), count())


async def _done(fund: aiohttp.ClientSession, path: str, command: dict[str, Any]) -> dict[str, Any]:
    async with fund.post(path, json=command) as answer:
        answered: dict[str, Any] = await answer.json()
        if not answer.ok:
            raise RuntimeError(f"{path}: {answered}")
        return answered


def _application(pharmacy: str) -> dict[str, Any]:
    return {
        "pharmacy": pharmacy,
        "legal_name": f"Pharmacy {pharmacy}",
        "inn": "01212200010013",
        "licence": {"number": "L-1"},
        "head": "Осмонова Бүбүсара Токтогуловна",
        "chief_accountant": "Үсөнов Өмүрбек Жумабаевич",
        "email": "pharmacy@pharmacy.example",
        "phone": "+996 555 000000",
        "form_signed": True,
    }


async def _round(workspace: Workspace, engine: str, counter: Counter) -> None:
    seconds, title = workspace.seconds, TITLES[engine]
    for callers in CALLERS:
        many = "1 caller" if callers == 1 else f"{callers} callers"
        floor = await counter.floor(callers, seconds)
        _note(workspace, f"programme.{engine}.floor.{callers}", f"One read over HTTP, {title}, {many}", floor, None)
        found = await counter.look_up(callers, seconds)
        name = f"programme.{engine}.lookup.{callers}"
        _note(workspace, name, f"Look-ups, {title}, {many}", found, floor)
        if callers == max(CALLERS):
            sold = await counter.dispense(callers, seconds)
            name = f"programme.{engine}.dispense.{callers}"
            _note(workspace, name, f"Dispenses, {title}, {many}", sold, floor)

    for kind, waited in zip(("lookup", "dispense"), await counter.paced(seconds), strict=True):
        what = f"{'Look-ups' if kind == 'lookup' else 'Dispenses'}, {title}, {_PACE:g} a second: p95"
        workspace.figures.note(
            Figure(f"programme.{engine}.{kind}.paced.p95", what, "ms", at_most=_P95_MS), waited * 1000
        )
        workspace.say(f"  {what}: {waited * 1000:.1f} ms")


def _p95(latencies: Sequence[float]) -> float:
    """The time that one in twenty exceeds, of sorted ones."""
    return latencies[round((len(latencies) - 1) * 0.95)]


def _note(workspace: Workspace, name: str, title: str, measured: Measured, floor: Measured | None) -> None:
    """Rate and times; what has a ``floor`` has the ratio of both p95, and with a crowd an aim."""
    figures, sample = workspace.figures, measured.sample
    aim = _P95_MS if floor is not None and name.endswith(f".{max(CALLERS)}") else None
    figures.note_sample(name, title, sample)
    figures.note(Figure(f"{name}.p95", f"{title}: p95", "ms", at_most=aim), measured.p95 * 1000)
    figures.note(Figure(f"{name}.work", f"{title}: processor time each", "ms"), measured.processor * 1000)
    said = (
        f"  {title}: {sample.rate:,.0f}/s, p95 {measured.p95 * 1000:.1f} ms, {measured.processor * 1000:.2f} ms of work"
    )
    if floor is not None:
        ratio = measured.p95 / floor.p95
        figures.note(Figure(f"{name}.of_floor", f"{title}: p95 / that of one read", "×"), ratio)
        said += f", {ratio:.1f} × one read"
    workspace.say(said)
