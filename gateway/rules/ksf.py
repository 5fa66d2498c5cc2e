"""The КСФ number of form 066/у («номер клинико-статистической формы»): order on Sanarip Clinic, Annex 3.

The order contradicts itself. Clause 1 says 17 digits and the example has 17, but clause 4 gives the organisation the
positions 10 to 16 and clause 5 gives the year 16 and 17: seven and two digits, which would make 18 in all. With six
digits for the organisation, positions 10 to 15, everything else in the order agrees, the example included. That reading
is the layout «7-2-6-2», our default.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Self

from gateway.rules.findings import Finding, Refused
from schemas.errors import ErrorCode

_CENTURY: Final = 2000
_YEAR_DIGITS: Final = 2
_LENGTH_BY_CLAUSE_1: Final = 17


@dataclass(frozen=True, slots=True)
class KsfLayout:
    """How many digits each part of the number has: sequence, department, organisation, year of discharge."""

    sequence: int = 7
    department: int = 2
    organisation: int = 6
    year: int = _YEAR_DIGITS

    def __post_init__(self) -> None:
        if min(self.sequence, self.department, self.organisation) < 1 or self.year != _YEAR_DIGITS:
            raise ValueError("every part of a КСФ number has at least one digit, and the year has two")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The layout that a setting like «7-2-6-2» names; raises ``ValueError``."""
        parts = text.split("-")
        if len(parts) != 4 or not all(part.isascii() and part.isdigit() and len(part) <= 2 for part in parts):
            raise ValueError("a КСФ layout counts the digits of sequence-department-organisation-year, as 7-2-6-2")
        return cls(*map(int, parts))

    def __str__(self) -> str:
        return f"{self.sequence}-{self.department}-{self.organisation}-{self.year}"

    @property
    def length(self) -> int:
        """How many digits a number has."""
        return self.sequence + self.department + self.organisation + self.year

    @property
    def department_positions(self) -> str:
        """Where the department stands, counted from 1: «8-9» by clause 3."""
        return f"{self.sequence + 1}-{self.sequence + self.department}"

    @property
    def organisation_positions(self) -> str:
        """Where the organisation stands: «10-15» in our reading of clause 4."""
        return f"{self.sequence + self.department + 1}-{self.length - self.year}"

    @property
    def year_positions(self) -> str:
        """Where the year stands: «16-17» by clause 5."""
        return f"{self.length - self.year + 1}-{self.length}"

    @property
    def largest_sequence(self) -> int:
        """The last sequence that fits: 9,999,999 by clause 2."""
        return int("9" * self.sequence)


DEFAULT_LAYOUT: Final = KsfLayout()


@dataclass(frozen=True, slots=True)
class KsfNumber:
    """A КСФ number in its parts. ``str()`` gives its digits."""

    sequence: int
    """The ordinal number («порядковый номер», clause 2), from 1."""
    department: str
    """The department that formed it («код отделения», clause 3)."""
    organisation: str
    """The organisation the department belongs to («код организации», clause 4)."""
    year: str
    """The last two digits of the year of discharge («года выбытия», clause 5)."""
    layout: KsfLayout = DEFAULT_LAYOUT

    def __str__(self) -> str:
        return f"{self.sequence:0{self.layout.sequence}d}{self.department}{self.organisation}{self.year}"

    @property
    def display(self) -> str:
        """The digits with single spaces between, as the order prints its example."""
        return " ".join(str(self))

    @property
    def discharge_year(self) -> int:
        """The year of discharge in full. Two digits name no century; ours is the 21st."""
        return _CENTURY + int(self.year)


def normalise_input(text: str) -> str:
    """What a person typed: the display form «0 0 0 …» loses its single spaces, anything else stays as it is."""
    characters = text.strip().split(" ")
    return "".join(characters) if all(len(character) == 1 for character in characters) else text.strip()


def check_format(text: str, path: str = "$", layout: KsfLayout = DEFAULT_LAYOUT) -> tuple[Finding, ...]:
    """Whether ``text`` is a КСФ number at all (Annex 3, clauses 1 and 2).

    Finds one of KSF_FORMAT, KSF_LENGTH, KSF_LENGTH_16, KSF_LENGTH_18, KSF_SEQ_ZERO.
    """
    if not (text.isascii() and text.isdigit()):
        position = _first_other_than_digit(text)
        return (Finding(ErrorCode.KSF_FORMAT, path, {"position": position, "expected": layout.length}),)
    if len(text) != layout.length:
        return (_wrong_length(len(text), path, layout),)
    if not text[: layout.sequence].strip("0"):
        return (Finding(ErrorCode.KSF_SEQ_ZERO, path, {"digits": layout.sequence}),)
    return ()


def parse(text: str, layout: KsfLayout = DEFAULT_LAYOUT, path: str = "$") -> KsfNumber:
    """The parts of a number; raises :class:`gateway.rules.findings.Refused` with what :func:`check_format` finds."""
    if found := check_format(text, path, layout):
        raise Refused(found)
    return split(text, layout)


def split(text: str, layout: KsfLayout = DEFAULT_LAYOUT) -> KsfNumber:
    """The parts of digits that :func:`check_format` has nothing against."""
    department = layout.sequence
    organisation = department + layout.department
    year = organisation + layout.organisation
    return KsfNumber(
        int(text[:department]), text[department:organisation], text[organisation:year], text[year:], layout
    )


def form(
    sequence: int, department: str, organisation: str, discharged: date, layout: KsfLayout = DEFAULT_LAYOUT
) -> KsfNumber:
    """The number of a patient discharged on the Bishkek day ``discharged``.

    Raises ``Refused``: KSF_SEQ_ZERO below 1, KSF_SEQ_EXHAUSTED past the last sequence that fits (it never wraps),
    KSF_FORMAT for a department or organisation code that does not fill its positions, KSF_YEAR_RANGE outside 2000-2099.
    """
    if sequence < 1:
        raise Refused.because(ErrorCode.KSF_SEQ_ZERO, digits=layout.sequence)
    if sequence > layout.largest_sequence:
        raise Refused.because(ErrorCode.KSF_SEQ_EXHAUSTED, largest=layout.largest_sequence)
    if found := check_discharge_year(discharged.year):
        raise Refused(found)
    for code, length, first in (
        (department, layout.department, layout.sequence),
        (organisation, layout.organisation, layout.sequence + layout.department),
    ):
        if not (len(code) == length and code.isascii() and code.isdigit()):
            raise Refused.because(ErrorCode.KSF_FORMAT, position=first + 1, expected=layout.length)
    return KsfNumber(sequence, department, organisation, f"{discharged.year % 100:02d}", layout)


def check_discharge_year(year: int, path: str = "$") -> tuple[Finding, ...]:
    """Whether two digits can name the year of discharge: 2000 to 2099, else KSF_YEAR_RANGE."""
    return () if _CENTURY <= year < _CENTURY + 100 else (Finding(ErrorCode.KSF_YEAR_RANGE, path),)


def _wrong_length(length: int, path: str, layout: KsfLayout) -> Finding:
    if layout.length == _LENGTH_BY_CLAUSE_1:
        if length == _LENGTH_BY_CLAUSE_1 - 1:
            return Finding(ErrorCode.KSF_LENGTH_16, path)
        if length == _LENGTH_BY_CLAUSE_1 + 1:
            return Finding(ErrorCode.KSF_LENGTH_18, path)
    return Finding(ErrorCode.KSF_LENGTH, path, {"expected": layout.length, "actual": length})


def _first_other_than_digit(text: str) -> int:
    """The position, counted from 1, of the first character that is no ASCII digit; 1 for an empty text."""
    return next((place for place, character in enumerate(text, 1) if not "0" <= character <= "9"), 1)
