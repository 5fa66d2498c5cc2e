"""The simulated ESI's people. All are invented; their ПИН have the right make-up and belong to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

PASSWORD: Final = "Simulated-1"  # noqa: S105 - of invented people, told on the simulator's own page
"""Everybody's first password within the simulated ESI."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One invented person. ``key`` names them to tests and demonstrations; ``birthdate`` is spelled as ESI would."""

    key: str
    pin: str
    family_name: str
    given_name: str
    birthdate: str
    phone: str
    organisation_inn: str | None = None
    organisation_name: str | None = None
    position: str | None = None

    @property
    def subject(self) -> str:
        """``sub``: opaque, and not the ПИН."""
        return f"00000000-0000-4000-8000-{int(self.pin[-5:]):012d}"

    def claims(self, scopes: frozenset[str]) -> dict[str, Any]:
        """What userinfo tells under these scopes, in ESI's words."""
        told: dict[str, Any] = {"sub": self.subject}
        if "profile" in scopes:
            told |= {
                "name": f"{self.family_name} {self.given_name}",
                "family_name": self.family_name,
                "given_name": self.given_name,
                "gender": "female" if self.pin.startswith("1") else "male",
                "birthdate": self.birthdate,
                "citizenship": "KGZ",
                "pin": self.pin,
            }
        if "organizations" in scopes and self.organisation_inn is not None:
            told |= {
                "organization_tin": self.organisation_inn,
                "organization_name": self.organisation_name,
                "position_name": self.position,
            }
        if "phone" in scopes:
            told |= {"phone_number": self.phone, "phone_number_verified": True}
        return told


PEOPLE: Final = (
    Person(
        key="family-doctor",
        pin="11503198000101",
        family_name="Айылчиева",
        given_name="Сыноо",
        birthdate="1980-03-15",
        phone="+996700000101",
        organisation_inn="00101199910011",
        organisation_name="Ойлоп табылган үй-бүлөлүк медицина борбору",
        position="Үй-бүлөлүк дарыгер",
    ),
    Person(
        key="hospital-clerk",
        pin="10207199100102",
        family_name="Жазуева",
        given_name="Мисал",
        birthdate="02.07.1991",
        phone="+996700000102",
        organisation_inn="02102199246048",
        organisation_name="Ойлоп табылган оорукана",
        position="Статистик",
    ),
    Person(
        key="pharmacist",
        pin="22811198700103",
        family_name="Дарыбеков",
        given_name="Үлгү",
        birthdate="1987-11-28",
        phone="+996700000103",
        organisation_inn="00101199910013",
        organisation_name="Ойлоп табылган дарыкана",
        position="Фармацевт",
    ),
    Person(
        key="staff-manager",
        pin="20901197500104",
        family_name="Башкаруев",
        given_name="Жасалма",
        birthdate="1975-01-09",
        phone="+996700000104",
        organisation_inn="02102199246048",
        organisation_name="Ойлоп табылган оорукана",
        position="Кадрлар бөлүмү",
    ),
    Person(
        key="technical-operator",
        pin="21404199300105",
        family_name="Операторов",
        given_name="Тест",
        birthdate="14.04.1993",
        phone="+996700000105",
    ),
    Person(
        key="auditor",
        pin="12512198400106",
        family_name="Текшерүүчү",
        given_name="Тест",
        birthdate="1984-12-25",
        phone="+996700000106",
    ),
    Person(
        key="stranger",
        pin="23005199900107",
        family_name="Бөтөнов",
        given_name="Тест",
        birthdate="1999-05-30",
        phone="+996700000107",
    ),
)
"""One person for several offices, and a stranger whom no staff register knows."""
