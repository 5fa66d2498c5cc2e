"""Findings as the gateway gives them, for the simulator: in the words of its error catalogue."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from kopuro_pos.agent.contract import Finding, Retry, Severity
from kopuro_pos.agent.problems import AgentProblem, ProblemCode
from kopuro_pos.agent.texts import Text
from kopuro_pos.client import CATALOGUE, ErrorCode

_DAY: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_FRACTION: Final = re.compile(r"(-?\d+)\.(\d+)")

PATHS: Final[Mapping[ErrorCode, str | None]] = {
    ErrorCode.RX_HELD: None,
    ErrorCode.RX_DISPENSED: None,
    ErrorCode.PRICE_ABOVE_SHELF: "$.sale.pack_price",
    ErrorCode.PATIENT_LIMIT_EXCEEDED: None,
    ErrorCode.BOX_UNITS_MISMATCH: "$.sale.boxes",
    ErrorCode.RX_EXPIRES_SOON: None,
    ErrorCode.RECEIPT_MISMATCH: "$.receipt.amount",
}
"""What the simulator finds, and where in the order."""


def clause(number: str) -> Text:
    """A clause of the regulation on the additional drug programme («Жобо»)."""
    plural = "," in number
    return Text(
        f"Кошумча дары-дармек программасы жөнүндө жобо, {number}-пункт{'тар' if plural else ''}",
        f"Положение о дополнительной лекарственной программе, пункт{'ы' if plural else ''} {number}",
        f"regulation on the additional drug programme, clause{'s' if plural else ''} {number}",
    )


def finding(code: str, language: str, **parameters: str | int) -> Finding:
    """The gateway's finding, in this language."""
    entry = CATALOGUE[ErrorCode(code)]
    written = {name: _as_written(value, language) for name, value in parameters.items()}
    return Finding(
        code=code,
        severity=Severity(entry.severity.value),
        path=PATHS[entry.code],
        clause=None if entry.clause is None else entry.clause.in_language(language),
        message=entry.message.in_language(language).format(**written),
        action=entry.action.in_language(language).format(**written),
    )


def _as_written(value: str | int, language: str) -> str | int:
    """A day and a decimal fraction as the gateway writes them in Kyrgyz and Russian: ``22.12.2026``, ``40,00``."""
    if language == "en" or not isinstance(value, str):
        return value
    if day := _DAY.fullmatch(value):
        return ".".join(reversed(day.groups()))
    if fraction := _FRACTION.fullmatch(value):
        return ",".join(fraction.groups())
    return value


def refusal(*findings: Finding) -> AgentProblem:
    """What the agent raises when the gateway has refused; the first finding decides."""
    first = CATALOGUE[ErrorCode(findings[0].code)]
    return AgentProblem(ProblemCode.GATEWAY_REFUSED, first.status, Retry(first.retry.value), findings=findings)
