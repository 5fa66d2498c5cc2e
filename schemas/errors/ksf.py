"""Entries of the catalogue: the КСФ number (order on Sanarip Clinic, Annex 3)."""

from __future__ import annotations

from schemas.errors.codes import ErrorCode
from schemas.errors.content import annex_3, noted, refused
from schemas.errors.model import Actor, ErrorEntry, Text

ENTRIES: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.KSF_FORMAT: refused(
        annex_3("1"),
        Text(
            "КСФ номери {expected} кадимки сандан гана турат; {position}-орунда башка белги турат.",
            "Номер КСФ состоит только из {expected} обычных цифр; на позиции {position} стоит другой знак.",
            "A КСФ number is made of {expected} plain digits only; at position {position} stands something else.",
        ),
        Text(
            "Номерди 0–9 сандары менен боштуксуз териңиз.",
            "Наберите номер цифрами 0–9 без пробелов.",
            "Type the number in the digits 0–9 without spaces.",
        ),
    ),
    ErrorCode.KSF_LENGTH: refused(
        annex_3("1"),
        Text(
            "КСФ номеринде {actual} сан бар, {expected} болушу керек.",
            "В номере КСФ {actual} цифр, а должно быть {expected}.",
            "The КСФ number has {actual} digits; it must have {expected}.",
        ),
        Text(
            "Номерди толугу менен, алдыңкы нөлдөрү менен кошо көчүрүңүз.",
            "Перепишите номер целиком, вместе с ведущими нулями.",
            "Copy the whole number, leading zeros included.",
        ),
    ),
    ErrorCode.KSF_LENGTH_16: refused(
        annex_3("1"),
        Text(
            "КСФ номеринде 17 эмес, 16 сан бар. Орундары: 1–7 катар номери, 8–9 бөлүм, 10–15 уюм, 16–17 чыккан жылы.",
            "В номере КСФ 16 цифр вместо 17. Позиции: 1–7 порядковый номер, 8–9 отделение, 10–15 организация, "
            "16–17 год выбытия.",
            "The КСФ number has 16 digits instead of 17. Positions: 1–7 sequence, 8–9 department, 10–15 organisation, "
            "16–17 year of discharge.",
        ),
        Text(
            "Көбүнчө алдыңкы нөл түшүп калат: номер сан эмес, текст катары сакталсын.",
            "Чаще всего потерян ведущий ноль: храните номер как текст, а не как число.",
            "Mostly a leading zero got lost: keep the number as text, not as a figure.",
        ),
    ),
    ErrorCode.KSF_LENGTH_18: refused(
        annex_3("1", "4"),
        Text(
            "КСФ номеринде 17 эмес, 18 сан бар. Буйрук өзүнө каршы келет: 4-пункт уюмга 10–16-орундарды (7 сан) берет, "
            "бирок 1-пункт менен мисалда 17 сан. Уюм 10–15-орундарда, 6 сан; 16–17 чыккан жылы.",
            "В номере КСФ 18 цифр вместо 17. Приказ противоречит себе: пункт 4 отводит организации позиции 10–16 "
            "(7 цифр), но по пункту 1 и примеру цифр 17. Организация занимает позиции 10–15 (6 цифр), 16–17 — год "
            "выбытия.",
            "The КСФ number has 18 digits instead of 17. The order contradicts itself: clause 4 gives the organisation "
            "positions 10–16 (7 digits), but clause 1 and the example have 17 digits. The organisation takes positions "
            "10–15 (6 digits), the year of discharge 16–17.",
        ),
        Text(
            "Уюмдун алты орундуу коду менен 17 сандуу номер түзүңүз. Үлгү: 00000011895017425.",
            "Сформируйте номер из 17 цифр с шестизначным кодом организации. Образец: 00000011895017425.",
            "Form a number of 17 digits with the six-digit organisation code. Example: 00000011895017425.",
        ),
    ),
    ErrorCode.KSF_SEQ_ZERO: refused(
        annex_3("2"),
        Text(
            "КСФ номеринин биринчи {digits} саны нөл: катар номери 1ден башталат.",
            "Первые {digits} цифр номера КСФ — нули: порядковый номер начинается с 1.",
            "The first {digits} digits of the КСФ number are zeros: the sequence begins with 1.",
        ),
        Text(
            "Кийинки бош катар номерин коюңуз же номерди шлюз түзсүн үчүн жөнөтпөңүз.",
            "Укажите следующий свободный порядковый номер или не передавайте номер: его сформирует шлюз.",
            "Give the next free sequence, or send no number: the gateway will form it.",
        ),
        actor=Actor.INTEGRATOR,
    ),
    ErrorCode.KSF_SEQ_EXHAUSTED: refused(
        annex_3("2"),
        Text(
            "Бул жылдын катар номерлери түгөндү; номерлер кайталанбайт.",
            "Порядковые номера этого года исчерпаны; номера не повторяются.",
            "The sequence of this year is exhausted, and numbers are never used again.",
        ),
        Text(
            "Шлюздун операторуна кайрылыңыз: эсептегичтин чөйрөсүн тарытуу же буйрукту тактоо керек.",
            "Обратитесь к оператору шлюза: нужно сузить область счётчика или уточнить приказ.",
            "Turn to the gateway's operator: the counter's scope must be narrowed or the order clarified.",
        ),
        actor=Actor.OPERATOR,
    ),
    ErrorCode.KSF_DEPARTMENT_UNKNOWN: refused(
        annex_3("3"),
        Text(
            "КСФ номеринин {positions}-сандары — {found}; уюмдун сөздүгүндө мындай бөлүм жок. Учурдун бөлүмү: "
            "{department}.",
            "Цифры {positions} номера КСФ — {found}; такого отделения нет в справочнике организации. Отделение случая: "
            "{department}.",
            "Digits {positions} of the КСФ number are {found}; the organisation's directory has no such department. "
            "The case's department is {department}.",
        ),
        Text(
            "Номерди КСФны түзгөн бөлүмдүн коду менен түзүңүз.",
            "Сформируйте номер с кодом отделения, сформировавшего КСФ.",
            "Form the number with the code of the department that formed the КСФ.",
        ),
    ),
    ErrorCode.KSF_DEPARTMENT_MISMATCH: refused(
        annex_3("3"),
        Text(
            "КСФ номеринин {positions}-сандары — {found}, ал эми КСФны түзгөн бөлүм — {department}.",
            "Цифры {positions} номера КСФ — {found}, а КСФ сформировало отделение {department}.",
            "Digits {positions} of the КСФ number are {found}, but department {department} formed the КСФ.",
        ),
        Text(
            "Номерди же учурдун бөлүмүн оңдоңуз.",
            "Исправьте номер или отделение случая.",
            "Correct the number or the case's department.",
        ),
    ),
    ErrorCode.KSF_ORG_UNKNOWN: refused(
        annex_3("4"),
        Text(
            "КСФ номеринин {positions}-сандары — {found}; реестрде мындай уюм жок. Учурдун уюму: {organisation}.",
            "Цифры {positions} номера КСФ — {found}; такой организации нет в реестре. Организация случая: "
            "{organisation}.",
            "Digits {positions} of the КСФ number are {found}; the register has no such organisation. The case's "
            "organisation is {organisation}.",
        ),
        Text(
            "Номерди өз уюмуңуздун алты орундуу коду менен түзүңүз.",
            "Сформируйте номер с шестизначным кодом своей организации.",
            "Form the number with your own organisation's six-digit code.",
        ),
    ),
    ErrorCode.KSF_ORG_MISMATCH: refused(
        annex_3("4"),
        Text(
            "КСФ номеринин {positions}-сандары — {found}, ал эми учурдун уюму — {organisation}.",
            "Цифры {positions} номера КСФ — {found}, а организация случая — {organisation}.",
            "Digits {positions} of the КСФ number are {found}, but the case's organisation is {organisation}.",
        ),
        Text(
            "Номерди же учурдун уюмун оңдоңуз.",
            "Исправьте номер или организацию случая.",
            "Correct the number or the case's organisation.",
        ),
    ),
    ErrorCode.KSF_YEAR_MISMATCH: refused(
        annex_3("5"),
        Text(
            "КСФ номеринин {positions}-сандары — {found}, бирок бейтап {year}-жылы чыккан: {expected} болушу керек.",
            "Цифры {positions} номера КСФ — {found}, но пациент выбыл в {year} году: должно быть {expected}.",
            "Digits {positions} of the КСФ number are {found}, but the patient left in {year}: they must be "
            "{expected}.",
        ),
        Text(
            "Номер жаткырылган эмес, чыккан жыл менен бүтөт: номерди же чыккан күндү оңдоңуз.",
            "Номер оканчивается годом выбытия, а не поступления: исправьте номер или дату выбытия.",
            "The number ends with the year of discharge, not of admission: correct the number or the discharge.",
        ),
    ),
    ErrorCode.KSF_YEAR_EARLY: noted(
        annex_3("5"),
        Text(
            "Бейтап {year}-жылы, тутум киргизилгенге чейин чыккан.",
            "Пациент выбыл в {year} году, до внедрения Системы.",
            "The patient left in {year}, before the System was introduced.",
        ),
        Text(
            "Чыккан күндү текшериңиз; туура болсо, эч нерсе кылбаңыз.",
            "Проверьте дату выбытия; если она верна, ничего делать не нужно.",
            "Check the day of discharge; if it is right, do nothing.",
        ),
    ),
    ErrorCode.KSF_YEAR_RANGE: refused(
        annex_3("5"),
        Text(
            "Чыккан жыл 2000–2099 аралыгында эмес: аны КСФ номеринин эки саны көрсөтө албайт.",
            "Год выбытия вне 2000–2099: двумя цифрами номера КСФ его не выразить.",
            "The year of discharge is outside 2000–2099: two digits of a КСФ number cannot say it.",
        ),
        Text(
            "Чыккан күндү оңдоңуз.",
            "Исправьте дату выбытия.",
            "Correct the day of discharge.",
        ),
    ),
    ErrorCode.KSF_DUPLICATE: refused(
        annex_3("1", "2"),
        Text(
            "{number} КСФ номери башка учурга берилген; номер экинчи жолу колдонулбайт.",
            "Номер КСФ {number} уже присвоен другому случаю; номер не используется повторно.",
            "The КСФ number {number} belongs to another case; a number is never used again.",
        ),
        Text(
            "Бул ошол эле учур болсо, оңдоону PUT менен жөнөтүңүз; башка болсо, жаңы номер алыңыз.",
            "Если это тот же случай, отправьте исправление через PUT; если другой — возьмите новый номер.",
            "If it is the same case, send the correction with PUT; if another, take a new number.",
        ),
    ),
}
