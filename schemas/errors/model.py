"""What the catalogue says of one code."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Language(StrEnum):
    """A language people read us in."""

    KY = "ky"
    RU = "ru"
    EN = "en"


class Severity(StrEnum):
    """What a finding does to the request: only errors refuse it."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Actor(StrEnum):
    """Who must act so that it works next time."""

    CLINIC = "clinic"
    """The staff who entered the data."""
    INTEGRATOR = "integrator"
    """The people who keep the sending system."""
    OPERATOR = "operator"
    """The people who run this gateway."""
    PRESCRIBER = "prescriber"
    """The doctor who prescribes."""
    PHARMACY = "pharmacy"
    """The staff of the pharmacy."""
    FUND = "fund"
    """The mandatory health insurance fund."""
    NOBODY = "nobody"
    """Nothing needs to be done."""


class Retry(StrEnum):
    """Whether sending the same request again makes sense."""

    NEVER = "never"
    """The answer will not change."""
    AFTER_CORRECTION = "after-correction"
    """Correct the data, then send with a new Idempotency-Key."""
    SAME_KEY_LATER = "same-key-later"
    """Send the same request with the same Idempotency-Key, not before Retry-After."""
    NOT_NEEDED = "not-needed"
    """The request was accepted."""


class Text(NamedTuple):
    """One sentence in the three languages. ``{name}`` stands for a parameter of the finding."""

    ky: str
    ru: str
    en: str

    def in_language(self, language: Language) -> str:
        """The sentence in ``language``."""
        return {Language.KY: self.ky, Language.RU: self.ru, Language.EN: self.en}[language]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorEntry:
    """One row of the catalogue.

    ``message`` says what is wrong, ``action`` what to do. Both may hold ``{parameters}``, which never carry personal
    data. ``clause`` names the source («order on Sanarip Clinic, Annex 3, clause 5») or the specification's section;
    ``None`` where none applies.
    """

    status: int
    severity: Severity = Severity.ERROR
    actor: Actor
    retry: Retry
    clause: Text | None = None
    message: Text
    action: Text
