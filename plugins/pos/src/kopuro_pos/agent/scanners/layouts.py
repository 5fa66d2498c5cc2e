"""What a scanner meant to type, whatever keyboard layout is set.

A scanner that plays a keyboard («keyboard wedge») sends keys, not letters: it presses the keys that give the code under
the layout of the United States, and the computer types what stands on those keys under its own. Digits come out right
under all layouts here; letters and most signs do not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_UNITED_STATES: Final = (
    r"`1234567890-=qwertyuiop[]\asdfghjkl;'zxcvbnm,./",
    r'~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?',
)
_RUSSIAN: Final = (
    r"ё1234567890-=йцукенгшщзхъ\фывапролджэячсмитьбю.",
    r'Ё!"№;%:?*()_+ЙЦУКЕНГШЩЗХЪ/ФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,',
)
"""ЙЦУКЕН; on Windows the Kyrgyz layout has the same keys, and Ө, Ү, Ң beside them with AltGr."""
_KYRGYZ: Final = (
    "ё1234567890өңйцукенгшщзхъүфывапролджэячсмитьбю.",
    'Ё!"№;%:?*()ӨҢЙЦУКЕНГШЩЗХЪҮФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,',
)
"""The Kyrgyz layout of other systems: Ө, Ң and Ү on keys of their own."""


def _keys(typed: tuple[str, str]) -> dict[str, str]:
    """By what a key types under a layout: what it types under that of the United States."""
    return dict(zip("".join(typed), "".join(_UNITED_STATES), strict=True))


_CYRILLIC: Final[Mapping[int, str]] = str.maketrans(_keys(_KYRGYZ) | _keys(_RUSSIAN))
"""Both layouts at once: where they differ they type different signs."""

_CYRILLIC_SIGN: Final = re.compile(r"[\u0400-\u04ff№]")
_LATIN_LETTER: Final = re.compile(r"[A-Za-z]")


def as_meant(typed: str, *, caps_lock: bool = False) -> str | None:
    """What a scanner meant that has typed this; ``None`` when no one layout types it.

    A text of digits and signs alone is taken as typed under the layout of the United States: nothing tells. With
    ``caps_lock`` letters have come out in the other case and are turned back.
    """
    cyrillic = _CYRILLIC_SIGN.search(typed) is not None
    if cyrillic and _LATIN_LETTER.search(typed) is not None:
        return None
    turned = typed.swapcase() if caps_lock else typed
    return turned.translate(_CYRILLIC) if cyrillic else turned
