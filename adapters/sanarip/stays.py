"""Kinds of hospital stays the generator draws from: WHO ICD-10 codes as they go together in practice.

The weights are an invented mix, plausible for a general hospital; they are no statistics.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.treated_case import Sex

BOTH = (Sex.FEMALE, Sex.MALE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surgery:
    """An operation that belongs to a stay. The codes are of the synthetic hospital's own list."""

    code: str
    name: str
    anaesthesia: str = "general"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One kind of stay: diagnoses, whom it befalls (ages in whole years) and how many days it lasts."""

    specialty: str
    """Name of the department that treats it, as the register spells it."""
    main: str
    text: str
    admission: str
    concomitant: tuple[str, ...] = ()
    complication: str | None = None
    external_cause: str | None = None
    surgery: Surgery | None = None
    sexes: tuple[Sex, ...] = BOTH
    ages: tuple[int, int] = (18, 85)
    days: tuple[int, int] = (4, 11)
    planned: bool = False
    newborn: bool = False
    deadly: bool = False
    """Whether the patient may die of it."""
    weight: int = 10


_FEMALE = (Sex.FEMALE,)
_MALE = (Sex.MALE,)

STAYS: tuple[Stay, ...] = (
    Stay(
        specialty="Терапия", main="J18.1", text="Долевая пневмония", admission="J18.9", concomitant=("I10",), weight=22
    ),
    Stay(
        specialty="Терапия", main="J44.1", text="ХОБЛ, обострение", admission="J44.1", complication="J96.0", weight=12
    ),
    Stay(specialty="Терапия", main="J45.0", text="Аллергическая астма", admission="J45.9", ages=(18, 60)),
    Stay(specialty="Терапия", main="E11.6", text="Диабет 2 типа", admission="E11.9", concomitant=("I10", "E66.0")),
    Stay(specialty="Терапия", main="K29.7", text="Гастрит", admission="K29.7", concomitant=("D50.9",), planned=True),
    Stay(specialty="Терапия", main="N10", text="Острый пиелонефрит", admission="N10", weight=8),
    Stay(specialty="Терапия", main="I11.9", text="Гипертоническая болезнь сердца", admission="I10", ages=(40, 85)),
    Stay(
        specialty="Кардиология",
        main="I21.1",
        text="Острый инфаркт миокарда нижней стенки",
        admission="I20.0",
        concomitant=("I10", "E11.9"),
        complication="I50.0",
        ages=(45, 85),
        days=(8, 16),
        deadly=True,
        weight=12,
    ),
    Stay(specialty="Кардиология", main="I50.0", text="Сердечная недостаточность", admission="I50.9", ages=(55, 88)),
    Stay(
        specialty="Кардиология",
        main="I25.1",
        text="Ишемическая болезнь сердца",
        admission="I25.1",
        planned=True,
        ages=(45, 80),
    ),
    Stay(
        specialty="Неврология",
        main="I63.9",
        text="Инфаркт мозга",
        admission="I64",
        concomitant=("I10",),
        ages=(50, 88),
        days=(9, 18),
        deadly=True,
    ),
    Stay(specialty="Неврология", main="G40.2", text="Эпилепсия", admission="G40.9", ages=(18, 60), weight=4),
    Stay(specialty="Неврология", main="M51.1", text="Радикулопатия", admission="M51.1", ages=(25, 65), planned=True),
    Stay(
        specialty="Хирургия",
        main="K35.8",
        text="Острый аппендицит",
        admission="R10.0",
        ages=(18, 60),
        days=(3, 6),
        surgery=Surgery(code="47.0", name="Аппендэктомия"),
        weight=16,
    ),
    Stay(
        specialty="Хирургия",
        main="K80.1",
        text="Калькулёзный холецистит",
        admission="K80.2",
        ages=(25, 75),
        planned=True,
        surgery=Surgery(code="51.23", name="Лапароскопическая холецистэктомия"),
    ),
    Stay(
        specialty="Хирургия",
        main="K40.9",
        text="Паховая грыжа",
        admission="K40.9",
        sexes=_MALE,
        ages=(20, 75),
        days=(3, 6),
        surgery=Surgery(code="53.0", name="Герниопластика", anaesthesia="regional"),
        planned=True,
    ),
    Stay(
        specialty="Травматология",
        main="S72.0",
        text="Перелом шейки бедра",
        admission="S72.0",
        external_cause="W01",
        ages=(55, 88),
        days=(10, 18),
        surgery=Surgery(code="81.5", name="Эндопротезирование", anaesthesia="regional"),
    ),
    Stay(
        specialty="Травматология",
        main="S06.0",
        text="Сотрясение мозга",
        admission="S06.0",
        external_cause="V03.1",
        ages=(18, 60),
    ),
    Stay(
        specialty="Травматология",
        main="S52.5",
        text="Перелом лучевой кости",
        admission="S52.5",
        external_cause="W10",
        days=(2, 5),
    ),
    Stay(
        specialty="Акушерство",
        main="O80.0",
        text="Самопроизвольные роды",
        admission="O80.0",
        sexes=_FEMALE,
        ages=(19, 40),
        days=(3, 5),
        weight=26,
    ),
    Stay(
        specialty="Акушерство",
        main="O82.1",
        text="Срочное кесарево сечение",
        admission="O82.9",
        sexes=_FEMALE,
        ages=(19, 40),
        days=(4, 7),
        surgery=Surgery(code="74.1", name="Кесарево сечение", anaesthesia="regional"),
    ),
    Stay(
        specialty="Акушерство",
        main="O14.1",
        text="Тяжёлая преэклампсия",
        admission="O14.9",
        sexes=_FEMALE,
        ages=(19, 42),
        weight=4,
    ),
    Stay(
        specialty="Патология новорождённых",
        main="P59.9",
        text="Желтуха новорождённого",
        admission="P59.9",
        ages=(0, 0),
        newborn=True,
        days=(3, 7),
    ),
    Stay(
        specialty="Патология новорождённых",
        main="P07.3",
        text="Недоношенность",
        admission="P07.3",
        complication="P22.0",
        ages=(0, 0),
        newborn=True,
        days=(8, 20),
        weight=5,
    ),
    Stay(
        specialty="Педиатрия",
        main="J20.9",
        text="Острый бронхит",
        admission="J20.9",
        ages=(1, 14),
        days=(4, 7),
        weight=14,
    ),
    Stay(specialty="Педиатрия", main="J03.9", text="Острый тонзиллит", admission="J03.9", ages=(3, 14), days=(3, 6)),
    Stay(
        specialty="Инфекция",
        main="A09.0",
        text="Острый гастроэнтерит",
        admission="A09.9",
        ages=(1, 70),
        days=(3, 6),
        weight=12,
    ),
    Stay(specialty="Урология", main="N20.0", text="Камень почки", admission="N23", ages=(20, 70), days=(3, 8)),
    Stay(
        specialty="Урология",
        main="N40",
        text="Гиперплазия простаты",
        admission="N40",
        sexes=_MALE,
        ages=(55, 85),
        planned=True,
        surgery=Surgery(code="60.2", name="Трансуретральная резекция", anaesthesia="regional"),
        weight=6,
    ),
)
"""All kinds of stays."""
