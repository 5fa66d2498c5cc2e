"""The words of the slip in three languages, and how sums, days and instants are written on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from kopuro_pos.agent.contract import ReversalReason
from kopuro_pos.agent.day.days import BISHKEK
from kopuro_pos.agent.texts import Text

_NO_BREAK: Final = "\u00a0"


class SlipWords:
    """Every label of the slip."""

    sale: Final = Text("ЖЕҢИЛДЕТИЛГЕН ДАРЫ", "ЛЬГОТНЫЙ ОТПУСК", "SUBSIDISED DISPENSE")
    reversal: Final = Text("КАЙТАРУУ", "ВОЗВРАТ", "REVERSAL")
    copy: Final = Text("КӨЧҮРМӨ (КОПИЯ)", "КОПИЯ", "COPY (КОПИЯ)")
    waiting: Final = Text(
        "ШЛЮЗДУН ЖООБУН КҮТҮҮДӨ: азырынча жазылган жок",
        "ОЖИДАЕТ ОТВЕТА ШЛЮЗА: пока не записано",
        "WAITING FOR THE GATEWAY: not recorded yet",
    )
    refused: Final = Text(
        "ШЛЮЗ БАШ ТАРТТЫ: компенсация жок", "ШЛЮЗ ОТКАЗАЛ: компенсации нет", "THE GATEWAY REFUSED: no compensation"
    )
    pharmacy: Final = Text("Дарыкана", "Аптека", "Pharmacy")
    at: Final = Text("Убакыт", "Время", "Time")
    prescription: Final = Text("Рецепт", "Рецепт", "Prescription")
    medicine: Final = Text("Дары", "Лекарство", "Medicine")
    units: Final = Text("Саны", "Количество", "Units")
    pack_price: Final = Text("Кутунун баасы", "Цена упаковки", "Pack price")
    retail: Final = Text("Чекене наркы", "Розничная стоимость", "Retail")
    fund: Final = Text("Фонд төлөйт", "Платит Фонд", "The fund pays")
    patient: Final = Text("СИЗ ТӨЛӨЙСҮЗ", "ВЫ ПЛАТИТЕ", "YOU PAY")
    fund_back: Final = Text("Фондго кайтарылат", "Возвращается Фонду", "Back to the fund")
    patient_back: Final = Text("СИЗГЕ КАЙТАРЫЛАТ", "ВАМ ВОЗВРАЩАЕТСЯ", "BACK TO YOU")
    reason: Final = Text("Себеби", "Причина", "Reason")
    remaining: Final = Text("Рецептте калды", "Осталось по рецепту", "Left on the prescription")
    last_day: Final = Text("Акыркы күнү", "Последний день", "Last day")
    receipt: Final = Text("Чектин номери", "Номер чека", "Receipt")
    pharmacist: Final = Text("Фармацевт", "Фармацевт", "Pharmacist")
    dispense: Final = Text("Шлюздагы номери", "Номер в шлюзе", "Gateway id")
    fund_record: Final = Text("Фонддун жазуусу", "Запись Фонда", "Fund's record")
    foot: Final = Text(
        "Бул фискалдык чек эмес. Дарыны компенсациялоо: кошумча программа.",
        "Не является фискальным чеком. Компенсация: дополнительная программа.",
        "This is no fiscal receipt. Compensated by the additional programme.",
    )
    pieces: Final = Text("даана", "шт.", "units")
    som: Final = Text("сом", "сом", "som")


_REASONS: Final[Mapping[ReversalReason, Text]] = MappingProxyType(
    {
        ReversalReason.RETURNED: Text("кайтарып берди", "возвращено", "returned"),
        ReversalReason.WRONG_MEDICINE: Text("дары туура эмес", "не то лекарство", "wrong medicine"),
        ReversalReason.WRONG_QUANTITY: Text("саны туура эмес", "не то количество", "wrong quantity"),
        ReversalReason.WRONG_PRICE: Text("баасы туура эмес", "не та цена", "wrong price"),
        ReversalReason.NOT_HANDED_OVER: Text("берилген жок", "не выдано", "not handed over"),
    }
)
_DOSE_UNITS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "mcg": Text("мкг", "мкг", "mcg"),
        "mg": Text("мг", "мг", "mg"),
        "g": Text("г", "г", "g"),
        "ml": Text("мл", "мл", "ml"),
        "IU": Text("ЭБ", "МЕ", "IU"),
        "dose": Text("доза", "доза", "dose"),
        "piece": Text("даана", "шт.", "piece"),
    }
)


def money(value: Decimal, language: str) -> str:
    """A sum in som: ``1 234,50 сом``, in English ``1,234.50 som``."""
    text = f"{value:,.2f}"
    if language != "en":
        text = text.replace(",", _NO_BREAK).replace(".", ",")
    return f"{text}{_NO_BREAK}{SlipWords.som.of(language)}"


def day(value: date) -> str:
    """``14.02.2026``."""
    return f"{value:%d.%m.%Y}"


def instant(value: datetime) -> str:
    """By the clock of Bishkek: ``15.01.2026 12:00``."""
    return f"{value.astimezone(BISHKEK):%d.%m.%Y %H:%M}"


def dose_unit(unit: str, language: str) -> str:
    """A dose unit as it is written; one that only a newer gateway knows as it came."""
    return _DOSE_UNITS[unit].of(language) if unit in _DOSE_UNITS else unit


def reason(value: str, language: str) -> str:
    """Why a sale was taken back."""
    return _REASONS[ReversalReason(value)].of(language)
