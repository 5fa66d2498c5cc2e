"""Entries of the catalogue: the reference of medicines («Маалымдама»)."""

from __future__ import annotations

from typing import Final

from schemas.errors.codes import ErrorCode
from schemas.errors.content import noted, programme, refused
from schemas.errors.model import Actor, ErrorEntry, Text

_WHOLE_FILE: Final = Text(
    "Сапты оңдоп, файлды бүтүндөй кайра жүктөңүз.",
    "Исправьте строку и загрузите весь файл снова.",
    "Correct the row and load the whole file again.",
)

ENTRIES: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.MEDICINE_NOT_FOUND: refused(
        programme("35"),
        Text(
            "Маалымдамада мындай код жок.",
            "В Справочнике нет такого кода.",
            "The reference has no such code.",
        ),
        Text(
            "Кодду GET /v1/medicines боюнча издеңиз; күндү (on) текшериңиз.",
            "Найдите код через GET /v1/medicines; проверьте день (on).",
            "Look the code up by GET /v1/medicines; check the day (on).",
        ),
        actor=Actor.INTEGRATOR,
        status=404,
    ),
    ErrorCode.MEDICINE_ROW: refused(
        programme("11"),
        Text(
            "{row}-сап, «{column}» тилкеси: мааниси жок же туура эмес.",
            "Строка {row}, столбец «{column}»: значения нет или оно недопустимо.",
            "Row {row}, column “{column}”: the value is missing or not allowed.",
        ),
        _WHOLE_FILE,
        actor=Actor.FUND,
    ),
    ErrorCode.MEDICINE_REPEATED: refused(
        programme("11"),
        Text(
            "{row}-сап: бул код {first}-сапта бар.",
            "Строка {row}: этот код уже стоит в строке {first}.",
            "Row {row}: this code already stands in row {first}.",
        ),
        Text(
            "Эки саптын туурасын калтырыңыз.",
            "Оставьте ту из двух строк, которая верна.",
            "Keep whichever of the two rows is right.",
        ),
        actor=Actor.FUND,
    ),
    ErrorCode.MEDICINE_GTIN: refused(
        programme("11"),
        Text(
            "{row}-сап: GTIN номеринин текшерүү цифрасы туура эмес.",
            "Строка {row}: контрольная цифра GTIN не сходится.",
            "Row {row}: the check digit of the GTIN is wrong.",
        ),
        Text(
            "Штрихкодду кутудан кайра окуңуз.",
            "Считайте штрихкод с упаковки заново.",
            "Read the code from a pack again.",
        ),
        actor=Actor.FUND,
    ),
    ErrorCode.MEDICINE_COMPENSATION: refused(
        programme("11(3)", "12"),
        Text(
            "{row}-сап: компенсация ички референттик баадан чоң.",
            "Строка {row}: компенсация больше внутренней референтной цены.",
            "Row {row}: the compensation is above the internal reference price.",
        ),
        Text(
            "Экөө тең бир нерсе үчүн (бирдик же таңгак) көрсөтүлгөнүн текшериңиз.",
            "Проверьте, что обе суммы указаны за одно и то же (единицу или упаковку).",
            "Check that both are for the same thing (a unit or a pack).",
        ),
        actor=Actor.FUND,
    ),
    ErrorCode.REF_NOT_REGISTERED: refused(
        programme("14"),
        Text(
            "{row}-сап: каттоосуз дары, бирок анын генерикалык тобунда катталгандары бар.",
            "Строка {row}: препарат не зарегистрирован, а в его генерической группе есть зарегистрированные.",
            "Row {row}: the medicine is not registered, and its generic group has registered ones.",
        ),
        Text(
            "Сапты алып салыңыз же каттоо маалыматын оңдоңуз.",
            "Уберите строку или исправьте сведения о регистрации.",
            "Take the row out, or correct the registration.",
        ),
        actor=Actor.FUND,
    ),
    ErrorCode.REF_REGISTERED_APPEARED: noted(
        programme("14"),
        Text(
            "{row}-сап: генерикалык топто катталган дары пайда болду, каттоосуз сапты чыгаруу керек.",
            "Строка {row}: в генерической группе появился зарегистрированный препарат, строку пора исключить.",
            "Row {row}: the generic group has a registered medicine now; this row is due to be taken out.",
        ),
        Text(
            "Кийинки версияда бул сапты алып салыңыз.",
            "Исключите строку в следующей версии.",
            "Take the row out of the next version.",
        ),
        actor=Actor.FUND,
    ),
    ErrorCode.MEDICINE_VERSION_OVERLAP: refused(
        programme("12", "13"),
        Text(
            "{day} күнүнөн башталган версия {latest} күнүнөн башталганы менен кабатталат.",
            "Версия с {day} пересекается с версией, действующей с {latest}.",
            "A version from {day} overlaps the one that begins on {latest}.",
        ),
        Text(
            "Мурдагы версиядан кийин башталган күндү көрсөтүңүз.",
            "Укажите день начала позже начала прежней версии.",
            "Let it begin after the version before began.",
        ),
        actor=Actor.FUND,
    ),
    ErrorCode.MEDICINE_VERSION_PAST: refused(
        programme("43"),
        Text(
            "Версия {day} күнүнөн башталат, ал өтүп кеткен (бүгүн {today}): ал күндөрү берилген дарылар эсептелген.",
            "Версия начинается {day}, а этот день прошёл (сегодня {today}): отпуск тех дней уже рассчитан.",
            "The version begins on {day}, which is past (today is {today}): dispenses of those days are reckoned.",
        ),
        Text(
            "Бүгүнкү же кийинки күндү көрсөтүңүз.",
            "Укажите сегодняшний или более поздний день.",
            "Let it begin today or later.",
        ),
        actor=Actor.FUND,
    ),
    ErrorCode.MEDICINE_LIST_OLD: noted(
        programme("10"),
        Text(
            "Дары каражаттарынын тизмеги {day} күнү бекитилген, бир жылдан ашты.",
            "Перечень лекарственных средств утверждён {day}, больше года назад.",
            "The list of medicines was approved on {day}, more than a year ago.",
        ),
        Text(
            "Министрлик тизмекти кайра карап, жаңы версия жүктөлүшү керек.",
            "Министерству пора пересмотреть перечень; затем загрузите новую версию.",
            "The Ministry is due to review the list; load a new version then.",
        ),
        actor=Actor.FUND,
    ),
    ErrorCode.MEDICINE_LEVELS_OLD: noted(
        programme("12"),
        Text(
            "Ордун толтуруунун деңгээли {day} күнү аныкталган, жарым жылдан ашты.",
            "Уровни возмещения определены {day}, больше полугода назад.",
            "The reimbursement levels were set on {day}, more than half a year ago.",
        ),
        Text(
            "Фонд деңгээлдерди кайра аныктап, жаңы версия жүктөлүшү керек.",
            "Фонду пора определить уровни заново; затем загрузите новую версию.",
            "The fund is due to set them anew; load a new version then.",
        ),
        actor=Actor.FUND,
    ),
}
