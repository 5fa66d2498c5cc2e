"""Entries of the catalogue: identifiers of people and organisations, and ICD-10 codes."""

from __future__ import annotations

from typing import Final

from schemas.errors.codes import ErrorCode
from schemas.errors.content import CORRECT_DATA, icd_10, noted, refused
from schemas.errors.model import ErrorEntry, Text

_PIN: Final = Text(
    "Өкмөттүн 2017-жылдын 28-сентябрындагы № 619 токтому (ИЖН)",
    "постановление Правительства от 28.09.2017 № 619 (ПИН)",
    "Government resolution No. 619 of 28 September 2017 (ПИН)",
)
_INN: Final = Text("ИСНдин түзүлүшү", "строение ИНН", "make-up of the ИНН")
_OKPO: Final = Text("ОКПОнун түзүлүшү", "строение ОКПО", "make-up of the ОКПО")

ENTRIES: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.PIN_FORMAT: refused(
        _PIN,
        Text(
            "ИЖН (ПИН) 14 сандан турат жана 1 же 2 санынан башталат.",
            "ПИН состоит из 14 цифр и начинается с 1 или 2.",
            "A ПИН has 14 digits and begins with 1 or 2.",
        ),
        Text(
            "ИЖНди паспорттон же туулгандыгы тууралуу күбөлүктөн көчүрүңүз.",
            "Перепишите ПИН из паспорта или свидетельства о рождении.",
            "Copy the ПИН from the passport or birth certificate.",
        ),
    ),
    ErrorCode.PIN_DATE: refused(
        _PIN,
        Text(
            "ИЖНдин (ПИН) 2–9-сандары чыныгы күндү (ККААЖЖЖЖ) түзбөйт.",
            "Цифры ПИН со 2-й по 9-ю не образуют существующей даты (ДДММГГГГ).",
            "Digits 2 to 9 of the ПИН form no date that exists (DDMMYYYY).",
        ),
        Text(
            "ИЖНди документ менен салыштырып, катасын оңдоңуз.",
            "Сверьте ПИН с документом и исправьте ошибку.",
            "Compare the ПИН with the document and correct it.",
        ),
    ),
    ErrorCode.PIN_SEX_MISMATCH: noted(
        CORRECT_DATA,
        Text(
            "ИЖНдин (ПИН) биринчи саны бейтаптын көрсөтүлгөн жынысына туура келбейт.",
            "Первая цифра ПИН не соответствует указанному полу пациента.",
            "The first digit of the ПИН does not agree with the patient's recorded sex.",
        ),
        Text(
            "ИЖНди жана жынысын документ менен салыштырыңыз.",
            "Сверьте ПИН и пол с документом.",
            "Compare the ПИН and the sex with the document.",
        ),
    ),
    ErrorCode.PIN_BIRTH_DATE_MISMATCH: noted(
        CORRECT_DATA,
        Text(
            "ИЖНдеги (ПИН) күн бейтаптын көрсөтүлгөн туулган күнүнө туура келбейт.",
            "Дата в ПИН не совпадает с указанной датой рождения пациента.",
            "The date in the ПИН differs from the patient's recorded birth date.",
        ),
        Text(
            "ИЖНди жана туулган күнүн документ менен салыштырыңыз.",
            "Сверьте ПИН и дату рождения с документом.",
            "Compare the ПИН and the birth date with the document.",
        ),
    ),
    ErrorCode.PIN_REQUIRED: refused(
        CORRECT_DATA,
        Text(
            "Бейтаптын ИЖНи (ПИН) да, анын жоктугунун себеби да көрсөтүлгөн эмес.",
            "Не указан ни ПИН пациента, ни причина его отсутствия.",
            "Neither the patient's ПИН is given nor why there is none.",
        ),
        Text(
            "ИЖНди жазыңыз же анын жоктугунун себебин тандаңыз: жаңы төрөлгөн, чет элдик, жарандыгы жок, аныкталбаган.",
            "Укажите ПИН или выберите причину: новорождённый, иностранный гражданин, без гражданства, личность не "
            "установлена.",
            "Give the ПИН or choose the reason: newborn, foreign citizen, stateless, unidentified.",
        ),
    ),
    ErrorCode.PIN_AND_ABSENCE: refused(
        CORRECT_DATA,
        Text(
            "ИЖН (ПИН) да, анын жоктугунун себеби да көрсөтүлгөн.",
            "Указаны и ПИН, и причина его отсутствия.",
            "Both a ПИН and a reason for having none are given.",
        ),
        Text(
            "Экөөнүн бирин калтырыңыз.",
            "Оставьте что-то одно.",
            "Keep only one of them.",
        ),
    ),
    ErrorCode.PIN_ABSENCE_DOCUMENT: refused(
        CORRECT_DATA,
        Text(
            "ИЖНи (ПИН) жок чет элдик же жарандыгы жок адамдын документи көрсөтүлгөн эмес.",
            "Для иностранного гражданина или лица без гражданства без ПИН не указан документ.",
            "A foreign citizen or stateless person without a ПИН needs an identity document.",
        ),
        Text(
            "Документтин түрүн, сериясын, номерин жана өлкөсүн жазыңыз.",
            "Укажите вид, серию, номер и страну документа.",
            "Give the document's kind, series and number, and country.",
        ),
    ),
    ErrorCode.PIN_ABSENCE_NOT_NEWBORN: refused(
        CORRECT_DATA,
        Text(
            "Бейтап жаткырылган күнү 28 күндүк же андан улуу: ал жаңы төрөлгөн эмес.",
            "В день поступления пациенту 28 дней или больше: это не новорождённый.",
            "The patient was 28 days or older on admission: not a newborn.",
        ),
        Text(
            "ИЖНди (ПИН) жазыңыз же анын жоктугунун башка себебин тандаңыз.",
            "Укажите ПИН или выберите другую причину его отсутствия.",
            "Give the ПИН or choose another reason for its absence.",
        ),
    ),
    ErrorCode.INN_FORMAT: refused(
        _INN,
        Text(
            "ИСН (ИНН) 14 сандан турат: уюмдуку 0дөн, ишкердики 1 же 2ден башталат.",
            "ИНН состоит из 14 цифр: у организации начинается с 0, у предпринимателя — с 1 или 2.",
            "An ИНН has 14 digits: an organisation's begins with 0, an entrepreneur's with 1 or 2.",
        ),
        Text(
            "ИСНди салык каттоосунун күбөлүгүнөн көчүрүңүз.",
            "Перепишите ИНН из свидетельства о налоговой регистрации.",
            "Copy the ИНН from the tax registration certificate.",
        ),
    ),
    ErrorCode.INN_DATE: refused(
        _INN,
        Text(
            "ИСНдин (ИНН) 2–9-сандары чыныгы күндү (ККААЖЖЖЖ) түзбөйт.",
            "Цифры ИНН со 2-й по 9-ю не образуют существующей даты (ДДММГГГГ).",
            "Digits 2 to 9 of the ИНН form no date that exists (DDMMYYYY).",
        ),
        Text(
            "ИСНди күбөлүк менен салыштырып, катасын оңдоңуз.",
            "Сверьте ИНН со свидетельством и исправьте ошибку.",
            "Compare the ИНН with the certificate and correct it.",
        ),
    ),
    ErrorCode.OKPO_FORMAT: refused(
        _OKPO,
        Text(
            "ОКПО 8 сандан турат.",
            "ОКПО состоит из 8 цифр.",
            "An ОКПО has 8 digits.",
        ),
        Text(
            "ОКПОну уюмдун каттоо документинен көчүрүңүз.",
            "Перепишите ОКПО из регистрационного документа организации.",
            "Copy the ОКПО from the organisation's registration document.",
        ),
    ),
    ErrorCode.OKPO_CHECK: noted(
        _OKPO,
        Text(
            "ОКПОнун текшерүү саны туура келбейт.",
            "Контрольная цифра ОКПО не сходится.",
            "The check digit of the ОКПО is not as expected.",
        ),
        Text(
            "ОКПОну документ менен салыштырыңыз; ал туура болсо, эч нерсе кылбаңыз.",
            "Сверьте ОКПО с документом; если он верен, ничего делать не нужно.",
            "Compare the ОКПО with the document; if it is right, do nothing.",
        ),
    ),
    ErrorCode.ICD_UNKNOWN: refused(
        icd_10("WHO, 2019"),
        Text(
            "МКБ-10до мындай код жок.",
            "В МКБ-10 нет такого кода.",
            "ICD-10 has no such code.",
        ),
        Text(
            "Кодду МКБ-10дон табыңыз. Тамгасы латынча, чекити үчүнчү белгиден кийин: J18.9.",
            "Найдите код по МКБ-10. Буква латинская, точка после третьего знака: J18.9.",
            "Look the code up in ICD-10. The letter is Latin, the point follows the third character: J18.9.",
        ),
    ),
    ErrorCode.ICD_TOO_BROAD: noted(
        icd_10("WHO, 2019"),
        Text(
            "Рубрика МКБ-10до дагы бөлүнөт: код жетишерлик так эмес.",
            "Рубрика делится в МКБ-10 дальше: код недостаточно точен.",
            "ICD-10 divides this category further: the code is not specific enough.",
        ),
        Text(
            "Төртүнчү белгиси бар кодду тандаңыз; белгисиз болсо, адатта .9.",
            "Выберите код с четвёртым знаком; если уточнить нельзя, обычно .9.",
            "Choose a code with a fourth character; if nothing more is known, usually .9.",
        ),
    ),
}
