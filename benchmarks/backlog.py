"""A million queued operations: the memory of a gateway that starts on them, and whether claiming slows down."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from statistics import median
from time import perf_counter
from typing import Final

import aiohttp
import psutil  # type: ignore[import-untyped]  # it ships no types
from sqlalchemy import Connection, text

from benchmarks.accepting import Engine, acceptance, store_at
from benchmarks.figures import Figure
from benchmarks.workspace import ENGINES, TITLES, Workspace
from gateway.operations.acceptance import Arrival
from gateway.operations.claims import Ended, TakenUp, Wanted, claim, finish
from gateway.operations.model import Outcome, Result, State
from gateway.operations.policy import Transition
from gateway.sealing.keeper import KeyKeeper
from gateway.sealing.payloads import seal_payload
from gateway.sealing.sources import KeyDirectory
from gateway.store.grouping import Store
from gateway.system import SystemClock, TimeOrderedIds

SIZES: Final = (1_000, 100_000, 1_000_000)
QUICK_SIZES: Final = (1_000, 10_000, 100_000)
_BATCH: Final = 2_000
_CLAIMS: Final = 100
_CLAIMED_AT_ONCE: Final = 5
"""The default concurrency towards the fund."""
_LOOK_SECONDS: Final = 0.1
_MEMORY_MB: Final = 300.0
_GROWTH: Final = 2.0


async def measure(workspace: Workspace) -> None:
    """Fill, claim at each size, then start a gateway on all of it."""
    fund = await workspace.start("backlog-fund", "benchmarks.programs.fund")
    for engine in ENGINES:
        database = await workspace.database(engine, "backlog")
        await _claims(workspace, engine, database)
        await _memory(workspace, engine, database, fund.ready["url"])


async def _claims(workspace: Workspace, engine: str, database: str) -> None:
    store = store_at(database)
    await store.open()
    try:
        filling = Engine(store, acceptance(store), _sealed(workspace))
        took, queued = {}, 0
        for size in QUICK_SIZES if workspace.quick else SIZES:
            await _fill(workspace, filling, engine, queued, size)
            queued = size
            took[size] = await _claim_seconds(store)
            queued -= _CLAIMS * _CLAIMED_AT_ONCE
            title = f"{TITLES[engine]}: claim of {_CLAIMED_AT_ONCE} with {size:,} queued, p50"
            workspace.figures.note(Figure(f"backlog.{engine}.claim.{size}", title, "ms"), took[size] * 1000)
            workspace.say(f"  {title}: {took[size] * 1000:.2f} ms")
    finally:
        await store.close()
    smallest, largest = min(took), max(took)
    growth = Figure(
        f"backlog.{engine}.claim_growth",
        f"{TITLES[engine]}: claim time at {largest:,} / at {smallest:,}",
        "×",
        at_most=_GROWTH,
    )
    workspace.figures.note(growth, took[largest] / took[smallest])


def _sealed(workspace: Workspace) -> Iterator[Arrival]:
    """New cases as the journal keeps them, so that a gateway can open and deliver them."""
    sealer = KeyKeeper(KeyDirectory(workspace.keys()), SystemClock()).sealer
    for one in workspace.arrivals():
        payload = seal_payload(sealer, one.operation_id, one.submission.payload)
        yield replace(one, submission=replace(one.submission, payload=payload))


async def _fill(workspace: Workspace, filling: Engine, engine: str, queued: int, size: int) -> None:
    workspace.say(f"backlog: filling {TITLES[engine]} up to {size:,} …")
    tenth = max(_BATCH, size // 10)
    while queued < size:
        batch = list(islice(filling.arrivals, min(_BATCH, size - queued)))
        await filling.store.write(partial(_accept, filling=filling, batch=batch))
        queued += len(batch)
        if queued % tenth < _BATCH:
            workspace.say(f"  {queued:,}")
    if engine == "postgres":
        # What autovacuum does by itself within a minute of such a load.
        await filling.store.write(lambda connection: connection.execute(text("ANALYZE operations")))


def _accept(connection: Connection, filling: Engine, batch: Sequence[Arrival]) -> None:
    filling.acceptance.accept(connection, batch)


async def _claim_seconds(store: Store) -> float:
    """The middle of many claims; what is claimed is ended as delivered."""
    clock, ids = SystemClock(), TimeOrderedIds()
    taken = []
    for _ in range(_CLAIMS):
        wanted = Wanted("foms", _CLAIMED_AT_ONCE, ids.new(), 90.0, clock.now())
        began = perf_counter()
        up: TakenUp = await store.submit(claim, wanted)
        taken.append(perf_counter() - began)
        assert len(up.claims) == _CLAIMED_AT_ONCE, "the queue ran dry"
        for one in up.claims:
            now = clock.now()
            result = Result(outcome=Outcome.DELIVERED, reason="MEASURED", record_number="F-0")
            await store.submit(finish, Ended(one, result, Transition(State.DELIVERED, now, 0, "MEASURED"), now, now))
    return median(taken)


async def _memory(workspace: Workspace, engine: str, database: str, fund: str) -> None:
    """The most memory of a gateway that starts on the backlog and delivers from it for a while."""
    workspace.say(f"backlog: starting a gateway on {TITLES[engine]} …")
    gateway = await workspace.gateway(f"backlog-{engine}", database, security_server=fund, codec="compiled")
    process = psutil.Process(gateway.process.pid)
    most = 0
    until = perf_counter() + max(5.0, workspace.seconds * workspace.rounds)
    async with aiohttp.ClientSession() as session:
        while perf_counter() < until:
            most = max(most, process.memory_info().rss)
            await asyncio.sleep(_LOOK_SECONDS)
        delivered = await gateway.delivered(session)
        async with session.get(f"{gateway.url}/v1/upstreams") as response:
            response.raise_for_status()
    most = max(most, process.memory_info().rss)
    await gateway.process.stop()
    assert delivered, "nothing was delivered meanwhile"
    queued = max(QUICK_SIZES if workspace.quick else SIZES)
    figure = Figure(
        f"backlog.{engine}.rss",
        f"{TITLES[engine]}: memory of a gateway with {queued:,} queued",
        "MB",
        at_most=_MEMORY_MB,
    )
    workspace.figures.note(figure, most / 2**20)
    workspace.say(f"  {most / 2**20:.0f} MB at most; {delivered:,} delivered meanwhile")
