"""S16–S19: the line to the gateway is down, and what becomes of sales that wait."""

from __future__ import annotations

from typing import Final

from kopuro_pos.agent.problems import ProblemCode, finding_of
from kopuro_pos.agent.texts import Text
from kopuro_pos.certify.checks import CheckId
from kopuro_pos.certify.faults import Condition
from kopuro_pos.certify.findings import clause, finding
from kopuro_pos.certify.harness import Asked, Look, MarkSeen, Resume, SaleShown
from kopuro_pos.certify.journal import Route
from kopuro_pos.certify.stage import RECEIPT, Scenario, Stage, Words, shows


async def look_up_given_up(stage: Stage) -> None:
    """The agent gives the look-up up."""
    stage.agent.world.conditions.add(Condition.GATEWAY_AWAY)
    await stage.begin()
    screen = await stage.look_up()
    stage.must_show(screen, finding_of(ProblemCode.GATEWAY_UNREACHABLE, stage.language))
    stage.must(CheckId.ASKED, screen.asks is Asked.RETRY, asks=screen.asks, wanted="retry")
    stage.must(CheckId.OFFERS_SHOWN, not screen.offers, shown=len(screen.offers), wanted=0)
    tries = len(stage.agent.journal.to(Route.SELL, Route.QUOTE))
    stage.must(CheckId.NOTHING_SOLD, tries == 0, tries=tries)


async def without_hold(stage: Stage) -> None:
    """No line and no hold: refused. Then the line is bad, and the sale waits without a hold."""
    world = stage.agent.world
    world.conditions.add(Condition.NO_HOLD)
    await stage.quoted()
    world.conditions.add(Condition.GATEWAY_AWAY)
    screen = await stage.sell()
    stage.must_keep(screen)
    stage.must_show(screen, finding_of(ProblemCode.OFFLINE_WITHOUT_HOLD, stage.language))
    world.conditions.discard(Condition.GATEWAY_AWAY)
    world.conditions.add(Condition.GATEWAY_IN_DOUBT)
    screen = await stage.sell()
    stage.must_keep(screen)
    stage.must(CheckId.STATE_SHOWN, screen.sale is SaleShown.WAITING, shown=screen.sale, wanted="waiting")
    world.drain()
    screen = await stage.finished(await stage.do(Resume()))
    stage.must(CheckId.STATE_SHOWN, screen.sale is SaleShown.RECORDED, shown=screen.sale, wanted="recorded")
    stage.must(CheckId.GOODS_HANDED_OVER, screen.handed_over, handed_over=screen.handed_over)
    stage.must(CheckId.ONE_SALE, len(world.sales) == 1, sales=len(world.sales))


async def under_hold(stage: Stage) -> None:
    """No line, but a hold that was taken before."""
    await stage.quoted()
    stage.agent.world.conditions.add(Condition.GATEWAY_AWAY)
    screen = await stage.sell()
    stage.must(CheckId.STATE_SHOWN, screen.sale is SaleShown.WAITING, shown=screen.sale, wanted="waiting")
    stage.must(CheckId.OFFLINE_MARKED, screen.offline, offline=screen.offline)
    stage.must(CheckId.GOODS_HANDED_OVER, screen.handed_over, handed_over=screen.handed_over)
    stage.agent.world.drain()
    stage.must_be_recorded(await stage.finished(await stage.do(Resume())))


async def refused_later(stage: Stage) -> None:
    """The goods are gone, and the gateway refuses what waited."""
    world = stage.agent.world
    await stage.quoted()
    world.conditions.add(Condition.GATEWAY_AWAY)
    await stage.sell()
    world.refuse_waiting("RX_DISPENSED", stage.language)
    screen = await stage.do(Resume())
    stage.must_show(screen, finding("RX_DISPENSED", stage.language))
    stage.must(CheckId.STATE_SHOWN, screen.sale is SaleShown.REFUSED, shown=screen.sale, wanted="refused")
    stage.must(CheckId.FINDING_SHOWN, shows(screen, RECEIPT), receipt=RECEIPT)
    stage.must(CheckId.SEEN_SENT, not world.seen, before="the pharmacist has read it", seen=len(world.seen))
    keys = stage.agent.journal.keys(Route.SELL)
    stage.must(CheckId.NOT_REPEATED, len(keys) == 1, keys=len(keys))
    await stage.do(MarkSeen(receipt_number=RECEIPT))
    stage.must(CheckId.SEEN_SENT, len(world.seen) == 1, after="the pharmacist has read it", seen=len(world.seen))
    screen = await stage.do(Look())
    still = shows(screen, finding("RX_DISPENSED", stage.language).message)
    stage.must(CheckId.STATE_SHOWN, not still, shown="still open" if still else "closed", wanted="closed")


SCENARIOS: Final = (
    Scenario(
        "S16",
        Words(
            Text("Издөө токтотулду", "Поиск прекращён", "The look-up is given up"),
            Text(
                "Шлюз жооп бербейт; агент эки секунддан кийин издөөнү токтотот.",
                "Шлюз не отвечает; через две секунды агент прекращает поиск.",
                "The gateway does not answer; after two seconds the agent gives the look-up up.",
            ),
            Text(
                "Байланыш жок экенин айтып, кайталоону сунуштайт; «рецепт жок» дебейт, эч нерсе ойлоп таппайт.",
                "Говорит, что связи нет, и предлагает повторить; не говорит «рецепта нет» и ничего не выдумывает.",
                "Says that there is no line and offers to try again; neither says «no prescription» nor invents one.",
            ),
        ),
        None,
        look_up_given_up,
    ),
    Scenario(
        "S17",
        Words(
            Text("Байланыш да, кармоо да жок", "Ни связи, ни удержания", "Neither line nor hold"),
            Text(
                "Сатуудан баш тартылат; экинчи аракетте агент кармоосуз сатуунун жообун күтөт.",
                "В продаже отказано; при второй попытке агент ждёт ответа на продажу без удержания.",
                "The sale is refused; at the second try the agent waits for the answer to a sale without a hold.",
            ),
            Text(
                "Эки жолу тең дарыны бербейт: «waiting» кармоосуз берүүгө уруксат эмес; «recorded» келгенде берет.",
                "Оба раза не отдаёт товар: «waiting» без удержания не разрешение; отдаёт после «recorded».",
                "Keeps the goods both times: «waiting» without a hold is no leave; hands over after «recorded».",
            ),
        ),
        clause("34"),
        without_hold,
    ),
    Scenario(
        "S18",
        Words(
            Text("Байланыш жок, кармоо бар", "Связи нет, удержание есть", "No line, but a hold"),
            Text(
                "Рецепт алдын ала кармалган, сатуу учурунда шлюз жок; кийин байланыш калыбына келет.",
                "Рецепт удержан заранее, при продаже шлюза нет; потом связь возвращается.",
                "The prescription was held before; there is no gateway at the sale; later the line is back.",
            ),
            Text(
                "Дарыны берет, сатууну байланышсыз деп белгилейт; жазылганда белгисин алмаштырат.",
                "Отдаёт товар, помечает продажу как сделанную без связи; когда записана, показывает это.",
                "Hands the goods over, marks the sale as made without the gateway, and shows when it is recorded.",
            ),
        ),
        None,
        under_hold,
    ),
    Scenario(
        "S19",
        Words(
            Text("Кезектеги баш тартуу", "Отказ в очереди", "Refused in the queue"),
            Text(
                "Дары берилген, ал эми байланыш калыбына келгенде шлюз сатуудан баш тартат.",
                "Товар отдан, а когда связь вернулась, шлюз отказал в продаже.",
                "The goods are gone, and when the line is back the gateway refuses the sale.",
            ),
            Text(
                "Кайсы чек жана эмне үчүн экенин көрсөтөт; фармацевт окугандан кийин гана «көрүлдү» деп жөнөтөт.",
                "Показывает, какой чек и почему; «просмотрено» отправляет, только когда фармацевт прочёл.",
                "Shows which receipt and why; sends «seen» only when the pharmacist has read it.",
            ),
        ),
        None,
        refused_later,
    ),
)
