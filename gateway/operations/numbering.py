"""The ordinal numbers of the КСФ: counters that are moved in the transaction of the case they number."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

import orjson
from sqlalchemy import Connection, select

from gateway.operations.model import CaseSubmission
from gateway.store.driver import run
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


def take(connection: Connection, wanted: Mapping[str, int]) -> dict[str, int]:
    """Take so many ordinal numbers in each scope; returns the first of each. The counters stay locked until COMMIT.

    In the order of scopes, so that two nodes never wait for each other.
    """
    if not wanted:
        return {}
    scopes = sorted(wanted)
    if connection.dialect.name == "postgresql":
        reached = run(connection, _TAKE_POSTGRES, (scopes, [wanted[scope] for scope in scopes]))
    else:
        counts = orjson.dumps({scope: wanted[scope] for scope in scopes}).decode()
        reached = run(connection, _TAKE_SQLITE, (counts,))
    return {scope: last - wanted[scope] + 1 for scope, last in reached}


_TAKE_SQLITE = (
    "INSERT INTO ksf_counters (scope, last) SELECT key, value FROM json_each(?) WHERE true "
    "ON CONFLICT (scope) DO UPDATE SET last = ksf_counters.last + excluded.last RETURNING scope, last"
)
_TAKE_POSTGRES = (
    "INSERT INTO ksf_counters (scope, last) SELECT * FROM unnest($1::text[], $2::bigint[]) "
    "ON CONFLICT (scope) DO UPDATE SET last = ksf_counters.last + excluded.last RETURNING scope, last"
)


def taken(connection: Connection, numbers: Sequence[str]) -> set[str]:
    """Those of ``numbers`` that a case already has."""
    if not numbers:
        return set()
    found = connection.execute(select(treated_cases.c.ksf_number).where(treated_cases.c.ksf_number.in_(numbers)))
    return set(found.scalars())
