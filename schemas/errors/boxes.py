"""Entries of the catalogue: boxes and their codes, which the national medicines database knows."""

from __future__ import annotations

from typing import Final

from schemas.errors.codes import ErrorCode
from schemas.errors.content import refused
from schemas.errors.model import Actor, ErrorEntry, Text

_NATIONAL_DATABASE: Final = Text(
    "дары каражаттарынын улуттук маалымат базасы",
    "национальная база данных лекарственных средств",
    "national medicines database",
)

ENTRIES: dict[ErrorCode, ErrorEntry] = {
    ErrorCode.BOX_CODE_INVALID: refused(
        _NATIONAL_DATABASE,
        Text(
            "Кутунун коду окулбады: GTIN жана сериялык номери бар GS1 DataMatrix болушу керек.",
            "Код упаковки не читается: нужен GS1 DataMatrix с GTIN и серийным номером.",
            "The box's code cannot be read: it has to be a GS1 DataMatrix with GTIN and serial number.",
        ),
        Text(
            "Кодду кайра сканерлеңиз; сканер GS (FNC1) белгисин өткөрсүн.",
            "Отсканируйте код ещё раз; сканер должен передавать знак GS (FNC1).",
            "Scan the code again; the scanner has to send the character GS (FNC1).",
        ),
        actor=Actor.PHARMACY,
    ),
    ErrorCode.BOX_GTIN_MISMATCH: refused(
        _NATIONAL_DATABASE,
        Text(
            "Кутунун GTINи {gtin}, ал эми сатылган дарынын GTINи {expected}.",
            "GTIN упаковки {gtin}, а у продаваемого лекарства {expected}.",
            "The box has GTIN {gtin}, the medicine that is sold has {expected}.",
        ),
        Text(
            "Кутуну же дарынын кодун текшериңиз.",
            "Проверьте упаковку или код лекарства.",
            "Check the box, or the medicine's code.",
        ),
        actor=Actor.PHARMACY,
    ),
    ErrorCode.BOX_REPEATED: refused(
        _NATIONAL_DATABASE,
        Text(
            "Бир куту эки жолу көрсөтүлгөн.",
            "Одна и та же упаковка указана дважды.",
            "The same box is listed twice.",
        ),
        Text(
            "Ар бир кутуну бир жолу сканерлеңиз.",
            "Сканируйте каждую упаковку один раз.",
            "Scan every box once.",
        ),
        actor=Actor.PHARMACY,
    ),
    ErrorCode.BOX_EXPIRED: refused(
        _NATIONAL_DATABASE,
        Text(
            "Кутунун жарамдуулук мөөнөтү бүткөн.",
            "Срок годности упаковки истёк.",
            "The box is past its expiry date.",
        ),
        Text(
            "Аны сатпаңыз; мөөнөтү бүтпөгөн кутуну алыңыз.",
            "Не продавайте её; возьмите упаковку с неистёкшим сроком.",
            "Do not sell it; take one that has not expired.",
        ),
        actor=Actor.PHARMACY,
    ),
    ErrorCode.BOX_NOT_FOR_SALE: refused(
        _NATIONAL_DATABASE,
        Text(
            "Улуттук маалымат базасы боюнча бул кутуну сатууга болбойт: сатылган, кайтарылып алынган же калганы аз.",
            "По национальной базе эту упаковку продать нельзя: продана, отозвана или остаток меньше.",
            "By the national database this box is not for sale: sold, recalled, or less is left of it.",
        ),
        Text(
            "Башка куту алыңыз; бул ката болсо, маалымат базасынын колдоосуна кайрылыңыз.",
            "Возьмите другую упаковку; если это ошибка, обратитесь в поддержку базы.",
            "Take another box; if this is a mistake, turn to the database's support.",
        ),
        actor=Actor.PHARMACY,
    ),
    ErrorCode.BOX_SOLD: refused(
        _NATIONAL_DATABASE,
        Text(
            "Бул кутуну бүтүндөй сатуу жазылып коюлган.",
            "Продажа этой упаковки целиком уже записана.",
            "The sale of this whole box is recorded already.",
        ),
        Text(
            "Кутунун кодун кайра окуңуз; мурдагы сатуу ката болсо, адегенде аны кайтарыңыз.",
            "Считайте код упаковки заново; если прежняя продажа ошибочна, сначала сторнируйте её.",
            "Read the box's code again; if the earlier sale was a mistake, reverse it first.",
        ),
        actor=Actor.PHARMACY,
    ),
    ErrorCode.BOX_UNITS_MISMATCH: refused(
        _NATIONAL_DATABASE,
        Text(
            "Кутулардагы бирдиктер {counted}, ал эми {units} бирдик сатылып жатат.",
            "В упаковках единиц: {counted}, а продаётся: {units}.",
            "The boxes hold {counted} units, and {units} are sold.",
        ),
        Text(
            "Санды оңдоңуз; толук сатылбаган кутуга сатылган бирдиктердин санын жазыңыз.",
            "Исправьте количество; для неполной упаковки укажите проданные единицы.",
            "Correct the number; for a box sold in part give the units that are sold.",
        ),
        actor=Actor.PHARMACY,
    ),
}
