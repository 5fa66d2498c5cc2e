"""From accepted to acknowledged: the whole way on one core, the fund's side on the other."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from struct import unpack
from time import perf_counter
from typing import Final

import aiohttp
import psutil  # type: ignore[import-untyped]  # it ships no types

from benchmarks.figures import Figure
from benchmarks.load import Load
from benchmarks.processes import cores, pinned
from benchmarks.workspace import SQLITE, Gateway, Workspace
from gateway.cli.simulate import CLIENT, PROVIDER, SERVICES

CODECS: Final = ("zeep", "compiled")
CALLERS: Final = 16
_FIRST_CASES: Final = 200
_LOOK_SECONDS: Final = 0.05
_STILL_SECONDS: Final = 20.0
"""Longer than this without one delivery, and something is wrong."""
_LEAN, _SIMULATED = "lean", "simulated"
_OTHER_SIDE: Final = {_LEAN: "lean fund", _SIMULATED: "simulators"}
_AIMS: Final = {("zeep", _LEAN): 400.0, ("compiled", _LEAN): 1000.0}


@dataclass(slots=True)
class Route:
    """A gateway with one codec, on its way to one other side."""

    codec: str
    other_side: str
    gateway: Gateway
    spent: Path
    """Where the gateway writes down what its codec takes."""
    rate: float = 0.0

    async def deliver(self, workspace: Workspace, session: aiohttp.ClientSession, cases: int) -> Passage:
        """Hand in ``cases`` and wait until every one is acknowledged."""
        process = psutil.Process(self.gateway.process.pid)
        wanted = await self.gateway.delivered(session) + cases
        used, coding = sum(process.cpu_times()[:2]), self._coding()
        began = perf_counter()
        await Load(self.gateway.port, islice(workspace.requests(), cases)).until_exhausted(CALLERS)
        await self._until_delivered(session, wanted)
        self.rate = cases / (perf_counter() - began)
        used, coding = sum(process.cpu_times()[:2]) - used, self._coding() - coding
        return Passage(self.rate, coding / used, coding / cases, used / cases)

    async def _until_delivered(self, session: aiohttp.ClientSession, wanted: int) -> None:
        seen, moved_at = 0, perf_counter()
        while (delivered := await self.gateway.delivered(session)) < wanted:
            if delivered != seen:
                seen, moved_at = delivered, perf_counter()
            elif perf_counter() - moved_at > _STILL_SECONDS:
                raise RuntimeError(f"{self.codec}, {self.other_side}: nothing moves at {delivered} of {wanted}")
            await asyncio.sleep(_LOOK_SECONDS)

    def _coding(self) -> float:
        seconds: float = unpack("dd", self.spent.read_bytes())[0]
        return seconds


@dataclass(frozen=True, slots=True)
class Passage:
    """One round: cases a second, the codec's share of the gateway's processor time, and seconds of it a case."""

    rate: float
    codec_share: float
    codec_seconds: float
    seconds: float


async def measure(workspace: Workspace) -> None:
    """Every codec against every other side, in turns."""
    measured, around = cores()
    if measured == around:
        workspace.say("delivery: only one core; the other side shares it")
    lean = await workspace.start("lean-fund", "benchmarks.programs.fund", core=around)
    routes = []
    for codec in CODECS:
        # A fund of its own for each gateway: both form the same numbers, and one fund would see doubles.
        simulated = await _simulators(workspace, codec, around)
        for side, address in ((_LEAN, lean.ready["url"]), (_SIMULATED, simulated)):
            routes.append(await _route(workspace, codec, side, address, measured))
    with pinned(around):
        async with aiohttp.ClientSession() as session:
            for route in routes:
                await route.deliver(workspace, session, _FIRST_CASES)
            for turn in range(workspace.rounds):
                workspace.say(f"delivery: round {turn + 1} of {workspace.rounds}")
                rates = {}
                for route in routes:
                    cases = max(_FIRST_CASES, round(route.rate * workspace.seconds))
                    passage = await route.deliver(workspace, session, cases)
                    rates[route.codec, route.other_side] = passage.rate
                    _note(workspace, route, passage)
                ratio = Figure("delivery.compiled_of_zeep", "Accepted to acknowledged: compiled / zeep", "×")
                workspace.figures.note(ratio, rates["compiled", _LEAN] / rates["zeep", _LEAN])


async def _route(workspace: Workspace, codec: str, other_side: str, address: str, core: int) -> Route:
    name = f"delivery-{codec}-{other_side}"
    spent = workspace.folder / f"{name}.spent"
    spent.write_bytes(bytes(16))
    gateway = await workspace.gateway(
        name, await workspace.database(SQLITE, name), module="benchmarks.programs.timed_gateway", extra=(spent,),
        security_server=address, codec=codec, concurrency=CALLERS, core=core,
    )  # fmt: skip
    return Route(codec, other_side, gateway, spent)


async def _simulators(workspace: Workspace, name: str, core: int) -> str:
    """The address of the simulated security server in front of the simulated fund."""
    fund = await workspace.start(
        f"fund-{name}", "adapters.foms.simulator", "--folder", workspace.folder / f"fund-{name}", core=core
    )
    services = [argument for service in sorted(SERVICES) for argument in ("--service", service)]
    server = await workspace.start(
        f"security-server-{name}", "adapters.xroad.simulator", "--client", CLIENT, "--provider", PROVIDER,
        "--provider-url", fund.ready["url"], *services, core=core,
    )  # fmt: skip
    url: str = server.ready["url"]
    return url


def _note(workspace: Workspace, route: Route, passage: Passage) -> None:
    figures, side = workspace.figures, _OTHER_SIDE[route.other_side]
    name, title = f"delivery.{route.codec}.{route.other_side}", f"{route.codec}, {side}"
    workspace.say(f"  {title}: {passage.rate:,.0f}/s, codec {passage.codec_share:.0%} of the processor")
    aim = _AIMS.get((route.codec, route.other_side))
    figures.note(Figure(f"{name}.rate", f"Accepted to acknowledged, {title}", "1/s", at_least=aim), passage.rate)
    if route.other_side == _LEAN:
        share = Figure(f"{name}.codec_share", f"{route.codec}'s share of the gateway's processor time", "%")
        figures.note(share, passage.codec_share * 100)
        figures.note(
            Figure(f"{name}.codec_ms", f"{route.codec}: processor time a case", "ms"), passage.codec_seconds * 1e3
        )
        figures.note(
            Figure(f"{name}.case_ms", f"Gateway with {route.codec}: processor time a case", "ms"), passage.seconds * 1e3
        )
