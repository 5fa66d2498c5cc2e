"""How long a prescription can be dispensed (regulation on the additional drug programme, clause 40)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from gateway.rules.findings import Finding
from schemas.errors import ErrorCode
from schemas.medicines import ControlledClass, Medicine

DAYS_BY_CLAUSE_40: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidityPolicy:
    """The term of a prescription («колдонуу мөөнөтү»), in calendar days of Bishkek.

    Clause 40 counts 30 calendar days «from the day it was issued» («жазып берилген күндөн тартып»). As terms of civil
    law do, ours begins on the day after: the last day is the day of issue + 30, and it can still be dispensed on it.
    With ``counts_day_of_issue`` the day of issue is the first of them, and the last is the day of issue + 29.

    ``controlled`` is the term of psychotropic and narcotic medicines, which the Cabinet of Ministers sets in rules of
    its own. We have not seen them: without an entry such a medicine cannot be prescribed.
    """

    days: int = DAYS_BY_CLAUSE_40
    counts_day_of_issue: bool = False
    controlled: Mapping[ControlledClass, int] = field(default_factory=lambda: MappingProxyType({}))


DEFAULT_POLICY: Final = ValidityPolicy()


def last_day(issued_on: date, medicine: Medicine, policy: ValidityPolicy = DEFAULT_POLICY) -> date | Finding:
    """The last Bishkek day on which it can be dispensed; ``VALIDITY_POLICY_MISSING`` where no term is known."""
    days: int | None = policy.days
    if medicine.controlled is not ControlledClass.NONE:
        days = policy.controlled.get(medicine.controlled)
    if days is None:
        return Finding(ErrorCode.VALIDITY_POLICY_MISSING, "$.item.medicine", {"controlled": medicine.controlled.value})
    return issued_on + timedelta(days=days - 1 if policy.counts_day_of_issue else days)


def expiry_notice(valid_until: date, today: date, *, within_days: int = 3) -> Finding | None:
    """That a prescription is about to expire: ``within_days`` before its last day, and on it."""
    left = (valid_until - today).days
    if not 0 <= left <= within_days:
        return None
    return Finding(ErrorCode.RX_EXPIRES_SOON, "$", {"last_day": valid_until.isoformat(), "days": left})
