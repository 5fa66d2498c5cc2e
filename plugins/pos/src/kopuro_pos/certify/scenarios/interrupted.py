"""S04–S09: between the order and its answer something breaks. One receipt stays one sale."""

from __future__ import annotations

import asyncio
from typing import Final

from kopuro_pos.agent.texts import Text
from kopuro_pos.certify.checks import CheckId
from kopuro_pos.certify.faults import Fault
from kopuro_pos.certify.harness import Look, Restart, Resume, SaleShown, Sell
from kopuro_pos.certify.journal import Route
from kopuro_pos.certify.stage import RECEIPT, Scenario, Stage, Words

_SETTLING: Final = 0.1
"""What share of the till's patience a second press is given to arrive."""


async def lost_answer(stage: Stage) -> None:
    """The sale is recorded, the connection breaks before the answer."""
    await _struck(stage, Fault.LOST_ANSWER)


async def silence(stage: Stage) -> None:
    """The sale is recorded, no answer comes in time."""
    await _struck(stage, Fault.SILENCE)


async def bad_gateway(stage: Stage) -> None:
    """The sale is recorded, a page of HTML comes instead of the answer."""
    await _struck(stage, Fault.BAD_GATEWAY)


async def agent_restarting(stage: Stage) -> None:
    """The agent stops with the order in hand, and its port is closed for a while."""
    await stage.quoted()
    stage.agent.strike(Route.SELL, Fault.CRASH)
    screen = await stage.sell()
    stage.must_keep(screen)
    stage.must(
        CheckId.STATE_SHOWN, screen.sale in {SaleShown.UNKNOWN, SaleShown.WAITING}, shown=screen.sale, wanted="unknown"
    )
    await stage.agent.open_door()
    await stage.finished(await stage.do(Resume()))
    _must_have_ended_well(stage)


async def till_restarted(stage: Stage) -> None:
    """The power fails while the order is out."""
    await stage.quoted()
    stage.agent.strike(Route.SELL, Fault.HELD_ANSWER)

    async def power_fails() -> None:
        stage.must_keep(await stage.do(Restart()))

    await stage.meanwhile(Sell(receipt_number=RECEIPT), power_fails)
    await stage.finished(await stage.do(Resume()))
    _must_have_ended_well(stage)


async def second_press(stage: Stage) -> None:
    """The answer takes its time, and «sell» is pressed again."""
    await stage.quoted()
    stage.agent.strike(Route.SELL, Fault.HELD_ANSWER)

    async def pressed_again() -> None:
        stage.must_keep(await stage.do(Look()))
        again = asyncio.ensure_future(stage.sell())
        await asyncio.wait({again}, timeout=stage.pace.answer_within * _SETTLING)
        stage.agent.let_go()
        await again

    await stage.meanwhile(Sell(receipt_number=RECEIPT), pressed_again)
    stage.must_be_recorded(await stage.finished(await stage.do(Look())))


async def _struck(stage: Stage, fault: Fault) -> None:
    await stage.quoted()
    stage.agent.strike(Route.SELL, fault)
    await stage.finished(await stage.sell())
    _must_have_ended_well(stage)


def _must_have_ended_well(stage: Stage) -> None:
    tries = len(stage.agent.journal.to(Route.SELL))
    stage.must(CheckId.TRIED_AGAIN, tries > 1, tries=tries)
    early = [name for name, shown in stage.steps if shown.handed_over and shown.sale is not SaleShown.RECORDED]
    stage.must(CheckId.GOODS_KEPT, not early, handed_over_at=early or "no step")
    stage.must_be_recorded(stage.steps[-1][1])


_RIGHT: Final = Text(
    "Сатуу жазылдыбы, белгисиз: дарыны бербейт, ошол эле ачкыч менен ошол эле буйрукту кайталайт.",
    "Записана ли продажа, неизвестно: товар не отдаёт и повторяет тот же заказ с тем же ключом.",
    "Whether the sale was recorded is unknown: keeps the goods, and repeats the same order under the same key.",
)

SCENARIOS: Final = (
    Scenario(
        "S04",
        Words(
            Text("Жооп жоголду", "Ответ потерян", "The answer is lost"),
            Text(
                "Агент сатууну жазды, бирок жооптун алдында байланыш үзүлдү.",
                "Агент записал продажу, но соединение оборвалось до ответа.",
                "The agent has recorded the sale, but the connection breaks before the answer.",
            ),
            _RIGHT,
        ),
        None,
        lost_answer,
    ),
    Scenario(
        "S05",
        Words(
            Text("Жооп келбейт", "Ответа нет", "No answer comes"),
            Text(
                "Агент сатууну жазды, бирок касса күткөн убакытта жооп бербеди.",
                "Агент записал продажу, но не ответил, пока касса ждала.",
                "The agent has recorded the sale, but does not answer while the till waits.",
            ),
            _RIGHT,
        ),
        None,
        silence,
    ),
    Scenario(
        "S06",
        Words(
            Text("Жооптун ордуна 502", "Вместо ответа 502", "502 instead of the answer"),
            Text(
                "Сатуу жазылды, бирок ортодогу сервер HTML барагын кайтарды.",
                "Продажа записана, но сервер посередине вернул страницу HTML.",
                "The sale is recorded, but a server between answers with a page of HTML.",
            ),
            _RIGHT,
        ),
        None,
        bad_gateway,
    ),
    Scenario(
        "S07",
        Words(
            Text("Агент кайра иштеп жатат", "Агент перезапускается", "The agent is restarting"),
            Text(
                "Агент буйрукту алып өчтү; порту бир азга жабык.",
                "Агент остановился, уже получив заказ; порт на время закрыт.",
                "The agent stops with the order in hand; its port is closed for a while.",
            ),
            _RIGHT,
        ),
        None,
        agent_restarting,
    ),
    Scenario(
        "S08",
        Words(
            Text("Касса ортодо өчтү", "Касса выключилась на полпути", "The till goes down half-way"),
            Text(
                "Буйрук жөнөтүлүп, жооп келе электе кассанын тогу өчтү.",
                "Заказ отправлен, и до ответа у кассы пропало питание.",
                "The order is out, and the till loses its power before the answer.",
            ),
            Text(
                "Ачкычты жана буйрукту жөнөтүүгө чейин дискке жазган: иштегенден кийин ошону кайталайт.",
                "Ключ и заказ записаны на диск до отправки: после включения повторяет именно их.",
                "Had written key and order to disk before sending: repeats exactly these when it is back.",
            ),
        ),
        None,
        till_restarted,
    ),
    Scenario(
        "S09",
        Words(
            Text("Экинчи басуу", "Второе нажатие", "A second press"),
            Text(
                "Жооп кечигип жатканда фармацевт «сатуу» баскычын дагы бир басат.",
                "Пока ответ задерживается, фармацевт нажимает «продать» ещё раз.",
                "While the answer takes its time, the pharmacist presses «sell» again.",
            ),
            Text(
                "Жооп келгенче дарыны бербейт; экинчи басуу экинчи сатуу болбойт.",
                "До ответа товар не отдаёт; второе нажатие не становится второй продажей.",
                "Keeps the goods until the answer; the second press becomes no second sale.",
            ),
        ),
        None,
        second_press,
    ),
)
