"""Versions of the reference: their days and their age (regulation on the additional drug programme, 10, 12 and 13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from gateway.rules.days import add_months
from gateway.rules.findings import Finding
from schemas.errors import ErrorCode

LIST_MONTHS: Final = 12
"""The Ministry reviews the list at least once a year (clause 10)."""

LEVELS_MONTHS: Final = 6
"""The fund sets reimbursement levels and compensation at least twice a year (clause 12)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionDates:
    """The days of a version, all Bishkek days: of validity, of the list's approval and of the levels' setting."""

    number: int
    valid_from: date
    valid_until: date | None
    list_approved_on: date
    levels_set_on: date


def check_start(valid_from: date, today: date, latest: VersionDates | None) -> tuple[Finding, ...]:
    """Whether a new version may begin on a day: after every other began, and not in days that have been judged by one.

    The first version of all may begin at any day.
    """
    if latest is None:
        return ()
    findings = []
    if valid_from <= latest.valid_from:
        parameters: dict[str, str | int] = {"day": valid_from.isoformat(), "latest": latest.valid_from.isoformat()}
        findings.append(Finding(ErrorCode.MEDICINE_VERSION_OVERLAP, "$.valid_from", parameters))
    if valid_from < today:
        parameters = {"day": valid_from.isoformat(), "today": today.isoformat()}
        findings.append(Finding(ErrorCode.MEDICINE_VERSION_PAST, "$.valid_from", parameters))
    return tuple(findings)


def last_day_before(valid_from: date) -> date:
    """The last day of the version before one that begins on this day."""
    return valid_from - timedelta(days=1)


def ages(version: VersionDates, today: date) -> tuple[Finding, ...]:
    """Warnings on a list or on levels that should have been reviewed by now."""
    findings = []
    if add_months(version.list_approved_on, LIST_MONTHS) < today:
        findings.append(_old(ErrorCode.MEDICINE_LIST_OLD, "$.list_approved_on", version.list_approved_on))
    if add_months(version.levels_set_on, LEVELS_MONTHS) < today:
        findings.append(_old(ErrorCode.MEDICINE_LEVELS_OLD, "$.levels_set_on", version.levels_set_on))
    return tuple(findings)


def _old(code: ErrorCode, path: str, since: date) -> Finding:
    return Finding(code, path, {"day": since.isoformat()})
