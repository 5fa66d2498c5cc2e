"""Codes with which a pharmacy's terminal enrols: short enough to type, too long to guess, good once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Final

RandomBelow = Callable[[int], int]
"""A whole number from zero up to, not including, the one given: from a source that nobody can foresee."""

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no I, L, O and U."""
_READ_AS: Final = str.maketrans("OIL", "011")
_SYMBOLS: Final = 16
_GROUP: Final = 4


def draw_code(below: RandomBelow = secrets.randbelow) -> str:
    """A new code of 80 random bits as it is printed: ``ABCD-EFGH-JKMN-PQRS``."""
    symbols = "".join(_ALPHABET[below(len(_ALPHABET))] for _ in range(_SYMBOLS))
    return "-".join(symbols[start : start + _GROUP] for start in range(0, _SYMBOLS, _GROUP))


def code_digest(typed: str) -> bytes:
    """SHA-256 (32 bytes) of a code, however it was typed: small letters, blanks, hyphens, O for 0, I and L for 1.

    What is no code at all has a digest too, which nobody has stored: it is refused like an unknown one.
    """
    symbols = "".join(one for one in typed.upper() if one.isalnum()).translate(_READ_AS)
    return hashlib.sha256(symbols.encode("utf-8", "surrogatepass")).digest()
