"""The reference till does everything right: thirty of thirty, in one go, and the same again after it was used."""

from __future__ import annotations

from pathlib import Path

from kopuro_pos.certify.kit import certify
from kopuro_pos.certify.report import Outcome
from kopuro_pos.certify.scenarios import SCENARIOS
from tests.pos.certify.reference_till import QUICK, harnessed


async def test_the_reference_till_passes_all_thirty(tmp_path: Path) -> None:
    async with harnessed(tmp_path) as url:
        report = await certify(url, pace=QUICK)
    wrong = {
        played.id: [(check.check.value, check.seen) for check in played.checks if not check.right]
        for played in report.scenarios
        if played.outcome is not Outcome.PASSED
    }
    assert wrong == {}
    assert (report.certified, report.passed, report.played, report.of) == (True, 30, 30, 30)


def test_there_are_thirty_in_order() -> None:
    assert [scenario.id for scenario in SCENARIOS] == [f"S{number:02}" for number in range(1, 31)]
