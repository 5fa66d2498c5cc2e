"""What the pretended agent knows: medicines, prescriptions, prices. All people and prescriptions are made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from uuid import UUID

from stdnum.ean import calc_check_digit

from kopuro_pos.agent.contract import Finding, Medicine, Severity

PIN: Final = "11704196200108"
PHARMACIST: Final = "Асанова А. Б."


@dataclass(frozen=True, slots=True)
class Shelf:
    """A medicine, what a pack costs here, how many there are, and what the fund pays for a unit. Sums are som."""

    medicine: Medicine
    pack_price: Decimal | None
    packs: int | None
    unit_compensation: Decimal


def _medicine(code: str, name: str, pack: int, maker: str, country: str, *, strength: str = "10") -> Medicine:
    body = f"04709999{code[-5:]}"
    gtin = body + calc_check_digit(body)
    return Medicine(
        code=code,
        inn="lisinopril",
        trade_name=name,
        form="таблетка",
        strength=strength,
        strength_unit="mg",
        pack_size=pack,
        manufacturer=maker,
        country=country,
        gtin=gtin,
    )


SHELVES: Final = (
    Shelf(_medicine("EX-00024", "Лизитау", 30, "Ала-Арча Фармация", "Кыргызстан"), Decimal("360.00"), 12, Decimal(5)),
    Shelf(_medicine("EX-00017", "Лизинокор", 30, "Exempla Pharma", "Индия"), Decimal("450.00"), 7, Decimal(5)),
    Shelf(_medicine("EX-00031", "Лизинокор форте", 30, "Exempla Pharma", "Индия"), Decimal("525.50"), 1, Decimal(5)),
    Shelf(_medicine("EX-00048", "Жүрөк-Өмүр", 60, "Чүй Фарм", "Кыргызстан"), Decimal("1120.00"), 3, Decimal(5)),
    Shelf(_medicine("EX-00055", "Ирузид Пример", 28, "Синтез Пример", "Казахстан"), None, None, Decimal(5)),
    Shelf(_medicine("EX-00062", "Лизопресс", 30, "Anatolia Example Ilac", "Түркия"), None, None, Decimal(5)),
)
ORDERED: Final = SHELVES[1].medicine

STANDARD: Final = "625498741294"
"""60 tablets, all there."""
EXPIRING: Final = "440499616009"
"""Three days left, and some findings."""
HELD: Final = "482177305518"
"""Another pharmacy has it."""
EXPIRED: Final = "319055277644"
"""Nothing can be dispensed on it."""
UNPRICED: Final = "771200483912"
"""Of the group nothing is in stock."""


@dataclass(frozen=True, slots=True)
class Prescription:
    """A prescription as the gateway would tell of it today."""

    id: UUID
    number: str
    issued_on: date
    remaining_units: int = 60
    state: str = "issued"
    held_by_other: bool = False
    stocked: bool = True
    findings: tuple[Finding, ...] = ()

    @property
    def last_day(self) -> date:
        """30 days after it was issued (clause 40)."""
        return self.issued_on + timedelta(days=30)

    @property
    def display_number(self) -> str:
        """In groups of four."""
        return " ".join(self.number[at : at + 4] for at in range(0, 12, 4))


@dataclass(frozen=True, slots=True)
class Words:
    """A finding's words in ky, ru and en: what, what to do."""

    severity: Severity
    clause: str
    ky: tuple[str, str]
    ru: tuple[str, str]
    en: tuple[str, str]


_CLAUSE: Final = {"ky": "Жобо, {}-пункт", "ru": "Положение, пункт {}", "en": "regulation, clause {}"}

FINDINGS: Final = {
    "RX_EXPIRES_SOON": Words(
        Severity.INFO,
        "40",
        ("Рецепттин мөөнөтү бүтүп баратат: 3 күн калды.", "Калганын кийин алам дегенге ушул күндү айтыңыз."),
        ("Срок действия рецепта истекает: осталось дней: 3.", "Тому, кто придёт за остатком, назовите этот день."),
        ("The prescription is about to expire: days left: 3.", "Tell that day to whoever comes back for the rest."),
    ),
    "RX_EXPIRED": Words(
        Severity.ERROR,
        "40",
        ("Рецепттин мөөнөтү бүткөн.", "Дары берилбейт. Пациент жаңы рецепт үчүн дарыгерине кайрылсын."),
        ("Срок действия рецепта истёк.", "Отпуск невозможен. Пациенту нужно обратиться к врачу за новым рецептом."),
        ("The prescription has expired.", "It cannot be dispensed. The patient has to ask the doctor for a new one."),
    ),
    "RX_HELD": Words(
        Severity.ERROR,
        "34",
        ("Рецепт боюнча башка дарыкана дары берип жатат.", "Күтүңүз же пациент рецептти бошотуусун сурансын."),
        ("По рецепту отпускает другая аптека.", "Подождите, или пусть пациент попросит ту аптеку освободить рецепт."),
        ("Another pharmacy is dispensing on it.", "Wait, or let the patient ask that pharmacy to release it."),
    ),
    "RX_NOT_FOUND": Words(
        Severity.ERROR,
        "34",
        ("ПИН менен номер дал келген рецепт табылган жок.", "ПИНди жана номерди кайра салыштырып териңиз."),
        ("Рецепт с такими ПИН и номером не найден.", "Сверьте ПИН и номер и наберите их ещё раз."),
        ("No prescription has this ПИН and number.", "Compare ПИН and number and type them again."),
    ),
    "PRICE_MAX_UNKNOWN": Words(
        Severity.WARNING,
        "39",
        ("Бул дарынын эң жогорку чекене баасы катталган эмес.", "Бааны дарыкананын башчысы менен текшериңиз."),
        ("Предельная розничная цена этого лекарства не зарегистрирована.", "Сверьте цену с заведующей."),
        ("No largest retail price of this medicine is registered.", "Check the price with the head."),
    ),
    "PRICE_ABOVE_MAX": Words(
        Severity.ERROR,
        "39",
        ("Баасы бекитилген эң жогорку чекене баадан (540,00 сом) жогору.", "Баасын төмөндөтүңүз же башкасын тандаңыз."),
        ("Цена выше утверждённой предельной розничной (540,00 сома).", "Снизьте цену или выберите другое лекарство."),
        ("The price is above the approved largest retail price (540.00 som).", "Lower it or choose another medicine."),
    ),
    "UNITS_ABOVE_COURSE": Words(
        Severity.INFO,
        "43",
        ("Курс боюнча 60 бирдик компенсацияланат; ашыгына пациент өзү төлөйт.", "Суммада бул эсепке алынган."),
        ("По курсу компенсируется единиц: 60; за лишние пациент платит сам.", "В сумме пациента это учтено."),
        ("The course allows 60 units; for those above it the patient alone pays.", "The patient's sum includes it."),
    ),
    "RECEIPT_MISMATCH": Words(
        Severity.WARNING,
        "38, 44",
        ("Чектеги сумма пациенттин үлүшүнөн башка.", "Ашык алынганын кайтарып, чекти оңдоңуз."),
        ("Сумма чека отличается от доли пациента.", "Верните лишнее и исправьте чек."),
        ("The receipt's sum is not the patient's share.", "Return what was charged too much and correct the receipt."),
    ),
    "RX_DISPENSED": Words(
        Severity.ERROR,
        "37, 43",
        ("Рецепт боюнча курстук доза толук берилген.", "Пациент жаңы рецепт үчүн дарыгерине кайрылсын."),
        ("По рецепту отпущена вся курсовая доза.", "Пациенту следует обратиться к врачу за новым рецептом."),
        ("The whole course dose has been dispensed.", "The patient has to ask the doctor for a new prescription."),
    ),
}


def finding(code: str, language: str) -> Finding:
    """What the gateway would say."""
    words = FINDINGS[code]
    message, action = getattr(words, language)
    clause = _CLAUSE[language].format(words.clause)
    return Finding(code=code, severity=words.severity, clause=clause, message=message, action=action)


def rounded(sum_: Decimal) -> Decimal:
    """To a tyiyn, half up."""
    return sum_.quantize(Decimal("0.01"), ROUND_HALF_UP)


def shares(shelf: Shelf, pack_price: Decimal, units: int, most: int) -> tuple[Decimal, Decimal, Decimal]:
    """Retail value, the fund's and the patient's share."""
    retail = rounded(pack_price * units / shelf.medicine.pack_size)
    covered = min(units, most)
    fund = min(rounded(shelf.unit_compensation * covered), rounded(pack_price * covered / shelf.medicine.pack_size))
    return retail, fund, retail - fund
