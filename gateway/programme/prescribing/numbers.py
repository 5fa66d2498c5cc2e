"""Numbers of prescriptions: unguessable, short enough to dictate, never given twice (clauses 17 and 34)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import Connection, select

from gateway.rules.prescription_number import RANDOM_DIGITS, form
from gateway.store.programme_tables import prescriptions

_SERIALS: Final = 10**RANDOM_DIGITS
RandomBelow = Callable[[int], int]
"""A whole number from zero up to, not including, the one given: from a source that nobody can foresee."""


class PrescriptionNumbers:
    """Draws numbers. ``below`` is the operating system's randomness unless a test puts another in its place."""

    def __init__(self, below: RandomBelow = secrets.randbelow) -> None:
        self._below = below

    def free(self, connection: Connection, count: int) -> Sequence[str]:
        """So many numbers that no prescription has.

        Another node may draw the same at the same moment: then its unique index refuses the later one, who tries again.
        """
        drawn: dict[str, None] = {}
        while len(drawn) < count:
            fresh = {self._draw(): None for _ in range(count - len(drawn))}
            taken = connection.execute(select(prescriptions.c.number).where(prescriptions.c.number.in_(fresh)))
            for number in taken.scalars():
                del fresh[number]
            drawn |= fresh
        return list(drawn)

    def _draw(self) -> str:
        return form(f"{self._below(_SERIALS):0{RANDOM_DIGITS}d}")
