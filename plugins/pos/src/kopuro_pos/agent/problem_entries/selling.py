"""Refusals of selling: the gateway, the terminal, the clock, the sale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kopuro_pos.agent.contract import Retry
from kopuro_pos.agent.problem_entries.model import ProblemCode, ProblemEntry
from kopuro_pos.agent.texts import Text

ENTRIES: Final[Mapping[ProblemCode, ProblemEntry]] = {
    ProblemCode.GATEWAY_UNREACHABLE: ProblemEntry(
        status=503,
        retry=Retry.SAME_KEY_LATER,
        message=Text(
            "Шлюз жооп бербей жатат.",
            "Шлюз не отвечает.",
            "The gateway does not answer.",
        ),
        action=Text(
            "Интернетти текшериңиз. Байланыш калыбына келгенде кайталаңыз; ага чейин жеңилдетилген жаңы сатуу болбойт.",
            "Проверьте интернет. Повторите, когда связь вернётся; до этого новой льготной продажи быть не может.",
            "Check the internet. Try again when the line is back; until then there is no new subsidised sale.",
        ),
    ),
    ProblemCode.GATEWAY_REFUSED: ProblemEntry(
        status=422,
        retry=Retry.AFTER_CORRECTION,
        message=Text("Шлюз баш тартты.", "Шлюз отказал.", "The gateway refused."),
        action=Text(
            "Төмөндө эмне табылганы жана эмне кылуу керектиги жазылган.",
            "Ниже сказано, что найдено и что делать.",
            "The findings say what is wrong and what to do.",
        ),
    ),
    ProblemCode.NOT_ENROLLED: ProblemEntry(
        status=409,
        retry=Retry.AFTER_CORRECTION,
        message=Text(
            "Бул терминал шлюзга катталган эмес.",
            "Этот терминал не подключён к шлюзу.",
            "This terminal is not enrolled with the gateway.",
        ),
        action=Text(
            "Шлюздун операторунан бир жолку код алып, «kopuro-pos enrol КОД» буйругун аткарыңыз.",
            "Получите у оператора шлюза одноразовый код и выполните «kopuro-pos enrol КОД».",
            "Get a one-time code from the gateway's operator and run «kopuro-pos enrol CODE».",
        ),
    ),
    ProblemCode.ENROL_AGAIN: ProblemEntry(
        status=409,
        retry=Retry.AFTER_CORRECTION,
        message=Text(
            "Шлюз бул терминалдын ачкычын мындан ары тааныбайт. Кезек сакталып турат.",
            "Шлюз больше не признаёт ключ этого терминала. Очередь сохранена.",
            "The gateway no longer knows this terminal's key. The queue is kept.",
        ),
        action=Text(
            "Шлюздун операторунан ушул эле терминал үчүн жаңы код алып, «kopuro-pos enrol КОД» буйругун аткарыңыз.",
            "Получите у оператора шлюза новый код для этого же терминала и выполните «kopuro-pos enrol КОД».",
            "Get a new code for this same terminal from the gateway's operator and run «kopuro-pos enrol CODE».",
        ),
    ),
    ProblemCode.CLOCK_WRONG: ProblemEntry(
        status=409,
        retry=Retry.AFTER_CORRECTION,
        message=Text(
            "Компьютердин сааты шлюздун саатынан беш мүнөттөн көп айырмаланат.",
            "Часы компьютера расходятся с часами шлюза больше чем на пять минут.",
            "This computer's clock is more than five minutes away from the gateway's.",
        ),
        action=Text(
            "Күндү, саатты жана убакыт алкагын туураланыз (Бишкек, UTC+6), андан кийин кайталаңыз.",
            "Поправьте дату, время и часовой пояс (Бишкек, UTC+6) и повторите.",
            "Set the date, the time and the time zone right (Bishkek, UTC+6), then try again.",
        ),
    ),
    ProblemCode.OFFLINE_WITHOUT_HOLD: ProblemEntry(
        status=409,
        retry=Retry.SAME_KEY_LATER,
        message=Text(
            "Шлюз менен байланыш жок, ал эми рецепт алдын ала кармалган эмес: сатуу жазылган жок.",
            "Связи со шлюзом нет, а рецепт заранее не удержан: продажа не записана.",
            "The gateway cannot be reached and the prescription was not held before: the sale is not recorded.",
        ),
        action=Text(
            "Дарыны жеңилдик менен бербеңиз. Байланыш калыбына келгенде кайталаңыз.",
            "Не отпускайте лекарство со скидкой. Повторите, когда связь вернётся.",
            "Do not hand the medicine over at the reduced price. Try again when the line is back.",
        ),
    ),
    ProblemCode.HOLD_TOO_OLD: ProblemEntry(
        status=409,
        retry=Retry.AFTER_CORRECTION,
        message=Text(
            "Рецепт 72 сааттан мурда кармалган, ал эми шлюз менен байланыш жок.",
            "Рецепт удержан больше 72 часов назад, а связи со шлюзом нет.",
            "The hold was taken more than 72 hours ago and the gateway cannot be reached.",
        ),
        action=Text(
            "Байланыш калыбына келгенде рецептти кайра издеңиз.",
            "Когда связь вернётся, найдите рецепт заново.",
            "When the line is back, look the prescription up again.",
        ),
    ),
    ProblemCode.LOOKUP_GONE: ProblemEntry(
        status=410,
        retry=Retry.AFTER_CORRECTION,
        message=Text(
            "Бул издөө эскирди.",
            "Этот поиск устарел.",
            "This look-up is too old.",
        ),
        action=Text(
            "Рецепттин номерин жана ПИНди кайра киргизиңиз.",
            "Введите номер рецепта и ПИН заново.",
            "Enter the number of the prescription and the ПИН again.",
        ),
    ),
    ProblemCode.QUOTE_GONE: ProblemEntry(
        status=410,
        retry=Retry.AFTER_CORRECTION,
        message=Text(
            "Бул эсептөө табылган жок же эскирди.",
            "Этот расчёт не найден или устарел.",
            "This quote is unknown or too old.",
        ),
        action=Text(
            "Дарыны кайра тандап, суммаларды кайра эсептеңиз.",
            "Выберите лекарство и рассчитайте суммы заново.",
            "Choose the medicine and have the sums worked out again.",
        ),
    ),
    ProblemCode.SALE_NOT_FOUND: ProblemEntry(
        status=404,
        retry=Retry.NEVER,
        message=Text("Мындай сатуу жок.", "Такой продажи нет.", "There is no such sale."),
        action=Text(
            "Сатууну күндүн тизмесинен тандаңыз.",
            "Выберите продажу в списке дня.",
            "Choose the sale from the list of the day.",
        ),
    ),
    ProblemCode.SALE_OPEN: ProblemEntry(
        status=409,
        retry=Retry.SAME_KEY_LATER,
        message=Text(
            "Бул сатуу азырынча шлюздун жообун күтүп жатат.",
            "Эта продажа ещё ждёт ответа шлюза.",
            "This sale still waits for the gateway's answer.",
        ),
        action=Text(
            "Ал жазылганча күтүп, кайталаңыз.",
            "Дождитесь, когда она будет записана, и повторите.",
            "Wait until it is recorded, then try again.",
        ),
    ),
    ProblemCode.SALE_REFUSED: ProblemEntry(
        status=409,
        retry=Retry.NEVER,
        message=Text(
            "Шлюз бул сатуудан баш тарткан: кайтара турган эч нерсе жок.",
            "Шлюз отказал в этой продаже: возвращать нечего.",
            "The gateway refused this sale: there is nothing to take back.",
        ),
        action=Text(
            "Баш тартуунун себебин окуп, көрүлдү деп белгилеңиз.",
            "Прочитайте причину отказа и отметьте её просмотренной.",
            "Read why it was refused and mark it as seen.",
        ),
    ),
    ProblemCode.SALE_REVERSED: ProblemEntry(
        status=409,
        retry=Retry.NEVER,
        message=Text(
            "Бул сатуу мурда эле кайтарылган, же бул кайтаруунун өзү.",
            "Эта продажа уже возвращена, или это сам возврат.",
            "This sale is taken back already, or is a reversal itself.",
        ),
        action=Text(
            "Кайтарууну күндүн тизмесинен караңыз.",
            "Посмотрите возврат в списке дня.",
            "See the reversal in the list of the day.",
        ),
    ),
    ProblemCode.KEY_REUSED: ProblemEntry(
        status=422,
        retry=Retry.AFTER_CORRECTION,
        message=Text(
            "Бул ачкыч менен мурда башка буйрук жөнөтүлгөн.",
            "С этим ключом раньше отправлен другой заказ.",
            "Another order was sent under this key before.",
        ),
        action=Text(
            "Ар бир сатууга жана кайтарууга жаңы ачкыч түзүңүз; кайталоодо буйрукту өзгөртпөңүз.",
            "Для каждой продажи и каждого возврата создавайте новый ключ; при повторе не меняйте заказ.",
            "Make a new key for every sale and reversal; repeat an order unchanged.",
        ),
    ),
    ProblemCode.DISK_FULL: ProblemEntry(
        status=507,
        retry=Retry.SAME_KEY_LATER,
        message=Text(
            "Дискте орун жок: сатууну жазууга болбойт.",
            "На диске нет места: записать продажу нельзя.",
            "The disk is full: the sale cannot be written down.",
        ),
        action=Text(
            "Дарыны бербеңиз. Дисктен орун бошотуп, кайталаңыз.",
            "Не отпускайте лекарство. Освободите место на диске и повторите.",
            "Do not hand the medicine over. Make room on the disk and try again.",
        ),
    ),
}
