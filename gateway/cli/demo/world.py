"""The demo's world: a fund, a security server, a hospital, an ESI and the gateway, each a process on a free port."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from contextlib import AbstractContextManager, AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gateway.cli.demo.access import register
from gateway.cli.demo.processes import Child, free_port
from gateway.cli.reference import organisations_from
from gateway.cli.simulate import CLIENT, ESI_CLIENT, EXAMPLE_REGISTER, PROVIDER
from gateway.ports import Organisation
from schemas.errors.model import Language

_READY_SECONDS = 30.0
_SETTINGS_FILE = "gateway.toml"
_SECRET_FILE = "esi-secret"  # noqa: S105 - the name of a file


@dataclass(frozen=True, slots=True)
class Ports:
    """One free port for each process, known before it starts since others are told of it."""

    gateway: int
    fund: int
    security_server: int
    hospital: int
    esi: int


HEADS_FILE = "heads.jsonl"
"""Where the gateway exports the audit's signed heads, in the demo's folder."""


class Telling(Protocol):
    """Who tells the visitor what is going on."""

    def working(self, key: str) -> AbstractContextManager[object]:
        """Something takes its time."""
        ...

    def started(self, world: World) -> None:
        """Everything is there."""
        ...


@dataclass(frozen=True, slots=True)
class World:
    """Where everything is. ``fund``, ``security_server`` and ``hospital`` are the addresses of their controls."""

    folder: Path
    gateway: str
    security_server: str
    fund: str
    hospital: str
    esi: str
    organisations: Sequence[Organisation]
    server: Child
    """The gateway's process."""


async def build_world(folder: Path, running: AsyncExitStack, stage: Telling) -> World:
    """Start everything; ``running`` stops it again.

    Raises :class:`gateway.cli.demo.processes.CannotStart`.
    """
    ports = Ports(*(free_port() for _ in range(5)))
    (folder / _SETTINGS_FILE).write_text(_settings(ports), encoding="utf-8")
    secret = folder / _SECRET_FILE
    secret.touch(mode=0o600)
    secret.write_text(secrets.token_urlsafe(32), encoding="utf-8")
    organisations = organisations_from(EXAMPLE_REGISTER, Language.EN)

    async def start(name: str, *arguments: str) -> Child:
        return await _start(name, arguments, folder, running)

    with stage.working("starting"):
        # Fund mode «query»: it would store a repeat a second time, so a double would show.
        fund, security_server, hospital, esi = await asyncio.gather(
            start("fund", "simulate", "foms", "--folder", "fund", "--mode", "query", "--port", str(ports.fund)),
            start("security-server", "simulate", "xroad", "--fund-url", f"http://127.0.0.1:{ports.fund}/",
                  "--port", str(ports.security_server)),
            start("hospital", "simulate", "sanarip", "--port", str(ports.hospital)),
            start("esi", "simulate", "esi", "--gateway-url", f"http://127.0.0.1:{ports.gateway}",
                  "--secret-file", secret.name, "--port", str(ports.esi)),
        )  # fmt: skip
        await register(folder, organisations)
        server = await start("gateway", "serve", "--config", _SETTINGS_FILE)
        ready = [await child.ready_line(_READY_SECONDS) for child in (server, fund, security_server, hospital, esi)]
    world = World(
        folder=folder,
        gateway=ready[0]["url"],
        fund=ready[1]["control_url"],
        security_server=ready[2]["control_url"],
        hospital=ready[3]["control_url"],
        esi=ready[4]["url"],
        organisations=organisations,
        server=server,
    )
    stage.started(world)
    return world


async def open_again(world: World, running: AsyncExitStack) -> None:
    """Start the gateway once more where it was; ``running`` stops it again.

    Raises :class:`gateway.cli.demo.processes.CannotStart`.
    """
    server = await _start("gateway-again", ("serve", "--config", _SETTINGS_FILE), world.folder, running)
    await server.ready_line(_READY_SECONDS)


async def _start(name: str, arguments: Sequence[str], folder: Path, running: AsyncExitStack) -> Child:
    child = await Child.start(name, arguments, folder)
    running.push_async_callback(child.stop)
    return child


def _settings(ports: Ports) -> str:
    """The configuration: as in production, with waiting times a spectator has the patience for.

    The limits are higher, since one client sends in seconds what the hospitals of a country send in a day.
    """
    return f"""
[server]
port = {ports.gateway}
drain_seconds = 5.0

[store]
url = "sqlite:///kopuro.db"

[sealing]
keys = "keys"

[audit]
heads_file = "{HEADS_FILE}"

[access]
origin = "http://127.0.0.1:{ports.gateway}"

[esi]
issuer = "http://127.0.0.1:{ports.esi}"
client_id = "{ESI_CLIENT}"
client_secret = {{ file = "{_SECRET_FILE}" }}
redirect_uri = "http://127.0.0.1:{ports.gateway}/sign-in/callback"
post_logout_redirect_uri = "http://127.0.0.1:{ports.gateway}/"

[limits.rates]
client = {{ requests = 100000 }}
submissions = {{ requests = 50000 }}
reads = {{ requests = 50000 }}

[xroad]
security_server_url = "http://127.0.0.1:{ports.security_server}"
client = {_subsystem(CLIENT)}

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
callback_url = "http://127.0.0.1:{ports.hospital}/callback"
"""


def _subsystem(path: str) -> str:
    instance, member_class, member_code, subsystem_code = path.split("/")
    return (
        f'{{ instance = "{instance}", member_class = "{member_class}", member_code = "{member_code}", '
        f'subsystem_code = "{subsystem_code}" }}'
    )
