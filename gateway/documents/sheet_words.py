"""The words of the prescription's sheet in both languages that a patient may ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from schemas.errors import Language
from schemas.medicines import DoseUnit, Position


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetWords:
    """One language's words."""

    programme: str
    title: str
    copy: str
    number: str
    patient: str
    birth_date: str
    medicine: str
    form: str
    dose: str
    count: str
    course: str
    directions: str
    prescriber: str
    organisation: str
    issued_on: str
    valid_until: str
    foot: tuple[str, ...]
    positions: Mapping[Position, str]
    units: Mapping[DoseUnit, str]

    @property
    def outstanding(self) -> tuple[str, str]:
        """Labels of what is looked for first."""
        return self.medicine, self.valid_until


_KYRGYZ: Final = SheetWords(
    programme="Милдеттүү медициналык камсыздандыруунун кошумча программасы",
    title="ЖЕҢИЛДЕТИЛГЕН РЕЦЕПТ",
    copy="КӨЧҮРМӨ (КОПИЯ)",
    number="Рецепттин номери",
    patient="Пациент",
    birth_date="Туулган күнү",
    medicine="Дары каражаты (ЭПА)",
    form="Формасы, күчү",
    dose="Бир бирдиктин дозасы",
    count="Бирдиктердин саны",
    course="Курстук доза",
    directions="Колдонуу ыкмасы",
    prescriber="Дарыгер",
    organisation="Уюм",
    issued_on="Жазылган күнү",
    valid_until="Жарактуу акыркы күнү",
    foot=(
        (
            "Дарыканада ИЖНди жана рецепттин номерин айтыңыз. Дарыны Фонд менен келишими бар ар кандай "
            "дарыканадан алууга болот."
        ),
        (
            "Фармацевт ушул эле заттын бардык соодалык аталыштарын баалары менен айтууга милдеттүү; тандоо сиздики. "
            "Наркынын бир бөлүгүн Фонд төлөйт."
        ),
    ),
    positions=MappingProxyType(
        {
            Position.FAMILY_DOCTOR: "үй-бүлөлүк дарыгер",
            Position.ONCOLOGIST: "онколог",
            Position.PSYCHIATRIST: "психиатр",
            Position.FAP_HEAD: "ФАПтын башчысы",
            Position.OTHER: "башка кызматкер",
        }
    ),
    units=MappingProxyType(
        {
            DoseUnit.MICROGRAM: "мкг",
            DoseUnit.MILLIGRAM: "мг",
            DoseUnit.GRAM: "г",
            DoseUnit.MILLILITRE: "мл",
            DoseUnit.INTERNATIONAL_UNIT: "ЭБ",
            DoseUnit.DOSE: "доза",
            DoseUnit.PIECE: "даана",
        }
    ),
)

_RUSSIAN: Final = SheetWords(
    programme="Дополнительная программа обязательного медицинского страхования",
    title="ЛЬГОТНЫЙ РЕЦЕПТ",
    copy="КОПИЯ",
    number="Номер рецепта",
    patient="Пациент",
    birth_date="Дата рождения",
    medicine="Лекарство (МНН)",
    form="Форма, сила",
    dose="Доза одной единицы",
    count="Число единиц",
    course="Курсовая доза",
    directions="Способ применения",
    prescriber="Врач",
    organisation="Организация",
    issued_on="Выписан",
    valid_until="Последний день действия",
    foot=(
        (
            "В аптеке назовите ПИН и номер рецепта. Лекарство можно получить в любой аптеке, у которой есть договор с "
            "Фондом."
        ),
        (
            "Фармацевт обязан назвать все торговые наименования этого вещества с ценами; выбор за вами. "
            "Часть стоимости оплачивает Фонд."
        ),
    ),
    positions=MappingProxyType(
        {
            Position.FAMILY_DOCTOR: "семейный врач",
            Position.ONCOLOGIST: "онколог",
            Position.PSYCHIATRIST: "психиатр",
            Position.FAP_HEAD: "заведующий ФАП",
            Position.OTHER: "другой работник",
        }
    ),
    units=MappingProxyType(
        {
            DoseUnit.MICROGRAM: "мкг",
            DoseUnit.MILLIGRAM: "мг",
            DoseUnit.GRAM: "г",
            DoseUnit.MILLILITRE: "мл",
            DoseUnit.INTERNATIONAL_UNIT: "МЕ",
            DoseUnit.DOSE: "доза",
            DoseUnit.PIECE: "шт.",
        }
    ),
)

WORDS: Final[Mapping[Language, SheetWords]] = MappingProxyType({Language.KY: _KYRGYZ, Language.RU: _RUSSIAN})
