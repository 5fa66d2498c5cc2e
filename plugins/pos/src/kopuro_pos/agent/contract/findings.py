"""Findings and refusals, as the gateway words them."""

from __future__ import annotations

from enum import StrEnum

from kopuro_pos.agent.contract.flat import Flat


class Severity(StrEnum):
    """How much a finding weighs: it stops the sale, it warns, or it tells."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Finding(Flat):
    """What the gateway or the agent found: as the gateway's own findings, in the caller's language."""

    code: str
    severity: Severity
    path: str | None = None
    clause: str | None = None
    message: str
    action: str | None = None


class Retry(StrEnum):
    """What trying again is worth (the gateway's error catalogue)."""

    NEVER = "never"
    AFTER_CORRECTION = "after-correction"
    SAME_KEY_LATER = "same-key-later"
    NOT_NEEDED = "not-needed"


class Problem(Flat):
    """A refusal (RFC 9457, ``application/problem+json``)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    retry: Retry
    findings: list[Finding]
