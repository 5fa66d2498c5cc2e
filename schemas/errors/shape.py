"""Entries of the catalogue: the shape of the message, as the schema of contract ``/v1`` has it."""

from __future__ import annotations

from schemas.errors.codes import ErrorCode
from schemas.errors.content import CONTRACT, refused
from schemas.errors.model import Actor, ErrorEntry, Text

ENTRIES: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.SCHEMA_REQUIRED: refused(
        CONTRACT,
        Text(
            "Милдеттүү талаа жок.",
            "Нет обязательного поля.",
            "A required field is missing.",
        ),
        Text(
            "Бул талааны толтуруңуз.",
            "Заполните это поле.",
            "Fill in this field.",
        ),
    ),
    ErrorCode.SCHEMA_UNKNOWN_FIELD: refused(
        CONTRACT,
        Text(
            "Схемада мындай талаа жок.",
            "В схеме нет такого поля.",
            "The schema has no such field.",
        ),
        Text(
            "Талаанын аталышын схема менен салыштырыңыз же талааны алып салыңыз.",
            "Сверьте название поля со схемой или уберите поле.",
            "Compare the field's name with the schema, or leave the field out.",
        ),
        actor=Actor.INTEGRATOR,
    ),
    ErrorCode.SCHEMA_TYPE: refused(
        CONTRACT,
        Text(
            "Маанинин түрү туура эмес: «{expected}» күтүлөт.",
            "Значение не того типа: ожидается «{expected}».",
            "The value has the wrong type: “{expected}” is expected.",
        ),
        Text(
            "Маанини схемадагы түрдө жөнөтүңүз.",
            "Передайте значение того типа, который указан в схеме.",
            "Send the value in the type the schema gives.",
        ),
        actor=Actor.INTEGRATOR,
    ),
    ErrorCode.SCHEMA_VALUE: refused(
        CONTRACT,
        Text(
            "Мындай маани болбойт. Уруксат берилгени: {allowed}.",
            "Такое значение недопустимо. Разрешено: {allowed}.",
            "This value is not allowed. Allowed: {allowed}.",
        ),
        Text(
            "Уруксат берилген маанилердин бирин тандаңыз.",
            "Выберите одно из разрешённых значений.",
            "Choose one of the allowed values.",
        ),
    ),
    ErrorCode.SCHEMA_LENGTH: refused(
        CONTRACT,
        Text(
            "Узундугу туура эмес: {limit} болушу керек (текстте белги, тизмеде сап).",
            "Неверная длина: должно быть {limit} (в тексте знаков, в списке строк).",
            "Wrong length: it must be {limit} (characters of a text, items of a list).",
        ),
        Text(
            "Тексттин же тизменин узундугун чекке келтириңиз.",
            "Приведите длину текста или списка к пределу.",
            "Bring the text or the list within the limit.",
        ),
    ),
    ErrorCode.SCHEMA_PATTERN: refused(
        CONTRACT,
        Text(
            "Маани «{pattern}» үлгүсүнө туура келбейт.",
            "Значение не соответствует образцу «{pattern}».",
            "The value does not match the pattern “{pattern}”.",
        ),
        Text(
            "Кодду сөздүктөгүдөй, кадимки сандар менен жазыңыз; алдыңкы нөлдөрдү калтырбаңыз.",
            "Запишите код как в справочнике, обычными цифрами, не теряя ведущих нулей.",
            "Write the code as the directory has it, in plain digits, leading zeros included.",
        ),
    ),
    ErrorCode.SCHEMA_INSTANT: refused(
        CONTRACT,
        Text(
            "Күн же убакыт окулбайт: {expected} түрүндө болушу керек.",
            "Дата или время не читаются: нужен вид {expected}.",
            "The date or time cannot be read: it must look like {expected}.",
        ),
        Text(
            "Чыныгы күндү, ал эми убакыт үчүн саат алкагын да жазыңыз; жылы 1900–2199.",
            "Укажите существующую дату, для времени — и часовой пояс; год от 1900 до 2199.",
            "Give a date that exists and, for a time, its offset; the year lies between 1900 and 2199.",
        ),
    ),
    ErrorCode.SCHEMA_CHARACTERS: refused(
        CONTRACT,
        Text(
            "Текстте көрүнбөгөн башкаруу белгилери бар.",
            "В тексте есть невидимые управляющие знаки.",
            "The text holds invisible control characters.",
        ),
        Text(
            "Текстти кайра териңиз же көчүрүлгөн белгилерди өчүрүңүз; сапты бөлүүгө узун тексттерде гана болот.",
            "Наберите текст заново или удалите скопированные знаки; перенос строки допустим только в длинных текстах.",
            "Type the text anew or delete what was pasted; line breaks are allowed in long texts only.",
        ),
    ),
    ErrorCode.SCHEMA_REPEATED_FIELD: refused(
        CONTRACT,
        Text(
            "Бир эле талаа бир объектте эки жолу берилген.",
            "Одно и то же поле дано в объекте дважды.",
            "One field stands twice in the same object.",
        ),
        Text(
            "Ар бир талааны бир эле жолу жөнөтүңүз.",
            "Передавайте каждое поле один раз.",
            "Send every field once.",
        ),
        actor=Actor.INTEGRATOR,
    ),
}
