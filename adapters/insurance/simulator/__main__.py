"""``python -m adapters.insurance.simulator``: the insurer as a process."""

from __future__ import annotations

import argparse
import asyncio

from adapters.insurance.simulator import run_insurer
from adapters.xroad.simulator import serve_until_stopped


def main() -> None:
    """Read the arguments and serve until stopped."""
    arguments = argparse.ArgumentParser(prog="python -m adapters.insurance.simulator", description=__doc__)
    arguments.add_argument("--port", type=int, default=0, help="0 takes a free one")
    given = arguments.parse_args()
    asyncio.run(serve_until_stopped(lambda: run_insurer(port=given.port)))


if __name__ == "__main__":
    main()
