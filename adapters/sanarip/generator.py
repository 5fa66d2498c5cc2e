"""Synthetic treated cases, the same ones for the same seed: what a hospital on Sanarip Clinic would send in a day.

Nobody described here exists. The cases satisfy every rule; :mod:`adapters.sanarip.mistakes` spoils them by name.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from adapters.sanarip.names import DOCTORS, NAMES, VILLAGES
from adapters.sanarip.stays import STAYS, Stay
from gateway.ports import Organisation
from schemas.treated_case import Region, Sex

Case = dict[str, Any]
"""A treated case of contract ``/v1`` as decoded JSON."""

BISHKEK = ZoneInfo("Asia/Bishkek")

_ROW_REGIONS: Mapping[str, tuple[Region, ...]] = {
    "osh": (Region.OSH, Region.OSH_CITY),
    "national": tuple(Region),
}
"""Rows of the roll-out schedule that cover other territory than the one they are named by."""


class CaseGenerator:
    """Makes valid cases of the given organisations, discharged in the week up to the Bishkek day ``until``."""

    def __init__(self, organisations: Sequence[Organisation], *, seed: int, until: date) -> None:
        self._organisations = [organisation for organisation in organisations if organisation.departments]
        if not self._organisations:
            raise ValueError("at least one organisation with departments is needed")
        self._until = until
        self._random = random.Random(seed)  # noqa: S311 - reproducible test data, no secret
        self._made = 0

    def cases(self, number: int) -> Iterator[Case]:
        """That many cases, the organisations in turn."""
        for _ in range(number):
            yield self.case(self._organisations[self._made % len(self._organisations)])

    def case(self, organisation: Organisation) -> Case:
        """One case of the organisation; some kind of stay one of its departments treats."""
        self._made += 1
        departments = {name: code for code, name in organisation.departments.items()}
        possible = [stay for stay in STAYS if stay.specialty in departments] or list(STAYS[:1])
        stay = self._random.choices(possible, weights=[kind.weight for kind in possible])[0]
        department = departments.get(stay.specialty) or min(organisation.departments)
        return self.case_of(stay, organisation, department)

    def case_of(self, stay: Stay, organisation: Organisation, department: str) -> Case:
        """One case of this kind of stay."""
        chance = self._random
        admitted, discharged = self._times(stay)
        doctor = {"full_name": chance.choice(DOCTORS)}
        died = stay.deadly and chance.random() < 0.15
        emergency = not stay.planned
        movement = {
            "department": department,
            "bed_profile": str(int(department) + 10),
            "entered_at": _text(admitted),
            "left_at": _text(discharged),
            "doctor": doctor,
            "diagnosis": stay.main,
        }
        case: Case = {
            "card_number": f"{self._made}/{discharged:%y}",
            "organisation": organisation.code,
            "department": department,
            "patient": self._patient(stay, organisation, admitted.date()),
            "referral": {"kind": "ambulance" if emergency else "family-doctor"},
            "admission": {
                "at": _text(admitted),
                "kind": "emergency" if emergency else "planned",
                "occurrence": "first",
            },
            "diagnoses": _diagnoses(stay),
            "movements": [movement],
            "discharge": {
                "at": _text(discharged),
                "outcome": "died" if died else "discharged",
                "result": "died" if died else chance.choice(("recovered", "improved")),
            },
            "payment_source": "mandatory-insurance",
            "doctors": {"attending": doctor},
        }
        if emergency and not stay.newborn:
            case["admission"]["hours_since_onset"] = chance.randint(1, 48)
        if stay.surgery is not None:
            case["operations"] = [
                {
                    "at": _text(admitted + timedelta(hours=chance.randint(2, 20))),
                    "code": stay.surgery.code,
                    "name": stay.surgery.name,
                    "surgeon": {"full_name": chance.choice(DOCTORS)},
                    "anaesthesia": stay.surgery.anaesthesia,
                }
            ]
        if died:
            case["death"] = {"cause": {"code": stay.main}, "autopsy": chance.random() < 0.5}
        return case

    def _times(self, stay: Stay) -> tuple[datetime, datetime]:
        chance = self._random
        last_day = self._until - timedelta(days=chance.randint(1, 7))
        discharged = datetime(last_day.year, last_day.month, last_day.day, chance.randint(9, 17), 30, tzinfo=BISHKEK)
        length = timedelta(days=chance.randint(*stay.days), hours=chance.randint(0, 6), minutes=chance.randint(0, 59))
        return discharged - length, discharged

    def _patient(self, stay: Stay, organisation: Organisation, admitted: date) -> Case:
        chance = self._random
        sex = chance.choice(stay.sexes)
        born = self._birth_date(stay, admitted)
        age = (admitted - born).days // 365
        names = NAMES[sex]
        region = chance.choice(_ROW_REGIONS.get(organisation.region) or (Region(organisation.region),))
        status, insured = _standing(age)
        patient: Case = {
            "family_name": chance.choice(names.family),
            "given_name": chance.choice(names.given),
            "patronymic": chance.choice(names.patronymic),
            "birth_date": born.isoformat(),
            "sex": sex.value,
            "citizenship": "KGZ",
            "residence": {
                "region": region.value,
                "settlement": "town" if region in (Region.BISHKEK, Region.OSH_CITY) else "village",
                "address": VILLAGES[region],
            },
            "social_status": status,
            "insured_category": insured,
        }
        if stay.newborn:
            patient["pin_absence"] = {"reason": "newborn"}
        else:
            first = "1" if sex is Sex.FEMALE else "2"
            patient["pin"] = f"{first}{born:%d%m%Y}{chance.randint(0, 99_999):05d}"
        return patient

    def _birth_date(self, stay: Stay, admitted: date) -> date:
        if stay.newborn:
            return admitted - timedelta(days=self._random.randint(0, 5))
        youngest, oldest = stay.ages
        # One day past the whole years, so that the age holds on the day of admission whatever the leap years.
        return admitted - timedelta(days=self._random.randint(youngest * 366 + 1, oldest * 365))


def _diagnoses(stay: Stay) -> Case:
    diagnoses: Case = {"admission": {"code": stay.admission}, "main": {"code": stay.main, "text": stay.text}}
    if stay.complication is not None:
        diagnoses["complications"] = [{"code": stay.complication}]
    if stay.concomitant:
        diagnoses["concomitant"] = [{"code": code} for code in stay.concomitant]
    if stay.external_cause is not None:
        diagnoses["external_cause"] = {"code": stay.external_cause}
    return diagnoses


def _standing(age: int) -> tuple[str, str]:
    """Social status and insured category that go with an age in whole years."""
    if age < 7:
        return "preschool-child", "child"
    if age < 18:
        return "schoolchild", "child"
    if age < 63:
        return "employed", "employee"
    return "pensioner", "pensioner"


def _text(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds")
