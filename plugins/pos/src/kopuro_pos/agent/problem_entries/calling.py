"""Refusals of a call, whatever it asks for: who calls, how, and from where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kopuro_pos.agent.contract import Retry
from kopuro_pos.agent.problem_entries.model import ProblemCode, ProblemEntry
from kopuro_pos.agent.texts import Text

ENTRIES: Final[Mapping[ProblemCode, ProblemEntry]] = {
    ProblemCode.BODY_INVALID: ProblemEntry(
        status=422,
        retry=Retry.AFTER_CORRECTION,
        message=Text(
            "Сурам келишимге туура келбейт.",
            "Запрос не соответствует договору.",
            "The request does not follow the contract.",
        ),
        action=Text(
            "Көрсөтүлгөн талааны оңдоңуз; талаалар docs/pos-agent.md барагында жазылган.",
            "Исправьте названное поле; поля описаны в docs/pos-agent.md.",
            "Correct the field that is named; docs/pos-agent.md describes them.",
        ),
    ),
    ProblemCode.STOPPING: ProblemEntry(
        status=503,
        retry=Retry.SAME_KEY_LATER,
        message=Text("Агент токтоп жатат.", "Агент останавливается.", "The agent is stopping."),
        action=Text(
            "Бир аздан кийин ошол эле ачкыч менен кайталаңыз.",
            "Повторите чуть позже с тем же ключом.",
            "Try again a little later with the same key.",
        ),
    ),
    ProblemCode.TOKEN_REQUIRED: ProblemEntry(
        status=401,
        retry=Retry.AFTER_CORRECTION,
        message=Text(
            "Кимдин сурап жатканы далилденген жок.",
            "Не доказано, кто спрашивает.",
            "Who asks is not proven.",
        ),
        action=Text(
            "Касса: орнотуунун токенин Authorization сабында жөнөтүңүз. Барак: аны «kopuro-pos counter» менен ачыңыз.",
            "Касса: передайте токен установки в Authorization. Страница: откройте её командой «kopuro-pos counter».",
            "A till: send the installation's token in Authorization. The page: open it with «kopuro-pos counter».",
        ),
    ),
    ProblemCode.ORIGIN_REFUSED: ProblemEntry(
        status=403,
        retry=Retry.AFTER_CORRECTION,
        message=Text(
            "Бул барактын агентке кайрылууга укугу жок.",
            "Этой странице обращаться к агенту нельзя.",
            "This page may not call the agent.",
        ),
        action=Text(
            "Кассанын дареги жөндөөлөрдөгү origins тизмесинде болууга тийиш.",
            "Адрес кассы должен быть в списке origins в настройках.",
            "The till's address must be in the list «origins» of the settings.",
        ),
    ),
    ProblemCode.HOST_REFUSED: ProblemEntry(
        status=421,
        retry=Retry.AFTER_CORRECTION,
        message=Text(
            "Агент мындай аталышка жооп бербейт.",
            "На такое имя агент не отвечает.",
            "The agent does not answer to this name.",
        ),
        action=Text(
            "Агентке http://127.0.0.1 дареги жана анын порту менен кайрылыңыз.",
            "Обращайтесь к агенту по адресу http://127.0.0.1 с его портом.",
            "Call the agent at http://127.0.0.1 and its port.",
        ),
    ),
    ProblemCode.CODE_INVALID: ProblemEntry(
        status=403,
        retry=Retry.AFTER_CORRECTION,
        message=Text(
            "Код жараксыз: туура эмес, колдонулган же мөөнөтү бүткөн.",
            "Код не подходит: неверный, использован или просрочен.",
            "The code is not valid: wrong, used or expired.",
        ),
        action=Text(
            "Баракты «kopuro-pos counter» буйругу менен кайра ачыңыз.",
            "Откройте страницу заново командой «kopuro-pos counter».",
            "Open the page again with «kopuro-pos counter».",
        ),
    ),
    ProblemCode.NOT_FOUND: ProblemEntry(
        status=404,
        retry=Retry.NEVER,
        message=Text("Мындай дарек жок.", "Такого адреса нет.", "There is nothing at this address."),
        action=Text(
            "Даректи docs/pos-agent.md менен салыштырыңыз.",
            "Сверьте адрес с docs/pos-agent.md.",
            "Compare the address with docs/pos-agent.md.",
        ),
    ),
    ProblemCode.METHOD_NOT_ALLOWED: ProblemEntry(
        status=405,
        retry=Retry.NEVER,
        message=Text(
            "Бул дарек мындай ыкманы кабыл албайт.",
            "Этот адрес такой метод не принимает.",
            "This address does not take this method.",
        ),
        action=Text(
            "Ыкманы docs/pos-agent.md менен салыштырыңыз.",
            "Сверьте метод с docs/pos-agent.md.",
            "Compare the method with docs/pos-agent.md.",
        ),
    ),
    ProblemCode.CONTENT_TYPE_REFUSED: ProblemEntry(
        status=415,
        retry=Retry.AFTER_CORRECTION,
        message=Text(
            "Сурамдын денеси JSON болууга тийиш.",
            "Тело запроса должно быть JSON.",
            "The body of the request must be JSON.",
        ),
        action=Text(
            "Content-Type: application/json сабын кошуңуз.",
            "Добавьте заголовок Content-Type: application/json.",
            "Send the header Content-Type: application/json.",
        ),
    ),
    ProblemCode.TOO_LARGE: ProblemEntry(
        status=413,
        retry=Retry.AFTER_CORRECTION,
        message=Text("Сурам өтө чоң.", "Запрос слишком велик.", "The request is too large."),
        action=Text(
            "64 КиБге чейин жөнөтүңүз; кампаны 4 МиБге чейин.",
            "Отправляйте до 64 КиБ; остатки до 4 МиБ.",
            "Send up to 64 KiB; stock up to 4 MiB.",
        ),
    ),
    ProblemCode.TOO_MANY: ProblemEntry(
        status=429,
        retry=Retry.SAME_KEY_LATER,
        message=Text(
            "Өтө көп жолу туура эмес код киргизилди.",
            "Слишком много неверных кодов.",
            "Too many wrong codes.",
        ),
        action=Text(
            "Бир мүнөт күтүп, кайталаңыз.",
            "Подождите минуту и повторите.",
            "Wait a minute and try again.",
        ),
    ),
    ProblemCode.INTERNAL: ProblemEntry(
        status=500,
        retry=Retry.SAME_KEY_LATER,
        message=Text(
            "Агентте ката кетти.",
            "В агенте произошла ошибка.",
            "Something went wrong in the agent.",
        ),
        action=Text(
            "Ошол эле ачкыч менен кайталаңыз. Кайра чыкса, агенттин журналын операторго бериңиз.",
            "Повторите с тем же ключом. Если не поможет, передайте журнал агента оператору.",
            "Try again with the same key. If it comes again, give the agent's log to the operator.",
        ),
    ),
}
