"""What the gateway refused or did not answer: what it means for a sale, and how the agent tells it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum, auto
from typing import Final

from pydantic import ValidationError

from kopuro_pos import client
from kopuro_pos.agent.contract import Finding, Retry, Severity
from kopuro_pos.agent.problems import AgentProblem, ProblemCode
from kopuro_pos.client.retry import Step, rule_for

_UNAUTHORISED: Final = 401
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500
_MAYBE_RECORDED: Final = frozenset({client.ErrorCode.IDEMPOTENCY_IN_PROGRESS, client.ErrorCode.STORE_UNAVAILABLE})
"""Another try with this key is under way, or the gateway's disk failed it at a moment that nobody knows."""


class Fate(Enum):
    """What becomes of a sale or reversal after a refusal."""

    REFUSED = auto()
    """It will not be recorded as it is."""
    LATER = auto()
    """Not now, and nothing else either."""
    ASIDE = auto()
    """Not now, but others may pass: the prescription is held elsewhere."""
    IN_DOUBT = auto()
    """It may have been recorded."""
    SIGNED_OUT = auto()
    """The gateway does not know this terminal's key."""


def fate_of(error: client.Refused) -> Fate:
    """By the client's table of retries; what limits the terminal limits everything it sends."""
    if is_signed_out(error):
        return Fate.SIGNED_OUT
    if error.code in _MAYBE_RECORDED:
        return Fate.IN_DOUBT
    if error.status == _TOO_MANY or isinstance(error, client.SignInRefused):
        return Fate.LATER
    if rule_for(error).step is not Step.REPEAT:
        return Fate.REFUSED
    return Fate.LATER if error.status >= _SERVER_ERROR else Fate.ASIDE


def said_by_gateway(error: client.CallFailed) -> client.Refused | None:
    """The gateway's own words, also where they leave in doubt what was done; ``None`` when it did not answer."""
    if isinstance(error, client.InDoubt):
        return error.refusal
    return error if isinstance(error, client.Refused) else None


def is_signed_out(error: client.Refused) -> bool:
    """Whether the gateway does not know this terminal's key any more."""
    if isinstance(error, client.SignInRefused):
        return error.status != _TOO_MANY and error.status < _SERVER_ERROR
    return error.status == _UNAUTHORISED


def problem_of(error: client.CallFailed, language: str) -> AgentProblem:
    """As a problem for the caller, in whose language the gateway was asked."""
    if not isinstance(error, client.Refused):
        return AgentProblem(ProblemCode.GATEWAY_UNREACHABLE)
    if is_signed_out(error):
        return AgentProblem(ProblemCode.ENROL_AGAIN)
    return AgentProblem(
        ProblemCode.GATEWAY_REFUSED,
        error.status,
        Retry(error.retry),
        findings=refusal_findings(error, language),
        retry_after=None if error.retry_after is None else math.ceil(error.retry_after),
    )


def refusal_findings(error: client.Refused, language: str) -> list[Finding]:
    """Everything the gateway found; a bare code speaks with the words of the catalogue."""
    if error.findings:
        return findings_of(error.findings)
    code, entry = str(error.code), error.entry
    if entry is None:
        return [Finding(code=code, severity=Severity.ERROR, message=code)]
    return [
        Finding(
            code=code,
            severity=Severity.ERROR,
            clause=None if entry.clause is None else entry.clause.in_language(language),
            message=entry.message.in_language(language),
            action=entry.action.in_language(language),
        )
    ]


def findings_of(findings: Sequence[client.FindingView]) -> list[Finding]:
    """The gateway's findings as the agent's."""
    return [
        Finding(
            code=str(one.code),
            severity=_severity(one.severity),
            path=one.path,
            clause=one.clause,
            message=one.message,
            action=one.action,
        )
        for one in findings
    ]


def _severity(severity: client.Severity | str) -> Severity:
    """One that only a newer gateway knows is a warning."""
    return Severity(severity) if isinstance(severity, client.Severity) else Severity.WARNING


@contextmanager
def invalid_body() -> Iterator[None]:
    """What the gateway's contract does not take raises BODY_INVALID, without a word of what it was."""
    try:
        yield
    except ValidationError:
        raise AgentProblem(ProblemCode.BODY_INVALID) from None
