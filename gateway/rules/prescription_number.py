"""The number of a prescription: dictated over the telephone (clause 17) and asked for in the pharmacy (clause 34).

The regulation says nothing of its form. Ours: 11 random digits, so that it cannot be guessed, and a check digit by
Damm, which tells every single wrong digit and every two neighbours that changed places. It holds nothing about anybody.
"""

from __future__ import annotations

import re
from typing import Final

from stdnum import damm

from gateway.rules.findings import Finding
from schemas.errors import ErrorCode

RANDOM_DIGITS: Final = 11
LENGTH: Final = RANDOM_DIGITS + 1

_SEPARATORS: Final = dict.fromkeys(map(ord, " -\u00a0\u2007\u202f\u2009\u2010\u2011\u2013\u2212"))
"""What people and programs put between digits: spaces, no-break and thin ones too, hyphens and dashes."""

_RANDOM: Final = re.compile(rf"[0-9]{{{RANDOM_DIGITS}}}", re.ASCII)
_NUMBER: Final = re.compile(rf"[0-9]{{{LENGTH}}}", re.ASCII)


def form(random_digits: str) -> str:
    """The number of 11 random ASCII digits; raises ``ValueError`` on anything else."""
    if _RANDOM.fullmatch(random_digits) is None:
        raise ValueError(f"a prescription's number is formed of {RANDOM_DIGITS} digits")
    return random_digits + damm.calc_check_digit(random_digits)


def read(text: str, path: str = "$.prescription.number") -> str | Finding:
    """The 12 digits that were typed or scanned; ``RX_NUMBER_CHECK`` when they are no number of ours.

    A look-up must not show the finding: there all wrong numbers are answered alike (clause 34).
    """
    digits = text.translate(_SEPARATORS)
    if _NUMBER.fullmatch(digits) is None or not damm.is_valid(digits):
        return Finding(ErrorCode.RX_NUMBER_CHECK, path)
    return digits


def display(number: str) -> str:
    """As it is printed and dictated: ``4821 7730 5516``."""
    return " ".join(number[start : start + 4] for start in range(0, LENGTH, 4))
