"""Child processes of a measurement: started on a core of their own where wished, always stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import orjson

_PROJECT = Path(__file__).parents[1]
_READY_SECONDS = 60.0
_STOP_SECONDS = 15.0


def cores() -> tuple[int, int]:
    """Two cores to pin to: one for what is measured, one for what stands around it; the same if there is but one."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[-1]


@contextmanager
def pinned(core: int | None) -> Iterator[None]:
    """This thread, and whatever it starts meanwhile, on one core; ``None`` leaves it alone."""
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Process:
    """A Python program of ours. What it logs goes to a file in ``folder``."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self.ready: Mapping[str, Any] = {}
        """What its ready line said."""
        self._process = process
        self._log = log

    @classmethod
    async def start(
        cls,
        name: str,
        module: str,
        arguments: Sequence[object],
        folder: Path,
        *,
        core: int | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Process:
        """Run ``python -m module`` in ``folder``."""
        log = folder / f"{name}.log"
        path = os.pathsep.join(filter(None, (str(_PROJECT), os.environ.get("PYTHONPATH"))))
        with log.open("ab") as errors, pinned(core):
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", module, *map(str, arguments), stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE, stderr=errors, cwd=folder, start_new_session=True,
                env={**os.environ, "PYTHONPATH": path, **(environment or {})},
            )  # fmt: skip
        return cls(name, process, log)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    async def until_ready(self) -> Mapping[str, Any]:
        """Wait for the line of JSON that says it is ready; raises ``RuntimeError``."""
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(_READY_SECONDS):
                while line := await self._process.stdout.readline():
                    if line.startswith(b'{"ready":'):
                        self.ready = orjson.loads(line)
                        return self.ready
        except TimeoutError:
            pass
        raise RuntimeError(f"{self.name} did not get ready:\n{self._tail()}")

    async def until_done(self) -> None:
        """Wait for a program that ends by itself; raises ``RuntimeError`` unless it ended well."""
        await self._process.communicate()
        if self._process.returncode:
            raise RuntimeError(f"{self.name} ended with {self._process.returncode}:\n{self._tail()}")

    async def stop(self) -> None:
        """End it: politely, then not."""
        if self._process.returncode is not None:
            return
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._process.wait(), _STOP_SECONDS)
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def _tail(self) -> str:
        return "\n".join(self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
