"""Real processes for tests: gateways, the security server and the fund, on loopback ports, stopped in any case."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from adapters.foms.simulator import Mode
from gateway.cli.demo.processes import free_port
from gateway.cli.reference import organisations_from
from gateway.cli.simulate import CLIENT, EXAMPLE_REGISTER, PROVIDER
from gateway.ports import Organisation
from gateway.sealing.sources import KeyDirectory
from gateway.store.grouping import Store
from gateway.store.organisations import replace_organisations
from gateway.store.postgres import PostgresStore
from gateway.store.sqlite import SqliteStore
from schemas.errors import Language

PROJECT: Final = Path(__file__).parents[2]
READY_SECONDS: Final = 60.0
STOP_SECONDS: Final = 30.0
GATEWAY: Final = "gateway.cli"
"""The product's own entry point, as a module."""

ABILITIES: Final[Mapping[Mode, tuple[bool, bool]]] = {
    Mode.DEDUPE: (False, True),
    Mode.QUERY: (True, False),
    Mode.NEITHER: (False, False),
}
"""What the gateway is told of a fund in this mode: whether it can be asked, whether it recognises repeats."""


class ProcessFailed(Exception):
    """A process ended, or did not do in time what it was started for."""


class Process:
    """One of our programs as a child in a session of its own, to be started any number of times."""

    def __init__(self, name: str, arguments: Sequence[str], folder: Path) -> None:
        self.name = name
        self.starts = 0
        self._arguments = tuple(arguments)
        self._folder = folder
        self._child: subprocess.Popen[bytes] | None = None

    def start(self, environment: Mapping[str, str] | None = None, module: str | None = None) -> None:
        """Start it; ``module`` takes the place of the usual entry point."""
        assert not self.running
        self.starts += 1
        arguments = (module, *self._arguments[1:]) if module else self._arguments
        with self._file("out").open("wb") as out, self._file("err").open("wb") as err:
            self._child = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd=self._folder,
                env=_environment(environment or {}),
                start_new_session=True,
            )

    async def ready(self, seconds: float = READY_SECONDS) -> dict[str, Any]:
        """The JSON line it prints when it is ready. Raises :class:`ProcessFailed`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for line in self._file("out").read_bytes().splitlines(keepends=True):
                if line.startswith(b'{"ready":') and line.endswith(b"\n"):
                    return dict(json.loads(line))
            if not self.running:
                raise ProcessFailed(f"{self.name} ended before it was ready.\n{self.tail()}")
            await asyncio.sleep(0.01)
        raise ProcessFailed(f"{self.name} was not ready within {seconds:.0f} s.\n{self.tail()}")

    async def ended(self, seconds: float = STOP_SECONDS) -> int:
        """Its exit code, once it has ended by itself. Raises :class:`ProcessFailed`."""
        assert self._child is not None
        deadline = time.monotonic() + seconds
        while (code := self._child.poll()) is None:
            if time.monotonic() > deadline:
                raise ProcessFailed(f"{self.name} did not end within {seconds:.0f} s.\n{self.tail()}")
            await asyncio.sleep(0.01)
        return code

    async def terminate(self, seconds: float = STOP_SECONDS) -> tuple[int, float]:
        """Ask it to stop; its exit code and how many seconds it took. Raises :class:`ProcessFailed`."""
        begun = time.monotonic()
        self.signal(signal.SIGTERM)
        return await self.ended(seconds), time.monotonic() - begun

    def kill(self) -> None:
        """End it as a power cut would, and wait until it is gone."""
        if self._child is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process."""
        assert self._child is not None
        self._child.send_signal(number)

    @property
    def running(self) -> bool:
        """Whether it lives."""
        return self._child is not None and self._child.poll() is None

    @property
    def stopped(self) -> bool:
        """Whether it stands still by SIGSTOP."""
        assert self._child is not None
        return Path(f"/proc/{self._child.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"

    def stderr(self) -> str:
        """What its latest run has written to its standard error."""
        return self._file("err").read_text(encoding="utf-8", errors="replace")

    def tail(self) -> str:
        """The last lines of both its outputs."""
        texts = [self._file(kind).read_text(encoding="utf-8", errors="replace") for kind in ("out", "err")]
        return "\n".join("\n".join(text.splitlines()[-15:]) for text in texts)

    def _file(self, kind: str) -> Path:
        return self._folder / f"{self.name}.{self.starts}.{kind}"


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    path = os.pathsep.join(filter(None, (str(PROJECT), os.environ.get("PYTHONPATH"))))
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
    return {**inherited, "PYTHONPATH": path, **more}


def end_in_order_when_terminated() -> None:
    """For programs: let SIGTERM unwind this process, so that what it has started is stopped too."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Times of delivery, all in seconds, short enough for a test. ``concurrency`` is per node."""

    concurrency: int = 8
    attempt: float = 3.0
    ask_after: float = 1.0
    lease: float = 6.0
    drain: float = 10.0

    def as_toml(self) -> str:
        return f"""
[delivery.foms]
concurrency = {self.concurrency}
attempt_seconds = {self.attempt}
backoff_seconds = 0.1
backoff_cap_seconds = 0.5
ask_after_seconds = {self.ask_after}
strikes = 1000
crashes = 1000
lease_seconds = {self.lease}
poll_seconds = 0.2

[delivery.foms.breaker]
consecutive_failures = 50
window = 100
failure_share = 0.9
probe_seconds = 0.3
"""


@dataclass(slots=True, kw_only=True)
class World:
    """A fund, a security server before it, and gateway nodes on one store. The nodes are not started yet."""

    folder: Path
    mode: Mode
    fund: Process
    fund_control: str
    security_server: str
    nodes: list[Process] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    organisations: Sequence[Organisation]

    async def start(
        self, node: int = 0, *, environment: Mapping[str, str] | None = None, module: str | None = None
    ) -> float:
        """Start a node; returns the seconds until it was ready."""
        begun = time.monotonic()
        self.nodes[node].start(environment, module)
        await self.nodes[node].ready()
        return time.monotonic() - begun

    @property
    def accepted_file(self) -> Path:
        """The file to which the fund only ever appends."""
        return self.folder / "fund" / "accepted.ndjson"


@asynccontextmanager
async def world(
    folder: Path,
    *,
    mode: Mode = Mode.QUERY,
    nodes: int = 1,
    postgres_url: str | None = None,
    pace: Pace | None = None,
    prepare: bool = True,
    checkers: int = 0,
) -> AsyncIterator[World]:
    """Start fund and security server and write the nodes' settings; on leaving, stop everything.

    ``folder`` exists. The store is SQLite unless ``postgres_url`` is given. ``prepare`` creates it and imports the
    example register. ``checkers`` is how many each node has; none starts sooner.
    """
    fund_port, security_port = free_port(), free_port()
    fund = Process("fund", ("adapters.foms.simulator", "--folder", "fund", "--mode", mode, "--port", str(fund_port)),
                   folder)  # fmt: skip
    security_server = Process("security-server", _security_server_arguments(security_port, fund_port), folder)
    built = World(
        folder=folder,
        mode=mode,
        fund=fund,
        fund_control="",
        security_server=f"http://127.0.0.1:{security_port}",
        organisations=[one for one in organisations_from(EXAMPLE_REGISTER, Language.EN) if one.equipped],
    )
    keys = folder / "keys"
    if not keys.exists():
        KeyDirectory(keys).make(datetime.now(UTC))
    for number in range(nodes):
        port = free_port()
        settings = folder / f"node-{number}.toml"
        text = _settings(
            port, built.security_server, mode, pace or Pace(), postgres_url=postgres_url, checkers=checkers
        )
        settings.write_text(text, encoding="utf-8")
        built.nodes.append(Process(f"node-{number}", (GATEWAY, "serve", "--config", settings.name), folder))
        built.urls.append(f"http://127.0.0.1:{port}")
    try:
        for simulator in (fund, security_server):
            simulator.start()
        if prepare:
            await _import_register(folder, postgres_url)
        built.fund_control = (await fund.ready())["control_url"]
        await security_server.ready()
        yield built
    finally:
        for process in (*built.nodes, security_server, fund):
            process.kill()


async def _import_register(folder: Path, postgres_url: str | None) -> None:
    store: Store = PostgresStore(postgres_url) if postgres_url else SqliteStore(folder / "kopuro.db")
    await store.open()
    try:
        rows = organisations_from(EXAMPLE_REGISTER, Language.EN)
        await store.write(lambda connection: replace_organisations(connection, rows))
    finally:
        await store.close()


def _security_server_arguments(port: int, fund_port: int) -> tuple[str, ...]:
    services = ("SubmitTreatedCase", "GetTreatedCase", "ListReviewDecisions")
    return (
        "adapters.xroad.simulator",
        *("--port", str(port), "--client", CLIENT, "--provider", PROVIDER),
        *("--provider-url", f"http://127.0.0.1:{fund_port}/"),
        *(word for service in services for word in ("--service", service)),
    )


def _settings(
    port: int, security_server: str, mode: Mode, pace: Pace, *, postgres_url: str | None, checkers: int
) -> str:
    can_be_asked, recognises_repeats = ABILITIES[mode]
    # The server that the tests bring has a user with an empty password; the settings refuse any password in a URL.
    store = postgres_url.replace(":@", "@") if postgres_url else "sqlite:///kopuro.db"
    return f"""
[server]
port = {port}
checkers = {checkers}
drain_seconds = {pace.drain}

[store]
url = "{store}"

[sealing]
keys = "keys"

[xroad]
security_server_url = "{security_server}"
client = {_subsystem(CLIENT)}
deadlines = {{ connect = 1.0, read = {pace.attempt}, total = {pace.attempt} }}

[foms]
provider = {_subsystem(PROVIDER)}
can_be_asked = {str(can_be_asked).lower()}
recognises_repeats = {str(recognises_repeats).lower()}

[telemetry]
log_level = "warning"
{pace.as_toml()}"""


def _subsystem(path: str) -> str:
    names = ("instance", "member_class", "member_code", "subsystem_code")
    parts = ", ".join(f'{name} = "{part}"' for name, part in zip(names, path.split("/"), strict=True))
    return f"{{ {parts} }}"
