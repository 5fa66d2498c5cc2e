"""Entries of the catalogue: settlement with pharmacies (drug programme, chapters 8 and 9)."""

from __future__ import annotations

from schemas.errors.codes import ErrorCode
from schemas.errors.content import noted, programme, refused
from schemas.errors.model import Actor, ErrorEntry, Text

_REPORTS: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.REPORT_NOT_FOUND: refused(
        programme("45"),
        Text(
            "Мындай отчет сиздин дарыканаларда жок.",
            "Такого отчёта у ваших аптек нет.",
            "Your pharmacies have no such report.",
        ),
        Text(
            "Отчеттордун тизмесин ачып, белгисин ошол жерден алыңыз.",
            "Откройте список отчётов и возьмите идентификатор оттуда.",
            "Open the list of reports and take the id from there.",
        ),
        actor=Actor.PHARMACY,
        status=404,
    ),
    ErrorCode.REPORT_STATE: refused(
        programme("45", "51"),
        Text(
            "Отчеттун азыркы абалы «{state}»; бул иш ага туура келбейт.",
            "Отчёт сейчас в состоянии «{state}»; это действие к нему не подходит.",
            "The report is now «{state}»; this cannot be done to it.",
        ),
        Text(
            "Кезеги: түзүлдү, тапшырылды, акт түзүлдү, кол коюлду, төлөндү.",
            "Порядок: сформирован, представлен, акт составлен, подписан, оплачен.",
            "The order is: formed, submitted, act drawn, signed, paid.",
        ),
        actor=Actor.PHARMACY,
        status=409,
    ),
    ErrorCode.REPORT_PERIOD_OPEN: refused(
        programme("51"),
        Text(
            "{month} айы {ends} күнү Бишкек убактысы менен саат 00:00дө бүтөт.",
            "Месяц {month} закончится {ends} в 00:00 по времени Бишкека.",
            "The month {month} ends on {ends} at 00:00 in Bishkek.",
        ),
        Text(
            "Отчет мезгил аяктагандан кийин гана түзүлөт жана берилет.",
            "Отчёт формируется и представляется только после окончания периода.",
            "A report is formed and submitted only after the period has ended.",
        ),
        actor=Actor.PHARMACY,
        status=409,
    ),
    ErrorCode.REPORT_LATE: noted(
        programme("52"),
        Text(
            "Отчет келишимдеги мөөнөттөн ({due}) кеч берилди.",
            "Отчёт представлен позже срока по договору ({due}).",
            "The report was submitted after the contract's deadline ({due}).",
        ),
        Text(
            "Кабыл алынды; кийинки отчетту мөөнөтүндө бериңиз.",
            "Принят; следующий отчёт представьте в срок.",
            "It was taken; submit the next one in time.",
        ),
        actor=Actor.PHARMACY,
    ),
}

_ACTS: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.ACT_NOT_FOUND: refused(
        programme("45"),
        Text(
            "Мындай акт сиздин дарыканаларда жок.",
            "Такого акта у ваших аптек нет.",
            "Your pharmacies have no such act.",
        ),
        Text(
            "Отчетту ачып, актынын белгисин ошол жерден алыңыз.",
            "Откройте отчёт и возьмите идентификатор акта оттуда.",
            "Open the report and take the act's id from there.",
        ),
        actor=Actor.PHARMACY,
        status=404,
    ),
    ErrorCode.ACT_STATE: refused(
        programme("45"),
        Text(
            "{number} актысы башка төлөм менен төлөнгөн.",
            "Акт {number} уже оплачен другим платежом.",
            "Act {number} has been paid by another payment.",
        ),
        Text(
            "Төлөмдүн номерин актыдагы менен салыштырыңыз.",
            "Сверьте номер платежа с указанным в акте.",
            "Compare the payment's reference with that of the act.",
        ),
        actor=Actor.FUND,
        status=409,
    ),
    ErrorCode.ACT_CHANGED: refused(
        programme("45"),
        Text(
            "Кол коюлган мазмун {number} актысынын мазмунуна дал келбейт.",
            "Подписываемое содержание не совпадает с содержанием акта {number}.",
            "What is being signed is not what act {number} says.",
        ),
        Text(
            "Актыны кайра ачып окуңуз да, анын digest маанисин жөнөтүңүз.",
            "Откройте акт заново, прочитайте его и отправьте его digest.",
            "Open the act again, read it, and send its digest.",
        ),
        actor=Actor.PHARMACY,
        status=409,
    ),
    ErrorCode.ACT_NOT_SIGNED: refused(
        programme("45"),
        Text(
            "{number} актысында дарыкананын жетекчисинин жана башкы бухгалтеринин экөөнүн тең колу жок.",
            "Под актом {number} нет обеих подписей: руководителя и главного бухгалтера аптеки.",
            "Act {number} lacks one of the two signatures, of the pharmacy's head and of its chief accountant.",
        ),
        Text(
            "Экөө тең кол койгондон кийин төлөңүз.",
            "Оплатите после обеих подписей.",
            "Pay once both have signed.",
        ),
        actor=Actor.PHARMACY,
        status=409,
    ),
    ErrorCode.ACT_SIGNATURE_ROLE: refused(
        programme("45"),
        Text(
            "Сиз бул дарыканада мындай кызматта эмессиз, ошондуктан анын ордуна кол кое албайсыз.",
            "Вы не занимаете эту должность в аптеке и за неё подписать не можете.",
            "You do not hold this office at the pharmacy and cannot sign for it.",
        ),
        Text(
            "Кол коюу үчүн кызматкер өзү ЕСИ аркылуу кирсин; кызматы кызматкерлердин тизмесинде турсун.",
            "Пусть подпишет сам сотрудник, войдя через ЕСИ; его должность должна стоять в списке сотрудников.",
            "Have the person sign in through ESI and sign; their office must stand in the list of staff.",
        ),
        actor=Actor.PHARMACY,
        status=403,
    ),
    ErrorCode.ACT_SIGNED_ALREADY: refused(
        programme("45"),
        Text(
            "{number} актысына бул кызмат үчүн башка адам кол койгон.",
            "Акт {number} за эту должность уже подписал другой человек.",
            "Somebody else has signed act {number} for this office.",
        ),
        Text(
            "Эч нерсе кылуунун кереги жок; кол коюлган акт өзгөртүлбөйт.",
            "Ничего делать не нужно; подписанный акт не изменяется.",
            "Nothing needs to be done; a signed act is not changed.",
        ),
        actor=Actor.PHARMACY,
        status=409,
    ),
    ErrorCode.ACT_SAME_SIGNER: refused(
        programme("45"),
        Text(
            "Эки кызмат үчүн бир адам кол коюуда, бирок экөөнө тең дайындалганы катталган эмес.",
            "За обе должности подписывает один человек, но назначение на обе не записано.",
            "One person signs for both offices, but is not recorded as appointed to both.",
        ),
        Text(
            "Экинчи адам кол койсун же эки дайындоону тең кызматкерлердин тизмесине киргизиңиз.",
            "Пусть подпишет второй человек, или внесите оба назначения в список сотрудников.",
            "Have the other person sign, or enter both appointments in the list of staff.",
        ),
        actor=Actor.PHARMACY,
        status=403,
    ),
}

_LINES: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.LINE_NOT_FOUND: refused(
        programme("46", "47"),
        Text("Мындай дары берүү жок.", "Такого отпуска нет.", "There is no such dispense."),
        Text(
            "Сап дары берүүнүн белгиси менен аталат; аны отчеттон алыңыз.",
            "Строка называется идентификатором отпуска; возьмите его из отчёта.",
            "A line is named by the id of its dispense; take it from the report.",
        ),
        actor=Actor.FUND,
        status=404,
    ),
    ErrorCode.LINE_STATE: refused(
        programme("46", "47"),
        Text(
            "Сап боюнча мындай чечим азыр мүмкүн эмес: {why}.",
            "Такое решение по строке сейчас невозможно: {why}.",
            "This cannot be decided on the line now: {why}.",
        ),
        Text(
            "Акт түзүлгөнгө чейин сап ордун толтурууга жатпайт деп белгиленет, кийин текшерүү актысы менен кайтарылат.",
            "До составления акта строку помечают как не подлежащую возмещению, после — возвращают по акту проверки.",
            "Before the act is drawn a line is marked not compensable; afterwards it is clawed back by inspection act.",
        ),
        actor=Actor.FUND,
        status=409,
    ),
    ErrorCode.CLAWBACK_TOO_LARGE: refused(
        programme("47"),
        Text(
            "Сап боюнча {left} сом гана калды; андан ашык кайтарылбайт.",
            "По строке осталось только {left} сома; больше вернуть нельзя.",
            "Only {left} som of the line are left; no more can be taken back.",
        ),
        Text(
            "Сумманы текшерүү актысы жана сап менен салыштырыңыз.",
            "Сверьте сумму с актом проверки и со строкой.",
            "Compare the sum with the inspection act and with the line.",
        ),
        actor=Actor.FUND,
    ),
    ErrorCode.INSPECTION_ACT_REQUIRED: refused(
        programme("23", "47"),
        Text(
            "Текшерүү актысынын номери же күнү жок, же күнү туура эмес.",
            "Нет номера или даты акта проверки, или дата неверна.",
            "The inspection act's number or date is missing, or the date is wrong.",
        ),
        Text(
            "Номерин жана күнүн жазыңыз; күнү дары берилген күндөн эрте, бүгүндөн кеч болбойт.",
            "Укажите номер и дату: не раньше дня отпуска и не позже сегодняшнего.",
            "Give its number and its date, not before the day of sale and not after today.",
        ),
        actor=Actor.FUND,
    ),
    ErrorCode.RECOVERY_TOO_LARGE: refused(
        programme("23"),
        Text(
            "Бул дары берүү боюнча {left} сом гана калды; андан ашык өндүрүлбөйт.",
            "По этому отпуску осталось только {left} сома; больше взыскать нельзя.",
            "Only {left} som of this dispense are left; no more can be recovered.",
        ),
        Text(
            "Сумманы актыда аныкталган бузуулар менен салыштырыңыз.",
            "Сверьте сумму с нарушениями, установленными актом.",
            "Compare the sum with what the act has found.",
        ),
        actor=Actor.FUND,
    ),
    ErrorCode.RECONCILIATION_ROW: refused(
        programme("41"),
        Text(
            "Тизменин {row}-сабы окулган жок: {column}.",
            "Строка {row} списка не прочитана: {column}.",
            "Row {row} of the list cannot be read: {column}.",
        ),
        Text(
            "Сапта дары берүүнүн белгиси же чектин номери менен күнү, ошондой эле сумма болсун (мисалы, 360.00).",
            "В строке нужны идентификатор отпуска или номер и дата чека, а также сумма (например, 360.00).",
            "A row needs the dispense's id, or number and day of the receipt, and the sum (360.00, for example).",
        ),
        actor=Actor.PHARMACY,
    ),
}

_DISPUTES: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.DISPUTE_NOT_FOUND: refused(
        programme("48"),
        Text("Мындай талаш жок.", "Такого спора нет.", "There is no such dispute."),
        Text(
            "Талаштардын тизмесин ачыңыз.",
            "Откройте список споров.",
            "Open the list of disputes.",
        ),
        actor=Actor.FUND,
        status=404,
    ),
    ErrorCode.DISPUTE_TOO_LATE: refused(
        programme("48"),
        Text(
            "Арыздар дары берилген айда ({month}) жана отчет түзүлгөнгө чейин гана кабыл алынат.",
            "Заявления принимаются только в месяце отпуска ({month}) и до формирования отчёта.",
            "Applications are taken only in the month of the dispense ({month}) and before the report is formed.",
        ),
        Text(
            "Мөөнөт өттү; маселени ММК фонду менен келишимдин негизинде чечиңиз.",
            "Срок прошёл; решайте вопрос с ФОМС на основании договора.",
            "It is too late; settle the matter with the fund under the contract.",
        ),
        actor=Actor.PHARMACY,
    ),
    ErrorCode.DISPUTE_STATE: refused(
        programme("48", "50"),
        Text(
            "Бул дары берүү боюнча талаш бар, анын абалы: {state}.",
            "По этому отпуску спор уже есть, его состояние: {state}.",
            "There is a dispute on this dispense already; it is {state}.",
        ),
        Text(
            "Бир дары берүү боюнча бир талаш болот, ал бир жолу чечилет.",
            "По одному отпуску бывает один спор, и решается он один раз.",
            "There is one dispute a dispense, and it is decided once.",
        ),
        actor=Actor.FUND,
        status=409,
    ),
    ErrorCode.DISPUTE_AMOUNT: refused(
        programme("44", "50"),
        Text(
            "Канааттандырылган талаштын суммасы 0дөн {most} сомго чейин болушу керек.",
            "Сумма удовлетворённого спора должна быть от 0 до {most} сома.",
            "The sum of an upheld dispute must lie between 0 and {most} som.",
        ),
        Text(
            "Протоколдо чечилген сумманы жазыңыз; баш тартылганда сумма жазылбайт.",
            "Укажите сумму по протоколу; при отказе сумма не указывается.",
            "Give the sum of the protocol; a refusal has none.",
        ),
        actor=Actor.FUND,
    ),
    ErrorCode.COMMISSION_TOO_SMALL: refused(
        programme("49"),
        Text(
            "Комиссияда {members} ар башка мүчө бар; 3төн кем болбойт.",
            "В комиссии {members} разных членов; нужно не меньше 3.",
            "The commission has {members} distinct members; at least 3 are needed.",
        ),
        Text(
            "Протоколдогу бардык мүчөлөрдү жазыңыз.",
            "Укажите всех членов из протокола.",
            "Give all members of the protocol.",
        ),
        actor=Actor.FUND,
    ),
    ErrorCode.PROTOCOL_MISSING: refused(
        programme("49", "50"),
        Text(
            "Комиссиянын протоколунун номери же күнү жок, же күнү туура эмес.",
            "Нет номера или даты протокола комиссии, или дата неверна.",
            "The number or the date of the commission's protocol is missing, or the date is wrong.",
        ),
        Text(
            "Номерин жана күнүн жазыңыз; күнү арыз берилген күндөн эрте, бүгүндөн кеч болбойт.",
            "Укажите номер и дату: не раньше дня заявления и не позже сегодняшнего.",
            "Give its number and its date, not before the day of the application and not after today.",
        ),
        actor=Actor.FUND,
    ),
}

ENTRIES: dict[ErrorCode, ErrorEntry] = _REPORTS | _ACTS | _LINES | _DISPUTES
