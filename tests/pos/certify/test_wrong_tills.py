"""A till that does one thing wrong goes red where that is looked at, for that reason, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from kopuro_pos.certify.checks import CheckId
from kopuro_pos.certify.kit import certify, chosen
from kopuro_pos.certify.reference import Till
from kopuro_pos.certify.report import Outcome
from kopuro_pos.certify.scenarios import SCENARIOS
from tests.pos.certify import wrong_tills as wrong
from tests.pos.certify.reference_till import QUICK, harnessed

CONTROLS = ("S01", "S13", "S18", "S21")
"""Played against every wrong till beside those that have to go red."""

CASES = [
    (wrong.NewKeyForEveryTry, "S04 S06 S08 S09 S18 S20", CheckId.ONE_KEY),
    (wrong.KeyInMemoryOnly, "S08", CheckId.TRIED_AGAIN),
    (wrong.GivesUpAfterOneTry, "S04 S07 S08 S18 S20", CheckId.TRIED_AGAIN),
    (wrong.NoAnswerIsGoodEnough, "S07 S17 S27", CheckId.GOODS_KEPT),
    (wrong.HandsOverBeforeTheAnswer, "S09 S10", CheckId.GOODS_KEPT),
    (wrong.WaitingIsGoodEnough, "S17", CheckId.GOODS_KEPT),
    (wrong.SecondPressIsASecondSale, "S09", CheckId.ONE_SALE),
    (wrong.FirstFindingOnly, "S12 S13", CheckId.FINDING_SHOWN),
    (wrong.NoClause, "S10 S13 S14 S19", CheckId.CLAUSE_SHOWN),
    (wrong.NoAdvice, "S10 S13 S16 S21 S28 S29", CheckId.ADVICE_SHOWN),
    (wrong.WarningRefuses, "S13", CheckId.GOODS_HANDED_OVER),
    (wrong.SpeaksRussianOnly, "S11", CheckId.LANGUAGE),
    (wrong.LosesLetters, "S11", CheckId.LETTERS),
    (wrong.HidesWhatIsOutOfStock, "S02 S11 S24", CheckId.OFFERS_SHOWN),
    (wrong.ComputesSums, "S23", CheckId.SUMS_SHOWN),
    (wrong.SumsAsNumbers, "S23", CheckId.SUMS_WRITTEN),
    (wrong.CountsPacks, "S25", CheckId.UNITS),
    (wrong.DropsTheSeparator, "S26", CheckId.BOX_SENT),
    (wrong.ForgetsTheBox, "S26", CheckId.BOX_SENT),
    (wrong.StrictAboutFields, "S24", CheckId.OFFERS_SHOWN),
    (wrong.SellsAtTheNewSumsUnasked, "S27", CheckId.ASKED),
    (wrong.SeenWithoutBeingRead, "S19", CheckId.SEEN_SENT),
    (wrong.DoesNotMarkOffline, "S18", CheckId.OFFLINE_MARKED),
    (wrong.OneReasonForAll, "S20", CheckId.REASON_SENT),
    (wrong.SendsTheDigitsOfTheReceipt, "S22", CheckId.RECEIPT),
    (wrong.PinInTheAddress, "S01 S13 S18 S21", CheckId.PIN_KEPT),
    (wrong.InventsFields, "S01 S02 S13 S18 S21", CheckId.CONTRACT),
    (wrong.SaysNotFoundWhenTheLineIsDown, "S16", CheckId.ASKED),
    (wrong.TriesRefusalsAgain, "S15 S21", CheckId.NOT_REPEATED),
    (wrong.SaysTheDayIsWell, "S30", CheckId.DAY_SHOWN),
    (wrong.ForgetsTheToken, "S01 S13 S18 S21", CheckId.TOKEN_SENT),
]


@pytest.mark.parametrize(("kind", "red", "reason"), CASES, ids=[case[0].__name__ for case in CASES])
async def test_it_goes_red_there_and_nowhere_else(kind: type[Till], red: str, reason: CheckId, tmp_path: Path) -> None:
    async with harnessed(tmp_path, kind) as url:
        report = await certify(url, chosen([*red.split(), *CONTROLS]), pace=QUICK)
    seen = {played.id for played in report.scenarios if played.outcome is Outcome.FAILED}
    reasons = {check.check for played in report.scenarios for check in played.checks if not check.right}
    assert (seen, report.certified) == (set(red.split()), False)
    assert reason in reasons
    assert all(check.mend is not None for played in report.scenarios for check in played.checks if not check.right)


def test_every_scenario_goes_red_for_some_till() -> None:
    assert {scenario.id for scenario in SCENARIOS} - {one for _, red, _ in CASES for one in red.split()} == {
        "S03",
        "S05",
    }
