"""``python -m adapters.foms.simulator``: the fund as a process."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from adapters.foms.simulator import Mode, run_fund
from adapters.xroad.simulator import serve_until_stopped


def main() -> None:
    """Read the arguments and serve until stopped."""
    arguments = argparse.ArgumentParser(prog="python -m adapters.foms.simulator", description=__doc__)
    arguments.add_argument("--folder", type=Path, required=True, help="where the fund keeps its files")
    arguments.add_argument("--port", type=int, default=0, help="0 takes a free one")
    arguments.add_argument("--control-port", type=int, default=0, help="0 takes a free one")
    arguments.add_argument("--mode", type=Mode, choices=list(Mode), default=Mode.DEDUPE)
    given = arguments.parse_args()
    asyncio.run(
        serve_until_stopped(
            lambda: run_fund(given.folder, port=given.port, control_port=given.control_port, mode=given.mode)
        )
    )


if __name__ == "__main__":
    main()
