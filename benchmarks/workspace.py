"""What every measurement works with: a folder, the figures, databases and gateways that end with the run."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import aiohttp

from benchmarks.cases import PILOT_UNTIL, CaseNumbers
from benchmarks.figures import Figures
from benchmarks.processes import Process
from gateway.cli.simulate import CLIENT, EXAMPLE_REGISTER, PROVIDER
from gateway.operations.acceptance import Arrival
from gateway.sealing.sources import KeyDirectory
from gateway.system import SystemClock, TimeOrderedIds
from tests.support import postgres

SQLITE: Final = "sqlite"
POSTGRES: Final = "postgres"
ENGINES: Final = (SQLITE, POSTGRES)
TITLES: Final = {SQLITE: "SQLite", POSTGRES: "PostgreSQL"}

_NOBODY: Final = "http://127.0.0.1:9"
"""A security server for gateways whose deliveries are paused."""
_PASSWORD: Final = "KOPURO_BENCH_PASSWORD"  # noqa: S105 - the name of a variable


@dataclass(slots=True)
class Workspace:
    """One run. ``running`` ends everything that was started, in reverse order."""

    folder: Path
    running: AsyncExitStack
    seconds: float
    rounds: int
    quick: bool
    figures: Figures = field(default_factory=Figures)
    _cases: CaseNumbers = field(default_factory=CaseNumbers)
    _server: str | None = None
    _processes: list[Process] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Progress, on standard error."""
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    def requests(self) -> Iterator[bytes]:
        """HTTP requests with a new case each."""
        return self._cases.requests()

    def arrivals(self) -> Iterator[Arrival]:
        """New cases for the journal."""
        return self._cases.arrivals(SystemClock(), TimeOrderedIds())

    async def database(self, engine: str, name: str) -> str:
        """The URL of a new empty database."""
        if engine == SQLITE:
            return f"sqlite:///{self.folder / name}.db"
        if self._server is None:
            self.say("starting PostgreSQL …")
            self._server = self.running.enter_context(postgres.server())
        return await postgres.create_database(self._server)

    async def start(self, name: str, module: str, *arguments: object, core: int | None = None) -> Process:
        """A program that has said it is ready; stopped with the run."""
        process = self._keep(await Process.start(name, module, arguments, self.folder, core=core))
        await process.until_ready()
        return process

    async def gateway(
        self,
        name: str,
        database: str,
        *,
        module: str = "gateway.cli",
        extra: tuple[object, ...] = (),
        security_server: str = _NOBODY,
        codec: str = "zeep",
        concurrency: int = 16,
        core: int | None = None,
        more: str = "",
    ) -> Gateway:
        """``gateway serve`` on a database, with the example register in it. ``module`` may stand in for the command.

        ``more`` are further settings (TOML).
        """
        settings = self.folder / f"{name}.toml"
        url, environment = _without_password(database)
        password = f'password = {{ environment = "{_PASSWORD}" }}' if environment else ""
        settings.write_text(
            _SETTINGS.format(
                url=url, password=password, keys=self.keys(), security_server=security_server, codec=codec,
                concurrency=concurrency, pilot_until=PILOT_UNTIL, client=_subsystem(CLIENT),
                provider=_subsystem(PROVIDER),
            ) + more,
            encoding="utf-8",
        )  # fmt: skip
        importing = ("reference", "import", "organisations", EXAMPLE_REGISTER, "--config", settings)
        importer = await Process.start(f"{name}-import", "gateway.cli", importing, self.folder, environment=environment)
        await self._keep(importer).until_done()
        serving = ("serve", "--config", settings, *extra)
        process = self._keep(
            await Process.start(name, module, serving, self.folder, core=core, environment=environment)
        )
        ready = await process.until_ready()
        return Gateway(process, ready["url"], database)

    def keys(self) -> Path:
        """Keys of all gateways of this run."""
        keys = self.folder / "keys"
        if not keys.exists():
            KeyDirectory(keys).make(SystemClock().now())
        return keys

    def _keep(self, process: Process) -> Process:
        """See to it that the process ends with the run, before the database it uses and at the same time as others."""
        self._processes.append(process)
        self.running.push_async_callback(self._stop_all)
        return process

    async def _stop_all(self) -> None:
        processes, self._processes = self._processes, []
        await asyncio.gather(*(process.stop() for process in processes))


@dataclass(frozen=True, slots=True)
class Gateway:
    """A running gateway."""

    process: Process
    url: str
    database: str

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rpartition(":")[2])

    async def pause(self) -> None:
        """Begin no deliveries, so that accepting alone is measured."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.url}/v1/upstreams/foms/pause", json={"reason": "measuring"}) as response,
        ):
            response.raise_for_status()

    async def delivered(self, session: aiohttp.ClientSession) -> int:
        """How many operations the upstream has acknowledged since the start, each written down durably."""
        async with session.get(f"{self.url}/metrics") as response:
            text = await response.text()
        found = (line for line in text.splitlines() if line.startswith("gateway_delivered_total{"))
        return round(sum(float(line.rpartition(" ")[2]) for line in found))


def _without_password(database: str) -> tuple[str, dict[str, str]]:
    """A database URL as the configuration takes it, and the environment that holds its password."""
    parts = urlsplit(database)
    if parts.password is None:
        return database, {}
    user, _, place = parts.netloc.rpartition("@")
    plain = urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}@{place}"))
    return plain, {_PASSWORD: parts.password} if parts.password else {}


def _subsystem(path: str) -> str:
    instance, member_class, member_code, subsystem_code = path.split("/")
    return (
        f'{{ instance = "{instance}", member_class = "{member_class}", member_code = "{member_code}", '
        f'subsystem_code = "{subsystem_code}" }}'
    )


_SETTINGS: Final = """
[server]
port = 0
drain_seconds = 2.0

[store]
url = "{url}"
{password}

[sealing]
keys = "{keys}"

[case]
pilot_until = {pilot_until}

[xroad]
security_server_url = "{security_server}"
client = {client}

[foms]
provider = {provider}
codec = "{codec}"
review_seconds = 3600.0

[delivery.foms]
concurrency = {concurrency}
"""
