"""The languages people are spoken to in, and how a request says which one it wants."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple


class Language(StrEnum):
    """A language of the counter."""

    KY = "ky"
    RU = "ru"
    EN = "en"


LANGUAGES: Final = frozenset(language.value for language in Language)


class Text(NamedTuple):
    """The same words in Kyrgyz, Russian and English."""

    ky: str
    ru: str
    en: str

    def of(self, language: str) -> str:
        """In this language; Russian where it is none of ours."""
        return {"ky": self.ky, "en": self.en}.get(language, self.ru)


def wanted_language(accepted: str | None, default: Language) -> Language:
    """The first of our languages in an ``Accept-Language`` field (RFC 9110, 12.5.4) by weight, else ``default``."""
    weighed: list[tuple[float, Language]] = []
    for part in (accepted or "").split(","):
        tag, _, parameters = part.partition(";")
        language = tag.strip().lower().partition("-")[0]
        if language in LANGUAGES and (weight := _weight(parameters)) > 0:
            weighed.append((weight, Language(language)))
    return max(weighed, key=lambda one: one[0])[1] if weighed else default


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
