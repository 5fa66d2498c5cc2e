"""S10–S15: what the gateway finds is told to the pharmacist, all of it, and nothing else is made of it."""

from __future__ import annotations

from typing import Final

from kopuro_pos.agent.texts import Language, Text
from kopuro_pos.certify.checks import CheckId
from kopuro_pos.certify.faults import Condition
from kopuro_pos.certify.findings import clause, finding
from kopuro_pos.certify.harness import Asked, Choose, Look, SaleShown, Screen
from kopuro_pos.certify.journal import Route
from kopuro_pos.certify.scenarios.selling import list_of, must_show_offers, must_show_sums
from kopuro_pos.certify.shelf import DIRECTIONS
from kopuro_pos.certify.stage import PHARMACIST, Scenario, Stage, Words, shows

_LIMIT: Final[tuple[str, dict[str, str | int]]] = (
    "PATIENT_LIMIT_EXCEEDED",
    {"limit": "6000.00", "left": "40.00", "expected": "150.00"},
)
_BOXES: Final[tuple[str, dict[str, str | int]]] = ("BOX_UNITS_MISMATCH", {"counted": 60, "units": 30})
_SHELF: Final[tuple[str, dict[str, str | int]]] = ("PRICE_ABOVE_SHELF", {"shelf": "430.00"})


async def refusal_told(stage: Stage) -> None:
    """A quote is refused."""
    await _refused(stage, Language.RU, _LIMIT)


async def kyrgyz(stage: Stage) -> None:
    """The pharmacist reads Kyrgyz; names and texts hold Ө, Ү, Ң."""
    await stage.begin(Language.KY)
    screen = await stage.look_up()
    stage.must(CheckId.LETTERS, shows(screen, DIRECTIONS), shown="directions")
    must_show_offers(stage, screen, list_of(stage))
    stage.agent.world.refused_with.append(_LIMIT)
    screen = await stage.do(Choose(medicine="EX-C01", packs=1))
    spoken = {call.language for call in stage.agent.journal.to(Route.LOOK_UP, Route.QUOTE)}
    stage.must(CheckId.LANGUAGE, spoken == {"ky"}, asked=sorted(spoken))
    stage.must_show(screen, finding(_LIMIT[0], "ky", **_LIMIT[1]))
    stage.agent.world.refused_with.clear()
    await stage.do(Choose(medicine="EX-C03", packs=1))
    screen = await stage.finished(await stage.sell())
    names = {sale.pharmacist for sale in stage.agent.world.sales.values()}
    stage.must(CheckId.LETTERS, names == {PHARMACIST}, pharmacist=sorted(names))
    stage.must_be_recorded(screen)


async def several(stage: Stage) -> None:
    """Three findings at once."""
    await _refused(stage, Language.RU, _LIMIT, _BOXES, _SHELF)


async def warning(stage: Stage) -> None:
    """The gateway warns and informs, and does not refuse."""
    told: dict[str, str | int] = {"paid": "310.00", "due": "300.00", "difference": "10.00"}
    more: dict[str, str | int] = {"last_day": "2026-02-14", "days": 2}
    stage.agent.world.warned_with = [("RX_EXPIRES_SOON", more), ("RECEIPT_MISMATCH", told)]
    screen = await stage.quoted()
    must_show_sums(stage, screen)
    stage.must_show(
        screen, finding("RX_EXPIRES_SOON", stage.language, **more), finding("RECEIPT_MISMATCH", stage.language, **told)
    )
    stage.must_be_recorded(await stage.sell())


async def held_by_other(stage: Stage) -> None:
    """Another pharmacy is at the prescription."""
    stage.agent.world.conditions.add(Condition.HELD_BY_OTHER)
    await stage.begin()
    screen = await stage.look_up()
    stage.must(CheckId.HOLD_SHOWN, screen.hold == "other", shown=screen.hold, wanted="other")
    findings = stage.agent.world.held(stage.language)
    stage.must_show(screen, findings)
    screen = await stage.do(Choose(medicine="EX-C01", packs=1))
    stage.must_show(screen, findings)
    await _must_sell_nothing(stage, await stage.sell())


async def two_tills(stage: Stage) -> None:
    """Between quote and sale another till sells the whole course."""
    await stage.quoted()
    stage.agent.world.conditions.add(Condition.SOLD_ELSEWHERE)
    screen = await stage.sell()
    stage.must_show(screen, finding("RX_DISPENSED", stage.language))
    stage.must(CheckId.STATE_SHOWN, screen.sale is SaleShown.REFUSED, shown=screen.sale, wanted="refused")
    stage.must_keep(await stage.do(Look()))
    keys = stage.agent.journal.keys(Route.SELL)
    stage.must(CheckId.NOT_REPEATED, len(keys) == 1, keys=len(keys))


async def _refused(stage: Stage, language: Language, *refusals: tuple[str, dict[str, str | int]]) -> None:
    stage.agent.world.refused_with.extend(refusals)
    await stage.begin(language)
    await stage.look_up()
    screen = await stage.do(Choose(medicine="EX-C01", packs=1))
    stage.must_show(screen, *(finding(code, language, **more) for code, more in refusals))
    stage.must(CheckId.ASKED, screen.asks is Asked.CORRECT, asks=screen.asks, wanted="correct")
    await _must_sell_nothing(stage, await stage.sell())


async def _must_sell_nothing(stage: Stage, screen: Screen) -> None:
    tries = len(stage.agent.journal.to(Route.SELL))
    stage.must(CheckId.NOTHING_SOLD, tries == 0, tries=tries)
    stage.must_keep(screen)


SCENARIOS: Final = (
    Scenario(
        "S10",
        Words(
            Text("Баш тартуу түшүндүрүлөт", "Отказ объяснён", "A refusal is explained"),
            Text(
                "Пациенттин жылдык лимити жетпейт, эсептен баш тартылат.",
                "Годового лимита пациента не хватает, в расчёте отказано.",
                "The patient's limit of the year does not suffice; the quote is refused.",
            ),
            Text(
                "Эмне болгонун, пунктун жана эмне кылуу керектигин фармацевттин тилинде көрсөтөт; сатпайт.",
                "Показывает на языке фармацевта, что случилось, пункт и что делать; не продаёт.",
                "Shows in the pharmacist's language what happened, the clause and what to do; sells nothing.",
            ),
        ),
        clause("21(1)"),
        refusal_told,
    ),
    Scenario(
        "S11",
        Words(
            Text("Кыргызча, Ө, Ү, Ң менен", "По-кыргызски, с Ө, Ү, Ң", "In Kyrgyz, with Ө, Ү, Ң"),
            Text(
                "Фармацевт кыргызча окуйт; аталыштарда жана аты-жөнүндө Ө, Ү, Ң бар.",
                "Фармацевт читает по-кыргызски; в названиях и в имени есть Ө, Ү, Ң.",
                "The pharmacist reads Kyrgyz; names hold the letters Ө, Ү, Ң.",
            ),
            Text(
                "Кыргызча сурайт, кыргызча көрсөтөт, тамгаларды эки тарапка тең өзгөртпөйт.",
                "Спрашивает и показывает по-кыргызски, не меняет букв ни туда, ни обратно.",
                "Asks and shows in Kyrgyz, and changes no letter either way.",
            ),
        ),
        None,
        kyrgyz,
    ),
    Scenario(
        "S12",
        Words(
            Text("Бир нече билдирүү", "Несколько замечаний", "Several findings"),
            Text(
                "Бир жоопто үч себеп менен баш тартылат.",
                "В одном ответе три причины отказа.",
                "One answer refuses for three reasons.",
            ),
            Text(
                "Үчөөнү тең көрсөтөт: фармацевт бардыгын бир жолу оңдойт.",
                "Показывает все три: фармацевт исправляет всё за один раз.",
                "Shows all three, so that the pharmacist corrects them in one go.",
            ),
        ),
        clause("39"),
        several,
    ),
    Scenario(
        "S13",
        Words(
            Text("Эскертүү баш тартуу эмес", "Предупреждение не отказ", "A warning is no refusal"),
            Text(
                "Эсеп эскертүү жана маалымат менен келет.",
                "Расчёт приходит с предупреждением и сведением.",
                "The quote comes with a warning and an information.",
            ),
            Text(
                "Аларды көрсөтөт жана сатууга уруксат берет.",
                "Показывает их и даёт продать.",
                "Shows them, and lets the sale go on.",
            ),
        ),
        clause("38, 40"),
        warning,
    ),
    Scenario(
        "S14",
        Words(
            Text("Башка дарыкана кармап турат", "Удержан другой аптекой", "Held by another pharmacy"),
            Text(
                "Рецепт боюнча азыр башка дарыкана дары берип жатат.",
                "По рецепту сейчас отпускает другая аптека.",
                "Another pharmacy is dispensing on the prescription just now.",
            ),
            Text(
                "Ким (аталышсыз), качантан бери жана качанга чейин кармап турганын айтат; сатпайт.",
                "Говорит, кем (без названия), с какого и до какого времени удержан; не продаёт.",
                "Says who (without a name) holds it, since when and until when; sells nothing.",
            ),
        ),
        clause("34"),
        held_by_other,
    ),
    Scenario(
        "S15",
        Words(
            Text("Эки касса, бир рецепт", "Две кассы, один рецепт", "Two tills, one prescription"),
            Text(
                "Эсеп менен сатуунун ортосунда башка касса курсту толук сатып жиберет.",
                "Между расчётом и продажей другая касса продаёт весь курс.",
                "Between quote and sale another till sells the whole course.",
            ),
            Text(
                "Баш тартууну көрсөтөт, дарыны бербейт, башка ачкыч менен кайталабайт.",
                "Показывает отказ, не отдаёт товар, не повторяет с другим ключом.",
                "Shows the refusal, keeps the goods, does not repeat it under another key.",
            ),
        ),
        clause("37, 43"),
        two_tills,
    ),
)
