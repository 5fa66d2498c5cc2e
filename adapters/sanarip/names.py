"""Names and places for synthetic people. Any likeness to somebody is chance: they are drawn from common names."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.treated_case import Region, Sex


@dataclass(frozen=True, slots=True)
class NamePool:
    """Names of one sex: family names, given names and patronymics, combined freely."""

    family: tuple[str, ...]
    given: tuple[str, ...]
    patronymic: tuple[str, ...]


NAMES: dict[Sex, NamePool] = {
    Sex.FEMALE: NamePool(
        ("Үсөнова", "Асанова", "Жолдошева", "Токтогулова", "Өмүрбекова", "Бейшеналиева", "Маматова", "Иванова", "Ким"),
        ("Бермет", "Гүлнара", "Айнура", "Жаңыл", "Чолпон", "Назгүл", "Мээрим", "Анна", "Ольга"),
        ("Токтогуловна", "Өмүрбековна", "Асановна", "Жолдошевна", "Петровна"),
    ),
    Sex.MALE: NamePool(
        ("Үсөнов", "Асанов", "Жолдошев", "Токтогулов", "Өмүрбеков", "Бейшеналиев", "Маматов", "Иванов", "Цой"),
        ("Төлөгөн", "Нурлан", "Бакыт", "Эркин", "Тилек", "Үмүт", "Жеңиш", "Сергей", "Андрей"),
        ("Токтогулович", "Өмүрбекович", "Асанович", "Эркинович", "Петрович"),
    ),
}

DOCTORS: tuple[str, ...] = (
    "Сыдыкова Айгүл Маратовна",
    "Жумабаев Кубан Эркинович",
    "Өмүралиева Жаңыл Асановна",
    "Бекова Нурзат Талантовна",
    "Абдыкалыков Төлөбек Үсөнович",
)

VILLAGES: dict[Region, str] = {
    Region.BISHKEK: "Бишкек ш., Үлгү көчөсү, 1",
    Region.OSH_CITY: "Ош ш., Үлгү көчөсү, 2",
    Region.BATKEN: "Кадамжай району, Үлгү айылы",
    Region.CHUI: "Жайыл району, Үлгү айылы",
    Region.ISSYK_KUL: "Түп району, Үлгү айылы",
    Region.JALAL_ABAD: "Базар-Коргон району, Үлгү айылы",
    Region.NARYN: "Ат-Башы району, Үлгү айылы",
    Region.OSH: "Өзгөн району, Үлгү айылы",
    Region.TALAS: "Манас району, Үлгү айылы",
}
"""An invented address in each of the nine regions («үлгү» means "sample")."""
