"""S01–S03: what is done a hundred times a day."""

from __future__ import annotations

from typing import Final

from kopuro_pos.agent.contract import Offer, Quote
from kopuro_pos.agent.texts import Text
from kopuro_pos.certify.checks import CheckId
from kopuro_pos.certify.findings import clause
from kopuro_pos.certify.harness import Choose, Screen
from kopuro_pos.certify.shelf import ORDERED_UNITS, offer_of
from kopuro_pos.certify.stage import Scenario, Stage, Words


async def ordinary(stage: Stage) -> None:
    """Look up, choose, sell."""
    screen = await stage.quoted()
    must_show_sums(stage, screen)
    stage.must_keep(screen)
    stage.must_be_recorded(await stage.sell())


async def substitution(stage: Stage) -> None:
    """The patient takes another trade name of the group."""
    await stage.begin()
    must_show_offers(stage, await stage.look_up(), list_of(stage))
    screen = await stage.do(Choose(medicine="EX-C03", packs=1))
    must_show_sums(stage, screen)
    sent = [(order.medicine, str(order.pack_price)) for order, _ in stage.agent.world.quotes.values()]
    stage.must(CheckId.CHOICE_SENT, sent == [("EX-C03", "360.00")], sent=sent)
    stage.must_be_recorded(await stage.sell())


async def partial(stage: Stage) -> None:
    """Less than the prescription holds."""
    screen = await stage.quoted(tablets=20)
    must_show_sums(stage, screen)
    left, last_day = ORDERED_UNITS - 20, stage.agent.world.last_day()
    stage.must(
        CheckId.REMAINDER_SHOWN,
        (screen.remaining_units, screen.last_day) == (left, last_day),
        shown=screen.remaining_units,
        wanted=left,
        last_day=screen.last_day,
    )
    stage.must_be_recorded(await stage.sell())


def list_of(stage: Stage) -> list[Offer]:
    """The offers as the simulator gives them: in stock first, then by what the patient pays."""
    world = stage.agent.world
    rows = sorted(world.shelf.values(), key=lambda row: (row.packs == 0, offer_of(row, 1).patient or 0))
    return [offer_of(row, world.remaining) for row in rows]


def must_show_offers(stage: Stage, screen: Screen, offers: list[Offer]) -> None:
    """All of them, in this order, with their names and the patient's share."""
    wanted = [
        (offer.medicine.code, offer.medicine.trade_name, None if offer.patient is None else str(offer.patient))
        for offer in offers
    ]
    shown = [(line.medicine, line.trade_name, line.patient) for line in screen.offers]
    stage.must(
        CheckId.OFFERS_SHOWN,
        shown == wanted,
        shown=len(shown),
        wanted=len(wanted),
        order=[code for code, _, _ in shown][:5],
    )


def must_show_sums(stage: Stage, screen: Screen) -> Quote:
    """The sums of the latest quote, letter by letter."""
    _, quote = list(stage.agent.world.quotes.values())[-1] if stage.agent.world.quotes else (None, None)
    if quote is None:
        stage.must(CheckId.SUMS_SHOWN, right=False, quotes=0)
        raise NoQuote
    wanted = (str(quote.retail), str(quote.compensation), str(quote.patient))
    shown = None if screen.sums is None else (screen.sums.retail, screen.sums.compensation, screen.sums.patient)
    stage.must(CheckId.SUMS_SHOWN, shown == wanted, shown=shown, wanted=wanted)
    return quote


class NoQuote(Exception):
    """The till asked for no quote that the agent could answer: the scenario ends here, and has gone wrong."""


SCENARIOS: Final = (
    Scenario(
        "S01",
        Words(
            Text("Кадимки сатуу", "Обычная продажа", "An ordinary sale"),
            Text(
                "Рецепт табылат, бир таңгак тандалат, эсеп алынат, сатылат.",
                "Рецепт найден, выбрана одна упаковка, получен расчёт, продано.",
                "The prescription is found, one pack is chosen, quoted and sold.",
            ),
            Text(
                "Эсептеги сумманы көрсөтөт, ачкычты алдын ала түзөт, дарыны «recorded» келгенде гана берет.",
                "Показывает суммы расчёта, заранее создаёт ключ, отдаёт товар только после «recorded».",
                "Shows the sums of the quote, makes the key beforehand, hands over only after «recorded».",
            ),
        ),
        clause("34"),
        ordinary,
    ),
    Scenario(
        "S02",
        Words(
            Text("Башка соода аталышы", "Другое торговое наименование", "Another trade name"),
            Text(
                "Пациент топтун башка, арзаныраак дарысын тандайт; бирөө дарыканада жок.",
                "Пациент выбирает другое, более дешёвое лекарство группы; одного нет в наличии.",
                "The patient takes another, cheaper medicine of the group; one is not in stock.",
            ),
            Text(
                "Бардык аталышты агенттин иретинде көрсөтөт; тандалганын, ошол саптын баасы менен сатат.",
                "Показывает все наименования в порядке агента; продаёт выбранное по цене его строки.",
                "Shows every name in the agent's order, and sells the chosen one at the price of its line.",
            ),
        ),
        clause("36"),
        substitution,
    ),
    Scenario(
        "S03",
        Words(
            Text("Бир бөлүгү жана калганы", "Часть и остаток", "A part and the remainder"),
            Text(
                "Рецепттеги алтымыш таблетканын жыйырмасы сатылат.",
                "Из шестидесяти таблеток рецепта продаётся двадцать.",
                "Twenty of the prescription's sixty tablets are sold.",
            ),
            Text(
                "Кырк таблетка калганын жана рецепттин акыркы күнүн көрсөтөт.",
                "Показывает, что осталось сорок таблеток, и последний день рецепта.",
                "Shows that forty tablets are left, and the prescription's last day.",
            ),
        ),
        clause("37, 40"),
        partial,
    ),
)
