"""Entries of the catalogue: dispensing (regulation on the additional drug programme, chapter 7)."""

from __future__ import annotations

from schemas.errors.boxes import ENTRIES as BOXES
from schemas.errors.codes import ErrorCode
from schemas.errors.content import noted, programme, refused
from schemas.errors.model import Actor, ErrorEntry, Retry, Severity, Text
from schemas.errors.sales import ENTRIES as SALES


def _ended(clause: Text, message: Text, action: Text) -> ErrorEntry:
    """An entry for what is over: the same request will never pass."""
    return ErrorEntry(
        status=409, actor=Actor.PHARMACY, retry=Retry.NEVER, clause=clause, message=message, action=action
    )


_PRESCRIPTION: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.RX_NUMBER_CHECK: refused(
        programme("34"),
        Text(
            "Рецепттин номери туура эмес: 12 сан болушу керек, акыркысы текшерүүчү.",
            "Номер рецепта неверен: должно быть 12 цифр, последняя из них контрольная.",
            "The prescription's number is wrong: it has 12 digits, and the last one checks the others.",
        ),
        Text(
            "Номерди барактан же пациенттен кайра тактап, жаңыдан териңиз.",
            "Уточните номер по листу или у пациента и наберите его заново.",
            "Read the number again from the sheet, or ask the patient, and type it anew.",
        ),
        actor=Actor.PHARMACY,
    ),
    ErrorCode.RX_EXPIRED: _ended(
        programme("40"),
        Text(
            "Рецепттин мөөнөтү бүткөн: акыркы күнү {last_day} болчу.",
            "Срок действия рецепта истёк: последним днём было {last_day}.",
            "The prescription has expired: its last day was {last_day}.",
        ),
        Text(
            "Дары берилбейт. Пациент жаңы рецепт үчүн дарыгерине кайрылсын.",
            "Отпуск невозможен. Пациенту нужно обратиться к врачу за новым рецептом.",
            "It cannot be dispensed. The patient has to ask the doctor for a new prescription.",
        ),
    ),
    ErrorCode.RX_EXPIRES_SOON: noted(
        programme("40"),
        Text(
            "Рецепттин мөөнөтү бүтүп баратат: акыркы күнү {last_day}, {days} күн калды.",
            "Срок действия рецепта истекает: последний день {last_day}, осталось дней: {days}.",
            "The prescription is about to expire: its last day is {last_day}, days left: {days}.",
        ),
        Text(
            "Эч нерсе жасоо керек эмес; калганын кийин алам дегенге ушул күндү айтыңыз.",
            "Ничего делать не нужно; тому, кто придёт за остатком, назовите этот день.",
            "Nothing has to be done; tell that day to whoever will come back for the rest.",
        ),
        severity=Severity.INFO,
        actor=Actor.NOBODY,
    ),
    ErrorCode.RX_CANCELLED: _ended(
        programme("34"),
        Text(
            "Рецепт жокко чыгарылган.",
            "Рецепт отменён.",
            "The prescription is cancelled.",
        ),
        Text(
            "Дары берилбейт. Себебин жазган дарыгер билет; керек болсо, жаңы рецепт жазып берет.",
            "Отпуск невозможен. Причину знает выписавший врач; при необходимости он выпишет новый рецепт.",
            "It cannot be dispensed. The prescriber knows why, and issues another one if need be.",
        ),
    ),
    ErrorCode.RX_DISPENSED: _ended(
        programme("37", "43"),
        Text(
            "Рецепт боюнча курстук доза толук берилген.",
            "По рецепту отпущена вся курсовая доза.",
            "The whole course dose of the prescription has been dispensed.",
        ),
        Text(
            "Дагы дары керек болсо, пациент жаңы рецепт үчүн дарыгерине кайрылсын.",
            "Если лекарство нужно ещё, пациенту следует обратиться к врачу за новым рецептом.",
            "If more is needed, the patient has to ask the doctor for a new prescription.",
        ),
    ),
    ErrorCode.RX_HELD: ErrorEntry(
        status=409,
        actor=Actor.PHARMACY,
        retry=Retry.SAME_KEY_LATER,
        clause=programme("34"),
        message=Text(
            "Рецепт боюнча башка дарыкана {since} тартып дары берип жатат; {until} чейин аныкы.",
            "По рецепту с {since} отпускает другая аптека; до {until} он занят ею.",
            "Another pharmacy has been dispensing on this prescription since {since}; it is theirs until {until}.",
        ),
        action=Text(
            "Ошол убакытка чейин күтүңүз же пациент ал дарыканадан рецептти бошотуусун сурансын.",
            "Подождите до этого времени, или пусть пациент попросит ту аптеку освободить рецепт.",
            "Wait until then, or let the patient ask that pharmacy to release the prescription.",
        ),
    ),
}

_PHARMACY: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.PHARMACY_NOT_CONTRACTED: refused(
        programme("31"),
        Text(
            "{day} күнү дарыкананын Фонд менен келишими жок.",
            "На {day} у аптеки нет договора с Фондом.",
            "On {day} the pharmacy has no contract with the fund.",
        ),
        Text(
            "Жеңилдетилген рецепт боюнча келишими бар дарыкана гана берет. Келишим үчүн Фондго арыз бериңиз.",
            "По льготному рецепту отпускает только аптека с договором. Подайте в Фонд заявление о договоре.",
            "Only a contracted pharmacy dispenses on it. Apply to the fund for a contract.",
        ),
        actor=Actor.PHARMACY,
        status=403,
    ),
    ErrorCode.OUTSIDE_CONTRACT: refused(
        programme("53"),
        Text(
            "Дары {day} күнү сатылган, келишим ал күнгө таралбайт: компенсация төлөнбөйт.",
            "Продажа {day} не попадает в срок договора: компенсации нет.",
            "The sale of {day} is outside the days of the contract: nothing is compensated.",
        ),
        Text(
            "Сатылган күндү текшериңиз. Күн туура болсо, бул сатуу Фонд тарабынан төлөнбөйт.",
            "Проверьте день продажи. Если он верен, эту продажу Фонд не оплачивает.",
            "Check the day of sale. If it is right, the fund does not pay for this sale.",
        ),
        actor=Actor.PHARMACY,
    ),
}

_MEDICINE: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.NOT_SAME_GENERIC_GROUP: refused(
        programme("36"),
        Text(
            "Бул дары жазылган дарынын генерикалык тобуна кирбейт.",
            "Это лекарство не входит в генерическую группу выписанного.",
            "This medicine is not in the generic group of the prescribed one.",
        ),
        Text(
            "Рецепт боюнча сунушталган соодалык аталыштардын бирин тандаңыз.",
            "Выберите одно из торговых наименований, предложенных по рецепту.",
            "Choose one of the trade names offered for the prescription.",
        ),
        actor=Actor.PHARMACY,
    ),
    ErrorCode.OFFERS_NOT_SHOWN: refused(
        programme("36"),
        Text(
            "Пациентке айтылган соодалык аталыштар, баалар көрсөтүлгөн эмес, же сатылган дары алардын арасында жок.",
            "Не указано, о каких торговых наименованиях и ценах сообщили пациенту, или проданного среди них нет.",
            "The trade names and prices the patient was told of are missing, or do not hold the one that is sold.",
        ),
        Text(
            "Дарыканадагы топтун бардык дарыларын баасы менен айтып, аларды offers_shown талаасына жазыңыз.",
            "Сообщите обо всех лекарствах группы в аптеке с ценами и передайте их в поле offers_shown.",
            "Tell the patient of all medicines of the group you have, with prices, and send them in offers_shown.",
        ),
        actor=Actor.PHARMACY,
    ),
    ErrorCode.CHOICE_NOT_RECORDED: refused(
        programme("36"),
        Text(
            "Пациенттин тандоосу жазылган эмес.",
            "Выбор пациента не записан.",
            "The patient's choice is not recorded.",
        ),
        Text(
            "Пациент жазылганын алдыбы же алмаштырдыбы, choice талаасында көрсөтүңүз.",
            "Укажите в поле choice, взял пациент выписанное или замену.",
            "Say in the field choice whether the patient took what was prescribed or a substitute.",
        ),
        actor=Actor.PHARMACY,
    ),
    ErrorCode.CHOICE_MISMATCH: refused(
        programme("36"),
        Text(
            "Жазылган тандоо сатылган дарыга дал келбейт.",
            "Записанный выбор не соответствует проданному лекарству.",
            "The recorded choice does not agree with the medicine that is sold.",
        ),
        Text(
            "Тандоону же дарынын кодун оңдоңуз: башка соодалык аталыш – алмаштыруу.",
            "Исправьте выбор или код лекарства: другое торговое наименование – это замена.",
            "Correct the choice or the medicine's code: another trade name is a substitution.",
        ),
        actor=Actor.PHARMACY,
    ),
    ErrorCode.UNITS_BELOW_ONE: refused(
        programme("37"),
        Text(
            "Калган курстук доза бул дарынын бир бирдигинен аз.",
            "Остаток курсовой дозы меньше одной единицы этого лекарства.",
            "What remains of the course dose is less than one unit of this medicine.",
        ),
        Text(
            "Ушул топтун дозасы азыраак дарысын тандаңыз.",
            "Выберите лекарство той же группы с меньшей дозировкой.",
            "Choose a medicine of the same group of a smaller strength.",
        ),
        actor=Actor.PHARMACY,
    ),
    ErrorCode.UNITS_ABOVE_COURSE: noted(
        programme("43"),
        Text(
            "Курс боюнча {max_units} бирдик компенсацияланат; андан ашык {extra_units} бирдикке пациент {extra_value} "
            "сом өзү төлөйт.",
            "По курсу компенсируется единиц: {max_units}; за лишние ({extra_units}) пациент сам платит {extra_value} "
            "сома.",
            "The course allows {max_units} units; for the {extra_units} above it the patient alone pays "
            "{extra_value} som.",
        ),
        Text(
            "Эч нерсе жасоо керек эмес: пациенттин суммасында бул эсепке алынган.",
            "Ничего делать не нужно: в сумме пациента это учтено.",
            "Nothing has to be done: the patient's sum includes it.",
        ),
        severity=Severity.INFO,
        actor=Actor.NOBODY,
    ),
    ErrorCode.EXTRA_UNITS_REFUSED: refused(
        programme("43"),
        Text(
            "Курс боюнча {max_units} бирдиктен ашык берилбейт.",
            "По курсу нельзя отпустить больше единиц, чем {max_units}.",
            "No more than {max_units} units can be dispensed on this course.",
        ),
        Text(
            "Санды азайтыңыз; ашыгын пациент рецептсиз, өз эсебинен ала алат.",
            "Уменьшите количество; остальное пациент может купить отдельно за свой счёт.",
            "Sell fewer; the patient can buy the rest apart, alone.",
        ),
        actor=Actor.PHARMACY,
    ),
}

ENTRIES: dict[ErrorCode, ErrorEntry] = _PRESCRIPTION | _PHARMACY | _MEDICINE | SALES | BOXES
