"""The act about the arithmetic alone: ``gateway quote`` reckons the worked examples, without a prescription."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from gateway.cli.demo.processes import environment
from gateway.cli.demo.sender import expect
from gateway.cli.demo.stage import Stage
from gateway.cli.failures import Failure

_PER_UNIT: Final = {"per": "unit", "amount": "6.00"}
_PER_PACK: Final = {"per": "pack", "amount": "50.00"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A worked example: what is sold of a course of tablets of 10 mg, and what must come out. Sums are som.

    ``key`` is that of the sentence which says what it shows; ``course`` is how many tablets were prescribed.
    """

    key: str
    course: int = 60
    units: int
    pack_price: str
    compensation: dict[str, str]
    receipt: str | None = None
    retail: str
    fund: str
    patient: str
    settled: str

    def question(self) -> dict[str, Any]:
        """What ``gateway quote`` is asked."""
        product = {"strength": "10", "strength_unit": "mg", "pack_price": self.pack_price, "pack_size": 30}
        return {
            "course": {"dose": "10", "dose_unit": "mg", "units": str(self.course)},
            "product": product | {"compensation": self.compensation},
            "sold_units": self.units,
            "receipt": self.receipt,
        }


EXAMPLES: Final = (
    Example(key="example.above", units=60, pack_price="450.00", compensation=_PER_UNIT,
            retail="900.00", fund="360.00", patient="540.00", settled="360.00"),
    Example(key="example.below", units=60, pack_price="150.00", compensation=_PER_UNIT,
            retail="300.00", fund="300.00", patient="0.00", settled="300.00"),
    Example(key="example.more", units=70, pack_price="450.00", compensation=_PER_UNIT,
            retail="1050.00", fund="360.00", patient="690.00", settled="360.00"),
    Example(key="example.less", units=40, pack_price="450.00", compensation=_PER_UNIT,
            retail="600.00", fund="240.00", patient="360.00", settled="240.00"),
    Example(key="example.pack", course=20, units=20, pack_price="119.99", compensation=_PER_PACK,
            retail="79.99", fund="33.33", patient="46.66", settled="33.33"),
    Example(key="example.receipt", units=60, pack_price="450.00", compensation=_PER_UNIT, receipt="600.00",
            retail="900.00", fund="360.00", patient="540.00", settled="300.00"),
)  # fmt: skip
"""The worked examples of the domain rules."""


async def show_arithmetic(folder: Path, stage: Stage) -> None:
    """Ask the command itself for all of them at once. Raises :class:`Failure` when a sum is another."""
    stage.say("arithmetic")
    answers = await _quoted(folder)
    for example, answer in zip(EXAMPLES, answers, strict=True):
        expect(
            stage.text(example.key),
            answer,
            retail=example.retail,
            compensation=example.fund,
            patient=example.patient,
            settled=example.settled,
        )
    stage.table(
        ("example-of", "units", "pack-price", "retail", "fund-pays", "patient-pays", "settled"),
        [
            (stage.text(one.key), one.units, one.pack_price, one.retail, one.fund, one.patient, one.settled)
            for one in EXAMPLES
        ],
    )


async def _quoted(folder: Path) -> list[dict[str, Any]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway.cli", "quote",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        cwd=folder, env=environment(),
    )  # fmt: skip
    questions = b"\n".join(orjson.dumps(example.question()) for example in EXAMPLES)
    try:
        answered, said = await process.communicate(questions)
    finally:
        if process.returncode is None:  # the demo is being stopped
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise Failure(f"gateway quote ended with {process.returncode}: {said.decode(errors='replace')[:500]}")
    return [orjson.loads(line) for line in answered.splitlines()]
