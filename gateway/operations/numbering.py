"""The ordinal numbers of the КСФ: counters that are moved in the transaction of the case they number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from sqlalchemy import Connection, select, text

from gateway.operations.model import CaseSubmission
from gateway.store.tables import treated_cases

LARGEST_SEQUENCE = 9_999_999
"""Seven digits (order on Sanarip Clinic, Annex 3, clause 2)."""


class CounterScope(StrEnum):
    """Within what the ordinal number counts. The order is silent; every scope here keeps all 17 digits unique."""

    ORGANISATION_YEAR = "organisation-year"
    DEPARTMENT_YEAR = "department-year"
    NATIONAL_YEAR = "national-year"

    def key(self, submission: CaseSubmission) -> str:
        """The counter's name for this case."""
        year = f"{submission.discharge_year % 100:02d}"
        match self:
            case CounterScope.ORGANISATION_YEAR:
                return f"{submission.organisation}/{year}"
            case CounterScope.DEPARTMENT_YEAR:
                return f"{submission.organisation}.{submission.department}/{year}"
            case CounterScope.NATIONAL_YEAR:
                return f"all/{year}"


NumberFormer = Callable[[int, str, str, int], str]
"""(sequence, department, organisation, year of discharge) to the 17 digits; the layout is a rule's business."""


_TAKE = text(
    "INSERT INTO ksf_counters (scope, last) VALUES (:scope, :count) "
    "ON CONFLICT (scope) DO UPDATE SET last = ksf_counters.last + excluded.last RETURNING last"
)


def take(connection: Connection, scope: str, count: int) -> int:
    """Take ``count`` ordinal numbers; returns the first. The counter's row stays locked until COMMIT."""
    last: int = connection.execute(_TAKE, {"scope": scope, "count": count}).scalar_one()
    return last - count + 1


def taken(connection: Connection, numbers: Sequence[str]) -> set[str]:
    """Those of ``numbers`` that a case already has."""
    if not numbers:
        return set()
    found = connection.execute(select(treated_cases.c.ksf_number).where(treated_cases.c.ksf_number.in_(numbers)))
    return set(found.scalars())
