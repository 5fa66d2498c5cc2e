"""How many cases a second are accepted durably: over HTTP, with storing switched off, and by the engine alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Final

from benchmarks.figures import Figure, Sample
from benchmarks.load import Load
from benchmarks.workspace import ENGINES, POSTGRES, TITLES, Workspace
from config.settings import Settings
from gateway.app import number_former
from gateway.audit.trail import ChainedTrail
from gateway.operations.acceptance import Arrival, CaseAcceptance
from gateway.operations.numbering import CounterScope
from gateway.rules.ksf import DEFAULT_LAYOUT
from gateway.store.grouping import Store
from gateway.store.opening import store_for
from gateway.store.postgres import PostgresStore
from gateway.system import SystemClock

CALLERS: Final = (1, 64)
_AIMS: Final = {"sqlite": 4000.0, "postgres": 5000.0}
_SLOWEST_MS: Final = 60.0
_BARE_WHERE_AIMS_WERE_SET: Final = 10_177.0
"""«aiohttp and validation alone» a second on the machine for which the aims were set."""
_SETTLE_SECONDS: Final = 0.3


@dataclass(frozen=True, slots=True)
class Engine:
    """A store that is driven without HTTP."""

    store: Store
    acceptance: CaseAcceptance
    arrivals: Iterator[Arrival]

    async def sample(self, callers: int, seconds: float) -> Sample:
        """Keep ``callers`` submitting and count what is committed within ``seconds``."""
        return await closed_loop(
            lambda: self.store.submit(self.acceptance.accept, next(self.arrivals)), callers, seconds
        )


async def closed_loop(do: Callable[[], Awaitable[object]], callers: int, seconds: float) -> Sample:
    """Keep ``callers`` doing something over and over, and count what is done within ``seconds``."""
    latencies: list[float] = []
    stopping = False

    async def call() -> None:
        while not stopping:
            began = perf_counter()
            await do()
            latencies.append(perf_counter() - began)

    tasks = [asyncio.create_task(call()) for _ in range(callers)]
    await asyncio.sleep(_SETTLE_SECONDS)
    latencies.clear()
    began = perf_counter()
    await asyncio.sleep(seconds)
    done, took = latencies.copy(), perf_counter() - began
    stopping = True
    await asyncio.gather(*tasks)
    return Sample.of(done, took)


async def open_engine(workspace: Workspace, engine: str, name: str) -> Engine:
    """An open store on a new database; closed with the run."""
    store = store_at(await workspace.database(engine, name))
    await store.open()
    workspace.running.push_async_callback(store.close)
    return Engine(store, acceptance(store), workspace.arrivals())


def store_at(url: str) -> Store:
    """The store at a database's URL, not opened yet."""
    if url.startswith("postgresql:"):
        return PostgresStore(url)
    settings = Settings.model_validate({"store": {"url": url}})
    return store_for(settings.store.sqlite_path, settings.store.postgresql_url)


def acceptance(store: Store) -> CaseAcceptance:
    """Acceptance as the service composes it by default."""
    return CaseAcceptance(
        upstream="foms",
        scope=CounterScope.ORGANISATION_YEAR,
        form_number=number_former(DEFAULT_LAYOUT),
        audit=ChainedTrail(store, SystemClock()).append,
    )


async def measure(workspace: Workspace) -> None:
    """All of it, in turns: each round measures everything once, so that ratios compare neighbours in time."""
    gateways = {}
    for engine in ENGINES:
        gateways[engine] = await workspace.gateway(f"accept-{engine}", await workspace.database(engine, "accept"))
        await gateways[engine].pause()
    second = await workspace.gateway("accept-second", gateways[POSTGRES].database)
    floor = await workspace.start("floor", "benchmarks.programs.floor")
    validating = await workspace.start("bare", "benchmarks.programs.bare")
    limits = {engine: await open_engine(workspace, engine, "limit") for engine in ENGINES}
    requests = workspace.requests()
    figures, seconds = workspace.figures, workspace.seconds
    for turn in range(workspace.rounds):
        workspace.say(f"accept: round {turn + 1} of {workspace.rounds}")
        accepted: dict[str, float] = {}
        for callers in CALLERS:
            bare = await Load(floor.ready["port"], requests).for_seconds(callers, seconds)
            figures.note_sample(f"accept.floor.{callers}", f"HTTP without storing, {_many(callers)}", bare)
            for engine in ENGINES:
                durable = await Load(gateways[engine].port, requests).for_seconds(callers, seconds)
                raw = await limits[engine].sample(callers, seconds)
                _note(workspace, engine, callers, (bare, durable, raw))
                accepted[engine] = durable.rate
        crowd = max(CALLERS)
        least = await Load(validating.ready["port"], requests).for_seconds(crowd, seconds)
        figures.note_sample("accept.bare.64", f"aiohttp and validation alone, {_many(crowd)}", least)
        for engine, rate in accepted.items():
            aim = round(_AIMS[engine] / _BARE_WHERE_AIMS_WERE_SET, 2)
            title = f"{TITLES[engine]}: durable / aiohttp and validation alone"
            figures.note(Figure(f"accept.{engine}.of_bare", title, "×", at_least=aim), rate / least.rate)
        ports = (gateways[POSTGRES].port, second.port)
        halves = await asyncio.gather(
            *(Load(port, requests).for_seconds(crowd // len(ports), seconds) for port in ports)
        )
        both = Sample(sum(h.rate for h in halves), max(h.p50 for h in halves), max(h.p99 for h in halves))
        title = f"Durable accepts, PostgreSQL, two nodes, {_many(crowd)}"
        figures.note_sample("accept.postgres.two_nodes.64", title, both)


def _note(workspace: Workspace, engine: str, callers: int, samples: tuple[Sample, Sample, Sample]) -> None:
    bare, durable, raw = samples
    figures, title, crowded = workspace.figures, TITLES[engine], callers > 1
    workspace.say(
        f"  {title}, {_many(callers)}: {durable.rate:,.0f}/s durable, {bare.rate:,.0f}/s without storing, "
        f"{raw.rate:,.0f}/s engine alone"
    )
    aims = {"at_least": _AIMS[engine], "p99_at_most": _SLOWEST_MS} if crowded else {}
    figures.note_sample(f"accept.{engine}.{callers}", f"Durable accepts, {title}, {_many(callers)}", durable, **aims)
    figures.note_sample(f"limit.{engine}.{callers}", f"Engine alone, {title}, {_many(callers)}", raw)
    if crowded:
        of_floor = Figure(f"accept.{engine}.of_floor", f"{title}: durable / without storing", "×", at_least=0.5)
        figures.note(of_floor, durable.rate / bare.rate)
        figures.note(
            Figure(f"accept.{engine}.of_limit", f"{title}: durable / engine alone", "×"), durable.rate / raw.rate
        )


def _many(callers: int) -> str:
    return "1 caller" if callers == 1 else f"{callers} callers"
