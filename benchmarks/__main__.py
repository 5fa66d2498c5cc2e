"""``python -m benchmarks``: measure, print a table, save the figures; with ``render``: put them into the docs."""

from __future__ import annotations

import argparse
import asyncio
import gc
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import orjson
import uvloop

from benchmarks import accepting, access, backlog, delivery, machine, programme, rendering, transports
from benchmarks.workspace import Workspace

RESULTS: Final = Path(__file__).parent / "results"
MEASUREMENTS: Final[dict[str, Callable[[Workspace], Awaitable[None]]]] = {
    "accept": accepting.measure,
    "access": access.measure,
    "delivery": delivery.measure,
    "transport": transports.measure,
    "backlog": backlog.measure,
    "programme": programme.measure,
}


def main() -> int:
    """Do as the arguments say; returns the exit code."""
    given = _arguments()
    if given.command == "render":
        rendering.into_document(orjson.loads(given.json.read_bytes()))
        return 0
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            result = runner.run(_run(given))
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.stderr.write("stopped; nothing is saved\n")
        return 130
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_bytes(orjson.dumps(result, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    rendering.as_table(result)
    print(f"saved as {given.json}")
    return 0


async def _run(given: argparse.Namespace) -> dict[str, Any]:
    """Measure what is wanted. Whatever happens, everything that was started is stopped and the folder removed."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    facts = machine.facts()
    figures = None
    for name in given.only or MEASUREMENTS:
        async with AsyncExitStack() as running:
            folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="kopuro-bench-")))
            workspace = Workspace(folder, running, seconds=given.seconds, rounds=given.rounds, quick=given.quick)
            if figures is not None:
                workspace.figures = figures
            figures = workspace.figures
            # As the service does, so that this process's own collector does not get in the way of what it measures.
            gc.freeze()
            gc.set_threshold(10_000, 50, 1000)
            await MEASUREMENTS[name](workspace)
    assert figures is not None
    settings = {"seconds": given.seconds, "rounds": given.rounds, "quick": given.quick}
    return {"machine": facts, "settings": settings, "figures": figures.as_json()}


def _arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure the gateway on this machine. Everything runs on loopback and ends with the run.",
        epilog="A full run takes about fifteen minutes and 14 GB of disk; «--quick» a tenth of the disk.",
    )
    parser.add_argument("--only", nargs="+", choices=tuple(MEASUREMENTS), metavar="NAME", help=", ".join(MEASUREMENTS))
    parser.add_argument("--seconds", type=_positive, default=3.0, help="length of one window (default 3)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds; figures are their medians (default 5)")
    parser.add_argument("--quick", action="store_true", help="a backlog and prescriptions, a tenth as many or fewer")
    _with_result(parser)
    commands = parser.add_subparsers(dest="command", metavar="")
    render = commands.add_parser("render", help="put the saved figures into docs/benchmarks.md")
    _with_result(render)
    return parser.parse_args(words)


def _with_result(parser: argparse.ArgumentParser) -> None:
    latest = RESULTS / "latest.json"
    parser.add_argument("--json", type=Path, default=latest, help="the file of the figures (default: the latest)")


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value <= 600:
        raise argparse.ArgumentTypeError("between 0 and 600 seconds")
    return value


if __name__ == "__main__":
    sys.exit(main())
