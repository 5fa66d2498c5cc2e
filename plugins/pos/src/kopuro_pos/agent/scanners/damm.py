"""The check digit of a prescription's number (H. M. Damm, «Total anti-symmetrische Quasigruppen», 2004).

It tells every single wrong digit and every two neighbours that changed places.
"""

from __future__ import annotations

from typing import Final

_QUASIGROUP: Final = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
"""A row for each digit so far, a column for each digit that comes; the diagonal is zero."""


def is_sound(digits: str) -> bool:
    """Whether the last of these ASCII digits is the check digit of those before."""
    interim = 0
    for digit in digits:
        interim = int(_QUASIGROUP[interim][int(digit)])
    return interim == 0
