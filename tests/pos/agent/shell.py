"""The command line in a process of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import NamedTuple


class Ran(NamedTuple):
    code: int
    out: str
    err: str


class Shell:
    """Runs ``kopuro-pos`` with this state folder."""

    def __init__(self, state: Path) -> None:
        self.state = state

    async def run(self, *words: str, largest_file: int | None = None) -> Ran:
        """``largest_file`` in blocks of 512 bytes: what is written beyond finds no room, as on a full disk."""
        environment = {**os.environ, "KOPURO_POS_STATE": str(self.state), "NO_COLOR": "1", "COLUMNS": "200"}
        limited = () if largest_file is None else ("sh", "-c", f'ulimit -f {largest_file}; exec "$@"', "sh")
        process = await asyncio.create_subprocess_exec(
            *limited, sys.executable, "-m", "kopuro_pos", *words, env=environment,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        async with asyncio.timeout(60):
            out, err = await process.communicate()
        assert process.returncode is not None
        return Ran(process.returncode, out.decode(), err.decode())
