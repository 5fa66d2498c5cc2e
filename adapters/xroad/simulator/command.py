"""The command line of a simulated provider that keeps records."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import Protocol

from adapters.xroad.simulator.keeping import Mode
from adapters.xroad.simulator.running import RunningSimulator, serve_until_stopped


class Start(Protocol):
    """Starts one that keeps its files in ``folder``; a port of 0 takes a free one."""

    def __call__(self, folder: Path, *, port: int, control_port: int, mode: Mode) -> Awaitable[RunningSimulator]:
        """The running simulator."""
        ...


def serve_keeper(start: Start, program: str, description: str | None) -> None:
    """Read the arguments and serve until stopped."""
    arguments = argparse.ArgumentParser(prog=f"python -m {program}", description=description)
    arguments.add_argument("--folder", type=Path, required=True, help="where it keeps its files")
    arguments.add_argument("--port", type=int, default=0, help="0 takes a free one")
    arguments.add_argument("--control-port", type=int, default=0, help="0 takes a free one")
    arguments.add_argument("--mode", type=Mode, choices=list(Mode), default=Mode.DEDUPE)
    given = arguments.parse_args()
    asyncio.run(
        serve_until_stopped(
            lambda: start(given.folder, port=given.port, control_port=given.control_port, mode=given.mode)
        )
    )
