"""The limit of a patient's year («болжолдуу лимит», clause 21(1))."""

from __future__ import annotations

from gateway.rules.findings import Finding
from gateway.rules.money import from_tyiyn
from gateway.rules.prescribing.facts import LimitFacts
from schemas.amounts import som
from schemas.errors import ErrorCode


def check_limit(facts: LimitFacts, expected: int, path: str = "$.item") -> Finding | None:
    """Whether ``expected`` tyiyn fit into what is left of the limit; exactly all that is left does.

    Ours is a hard limit: clause 21(1) calls it indicative and has prescribing stay within it.
    """
    if facts.limit is None:
        return Finding(ErrorCode.PATIENT_LIMIT_NOT_SET, path)
    left = facts.limit - facts.used - facts.reserved
    if expected <= left:
        return None
    parameters = {"limit": _som(facts.limit), "left": _som(max(left, 0)), "expected": _som(expected)}
    return Finding(ErrorCode.PATIENT_LIMIT_EXCEEDED, path, parameters)


def _som(tyiyn: int) -> str:
    return som(from_tyiyn(tyiyn))
