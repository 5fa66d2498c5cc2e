"""Child processes that never outlive the demo: each in a group of its own, stopped as a group."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import orjson

AGENT = "kopuro_pos"
"""The program of a pharmacy's counter, a distribution of its own that may be absent."""
_STOP_SECONDS = 10.0
_LAST_LINES = 15
_PORTS = range(20_000, 32_000)
_TRIES = 200


class CannotStart(Exception):
    """A process ended, or did not get ready, before the play began."""


class Child:
    """A running ``gateway …`` command. Its standard output and error go to a log file in the demo's folder."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self._process = process
        self._log = log

    @classmethod
    async def start(cls, name: str, arguments: Sequence[str], folder: Path, module: str = "gateway.cli") -> Child:
        """Start ``gateway``, or another program of ours, with these arguments in ``folder``."""
        log = folder / f"{name}.log"
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", module, *arguments,
                stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=asyncio.subprocess.STDOUT,
                cwd=folder, env=environment(), start_new_session=True,
            )  # fmt: skip
        return cls(name, process, log)

    async def ready_line(self, seconds: float) -> dict[str, str]:
        """The line of JSON that says it is ready. Raises :class:`CannotStart`."""
        deadline = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < deadline:
            for line in self._log.read_bytes().splitlines(keepends=True):
                if line.startswith(b'{"ready":') and line.endswith(b"\n"):
                    ready: dict[str, str] = orjson.loads(line)
                    return ready
            self.check()
            await asyncio.sleep(0.02)
        raise CannotStart(f"{self.name} did not get ready within {seconds:.0f} s.\n{self._tail()}")

    def check(self) -> None:
        """Raises :class:`CannotStart` when the process has ended."""
        if self._process.returncode is not None:
            raise CannotStart(f"{self.name} ended with {self._process.returncode}.\n{self._tail()}")

    async def stop(self) -> None:
        """End the whole group: politely, then not."""
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), _STOP_SECONDS)
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await self._process.wait()
        # Whatever the process itself may have left behind in its group.
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def _tail(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-_LAST_LINES:])


def environment() -> dict[str, str]:
    """What ``gateway …`` is started with."""
    # The project's own folder is on the path, so that the demo also runs from a checkout that is not installed.
    project = Path(__file__).parents[3]
    ours = (str(project), str(project / "plugins" / "pos" / "src"))
    path = os.pathsep.join(filter(None, (*ours, os.environ.get("PYTHONPATH"))))
    # The operator's own settings in the environment would win over the demo's file.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
    return {**inherited, "PYTHONPATH": path}


def free_port() -> int:
    """A port nobody listens on, below those the kernel gives to connections.

    One of those could be taken, or connected to by itself, before the process it is meant for is up, or while it is
    down. Raises :class:`CannotStart` when none is found.
    """
    for port in random.sample(_PORTS, _TRIES):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise CannotStart("no free port was found")
