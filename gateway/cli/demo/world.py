"""The demo's world: the gateway and seven systems around it, each a process on a free port."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, AsyncExitStack
from dataclasses import dataclass, fields
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from gateway.cli.demo.access import PHARMACY, agent_folder, register
from gateway.cli.demo.books import EXAMPLE_PRIMARY_CARE
from gateway.cli.demo.processes import AGENT, Child, free_port
from gateway.cli.reference import organisations_from
from gateway.cli.simulate import (
    ATTACHMENT,
    CLIENT,
    DRUG_PROGRAMME,
    ESI_CLIENT,
    EXAMPLE_REGISTER,
    KNMDB_STAKEHOLDER,
    KNMDB_USER,
    PROVIDER,
    SOCIAL_FUND,
)
from gateway.ports import Organisation
from schemas.errors.model import Language

_READY_SECONDS = 60.0
_SETTINGS_FILE = "gateway.toml"
_SECRET_FILE = "esi-secret"  # noqa: S105 - the name of a file
_PASSWORD_FILE = "knmdb-password"  # noqa: S105 - as above


@dataclass(frozen=True, slots=True)
class Ports:
    """One free port for each process, known before it starts since others are told of it."""

    gateway: int
    fund: int
    security_server: int
    hospital: int
    esi: int
    programme: int
    insurer: int
    knmdb: int


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
    """Where everything is. All but ``gateway`` and ``esi`` are the addresses of their controls.

    ``programme`` is the fund's information system of the drug programme; ``organisations`` are the hospitals.
    """

    folder: Path
    gateway: str
    security_server: str
    fund: str
    hospital: str
    esi: str
    programme: str
    insurer: str
    knmdb: str
    organisations: Sequence[Organisation]
    server: Child
    """The gateway's process."""
    counter: str | None
    """The agent of the pharmacy's counter; ``None`` where its program is not installed."""


async def build_world(folder: Path, running: AsyncExitStack, stage: Telling) -> World:
    """Start everything; ``running`` stops it again.

    Raises :class:`gateway.cli.demo.processes.CannotStart`.
    """
    ports = Ports(*(free_port() for _ in fields(Ports)))
    (folder / _SETTINGS_FILE).write_text(_settings(ports), encoding="utf-8")
    for name in (_SECRET_FILE, _PASSWORD_FILE):
        file = folder / name
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32), encoding="utf-8")
    organisations = organisations_from(EXAMPLE_REGISTER, Language.EN)
    primary_care = organisations_from(EXAMPLE_PRIMARY_CARE, Language.EN)

    async def start(name: str, *arguments: str) -> Child:
        return await _start(name, arguments, folder, running)

    with stage.working("starting"):
        neighbours = {name: await start(name, "simulate", *arguments) for name, arguments in _neighbours(ports).items()}
        await register(folder, [*organisations, *primary_care])
        server = await start("gateway", "serve", "--config", _SETTINGS_FILE)
        gateway = await server.ready_line(_READY_SECONDS)
        ready = {name: await child.ready_line(_READY_SECONDS) for name, child in neighbours.items()}
        counter = await _counter(folder, running)
    world = World(
        folder=folder,
        gateway=gateway["url"],
        security_server=ready["security-server"]["control_url"],
        fund=ready["fund"]["control_url"],
        hospital=ready["hospital"]["control_url"],
        esi=ready["esi"]["url"],
        programme=ready["drug-programme"]["control_url"],
        insurer=ready["insurer"]["control_url"],
        knmdb=ready["knmdb"]["control_url"],
        organisations=organisations,
        server=server,
        counter=counter,
    )
    stage.started(world)
    return world


async def open_again(world: World, running: AsyncExitStack) -> None:
    """Start the gateway once more where it was; ``running`` stops it again.

    Raises :class:`gateway.cli.demo.processes.CannotStart`.
    """
    server = await _start("gateway-again", ("serve", "--config", _SETTINGS_FILE), world.folder, running)
    await server.ready_line(_READY_SECONDS)


async def _counter(folder: Path, running: AsyncExitStack) -> str | None:
    """Start the agent of the pharmacy's counter, which is not enrolled yet."""
    if find_spec(AGENT) is None:
        return None
    arguments = ("agent", "--port", "0", "--state", str(agent_folder(folder)))
    child = await _start("counter-agent", arguments, folder, running, module=AGENT)
    return (await child.ready_line(_READY_SECONDS))["url"]


async def _start(
    name: str, arguments: Sequence[str], folder: Path, running: AsyncExitStack, module: str = "gateway.cli"
) -> Child:
    child = await Child.start(name, arguments, folder, module)
    running.push_async_callback(child.stop)
    return child


def _neighbours(ports: Ports) -> Mapping[str, Sequence[str]]:
    """The simulated systems, by the names of their logs: what ``gateway simulate`` is told."""

    def at(port: int) -> str:
        return f"http://127.0.0.1:{port}"

    # Fund mode «query»: it would store a repeat a second time, so a double would show.
    return {
        "fund": ("foms", "--folder", "fund", "--mode", "query", "--port", str(ports.fund)),
        "drug-programme": (
            "drug-programme", "--folder", "drug-programme", "--mode", "query", "--port", str(ports.programme),
        ),
        "insurer": ("insurance", "--organisations", str(EXAMPLE_PRIMARY_CARE), "--port", str(ports.insurer)),
        "knmdb": ("knmdb", "--folder", "knmdb", "--password-file", _PASSWORD_FILE, "--port", str(ports.knmdb)),
        "security-server": (
            "xroad", "--fund-url", f"{at(ports.fund)}/", "--drug-programme-url", f"{at(ports.programme)}/",
            "--insurance-url", f"{at(ports.insurer)}/", "--port", str(ports.security_server),
        ),
        "hospital": ("sanarip", "--port", str(ports.hospital)),
        "esi": (
            "esi", "--gateway-url", at(ports.gateway), "--secret-file", _SECRET_FILE, "--port", str(ports.esi),
        ),
    }  # fmt: skip


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

[drug_programme]
provider = {_subsystem(DRUG_PROGRAMME)}
recognises_repeats = false
deferred_seconds = 1.0

[insurance]
social_fund = {_subsystem(SOCIAL_FUND)}
fund = {_subsystem(ATTACHMENT)}
request_organisation = "Köpürö"
request_person = "demo"

[knmdb]
url = "http://127.0.0.1:{ports.knmdb}"

[knmdb.accounts.{PHARMACY}]
user_name = "{KNMDB_USER}"
password = {{ file = "{_PASSWORD_FILE}" }}
stakeholder = "{KNMDB_STAKEHOLDER}"
{"".join(_delivery(name) for name in ("foms", "drug_programme", "knmdb"))}
[sanarip]
callback_url = "http://127.0.0.1:{ports.hospital}/callback"
"""


def _delivery(upstream: str) -> str:
    return f"""
[delivery.{upstream}]
backoff_seconds = 0.2
backoff_cap_seconds = 1.0
ask_after_seconds = 0.5
poll_seconds = 0.2

[delivery.{upstream}.breaker]
probe_seconds = 0.5
"""


def _subsystem(path: str) -> str:
    instance, member_class, member_code, subsystem_code = path.split("/")
    return (
        f'{{ instance = "{instance}", member_class = "{member_class}", member_code = "{member_code}", '
        f'subsystem_code = "{subsystem_code}" }}'
    )
