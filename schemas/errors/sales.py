"""Entries of the catalogue: prices, receipts, holds, quotes, and what becomes of a dispense."""

from __future__ import annotations

from schemas.errors.codes import ErrorCode
from schemas.errors.content import noted, programme, refused
from schemas.errors.model import Actor, ErrorEntry, Retry, Severity, Text

_SUMS: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.AMOUNT_MISMATCH: refused(
        programme("37"),
        Text(
            "Кассанын суммалары тутумдукунан айырмаланат: баары {retail}, Фонд {compensation}, пациент {patient} сом.",
            "Суммы кассы расходятся с расчётом: всего {retail}, Фонд {compensation}, пациент {patient} сома.",
            "The till's sums differ from ours: {retail} in all, fund {compensation}, patient {patient} som.",
        ),
        Text(
            "Ушул суммаларды колдонуңуз; айырмачылык кайталанса, кассанын программасын оңдотуңуз.",
            "Примените эти суммы; если расхождение повторяется, пусть исправят программу кассы.",
            "Use these sums; if it happens again, have the till's program corrected.",
        ),
        actor=Actor.PHARMACY,
    ),
    ErrorCode.RECEIPT_REQUIRED: refused(
        programme("38"),
        Text(
            "Товардык чек көрсөтүлгөн эмес.",
            "Товарный чек не указан.",
            "The receipt is missing.",
        ),
        Text(
            "Пациентке чек берип, анын номерин жана суммасын жазыңыз; пациент төлөбөсө, сумма 0.00.",
            "Выдайте пациенту чек и передайте его номер и сумму; если пациент не платил, сумма 0.00.",
            "Hand the patient a receipt, and send its number and sum; 0.00 if the patient has paid nothing.",
        ),
        actor=Actor.PHARMACY,
    ),
    ErrorCode.RECEIPT_MISMATCH: noted(
        programme("38", "44"),
        Text(
            "Чекте {paid} сом, пациенттин үлүшү {due} сом: айырма {difference} сом.",
            "По чеку {paid} сома, доля пациента {due} сома: разница {difference} сома.",
            "The receipt says {paid} som, the patient's share is {due} som: a difference of {difference} som.",
        ),
        Text(
            "Ашык алынганын кайтарып, чекти оңдоңуз: ашык төлөм компенсацияны ошончого азайтат, кем төлөм көбөйтпөйт.",
            "Верните лишнее и исправьте чек: переплата уменьшает компенсацию, недоплата её не увеличивает.",
            "Give back what is too much and correct the receipt: overcharging lessens the compensation, "
            "undercharging does not raise it.",
        ),
        actor=Actor.PHARMACY,
    ),
    ErrorCode.PATIENT_SHARE_ZERO: noted(
        programme("3(2)", "44"),
        Text(
            "Баасы компенсациядан ашпайт: пациент курс үчүн эч нерсе төлөбөйт.",
            "Цена не превышает компенсации: за курс пациент не платит ничего.",
            "The price is not above the compensation: the patient pays nothing for the course.",
        ),
        Text(
            "Бааны текшериңиз; туура болсо, эч нерсе кылбаңыз: Фонд баанын өзүнөн ашык төлөбөйт.",
            "Проверьте цену; если она верна, ничего не нужно: больше самой цены Фонд не платит.",
            "Check the price; if it is right, nothing has to be done: the fund pays no more than the price.",
        ),
        actor=Actor.PHARMACY,
    ),
}

_PRICES: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.PRICE_ABOVE_SHELF: refused(
        programme("39"),
        Text(
            "Баасы витринадагыдан ({shelf} сом) жогору.",
            "Цена выше витринной ({shelf} сома).",
            "The price is above that of the showcase ({shelf} som).",
        ),
        Text(
            "Витринадагы баа менен сатыңыз.",
            "Продайте по цене витрины.",
            "Sell at the price of the showcase.",
        ),
        actor=Actor.PHARMACY,
    ),
    ErrorCode.PRICE_BELOW_SHELF: noted(
        programme("39"),
        Text(
            "Баасы витринадагыдан ({shelf} сом) төмөн.",
            "Цена ниже витринной ({shelf} сома).",
            "The price is below that of the showcase ({shelf} som).",
        ),
        Text(
            "Текшериңиз: баа витринадагыга дал келиши керек.",
            "Проверьте: цена должна соответствовать витринной.",
            "Check: the price has to agree with the showcase.",
        ),
        actor=Actor.PHARMACY,
    ),
    ErrorCode.PRICE_NOT_AS_SHELF: refused(
        programme("39"),
        Text(
            "Баасы витринадагыга ({shelf} сом) дал келбейт.",
            "Цена не соответствует витринной ({shelf} сома).",
            "The price is not that of the showcase ({shelf} som).",
        ),
        Text(
            "Витринадагы баа менен сатыңыз же витринадагы бааны өзгөртүңүз.",
            "Продайте по цене витрины или измените цену на витрине.",
            "Sell at the price of the showcase, or change that one.",
        ),
        actor=Actor.PHARMACY,
    ),
    ErrorCode.PRICE_ABOVE_MAX: refused(
        programme("39"),
        Text(
            "Баасы бекитилген эң жогорку чекене баадан ({largest} сом) жогору.",
            "Цена выше утверждённой предельной розничной ({largest} сома).",
            "The price is above the approved maximum retail price ({largest} som).",
        ),
        Text(
            "Бул баа менен сатууга болбойт: бааны ушул чекке чейин түшүрүңүз.",
            "Продавать по такой цене нельзя: снизьте её до предельной.",
            "It must not be sold at that price: lower it to the maximum.",
        ),
        actor=Actor.PHARMACY,
    ),
    ErrorCode.PRICE_MAX_UNKNOWN: noted(
        programme("39"),
        Text(
            "Бул дарынын эң жогорку чекене баасы катталган эмес.",
            "Предельная розничная цена этого лекарства не зарегистрирована.",
            "No maximum retail price of this medicine is registered.",
        ),
        Text(
            "Эч нерсе жасоо керек эмес: баа мониторингге түшөт.",
            "Ничего делать не нужно: цена попадает в мониторинг.",
            "Nothing has to be done: the price is monitored.",
        ),
        severity=Severity.INFO,
        actor=Actor.NOBODY,
    ),
}


def _over(clause: Text, message: Text, action: Text) -> ErrorEntry:
    return refused(clause, message, action, actor=Actor.PHARMACY, status=409)


def _unknown(clause: Text, message: Text, action: Text) -> ErrorEntry:
    return refused(clause, message, action, actor=Actor.PHARMACY, status=404)


_QUOTES_AND_TIME: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.HOLD_NOT_FOUND: _unknown(
        programme("34"),
        Text(
            "Мындай кармоо жок.",
            "Такого удержания нет.",
            "There is no such hold.",
        ),
        Text(
            "Номерин текшериңиз же рецептти кайра кармап, эсепти жаңыдан сураңыз.",
            "Проверьте номер или запросите расчёт заново с удержанием рецепта.",
            "Check its number, or ask for a quote with a hold again.",
        ),
    ),
    ErrorCode.HOLD_EXPIRED: _over(
        programme("34"),
        Text(
            "Кармоонун мөөнөтү бүткөн.",
            "Срок удержания истёк.",
            "The hold has expired.",
        ),
        Text(
            "Рецепт бош болсо, кайра кармап, эсепти жаңыдан сураңыз.",
            "Если рецепт свободен, запросите расчёт с удержанием заново.",
            "If the prescription is free, ask for a quote with a hold again.",
        ),
    ),
    ErrorCode.QUOTE_NOT_FOUND: _unknown(
        programme("37"),
        Text(
            "Мындай эсеп жок.",
            "Такого расчёта нет.",
            "There is no such quote.",
        ),
        Text(
            "Номерин текшериңиз же эсепти жаңыдан сураңыз.",
            "Проверьте номер или запросите расчёт заново.",
            "Check its number, or ask for a quote again.",
        ),
    ),
    ErrorCode.QUOTE_EXPIRED: _over(
        programme("37"),
        Text(
            "Эсептин мөөнөтү бүткөн.",
            "Срок расчёта истёк.",
            "The quote has expired.",
        ),
        Text(
            "Эсепти жаңыдан сурап, суммаларды пациентке кайра айтыңыз.",
            "Запросите расчёт заново и снова назовите суммы пациенту.",
            "Ask for a quote again, and tell the patient the sums again.",
        ),
    ),
    ErrorCode.QUOTE_CHANGED: _over(
        programme("37"),
        Text(
            "Эсептен кийин суммалар өзгөргөн: рецепт, баа же Маалымдама башка.",
            "После расчёта суммы изменились: другие рецепт, цена или Справочник.",
            "The sums have changed since the quote: prescription, price or reference are not the same.",
        ),
        Text(
            "Эсепти жаңыдан сурап, суммаларды пациентке кайра айтыңыз.",
            "Запросите расчёт заново и снова назовите суммы пациенту.",
            "Ask for a quote again, and tell the patient the sums again.",
        ),
    ),
    ErrorCode.SALE_IN_FUTURE: refused(
        programme("6"),
        Text(
            "Сатуу убактысы келечекте.",
            "Время продажи в будущем.",
            "The time of sale lies in the future.",
        ),
        Text(
            "Кассанын саатын тууралаңыз.",
            "Исправьте часы кассы.",
            "Set the till's clock right.",
        ),
        actor=Actor.PHARMACY,
    ),
    ErrorCode.SALE_TOO_OLD: refused(
        programme("6"),
        Text(
            "Сатуу кеч жазылып жатат: {minutes} мүнөттөн кийин – алдын ала кармалган рецепт боюнча гана, "
            "{hours} саатка чейин.",
            "Продажа записывается поздно: спустя {minutes} мин – только по заранее удержанному рецепту, до {hours} ч.",
            "The sale is recorded late: after {minutes} minutes only under a hold taken before it, for {hours} hours.",
        ),
        Text(
            "Рецепттин кармоо номерин көрсөтүңүз; ал жок болсо, бул сатуу компенсацияланбайт.",
            "Укажите номер удержания рецепта; если его нет, такая продажа не компенсируется.",
            "Name the hold of the prescription; without one this sale is not compensated.",
        ),
        actor=Actor.PHARMACY,
    ),
    ErrorCode.SALE_BEFORE_ISSUE: refused(
        programme("3(1)"),
        Text(
            "Дары рецепт жазылганга ({issued_on}) чейин сатылган.",
            "Продажа раньше, чем выписан рецепт ({issued_on}).",
            "The sale is before the prescription was issued ({issued_on}).",
        ),
        Text(
            "Сатуу убактысын текшериңиз: рецептсиз сатылган компенсацияланбайт.",
            "Проверьте время продажи: проданное без рецепта не компенсируется.",
            "Check the time of sale: what was sold without a prescription is not compensated.",
        ),
        actor=Actor.PHARMACY,
    ),
}

_AFTERWARDS: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.DISPENSE_NOT_FOUND: _unknown(
        programme("6"),
        Text(
            "Мындай дары берүү табылган жок.",
            "Такой отпуск не найден.",
            "There is no such dispense.",
        ),
        Text(
            "Номерин текшериңиз; тизмеде өз дарыканаңыздын берүүлөрү гана бар.",
            "Проверьте номер; видны только отпуски своей аптеки.",
            "Check its number; only your own pharmacy's dispenses can be seen.",
        ),
    ),
    ErrorCode.DISPENSE_REPORTED: _over(
        programme("45", "47"),
        Text(
            "Дары берүү айлык отчетко кирген, аны кайтарууга болбойт.",
            "Отпуск вошёл в месячный отчёт, сторнировать его нельзя.",
            "The dispense is in a monthly report and cannot be reversed any more.",
        ),
        Text(
            "Оңдоо кийинки айдын актысында жүргүзүлөт: Фондго кайрылыңыз.",
            "Исправление пройдёт в акте следующего месяца: обратитесь в Фонд.",
            "It is corrected in next month's act: turn to the fund.",
        ),
    ),
    ErrorCode.DISPENSE_REVERSED: _over(
        programme("6"),
        Text(
            "Бул дары берүү мурда кайтарылган.",
            "Этот отпуск уже сторнирован.",
            "This dispense has been reversed before.",
        ),
        Text(
            "Эч нерсе жасоо керек эмес; абалын дары берүүнүн өзүнөн караңыз.",
            "Ничего делать не нужно; состояние видно в самом отпуске.",
            "Nothing has to be done; look at the dispense to see how it stands.",
        ),
    ),
    ErrorCode.LOOKUP_THROTTLED: ErrorEntry(
        status=429,
        actor=Actor.PHARMACY,
        retry=Retry.SAME_KEY_LATER,
        clause=programme("34"),
        message=Text(
            "Туура эмес ИЖН же номер менен өтө көп издөө болду.",
            "Слишком много поисков с неверным ПИН или номером.",
            "Too many look-ups with a wrong ПИН or number.",
        ),
        action=Text(
            "{seconds} секунддан кийин кайталаңыз; ИЖН менен номерди пациенттин документтеринен териңиз.",
            "Повторите через {seconds} с; наберите ПИН и номер по документам пациента.",
            "Try again after {seconds} seconds; type ПИН and number from the patient's papers.",
        ),
    ),
    ErrorCode.LOOKUP_FACTOR_REQUIRED: refused(
        programme("34"),
        Text(
            "Бул пациентти ачуу үчүн дагы бир маалымат керек.",
            "Чтобы открыть рецепты этого пациента, нужны дополнительные сведения.",
            "One more thing has to be told of this patient before a prescription is opened.",
        ),
        Text(
            "Пациенттин документинен көрсөтүлгөн талааны толтуруп, кайра издеңиз.",
            "Заполните указанное поле по документу пациента и повторите поиск.",
            "Fill the field that is named from the patient's identity paper, and look up again.",
        ),
        actor=Actor.PHARMACY,
    ),
}

ENTRIES: dict[ErrorCode, ErrorEntry] = _SUMS | _PRICES | _QUOTES_AND_TIME | _AFTERWARDS
