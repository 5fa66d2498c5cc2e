"""What a sample is, and the people and stretches that samples share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.builders import ABSENT, case_json, movement_json

MIDDLE = "2025-12-15T10:00:00+06:00"
TWO_MOVEMENTS = [movement_json("05", left_at=MIDDLE), movement_json("18", entered_at=MIDDLE)]
DEATH = {"cause": {"code": "I21.0"}, "autopsy": True}
WOMAN = {"pin": "10101199012345", "sex": "female"}
GIRL = {"pin": "10101201812345", "sex": "female", "birth_date": "2018-01-01"}
CHILD = {"pin": "20101202112345", "birth_date": "2021-01-01"}
BABY = {"pin": ABSENT, "birth_date": "2025-12-09", "pin_absence": {"reason": "newborn"}}
FOREIGNER = {"pin": ABSENT, "pin_absence": {"reason": "foreign-citizen"}, "citizenship": "KAZ"}
LAST_DAY = {"number": "7", "opened_on": "2025-12-20", "closed_on": "2025-12-20"}
PASSPORT = {"kind": "passport", "number": "N 00000001", "country": "KAZ"}
NUMBER_FOR_A_NAME: dict[str, Any] = {"20101199012345": 1}


@dataclass(frozen=True)
class Sample:
    """A case, its circumstances, and what must be said: ``CODE $.path``."""

    name: str
    case: dict[str, Any]
    says: tuple[str, ...] = ()
    circumstances: dict[str, Any] = field(default_factory=dict)


def sample(name: str, *says: str, circumstances: dict[str, Any] | None = None, **overrides: Any) -> Sample:
    return Sample(name, case_json(**overrides), tuple(sorted(says)), circumstances or {})
