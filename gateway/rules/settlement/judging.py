"""What may be decided on a line, and what it then is worth (clauses 23, 46 to 50)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from gateway.rules.findings import Finding
from gateway.rules.settlement.model import ReportState, Standing
from gateway.rules.settlement.months import month_of
from schemas.amounts import som
from schemas.errors import ErrorCode

SMALLEST_COMMISSION: Final = 3
"""Members of the commission at the least (clause 49)."""


def check_not_compensable(line: Standing) -> tuple[Finding, ...]:
    """Clause 46: before the act is drawn, once, and not on what was taken back anyway. LINE_STATE."""
    if why := _no_object(line):
        return (_state(why),)
    if line.not_compensable:
        return (_state("not-compensable"),)
    if line.report is not None and line.report >= ReportState.ACT_DRAFT:
        return (_state("in-act"),)
    return ()


def check_clawback(
    line: Standing, amount: Decimal, number: str | None, day: date | None, today: date
) -> tuple[Finding, ...]:
    """Clause 47: INSPECTION_ACT_REQUIRED, LINE_STATE, CLAWBACK_TOO_LARGE."""
    return _check_taking_back(line, amount, number, day, today, ErrorCode.CLAWBACK_TOO_LARGE)


def check_recovery(
    line: Standing, amount: Decimal, number: str | None, day: date | None, today: date
) -> tuple[Finding, ...]:
    """Clause 23: INSPECTION_ACT_REQUIRED, LINE_STATE, RECOVERY_TOO_LARGE. Nothing is made good twice."""
    return _check_taking_back(line, amount, number, day, today, ErrorCode.RECOVERY_TOO_LARGE)


def _check_taking_back(
    line: Standing, amount: Decimal, number: str | None, day: date | None, today: date, too_large: ErrorCode
) -> tuple[Finding, ...]:
    findings = []
    if number is None or day is None or not line.sold_on <= day <= today:
        findings.append(Finding(ErrorCode.INSPECTION_ACT_REQUIRED, "$.inspection_act"))
    if why := _no_object(line):
        findings.append(_state(why))
    elif line.report is None or line.report is ReportState.OPEN:
        findings.append(_state("not-reported"))
    elif amount > line.left:
        findings.append(Finding(too_large, "$.amount", {"left": som(line.left)}))
    return tuple(findings)


def check_dispute(line: Standing, today: date) -> tuple[Finding, ...]:
    """Clause 48: within the month of the dispense and before its report is formed. DISPUTE_TOO_LATE, LINE_STATE."""
    if why := _no_object(line):
        return (_state(why),)
    if month_of(line.sold_on) != month_of(today) or line.report is not None:
        return (Finding(ErrorCode.DISPUTE_TOO_LATE, "$.dispense", {"month": f"{line.sold_on:%Y-%m}"}),)
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the commission has decided: ``amount`` in som is what the line is worth, ``None`` when it refuses."""

    amount: Decimal | None
    upheld: bool
    members: Sequence[str]
    protocol_number: str | None
    protocol_date: date | None


def check_ruling(line: Standing, ruling: Ruling, filed_on: date, today: date) -> tuple[Finding, ...]:
    """Clauses 44, 49, 50: COMMISSION_TOO_SMALL, PROTOCOL_MISSING, DISPUTE_AMOUNT, all at once."""
    findings = []
    distinct = len({" ".join(member.casefold().split()) for member in ruling.members})
    if distinct < SMALLEST_COMMISSION:
        findings.append(Finding(ErrorCode.COMMISSION_TOO_SMALL, "$.members", {"members": distinct}))
    if ruling.protocol_number is None or ruling.protocol_date is None or not filed_on <= ruling.protocol_date <= today:
        findings.append(Finding(ErrorCode.PROTOCOL_MISSING, "$.protocol"))
    most = most_of(line)
    if (ruling.amount is not None) != ruling.upheld or (ruling.amount is not None and ruling.amount > most):
        findings.append(Finding(ErrorCode.DISPUTE_AMOUNT, "$.amount", {"most": som(most)}))
    return tuple(findings)


def most_of(line: Standing) -> Decimal:
    """The most a commission can give for a line: its compensation; nothing outside the contract (clauses 44, 53)."""
    return Decimal(0) if line.is_reversed or line.outside_contract else line.compensation


def change_by(line: Standing, ruling: Ruling) -> Decimal:
    """By how much a ruling changes what the line is worth. A refused dispute leaves it as it was before it was held."""
    if line.is_reversed:
        return Decimal(0)
    worth = line.worth - line.held if ruling.amount is None else ruling.amount
    return worth - line.worth


def _no_object(line: Standing) -> str | None:
    if line.is_reversal:
        return "reversal"
    return "reversed" if line.is_reversed else None


def _state(why: str) -> Finding:
    return Finding(ErrorCode.LINE_STATE, "$", {"why": why})
