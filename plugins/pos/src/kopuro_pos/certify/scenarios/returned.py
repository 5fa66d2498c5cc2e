"""S20–S21: goods come back."""

from __future__ import annotations

from typing import Final

from kopuro_pos.agent.contract import ReversalReason
from kopuro_pos.agent.problems import ProblemCode, finding_of
from kopuro_pos.agent.texts import Text
from kopuro_pos.certify.checks import CheckId
from kopuro_pos.certify.faults import Fault
from kopuro_pos.certify.findings import clause
from kopuro_pos.certify.harness import SaleShown
from kopuro_pos.certify.journal import Route
from kopuro_pos.certify.stage import Scenario, Stage, Words


async def reversal_lost(stage: Stage) -> None:
    """The reversal is recorded, its answer is lost."""
    await stage.quoted()
    await stage.sell()
    stage.agent.strike(Route.REVERSE, Fault.LOST_ANSWER)
    screen = await stage.finished(await stage.reverse(ReversalReason.WRONG_QUANTITY))
    journal = stage.agent.journal
    keys, tries = journal.keys(Route.REVERSE), len(journal.to(Route.REVERSE))
    stage.must(CheckId.TRIED_AGAIN, tries > 1, tries=tries)
    stage.must(CheckId.ONE_KEY, len(keys) == 1 and keys != journal.keys(Route.SELL), keys=len(keys), tries=tries)
    stage.must(CheckId.SAME_ORDER, not journal.written_twice(Route.REVERSE))
    reasons = [sale.reason for sale in stage.agent.world.sales.values() if sale.reversal_of is not None]
    stage.must(CheckId.REASON_SENT, reasons == ["wrong-quantity"], reasons=reasons)
    stage.must(CheckId.STATE_SHOWN, screen.sale is SaleShown.RECORDED, shown=screen.sale, wanted="recorded")


async def reversed_twice(stage: Stage) -> None:
    """The sale was taken back at the counter page already."""
    await stage.quoted()
    await stage.sell()
    stage.agent.world.take_back_elsewhere()
    screen = await stage.reverse(ReversalReason.RETURNED)
    stage.must_show(screen, finding_of(ProblemCode.SALE_REVERSED, stage.language))
    stage.must(CheckId.STATE_SHOWN, screen.sale is SaleShown.REFUSED, shown=screen.sale, wanted="refused")
    keys = stage.agent.journal.keys(Route.REVERSE)
    stage.must(CheckId.NOT_REPEATED, len(keys) == 1, keys=len(keys))


SCENARIOS: Final = (
    Scenario(
        "S20",
        Words(
            Text("Кайтаруунун жообу жоголду", "Ответ на возврат потерян", "The answer to a reversal is lost"),
            Text(
                "Сатуу себеби менен кайтарылат; жазылат, бирок жооп келбейт.",
                "Продажа возвращается с причиной; возврат записан, но ответа нет.",
                "A sale is taken back with its reason; it is recorded, but no answer comes.",
            ),
            Text(
                "Кайтаруунун өз ачкычы бар; ошону, ошол себеп менен кайталайт.",
                "У возврата свой ключ; повторяет его с той же причиной.",
                "The reversal has a key of its own; repeats it with the same reason.",
            ),
        ),
        clause("6"),
        reversal_lost,
    ),
    Scenario(
        "S21",
        Words(
            Text("Эки жолу кайтаруу", "Возврат дважды", "Taken back twice"),
            Text(
                "Сатуу агенттин барагынан мурда эле кайтарылган.",
                "Продажу уже вернули на странице агента.",
                "The sale was taken back on the agent's own page already.",
            ),
            Text(
                "Кайтарылганын айтат жана токтойт.",
                "Говорит, что уже возвращено, и останавливается.",
                "Says that it was taken back, and stops.",
            ),
        ),
        clause("6"),
        reversed_twice,
    ),
)
