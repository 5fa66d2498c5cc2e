"""Which of the three languages an answer is written in (RFC 9110, 12.5.4)."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from schemas.errors import Language

DEFAULT_LANGUAGE: Final = Language.EN
"""For who asks for nothing, or for nothing we speak."""

_LONGEST_HEADER: Final = 200
_BY_TAG: Final = {language.value: language for language in Language}


def preferred_language(accept_language: str | None) -> Language:
    """The best language for an ``Accept-Language`` header; English when the header is absent or names none of ours."""
    if accept_language is None or len(accept_language) > _LONGEST_HEADER:
        return DEFAULT_LANGUAGE
    return _negotiate(accept_language)


@lru_cache(maxsize=256)
def _negotiate(header: str) -> Language:
    best, best_weight = DEFAULT_LANGUAGE, 0.0
    for item in header.split(","):
        tag, _, parameters = item.partition(";")
        language = _BY_TAG.get(tag.strip().partition("-")[0].lower())
        weight = _weight(parameters)
        if language is not None and weight > best_weight:
            best, best_weight = language, weight
    return best


def _weight(parameters: str) -> float:
    name, _, value = parameters.partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if 0.0 <= weight <= 1.0 else 0.0
