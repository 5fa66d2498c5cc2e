"""The demo's world: a fund, a security server, a hospital system and the gateway, each a process on a free port."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gateway.cli.demo.processes import Child, free_port
from gateway.cli.demo.stage import Stage
from gateway.cli.reference import organisations_from
from gateway.cli.simulate import CLIENT, EXAMPLE_REGISTER, PROVIDER
from gateway.ports import Organisation
from gateway.sealing.sources import KeyDirectory
from schemas.errors.model import Language

_READY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class World:
    """Where everything is. ``fund`` and ``security_server`` are the addresses of their controls."""

    folder: Path
    gateway: str
    security_server: str
    fund: str
    hospital: str
    organisations: Sequence[Organisation]
    children: Sequence[Child]


async def build_world(folder: Path, running: AsyncExitStack, stage: Stage) -> World:
    """Start everything; ``running`` stops it again.

    Raises :class:`gateway.cli.demo.processes.CannotStart`.
    """
    fund_port, security_port, hospital_port = free_port(), free_port(), free_port()
    settings = folder / "gateway.toml"
    settings.write_text(_settings(security_port, hospital_port), encoding="utf-8")
    KeyDirectory(folder / "keys").make(datetime.now(UTC))
    shutil.copy(EXAMPLE_REGISTER, folder / "organisations.csv")

    async def start(name: str, *arguments: str) -> Child:
        child = await Child.start(name, arguments, folder)
        running.push_async_callback(child.stop)
        return child

    with stage.working("starting"):
        # Fund mode «query»: it would store a repeat a second time, so a double would show.
        fund, security_server, hospital, importing = await asyncio.gather(
            start("fund", "simulate", "foms", "--folder", "fund", "--mode", "query", "--port", str(fund_port)),
            start("security-server", "simulate", "xroad", "--fund-url", f"http://127.0.0.1:{fund_port}/",
                  "--port", str(security_port)),
            start("hospital", "simulate", "sanarip", "--port", str(hospital_port)),
            start("import", "reference", "import", "organisations", "organisations.csv", "--config", "gateway.toml"),
        )  # fmt: skip
        await importing.finished(_READY_SECONDS)
        gateway = await start("gateway", "serve", "--config", "gateway.toml")
        ready = [await child.ready_line(_READY_SECONDS) for child in (gateway, fund, security_server, hospital)]
    world = World(
        folder=folder,
        gateway=ready[0]["url"],
        fund=ready[1]["control_url"],
        security_server=ready[2]["control_url"],
        hospital=ready[3]["control_url"],
        organisations=organisations_from(EXAMPLE_REGISTER, Language.EN),
        children=(fund, security_server, hospital, gateway),
    )
    stage.started(world)
    return world


def _settings(security_port: int, hospital_port: int) -> str:
    """The configuration: as in production, with waiting times a spectator has the patience for."""
    return f"""
[server]
port = 0
drain_seconds = 5.0

[store]
url = "sqlite:///kopuro.db"

[xroad]
security_server_url = "http://127.0.0.1:{security_port}"
client = {_subsystem(CLIENT)}

[sealing]
keys = "keys"

[foms]
provider = {_subsystem(PROVIDER)}
recognises_repeats = false

[delivery.foms]
backoff_seconds = 0.2
backoff_cap_seconds = 1.0
ask_after_seconds = 0.5
poll_seconds = 0.2

[delivery.foms.breaker]
probe_seconds = 0.5

[sanarip]
callback_url = "http://127.0.0.1:{hospital_port}/callback"
"""


def _subsystem(path: str) -> str:
    instance, member_class, member_code, subsystem_code = path.split("/")
    return (
        f'{{ instance = "{instance}", member_class = "{member_class}", member_code = "{member_code}", '
        f'subsystem_code = "{subsystem_code}" }}'
    )
