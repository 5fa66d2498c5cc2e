"""The command itself: start everything, play the day, compare, stop everything."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.failures import ExitCode, Failure
from gateway.cli.options import LanguageOption
from schemas.errors.model import Language

command = typer.Typer(add_completion=False)

_INTERRUPTED = 130
"""What shells expect after Ctrl-C."""


@command.command(epilog="Examples: gateway demo · gateway demo --language ky --cases 1000 · gateway demo --keep")
def demo(
    *,
    cases: Annotated[int, typer.Option(min=50, max=20_000, help="How many cases the hospitals send in the day.")] = 300,
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running at the end, until Ctrl-C.")] = False,
    language: LanguageOption = Language.EN,
) -> None:
    """Play a day: the gateway and the systems around it as processes, synthetic people only.

    The first case is the example of the order on Sanarip Clinic. Then hospitals of all nine regions send theirs; some
    are wrong, some replies get lost, the fund is closed for a while. A doctor prescribes, a pharmacy dispenses, also at
    its counter. People sign in, and whoever has no right is refused. At the end the gateway's journal is compared with
    what each system has itself, the pharmacy's month is closed and its act signed and paid, and the audit is verified.
    Exits with 0 only if nothing was lost, nothing delivered twice, every sum is right and the audit is whole.
    Everything lives in a temporary folder and on free ports of this machine.
    """
    agrees = asyncio.run(_interruptible(cases, language, keep=keep))
    if agrees is None:
        typer.echo("Stopped, with everything that was started.", err=True)
        raise typer.Exit(_INTERRUPTED)
    if not agrees:
        raise typer.Exit(ExitCode.REFUSED)


async def _interruptible(cases: int, language: Language, *, keep: bool) -> bool | None:
    """Whether the numbers agree; ``None`` when Ctrl-C or SIGTERM ended the demo. Either way everything is stopped."""
    playing = asyncio.create_task(_demo(cases, language, keep=keep))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, playing.cancel)
    try:
        return await playing
    except asyncio.CancelledError:
        return None


async def _demo(cases: int, language: Language, *, keep: bool) -> bool:
    from gateway.cli.demo.closing import Closing  # noqa: PLC0415 - commands import what they need
    from gateway.cli.demo.counter import counter_page  # noqa: PLC0415 - as above
    from gateway.cli.demo.prescribing import SECOND_PATIENT  # noqa: PLC0415 - as above
    from gateway.cli.demo.processes import CannotStart  # noqa: PLC0415 - as above
    from gateway.cli.demo.reckoning import reckon  # noqa: PLC0415 - as above
    from gateway.cli.demo.record import save_act, show_record  # noqa: PLC0415 - as above
    from gateway.cli.demo.stage import Stage  # noqa: PLC0415 - as above
    from gateway.cli.demo.story import Story  # noqa: PLC0415 - as above
    from gateway.cli.demo.world import build_world, open_again  # noqa: PLC0415 - as above

    async with AsyncExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="kopuro-demo-")))
        stage = Stage(language)
        try:
            world = await build_world(folder, running, stage)
        except CannotStart as failed:
            raise Failure(str(failed), "See the lines above.", code=ExitCode.UNREACHABLE) from None
        story = Story(world, stage, language)
        await story.play(cases)
        agrees = await reckon(world, story.ledger, stage)
        await world.server.stop()
        act = await Closing(folder, stage, language, story.ledger.sales).play(story.admission.signers)
        whole = await show_record(folder, stage, language, story.admission.people)
        if keep:
            await open_again(world, running)
            stage.kept(world, await save_act(world, act))
        if world.counter is not None and story.half_dispensed is not None:
            page = await counter_page(folder)
            stage.counter_page(page, story.half_dispensed, SECOND_PATIENT["pin"], keep=keep)
        if keep:
            await asyncio.Event().wait()
    return agrees and whole
