"""What came of it, as data: what ``kopuro-pos certify --json FILE`` writes; ``docs/pos-certify.md`` describes it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from kopuro_pos.certify.checks import CheckId


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Outcome(StrEnum):
    """How a scenario went."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_PLAYED = "not-played"
    """The harness did not do its part."""


class ThreeLanguages(_Part):
    """The same words in Kyrgyz, Russian and English."""

    ky: str
    ru: str
    en: str


class CheckReport(_Part):
    """One look at the till."""

    check: CheckId
    right: bool
    seen: str
    """Figures and ids."""
    mend: ThreeLanguages | None = None
    """What to mend, where it was not right."""


class ScenarioReport(_Part):
    """One scenario, with what was seen."""

    id: str
    title: ThreeLanguages
    happens: ThreeLanguages
    right: ThreeLanguages
    clause: ThreeLanguages | None
    outcome: Outcome
    checks: list[CheckReport]
    calls: list[str]
    """What the till sent, in order: method, path, status, code, fault, key."""
    screens: list[str]
    """What the till showed after each action, shortened."""
    seconds: float


class Report(_Part):
    """The whole certification. ``certified`` only when all thirty were played and passed."""

    format: Literal["kopuro-pos-certify-1"] = "kopuro-pos-certify-1"
    certified: bool
    at: datetime
    """UTC."""
    kit: str
    """Version of kopuro-pos."""
    contract: str
    """SHA-256 of the JSON schemas of the contract's messages, shortened: which contract was played."""
    till: str
    """What the harness was reached by."""
    passed: int
    played: int
    of: int
    scenarios: list[ScenarioReport]
