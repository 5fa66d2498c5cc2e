"""S27–S30: something stands otherwise than before: the quote, the token, the clock, the day."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from kopuro_pos.agent.problems import ProblemCode, finding_of
from kopuro_pos.agent.texts import Text
from kopuro_pos.certify.checks import CheckId
from kopuro_pos.certify.faults import Condition
from kopuro_pos.certify.findings import clause
from kopuro_pos.certify.harness import Asked, EndDay
from kopuro_pos.certify.journal import Route
from kopuro_pos.certify.reckoning import day_of
from kopuro_pos.certify.scenarios.selling import must_show_sums
from kopuro_pos.certify.stage import Scenario, Stage, Words, shows


async def quote_lapsed(stage: Stage) -> None:
    """The quote is too old, and the fund pays less meanwhile."""
    world = stage.agent.world
    await stage.quoted()
    world.lapse_quotes()
    world.shelf["EX-C01"].rate = Decimal("4.00")
    screen = await stage.sell()
    stage.must_keep(screen)
    stage.must(CheckId.ASKED, screen.asks is Asked.CONFIRM, asks=screen.asks, wanted="confirm")
    quote = must_show_sums(stage, screen)
    stage.must(CheckId.NOTHING_SOLD, not world.sales, sales=len(world.sales))
    screen = await stage.finished(await stage.sell())
    sold = [str(sale.patient) for sale in world.sales.values()]
    stage.must(CheckId.ONE_SALE, sold == [str(quote.patient)], patient=sold, wanted=quote.patient)
    stage.must(CheckId.GOODS_HANDED_OVER, screen.handed_over, handed_over=screen.handed_over)


async def token_ended(stage: Stage) -> None:
    """The installation's token was changed."""
    stage.agent.world.conditions.add(Condition.TOKEN_ENDED)
    await stage.begin()
    screen = await stage.look_up()
    stage.must_show(screen, finding_of(ProblemCode.TOKEN_REQUIRED, stage.language))
    stage.must(CheckId.ASKED, screen.asks is Asked.OPERATOR, asks=screen.asks, wanted="operator")
    tries = len(stage.agent.journal.calls)
    stage.must(CheckId.NOT_REPEATED, tries <= 2, tries=tries)


async def clock_wrong(stage: Stage) -> None:
    """The computer's clock is a quarter of an hour off."""
    stage.agent.world.conditions.add(Condition.CLOCK_WRONG)
    await stage.begin()
    screen = await stage.look_up()
    stage.must_show(screen, finding_of(ProblemCode.CLOCK_WRONG, stage.language))
    stage.must(CheckId.ASKED, screen.asks is Asked.OPERATOR, asks=screen.asks, wanted="operator")
    tries = len(stage.agent.journal.to(Route.SELL, Route.QUOTE))
    stage.must(CheckId.NOTHING_SOLD, tries == 0, tries=tries)


async def day_differs(stage: Stage) -> None:
    """The gateway's list lacks a sale."""
    world = stage.agent.world
    await stage.quoted()
    stage.must_be_recorded(await stage.finished(await stage.sell()))
    world.missing_at_gateway.update(world.sales)
    screen = await stage.do(EndDay(day=world.today()))
    asked = [call.target for call in stage.agent.journal.to(Route.DAY)]
    for difference in day_of(world, world.today(), stage.language).differences:
        stage.must(CheckId.DAY_SHOWN, shows(screen, difference.message), asked=asked, kind=difference.kind)


SCENARIOS: Final = (
    Scenario(
        "S27",
        Words(
            Text("Эсеп эскирди, сумма башка", "Расчёт устарел, суммы другие", "The quote is old, the sums are others"),
            Text(
                "Сатуу басылганда эсеп эскирген; ошол арада Фонддун үлүшү азайган.",
                "При нажатии «продать» расчёт устарел; доля Фонда тем временем уменьшилась.",
                "When «sell» is pressed the quote is too old; the fund's share is less meanwhile.",
            ),
            Text(
                "Жаңы эсеп алып, жаңы суммаларды көрсөтөт жана макулдук сурайт; макулдуктан кийин гана сатат.",
                "Берёт новый расчёт, показывает новые суммы и спрашивает согласия; лишь потом продаёт.",
                "Takes a new quote, shows the new sums and asks for consent; only then sells.",
            ),
        ),
        clause("37"),
        quote_lapsed,
    ),
    Scenario(
        "S28",
        Words(
            Text("Токен алмашкан", "Токен сменился", "The token has changed"),
            Text(
                "Агент кассанын токенин мындан ары кабыл албайт.",
                "Агент больше не принимает токен кассы.",
                "The agent no longer takes the till's token.",
            ),
            Text(
                "Операторду чакырууну суранат; кайра-кайра аракет кылбайт.",
                "Просит позвать оператора; не пробует раз за разом.",
                "Asks to call the operator; does not try over and over.",
            ),
        ),
        None,
        token_ended,
    ),
    Scenario(
        "S29",
        Words(
            Text("Саат туура эмес", "Часы врут", "The clock is wrong"),
            Text(
                "Компьютердин сааты беш мүнөттөн көп айырмаланат; агент баш тартат.",
                "Часы компьютера расходятся больше чем на пять минут; агент отказывает.",
                "The computer's clock is off by more than five minutes; the agent refuses.",
            ),
            Text(
                "Саатты оңдоо керектигин көрсөтүп, операторду чакырат; сатпайт.",
                "Показывает, что надо поправить часы, зовёт оператора; не продаёт.",
                "Shows that the clock has to be set right, calls the operator; sells nothing.",
            ),
        ),
        None,
        clock_wrong,
    ),
    Scenario(
        "S30",
        Words(
            Text("Күндүн айырмасы", "Расхождение за день", "A difference at the day's end"),
            Text(
                "Шлюздун тизмесинде бир сатуу жок.",
                "В списке шлюза нет одной продажи.",
                "The gateway's list lacks a sale.",
            ),
            Text(
                "Айырманы чектин номери менен көрсөтөт.",
                "Показывает расхождение с номером чека.",
                "Shows the difference with the number of its receipt.",
            ),
        ),
        clause("54"),
        day_differs,
    ),
)
